"""The buyer asks to be let go after the centre took goods in."""

from dataclasses import dataclass

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import StringField

from shop.flows import wishes
from shop.kernel.errors import WrongState
from shop.orders.queries.orders import OrderFacts
from shop.orders.views.browser import own_order
from shop.web.audience import Audience, blueprint
from shop.web.forms import ShopForm, at_most, clean
from shop.web.house import edge, house, reading
from shop.web.i18n import _
from shop.web.limits import limiter
from shop.web.shell import say

bp = blueprint("order_wishes", __name__, Audience.PUBLIC)

MOST_WORDS = 60


class WishForm(ShopForm):
    """Why, if the buyer likes to say."""

    reason = StringField(_l("为什么想取消"), [at_most(MOST_WORDS)], filters=[clean])


@dataclass(frozen=True)
class WishPanel:
    """What an order's page says of its buyer's wish; `wish` is None while there is none."""

    code: str
    may_ask: bool
    wish: wishes.WishFacts | None
    form: WishForm


def wish_panel(order: OrderFacts) -> WishPanel:
    """Return what the page of an order, which was shown to its buyer already, says of a wish to be let go."""
    wish = wishes.wish_of(reading(), order)
    return WishPanel(order.code, wish is None and wishes.may_wish(order), wish, WishForm.from_request())


bp.app_context_processor(lambda: {"wish_panel": wish_panel})


@bp.post("/orders/<code>/ask-cancel")
@limiter.limit("10 per minute")
def ask(code: str) -> ResponseReturnValue:
    """Write the wish down, once; the centre answers in words."""
    form, order, clock = WishForm.from_request(), own_order(code), house().clock
    if not form.is_sent_well():
        say("mind", _("没有送到，原因最多 %(n)d 个字。", n=MOST_WORDS))
        return redirect(url_for("orders.order", code=order.code), 303)
    reason = form.reason.data or ""
    try:
        edge().run(lambda session: wishes.ask_cancel(session, order.code, reason=reason, clock=clock))
    except WrongState:
        say("mind", _("这一单现在不用问中心：能自己取消，或者货已经出门了。"))
    else:
        say("good", _("告诉中心了，回了话会发短信给您。"))
    return redirect(url_for("orders.order", code=order.code), 303)
