"""What the pages of an order show: frozen, made of facts, nothing written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from markupsafe import Markup

from shop.accounts.addresses import full_region
from shop.catalog.offers import OfferFacts
from shop.courier.models import ShipmentKind
from shop.courier.queries import ShipmentFacts
from shop.desk.returned.queries import Returned
from shop.flows.readdressing import may_buyer
from shop.fulfilment.marks import square
from shop.fulfilment.queries import ParcelFacts
from shop.fulfilment.rules import is_ready_to_collect
from shop.kernel.money import yuan
from shop.media.queries import Picture
from shop.orders.models import Handing, OrderState, VendorOrderState
from shop.orders.queries.orders import LineFacts, OrderFacts, PartFacts, Passage
from shop.orders.rules import may_buyer_cancel
from shop.orders.views.intakes import Intake, missing_words, weighing_words
from shop.orders.views.lines import promise_words
from shop.orders.views.progress import Step, progress
from shop.orders.views.review import promise
from shop.orders.views.words import BOX_WORDS, RETURN_WORDS, Word, boxes_of, cash_word, order_word, part_word
from shop.payments.models import PaymentState
from shop.payments.queries import PaymentFacts
from shop.web.carriage import SHIPMENT_WORDS, carrier_word, expected_words
from shop.web.doors import when_to_come
from shop.web.i18n import _
from shop.web.prices import unit_label
from shop.web.words import clauses, listed, masked_phone

COLLECT_DOTS = 14
"""Dots of 1/8 mm a module: a phone is held before a scanner."""


@dataclass(frozen=True)
class Where:
    """An address as its component draws it."""

    name: str
    phone: str
    region: str
    street: str
    tag: str | None = None


@dataclass(frozen=True)
class Row:
    """One line of a placed order.

    Attributes:
        notes: the promised day; what the scale said.
        href: the listing as its buyer saw it; None on lines older than kept versions.
    """

    goods: str
    each: str
    notes: tuple[str, ...]
    together: str
    href: str | None


@dataclass(frozen=True)
class Part:
    """One household's part of an order."""

    name: str
    village: str
    box: str | None
    word: Word
    rows: tuple[Row, ...]
    note: str | None


@dataclass(frozen=True)
class ParcelRow:
    """A parcel or letter of an order: who carries it, where it is, when it comes; `letter` is what a letter holds."""

    carrier: str
    waybill: str
    letter: str | None
    word: str
    expected: str | None
    href: str


@dataclass(frozen=True)
class OrderPage:
    """An order as its buyer sees it.

    Attributes:
        collect_square: its code for the counter's scanner, while something waits there to be handed over.
        promise: the day it was promised for, while it is on its way.
        opens: from when on it can be taken along from the counter it lies at; None when it is now.
        parcels: what each box is called, who carries it and under which number.
        cash: what is to be paid in cash: the word for it and the amount; None when it is not, or not any more.
        readdress_href: where it is changed to whom it goes; None where that is too late.
        again_href: puts the same goods into the basket once more; None while it waits for its money.
    """

    code: str
    word: Word
    steps: tuple[Step, ...]
    parts: tuple[Part, ...]
    goods_fen: int
    freight_fen: int
    total_fen: int
    refunded_fen: int
    to: Where
    note: str
    is_collected: bool
    collect_square: Markup | None
    promise: str | None
    opens: str | None
    boxes: str | None
    parcels: tuple[ParcelRow, ...]
    cash: tuple[str, int] | None
    pay_href: str | None
    again_href: str | None
    receipt_href: str | None
    may_cancel: bool
    readdress_href: str | None
    is_paid: bool


@dataclass(frozen=True)
class OrderRow:
    """An order in a member's list."""

    code: str
    href: str
    placed_at: datetime
    goods: str
    picture: Picture | None
    total_fen: int
    word: Word
    again_href: str | None


