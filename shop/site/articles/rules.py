"""Rules about articles: what each kind must say, how long, and what its address is made of."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cache

from opencc import OpenCC
from pypinyin import lazy_pinyin

from shop.kernel.errors import Invalid
from shop.kernel.languages import Language
from shop.site.articles.models import ArticleKind

MAX_TITLE, MAX_LINE, MAX_TEXT, MAX_CODE = 90, 160, 20_000, 40
LONGEST = timedelta(days=92)
"""An announcement that is to be read for longer is no announcement."""
MAX_POSITION = 999
PICTURED = frozenset({ArticleKind.STORY, ArticleKind.SIGHT})
"""These are told with a picture."""
GOODS = 3
"""So many goods of its household or village stand under an article."""
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Words:
    """What an article says in one language; see `ArticleWords`."""

    title: str = ""
    line: str = ""
    text: str = ""
    alt: str = ""
    place: str = ""
    season: str = ""
    route: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was written in this language."""
        return not any(getattr(self, one.name).strip() for one in fields(self))


@dataclass(frozen=True)
class Draft:
    """An article as it shall be.

    Attributes:
        words: by language; 简体 must be there, the others may be missing.
        village: code of the village it tells of, or "".
        vendor: code of the household it tells of, or "".
        photo_key: of a photo that was received, or None.
        first_on: of an announcement, the first town day on the front page; None for all else.
        last_on: and its last.
    """

    words: Mapping[Language, Words]
    position: int = 1
    village: str = ""
    vendor: str = ""
    photo_key: str | None = None
    first_on: date | None = None
    last_on: date | None = None


def told(draft: Draft) -> dict[Language, Words]:
    """Return what a draft says in those languages in which it says anything, without blanks around it."""
    trimmed = {
        language: Words(**{one.name: getattr(words, one.name).strip() for one in fields(words)})
        for language, words in draft.words.items()
    }
    return {language: words for language, words in trimmed.items() if not words.is_empty}


def check_draft(kind: ArticleKind, draft: Draft) -> None:
    """Refuse an article that may not be published so.

    Raises:
        Invalid: the first of its `faults`.
    """
    for fault in faults(kind, draft):
        raise fault


def faults(kind: ArticleKind, draft: Draft) -> Iterator[Invalid]:
    """Return why an article may not be published so.

    A field of a language is called "en.title", with "missing" or "long"; the others are "position" with "range",
    "photo" with "missing" (a sight or a story is told with a picture), and "first_on" or "last_on" with "missing",
    "order" or "long".
    """
    words = told(draft)
    for language in (Language.HANS, *(other for other in words if other is not Language.HANS)):
        yield from _faults_of_words(kind, language, words.get(language, Words()), has_photo=draft.photo_key is not None)
    if not 0 < draft.position <= MAX_POSITION:
        yield Invalid("position", "range")
    if kind in PICTURED and draft.photo_key is None:
        yield Invalid("photo", "missing")
    if kind is ArticleKind.ANNOUNCEMENT:
        yield from _faults_of_days(draft.first_on, draft.last_on)


def wanted(kind: ArticleKind, *, has_photo: bool) -> tuple[str, ...]:
    """Return what an article must say in each language in which it says anything."""
    names = ["title", "line"]
    names += ["text"] if kind is not ArticleKind.ANNOUNCEMENT else []
    names += ["place", "season", "route"] if kind is ArticleKind.SIGHT else []
    names += ["alt"] if has_photo else []
    return tuple(names)


def _faults_of_words(kind: ArticleKind, language: Language, words: Words, *, has_photo: bool) -> Iterator[Invalid]:
    most = {"title": MAX_TITLE, "text": MAX_TEXT}
    asked = wanted(kind, has_photo=has_photo)
    for name in (one.name for one in fields(words)):
        said = getattr(words, name)
        if name in asked and not said:
            yield Invalid(f"{language}.{name}", "missing")
        if len(said) > most.get(name, MAX_LINE):
            yield Invalid(f"{language}.{name}", "long")


def _faults_of_days(first: date | None, last: date | None) -> Iterator[Invalid]:
    if first is None:
        yield Invalid("first_on", "missing")
    if last is None:
        yield Invalid("last_on", "missing")
    if first is None or last is None:
        return
    if last < first:
        yield Invalid("last_on", "order")
    if last - first > LONGEST:
        yield Invalid("last_on", "long")


@cache
def _converter() -> OpenCC:
    return OpenCC("s2tw")


def in_traditional(words: Words) -> Words:
    """Return 简体 words in 繁體, character by character as Taiwan writes it: a proposal, for its writer to better."""
    convert = _converter().convert
    return Words(**{one.name: convert(getattr(words, one.name)) for one in fields(words)})


def slug(title: str) -> str:
    """Return what a title is called in an address: its letters, or how its characters are read, in small letters."""
    parts = re.findall(r"[a-z0-9]+", " ".join(lazy_pinyin(title)).lower())
    name = ""
    for part in parts:
        longer = f"{name}-{part}" if name else part
        if len(longer) > MAX_CODE - 4:
            break
        name = longer
    return name or "page"
