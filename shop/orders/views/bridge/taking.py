"""Take it now: what lies at the counter is paid on the phone, and handed over for the order's code."""

from contextlib import suppress
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.catalog.counter import NoneThere
from shop.catalog.stock import OutOfStock
from shop.flows.checkout import (
    BasketChanged,
    BeingPaid,
    Placed,
    QuoteChanged,
    TooManyUnpaid,
    check_gateway,
    place_order,
)
from shop.kernel.codes import new_token
from shop.kernel.errors import Invalid, NotFound
from shop.orders.forms import TakeForm
from shop.orders.models import Handing
from shop.orders.queries.baskets import BasketFacts, basket_of
from shop.orders.queries.quotes import Destination, Quote, quote
from shop.orders.services import Recipient
from shop.orders.views.bridge.base import bp, here_now
from shop.orders.views.browser import remember_order, today, whose
from shop.orders.views.public.checkout import KEY_LENGTHS, start_paying
from shop.payments.gateways.protocol import PaymentGateway
from shop.town.queries import TownFacts
from shop.web.doors import when_to_come
from shop.web.house import current_actor, current_person, current_town, edge, house, reading
from shop.web.i18n import _, reader
from shop.web.paying import paying_words
from shop.web.shell import say
from shop.web.tokens import is_unproven

NOW = Destination(Handing.COLLECTION, at_once=True)


@dataclass(frozen=True)
class Taking:
    """What is taken along.

    Attributes:
        opens: from when on it can be taken along; None when it is now.
        exceptions: what cannot be returned once it is opened.
    """

    code: str
    title: str
    unit: str
    quantity: int
    quote: Quote
    opens: str | None
    exceptions: tuple[str, ...]
    town: TownFacts
    key: str


@bp.get("/<code>/take")
def take(code: str) -> ResponseReturnValue:
    """Ask who takes it along, and how it is paid; who has not chosen yet is led to the choices."""
    if "variant" not in request.args:
        return redirect(url_for("bridge.opened", code=code), 303)
    person = current_person()
    known = {} if person is None else {"name": person.name, "phone": person.phone}
    form = TakeForm(
        formdata=None,
        variant=request.args.get("variant", 0, type=int),
        quantity=request.args.get("quantity", 1, type=int),
        **known,
    )
    return _page(code, form)


def _page(code: str, form: TakeForm, status: int = 200) -> ResponseReturnValue:
    """Return the page with what it costs now; where there are not so many, the way back says so."""
    town, wanted = current_town(), _wanted(code, form)
    if town is None:
        raise NotFound("town")
    lies = sum(here_now([wanted.lines[0].offer]).values())
    if not wanted.is_orderable or lies < wanted.lines[0].quantity:
        return _gone(code, lies)
    agreed = quote(reading(), wanted, NOW, now=house().clock(), town=town)
    offer = wanted.lines[0].offer
    form.gateway.choices = _ways(agreed)
    if form.gateway.data not in dict(form.gateway.choices):
        form.gateway.data = next(iter(dict(form.gateway.choices)), "")
    page = Taking(
        code=code,
        title=offer.title,
        unit=offer.way.unit,
        quantity=wanted.lines[0].quantity,
        quote=agreed,
        opens=when_to_come(),
        exceptions=tuple(line.title for line in agreed.exceptions),
        town=town,
        key=form.checkout_key.data or new_token(),
    )
    return render_template("orders/bridge_take.html", page=page, form=form), status


def _wanted(code: str, form: TakeForm) -> BasketFacts:
    """Return the one line that is wanted.

    Raises:
        NotFound: there is no such thing, or it is not sold in such a way.
    """
    variant_id, quantity = form.variant.data or 0, form.quantity.data or 0
    if not 0 < quantity <= 999 or not 0 < variant_id < 2**63:
        raise NotFound("variant")
    found = basket_of(reading(), {variant_id: quantity}, today=today())
    if not found.lines or found.lines[0].offer.listing_code != code:
        raise NotFound("variant")
    return found


def _gone(code: str, lies: int) -> ResponseReturnValue:
    words = _("柜上只剩 %(n)d 份了，改一改。", n=lies) if lies else _("柜上刚刚没有了。可以寄回家。")
    say("mind", words)
    return redirect(url_for("bridge.opened", code=code), 303)


def _ways(agreed: Quote) -> list[tuple[str, str]]:
    found = []
    for code, gateway in house().gateways.items():
        with suppress(Invalid):
            check_gateway(agreed, gateway)
            found.append((code, paying_words(code, is_collected=True)[0]))
    return found


@bp.post("/<code>/take")
def take_now(code: str) -> ResponseReturnValue:
    """Place the order that was seen, and lead to its payment."""
    form = TakeForm.from_request()
    _wanted(code, form)
    if is_unproven():
        form.form_errors.append(_("这一页放久了，还没有下单。看一眼，再点一次。"))
        return _page(code, form, 409)
    gateway = house().gateways.get(form.gateway.data or "")
    is_well = form.is_sent_well() and len(form.checkout_key.data or "") in KEY_LENGTHS
    if not is_well or gateway is None:
        return _page(code, form, 422)
    try:
        placed = edge().run(lambda session: _place(session, form, gateway))
    except (NoneThere, OutOfStock, BeingPaid, BasketChanged):
        with edge().reading() as session:  # the page's own read began before another's order
            found = basket_of(session, {form.variant.data or 0: 1}, today=today())
            lies = sum(here_now([line.offer for line in found.lines], session).values())
        return _gone(code, lies)
    except QuoteChanged:
        form.form_errors.append(_("价钱或者来拿的日子刚刚变了，还没有下单。看看现在的，再点一次。"))
        return _page(code, form, 409)
    except TooManyUnpaid as refused:
        form.form_errors.append(_("还有 %(n)d 单没付。先付了，或者取消掉，再下新的单。", n=refused.most))
        return _page(code, form, 429)
    except Invalid as refused:
        if refused.field == "confirmed":
            form.is_confirmed.errors = [_("拆了封就不能无理由退。知道了就勾上。")]
        else:
            form.gateway.errors = [_("这一单不能那样付，换一种。")]
        return _page(code, form, 422)
    remember_order(placed.order_code)
    start_paying(placed)
    return redirect(url_for("payments.pay", code=placed.payment_code), 303)


def _place(session: Session, form: TakeForm, gateway: PaymentGateway) -> Placed:
    to = Recipient(
        form.name.data or "",
        form.phone.data or "",
        handing=Handing.COLLECTION,
        at_once=True,
        language=reader(),
    )
    return place_order(
        session,
        to,
        checkout_key=form.checkout_key.data or "",
        seen=form.digest.data or "",
        gateway=gateway,
        is_confirmed=bool(form.is_confirmed.data),
        goods={form.variant.data or 0: form.quantity.data or 0},
        token=whose().token,
        actor=current_actor(),
        clock=house().clock,
    )
