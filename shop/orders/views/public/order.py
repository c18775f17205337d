"""The order afterwards: finding it, following it, its receipt, and letting it go."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.catalog.versions import kept_version
from shop.courier.queries import papers_of, shipment_by_key
from shop.desk.returned.queries import returned_of
from shop.flows import closing
from shop.fulfilment.queries import parcels_of_order
from shop.invoices.queries import wish_of
from shop.kernel.errors import NotFound, WrongState
from shop.orders.forms import FindForm
from shop.orders.models import OrderState
from shop.orders.queries.orders import history, order_of_phone
from shop.orders.views.bought import bought_page
from shop.orders.views.browser import known_orders, own_order, remember_order
from shop.orders.views.claims.claim import claim_panel
from shop.orders.views.intakes import intakes_by_line
from shop.orders.views.pages import lines_of, order_page
from shop.orders.views.public.base import bp
from shop.orders.views.receipt import receipt as receipt_of
from shop.orders.views.tracking import tracking_page
from shop.payments.gateways.protocol import GatewayUnavailable
from shop.payments.queries import payments_of
from shop.web.forms import EmptyForm
from shop.web.house import current_actor, current_town, house, reading
from shop.web.i18n import _
from shop.web.limits import limiter
from shop.web.shell import say


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
    facts = own_order(code)
    parcels = parcels_of_order(reading(), facts.id, facts)
    page = order_page(
        facts,
        history(reading(), facts.id),
        payments_of(reading(), facts.code),
        parcels,
        papers_of(reading(), facts.code),
        intakes_by_line(facts.id),
        house().clock(),
        returned_of(reading(), facts.id),
    )
    panel = claim_panel(facts, parcels)
    return render_template("orders/order.html", page=page, order=facts, claims=panel, town=current_town())


@bp.get("/orders/<code>/parcels/<key>")
def tracking(code: str, key: str) -> ResponseReturnValue:
    """Show where a parcel or letter of an order is, to whoever may see the order."""
    facts = own_order(code)
    shipment = shipment_by_key(reading(), key)
    if shipment is None or shipment.reference != facts.code:
        raise NotFound("parcel")
    return render_template("orders/tracking.html", page=tracking_page(facts, shipment, house().clock()))


@bp.get("/orders/<code>/receipt")
def receipt(code: str) -> ResponseReturnValue:
    """Show the receipt of a paid order, for printing; a seller has to give one."""
    facts, town = own_order(code), current_town()
    wish = wish_of(reading(), facts.id)
    paper = receipt_of(
        facts,
        history(reading(), facts.id),
        payments_of(reading(), facts.code),
        None if wish is None else wish.title.title,
    )
    if paper is None or town is None:
        raise NotFound("receipt")
    return render_template("orders/receipt.html", receipt=paper, town=town)


@bp.get(f"/orders/<code>/lines/<int(max={2**31 - 1}):number>/as-bought")
def as_bought(code: str, number: int) -> ResponseReturnValue:
    """Show what a line's listing said when it was bought, to whoever may see the order."""
    facts = own_order(code)
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
    facts, at = own_order(code), house()
    try:
        closing.cancel(
            at.edge,
            at.gateways,
            facts.code,
            public_url=at.settings.public_url,
            actor=current_actor(),
            clock=at.clock,
        )
    except WrongState as refused:
        say("mind", _why_not(refused))
    except GatewayUnavailable:
        say("mind", _("付款那边没有回音，过一会儿再取消一次。"))
    else:
        with at.edge.reading() as session:  # anew: the money may have come in while the order was cancelled
            was_paid = any(payment.captured_fen for payment in payments_of(session, facts.code))
        say("good", _("订单取消了，付过的钱原路退回。") if was_paid else _("订单取消了，没有收过您的钱。"))
    return redirect(url_for("orders.order", code=facts.code), 303)


def _why_not(refused: WrongState) -> str:
    """Return in words why an order cannot be cancelled any more."""
    if refused.state == OrderState.EXPIRED:
        return _("这一单过了付款时间，已经不作数了，不用取消。")
    if refused.state == OrderState.DONE:
        return _("这一单已经办完，取消不了了。有事请打中心的电话。")
    return _("货已经到了中心，取消不了了。有事请打中心的电话。")
