"""Invoices on paper leave the centre: in an envelope by courier, or over the counter."""

from functools import partial

from flask import request
from flask.typing import ResponseReturnValue

from shop.flows import invoice_post
from shop.flows.invoice_post import Envelope
from shop.invoices.views.staff import bp, do, show
from shop.invoices.views.staff_forms import EnvelopeForm
from shop.invoices.views.staff_page import Forms
from shop.kernel.codes import new_code
from shop.kernel.errors import Invalid, NotFound
from shop.web.forms import EmptyForm
from shop.web.house import current_actor, house
from shop.web.i18n import _


@bp.post("/<code>/post")
def post(code: str) -> ResponseReturnValue:
    """Book a courier for an envelope with this invoice, and with those that were ticked."""
    form, wired = EnvelopeForm.from_request(prefix="post"), house()
    form.carrier.choices = [(one, one) for one in wired.couriers]
    if not form.is_sent_well():
        return show(code, Forms(envelope=form), 422)
    envelope = Envelope(
        key=f"V{form.key.data or new_code(10)}"[:40],
        codes=(code, *request.form.getlist("with")),
        carrier=form.carrier.data,
    )
    act = partial(
        invoice_post.send, couriers=wired.couriers, envelope=envelope, actor=current_actor(), clock=wired.clock
    )
    try:
        return do(code, act, _("去订快递了。订好了在“寄件”里打信封，信封上没有金额。"), Forms(envelope=form))
    except (Invalid, NotFound):
        return show(code, Forms(envelope=form), 422, _("有一张不是寄到这个地址的，请重新选。"))


@bp.post("/<code>/handed-over")
def hand_over(code: str) -> ResponseReturnValue:
    """Note that the buyer took the invoice at the counter."""
    EmptyForm.from_request()
    act = partial(invoice_post.hand_over, code=code, actor=current_actor(), clock=house().clock)
    return do(code, act, _("记好了，拿走了。"), Forms())
