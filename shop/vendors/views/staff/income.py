"""For managers: the quarterly list of sellers and their income, to be read here and taken as a file."""

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.flows.quarters import Quarter, QuarterReport, SellerIncome, quarter_named, quarter_of, quarter_report
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid
from shop.kernel.spreadsheets import Cell, Column, Kind, Sheet
from shop.ledger.income import Income
from shop.vendors.joining.models import Proof
from shop.vendors.models import PaperKind
from shop.vendors.views.joining.words import PROOF_WORDS, STANDING_WORDS
from shop.web.audience import Audience, blueprint
from shop.web.desk import made
from shop.web.forms import EmptyForm
from shop.web.house import house, reading
from shop.web.i18n import _
from shop.web.limits import limiter
from shop.web.list_files import FORMATS, list_file
from shop.web.paging import leaf
from shop.web.second_factor import needs_second_factor

bp = blueprint("staff_income", __name__, Audience.STAFF, prefix="/staff/income", roles=("manager",))

posts_limited = limiter.limit("30 per minute", methods=["POST"])


def quarter_words(quarter: Quarter) -> str:
    """Return a quarter as it is read."""
    return _("%(year)d 年第 %(n)d 季度", year=quarter.year, n=quarter.number)


@bp.get("")
@needs_second_factor
def income() -> ResponseReturnValue:
    """Show one quarter, the last whole one unless another is asked for."""
    today = quarter_of(town_day(house().clock()))
    asked = request.args.get("quarter")
    quarter = today.before() if asked is None else quarter_named(asked)
    report = quarter_report(reading(), quarter)
    here = leaf(len(report.sellers), "staff_income.income", quarter=quarter.name)
    shown = report.sellers[here.offset : here.offset + here.limit]
    return render_template(
        "staff/income.html",
        title=quarter_words(quarter),
        report=report,
        rows=[(one.name, one.income) for one in shown],
        here=here,
        is_running=quarter >= today,
        before=url_for("staff_income.income", quarter=quarter.before().name),
        after=url_for("staff_income.income", quarter=quarter.after().name) if quarter < today else None,
    )


@bp.post("/<quarter>/file")
@posts_limited
@needs_second_factor
def export(quarter: str) -> ResponseReturnValue:
    """Give the list as a file, and write down who took it."""
    EmptyForm.from_request()
    asked, kind = quarter_named(quarter), request.form.get("format", "")
    if kind not in FORMATS:
        raise Invalid("format", "kind")
    report = quarter_report(reading(), asked)
    answer = _file(report, kind)
    made(f"income:{asked.name}", lambda _session: None, reason=kind)
    return answer


def _file(report: QuarterReport, kind: str) -> Response:
    columns = (
        Column(_("卖家"), width=24),
        Column(_("经营者"), width=12),
        Column(_("身份"), width=16),
        Column(_("登记证照号"), width=24),
        Column(_("许可、备案号"), width=40),
        Column(_("村"), width=16),
        Column(_("成交笔数"), Kind.COUNT),
        Column(_("销售额（元）"), Kind.YUAN, 16),
        Column(_("中心补的（元）"), Kind.YUAN, 16),
        Column(_("退款（元）"), Kind.YUAN, 16),
        Column(_("服务费（元）"), Kind.YUAN, 16),
        Column(_("净额（元）"), Kind.YUAN, 16),
    )
    total: tuple[Cell, ...] = (_("一共"), "", "", "", "", "", *_figures(report.total))
    rows = [*map(_row, report.sellers), total]
    return list_file(kind, Sheet(quarter_words(report.quarter), columns, rows), f"income-{report.quarter.name}")


def _row(one: SellerIncome) -> tuple[Cell, ...]:
    papers = "；".join(f"{_paper(kind)} {number}" for kind, number in one.papers)
    standing = str(STANDING_WORDS[one.standing][0])
    return (one.name, one.person, standing, one.licence, papers, one.village, *_figures(one.income))


def _paper(kind: PaperKind) -> str:
    return _("中心看过证件") if kind is PaperKind.VOUCHED else str(PROOF_WORDS[Proof(kind.value)])


def _figures(found: Income) -> tuple[int, ...]:
    return (found.orders, found.sold_fen, found.over_fen, found.back_fen, found.fee_fen, found.net_fen)
