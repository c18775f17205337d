"""A settlement: who is paid what, by two people; what stops it, what fails, what goes into the next."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.models import Viewed, ViewLog
from shop.flows.payouts import confirming, drafting, exporting, purses
from shop.flows.payouts.approving import Overtaken
from shop.flows.statements import own_statement, statement
from shop.kernel.actor import Actor, system
from shop.kernel.clock import town_day
from shop.kernel.db import Model
from shop.kernel.errors import Forbidden, Invalid, NotFound, WrongState
from shop.ledger.models import Entry
from shop.ledger.payouts.models import Payout, PayoutState, PayoutWay, RunState, StatementLine, Transfer, Wait
from shop.ledger.payouts.models import Statement as StatementRow
from shop.ledger.payouts.queries import PayoutFacts, StatementFacts, payouts_of, statements
from shop.ledger.rules import BANK, CASH_CENTRE, PAYOUTS_IN_TRANSIT, psp, seller
from shop.ledger.services import Unalterable
from shop.notifications.models import Delivery
from shop.vendors.joining.models import PayWay
from shop.vendors.models import Vendor
from shop.vendors.queries import vendor_facts
from tests.world import World
from tests.world.books import account, assert_sound, footprint
from tests.world.cash import give_back
from tests.world.joining import CARD
from tests.world.market import STAFF, Market, another_vendor, delivered_order, listing, market, variant_id
from tests.world.payouts import (
    APPROVER,
    DRAFTER,
    TERMS,
    approve,
    drafted,
    earn,
    export,
    pay_out,
    sent,
    tell_account,
    the_run,
)

NET = 4320
"""Of a thing for 48 yuan at a fee of a tenth."""


@pytest.fixture
def at(world: World) -> Market:
    """A market whose household says where its money goes."""
    made = market(world)
    tell_account(made, made.vendor)
    return made


def statement_of(at: Market, run: str, vendor: Vendor | None = None) -> StatementFacts:
    code = (vendor or at.vendor).code
    (one,) = at.world.read(lambda session: statements(session, run=run, vendor=code))
    return one


def payout_of(at: Market, run: str) -> PayoutFacts:
    (one,) = at.world.read(lambda session: payouts_of(session, run))
    return one


def mark_paid(at: Market, code: str) -> None:
    day, clock = town_day(at.world.clock()), at.world.clock
    at.world.run(
        lambda session: confirming.paid(session, code, day, reference="20261127001", actor=DRAFTER, clock=clock)
    )


def mark_failed(at: Market, code: str, reason: str = "户名不对") -> None:
    at.world.run(lambda session: confirming.failed(session, code, reason, actor=DRAFTER, clock=at.world.clock))


def owed(at: Market, vendor: Vendor | None = None) -> int:
    return -account(at.world, seller((vendor or at.vendor).code))


def test_a_week_is_drafted_approved_sent_and_paid(at: Market) -> None:
    earn(at, at.vendor)
    code = drafted(at)
    one = statement_of(at, code)
    assert (one.sums.asked_fen, one.sums.fee_fen, one.to_pay_fen, one.carried_fen) == (4800, 480, NET, 0)
    assert (one.way, one.wait, one.is_frozen) == (PayoutWay.BANK, None, False)
    assert owed(at) == NET, "a draft moves nothing"
    approve(at, code)
    assert (owed(at), account(at.world, PAYOUTS_IN_TRANSIT)) == (0, -NET)
    assert export(at, code) == 0
    mark_paid(at, payout_of(at, code).code)
    assert (account(at.world, PAYOUTS_IN_TRANSIT), account(at.world, BANK)) == (0, -NET)
    assert the_run(at, code).state is RunState.ENDED
    at.world.deliver()
    told = select(Delivery.template).where(Delivery.phone == at.vendor.phone)
    assert "payout_paid" in at.world.read(lambda session: session.scalars(told).all())
    assert_sound(at.world)


def test_what_comes_after_the_draft_is_in_the_next_one(at: Market) -> None:
    earn(at, at.vendor)
    code = drafted(at)
    earn(at, at.vendor, price_fen=10_000)
    approve(at, code)
    assert owed(at) == 9000
    at.world.clock.advance(days=7)
    after = statement_of(at, drafted(at))
    assert (after.sums.before_fen, after.sums.asked_fen, after.to_pay_fen) == (0, 10_000, 9000)
    assert_sound(at.world)


def test_a_draft_is_reckoned_anew_until_it_is_approved(at: Market) -> None:
    earn(at, at.vendor)
    code = drafted(at)
    earn(at, at.vendor)
    again = partial(drafting.draft_again, code=code, terms=TERMS, actor=DRAFTER, clock=at.world.clock)
    at.world.run(again)
    assert statement_of(at, code).to_pay_fen == 2 * NET
    assert drafted(at) == code, "one draft at a time"
    approve(at, code)
    with pytest.raises(WrongState):
        at.world.run(again)
    with pytest.raises(WrongState):
        drafted(at)


def test_neither_who_drafted_nor_who_changed_it_approves(at: Market) -> None:
    earn(at, at.vendor)
    code, other = drafted(at), Actor(None, "OTHER", frozenset({"manager"}))
    at.world.run(lambda session: drafting.draft_again(session, code, TERMS, actor=other, clock=at.world.clock))
    before = footprint(at.world)
    for actor in (other, system("job:payouts"), STAFF):
        with pytest.raises(Forbidden):
            approve(at, code, actor=actor)
    assert (footprint(at.world), the_run(at, code).state, owed(at)) == (before, RunState.DRAFTED, NET)
    with pytest.raises(IntegrityError):
        at.world.run(
            lambda session: session.execute(text("UPDATE payout_run SET state = 'approved', approved_by = drafted_by"))
        )
    approve(at, code, actor=DRAFTER)  # all in it was reckoned by the other: two people are enough


def test_only_who_pays_may_settle(at: Market) -> None:
    with pytest.raises(Forbidden):
        at.world.run(lambda session: drafting.draft(session, TERMS, actor=STAFF, clock=at.world.clock))


def test_a_refund_between_draft_and_approval_stops_it(at: Market) -> None:
    made = delivered_order(at, {variant_id(at, listing(at)): 1})
    code = drafted(at)
    give_back(at, made.code, 1000)
    before = footprint(at.world)
    with pytest.raises(Overtaken) as stopped:
        approve(at, code)
    assert stopped.value.vendors == (at.vendor.code,)
    assert (footprint(at.world), the_run(at, code).state) == (before, RunState.DRAFTED)
    at.world.run(lambda session: drafting.draft_again(session, code, TERMS, actor=DRAFTER, clock=at.world.clock))
    approve(at, code)
    one = statement_of(at, code)
    assert one.to_pay_fen == NET - one.sums.refunds_fen == NET - 900
    assert_sound(at.world)


def test_a_refund_between_approval_and_sending_stops_it_too(at: Market) -> None:
    made = delivered_order(at, {variant_id(at, listing(at)): 1})
    code = drafted(at)
    approve(at, code)
    give_back(at, made.code, 1000)
    assert export(at, code) == 1
    payout = payout_of(at, code)
    assert (payout.state, payout.reason) == (PayoutState.FAILED, exporting.LESS)
    assert (owed(at), account(at.world, PAYOUTS_IN_TRANSIT)) == (NET - 900, 0)
    at.world.clock.advance(days=7)
    after = statement_of(at, drafted(at))
    assert (after.sums.returned_fen, after.sums.refunds_fen, after.to_pay_fen) == (NET, 900, NET - 900)
    assert_sound(at.world)


def test_another_account_since_the_draft_stops_it(at: Market) -> None:
    earn(at, at.vendor)
    code = drafted(at)
    tell_account(at, at.vendor, when=at.world.clock())
    with pytest.raises(Overtaken):
        approve(at, code)
    at.world.run(lambda session: drafting.draft_again(session, code, TERMS, actor=DRAFTER, clock=at.world.clock))
    assert statement_of(at, code).wait is Wait.NEW_ACCOUNT


def test_another_account_since_the_approval_stops_sending_and_the_file(at: Market) -> None:
    earn(at, at.vendor)
    other = another_vendor(at.world)
    tell_account(at, other)
    earn(at, other)
    code = drafted(at)
    approve(at, code)
    tell_account(at, other, when=at.world.clock())
    assert export(at, code) == 1
    assert (owed(at), owed(at, other)) == (0, NET)
    tell_account(at, at.vendor, when=at.world.clock())
    with pytest.raises(Overtaken):
        bank_rows(at, code)
    assert the_run(at, code).downloads == 0


def bank_rows(at: Market, code: str, reason: str = "", actor: Actor = DRAFTER) -> tuple[exporting.BankRow, ...]:
    ask = partial(exporting.bank_rows, vault=at.world.house.vault, code=code, reason=reason, actor=actor)
    return at.world.run(partial(ask, clock=at.world.clock))


def test_the_file_is_handed_out_once_and_again_with_a_reason_and_each_look_is_noted(at: Market) -> None:
    earn(at, at.vendor)
    code = drafted(at)
    approve(at, code)
    with pytest.raises(WrongState):
        bank_rows(at, code)
    export(at, code)
    (row,) = bank_rows(at, code)
    assert (row.holder, row.bank, row.number, row.amount_fen) == ("周素珍", "农商银行", CARD, NET)
    with pytest.raises(Invalid):
        bank_rows(at, code)
    with pytest.raises(Forbidden):
        bank_rows(at, code, "再传一次", STAFF)
    bank_rows(at, code, "网银没收下")
    seen = select(func.count()).select_from(ViewLog).where(ViewLog.what == Viewed.ACCOUNTS, ViewLog.subject == code)
    assert at.world.read(lambda session: session.scalar(seen)) == 2 == the_run(at, code).downloads


@pytest.mark.parametrize(
    ("way", "price_fen", "wait"),
    [(None, 4800, Wait.NO_ACCOUNT), (PayWay.BANK, 1000, Wait.LITTLE), (PayWay.WECHAT, 4800, None)],
)
def test_what_waits_is_carried_on_and_said(at: Market, way: PayWay | None, price_fen: int, wait: Wait | None) -> None:
    vendor = another_vendor(at.world)
    if way is not None:
        tell_account(at, vendor, way)
    earn(at, vendor, price_fen=price_fen)
    code = drafted(at)
    one = statement_of(at, code, vendor)
    assert one.wait is wait
    assert one.carried_fen == (0 if wait is None else price_fen * 9 // 10)
    approve(at, code)
    at.world.clock.advance(days=7)
    tell_account(at, vendor)
    earn(at, vendor)
    after = statement_of(at, drafted(at), vendor)
    assert (after.sums.before_fen, after.to_pay_fen) == (one.carried_fen, one.carried_fen + NET)


def test_a_household_without_an_account_is_paid_in_cash_against_a_signature(at: Market) -> None:
    vendor = another_vendor(at.world)
    earn(at, vendor)
    code = drafted(at)
    in_cash = partial(drafting.pay_in_cash, code=code, vendor=vendor.code, terms=TERMS, clock=at.world.clock)
    at.world.run(partial(in_cash, actor=APPROVER))
    assert statement_of(at, code, vendor).way is PayoutWay.CASH
    for actor in (APPROVER, DRAFTER):  # who chose cash changed the draft
        with pytest.raises(Forbidden):
            approve(at, code, actor=actor)
    with pytest.raises(WrongState):
        at.world.run(partial(in_cash, actor=DRAFTER))
    at.world.run(lambda session: drafting.draft_again(session, code, TERMS, actor=DRAFTER, clock=at.world.clock))
    assert statement_of(at, code, vendor).way is PayoutWay.CASH, "reckoned anew it stays chosen"
    approve(at, code)  # what they had chosen was taken over by who reckoned it anew
    export(at, code)
    payout = payout_of(at, code)
    with pytest.raises(Invalid):
        mark_paid(at, payout.code)
    assert payout_of(at, code).state is PayoutState.EXPORTED


def test_below_zero_is_carried_on_and_never_collected(at: Market) -> None:
    made = delivered_order(at, {variant_id(at, listing(at)): 1})
    mark_paid(at, payout_of(at, sent(at)).code)
    give_back(at, made.code, 1000)
    at.world.clock.advance(days=7)
    code = drafted(at)
    one = statement_of(at, code)
    assert (one.wait, one.to_pay_fen, one.carried_fen) == (Wait.OWING, 0, -900)
    approve(at, code)
    assert the_run(at, code).state is RunState.ENDED, "nothing is to be sent"
    at.world.clock.advance(days=7)
    earn(at, at.vendor)
    after = statement_of(at, drafted(at))
    assert (after.sums.before_fen, after.to_pay_fen) == (-900, NET - 900)
    assert_sound(at.world)


def test_a_payout_that_failed_is_the_households_as_before_even_after_it_was_confirmed(at: Market) -> None:
    earn(at, at.vendor)
    code = sent(at)
    payout = payout_of(at, code).code
    mark_paid(at, payout)
    with pytest.raises(WrongState):
        mark_paid(at, payout)
    mark_failed(at, payout, "银行退回来了")
    assert (owed(at), account(at.world, BANK), account(at.world, PAYOUTS_IN_TRANSIT)) == (NET, 0, 0)
    with pytest.raises(WrongState):
        mark_failed(at, payout)
    assert_sound(at.world)


@pytest.mark.parametrize(
    ("days", "reference", "field"), [(1, "1", "paid_on"), (-30, "1", "paid_on"), (0, "", "reference")]
)
def test_a_confirmation_names_a_day_and_a_number(at: Market, days: int, reference: str, field: str) -> None:
    earn(at, at.vendor)
    payout, before = payout_of(at, sent(at)).code, footprint(at.world)
    day = town_day(at.world.clock()) + timedelta(days=days)
    act = partial(confirming.paid, code=payout, paid_on=day, reference=reference, actor=DRAFTER, clock=at.world.clock)
    with pytest.raises(Invalid) as refused:
        at.world.run(act)
    assert (refused.value.field, footprint(at.world)) == (field, before)


def _delete_first(session: Session, kind: type[Model]) -> None:
    session.delete(session.scalars(select(kind)).first())


def test_an_approved_statement_never_changes(at: Market) -> None:
    earn(at, at.vendor)
    code = drafted(at)
    approve(at, code)
    for kind in (StatementRow, StatementLine, Payout):
        with pytest.raises(Unalterable):
            at.world.run(partial(_delete_first, kind=kind))
    with pytest.raises(Unalterable):
        at.world.run(lambda session: setattr(session.scalars(select(StatementRow)).one(), "tail", "0000"))
    with pytest.raises(Unalterable):
        at.world.run(lambda session: setattr(session.scalars(select(Payout)).one(), "amount_fen", NET + 1))


def test_a_household_reads_its_own_statements_and_no_draft(at: Market) -> None:
    earn(at, at.vendor)
    other, run = another_vendor(at.world), drafted(at)
    code = statement_of(at, run).code

    def read(vendor: Vendor) -> int:
        return at.world.read(
            lambda session: len(own_statement(session, vendor_facts(session.merge(vendor)), code).lines)
        )

    with pytest.raises(NotFound):
        read(at.vendor)
    approve(at, run)
    assert read(at.vendor) == 1, "its own payout is no line of it to its reader"
    with pytest.raises(NotFound):
        read(other)
    assert at.world.read(lambda session: statement(session, code)).facts.to_pay_fen == NET


def test_what_was_paid_outside_of_settlements_stands_on_the_statement(at: Market) -> None:
    earn(at, at.vendor)
    pay_out(at, at.vendor, 2000)
    one = statement_of(at, drafted(at))
    assert (one.sums.paid_fen, one.to_pay_fen) == (2000, NET - 2000)


def test_a_provider_pays_out_to_the_bank_once_for_its_number_and_never_more_than_it_holds(at: Market) -> None:
    earn(at, at.vendor)
    held = account(at.world, psp("demo"))
    ways = purses.ways_of({"demo", "cash"}, ())
    assert set(ways) == {"psp:demo", "deposit", "draw"}

    def move(fen: int, number: str, way: str = "psp:demo", actor: Actor = DRAFTER) -> bool:
        day = town_day(at.world.clock())
        act = partial(purses.move, way=ways[way], amount_fen=fen, moved_on=day, reference=number, actor=actor)
        return at.world.run(partial(act, clock=at.world.clock))

    before = footprint(at.world)
    for fen, number in ((held + 1, "po_1"), (0, "po_1"), (-5, "po_1"), (100, "")):
        with pytest.raises(Invalid):
            move(fen, number)
    with pytest.raises(Forbidden):
        move(100, "po_1", actor=STAFF)
    assert footprint(at.world) == before
    assert move(held, "po_1")
    assert not move(held, "po_1")
    assert (account(at.world, psp("demo")), account(at.world, BANK)) == (0, held)
    assert move(1000, "q-1", "draw")
    assert (account(at.world, BANK), account(at.world, CASH_CENTRE)) == (held - 1000, 1000)
    assert_sound(at.world)
    with pytest.raises(Unalterable):
        at.world.run(lambda session: setattr(session.scalars(select(Transfer)).first(), "amount_fen", 1))


def test_nothing_is_paid_twice_by_the_same_key(at: Market) -> None:
    earn(at, at.vendor)
    mark_paid(at, payout_of(at, sent(at)).code)
    keys = select(func.count()).select_from(Entry).where(Entry.kind.in_(("payout", "payout_paid")))
    assert at.world.read(lambda session: session.scalar(keys)) == 2
