"""Random weeks of a town, settled: statements sum to the books, the books to the payments, nobody is paid twice."""

from collections import Counter
from contextlib import suppress
from functools import partial

import pytest
from sqlalchemy import func, select

from shop.desk.models import Bearer, ClaimKind, ClaimState
from shop.flows.payouts import confirming, drafting, purses
from shop.flows.payouts.approving import Overtaken
from shop.flows.payouts.centre import centre_money
from shop.flows.statements import statement
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, ShopError
from shop.ledger.models import Account, Entry, Posting
from shop.ledger.payouts.models import Payout, PayoutState, RunState
from shop.ledger.payouts.queries import payouts_of, run_by_code, runs, statements, unstated, unsure
from shop.ledger.rules import seller
from shop.orders.models import Order
from shop.payments.models import Refund
from shop.vendors.joining.models import PayWay
from shop.vendors.models import Vendor
from tests.flows.test_vendor_money import Life
from tests.world import World, market
from tests.world.books import account, assert_sound
from tests.world.claims import accept, ask
from tests.world.market import Market, delivered_order, listing, order, variant_id
from tests.world.payouts import DRAFTER, TERMS, approve, drafted, export, tell_account

WEEKS, ORDERS_A_WEEK = 5, 3


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market.market(world)


class Weeks(Life):
    """Weeks in which anything may become of orders, and of the payouts at their ends."""

    def run(self) -> None:
        tell_account(self.at, self.at.vendor)
        for _week in range(WEEKS):
            for _order in range(self.dice.randint(0, ORDERS_A_WEEK)):
                self.order()
                self.at.world.clock.advance(hours=self.dice.randint(1, 30))
            self.settle()
            self.at.world.clock.advance(days=7)
            check(self.at)

    def settle(self) -> None:
        """Draft, disturb, approve, disturb, send, hear of some."""
        clock, run = self.at.world.clock, self.at.world.run
        code = drafted(self.at)
        self.disturb()
        while True:
            try:
                approve(self.at, code)
                break
            except Overtaken:
                again = partial(drafting.draft_again, code=code, terms=TERMS, actor=DRAFTER, clock=clock)
                run(again)
        self.disturb()
        if self.at.world.read(lambda session: run_by_code(session, code)).state is RunState.APPROVED:
            export(self.at, code)
        day = town_day(clock())
        for payout in self.at.world.read(lambda session: unsure(session, offset=0, limit=99)):
            luck = self.dice.random()
            if luck < 0.6:
                pay = partial(confirming.paid, code=payout.code, paid_on=day, reference="n", proof_key=None)
                with suppress(Invalid):  # cash needs a signature
                    run(partial(pay, actor=DRAFTER, clock=clock))
            if luck < 0.1 or 0.6 < luck < 0.85:
                run(partial(confirming.failed, code=payout.code, reason="退回", actor=DRAFTER, clock=clock))
        if self.dice.random() < 0.5:
            self.move(day.isoformat())

    def order(self) -> None:
        """Let goods be claimed as well, whoever bears it."""
        super().order()
        if self.dice.random() < 0.5:
            self.claim()

    def claim(self) -> None:
        last = select(Order.code).order_by(Order.id.desc()).limit(1)
        code = self.at.world.read(lambda session: session.scalar(last))
        if code is None:
            return
        made = order(self.at, code)
        lines = [line for part in made.parts for line in part.lines]
        place, kind = self.dice.randrange(len(lines)), self.dice.choice([ClaimKind.BROKEN, ClaimKind.SPOILED])
        with suppress(ShopError):
            asked = ask(self.at, made, kind, self.dice.randint(1, 2), line=place)
            if asked.state is ClaimState.OPEN:
                accept(self.at, asked, self.dice.choice(list(Bearer)))
        self.at.world.deliver()

    def disturb(self) -> None:
        """Let something happen between two people's looks."""
        luck = self.dice.random()
        if luck < 0.3:
            self.order()
        elif luck < 0.45:
            tell_account(self.at, self.dice.choice([self.at.vendor, self.other]), when=self.at.world.clock())
        elif luck < 0.6:
            tell_account(self.at, self.other, self.dice.choice([PayWay.BANK, PayWay.CASH, PayWay.WECHAT]))

    def move(self, number: str) -> None:
        way = ("psp:demo", "bank")
        amount = self.dice.randint(1, max(1, account(self.at.world, "psp:demo")))
        act = partial(purses.move, way=way, amount_fen=amount, moved_on=town_day(self.at.world.clock()))
        with suppress(Invalid):
            self.at.world.run(partial(act, reference=number, actor=DRAFTER, clock=self.at.world.clock))


