"""Cash, taken at the counter or at the door. The house is its own provider here and keeps the provider's book itself.

The book says what people noted: so much was taken, so much was handed back. It sends no events; the act that notes
something applies it at once, and the sweep finds what was noted and not applied.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.kernel.codes import new_token
from shop.kernel.edge import Edge
from shop.kernel.errors import NotFound
from shop.payments.gateways.protocol import (
    BadSignature,
    GatewayEvent,
    Intent,
    InvalidState,
    RefundSnapshot,
    Snapshot,
    Started,
)
from shop.payments.models import CashCharge, CashRefund, Payment, PaymentState, RefundState


class CashGateway:
    """A payment gateway whose provider is the counter.

    Args:
        edge: runs its acts, again when the database asks for it: two people may note the same thing at once.
    """

    code = "cash"
    is_offline = True
    least_fen = 1

    def __init__(self, edge: Edge) -> None:
        self._run = edge.run

    def start(self, intent: Intent, *, key: str) -> Started:
        """Write down that an amount is to be taken; the same key finds the first one."""

        def act(session: Session) -> str:
            charge = session.scalars(select(CashCharge).where(CashCharge.key == key)).one_or_none()
            if charge is None:
                ref = f"cash_{new_token()}"[:40]
                charge = CashCharge(ref=ref, key=key, payment_code=intent.payment_code, amount_fen=intent.amount_fen)
                session.add(charge)
                session.flush()
            return charge.ref

        # Nobody is sent anywhere: our own page says what to bring, and where.
        return Started(self._run(act), f"/pay/{intent.payment_code}")

    def fetch(self, provider_ref: str) -> Snapshot:
        """Read what was noted."""
        return self._run(lambda session: _snapshot(session, _charge(session, provider_ref)))

    def void(self, provider_ref: str, *, key: str) -> Snapshot:
        """End what nobody has paid; what was taken meanwhile says so."""
        del key  # ending twice is the same end

        def act(session: Session) -> Snapshot:
            charge = _charge(session, provider_ref)
            if not charge.taken_fen:
                charge.is_void = True
            session.flush()
            return _snapshot(session, charge)

        return self._run(act)

    def refund(self, provider_ref: str, amount_fen: int, *, key: str) -> RefundSnapshot:
        """Write down that an amount is to be handed back; pending until that was noted. The same key is the same."""

        def act(session: Session) -> RefundSnapshot:
            charge = _charge(session, provider_ref)
            kept = session.scalars(select(CashRefund).where(CashRefund.key == key)).one_or_none()
            if kept is None:
                if not 0 < amount_fen <= charge.taken_fen - sum(each.amount_fen for each in _refunds(session, charge)):
                    raise InvalidState
                ref = f"cash_re_{new_token()}"[:40]
                kept = CashRefund(ref=ref, key=key, charge_ref=charge.ref, amount_fen=amount_fen)
                session.add(kept)
                session.flush()
            return _refund_snapshot(kept)

        return self._run(act)

    def parse_event(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> GatewayEvent:
        """Refuse whatever it is: nobody sends events about cash."""
        del body, headers, now
        raise BadSignature

    # What people at the counter and at the door note.

    def take(self, provider_ref: str, amount_fen: int, *, by: str, now: datetime) -> Snapshot:
        """Note that cash was taken; noted again, it was taken once.

        Args:
            amount_fen: what the payment comes to now; goods that will not come may have lowered it since its start.
            by: who took it.

        Raises:
            NotFound: there is no such charge.
            InvalidState: it is another amount, or the payment was ended.
        """

        def act(session: Session) -> Snapshot:
            known = session.get(CashCharge, provider_ref)
            if known is None:
                raise NotFound("charge")
            # The payment first, as whoever lowers it does: the amount stands still until this is noted.
            due = session.scalar(
                select(Payment.amount_fen).where(Payment.code == known.payment_code).with_for_update(of=Payment)
            )
            charge = _charge(session, provider_ref)
            if charge.taken_fen:
                due = charge.taken_fen
            if charge.is_void or amount_fen != due:
                raise InvalidState
            if not charge.taken_fen:
                charge.taken_fen, charge.taken_at, charge.taken_by = amount_fen, now, by
                session.flush()
            return _snapshot(session, charge)

        return self._run(act)

    def hand_back(self, refund_ref: str, *, by: str, now: datetime) -> RefundSnapshot:
        """Note that cash was handed back; noted again, it was handed back once, by the first.

        Args:
            by: who handed it back.

        Raises:
            NotFound: there is no such refund.
        """

        def act(session: Session) -> RefundSnapshot:
            refund = session.get(CashRefund, refund_ref, with_for_update=True, populate_existing=True)
            if refund is None:
                raise NotFound("refund")
            if refund.handed_at is None:
                refund.handed_at, refund.handed_by = now, by
                session.flush()
            return _refund_snapshot(refund)

        return self._run(act)


def _charge(session: Session, provider_ref: str) -> CashCharge:
    charge = session.get(CashCharge, provider_ref, with_for_update=True, populate_existing=True)
    if charge is None:
        raise NotFound("charge")
    return charge


def _refunds(session: Session, charge: CashCharge) -> list[CashRefund]:
    wanted = select(CashRefund).where(CashRefund.charge_ref == charge.ref).order_by(CashRefund.ref)
    return list(session.scalars(wanted))


def _snapshot(session: Session, charge: CashCharge) -> Snapshot:
    refunds = _refunds(session, charge)
    state = PaymentState.VOIDED if charge.is_void else PaymentState.PENDING
    return Snapshot(
        provider_ref=charge.ref,
        payment_code=charge.payment_code,
        state=PaymentState.CAPTURED if charge.taken_fen else state,
        currency="CNY",
        captured_fen=charge.taken_fen,
        refunded_fen=sum(refund.amount_fen for refund in refunds if refund.handed_at is not None),
        refunds=tuple(_refund_snapshot(refund) for refund in refunds),
        refs=(charge.ref, *(refund.ref for refund in refunds)),
    )


def _refund_snapshot(refund: CashRefund) -> RefundSnapshot:
    state = RefundState.PENDING if refund.handed_at is None else RefundState.SUCCEEDED
    return RefundSnapshot(refund.ref, refund.amount_fen, state, refund.key)
