"""The centre's acts: taking goods in, closing the box, handing it over."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from sqlalchemy.orm import Session

from shop.catalog import stock
from shop.courier import services as courier
from shop.courier.gateways.protocol import Courier, Party
from shop.courier.models import EventCode, ShipmentKind
from shop.courier.queries import facts_of
from shop.courier.rules import BEFORE, TOWN
from shop.courier.services import Consignment
from shop.flows import booking, refunds
from shop.flows.closing import close_if_ended, end_sale, tell_when_ready
from shop.flows.lots import Seen, check_none_recalled, lot_of
from shop.flows.turning_down import Turned, tell_turned_down, told_why
from shop.fulfilment import services as bench
from shop.fulfilment.handovers.queries import candidates, hand_over_by_code, waiting_for
from shop.fulfilment.handovers.rules import Candidate, Hindrance, StaysBehind, check_all_go
from shop.fulfilment.handovers.services import note_hand_over
from shop.fulfilment.models import ParcelState
from shop.fulfilment.photos.services import give_photos
from shop.fulfilment.queries import box_version, orders_of_parcels, parcel_by_code, parcels_of_order, pieces_in
from shop.fulfilment.rules import JOINS, shares
from shop.fulfilment.topics import BOOK_COURIER
from shop.kernel import outbox
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.codes import new_code
from shop.kernel.edge import Edge
from shop.kernel.errors import Invalid, Stale, WrongState
from shop.kernel.states import check_passage
from shop.notifications.services import tell_buyer
from shop.orders import services as orders
from shop.orders.models import Box, Handing, Order, OrderLine, OrderState, VendorOrder, VendorOrderState
from shop.orders.queries.orders import order_by_code
from shop.orders.rules import BEFORE_INTAKE, CARRIED_OUT, GIVES_BACK, VENDOR_NEXT, End, is_ready_to_pack


@dataclass(frozen=True)
class TakenIn:
    """What a part that was taken in moves, in fen.

    Attributes:
        rejected_fen: what goes back to the buyer for what was turned down.
        light_fen: what goes back to them for weight.
        over_fen: what it costs above its ceilings; the centre pays it to the household when the buyer has the goods.
    """

    rejected_fen: int
    light_fen: int
    over_fen: int = 0


def receive(
    session: Session,
    part_code: str,
    rejected: Mapping[int, int],
    *,
    weighed: Mapping[int, int],
    reason: str,
    seen: Mapping[int, Seen] = MappingProxyType({}),
    saw: Mapping[int, int] = MappingProxyType({}),
    promise_key: str | None = None,
    actor: Actor,
    clock: Clock,
) -> TakenIn:
    """Take in one vendor's part: what is good stays, what is turned down goes back with its money, in one act.

    What is good becomes part of a lot, by which it can be traced and called back.

    Args:
        rejected: order line id -> how many are turned down; lines not named are accepted whole.
        weighed: order line id -> what its good pieces weigh together in grams, for every line sold by weight.
        reason: why, in the staff's words, of every line that has no reason of its own; each needs one.
        seen: order line id -> grade, number of the inspection, photos, and why some were turned down; the number is
            needed for what is good of the lines whose category asks for one.
        saw: order line id -> how many the page said are expected.
        promise_key: private photo of the household's promise that goes with these goods.

    Raises:
        Forbidden: the actor is not staff.
        NotFound: there is no such part.
        WrongState: it was taken in already, or is not expected.
        Stale: its household has said since that fewer come.
        Invalid: a count or a weight cannot be or is missing, a line is not of this part, or the reason is missing; or
            ("inspection", "empty"), ("lot", "recalled").
    """
    bench.check_bench(actor, "packer")
    part = _lock_expected(session, part_code)
    expected = {line.id: line.quantity - line.rejected for line in part.lines}
    if not expected.keys() >= {*rejected, *weighed, *seen, *saw}:
        raise Invalid("rejected", "line")
    if any(expected[line_id] != count for line_id, count in saw.items()):
        raise Stale("vendor_order")
    turned = _turned_down(part, rejected, seen, reason.strip())
    down = {one.line.id: one for one in turned}
    order, is_paid = part.order, part.order.state is not OrderState.AGREED
    amount = accepted = light = 0
    for line in part.lines:
        more = down[line.id].pieces if line.id in down else 0
        good = expected[line.id] - more
        if not good and not more:  # its household has said that none of it comes
            continue
        told, lot_id = seen.get(line.id, Seen()), None
        if more:
            amount += orders.reject(session, line, more)
            end_sale(session, End.REJECTED, line, more, order, actor=actor, clock=clock)
        if good:
            light += _weigh(session, line, good, weighed.get(line.id), order.code, actor=actor, clock=clock)
            lot_id = lot_of(session, part.vendor_id, line, good, told, promise_key, actor=actor, clock=clock)
        bench.note_intake(
            session,
            line.id,
            accepted=good,
            rejected=more,
            reason=down[line.id].why if more else "",
            lot_id=lot_id,
            proof_key=told.proof_key,
            reading=told.reading.strip() if good and line.per_500g_fen is not None else "",
            actor=actor,
            clock=clock,
        )
        accepted += good
    to = VendorOrderState.RECEIVED if accepted else VendorOrderState.REJECTED
    orders.advance_part(session, part, to, actor=actor, clock=clock, reason=told_why(turned))
    if amount:
        refunds.give_back(
            session, order, amount, key=f"intake:{part.code}", reason="rejected", actor=actor, clock=clock
        )
        tell_turned_down(session, part, turned, is_paid=is_paid, clock=clock)
    if light:
        refunds.give_back(session, order, light, key=f"weight:{part.code}", reason="weight", actor=actor, clock=clock)
    if not accepted:
        tell_when_ready(session, order, clock=clock)
    close_if_ended(session, order, actor=actor, clock=clock)
    over = sum(line.weight_over_fen for line in part.lines)
    return TakenIn(rejected_fen=amount, light_fen=light, over_fen=over)


def _lock_expected(session: Session, part_code: str) -> VendorOrder:
    part = orders.lock_part(session, part_code)
    if part.state not in BEFORE_INTAKE:  # there is a way from packed to received, for a box that is taken apart
        raise WrongState("vendor_order", part.state, VendorOrderState.RECEIVED)
    check_passage("vendor_order", VENDOR_NEXT, part.state, VendorOrderState.RECEIVED)
    return part


def _turned_down(part: VendorOrder, rejected: Mapping[int, int], seen: Mapping[int, Seen], reason: str) -> list[Turned]:
    """Return what of a part is turned down, each line with its own reason or the part's."""
    turned = [
        Turned(line, rejected[line.id], seen.get(line.id, Seen()).reason.strip() or reason)
        for line in part.lines
        if rejected.get(line.id)
    ]
    if not all(one.why for one in turned):
        raise Invalid("reason", "empty")
    return turned