def check(at: Market) -> None:
    assert_sound(at.world)
    check_statements(at)
    check_runs(at)
    check_payouts(at)
    check_refunds(at)


def check_statements(at: Market) -> None:
    """Each statement sums to its lines, follows the one before, and all of them with what is left are the account."""
    for vendor in at.world.read(lambda session: session.scalars(select(Vendor.code)).all()):
        rows = at.world.read(partial(statements, vendor=vendor, is_frozen=True))
        before = 0
        for one in reversed(rows):
            lines = at.world.read(partial(statement, code=one.code)).lines
            assert one.sums.before_fen == before
            assert one.sums.closing_fen == before + sum(line.movement.fen for line in lines)
            assert one.to_pay_fen in (0, one.sums.closing_fen)
            assert one.carried_fen + one.to_pay_fen == one.sums.closing_fen
            assert one.to_pay_fen >= 0
            before = one.carried_fen
        left = at.world.read(unstated).get(vendor, ())
        assert -account(at.world, seller(vendor)) == before + sum(leg.movement.fen for leg in left)


def check_runs(at: Market) -> None:
    for run in at.world.read(lambda session: runs(session, offset=0, limit=99)):
        rows = at.world.read(partial(statements, run=run.code))
        money = at.world.read(partial(centre_money, run=run, rows=rows))
        assert money.difference_fen == 0
        assert money.statements_fen == money.books_fen
        assert run.drafted_by != run.approved_by


def check_payouts(at: Market) -> None:
    """Each statement was paid once at most, and what reached vendors is what left the purses."""
    told = select(Payout.code, Payout.statement_id, Payout.state, Payout.amount_fen)
    rows = at.world.read(lambda session: session.execute(told).all())
    kinds = ("payout", "payout_paid", "payout_failed")
    wanted = select(Entry.reference, Entry.kind).where(Entry.kind.in_(kinds))
    booked = Counter((code, kind) for code, kind in at.world.read(lambda session: session.execute(wanted).all()))
    assert len({row.statement_id for row in rows}) == len(rows)
    for row in rows:
        assert booked[row.code, "payout"] == 1
        assert booked[row.code, "payout_paid"] <= 1
        assert booked[row.code, "payout_failed"] == (row.state is PayoutState.FAILED)
    assert sum(row.amount_fen for row in rows) == sum(
        one.amount_fen
        for run in at.world.read(lambda session: runs(session, offset=0, limit=99))
        for one in at.world.read(partial(payouts_of, run=run.code))
    )


def check_refunds(at: Market) -> None:
    """A refund never lacks its entry, nor the share of whoever had earned the money."""
    rows = at.world.read(lambda session: session.execute(select(Refund.code, Refund.amount_fen)).all())
    sums = (
        select(Entry.key, func.sum(Posting.amount_fen))
        .join(Posting, Posting.entry_id == Entry.id)
        .join(Account, Account.id == Posting.account_id)
        .where(Account.code == "refunds_in_transit", Entry.key.startswith("refund:"))
        .group_by(Entry.key)
    )
    asked = {key: -int(fen) for key, fen in at.world.read(lambda session: session.execute(sums).all())}
    assert asked == {f"refund:{code}": fen for code, fen in rows}


def test_the_figures_tell_claims_from_other_refunds(at: Market) -> None:
    tell_account(at, at.vendor)
    made = delivered_order(at, {variant_id(at, listing(at, price_fen=4800)): 1})
    asked = ask(at, made, ClaimKind.SPOILED, 3)
    if asked.state is ClaimState.OPEN:
        accept(at, asked, Bearer.HOUSEHOLD)
    at.world.deliver()
    code = drafted(at)
    approve(at, code)
    (one,) = at.world.read(partial(statements, run=code))
    assert one.sums.refunds_fen == 0
    assert one.sums.claims_fen > 0
    assert one.to_pay_fen == 4320 - one.sums.claims_fen
    check(at)


@pytest.mark.parametrize("seed", range(6))
def test_statements_sum_to_the_books_and_nobody_is_paid_twice(at: Market, seed: int) -> None:
    Weeks(at, seed).run()
