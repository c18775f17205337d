"""Giving money back by a person at the centre: for pieces, for weight, or a sum, each with a reason in their words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from shop.courier.models import ShipmentState
from shop.courier.queries import shipment_by_key
from shop.desk.queries import is_waited_for, standings
from shop.desk.rules import Standing
from shop.flows import booking, refunds
from shop.flows.closing import close_if_ended, end_sale
from shop.flows.earned import Share
from shop.flows.given import given
from shop.fulfilment import services as bench
from shop.fulfilment.models import ParcelState
from shop.fulfilment.queries import pieces_in
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.kernel.errors import Forbidden, Invalid, ShopError, Stale, WrongState
from shop.kernel.money import stretch
from shop.orders import services
from shop.orders.models import Handing, Order, OrderLine, OrderState, VendorOrder, VendorOrderState
from shop.orders.queries.orders import LineFacts, OrderFacts
from shop.orders.rules import BEFORE_INTAKE, End, rejected_share, weight_back
from shop.payments.gateways.protocol import PaymentGateway, wired
from shop.payments.models import PaymentState, RefundSource, RefundState
from shop.payments.queries import payments_of
from shop.payments.services import OverRefund

V = VendorOrderState
AT_CENTRE = frozenset({V.RECEIVED, V.PACKED})
"""Taken in, and not on the way yet."""
NOTHING_LEFT = frozenset({V.WAITING, V.CANCELLED, V.REJECTED, V.RETURNED, V.PASSED_ON})
"""Parts whose goods were never paid, or were given back whole."""


class FiguresDiffer(ShopError):
    """The provider and our books do not say the same of a payment; a person must look before anything goes back."""


@dataclass(frozen=True)
class Pieces:
    """So many pieces of a line, with their part of its freight.

    Attributes:
        are_back: they were taken along at once, and now lie at the counter again, as good as before.
    """

    line_id: int
    count: int
    are_back: bool = False


@dataclass(frozen=True)
class Weight:
    """A weighed line was weighed again: what its good pieces weigh together, in grams."""

    line_id: int
    grams: int


@dataclass(frozen=True)
class Amount:
    """A sum in fen."""

    fen: int


What = Pieces | Weight | Amount


@dataclass(frozen=True)
class Worth:
    """What goes back, in fen, and what the line then says.

    Attributes:
        weighed_g: of the pieces that stay; None of a line that was not weighed.
        weight_back_fen: what went back of those for weight.
        weight_over_fen: what those cost above their ceiling.
        over_fen: how much less that is than before; it is not the buyer's.
    """

    goods_fen: int
    freight_fen: int = 0
    weighed_g: int | None = None
    weight_back_fen: int = 0
    weight_over_fen: int = 0
    over_fen: int = 0

    @property
    def fen(self) -> int:
        """All of it."""
        return self.goods_fen + self.freight_fen


UNCLAIMED = Standing()


def worth_of(line: OrderLine | LineFacts, what: Pieces | Weight, claimed: Standing = UNCLAIMED) -> Worth:
    """Return what a buyer gets back for some of a line; changes nothing.

    Pieces of a weighed line give back what was kept for them: their ceiling less what went back for weight. What
    claims gave back of the line does not go back again.

    Args:
        claimed: what claims on it gave back.

    Raises:
        Invalid: there are not so many left of it, or it was not weighed, or does not weigh less than before; or claims
            gave all of that back.
    """
    worth = _worth(line, what)
    if claimed == UNCLAIMED:
        return worth
    if isinstance(what, Weight) and claimed.grams:
        raise Invalid("grams", "claimed")
    gone = stretch(line.freight_share_fen, 0, line.rejected, line.quantity)
    goods = min(worth.goods_fen, max(0, line.kept_fen - claimed.fen))
    freight = min(worth.freight_fen, max(0, line.freight_share_fen - gone - claimed.freight_fen))
    if not goods + freight:
        raise Invalid("line", "claimed")
    return replace(worth, goods_fen=goods, freight_fen=freight)


def _worth(line: OrderLine | LineFacts, what: Pieces | Weight) -> Worth:
    good = line.quantity - line.rejected
    if isinstance(what, Weight):
        if line.per_500g_fen is None or line.weighed_g is None or not good:
            raise Invalid("grams", "by_piece")
        if what.grams >= line.weighed_g:
            raise Invalid("grams", "more")
        now = weight_back(line.price_fen, line.per_500g_fen, good, what.grams)
        if now <= line.weight_back_fen:
            raise Invalid("grams", "more")
        return Worth(
            now - line.weight_back_fen, weighed_g=what.grams, weight_back_fen=now, over_fen=line.weight_over_fen
        )
    if not 0 < what.count <= good:
        raise Invalid("count", "range")
    back = rejected_share(
        price_fen=line.price_fen,
        freight_share_fen=line.freight_share_fen,
        quantity=line.quantity,
        before=line.rejected,
        more=what.count,
    )
    goods = line.price_fen * what.count
    stays = good - what.count
    light = line.weight_back_fen * stays // good
    weighed = line.weighed_g * stays // good if line.weighed_g is not None and stays else line.weighed_g
    over = line.weight_over_fen * stays // good
    return Worth(
        goods - (line.weight_back_fen - light), back - goods, weighed, light, over, line.weight_over_fen - over
    )


def preview(session: Session, order: OrderFacts, what: What) -> int:
    """Return what a buyer would get back in fen.

    Raises:
        Invalid: as `worth_of`; or the amount is none, or the line is not of this order or has come back already, or a
            claim on it waits.
    """
    if isinstance(what, Amount):
        if what.fen <= 0:
            raise Invalid("amount", "range")
        return what.fen
    for part in order.parts:
        for line in part.lines:
            if line.id == what.line_id and has_left(order, part.state):
                _end_of(order, part.state, what)
                return worth_of(line, what, _claimed(session, line.id)).fen
    raise Invalid("line", "over")


def has_left(order: Order | OrderFacts, state: VendorOrderState) -> bool:
    """Tell whether something of a part in that state was paid and not given back whole."""
    return state not in NOTHING_LEFT or _lies_there(order, state)


def _lies_there(order: Order | OrderFacts, state: VendorOrderState) -> bool:
    return order.at_once and order.state is OrderState.PAID and state is V.WAITING


def _end_of(order: Order | OrderFacts, state: VendorOrderState, what: Pieces | Weight) -> End | None:
    """Return how the sale of pieces ends that were to be taken along at once, or were; None of any other.

    Raises:
        Invalid: they are said to be back, and were never handed over the counter.
    """
    are_back = isinstance(what, Pieces) and what.are_back
    if order.at_once and state is V.DELIVERED:
        return End.HANDED_BACK if are_back else None
    if are_back:
        raise Invalid("are_back", "range")
    return End.CANCELLED if isinstance(what, Pieces) and _lies_there(order, state) else None


def _claimed(session: Session, line_id: int) -> Standing:
    """Return what claims on a line gave back.

    Raises:
        Invalid: one waits: what it asks for may not be gone when somebody decides it.
    """
    if is_waited_for(session, line_id):
        raise Invalid("line", "waits")
    return standings(session, [line_id]).get(line_id, UNCLAIMED)


def check_figures(edge: Edge, gateways: Mapping[str, PaymentGateway], code: str) -> None:
    """Read an order's captured payments from their providers and refuse to go on when they say otherwise than we do.

    Raises:
        FiguresDiffer: the captured or the refunded amount is not the same.
        GatewayUnavailable: a provider could not be read just now.
    """
    with edge.reading() as session:
        before = [payment for payment in payments_of(session, code) if payment.state is PaymentState.CAPTURED]
    for payment in before:
        assert payment.provider_ref is not None, "a captured payment has its provider's reference"
        said = wired(gateways, payment.gateway).fetch(payment.provider_ref)
        with edge.reading() as session:
            now = next(one for one in payments_of(session, code) if one.code == payment.code)
        # What was settled before we asked must be there; what is still on its way may be, and nothing else.
        settled = sum(one.amount_fen for one in payment.refunds if one.state is RefundState.SUCCEEDED)
        if said.captured_fen != now.captured_fen or not settled <= said.refunded_fen <= now.refunded_fen:
            raise FiguresDiffer


def give(
    edge: Edge,
    gateways: Mapping[str, PaymentGateway],
    code: str,
    what: What,
    *,
    key: str,
    note: str,
    seen: int | None = None,
    actor: Actor,
    clock: Clock,
) -> int:
    """Give money of an order back, once a key, after its provider has said the same figures as our books.

    What an agreed order's buyer has not paid yet is asked of them no more. A part of which nothing is left and which
    has not left the centre is cancelled; its pieces are not put back on the shelf, unless they lie at the counter.

    Args:
        key: the page's own; a second click finds the first refund.
        note: why, in a person's words.
        seen: how often money had gone back when the page was shown; None where no page was.

    Returns:
        What goes back by this call in fen; 0 when this key has given back already.

    Raises:
        Forbidden: the actor is not staff.
        Invalid: the note is missing, or as `preview`.
        NotFound: there is no such order, or nobody has paid it.
        Stale: more went back since.
        WrongState: its box is just being booked a courier.
        OverRefund: captured less what is already going back does not cover it.
        FiguresDiffer, GatewayUnavailable: as `check_figures`; nothing was moved.
    """
    check_desk(actor)
    if not note.strip():
        raise Invalid("note", "empty")
    check_figures(edge, gateways, code)

    def act(session: Session) -> int:
        order = services.lock(session, code)
        mark = f"staff:{code}:{key}"
        if refunds.is_given(session, order, mark):
            return 0
        if seen is not None and len(given(session, code)) != seen:
            raise Stale("refund")
        back, share = _take(session, order, what, actor=actor, clock=clock)
        refunds.give_back(
            session,
            order,
            back,
            key=mark,
            reason="staff",
            actor=actor,
            clock=clock,
            source=RefundSource.STAFF,
            note=note.strip(),
            share=share,
        )
        end_emptied(session, order, reason="staff", actor=actor, clock=clock)
        return back

    return edge.run(act)


def check_desk(actor: Actor) -> None:
    """Refuse everyone who does not work at the centre.

    Raises:
        Forbidden: the actor is not staff.
    """
    if not actor.has("staff", "finance", "manager"):
        raise Forbidden("refund")


def _take(session: Session, order: Order, what: What, *, actor: Actor, clock: Clock) -> tuple[int, Share | None]:
    """Write down on the line what is given back, and return how much and whose delivered goods it is for."""
    if isinstance(what, Amount):
        if what.fen <= 0:
            raise Invalid("amount", "range")
        if order.state is OrderState.AGREED and what.fen >= _due(session, order):
            raise OverRefund  # nothing to pay any more is an order called off, not a sum given back
        return what.fen, None
    for part in order.vendor_orders:
        for line in part.lines:
            if line.id == what.line_id and has_left(order, part.state):
                end = _end_of(order, part.state, what)
                worth = take_back(session, line, what, _claimed(session, line.id))
                if end is not None and isinstance(what, Pieces):
                    end_sale(session, end, line, what.count, order, actor=actor, clock=clock)
                is_there = part.state is V.DELIVERED
                return worth.fen, Share(part.vendor.code, worth.freight_fen, worth.over_fen) if is_there else None
    raise Invalid("line", "over")


def _due(session: Session, order: Order) -> int:
    open_states = (PaymentState.CREATED, PaymentState.PENDING)
    return sum(one.amount_fen for one in payments_of(session, order.code) if one.state in open_states)


def take_back(session: Session, line: OrderLine, what: Pieces | Weight, claimed: Standing = UNCLAIMED) -> Worth:
    """Write down that pieces of a line, or some of their weight, are given back, and return what they are worth.

    Args:
        claimed: what claims on it gave back; goods that did not reach their buyer have none.

    Raises:
        Invalid: as `worth_of`.
    """
    worth = worth_of(line, what, claimed)
    if isinstance(what, Pieces):
        services.reject(session, line, what.count)
    line.weighed_g = worth.weighed_g
    line.weight_back_fen, line.weight_over_fen = worth.weight_back_fen, worth.weight_over_fen
    session.flush()
    return worth


def end_emptied(session: Session, order: Order, *, reason: str, actor: Actor, clock: Clock) -> None:
    """Cancel the parts of a locked order that have not left and of which nothing is left, with boxes that are empty.

    An empty parcel beside a full one of its box is taken apart: their box goes on, and may be packed again.

    Raises:
        WrongState: a box's courier is not booked yet, so that it cannot be called off.
    """
    emptied = [part for part in order.vendor_orders if _is_emptied(part)]
    for part in emptied:
        services.advance_part(session, part, V.CANCELLED, actor=actor, clock=clock, reason=reason)
    if not emptied:
        return
    full = {line.id for part in order.vendor_orders if part.state is V.PACKED for line in part.lines}
    lying = bench.lock_packed(session, order.id)
    inside = pieces_in(session, [parcel.id for parcel in lying])
    going_on = {parcel.box for parcel in lying if not full.isdisjoint(inside[parcel.id])}
    for parcel in lying:
        if not full.isdisjoint(inside[parcel.id]):
            continue
        shipment = shipment_by_key(session, parcel.code)
        if shipment is not None and shipment.state is not ShipmentState.TO_BOOK:
            booking.call_off(session, parcel.code, reason=reason, actor=actor, clock=clock)
        elif order.handing is Handing.DELIVERY:
            raise WrongState("parcel", parcel.state, ParcelState.RETURNED)
        to = ParcelState.OPENED if parcel.box in going_on else ParcelState.RETURNED
        bench.advance(session, parcel, to, actor=actor, clock=clock, reason=reason)
    close_if_ended(session, order, actor=actor, clock=clock)


def _is_emptied(part: VendorOrder) -> bool:
    return part.state in BEFORE_INTAKE | AT_CENTRE and all(line.rejected == line.quantity for line in part.lines)
