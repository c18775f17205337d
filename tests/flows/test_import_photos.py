"""Photos for an import, found in a folder by the goods' refs."""

from pathlib import Path

import pytest
from PIL import Image

from shop.catalog.imports.reasons import Reason
from shop.flows.import_directory import Options
from shop.flows.import_photos import PhotoFolder
from shop.flows.importing import Taken
from tests.world import World, market
from tests.world.imports import IMPORT, Cells, counts, one, outcomes, take, why
from tests.world.market import Market
from tests.world.pictures import photo_file


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


def test_photos_are_found_by_ref_and_bad_ones_named(at: Market, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    (folder / "A-3").mkdir(parents=True)
    plain = photo_file(tmp_path, (640, 480)).read_bytes()
    other = photo_file(tmp_path, (800, 600)).read_bytes()
    for name, content in (
        ("A-1.jpg", plain),
        ("a-1-2.JPG", other),
        ("A-2_1.jpg", other),
        ("A-2.png", b"<svg/>"),
        ("A-3/front.jpg", plain),
        ("nobody.jpg", plain),
        (".hidden.jpg", plain),
    ):
        (folder / name).write_bytes(content)
    goods: list[Cells] = [{"ref": f"A-{number}"} for number in (1, 2, 3, 4)]

    def once(*, rehearse: bool = False) -> list[Taken]:
        photos = PhotoFolder(
            folder,
            {"A-1", "A-2", "A-3", "A-4"},
            at.world.edge,
            at.world.house.store,
            is_rehearsal=rehearse,
            actor=IMPORT,
            clock=at.world.clock,
        )
        assert photos.unmatched == ["nobody.jpg"]
        return take(at, *goods, options=Options(is_rehearsal=rehearse), pictures=photos.take)

    bad = [("", Reason.PHOTO, "A-2.png: drawing")]
    assert why(once(rehearse=True)) == bad
    assert counts(at)["listing"] == 0
    taken = once()
    assert (outcomes(taken), why(taken)) == (["added"] * 4, bad)
    keys = {ref: one(at, ref).offer.photo_keys for ref in ("A-1", "A-2", "A-3", "A-4")}
    assert [len(keys[ref]) for ref in keys] == [2, 1, 1, 0]
    assert keys["A-1"][0] == keys["A-3"][0], "the same photo is kept once"
    assert keys["A-1"][1] == keys["A-2"][0]
    assert outcomes(once()) == ["unchanged"] * 4
    Image.new("RGB", (700, 500), (90, 120, 60)).save(folder / "A-1.jpg")
    assert outcomes(once()) == ["changed", "unchanged", "unchanged", "unchanged"]
    assert one(at).offer.photo_keys[0] != keys["A-1"][0]
    assert outcomes(take(at, {})) == ["unchanged"], "without a folder the photos stay"
