"""A parcel that came back: a person says why, the buyer reads it, and whoever is at fault bears it."""

from functools import partial

import pytest
from sqlalchemy import select

from shop.courier.gateways.protocol import TrackEvent, Tracking
from shop.courier.models import EventCode, ShipmentState
from shop.courier.queries import shipment_by_key
from shop.desk.models import Bearer
from shop.desk.returned.models import ReturnCause, ReturnedParcel
from shop.desk.returned.queries import Returned, returned_of
from shop.desk.returned.rules import FOLLOWS, causes
from shop.desk.returned.services import Decision
from shop.flows import delivery, returned, tracking
from shop.kernel.actor import VISITOR
from shop.kernel.errors import Forbidden, Invalid, NotFound, WrongState
from shop.ledger.rules import COMMISSION, DELIVERY_INCOME, claim_loss, claims_on, seller
from shop.notifications.models import Delivery
from shop.orders.queries.orders import OrderFacts
from tests.world import World, market
from tests.world.books import account, assert_sound, footprint, held_for
from tests.world.kuaidi import sending
from tests.world.market import (
    DRIVER,
    STAFF,
    Market,
    another_vendor,
    captured,
    listing,
    parcel_code,
    send,
    sent_order,
    variant_id,
)

EGGS, HAM = 4800, 6800


@pytest.fixture
def at(world: World) -> Market:
    """A town."""
    return market.market(world)


def came_back(at: Market, wanted: dict[int, int], reason: str = "没人在家") -> tuple[OrderFacts, Returned]:
    """Let an order's parcel be brought back by the driver; return it with its parcel."""
    world = at.world
    made, waybill = sent_order(at, wanted)
    world.run(lambda session: delivery.bring_back(session, waybill, reason=reason, actor=DRIVER, clock=world.clock))
    world.deliver()
    (one,) = world.read(lambda session: returned_of(session, made.id))
    return made, one


def decide(at: Market, code: str, cause: ReturnCause, *, good: frozenset[int] = frozenset(), **other: object) -> None:
    """Decide about a parcel by the written table, or otherwise."""
    follows = FOLLOWS[cause]
    told = {"bearer": follows.bearer, "freight_back": follows.freight_back, "answer": "路上弄坏了", **other}
    decision = Decision(cause=cause, good=good, **told)  # type: ignore[arg-type]
    run, clock = at.world.run, at.world.clock
    run(lambda session: returned.decide(session, code, decision, actor=STAFF, clock=clock))
    at.world.deliver()


def test_damaged_on_the_way_pays_the_household_and_gives_all_of_it_back(at: Market) -> None:
    other = another_vendor(at.world)
    eggs = variant_id(at, listing(at, price_fen=EGGS))
    ham = variant_id(at, listing(at, title="老腊肉", price_fen=HAM, vendor=other))
    made, one = came_back(at, {eggs: 2, ham: 1}, "箱子湿了")
    assert [(line.pieces, line.goods_fen) for line in one.lines] == [(2, 2 * EGGS), (1, HAM)]
    assert (one.reason, one.freight_fen, one.is_paid) == ("箱子湿了", made.freight_fen, True)
    decide(at, one.code, ReturnCause.DAMAGED)
    assert sum(refund.amount_fen for refund in captured(at, made.code).refunds) == made.total_fen
    assert account(at.world, seller(at.vendor.code)) == -(2 * EGGS - 960)
    assert account(at.world, seller(other.code)) == -(HAM - 680)
    assert account(at.world, COMMISSION) == -(960 + 680)
    assert account(at.world, claim_loss("courier")) == 2 * EGGS + HAM + made.freight_fen  # the town's own car
    assert account(at.world, DELIVERY_INCOME) == -made.freight_fen
    assert held_for(at.world, made.code) == 0
    assert_sound(at.world)


def test_another_company_owes_us_what_broke_in_its_hands(world: World) -> None:
    with sending(market.market(world)) as parcel:
        send(parcel.at, parcel.parcel)
        back = Tracking((TrackEvent(EventCode.RETURNED, world.clock(), "退回件已签收"),))
        act = partial(tracking.take_in, key=parcel.parcel, said=back, source="kuaidi100", actor=STAFF)
        world.run(partial(act, clock=world.clock))
        company, order_code = parcel.shipment.company, parcel.order
        decide(parcel.at, parcel.parcel, ReturnCause.LATE)
    made = market.order(parcel.at, order_code)
    assert company
    assert account(world, claims_on(company)) == made.total_fen
    assert_sound(world)


