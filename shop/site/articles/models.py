"""Articles, version by version; nothing of a version is ever changed or taken away."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.kernel.db import Code, Key, Line, Model, Moment, Prose, choice
from shop.kernel.languages import Language
from shop.media.models import Photo
from shop.town.models import Village
from shop.vendors.models import Vendor


class ArticleKind(StrEnum):
    """What an article is, and so where it stands."""

    STORY = "story"
    SIGHT = "sight"
    WAY = "way"
    """One way to get here."""
    HELP = "help"
    """How to do one thing in the shop."""
    ANNOUNCEMENT = "announcement"
    """Told on the front page from its first day to its last."""


class Article(Model):
    """An article: its address, and which version of it counts."""

    __tablename__ = "article"
    __table_args__ = (CheckConstraint("number > 0", name="number"),)

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    """Stands in its address."""
    kind: Mapped[ArticleKind] = mapped_column(choice(ArticleKind, "kind"), index=True)
    number: Mapped[int]
    """Of the version that counts: the last one."""
    created_at: Mapped[Moment]


class ArticleVersion(Model):
    """What holds of one version in every language."""

    __tablename__ = "article_version"
    __table_args__ = (
        UniqueConstraint("article_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("(first_on IS NULL) = (last_on IS NULL) AND first_on <= last_on", name="days"),
    )

    id: Mapped[Key]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    number: Mapped[int]
    """Counts one article's versions from 1."""
    is_shown: Mapped[bool]
    """Buyers may read it; one that was withdrawn is not shown."""
    position: Mapped[int]
    """Among its kind, the lowest first."""
    first_on: Mapped[date | None] = mapped_column(Date)
    """The town days of an announcement."""
    last_on: Mapped[date | None] = mapped_column(Date)
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"), index=True)
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendor.id"), index=True)
    """The household it tells of: its goods stand under it."""
    photo_key: Mapped[str | None] = mapped_column(ForeignKey("photo.key"), index=True)
    published_at: Mapped[Moment]
    actor: Mapped[Code]
    article: Mapped[Article] = relationship(lazy="raise_on_sql")
    village: Mapped[Village | None] = relationship(lazy="raise_on_sql")
    vendor: Mapped[Vendor | None] = relationship(lazy="raise_on_sql")
    photo: Mapped[Photo | None] = relationship(lazy="raise_on_sql")


class ArticleWords(Model):
    """What one version says in one language."""

    __tablename__ = "article_words"

    version_id: Mapped[int] = mapped_column(ForeignKey("article_version.id"), primary_key=True)
    language: Mapped[Language] = mapped_column(choice(Language, "language"), primary_key=True)
    title: Mapped[Line]
    line: Mapped[Line]
    """It in a sentence."""
    text: Mapped[Prose]
    """Markdown, as its writer typed it."""
    alt: Mapped[Line]
    """The photo for who does not see it."""
    place: Mapped[Line]
    """Where a sight is; it and the next two are empty for all else."""
    season: Mapped[Line]
    """When it is at its best."""
    route: Mapped[Line]
    """How to get there from the centre."""
