"""What one account at the stand-in for Stripe holds: sessions, payments, refunds; and a buyer to play."""

import json
import threading
from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import stripe

from tests.support.stripe_rules import (
    CREATE_REFUND,
    CREATE_SESSION,
    EXPAND,
    LIST_REFUNDS,
    LIST_SESSIONS,
    LOCALES,
    LONGEST_S,
    SHORTEST_S,
    Form,
    Refused,
)

Thing = dict[str, Any]


class StripeAccount:
    """One account in the test mode.

    Attributes:
        refund_status: what a new refund is at first.
        fee_fen: what Stripe keeps of a charge; None while it has not said.
        lock: held while anything is read or changed.
    """

    webhook_secret = "whsec_stand_in"

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.sessions: dict[str, Thing] = {}
        self.intents: dict[str, Thing] = {}
        self.charges: dict[str, Thing] = {}
        self.refunds: dict[str, Thing] = {}
        self.disputes: dict[str, Thing] = {}
        self.refund_status = "succeeded"
        self.fee_fen: int | None = 190
        self.lock = threading.RLock()
        self._clock = clock
        self._numbers = count(1)

    def do(self, method: str, target: str, body: str) -> Thing:
        """Carry out one request and return what it is answered.

        Raises:
            Refused: by a rule of the table.
        """
        path, query = urlsplit(target).path, urlsplit(target).query
        match method, path.removeprefix("/v1/").split("/"):
            case "POST", ["checkout", "sessions"]:
                return self._create_session(Form.read(body, CREATE_SESSION))
            case "GET", ["checkout", "sessions"]:
                return self._list(self.sessions, Form.read(query, LIST_SESSIONS))
            case "GET", ["checkout", "sessions", ref]:
                return self._show(self._find(self.sessions, ref), Form.read(query, (EXPAND,)).expand())
            case "POST", ["checkout", "sessions", ref, "expire"]:
                return self._expire(self._find(self.sessions, ref), Form.read(body, (EXPAND,)))
            case "POST", ["refunds"]:
                return self._refund(Form.read(body, CREATE_REFUND))
            case "GET", ["refunds"]:
                return self._list(self.refunds, Form.read(query, LIST_REFUNDS))
        raise Refused("unknown address", path)

    # The endpoints

    def _create_session(self, form: Form) -> Thing:
        form.need("mode")
        form.one_of("mode", frozenset({"payment"}), "payment")
        amount, currency = form.price()
        now = self._now()
        lasts = form.whole("expires_at") - now if "expires_at" in form else LONGEST_S
        if not SHORTEST_S <= lasts <= LONGEST_S:
            raise Refused("session too short or long", "expires_at")
        ref = self._id("cs_test")
        self.sessions[ref] = {
            "id": ref,
            "object": "checkout.session",
            "amount_total": amount,
            "cancel_url": form.address("cancel_url") if "cancel_url" in form else None,
            "client_reference_id": form.short("client_reference_id", 200),
            "created": now,
            "currency": currency,
            "expires_at": now + lasts,
            "livemode": False,
            "locale": form.one_of("locale", LOCALES, "auto"),
            "metadata": form.metadata(),
            "mode": "payment",
            "payment_intent": None,
            "payment_status": "unpaid",
            "status": "open",
            "success_url": form.address("success_url"),
            "url": f"https://checkout.stripe.com/c/pay/{ref}",
            "_intent_metadata": form.metadata("payment_intent_data[metadata]"),
        }
        return self._show(self.sessions[ref], form.expand())

    def _expire(self, session: Thing, form: Form) -> Thing:
        if session["status"] != "open":
            raise Refused("not open")
        session["status"], session["url"] = "expired", None
        return self._show(session, form.expand())

    def _refund(self, form: Form) -> Thing:
        intent = self._find(self.intents, form.need("payment_intent"))
        amount = form.whole("amount", 1)
        if intent["status"] != "succeeded":
            raise Refused("nothing to refund", "payment_intent")
        charge = self.charges[intent["latest_charge"]]
        left = charge["amount_captured"] - charge["amount_refunded"]
        if left == 0:
            raise Refused("refunded already", "payment_intent")
        if amount > left:
            raise Refused("more than is left", "amount")
        charge["amount_refunded"] += amount
        ref = self._id("re")
        self.refunds[ref] = {
            "id": ref,
            "object": "refund",
            "amount": amount,
            "charge": charge["id"],
            "created": self._now(),
            "currency": intent["currency"],
            "metadata": form.metadata(),
            "payment_intent": intent["id"],
            "status": self.refund_status,
        }
        return self.refunds[ref]

    def _list(self, things: dict[str, Thing], form: Form) -> Thing:
        if "payment_intent" in form:
            self._find(self.intents, form["payment_intent"])
        oldest = form.whole("created[gte]") if "created[gte]" in form else 0
        newest = [self._fresh(thing) for thing in reversed(things.values()) if thing["created"] >= oldest]
        if "payment_intent" in form:
            newest = [thing for thing in newest if thing["payment_intent"] == form["payment_intent"]]
        if "starting_after" in form:
            ids = [thing["id"] for thing in newest]
            if form["starting_after"] not in ids:
                raise Refused("no such object", "starting_after")
            newest = newest[ids.index(form["starting_after"]) + 1 :]
        page = newest[: form.limit()]
        path = "/v1/refunds" if things is self.refunds else "/v1/checkout/sessions"
        shown = [self._show(thing, form.expand("data.")) for thing in page]
        return {"object": "list", "data": shown, "has_more": len(page) < len(newest), "url": path}

    def _find(self, things: dict[str, Thing], ref: str) -> Thing:
        if ref not in things:
            raise Refused("no such object", "id")
        return self._fresh(things[ref])

    def _fresh(self, thing: Thing) -> Thing:
        if thing.get("status") == "open" and self._now() >= thing["expires_at"]:
            thing["status"], thing["url"] = "expired", None
        return thing

    def _show(self, thing: Thing, expand: frozenset[str]) -> Thing:
        shown = {name: value for name, value in thing.items() if not name.startswith("_")}
        if expand and shown["payment_intent"] is not None:
            intent = dict(self.intents[shown["payment_intent"]])
            deep = [name for name in expand if name.startswith("payment_intent.latest_charge")]
            if deep and intent["latest_charge"] is not None:
                is_deepest = any(name.endswith("balance_transaction") for name in deep)
                intent["latest_charge"] = self._charge(intent["latest_charge"], with_fee=is_deepest)
            shown["payment_intent"] = intent
        return shown

    def _charge(self, ref: str, *, with_fee: bool) -> Thing:
        charge, moved = dict(self.charges[ref]), None
        if self.fee_fen is not None:
            moved = f"txn_{ref}"
        if with_fee and moved is not None:
            charge["balance_transaction"] = {
                "id": moved,
                "object": "balance_transaction",
                "amount": charge["amount_captured"],
                "currency": charge["currency"],
                "fee": self.fee_fen,
                "net": charge["amount_captured"] - (self.fee_fen or 0),
                "type": "charge",
            }
        else:
            charge["balance_transaction"] = moved
        return charge

    # What the buyer and their bank do

    def pay(self, ref: str, *, slowly: bool = False) -> None:
        """Pay a session; slowly is a wallet or bank that says only later whether the money comes.

        Raises:
            Refused: the session is over.
        """
        with self.lock:
            session = self._open(ref)
            intent = self._intent(session, "processing")
            session["status"], session["url"] = "complete", None
            if not slowly:
                self._money(session, intent)

    def arrive(self, ref: str) -> None:
        """Let the money of a slow payment arrive."""
        with self.lock:
            session = self.sessions[ref]
            self._money(session, self.intents[session["payment_intent"]])

    def fall_through(self, ref: str) -> None:
        """Let a slow payment fail after all."""
        with self.lock:
            self.intents[self.sessions[ref]["payment_intent"]]["status"] = "requires_payment_method"

    def decline(self, ref: str) -> None:
        """Try to pay a session with a card that is declined; the session stays open."""
        with self.lock:
            self._intent(self._open(ref), "requires_payment_method")

    def end_refund(self, ref: str, status: str) -> None:
        """Let a pending refund end; what failed or was canceled is back in the balance."""
        with self.lock:
            refund = self.refunds[ref]
            refund["status"] = status
            if status != "succeeded":
                self.charges[refund["charge"]]["amount_refunded"] -= refund["amount"]

    def refund_by_hand(self, charge_ref: str, amount_fen: int) -> str:
        """Give an amount back as somebody does at Stripe's own pages, and return the refund's id."""
        with self.lock:
            intent = self.charges[charge_ref]["payment_intent"]
            return str(self._refund(Form({"payment_intent": intent, "amount": str(amount_fen)}))["id"])

    def dispute(self, charge_ref: str) -> str:
        """Let the buyer's bank ask for the money of a charge, and return the dispute's id."""
        with self.lock:
            charge, ref = self.charges[charge_ref], self._id("dp")
            self.disputes[ref] = {
                "id": ref,
                "object": "dispute",
                "amount": charge["amount"],
                "charge": charge_ref,
                "currency": charge["currency"],
                "metadata": {},
                "payment_intent": charge["payment_intent"],
                "reason": "product_not_received",
                "status": "needs_response",
            }
            return ref

    def held_fen(self) -> int:
        """Return what is in the balance: what came, less what went back and what was kept."""
        with self.lock:
            fees = (self.fee_fen or 0) * len(self.charges)
            return sum(int(one["amount_captured"] - one["amount_refunded"]) for one in self.charges.values()) - fees

    def event(
        self, kind: str, ref: str, *, livemode: bool = False, secret: str | None = None
    ) -> tuple[bytes, dict[str, str]]:
        """Return the raw body and the headers of an event about an object, signed now as Stripe signs."""
        with self.lock:
            books = (self.sessions, self.intents, self.charges, self.refunds, self.disputes)
            thing = next(book[ref] for book in books if ref in book)
            said = {
                "id": self._id("evt"),
                "object": "event",
                "api_version": stripe.api_version,
                "created": self._now(),
                "data": {"object": {name: value for name, value in thing.items() if not name.startswith("_")}},
                "livemode": livemode,
                "pending_webhooks": 1,
                "request": {"id": None, "idempotency_key": None},
                "type": kind,
            }
        body = json.dumps(said)
        sign = stripe.WebhookSignature.generate_signature_header
        return body.encode(), {"Stripe-Signature": sign(body, secret or self.webhook_secret, self._now())}

    def _open(self, ref: str) -> Thing:
        session = self._find(self.sessions, ref)
        if session["status"] != "open":
            raise Refused("not open")
        return session

    def _intent(self, session: Thing, status: str) -> Thing:
        if session["payment_intent"] is None:
            session["payment_intent"] = ref = self._id("pi")
            self.intents[ref] = {
                "id": ref,
                "object": "payment_intent",
                "amount": session["amount_total"],
                "amount_received": 0,
                "currency": session["currency"],
                "latest_charge": None,
                "livemode": False,
                "metadata": session["_intent_metadata"],
            }
        intent = self.intents[session["payment_intent"]]
        intent["status"] = status
        return intent

    def _money(self, session: Thing, intent: Thing) -> None:
        ref = self._id("ch")
        self.charges[ref] = {
            "id": ref,
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": intent["amount"],
            "amount_refunded": 0,
            "captured": True,
            "currency": intent["currency"],
            "metadata": dict(intent["metadata"]),
            "paid": True,
            "payment_intent": intent["id"],
            "status": "succeeded",
        }
        intent.update(status="succeeded", amount_received=intent["amount"], latest_charge=ref)
        session["payment_status"] = "paid"

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers):014d}"

    def _now(self) -> int:
        return int(self._clock().timestamp())
