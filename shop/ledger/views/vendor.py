"""A household's money on its own pages: this week, owed, paid, and by which goods it came; a slip for each month."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import dropwhile

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.desk.returned.queries import answers_for
from shop.flows.money import (
    Goods,
    MoneyLine,
    MonthMoney,
    PartLine,
    PartMoney,
    month_money,
    own_money,
    part_money,
    town_midnight,
)
from shop.flows.statements import own_statement
from shop.kernel.clock import town_day
from shop.kernel.errors import NotFound
from shop.kernel.money import yuan
from shop.ledger.payouts.models import PayoutWay, Wait
from shop.ledger.payouts.queries import statements
from shop.ledger.payouts.rules import HowPaid, why_not
from shop.ledger.queries import Movement
from shop.ledger.rules import CLAIM_KINDS, PAYOUT_FAILED
from shop.ledger.views.statements import OWN_WAIT_WORDS, settled_words, statement_page
from shop.orders.models import VendorOrderState
from shop.town.queries import TownFacts, the_town
from shop.town.rules import percent
from shop.vendors.joining.queries import payout_of
from shop.vendors.models import VendorState
from shop.vendors.queries import VendorFacts
from shop.web.audience import Audience, blueprint
from shop.web.house import current_vendor, house, reading
from shop.web.i18n import _
from shop.web.own import is_own_page
from shop.web.prices import kilos
from shop.web.words import WEEKDAY_WORDS, town_date

bp = blueprint("vendor_ledger", __name__, Audience.VENDOR, prefix="/vendor")

FEW = 5
"""So many lines are read on the first page; the slips have them all."""
MOST_MONTHS = 12
NEAR_MONTHS = 3
"""So many slips lie open on the first page, the older ones under a fold."""
MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)

CORRECTION_WORDS = {
    "refund_asked": _l("退给买家的"),
    "refund_failed": _l("没退成，还给您"),
    "claim_asked": _l("货有问题，赔给买家的"),
    "claim_failed": _l("没赔成，还给您"),
    "claim_moved": _l("不算您的，还给您"),
}
"""What corrects what a household has earned."""
CORRECTION_WHY = {
    "refund_asked": _l("钱退给了买家，服务费也少收了一份。为什么退，打中心的电话问。"),
    "refund_failed": _l("要退的钱没退出去，先记回您名下。"),
    "claim_asked": _l("照片和为什么，点“买家说货有问题”看。"),
    "claim_failed": _l("要赔的钱没付出去，先记回您名下。"),
    "claim_moved": _l("您说不是您的，中心看过了，还给您。"),
}
"""Of a correction of which nobody wrote down why."""
OPEN_WORDS = {
    VendorOrderState.WAITING: _l("买家还没付钱。"),
    VendorOrderState.REJECTED: _l("中心没收下，所以没有钱。"),
    VendorOrderState.RETURNED: _l("没送成，退回中心了。"),
    VendorOrderState.CANCELLED: _l("取消了，所以没有钱。"),
    VendorOrderState.POOLED: _l("几家合着供的，分给谁，谁得钱。"),
    VendorOrderState.PASSED_ON: _l("给别家了，所以没有钱。"),
}
"""Why there is no money for a part, where it is not simply on its way."""


@dataclass(frozen=True)
class Row:
    """One movement as its household reads it.

    Attributes:
        what: the goods, or what else it was.
        href: the page of the part it is about, if any.
        reckoning: what it was sold for and what was taken off: words and fen, which sum to `fen`.
        why: of a correction, one sentence.
        tone: earned, corrected or paid.
    """

    on: str
    what: str
    part: str | None
    href: str | None
    reckoning: tuple[tuple[str, int], ...]
    why: str
    fen: int
    tone: str


@dataclass(frozen=True)
class Money:
    """The first page of a household's money; sums in fen.

    Attributes:
        next_fen: what is paid on the next day of pay; why it is not all that is owed, stands in `next_note`.
        weeks: words of each week and what came in it.
        settled: the last settlements: the day of pay, what was paid and how it went, and the statement's address.
        months: words and address of each month's slip, the newest first; older ones in `old_months`.
        payout_href: where is said how they are paid; None for whom that does not concern.
        claims_href: where claims are seen, when some cost them money lately.
    """

    owed_fen: int
    week_fen: int
    paid_fen: int
    next_on: str
    next_fen: int
    next_note: str
    weeks: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]
    has_more: bool
    settled: tuple[tuple[str, str, str], ...]
    months: tuple[tuple[str, str], ...]
    old_months: tuple[tuple[str, str], ...]
    payout_href: str | None
    claims_href: str | None


@dataclass(frozen=True)
class Slip:
    """A month on paper."""

    title: str
    until: str
    vendor: VendorFacts
    town: TownFacts
    sums: MonthMoney
    rows: tuple[Row, ...]
    back: str


@dataclass(frozen=True)
class PartPage:
    """One part of an order: goods, then money.

    Attributes:
        goods: of each line what it was, its price, and what was wrong with some of it.
        open: why there is no money, or not yet.
        back: what the centre said of goods that came back, and whether they may be fetched; None of what did not.
    """

    code: str
    goods: tuple[tuple[str, str, tuple[str, ...]], ...]
    rows: tuple[Row, ...]
    fen: int
    open: str | None
    back: tuple[str, bool] | None


def _vendor() -> VendorFacts:
    vendor = current_vendor()
    assert vendor is not None, "the blueprint lets nobody else in"
    return vendor


@bp.get("/money")
def money() -> ResponseReturnValue:
    """Show what the household earned this week, is owed and was paid, when it is paid next, and how it came to that."""
    now = house().clock()
    found = own_money(reading(), _vendor(), now=now)
    wait = _wait(found.totals.owed_fen, town_midnight(found.pay_on))
    months = tuple(_months(town_day(now), found.totals.first_at and town_day(found.totals.first_at)))
    has_claims = any(line.movement.kind in CLAIM_KINDS for line in found.lines)
    page = Money(
        owed_fen=found.totals.owed_fen,
        week_fen=found.totals.earned_fen,
        paid_fen=found.totals.paid_fen,
        next_on=_pay_day(found.pay_on, town_day(now)),
        next_fen=found.totals.owed_fen if wait is None else 0,
        next_note="" if wait in (None, Wait.NOTHING, Wait.OWING) else str(OWN_WAIT_WORDS[wait]),
        weeks=tuple(_weeks(found.weeks)),
        rows=tuple(map(money_row, found.lines[:FEW])),
        has_more=len(found.lines) > FEW,
        settled=tuple(
            (town_date(one.pay_on), settled_words(one), url_for("vendor_ledger.own_statement_page", code=one.code))
            for one in statements(reading(), vendor=_vendor().code, is_frozen=True, limit=NEAR_MONTHS)
        ),
        months=months[:NEAR_MONTHS],
        old_months=months[NEAR_MONTHS:],
        payout_href=url_for("vendor_payout.payout") if is_own_page() else None,
        claims_href=url_for("vendor_claims.claims") if has_claims else None,
    )
    return render_template("vendor/money.html", money=page)


def _wait(owed_fen: int, then: datetime) -> Wait | None:
    """Return why the settlement then would pay nothing of what is owed, or None when it pays all of it."""
    settings, told = house().settings, payout_of(reading(), _vendor().id)
    how = None
    if told is not None:
        since = then - timedelta(days=settings.payout_wait_days)
        how = HowPaid(PayoutWay(told.way.value), told.tail, is_new=told.changed_at > since)
    least_fen = 0 if _vendor().state is VendorState.LEFT else settings.least_payout_yuan * 100
    return why_not(owed_fen, least_fen, how)


def _weeks(weeks: Sequence[tuple[date, int]]) -> Iterator[tuple[str, int]]:
    """Yield each week by its first day, from the first that brought something; the last is the one we are in."""
    for monday, fen in dropwhile(lambda week: not week[1], weeks[:-1]):
        yield town_date(monday), fen
    yield _("这周"), weeks[-1][1]


def _pay_day(day: date, today: date) -> str:
    words = f"{town_date(day)}（{WEEKDAY_WORDS[day.isoweekday()]}）"
    near = {0: _("今天"), 1: _("明天"), 2: _("后天")}.get((day - today).days)
    return words if near is None else _("%(near)s，%(day)s", near=near, day=words)


def _months(today: date, first: date | None) -> Iterator[tuple[str, str]]:
    """Yield the slips of the last months since the first movement, the newest first."""
    month = today.replace(day=1)
    for _count in range(MOST_MONTHS):
        if first is None or month < first.replace(day=1):
            return
        yield _month_words(month), url_for("vendor_ledger.slip", month=f"{month:%Y-%m}")
        month = (month - timedelta(days=1)).replace(day=1)


def _month_words(first: date) -> str:
    return _("%(year)d年%(month)d月", year=first.year, month=first.month)


@bp.get("/money/<month>")
def slip(month: str) -> ResponseReturnValue:
    """Show one month as it is printed: what was sold, taken off, paid and owed."""
    found, today = MONTH.fullmatch(month), town_day(house().clock())
    first = date(int(found[1]), int(found[2]), 1) if found is not None else today + timedelta(days=1)
    if first > today:
        raise NotFound("month")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    sums = month_money(reading(), _vendor(), first)
    page = Slip(
        title=_("%(month)s的钱", month=_month_words(first)),
        until=town_date(min(last, today)),
        vendor=_vendor(),
        town=the_town(reading()),
        sums=sums,
        rows=tuple(map(money_row, sums.lines)),
        back=url_for("vendor_ledger.money"),
    )
    return render_template("vendor/slip.html", slip=page)


@bp.get("/money/parts/<code>")
def part(code: str) -> ResponseReturnValue:
    """Show the goods of one part of an order and the money for them, with nothing of who bought them."""
    found = part_money(reading(), _vendor(), code)
    rows = tuple(map(_part_row, found.moved))
    page = PartPage(
        code=found.code,
        goods=tuple(map(_goods_row, found.lines)),
        rows=rows,
        fen=sum(row.fen for row in rows),
        open=None if rows else _open(found),
        back=_back(code),
    )
    return render_template("vendor/money_part.html", page=page)


def _back(code: str) -> tuple[str, bool] | None:
    answers = answers_for(reading(), _vendor().id, code)
    if not answers:
        return None
    return "；".join(dict.fromkeys(answer for answer, _good in answers)), any(good for _answer, good in answers)


def _open(found: PartMoney) -> str:
    if found.lies:
        return _("买家付了钱，货在中心柜台等他拿。拿走了，钱就算给您。")
    return str(OPEN_WORDS.get(found.state, _("货送到买家手里，钱就算给您。")))


def _goods_row(line: PartLine) -> tuple[str, str, tuple[str, ...]]:
    goods = line.goods
    each = f"{yuan(line.price_fen)} / {goods.unit}"
    if line.per_500g_fen is not None:
        each = _("%(price)s / 500克", price=yuan(line.per_500g_fen))
    notes = []
    if line.weighed_g is not None:
        notes.append(_("称了 %(kilos)s 公斤", kilos=kilos(line.weighed_g)))
    if line.over_fen:
        notes.append(_("称出来比最多的还重，中心补给您 %(over)s", over=yuan(line.over_fen)))
    if line.missing:
        notes.append(_("%(n)d %(unit)s没有", n=line.missing, unit=goods.unit))
    if line.turned_down:
        notes.append(_("%(n)d %(unit)s中心没收下：%(why)s", n=line.turned_down, unit=goods.unit, why=line.why))
    if line.given_back:
        notes.append(_("%(n)d %(unit)s后来退给买家了", n=line.given_back, unit=goods.unit))
    return _goods_words(goods), each, tuple(notes)


def _goods_words(goods: Goods) -> str:
    return f"{goods.title} {goods.quantity}{goods.unit}"


def money_row(line: MoneyLine) -> Row:
    """Return a movement as its household reads it."""
    moved, goods = line.movement, "、".join(map(_goods_words, line.goods))
    on = town_date(line.on)
    href = None if line.part is None else url_for("vendor_ledger.part", code=line.part)
    if moved.is_earning:
        what = goods or (_("没送成，照样算给您") if moved.kind == "made_good" else _("货送到了，算给您"))
        return Row(on, what, line.part, href, _reckoning(moved), "", moved.fen, "earned")
    if moved.kind == PAYOUT_FAILED:
        return Row(on, _("没付成，又记回您名下"), None, None, (), "", moved.fen, "corrected")
    if moved.is_payment:
        return Row(on, _("要付给您的") if line.is_to_come else _("付给您的"), None, None, (), "", moved.fen, "paid")
    words = str(CORRECTION_WORDS[moved.kind])
    what = _("%(words)s：%(goods)s", words=words, goods=goods) if goods else words
    why = _("中心说：%(why)s", why=line.note) if line.note else str(CORRECTION_WHY[moved.kind])
    return Row(on, what, line.part, href, (), why, moved.fen, "corrected")


def _part_row(line: MoneyLine) -> Row:
    """Return a movement as the page of its part says it, where the goods stand above already."""
    return money_row(replace(line, part=None, goods=()))


def _reckoning(moved: Movement) -> tuple[tuple[str, int], ...]:
    how = moved.how
    if how is None:
        return ()
    rows = [(_("买家要的") if how.missing_fen or how.light_fen else _("卖了"), how.asked_fen)]
    if how.missing_fen:
        rows.append((_("没有的、没收下的"), -how.missing_fen))
    if how.light_fen:
        rows.append((_("过秤轻了，退的"), -how.light_fen))
    if how.fee_fen:
        rows.append((_("中心服务费 %(fee)s%%", fee=percent(how.fee_bp)), -how.fee_fen))
    if how.over_fen:
        rows.append((_("称出来比最多的还重，中心补给您"), how.over_fen))
    return tuple(rows)


@bp.get("/money/statements/<code>")
def own_statement_page(code: str) -> ResponseReturnValue:
    """Show one settlement as it is printed: the same figures that the centre has."""
    found = own_statement(reading(), _vendor(), code)
    page = statement_page(found, tuple(map(money_row, found.lines)), url_for("vendor_ledger.money"))
    return render_template("vendor/statement.html", slip=page)
