"""The page of an order's invoices: asking, mending, taking back, and how far each is."""

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.flows import invoicing
from shop.invoices.billing import bill_of
from shop.invoices.queries import last_title, requests_of_orders, wish_of
from shop.invoices.rules import Title
from shop.invoices.services import account_before, columns_of
from shop.kernel.errors import Invalid, WrongState
from shop.orders.queries.orders import OrderFacts
from shop.orders.views.browser import own_order
from shop.orders.views.invoices.base import bp
from shop.orders.views.invoices.forms import InvoiceForm, known
from shop.orders.views.invoices.page import InvoicePage, InvoicePanel, invoice_page, invoice_panel
from shop.web.browsers import is_wechat
from shop.web.forms import EmptyForm
from shop.web.house import current_actor, current_town, edge, house, reading
from shop.web.i18n import _
from shop.web.limits import limiter
from shop.web.shell import say


def _page(order: OrderFacts) -> InvoicePage:
    town = current_town()
    return invoice_page(
        order,
        bill_of(reading(), order.id),
        requests_of_orders(reading(), [order.id]),
        wish_of(reading(), order.id),
        "" if town is None else town.centre_name,
        house().clock(),
    )


def _panel(order: OrderFacts) -> InvoicePanel | None:
    """Return what the page of an order, which was shown to its buyer already, says of its invoices."""
    return invoice_panel(_page(order))


bp.app_context_processor(lambda: {"invoice_panel": _panel})


@bp.get("/orders/<code>/invoice")
def invoices(code: str) -> ResponseReturnValue:
    """Show who issues what for an order, how far each invoice is, and the form while it is of use."""
    order = own_order(code)
    wish, user_id = wish_of(reading(), order.id), current_actor().user_id
    before = wish.title if wish is not None else None if user_id is None else last_title(reading(), user_id)
    return _answer(_page(order), InvoiceForm.from_request(**known(order, before)))


def _answer(page: InvoicePage, form: InvoiceForm, status: int = 200) -> Response:
    is_in_wechat = is_wechat(request.user_agent.string)
    return make_response(render_template("orders/invoices.html", page=page, form=form, is_wechat=is_in_wechat), status)


@bp.post("/orders/<code>/invoice")
@limiter.limit("10 per minute")
def ask(code: str) -> ResponseReturnValue:
    """Write down what invoice is wanted, or mend what the centre sent back."""
    order, form = own_order(code), InvoiceForm.from_request()
    page, vault = _page(order), house().vault
    title = form.wanted_well(account_before(reading(), vault, order.id))
    if title is not None:
        try:
            _write(order.code, title, is_mending=page.is_mending)
        except Invalid as refused:
            if refused.field == "invoice":
                say("mind", _("这一单能开的都要过了，在下面看。"))
                return redirect(url_for("order_invoices.invoices", code=order.code), 303)
            form.say(refused)
        except WrongState:
            say("mind", _("这一单的发票有了变动，看看现在怎样了。"))
            return redirect(url_for("order_invoices.invoices", code=order.code), 303)
        else:
            return redirect(url_for("order_invoices.invoices", code=order.code), 303)
    return _answer(page, form, 422)


def _write(order_code: str, title: Title, *, is_mending: bool) -> None:
    actor, clock = current_actor(), house().clock
    said = columns_of(house().vault, title)

    def act(session: Session) -> int:
        if is_mending:
            return invoicing.mend(session, order_code, said, actor=actor, clock=clock)
        return invoicing.ask(session, order_code, said, actor=actor, clock=clock)

    made = edge().run(act)
    if is_mending:
        say("good", _("改好了，交给中心再看。"))
    elif made:
        say("good", _("交给中心了，一共 %(n)d 张。开好了发短信给您。", n=made))
    else:
        say("good", _("记下了。货收齐、称好、付了款，就交给中心开。"))


@bp.post("/orders/<code>/invoice/withdraw")
@limiter.limit("10 per minute")
def withdraw(code: str) -> ResponseReturnValue:
    """Take back what nobody has begun to issue."""
    order, actor, clock = own_order(code), current_actor(), house().clock
    if not EmptyForm.from_request().is_sent_well():
        abort(400)
    gone = edge().run(lambda session: invoicing.withdraw(session, order.code, actor=actor, clock=clock))
    if gone:
        say("good", _("撤回了，要开再填一次就行。"))
    else:
        say("mind", _("中心已经在开了，撤不回来。有事请打中心的电话。"))
    return redirect(url_for("order_invoices.invoices", code=order.code), 303)
