"""What a buyer showed and wrote with a claim, forgotten; what was claimed, decided and paid stays."""

from collections.abc import Collection

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from shop.desk.models import Claim, ClaimPhoto, ClaimState
from shop.orders.models import Order, OrderLine, VendorOrder

OVER = frozenset({ClaimState.DECLINED, ClaimState.PAID, ClaimState.WITHDRAWN})
GONE = "—"
"""Stands where an answer to a refusal stood: that there was one, stays."""


def under_way(session: Session, order_codes: Collection[str]) -> frozenset[str]:
    """Return of which of these orders something is claimed that is not decided, or not paid."""
    wanted = (
        select(Order.code)
        .join(VendorOrder, VendorOrder.order_id == Order.id)
        .join(OrderLine, OrderLine.vendor_order_id == VendorOrder.id)
        .join(Claim, Claim.order_line_id == OrderLine.id)
    )
    return frozenset(session.scalars(wanted.where(Order.code.in_(order_codes), Claim.state.not_in(OVER))))


def fade_claims(session: Session, order_ids: Collection[int]) -> int:
    """Forget words and photos of claims on these orders, and return how many photos were let go."""
    mine = _claims(order_ids)
    photos = session.scalar(select(func.count()).where(ClaimPhoto.claim_id.in_(mine))) or 0
    session.execute(delete(ClaimPhoto).where(ClaimPhoto.claim_id.in_(mine)))
    session.execute(update(Claim).where(Claim.id.in_(mine)).values(words="", waybill=None))
    session.execute(update(Claim).where(Claim.id.in_(mine), Claim.appeal != "").values(appeal=GONE))
    return photos


def _claims(order_ids: Collection[int]) -> Select[int]:
    return (
        select(Claim.id)
        .join(OrderLine, OrderLine.id == Claim.order_line_id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .where(VendorOrder.order_id.in_(order_ids))
    )
