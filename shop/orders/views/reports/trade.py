"""Reports of what was sold: by day, goods and village, and how much of it outside the tourist season."""

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from shop.flows.reporting.periods import Span
from shop.flows.reporting.sales import SeasonShare, Sold, sales, season_share
from shop.kernel.money import yuan
from shop.orders.views.reports.face import (
    NOTHING,
    Head,
    bp,
    compared,
    head,
    label_of,
    percent,
    period,
    sees_money,
    today,
)
from shop.orders.views.reports.files import parts_of
from shop.town.queries import the_town
from shop.web.house import reading
from shop.web.i18n import _
from shop.web.plots import Plot, Point, plot
from shop.web.words import months

Sum = tuple[str, str, str | None]
FEN = 100


@dataclass(frozen=True)
class SalesPage:
    """Sales as they are shown: amounts, or for who may not see those, counts.

    Attributes:
        goods: (what and whose, figure); `rest` is that of all goods not named.
        villages: (name, figure).
        parts: addresses of the list of orders as files, none for who does not see amounts.
    """

    head: Head
    sums: tuple[Sum, ...]
    drawn: Plot
    goods: tuple[tuple[str, int], ...]
    rest: int
    villages: tuple[tuple[str, int], ...]
    parts: tuple[str, ...]
    is_money: bool


@dataclass(frozen=True)
class SeasonPage:
    """The share sold outside the tourist season."""

    head: Head
    sums: tuple[Sum, ...]
    drawn: Plot
    season: str
    is_money: bool


def _figure(sold: Sold, *, is_money: bool) -> int:
    return sold.fen if is_money else sold.units


def _said(figure: int, *, is_money: bool) -> str:
    return yuan(figure) if is_money else str(figure)


@bp.get("")
def sales_report() -> ResponseReturnValue:
    """Show what was sold in a period."""
    here, is_money = period(), sees_money()
    found, top = sales(reading(), here, today=today()), head("sales_report", here)
    pairs = zip(found.bins, [*(sold for _each, sold in found.before), *[None] * len(found.bins)], strict=False)
    points = [
        Point(
            *label_of(each, here.span),
            _figure(sold, is_money=is_money),
            None if before is None else _figure(before, is_money=is_money),
        )
        for (each, sold), before in pairs
    ]
    total, before = found.total, found.before_so_far
    then = _("%(before)s这时候", before=top.before) if top.is_running else top.before
    sums: list[Sum] = [(_("单子"), str(total.orders), compared(total.orders, before.orders, then))]
    if is_money:
        done = _("%(amount)s 的货已经送到", amount=yuan(total.done_fen)) if total.fen else None
        each = yuan(total.fen // total.orders) if total.orders else NOTHING
        sums = [(_("货款"), yuan(total.fen), compared(total.fen, before.fen, then)), *sums]
        sums.append((_("一单平均"), each, done))
    else:
        sums.append((_("卖出的份数"), str(total.units), compared(total.units, before.units, then)))
    page = SalesPage(
        head=top,
        sums=tuple(sums),
        drawn=plot(points, lambda n: _said(n, is_money=is_money), unit=FEN if is_money else 1),
        goods=tuple(
            (_("%(title)s · %(who)s", title=title, who=who), _figure(sold, is_money=is_money))
            for title, who, sold in found.goods
        ),
        rest=_figure(found.others, is_money=is_money),
        villages=tuple((name, _figure(sold, is_money=is_money)) for name, sold in found.villages),
        parts=parts_of(here) if is_money else (),
        is_money=is_money,
    )
    return render_template("staff/report_sales.html", page=page)


@bp.get("/season")
def season() -> ResponseReturnValue:
    """Show a year by its months, and how much of it was sold outside the tourist season."""
    here, is_money = period(only=Span.YEAR), sees_money()
    tourist = the_town(reading()).tourist_months
    now, before = season_share(reading(), here, tourist)
    points = [
        Point(
            *label_of(month, Span.YEAR), _figure(sold, is_money=is_money), _figure(earlier, is_money=is_money), inside
        )
        for (month, sold, inside), (_month, earlier, _inside) in zip(now.months, before.months, strict=True)
    ]
    page = SeasonPage(
        head=head("season", here, spans=(Span.YEAR,)),
        sums=(
            (_("旺季以外占几成"), _outside(now, is_money=is_money), _last_year(before, is_money=is_money)),
            (_("旺季以外"), _said(_figure(now.outside, is_money=is_money), is_money=is_money), None),
            (_("旺季"), _said(_figure(now.inside, is_money=is_money), is_money=is_money), months(tourist)),
        ),
        drawn=plot(points, lambda n: _said(n, is_money=is_money), unit=FEN if is_money else 1),
        season=months(tourist),
        is_money=is_money,
    )
    return render_template("staff/report_season.html", page=page)


def _outside(share: SeasonShare, *, is_money: bool) -> str:
    out, inside = _figure(share.outside, is_money=is_money), _figure(share.inside, is_money=is_money)
    return percent(out, out + inside)


def _last_year(share: SeasonShare, *, is_money: bool) -> str:
    if not share.inside.units + share.outside.units:
        return _("上一年没有卖货")
    return _("上一年 %(share)s", share=_outside(share, is_money=is_money))
