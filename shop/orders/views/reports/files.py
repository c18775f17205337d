"""The lists behind the reports as Excel files; nobody's name, phone or street stands in them but the households'."""

from collections.abc import Sequence

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from shop.flows.reporting.lists import RejectedLine, SoldLine, line_count, rejected_lines, sold_lines
from shop.flows.reporting.periods import Period, Span
from shop.kernel.clock import town_day
from shop.kernel.errors import NotFound
from shop.kernel.spreadsheets import Cell, Column, Kind, Sheet
from shop.orders.models import Handing
from shop.orders.views.reports.face import bp, period
from shop.orders.views.words import PART_WORDS
from shop.web.goods import page_number
from shop.web.house import reading
from shop.web.i18n import _
from shop.web.roles import MONEY_FIGURES_ROLES, needs
from shop.web.sheets import sheet_response

MOST_LINES = 10_000
"""Lines of one file: written in a few seconds, opened by any telephone. The rest stands in the next."""


def parts_of(here: Period) -> tuple[str, ...]:
    """Return the addresses of a period's list of orders, one a file; none where nothing was ordered."""
    count = line_count(reading(), here)
    return tuple(
        url_for("staff_reports.orders_file", by=here.span.value, on=here.first.isoformat(), page=number)
        for number in range(1, -(-count // MOST_LINES) + 1)
    )


@bp.get("/orders.xlsx")
@needs(*MONEY_FIGURES_ROLES)
def orders_file() -> ResponseReturnValue:
    """Give the lines of the orders placed in a period, so many a file."""
    here, number = period(), page_number(request.args.get("page"))
    if number > max(1, len(parts_of(here))):
        raise NotFound("page")
    columns = (
        Column(_("订单号"), width=12),
        Column(_("下单"), Kind.DAY),
        Column(_("到哪一步"), width=14),
        Column(_("村"), width=12),
        Column(_("人家"), width=16),
        Column(_("货"), width=28),
        Column(_("单位"), width=6),
        Column(_("单价（元）"), Kind.YUAN),
        Column(_("订了"), Kind.COUNT, 8),
        Column(_("没来"), Kind.COUNT, 8),
        Column(_("称了多少克"), Kind.COUNT),
        Column(_("货款（元）"), Kind.YUAN),
        Column(_("运费（元）"), Kind.YUAN),
        Column(_("怎么到手"), width=14),
        Column(_("说好哪天"), Kind.DAY),
    )
    lines = sold_lines(reading(), here, offset=(number - 1) * MOST_LINES, limit=MOST_LINES)
    return _sent(Sheet(_("订单"), columns, map(_order_row, lines)), "orders", here, number)


def _order_row(line: SoldLine) -> Sequence[Cell]:
    is_collected = line.handing is Handing.COLLECTION
    return (
        line.order,
        town_day(line.placed_at),
        str(PART_WORDS[line.state].text),
        line.village,
        line.household,
        line.title,
        line.unit,
        line.price_fen,
        line.quantity,
        line.rejected,
        line.weighed_g,
        line.sold_fen,
        line.freight_fen,
        _("到中心来取") if is_collected else _("寄到%(province)s", province=line.province),
        line.promised_on,
    )


@bp.get("/rejects.xlsx")
def rejects_file() -> ResponseReturnValue:
    """Give what was turned down in a period, line by line."""
    here = period()
    columns = (
        Column(_("哪天"), Kind.DAY),
        Column(_("订单号"), width=12),
        Column(_("村"), width=12),
        Column(_("人家"), width=16),
        Column(_("货"), width=28),
        Column(_("单位"), width=6),
        Column(_("来了"), Kind.COUNT, 8),
        Column(_("没收下"), Kind.COUNT, 8),
        Column(_("为什么"), width=40),
    )
    return _sent(Sheet(_("没收下的"), columns, map(_rejected_row, rejected_lines(reading(), here))), "rejects", here)


def _rejected_row(line: RejectedLine) -> Sequence[Cell]:
    return (
        town_day(line.at),
        line.order,
        line.village,
        line.household,
        line.title,
        line.unit,
        line.came,
        line.rejected,
        line.reason,
    )


def _sent(sheet: Sheet, what: str, here: Period, number: int = 1) -> Response:
    part = f"-{number}" if number > 1 else ""
    return sheet_response(sheet, f"{what}-{here.first.isoformat()}-{NAMES[here.span]}{part}")


NAMES = {Span.WEEK: "week", Span.MONTH: "month", Span.QUARTER: "quarter", Span.YEAR: "year"}
