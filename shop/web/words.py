"""Values as people read them: money, moments, months, phones."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from shop.kernel.clock import TOWN_ZONE
from shop.kernel.languages import Language
from shop.kernel.money import yuan
from shop.town.rules import hour_spans, weekday_spans
from shop.web.gloss import gloss
from shop.web.heads import headed
from shop.web.i18n import _, reader, unit_word

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NET = re.compile(r"(?:\d{4}年)?\d+月\d+日|\d[\d.]*\s?(?:公斤|克|升|毫升|厘米|枚|个|斤|样|樣)")
"""A figure and what it counts: a net content as titles name it, a day, so many kinds."""
GROUP = 4
PHONE = re.compile(r"1[3-9]\d{9}")


def month_word(month: int) -> str:
    """Return a month as it stands in a date: its number, in English its name."""
    return MONTHS[month - 1] if reader() is Language.EN else str(month)


def town_time(at: datetime) -> str:
    """Return a moment as the town's clock shows it."""
    local = at.astimezone(TOWN_ZONE)
    return _("%(m)s月%(d)d日 %(clock)s", m=month_word(local.month), d=local.day, clock=f"{local:%H:%M}")


def town_date(value: datetime | date) -> str:
    """Return a day as the town's calendar shows it."""
    day = value.astimezone(TOWN_ZONE).date() if isinstance(value, datetime) else value
    return _("%(m)s月%(d)d日", m=month_word(day.month), d=day.day)


def full_date(day: date) -> str:
    """Return a day with its year."""
    return _("%(y)d年%(m)s月%(d)d日", y=day.year, m=month_word(day.month), d=day.day)


def months(wanted: Sequence[int]) -> str:
    """Return months as spans: 3–5月, or 11–2月 across the new year; the whole year as 全年."""
    have = sorted(set(wanted))
    if len(have) == 12:
        return _("全年")
    starts = [m for m in have if (m - 2) % 12 + 1 not in have]
    spans = []
    for start in starts:
        end = start
        while end % 12 + 1 in have:
            end = end % 12 + 1
        first, last = month_word(start), month_word(end)
        spans.append(first if start == end else f"{first}–{last}")
    return _("%(spans)s月", spans=listed(spans))


def listed(items: Iterable[object]) -> str:
    """Return things of one kind in a row, as the reader's language parts them."""
    return _("、").join(map(str, items))


def clauses(items: Iterable[object]) -> str:
    """Return short sentences in a row, as the reader's language parts them."""
    return _("；").join(map(str, items))


def sentences(items: Iterable[object]) -> str:
    """Return whole sentences one after another."""
    told = ""
    for item in items:
        told = _("%(told)s%(more)s", told=told, more=item) if told else str(item)
    return told


def kilograms(grams: int) -> str:
    """Return grams as kilograms, to the gram, in the unit's word as the reader knows it."""
    whole, rest = divmod(grams, 1000)
    return _("%(n)s 公斤", n=f"{whole}" + (f".{rest:03d}".rstrip("0") if rest else ""))


def account_tail(tail: str) -> str:
    """Return the end of an account's number by its name, which no line parts."""
    return _("尾号 %(tail)s", tail=tail).replace(" ", "\u00a0")


def masked_phone(phone: str) -> str:
    """Return a phone number that its owner recognises and others cannot call; nothing of one that was forgotten."""
    if not phone:
        return ""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "****"


def masked_name(name: str) -> str:
    """Return a name with all but its first character hidden (GB/T 41833-2022 for waybills)."""
    if not name:
        return _("名字已删")
    return name[:1] + "*" * max(1, len(name) - 1)


def whole(title: str) -> Markup:
    """Return a title in which no line ends between a figure and its unit, as it would within 2.5公斤.

    title: plain text, or markup in which what was looked for is marked.
    """
    said = escape(title)
    at = NET.search(said)
    if at is None:
        return said
    first, last = at.span()
    return Markup('{}<span class="figures">{}</span>{}').format(said[:first], said[first:last], said[last:])


def grouped(code: str) -> Markup:
    """Return a code that goes on in the next line after four characters, or eight, where no line holds all of it."""
    return Markup("<wbr>").join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def lines(text: str) -> Markup:
    """Return plain text as paragraphs, escaped."""
    parts = [part.strip() for part in text.splitlines() if part.strip()]
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in parts)


WEEKDAY_WORDS = {
    1: _l("周一"),
    2: _l("周二"),
    3: _l("周三"),
    4: _l("周四"),
    5: _l("周五"),
    6: _l("周六"),
    7: _l("周日"),
}
"""Days of the week by their ISO numbers."""

GATEWAY_WORDS = {"demo": _l("演示收款"), "stripe": _l("Stripe 测试收款"), "cash": _l("现金")}
"""Payment gateways by their codes."""


def opening_rows(rows: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return opening hours, days and hours, in the reader's language; what cannot be read stays as it was typed."""
    if reader() is not Language.EN:
        return tuple(rows)
    return tuple((_days(days) or days, _hours(hours) or hours) for days, hours in rows)


def _days(typed: str) -> str:
    spans = weekday_spans(typed)
    if spans == ((1, 7),):
        return _("每天")
    return listed("–".join(str(WEEKDAY_WORDS[day]) for day in dict.fromkeys(span)) for span in spans)


def _hours(typed: str) -> str:
    return listed("–".join(span) for span in hour_spans(typed))


FILTERS = {
    "money": yuan,
    "town_time": town_time,
    "town_date": town_date,
    "full_date": full_date,
    "month_word": month_word,
    "months": months,
    "listed": listed,
    "clauses": clauses,
    "sentences": sentences,
    "kilograms": kilograms,
    "masked_phone": masked_phone,
    "masked_name": masked_name,
    "lines": lines,
    "grouped": grouped,
    "opening_rows": opening_rows,
    "whole": whole,
    "unit_word": unit_word,
    "gloss": gloss,
    "headed": headed,
}
