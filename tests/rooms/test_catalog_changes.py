"""Changes of goods on the shelf: what waits for the centre, what is kept of every version, who is told of whom."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from shop.catalog.models import (
    HiddenFor,
    Listing,
    ListingRevision,
    ListingState,
    ListingVersion,
    Pricing,
    RevisionState,
)
from shop.catalog.obstacles import NotLawful, ObstacleKind
from shop.catalog.own import Present, present
from shop.catalog.rules import Offer, Way, needs_review, reviewed_prices
from shop.catalog.services.listings import Revised, revise
from shop.catalog.services.passages import archive, confirm, pause, put_up, review, take_down
from shop.catalog.services.revisions import approve_revision, decline_revision
from shop.catalog.services.shelves import ShelfRules, change_category
from shop.kernel.actor import VISITOR
from shop.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from shop.orders.models import OrderLine
from shop.vendors.models import PaperKind
from shop.vendors.services import add_paper
from tests.world import World, market
from tests.world.books import assert_sound, free
from tests.world.market import HOUSE, STAFF, Market, another_vendor, listing, paid_order, variant_id

WAY: dict[str, Any] = {
    "id": 1,
    "name": "",
    "unit": "盒",
    "pieces": 30,
    "net_g": None,
    "pricing": Pricing.PIECE.value,
    "price_fen": 4800,
    "per_500g_fen": None,
    "least_g": None,
    "most_g": None,
}
SHOWN: dict[str, Any] = {
    "title": "土鸡蛋",
    "story": "",
    "category": "eggs",
    "village": "大湾村",
    "ingredients": "",
    "keep_note": "",
    "shelf_days": None,
    "travel_days": None,
    "months": [1, 2],
    "harvest": None,
    "tags": [],
    "photos": ["a", "b"],
    "ways": [WAY],
    "reviewed_fen": {"1": 4800},
}
WEIGHED = {**WAY, "pricing": "weight", "per_500g_fen": 3400, "least_g": 1000, "most_g": 1500, "price_fen": 10_200}


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({}, set()),
        ({"title": "好鸡蛋"}, {"title"}),
        ({"story": "山上的"}, {"story"}),
        ({"category": "meat"}, {"category"}),
        ({"village": "宝山村"}, {"village"}),
        ({"ingredients": "盐"}, {"ingredients"}),
        ({"keep_note": "冷藏"}, {"keep_note"}),
        ({"shelf_days": 30}, {"shelf_days"}),
        ({"tags": ["土鸡蛋"]}, {"tags"}),
        ({"travel_days": 3}, set()),
        ({"months": [3]}, set()),
        ({"harvest": {"first": "2026-12-01", "last": "2026-12-09", "cap": 3}}, set()),
        ({"photos": ["b"]}, set()),
        ({"photos": ["b", "a"]}, set()),
        ({"photos": ["a", "b", "c"]}, {"photos"}),
        ({"ways": []}, set()),
        ({"ways": [{**WAY, "price_fen": 4000}]}, set()),
        ({"ways": [{**WAY, "price_fen": 5760}]}, set()),
        ({"ways": [{**WAY, "price_fen": 5761}]}, {"price"}),
        ({"ways": [{**WAY, "unit": "袋"}]}, {"ways"}),
        ({"ways": [{**WAY, "pieces": 20}]}, {"ways"}),
        ({"ways": [{**WAY, "net_g": 1800}]}, {"ways"}),
        ({"ways": [{**WAY, "name": "大盒"}]}, {"ways"}),
        ({"ways": [WAY, {**WAY, "id": None, "name": "小盒"}]}, {"ways"}),
        ({"ways": [WEIGHED]}, {"ways"}),
        ({"title": "好鸡蛋", "photos": ["c"], "ways": [{**WAY, "price_fen": 9600}]}, {"title", "photos", "price"}),
    ],
)
def test_the_rule_of_changes_part_by_part(change: dict[str, Any], parts: set[str]) -> None:
    assert needs_review(SHOWN, {**SHOWN, **change}) == parts


def test_the_price_of_500_g_is_the_measure_of_what_is_weighed() -> None:
    shown = {**SHOWN, "ways": [WEIGHED], "reviewed_fen": reviewed_prices([WEIGHED])}
    assert needs_review(shown, {**shown, "ways": [{**WEIGHED, "per_500g_fen": 4080, "price_fen": 12_240}]}) == set()
    assert needs_review(shown, {**shown, "ways": [{**WEIGHED, "per_500g_fen": 4081}]}) == {"price"}
    assert needs_review(shown, {**shown, "ways": [{**WEIGHED, "most_g": 1600}]}) == {"ways"}


def own(at: Market, code: str) -> Present:
    """Return a listing as it stands."""
    return at.world.read(lambda session: present(session, code))


def told(at: Market, code: str, **changes: Any) -> Offer:
    """Return what a listing says now, changed; `price_fen` and the like are those of its first way."""
    offer = own(at, code).offer
    first = {name: changes.pop(name) for name in list(changes) if name in Way.__dataclass_fields__}
    return replace(offer, ways=(replace(offer.ways[0], **first), *offer.ways[1:]), **changes)


def revised(at: Market, code: str, wanted: Offer, *, version: int | None = None) -> Revised:
    """Change a listing as its household, in the version it has now or another."""
    seen = own(at, code).version if version is None else version
    return at.world.run(
        lambda session: revise(session, at.vendor.id, code, wanted, version=seen, actor=HOUSE, clock=at.world.clock)
    )


def versions(at: Market, code: str) -> list[dict[str, Any]]:
    """Return the facts of every kept version, the first first."""
    wanted = select(ListingVersion.facts).join(Listing).where(Listing.code == code).order_by(ListingVersion.number)
    return at.world.read(lambda session: list(session.scalars(wanted)))


def revisions(at: Market) -> list[RevisionState]:
    """Return how every change that ever waited stands."""
    return at.world.read(lambda session: list(session.scalars(select(ListingRevision.state).order_by("id"))))


def approve(at: Market, code: str) -> None:
    """Let staff show a change."""
    seen = own(at, code).version
    at.world.run(lambda session: approve_revision(session, code, version=seen, actor=STAFF, clock=at.world.clock))


def decline(at: Market, code: str, reason: str, *, actor: Any = STAFF) -> None:
    """Let staff keep the old version."""
    seen = own(at, code).version
    at.world.run(
        lambda session: decline_revision(session, code, reason, version=seen, actor=actor, clock=at.world.clock)
    )


def test_a_small_rise_shows_at_once_and_the_reviewed_price_stays_the_measure(world: World) -> None:
    at = market.market(world)
    code = listing(at, price_fen=1000).code
    assert revised(at, code, told(at, code, price_fen=1200)).waits_for == frozenset()
    assert [facts["ways"][0]["price_fen"] for facts in versions(at, code)] == [1000, 1200]
    assert revised(at, code, told(at, code, price_fen=1201)).waits_for == {"price"}
    assert own(at, code).offer.ways[0].price_fen == 1200
    approve(at, code)
    assert own(at, code).offer.ways[0].price_fen == 1201
    assert revised(at, code, told(at, code, price_fen=1441)).waits_for == frozenset()
    assert_sound(world)


def test_what_waits_is_not_shown_and_stock_counts_at_once(world: World) -> None:
    at = market.market(world)
    made = listing(at, stock=5)
    assert revised(at, made.code, told(at, made.code, title="好鸡蛋", stock=8)).waits_for == {"title"}
    stands = own(at, made.code)
    assert (stands.state, stands.offer.title, stands.offer.ways[0].stock) == (ListingState.PUBLISHED, "林下土鸡蛋", 8)
    assert stands.waiting is not None
    assert (stands.told.title, stands.told.ways[0].stock) == ("好鸡蛋", 8)
    assert len(versions(at, made.code)) == 1
    approve(at, made.code)
    stands = own(at, made.code)
    assert (stands.offer.title, stands.waiting) == ("好鸡蛋", None)
    assert [facts["title"] for facts in versions(at, made.code)] == ["林下土鸡蛋", "好鸡蛋"]
    assert revisions(at) == [RevisionState.APPROVED]
    assert_sound(world)


def test_a_newer_change_takes_the_place_of_one_that_waits(world: World) -> None:
    at = market.market(world)
    code = listing(at).code
    revised(at, code, told(at, code, title="好鸡蛋"))
    revised(at, code, told(at, code, title="更好的鸡蛋"))
    assert revisions(at) == [RevisionState.WITHDRAWN, RevisionState.WAITING]
    approve(at, code)
    assert own(at, code).offer.title == "更好的鸡蛋"
    revised(at, code, told(at, code, title="第三个名字"))
    assert revised(at, code, told(at, code, months=(5,))).waits_for == frozenset()
    assert own(at, code).waiting is None
    assert revisions(at)[-1] is RevisionState.WITHDRAWN


def test_a_declined_change_leaves_all_as_it_was_and_says_why(world: World) -> None:
    at = market.market(world)
    code = listing(at).code
    with pytest.raises(NotFound):
        decline(at, code, "没有")
    revised(at, code, told(at, code, title="好鸡蛋"))
    with pytest.raises(Invalid):
        decline(at, code, " ")
    with pytest.raises(Forbidden):
        decline(at, code, "不好", actor=VISITOR)
    decline(at, code, "名字太大")
    stands = own(at, code)
    assert (stands.offer.title, stands.waiting, stands.declined) == ("林下土鸡蛋", None, "名字太大")
    with pytest.raises(NotFound):
        approve(at, code)


def test_two_people_changing_at_once_the_later_is_told(world: World) -> None:
    at = market.market(world)
    code = listing(at).code
    seen = own(at, code).version
    for change in ({"title": "好鸡蛋"}, {"price_fen": 4000}, {"months": (3,)}):
        before, wanted = own(at, code).version, told(at, code, **change)
        revised(at, code, wanted)
        with pytest.raises(Stale):
            revised(at, code, wanted, version=before)
    with pytest.raises(Stale):
        revised(at, code, told(at, code), version=seen)


def test_a_reviewer_decides_on_what_they_saw(world: World) -> None:
    at = market.market(world)
    code = listing(at).code
    revised(at, code, told(at, code, title="好鸡蛋"))
    seen = own(at, code).version
    revised(at, code, told(at, code, title="最后一句话"))
    for act in (
        lambda session: approve_revision(session, code, version=seen, actor=STAFF, clock=world.clock),
        lambda session: decline_revision(session, code, "不", version=seen, actor=STAFF, clock=world.clock),
    ):
        with pytest.raises(Stale):
            world.run(act)


def test_a_sale_while_one_edits_is_not_undone(world: World) -> None:
    at = market.market(world)
    made = listing(at, stock=5)
    eggs = variant_id(at, made)
    page = told(at, made.code, saw_stock=5)
    paid_order(at, {eggs: 2})
    revised(at, made.code, replace(page, months=(11,)))
    assert free(world, eggs) == 3
    typed = replace(page, ways=(replace(page.ways[0], stock=9),))
    with pytest.raises(Stale):
        revised(at, made.code, typed)
    assert free(world, eggs) == 3
    assert_sound(world)


def test_an_order_line_points_at_the_version_that_was_bought(world: World) -> None:
    at = market.market(world)
    made = listing(at, price_fen=1000)
    eggs = variant_id(at, made)
    paid_order(at, {eggs: 1})
    revised(at, made.code, told(at, made.code, price_fen=1100))
    paid_order(at, {eggs: 1})
    bought = select(ListingVersion.number, ListingVersion.facts).join(
        OrderLine, OrderLine.listing_version_id == ListingVersion.id
    )
    rows = world.read(lambda session: session.execute(bought.order_by(OrderLine.id)).all())
    assert [(row.number, row.facts["ways"][0]["price_fen"]) for row in rows] == [(1, 1000), (2, 1100)]


def test_the_same_again_keeps_no_new_version(world: World) -> None:
    at = market.market(world)
    code = listing(at).code
    revised(at, code, told(at, code))
    assert len(versions(at, code)) == 1


def test_a_way_that_is_dropped_is_kept_for_its_orders_and_a_new_one_waits(world: World) -> None:
    at = market.market(world)
    small = Way(unit="盒", pieces=10, price_fen=1800, gross_g=700, stock=4, name="10枚")
    large = Way(unit="盒", pieces=30, price_fen=4800, gross_g=2300, stock=6, name="30枚")
    code = listing(at, ways=(small, large)).code
    assert revised(at, code, replace(told(at, code), ways=own(at, code).offer.ways[1:])).waits_for == frozenset()
    assert [way.name for way in own(at, code).offer.ways] == ["30枚"]
    more = replace(told(at, code), ways=(*own(at, code).offer.ways, replace(small, name="12枚")))
    assert revised(at, code, more).waits_for == {"ways"}
    approve(at, code)
    assert [(way.name, way.stock) for way in own(at, code).offer.ways] == [("30枚", 6), ("12枚", 4)]
    assert_sound(world)


def test_another_measure_begins_its_stock_anew(world: World) -> None:
    at = market.market(world)
    whole = Way(unit="条", gross_g=1500, per_500g_fen=3400, least_g=1000, most_g=1500, stock=3)
    code = listing(at, ways=(whole,)).code
    now = own(at, code).offer.ways[0]
    revised(at, code, told(at, code, is_cut=True, stock=4000))
    after = own(at, code).offer.ways[0]
    assert (after.is_cut, after.stock) == (True, 4000)
    assert after.variant_id != now.variant_id
    assert_sound(world)


def test_words_and_label_are_looked_at_before_a_change_is_shown(world: World) -> None:
    at = market.market(world)
    made = listing(at)
    revised(at, made.code, told(at, made.code, story="吃了能降血糖"))
    with pytest.raises(NotLawful) as refusal:
        approve(at, made.code)
    assert [(one.kind, one.field, one.detail) for one in refusal.value.obstacles] == [
        (ObstacleKind.FORBIDDEN_WORD, "story", "cure:降血糖")
    ]
    assert own(at, made.code).waiting is not None
    rules = ShelfRules(name="腊味", name_en="Cured", needs_label=True, papers=(PaperKind.WORKSHOP_FILING,))
    world.run(lambda session: change_category(session, at.category.code, rules, actor=HOUSE))
    with pytest.raises(NotLawful) as refusal:
        revised(at, made.code, told(at, made.code, months=(11,)))
    assert {(one.kind, one.field, one.detail) for one in refusal.value.obstacles} == {
        (ObstacleKind.PAPER_MISSING, "", "workshop_filing"),
        (ObstacleKind.LABEL_ITEM, "ingredients", ""),
        (ObstacleKind.LABEL_ITEM, "keep_note", ""),
        (ObstacleKind.LABEL_ITEM, "shelf_days", ""),
    }


def test_any_one_of_the_papers_lets_a_thing_be_published_until_its_last_day(world: World) -> None:
    at = market.market(world)
    kinds = (PaperKind.WORKSHOP_FILING, PaperKind.FOOD_LICENCE)
    rules = ShelfRules(name="腊味", name_en="Cured", papers=kinds)
    world.run(lambda session: change_category(session, at.category.code, rules, actor=HOUSE))
    made = listing(at, state=ListingState.IN_REVIEW)

    def publish() -> None:
        world.run(
            lambda session: review(
                session, made.code, approve=True, version=made.version, actor=STAFF, clock=world.clock
            )
        )

    with pytest.raises(NotLawful):
        publish()
    today = world.clock().date()
    world.run(
        lambda session: add_paper(
            session, at.vendor.id, PaperKind.FOOD_LICENCE, "SC1", today, actor=HOUSE, clock=world.clock
        )
    )
    world.clock.advance(days=1)
    with pytest.raises(NotLawful) as refusal:
        publish()
    assert refusal.value.obstacles[0].kind is ObstacleKind.PAPER_EXPIRED
    world.clock.advance(days=-1)
    publish()
    assert own(at, made.code).state is ListingState.PUBLISHED


def test_taken_down_with_a_reason_and_put_up_again_by_the_centre_alone(world: World) -> None:
    at = market.market(world)
    code = listing(at).code
    down = {"actor": STAFF, "clock": world.clock}
    with pytest.raises(Forbidden):
        world.run(lambda session: take_down(session, code, "不好", actor=VISITOR, clock=world.clock))
    with pytest.raises(Invalid):
        world.run(lambda session: take_down(session, code, " ", **down))  # type: ignore[arg-type]
    world.run(lambda session: take_down(session, code, "蛋不新鲜", **down))  # type: ignore[arg-type]
    stands = own(at, code)
    assert (stands.state, stands.hidden_for, stands.reason) == (
        ListingState.HIDDEN, HiddenFor.TAKEN_DOWN, "蛋不新鲜",
    )  # fmt: skip
    with pytest.raises(WrongState):
        world.run(lambda session: confirm(session, at.vendor.id, code, **down))  # type: ignore[arg-type]
    with pytest.raises(WrongState):
        world.run(lambda session: pause(session, at.vendor.id, code, paused=False, actor=HOUSE, clock=world.clock))
    world.run(lambda session: put_up(session, code, **down))  # type: ignore[arg-type]
    assert own(at, code).state is ListingState.PUBLISHED
    with pytest.raises(WrongState):
        world.run(lambda session: put_up(session, code, **down))  # type: ignore[arg-type]


def test_what_was_taken_down_and_is_changed_goes_for_review(world: World) -> None:
    at = market.market(world)
    code = listing(at).code
    world.run(lambda session: take_down(session, code, "名字不对", actor=STAFF, clock=world.clock))
    revised(at, code, told(at, code, title="圈养鸡蛋"))
    stands = own(at, code)
    assert (stands.state, stands.hidden_for) == (ListingState.IN_REVIEW, None)


def test_ending_a_thing_takes_back_what_waits_and_cannot_be_undone(world: World) -> None:
    at = market.market(world)
    code, neighbour = listing(at).code, another_vendor(world)
    revised(at, code, told(at, code, title="好鸡蛋"))
    with pytest.raises(NotFound):
        world.run(lambda session: archive(session, neighbour.id, code, actor=HOUSE, clock=world.clock))
    world.run(lambda session: archive(session, at.vendor.id, code, actor=HOUSE, clock=world.clock))
    assert revisions(at) == [RevisionState.WITHDRAWN]
    with pytest.raises(WrongState):
        revised(at, code, told(at, code))
    kept = world.read(lambda session: session.scalar(select(func.count()).select_from(ListingVersion)))
    assert kept == 1
