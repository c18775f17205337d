"""The centre gives money back: three ways to say how much, what the buyer gets in a sentence, then the reason."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, TextAreaField

from shop.accounts.queries import names_of
from shop.flows import giving
from shop.flows.given import GivenFacts, given
from shop.flows.giving import Amount, FiguresDiffer, Pieces, Weight, What, has_left
from shop.kernel.codes import new_token
from shop.kernel.errors import Invalid, NotFound, WrongState
from shop.kernel.money import fen_from_text, yuan
from shop.orders.models import OrderState
from shop.orders.queries.orders import LineFacts, OrderFacts, order_by_code
from shop.orders.views.words import REFUND_WORDS, Word
from shop.payments.gateways.protocol import GatewayUnavailable
from shop.payments.queries import payments_of
from shop.payments.services import OverRefund
from shop.web.audience import Audience, blueprint
from shop.web.desk import seen_version
from shop.web.forms import ShopForm, at_most, clean, required
from shop.web.house import current_actor, house, reading
from shop.web.i18n import _
from shop.web.roles import MONEY_ROLES
from shop.web.second_factor import asked_for_factor
from shop.web.shell import say

bp = blueprint("staff_refunds", __name__, Audience.STAFF, prefix="/staff", roles=MONEY_ROLES)

MOST_WORDS = 100
KEY_LENGTHS = range(16, 41)
NUMBER_LENGTH = 9
"""Figures that a count or a weight has at most."""

WRONG: Mapping[tuple[str, str], str] = {
    ("count", "range"): _l("没有那么多可退的了，看看还剩几份。"),
    ("grams", "by_piece"): _l("这样货没过过秤。"),
    ("grams", "more"): _l("没有比上次称的轻，不用退。"),
    ("weighed", "range"): _l("这个克数不像，再看看秤。"),
    ("amount", "range"): _l("请填要退几元，比如 12 或 12.50。"),
    ("grams", "claimed"): _l("这样货少的分量，售后里已经赔过了，不能再退一回。"),
    ("line", "claimed"): _l("这样货的钱，售后里已经赔完了，没有可退的了。"),
    ("line", "waits"): _l("这样货有一件售后还没定，先去“售后”里定下来，再退。"),
    ("are_back", "range"): _l("这一单不是在柜台现拿走的，货不能摆回柜上。"),
    ("line", "over"): _l("这样货已经退完了，或者不在这一单里。"),
}
REASON_WORDS: Mapping[str, str] = {
    "staff": _l("中心退的"),
    "wish": _l("买家想取消，中心答应了"),
    "late": _l("付得太晚，货没了"),
    "declined": _l("农户说没有"),
    "short": _l("农户说不够"),
    "rejected": _l("收货时没收下"),
    "intake": _l("收货时没收下"),
    "weight": _l("过秤轻了"),
    "returned": _l("包裹退回"),
    "uncollected": _l("没有人来取"),
    "cancelled": _l("买家取消"),
    "claim": _l("售后赔的"),
    "recalled": _l("货召回，没有寄"),
    "external": _l("从收款渠道那边退的"),
}
"""Why money goes back, where nobody wrote it in words."""
LESS_DUE = Word(_l("到时少收"), "done")
ACTOR_WORDS: Mapping[str, str] = {"visitor": _l("买家"), "provider": _l("收款渠道")}


class GiveForm(ShopForm):
    """What was worked out, carried on to the button, and why."""

    note = TextAreaField(
        _l("为什么退"),
        [required(_l("请写为什么退，查账的人要看。")), at_most(MOST_WORDS)],
        filters=[clean],
        description=_l("农户在“我的钱”里也看得到，别写买家的名字。比如：腊肉有哈喇味，买家发了照片"),
    )
    are_back = BooleanField(_l("货拿回来了，是好的，还摆在柜上卖"))
    way = HiddenField()
    line = HiddenField()
    n = HiddenField()
    key = HiddenField()


@dataclass(frozen=True)
class LineRow:
    """A line, and what of it can still be given back; `grams` when it was weighed."""

    number: int
    title: str
    unit: str
    bought: int
    given_back: int
    left: int
    grams: int | None


@dataclass(frozen=True)
class GivenRow:
    """One refund as staff read it."""

    at: datetime
    amount_fen: int
    state: Word
    who: str
    why: str


@dataclass(frozen=True)
class RefundPage:
    """All that stands on the page.

    Attributes:
        may_be_back: what is given back was taken along at the counter, and may lie there again.
    """

    code: str
    captured_fen: int
    given_fen: int
    is_agreed: bool
    lines: tuple[LineRow, ...]
    given: tuple[GivenRow, ...]
    sentence: str | None
    back_fen: int
    problem: str | None
    may_be_back: bool

    @property
    def left_fen(self) -> int:
        """What may still go back, by our books."""
        return self.captured_fen - self.given_fen


@bp.get("/orders/<code>/refund")
def refund(code: str) -> ResponseReturnValue:
    """Show the three ways; once one is filled in, say what the buyer gets and ask why."""
    order = order_by_code(reading(), code)
    asked = request.args
    form = GiveForm.from_request(way=asked.get("way"), line=asked.get("line"), n=asked.get("n"), key=new_token())
    page = _page(order, asked if "way" in asked else {})
    return render_template("staff/refund.html", page=page, form=form), 422 if page.problem else 200


@bp.post("/orders/<code>/refund")
def give(code: str) -> ResponseReturnValue:
    """Give back what was worked out, once."""
    order, form, at = order_by_code(reading(), code), GiveForm.from_request(), house()
    page = _page(order, form.data)
    is_well = form.is_sent_well()
    if len(form.key.data or "") not in KEY_LENGTHS:
        form.form_errors.append(_("这一页放久了，请重新打开。"))
        is_well = False
    if not is_well:
        return render_template("staff/refund.html", page=page, form=form), 422
    # What went back before counts too: many small sums of one order are as much as a large one.
    is_much = page.problem is None and page.given_fen + page.back_fen > at.settings.second_factor_yuan * 100
    if is_much and (asked := asked_for_factor()) is not None:
        return asked
    try:
        back = giving.give(
            at.edge,
            at.gateways,
            order.code,
            _what(order, form.data),
            key=form.key.data or "",
            note=form.note.data or "",
            seen=seen_version(),
            actor=current_actor(),
            clock=at.clock,
        )
    except (FiguresDiffer, GatewayUnavailable, Invalid, NotFound, OverRefund, WrongState) as refused:
        form.form_errors.append(_refusal(refused))
        return render_template("staff/refund.html", page=page, form=form), 422
    _tell(order, back)
    return redirect(url_for("staff_refunds.refund", code=order.code), 303)


def _tell(order: OrderFacts, back: int) -> None:
    if not back:
        say("info", _("这一笔已经退过了，没有再退。"))
    elif order.state is OrderState.AGREED:
        say("good", _("记下了，交货时少收 %(amount)s。", amount=yuan(back)))
    else:
        say("good", _("在退了，%(amount)s 原路退给买家。", amount=yuan(back)))


def _refusal(refused: Exception) -> str:
    """Return in words why nothing was given back."""
    if isinstance(refused, Invalid):
        return str(WRONG.get((refused.field, refused.reason), _("这样退不了，请重新算一次。")))
    if isinstance(refused, FiguresDiffer):
        return _("收款渠道说的钱数和我们的账对不上，先别退，请管账的看一看。一分钱也没动。")
    if isinstance(refused, GatewayUnavailable):
        return _("收款渠道没有回音，过一会儿再退。一分钱也没动。")
    if isinstance(refused, OverRefund):
        return _("收到的钱减去退过的，不够退这么多。一分钱也没动。")
    if isinstance(refused, WrongState):
        return _("这一箱正在叫快递，过一分钟再退。一分钱也没动。")
    return _("这一单没有收到过钱，没有可退的。")


def _lines(order: OrderFacts) -> dict[int, LineFacts]:
    """Return the lines by their numbers, from 1, part after part."""
    return dict(enumerate((line for part in order.parts for line in part.lines), 1))


def _number(typed: object) -> int:
    text = unicodedata.normalize("NFKC", str(typed or "")).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= NUMBER_LENGTH else 0


def _what(order: OrderFacts, asked: Mapping[str, object]) -> What:
    """Return what was asked for.

    Raises:
        Invalid: it is no amount, or the order has no such line.
    """
    if asked.get("way") == "amount":
        try:
            return Amount(fen_from_text(str(asked.get("n") or "")))
        except ValueError as error:
            raise Invalid("amount", "range") from error
    line = _lines(order).get(_number(asked.get("line")))
    if line is None:
        raise Invalid("line", "over")
    number = _number(asked.get("n"))
    if asked.get("way") == "weight":
        return Weight(line.id, number)
    return Pieces(line.id, number, are_back=bool(asked.get("are_back")))


def _page(order: OrderFacts, asked: Mapping[str, object]) -> RefundPage:
    sentence, back, problem, may_be_back = None, 0, None, False
    if asked:
        try:
            what = _what(order, asked)
            back = giving.preview(reading(), order, what)
            sentence = _sentence(order, what, back)
            may_be_back = isinstance(what, Pieces) and order.at_once and order.state is OrderState.DONE
        except Invalid as refused:
            problem = _refusal(refused)
    payments = payments_of(reading(), order.code)
    captured_fen = sum(payment.captured_fen for payment in payments)
    given_fen = sum(payment.refunded_fen for payment in payments)
    if order.state is not OrderState.AGREED and back > captured_fen - given_fen:
        sentence, problem = None, _refusal(OverRefund() if captured_fen else NotFound("payment"))
    return RefundPage(
        code=order.code,
        captured_fen=captured_fen,
        given_fen=given_fen,
        is_agreed=order.state is OrderState.AGREED,
        lines=tuple(_row(order, number, line) for number, line in _lines(order).items()),
        given=given_rows(order.code),
        sentence=sentence,
        back_fen=back,
        problem=problem,
        may_be_back=may_be_back,
    )


def _row(order: OrderFacts, number: int, line: LineFacts) -> LineRow:
    part = next(part for part in order.parts if line in part.lines)
    left = line.accepted if has_left(order, part.state) else 0
    grams = line.weighed_g if left and line.per_500g_fen is not None else None
    return LineRow(number, line.title, line.unit, line.quantity, line.rejected, left, grams)


def _sentence(order: OrderFacts, what: What, back: int) -> str:
    """Return what the buyer gets, and for what."""
    if isinstance(what, Amount):
        goods = _("退一笔钱")
    else:
        line = next(line for line in _lines(order).values() if line.id == what.line_id)
        if isinstance(what, Weight):
            goods = _("%(title)s重称 %(n)d 克，退差价", title=line.title, n=what.grams)
        else:
            goods = _("退 %(n)d %(unit)s%(title)s和它那份运费", n=what.count, unit=line.unit, title=line.title)
    if order.state is OrderState.AGREED:
        return _("%(goods)s：买家交货时少付 %(amount)s。", goods=goods, amount=yuan(back))
    return _("%(goods)s：买家得 %(amount)s，原路退回。", goods=goods, amount=yuan(back))


def given_rows(code: str) -> tuple[GivenRow, ...]:
    """Return every refund of an order, oldest first."""
    told = given(reading(), code)
    names = names_of(reading(), {one.who for one in told})
    return tuple(_given(one, names) for one in told)


def _given(one: GivenFacts, names: Mapping[str, str]) -> GivenRow:
    who = names.get(one.who) or str(ACTOR_WORDS.get(one.who, _("自动")))
    why = one.note or str(REASON_WORDS.get(one.reason, one.reason))
    state = LESS_DUE if one.state is None else REFUND_WORDS[one.state]
    return GivenRow(one.created_at, one.amount_fen, state, who, why)