def where(name: str, phone: str, province: str, city: str, district: str, street: str) -> Where:
    """Return an address as its component draws it."""
    return Where(name or _("名字已删"), phone, full_region(province, city, district), street)


def order_page(
    order: OrderFacts,
    passages: Sequence[Passage],
    payments: Sequence[PaymentFacts],
    parcels: Sequence[ParcelFacts],
    papers: Sequence[ShipmentFacts],
    intakes: Mapping[int, Intake],
    now: datetime,
    returned: Sequence[Returned] = (),
) -> OrderPage:
    """Return an order as its buyer sees it.

    Args:
        intakes: what was taken in of its lines, by their ids.
        returned: its parcels that came back, or that nobody came for.
    """
    refunds = [refund for payment in payments for refund in payment.refunds]
    shipments = [parcel.shipment for parcel in parcels if parcel.shipment is not None]
    waybills = listed(shipment.waybill for shipment in shipments if shipment.waybill)
    is_collected = order.handing is Handing.COLLECTION
    is_coming = order.state in (OrderState.PLACED, OrderState.AGREED, OrderState.PAID)
    boxes = boxes_of(order.parts)
    numbers = {line.id: number for number, line in enumerate(lines_of(order), 1)}
    return OrderPage(
        code=order.code,
        word=order_word(order),
        steps=progress(order, passages, refunds, waybills or None, returned),
        parts=tuple(_part(order, part, numbers, intakes, has_boxes=len(boxes) > 1) for part in order.parts),
        goods_fen=order.goods_fen,
        freight_fen=order.freight_fen,
        total_fen=order.total_fen,
        refunded_fen=sum(payment.refunded_fen for payment in payments),
        to=where(order.name, masked_phone(order.phone), order.province, order.city, order.district, order.street),
        note=order.note,
        is_collected=is_collected,
        collect_square=_collect_square(order),
        promise=_promise(order) if is_coming else None,
        opens=when_to_come() if is_coming and order.at_once else None,
        boxes=None if is_collected else listed(str(BOX_WORDS[box]) for box in boxes),
        parcels=tuple(_parcel(order.code, shipment, now) for shipment in (*shipments, *papers) if shipment.waybill),
        cash=_cash(order, payments),
        pay_href=pay_href(order, payments, now),
        again_href=_again_href(order),
        receipt_href=_receipt_href(order, passages, payments),
        may_cancel=may_buyer_cancel(order.state, order.states),
        readdress_href=url_for("orders.recipient", code=order.code) if may_buyer(order) else None,
        is_paid=order.state is OrderState.PAID,
    )


def _collect_square(order: OrderFacts) -> Markup | None:
    lies = order.at_once and order.state is OrderState.PAID
    is_ready = order.handing is Handing.COLLECTION and is_ready_to_collect(order.states)
    return square(order.code, COLLECT_DOTS) if lies or is_ready else None


def _promise(order: OrderFacts) -> str | None:
    if order.at_once:
        return _("货在镇上的柜台，付了就归您。") if order.state is OrderState.PLACED else None
    return promise(order.handing, order.promised_on) if order.promised_on is not None else None


def _parcel(order_code: str, shipment: ShipmentFacts, now: datetime) -> ParcelRow:
    return ParcelRow(
        carrier=carrier_word(shipment.carrier_name),
        waybill=shipment.waybill,
        letter=shipment.cargo if shipment.kind is ShipmentKind.DOCUMENT else None,
        word=str(SHIPMENT_WORDS[shipment.state]),
        expected=expected_words(shipment, now),
        href=url_for("orders.tracking", code=order_code, key=shipment.key),
    )


def _cash(order: OrderFacts, payments: Iterable[PaymentFacts]) -> tuple[str, int] | None:
    if order.state is not OrderState.AGREED:
        return None
    open_fen = [p.amount_fen for p in payments if p.state in (PaymentState.CREATED, PaymentState.PENDING)]
    return (str(cash_word(order).text), open_fen[-1]) if open_fen else None


