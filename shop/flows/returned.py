"""A person says why a parcel came back: the buyer may have the freight back, no household pays for others' faults."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from shop.courier import services as courier
from shop.courier.models import EventCode, ShipmentState
from shop.desk.models import Bearer
from shop.desk.returned import services as desk
from shop.desk.returned.models import ReturnedLine, ReturnedParcel
from shop.desk.returned.queries import returned_by_code
from shop.desk.returned.services import Decision
from shop.flows import refunds
from shop.flows.earned import Borne
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Forbidden, NotFound
from shop.kernel.money import portion
from shop.ledger import rules as accounts
from shop.ledger.services import post
from shop.notifications.services import tell_buyer, wanted
from shop.orders import services as orders
from shop.orders.models import Order, OrderLine, VendorOrder
from shop.orders.rules import goods_text


def decide(session: Session, code: str, decision: Decision, *, actor: Actor, clock: Clock) -> None:
    """Decide about a parcel that came back: freight, households, and words for all of them. The parcel is dealt with.

    The price of its goods went back when it came (decision 0011). Whoever bears the goods that are no good any more
    pays their households what those would have earned; a household at fault earns nothing, and goods that are still
    good go home.

    Args:
        code: the parcel's.

    Raises:
        Forbidden: the actor does not work at the counter.
        NotFound: no such parcel came back.
        Invalid: as `services.decide` of returned parcels.
        WrongState: it was decided before.
    """
    if not actor.has("staff", "counter", "manager"):
        raise Forbidden("returned")
    order = orders.lock(session, returned_by_code(session, code).order)
    parcel = desk.lock(session, code)
    spoiled = desk.decide(session, parcel, decision, actor=actor, clock=clock)
    company = _put_away(session, code, actor=actor, clock=clock)
    bearer = _account(decision.bearer, company)
    parts = {line.id: part for part in order.vendor_orders for line in part.lines}
    if parcel.freight_back_fen:
        _give_freight(session, order, parcel, parts, bearer, actor=actor, clock=clock)
    paid: Mapping[str, int] = {}
    if bearer:
        paid = _make_good(session, order, parcel, spoiled, parts, bearer, actor=actor, clock=clock)
    _tell(session, order, parcel, parts, paid, clock=clock)


def _account(bearer: Bearer, company: str) -> str:
    """Return the account of who bears what was lost; empty where the household does, which is not paid then."""
    if bearer is Bearer.HOUSEHOLD:
        return ""
    return accounts.claims_on(company) if bearer is Bearer.COURIER and company else accounts.claim_loss(bearer.value)


def _put_away(session: Session, code: str, *, actor: Actor, clock: Clock) -> str:
    """Take the parcel from those that wait at the counter; return which company had it, empty of the town's own."""
    try:
        shipment = courier.lock(session, code)
    except NotFound:  # nobody came for it to the centre
        return ""
    if shipment.state is ShipmentState.RETURNED:
        courier.say_at_centre(session, shipment, EventCode.COLLECTED, actor=actor, clock=clock)
        courier.doubt(session, shipment, "")
    return shipment.company


def _give_freight(
    session: Session,
    order: Order,
    parcel: ReturnedParcel,
    parts: Mapping[int, VendorOrder],
    bearer: str,
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    """Give the buyer the freight back that the centre kept: out of that, unless another than the centre bears it."""
    vendor = parts[parcel.lines[0].line_id].vendor.code
    fen = parcel.freight_back_fen
    refunds.give_back(
        session,
        order,
        fen,
        key=f"freight:{parcel.code}",
        reason="freight",
        actor=actor,
        clock=clock,
        borne=Borne(vendor, account=bearer, freight_fen=fen),
    )


def _make_good(
    session: Session,
    order: Order,
    parcel: ReturnedParcel,
    spoiled: Iterable[ReturnedLine],
    parts: Mapping[int, VendorOrder],
    bearer: str,
    *,
    actor: Actor,
    clock: Clock,
) -> Mapping[str, int]:
    """Pay households what their goods would have earned, and return how much by part, in fen."""
    gross: Counter[str] = Counter()
    for line in spoiled:
        gross[parts[line.line_id].code] += line.goods_fen
    paid = {}
    for part in order.vendor_orders:
        fen = gross[part.code]
        if not fen:
            continue
        fee, seller = portion(fen, part.fee_bp), accounts.seller(part.vendor.code)
        how = accounts.Earned(part.code, fen, missing_fen=0, light_fen=0, fee_bp=part.fee_bp, fee_fen=fee)
        post(
            session,
            key=f"made_good:{parcel.code}:{part.code}",
            kind="made_good",
            reference=order.code,
            legs={bearer: fen, seller: -how.net_fen, accounts.COMMISSION: -fee},
            actor=actor,
            clock=clock,
            earned={seller: how},
        )
        paid[part.code] = how.net_fen
    return paid


def _tell(
    session: Session,
    order: Order,
    parcel: ReturnedParcel,
    parts: Mapping[int, VendorOrder],
    paid: Mapping[str, int],
    *,
    clock: Clock,
) -> None:
    """Write the reason to the buyer, and to each household what becomes of its goods."""
    told = {"code": order.code, "words": parcel.answer, "freight_fen": parcel.freight_back_fen}
    tell_buyer(session, order, "return_decided", told, clock=clock)
    lines: dict[int, OrderLine] = {line.id: line for part in order.vendor_orders for line in part.lines}
    inside: defaultdict[str, list[ReturnedLine]] = defaultdict(list)
    for one in parcel.lines:
        inside[parts[one.line_id].code].append(one)
    for part in order.vendor_orders:
        if part.code not in inside:
            continue
        values = {
            "goods": goods_text(lines[one.line_id] for one in inside[part.code]),
            "words": parcel.answer,
            "paid_fen": paid.get(part.code, 0),
            "may_fetch": any(one.is_good for one in inside[part.code]),
        }
        wanted(session, "vendor_returned", phone=part.vendor.phone, values=values, clock=clock)
