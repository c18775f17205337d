"""Taking back what a thing was made to say: words, prices, photos, the change that waits, and a thing just offered."""

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import select

from shop.catalog.models import Listing, ListingState
from shop.catalog.own import Present, present
from shop.catalog.rules import Offer
from shop.catalog.services import passages
from shop.catalog.services.listings import Revised, revise
from shop.catalog.services.revisions import decline_revision
from shop.flows import keeping
from shop.flows.undoing import undo
from shop.kernel.actor import Actor
from shop.kernel.errors import Stale
from shop.vendors.acts.models import Act
from tests.world import World
from tests.world.acting import taken_back
from tests.world.books import assert_sound
from tests.world.market import STAFF, Market, listing, market, paid_order, variant_id

VILLAGER = Actor(user_id=None, label="ZHOU", roles=frozenset({"vendor"}))


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market(world)


def look(at: Market, made: Listing) -> Present:
    return at.world.read(lambda session: present(session, made.code))


def tell(at: Market, made: Listing, wanted: Offer) -> tuple[Revised, str | None]:
    seen = look(at, made)
    change = partial(revise, vendor_id=at.vendor.id, code=made.code, wanted=wanted, version=seen.version)
    done = partial(change, actor=VILLAGER, clock=at.world.clock)
    act = partial(keeping.tell, vendor_id=at.vendor.id, code=made.code, change=done, words=str, actor=VILLAGER)
    return at.world.run(partial(act, clock=at.world.clock))


def back(at: Market, act: str | None) -> None:
    assert act is not None
    take = partial(undo, vendor_id=at.vendor.id, act_code=act, words=taken_back, actor=VILLAGER, clock=at.world.clock)
    at.world.run(take)


def priced(offer: Offer, fen: int, stock: int | None = None) -> Offer:
    way = offer.ways[0]
    return replace(offer, ways=(replace(way, price_fen=fen, stock=way.stock if stock is None else stock),))


def test_a_price_and_a_count_go_back_together(at: Market) -> None:
    made = listing(at, stock=5)
    before = look(at, made).offer
    _revised, act = tell(at, made, priced(before, 4000, stock=8))
    assert look(at, made).offer.ways[0].price_fen == 4000
    back(at, act)
    assert look(at, made).offer == before
    assert_sound(at.world)


def test_a_change_that_changes_nothing_is_no_act(at: Market) -> None:
    made = listing(at)
    assert tell(at, made, look(at, made).offer)[1] is None
    assert at.world.read(lambda session: session.scalars(select(Act)).all()) == []


def test_the_older_change_waits_again_when_the_newer_is_taken_back(at: Market) -> None:
    made = listing(at)
    before = look(at, made).offer
    tell(at, made, replace(before, story="头一个说法"))
    _revised, act = tell(at, made, replace(before, story="第二个说法"))
    back(at, act)
    now = look(at, made)
    assert now.offer == before
    assert now.waiting is not None
    assert now.waiting.story == "头一个说法"


def test_the_centres_word_since_stands(at: Market) -> None:
    made = listing(at)
    _revised, act = tell(at, made, replace(look(at, made).offer, story="换一个说法"))
    version = look(at, made).version
    decline = partial(decline_revision, code=made.code, reason="说不清楚", version=version, actor=STAFF)
    at.world.run(partial(decline, clock=at.world.clock))
    with pytest.raises(Stale):
        back(at, act)


def test_a_sale_since_leaves_the_counted_change_as_it_is(at: Market) -> None:
    made = listing(at, stock=5)
    _revised, act = tell(at, made, priced(look(at, made).offer, 4000, stock=8))
    paid_order(at, {variant_id(at, made): 1})
    with pytest.raises(Stale):
        back(at, act)
    assert look(at, made).offer.ways[0].price_fen == 4000
    _revised, only_price = tell(at, made, priced(look(at, made).offer, 3900))
    paid_order(at, {variant_id(at, made): 1})
    back(at, only_price)
    assert look(at, made).offer.ways[0].price_fen == 4000
    assert look(at, made).offer.ways[0].stock == 6
    assert_sound(at.world)


