"""Once more: what an order was of goes back into the basket, and its buyer straight to the checkout."""

from collections.abc import Iterable

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.kernel.codes import new_token
from shop.kernel.money import yuan
from shop.orders import services
from shop.orders.again import Again, put_again
from shop.orders.queries.baskets import BasketFacts, basket
from shop.orders.views.browser import Whose, keep_basket, keep_count, own_order, today, whose
from shop.orders.views.public.base import bp
from shop.web.forms import EmptyForm
from shop.web.house import edge, house
from shop.web.i18n import _
from shop.web.prices import unit_label
from shop.web.shell import say
from shop.web.words import listed, sentences


@bp.post("/orders/<code>/again")
def again(code: str) -> ResponseReturnValue:
    """Put an order's goods into the basket once more, as far as they are there, and say what is not as it was."""
    if not EmptyForm.from_request().is_sent_well():
        abort(400)
    facts, buyer, clock = own_order(code), whose(), house().clock
    if buyer.user_id is None and buyer.token is None:
        buyer = Whose(new_token(), None)

    def act(session: Session) -> tuple[tuple[Again, ...], BasketFacts]:
        back = put_again(session, facts, token=buyer.token, user_id=buyer.user_id, clock=clock)
        return back, basket(session, token=buyer.token, user_id=buyer.user_id, today=today())

    back, now = edge().run(act)
    keep_basket(buyer)
    keep_count(now)
    told = sentences(_told(back))
    if told:
        say("mind", told)
    if not any(one.put for one in back):
        return redirect(url_for("orders.order", code=facts.code), 303)
    if not now.is_orderable:
        return redirect(url_for("orders.basket"), 303)
    return redirect(url_for("orders.checkout", like=facts.code), 303)


def _told(back: Iterable[Again]) -> Iterable[str]:
    """Tell what is not as it was when it was bought."""
    back = tuple(back)
    gone = [one.line.title for one in back if not one.put and not one.is_full]
    if gone:
        yield _("%(goods)s现在买不到，没有放进篮子。", goods=listed(gone))
    if any(one.is_full for one in back):
        yield _("篮子里最多放 %(n)d 样货，先结一次账吧。", n=services.MAX_LINES)
    for one in back:
        if 0 < one.put < one.wanted:
            yield _(
                "%(title)s上次 %(was)d %(unit)s，现在只有 %(n)d %(unit)s。",
                title=one.line.title,
                was=one.wanted,
                n=one.put,
                unit=one.offer.way.unit,
            )
        was = _price(one.line.price_fen, one.line.unit, one.line.pieces)
        now = _price(one.offer.way.price_fen, one.offer.way.unit, one.offer.way.pieces)
        if one.put and was != now:
            yield _("%(title)s上次 %(was)s，现在 %(now)s。", title=one.line.title, was=was, now=now)


def _price(price_fen: int, unit: str, pieces: int) -> str:
    return f"{yuan(price_fen)} {unit_label(unit, pieces)}"
