"""Stripe's hosted Checkout in its test mode. Nothing else in the house imports the provider's kit.

A payment is one Checkout Session; `provider_ref` is its id. Our payment's code goes along as its
`client_reference_id` and in the metadata of everything made from it, so that whatever Stripe says can be traced back.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import stripe
from stripe.checkout import Session
from stripe.params import RefundCreateParams, RefundListParams
from stripe.params.checkout import SessionCreateParams, SessionListParams

from shop.kernel.errors import NotFound
from shop.payments.gateways.protocol import (
    BadSignature,
    GatewayEvent,
    GatewayUnavailable,
    Intent,
    InvalidState,
    RefundSnapshot,
    Snapshot,
    Started,
)
from shop.payments.models import PaymentState, RefundState

SIGNATURE = "Stripe-Signature"
MAX_AGE_S = 300
RETRIES = 1
PAGE = 100
"""The most objects that one listing gives."""
WITH_MONEY = "payment_intent.latest_charge.balance_transaction"
"""What a session is read with: its payment, the charge, and what Stripe kept of it."""

STORED = 500
"""The answer that Stripe keeps under a key though it is an error."""

REFUND_STATES: Mapping[str, RefundState] = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}


class StripeGateway:
    """A payment gateway to Stripe.

    Args:
        key: secret key of the account's test mode.
        webhook_secret: what events to our address are signed with.
        api: another address than Stripe's own, for a stand-in.
        timeout_s: seconds a buyer may be kept waiting for one answer.
    """

    code = "stripe"
    is_offline = False
    least_fen = 400
    """Half a US dollar or what that is worth, about 4 yuan (docs.stripe.com/currencies)."""

    def __init__(self, key: str, webhook_secret: str, *, api: str | None = None, timeout_s: int = 8) -> None:
        self._client = stripe.StripeClient(
            key,
            base_addresses={"api": api} if api else {},
            http_client=stripe.RequestsClient(timeout=timeout_s),
            max_network_retries=RETRIES,
        )
        self._webhook_secret = webhook_secret

    def start(self, intent: Intent, *, key: str) -> Started:
        """Open a Checkout Session; the same key finds the first one.

        It lives for Stripe's default of 24 hours, for Stripe allows no less than 30 minutes and the house holds goods
        for less: whoever ends an order ends its session by `void`.

        Raises:
            InvalidState: Stripe does not take such a payment, for instance one below its smallest amount.
            GatewayUnavailable: Stripe did not answer, or not usefully.
        """
        marks = {"payment": intent.payment_code}
        params: SessionCreateParams = {
            "mode": "payment",
            "client_reference_id": intent.payment_code,
            "metadata": marks,
            "payment_intent_data": {"metadata": marks, "description": intent.description},
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": intent.currency.lower(),
                        "unit_amount": intent.amount_fen,
                        "product_data": {"name": intent.description},
                    },
                }
            ],
            "locale": "zh",
            "success_url": intent.return_url,
            "cancel_url": intent.return_url,
        }
        with _asking():
            try:
                made = self._client.v1.checkout.sessions.create(params, {"idempotency_key": key})
            except (stripe.APIError, stripe.IdempotencyError):
                # Stripe repeats a 500 for as long as it knows the key, even if it had made the session; and it refuses
                # the key once the town's name or address, and with it the request, has changed.
                found = self._made_before(intent.payment_code)
                if found is None:
                    raise
                made = found
        # A session that is over has no address any more; ours then says how it ended.
        return Started(made.id, made.url or intent.return_url)

    def fetch(self, provider_ref: str) -> Snapshot:
        """Read a session with its payment and refunds, by its own id or by that of its payment."""
        return self._snapshot(self._session(self._session_ref(provider_ref)))

    def void(self, provider_ref: str, *, key: str) -> Snapshot:
        """Expire a session that is open; one that was paid meanwhile says so."""
        del key  # ending twice is the same end, and an error kept under a key would be repeated for a day
        with suppress(InvalidState), _asking():  # it is over already: the session itself says how
            self._client.v1.checkout.sessions.expire(provider_ref)
        return self.fetch(provider_ref)

    def refund(self, provider_ref: str, amount_fen: int, *, key: str) -> RefundSnapshot:
        """Give back part of what was paid; the same key finds the first refund, in its present state.

        Stripe itself repeats its first answer to a key, "pending" for instance, and forgets the key after a day; so
        the key is kept in the refund's metadata, and the payment's refunds are read before one is made.
        """
        session = self._session(provider_ref)
        paid = session.payment_intent
        if not isinstance(paid, stripe.PaymentIntent):
            raise InvalidState
        params: RefundCreateParams = {
            "payment_intent": paid.id,
            "amount": amount_fen,
            "metadata": {"payment": session.client_reference_id or "", "refund": key},
        }
        with _asking():
            known = self._refund_made_before(paid.id, key)
            if known is not None:
                return known
            try:
                return _refund_snapshot(self._client.v1.refunds.create(params, {"idempotency_key": key}))
            except stripe.APIError as error:
                if error.http_status != STORED:
                    raise
                # Carried out or not, this answer is now repeated for as long as Stripe knows the key.
                known = self._refund_made_before(paid.id, key)
                if known is not None:
                    return known
                return _refund_snapshot(self._client.v1.refunds.create(params, {"idempotency_key": f"{key}:2"}))

    def list_changes(self, since: datetime) -> Iterator[Snapshot]:
        """Yield every session opened since a moment, and every older one of which something was given back since."""
        created = int(since.timestamp())
        wanted: SessionListParams = {"created": {"gte": created}, "limit": PAGE, "expand": [f"data.{WITH_MONEY}"]}
        given: RefundListParams = {"created": {"gte": created}, "limit": PAGE}
        listed = set()
        with _asking():
            for session in self._client.v1.checkout.sessions.list(wanted).auto_paging_iter():
                listed.add(_ref(session.payment_intent))
                yield self._snapshot(session)
            refunds = list(self._client.v1.refunds.list(given).auto_paging_iter())
        for paid in dict.fromkeys(_ref(refund.payment_intent) for refund in refunds):
            if paid and paid not in listed:
                with suppress(NotFound):  # paid without any session: its own event stands in the queue
                    yield self.fetch(paid)

    def parse_event(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> GatewayEvent:
        """Verify and read an event; nothing is asked of Stripe, so that it can be kept whatever happens.

        Raises:
            BadSignature: it is not Stripe's, too old, or of the live mode.
        """
        header = headers.get(SIGNATURE, "")
        try:
            # Without a tolerance, for the kit would take the machine's clock and look into the past only.
            event = self._client.construct_event(body, header, self._webhook_secret, tolerance=0)
        except (stripe.SignatureVerificationError, TypeError, ValueError) as error:  # TypeError: not in ASCII
            raise BadSignature from error
        if abs(int(now.timestamp()) - _signed_at(header)) > MAX_AGE_S or event.livemode:
            raise BadSignature
        about = _about(event.to_dict()["data"]["object"])
        return GatewayEvent(event.id, event.type, about, event.type.startswith("charge.dispute."))

    def _session_ref(self, ref: str) -> str:
        """Return the id of the session by which a payment was made; a session's own is returned as it is."""
        if not ref.startswith("pi_"):
            return ref
        with _asking():
            found = self._client.v1.checkout.sessions.list({"payment_intent": ref, "limit": 1})
        if not found.data:
            raise NotFound("payment")
        return found.data[0].id

    def _session(self, ref: str) -> Session:
        if not ref.startswith("cs_"):
            raise NotFound("payment")
        with _asking():
            return self._client.v1.checkout.sessions.retrieve(ref, {"expand": [WITH_MONEY]})

    def _refunds(self, paid: str) -> Iterator[RefundSnapshot]:
        with _asking():
            listed = self._client.v1.refunds.list({"payment_intent": paid, "limit": PAGE})
            yield from map(_refund_snapshot, listed.auto_paging_iter())

    def _refund_made_before(self, paid: str, key: str) -> RefundSnapshot | None:
        return next((refund for refund in self._refunds(paid) if refund.key == key), None)

    def _snapshot(self, session: Session) -> Snapshot:
        paid = session.payment_intent if isinstance(session.payment_intent, stripe.PaymentIntent) else None
        charge = paid.latest_charge if paid is not None else None
        refunds = tuple(self._refunds(paid.id)) if paid is not None and paid.amount_received else ()
        currency = session.currency if paid is None else paid.currency
        refs = (session.id, _ref(paid), _ref(charge), *(refund.provider_ref for refund in refunds))
        return Snapshot(
            provider_ref=session.id,
            payment_code=session.client_reference_id or "",
            state=_state(session, paid),
            currency=(currency or "").upper(),
            captured_fen=0 if paid is None else paid.amount_received,
            refunded_fen=charge.amount_refunded if isinstance(charge, stripe.Charge) else 0,
            fee_fen=_fee(charge) if isinstance(charge, stripe.Charge) else None,
            refunds=refunds,
            refs=tuple(ref for ref in refs if ref),
        )

    def _made_before(self, payment_code: str) -> Session | None:
        newest = self._client.v1.checkout.sessions.list({"limit": PAGE})
        return next((session for session in newest.data if session.client_reference_id == payment_code), None)


