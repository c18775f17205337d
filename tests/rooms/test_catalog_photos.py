"""The photos of a thing that is there: their order, one more, one less, and ten minutes to think again."""

from functools import partial

import pytest
from sqlalchemy import select

from shop.catalog.models import ListingState, ListingVersion
from shop.catalog.own import present
from shop.catalog.rules import MAX_PHOTOS
from shop.catalog.services.passages import archive
from shop.catalog.services.photos import add_photo, order_photos, remove_photo, restore_photo
from shop.catalog.services.revisions import approve_revision
from shop.kernel.errors import Invalid, NotFound, WrongState
from shop.media.models import Photo
from tests.world import World, market
from tests.world.market import HOUSE, STAFF, Market, another_vendor, listing

Keys = tuple[str, ...]


def key(n: int) -> str:
    """Return the name of the n-th photo."""
    return f"{n:064x}"


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household and eight photos."""
    made = market.market(world)
    now = world.clock()

    def keep(n: int) -> Photo:
        return Photo(key=key(n), width=800, height=600, bytes=9, colour="#aabbcc", created_at=now, ready_at=now)

    world.run(lambda session: session.add_all([keep(n) for n in range(8)]))
    return made


def shown(at: Market, code: str) -> Keys:
    """Return the photos buyers see."""
    return tuple(at.world.read(lambda session: present(session, code)).offer.photo_keys)


def told(at: Market, code: str) -> Keys:
    """Return the photos with those that wait for the centre."""
    return tuple(at.world.read(lambda session: present(session, code)).told.photo_keys)


def add(at: Market, code: str, n: int) -> None:
    """Add the n-th photo."""
    at.world.run(partial(add_photo, vendor_id=at.vendor.id, code=code, key=key(n), actor=HOUSE, clock=at.world.clock))


def remove(at: Market, code: str, n: int) -> None:
    """Take the n-th photo away."""
    at.world.run(
        partial(remove_photo, vendor_id=at.vendor.id, code=code, key=key(n), actor=HOUSE, clock=at.world.clock)
    )


def restore(at: Market, code: str, n: int) -> None:
    """Bring the n-th photo back."""
    at.world.run(
        partial(restore_photo, vendor_id=at.vendor.id, code=code, key=key(n), actor=HOUSE, clock=at.world.clock)
    )


def order(at: Market, code: str, *numbers: int) -> None:
    """Put the photos in this order."""
    keys = [key(n) for n in numbers]
    at.world.run(partial(order_photos, vendor_id=at.vendor.id, code=code, keys=keys, actor=HOUSE, clock=at.world.clock))


def kept(at: Market) -> list[list[str]]:
    """Return the photos of every kept version."""
    wanted = select(ListingVersion.facts).order_by(ListingVersion.number)
    return [facts["photos"] for facts in at.world.read(lambda session: list(session.scalars(wanted)))]


def test_the_order_and_the_cover_are_shown_at_once_and_kept(at: Market) -> None:
    code = listing(at, photo_keys=(key(0), key(1), key(2))).code
    order(at, code, 2, 0, 1)
    assert shown(at, code) == (key(2), key(0), key(1))
    assert kept(at) == [[key(0), key(1), key(2)], [key(2), key(0), key(1)]]
    for wrong in ((2, 0), (2, 0, 1, 3), (2, 2, 0)):
        with pytest.raises(Invalid):
            order(at, code, *wrong)


@pytest.mark.parametrize(("minutes", "comes_back"), [(0, True), (9, True), (11, False)])
def test_one_taken_away_can_be_brought_back_for_ten_minutes(at: Market, minutes: int, comes_back: bool) -> None:
    code = listing(at, photo_keys=(key(0), key(1), key(2))).code
    remove(at, code, 1)
    remove(at, code, 1)
    assert shown(at, code) == (key(0), key(2))
    at.world.clock.advance(minutes=minutes)
    if comes_back:
        restore(at, code, 1)
        assert shown(at, code) == (key(0), key(1), key(2))
        restore(at, code, 1)
    else:
        with pytest.raises(NotFound):
            restore(at, code, 1)
    assert len(shown(at, code)) == (3 if comes_back else 2)


def test_a_new_photo_of_a_shown_thing_waits_for_the_centre(at: Market) -> None:
    code = listing(at, photo_keys=(key(0),)).code
    add(at, code, 1)
    add(at, code, 1)
    assert (shown(at, code), told(at, code)) == ((key(0),), (key(0), key(1)))
    order(at, code, 1, 0)
    add(at, code, 2)
    assert told(at, code) == (key(1), key(0), key(2))
    now = at.world.read(lambda session: present(session, code))
    at.world.run(
        lambda session: approve_revision(session, code, version=now.version, actor=STAFF, clock=at.world.clock)
    )
    assert shown(at, code) == (key(1), key(0), key(2))


def test_a_photo_that_waits_can_be_taken_away_and_brought_back_to_wait_again(at: Market) -> None:
    code = listing(at, photo_keys=(key(0),)).code
    add(at, code, 1)
    remove(at, code, 1)
    assert told(at, code) == (key(0),)
    assert at.world.read(lambda session: present(session, code)).waiting is None
    restore(at, code, 1)
    assert (shown(at, code), told(at, code)) == ((key(0),), (key(0), key(1)))


def test_what_is_taken_away_while_a_change_waits_does_not_come_back_with_it(at: Market) -> None:
    code = listing(at, photo_keys=(key(0), key(1))).code
    add(at, code, 2)
    remove(at, code, 0)
    assert (shown(at, code), told(at, code)) == ((key(1),), (key(1), key(2)))
    restore(at, code, 0)
    assert (shown(at, code), told(at, code)) == ((key(0), key(1)), (key(0), key(1), key(2)))


def test_photos_of_what_the_centre_has_not_passed_are_simply_changed(at: Market) -> None:
    code = listing(at, photo_keys=(key(0),), state=ListingState.IN_REVIEW).code
    add(at, code, 1)
    order(at, code, 1, 0)
    remove(at, code, 0)
    restore(at, code, 0)
    assert shown(at, code) == told(at, code) == (key(1), key(0))
    assert kept(at) == []


def test_six_are_enough_and_what_is_no_photo_is_refused(at: Market) -> None:
    code = listing(at, photo_keys=tuple(key(n) for n in range(MAX_PHOTOS))).code
    with pytest.raises(Invalid):
        add(at, code, 7)
    remove(at, code, 0)
    with pytest.raises(NotFound):
        add(at, code, 99)
    add(at, code, 7)
    with pytest.raises(NotFound):
        restore(at, code, 0)


def test_another_household_and_an_ended_thing_are_left_alone(at: Market) -> None:
    code = listing(at, photo_keys=(key(0),)).code
    other = another_vendor(at.world)
    with pytest.raises(NotFound):
        at.world.run(
            partial(remove_photo, vendor_id=other.id, code=code, key=key(0), actor=HOUSE, clock=at.world.clock)
        )
    at.world.run(lambda session: archive(session, at.vendor.id, code, actor=HOUSE, clock=at.world.clock))
    with pytest.raises(WrongState):
        remove(at, code, 0)
    assert shown(at, code) == (key(0),)
