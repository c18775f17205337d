"""Photos of papers: under no address, in the backup, and gone when nobody needs them any more."""

import shutil
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from shop.cli import backing_up, restoring, snapshot
from shop.flows import joining
from shop.kernel.actor import VISITOR
from shop.kernel.errors import Forbidden
from shop.media.models import PrivatePhoto
from shop.media.private import private_photo, receive_private
from shop.media.rules import BadPhoto, Flaw, private_name
from shop.vendors.joining.models import Application, ApplicationState, Proof
from tests.world import World
from tests.world.joining import REVIEWER, Hall, hall, one_photo


@pytest.fixture
def at(world: World) -> Hall:
    return hall(world)


def keys(world: World) -> set[str]:
    return world.read(lambda session: set(session.scalars(select(PrivatePhoto.key))))


def test_the_same_picture_twice_is_two_photos_that_say_nothing_of_it(world: World, at: Hall) -> None:
    first, second = at.photo(), at.photo()
    assert first != second
    assert keys(world) == {first, second}
    content = private_photo(world.house.store, first)
    assert content is not None
    assert content.startswith(b"\xff\xd8")
    assert private_photo(world.house.store, "0" * 64) is None


def test_camera_data_is_left_out(world: World, at: Hall, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "A Camera"
    source = tmp_path / "a.jpg"
    Image.linear_gradient("L").resize((640, 480)).save(source, exif=exif)
    edge, store = world.edge, world.house.store
    key = receive_private(edge.transaction, store, source.read_bytes(), actor=at.actor, clock=world.clock)
    content = private_photo(store, key)
    assert content is not None
    assert b"A Camera" not in content


@pytest.mark.parametrize(
    ("raw", "flaw"), [(b"%PDF-1.7\n%", Flaw.DOCUMENT), (b"", Flaw.EMPTY), (b"x" * 9, Flaw.NOT_A_PICTURE)]
)
def test_what_is_no_photo_leaves_nothing(world: World, at: Hall, raw: bytes, flaw: Flaw) -> None:
    edge, store = world.edge, world.house.store
    with pytest.raises(BadPhoto) as error:
        receive_private(edge.transaction, store, raw, actor=at.actor, clock=world.clock)
    assert error.value.reason == flaw
    with pytest.raises(BadPhoto):
        receive_private(edge.transaction, store, one_photo(), actor=at.actor, clock=world.clock, max_bytes=100)
    with pytest.raises(Forbidden):
        receive_private(edge.transaction, store, one_photo(), actor=VISITOR, clock=world.clock)
    assert keys(world) == set()


def test_a_backup_holds_them(world: World, at: Hall, tmp_path: Path) -> None:
    key = at.photo()
    file = tmp_path / "town.zip"
    assert backing_up.write(file, world.house).missing == 0
    with world.edge.engine.execution_options(write=True).connect() as connection, connection.begin():
        snapshot.clear(connection)
    shutil.rmtree(world.house.settings.data_dir / "media")
    (world.house.settings.data_dir / "media").mkdir()
    restoring.read(file, world.house, replace=False)
    assert keys(world) == {key}
    assert world.house.store.exists(private_name(key))
    key_of_the_house = world.house.settings.vault_keys[0]
    assert key_of_the_house.encode() not in file.read_bytes()


def test_a_draft_nobody_goes_on_with_is_forgotten_with_its_photos(world: World, at: Hall) -> None:
    code = at.tell()
    at.show(code, Proof.OWN_WORK)
    (key,) = keys(world)
    world.clock.advance(days=89)
    world.tick()
    assert keys(world) == {key}, "it may still be gone on with"
    world.clock.advance(days=2)
    world.tick()
    assert keys(world) == set()
    assert not world.house.store.exists(private_name(key))
    assert world.read(lambda session: session.scalar(select(Application.id))) is None


def test_papers_of_a_refused_application_go_and_its_reason_stays(world: World, at: Hall) -> None:
    code = at.sent()
    version = at.application().version
    world.run(
        lambda session: joining.refuse(
            session, code, reason="不住在镇上", version=version, actor=REVIEWER, clock=world.clock
        )
    )
    world.clock.advance(days=179)
    world.tick()
    assert len(keys(world)) == 1
    world.clock.advance(days=2)
    world.tick()
    assert keys(world) == set()
    left = at.application()
    assert (left.state, left.reason, left.papers) == (ApplicationState.REFUSED, "不住在镇上", ())


def test_what_waits_and_what_was_approved_is_kept(world: World, at: Hall) -> None:
    at.sent()
    world.clock.advance(days=400)
    world.tick()
    assert len(keys(world)) == 1
    at.approve(at.application().code)
    world.clock.advance(days=400)
    world.tick()
    assert len(keys(world)) == 1