def _receipt_href(order: OrderFacts, passages: Iterable[Passage], payments: Iterable[PaymentFacts]) -> str | None:
    was_paid = any(passage.part is None and passage.to_state == OrderState.PAID for passage in passages)
    is_paid = was_paid and any(p.state is PaymentState.CAPTURED for p in payments)
    return url_for("orders.receipt", code=order.code) if is_paid else None


def _again_href(order: OrderFacts) -> str | None:
    return None if order.state is OrderState.PLACED else url_for("orders.again", code=order.code)


def pay_href(order: OrderFacts, payments: Iterable[PaymentFacts], now: datetime) -> str | None:
    """Return where an order is paid, as long as it waits for its money."""
    if order.state is not OrderState.PLACED or order.hold_until <= now:
        return None
    waiting = [p.code for p in payments if p.state in (PaymentState.CREATED, PaymentState.PENDING)]
    return url_for("payments.pay", code=waiting[-1]) if waiting else None


def lines_of(order: OrderFacts) -> list[LineFacts]:
    """Return an order's lines, part after part: a line's place here is its number in addresses, from 1."""
    return [line for part in order.parts for line in part.lines]


def _each(line: LineFacts) -> str:
    if line.per_500g_fen is not None:
        return _("%(price)s / 500克 × %(n)d %(unit)s", price=yuan(line.per_500g_fen), n=line.quantity, unit=line.unit)
    return f"{yuan(line.price_fen)} {unit_label(line.unit, line.pieces)} × {line.quantity}"


def _returns(line: LineFacts) -> str | None:
    return None if line.return_class is None else str(RETURN_WORDS[line.return_class])


def _row(order_code: str, line: LineFacts, number: int, intake: Intake | None) -> Row:
    is_open = line.per_500g_fen is not None and line.weighed_g is None
    together = yuan(line.goods_fen) if line.weighed_g is None else yuan(line.kept_fen)
    href = url_for("orders.as_bought", code=order_code, number=number)
    return Row(
        goods=line.title,
        each=_each(line),
        notes=tuple(
            note
            for note in (promise_words(line.harvest_on), *weighing_words(line, intake), _returns(line))
            if note is not None
        ),
        together=_("最多 %(amount)s", amount=together) if is_open else together,
        href=href if line.listing_version_id is not None else None,
    )


def _part(
    order: OrderFacts,
    part: PartFacts,
    numbers: Mapping[int, int],
    intakes: Mapping[int, Intake],
    *,
    has_boxes: bool,
) -> Part:
    short = [
        words
        for line in part.lines
        for words in missing_words(line, intakes.get(line.id), is_called_off=part.state is VendorOrderState.CANCELLED)
    ]
    return Part(
        name=part.vendor_name,
        village=part.village,
        box=str(BOX_WORDS[part.box]) if has_boxes else None,
        word=part_word(order, part.state),
        rows=tuple(_row(order.code, line, numbers[line.id], intakes.get(line.id)) for line in part.lines),
        note=_("不算钱的：%(goods)s", goods=clauses(short)) if short else None,
    )


def order_row(order: OrderFacts, shown: Mapping[int, OfferFacts]) -> OrderRow:
    """Return an order as a member's list shows it: with the face of the first of its goods that is offered still."""
    bought = [shown[line.variant_id] for part in order.parts for line in part.lines if line.variant_id in shown]
    titles = [line.title for part in order.parts for line in part.lines]
    goods = titles[0] if len(titles) == 1 else _("%(first)s 等 %(n)d 样", first=titles[0], n=len(titles))
    return OrderRow(
        code=order.code,
        href=url_for("orders.order", code=order.code),
        placed_at=order.placed_at,
        goods=goods,
        picture=next((offer.photo for offer in bought if offer.photo), None),
        total_fen=order.total_fen,
        word=order_word(order),
        again_href=_again_href(order),
    )