def test_a_household_at_fault_earns_nothing_and_its_buyer_has_the_freight_back(at: Market) -> None:
    made, one = came_back(at, {variant_id(at, listing(at)): 1})
    decide(at, one.code, ReturnCause.BAD_GOODS)
    assert sum(refund.amount_fen for refund in captured(at, made.code).refunds) == made.total_fen
    assert account(at.world, seller(at.vendor.code)) == account(at.world, DELIVERY_INCOME) == 0
    assert account(at.world, claim_loss("town")) == 0
    assert_sound(at.world)


def test_nobody_at_home_keeps_the_freight_and_the_town_bears_what_spoiled(at: Market) -> None:
    made, one = came_back(at, {variant_id(at, listing(at)): 1})
    decide(at, one.code, ReturnCause.UNREACHED)
    assert sum(refund.amount_fen for refund in captured(at, made.code).refunds) == made.goods_fen
    assert account(at.world, claim_loss("town")) == EGGS
    assert account(at.world, seller(at.vendor.code)) == -(EGGS - 480)
    assert account(at.world, DELIVERY_INCOME) == -made.freight_fen
    assert_sound(at.world)


def test_what_is_still_good_goes_home_and_costs_nobody_anything(at: Market) -> None:
    _made, one = came_back(at, {variant_id(at, listing(at)): 1})
    decide(at, one.code, ReturnCause.REFUSED, good=frozenset({one.lines[0].id}))
    assert account(at.world, claim_loss("town")) == account(at.world, seller(at.vendor.code)) == 0
    assert_sound(at.world)


def test_buyer_and_household_read_why_and_the_parcel_waits_no_longer(at: Market) -> None:
    _made, one = came_back(at, {variant_id(at, listing(at)): 1})
    decide(at, one.code, ReturnCause.DAMAGED, answer="路上弄坏了，不怪您")
    told = at.world.read(lambda session: session.scalars(select(Delivery.text)).all())
    assert any("路上弄坏了，不怪您。运费" in text for text in told), told
    assert any("没送成：路上弄坏了，不怪您。照样算给您43.20元。" in text for text in told), told
    shipment = at.world.read(lambda session: shipment_by_key(session, one.code))
    assert shipment is not None
    assert shipment.state is ShipmentState.COLLECTED


def test_it_is_decided_once_by_whoever_may_with_words(at: Market) -> None:
    made, one = came_back(at, {variant_id(at, listing(at)): 1})
    before = footprint(at.world)
    with pytest.raises(Invalid):
        decide(at, one.code, ReturnCause.DAMAGED, answer="  ")
    with pytest.raises(Invalid):
        decide(at, one.code, ReturnCause.UNCOLLECTED)
    with pytest.raises(Invalid):
        decide(at, one.code, ReturnCause.DAMAGED, good=frozenset({one.lines[0].id + 7}))
    with pytest.raises(NotFound):
        decide(at, "ZZZZ9999", ReturnCause.DAMAGED)
    decision = Decision(ReturnCause.DAMAGED, Bearer.COURIER, True, frozenset(), "坏了")
    act = partial(returned.decide, code=one.code, decision=decision, clock=at.world.clock)
    for actor in (VISITOR, DRIVER):
        with pytest.raises(Forbidden):
            at.world.run(partial(act, actor=actor))
    assert footprint(at.world) == before
    decide(at, one.code, ReturnCause.DAMAGED)
    after = footprint(at.world)
    with pytest.raises(WrongState):
        decide(at, one.code, ReturnCause.BAD_GOODS)
    assert footprint(at.world) == after
    assert parcel_code(at, made.code) == one.code
    assert len(at.world.read(lambda session: session.scalars(select(ReturnedParcel)).all())) == 1


def test_every_cause_has_its_row_and_belongs_to_a_way_of_coming_back() -> None:
    assert set(FOLLOWS) == set(ReturnCause) == {*causes(was_sent=True), *causes(was_sent=False)}
