"""The basket: what is in it, and what changed about it since its buyer last looked."""

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.catalog.offers import OfferFacts, offers
from shop.kernel.errors import NotFound
from shop.orders.forms import AddForm, QuantityForm
from shop.orders.queries.orders import held_until, order_by_code
from shop.orders.queries.unpaid import waiting_order
from shop.orders.views.browser import current_basket, keep_count, known_orders, today, whose
from shop.orders.views.lines import households, prices_mark
from shop.orders.views.pages import pay_href
from shop.orders.views.public.base import bp, put
from shop.payments.queries import payments_of
from shop.web.house import house, reading
from shop.web.i18n import _
from shop.web.ripe import ripe_cards
from shop.web.shell import say

REFUSED: Mapping[str, str] = {
    "gone": _l("这样货下架了。"),
    "harvest_full": _l("这一季能采的都订完了。"),
    "out_of_season": _l("现在不是季节，等到了月份就上市。"),
}
"""Why a thing does not go into a basket at all."""


@bp.get("/basket")
def basket() -> ResponseReturnValue:
    """Show what is in the basket, and what changed about it since."""
    current = current_basket()
    keep_count(current)
    held = [line.offer.way.variant_id for line in current.lines if line.problem == "being_paid"]
    ends = [held_until(reading(), variant_id) for variant_id in held]
    until = max((end for end in ends if end is not None), default=None)
    return render_template(
        "orders/basket.html",
        basket=current,
        households=households(current, until),
        shown=prices_mark(current),
        has_new_prices=any(line.was_fen is not None for line in current.lines),
        has_live=any(line.offer.is_live for line in current.lines),
        ripe=() if current.lines else ripe_cards(),
        waiting=None if current.lines else _waiting(),
    )


def _waiting() -> str | None:
    """Return where the order is paid that left this basket empty: whoever comes back without an answer looks here."""
    buyer, now = whose(), house().clock()
    code = waiting_order(reading(), token=buyer.token, user_id=buyer.user_id, known=known_orders(), now=now)
    return None if code is None else pay_href(order_by_code(reading(), code), payments_of(reading(), code), now)


def _offer(variant_id: int) -> OfferFacts:
    found = offers(reading(), [variant_id], today=today()).get(variant_id)
    if found is None:
        raise NotFound("variant")
    return found


def _shown() -> str:
    return request.form.get("shown", "")


@bp.post("/basket/lines")
def add() -> ResponseReturnValue:
    """Put a thing into the basket."""
    form = AddForm.from_request()
    is_well = form.is_sent_well()
    if form.variant.errors:
        raise NotFound("variant")
    offer = _offer(form.variant.data or 0)
    thing = url_for("catalog.listing", code=offer.listing_code)
    refused = offer.problem(1)
    if refused is not None and refused in REFUSED:
        problem: str | None = str(REFUSED[refused])
        thing = thing if offer.is_shown else url_for("catalog.home")
    elif not is_well:
        problem = form.quantity.errors[0]
    else:
        problem = put(offer.way.variant_id, form.quantity.data or 0, add=True)
    if problem is not None:
        say("mind", problem)
        return redirect(thing, 303)
    if offer.is_live:
        say("good", _("%(title)s放进篮子了。活的不寄，到中心来取。", title=offer.title))
    else:
        say("good", _("%(title)s放进篮子了。", title=offer.title))
    return redirect(url_for("orders.basket"), 303)


@bp.post(f"/basket/lines/<int(max={2**63 - 1}):variant_id>")
def change(variant_id: int) -> ResponseReturnValue:
    """Change how many of a thing are wanted."""
    form = QuantityForm.from_request()
    if not form.is_sent_well():
        say("mind", form.quantity.errors[0])
    elif (
        problem := put(_offer(variant_id).way.variant_id, form.quantity.data or 0, add=False, shown=_shown())
    ) is not None:
        say("mind", problem)
    return redirect(url_for("orders.basket"), 303)


@bp.post(f"/basket/lines/<int(max={2**63 - 1}):variant_id>/remove")
def remove(variant_id: int) -> ResponseReturnValue:
    """Take a thing out of the basket."""
    offer = _offer(variant_id)
    put(offer.way.variant_id, 0, add=False, shown=_shown())
    say("good", _("%(title)s拿掉了。", title=offer.title))
    return redirect(url_for("orders.basket"), 303)
