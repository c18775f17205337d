"""Parcels of a box that do not end alike: random splits to the fen, parcels that are emptied, people at one moment."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import pytest
from sqlalchemy.orm import Session

from shop.catalog.models import Climate
from shop.catalog.rules import Way
from shop.courier.queries import shipment_by_key
from shop.flows import bench, cash, delivery, giving, unpacking
from shop.fulfilment.handovers.queries import hand_over_count
from shop.fulfilment.models import ParcelState
from shop.fulfilment.queries import ParcelFacts, parcels_of_order
from shop.fulfilment.rules import JOINS
from shop.fulfilment.services import Load
from shop.ledger.rules import COMMISSION, DELIVERY_INCOME, seller
from shop.orders.models import Box, OrderState, VendorOrderState
from shop.orders.queries.orders import LineFacts, OrderFacts
from tests.flows.test_recalls import told
from tests.support.races import Racer, at_once
from tests.world import World
from tests.world.books import account, assert_sound, at_provider, held_for, provider_account
from tests.world.cash import agreed_order
from tests.world.market import (
    DRIVER,
    STAFF,
    TO,
    Market,
    another_vendor,
    listing,
    market,
    on_shelf,
    order,
    paid_order,
    receive_all,
    variant_id,
)

V, P = VendorOrderState, ParcelState
HEN = Way(unit="只", gross_g=1700, per_500g_fen=3333, least_g=1200, most_g=1500, stock=500)
ORDERS = 14
SEED = 20261123


@pytest.fixture
def at(world: World) -> Market:
    """A market."""
    return market(world)


def parcels(at: Market, made: OrderFacts) -> list[ParcelFacts]:
    return at.world.read(lambda session: parcels_of_order(session, made.id))


def lines_of(made: OrderFacts) -> list[LineFacts]:
    return [line for part in made.parts for line in part.lines]


def close(at: Market, made: OrderFacts, box: Box, *shares: Mapping[int, int], joined: tuple[Box, ...] = ()) -> None:
    """Close a box, its earlier parcels holding these pieces."""
    before = [Load(1000, pieces=share) for share in shares]
    act = partial(bench.pack, order_code=made.code, box=box, weight_g=2000, before=before, joined=joined)
    at.world.run(partial(act, actor=STAFF, clock=at.world.clock))


def leave(at: Market, *codes: str) -> None:
    at.world.deliver()
    at.world.run(lambda session: bench.hand_over(session, codes, actor=STAFF, clock=at.world.clock))


def end(at: Market, parcel: ParcelFacts, *, returns: bool) -> None:
    facts = at.world.read(lambda session: shipment_by_key(session, parcel.code))
    assert facts is not None
    act = partial(delivery.bring_back, reason="拒收") if returns else delivery.deliver
    at.world.run(lambda session: act(session, facts.waybill, actor=DRIVER, clock=at.world.clock))


@dataclass
class Walk:
    """One order of a random basket, packed at random, of which parcels come back at random."""

    at: Market
    chance: random.Random
    made: OrderFacts

    def now(self) -> OrderFacts:
        return order(self.at, self.made.code)

    def take_in(self) -> None:
        for part in self.made.parts:
            weighed = {
                line.id: self.chance.randint(1200, 1500) * line.quantity for line in part.lines if line.per_500g_fen
            }
            act = partial(bench.receive, part_code=part.code, rejected={}, weighed=weighed, reason="", actor=STAFF)
            self.at.world.run(partial(act, clock=self.at.world.clock))

    def pack(self) -> None:
        boxes = {part.box for part in self.made.parts}
        joined = tuple(JOINS[Box.CHILLED] & boxes) if Box.CHILLED in boxes and self.chance.random() < 0.5 else ()
        for box in sorted(boxes.difference(joined)):
            inside = {box, *(joined if box is Box.CHILLED else ())}
            came = {line.id: line.quantity for part in self.made.parts if part.box in inside for line in part.lines}
            close(self.at, self.made, box, *self._split(came), joined=joined if box is Box.CHILLED else ())

    def _split(self, came: dict[int, int]) -> list[dict[int, int]]:
        """Return what lies in the parcels but the last: every piece is thrown into one of up to four."""
        thrown: list[dict[int, int]] = [{} for _ in range(self.chance.randint(1, 4))]
        for line_id, count in came.items():
            for _piece in range(count):
                into = self.chance.choice(thrown)
                into[line_id] = into.get(line_id, 0) + 1
        return [one for one in thrown if one][:-1]

    def give(self) -> None:
        line = self.chance.choice(lines_of(self.made))
        house, what = self.at.world.house, giving.Pieces(line.id, 1)
        act = partial(giving.give, house.edge, house.gateways, self.made.code, what, key="one", note="碎了")
        act(actor=STAFF, clock=self.at.world.clock)

    def take_cash(self) -> None:
        due = self.at.world.read(lambda session: cash.due_for(session, self.made.code))
        assert due is not None
        world = self.at.world
        gateways = world.house.gateways
        cash.take(world.edge, gateways, due.payment_code, due.amount_fen, actor=DRIVER, clock=world.clock)

    def end(self) -> None:
        """End the parcels in any order; who pays at the door pays after what comes back, or before."""
        found = [one for one in parcels(self.at, self.made) if one.state is P.PACKED]
        if found:
            leave(self.at, *(one.code for one in found))
        self.chance.shuffle(found)
        back = {one.code for one in found if self.chance.random() < 0.5}
        for one in (one for one in found if one.code in back and self.made.state is OrderState.AGREED):
            end(self.at, one, returns=True)
        if self.now().state is OrderState.AGREED:
            self.take_cash()
        for one in found:
            if parcels_state(self.at, one) is P.HANDED_OVER:
                end(self.at, one, returns=one.code in back)


def parcels_state(at: Market, parcel: ParcelFacts) -> ParcelState:
    return next(one.state for one in parcels(at, parcel.order) if one.code == parcel.code)


def test_however_boxes_are_split_and_joined_every_fen_finds_its_owner(at: Market) -> None:
    cold, other = on_shelf(at, "meat", climate=Climate.CHILLED), another_vendor(at.world)
    goods = [
        variant_id(at, listing(at, price_fen=4799, stock=500)),
        variant_id(at, listing(at, title="老腊肉", price_fen=6801, stock=500, vendor=other)),
        variant_id(at, listing(cold, title="土鸡", ways=(HEN,))),
    ]
    chance, ends, most = random.Random(SEED), set(), 0
    sellers = [seller(one.code) for one in (at.vendor, other)]
    for turn in range(ORDERS):
        wanted = {one: chance.randint(1, 5) for one in chance.sample(goods, chance.randint(1, 3))}
        made = agreed_order(at, wanted, to=TO) if turn % 3 == 0 else paid_order(at, wanted)
        walk = Walk(at, chance, made)
        names = [*sellers, COMMISSION, DELIVERY_INCOME]
        before = {name: account(at.world, name) for name in names}
        walk.take_in()
        walk.pack()
        at.world.deliver()
        was_given = chance.random() < 0.3 and sum(line.quantity for line in lines_of(made)) > 1
        if was_given:
            walk.give()
        walk.end()
        at.world.deliver()
        now = walk.now()
        earned = {name: before[name] - account(at.world, name) for name in names}
        kept = sum(
            line.price_fen * line.accepted - line.weight_back_fen
            for part in now.parts
            if part.state is V.DELIVERED
            for line in part.lines
        )
        assert held_for(at.world, made.code) == 0
        assert sum(fen for name, fen in earned.items() if name != DELIVERY_INCOME) == kept
        if made.state is OrderState.PAID and not was_given:
            assert earned[DELIVERY_INCOME] == made.freight_fen
        assert 0 <= earned[DELIVERY_INCOME] <= made.freight_fen
        assert_sound(at.world)
        ends |= {part.state for part in now.parts}
        most = max(most, *(one.among for one in parcels(at, made)))
    assert provider_account(at.world) == at_provider(at.world)
    assert ends >= {V.DELIVERED, V.RETURNED}
    assert most >= 3


def two_households(at: Market) -> tuple[OrderFacts, LineFacts, LineFacts]:
    """Return an order of two households' goods in one box, taken in, and a line of each."""
    bacon = listing(at, title="老腊肉", price_fen=6800, vendor=another_vendor(at.world))
    made = paid_order(at, {variant_id(at, listing(at)): 2, variant_id(at, bacon): 2})
    receive_all(at, made.code)
    one, other = lines_of(made)
    return made, one, other


