"""A poster of a thing or a household, as a picture to be kept on a phone and sent on."""

import hashlib
from dataclasses import astuple, dataclass
from functools import cache

import segno
from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalog.grid import laid
from shop.catalog.queries import Card, cheapest
from shop.catalog.shown import ShownListing, former_listing, shown_listing
from shop.kernel.errors import NotFound
from shop.kernel.languages import Language
from shop.kernel.money import yuan
from shop.media.posters import Poster, drawn
from shop.media.queries import Picture
from shop.media.rules import file_name
from shop.media.typefaces import typefaces
from shop.orders.views.bridge.base import bp, printed
from shop.orders.views.browser import today
from shop.vendors.models import VendorState
from shop.vendors.queries import VendorFacts, vendor_in_any_state
from shop.web.about import About, absolute, described, shared
from shop.web.assets import STATIC
from shop.web.errors import error_page
from shop.web.han import in_hant
from shop.web.house import current_town, house, reading
from shop.web.i18n import _, offered, reader, written_in
from shop.web.prices import price_tag
from shop.web.words import town_date

LAID_OUT = "1"
"""Raised when a poster is drawn otherwise, so that no browser keeps the old one."""
NAMED = 3
"""So many of a household's goods are named."""


@dataclass(frozen=True)
class PosterPage:
    """The page around a poster.

    Attributes:
        lang: in which the picture is lettered: the page's own.
        back: where it was come from.
        is_drawn: this machine can letter.
    """

    about: About
    code: str
    lang: str
    title: str
    words: Poster
    back: str
    is_drawn: bool


@bp.get("/<code>/poster")
def poster(code: str) -> ResponseReturnValue:
    """Show a poster large, to be kept or sent on; of what is not sold now, where that is told."""
    found = _found(code)
    if found is None:
        return redirect(url_for("bridge.opened", code=code), 302)
    words, photo, back = found
    about = About(words.title, described(*words.lines), image=shared(photo), url=absolute(back))
    page = PosterPage(about, code, reader().value, words.title, words, back, typefaces() is not None)
    return render_template("orders/poster.html", page=page)


@bp.get("/<code>/poster.jpg")
def poster_picture(code: str) -> ResponseReturnValue:
    """Draw it, unless the browser has it as it is now; 410 for what is over.

    Its language stands in its address, 简体 without: whoever it is sent on to sees what its sender saw.
    """
    with written_in(offered(request.args.get("lang")) or Language.HANS):
        found = _found(code)
    if found is None and _is_over(code):
        gone = error_page(404)
        gone.status_code = 410
        return gone
    if found is None or typefaces() is None:
        raise NotFound("poster")
    words, photo, _back = found
    file = _file(photo)
    response = Response(content_type="image/jpeg")
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(hashlib.sha256(repr((LAID_OUT, file, astuple(words))).encode()).hexdigest()[:32])
    response.make_conditional(request)
    if response.status_code == 200:
        response.set_data(drawn(words, house().store.get(file) if file else None))
    return response


def _is_over(code: str) -> bool:
    """Tell whether what once stood under a code will not come back: ended, taken down, or its household left."""
    former = former_listing(reading(), code)
    if former is not None:
        return former.is_ended or former.title is None
    vendor = vendor_in_any_state(reading(), code)
    return vendor is not None and vendor.state is VendorState.LEFT


def _found(code: str) -> tuple[Poster, Picture | None, str] | None:
    """Return the words, photo and page of what is on sale under a code, or None."""
    shown = shown_listing(reading(), code, today=today())
    if shown is not None:
        return _thing(shown), shown.facts.card.photo, url_for("catalog.listing", code=code)
    vendor = vendor_in_any_state(reading(), code)
    if vendor is None or not vendor.is_selling:
        return None
    cards = laid(reading(), month=today().month, most=NAMED, vendor_id=vendor.id)
    photo = next((card.photo for card in cards if card.photo is not None), None)
    return _stall(vendor, cards), photo, url_for("catalog.household", code=code)


def _thing(shown: ShownListing) -> Poster:
    """Return a thing's poster: with the price of the day while it can be bought, else without one."""
    card = shown.facts.card
    open_to = [offer.way for offer in shown.offers if offer.problem(1) is None]
    if not open_to:
        return _poster(card.code, card.title, (card.vendor_name, card.village))
    tag = price_tag(cheapest(open_to))
    unit = _("起 %(unit)s", unit=tag.unit) if len(shown.offers) > 1 else tag.unit
    on = _("%(day)s的价", day=town_date(today()))
    return _poster(card.code, card.title, (card.vendor_name, card.village), (yuan(tag.fen), unit, on))


def _stall(vendor: VendorFacts, cards: tuple[Card, ...]) -> Poster:
    return _poster(vendor.code, vendor.name, (vendor.village, *(card.title for card in cards)))


def _poster(code: str, title: str, lines: tuple[str, ...], price: tuple[str, str, str] = ("", "", "")) -> Poster:
    town = current_town()
    if town is None:
        raise NotFound("town")
    figure, unit, day = map(_said, price)
    return Poster(
        title=_said(title),
        lines=tuple(map(_said, lines)),
        price=figure,
        unit=unit,
        day=day,
        call=_("扫一扫，看今天的货和价"),
        shop=_("山货"),
        town=_said(town.name),
        matrix=tuple(map(bytes, segno.make(printed(code), error="m", micro=False).matrix)),
        sign=_sign(),
    )


def _said(text: str) -> str:
    """Return the town's own words as the reader's pages write them."""
    return in_hant(text) if reader() is Language.HANT else text


@cache
def _sign() -> str:
    return (STATIC / "img/sign.svg").read_text(encoding="utf-8")


def _file(photo: Picture | None) -> str:
    """Return the name in the store of a photo's file that is wide enough; nothing of no photo."""
    image = shared(photo)
    if image is None:
        return ""
    *_before, key, name = image.url.split("/")
    return file_name(key, int(name.partition(".")[0]), "jpg")
