"""What the pages of basket, checkout and order show: frozen, made of facts, nothing written."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for

from shop.courier.queries import ShipmentFacts
from shop.courier.rules import CARRIER_NAMES
from shop.kernel.money import yuan
from shop.media.queries import Picture
from shop.orders.models import OrderState, VendorOrderState
from shop.orders.queries.baskets import BasketFacts, BasketLineFacts
from shop.orders.queries.orders import LineFacts, OrderFacts, PartFacts, Passage
from shop.orders.queries.quotes import Quote, QuoteLine
from shop.orders.rules import may_buyer_cancel
from shop.orders.services import Recipient
from shop.orders.views.progress import Step, progress
from shop.orders.views.words import PART_WORDS, Word, order_word
from shop.payments.models import PaymentState
from shop.payments.queries import PaymentFacts
from shop.web.i18n import _
from shop.web.prices import jin, kilos, price_tag, unit_label
from shop.web.words import masked_phone, town_date


@dataclass(frozen=True)
class Line:
    """One line of goods as the line components draw it."""

    code: str
    variant_id: int
    title: str
    href: str | None
    picture: Picture | None
    unit_label: str
    price_fen: int
    each: tuple[str, ...]
    quantity: int
    max: int
    total_fen: int
    is_ceiling: bool
    notes: tuple[str, ...]
    problem: str | None


@dataclass(frozen=True)
class Household:
    """The lines that come from one household."""

    name: str
    village: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Where:
    """An address as its component draws it."""

    name: str
    phone: str
    region: str
    street: str
    tag: str | None = None


@dataclass(frozen=True)
class Review:
    """All that a buyer agrees to before the order is placed.

    Attributes:
        has_ceiling: something in it is weighed, and what it weighs less comes back.
        is_again: it was agreed to once, and something changed before the order was placed.
        waits: for which harvest the whole order waits, or None.
        was: what is shown here, to be compared when it changes before the order is placed.
        changes: (what, as it was shown before, as it is now).
    """

    to: Where
    households: tuple[Household, ...]
    quote: Quote
    waits: str | None
    was: str
    is_again: bool
    has_ceiling: bool
    changes: tuple[tuple[str, str, str], ...]


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
    word: Word
    rows: tuple[Row, ...]
    note: str | None


@dataclass(frozen=True)
class OrderPage:
    """An order as its buyer sees it."""

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
    carrier: str | None
    waybill: str | None
    pay_href: str | None
    may_cancel: bool
    is_paid: bool


@dataclass(frozen=True)
class OrderRow:
    """An order in a member's list."""

    code: str
    href: str
    placed_at: datetime
    goods: str
    total_fen: int
    word: Word


def problem_words(line: BasketLineFacts) -> str | None:
    """Return in words why a line cannot be ordered as it stands, or None."""
    return {
        "gone": _("这样货下架了，请拿掉。"),
        "harvest_full": _("这一季能采的都订完了，请拿掉。"),
        "out_of_season": _("过季了，等下一季吧，请拿掉。"),
        "sold_out": _("刚刚卖完了，请拿掉。"),
        "being_paid": _("有人正在付最后这些，没付成会放出来，过一会儿再看。"),
        "too_few": _("只剩 %(n)d %(unit)s了，改一改。", n=line.offer.way.free, unit=line.offer.way.unit),
    }.get(line.problem or "")


def _line(line: BasketLineFacts) -> Line:
    offer, tag = line.offer, price_tag(line.offer.way)
    return Line(
        code=f"{offer.listing_code}-{offer.way.variant_id}",
        variant_id=offer.way.variant_id,
        title=offer.title,
        href=url_for("catalog.listing", code=offer.listing_code) if offer.is_shown else None,
        picture=offer.photo,
        unit_label=tag.unit,
        price_fen=tag.fen,
        each=tag.each,
        quantity=line.quantity,
        max=max(1, offer.way.free),
        total_fen=line.goods_fen,
        is_ceiling=bool(tag.weight),
        notes=(*tag.weight[:1], *filter(None, [_promise(offer.harvest_day(line.quantity))])),
        problem=problem_words(line),
    )


def _promise(day: date | None) -> str | None:
    return None if day is None else _("预订，%(day)s采", day=town_date(day))


def together_after(days: Iterable[date | None]) -> str | None:
    """Return that an order waits for the last of its harvests, or None when nothing of it is ordered ahead."""
    last = max((day for day in days if day is not None), default=None)
    return None if last is None else _("有预订的货，整单等%(day)s采下来，一起寄。", day=town_date(last))


def households(basket: BasketFacts) -> tuple[Household, ...]:
    """Return a basket's lines, together by household, in the order in which they came in."""
    by_vendor: dict[int, list[BasketLineFacts]] = {}
    for line in basket.lines:
        by_vendor.setdefault(line.offer.vendor_id, []).append(line)
    return tuple(
        Household(lines[0].offer.vendor_name, lines[0].offer.village, tuple(map(_line, lines)))
        for lines in by_vendor.values()
    )


def review(basket: BasketFacts, quote: Quote, to: Recipient, *, was: str = "") -> Review:
    """Return the second page of the checkout.

    Args:
        was: the `was` of the page whose order could not be placed because something changed since.
    """
    return Review(
        to=_where(to.name, to.phone, to.province, to.city, to.district, to.street),
        households=households(basket),
        quote=quote,
        waits=together_after(line.harvest_on for line in quote.lines),
        was=_shown(quote),
        is_again=bool(was),
        has_ceiling=any(line.per_500g_fen is not None for line in quote.lines),
        changes=_changes(was, quote) if was else (),
    )


def _where(name: str, phone: str, province: str, city: str, district: str, street: str) -> Where:
    region = "".join(dict.fromkeys(part for part in (province, city, district) if part))
    return Where(name, phone, region, street)


