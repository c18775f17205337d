"""An order in several boxes: each is packed, sent and ended for itself, and together the books close to the fen."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pytest
from sqlalchemy import select

from shop.catalog.models import Climate
from shop.catalog.rules import Way
from shop.courier.queries import shipment_by_key
from shop.flows import bench, closing, delivery
from shop.fulfilment.models import ParcelState
from shop.fulfilment.queries import boxes_at_the_door, boxes_to_pack, parcels_of_order
from shop.kernel.errors import WrongState
from shop.kernel.money import portion, stretch
from shop.kernel.outbox import Message
from shop.ledger.queries import legs
from shop.ledger.rules import COMMISSION, DELIVERY_INCOME, seller
from shop.orders.models import Box, OrderState, VendorOrderState
from shop.orders.queries.orders import OrderFacts, PartFacts
from shop.vendors.models import Vendor
from tests.world import World, market
from tests.world.books import account, assert_sound, at_provider, held_for, provider_account
from tests.world.cash import at_the_door, take_at_door
from tests.world.cash import due as cash_due
from tests.world.market import (
    DRIVER,
    HOUSE,
    STAFF,
    Market,
    another_vendor,
    captured,
    listing,
    on_shelf,
    order,
    pack,
    paid_order,
    send,
    variant_id,
)

V = VendorOrderState
HEN = Way(unit="只", gross_g=1700, per_500g_fen=3400, least_g=1200, most_g=1500, stock=10)


@dataclass
class Three:
    """A market of three vendors, and a basket of two boxes from all of them."""

    at: Market
    vendors: tuple[Vendor, Vendor, Vendor]
    wanted: dict[int, int]

    def receive(self, part: PartFacts, *, rejected: int = 0, grams: int | None = None) -> None:
        """Take a part of one line in."""
        line = part.lines[0]
        act = partial(
            bench.receive,
            part_code=part.code,
            rejected={line.id: rejected},
            weighed={} if grams is None else {line.id: grams},
            reason="破了" if rejected else "",
            actor=STAFF,
            clock=self.at.world.clock,
        )
        self.at.world.run(act)

    def sent(self, made: OrderFacts) -> dict[Box, str]:
        """Pack and send every box; return the waybills."""
        boxes = dict.fromkeys(part.box for part in made.parts)
        return {box: send(self.at, pack(self.at, made.code, box)) for box in boxes}

    def end(self, waybill: str, *, returned: bool) -> None:
        """Let a parcel reach its door or come back, each said twice."""
        act = partial(delivery.deliver, waybill=waybill)
        back = partial(delivery.bring_back, waybill=waybill, reason="没人在家")
        for _ in range(2):
            self.at.world.run(partial(back if returned else act, actor=DRIVER, clock=self.at.world.clock))


@pytest.fixture
def three(world: World) -> Three:
    """Eggs (dry) and hens by weight (chilled) of two vendors, meat (chilled) of a third; three parts in two boxes."""
    at = market.market(world)
    cold = on_shelf(at, "meat", climate=Climate.CHILLED)
    second, third = another_vendor(world), another_vendor(world, "王家")
    eggs = variant_id(at, listing(at, price_fen=4805))
    hens = variant_id(at, listing(cold, title="土鸡", ways=(HEN,), vendor=second))
    ribs = variant_id(at, listing(cold, title="鲜排骨", price_fen=3333, vendor=third))
    return Three(at, (at.vendor, second, third), {eggs: 3, hens: 2, ribs: 3})


def told(world: World, template: str) -> list[dict[str, str]]:
    """Return the values of every message of a kind that was asked for."""
    facts = world.read(lambda session: session.scalars(select(Message.facts).order_by(Message.id)).all())
    return [dict(each["values"]) for each in facts if each.get("template") == template]


def freight_kept(parts: Sequence[PartFacts]) -> int:
    """Return the freight of what came in these parts."""
    return sum(
        line.freight_share_fen - stretch(line.freight_share_fen, 0, line.rejected, line.quantity)
        for part in parts
        for line in part.lines
    )


def test_each_box_is_packed_when_its_own_goods_have_come(three: Three) -> None:
    at, world = three.at, three.at.world
    made = paid_order(at, three.wanted)
    eggs, hens, ribs = made.parts
    assert [part.box for part in made.parts] == [Box.AMBIENT, Box.CHILLED, Box.CHILLED]
    three.receive(hens, grams=2500)
    assert world.read(boxes_to_pack) == []
    three.receive(eggs)
    assert [one.box for one in world.read(boxes_to_pack)] == [Box.AMBIENT]
    with pytest.raises(WrongState):
        pack(at, made.code, Box.CHILLED)
    with pytest.raises(WrongState):
        pack(at, made.code, Box.FROZEN)
    dry = pack(at, made.code, Box.AMBIENT)
    assert order(at, made.code).states == (V.PACKED, V.RECEIVED, V.ASKED)
    three.receive(ribs)
    cold = pack(at, made.code, Box.CHILLED)
    assert pack(at, made.code, Box.AMBIENT) == dry != cold
    world.deliver()
    found = world.read(lambda session: [shipment_by_key(session, code) for code in (dry, cold)])
    assert [one.cargo for one in found if one is not None] == ["林下土鸡蛋", "土鸡、鲜排骨"]
    assert [(one.box, len(one.coming)) for one in world.read(boxes_at_the_door)] == [(Box.AMBIENT, 2), (Box.CHILLED, 2)]


def test_a_box_leaves_and_arrives_for_itself(three: Three) -> None:
    at, world = three.at, three.at.world
    made = paid_order(at, three.wanted)
    eggs = made.parts[0]
    three.receive(eggs)
    waybill = send(at, pack(at, made.code, Box.AMBIENT))
    assert order(at, made.code).states == (V.SHIPPED, V.ASKED, V.ASKED)
    three.end(waybill, returned=False)
    now = order(at, made.code)
    assert (now.state, now.states) == (OrderState.PAID, (V.DELIVERED, V.ASKED, V.ASKED))
    earned = 3 * 4805
    assert account(world, seller(at.vendor.code)) == -(earned - portion(earned, 1000))
    freight = eggs.lines[0].freight_share_fen
    assert account(world, DELIVERY_INCOME) == -freight
    assert held_for(world, made.code) == made.total_fen - earned - freight
    assert account(world, seller(three.vendors[1].code)) == 0
    (parcel,) = world.read(lambda session: parcels_of_order(session, made.id))
    assert (parcel.box, parcel.state) == (Box.AMBIENT, ParcelState.DELIVERED)
    assert dict(world.read(lambda session: legs(session, f"release:{parcel.code}")))[COMMISSION] == -portion(
        earned, 1000
    )
    assert_sound(world)


@pytest.mark.parametrize("first", [Box.AMBIENT, Box.CHILLED])
@pytest.mark.parametrize("returned", [(), (Box.AMBIENT,), (Box.CHILLED,), (Box.AMBIENT, Box.CHILLED)])
def test_whatever_ends_first_nothing_stays_held(three: Three, first: Box, returned: tuple[Box, ...]) -> None:
    at, world = three.at, three.at.world
    made = paid_order(at, three.wanted)
    eggs, hens, ribs = made.parts
    three.receive(eggs, rejected=1)
    three.receive(hens, rejected=1, grams=1307)
    three.receive(ribs, rejected=2)
    waybills = three.sent(made)
    for box in sorted(waybills, key=lambda box: box is not first):
        three.end(waybills[box], returned=box in returned)
    world.deliver()
    now = order(at, made.code)
    assert now.state is OrderState.DONE
    assert held_for(world, made.code) == 0
    commission = 0
    for part, vendor in zip(now.parts, three.vendors, strict=True):
        goods = 0 if part.box in returned else sum(line.kept_fen for line in part.lines)
        commission += portion(goods, 1000)
        assert account(world, seller(vendor.code)) == -(goods - portion(goods, 1000))
    assert account(world, COMMISSION) == -commission
    assert account(world, DELIVERY_INCOME) == -freight_kept(now.parts)
    came_back = sum(line.kept_fen for part in now.parts if part.box in returned for line in part.lines)
    left = sum(line.kept_fen for part in now.parts for line in part.lines) - came_back + freight_kept(now.parts)
    assert captured(at, made.code).refunded_fen == made.total_fen - left
    assert provider_account(world) == at_provider(world) == left
    assert_sound(world)


def test_a_box_of_which_nothing_comes_holds_nothing_up(three: Three) -> None:
    at, world = three.at, three.at.world
    decline = partial(closing.decline_part, vendor_id=three.vendors[1].id, actor=HOUSE, clock=world.clock)
    for is_first in (True, False):
        made = paid_order(at, three.wanted)
        eggs, hens, ribs = made.parts
        if is_first:
            three.receive(ribs, rejected=3)
        three.receive(eggs)
        world.run(partial(decline, part_code=hens.code))
        if not is_first:
            three.receive(ribs, rejected=3)
        three.end(send(at, pack(at, made.code, Box.AMBIENT)), returned=False)
        assert order(at, made.code).state is OrderState.DONE
        assert held_for(world, made.code) == 0
    assert_sound(world)


def test_a_vendor_with_two_boxes_is_asked_by_one_message(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at))
    ribs = variant_id(at, listing(on_shelf(at, "meat", climate=Climate.CHILLED), title="鲜排骨"))
    made = paid_order(at, {eggs: 1, ribs: 2})
    assert len(made.parts) == 2
    assert told(world, "vendor_asked") == [{"goods": "林下土鸡蛋 1盒、鲜排骨 2盒", "due": "11月23日", "car": ""}]


def test_without_its_cash_nothing_is_handed_over(world: World) -> None:
    at = market.market(world)
    made, waybill = at_the_door(at, {variant_id(at, listing(at)): 1})
    act = partial(delivery.deliver, waybill=waybill, actor=DRIVER, clock=world.clock)
    with pytest.raises(WrongState):
        world.run(act)
    assert order(at, made.code).states == (V.SHIPPED,)
    take_at_door(at, cash_due(at, made.code))
    world.run(act)
    assert (order(at, made.code).state, held_for(world, made.code)) == (OrderState.DONE, 0)
    assert_sound(world)


def test_who_has_not_paid_does_not_pay_for_what_comes_back(world: World) -> None:
    at = market.market(world)
    made, waybill = at_the_door(at, {variant_id(at, listing(at)): 1})
    world.run(partial(delivery.bring_back, waybill=waybill, reason="不肯收", actor=DRIVER, clock=world.clock))
    world.deliver()
    now = order(at, made.code)
    assert (now.state, now.states) == (OrderState.CANCELLED, (V.RETURNED,))
    assert held_for(world, made.code) == account(world, DELIVERY_INCOME) == 0
    assert not world.read(lambda session: legs(session, f"release:{made.code}"))
    assert_sound(world)
