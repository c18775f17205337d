"""A household's own page, and the register of who may sell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalog.grid import shelf
from shop.catalog.views.public.base import Stand, bp, stand, today
from shop.catalog.views.public.certificate import leaving
from shop.catalog.views.words import STANDING_GROUNDS, STANDING_WORDS
from shop.kernel.errors import NotFound
from shop.vendors.models import VendorState
from shop.vendors.queries import PaperFacts, VendorFacts, papers_of, vendor_in_any_state, vendor_page
from shop.web.about import About, described, shared
from shop.web.articles import ArticleCard, stories_of
from shop.web.goods import leaves, page_number
from shop.web.house import current_town, reading
from shop.web.i18n import _
from shop.web.words import listed

STORIES = 2
"""So much is told of a household on its own page."""


@dataclass(frozen=True)
class Home:
    """A household's own page."""

    about: About
    facts: VendorFacts
    standing: str
    grounds: str
    stand: Stand
    stories: tuple[ArticleCard, ...]
    leaving: str
    """Notice that they stop selling, where that was announced."""


@dataclass(frozen=True)
class Seller:
    """One line of the register of sellers."""

    name: str
    href: str
    certificate: str
    village: str
    standing: str
    grounds: str


@bp.get("/households/<code>")
def household(code: str) -> ResponseReturnValue:
    """Show one household and everything it sells; one that no longer does is told apart from one that never was."""
    on, page = today(), page_number(request.args.get("page"))
    vendor = vendor_in_any_state(reading(), code)
    if vendor is None:
        raise NotFound("vendor")
    if not vendor.is_selling:
        has_left = vendor.state is VendorState.LEFT
        return render_template(
            "catalog/household_closed.html", vendor=vendor, has_left=has_left
        ), 410 if has_left else 404
    laid = shelf(reading(), month=on.month, page=page, vendor_id=vendor.id)
    picture = next((card.photo for card in laid.cards if card.photo), None)
    home = Home(
        about=About(vendor.name, described(vendor.village, vendor.story), image=shared(picture)),
        facts=vendor,
        standing=STANDING_WORDS[vendor.standing],
        grounds=_grounds(vendor, papers_of(reading(), [vendor.id])),
        stand=stand(laid, "catalog.household", code=code),
        stories=stories_of(vendor.id, most=STORIES),
        leaving=leaving(vendor.leaves_on) if vendor.leaves_on is not None else "",
    )
    return render_template("catalog/household.html", home=home)


def _grounds(vendor: VendorFacts, papers: Mapping[int, Sequence[PaperFacts]]) -> str:
    """Return on what a vendor sells: the numbers of the papers that count today, else what exempts them."""
    numbers = [paper.number for paper in papers.get(vendor.id, ()) if paper.is_valid(today())]
    return listed(numbers) or str(STANDING_GROUNDS[vendor.standing])


@bp.get("/standings")
def standings() -> ResponseReturnValue:
    """Show on what legal standing each vendor sells (E-Commerce Law of the PRC, article 15)."""
    town, found = current_town(), vendor_page(reading(), page=page_number(request.args.get("page")), is_selling=True)
    if town is None:
        raise NotFound("town")
    vendors = found.vendors
    papers = papers_of(reading(), [vendor.id for vendor in vendors])
    sellers = tuple(
        Seller(
            name=vendor.name,
            href=url_for("catalog.household", code=vendor.code),
            certificate=url_for("catalog.certificate", code=vendor.code),
            village=vendor.village,
            standing=STANDING_WORDS[vendor.standing],
            grounds=_grounds(vendor, papers),
        )
        for vendor in vendors
    )
    about = About(_("资质公示"), described(_("在这里卖货的每一户，凭什么卖，都写在这里。")))
    pager = leaves(found.page, found.pages, _register_page)
    return render_template("catalog/standings.html", page_about=about, sellers=sellers, town=town, leaves=pager)


def _register_page(number: int) -> str:
    return url_for("catalog.standings", page=number if number > 1 else None)
