"""The chart of accounts: what each code means and on which side it stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from shop.ledger.models import AccountKind

KINDS: Mapping[str, AccountKind] = {
    "psp": AccountKind.ASSET,
    "cash": AccountKind.ASSET,
    "courier": AccountKind.ASSET,
    "bank": AccountKind.ASSET,
    "held": AccountKind.LIABILITY,
    "seller": AccountKind.LIABILITY,
    "refunds_in_transit": AccountKind.LIABILITY,
    "payouts_in_transit": AccountKind.LIABILITY,
    "commission": AccountKind.INCOME,
    "delivery_income": AccountKind.INCOME,
    "psp_fee": AccountKind.EXPENSE,
    "loss": AccountKind.EXPENSE,
    "claims_on": AccountKind.ASSET,
    "claim_loss": AccountKind.EXPENSE,
}

REFUNDS_IN_TRANSIT = "refunds_in_transit"
PAYOUTS_IN_TRANSIT = "payouts_in_transit"
BANK = "bank"
"""The centre's own account at its bank."""
COMMISSION = "commission"
DELIVERY_INCOME = "delivery_income"
PSP_FEE = "psp_fee"
LOSS = "loss"
"""What the town bears because nobody else does."""
CASH = "cash"
"""The gateway of cash, whose money is in no provider's hands."""
CASH_CENTRE = "cash:centre"
"""The till at the centre."""
COURIER_TOWN = "courier:town"
"""Cash that the town's driver took at doors and has not handed in."""


EARNED = frozenset({"seller", COMMISSION, DELIVERY_INCOME, LOSS, "claims_on", "claim_loss"})
"""Whose an order's money is once it is not held any more; who bears a loss has earned it with a minus."""


EARNING_KINDS = frozenset({"released", "made_good"})
"""Entries by which a vendor comes to money."""
CLAIM_KINDS = frozenset({"claim_asked", "claim_failed", "claim_moved"})
"""Entries by which a claim's money goes back to its buyer, comes back because it could not be paid, or is another's."""
CORRECTION_KINDS = frozenset({"refund_asked", "refund_failed"}) | CLAIM_KINDS
"""Entries that correct what a vendor has earned. Whatever else moves their account has been paid to them."""
PAYOUT, PAYOUT_PAID, PAYOUT_FAILED = "payout", "payout_paid", "payout_failed"
"""Entries by which a settlement's money leaves a vendor's account, reaches them, or is theirs again."""
PAYOUT_KINDS = frozenset({PAYOUT, PAYOUT_PAID, PAYOUT_FAILED})
"""Their reference is the code of a payout, not of an order."""


@dataclass(frozen=True)
class Earned:
    """How a vendor's leg came about, in fen.

    Attributes:
        part: the code of the vendor's part of the order.
        asked_fen: what was ordered of it.
        missing_fen: of that, what did not come: there was none, or it was turned down.
        light_fen: what the goods weighed less than was charged for.
        fee_bp: the centre's fee agreed with the order.
        fee_fen: what it came to.
        over_fen: what the centre pays on top, because the goods weighed more than the buyer may be asked for; no fee
            is taken of it.
    """

    part: str
    asked_fen: int
    missing_fen: int
    light_fen: int
    fee_bp: int
    fee_fen: int
    over_fen: int = 0

    @property
    def sold_fen(self) -> int:
        """What the goods that came were sold for."""
        return self.asked_fen - self.missing_fen - self.light_fen

    @property
    def net_fen(self) -> int:
        """What is the vendor's."""
        return self.sold_fen - self.fee_fen + self.over_fen


def psp(gateway: str) -> str:
    """Return the account of what a provider keeps for us."""
    return f"psp:{gateway}"


def received_in(gateway: str, *, at_door: bool) -> str:
    """Return the account into which a gateway's money comes.

    Args:
        at_door: cash is taken by the driver, not at the counter.
    """
    if gateway != CASH:
        return psp(gateway)
    return COURIER_TOWN if at_door else CASH_CENTRE


def refunded_from(gateway: str) -> str:
    """Return the account out of which money goes back; cash is always handed back at the counter."""
    return CASH_CENTRE if gateway == CASH else psp(gateway)


def held(order: str) -> str:
    """Return the account of a buyer's money that nobody has earned yet."""
    return f"held:{order}"


def seller(vendor: str) -> str:
    """Return the account of what we owe a vendor."""
    return f"seller:{vendor}"


def carried(vendor: str) -> str:
    """Return the account of the town's loss by a vendor's goods: what they weigh above what a buyer may be asked for.

    It stands by itself, so that what goes back later is known to the fen, whatever else was lost by an order.
    """
    return f"{LOSS}:{vendor}"


def claims_on(carrier: str) -> str:
    """Return the account of what a carrier owes the centre for goods that broke in its hands."""
    return f"claims_on:{carrier}"


def claim_loss(cause: str) -> str:
    """Return the account of what the centre loses by claims of one cause: packing, courier (its own car) or town."""
    return f"claim_loss:{cause}"


def kind_of(code: str) -> AccountKind:
    """Return on which side of the books an account stands.

    Raises:
        KeyError: the chart has no such account.
    """
    return KINDS[code.partition(":")[0]]
