"""The lines of a basket as pages draw them, with what changed about each since its buyer last looked."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for

from shop.kernel.money import yuan
from shop.media.queries import Picture
from shop.orders.queries.baskets import BasketFacts, BasketLineFacts
from shop.orders.views.words import RETURN_WORDS
from shop.web.i18n import _
from shop.web.prices import price_tag
from shop.web.words import town_date, town_time


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


def problem_words(line: BasketLineFacts, until: datetime | None = None) -> str | None:
    """Return in words why a line cannot be ordered as it stands, or None.

    Args:
        until: when at the latest those who are paying for the last ones have paid or not.
    """
    paying = (
        _("有人正在付最后这些，没付成会放出来，过一会儿再看。")
        if until is None
        else _("有人正在付最后这些，最晚到%(at)s；没付成就放出来。", at=town_time(until))
    )
    return {
        "gone": _("这样货下架了，请拿掉。"),
        "harvest_full": _("这一季能采的都订完了，请拿掉。"),
        "out_of_season": _("过季了，等下一季吧，请拿掉。"),
        "sold_out": _("刚刚卖完了，请拿掉。"),
        "being_paid": paying,
        "too_few": _("只剩 %(n)d %(unit)s了，改一改。", n=line.offer.way.free, unit=line.offer.way.unit),
    }.get(line.problem or "")


def promise_words(day: date | None) -> str | None:
    """Return on which day a thing ordered ahead is gathered."""
    return None if day is None else _("预订，%(day)s采", day=town_date(day))


def together_after(days: Iterable[date | None]) -> str | None:
    """Return that an order waits for the last of its harvests, or None when nothing of it is ordered ahead."""
    last = max((day for day in days if day is not None), default=None)
    return None if last is None else _("有预订的货，整单等%(day)s采下来，一起寄。", day=town_date(last))


def _price_change(line: BasketLineFacts) -> str | None:
    if line.was_fen is None:
        return None
    was, now = yuan(line.was_fen), yuan(line.offer.way.price_fen)
    if line.offer.way.per_500g_fen is not None:
        return _("价钱变了：原来一%(unit)s最多 %(was)s，现在 %(now)s", unit=line.offer.way.unit, was=was, now=now)
    return _("价钱变了：原来 %(was)s，现在 %(now)s", was=was, now=now)


def _line(line: BasketLineFacts, until: datetime | None, *, with_returns: bool) -> Line:
    offer, tag = line.offer, price_tag(line.offer.way)
    notes = (
        _price_change(line),
        *tag.weight[:1],
        promise_words(offer.harvest_day(line.quantity)),
        _("活的不寄，到中心来取") if offer.is_live else None,
        str(RETURN_WORDS[offer.return_class]) if with_returns else None,
    )
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
        notes=tuple(note for note in notes if note is not None),
        problem=problem_words(line, until),
    )


def prices_mark(basket: BasketFacts) -> str:
    """Return a mark of the prices that a page of a basket shows, by which a later act knows what its buyer saw."""
    shown = ",".join(f"{line.offer.way.variant_id}:{line.offer.way.price_fen}" for line in basket.lines)
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def households(
    basket: BasketFacts, until: datetime | None = None, *, with_returns: bool = False
) -> tuple[Household, ...]:
    """Return a basket's lines, together by household, in the order in which they came in.

    Args:
        until: see `problem_words`.
        with_returns: say of each line whether it can be sent back without a reason.
    """
    by_vendor: dict[int, list[BasketLineFacts]] = {}
    for line in basket.lines:
        by_vendor.setdefault(line.offer.vendor_id, []).append(line)
    return tuple(
        Household(
            lines[0].offer.vendor_name,
            lines[0].offer.village,
            tuple(_line(line, until, with_returns=with_returns) for line in lines),
        )
        for lines in by_vendor.values()
    )
