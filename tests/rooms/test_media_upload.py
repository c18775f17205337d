"""A folder of odd images thrown at a villager's photo page: each is shown, or refused in words and gone."""

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from shop.kernel.db import Model
from shop.media.words import flaw_words
from tests.support.odd_files import REFUSED
from tests.support.odd_pictures import SHOWN
from tests.support.pages import Pages
from tests.support.schema import load_models
from tests.world import World
from tests.world.market import PASSWORD, Market, market

PAGE = "/vendor/goods/new"


@pytest.fixture
def at(world: World) -> Market:
    return market(world)


@pytest.fixture
def villager(at: Market, pages: Pages) -> Pages:
    pages.sign_in(at.vendor_person().phone, PASSWORD)
    return pages


def rows(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    load_models()
    with world.edge.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Model.metadata.sorted_tables
        }


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "var" / "media").rglob("*") if path.is_file()}


def test_what_cannot_be_shown_is_refused_in_its_sentence_and_leaves_nothing(
    app: Flask, at: Market, villager: Pages, tmp_path: Path
) -> None:
    villager.get(PAGE)
    before, kept = rows(at.world), files(tmp_path)
    with app.test_request_context():
        sentences = {bad.name: [flaw_words(flaw) for flaw in bad.flaws] for bad in REFUSED}
    for bad in REFUSED:
        page = villager.submit_form("photo-form", status=422, press="收下", photo=(BytesIO(bad.make()), "IMG_0001.jpg"))
        assert any(sentence in page.main for sentence in sentences[bad.name]), f"{bad.name}: {page.main}"
        assert rows(at.world) == before, bad.name
        assert files(tmp_path) == kept, bad.name


def test_every_refusal_has_words_of_its_own(app: Flask) -> None:
    with app.test_request_context():
        sentences = {flaw_words(flaw) for bad in REFUSED for flaw in bad.flaws}
    assert len(sentences) == len({flaw for bad in REFUSED for flaw in bad.flaws})


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_can_be_shown_is_shown_whatever_it_is_called(app: Flask, at: Market, villager: Pages) -> None:
    reader = app.test_client()
    for number, odd in enumerate(SHOWN[::4]):
        villager.get(PAGE)
        name = ("IMG_0001.JPG", "shot.exe", "照片", "x.php.heic", "../../etc/passwd")[number % 5]
        page = villager.submit_form("photo-form", press="收下", photo=(BytesIO(odd.make()), name))
        assert page.heading == "拍好 1 张了", odd.name
        (key,) = page.form("photos/change").values["key"]
        sources = [image.get("src", "") for image in page.all("img") if key in image.get("src", "")]
        assert len(sources) == 1, odd.name
        response = reader.get(sources[0])
        assert (response.status_code, response.content_type) == (200, "image/jpeg"), odd.name
        image = Image.open(BytesIO(response.data))
        assert abs(image.width / image.height - odd.size[0] / odd.size[1]) < 0.01, odd.name
        villager.post(f"{page.url.removesuffix('/photos')}/drop")
