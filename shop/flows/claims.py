"""Claims across the rooms: how goods came, what the desk decides, and whose money it is; orders are locked first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.courier.models import EventCode
from shop.desk import services
from shop.desk.models import Bearer, Claim, ClaimKind, ClaimState
from shop.desk.queries import claim_by_code, net_weights, standings
from shop.desk.rules import (
    Standing,
    Worth,
    bearer_of,
    check_reason,
    pieces_of,
    worth_of,
)
from shop.desk.services import check_desk
from shop.flows import refunds
from shop.flows.earned import Borne
from shop.flows.household_claims import cost_of, unnamed
from shop.fulfilment.models import Parcel, ParcelHistory, ParcelState
from shop.fulfilment.queries import ParcelFacts, parcels_of_order
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Invalid, NotFound, WrongState
from shop.kernel.money import stretch
from shop.ledger import rules as accounts
from shop.notifications.services import tell_buyer
from shop.notifications.services import wanted as message
from shop.orders import services as orders
from shop.orders.models import Order, OrderLine, VendorOrder, VendorOrderState
from shop.orders.queries.orders import OrderFacts, order_facts
from shop.payments.models import RefundSource
from shop.payments.services import OverRefund


@dataclass(frozen=True)
class Came:
    """How pieces of a line reached their buyer.

    Attributes:
        parcel_id: in which box, the latest of several.
        company: who carried it; empty for the town's own car.
        has_travelled: somebody carried it.
        units: how many came.
    """

    parcel_id: int
    company: str
    has_travelled: bool
    signed_at: datetime
    units: int


def came(session: Session, order: OrderFacts, parcels: Sequence[ParcelFacts] | None = None) -> dict[int, Came]:
    """Return how each line of an order came, by its id; a line of which nothing came yet is left out.

    Args:
        parcels: of the order, where they were read already.
    """
    found: dict[int, Came] = {}
    known = parcels_of_order(session, order.id, order) if parcels is None else parcels
    there = [one for one in known if one.state is ParcelState.DELIVERED]
    if not there:
        return {}
    rows = session.execute(
        select(Parcel.code, Parcel.id, func.max(ParcelHistory.at))
        .join(ParcelHistory, ParcelHistory.parcel_id == Parcel.id)
        .where(Parcel.code.in_([one.code for one in there]), ParcelHistory.to_state == ParcelState.DELIVERED.value)
        .group_by(Parcel.code, Parcel.id)
    )
    noted = {code: (parcel_id, at) for code, parcel_id, at in rows}
    for parcel in there:
        parcel_id, noted_at = noted[parcel.code]
        signed_at = _signed_at(parcel, noted_at)
        company = parcel.shipment.company if parcel.shipment is not None else ""
        for line_id, pieces in parcel.pieces.items():
            before = found.get(line_id)
            if before is not None and before.signed_at > signed_at:
                found[line_id] = Came(**{**vars(before), "units": before.units + pieces})
                continue
            units = pieces + (before.units if before is not None else 0)
            found[line_id] = Came(parcel_id, company, parcel.shipment is not None, signed_at, units)
    return found


def _signed_at(parcel: ParcelFacts, noted_at: datetime) -> datetime:
    """Return when a parcel was signed for: as its carrier said, or as the centre noted it at the counter."""
    if parcel.shipment is None:
        return noted_at
    said = [event.at for event in parcel.shipment.events if event.code is EventCode.DELIVERED]
    return said[-1] if said else noted_at


def line_of(order: Order, line_id: int) -> tuple[VendorOrder, OrderLine]:
    """Return a line of a locked order with its part.

    Raises:
        NotFound: it is of another order.
    """
    for part in order.vendor_orders:
        for line in part.lines:
            if line.id == line_id:
                return part, line
    raise NotFound("line")


def bearer_by_rule(claim: Claim, line: OrderLine, how: Came) -> Bearer:
    """Return who bears a claim by the written table."""
    was_weighed = line.per_500g_fen is not None
    return bearer_of(claim.kind, has_travelled=how.has_travelled, was_weighed_here=was_weighed)


def accept(
    session: Session,
    code: str,
    much: int,
    bearer: Bearer,
    *,
    reason: str,
    version: int,
    actor: Actor,
    clock: Clock,
) -> int:
    """Agree to a claim, or to less than was asked, and let its money go back; who bears it, a person may choose.

    Args:
        much: in the claim's own measure, at most what was asked.
        version: of the claim as the actor saw it.

    Returns:
        What goes back, in fen.

    Raises:
        Forbidden: the actor is not of the desk.
        NotFound: there is no such claim.
        Stale: somebody changed it since.
        WrongState: it does not wait for that.
        Invalid: field "reason" or "much".
        OverRefund: nothing is left of what was paid.
    """
    check_desk(actor)
    why = check_reason(reason)
    order = orders.lock(session, claim_by_code(session, code).order_code)
    claim = services.lock(session, code, version=version)
    if claim.state not in (ClaimState.OPEN, ClaimState.RECEIVED):
        raise WrongState("claim", claim.state, ClaimState.ACCEPTED)
    if not 0 < much <= claim.asked:
        raise Invalid("much", "range")
    part, line = line_of(order, claim.order_line_id)
    how = came(session, order_facts(order))[line.id]
    return pay(session, order, part, line, claim, much, bearer, how, reason=why, actor=actor, clock=clock)


def pay(
    session: Session,
    order: Order,
    part: VendorOrder,
    line: OrderLine,
    claim: Claim,
    much: int,
    bearer: Bearer,
    how: Came,
    *,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> int:
    """Agree to so much of a locked claim and let its money go back, borne by whom it was said."""
    stands = standings(session, [line.id], besides=claim.id).get(line.id, Standing())
    worth = worth_of(line, claim.kind, much, stands, net_weights(session, {line.variant_id})[line.variant_id])
    left = refunds.left_to_give(session, order)
    if min(worth.fen, left) <= 0:
        raise OverRefund
    if worth.fen > left:  # some went back as a kindness before: what is left is all there is
        worth = Worth(min(worth.goods_fen, left), max(0, left - worth.goods_fen))
    before = _borne_before(session, part, claim.id)
    services.grant(session, claim, much, worth, bearer, reason=reason, actor=actor, clock=clock)
    refunds.give_back(
        session,
        order,
        worth.fen,
        key=refunds.claim_key(line.id, claim.code),
        reason=refunds.CLAIM,
        actor=actor,
        clock=clock,
        source=RefundSource.SYSTEM if actor.is_system else RefundSource.STAFF,
        note=reason,
        borne=Borne(
            vendor=part.vendor.code,
            account=bearer_account(bearer, how),
            freight_fen=worth.freight_fen,
            before_fen=before,
            fee_bp=part.fee_bp,
            over_fen=_over(line, claim.kind, stands.pieces, much),
            is_earned=part.state is VendorOrderState.DELIVERED,
        ),
    )
    tell(session, order, line, claim, how="paid", clock=clock)
    if bearer is Bearer.HOUSEHOLD:
        cost_fen = cost_of(session, part.vendor.code, line.id, claim.code)
        values = {"goods": line.title, "reason": unnamed(reason, order), "cost_fen": cost_fen}
        message(session, "vendor_claimed", phone=part.vendor.phone, values=values, clock=clock)
    return worth.fen


ACCOUNTS: Mapping[Bearer, str] = {
    Bearer.PACKING: accounts.claim_loss("packing"),
    Bearer.TOWN: accounts.claim_loss("town"),
}


def bearer_account(bearer: Bearer, how: Came) -> str:
    """Return the account of who bears a claim: what another company owes us, or our own loss; empty of a household."""
    if bearer is Bearer.COURIER:
        return accounts.claims_on(how.company) if how.company else accounts.claim_loss("courier")
    return ACCOUNTS.get(bearer, "")


def _over(line: OrderLine, kind: ClaimKind, before: int, pieces: int) -> int:
    """Return how much the centre paid on top for the weight of these pieces."""
    if kind is ClaimKind.SHORT_WEIGHT:
        return 0
    return stretch(line.weight_over_fen, before, before + pieces, pieces_of(line))


def _borne_before(session: Session, part: VendorOrder, claim_id: int) -> int:
    """Return what a part's vendor has borne of its goods by claims already, with the centre's fee on it."""
    wanted = select(func.coalesce(func.sum(Claim.amount_fen - Claim.freight_fen), 0)).where(
        Claim.order_line_id.in_([line.id for line in part.lines]),
        Claim.bearer == Bearer.HOUSEHOLD,
        Claim.state.in_((ClaimState.ACCEPTED, ClaimState.PAID)),
        Claim.id != claim_id,
    )
    return int(session.scalar(wanted) or 0)


TOLD: Mapping[ClaimState, str] = {
    ClaimState.DECLINED: "declined",
    ClaimState.AWAITING_GOODS: "back",
    ClaimState.RECEIVED: "received",
}
"""What a person may decide beside agreeing, and how its buyer is told."""


def decide(
    session: Session, code: str, to: ClaimState, reason: str, *, version: int, actor: Actor, clock: Clock
) -> None:
    """Decline a claim, ask for its goods before that, or note that they are back and how they look.

    The reason is for its buyer. Goods that came back do not go on the shelf again by themselves (decision 0023); their
    money is due within seven days.

    Args:
        to: one of `TOLD`.
        version: of the claim as the actor saw it.

    Raises:
        Forbidden: the actor is not of the desk.
        NotFound: there is no such claim.
        Stale: somebody changed it since.
        WrongState: it does not wait for that.
        Invalid: field "reason".
    """
    order = orders.lock(session, claim_by_code(session, code).order_code)
    claim = services.lock(session, code, version=version)
    services.decide(session, claim, to, reason, actor=actor, clock=clock)
    tell(session, order, line_of(order, claim.order_line_id)[1], claim, how=TOLD[to], clock=clock)


def tell(session: Session, order: Order, line: OrderLine, claim: Claim, *, how: str, clock: Clock) -> None:
    """Tell a buyer what becomes of a claim: paid, declined, back or received."""
    values = {
        "code": order.code,
        "goods": line.title,
        "how": how,
        "refund_fen": claim.amount_fen,
        "words": claim.reason,
    }
    tell_buyer(session, order, "claim_answered", values, clock=clock)
