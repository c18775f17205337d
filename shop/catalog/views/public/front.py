"""The front of the market: the day's print, the shelves, three households, the goods."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalog import grid, queries
from shop.catalog.queries import Card
from shop.catalog.stalls import stalls
from shop.catalog.views.public.base import (
    FACES_READ,
    Household,
    Shelfmark,
    Stand,
    bp,
    card,
    household,
    shelfmarks,
    stand,
    today,
)
from shop.catalog.views.words import MONTHS
from shop.media.queries import Picture
from shop.vendors.queries import vendors_in_turn
from shop.web.about import About, described, shared
from shop.web.articles import Strip, strip
from shop.web.goods import GoodsCard, first_sentence, page_number, plain_name
from shop.web.house import current_town, reading
from shop.web.i18n import _
from shop.web.ripe import ripe, ripe_cards

HEADLINE_LENGTH = 5
"""A longer name breaks on the red paper; the month's then stands there."""
STALLS = 3


@dataclass(frozen=True)
class Headline:
    """The one large print."""

    title: str
    lead: str
    href: str
    seal: str
    picture: Picture
    card: GoodsCard
    """What it costs and who has it."""


@dataclass(frozen=True)
class Front:
    """The first page of the market."""

    about: About
    headline: Headline | None
    ripe: tuple[GoodsCard, ...]
    shelves: tuple[Shelfmark, ...]
    households: tuple[Household, ...]
    stand: Stand
    strip: Strip | None
    """What is told of the town, on the first page alone."""


def _headline(found: Sequence[Card], on: date) -> Headline | None:
    """Make the day's print of the first of what is ripe."""
    if not found or found[0].photo is None:
        return None
    first = found[0]
    name, now = plain_name(first.title), _("%(month)s当季", month=MONTHS[on.month - 1])
    if len(name) > HEADLINE_LENGTH:
        name, now = now, name
    return Headline(
        title=name,
        lead=first_sentence(queries.story_of(reading(), first.id)),
        href=url_for("catalog.listing", code=first.code),
        seal=now,
        picture=found[0].photo,
        card=card(first),
    )


def _households(on: date) -> tuple[Household, ...]:
    """Choose the day's households: each comes to the front in its turn."""
    chosen = vendors_in_turn(reading(), on.toordinal(), most=STALLS)
    shown = stalls(reading(), [vendor.id for vendor in chosen], month=on.month, each=FACES_READ)
    return tuple(household(vendor, shown[vendor.id]) for vendor in chosen if vendor.id in shown)


def _about(headline: Headline | None) -> About:
    town = current_town()
    if town is None:
        return About(_("市集"), "")
    told = _("%(town)s各村人家的货，%(centre)s收齐、打包、寄出。", town=town.name, centre=town.centre_name)
    image = None if headline is None else shared(headline.picture)
    return About(_("%(town)s山货市集", town=town.name), described(told, town.slogan), image=image)


@bp.get("/")
def home() -> ResponseReturnValue:
    """Show the front of the market; its further pages show the goods alone."""
    on, page = today(), page_number(request.args.get("page"))
    found = ripe(on) if page == 1 else []
    headline = _headline(found, on)
    tops = [shelf for shelf in queries.categories(reading()) if shelf.parent_code is None]
    total = sum(shelf.count for shelf in tops)
    goods = grid.shelf(reading(), month=on.month, page=page, total=total, known=found)
    front = Front(
        about=_about(headline),
        headline=headline,
        ripe=ripe_cards(found[1:]),
        shelves=shelfmarks(tops),
        households=_households(on) if page == 1 else (),
        stand=stand(goods, "catalog.home"),
        strip=strip() if page == 1 else None,
    )
    return render_template("catalog/home.html", front=front)
