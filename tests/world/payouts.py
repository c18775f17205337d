"""Payments to vendors as the books will hold them."""

from shop.ledger.rules import CASH_CENTRE, seller
from shop.ledger.services import post
from shop.vendors.models import Vendor
from tests.world.market import STAFF, Market


def pay_out(at: Market, vendor: Vendor, amount_fen: int) -> None:
    """Post that a vendor was handed so much at the counter."""
    key = f"paid:{vendor.code}:{at.world.number()}"
    legs = {seller(vendor.code): amount_fen, CASH_CENTRE: -amount_fen}
    at.world.run(
        lambda session: post(
            session, key=key, kind="paid_out", reference=key, legs=legs, actor=STAFF, clock=at.world.clock
        )
    )
