"""`docs/states.md`, printed from the tables that the code itself obeys."""

from collections.abc import Mapping, Set
from enum import StrEnum
from typing import TypeVar

from shop.catalog import rules as catalog
from shop.catalog.lots import rules as lots
from shop.courier import rules as courier
from shop.desk import rules as desk
from shop.fulfilment import rules as fulfilment
from shop.fulfilment.pickups import rules as pickups
from shop.invoices import rules as invoices
from shop.ledger.payouts import rules as payouts
from shop.orders import rules as orders
from shop.payments import rules as payments
from shop.vendors import rules as vendors
from shop.vendors.joining import rules as joining

S = TypeVar("S", bound=StrEnum)

HEAD = """# States

Printed from the transition tables in each room's `rules.py` by `shop states`; a test fails when this page is stale.
Each passage is made by the room's one `advance` function, which also writes the history row.
"""


def _machine(title: str, where: str, table: Mapping[S, Set[S]]) -> str:
    rows = [f"## {title}", "", f"`{where}`", "", "| from | to |", "| --- | --- |"]
    order = [*table, *(state for state in type(next(iter(table))) if state not in table)]
    for state in table:
        ways = ", ".join(to.value for to in sorted(table[state], key=order.index))
        rows.append(f"| {state.value} | {ways or '(the end)'} |")
    return "\n".join(rows) + "\n"


def states_page() -> str:
    """Return the page as Markdown."""
    return "\n".join(
        (
            HEAD,
            _machine("Listing", "shop/catalog/rules.py", catalog.NEXT),
            _machine("Listing, taking an act back", "shop/catalog/rules.py", catalog.UNDOING),
            _machine("Order", "shop/orders/rules.py", orders.NEXT),
            _machine("Vendor order", "shop/orders/rules.py", orders.VENDOR_NEXT),
            _machine("Payment", "shop/payments/rules.py", payments.NEXT),
            _machine("Refund", "shop/payments/rules.py", payments.REFUND_NEXT),
            _machine("Settlement", "shop/ledger/payouts/rules.py", payouts.RUN_NEXT),
            _machine("Payout", "shop/ledger/payouts/rules.py", payouts.NEXT),
            _machine("Parcel", "shop/fulfilment/rules.py", fulfilment.NEXT),
            _machine("Claim", "shop/desk/rules.py", desk.NEXT),
            _machine("Pick-up run", "shop/fulfilment/pickups/rules.py", pickups.NEXT),
            _machine("Lot", "shop/catalog/lots/rules.py", lots.NEXT),
            _machine("Shipment", "shop/courier/rules.py", courier.NEXT),
            _machine("Invoice request", "shop/invoices/rules.py", invoices.NEXT),
            _machine("Application", "shop/vendors/joining/rules.py", joining.NEXT),
            _machine("Vendor", "shop/vendors/rules.py", vendors.NEXT),
        )
    )