@contextmanager
def _asking() -> Iterator[None]:
    """Say in the house's words what Stripe refused, and that there was no answer."""
    try:
        yield
    except stripe.InvalidRequestError as error:
        raise NotFound("payment") if error.code == "resource_missing" else InvalidState from error
    except stripe.StripeError as error:
        raise GatewayUnavailable from error


def _signed_at(header: str) -> int:
    """Return the second at which a verified header was signed."""
    return int(next(part.split("=", 2)[1] for part in header.split(",") if part.startswith("t=")))


def _about(thing: Mapping[str, Any]) -> str:
    """Return by which id an event's object can be traced to its payment; nothing when it is about no payment."""
    if thing["object"] in ("checkout.session", "payment_intent"):
        return str(thing["id"])
    charge = thing["id"] if thing["object"] == "charge" else thing.get("charge")
    return str(thing.get("payment_intent") or charge or "")


def _ref(thing: str | stripe.PaymentIntent | stripe.Charge | None) -> str:
    """Return the id of what Stripe shows either by its id or in full."""
    if thing is None or isinstance(thing, str):
        return thing or ""
    return thing.id


def _fee(charge: stripe.Charge) -> int | None:
    """Return what Stripe kept; None until it says so, and when it settles in another money than it was paid in."""
    moved = charge.balance_transaction
    if not isinstance(moved, stripe.BalanceTransaction) or moved.currency != charge.currency:
        return None
    return moved.fee


def _state(session: Session, paid: stripe.PaymentIntent | None) -> PaymentState:
    if paid is not None and paid.amount_received > 0:
        return PaymentState.CAPTURED
    if session.status == "expired":
        return PaymentState.VOIDED
    if session.status == "complete" and paid is not None and paid.status in ("requires_payment_method", "canceled"):
        return PaymentState.VOIDED  # a slow payment failed after all, and a complete session takes no other
    return PaymentState.PENDING


def _refund_snapshot(refund: stripe.Refund) -> RefundSnapshot:
    marks = {} if refund.metadata is None else refund.metadata.to_dict()
    return RefundSnapshot(refund.id, refund.amount, REFUND_STATES[refund.status or "pending"], marks.get("refund", ""))
