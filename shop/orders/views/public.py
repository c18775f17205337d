"""The buyer's way: the basket, the checkout in two steps, and the order afterwards. Nobody has to sign in."""

from collections.abc import Mapping
from contextlib import suppress

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.catalog.offers import OfferFacts, offers
from shop.catalog.stock import HarvestFull, OutOfStock
from shop.catalog.versions import kept_version
from shop.courier.queries import NoFreight
from shop.flows import closing, settle
from shop.flows.checkout import BasketChanged, BeingPaid, Placed, QuoteChanged, TooManyUnpaid, place_order
from shop.fulfilment.queries import parcel_of_order
from shop.kernel.codes import clean_code, new_token
from shop.kernel.errors import Invalid, NotFound, WrongState
from shop.orders import services
from shop.orders.forms import AddForm, CheckoutForm, FindForm, QuantityForm
from shop.orders.queries.baskets import MAX_QUANTITY, BasketFacts
from shop.orders.queries.orders import OrderFacts, history, order_by_code, order_of_member, order_of_phone
from shop.orders.queries.quotes import CannotSend, quote
from shop.orders.services import Recipient
from shop.orders.views.bought import bought_page
from shop.orders.views.browser import (
    Whose,
    current_basket,
    follow_sign_in,
    keep_basket,
    keep_count,
    known_orders,
    remember_order,
    today,
    whose,
)
from shop.orders.views.pages import Review, households, lines_of, order_page, review
from shop.payments.gateways.protocol import GatewayUnavailable, InvalidState, wired
from shop.payments.queries import payment_by_code, payments_of
from shop.web.audience import Audience, blueprint
from shop.web.forms import EmptyForm
from shop.web.house import current_actor, current_person, edge, house, reading
from shop.web.i18n import _
from shop.web.limits import limiter
from shop.web.shell import say

bp = blueprint("orders", __name__, Audience.PUBLIC)

REFUSED: Mapping[str, str] = {
    "gone": _l("这样货下架了。"),
    "harvest_full": _l("这一季能采的都订完了。"),
    "out_of_season": _l("现在不是季节，等到了月份就上市。"),
}
"""Why a thing does not go into a basket at all."""
KEY_LENGTHS = range(16, 41)


bp.record_once(follow_sign_in)

# The basket


@bp.get("/basket")
def basket() -> ResponseReturnValue:
    """Show what is in the basket, and what changed about it since."""
    current = current_basket()
    keep_count(current)
    return render_template("orders/basket.html", basket=current, households=households(current))


def _offer(variant_id: int) -> OfferFacts:
    found = offers(reading(), [variant_id], today=today()).get(variant_id)
    if found is None:
        raise NotFound("variant")
    return found


def _put(variant_id: int, quantity: int, *, add: bool) -> str | None:
    """Put something into the basket; return in words why it would not go in, or None."""
    buyer, clock = whose(), house().clock
    if buyer.user_id is None and buyer.token is None:
        buyer = Whose(new_token(), None)
    try:
        now = edge().run(
            lambda session: services.put_in_basket(
                session,
                variant_id,
                quantity,
                token=buyer.token,
                user_id=buyer.user_id,
                add=add,
                clock=clock,
            )
        )
    except Invalid as refused:
        if refused.reason == "full":
            return _("篮子里最多放 %(n)d 样货，先结一次账吧。", n=services.MAX_LINES)
        return _("一样货最多放 %(n)d 份。", n=MAX_QUANTITY)
    keep_basket(buyer)
    keep_count(now)
    return None


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
        problem = _put(offer.way.variant_id, form.quantity.data or 0, add=True)
    if problem is not None:
        say("mind", problem)
        return redirect(thing, 303)
    say("good", _("%(title)s放进篮子了。", title=offer.title))
    return redirect(url_for("orders.basket"), 303)


@bp.post(f"/basket/lines/<int(max={2**63 - 1}):variant_id>")
def change(variant_id: int) -> ResponseReturnValue:
    """Change how many of a thing are wanted."""
    form = QuantityForm.from_request()
    if not form.is_sent_well():
        say("mind", form.quantity.errors[0])
    elif (problem := _put(_offer(variant_id).way.variant_id, form.quantity.data or 0, add=False)) is not None:
        say("mind", problem)
    return redirect(url_for("orders.basket"), 303)


