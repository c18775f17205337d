"""The town as buyers read of it: stories, sights, the way here, help by task, announcements, and their index."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from pypinyin import lazy_pinyin

from shop.accounts.addresses import resolve
from shop.catalog.grid import laid
from shop.kernel.clock import TOWN_ZONE, town_day
from shop.kernel.errors import NotFound
from shop.kernel.languages import Language
from shop.site.articles.models import ArticleKind
from shop.site.articles.queries import ArticleFacts, article, articles, whole
from shop.site.articles.rules import GOODS
from shop.site.markup import html_of
from shop.town.queries import TownFacts, village, villages
from shop.web.about import About, absolute, described, shared
from shop.web.articles import PAGES, article_card, foreign, reader
from shop.web.audience import Audience, blueprint
from shop.web.goods import GoodsCard, goods_card
from shop.web.house import current_town, house, reading
from shop.web.i18n import _
from shop.web.i18n import reader as reader_of_page

bp = blueprint("articles", __name__, Audience.PUBLIC)

SUFFIX = re.compile(r"(?<=..)[市县区]$")
"""What a place is, which nobody says who tells the way."""
HEADINGS: Mapping[ArticleKind, tuple[str, str, str]] = {
    ArticleKind.STORY: (_l("山里的事"), _l("东西是怎么来的，人是怎么过的。"), "articles.stories"),
    ArticleKind.SIGHT: (_l("来镇上看看"), _l("买了山货，也来看看它从哪里来。"), "articles.sights"),
    ArticleKind.HELP: (_l("帮帮我"), _l("要办哪件事，就点哪件。"), "articles.helps"),
    ArticleKind.ANNOUNCEMENT: (_l("镇上的消息"), _l("路通不通、车停不停、什么开了。"), "articles.announcements"),
}
"""By kind: the heading over a list of them, what they are, and the endpoint of the list."""


@dataclass(frozen=True)
class Told:
    """An article's own page.

    Attributes:
        lang: set where its words are not in the reader's language.
        text: safe markup.
        facts: of a sight, in rows of (what, words).
        is_over: an announcement whose last day is past.
        data: the same for machines, safe inside a script element.
    """

    about: About
    code: str
    title: str
    line: str
    lang: str | None
    text: Markup
    article: ArticleFacts
    facts: tuple[tuple[str, str], ...]
    goods: tuple[GoodsCard, ...]
    data: Markup
    is_over: bool


def _today() -> date:
    return town_day(house().clock())


def shown(text: str, highest: int = 2) -> Markup:
    """Return an article's text as safe markup, its headings below the page's own."""
    return Markup(html_of(text, highest))  # noqa: S704 - cleaned there, tests/rules/test_site.py


@bp.get("/town")
def town() -> ResponseReturnValue:
    """Lead to everything that is told of the town."""
    found = current_town()
    if found is None:
        raise NotFound("town")
    kinds = (ArticleKind.SIGHT, ArticleKind.STORY, ArticleKind.ANNOUNCEMENT)
    told = articles(reading(), kinds, reader(), today=_today())
    by_kind = {kind: [article_card(one) for one in told if one.kind is kind] for kind in kinds}
    picture = next((card.picture for card in by_kind[ArticleKind.SIGHT] if card.picture), None)
    said = _("%(town)s有哪些村，有什么看的，怎么来。", town=found.name)
    return render_template(
        "site/town.html",
        page_about=About(found.name, described(found.slogan, said), image=shared(picture)),
        town=found,
        sights=by_kind[ArticleKind.SIGHT][:4],
        stories=by_kind[ArticleKind.STORY][:3],
        news=by_kind[ArticleKind.ANNOUNCEMENT][:1],
        villages=villages(reading()),
    )


@bp.get("/stories")
def stories() -> ResponseReturnValue:
    """Show the stories of the town."""
    return _list(ArticleKind.STORY)


@bp.get("/stories/<code>")
def story(code: str) -> ResponseReturnValue:
    """Show one story, and what its household or village sells."""
    return _page(ArticleKind.STORY, code)


@bp.get("/sights")
def sights() -> ResponseReturnValue:
    """Show what there is to see."""
    return _list(ArticleKind.SIGHT)


@bp.get("/sights/<code>")
def sight(code: str) -> ResponseReturnValue:
    """Show one sight: where it is, when it is best, how to get there."""
    return _page(ArticleKind.SIGHT, code)


@bp.get("/help")
def helps() -> ResponseReturnValue:
    """Show what help there is, by what one wants to do."""
    return _list(ArticleKind.HELP)


@bp.get("/help/<code>")
def help_page(code: str) -> ResponseReturnValue:
    """Show how one thing is done."""
    return _page(ArticleKind.HELP, code)


@bp.get("/news")
def announcements() -> ResponseReturnValue:
    """Show what was announced, the latest first."""
    return _list(ArticleKind.ANNOUNCEMENT)


@bp.get("/news/<code>")
def announcement(code: str) -> ResponseReturnValue:
    """Show one announcement."""
    return _page(ArticleKind.ANNOUNCEMENT, code)


@dataclass(frozen=True)
class Stop:
    """A place on the way here. `also` is its Chinese name, to ask the way with, where the other is not it."""

    name: str
    also: str


def _stops(town: TownFacts) -> tuple[Stop, ...]:
    """Return city, county and town, as the drawing has them; nothing where the town's division does not tell them."""
    above = resolve(town.division)
    names = [SUFFIX.sub("", name) for name in (above.city, above.district, town.name)]
    return tuple(map(_stop, names)) if all(names) else ()


