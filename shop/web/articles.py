"""Stories, sights and announcements as buyers meet them on other pages: a card, and the strip on the front page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import get_locale

from shop.kernel.clock import town_day
from shop.kernel.languages import Language
from shop.media.queries import Picture
from shop.site.articles.models import ArticleKind
from shop.site.articles.queries import ArticleFacts, articles, front
from shop.web.house import house, reading

PAGES: Mapping[ArticleKind, str] = {
    ArticleKind.STORY: "articles.story",
    ArticleKind.SIGHT: "articles.sight",
    ArticleKind.HELP: "articles.help_page",
    ArticleKind.ANNOUNCEMENT: "articles.announcement",
}
"""Endpoint of an article's own page; the ways here share one."""
SHOWN = (ArticleKind.SIGHT, ArticleKind.STORY)
"""On the front page, in this order."""
CHOICE = 6
"""From so many stories, and sights, the front page takes one a day."""


@dataclass(frozen=True)
class ArticleCard:
    """What the component draws of an article.

    Attributes:
        lang: set where its words are not in the reader's language.
        place: where a sight is, or the village that a story tells of.
        day: from when an announcement counts.
    """

    title: str
    line: str
    href: str
    lang: str | None
    place: str
    day: date | None
    picture: Picture | None


@dataclass(frozen=True)
class Strip:
    """What the front page tells of the town today."""

    announcement: ArticleCard | None
    cards: tuple[ArticleCard, ...]


def reader() -> Language:
    """Return the language in which this page is read."""
    locale = get_locale()
    if locale is None or locale.language == "zh":
        return Language.HANT if locale is not None and locale.script == "Hant" else Language.HANS
    return Language.EN


def foreign(language: Language) -> str | None:
    """Return the `lang` of words in a language, or None where it is the page's own."""
    return "zh-Hans" if language is Language.HANS and reader() is Language.EN else None


def article_card(found: ArticleFacts) -> ArticleCard:
    """Return an article as a card that leads to its page."""
    return ArticleCard(
        title=found.words.title,
        line=found.words.line,
        href=url_for(PAGES[found.kind], code=found.code),
        lang=foreign(found.language),
        place=found.words.place or (found.village[1] if found.village else ""),
        day=found.first_on,
        picture=found.picture,
    )


def stories_of(vendor_id: int, *, most: int) -> tuple[ArticleCard, ...]:
    """Return what is told of a household, so many stories at most."""
    today = town_day(house().clock())
    found = articles(reading(), (ArticleKind.STORY,), reader(), today=today, vendor_id=vendor_id, most=most)
    return tuple(map(article_card, found))


def strip() -> Strip:
    """Return what the front page tells today: an announcement, and one sight and one story, each in its turn."""
    today = town_day(house().clock())
    found = front(reading(), reader(), today=today, each=CHOICE)
    chosen = (kept[today.toordinal() % len(kept)] for kind in SHOWN if (kept := found[kind]))
    announced = found[ArticleKind.ANNOUNCEMENT]
    return Strip(
        announcement=article_card(announced[0]) if announced else None,
        cards=tuple(map(article_card, chosen)),
    )
