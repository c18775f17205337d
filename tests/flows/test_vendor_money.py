"""A vendor's money: every figure that is shown is a figure of the books, to the fen, whatever became of the orders."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.rules import Way
from shop.flows import bench, closing, delivery, giving
from shop.flows.giving import Amount, Pieces, Weight, What
from shop.flows.money import MonthMoney, OwnMoney, month_money, own_money, part_money, town_midnight
from shop.kernel.actor import VISITOR
from shop.kernel.clock import town_day
from shop.kernel.errors import ShopError
from shop.ledger.models import Account, Earning, Entry, Posting
from shop.ledger.rules import COMMISSION, Earned, seller
from shop.ledger.services import Unalterable, Unbalanced, post
from shop.orders.models import OrderState, VendorOrderState
from shop.orders.queries.orders import OrderFacts, PartFacts
from shop.payments.gateways.protocol import InvalidState
from shop.vendors.models import Vendor
from shop.vendors.queries import VendorFacts, vendor_facts
from tests.world import World, market
from tests.world.cash import agreed_order, due, hand_back, take, to_hand_back
from tests.world.market import (
    DRIVER,
    HOUSE,
    STAFF,
    Market,
    another_vendor,
    delivered_order,
    demo,
    listing,
    order,
    pack,
    paid_order,
    send,
    variant_id,
)
from tests.world.payouts import pay_out

HEN = Way(unit="只", gross_g=1700, per_500g_fen=3333, least_g=1200, most_g=1500, stock=999)
ORDERS = 9
V = VendorOrderState


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market.market(world)


@dataclass(frozen=True)
class Leg:
    """One leg on a vendor's account as it stands in the books; in fen, what comes to the vendor is positive."""

    at: datetime
    kind: str
    reference: str
    fen: int


def legs_of(at: Market, vendor: Vendor) -> list[Leg]:
    """Read a vendor's legs from the books themselves, oldest first."""
    wanted = (
        select(Entry.at, Entry.kind, Entry.reference, Posting.amount_fen)
        .join(Posting, Posting.entry_id == Entry.id)
        .join(Account)
        .where(Account.code == seller(vendor.code))
        .order_by(Entry.at, Entry.id)
    )
    return at.world.read(
        lambda session: [Leg(when, kind, order, -fen) for when, kind, order, fen in session.execute(wanted)]
    )


def facts(at: Market, vendor: Vendor) -> VendorFacts:
    return at.world.read(lambda session: vendor_facts(session.get_one(Vendor, vendor.id)))


def money_of(at: Market, vendor: Vendor) -> OwnMoney:
    return at.world.read(lambda session: own_money(session, facts(at, vendor), now=at.world.clock()))


def month_of(at: Market, vendor: Vendor, first: date) -> MonthMoney:
    return at.world.read(lambda session: month_money(session, facts(at, vendor), first))


