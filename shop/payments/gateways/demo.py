"""The demo gateway: a pretend provider with a book of its own, so that a whole town can be tried without money.

It is never built in production (`shop.app.wiring`). What it does to a payment is decided on its own page by the person
who plays the buyer; the house hears of it as of any provider, by a signed event and by asking.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.kernel.codes import new_token
from shop.kernel.db import direct
from shop.kernel.edge import Transaction
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
from shop.payments.models import DemoCharge, DemoRefund, PaymentState, RefundState

SIGNATURE = "X-Demo-Signature"
MAX_AGE = timedelta(minutes=5)


class ChargeState(StrEnum):
    """What that provider calls the states of a charge."""

    OPEN = "open"
    DECLINED = "declined"
    PAID = "paid"
    VOID = "void"


OURS: Mapping[str, PaymentState] = {
    ChargeState.OPEN: PaymentState.PENDING,
    ChargeState.DECLINED: PaymentState.PENDING,
    ChargeState.PAID: PaymentState.CAPTURED,
    ChargeState.VOID: PaymentState.VOIDED,
}


CHARGED = select(DemoCharge.ref).where(DemoCharge.key == bindparam("key"))
NEW_CHARGE = insert(DemoCharge)


class DemoGateway:
    """A payment gateway for the demo town.

    Args:
        transaction: opens transactions on the provider's own tables.
        secret: signs the events.
    """

    code = "demo"
    is_offline = False
    least_fen = 1

    def __init__(self, transaction: Transaction, secret: str) -> None:
        self._transaction = transaction
        self._secret = hmac.new(secret.encode(), b"demo gateway", hashlib.sha256).digest()

    def start(self, intent: Intent, *, key: str) -> Started:
        """Open a charge; the same key finds the first one."""
        try:
            return self._opened(intent, key)
        except IntegrityError:  # asked twice at once, and the other was quicker: its charge is found now
            return self._opened(intent, key)

    def _opened(self, intent: Intent, key: str) -> Started:
        with self._transaction() as session:
            ref = direct(session, CHARGED, {"key": key}).scalar_one_or_none()
            if ref is None:
                ref = f"demo_{new_token()}"
                row = {
                    "ref": ref,
                    "key": key,
                    "payment_code": intent.payment_code,
                    "amount_fen": intent.amount_fen,
                    "state": ChargeState.OPEN,
                    "return_url": urlsplit(intent.return_url).path,
                    "description": intent.description,
                }
                direct(session, NEW_CHARGE, row)
            # Only a path: its page is one of the shop's own, under whatever address the buyer's browser found it.
            return Started(ref, f"/pay/demo/{ref}")

    def fetch(self, provider_ref: str) -> Snapshot:
        """Read a charge."""
        with self._transaction() as session:
            return self._snapshot(session, _charge(session, provider_ref))

    def void(self, provider_ref: str, *, key: str) -> Snapshot:
        """End a charge that is not paid."""
        del key  # ending twice is the same end
        with self._transaction() as session:
            charge = _charge(session, provider_ref)
            if charge.state != ChargeState.PAID:
                charge.state = ChargeState.VOID
            session.flush()
            return self._snapshot(session, charge)

    def refund(self, provider_ref: str, amount_fen: int, *, key: str) -> RefundSnapshot:
        """Give back part of a paid charge; the same key finds the first refund."""
        with self._transaction() as session:
            charge = _charge(session, provider_ref)
            kept = session.scalars(select(DemoRefund).where(DemoRefund.key == key)).one_or_none()
            if kept is None:
                if charge.state != ChargeState.PAID or amount_fen > charge.amount_fen - _refunded(session, charge.ref):
                    raise InvalidState
                kept = DemoRefund(
                    ref=f"demo_re_{new_token()}"[:40], key=key, charge_ref=charge.ref, amount_fen=amount_fen
                )
                session.add(kept)
                session.flush()
            return _refund_snapshot(kept)

    def list_changes(self, since: datetime) -> Iterator[Snapshot]:
        """Yield every charge: this provider's book is small, and keeps no times."""
        del since
        with self._transaction() as session:
            refs = list(session.scalars(select(DemoCharge.ref).order_by(DemoCharge.ref)))
        return map(self.fetch, refs)

    def parse_event(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> GatewayEvent:
        """Verify and read an event."""
        stamp, _, signature = headers.get(SIGNATURE, "").partition(".")
        if not hmac.compare_digest(self._sign(stamp, body).encode(), signature.encode()):  # as text: ASCII only
            raise BadSignature
        if abs(now - datetime.fromtimestamp(int(stamp), now.tzinfo)) > MAX_AGE:
            raise BadSignature
        said = json.loads(body)
        return GatewayEvent(said["id"], said["kind"], said["charge"])

    def _sign(self, stamp: str, body: bytes) -> str:
        return hmac.new(self._secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()

    def _snapshot(self, session: Session, charge: DemoCharge) -> Snapshot:
        given = select(DemoRefund).where(DemoRefund.charge_ref == charge.ref).order_by(DemoRefund.ref)
        refunds = tuple(map(_refund_snapshot, session.scalars(given)))
        return Snapshot(
            provider_ref=charge.ref,
            payment_code=charge.payment_code,
            state=OURS[charge.state],
            currency="CNY",
            captured_fen=charge.amount_fen if charge.state == ChargeState.PAID else 0,
            refunded_fen=sum(refund.amount_fen for refund in refunds),
            refunds=refunds,
            refs=(charge.ref, *(refund.provider_ref for refund in refunds)),
        )

    # What the person at the provider's page does.

    def look(self, provider_ref: str) -> tuple[int, str, str, str]:
        """Return a charge as the provider's page shows it: amount in fen, description, state, return address.

        Raises:
            NotFound: there is no such charge.
        """
        with self._transaction() as session:
            charge = _charge(session, provider_ref)
            return charge.amount_fen, charge.description, charge.state, charge.return_url

    def decide(
        self, provider_ref: str, *, pays: bool, late: bool = False, now: datetime
    ) -> tuple[bytes, dict[str, str]]:
        """Let the person pay or have their card declined, and return the signed event the provider then sends.

        Args:
            pays: false is a declined card; the charge stays open for another try.
            late: the money was on its way when the charge was ended, and arrives all the same.

        Raises:
            InvalidState: the charge was ended.
        """
        with self._transaction() as session:
            charge = _charge(session, provider_ref)
            if charge.state == ChargeState.VOID and not late:
                raise InvalidState
            if charge.state != ChargeState.PAID:
                charge.state = ChargeState.PAID if pays else ChargeState.DECLINED
            kind = f"charge.{charge.state}"
        return self.event(provider_ref, kind, now=now)

    def event(self, provider_ref: str, kind: str, *, now: datetime) -> tuple[bytes, dict[str, str]]:
        """Return an event's raw body and headers, signed as the provider signs them."""
        body = json.dumps({"id": f"evt_{new_token()}", "kind": kind, "charge": provider_ref}).encode()
        stamp = str(int(now.timestamp()))
        return body, {SIGNATURE: f"{stamp}.{self._sign(stamp, body)}"}


def _charge(session: Session, provider_ref: str) -> DemoCharge:
    charge = session.get(DemoCharge, provider_ref, with_for_update=True)
    if charge is None:
        raise NotFound("charge")
    return charge


def _refund_snapshot(refund: DemoRefund) -> RefundSnapshot:
    return RefundSnapshot(refund.ref, refund.amount_fen, RefundState.SUCCEEDED, refund.key)


def _refunded(session: Session, charge_ref: str) -> int:
    total = select(func.coalesce(func.sum(DemoRefund.amount_fen), 0)).where(DemoRefund.charge_ref == charge_ref)
    return int(session.scalar(total) or 0)
