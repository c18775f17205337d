"""The chart of accounts: what each code means and on which side it stands."""

from collections.abc import Mapping

from shop.ledger.models import AccountKind

KINDS: Mapping[str, AccountKind] = {
    "psp": AccountKind.ASSET,
    "held": AccountKind.LIABILITY,
    "seller": AccountKind.LIABILITY,
    "refunds_in_transit": AccountKind.LIABILITY,
    "commission": AccountKind.INCOME,
    "delivery_income": AccountKind.INCOME,
}

REFUNDS_IN_TRANSIT = "refunds_in_transit"
COMMISSION = "commission"
DELIVERY_INCOME = "delivery_income"


def psp(gateway: str) -> str:
    """Return the account of what a provider keeps for us."""
    return f"psp:{gateway}"


def held(order: str) -> str:
    """Return the account of a buyer's money that nobody has earned yet."""
    return f"held:{order}"


def seller(vendor: str) -> str:
    """Return the account of what we owe a vendor."""
    return f"seller:{vendor}"


def kind_of(code: str) -> AccountKind:
    """Return on which side of the books an account stands.

    Raises:
        KeyError: the chart has no such account.
    """
    return KINDS[code.partition(":")[0]]
