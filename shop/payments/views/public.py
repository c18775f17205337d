"""Paying: our own page, the pretend provider's page of the demo, and the door at which providers knock."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.flows import closing, settle
from shop.flows.checkout import pay_otherwise
from shop.kernel.codes import clean_code
from shop.kernel.errors import NotFound, ShopError, WrongState
from shop.orders.models import Handing, OrderState
from shop.orders.queries.orders import OrderFacts, order_by_code
from shop.payments.gateways.demo import ChargeState, DemoGateway
from shop.payments.gateways.protocol import BadSignature, GatewayUnavailable, InvalidState
from shop.payments.models import PaymentState
from shop.payments.queries import PaymentFacts, payment_at_provider, payment_by_code, payments_of
from shop.web.audience import Audience, blueprint
from shop.web.doors import when_to_come
from shop.web.forms import EmptyForm
from shop.web.house import current_town, house, reading
from shop.web.i18n import _
from shop.web.paying import paying_words
from shop.web.shell import say

bp = blueprint("payments", __name__, Audience.PUBLIC)
hooks_bp = blueprint("hooks", __name__, Audience.HOOK, prefix="/hooks")

LARGEST_EVENT = 64 * 1024
"""Bytes; providers' events are a few thousand at most."""


WAITING = (PaymentState.CREATED, PaymentState.PENDING)


@dataclass(frozen=True)
class PayPage:
    """Where a payment is.

    Attributes:
        state: asking, open, cash, elsewhere, checking, paid, late, ended or review.
        waits: the page looks again by itself.
        others: other ways of paying it now, by the gateway's code: what each is called, and a sentence.
        current_href: the payment that waits to be paid, when it is not this one.
        paid_by: what this way of paying is called.
        at_once: it lies at the counter, and its code opens the hand-over.
        opens: from when on it can be taken along there; None when it is now.
        promised_on: when it is promised for; cash changes hands on that day.
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
    others: tuple[tuple[str, str, str], ...]
    current_href: str | None
    paid_by: str
    is_collected: bool
    at_once: bool
    opens: str | None
    promised_on: date | None


@bp.get("/pay/<code>")
def pay(code: str) -> ResponseReturnValue:
    """Show where a payment is and what to do next; it shows no name, phone or address, so its code is enough.

    The one GET that may write: a buyer who comes back from the provider must not wait for an event that may be late.
    It believes nothing in its address, reads the payment from the provider at most every few seconds, and applies what
    the provider says, which applied twice changes nothing.
    """
    at, code = house(), clean_code(code)
    with suppress(GatewayUnavailable):  # the page then shows what we know, and the sweep asks again
        settle.look_again(at.edge, at.gateways, code, clock=at.clock)
    payment = payment_by_code(reading(), code)
    order = order_by_code(reading(), payment.reference)
    page = _pay_page(payment, order, payments_of(reading(), order.code), at.clock())
    return render_template("payments/pay.html", page=page, town=current_town())


@bp.post("/pay/<code>/otherwise")
def otherwise(code: str) -> ResponseReturnValue:
    """Let an order that is not paid yet be paid in another way; the try before it is ended."""
    if not EmptyForm.from_request().is_sent_well():
        abort(400)
    at, code = house(), clean_code(code)
    payment = payment_by_code(reading(), code)
    gateway = at.gateways.get(request.form.get("gateway", ""))
    if gateway is None or gateway.is_offline or payment.amount_fen < gateway.least_fen:
        say("mind", _("这一单不能那样付，换一种。"))
        return redirect(url_for("payments.pay", code=code), 303)
    try:
        new = at.edge.run(lambda session: pay_otherwise(session, payment.reference, gateway, clock=at.clock))
    except WrongState:
        say("info", _("这一单现在不等付款了。"))
        return redirect(url_for("payments.pay", code=code), 303)
    with suppress(GatewayUnavailable, InvalidState):  # asked again later; or refused, and its own page says so
        settle.start(at.edge, gateway, new, public_url=at.settings.public_url, clock=at.clock)
    return redirect(url_for("payments.pay", code=new), 303)


def _pay_page(payment: PaymentFacts, order: OrderFacts, tries: Sequence[PaymentFacts], now: datetime) -> PayPage:
    state = _state(payment, order, now)
    is_collected = order.handing is Handing.COLLECTION
    waiting = [one.code for one in tries if one.state in WAITING and one.code != payment.code]
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
        others=_others(payment, is_collected=is_collected) if state in ("asking", "open", "elsewhere") else (),
        current_href=url_for("payments.pay", code=waiting[-1]) if waiting else None,
        paid_by=paying_words(payment.gateway, is_collected=is_collected)[0],
        is_collected=is_collected,
        at_once=order.at_once,
        opens=when_to_come() if order.at_once else None,
        promised_on=order.promised_on,
    )


def _others(payment: PaymentFacts, *, is_collected: bool) -> tuple[tuple[str, str, str], ...]:
    """Return the online ways of paying an amount besides the one that is open; one that was ended may be tried anew."""
    is_open = payment.state in WAITING
    return tuple(
        (code, *paying_words(code, is_collected=is_collected))
        for code, gateway in house().gateways.items()
        if not gateway.is_offline
        and gateway.least_fen <= payment.amount_fen
        and not (is_open and code == payment.gateway)
    )


def _state(payment: PaymentFacts, order: OrderFacts, now: datetime) -> str:
    if payment.state is PaymentState.CAPTURED:
        return "late" if order.state in (OrderState.EXPIRED, OrderState.CANCELLED) else "paid"
    if payment.needs_review:
        return "review"
    if order.state is OrderState.AGREED and payment.state in WAITING:
        return "cash"
    if order.state is not OrderState.PLACED:
        return "ended"
    if payment.state is PaymentState.VOIDED:
        return "elsewhere" if order.hold_until > now else "ended"
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

    Anything but success makes the provider come back: a body that is not theirs is a 400, a failure that may pass a
    503. What will never succeed is kept for a person and answered 200: coming back would not help.
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
