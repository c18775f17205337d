"""Orders and their parcels as matters of their buyer: paying, gathering, carrying, collecting."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask import url_for

from shop.courier.models import ShipmentState
from shop.courier.queries import ShipmentFacts
from shop.fulfilment.queries import ParcelFacts
from shop.kernel.money import yuan
from shop.orders.models import Handing, OrderState, VendorOrderState
from shop.orders.queries.orders import LineFacts, OrderFacts, PartFacts
from shop.orders.rules import CARRIED_OUT, NOT_COMING
from shop.orders.views.matters.matter import Matter, Turn, bar, goods_of
from shop.orders.views.review import promise
from shop.orders.views.words import ORDER_WORDS, PART_WORDS, Word, cash_word, order_word
from shop.web.carriage import BACK, BUYER_WORDS, WAITING_TEXT, expected_words, stages
from shop.web.i18n import _
from shop.web.words import town_time

V = VendorOrderState
S = ShipmentState
GATHERING = (V.ASKED, V.READY, V.RECEIVED, V.PACKED)
"""How far a part has come before it leaves, and in which order."""
OVER = frozenset({S.DELIVERED, *BACK})


def of_order(order: OrderFacts, parcels: Sequence[ParcelFacts], payment: str | None, now: datetime) -> Iterator[Matter]:
    """Yield an order's matters: what is not packed yet, or waits to be collected, and each parcel that travels.

    Args:
        payment: the code of the payment it waits for, if any.
    """
    if order.state is OrderState.PLACED:
        yield _to_pay(order, payment, now)
    elif order.state in (OrderState.EXPIRED, OrderState.CANCELLED):
        yield _over(order)
    else:
        travelling = [parcel for parcel in parcels if parcel.shipment is not None]
        yield from (_parcel(order, parcel, parcel.shipment, now) for parcel in travelling if parcel.shipment)
        if gathering := _gathering(order):
            yield _gathered(order, gathering)
        elif not travelling:
            yield _collected(order) if order.handing is Handing.COLLECTION else _over(order)


def _to_pay(order: OrderFacts, payment: str | None, now: datetime) -> Matter:
    is_open = payment is not None and order.hold_until > now
    return Matter(
        icon="basket",
        kind=_("订单 %(code)s", code=order.code),
        title=goods_of(_lines(order.parts)),
        word=ORDER_WORDS[order.state],
        bar=bar((_("下单"), _("付款"), _("备货"), _("打包"), _last(order)), 1),
        told=_("%(amount)s，货给您留到 %(at)s。", amount=yuan(order.total_fen), at=town_time(order.hold_until)),
        action=(_("去付款"), url_for("payments.pay", code=payment)) if is_open else (_("看看这一单"), _page(order)),
        turn=Turn.BUYER if is_open else Turn.HOUSE,
        at=order.placed_at,
    )


def _over(order: OrderFacts) -> Matter:
    return Matter(
        icon="basket",
        kind=_("订单 %(code)s", code=order.code),
        title=goods_of(_lines(order.parts)),
        word=order_word(order),
        bar=(),
        told=None,
        action=(_("看看这一单"), _page(order)),
        turn=Turn.NOBODY,
        at=order.placed_at,
    )


def _gathering(order: OrderFacts) -> list[PartFacts]:
    """Return the parts that are not in a parcel yet, and will come."""
    packed = {V.PACKED, V.SHIPPED, V.DELIVERED, V.RETURNED}
    return [part for part in order.parts if part.state not in NOT_COMING | packed and order.state in CARRIED_OUT]


def _gathered(order: OrderFacts, parts: Sequence[PartFacts]) -> Matter:
    least = min(GATHERING.index(part.state) if part.state in GATHERING else 0 for part in parts)
    labels = (_("下单"), _("备货"), _("中心收货"), _("打包"), _last(order))
    how_far = PART_WORDS[V.RECEIVED if least == GATHERING.index(V.RECEIVED) else V.ASKED]
    return Matter(
        icon="basket",
        kind=_("订单 %(code)s", code=order.code),
        title=goods_of(_lines(parts)),
        word=cash_word(order) if order.state is OrderState.AGREED else how_far,
        bar=bar(labels, 1 + least),
        told=promise(order.handing, order.promised_on) if order.promised_on is not None else None,
        action=(_("看看这一单"), _page(order)),
        turn=Turn.HOUSE,
        at=order.placed_at,
    )


def _collected(order: OrderFacts) -> Matter:
    is_here = V.PACKED in order.states
    return Matter(
        icon="stall",
        kind=_("到中心来取"),
        title=goods_of(_lines(order.parts)),
        word=order_word(order),
        bar=bar((_("下单"), _("备货"), _("打包"), _("来取")), 3, is_over=not is_here),
        told=_("货在中心等您，报订单号 %(code)s 就行。", code=order.code) if is_here else None,
        action=(_("看哪里取、几点开门"), _page(order)) if is_here else (_("看看这一单"), _page(order)),
        turn=Turn.BUYER if is_here else Turn.NOBODY,
        at=order.placed_at,
    )


def _parcel(order: OrderFacts, parcel: ParcelFacts, shipment: ShipmentFacts, now: datetime) -> Matter:
    inside = [line for line in _lines(order.parts) if line.id in parcel.pieces] or list(_lines(order.parts))
    tone = "done" if shipment.state is S.DELIVERED else "problem" if shipment.state in OVER else "waiting"
    is_waiting = shipment.state is S.AVAILABLE_FOR_PICKUP
    note = WAITING_TEXT.get(shipment.state)
    return Matter(
        icon="box",
        kind=_("包裹 %(waybill)s", waybill=shipment.waybill) if shipment.waybill else _("包裹"),
        title=goods_of(inside),
        word=Word(BUYER_WORDS[shipment.state], tone),
        bar=() if shipment.state in BACK else stages(shipment),
        told=expected_words(shipment, now) or (None if note is None else str(note)),
        action=(_("一路怎么走的"), url_for("orders.tracking", code=order.code, key=shipment.key)),
        turn=Turn.NOBODY if shipment.state in OVER else Turn.BUYER if is_waiting else Turn.HOUSE,
        at=order.placed_at,
    )


def _lines(parts: Sequence[PartFacts]) -> list[LineFacts]:
    return [line for part in parts for line in part.lines]


def _last(order: OrderFacts) -> str:
    return _("来取") if order.handing is Handing.COLLECTION else _("送到")


def _page(order: OrderFacts) -> str:
    return url_for("orders.order", code=order.code)
