"""The catalogue: what a household offers, what the centre lets through, and how many there are."""

from dataclasses import fields

import pytest

from shop.catalog.grid import shelf
from shop.catalog.models import ListingState
from shop.catalog.queries import own_listings
from shop.catalog.rules import Offer, Way
from shop.catalog.services.listings import offer, revise, set_free
from shop.catalog.services.passages import pause, review
from shop.kernel.actor import VISITOR
from shop.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from tests.world import World, market
from tests.world.books import assert_sound, free
from tests.world.market import HOUSE, MONTH, STAFF, Market, another_vendor, listing, variant_id


def eggs(at: Market, **changes: object) -> Offer:
    told: dict[str, object] = {
        "category_id": at.category.id,
        "title": "土鸡蛋",
        "ways": [way(**{name: changes.pop(name) for name in WAY_FIELDS & changes.keys()})],
        **changes,
    }
    return Offer(**told)  # type: ignore[arg-type]


WAY_FIELDS = {field.name for field in fields(Way)}


def way(**changes: object) -> Way:
    told: dict[str, object] = {"unit": "盒", "pieces": 30, "price_fen": 4800, "gross_g": 2300, "stock": 5, **changes}
    return Way(**told)  # type: ignore[arg-type]


def state_of(at: Market, code: str) -> ListingState:
    own = at.world.read(lambda session: own_listings(session, month=MONTH, vendor_id=at.vendor.id))
    return next(one.state for one in own if one.facts.card.code == code)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "很" * 61}, "title"),
        ({"story": "长" * 2001}, "story"),
        ({"unit": "吨"}, "unit"),
        ({"pieces": 0}, "pieces"),
        ({"price_fen": 0}, "price"),
        ({"price_fen": 1_000_001}, "price"),
        ({"gross_g": 0}, "gross_g"),
        ({"stock": -1}, "stock"),
        ({"stock": 10_000}, "stock"),
        ({"months": ()}, "season"),
        ({"months": (13,)}, "season"),
        ({"photo_keys": tuple(f"{n:064x}" for n in range(7))}, "photos"),
    ],
)
def test_an_impossible_offer_is_refused_by_its_field(world: World, changes: dict[str, object], field: str) -> None:
    at = market.market(world)
    with pytest.raises(Invalid) as refusal:
        world.run(lambda session: offer(session, at.vendor.id, eggs(at, **changes), actor=HOUSE, clock=world.clock))
    assert refusal.value.field == field
    assert world.read(lambda session: own_listings(session, month=MONTH)) == []


@pytest.mark.parametrize("changes", [{"category_id": 10**9}, {"photo_keys": ("0" * 64,)}])
def test_an_offer_of_what_does_not_exist_is_refused(world: World, changes: dict[str, object]) -> None:
    at = market.market(world)
    with pytest.raises(NotFound):
        world.run(lambda session: offer(session, at.vendor.id, eggs(at, **changes), actor=HOUSE, clock=world.clock))


def test_the_same_page_sent_twice_offers_one_thing(world: World) -> None:
    at = market.market(world)
    wanted = eggs(at, key="one page")
    codes = {
        world.run(lambda session: offer(session, at.vendor.id, wanted, actor=HOUSE, clock=world.clock)).code
        for _ in range(2)
    }
    assert len(codes) == 1
    assert len(world.read(lambda session: own_listings(session, month=MONTH))) == 1


def test_only_what_was_reviewed_is_shown(world: World) -> None:
    at = market.market(world)
    made = listing(at, state=ListingState.IN_REVIEW)
    assert world.read(lambda session: shelf(session, month=MONTH)).total == 0
    with pytest.raises(Forbidden):
        world.run(
            lambda session: review(
                session, made.code, approve=True, version=made.version, actor=VISITOR, clock=world.clock
            )
        )
    with pytest.raises(Stale):
        world.run(
            lambda session: review(
                session, made.code, approve=True, version=made.version - 1, actor=STAFF, clock=world.clock
            )
        )
    world.run(
        lambda session: review(session, made.code, approve=True, version=made.version, actor=STAFF, clock=world.clock)
    )
    assert world.read(lambda session: shelf(session, month=MONTH)).total == 1
    with pytest.raises(WrongState):
        world.run(
            lambda session: review(
                session, made.code, approve=True, version=made.version + 2, actor=STAFF, clock=world.clock
            )
        )


