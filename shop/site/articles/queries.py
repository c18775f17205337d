"""Reads of articles: what buyers may read, in their language where there is one, and what the centre keeps of each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from shop.kernel.db import direct
from shop.kernel.errors import NotFound
from shop.kernel.languages import Language
from shop.media.models import Photo
from shop.media.queries import COVER, Picture, cover_of, picture
from shop.site.articles.models import Article, ArticleKind, ArticleVersion, ArticleWords
from shop.site.articles.rules import Draft, Words
from shop.town.models import Village
from shop.vendors.models import Vendor

HEAD = ("title", "line", "alt", "place", "season", "route")
WHOLE = (*HEAD, "text")
"""What is read of an article's words: a list of them needs no text."""


@dataclass(frozen=True)
class ArticleFacts:
    """An article as buyers read it.

    Attributes:
        language: of its words: the reader's own, or 简体 where nobody wrote them in it.
        village: (code, name) of the village it tells of.
        vendor_id: of the household it tells of.
        told_on: when it was first published.
        changed_at: when its present version was.
    """

    code: str
    kind: ArticleKind
    words: Words
    language: Language
    first_on: date | None
    last_on: date | None
    village: tuple[str, str] | None
    vendor_id: int | None
    picture: Picture | None
    told_on: datetime
    changed_at: datetime


@dataclass(frozen=True)
class Line:
    """An article in the centre's list.

    Attributes:
        languages: in which it was written.
    """

    code: str
    kind: ArticleKind
    title: str
    languages: frozenset[Language]
    position: int
    is_shown: bool
    first_on: date | None
    last_on: date | None
    published_at: datetime


@dataclass(frozen=True)
class VersionLine:
    """One version of an article, in the list of them."""

    number: int
    title: str
    is_shown: bool
    published_at: datetime
    actor: str


@cache
def _readable(names: tuple[str, ...]) -> Select[Any]:
    """Return a statement of every article's present version in `:language`, or in 简体 where it has none in that."""
    own, source = aliased(ArticleWords), aliased(ArticleWords)
    columns: list[Any] = [
        Article.code,
        Article.kind,
        Article.created_at,
        ArticleVersion.published_at,
        ArticleVersion.first_on,
        ArticleVersion.last_on,
        ArticleVersion.vendor_id,
        Village.code.label("village_code"),
        Village.name.label("village_name"),
        *COVER,
        own.title.is_not(None).label("is_own"),
        *(func.coalesce(getattr(own, name), getattr(source, name)).label(name) for name in names),
    ]
    return (
        select(*columns)
        .join(ArticleVersion, (ArticleVersion.article_id == Article.id) & (ArticleVersion.number == Article.number))
        .join(source, (source.version_id == ArticleVersion.id) & (source.language == Language.HANS))
        .outerjoin(own, (own.version_id == ArticleVersion.id) & (own.language == bindparam("language")))
        .outerjoin(Village, Village.id == ArticleVersion.village_id)
        .outerjoin(Photo, Photo.key == ArticleVersion.photo_key)
        .where(ArticleVersion.is_shown)
    )


def _begun() -> ColumnElement[bool]:
    return or_(ArticleVersion.first_on.is_(None), ArticleVersion.first_on <= bindparam("today"))


def _facts(row: Any, language: Language, names: tuple[str, ...]) -> ArticleFacts:
    words = Words(**{name: getattr(row, name) for name in names})
    return ArticleFacts(
        code=row.code,
        kind=row.kind,
        words=words,
        language=language if row.is_own else Language.HANS,
        first_on=row.first_on,
        last_on=row.last_on,
        village=(row.village_code, row.village_name) if row.village_code else None,
        vendor_id=row.vendor_id,
        picture=picture(cover_of(row), words.alt),
        told_on=row.created_at,
        changed_at=row.published_at,
    )