def _shown(quote: Quote) -> str:
    """Return what a page shows of a quote, small enough to travel in its form."""
    lines = [[line.variant_id, line.title, *_told(line)] for line in quote.lines]
    return json.dumps([lines, quote.freight_fen, quote.total_fen], ensure_ascii=False, separators=(",", ":"))


def _told(line: QuoteLine) -> tuple[int, int, str]:
    return line.price_fen, line.quantity, "" if line.harvest_on is None else line.harvest_on.isoformat()


def _line_text(fen: object, quantity: object, harvest_on: object) -> str:
    """Return a line's price, number and promised day; `ValueError` or `TypeError` for what is none of them."""
    told = f"{yuan(int(str(fen)))} × {int(str(quantity))}"
    promise = _promise(date.fromisoformat(str(harvest_on))) if harvest_on else None
    return told if promise is None else _("%(told)s，%(promise)s", told=told, promise=promise)


def _changes(was: str, now: Quote) -> tuple[tuple[str, str, str], ...]:
    """Return what differs; the form's word is only shown back to whoever sent it, so anything unreadable is nothing."""
    try:
        lines, freight_fen, total_fen = json.loads(was)
        old = {int(variant): (str(title), _line_text(fen, n, on)) for variant, title, fen, n, on in lines}
        sums = [(_("运费"), int(freight_fen), now.freight_fen), (_("一共"), int(total_fen), now.total_fen)]
    except (ValueError, TypeError):
        return ()
    new = {line.variant_id: (line.title, _line_text(*_told(line))) for line in now.lines}
    nothing = ("", _("没有"))
    rows = [
        (new.get(key, old.get(key, nothing))[0], old.get(key, nothing)[1], new.get(key, nothing)[1])
        for key in {**old, **new}
        if old.get(key, nothing)[1] != new.get(key, nothing)[1]
    ]
    return (*rows, *((what, yuan(before), yuan(after)) for what, before, after in sums if before != after))


def order_page(
    order: OrderFacts,
    passages: Sequence[Passage],
    payments: Sequence[PaymentFacts],
    shipment: ShipmentFacts | None,
    now: datetime,
) -> OrderPage:
    """Return an order as its buyer sees it."""
    refunds = [refund for payment in payments for refund in payment.refunds]
    waybill = shipment.waybill if shipment is not None else None
    numbers = {line.id: number for number, line in enumerate(lines_of(order), 1)}
    return OrderPage(
        code=order.code,
        word=order_word(order),
        steps=progress(order, passages, refunds, waybill),
        parts=tuple(_part(order.code, part, numbers) for part in order.parts),
        goods_fen=order.goods_fen,
        freight_fen=order.freight_fen,
        total_fen=order.total_fen,
        refunded_fen=sum(payment.refunded_fen for payment in payments),
        to=_where(order.name, masked_phone(order.phone), order.province, order.city, order.district, order.street),
        note=order.note,
        carrier=CARRIER_NAMES[shipment.carrier] if shipment is not None else None,
        waybill=waybill,
        pay_href=_pay_href(order, payments, now),
        may_cancel=may_buyer_cancel(order.state, order.states),
        is_paid=order.state is OrderState.PAID,
    )


def _pay_href(order: OrderFacts, payments: Iterable[PaymentFacts], now: datetime) -> str | None:
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


def _weighed(line: LineFacts) -> str | None:
    """Return what the scale said of a line sold by weight, or what it is waited for; None of other lines."""
    if line.per_500g_fen is None or not line.accepted:
        return None
    if line.weighed_g is None:
        return _("先照最重的付，收货过秤，轻了的当天退您。")
    weight = _("称下来 %(jin)s 斤（%(kilos)s 公斤）", jin=jin(line.weighed_g), kilos=kilos(line.weighed_g))
    if not line.weight_back_fen:
        return _("%(weight)s，不用退补。", weight=weight)
    return _("%(weight)s，退您 %(back)s。", weight=weight, back=yuan(line.weight_back_fen))


def _row(order_code: str, line: LineFacts, number: int) -> Row:
    is_open = line.per_500g_fen is not None and line.weighed_g is None
    together = yuan(line.goods_fen) if line.weighed_g is None else yuan(line.kept_fen)
    href = url_for("orders.as_bought", code=order_code, number=number)
    return Row(
        goods=line.title,
        each=_each(line),
        notes=tuple(note for note in (_promise(line.harvest_on), _weighed(line)) if note is not None),
        together=_("最多 %(amount)s", amount=together) if is_open else together,
        href=href if line.listing_version_id is not None else None,
    )


def _part(order_code: str, part: PartFacts, numbers: Mapping[int, int]) -> Part:
    short = [
        _("%(title)s %(n)d %(unit)s", title=line.title, n=line.rejected, unit=line.unit)
        for line in part.lines
        if line.rejected and part.state is not VendorOrderState.CANCELLED
    ]
    return Part(
        name=part.vendor_name,
        village=part.village,
        word=PART_WORDS[part.state],
        rows=tuple(_row(order_code, line, numbers[line.id]) for line in part.lines),
        note=_("没有送来：%(goods)s", goods="、".join(short)) if short else None,
    )


def order_row(order: OrderFacts) -> OrderRow:
    """Return an order as a member's list shows it."""
    titles = [line.title for part in order.parts for line in part.lines]
    goods = titles[0] if len(titles) == 1 else _("%(first)s 等 %(n)d 样", first=titles[0], n=len(titles))
    return OrderRow(
        code=order.code,
        href=url_for("orders.order", code=order.code),
        placed_at=order.placed_at,
        goods=goods,
        total_fen=order.total_fen,
        word=order_word(order),
    )