class Life:
    """Months of a town in which anything may become of an order."""

    def __init__(self, at: Market, seed: int) -> None:
        self.at, self.dice, self.keys = at, Random(seed), count(1)
        self.other = another_vendor(at.world)
        self.goods = [
            variant_id(at, listing(at, stock=999, price_fen=4785)),
            variant_id(at, listing(at, title="土鸡", ways=(HEN,))),
            variant_id(at, listing(at, title="老腊肉", stock=999, price_fen=6833, vendor=self.other)),
        ]

    def run(self) -> None:
        for _number in range(ORDERS):
            self.order()
            self.at.world.clock.advance(hours=self.dice.randint(1, 24 * 9))
            if self.dice.random() < 0.3:
                vendor = self.dice.choice([self.at.vendor, self.other])
                pay_out(self.at, vendor, self.dice.randint(1, 9000))

    def order(self) -> None:
        wanted = {each: self.dice.randint(1, 3) for each in self.goods if self.dice.random() < 0.7}
        if not wanted:
            return
        is_cash = self.dice.random() < 0.4
        made = (agreed_order if is_cash else paid_order)(self.at, wanted)
        for part in made.parts:
            self.bring(part)
        self.hand(order(self.at, made.code), is_cash=is_cash)
        self.at.world.clock.advance(hours=self.dice.randint(1, 72))
        for _try in range(self.dice.randint(0, 3)):
            self.give_back(order(self.at, made.code))
        self.at.world.deliver()
        for waiting in to_hand_back(self.at):
            hand_back(self.at, waiting.code)

    def bring(self, part: PartFacts) -> None:
        clock, vendor = self.at.world.clock, self.vendor_of(part)
        if self.dice.random() < 0.1:
            self.act(
                partial(closing.decline_part, vendor_id=vendor.id, part_code=part.code, actor=VISITOR, clock=clock)
            )
            return
        down = {line.id: self.dice.choice([0, 0, 0, 1]) for line in part.lines}
        weighed = {
            line.id: self.dice.randint(1150, 1600) * (line.accepted - down[line.id])
            for line in part.lines
            if line.per_500g_fen is not None and line.accepted > down[line.id]
        }
        take_in = partial(bench.receive, part_code=part.code, rejected=down, weighed=weighed, reason="碎了")
        self.act(partial(take_in, actor=STAFF, clock=clock))

    def vendor_of(self, part: PartFacts) -> Vendor:
        return self.other if part.vendor_code == self.other.code else self.at.vendor

    def hand(self, made: OrderFacts, *, is_cash: bool) -> None:
        if V.RECEIVED not in made.states:
            return
        if self.dice.random() < 0.2:
            self.give_back(made)
        if V.RECEIVED not in order(self.at, made.code).states:
            return
        parcel, clock, comes = pack(self.at, made.code), self.at.world.clock, self.dice.random() < 0.85
        if is_cash:
            self.at.world.deliver()
            if not comes:
                self.act(partial(delivery.uncollected, order_code=made.code, reason="没来", actor=STAFF, clock=clock))
            else:
                take(self.at, due(self.at, made.code))
                self.act(partial(delivery.collect, order_code=made.code, actor=STAFF, clock=clock))
            return
        waybill = send(self.at, parcel)
        if comes:
            self.act(partial(delivery.deliver, waybill=waybill, actor=DRIVER, clock=clock))
        else:
            self.act(partial(delivery.bring_back, waybill=waybill, reason="拒收", actor=DRIVER, clock=clock))

    def give_back(self, made: OrderFacts) -> None:
        house, line = self.at.world.house, self.dice.choice([line for part in made.parts for line in part.lines])
        whats: list[What] = [Pieces(line.id, 1), Amount(self.dice.randint(1, 1500))]
        if line.weighed_g:
            whats.append(Weight(line.id, line.weighed_g * 4 // 5))
        give = partial(giving.give, house.edge, house.gateways, made.code, self.dice.choice(whats), note="不好")
        with suppress(ShopError), self.refusing(self.dice.random() < 0.3):
            give(key=f"k{next(self.keys)}", actor=STAFF, clock=house.clock)
            self.at.world.deliver()

    @contextmanager
    def refusing(self, is_so: bool) -> Iterator[None]:
        """Let the provider refuse refunds meanwhile."""

        def refuse(*_asked: Any, **_more: Any) -> Any:
            raise InvalidState

        if is_so:
            setattr(demo(self.at), "refund", refuse)  # noqa: B010 - the class's own comes back with delattr
        yield
        if is_so:
            delattr(demo(self.at), "refund")

    def act(self, what: Callable[[Session], Any]) -> None:
        self.at.world.run(what)
        self.at.world.deliver()


@pytest.mark.parametrize("seed", range(6))
def test_every_figure_is_one_of_the_books(at: Market, seed: int) -> None:
    life = Life(at, seed)
    life.run()
    for vendor in (at.vendor, life.other):
        check_now(at, vendor)
        check_months(at, vendor)
        check_parts(at, vendor)
    check_fees(at)


def check_now(at: Market, vendor: Vendor) -> None:
    legs, found, now = legs_of(at, vendor), money_of(at, vendor), at.world.clock()
    monday = town_midnight(town_day(now) - timedelta(days=town_day(now).weekday()))
    own = [leg for leg in legs if leg.kind != "paid_out"]
    assert found.totals.owed_fen == sum(leg.fen for leg in legs)
    assert found.totals.paid_fen == -sum(leg.fen for leg in legs if leg.kind == "paid_out")
    assert found.totals.earned_fen == sum(leg.fen for leg in own if leg.at >= monday)
    assert len(found.weeks) == 8
    assert found.weeks[-1] == (town_day(monday), found.totals.earned_fen)
    for start, fen in found.weeks:
        since, until = town_midnight(start), town_midnight(start + timedelta(days=7))
        assert fen == sum(leg.fen for leg in own if since <= leg.at < until)


def check_months(at: Market, vendor: Vendor) -> None:
    legs = legs_of(at, vendor)
    firsts = sorted({town_day(leg.at).replace(day=1) for leg in legs})
    owed = 0
    for first in firsts:
        found = month_of(at, vendor, first)
        mine = [leg for leg in legs if town_day(leg.at).replace(day=1) == first]
        assert [line.movement.fen for line in found.lines] == [leg.fen for leg in mine]
        assert found.before_fen == owed
        assert found.earned_fen == sum(leg.fen for leg in mine if leg.kind != "paid_out")
        assert found.paid_fen == -sum(leg.fen for leg in mine if leg.kind == "paid_out")
        owed += sum(leg.fen for leg in mine)
        assert found.after_fen == owed
        for line in found.lines:
            if line.movement.is_earning:
                assert line.movement.how is not None
                assert line.movement.how.net_fen == line.movement.fen
            if not line.movement.is_payment:
                assert line.goods, "each line names its goods"


def check_parts(at: Market, vendor: Vendor) -> None:
    """What the pages of all parts say together is what the books say."""
    legs, own = legs_of(at, vendor), facts(at, vendor)
    lines = [
        line
        for first in {town_day(leg.at).replace(day=1) for leg in legs}
        for line in month_of(at, vendor, first).lines
    ]
    codes = {line.part for line in lines if line.part is not None}
    shown = [
        line.movement.fen for code in codes for line in at.world.read(partial(part_money, vendor=own, code=code)).moved
    ]
    assert sorted(shown) == sorted(leg.fen for leg in legs if leg.kind != "paid_out")


def check_fees(at: Market) -> None:
    """What is said to be the centre's fee is what the centre has of each parcel."""
    said = (
        select(Posting.entry_id, func.sum(Earning.fee_fen)).join(Earning, Earning.posting_id == Posting.id)
    ).group_by(Posting.entry_id)
    have = select(Posting.entry_id, -Posting.amount_fen).join(Entry).join(Account)
    have = have.where(Account.code == COMMISSION, Entry.kind == "released")
    fees = {entry: int(fen) for entry, fen in at.world.read(lambda session: session.execute(said).all()) if fen}
    kept = {entry: int(fen) for entry, fen in at.world.read(lambda session: session.execute(have).all())}
    assert fees == kept


def test_a_refund_afterwards_leaves_what_was_told_and_is_a_line_of_its_own(at: Market) -> None:
    made = delivered_order(at, {variant_id(at, listing(at)): 2})
    before = month_of(at, at.vendor, date(2026, 11, 1))
    house = at.world.house
    what = Pieces(made.parts[0].lines[0].id, 1)
    giving.give(house.edge, house.gateways, made.code, what, key="one", note="烂了", actor=STAFF, clock=house.clock)
    at.world.deliver()
    after = month_of(at, at.vendor, date(2026, 11, 1))
    assert after.lines[0] == before.lines[0]
    assert (after.sold_fen, after.fees_fen, after.corrected_fen) == (9600, 960, 4320)
    assert after.earned_fen == after.after_fen == 4320
    assert order(at, made.code).state is OrderState.DONE


def test_another_machines_clock_may_be_ahead_when_the_week_ends(at: Market) -> None:
    monday = town_midnight(date(2026, 11, 23))
    at.world.clock.set(monday)
    delivered_order(at, {variant_id(at, listing(at)): 1})
    now = monday - timedelta(seconds=1)
    found = at.world.read(lambda session: own_money(session, facts(at, at.vendor), now=now))
    assert sum(fen for _monday, fen in found.weeks) == 0


@pytest.mark.parametrize("change", ["change", "delete"])
def test_what_was_told_of_a_leg_can_be_neither_changed_nor_deleted(at: Market, change: str) -> None:
    delivered_order(at, {variant_id(at, listing(at)): 1})
    with pytest.raises(Unalterable), at.world.edge.transaction() as session:
        row = session.scalars(select(Earning)).one()
        if change == "change":
            row.fee_fen += 1
        else:
            session.delete(row)


def test_what_does_not_come_to_its_leg_is_never_posted(at: Market) -> None:
    how = Earned("PART", 1000, 0, 0, 1000, 100)
    legs = {"held:ORDER": 1000, seller("zhou"): -899, COMMISSION: -101}
    with pytest.raises(Unbalanced):
        at.world.run(
            lambda session: post(
                session,
                key="wrong",
                kind="released",
                reference="ORDER",
                legs=legs,
                actor=HOUSE,
                clock=at.world.clock,
                earned={seller("zhou"): how},
            )
        )


def test_months_and_weeks_end_at_the_towns_midnight(at: Market) -> None:
    eggs = variant_id(at, listing(at, stock=99))
    at.world.clock.advance(hours=(date(2026, 12, 1) - date(2026, 11, 22)).days * 24 - 10, minutes=-1)  # 30 Nov, 23:59
    delivered_order(at, {eggs: 1})
    at.world.clock.advance(minutes=1)
    delivered_order(at, {eggs: 2})
    november, december = (month_of(at, at.vendor, date(2026, month, 1)) for month in (11, 12))
    assert (november.earned_fen, december.before_fen, december.earned_fen) == (4320, 4320, 8640)
    assert len(november.lines) == len(december.lines) == 1