def articles(
    session: Session,
    kinds: Collection[ArticleKind],
    language: Language,
    *,
    today: date,
    village: str | None = None,
    vendor_id: int | None = None,
    most: int = 100,
) -> list[ArticleFacts]:
    """Return shown articles without their text: announcements with the latest day first, the others by their place.

    Args:
        kinds: one or more.
        village: code of the one they tell of; None for all.
        vendor_id: the household they tell of; None for all.
        most: so many at most.
    """
    values = {
        "kinds": list(kinds),
        "language": language,
        "today": today,
        "village": village,
        "vendor": vendor_id,
        "most": most,
    }
    wanted = _listed(of_village=village is not None, of_vendor=vendor_id is not None)
    return [_facts(row, language, HEAD) for row in direct(session, wanted, values)]


@cache
def _listed(*, of_village: bool, of_vendor: bool) -> Select[Any]:
    wanted = _readable(HEAD).where(Article.kind.in_(bindparam("kinds", expanding=True)), _begun())
    if of_village:
        wanted = wanted.where(Village.code == bindparam("village"))
    if of_vendor:
        wanted = wanted.where(ArticleVersion.vendor_id == bindparam("vendor"))
    order = (ArticleVersion.first_on.desc(), ArticleVersion.position, Article.id)
    return wanted.order_by(*order).limit(bindparam("most"))


def front(session: Session, language: Language, *, today: date, each: int) -> Mapping[ArticleKind, list[ArticleFacts]]:
    """Return what the front page may tell: the first stories and sights, and the announcements of the day.

    Args:
        each: so many of a kind at most.
    """
    found: dict[ArticleKind, list[ArticleFacts]] = {kind: [] for kind in ArticleKind}
    for row in direct(session, _told(), {"language": language, "today": today, "each": each}):
        found[row.kind].append(_facts(row, language, HEAD))
    return found


@cache
def _told() -> Select[Any]:
    """Return what reads the first articles of the front page's kinds, `:each` of a kind."""
    place = func.row_number().over(
        partition_by=Article.kind, order_by=[ArticleVersion.first_on.desc(), ArticleVersion.position, Article.id]
    )
    is_todays = ArticleVersion.first_on.is_(None) | (
        (ArticleVersion.first_on <= bindparam("today")) & (ArticleVersion.last_on >= bindparam("today"))
    )
    ranked = (
        select(Article.id.label("id"), place.label("place"))
        .join(ArticleVersion, (ArticleVersion.article_id == Article.id) & (ArticleVersion.number == Article.number))
        .where(ArticleVersion.is_shown, is_todays)
        .where(Article.kind.in_((ArticleKind.STORY, ArticleKind.SIGHT, ArticleKind.ANNOUNCEMENT)))
        .subquery()
    )
    wanted = _readable(HEAD).join(ranked, ranked.c.id == Article.id)
    return wanted.where(ranked.c.place <= bindparam("each")).order_by(ranked.c.place)


def article(session: Session, kind: ArticleKind, code: str, language: Language, *, today: date) -> ArticleFacts:
    """Return one shown article with its text.

    Raises:
        NotFound: there is none of this kind and code, it was withdrawn, or its first day is yet to come.
    """
    wanted = _readable(WHOLE).where(Article.kind == kind, Article.code == code, _begun())
    row = direct(session, wanted, {"language": language, "today": today}).one_or_none()
    if row is None:
        raise NotFound("article")
    return _facts(row, language, WHOLE)


def whole(session: Session, kind: ArticleKind, language: Language, *, today: date) -> list[ArticleFacts]:
    """Return every shown article of a kind with its text, by their place."""
    wanted = _readable(WHOLE).where(Article.kind == kind, _begun()).order_by(ArticleVersion.position, Article.id)
    rows = direct(session, wanted, {"language": language, "today": today})
    return [_facts(row, language, WHOLE) for row in rows]


@dataclass(frozen=True)
class Kept:
    """One version of an article as the centre keeps it, in every language; the present one unless another was asked.

    Attributes:
        versions: the last ones, the latest first.
    """

    code: str
    kind: ArticleKind
    number: int
    is_shown: bool
    draft: Draft
    picture: Picture | None
    published_at: datetime
    actor: str
    versions: tuple[VersionLine, ...]


