"""A village's own page: what grows there, who sells, what to see."""

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalog.grid import shelf
from shop.catalog.stalls import stalls
from shop.catalog.views.public.base import FACES_READ, Household, Stand, bp, household, stand, today
from shop.kernel.errors import NotFound
from shop.site.articles.models import ArticleKind
from shop.site.articles.queries import articles
from shop.town.queries import VillageFacts
from shop.town.queries import village as village_by_code
from shop.vendors.queries import vendors_of_village
from shop.web.about import About, described, shared
from shop.web.articles import ArticleCard, article_card, reader
from shop.web.goods import page_number
from shop.web.house import current_town, reading
from shop.web.i18n import _

MOST_HOUSEHOLDS = 12
"""Of more, the search names the rest: it leads on by village."""
MOST_ARTICLES = 6


@dataclass(frozen=True)
class VillagePage:
    """A village's own page.

    Attributes:
        are_more: there are more households than those here.
    """

    about: About
    facts: VillageFacts
    households: tuple[Household, ...]
    are_more: bool
    stand: Stand
    articles: tuple[ArticleCard, ...]


@bp.get("/villages/<code>")
def village(code: str) -> ResponseReturnValue:
    """Show one village; the further pages of its goods show them alone."""
    found, on, page = village_by_code(reading(), code), today(), page_number(request.args.get("page"))
    if found is None:
        raise NotFound("village")
    laid = shelf(reading(), month=on.month, page=page, village_id=found.id)
    told, homes = [], []
    if page == 1:
        kinds = (ArticleKind.SIGHT, ArticleKind.STORY)
        told = articles(reading(), kinds, reader(), today=on, village=code, most=MOST_ARTICLES)
        homes = vendors_of_village(reading(), found.id, most=MOST_HOUSEHOLDS + 1)
    shown = stalls(reading(), [one.id for one in homes[:MOST_HOUSEHOLDS]], month=on.month, each=FACES_READ)
    cards = tuple(map(article_card, told))
    pictures = [card.picture for card in cards] + [card.photo for card in laid.cards]
    town = current_town()
    one = VillagePage(
        about=About(
            found.name,
            described(_("%(town)s的%(village)s。", town=town.name if town else "", village=found.name), found.note),
            image=shared(next((picture for picture in pictures if picture), None)),
        ),
        facts=found,
        households=tuple(household(home, shown[home.id]) for home in homes if home.id in shown),
        are_more=len(homes) > MOST_HOUSEHOLDS,
        stand=stand(laid, "catalog.village", code=code),
        articles=cards,
    )
    more = url_for("search.results", q=found.name) if one.are_more else None
    return render_template("catalog/village.html", one=one, more=more)
