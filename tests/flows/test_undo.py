"""What a vendor did and takes back: each kind of act, its time, and what happened in between."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import pytest
from sqlalchemy import select, update

from shop.catalog.models import HiddenFor, Listing, ListingState, Variant
from shop.catalog.own import present
from shop.catalog.rules import ANSWER_DAYS, CONFIRM_DAYS
from shop.catalog.services import passages
from shop.catalog.services.listings import revise
from shop.flows import keeping
from shop.flows.undoing import undo
from shop.kernel.actor import Actor
from shop.kernel.errors import NotFound, Stale, WrongState
from shop.orders.models import VendorOrderState
from shop.vendors.acts.models import Act
from tests.world import World
from tests.world.acting import consent, taken_back
from tests.world.books import assert_sound, free
from tests.world.market import (
    STAFF,
    Market,
    another_vendor,
    asked_about,
    listing,
    market,
    order,
    paid_order,
    receive_all,
    variant_id,
)

VILLAGER = Actor(user_id=None, label="ZHOU", roles=frozenset({"vendor"}))


def for_them(at: Market) -> Actor:
    code = at.vendor.code
    return Actor(user_id=None, label=f"STAFF>{code}", roles=frozenset({"staff"}), for_vendor=code)


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market(world)


def _words(title: str) -> str:
    return f"{title}：好了"


def pause(at: Market, made: Listing, *, paused: bool = True, actor: Actor = VILLAGER) -> str:
    act = partial(keeping.pause, vendor_id=at.vendor.id, code=made.code, paused=paused, words=_words, actor=actor)
    return at.world.run(partial(act, clock=at.world.clock))


def count(at: Market, made: Listing, now: int, *, saw: int) -> str:
    act = partial(keeping.count, vendor_id=at.vendor.id, code=made.code, free=now, saw_free=saw, place=0)
    return at.world.run(partial(act, words=_words, actor=VILLAGER, clock=at.world.clock))


def archive(at: Market, made: Listing) -> str:
    act = partial(keeping.archive, vendor_id=at.vendor.id, code=made.code, words=_words, actor=VILLAGER)
    return at.world.run(partial(act, clock=at.world.clock))


def confirm(at: Market, made: Listing) -> str:
    act = partial(keeping.confirm, vendor_id=at.vendor.id, code=made.code, words=_words, actor=VILLAGER)
    return at.world.run(partial(act, clock=at.world.clock))


def ready(at: Market, part: str) -> str:
    act = partial(keeping.ready, vendor_id=at.vendor.id, code=part, words=_words, actor=VILLAGER)
    done = at.world.run(partial(act, clock=at.world.clock))
    assert done is not None
    return done


def back(at: Market, act: str, *, vendor_id: int | None = None, actor: Actor = VILLAGER) -> None:
    whose = at.vendor.id if vendor_id is None else vendor_id
    take = partial(undo, vendor_id=whose, act_code=act, words=taken_back, actor=actor, clock=at.world.clock)
    at.world.run(take)


class Now(NamedTuple):
    """How a listing stands."""

    state: ListingState
    hidden_for: HiddenFor | None
    confirmed_at: datetime | None


def now(at: Market, made: Listing) -> Now:
    wanted = select(Listing.state, Listing.hidden_for, Listing.confirmed_at).where(Listing.code == made.code)
    return Now(*at.world.read(lambda session: session.execute(wanted).one()))


def test_off_the_shelf_and_back_and_both_taken_back(at: Market) -> None:
    made = listing(at)
    first = pause(at, made)
    back(at, first)
    assert now(at, made).state is ListingState.PUBLISHED
    pause(at, made)
    back(at, pause(at, made, paused=False))
    assert now(at, made).state is ListingState.PAUSED
    with pytest.raises(WrongState) as again:
        back(at, first)
    assert again.value.state == "undone"


def test_what_moved_on_since_is_not_taken_back(at: Market) -> None:
    made = listing(at)
    first = pause(at, made)
    pause(at, made, paused=False)
    pause(at, made)
    with pytest.raises(Stale):
        back(at, first)
    assert now(at, made).state is ListingState.PAUSED


@pytest.mark.parametrize(("is_staff", "minutes"), [(False, 10), (True, 24 * 60)])
def test_there_is_time_for_it_and_then_there_is_not(at: Market, is_staff: bool, minutes: int) -> None:
    made = listing(at)
    consent(at)
    actor = for_them(at) if is_staff else VILLAGER
    act = pause(at, made, actor=actor)
    at.world.clock.now += timedelta(minutes=minutes)
    with pytest.raises(WrongState) as late:
        back(at, act)
    assert late.value.state == "late"
    at.world.clock.now -= timedelta(seconds=1)
    back(at, act)
    assert now(at, made).state is ListingState.PUBLISHED


def test_a_count_goes_back_unless_something_was_sold_since(at: Market) -> None:
    made = listing(at, stock=5)
    variant = variant_id(at, made)
    back(at, count(at, made, 9, saw=5))
    assert free(at.world, variant) == 5
    act = count(at, made, 9, saw=5)
    paid_order(at, {variant: 1})
    with pytest.raises(Stale):
        back(at, act)
    assert free(at.world, variant) == 8
    assert_sound(at.world)


def test_two_counts_are_taken_back_only_in_their_order(at: Market) -> None:
    made = listing(at, stock=5)
    first, second = count(at, made, 9, saw=5), count(at, made, 2, saw=9)
    with pytest.raises(Stale):
        back(at, first)
    back(at, second)
    back(at, first)
    assert free(at.world, variant_id(at, made)) == 5
    assert_sound(at.world)


def test_a_count_of_what_was_put_away_or_is_sold_otherwise_now_stays(at: Market) -> None:
    made = listing(at, stock=5)
    act = count(at, made, 9, saw=5)
    put_away = archive(at, made)
    with pytest.raises(Stale):
        back(at, act)
    back(at, put_away)
    ended = update(Variant).where(Variant.id == variant_id(at, made)).values(is_sold=False)
    at.world.run(lambda session: session.execute(ended))
    with pytest.raises(Stale):
        back(at, act)


def test_a_sign_of_life_is_taken_back_with_what_it_brought(at: Market) -> None:
    made = listing(at)
    at.world.clock.now += timedelta(days=CONFIRM_DAYS)
    asked_about(at)
    at.world.clock.now += timedelta(days=ANSWER_DAYS)
    watch = partial(passages.watch, code=made.code, actor=STAFF, clock=at.world.clock)
    said = now(at, made).confirmed_at
    assert at.world.run(watch) is HiddenFor.NOT_CONFIRMED
    act = confirm(at, made)
    assert now(at, made).state is ListingState.PUBLISHED
    back(at, act)
    assert (now(at, made).hidden_for, now(at, made).confirmed_at) == (HiddenFor.NOT_CONFIRMED, said)


def test_a_later_sign_of_life_keeps_the_earlier_one(at: Market) -> None:
    made = listing(at)
    said = now(at, made).confirmed_at
    first = confirm(at, made)
    at.world.clock.now += timedelta(minutes=1)
    second = confirm(at, made)
    with pytest.raises(Stale):
        back(at, first)
    back(at, second)
    back(at, first)
    assert now(at, made).confirmed_at == said


@pytest.mark.parametrize(
    "state", [ListingState.PUBLISHED, ListingState.PAUSED, ListingState.IN_REVIEW, ListingState.DRAFT]
)
def test_what_was_put_away_comes_back_as_it_was(at: Market, state: ListingState) -> None:
    is_new = state in (ListingState.IN_REVIEW, ListingState.DRAFT)
    made = listing(at, state=ListingState.IN_REVIEW if is_new else ListingState.PUBLISHED)
    if state is ListingState.PAUSED:
        pause(at, made)
    elif state is ListingState.DRAFT:
        give = partial(passages.review, code=made.code, approve=False, version=made.version, reason="照片太暗")
        at.world.run(partial(give, actor=STAFF, clock=at.world.clock))
    back(at, archive(at, made))
    shown = at.world.read(lambda session: present(session, made.code))
    assert shown.state is state
    assert shown.reason == ("照片太暗" if state is ListingState.DRAFT else "")


def test_what_was_taken_down_and_put_away_comes_back_with_its_reason(at: Market) -> None:
    made = listing(at)
    take_down = partial(passages.take_down, code=made.code, reason="标签不全", actor=STAFF, clock=at.world.clock)
    at.world.run(take_down)
    back(at, archive(at, made))
    shown = at.world.read(lambda session: present(session, made.code))
    assert (shown.state, shown.hidden_for, shown.reason) == (ListingState.HIDDEN, HiddenFor.TAKEN_DOWN, "标签不全")


def test_the_change_that_waited_waits_again(at: Market) -> None:
    made = listing(at)
    shown = at.world.read(lambda session: present(session, made.code))
    wanted = replace(shown.offer, story="换一个说法", ref=None)
    change = partial(revise, vendor_id=at.vendor.id, code=made.code, wanted=wanted, version=shown.version)
    at.world.run(partial(change, actor=VILLAGER, clock=at.world.clock))
    act = archive(at, made)
    assert at.world.read(lambda session: present(session, made.code)).waiting is None
    back(at, act)
    waiting = at.world.read(lambda session: present(session, made.code)).waiting
    assert waiting is not None
    assert waiting.story == "换一个说法"


def test_nothing_but_taking_it_back_brings_an_archived_thing_to_life(at: Market) -> None:
    made = listing(at)
    archive(at, made)
    shown = at.world.read(lambda session: present(session, made.code))
    change = partial(revise, vendor_id=at.vendor.id, code=made.code, wanted=shown.offer, version=shown.version)
    with pytest.raises(WrongState):
        at.world.run(partial(change, actor=VILLAGER, clock=at.world.clock))
    with pytest.raises(WrongState):
        pause(at, made, paused=False)


def test_ready_goes_back_to_asked_until_the_centre_has_it(at: Market) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    part = made.parts[0].code
    act = ready(at, part)
    assert ready(at, part) == act
    back(at, act)
    assert order(at, made.code).states == (VendorOrderState.ASKED,)
    assert order(at, made.code).parts[0].due_on == made.parts[0].due_on
    act = ready(at, part)
    receive_all(at, made.code)
    with pytest.raises(Stale):
        back(at, act)
    assert order(at, made.code).states == (VendorOrderState.RECEIVED,)


def test_anothers_act_looks_as_if_it_were_not_there(at: Market) -> None:
    act = pause(at, listing(at))
    with pytest.raises(NotFound):
        back(at, act, vendor_id=another_vendor(at.world).id)
    assert at.world.read(lambda session: session.scalars(select(Act.undone_at)).all()) == [None]
