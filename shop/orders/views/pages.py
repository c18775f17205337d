"""What the pages of basket, checkout and order show: frozen, made of facts, nothing written."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from shop.courier.queries import ShipmentFacts
from shop.courier.rules import CARRIER_NAMES
from shop.kernel.money import yuan
from shop.media.queries import Picture
from shop.orders.models import OrderState, VendorOrderState
from shop.orders.queries.baskets import BasketFacts, BasketLineFacts, Quote
from shop.orders.queries.orders import OrderFacts, PartFacts, Passage
from shop.orders.rules import may_buyer_cancel
from shop.orders.services import Recipient
from shop.orders.views.progress import Step, progress
from shop.orders.views.words import PART_WORDS, Word, order_word
from shop.payments.models import PaymentState
from shop.payments.queries import PaymentFacts
from shop.web.goods import unit_label
from shop.web.i18n import _
from shop.web.words import masked_phone


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
    quantity: int
    max: int
    total_fen: int
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
        was: what is shown here, to be compared when it changes before the order is placed.
        changes: (what, as it was shown before, as it is now).
    """

    to: Where
    households: tuple[Household, ...]
    quote: Quote
    was: str
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Part:
    """One household's part of an order."""

    name: str
    village: str
    word: Word
    rows: tuple[tuple[str, str, str], ...]
    """(goods, price and how many, together)."""
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
        "collect_only": _("活的不能寄，要到镇上的中心来取，请拿掉。"),
        "harvest_full": _("这一季能采的都订完了，请拿掉。"),
        "out_of_season": _("过季了，等下一季吧，请拿掉。"),
        "sold_out": _("刚刚卖完了，请拿掉。"),
        "too_few": _("只剩 %(n)d %(unit)s了，改一改。", n=line.offer.way.free, unit=line.offer.way.unit),
    }.get(line.problem or "")


def _line(line: BasketLineFacts) -> Line:
    offer = line.offer
    return Line(
        code=offer.listing_code,
        variant_id=offer.way.variant_id,
        title=offer.title,
        href=url_for("catalog.listing", code=offer.listing_code) if offer.is_shown else None,
        picture=offer.photo,
        unit_label=unit_label(offer.way.unit, offer.way.pieces),
        price_fen=offer.way.price_fen,
        quantity=line.quantity,
        max=max(1, offer.way.free),
        total_fen=line.goods_fen,
        problem=problem_words(line),
    )


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
        was=_shown(quote),
        changes=_changes(was, quote) if was else (),
    )


def _where(name: str, phone: str, province: str, city: str, district: str, street: str) -> Where:
    region = "".join(dict.fromkeys(part for part in (province, city, district) if part))
    return Where(name, phone, region, street)


def _shown(quote: Quote) -> str:
    """Return what a page shows of a quote, small enough to travel in its form."""
    lines = [[line.variant_id, line.title, line.price_fen, line.quantity] for line in quote.lines]
    return json.dumps([lines, quote.freight_fen, quote.total_fen], ensure_ascii=False, separators=(",", ":"))


def _changes(was: str, now: Quote) -> tuple[tuple[str, str, str], ...]:
    """Return what differs; the form's word is only shown back to whoever sent it, so anything unreadable is nothing."""
    try:
        lines, freight_fen, total_fen = json.loads(was)
        old = {int(variant): (str(title), f"{yuan(int(fen))} × {int(n)}") for variant, title, fen, n in lines}
        sums = [(_("运费"), int(freight_fen), now.freight_fen), (_("一共"), int(total_fen), now.total_fen)]
    except (ValueError, TypeError):
        return ()
    new = {line.variant_id: (line.title, f"{yuan(line.price_fen)} × {line.quantity}") for line in now.lines}
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
    return OrderPage(
        code=order.code,
        word=order_word(order),
        steps=progress(order, passages, refunds, waybill),
        parts=tuple(map(_part, order.parts)),
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


def _part(part: PartFacts) -> Part:
    short = [
        _("%(title)s %(n)d %(unit)s", title=line.title, n=line.rejected, unit=line.unit)
        for line in part.lines
        if line.rejected and part.state is not VendorOrderState.CANCELLED
    ]
    return Part(
        name=part.vendor_name,
        village=part.village,
        word=PART_WORDS[part.state],
        rows=tuple(
            (
                line.title,
                f"{yuan(line.price_fen)} {unit_label(line.unit, line.pieces)} × {line.quantity}",
                yuan(line.goods_fen),
            )
            for line in part.lines
        ),
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
