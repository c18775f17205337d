"""Giving money back: asked in the act that causes it, driven afterwards until the provider has settled it."""

import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.desk import services as desk
from shop.flows.earned import Borne, Share, left_of, legs_back, legs_borne
from shop.kernel import outbox
from shop.kernel.actor import Actor, system
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.kernel.errors import NotFound, ShopError
from shop.ledger import rules as accounts
from shop.ledger.queries import legs
from shop.ledger.services import post
from shop.notifications.services import tell_buyer
from shop.orders import services as orders
from shop.orders.models import Order, OrderState
from shop.payments import queries, services
from shop.payments.gateways.protocol import InvalidState, PaymentGateway, RefundSnapshot, wired
from shop.payments.models import Payment, PaymentHistory, PaymentState, Refund, RefundSource, RefundState
from shop.payments.queries import PaymentFacts, RefundToDrive
from shop.payments.topics import REFUND_ASKED, VOID_WANTED

log = logging.getLogger(__name__)

DRIVER = system("job:refunds")
LATE = "late"
"""Why money goes back that came when its order could not be carried out, or was paid already."""
CLAIM = "claim"
"""Why money goes back for goods that their buyer had; the key of such a refund ends in the claim's code."""


def give_back(
    session: Session,
    order: Order,
    amount_fen: int,
    *,
    key: str,
    reason: str,
    actor: Actor,
    clock: Clock,
    source: RefundSource = RefundSource.SYSTEM,
    note: str = "",
    share: Share | None = None,
    borne: Borne | None = None,
) -> None:
    """Let an amount of a locked order go back to its buyer: as a refund, or, not paid yet, as less to pay in cash.

    What the house gives back for goods that do not come ends where the money ends: some of it may have gone back as a
    kindness before. A person who names more than there is, is told so.

    Args:
        key: why; the same reason cannot give back twice.
        source: who wants it.
        note: why, in a person's words.
        share: whose delivered goods it is for; without it, money that nobody has earned yet goes first.
        borne: who bears it, where it is for a claim.

    Raises:
        NotFound: nobody has paid and nobody will.
        OverRefund: a person asked for more than captured less what is already going back.
    """
    is_named = source is RefundSource.STAFF
    if order.state is not OrderState.AGREED:
        payment = captured_payment(session, order)
        amount_fen = amount_fen if is_named else min(amount_fen, _left(session, payment))
        if not amount_fen and not is_named:
            return
        ask(
            session,
            order,
            payment,
            amount_fen,
            key=key,
            reason=reason,
            actor=actor,
            clock=clock,
            source=source,
            note=note,
            share=share,
            borne=borne,
        )
        return
    if is_given(session, order, key):
        return
    payment = _agreed_payment(session, order)
    amount_fen = amount_fen if is_named else min(amount_fen, payment.amount_fen)
    if not amount_fen and not is_named:
        return
    if not services.lower(session, payment, amount_fen, actor=actor, clock=clock, reason=f"{key}|{note[:100]}"):
        outbox.post(session, VOID_WANTED, {"payment": payment.code}, clock=clock)


def is_given(session: Session, order: Order, key: str) -> bool:
    """Tell whether something of a locked order was given back for this reason already, as a refund or as less due."""
    refund = select(Refund.id).where(Refund.key == key)
    lowered = (
        select(PaymentHistory.id)
        .join(Payment, Payment.id == PaymentHistory.payment_id)
        .where(Payment.reference == order.code, PaymentHistory.reason.startswith(f"{key}|", autoescape=True))
    )
    return session.scalar(refund) is not None or session.scalar(lowered) is not None


def captured_payment(session: Session, order: Order) -> Payment:
    """Return the payment that paid an order, locked; not one that came late and goes back by itself.

    Raises:
        NotFound: nobody has paid.
    """
    paid = _payments_in(session, order, {PaymentState.CAPTURED})
    paid = [one for one in paid if all(refund.reason != LATE for refund in one.refunds)]
    # Of two that both stand, one may have been given back at its provider.
    return _locked(session, sorted(paid, key=lambda one: one.refunded_fen >= one.captured_fen))


def _agreed_payment(session: Session, order: Order) -> Payment:
    return _locked(session, _payments_in(session, order, {PaymentState.CREATED, PaymentState.PENDING}))


def _left(session: Session, payment: Payment) -> int:
    """Return what was captured and is not going back yet; nothing when more went back at its provider than we knew."""
    gone = select(func.coalesce(func.sum(Refund.amount_fen), 0)).where(
        Refund.payment_id == payment.id, Refund.state != RefundState.FAILED
    )
    return max(0, payment.captured_fen - int(session.scalar(gone) or 0))


def left_to_give(session: Session, order: Order) -> int:
    """Return what of a locked order's money could still go back, in fen.

    Raises:
        NotFound: nobody has paid.
    """
    return _left(session, captured_payment(session, order))


def claim_key(line_id: int, code: str) -> str:
    """Return the key of the refund that pays a claim, so that it is paid once."""
    return f"{CLAIM}:{line_id}:{code}"


