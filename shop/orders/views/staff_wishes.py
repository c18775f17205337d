"""The buyers who want to be let go after the centre took goods in: a person says yes or no, in words."""

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from shop.flows import wishes
from shop.flows.giving import FiguresDiffer
from shop.kernel.errors import ShopError
from shop.kernel.queues import queue_length
from shop.orders.queries.waiting import WISHES
from shop.payments.gateways.protocol import GatewayUnavailable
from shop.payments.services import OverRefund
from shop.web.audience import Audience, blueprint
from shop.web.desk import seen_version
from shop.web.forms import ShopForm, at_most, clean, required
from shop.web.house import current_actor, house, reading
from shop.web.i18n import _
from shop.web.paging import leaf
from shop.web.roles import MONEY_ROLES
from shop.web.shell import say
from shop.web.words import masked_name

bp = blueprint("staff_wishes", __name__, Audience.STAFF, prefix="/staff", roles=MONEY_ROLES)

MOST_WORDS = 60
YES, NO = "yes", "no"


class AnswerForm(ShopForm):
    """Yes or no, and what the buyer reads to it."""

    words = StringField(_l("回买家的话"), [required(_l("请写一句回买家的话。")), at_most(MOST_WORDS)], filters=[clean])
    answer = SelectField(choices=[(YES, _l("取消，退钱")), (NO, _l("不能取消"))])


@dataclass(frozen=True)
class WishRow:
    """One wish that waits for its answer."""

    code: str
    name: str
    reason: str
    asked_at: datetime
    version: int


@bp.get("/wishes")
def waiting() -> ResponseReturnValue:
    """Show the wishes that wait for an answer, oldest first."""
    total = queue_length(reading(), WISHES)
    here = leaf(total, "staff_wishes.waiting")
    rows = [
        WishRow(wish.order_code, masked_name(wish.name), wish.reason, wish.asked_at, wish.version)
        for wish in wishes.open_wishes(reading(), offset=here.offset, limit=here.limit)
    ]
    return render_template("staff/wishes.html", rows=rows, here=here, answer=AnswerForm.from_request())


@bp.post("/orders/<code>/wish")
def answer(code: str) -> ResponseReturnValue:
    """Answer a wish, once."""
    form, at = AnswerForm.from_request(), house()
    back = redirect(url_for("staff_wishes.waiting"), 303)
    if not form.is_sent_well():
        say("mind", _("没有回成：请写一句回买家的话，最多 %(n)d 个字。", n=MOST_WORDS))
        return back
    grants = form.answer.data == YES
    try:
        wishes.answer(
            at.edge,
            at.gateways,
            code,
            grants=grants,
            words=form.words.data or "",
            seen=seen_version(),
            actor=current_actor(),
            clock=at.clock,
        )
    except (FiguresDiffer, GatewayUnavailable, OverRefund) as refused:
        say("mind", _refusal(refused))
    else:
        say("good", _("没出门的都取消了，钱在退。") if grants else _("回好了，这一单照常。"))
    return back


def _refusal(refused: ShopError) -> str:
    """Return in words why it was not answered."""
    if isinstance(refused, GatewayUnavailable):
        return _("收款渠道没有回音，过一会儿再回。什么也没动。")
    return _("收款渠道说的钱数和我们的账对不上，请管账的先看一看。什么也没动。")