def _stop(name: str) -> Stop:
    if reader_of_page() is not Language.EN:
        return Stop(name, "")
    return Stop("".join(lazy_pinyin(name)).capitalize(), name)


@bp.get("/way")
def way() -> ResponseReturnValue:
    """Show every way to get here on one page."""
    found = current_town()
    if found is None:
        raise NotFound("town")
    ways = [
        (one.code, one.words.title, one.words.line, foreign(one.language), shown(one.words.text, 3))
        for one in whole(reading(), ArticleKind.WAY, reader(), today=_today())
    ]
    about = About(
        _("怎么来"), described(_("到%(town)s怎么走。", town=found.name), *(line for _c, _t, line, *_r in ways))
    )
    return render_template("site/way.html", page_about=about, town=found, stops=_stops(found), ways=ways)


def _list(kind: ArticleKind) -> ResponseReturnValue:
    title, lead, _endpoint = HEADINGS[kind]
    cards = [article_card(one) for one in articles(reading(), (kind,), reader(), today=_today())]
    picture = next((card.picture for card in cards if card.picture), None)
    about = About(str(title), described(str(lead)), image=shared(picture))
    return render_template("site/articles.html", page_about=about, title=title, lead=lead, kind=kind, cards=cards)


def _page(kind: ArticleKind, code: str) -> ResponseReturnValue:
    found = article(reading(), kind, code, reader(), today=_today())
    words = found.words
    facts = (
        (_("在哪里"), words.place),
        (_("什么时候去"), words.season),
        (_("从中心怎么走"), words.route),
    )
    told = Told(
        about=About(words.title, described(words.line), kind="article", image=shared(found.picture)),
        code=code,
        title=words.title,
        line=words.line,
        lang=foreign(found.language),
        text=shown(words.text),
        article=found,
        facts=facts if kind is ArticleKind.SIGHT else (),
        goods=_goods(found),
        data=_for_machines(found),
        is_over=found.last_on is not None and found.last_on < _today(),
    )
    others = articles(reading(), (kind,), reader(), today=_today(), most=9 if kind is ArticleKind.HELP else 4)
    title, _lead, endpoint = HEADINGS[kind]
    return render_template(
        "site/article.html",
        told=told,
        kind=kind,
        above=(title, url_for(endpoint)),
        others=[article_card(one) for one in others if one.code != code],
    )


def _for_machines(found: ArticleFacts) -> Markup:
    """Return an article as a JSON-LD document (schema.org/Article): what it is called, when it was told, by whom."""
    town = current_town()
    document: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle" if found.kind is ArticleKind.ANNOUNCEMENT else "Article",
        "url": absolute(url_for(PAGES[found.kind], code=found.code)),
        "headline": found.words.title,
        "description": found.words.line,
        "inLanguage": found.language.replace("_", "-"),
        "datePublished": found.told_on.astimezone(TOWN_ZONE).isoformat(timespec="seconds"),
        "dateModified": found.changed_at.astimezone(TOWN_ZONE).isoformat(timespec="seconds"),
        "publisher": {"@type": "Organization", "name": town.centre_name if town else ""},
    }
    if (image := shared(found.picture)) is not None:
        document["image"] = image.url
    return htmlsafe_json_dumps(document, dumps=partial(json.dumps, ensure_ascii=False))


def _goods(found: ArticleFacts) -> tuple[GoodsCard, ...]:
    """Return a few goods of the household that an article tells of, or of its village."""
    month = _today().month
    if found.vendor_id is not None:
        shown = laid(reading(), month=month, most=GOODS, vendor_id=found.vendor_id)
    elif found.village is not None and (place := village(reading(), found.village[0])) is not None:
        shown = laid(reading(), month=month, most=GOODS, village_id=place.id)
    else:
        return ()
    return tuple(goods_card(card, url_for("catalog.listing", code=card.code)) for card in shown)
