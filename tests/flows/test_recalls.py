"""Goods of a recalled lot are taken out of orders that have not left; what is beside them goes on."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from shop.flows import bench, delivery, recalls
from shop.flows.lots import Seen
from shop.fulfilment.lots.queries import intakes_of
from shop.fulfilment.services import Load
from shop.kernel.actor import VISITOR
from shop.kernel.errors import Forbidden, NotFound, ShopError, Stale, WrongState
from shop.kernel.outbox import Message
from shop.notifications.topics import SMS
from shop.orders.models import Box, OrderState, VendorOrderState
from shop.orders.queries.orders import OrderFacts
from tests.flows.test_lots import PACKER, eggs_of, lots, poultry, recall, take_in, tell, went
from tests.world import World
from tests.world.books import assert_sound, footprint, free, held_for
from tests.world.market import (
    DRIVER,
    Market,
    another_vendor,
    captured,
    listing,
    market,
    order,
    pack,
    paid_order,
    receive_all,
    send,
    sent_order,
    variant_id,
)

V = VendorOrderState


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market(world)


def take_out(at: Market, made: OrderFacts, saw: str = "", **other: Any) -> int:
    """Take the goods of the only recalled lot out of an order, as the page that showed them there would."""
    lot = next(one for one in lots(at) if one.state.value == "recalled")
    told: dict[str, Any] = {"lot_code": lot.code, "actor": PACKER} | other
    act = partial(recalls.take_out, order_code=made.code, saw=saw, clock=at.world.clock)
    return at.world.run(partial(act, **told))


def told(at: Market, template: str) -> list[dict[str, Any]]:
    """Return what the messages of a kind were filled with."""
    wanted = select(Message.facts).where(Message.topic == SMS).order_by(Message.id)
    return [one["values"] for one in at.world.read(lambda s: list(s.scalars(wanted))) if one["template"] == template]


def mixed(at: Market) -> OrderFacts:
    """Buy two boxes of eggs of one household and dried shoots of another, and take both in."""
    shoots = variant_id(at, listing(at, title="干笋", price_fen=3000, vendor=another_vendor(at.world)))
    made = paid_order(at, {eggs_of(at): 2, shoots: 1})
    receive_all(at, made.code)
    return order(at, made.code)


def eggs_lot(at: Market) -> Any:
    """Return the lot of the eggs."""
    return next(lot for lot in lots(at) if lot.title == "林下土鸡蛋")


def test_before_packing_the_money_goes_back_and_the_rest_is_packed(at: Market) -> None:
    made = mixed(at)
    eggs = next(line for part in made.parts for line in part.lines if line.title == "林下土鸡蛋")
    stock = free(at.world, eggs.variant_id)
    recall(at, eggs_lot(at))
    with pytest.raises(WrongState):
        pack(at, made.code)
    back = take_out(at, made)
    assert back == eggs.goods_fen + eggs.freight_share_fen
    at.world.deliver()
    assert captured(at, made.code).refunded_fen == back
    assert held_for(at.world, made.code) == made.total_fen - back
    assert free(at.world, eggs.variant_id) == stock
    now = order(at, made.code)
    assert sorted(now.states) == [V.CANCELLED, V.RECEIVED]
    facts = at.world.read(lambda session: intakes_of(session, now.id))[eggs.id]
    assert (facts.recalled, facts.recall_reason) == (2, "检出沙门氏菌")
    assert pack(at, made.code)
    assert_sound(at.world)


def test_after_packing_the_box_is_taken_apart_in_the_same_act(at: Market) -> None:
    made = mixed(at)
    box = pack(at, made.code)
    at.world.deliver()
    recall(at, eggs_lot(at))
    with pytest.raises(Stale):
        take_out(at, made)
    back = take_out(at, made, saw=box)
    assert back > 0
    assert sorted(order(at, made.code).states) == [V.CANCELLED, V.RECEIVED]
    again = pack(at, made.code)
    assert again != box
    at.world.deliver()
    send(at, again)
    (row,) = went(at, eggs_lot(at).code)
    assert (row.left, row.is_out, row.may_take_out) == (0, True, False)
    assert row.removed_at is not None
    assert_sound(at.world)


def test_beside_it_in_one_part_the_other_line_goes_on(at: Market) -> None:
    eggs = eggs_of(at)
    made = paid_order(at, {eggs: 1, variant_id(at, listing(at, title="干笋", price_fen=3000)): 1})
    receive_all(at, made.code)
    recall(at, eggs_lot(at))
    take_out(at, made)
    assert order(at, made.code).states == (V.RECEIVED,)
    pack(at, made.code)
    assert_sound(at.world)


def test_an_order_of_nothing_else_ends_and_a_weighed_hen_gives_back_what_was_kept(at: Market) -> None:
    made = paid_order(at, {poultry(at): 1})
    line = made.parts[0].lines[0].id
    take_in(at, made, weighed={line: 1250}, seen={line: Seen(inspection="川A1")})
    (lot,) = lots(at)
    recall(at, lot)
    take_out(at, made)
    at.world.deliver()
    assert captured(at, made.code).refunded_fen == made.total_fen
    assert order(at, made.code).state is OrderState.CANCELLED
    assert_sound(at.world)


def test_twice_is_once_and_everybody_is_told_what_concerns_them(at: Market) -> None:
    made, gone = mixed(at), sent_order(at, {eggs_of(at): 1})[0]
    recall(at, next(lot for lot in lots(at) if lot.units == 2))
    assert [one["reason"] for one in told(at, "vendor_recalled")] == ["检出沙门氏菌"]
    assert take_out(at, made) > 0
    after = footprint(at.world)
    assert take_out(at, made) == 0
    assert footprint(at.world) == after
    (words,) = told(at, "order_recalled")
    assert (words["code"], words["reason"], words["is_paid"]) == (made.code, "检出沙门氏菌", True)
    assert tell(at, eggs_lot(at)) == 0
    assert told(at, "lot_recalled") == []
    assert gone.state is OrderState.PAID


def test_what_left_is_written_to_and_not_taken_out(at: Market) -> None:
    made, _waybill = sent_order(at, {eggs_of(at): 1})
    recall(at, eggs_lot(at))
    refused_without_a_trace(at, WrongState, made)
    (row,) = went(at, eggs_lot(at).code)
    assert (row.part_state, row.may_take_out, row.is_out) == (V.SHIPPED, False, False)
    assert tell(at, eggs_lot(at)) == 1


def refused_without_a_trace(at: Market, why: type[ShopError], made: OrderFacts, **other: Any) -> None:
    """Assert that goods are not taken out, and that nothing moved."""
    before = footprint(at.world), order(at, made.code)
    with pytest.raises(why):
        take_out(at, made, **other)
    assert (footprint(at.world), order(at, made.code)) == before


def test_it_is_refused_to_others_of_another_lot_or_while_a_courier_is_being_asked(at: Market) -> None:
    made, other = mixed(at), paid_order(at, {variant_id(at, listing(at, title="干笋", price_fen=3000)): 1})
    receive_all(at, other.code)
    kept = next(lot for lot in lots(at) if lot.title == "干笋")
    recall(at, eggs_lot(at))
    refused_without_a_trace(at, Forbidden, made, actor=VISITOR)
    refused_without_a_trace(at, NotFound, other)
    refused_without_a_trace(at, NotFound, made, lot_code="NOPE")
    refused_without_a_trace(at, WrongState, made, lot_code=kept.code)


def test_while_the_courier_is_asked_for_a_number_the_box_stays_closed(at: Market) -> None:
    made = mixed(at)
    box = pack(at, made.code)
    recall(at, eggs_lot(at))
    refused_without_a_trace(at, WrongState, made, saw=box)
    at.world.deliver()
    assert take_out(at, made, saw=box) > 0


@pytest.mark.parametrize("first", [{"eggs": 1}, {"eggs": 2}, {"shoots": 1}])
def test_of_a_box_in_two_parcels_all_are_opened_and_only_what_was_recalled_goes(
    at: Market, first: dict[str, int]
) -> None:
    made = mixed(at)
    lines = {"eggs" if line.quantity == 2 else "shoots": line.id for part in made.parts for line in part.lines}
    load = Load(900, pieces={lines[name]: count for name, count in first.items()})
    act = partial(bench.pack, order_code=made.code, box=Box.AMBIENT, weight_g=2000, before=[load], actor=PACKER)
    at.world.run(partial(act, clock=at.world.clock))
    at.world.deliver()
    recall(at, eggs_lot(at))
    rows = went(at, eggs_lot(at).code)
    held = [row.parcel_code for row in rows if row.parcel_code]
    assert sum(row.units for row in rows) == 2
    assert len(held) == (2 if first == {"eggs": 1} else 1)
    before = held_for(at.world, made.code)
    back = take_out(at, made, saw=" ".join(sorted(held)))
    assert back == before - held_for(at.world, made.code) > 0
    assert sorted(order(at, made.code).states) == [V.CANCELLED, V.RECEIVED]
    waybill = send(at, pack(at, made.code))
    at.world.run(lambda session: delivery.deliver(session, waybill, actor=DRIVER, clock=at.world.clock))
    assert held_for(at.world, made.code) == 0
    assert_sound(at.world)