def _payments_in(session: Session, order: Order, states: Collection[PaymentState]) -> list[PaymentFacts]:
    return [facts for facts in queries.payments_of(session, order.code) if facts.state in states]


def _locked(session: Session, found: Sequence[PaymentFacts]) -> Payment:
    if not found:
        raise NotFound("payment")
    return services.lock(session, found[0].code)


def ask(
    session: Session,
    order: Order,
    payment: Payment,
    amount_fen: int,
    *,
    key: str,
    reason: str,
    actor: Actor,
    clock: Clock,
    source: RefundSource = RefundSource.SYSTEM,
    note: str = "",
    share: Share | None = None,
    borne: Borne | None = None,
) -> None:
    """Write down that an amount goes back to the buyer, with its posting; the provider is asked after the commit.

    Args:
        payment: locked and captured.
        key: why; the same reason cannot give back twice.
        share: whose delivered goods it is for; without it, money that nobody has earned yet goes first.
        borne: who bears it, where it is for a claim.

    Raises:
        OverRefund: captured less what is already going back does not cover it.
    """
    refund, is_new = services.ask_refund(
        session, payment, amount_fen, key=key, reason=reason, clock=clock, source=source, note=note
    )
    if not is_new:
        return
    left = left_of(session, order)
    back = legs_back(order.code, left, amount_fen, share) if borne is None else legs_borne(left, amount_fen, borne)
    post(
        session,
        key=f"refund:{refund.code}",
        kind="refund_asked" if borne is None else "claim_asked",
        reference=order.code,
        legs={**back, accounts.REFUNDS_IN_TRANSIT: -amount_fen},
        actor=actor,
        clock=clock,
    )
    outbox.post(session, REFUND_ASKED, {"refund": refund.code}, clock=clock)


def drive(edge: Edge, gateways: Mapping[str, PaymentGateway], refund_code: str, *, clock: Clock) -> None:
    """Ask the provider for a refund that is not settled, and keep what it says; may be called at any time, any often.

    One that the provider refuses has failed, like one that its bank sent back: a person must find another way.

    Raises:
        GatewayUnavailable: the outcome is unknown; the next call asks again with the same key.
    """
    with edge.reading() as session:
        todo = queries.refund_to_drive(session, refund_code)
    if todo is None:
        return
    gateway = wired(gateways, todo.gateway)
    key = f"refund:{todo.code}"
    try:
        said = gateway.refund(todo.payment_ref, todo.amount_fen, key=key)
    except InvalidState:  # for instance because the money went back there by hand; asked again, it says the same
        said = RefundSnapshot("", todo.amount_fen, RefundState.FAILED, key)
    edge.run(lambda session: _keep(session, todo, said, clock=clock))


def _keep(session: Session, todo: RefundToDrive, said: RefundSnapshot, *, clock: Clock) -> None:
    """Bring a refund and the books in line with what its provider says."""
    order = orders.lock(session, todo.order_code)
    payment = services.lock(session, todo.payment_code)
    refund, ended = services.apply_refund(session, todo.code, said, actor=DRIVER, clock=clock)
    if not ended:
        return
    is_done, is_claim = refund.state is RefundState.SUCCEEDED, refund.reason == CLAIM
    if is_done:
        purse = accounts.refunded_from(todo.gateway)
        done = {accounts.REFUNDS_IN_TRANSIT: refund.amount_fen, purse: -refund.amount_fen}
    else:
        done = _restored(session, order, refund)
    post(
        session,
        key=f"refunded:{refund.code}",
        kind="refunded" if is_done else f"{CLAIM if is_claim else 'refund'}_failed",
        reference=order.code,
        legs=done,
        actor=DRIVER,
        clock=clock,
    )
    if is_done and is_claim:
        desk.mark_paid(session, refund.key.rpartition(":")[2], actor=DRIVER, clock=clock)
    if is_done:
        values = {"code": order.code, "refund_fen": refund.amount_fen}
        tell_buyer(session, order, "order_refunded", values, clock=clock)
    else:
        services.review(session, payment, f"failed:{refund.code}")


def _restored(session: Session, order: Order, refund: Refund) -> Counter[str]:
    """Return the legs by which everybody has their share of a failed refund again.

    Money that had gone back at the provider meanwhile was booked as the town's loss as far as nothing was held; what
    is held again pays for that first.
    """
    shares = Counter({account: -fen for account, fen in legs(session, f"refund:{refund.code}")})
    held = accounts.held(order.code)
    loss = min(left_of(session, order).loss_fen, -shares[held])
    shares[held] += loss
    shares[accounts.LOSS] -= loss
    return shares


def drive_due(edge: Edge, gateways: Mapping[str, PaymentGateway], *, clock: Clock) -> None:
    """Drive every refund that is not at its end: what a crash or an outage left over."""
    with edge.reading() as session:
        codes = [refund.code for refund in queries.open_refunds(session, gateways)]
    for code in codes:
        try:
            drive(edge, gateways, code, clock=clock)
        except ShopError as refusal:  # one silent provider must not keep the others' money
            log.warning("left for the next round", extra={"refund": code, "error": type(refusal).__name__})
