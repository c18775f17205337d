"""Lots: born as goods come in, grown by what comes the same day, traced and called back."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, select

from shop.catalog.lots.models import Grade, LotState
from shop.catalog.lots.queries import LotFacts, lot_by_code, lot_passages, lots_found
from shop.catalog.rules import Way
from shop.flows import bench
from shop.flows import lots as flow
from shop.flows.lots import Seen
from shop.fulfilment.handovers.rules import StaysBehind
from shop.fulfilment.lots.queries import Carried, carried
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from shop.kernel.outbox import Message
from shop.notifications.topics import SMS
from shop.orders.models import VendorOrderState
from shop.orders.queries.orders import OrderFacts
from shop.vendors.models import PaperKind
from shop.vendors.services import add_paper
from tests.world import World
from tests.world.books import assert_sound, footprint
from tests.world.market import (
    HOUSE,
    STAFF,
    Market,
    listing,
    market,
    on_shelf,
    order,
    pack,
    paid_order,
    receive_all,
    send,
    variant_id,
)

BOXED = Way(unit="盒", pieces=30, price_fen=4800, gross_g=2000, net_g=1800, stock=20)
HEN = Way(unit="只", gross_g=1700, per_500g_fen=3400, least_g=1200, most_g=1500, stock=10)
PACKER = Actor(user_id=None, label="PACKER", roles=frozenset({"packer"}))


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market(world)


def eggs_of(at: Market) -> int:
    """Offer boxes of eggs and return their variant."""
    return variant_id(at, listing(at, ways=(BOXED,)))


def poultry(at: Market) -> int:
    """Offer hens on a shelf whose goods are inspected, by a household with its paper, and return their variant."""
    paper = partial(add_paper, kind=PaperKind.QUARANTINE, number="动检川1号", until=None, actor=HOUSE)
    at.world.run(partial(paper, vendor_id=at.vendor.id, clock=at.world.clock))
    return variant_id(at, listing(on_shelf(at, "dressed", papers=(PaperKind.QUARANTINE,)), title="土鸡", ways=(HEN,)))


def take_in(at: Market, made: OrderFacts, **told: Any) -> None:
    """Take in the only part of an order."""
    told = {"rejected": {}, "weighed": {}, "reason": ""} | told
    act = partial(bench.receive, part_code=made.parts[0].code, actor=STAFF, clock=at.world.clock)
    at.world.run(partial(act, **told))


def lots(at: Market) -> list[LotFacts]:
    """Return every lot, oldest first."""
    return at.world.read(lots_found)[::-1]


def went(at: Market, code: str) -> list[Carried]:
    """Return where the goods of a lot went."""
    return at.world.read(lambda session: carried(session, code))


def recall(at: Market, lot: LotFacts, reason: str = "检出沙门氏菌", **other: Any) -> None:
    """Call a lot back as the page that showed it would."""
    told: dict[str, Any] = {"version": lot.version, "actor": STAFF} | other
    at.world.run(partial(flow.recall, code=lot.code, reason=reason, clock=at.world.clock, **told))


def tell(at: Market, lot: LotFacts, actor: Actor = STAFF) -> int:
    """Write to the buyers of a lot."""
    return at.world.run(partial(flow.tell, code=lot.code, actor=actor, clock=at.world.clock))


def test_a_day_and_a_household_make_one_lot_of_a_thing(at: Market) -> None:
    eggs = eggs_of(at)
    first, second, third = (paid_order(at, {eggs: count}) for count in (2, 3, 1))
    take_in(at, first)
    take_in(at, second)
    at.world.clock.advance(hours=24)
    take_in(at, third)
    today, tomorrow = lots(at)
    assert (today.units, today.weight_g, today.grade, today.state) == (5, 9000, Grade.UNGRADED, LotState.KEPT)
    assert (tomorrow.units, tomorrow.weight_g) == (1, 1800)
    assert (tomorrow.received_on - today.received_on).days == 1
    facts = at.world.read(lambda session: lot_by_code(session, today.code))
    assert (facts.vendor, facts.village, facts.net_g) == ("周素珍家", "大湾村", 1800)
    assert [row.order_code for row in went(at, today.code)] == [first.code, second.code]
    passages = [one for lot in lots(at) for one in at.world.read(partial(lot_passages, lot_id=lot.id))]
    assert [(one.to, one.actor) for one in passages] == [(LotState.KEPT, "STAFF")] * 2
    with pytest.raises(NotFound):
        at.world.read(lambda session: lot_by_code(session, "NOPE"))


def test_another_grade_is_another_lot_and_what_was_turned_down_is_of_none(at: Market) -> None:
    eggs = eggs_of(at)
    for grade in (Grade.FIRST, Grade.SECOND):
        made = paid_order(at, {eggs: 2})
        line = made.parts[0].lines[0].id
        take_in(at, made, rejected={line: 1}, reason="碎了", seen={line: Seen(grade=grade)})
    whole = paid_order(at, {eggs: 1})
    take_in(at, whole, rejected={whole.parts[0].lines[0].id: 1}, reason="臭了")
    assert [(lot.grade, lot.units) for lot in lots(at)] == [(Grade.FIRST, 1), (Grade.SECOND, 1)]
    assert_sound(at.world)


def test_the_scale_tells_what_a_lot_weighs(at: Market) -> None:
    made = paid_order(at, {poultry(at): 2})
    line = made.parts[0].lines[0].id
    take_in(at, made, weighed={line: 2610}, seen={line: Seen(inspection=" 川A123 ")})
    (lot,) = lots(at)
    assert (lot.units, lot.weight_g, lot.inspection) == (2, 2610, "川A123")
    found = at.world.read(lambda session: [lots_found(session, words) for words in ("A123", lot.code.lower(), "土豆")])
    assert [len(one) for one in found] == [1, 1, 0]


def test_without_its_number_no_poultry_comes_in(at: Market) -> None:
    made = paid_order(at, {poultry(at): 2})
    line = made.parts[0].lines[0].id
    before = footprint(at.world)
    for number in ("", "   "):
        with pytest.raises(Invalid) as refused:
            take_in(at, made, weighed={line: 2610}, seen={line: Seen(inspection=number)})
        assert (refused.value.field, refused.value.reason) == ("inspection", "empty")
    with pytest.raises(Invalid):
        take_in(at, made, weighed={line: 2610}, seen={line: Seen(inspection="川" * 61)})
    assert footprint(at.world) == before
    assert lots(at) == []
    assert order(at, made.code).states == (VendorOrderState.ASKED,)
    with pytest.raises(WrongState):
        pack(at, made.code)
    take_in(at, made, rejected={line: 2}, reason="没有检疫证")
    assert order(at, made.code).states == (VendorOrderState.REJECTED,)
    assert_sound(at.world)


def test_one_query_tells_every_order_and_parcel_of_a_lot(at: Market) -> None:
    eggs = eggs_of(at)
    lying, packed, sent = (paid_order(at, {eggs: count}) for count in (1, 2, 3))
    for made in (lying, packed, sent):
        receive_all(at, made.code)
    box, gone = pack(at, packed.code), pack(at, sent.code)
    send(at, gone)
    (lot,) = lots(at)
    asked: list[str] = []
    engine = at.world.read(lambda session: session.get_bind())
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    rows = went(at, lot.code)
    assert len([statement for statement in asked if "SELECT" in statement]) == 1
    assert [(row.order_code, row.units, row.parcel_code) for row in rows] == [
        (lying.code, 1, None),
        (packed.code, 2, box),
        (sent.code, 3, gone),
    ]


def test_a_recalled_lot_goes_no_further_and_its_buyers_are_written_to_once(at: Market) -> None:
    eggs = eggs_of(at)
    lying, packed, sent = (paid_order(at, {eggs: 1}) for _each in range(3))
    for made in (lying, packed, sent):
        receive_all(at, made.code)
    box, gone = pack(at, packed.code), pack(at, sent.code)
    send(at, gone)
    (lot,) = lots(at)
    with pytest.raises(WrongState):
        tell(at, lot)
    recall(at, lot)
    with pytest.raises(WrongState):
        pack(at, lying.code)
    with pytest.raises(StaysBehind):
        send(at, box)
    late = paid_order(at, {eggs: 1})
    with pytest.raises(Invalid) as refused:
        take_in(at, late)
    assert refused.value.field == "lot"
    assert tell(at, lot) == 3
    assert tell(at, lot) == 0
    wanted = select(Message.facts).where(Message.topic == SMS)
    posted = at.world.read(lambda session: list(session.scalars(wanted)))
    facts = [one for one in posted if one["template"] == "lot_recalled"]
    assert sorted(one["values"]["code"] for one in facts) == sorted([lying.code, packed.code, sent.code])
    assert {one["values"]["reason"] for one in facts} == {"检出沙门氏菌"}
    assert {row.told_by for row in went(at, lot.code)} == {"STAFF"}
    passages = at.world.read(lambda session: lot_passages(session, lot.id))
    assert [(one.to, one.actor, one.reason) for one in passages] == [
        (LotState.KEPT, "STAFF", ""),
        (LotState.RECALLED, "STAFF", "检出沙门氏菌"),
    ]
    assert_sound(at.world)


def test_a_recall_is_refused_to_others_without_a_reason_twice_or_unseen(at: Market) -> None:
    eggs = eggs_of(at)
    take_in(at, paid_order(at, {eggs: 1}))
    (seen,) = lots(at)
    take_in(at, paid_order(at, {eggs: 1}))
    (lot,) = lots(at)
    before = footprint(at.world)
    with pytest.raises(Stale):
        recall(at, seen)
    for reason in ("", "  ", "太" * 15):
        with pytest.raises(Invalid):
            recall(at, lot, reason)
    for actor in (VISITOR, PACKER):
        with pytest.raises(Forbidden):
            recall(at, lot, actor=actor)
        with pytest.raises(Forbidden):
            tell(at, lot, actor)
    assert footprint(at.world) == before
    assert lots(at)[0].state is LotState.KEPT
    recall(at, lot)
    with pytest.raises(WrongState):
        recall(at, lots(at)[0])
