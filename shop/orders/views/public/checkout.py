"""The checkout on one page: how, to whom and where, what it costs, how it is paid, and the last click."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.accounts.queries import KeptAddressFacts, kept_address, kept_addresses
from shop.accounts.services import keep_address
from shop.catalog.stock import HarvestFull, OutOfStock
from shop.courier.queries import NoFreight
from shop.courier.rules import PROVINCES
from shop.flows import settle
from shop.flows.checkout import (
    BasketChanged,
    BeingPaid,
    Placed,
    QuoteChanged,
    TooManyUnpaid,
    check_gateway,
    place_order,
)
from shop.invoices.services import columns_of
from shop.kernel.codes import new_token
from shop.kernel.errors import Invalid, NotFound
from shop.orders.forms import PLACE, CheckoutForm
from shop.orders.models import Handing
from shop.orders.queries.baskets import BasketFacts
from shop.orders.queries.quotes import CannotSend, Destination, Quote, quote
from shop.orders.services import Recipient
from shop.orders.views.browser import current_basket, keep_count, own_order, remember_order, whose
from shop.orders.views.lines import Household, households
from shop.orders.views.pages import Where, where
from shop.orders.views.pasting import is_left_to_split, refilled, split_into
from shop.orders.views.public.base import bp, noting, put
from shop.orders.views.review import Change, Hitch, Review, changes, hitches, review, stuck
from shop.payments.gateways.protocol import GatewayUnavailable, InvalidState, PaymentGateway, wired
from shop.web.house import current_actor, current_person, current_town, edge, house, reading
from shop.web.i18n import _, reader
from shop.web.paying import paying_words
from shop.web.shell import say
from shop.web.words import town_time

KEY_LENGTHS = range(16, 41)
LARGEST_FORM = 128 * 1024
"""Bytes; the longest that all fields allow, a full basket's look in the hidden ones included, is far below."""


@dataclass(frozen=True)
class CheckoutPage:
    """What stands beside the form.

    Attributes:
        review: what it costs and when it comes, once it is known where it goes.
        changes: what differs from what was shown before; `is_again` tells that the order was asked for on that.
        hitches: lines that stand in the way.
        kept: code and address of what a member keeps.
        pay_notes: way of paying -> a sentence about it.
        has_cash: the money may change hands with the goods.
        is_split: the fields were filled from a pasted text.
        is_told: the address is told in full, so that its fields may be folded away.
        key: with it the last click gives one order, however often it is made.
    """

    households: tuple[Household, ...]
    goods_fen: int
    review: Review | None
    changes: tuple[Change, ...]
    is_again: bool
    hitches: tuple[Hitch, ...]
    kept: tuple[tuple[str, Where], ...]
    pay_notes: Mapping[str, str]
    has_cash: bool
    is_member: bool
    is_split: bool
    is_told: bool
    to: Where
    key: str
    centre: tuple[str, str]
    opening: tuple[tuple[str, str], ...]


@bp.get("/checkout")
def checkout() -> ResponseReturnValue:
    """Ask how, to whom and where; a member's last address is known, and what it costs there is shown at once."""
    if not house().gateways:
        return render_template("orders/closed.html")
    current = current_basket()
    if not current.is_orderable:
        return redirect(url_for("orders.basket"), 303)
    return _page(CheckoutForm.from_request(**_known(current)), current)


def _known(current: BasketFacts) -> dict[str, Any]:
    """Return what the form says before anybody typed: where the order went that is bought again, or a member's last."""
    person = current_person()
    only_live = all(line.offer.is_live for line in current.lines)
    known: dict[str, Any] = {"handing": Handing.COLLECTION.value if only_live else Handing.DELIVERY.value}
    like = own_order(request.args["like"]) if "like" in request.args else None
    if like is not None:  # live goods are collected, wherever the others went
        return {**known, **_parts(like)} | ({"handing": like.handing.value} if not only_live else {})
    if person is None:
        return known
    kept = kept_addresses(reading(), person.id)
    if kept:
        return {**known, **_parts(kept[0])}
    return {**known, "name": person.name, "phone": person.phone}


def _parts(found: Any) -> dict[str, str]:
    return {part: getattr(found, part) for part in CheckoutForm.PARTS}


@bp.post("/checkout")
def checkout_step() -> ResponseReturnValue:
    """Take one step: split a pasted address, see what it costs, mend the basket, or place the order that was seen.

    The address travels in the page's form, never in an address bar; whatever was typed comes back with the page.
    """
    if (request.content_length or 0) > LARGEST_FORM:
        abort(413)
    if not house().gateways:
        return render_template("orders/closed.html"), 503
    act, _colon, what = request.form.get("action", "preview").partition(":")
    steps: Mapping[str, Callable[[], ResponseReturnValue]] = {
        "paste": _paste,
        "use": lambda: _use(what),
        "collect": lambda: _preview(refilled(CheckoutForm, {"handing": Handing.COLLECTION.value})),
        "drop": lambda: _drop(what),
        "place": _place,
    }
    return steps.get(act, _see)()