def two_ways(offer: Offer) -> Offer:
    first = offer.ways[0]
    return replace(
        offer, ways=(replace(first, name="小盒"), replace(first, name="大盒", price_fen=9000, variant_id=None))
    )


def give_back(at: Market, made: Listing, how: str) -> None:
    """Let the centre take a thing down, or give it back before it was shown."""
    if how == "hidden":
        act = partial(passages.take_down, code=made.code, reason="标签不全", actor=STAFF, clock=at.world.clock)
        at.world.run(act)
    else:
        judge = partial(passages.review, code=made.code, approve=False, version=made.version, reason="标签不全")
        at.world.run(partial(judge, actor=STAFF, clock=at.world.clock))


@pytest.mark.parametrize("how", ["draft", "hidden"])
def test_a_new_way_of_selling_ends_and_what_was_sent_again_goes_back(at: Market, how: str) -> None:
    made = listing(at, state=ListingState.IN_REVIEW if how == "draft" else ListingState.PUBLISHED)
    give_back(at, made, how)
    before = look(at, made)
    _revised, act = tell(at, made, two_ways(before.offer))
    assert (look(at, made).state, len(look(at, made).offer.ways)) == (ListingState.IN_REVIEW, 2)
    back(at, act)
    now = look(at, made)
    assert (now.state.value, now.reason, now.offer) == (how, "标签不全", before.offer)
    assert now.hidden_for == before.hidden_for
    assert_sound(at.world)


def test_what_the_centre_has_looked_at_is_not_taken_back_from_it(at: Market) -> None:
    made = listing(at)
    give_back(at, made, "hidden")
    _revised, act = tell(at, made, two_ways(look(at, made).offer))
    judge = partial(passages.review, code=made.code, approve=False, reason="再改改", actor=STAFF, clock=at.world.clock)
    at.world.run(partial(judge, version=look(at, made).version))
    with pytest.raises(Stale):
        back(at, act)
    assert (look(at, made).state, look(at, made).reason) == (ListingState.DRAFT, "再改改")
    tell(at, made, look(at, made).offer)
    with pytest.raises(Stale):
        back(at, act)


def test_a_way_that_was_ended_is_sold_again_with_what_is_left_of_it(at: Market) -> None:
    made = listing(at, state=ListingState.IN_REVIEW, stock=5)
    tell(at, made, two_ways(look(at, made).offer))
    review = partial(passages.review, code=made.code, approve=True, version=look(at, made).version, actor=STAFF)
    at.world.run(partial(review, clock=at.world.clock))
    both = look(at, made).offer
    _revised, act = tell(at, made, replace(both, ways=both.ways[1:]))
    assert [way.name for way in look(at, made).offer.ways] == ["大盒"]
    back(at, act)
    now = look(at, made)
    assert (now.state, now.offer) == (ListingState.PUBLISHED, both)
    paid_order(at, {both.ways[0].variant_id or 0: 1})
    assert_sound(at.world)


def test_a_thing_just_offered_is_put_away_until_the_centre_has_looked(at: Market) -> None:
    made = listing(at, state=ListingState.IN_REVIEW)
    note = partial(keeping.note_offered, words=str, actor=VILLAGER, clock=at.world.clock)

    def noted() -> str:
        return at.world.run(lambda session: note(session, passages.by_code(session, made.code)))

    act = noted()
    assert noted() == act
    back(at, act)
    assert look(at, made).state is ListingState.ARCHIVED
    other = listing(at, title="石磨豆腐干", state=ListingState.IN_REVIEW)
    second = at.world.run(lambda session: note(session, passages.by_code(session, other.code)))
    review = partial(passages.review, code=other.code, approve=True, version=look(at, other).version, actor=STAFF)
    at.world.run(partial(review, clock=at.world.clock))
    with pytest.raises(Stale):
        back(at, second)
    assert look(at, other).state is ListingState.PUBLISHED
