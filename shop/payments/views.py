"""Paying: our own page, the pretend provider's page of the demo, and the door at which providers knock."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.flows import closing, settle
from shop.kernel.codes import clean_code
from shop.kernel.errors import NotFound, ShopError
from shop.orders.models import OrderState
from shop.orders.queries.orders import OrderFacts, order_by_code
from shop.payments.gateways.demo import ChargeState, DemoGateway
from shop.payments.gateways.protocol import BadSignature, GatewayUnavailable, InvalidState
from shop.payments.models import PaymentState
from shop.payments.queries import PaymentFacts, payment_at_provider, payment_by_code
from shop.web.audience import Audience, blueprint
from shop.web.forms import EmptyForm
from shop.web.house import house, reading

bp = blueprint("payments", __name__, Audience.PUBLIC)
hooks_bp = blueprint("hooks", __name__, Audience.HOOK, prefix="/hooks")

LARGEST_EVENT = 64 * 1024
"""Bytes; providers' events are a few thousand at most."""


@dataclass(frozen=True)
class PayPage:
    """Where a payment is.

    Attributes:
        state: asking, open, checking, paid, late, ended or review.
        waits: the page looks again by itself.
        order_href: only for a payment that paid its order.
    """

    code: str
    state: str
    amount_fen: int
    order_code: str
    hold_until: datetime
    pay_url: str | None
    waits: bool
    refunded_fen: int
    order_href: str


@bp.get("/pay/<code>")
def pay(code: str) -> ResponseReturnValue:
    """Show where a payment is and what to do next; it shows no name, phone or address, so its code is enough.

    The one GET that may write: a buyer who comes back from the provider must not wait for an event that may be late.
    It believes nothing in its address, reads the payment from the provider at most every few seconds, and applies what
    the provider says, which applied twice changes nothing.
    """
    wired, code = house(), clean_code(code)
    with suppress(GatewayUnavailable):  # the page then shows what we know, and the sweep asks again
        settle.look_again(wired.edge, wired.gateways, code, clock=wired.clock)
    payment = payment_by_code(reading(), code)
    order = order_by_code(reading(), payment.reference)
    return render_template("payments/pay.html", page=_pay_page(payment, order, wired.clock()))


def _pay_page(payment: PaymentFacts, order: OrderFacts, now: datetime) -> PayPage:
    state = _state(payment, order, now)
    return PayPage(
        code=payment.code,
        state=state,
        amount_fen=payment.amount_fen,
        order_code=order.code,
        hold_until=order.hold_until,
        pay_url=payment.pay_url if state == "open" else None,
        waits=state in ("asking", "open", "checking"),
        refunded_fen=payment.refunded_fen,
        order_href=url_for("orders.order", code=order.code),
    )


def _state(payment: PaymentFacts, order: OrderFacts, now: datetime) -> str:
    if payment.needs_review:
        return "review"
    if payment.state is PaymentState.CAPTURED:
        return "late" if order.state in (OrderState.EXPIRED, OrderState.CANCELLED) else "paid"
    if payment.state is PaymentState.VOIDED or order.state is not OrderState.PLACED:
        return "ended"
    if order.hold_until <= now:
        return "checking"
    return "asking" if payment.pay_url is None else "open"


# The demo provider's own page


def _demo() -> DemoGateway:
    gateway = house().gateways.get(DemoGateway.code)
    if not isinstance(gateway, DemoGateway):
        raise NotFound("gateway")
    return gateway


@bp.get("/pay/demo/<ref>")
def demo(ref: str) -> ResponseReturnValue:
    """Show the pretend provider's page: pay, be declined, walk away, or pay too late."""
    amount_fen, description, state, return_url = _demo().look(ref)
    return render_template(
        "payments/demo.html",
        ref=ref,
        amount_fen=amount_fen,
        description=description,
        is_paid=state == ChargeState.PAID,
        is_void=state == ChargeState.VOID,
        is_declined=state == ChargeState.DECLINED,
        return_url=return_url,
    )


@bp.post("/pay/demo/<ref>")
def demo_decide(ref: str) -> ResponseReturnValue:
    """Do what the person at the provider's page chose, tell the shop by a signed event, and send the browser back."""
    gateway, wired = _demo(), house()
    return_url = gateway.look(ref)[3]
    choice = request.form.get("act", "close") if EmptyForm.from_request().is_sent_well() else "close"
    if choice == "late":
        _pay_late(gateway, ref)
    elif choice in ("pay", "decline"):
        try:
            body, headers = gateway.decide(ref, pays=choice == "pay", now=wired.clock())
        except InvalidState:
            return redirect(url_for("payments.demo", ref=ref), 303)
        settle.receive_event(wired.edge, wired.gateways, gateway.code, body, headers, clock=wired.clock)
    return redirect(return_url, 303)


def _pay_late(gateway: DemoGateway, ref: str) -> None:
    """Let the order's time run out at once, and the money arrive all the same."""
    wired = house()
    payment = payment_at_provider(reading(), gateway.code, ref)
    if payment is None:
        raise NotFound("payment")
    url = wired.settings.public_url
    closing.run_out(wired.edge, wired.gateways, payment.reference, public_url=url, clock=wired.clock)
    body, headers = gateway.decide(ref, pays=True, late=True, now=wired.clock())
    settle.receive_event(wired.edge, wired.gateways, gateway.code, body, headers, clock=wired.clock)


# Where providers knock


@hooks_bp.post("/<gateway>")
def receive(gateway: str) -> ResponseReturnValue:
    """Take in a provider's event from its raw body.

    Anything but success makes the provider come back: a body that is not theirs is a 400, whatever fails after the
    event was kept a 503.
    """
    wired = house()
    if gateway not in wired.gateways:
        return _said("unknown gateway", 404)
    request.max_content_length = LARGEST_EVENT
    body, headers = request.get_data(cache=False), dict(request.headers)
    try:
        settle.receive_event(wired.edge, wired.gateways, gateway, body, headers, clock=wired.clock)
    except BadSignature:
        return _said("bad signature", 400)
    except ShopError:
        return _said("try again", 503)
    return _said("ok", 200)


def _said(words: str, status: int) -> Response:
    return Response(words, status, mimetype="text/plain")