def _see() -> ResponseReturnValue:
    form = CheckoutForm.from_request()
    if _is_left_to_split(form):
        return _paste()
    form.paste.data = ""  # what was typed is meant; from now on a text there is a newer one
    return _preview(form)


def _is_left_to_split(form: CheckoutForm) -> bool:
    """Tell whether a text waits to be split: where no place is told yet, or beside one whose price was shown."""
    has_place = any(getattr(form, part).data for part in PLACE)
    return is_left_to_split(form, is_untouched=not has_place or bool(form.was.data))


def _paste() -> ResponseReturnValue:
    """Fill the fields from one pasted text, for the buyer to look over; what it does not say is asked for."""
    form, current = CheckoutForm.from_request(), current_basket()
    filled = split_into(form, handing=Handing.DELIVERY.value)
    return _page(form, current, 422) if filled is None else _page(filled, current, is_split=True)


def _use(code: str) -> ResponseReturnValue:
    """Take one of the addresses that a member keeps."""
    person = current_person()
    if person is None:
        raise NotFound("address")
    kept: KeptAddressFacts = kept_address(reading(), person.id, code)
    return _preview(refilled(CheckoutForm, _parts(kept)))


def _drop(variant_id: str) -> ResponseReturnValue:
    """Take out a line that stands in the way."""
    before = current_basket()
    if variant_id not in {str(line.offer.way.variant_id) for line in before.lines}:
        raise NotFound("variant")
    put(int(variant_id), 0, add=False)
    left = tuple(line for line in before.lines if str(line.offer.way.variant_id) != variant_id)
    return _preview(CheckoutForm.from_request(), BasketFacts(left))


def _preview(form: CheckoutForm, current: BasketFacts | None = None) -> ResponseReturnValue:
    current = current or current_basket()
    if not current.lines:
        return redirect(url_for("orders.basket"), 303)
    edge().run(noting(current, whose()))
    form.is_confirmed.data = False
    return _page(form, current, 200 if form.validate() else 422)


def _page(
    form: CheckoutForm,
    current: BasketFacts,
    status: int = 200,
    *,
    was: str = "",
    key: str = "",
    is_split: bool = False,
) -> ResponseReturnValue:
    """Return the page with what it costs, once it is known where it goes.

    Args:
        was: what the buyer had seen when they asked for the order.
        key: of that page.
    """
    blocking = hitches(current)
    priced = None
    if blocking:
        status = max(status, 409)
    elif current.lines and (form.is_collected or form.province.data in PROVINCES):
        priced, blocking = _priced(form, current)
        status = 422 if priced is None and request.method == "POST" else status
    person = current_person()
    kept = kept_addresses(reading(), person.id) if person is not None else ()
    town = current_town()
    page = CheckoutPage(
        households=households(current, with_returns=True),
        goods_fen=current.goods_fen,
        review=review(priced) if priced is not None else None,
        changes=changes(was, priced) if was and priced is not None else (),
        is_again=bool(key),
        hitches=blocking,
        kept=tuple((one.code, _place_of(one)) for one in kept if _parts(one) != _parts_typed(form)),
        pay_notes=_offer_ways(form, priced) if priced is not None else {},
        has_cash=any(gateway.is_offline for gateway in house().gateways.values()),
        is_member=person is not None,
        is_split=is_split,
        is_told=all(_parts_typed(form).values()) and not form.errors.keys() & set(form.PARTS),
        to=_place_of(_recipient(form)),
        key=key or new_token(),
        centre=("", "") if town is None else (town.centre_name, town.centre_address),
        opening=() if town is None else tuple(town.opening),
    )
    return render_template("orders/checkout.html", form=form, page=page), status


def _parts_typed(form: CheckoutForm) -> dict[str, str]:
    return {part: getattr(form, part).data or "" for part in CheckoutForm.PARTS}


def _place_of(found: Any) -> Where:
    return where(found.name, found.phone, found.province, found.city, found.district, found.street)


def _priced(form: CheckoutForm, current: BasketFacts) -> tuple[Quote | None, tuple[Hitch, ...]]:
    """Return what the basket costs where it goes, or what stands in the way."""
    to = Destination(Handing.COLLECTION) if form.is_collected else Destination(Handing.DELIVERY, form.province.data)
    try:
        return quote(reading(), current, to, now=house().clock()), ()
    except NoFreight:
        words = _("暂时寄不到%(province)s，换个地址，或者到中心来取。", province=form.province.data)
        form.province.errors = [words]
        return None, ()
    except CannotSend as refused:
        return None, stuck(refused)