def test_a_parcel_whose_goods_were_all_given_back_does_not_keep_its_neighbour_closed(at: Market) -> None:
    made, one, other = two_households(at)
    close(at, made, Box.AMBIENT, {one.id: 2})
    at.world.deliver()
    house, clock = at.world.house, at.world.clock
    what = giving.Pieces(one.id, 2)
    giving.give(house.edge, house.gateways, made.code, what, key="one", note="坏了", actor=STAFF, clock=clock)
    (left,) = parcels(at, made)
    assert dict(left.pieces) == {other.id: 2}
    act = partial(unpacking.take_apart, parcel_code=left.code, reason="漏水", actor=STAFF, clock=clock)
    at.world.run(act)
    close(at, made, Box.AMBIENT)
    (again,) = parcels(at, made)
    assert (again.number, again.among, dict(again.pieces)) == (1, 1, {other.id: 2})
    leave(at, again.code)
    end(at, again, returns=False)
    assert held_for(at.world, made.code) == 0
    assert_sound(at.world)


def test_a_box_whose_goods_were_all_given_back_is_over_with_all_its_parcels(at: Market) -> None:
    made, one, other = two_households(at)
    close(at, made, Box.AMBIENT, {one.id: 2})
    at.world.deliver()
    house, clock = at.world.house, at.world.clock
    for line in (one, other):
        what = giving.Pieces(line.id, 2)
        key = str(line.id)
        giving.give(house.edge, house.gateways, made.code, what, key=key, note="坏了", actor=STAFF, clock=clock)
    assert P.PACKED not in {parcel.state for parcel in parcels(at, made)}
    assert order(at, made.code).state is OrderState.CANCELLED
    assert_sound(at.world)


