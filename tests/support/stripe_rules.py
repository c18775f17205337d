"""What Stripe refuses, as its public pages say: the table, and the reading of a request's form by it.

Only what the shop sends may be sent: a parameter that Stripe knows and the shop does not need is refused as well.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

SMALLEST_FEN = 400
LARGEST_FEN = 99_999_999
SHORTEST_S, LONGEST_S = 30 * 60, 24 * 60 * 60
CURRENCIES = frozenset({"cny", "hkd", "usd", "eur"})
LOCALES = frozenset({"auto", "zh", "zh-HK", "zh-TW", "en"})


@dataclass(frozen=True)
class Rule:
    """How Stripe refuses something, and the page that says so."""

    status: int
    type: str
    code: str | None
    source: str


def _bad(code: str | None, source: str, status: int = 400) -> Rule:
    return Rule(status, "invalid_request_error", code, source)


ERRORS = "docs.stripe.com/error-codes"
SESSIONS = "docs.stripe.com/api/checkout/sessions/create"
REFUNDS = "docs.stripe.com/api/refunds/create"
IDEMPOTENCY = "docs.stripe.com/api/idempotent_requests"

RULES: Mapping[str, Rule] = {
    "no key": _bad(None, "docs.stripe.com/api/authentication", 401),
    "wrong key": _bad(None, "docs.stripe.com/api/authentication", 401),
    "wrong version": _bad(None, "docs.stripe.com/api/versioning"),
    "unknown address": _bad(None, "docs.stripe.com/api/errors", 404),
    "unknown parameter": _bad("parameter_unknown", ERRORS),
    "missing parameter": _bad("parameter_missing", ERRORS),
    "empty parameter": _bad("parameter_invalid_empty", ERRORS),
    "not a whole number": _bad("parameter_invalid_integer", ERRORS),
    "no such choice": _bad(None, SESSIONS),
    "no such currency": _bad(None, "docs.stripe.com/currencies"),
    "too small": _bad("amount_too_small", "docs.stripe.com/currencies#minimum-and-maximum-charge-amounts"),
    "too large": _bad("amount_too_large", "docs.stripe.com/currencies#minimum-and-maximum-charge-amounts"),
    "not an address": _bad("url_invalid", ERRORS),
    "too long": _bad("parameter_invalid_string", SESSIONS),
    "metadata too long": _bad(None, "docs.stripe.com/api/metadata"),
    "session too short or long": _bad(None, "docs.stripe.com/payments/checkout/managing-limited-inventory"),
    "cannot be expanded": _bad(None, "docs.stripe.com/expand"),
    "page too large": _bad("parameter_invalid_integer", "docs.stripe.com/api/pagination"),
    "no such object": _bad("resource_missing", ERRORS, 404),
    "not open": _bad(None, "docs.stripe.com/api/checkout/sessions/expire"),
    "nothing to refund": _bad(None, REFUNDS),
    "more than is left": _bad(None, REFUNDS),
    "refunded already": _bad("charge_already_refunded", ERRORS),
    "key with another request": Rule(400, "idempotency_error", None, IDEMPOTENCY),
    "key too long": Rule(400, "idempotency_error", None, IDEMPOTENCY),
}

JUDGED_IN_DOING = frozenset({"not open", "nothing to refund", "more than is left", "refunded already"})
"""Found only once the request is being carried out, so that the refusal is kept under its key."""


class Refused(Exception):
    """Stripe refuses a request by a rule of the table."""

    def __init__(self, rule: str, param: str | None = None) -> None:
        super().__init__(f"{rule}: {param}")
        self.name, self.rule, self.param = rule, RULES[rule], param


EXPAND = r"expand\[\d+\]"
METADATA = r"metadata\[(\w+)\]"
ITEM = r"line_items\[0\]"
CREATE_SESSION = (
    "mode",
    "client_reference_id",
    METADATA,
    r"payment_intent_data\[metadata\]\[(\w+)\]",
    r"payment_intent_data\[description\]",
    rf"{ITEM}\[quantity\]",
    rf"{ITEM}\[price_data\]\[currency\]",
    rf"{ITEM}\[price_data\]\[unit_amount\]",
    rf"{ITEM}\[price_data\]\[product_data\]\[name\]",
    "locale",
    "success_url",
    "cancel_url",
    "expires_at",
    EXPAND,
)
CREATE_REFUND = ("payment_intent", "amount", METADATA)
CREATED = r"created\[gte\]"
LIST_SESSIONS = ("limit", "payment_intent", "starting_after", CREATED, EXPAND)
LIST_REFUNDS = ("limit", "payment_intent", "starting_after", CREATED)
EXPANDABLE = frozenset(
    {"payment_intent", "payment_intent.latest_charge", "payment_intent.latest_charge.balance_transaction"}
)


class Form(dict[str, str]):
    """A request's parameters by their names as sent, such as `line_items[0][quantity]`."""

    @classmethod
    def read(cls, text: str, known: tuple[str, ...]) -> "Form":
        """Read a query or body, refusing what is not known and what is empty."""
        form = cls(parse_qsl(text, keep_blank_values=True))
        for name, value in form.items():
            if not any(re.fullmatch(pattern, name) for pattern in known):
                raise Refused("unknown parameter", name)
            if value == "":
                raise Refused("empty parameter", name)
        return form

    def need(self, name: str) -> str:
        """Return a parameter that must be there."""
        if name not in self:
            raise Refused("missing parameter", name)
        return self[name]

    def whole(self, name: str, least: int = 0) -> int:
        """Return a parameter that must be a whole number."""
        if not re.fullmatch(r"\d{1,18}", self.need(name)) or int(self[name]) < least:
            raise Refused("not a whole number", name)
        return int(self[name])

    def metadata(self, prefix: str = "metadata") -> dict[str, str]:
        """Return the key-value pairs below a prefix: 50 at most, keys of 40 and values of 500 characters."""
        found = {
            match[1]: value
            for name, value in self.items()
            if (match := re.fullmatch(rf"{re.escape(prefix)}\[(\w+)\]", name))
        }
        if len(found) > 50 or any(len(key) > 40 or len(value) > 500 for key, value in found.items()):
            raise Refused("metadata too long", prefix)
        return found

    def expand(self, prefix: str = "") -> frozenset[str]:
        """Return what is to be shown in full; in a list, what it is about stands below `data.`."""
        asked = [value for name, value in self.items() if re.fullmatch(EXPAND, name)]
        wanted = frozenset(value.removeprefix(prefix) for value in asked if value.startswith(prefix))
        if len(wanted) < len(asked):
            raise Refused("cannot be expanded", "expand")
        if not wanted <= EXPANDABLE:
            raise Refused("cannot be expanded", "expand")
        return wanted

    def limit(self) -> int:
        """Return how many objects a page may hold."""
        limit = self.whole("limit", 1) if "limit" in self else 10
        if limit > 100:
            raise Refused("page too large", "limit")
        return limit

    def one_of(self, name: str, choices: frozenset[str], default: str) -> str:
        """Return a choice."""
        if self.get(name, default) not in choices:
            raise Refused("no such choice", name)
        return self.get(name, default)

    def address(self, name: str) -> str:
        """Return an absolute address for a browser."""
        parts = urlsplit(self.need(name))
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise Refused("not an address", name)
        return self[name]

    def short(self, name: str, most: int) -> str | None:
        """Return a text of at most so many characters, or None when it was not sent."""
        if len(self.get(name, "")) > most:
            raise Refused("too long", name)
        return self.get(name)

    def price(self) -> tuple[int, str]:
        """Return what the only line costs, and its currency."""
        price = "line_items[0][price_data]"
        currency = self.need(f"{price}[currency]")
        if currency not in CURRENCIES:
            raise Refused("no such currency", f"{price}[currency]")
        self.need(f"{price}[product_data][name]")
        self.short(f"{price}[product_data][name]", 250)
        amount = self.whole(f"{price}[unit_amount]") * self.whole("line_items[0][quantity]", 1)
        if amount < SMALLEST_FEN:
            raise Refused("too small", f"{price}[unit_amount]")
        if amount > LARGEST_FEN:
            raise Refused("too large", f"{price}[unit_amount]")
        return amount, currency
