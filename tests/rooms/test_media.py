"""Taking in photos, making their renditions, and what a page is given to draw."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from shop.kernel import outbox
from shop.kernel.actor import VISITOR, system
from shop.kernel.errors import Forbidden, NotFound
from shop.kernel.outbox import MAX_ATTEMPTS, Message, MessageState
from shop.media.models import Photo
from shop.media.queries import PhotoFacts, Picture, photo, picture
from shop.media.rules import BadPhoto, Flaw, file_name, shown_files, shown_widths
from shop.media.services import FileLost, make_renditions, receive
from shop.media.storage import Store, open_store
from shop.media.tones import style_sheet, tone
from shop.media.topics import PHOTO_RECEIVED
from shop.web.assets import STATIC
from shop.web.house import House
from shop.worker import handlers
from tests.support.odd_pictures import PLACE, exif, film, saved, scene
from tests.support.profiles import DISPLAY_P3, profile_of
from tests.world import World

DEMO = system("demo")


def raw_photo(width: int = 1600, height: int = 1200, *, seed: int = 0) -> bytes:
    out = BytesIO()
    image = Image.radial_gradient("L").resize((width, height)).convert("RGB")
    image.paste((seed % 256, 90, 30), (0, 0, width // 4, height // 4))
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store((tmp_path / "media").as_uri())


def files(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "media").rglob("*") if path.is_file())


def received(world: World, store: Store, raw: bytes, **options: int) -> PhotoFacts:
    return receive(world.edge.transaction, store, raw, actor=DEMO, clock=world.clock, **options)


def count(world: World, model: type[Photo] | type[Message]) -> int:
    return world.run(lambda session: session.scalar(select(func.count()).select_from(model))) or 0


def test_a_photo_is_kept_under_the_hash_of_its_bytes_and_its_renditions_are_asked_for(
    world: World, store: Store, woken: list[int]
) -> None:
    facts = received(world, store, raw_photo())
    kept = store.get(file_name(facts.key, 1920, "jpg"))
    assert kept is not None
    assert hashlib.sha256(kept).hexdigest() == facts.key
    assert (facts.width, facts.height, facts.bytes, facts.is_ready) == (1600, 1200, len(kept), False)
    with world.edge.reading() as session:
        message = session.scalars(select(Message)).one()
        assert (message.topic, message.facts) == (PHOTO_RECEIVED, {"key": facts.key})
        assert woken == [message.id]
        assert photo(session, facts.key) == facts


def test_the_same_photo_twice_is_one(world: World, store: Store, tmp_path: Path) -> None:
    first = received(world, store, raw_photo())
    assert received(world, store, raw_photo()) == first
    assert count(world, Photo) == 1
    assert files(tmp_path) == ["1920.jpg", "640.jpg"]
    make_renditions(world.edge, store, first.key, clock=world.clock)
    posted = count(world, Message)
    assert received(world, store, raw_photo()).is_ready
    assert count(world, Message) == posted


def test_the_same_photo_from_several_hands_at_once_is_one(world: World, store: Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _turn: received(world, store, raw_photo()), range(8)))
    assert len({facts.key for facts in found}) == 1
    assert count(world, Photo) == 1


@pytest.mark.parametrize(
    ("raw", "options", "flaw"),
    [
        (b"not a picture", {}, Flaw.NOT_A_PICTURE),
        (raw_photo(), {"max_bytes": 1000}, Flaw.TOO_LARGE),
        (raw_photo(), {"max_pixels": 1000}, Flaw.TOO_MANY_PIXELS),
        (raw_photo(100, 100), {}, Flaw.TOO_SMALL),
        (raw_photo()[:-8000], {}, Flaw.DAMAGED),
        (film(), {}, Flaw.FILM),
        (b"", {}, Flaw.EMPTY),
    ],
)
def test_what_is_refused_leaves_nothing(
    world: World, store: Store, tmp_path: Path, woken: list[int], raw: bytes, options: dict[str, int], flaw: Flaw
) -> None:
    with pytest.raises(BadPhoto) as caught:
        received(world, store, raw, **options)
    assert (caught.value.field, caught.value.reason) == ("photo", flaw)
    assert count(world, Photo) == count(world, Message) == 0
    assert files(tmp_path) == []
    assert woken == []


def test_a_visitor_sends_no_photos(world: World, store: Store, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        receive(world.edge.transaction, store, raw_photo(), actor=VISITOR, clock=world.clock)
    assert files(tmp_path) == []


def test_renditions_are_made_once_and_never_larger_than_the_photo(world: World, store: Store, tmp_path: Path) -> None:
    facts = received(world, store, raw_photo(1000, 750))
    make_renditions(world.edge, store, facts.key, clock=world.clock)
    made = ["1920.jpg", "1920.webp", "320.avif", "320.jpg", "320.webp", "640.avif", "640.jpg", "640.webp"]
    assert files(tmp_path) == sorted(made)
    for width, extension, kind in ((320, "jpg", "JPEG"), (640, "webp", "WEBP"), (1920, "webp", "WEBP")):
        content = store.get(file_name(facts.key, width, extension))
        assert content is not None
        image = Image.open(BytesIO(content))
        assert (image.format, image.width) == (kind, min(width, 1000))
        assert abs(image.height - image.width * 0.75) <= 1
    first_ready = world.run(lambda session: session.get_one(Photo, facts.key).ready_at)
    assert first_ready == world.clock()
    world.clock.advance(hours=1)
    make_renditions(world.edge, store, facts.key, clock=world.clock)
    assert world.run(lambda session: session.get_one(Photo, facts.key).ready_at) == first_ready


def test_renditions_interrupted_half_way_are_made_again(world: World, store: Store) -> None:
    facts = received(world, store, raw_photo())
    original = store.get(file_name(facts.key, 1920, "jpg"))
    assert original is not None
    store.put(file_name(facts.key, 320, "webp"), b"half", "image/webp")
    store.delete(file_name(facts.key, 1920, "jpg"))
    with pytest.raises(FileLost):
        make_renditions(world.edge, store, facts.key, clock=world.clock)
    with world.edge.reading() as session:
        assert photo(session, facts.key) == facts
    store.put(file_name(facts.key, 1920, "jpg"), original, "image/jpeg")
    make_renditions(world.edge, store, facts.key, clock=world.clock)
    assert store.get(file_name(facts.key, 320, "webp")) != b"half"


def test_a_photo_nobody_sent_has_no_renditions(world: World, store: Store) -> None:
    with pytest.raises(NotFound):
        make_renditions(world.edge, store, "0" * 64, clock=world.clock)


def drawn(world: World, key: str) -> Picture:
    with world.edge.reading() as session:
        made = picture(photo(session, key), "腊肉")
    assert made is not None
    return made


def named(shown: Picture) -> set[str]:
    """Every file of a photo that a page asks for."""
    listed = [part.split()[0] for text in (shown.srcset, shown.sources) for part in text.split(", ") if part]
    phone = [f"{stem}.{ending}" for stem in (shown.small, shown.usual) if stem for ending in ("avif", "webp")]
    return {path.removeprefix("/media/") for path in (shown.src, *phone, *listed) if path}


def test_a_picture_names_every_size_with_its_width(world: World, store: Store) -> None:
    facts = received(world, store, raw_photo(1000, 750))
    make_renditions(world.edge, store, facts.key, clock=world.clock)
    shown = drawn(world, facts.key)
    base = f"/media/{facts.key}"
    assert (shown.alt, shown.width, shown.height, shown.colour) == ("腊肉", 1000, 750, facts.colour)
    assert shown.colour_class == tone(facts.colour)
    assert shown.src == f"{base}/640.jpg"
    assert shown.srcset == f"{base}/320.jpg 320w, {base}/640.jpg 640w, {base}/1920.jpg 1000w"
    assert shown.sources == f"{base}/320.webp 320w, {base}/640.webp 640w, {base}/1920.webp 1000w"
    assert (shown.small, shown.usual) == (f"{base}/320", f"{base}/640")
    assert picture(None, "腊肉") is None


@pytest.mark.parametrize("width", [500, 1600])
def test_a_page_names_no_file_that_is_not_there_yet(world: World, store: Store, width: int) -> None:
    facts = received(world, store, raw_photo(width, 480))
    for _moment in ("received", "ready"):
        for name in named(drawn(world, facts.key)):
            assert store.exists(f"{facts.key[:2]}/{name}"), name
        make_renditions(world.edge, store, facts.key, clock=world.clock)
    assert drawn(world, facts.key).sources


def test_no_rendition_holds_a_place_or_a_profile(world: World, store: Store) -> None:
    notes = exif(6)
    raw = saved(DISPLAY_P3.written(scene((1600, 1200))), exif=notes.tobytes(), icc_profile=profile_of(DISPLAY_P3))
    assert all(hidden in raw for hidden in (PLACE, b"SecretPhone", b"ICC_PROFILE"))
    facts = received(world, store, raw)
    make_renditions(world.edge, store, facts.key, clock=world.clock)
    every = [store.get(file_name(facts.key, width, ending)) for width, ending in shown_files(facts.width)]
    assert len(every) == 8
    for content in every:
        assert content is not None
        for hidden in (PLACE, b"SecretPhone", b"ICC", b"Exif", b"EXIF", b"XMP", b"GPS"):
            assert hidden not in content


def test_the_size_that_came_with_the_photo_is_not_made_again(world: World, store: Store) -> None:
    facts = received(world, store, raw_photo())
    came = store.get(file_name(facts.key, 640, "jpg"))
    make_renditions(world.edge, store, facts.key, clock=world.clock)
    assert store.get(file_name(facts.key, 640, "jpg")) == came
    # A backup made before the other sizes were knows only the largest.
    again = received(world, store, raw_photo(seed=9))
    store.delete(file_name(again.key, 640, "jpg"))
    make_renditions(world.edge, store, again.key, clock=world.clock)
    assert store.exists(file_name(again.key, 640, "jpg"))


@pytest.mark.parametrize("content", [None, b"rotten", raw_photo()[:5000]], ids=["lost", "rotten", "cut"])
def test_a_photo_that_cannot_be_read_back_waits_for_a_person(
    world: World, house: House, woken: list[int], content: bytes | None
) -> None:
    facts = received(world, house.store, raw_photo())
    name = file_name(facts.key, 1920, "jpg")
    house.store.delete(name)
    if content is not None:
        house.store.put(name, content, "image/jpeg")
    for _turn in range(MAX_ATTEMPTS + 2):
        outbox.deliver(world.edge, handlers(house), woken[0], clock=world.clock)
        world.clock.advance(hours=2)
    with world.edge.reading() as session:
        message = session.get_one(Message, woken[0])
        assert (message.state, message.attempts) == (MessageState.POISONED, MAX_ATTEMPTS)
        assert outbox.due(session, world.clock()) == []


def test_a_ground_is_near_its_colour_and_its_style_sheet_is_up_to_date() -> None:
    sheet = (STATIC / "css" / "components" / "photo_tones.css").read_text("utf-8")
    assert sheet == style_sheet(), "python -m shop.media.tones > static/css/components/photo_tones.css"
    grounds = dict(re.findall(r"\.(tone-\d+)\{background:#([0-9a-f]{6})\}", sheet))
    assert len(grounds) == 125
    for colour in ("#ffffff", "#000000", "#7a6a55", "#b9a58c", "#3d4a2e", "#a34a30", "#8c9296"):
        there = zip(bytes.fromhex(colour[1:]), bytes.fromhex(grounds[tone(colour)]), strict=True)
        assert max(abs(a - b) for a, b in there) <= 48, colour


@pytest.mark.parametrize(
    ("width", "widths"), [(200, (1920,)), (320, (1920,)), (321, (320, 1920)), (1920, (320, 640, 1280, 1920))]
)
def test_widths(width: int, widths: tuple[int, ...]) -> None:
    assert shown_widths(width) == widths
