"""What every payment gateway is to the house. Amounts are cumulative, as the provider states them now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from shop.kernel.errors import ShopError
from shop.payments.models import PaymentState, RefundState


class BadSignature(ShopError):
    """An event was not signed by the provider."""


class GatewayUnavailable(ShopError):
    """The provider did not answer: the outcome is unknown; ask again with the same key."""


class InvalidState(ShopError):
    """The provider will not do this to a payment in its present state."""


@dataclass(frozen=True)
class Intent:
    """An amount to get from a buyer.

    Attributes:
        payment_code: ours; the provider gives it back with everything it says.
        amount_fen: fen.
        return_url: where the buyer's browser comes back to; it proves nothing.
    """

    payment_code: str
    amount_fen: int
    currency: str
    description: str
    return_url: str


@dataclass(frozen=True)
class Started:
    """The provider took the intent; the buyer continues at `pay_url`."""

    provider_ref: str
    pay_url: str


@dataclass(frozen=True)
class RefundSnapshot:
    """A refund as the provider states it now.

    Attributes:
        provider_ref: the provider's name for it; empty when it was refused and never came to be.
        key: under which we asked for it; empty when somebody else did.
    """

    provider_ref: str
    amount_fen: int
    state: RefundState
    key: str = ""


@dataclass(frozen=True)
class Snapshot:
    """A payment as the provider states it now; applying it twice changes nothing.

    Attributes:
        fee_fen: what the provider kept for itself; None while it has not said.
        refunds: every refund of it that the provider knows, whoever asked for it.
        refs: the provider's own names for it and for what was made from it.
        payment_code: ours; empty when the provider's object carries no mark of ours.
    """

    provider_ref: str
    payment_code: str
    state: PaymentState
    currency: str
    captured_fen: int
    refunded_fen: int
    fee_fen: int | None = None
    refunds: tuple[RefundSnapshot, ...] = ()
    refs: tuple[str, ...] = ()

    @property
    def given_back_fen(self) -> int:
        """Return what reached the buyer again by the refunds that ended well."""
        return sum(refund.amount_fen for refund in self.refunds if refund.state is RefundState.SUCCEEDED)


@dataclass(frozen=True)
class GatewayEvent:
    """A verified hint that something happened to a payment.

    Attributes:
        provider_ref: any of the provider's names for the payment or for what was made from it; empty when the event
            is about no payment at all.
        is_dispute: the buyer's bank wants the money back, or says how that went: a person must answer.
    """

    event_id: str
    kind: str
    provider_ref: str
    is_dispute: bool = False


def wired(gateways: Mapping[str, "PaymentGateway"], code: str) -> "PaymentGateway":
    """Return the gateway of a payment.

    Raises:
        GatewayUnavailable: it was switched off; what it holds can be asked again when it is back.
    """
    gateway = gateways.get(code)
    if gateway is None:
        raise GatewayUnavailable
    return gateway


class PaymentGateway(Protocol):
    """One provider. Every call may be repeated with the same key and then has the same effect once.

    Attributes:
        is_offline: money changes hands at the centre or the door, not here.
        least_fen: the smallest amount it takes.
    """

    code: str
    is_offline: bool
    least_fen: int

    def start(self, intent: Intent, *, key: str) -> Started:
        """Ask the provider to take a payment."""

    def fetch(self, provider_ref: str) -> Snapshot:
        """Read a payment from the provider, by any of its names.

        Raises:
            NotFound: the provider has no such payment.
            GatewayUnavailable: it could not be read just now.
        """

    def void(self, provider_ref: str, *, key: str) -> Snapshot:
        """End a payment that is not captured; one that is captured stays so, and the snapshot says it."""

    def refund(self, provider_ref: str, amount_fen: int, *, key: str) -> RefundSnapshot:
        """Give an amount back.

        Raises:
            InvalidState: more than what is left of the captured amount.
        """

    def parse_event(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> GatewayEvent:
        """Verify and read an event from its raw body.

        Raises:
            BadSignature: it is not the provider's, or too old.
        """


@runtime_checkable
class OnlineGateway(PaymentGateway, Protocol):
    """A provider with a book of its own, which can be read and compared with ours."""

    def list_changes(self, since: datetime) -> Iterator[Snapshot]:
        """Yield every payment that was begun, or of which something was given back, since a moment; ours or not.

        Raises:
            GatewayUnavailable: the provider did not answer; what was yielded before is true all the same.
        """