def _offer_ways(form: CheckoutForm, priced: Quote) -> dict[str, str]:
    """Let the form offer the ways in which this can be paid; say so when the chosen one is not among them."""
    possible = {}
    for code, gateway in house().gateways.items():
        with suppress(Invalid):
            check_gateway(priced, gateway)
            possible[code] = paying_words(code, is_collected=form.is_collected)
    form.gateway.choices = [(code, name) for code, (name, _sentence) in possible.items()]
    if not possible:
        form.gateway.errors = [_("这样没有能用的付法。改成到中心来取，或者打中心的电话。")]
    elif form.gateway.data not in possible:
        if form.gateway.data:
            form.gateway.errors = [_("这一单不能那样付，换一种。")]
        form.gateway.data = next(iter(possible))
    return {code: sentence for code, (_name, sentence) in possible.items()}


def _recipient(form: CheckoutForm) -> Recipient:
    typed = _parts_typed(form)
    if form.is_collected:
        typed |= dict.fromkeys(PLACE, "")
    return Recipient(
        name=typed["name"],
        phone=typed["phone"],
        province=typed["province"],
        city=typed["city"],
        district=typed["district"],
        street=typed["street"],
        note=form.note.data or "",
        handing=Handing.COLLECTION if form.is_collected else Handing.DELIVERY,
        email=form.email.data or "",
        language=reader(),
    )


def _place() -> ResponseReturnValue:
    form = CheckoutForm.from_request()
    if _is_left_to_split(form):
        return _paste()
    key = form.checkout_key.data or ""
    if len(key) not in KEY_LENGTHS:
        return _preview(form)
    gateway = house().gateways.get(form.gateway.data or "")
    if not form.is_sent_well() or gateway is None:
        if gateway is None:
            form.gateway.errors = [_("选一种付法。")]
        return _page(form, current_basket(), 422)
    try:
        placed = _placed(form, gateway)
    except QuoteChanged:
        form.is_confirmed.data = False
        return _page(form, current_basket(), 409, was=form.was.data or "", key=key)
    except BasketChanged as changed:
        return _basket_changed(form, changed.now)
    except (NoFreight, CannotSend):
        return _page(form, current_basket(), 422)
    except (OutOfStock, HarvestFull, BeingPaid, TooManyUnpaid, Invalid) as refused:
        return _refused(form, refused)
    remember_order(placed.order_code)
    keep_count(BasketFacts(()))
    start_paying(placed)
    return redirect(url_for("payments.pay", code=placed.payment_code), 303)


def _basket_changed(form: CheckoutForm, now: BasketFacts) -> ResponseReturnValue:
    if not now.lines:
        say("mind", _("篮子是空的：这一篮多半在另一个窗口里下过单了，到“查订单”里看。"))
        return redirect(url_for("orders.basket"), 303)
    form.is_confirmed.data = False
    form.form_errors.append(_("篮子里有变动，还没有下单。"))
    return _page(form, now, 409)


def _refused(form: CheckoutForm, refused: Exception) -> ResponseReturnValue:
    """Return the page with the reason at its field, or above all of them."""
    status = 409
    if isinstance(refused, Invalid):
        status = 422
        if refused.field == "confirmed":
            form.is_confirmed.errors = [_("这几样拆了封就不能无理由退。知道了就勾上，再下单。")]
        else:
            form.gateway.errors = [_("这一单不能那样付，换一种。")]
    elif isinstance(refused, TooManyUnpaid):
        status = 429
        words = _("还有 %(n)d 单没付。先付了，或者取消掉，再下新的单；在“查订单”里找得到。", n=refused.most)
        form.form_errors.append(words)
    elif isinstance(refused, BeingPaid):
        at = town_time(refused.until)
        form.form_errors.append(_("有人正在付最后这些，最晚到%(at)s见分晓。没付成就放出来，到时再下单。", at=at))
    else:
        form.form_errors.append(_("就在刚才，有一样货被别人先买走了，还没有下单。"))
    return _page(form, current_basket(), status)


def _placed(form: CheckoutForm, gateway: PaymentGateway) -> Placed:
    buyer, actor, clock = whose(), current_actor(), house().clock

    wanted = form.invoice()
    invoice = None if wanted is None else columns_of(None, wanted)

    def act(session: Session) -> Placed:
        placed = place_order(
            session,
            _recipient(form),
            checkout_key=form.checkout_key.data or "",
            seen=form.digest.data or "",
            gateway=gateway,
            is_confirmed=bool(form.is_confirmed.data),
            invoice=invoice,
            token=buyer.token,
            actor=actor,
            clock=clock,
        )
        if actor.user_id is not None and form.keep.data and not form.is_collected:
            keep_address(session, actor.user_id, form.address(), clock=clock)
        return placed

    return edge().run(act)


def start_paying(placed: Placed) -> None:
    """Ask the provider at once, so that the buyer can pay; if it does not answer, the posted message asks again."""
    at, url = house(), house().settings.public_url
    # Unavailable: asked again later. Refused: the payment is ended, and its own page says so.
    with suppress(GatewayUnavailable, InvalidState):
        gateway = wired(at.gateways, placed.gateway)
        if placed.asking is not None:
            settle.ask(at.edge, gateway, placed.asking, public_url=url, clock=at.clock)
        else:
            settle.start(at.edge, gateway, placed.payment_code, public_url=url, clock=at.clock)
