"""What all reports share: their pages side by side, the period that is looked at, and how it compares."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from shop.flows.reporting.corrections import per_hundred
from shop.flows.reporting.periods import Period, Span, Stretch, period_of
from shop.flows.reporting.sales import share_of
from shop.kernel.clock import town_day
from shop.web.audience import Audience, blueprint
from shop.web.house import current_person, house
from shop.web.i18n import _
from shop.web.roles import FIGURES_ROLES, MONEY_FIGURES_ROLES, may_open
from shop.web.words import town_date

bp = blueprint("staff_reports", __name__, Audience.STAFF, prefix="/staff/reports", roles=FIGURES_ROLES)

PAGES = (
    ("sales_report", _l("卖了多少")),
    ("season", _l("旺季淡季")),
    ("late", _l("晚到的")),
    ("rejects_report", _l("没收下的")),
    ("corrections_report", _l("更正")),
    ("claims_report", _l("售后")),
    ("searches", _l("没找到的")),
)
SPAN_WORDS = {Span.WEEK: _l("一周"), Span.MONTH: _l("一个月"), Span.QUARTER: _l("一季"), Span.YEAR: _l("一年")}
NOW_WORDS = {Span.WEEK: _l("这周"), Span.MONTH: _l("这个月"), Span.QUARTER: _l("这一季"), Span.YEAR: _l("这一年")}
BEFORE_WORDS = {Span.WEEK: _l("上一周"), Span.MONTH: _l("上个月"), Span.QUARTER: _l("上一季"), Span.YEAR: _l("上一年")}

NOTHING = "–"

Way = tuple[str, None, str, bool]
"""(words, no number, address, whether one is there)."""


@dataclass(frozen=True)
class Head:
    """The top of a report.

    Attributes:
        pages: all reports.
        spans: how long a stretch may be looked at; empty where there is no choice.
        name: of the period.
        next_href: None when the next one is still to come.
        is_running: the period is not over.
        now, before: what the period and the one before are called.
    """

    title: str
    pages: tuple[Way, ...]
    spans: tuple[Way, ...]
    name: str
    prev_href: str
    next_href: str | None
    is_running: bool
    now: str
    before: str


def sees_money() -> bool:
    """Tell whether who looks may read amounts, and not only counts."""
    person = current_person()
    return person is not None and not person.roles.isdisjoint(MONEY_FIGURES_ROLES)


def today() -> date:
    """Return the town's day."""
    return town_day(house().clock())


def period(*, only: Span | None = None) -> Period:
    """Return the period that the address asks for; what cannot be read is the present month.

    Args:
        only: the one span a page knows.
    """
    span, day = only or Span.MONTH, today()
    if only is None and request.args.get("by") in set(Span):
        span = Span(request.args["by"])
    with suppress(ValueError):
        day = date.fromisoformat(request.args.get("on", ""))
    return period_of(span, day)


def head(page: str, here: Period, *, spans: Sequence[Span] = tuple(Span)) -> Head:
    """Return the top of a report about a period.

    Args:
        page: its name in `PAGES`.
    """
    now, endpoint = today(), f"staff_reports.{page}"

    def address(to: Period, of: str = endpoint) -> str:
        return url_for(of, by=to.span.value, on=to.first.isoformat())

    # A shorter stretch of a longer one is its last that has begun: the one somebody means by "the week".
    day = min(here.last, max(now, here.first))
    return Head(
        title=str(dict(PAGES)[page]),
        pages=tuple(
            (str(words), None, address(here, f"staff_reports.{name}"), name == page)
            for name, words in PAGES
            if may_open(f"staff_reports.{name}", _roles())
        ),
        spans=tuple((str(SPAN_WORDS[span]), None, address(period_of(span, day)), span is here.span) for span in spans)
        if len(spans) > 1
        else (),
        name=name_of(here),
        prev_href=address(here.before),
        next_href=address(here.after) if here.until <= now else None,
        is_running=now in here,
        now=str(NOW_WORDS[here.span]) if now in here else name_of(here),
        before=str(BEFORE_WORDS[here.span]),
    )


def _roles() -> frozenset[str]:
    person = current_person()
    return frozenset() if person is None else person.roles


def name_of(here: Period) -> str:
    """Return what a period is called."""
    if here.span is Span.WEEK:
        return _("%(first)s–%(last)s", first=town_date(here.first), last=town_date(here.last))
    if here.span is Span.MONTH:
        return _("%(year)d年%(month)d月", year=here.first.year, month=here.first.month)
    if here.span is Span.QUARTER:
        return _("%(year)d年第%(n)d季", year=here.first.year, n=(here.first.month + 2) // 3)
    return _("%(year)d年", year=here.first.year)


def label_of(each: Stretch, span: Span) -> tuple[str, str]:
    """Return the name of one stretch of a drawing, and the short one below it."""
    first = each.first
    if span is Span.YEAR:
        return _("%(n)d月", n=first.month), str(first.month)
    if span is Span.QUARTER:
        return _("%(first)s–%(last)s", first=town_date(first), last=town_date(each.last)), f"{first.month}/{first.day}"
    return town_date(first), str(first.day)


def compared(now: int, before: int, name: str) -> str:
    """Return how a figure stands to the one before, in whole percent."""
    if not before:
        return _("%(name)s没有", name=name)
    percent = (share_of(abs(now - before), before) + 5) // 10
    if now == before or not percent:
        return _("跟%(name)s差不多", name=name)
    if now > before:
        return _("比%(name)s多 %(n)d%%", name=name, n=percent)
    return _("比%(name)s少 %(n)d%%", name=name, n=percent)


def tenths(figure: int) -> str:
    """Return tenths as a number with one decimal: 125 is 12.5."""
    return f"{figure // 10}.{figure % 10}"


def percent(part: int, whole: int) -> str:
    """Return a part of a whole as a percentage with one decimal; a dash where there is no whole."""
    return f"{tenths(share_of(part, whole))}%" if whole else NOTHING


def rate(count: int, orders: int) -> str:
    """Return how many there are for each hundred orders; a dash where there are no orders."""
    return tenths(per_hundred(count, orders)) if orders else NOTHING
