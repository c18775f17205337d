"""The report of claims: how many for each hundred orders, what was wrong, and at whose cost."""

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from shop.flows.reporting.claims import claims_made
from shop.flows.reporting.corrections import per_hundred
from shop.kernel.money import yuan
from shop.orders.views.reports.face import Head, bp, head, label_of, period, rate, sees_money, tenths
from shop.web.claims import BEARER_WORDS, KIND_WORDS
from shop.web.house import reading
from shop.web.i18n import _
from shop.web.plots import Plot, Point, plot

Sum = tuple[str, str, str | None]


@dataclass(frozen=True)
class ClaimsPage:
    """Claims as they are shown.

    Attributes:
        bearers: (who, how many, what they cost).
    """

    head: Head
    sums: tuple[Sum, ...]
    drawn: Plot
    kinds: tuple[tuple[str, int], ...]
    bearers: tuple[tuple[str, int, str], ...]
    is_money: bool


@bp.get("/claims")
def claims_report() -> ResponseReturnValue:
    """Show how many claims there were for each hundred orders."""
    here, is_money = period(), sees_money()
    found, top = claims_made(reading(), here), head("claims_report", here)
    orders, before = found.before
    points = [Point(*label_of(each, here.span), per_hundred(count, placed)) for each, placed, count in found.bins]
    cost = sum(fen for _count, fen in found.bearers.values())
    sums = [
        (_("每百单售后"), rate(found.total, found.orders), _("%(n)d 件，%(all)d 单", n=found.total, all=found.orders)),
        (top.before, rate(before, orders), _("%(n)d 件，%(all)d 单", n=before, all=orders)),
        (_("没同意的"), str(found.declined), None),
    ]
    if is_money:
        sums.append((_("赔了"), yuan(cost), None))
    page = ClaimsPage(
        head=top,
        sums=tuple(sums),
        drawn=plot(points, tenths, unit=10),
        kinds=tuple(
            (str(KIND_WORDS[kind]), count) for kind, count in sorted(found.kinds.items(), key=lambda each: -each[1])
        ),
        bearers=tuple((str(BEARER_WORDS[bearer]), count, yuan(fen)) for bearer, (count, fen) in found.bearers.items()),
        is_money=is_money,
    )
    return render_template("staff/report_claims.html", page=page)
