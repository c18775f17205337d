"""Reports of how the centre's work went: late parcels, goods turned down, orders set right, searches in vain."""

from dataclasses import dataclass
from datetime import date

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.flows.reporting.corrections import Correction, corrections, per_hundred
from shop.flows.reporting.late import MOST_DAYS, OpenLate, lateness
from shop.flows.reporting.rejects import Household, rejects
from shop.kernel.clock import town_day
from shop.orders.views.reports.face import Head, bp, head, label_of, percent, period, rate, tenths, today
from shop.search.words import misses_within
from shop.web.house import reading
from shop.web.i18n import _
from shop.web.plots import Plot, Point, plot

Sum = tuple[str, str, str | None]
CORRECTION_WORDS = {
    Correction.SHORT: _l("人家货不够"),
    Correction.TURNED_DOWN: _l("中心没收下"),
    Correction.TAKEN_APART: _l("打好了又拆开"),
    Correction.TAKEN_OUT: _l("召回，拿出来"),
    Correction.CAME_BACK: _l("退回来、没人取"),
    Correction.LET_GO: _l("收了货又取消"),
    Correction.GIVEN_BACK: _l("中心另外退钱"),
    Correction.FAILED: _l("钱没退成"),
}


@dataclass(frozen=True)
class LatePage:
    """Late parcels as they are shown.

    Attributes:
        days: (how late, parcels).
        carriers: (who, promised, late, share).
    """

    head: Head
    sums: tuple[Sum, ...]
    days: tuple[tuple[str, int], ...]
    carriers: tuple[tuple[str, int, int, str], ...]
    open: tuple[OpenLate, ...]
    waiting: int
    is_empty: bool


@dataclass(frozen=True)
class RejectsPage:
    """What was turned down; households with their share of what they brought."""

    head: Head
    sums: tuple[Sum, ...]
    reasons: tuple[tuple[str, int], ...]
    households: tuple[tuple[Household, str], ...]
    file_href: str


@dataclass(frozen=True)
class CorrectionsPage:
    """How often orders were set right."""

    head: Head
    sums: tuple[Sum, ...]
    drawn: Plot
    kinds: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class MissRow:
    """Something people looked for in vain."""

    text: str
    times: int
    last_on: date
    is_new: bool
    is_handled: bool


@dataclass(frozen=True)
class SearchesPage:
    """What people looked for in vain."""

    head: Head
    sums: tuple[Sum, ...]
    rows: tuple[MissRow, ...]


@bp.get("/late")
def late() -> ResponseReturnValue:
    """Show which parcels came later than promised, or have not come."""
    here = period()
    found, top = lateness(reading(), here, today=today()), head("late", here)
    promised, behind = found.before
    page = LatePage(
        head=top,
        sums=(
            (
                _("晚了的"),
                percent(found.late, found.promised),
                _("%(late)d 件，一共 %(all)d 件", late=found.late, all=found.promised),
            ),
            (top.before, percent(behind, promised), _("%(late)d 件，一共 %(all)d 件", late=behind, all=promised)),
            (_("现在还没到"), str(found.waiting), _("过了日子、没打包或在路上的单子")),
        ),
        days=tuple((_days(number), count) for number, count in found.by_days),
        carriers=tuple(
            (
                _("到中心来取") if one.is_counter else one.name or _("还没定谁送"),
                one.promised,
                one.late,
                percent(one.late, one.promised),
            )
            for one in found.carriers
        ),
        open=found.open,
        waiting=found.waiting,
        is_empty=not found.promised and not found.waiting,
    )
    return render_template("staff/report_late.html", page=page)


def _days(number: int) -> str:
    return _("%(n)d 天以上", n=number) if number == MOST_DAYS else _("%(n)d 天", n=number)


@bp.get("/rejects")
def rejects_report() -> ResponseReturnValue:
    """Show what was turned down as it came in, by household and by reason."""
    here = period()
    found, top = rejects(reading(), here), head("rejects_report", here)
    came, rejected = found.before
    page = RejectsPage(
        head=top,
        sums=(
            (
                _("没收下"),
                percent(found.rejected, found.came),
                _("%(n)d 份，一共来了 %(all)d 份", n=found.rejected, all=found.came),
            ),
            (top.before, percent(rejected, came), _("%(n)d 份，一共来了 %(all)d 份", n=rejected, all=came)),
            (_("全收下的人家"), str(found.others), None),
        ),
        reasons=found.reasons,
        households=tuple((one, percent(one.rejected, one.came)) for one in found.households),
        file_href=url_for("staff_reports.rejects_file", by=here.span.value, on=here.first.isoformat()),
    )
    return render_template("staff/report_rejects.html", page=page)


@bp.get("/corrections")
def corrections_report() -> ResponseReturnValue:
    """Show how many corrections there were for each hundred orders."""
    here = period()
    found, top = corrections(reading(), here), head("corrections_report", here)
    orders, before = found.before
    points = [Point(*label_of(each, here.span), per_hundred(count, placed)) for each, placed, count in found.bins]
    page = CorrectionsPage(
        head=top,
        sums=(
            (
                _("每百单更正"),
                rate(found.total, found.orders),
                _("%(n)d 次，%(all)d 单", n=found.total, all=found.orders),
            ),
            (top.before, rate(before, orders), _("%(n)d 次，%(all)d 单", n=before, all=orders)),
        ),
        drawn=plot(points, tenths, unit=10),
        kinds=tuple(
            (str(CORRECTION_WORDS[kind]), count)
            for kind, count in sorted(found.counted.items(), key=lambda each: -each[1])
        ),
    )
    return render_template("staff/report_corrections.html", page=page)


@bp.get("/searches")
def searches() -> ResponseReturnValue:
    """Show what people looked for in vain, the most often first."""
    here = period()
    found = misses_within(reading(), here.since_at, here.until_at)
    new = sum(one.first_at >= here.since_at for one, _handled in found.rows)
    page = SearchesPage(
        head=head("searches", here),
        sums=(
            (_("没找到的说法"), str(found.total), _("按最后一次找的日子算")),
            (_("找了多少回"), str(sum(one.times for one, _handled in found.rows)), None),
            (_("这段时间头一回有人找"), str(new), None),
        ),
        rows=tuple(
            MissRow(one.text, one.times, town_day(one.last_at), one.first_at >= here.since_at, handled)
            for one, handled in found.rows
        ),
    )
    return render_template("staff/report_searches.html", page=page)
