"""What a printed code opens: one thing with two plain choices, or a household's stall."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalog.grid import laid
from shop.catalog.offers import OfferFacts
from shop.catalog.shown import ShownListing, shown_listing
from shop.kernel.errors import NotFound
from shop.media.queries import Picture
from shop.orders.forms import AddForm
from shop.orders.views.bridge.base import bp, here_now
from shop.orders.views.browser import today
from shop.orders.views.public.base import put
from shop.vendors.queries import vendor_in_any_state
from shop.web.about import About, absolute, described, shared
from shop.web.choosing import Choice, choices
from shop.web.doors import when_to_come
from shop.web.goods import GoodsCard, goods_card
from shop.web.house import reading
from shop.web.i18n import _
from shop.web.shell import say

SHOWN = 48
"""So many of a household's goods stand on its stall's page; its own page has them all."""


@dataclass(frozen=True)
class Bridge:
    """One thing, opened by its card.

    Attributes:
        here: how many lie at the counter, of all its ways together.
        opens: from when on they can be taken along; None when it is now.
        is_live: it is not sent but collected at the centre.
        why_not: why it cannot be ordered to be sent, or collected, now; empty when it can.
    """

    about: About
    canonical: str
    code: str
    title: str
    photo: Picture | None
    household: str
    village: str
    ways: tuple[Choice, ...]
    chosen: Choice
    most: int
    here: int
    opens: str | None
    is_live: bool
    why_not: str


@dataclass(frozen=True)
class Stall:
    """A household's goods, opened by the card of its stall."""

    about: About
    canonical: str
    code: str
    name: str
    village: str
    cards: tuple[GoodsCard, ...]


@bp.get("/<code>")
def opened(code: str) -> ResponseReturnValue:
    """Show what a card was printed for; what is not sold now leads to where that is told."""
    shown = shown_listing(reading(), code, today=today())
    if shown is not None:
        return render_template("orders/bridge.html", one=_bridge(shown))
    vendor = vendor_in_any_state(reading(), code)
    if vendor is None:
        return redirect(url_for("catalog.listing", code=code), 302)
    if not vendor.is_selling:
        return redirect(url_for("catalog.household", code=code), 302)
    goods = laid(reading(), month=today().month, most=SHOWN, vendor_id=vendor.id)
    address = absolute(url_for("catalog.household", code=code))
    photo = next((card.photo for card in goods if card.photo is not None), None)
    stall = Stall(
        about=About(vendor.name, described(vendor.village, vendor.story), image=shared(photo), url=address),
        canonical=address,
        code=code,
        name=vendor.name,
        village=vendor.village,
        cards=tuple(goods_card(card, url_for("bridge.opened", code=card.code)) for card in goods),
    )
    return render_template("orders/bridge_stall.html", stall=stall)


def _bridge(shown: ShownListing) -> Bridge:
    card = shown.facts.card
    here = here_now(shown.offers)

    def stock(offer: OfferFacts) -> str:
        if offer.problem(1) is not None:
            return _("现在没有")
        lies = here[offer.way.variant_id]
        return _("柜上有 %(n)d %(unit)s", n=lies, unit=offer.way.unit) if lies else _("有货")

    ways = choices(shown.offers, stock)
    chosen = next((way for way in ways if way.is_chosen), ways[0])
    address, told = absolute(url_for("catalog.listing", code=card.code)), described(card.village, card.vendor_name)
    return Bridge(
        about=About(card.title, described(told, shown.facts.story), image=shared(card.photo), url=address),
        canonical=address,
        code=card.code,
        title=card.title,
        photo=card.photo,
        household=card.vendor_name,
        village=card.village,
        ways=ways,
        chosen=chosen,
        most=max(way.free for way in ways),
        here=sum(here.values()),
        opens=when_to_come() if any(here.values()) else None,
        is_live=shown.offers[0].is_live,
        why_not=_why_not(shown.offers),
    )


def _why_not(offers: tuple[OfferFacts, ...]) -> str:
    if any(offer.problem(1) is None for offer in offers):
        return ""
    return _("眼下没有了，有了会再上架。") if offers[0].is_live else _("这会儿没有能寄的。点下面看它几时再有。")


@bp.post("/<code>")
def choose(code: str) -> ResponseReturnValue:
    """Lead to taking it along now, or put it into the basket and lead straight to where it is sent."""
    form, shown = AddForm.from_request(), shown_listing(reading(), code, today=today())
    if shown is None or form.variant.data not in {offer.way.variant_id for offer in shown.offers}:
        raise NotFound("listing")
    is_well, quantity = form.is_sent_well(), form.quantity.data or 0
    if is_well and request.form.get("action") == "take":
        return redirect(url_for("bridge.take", code=code, variant=form.variant.data, quantity=quantity), 303)
    problem = put(form.variant.data, quantity, add=False) if is_well else form.quantity.errors[0]
    if problem is not None:
        say("mind", problem)
        return redirect(url_for("bridge.opened", code=code), 303)
    return redirect(url_for("orders.checkout"), 303)
