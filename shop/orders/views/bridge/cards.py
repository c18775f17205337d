"""Cards with a code for a table, a jar or a stall: A7 one by one, or several on a sheet to be cut."""

from dataclasses import dataclass
from datetime import date

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from shop.catalog.grid import laid
from shop.catalog.queries import Card
from shop.catalog.shown import shown_listing
from shop.fulfilment.marks import square
from shop.kernel.errors import NotFound
from shop.orders.views.bridge.base import bp, printed
from shop.orders.views.browser import today
from shop.vendors.queries import VendorFacts, vendor_in_any_state
from shop.web.house import current_town, reading
from shop.web.i18n import _
from shop.web.prices import PriceTag, price_tag

QR_DOTS = 9
"""Dots of 1/8 mm a module: read across a table by an old phone."""
ON_A_SHEET = 6
MOST = 60
"""So many of a household's goods get cards in one print."""
SIZES = {"a7": "orders/bridge_card.html", "a4": "orders/bridge_cards.html"}


@dataclass(frozen=True)
class Printed:
    """One card. `tag` is the lowest price of the day it is printed; None on the card of a stall."""

    title: str
    tag: PriceTag | None
    has_ways: bool
    household: str
    village: str
    address: str
    square: Markup


@dataclass(frozen=True)
class Sheet:
    """What is printed in one go, on as many sheets as it takes."""

    name: str
    sheets: tuple[tuple[Printed, ...], ...]
    on: date


@bp.get("/<code>/cards/<size>")
def cards(code: str, size: str) -> ResponseReturnValue:
    """Show cards for the printer: of one thing a card or a sheet full, of a household all its goods and its stall."""
    if size not in SIZES:
        abort(404)
    town, shown = current_town(), shown_listing(reading(), code, today=today())
    if town is None:
        raise NotFound("town")
    if shown is not None:
        one = _thing(shown.facts.card)
        wanted = [one] * (ON_A_SHEET if size == "a4" else 1)
        name = one.title
    else:
        vendor = vendor_in_any_state(reading(), code)
        if vendor is None or not vendor.is_selling:
            raise NotFound("listing")
        goods = laid(reading(), month=today().month, most=MOST, vendor_id=vendor.id)
        wanted, name = [_stall(vendor), *map(_thing, goods)], vendor.name
    each = ON_A_SHEET if size == "a4" else 1
    sheets = tuple(tuple(wanted[at : at + each]) for at in range(0, len(wanted), each))
    return render_template(SIZES[size], page=Sheet(name, sheets, today()), town=town)


def _thing(card: Card) -> Printed:
    address = printed(card.code)
    return Printed(
        title=card.title,
        tag=price_tag(card.way),
        has_ways=card.has_ways,
        household=card.vendor_name,
        village=card.village,
        address=address,
        square=square(address, QR_DOTS),
    )


def _stall(vendor: VendorFacts) -> Printed:
    address = printed(vendor.code)
    return Printed(
        title=_("%(name)s的摊位", name=vendor.name),
        tag=None,
        has_ways=False,
        household=vendor.name,
        village=vendor.village,
        address=address,
        square=square(address, QR_DOTS),
    )