@bp.post(f"/basket/lines/<int(max={2**63 - 1}):variant_id>/remove")
def remove(variant_id: int) -> ResponseReturnValue:
    """Take a thing out of the basket."""
    offer = _offer(variant_id)
    _put(offer.way.variant_id, 0, add=False)
    say("good", _("%(title)s拿掉了。", title=offer.title))
    return redirect(url_for("orders.basket"), 303)


# The checkout


def _address_page(form: CheckoutForm, current: BasketFacts, status: int = 200) -> ResponseReturnValue:
    page = render_template("orders/address.html", form=form, basket=current, households=households(current))
    return page, status


def _review_page(form: CheckoutForm, shown: Review, key: str, status: int = 200) -> ResponseReturnValue:
    return render_template("orders/review.html", form=form, review=shown, checkout_key=key), status


def _recipient(form: CheckoutForm) -> Recipient:
    return Recipient(
        name=form.name.data or "",
        phone=form.phone.data or "",
        province=form.province.data,
        city=form.city.data or "",
        district=form.district.data or "",
        street=form.street.data or "",
        note=form.note.data or "",
    )


@bp.get("/checkout")
def checkout() -> ResponseReturnValue:
    """Ask to whom and where."""
    if not house().gateways:
        return render_template("orders/closed.html")
    current, person = current_basket(), current_person()
    if not current.is_orderable:
        return redirect(url_for("orders.basket"), 303)
    known = {"name": person.name, "phone": person.phone} if person is not None else {}
    return _address_page(CheckoutForm.from_request(**known), current)


@bp.post("/checkout")
def checkout_step() -> ResponseReturnValue:
    """Take one step: see what it costs, go back to the address, or place the order that was seen.

    The address travels in the page's form, never in an address bar.
    """
    if not house().gateways:
        return render_template("orders/closed.html"), 503
    form, act = CheckoutForm.from_request(), request.form.get("action", "preview")
    if act == "edit":
        return _address_page(form, current_basket())
    if not form.is_sent_well():
        return _address_page(form, current_basket(), 422)
    if act == "place" and len(form.checkout_key.data or "") in KEY_LENGTHS:
        return _place(form)
    return _preview(form)


def _preview(form: CheckoutForm) -> ResponseReturnValue:
    current = current_basket()
    if not current.is_orderable:
        return redirect(url_for("orders.basket"), 303)
    try:
        priced = quote(reading(), current, _recipient(form).destination, now=house().clock())
    except NoFreight:
        return _unreachable(form)
    except CannotSend as stuck:
        return _stuck(form, stuck)
    return _review_page(form, review(current, priced, _recipient(form)), new_token())


def _unreachable(form: CheckoutForm) -> ResponseReturnValue:
    form.province.errors = [_("暂时寄不到%(province)s，换个地址，或者打中心的电话。", province=form.province.data)]
    return _address_page(form, current_basket(), 422)


def _stuck(form: CheckoutForm, stuck: CannotSend) -> ResponseReturnValue:
    titles = "、".join(line.title for line in stuck.lines)
    form.province.errors = [_("%(goods)s寄不到那里，先从篮子里拿掉。", goods=titles)]
    return _address_page(form, current_basket(), 422)


def _place(form: CheckoutForm) -> ResponseReturnValue:
    try:
        placed = _placed(form)
    except QuoteChanged as changed:
        shown = review(current_basket(), changed.now, _recipient(form), was=form.was.data or "")
        return _review_page(form, shown, form.checkout_key.data or "", 409)
    except BasketChanged:
        say("mind", _("篮子里有变动，看一眼再结账。"))
        return redirect(url_for("orders.basket"), 303)
    except (OutOfStock, HarvestFull):
        say("mind", _("就在刚才，有一样货被别人先买走了。看一眼再结账。"))
        return redirect(url_for("orders.basket"), 303)
    except NoFreight:
        return _unreachable(form)
    except CannotSend as stuck:
        return _stuck(form, stuck)
    except BeingPaid:
        say("mind", _("有人正在付最后这些，没付成会放出来，过一会儿再看。"))
        return redirect(url_for("orders.basket"), 303)
    except TooManyUnpaid:
        say("mind", _("还有几单没付款。先付了，或者取消掉，再下新的单。"))
        return redirect(url_for("orders.find"), 303)
    remember_order(placed.order_code)
    keep_count(BasketFacts(()))
    _start(placed)
    return redirect(url_for("payments.pay", code=placed.payment_code), 303)


