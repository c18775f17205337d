"""The centre's books: every account, and the legs of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from shop.kernel.errors import NotFound
from shop.ledger import queries
from shop.ledger.rules import KINDS, PAYOUT_KINDS
from shop.vendors.queries import VendorFacts, all_vendors
from shop.web.audience import Audience, blueprint
from shop.web.books import ACCOUNT_WORDS, ENTRY_WORDS, whose
from shop.web.house import current_actor, reading
from shop.web.i18n import _
from shop.web.paging import leaf
from shop.web.roles import MONEY_ROLES, may_open

bp = blueprint("staff_ledger", __name__, Audience.STAFF, prefix="/staff", roles=MONEY_ROLES)


@dataclass(frozen=True)
class AccountRow:
    """One account: debit when there is money, credit when it is owed or earned; in fen, both positive."""

    code: str
    name: str
    debit_fen: int
    credit_fen: int


@dataclass(frozen=True)
class Group:
    """The accounts of one kind."""

    name: str
    rows: tuple[AccountRow, ...]


@dataclass(frozen=True)
class Books:
    """Every account that is not empty, and their sums."""

    groups: tuple[Group, ...]
    debit_fen: int
    credit_fen: int
    difference: int


@dataclass(frozen=True)
class StatementLine:
    """One leg on an account; in fen, debit and credit both positive.

    Attributes:
        ref: code of the order or of the payout it is about; `href` leads there, where the reader may look.
    """

    at: datetime
    what: str
    ref: str
    href: str | None
    debit_fen: int
    credit_fen: int


@dataclass(frozen=True)
class Statement:
    """One account with its legs."""

    group: str
    name: str
    fen: int
    lines: tuple[StatementLine, ...]


@bp.get("/books")
def books() -> ResponseReturnValue:
    """Show every account that is not empty, and that all of them together are nothing."""
    names, found = _vendor_names(all_vendors(reading())), queries.balances(reading())
    kinds = list(ACCOUNT_WORDS)
    found.sort(key=lambda one: (kinds.index(one.code.partition(":")[0]), one.code))
    here = leaf(len(found), "staff_ledger.books")
    shown = found[here.offset : here.offset + here.limit]
    groups = []
    for prefix, words in ACCOUNT_WORDS.items():
        rows = tuple(_row(one, names) for one in shown if one.code.partition(":")[0] == prefix)
        if rows:
            groups.append(Group(str(words), rows))
    page = Books(
        groups=tuple(groups),
        debit_fen=sum(one.fen for one in found if one.fen > 0),
        credit_fen=-sum(one.fen for one in found if one.fen < 0),
        difference=queries.books_difference(reading()),
    )
    return render_template("staff/books.html", books=page, here=here)


@bp.get("/books/<code>")
def account(code: str) -> ResponseReturnValue:
    """Show one account's legs, newest first."""
    prefix = code.partition(":")[0]
    here = leaf(queries.leg_count(reading(), code), "staff_ledger.account", code=code)
    if prefix not in KINDS or not here.total:
        raise NotFound("account")
    legs = queries.statement(reading(), code, offset=here.offset, limit=here.limit)
    page = Statement(
        group=str(ACCOUNT_WORDS[prefix]),
        name=whose(code, _vendor_names(all_vendors(reading()))),
        fen=queries.balance(reading(), code),
        lines=tuple(
            StatementLine(
                leg.at,
                str(ENTRY_WORDS.get(leg.kind, _("别的"))),
                leg.reference,
                _href(leg),
                max(leg.fen, 0),
                max(-leg.fen, 0),
            )
            for leg in legs
        ),
    )
    return render_template("staff/account.html", statement=page, here=here)


def _href(leg: queries.Line) -> str | None:
    """Return where one reads of what a leg is about."""
    is_payout = leg.kind in PAYOUT_KINDS
    page = "staff_payouts.payout" if is_payout else "staff_orders.order"
    return url_for(page, code=leg.reference) if leg.reference and may_open(page, current_actor().roles) else None


def _vendor_names(vendors: list[VendorFacts]) -> Mapping[str, str]:
    return {vendor.code: vendor.name for vendor in vendors}


def _row(one: queries.Balance, names: Mapping[str, str]) -> AccountRow:
    return AccountRow(one.code, whose(one.code, names), max(one.fen, 0), max(-one.fen, 0))