def kept(session: Session, code: str, number: int | None = None) -> Kept:
    """Return an article as its writers need it, withdrawn or not.

    Args:
        number: of a version; None for the present one.

    Raises:
        NotFound: there is no such article, or no such version of it.
    """
    of_it = (ArticleVersion.article_id == Article.id) & (
        ArticleVersion.number == (Article.number if number is None else number)
    )
    row = session.execute(
        select(Article, ArticleVersion, Village.code, Vendor.code, Photo)
        .join(ArticleVersion, of_it)
        .outerjoin(Village, Village.id == ArticleVersion.village_id)
        .outerjoin(Vendor, Vendor.id == ArticleVersion.vendor_id)
        .outerjoin(Photo, Photo.key == ArticleVersion.photo_key)
        .where(Article.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound("article")
    found, version, village, vendor, photo = row
    said = session.scalars(select(ArticleWords).where(ArticleWords.version_id == version.id))
    words = {one.language: Words(**{name: getattr(one, name) for name in WHOLE}) for one in said}
    draft = Draft(
        words=words,
        position=version.position,
        village=village or "",
        vendor=vendor or "",
        photo_key=version.photo_key,
        first_on=version.first_on,
        last_on=version.last_on,
    )
    shown = picture(photo, words[Language.HANS].alt)
    return Kept(
        code=code,
        kind=found.kind,
        number=version.number,
        is_shown=version.is_shown,
        draft=draft,
        picture=shown,
        published_at=version.published_at,
        actor=version.actor,
        versions=_versions(session, found.id),
    )


def _versions(session: Session, article_id: int) -> tuple[VersionLine, ...]:
    rows = session.execute(
        select(ArticleVersion, ArticleWords.title)
        .join(ArticleWords, ArticleWords.version_id == ArticleVersion.id)
        .where(ArticleVersion.article_id == article_id, ArticleWords.language == Language.HANS)
        .order_by(ArticleVersion.number.desc())
        .limit(50)
    )
    return tuple(VersionLine(one.number, title, one.is_shown, one.published_at, one.actor) for one, title in rows)


def count(session: Session, kind: ArticleKind) -> int:
    """Return how many articles of a kind there are, withdrawn ones too."""
    return session.scalar(select(func.count()).select_from(Article).where(Article.kind == kind)) or 0


def lines(session: Session, kind: ArticleKind, *, offset: int, limit: int) -> list[Line]:
    """Return a part of the articles of a kind, withdrawn ones last."""
    wanted = (
        select(Article, ArticleVersion)
        .join(ArticleVersion, (ArticleVersion.article_id == Article.id) & (ArticleVersion.number == Article.number))
        .where(Article.kind == kind)
        .order_by(ArticleVersion.is_shown.desc(), ArticleVersion.first_on.desc(), ArticleVersion.position, Article.id)
        .offset(offset)
        .limit(limit)
    )
    rows = session.execute(wanted).all()
    said: dict[int, dict[Language, str]] = {}
    of_these = ArticleWords.version_id.in_([version.id for _article, version in rows])
    for version_id, language, title in session.execute(
        select(ArticleWords.version_id, ArticleWords.language, ArticleWords.title).where(of_these)
    ):
        said.setdefault(version_id, {})[language] = title
    return [
        Line(
            code=one.code,
            kind=one.kind,
            title=said[version.id][Language.HANS],
            languages=frozenset(said[version.id]),
            position=version.position,
            is_shown=version.is_shown,
            first_on=version.first_on,
            last_on=version.last_on,
            published_at=version.published_at,
        )
        for one, version in rows
    ]


def for_robots(session: Session, today: date) -> list[tuple[ArticleKind, str, datetime]]:
    """Return kind, code and last change of every article that has a page of its own."""
    wanted = (
        select(Article.kind, Article.code, ArticleVersion.published_at)
        .join(ArticleVersion, (ArticleVersion.article_id == Article.id) & (ArticleVersion.number == Article.number))
        .where(ArticleVersion.is_shown, Article.kind != ArticleKind.WAY, _begun())
        .order_by(Article.id)
    )
    return [(row.kind, row.code, row.published_at) for row in direct(session, wanted, {"today": today})]