def test_the_buyer_hears_once_of_each_parcel_with_its_own_number(at: Market) -> None:
    made, one, _other = two_households(at)
    close(at, made, Box.AMBIENT, {one.id: 2})
    found = parcels(at, made)
    leave(at, *(each.code for each in found))
    numbers = {each.shipment.waybill for each in parcels(at, made) if each.shipment is not None}
    assert [len(numbers), {each["tracking"] for each in told(at, "parcel_sent")}] == [2, numbers]
    assert len(told(at, "parcel_sent")) == 2
    end(at, found[0], returns=False)
    end(at, found[1], returns=True)
    assert (len(told(at, "parcel_delivered")), len(told(at, "parcel_returned"))) == (1, 1)


def race(at: Market, *acts: Callable[[Session], str]) -> list[str]:
    """Let acts on the same rows begin at once; return what those returned that were not refused."""

    def run(act: Callable[[Session], str], racer: Racer) -> str:
        return racer.edge.run(act)

    found = at_once(at.world.house.settings.database_url, *(partial(run, act) for act in acts))
    return [one.value for one in found if one.value is not None]


@pytest.mark.parametrize("_turn", range(3))
def test_two_packers_who_close_a_box_at_once_close_it_once(at: Market, _turn: int) -> None:
    made, one, _other = two_households(at)
    act = partial(bench.pack, order_code=made.code, box=Box.AMBIENT, weight_g=2000, actor=STAFF, clock=at.world.clock)
    split = partial(act, before=[Load(1000, pieces={one.id: 1})])
    codes = race(at, split, act)
    found = parcels(at, made)
    assert codes == [found[0].code] * 2
    assert len(found) == found[0].among
    assert sum(parcel.pieces.get(one.id, 0) for parcel in found) == 2


@pytest.mark.parametrize("_turn", range(3))
def test_two_hand_overs_with_one_parcel_between_them_give_it_to_one(at: Market, _turn: int) -> None:
    made = [two_households(at)[0] for _ in range(3)]
    for one in made:
        close(at, one, Box.AMBIENT)
    at.world.deliver()
    first, both, last = (parcels(at, one)[0].code for one in made)
    act = partial(bench.hand_over, actor=STAFF, clock=at.world.clock)
    codes = race(at, partial(act, parcel_codes=[first, both]), partial(act, parcel_codes=[last, both]))
    assert len(codes) == 1
    assert at.world.read(hand_over_count) == 1
    states = [parcels(at, one)[0].state for one in made]
    assert states[1] is P.HANDED_OVER
    assert sorted([states[0], states[2]]) == [P.HANDED_OVER, P.PACKED]
    assert_sound(at.world)