def _placed(form: CheckoutForm) -> Placed:
    buyer, actor, at = whose(), current_actor(), house()
    return edge().run(
        lambda session: place_order(
            session,
            _recipient(form),
            checkout_key=form.checkout_key.data or "",
            seen=form.digest.data or "",
            gateway=next(iter(at.gateways.values())),
            is_confirmed=True,
            token=buyer.token,
            actor=actor,
            clock=at.clock,
        )
    )


def _start(placed: Placed) -> None:
    """Ask the provider at once, so that the buyer can pay; if it does not answer, the posted message asks again."""
    at, code = house(), placed.payment_code
    # Unavailable: asked again later. Refused: the payment is ended, and its own page says so.
    with suppress(GatewayUnavailable, InvalidState):
        # The request's own read may be from before the order was written.
        with at.edge.reading() as session:
            gateway = wired(at.gateways, payment_by_code(session, code).gateway)
        settle.start(at.edge, gateway, code, public_url=at.settings.public_url, clock=at.clock)


# The order afterwards


def _order(code: str) -> OrderFacts:
    """Return an order to its signed-in buyer, or to the browser that placed it or proved the phone.

    Raises:
        NotFound: it is another's, which must look the same as none.
    """
    user_id, wanted = current_actor().user_id, clean_code(code)
    if wanted in known_orders():
        return order_by_code(reading(), wanted)
    if user_id is None:
        raise NotFound("order")
    return order_of_member(reading(), wanted, user_id)


@bp.get("/orders")
def find() -> ResponseReturnValue:
    """Ask for an order's code and phone; the orders of this browser are at hand."""
    return render_template("orders/find.html", form=FindForm.from_request(), known=known_orders())


@bp.post("/orders")
@limiter.limit("10 per minute")
def found() -> ResponseReturnValue:
    """Open an order to whoever knows its code and phone."""
    form = FindForm.from_request()
    if form.is_sent_well():
        try:
            order_found = order_of_phone(reading(), form.code.data or "", form.phone.data or "")
        except NotFound:
            form.form_errors.append(_("没有找到。看看短信里的订单号，手机号要是下单时填的那个。"))
        else:
            remember_order(order_found.code)
            return redirect(url_for("orders.order", code=order_found.code), 303)
    return render_template("orders/find.html", form=form, known=known_orders()), 422


@bp.get("/orders/<code>")
def order(code: str) -> ResponseReturnValue:
    """Show an order with every step it took."""
    facts = _order(code)
    parcel = parcel_of_order(reading(), facts.id)
    page = order_page(
        facts,
        history(reading(), facts.id),
        payments_of(reading(), facts.code),
        parcel.shipment if parcel is not None else None,
        house().clock(),
    )
    return render_template("orders/order.html", page=page)


@bp.get(f"/orders/<code>/lines/<int(max={2**31 - 1}):number>/as-bought")
def as_bought(code: str, number: int) -> ResponseReturnValue:
    """Show what a line's listing said when it was bought, to whoever may see the order."""
    facts = _order(code)
    line = next((line for place, line in enumerate(lines_of(facts), 1) if place == number), None)
    if line is None or line.listing_version_id is None:
        raise NotFound("line")
    page = bought_page(facts, line, kept_version(reading(), line.listing_version_id))
    return render_template("orders/as_bought.html", page=page)


@bp.post("/orders/<code>/cancel")
def cancel(code: str) -> ResponseReturnValue:
    """Cancel an order, while the centre has taken nothing in."""
    if not EmptyForm.from_request().is_sent_well():
        abort(400)
    facts, at = _order(code), house()
    try:
        closing.cancel(
            at.edge,
            at.gateways,
            facts.code,
            public_url=at.settings.public_url,
            actor=current_actor(),
            clock=at.clock,
        )
    except WrongState:
        say("mind", _("货已经到了中心，取消不了了。有事请打中心的电话。"))
    except GatewayUnavailable:
        say("mind", _("付款那边没有回音，过一会儿再取消一次。"))
    else:
        say("good", _("订单取消了，付过的钱原路退回。"))
    return redirect(url_for("orders.order", code=facts.code), 303)