def _weigh(
    session: Session, line: OrderLine, good: int, grams: int | None, order_code: str, *, actor: Actor, clock: Clock
) -> int:
    """Return what goes back because the good pieces of a line weigh less than was charged for."""
    if line.per_500g_fen is None:
        return 0
    if grams is None:
        raise Invalid("weighed", "empty")
    back = orders.weigh(session, line, grams)
    if GIVES_BACK[End.LIGHT]:
        stock.note_weight(session, line.variant_id, good, grams, order_code, actor=actor, clock=clock)
    return back


def pack(
    session: Session,
    order_code: str,
    box: Box,
    weight_g: int,
    how: bench.Packing = bench.AS_USUAL,
    *,
    joined: Collection[Box] = (),
    before: Sequence[bench.Load] = (),
    seen: str = "",
    actor: Actor,
    clock: Clock,
) -> str:
    """Close one box of an order and return its first parcel's code. Packed twice, it is the first time's.

    A box that travels asks for its courier; of what is collected its buyer hears when the last box is closed.

    Args:
        weight_g: of the only parcel, or of the last, which holds what is in none before it.
        joined: warmer boxes of the order whose goods go into this one; what their freight cost stays as it is.
        before: the parcels that were filled first, where it does not all go into one.
        seen: how the boxes stood on the page, `box_version`; empty where no page was looked at.

    Raises:
        Forbidden: the actor is not staff.
        WrongState: not everything of these boxes that will come has come; or goods of a recalled lot are among them.
        Stale: something of them has changed since the page was shown.
        Invalid: a weight, or a number of ice packs, cannot be; the boxes may not be joined; a parcel holds what is not
            there, or nothing.
    """
    bench.check_bench(actor, "packer")
    order = orders.lock(session, order_code)
    for kept in parcels_of_order(session, order.id):
        if box in kept.boxes:
            return kept.code
    if not JOINS.get(box, frozenset()).issuperset(joined):
        raise Invalid("joined", "box")
    boxes = {box, *joined}
    inside = [part for part in order.vendor_orders if part.box in boxes]
    is_ready = all(is_ready_to_pack(part.state for part in inside if part.box is each) for each in boxes)
    if order.state not in CARRIED_OUT or not is_ready:
        raise WrongState("order", order.state, VendorOrderState.PACKED)
    if seen and seen != box_version(order_by_code(session, order_code), boxes):
        raise Stale("box")
    check_none_recalled(session, order.id, boxes)
    came = {line.id: line.quantity - line.rejected for part in inside for line in part.lines}
    filled = shares({line_id: count for line_id, count in came.items() if count}, [load.pieces for load in before])
    closed = [*before, bench.Load(weight_g, how)]
    parcels = [
        bench.close_parcel(
            session,
            order.id,
            box,
            replace(load, pieces=pieces),
            number=number,
            among=len(filled),
            actor=actor,
            clock=clock,
        )
        for number, (load, pieces) in enumerate(zip(closed, filled, strict=True), 1)
    ]
    give_photos(session, order.id, box, parcels)
    for part in inside:
        if part.state is VendorOrderState.RECEIVED:
            orders.advance_part(session, part, VendorOrderState.PACKED, actor=actor, clock=clock)
    if order.handing is Handing.DELIVERY:
        for parcel in parcels:
            outbox.post(session, BOOK_COURIER, {"parcel": parcel.code}, clock=clock)
    tell_when_ready(session, order, clock=clock)
    return parcels[0].code