def test_what_is_given_back_needs_a_reason_and_can_be_put_right(world: World) -> None:
    at = market.market(world)
    made = listing(at, state=ListingState.IN_REVIEW, stock=5)
    back = {"approve": False, "version": made.version, "actor": STAFF, "clock": world.clock}
    with pytest.raises(Invalid):
        world.run(lambda session: review(session, made.code, reason=" ", **back))  # type: ignore[arg-type]
    given = world.run(lambda session: review(session, made.code, reason="照片太暗", **back))  # type: ignore[arg-type]
    own = world.read(lambda session: own_listings(session, month=MONTH, vendor_id=at.vendor.id))
    assert [(one.state, one.reason) for one in own] == [(ListingState.DRAFT, "照片太暗")]

    better = eggs(at, title="土鸡蛋 30 枚", price_fen=4600, stock=7)
    act = {"version": given.version, "actor": HOUSE, "clock": world.clock}
    neighbour = another_vendor(world)
    with pytest.raises(NotFound):
        world.run(lambda session: revise(session, neighbour.id, made.code, better, **act))  # type: ignore[arg-type]
    with pytest.raises(Stale):
        stale = {**act, "version": given.version - 1}
        world.run(lambda session: revise(session, at.vendor.id, made.code, better, **stale))  # type: ignore[arg-type]
    world.run(lambda session: revise(session, at.vendor.id, made.code, better, **act))  # type: ignore[arg-type]
    own = world.read(lambda session: own_listings(session, month=MONTH, vendor_id=at.vendor.id))
    card = own[0].facts.card
    assert (own[0].state, card.title, card.way.price_fen, card.free) == (
        ListingState.IN_REVIEW,
        "土鸡蛋 30 枚",
        4600,
        7,
    )
    with pytest.raises(Stale):
        world.run(lambda session: revise(session, at.vendor.id, made.code, better, **act))  # type: ignore[arg-type]
    assert_sound(world)


def test_a_household_pauses_and_counts_its_own_things_only(world: World) -> None:
    at = market.market(world)
    made, other = listing(at, stock=5), another_vendor(world)
    with pytest.raises(NotFound):
        world.run(lambda session: pause(session, other.id, made.code, paused=True, actor=HOUSE, clock=world.clock))
    with pytest.raises(NotFound):
        world.run(lambda session: set_free(session, other.id, made.code, 1, saw_free=5, actor=HOUSE, clock=world.clock))
    world.run(lambda session: pause(session, at.vendor.id, made.code, paused=True, actor=HOUSE, clock=world.clock))
    assert state_of(at, made.code) is ListingState.PAUSED
    world.run(lambda session: pause(session, at.vendor.id, made.code, paused=False, actor=HOUSE, clock=world.clock))
    with pytest.raises(Stale):
        world.run(
            lambda session: set_free(session, at.vendor.id, made.code, 9, saw_free=4, actor=HOUSE, clock=world.clock)
        )
    world.run(lambda session: set_free(session, at.vendor.id, made.code, 9, saw_free=5, actor=HOUSE, clock=world.clock))
    assert free(world, variant_id(at, made)) == 9
    assert_sound(world)


def test_a_thing_under_review_cannot_be_put_on_the_shelf_by_its_household(world: World) -> None:
    at = market.market(world)
    made = listing(at, state=ListingState.IN_REVIEW)
    with pytest.raises(WrongState):
        world.run(lambda session: pause(session, at.vendor.id, made.code, paused=False, actor=HOUSE, clock=world.clock))
    assert state_of(at, made.code) is ListingState.IN_REVIEW


def test_a_code_that_is_taken_is_not_given_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    at = market.market(world)
    codes = iter(["AAAAAA", "AAAAAA", "BBBBBB"])
    monkeypatch.setattr("shop.catalog.services.listings.new_code", lambda _length: next(codes))
    assert [listing(at).code, listing(at).code] == ["AAAAAA", "BBBBBB"]
