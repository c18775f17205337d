"""The proof of the books: every account beside the payments, refunds and orders it must follow from, to the fen."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.flows.payouts.checks import moved_by_hand, settled
from shop.ledger import rules as accounts
from shop.ledger.queries import balances, legs, miscarried, misreckoned, sums_by_reference, unbalanced
from shop.orders.models import Order, OrderLine, OrderState, VendorOrder
from shop.orders.rules import UNPAID
from shop.payments.models import Payment, PaymentState, RefundState

OVER = frozenset({OrderState.CANCELLED, OrderState.DONE, OrderState.EXPIRED})
PAID = frozenset({OrderState.PAID, OrderState.DONE})
TILLS = ("cash", "courier")
"""Cash moves between these when it is handed in; together they are what was taken less what was handed back."""


@dataclass(frozen=True)
class Flaw:
    """A sum in the books that does not follow; in fen, an asset and what we owe both positive."""

    what: str
    books_fen: int
    should_fen: int


@dataclass
class _Money:
    """What payments and refunds say of one order, in fen; `online` and `cash` are the most that one payment brought."""

    captured: int = 0
    online: int = 0
    cash: int = 0
    given: int = 0
    failed: list[str] = field(default_factory=list)


def prove(session: Session) -> list[Flaw]:
    """Return every sum in the books that does not follow from payments, refunds and orders; none is right."""
    return [flaw for flaw in _sums(session) if flaw.books_fen != flaw.should_fen]


def _sums(session: Session) -> Iterator[Flaw]:
    for key, fen in unbalanced(session):
        yield Flaw(f"entry {key}, its two sides", fen, 0)
    for part, fen, said in misreckoned(session):
        yield Flaw(f"part {part}, its vendor's share", fen, said)
    for key, code, fen, said in miscarried(session):
        yield Flaw(f"entry {key}, {code}", fen, said)
    have = {balance.code: balance.fen for balance in balances(session)}
    captured = session.scalars(select(Payment).where(Payment.state == PaymentState.CAPTURED)).all()
    yield from _purses(have, captured, moved_by_hand(session))
    for what, said, should in settled(session):
        yield Flaw(what, said, should)
    yield from _agreed(session)
    yield from _orders(session, captured)


def _purses(have: dict[str, int], captured: Sequence[Payment], moved: Mapping[str, int]) -> Iterator[Flaw]:
    """Compare the accounts of all money together.

    Args:
        moved: account -> what was moved on it without a buyer: between purses, and to vendors.
    """
    purses: Counter[str] = Counter({code: 0 for code in have if code.startswith("psp:")})
    purses[accounts.BANK] = 0
    transit = fees = 0
    for payment in captured:
        done = _given(payment, RefundState.SUCCEEDED)
        fee = payment.fee_fen or 0
        purses[accounts.psp(payment.gateway)] += payment.captured_fen - done - fee
        transit += _given(payment, RefundState.CREATED, RefundState.PENDING)
        fees += fee
    cash = purses.pop(accounts.psp(accounts.CASH), 0)
    for code, fen in moved.items():
        if code.partition(":")[0] in TILLS:
            cash += fen
        elif code in purses:  # what a carrier owes is proved with the orders it broke
            purses[code] += fen
    for code, fen in sorted(purses.items()):
        yield Flaw(code, have.get(code, 0), fen)
    yield Flaw(" and ".join(TILLS), sum(fen for code, fen in have.items() if code.partition(":")[0] in TILLS), cash)
    yield Flaw(accounts.REFUNDS_IN_TRANSIT, -have.get(accounts.REFUNDS_IN_TRANSIT, 0), transit)
    yield Flaw(accounts.PSP_FEE, have.get(accounts.PSP_FEE, 0), fees)


def _agreed(session: Session) -> Iterator[Flaw]:
    """Compare what each order comes to with its lines: their prices, and their frozen shares of its freight."""
    goods, shares = func.sum(OrderLine.price_fen * OrderLine.quantity), func.sum(OrderLine.freight_share_fen)
    rows = session.execute(
        select(Order.code, Order.goods_fen, Order.freight_fen, func.coalesce(goods, 0), func.coalesce(shares, 0))
        .outerjoin(VendorOrder, VendorOrder.order_id == Order.id)
        .outerjoin(OrderLine, OrderLine.vendor_order_id == VendorOrder.id)
        .group_by(Order.id, Order.code, Order.goods_fen, Order.freight_fen)
        .order_by(Order.id)
    )
    for code, goods_fen, freight_fen, of_lines, of_shares in rows:
        yield Flaw(f"order {code}, goods", goods_fen, int(of_lines))
        yield Flaw(f"order {code}, freight", freight_fen, int(of_shares))


def _orders(session: Session, captured: Sequence[Payment]) -> Iterator[Flaw]:
    """Compare what is held for each order: all that came and did not go back until goods are paid for, then nothing."""
    money: defaultdict[str, _Money] = defaultdict(_Money)
    for payment in captured:
        of = money[payment.reference]
        of.captured += payment.captured_fen
        if payment.gateway == accounts.CASH:
            of.cash = max(of.cash, payment.captured_fen)
        else:
            of.online = max(of.online, payment.captured_fen)
        of.given += sum(refund.amount_fen for refund in payment.refunds if refund.state is not RefundState.FAILED)
        of.failed += [refund.code for refund in payment.refunds if refund.state is RefundState.FAILED]
    booked: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for reference, code, fen in sums_by_reference(session):
        booked[reference][code] = -fen
    for code, state, total in session.execute(select(Order.code, Order.state, Order.total_fen).order_by(Order.id)):
        of, has = money.pop(code, _Money()), booked.pop(code, {})
        held = has.get(accounts.held(code), 0)
        yield from _paid(code, state, total, of)
        earned = sum(fen for account, fen in has.items() if account.partition(":")[0] in accounts.EARNED)
        yield Flaw(f"order {code}, held", held, of.captured - of.given - earned)
        if state in OVER:
            most = _stuck(session, code, of.failed)
            yield Flaw(f"order {code}, held after its end", held, max(0, min(held, most)))
    for code in sorted({*money, *booked}):  # no such order
        yield Flaw(accounts.held(code), booked[code].get(accounts.held(code), 0), 0)
        yield Flaw(f"order {code}, paid", money[code].captured, 0)


def _paid(code: str, state: OrderState, total_fen: int, of: _Money) -> Iterator[Flaw]:
    """Compare how an order stands with what paid it: all of it online, or in cash what was left to be paid of it."""
    if state in UNPAID:
        yield Flaw(f"order {code}, paid before it was", of.captured, 0)
    elif state in PAID:
        yield Flaw(f"order {code}, paid", of.online or of.cash, min(total_fen, of.cash) or total_fen)


def _stuck(session: Session, order: str, failed: list[str]) -> int:
    """Return the most that an order that is over may hold: what failed refunds left with us of the buyer's."""
    return sum(dict(legs(session, f"refund:{code}")).get(accounts.held(order), 0) for code in failed)


def _given(payment: Payment, *states: RefundState) -> int:
    return sum(refund.amount_fen for refund in payment.refunds if refund.state in states)
