"""Reads of claims."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from shop.catalog.models import Variant
from shop.desk.models import Bearer, Claim, ClaimHistory, ClaimKind, ClaimState, HouseholdWord
from shop.desk.rules import LIVING, REPEAT_SPAN, UNDECIDED, Standing, standing
from shop.kernel.errors import NotFound
from shop.orders.models import Order, OrderLine, VendorOrder
from shop.vendors.models import Vendor


@dataclass(frozen=True)
class ClaimFacts:
    """A claim with the line it is about.

    Attributes:
        asked: pieces, or grams of a weight that is short.
        granted: how much of it was agreed to; None while nothing was.
        line_pieces: how many pieces a unit of the line has.
        photos: keys of its private photos.
    """

    code: str
    order_code: str
    order_id: int
    user_id: int | None
    line_id: int
    title: str
    unit: str
    line_pieces: int
    part_code: str
    vendor_code: str
    vendor_name: str
    parcel_id: int
    kind: ClaimKind
    asked: int
    granted: int | None
    words: str
    state: ClaimState
    amount_fen: int
    freight_fen: int
    bearer: Bearer | None
    reason: str
    decided_by: str
    decided_at: datetime | None
    signed_at: datetime
    asked_at: datetime
    waybill: str | None
    due_at: datetime | None
    appeal: str
    appealed_at: datetime | None
    household_word: HouseholdWord | None
    household_answer: str | None
    version: int
    photos: tuple[str, ...]


SAME = (
    "code", "parcel_id", "kind", "asked", "granted", "words", "state", "amount_fen", "freight_fen", "bearer",
    "reason", "decided_by", "decided_at", "signed_at", "asked_at", "waybill", "due_at", "appeal", "appealed_at",
    "household_word", "household_answer", "version",
)  # fmt: skip

ClaimRow = Select[Claim, OrderLine, VendorOrder, Vendor, Order]

CLAIMS: ClaimRow = (
    select(Claim, OrderLine, VendorOrder, Vendor, Order)
    .join(OrderLine, OrderLine.id == Claim.order_line_id)
    .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
    .join(Vendor, Vendor.id == VendorOrder.vendor_id)
    .join(Order, Order.id == VendorOrder.order_id)
)
"""Claims with what they are about; whoever lists them says which, and `claims` reads them."""


def claims(session: Session, wanted: ClaimRow) -> list[ClaimFacts]:
    """Return the claims that a statement made from `CLAIMS` finds."""
    return [
        ClaimFacts(
            **{name: getattr(claim, name) for name in SAME},
            order_code=order.code,
            order_id=order.id,
            user_id=order.user_id,
            line_id=line.id,
            title=line.title,
            unit=line.unit,
            line_pieces=line.pieces,
            part_code=part.code,
            vendor_code=vendor.code,
            vendor_name=vendor.name,
            photos=tuple(photo.key for photo in claim.photos),
        )
        for claim, line, part, vendor, order in session.execute(wanted)
    ]


def claim_by_code(session: Session, code: str) -> ClaimFacts:
    """Return a claim.

    Raises:
        NotFound: there is none.
    """
    found = claims(session, CLAIMS.where(Claim.code == code))
    if not found:
        raise NotFound("claim")
    return found[0]


def claims_of_orders(session: Session, order_ids: Collection[int]) -> list[ClaimFacts]:
    """Return the claims on these orders, oldest first."""
    return claims(session, CLAIMS.where(Order.id.in_(order_ids)).order_by(Claim.id))


def claim_with_key(session: Session, key: str) -> str | None:
    """Return the code of the claim that a page has asked for already, or None."""
    return session.scalar(select(Claim.code).where(Claim.key == key))


def standings(session: Session, line_ids: Collection[int], *, besides: int | None = None) -> dict[int, Standing]:
    """Return what living claims on lines stand for, by the line's id; a line without any is left out.

    Args:
        besides: a claim that does not count.
    """
    wanted = select(Claim).where(Claim.order_line_id.in_(line_ids), Claim.state.in_(LIVING))
    living: dict[int, list[tuple[ClaimKind, int, int, int]]] = {}
    for claim in session.scalars(wanted):
        if claim.id != besides:
            much = claim.asked if claim.granted is None else claim.granted
            row = (claim.kind, much, claim.amount_fen, claim.freight_fen)
            living.setdefault(claim.order_line_id, []).append(row)
    return {line_id: standing(rows) for line_id, rows in living.items()}


def is_waited_for(session: Session, line_id: int) -> bool:
    """Tell whether a claim on a line is not decided yet."""
    waits = select(Claim.id).where(Claim.order_line_id == line_id, Claim.state.in_(UNDECIDED))
    return session.scalar(waits.limit(1)) is not None


def earlier_orders(session: Session, order: Order, now: datetime) -> int:
    """Return how many other orders of an order's buyer had claims lately, by their account or their phone."""
    same = [Order.phone == order.phone]
    if order.user_id is not None:
        same.append(Order.user_id == order.user_id)
    wanted = (
        select(func.count(Order.id.distinct()))
        .join(VendorOrder, VendorOrder.order_id == Order.id)
        .join(OrderLine, OrderLine.vendor_order_id == VendorOrder.id)
        .join(Claim, Claim.order_line_id == OrderLine.id)
        .where(
            or_(*same),
            Order.id != order.id,
            Claim.state != ClaimState.WITHDRAWN,
            Claim.asked_at > now - REPEAT_SPAN,
        )
    )
    return session.scalar(wanted) or 0


def net_weights(session: Session, variant_ids: Collection[int]) -> dict[int, int | None]:
    """Return what one unit of each variant weighs without its packing, in grams; None where nobody knows."""
    rows = session.execute(select(Variant.id, Variant.net_g).where(Variant.id.in_(variant_ids)))
    return {row.id: row.net_g for row in rows}


@dataclass(frozen=True)
class ClaimPassage:
    """One passage of a claim."""

    to: ClaimState
    at: datetime
    actor: str
    reason: str


def passages_of(session: Session, code: str) -> list[ClaimPassage]:
    """Return a claim's passages as they were made; what somebody only noted, as its household's word, is none."""
    wanted = select(ClaimHistory).join(Claim, Claim.id == ClaimHistory.claim_id).where(Claim.code == code)
    wanted = wanted.where(ClaimHistory.from_state.is_distinct_from(ClaimHistory.to_state))
    rows = session.scalars(wanted.order_by(ClaimHistory.id))
    return [ClaimPassage(ClaimState(row.to_state), row.at, row.actor, row.reason) for row in rows]