def book(edge: Edge, couriers: Mapping[str, Courier], parcel_code: str, *, actor: Actor, clock: Clock) -> None:
    """Book the courier for a packed parcel, its code being the booking's key; asked again, it is the same booking.

    The first courier of the settings takes it. What is paid at the door goes with the town's own driver, whoever else
    there is: nobody else brings the cash back.

    Raises:
        Unavailable, RateLimited: as `booking.drive`.
    """

    def act(session: Session) -> None:
        parcel = parcel_by_code(session, parcel_code)
        order = parcel.order
        titles = [line.title for part in order.parts for line in part.lines if line.id in parcel.pieces]
        consignment = Consignment(
            key=parcel.code,
            kind=ShipmentKind.GOODS,
            to=Party(order.name, order.phone, order.province, order.city, order.district, order.street),
            cargo="、".join(titles)[:200],
            weight_g=parcel.weight_g,
            carrier=TOWN if order.state is OrderState.AGREED else next(iter(couriers), TOWN),
            reference=order.code,
            promised_on=order.promised_on,
        )
        courier.want(session, consignment, actor=actor, clock=clock)

    edge.run(act)
    booking.drive(edge, couriers, parcel_code, actor=actor, clock=clock)


def hand_over(
    session: Session,
    parcel_codes: Sequence[str],
    taken_by: str = "",
    *,
    code: str = "",
    courier_key: str = "",
    seen: Mapping[str, str] = MappingProxyType({}),
    actor: Actor,
    clock: Clock,
) -> str:
    """Give packed parcels to one courier, all together or none, on one list; return the list's code.

    What stays behind of that courier's is written down with it. Said twice with one code, it is the first.

    Args:
        taken_by: who took them along, by name; it stays in the history of each.
        code: made with the page, of the hand-over; a new one when empty.
        courier_key: whose list it is, by its company's code or the town's own; whoever is booked when empty.
        seen: parcel code -> the waybill its list showed.

    Raises:
        Forbidden: the actor is not staff.
        Invalid: nothing was chosen, or the code has not the shape of one.
        StaysBehind: by parcel, what keeps it: nobody is booked, it has gone, is another courier's, was recalled, ...
    """
    bench.check_bench(actor, "packer")
    if not parcel_codes:
        raise Invalid("parcels", "empty")
    if code and hand_over_by_code(session, code) is not None:
        return code
    wanted_codes = frozenset(parcel_codes)
    locked = {each: orders.lock(session, each) for each in orders_of_parcels(session, wanted_codes)}
    if code and hand_over_by_code(session, code) is not None:  # a second click waited for the first at the lock
        return code
    going = {one.code: one for one in candidates(session, wanted_codes) if one.code in wanted_codes}
    whose = courier_key or next((one.courier for one in going.values() if one.courier), TOWN)
    check_all_go(wanted_codes, going, whose, seen)
    stays = [one for one in waiting_for(session, whose) if one.code not in wanted_codes]
    made, who = code or new_code(8), taken_by.strip()
    for one in going.values():
        _leave(session, locked[one.order_code], one, who, actor=actor, clock=clock)
    note_hand_over(session, made, whose, went=going.values(), stayed=stays, taken_by=who, actor=actor, clock=clock)
    return made


def _leave(session: Session, order: Order, one: Candidate, taken_by: str, *, actor: Actor, clock: Clock) -> None:
    parcel, shipment = bench.lock(session, one.code), courier.lock(session, one.code)
    if shipment.waybill != one.waybill:  # booked again between our look and our lock
        raise StaysBehind({one.code: Hindrance.OTHER_NUMBER})
    bench.advance(session, parcel, ParcelState.HANDED_OVER, actor=actor, clock=clock, reason=taken_by)
    if shipment.state in BEFORE:  # a carrier may have said so before we did
        courier.say_at_centre(session, shipment, EventCode.PICKED_UP, actor=actor, clock=clock)
    inside = pieces_in(session, [parcel.id])[parcel.id]
    for part in order.vendor_orders:
        if part.state is VendorOrderState.PACKED and any(line.id in inside for line in part.lines):
            orders.advance_part(session, part, VendorOrderState.SHIPPED, actor=actor, clock=clock)
    values = {"code": order.code, "carrier": facts_of(shipment).carrier_name, "tracking": one.waybill}
    tell_buyer(session, order, "parcel_sent", values, clock=clock)
