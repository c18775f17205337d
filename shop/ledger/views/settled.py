"""A settlement as a spreadsheet: everybody's statement in one row, of the very figures that its household reads."""

from collections.abc import Mapping, Sequence

from flask import Response

from shop.kernel.spreadsheets import Cell, Column, Kind, Sheet
from shop.ledger.payouts import queries
from shop.ledger.payouts.queries import StatementFacts
from shop.ledger.views.payouts import bp
from shop.ledger.views.statements import PAYOUT_WORDS, WAIT_WORDS, WAY_WORDS
from shop.vendors.acts.queries import vendor_names
from shop.web.house import reading
from shop.web.i18n import _
from shop.web.sheets import sheet_response


@bp.get("/<code>/statements.xlsx")
def statements_file(code: str) -> Response:
    """Give everybody's statement of a settlement; accounts are not in it, they stand in the bank's file alone."""
    run = queries.run_by_code(reading(), code)
    found = queries.statements(reading(), run=code)
    names = vendor_names(reading(), {one.vendor for one in found})
    columns = (
        Column(_("人家"), width=18),
        Column(_("从哪天"), Kind.DAY),
        Column(_("算到"), Kind.DAY),
        *(
            Column(title, Kind.YUAN)
            for title in (
                _("上次余下"),
                _("买家要的"),
                _("没来、没收下"),
                _("过秤轻了"),
                _("服务费"),
                _("称重补的"),
                _("售后赔的"),
                _("别的退款"),
                _("上次没付成"),
                _("另外付过"),
                _("这次付"),
                _("留到下次"),
            )
        ),
        Column(_("怎么付"), width=10),
        Column(_("到哪一步"), width=28),
        Column(_("哪天付的"), Kind.DAY),
    )
    rows = (_row(one, names) for one in found)
    return sheet_response(Sheet(_("结账"), columns, rows), f"settlement-{run.pay_on.isoformat()}")


def _row(one: StatementFacts, names: Mapping[str, str]) -> Sequence[Cell]:
    """Return a statement; what was taken off is below zero, so that the row adds up to its end."""
    sums = one.sums
    state = "" if one.state is None else str(PAYOUT_WORDS[one.state][0])
    return (
        names.get(one.vendor, one.vendor),
        one.since_on,
        one.until_on,
        sums.before_fen,
        sums.asked_fen,
        -sums.missing_fen,
        -sums.light_fen,
        -sums.fee_fen,
        sums.over_fen,
        -sums.claims_fen,
        -sums.refunds_fen,
        sums.returned_fen,
        -sums.paid_fen,
        one.to_pay_fen,
        one.carried_fen,
        "" if one.way is None else str(WAY_WORDS[one.way]),
        str(WAIT_WORDS[one.wait]) if one.wait is not None else one.reason or state,
        one.paid_on,
    )
