"""Once a day: our payments beside every provider's book, both ways; what can be mended is, the rest is a person's."""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from shop.flows import refunds, settle
from shop.kernel.actor import system
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.kernel.errors import NotFound, ShopError
from shop.ledger import rules as accounts
from shop.ledger.queries import posted_on
from shop.payments import queries, reconciling
from shop.payments.gateways.protocol import GatewayUnavailable, OnlineGateway, PaymentGateway, Snapshot
from shop.payments.models import DifferenceKind, PaymentState, RefundState
from shop.payments.queries import PaymentFacts
from shop.payments.reconciling import Found

log = logging.getLogger(__name__)

RECONCILER = system("job:reconcile")
WINDOW = timedelta(days=3)
"""A payment is begun, paid and settled well within it, so that with a run a day each is looked at three times."""


def reconcile_all(edge: Edge, gateways: Mapping[str, PaymentGateway], *, clock: Clock) -> None:
    """Compare with every provider that has a book of its own."""
    for gateway in gateways.values():
        if isinstance(gateway, OnlineGateway):
            try:
                reconcile(edge, gateway, clock=clock)
            except ShopError as refusal:  # one silent provider must not keep the others from being compared
                log.warning("comparison broke off", extra={"gateway": gateway.code, "error": type(refusal).__name__})


def reconcile(edge: Edge, gateway: OnlineGateway, *, clock: Clock) -> None:
    """Compare our payments of the last days with a provider's, both ways, and write down what differs.

    What stood from earlier runs is looked at again, however old, and settles itself when it is gone.

    Raises:
        GatewayUnavailable: the provider fell silent; the run stays without an end, and what stood stands.
    """
    since = clock() - WINDOW
    run = edge.run(lambda session: reconciling.begin_run(session, gateway.code, since, clock=clock))
    found: list[Found] = []
    looked_at: set[str] = set()
    for said in gateway.list_changes(since):
        looked_at.add(said.provider_ref)
        found += _compared(edge, gateway, said, clock=clock)
    for ref in _not_listed(edge, gateway.code, since, looked_at):
        looked_at.add(ref)
        found += _looked_up(edge, gateway, ref, clock=clock)
    edge.run(lambda session: reconciling.end_run(session, run, found, len(looked_at), actor=RECONCILER, clock=clock))
    left = sum(not one.is_mended for one in found)
    if left:
        log.warning("books differ", extra={"gateway": gateway.code, "count": left})


def _not_listed(edge: Edge, gateway: str, since: datetime, looked_at: set[str]) -> list[str]:
    """Return the provider's names for what we count as paid, or saw differ before, and it did not list."""
    with edge.reading() as session:
        ours = queries.captured_since(session, gateway, since)
        standing = [one.ref for one in reconciling.open_differences(session, gateway)]
    return [ref for ref in dict.fromkeys((*ours, *standing)) if ref not in looked_at]


def _looked_up(edge: Edge, gateway: OnlineGateway, ref: str, *, clock: Clock) -> list[Found]:
    try:
        said = gateway.fetch(ref)
    except NotFound:
        with edge.reading() as session:
            ours = queries.payment_at_provider(session, gateway.code, ref)
        if ours is None:
            return []
        return [Found(DifferenceKind.NOT_CAPTURED, ref, ours.code, _counted(ours), 0)]
    return _compared(edge, gateway, said, clock=clock)


def _compared(edge: Edge, gateway: OnlineGateway, said: Snapshot, *, clock: Clock) -> list[Found]:
    """Compare one payment before and after ours was brought in line with what the provider says."""
    with edge.reading() as session:
        before = list(_differences(session, gateway.code, said))
    if not before:
        return []
    try:
        settle.take_in(edge, gateway.code, said, clock=clock)
    except NotFound:  # nobody knows it
        return before
    _drive_refunds(edge, gateway, said.payment_code, clock=clock)
    said = gateway.fetch(said.provider_ref)  # what was listed may be older than what we did meanwhile
    with edge.reading() as session:
        after = list(_differences(session, gateway.code, said))
    left = {one.kind for one in after}
    mended = [
        Found(one.kind, one.ref, one.payment_code, one.ours_fen, one.theirs_fen, is_mended=True)
        for one in before
        if one.kind not in left
    ]
    return mended + after


def _drive_refunds(edge: Edge, gateway: OnlineGateway, payment_code: str, *, clock: Clock) -> None:
    with edge.reading() as session:
        ours = queries.payment_by_code(session, payment_code)
    for refund in ours.refunds:
        if refund.state in (RefundState.CREATED, RefundState.PENDING):
            try:
                refunds.drive(edge, {gateway.code: gateway}, refund.code, clock=clock)
            except GatewayUnavailable:
                raise
            except ShopError as refusal:
                log.warning("refund refused", extra={"refund": refund.code, "error": type(refusal).__name__})


def _differences(session: Session, gateway: str, said: Snapshot) -> Iterator[Found]:
    ours = _ours(session, gateway, said)
    if ours is None:
        kept = said.captured_fen - said.given_back_fen
        if kept:
            yield Found(DifferenceKind.UNKNOWN_MONEY, said.provider_ref, None, 0, kept)
        return
    counted, back = _counted(ours), _given_back(ours)
    pairs = [(DifferenceKind.AMOUNT, counted, said.captured_fen), (DifferenceKind.REFUNDED, back, said.given_back_fen)]
    if counted and not said.captured_fen:
        pairs[0] = (DifferenceKind.NOT_CAPTURED, counted, 0)
    differ = [Found(kind, said.provider_ref, ours.code, here, there) for kind, here, there in pairs if here != there]
    if not differ:
        booked = posted_on(session, accounts.psp(gateway), _keys(ours))
        there = said.captured_fen - said.given_back_fen - (said.fee_fen or 0)
        if booked != there:
            differ = [Found(DifferenceKind.LEDGER, said.provider_ref, ours.code, booked, there)]
    yield from differ


def _ours(session: Session, gateway: str, said: Snapshot) -> PaymentFacts | None:
    """Return our payment, unless another of the provider's is it already."""
    try:
        ours = queries.payment_by_code(session, said.payment_code)
    except NotFound:
        return None
    is_other = ours.state is PaymentState.CAPTURED and ours.provider_ref != said.provider_ref
    return None if is_other or ours.gateway != gateway else ours


def _counted(ours: PaymentFacts) -> int:
    return ours.captured_fen if ours.state is PaymentState.CAPTURED else 0


def _given_back(ours: PaymentFacts) -> int:
    return sum(refund.amount_fen for refund in ours.refunds if refund.state is RefundState.SUCCEEDED)


def _keys(ours: PaymentFacts) -> list[str]:
    """Return the keys of every entry by which a payment moves what its provider keeps for us."""
    return [f"capture:{ours.code}", f"fee:{ours.code}", *(f"refunded:{refund.code}" for refund in ours.refunds)]
