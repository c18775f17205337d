"""Publishing articles, version by version; what was published stays as it is."""

from itertools import count

from sqlalchemy import event, select
from sqlalchemy.orm import Session, UOWTransaction

from shop.accounts.models import Role
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Forbidden, Invalid, NotFound, Stale
from shop.media.queries import photo
from shop.site.articles.models import Article, ArticleKind, ArticleVersion, ArticleWords
from shop.site.articles.rules import SLUG, Draft, check_draft, slug, told
from shop.site.services import Unalterable
from shop.town.models import Town, Village
from shop.vendors.models import Vendor


def publish_new(
    session: Session, kind: ArticleKind, draft: Draft, *, code: str = "", actor: Actor, clock: Clock
) -> str:
    """Publish a new article, which everybody reads from now on, and return its code.

    Args:
        code: what it is called in its address; made from its title when empty.

    Raises:
        Forbidden: the actor is no staff.
        Invalid: see `check_draft`; "code" with "shape" or "taken"; "village", "vendor" or "photo" with "unknown".
    """
    _check_actor(actor)
    check_draft(kind, draft)
    session.scalars(select(Town).with_for_update()).first()  # two who begin at once stand in line for a free name
    name = _free_code(session, code, draft)
    article = Article(code=name, kind=kind, number=1, created_at=clock())
    session.add(article)
    session.flush()
    _write(session, article, draft, is_shown=True, actor=actor, clock=clock)
    return name


def publish(
    session: Session, code: str, draft: Draft, *, is_shown: bool = True, version: int, actor: Actor, clock: Clock
) -> int:
    """Publish the next version of an article, shown or withdrawn, and return its number.

    Args:
        version: number of the last version that the writer saw.

    Raises:
        Forbidden: the actor is no staff.
        NotFound: there is no such article.
        Invalid: see `publish_new`.
        Stale: somebody published another since.
    """
    _check_actor(actor)
    article = session.scalar(select(Article).where(Article.code == code).with_for_update())
    if article is None:
        raise NotFound("article")
    if article.number != version:
        raise Stale("article")
    check_draft(article.kind, draft)
    article.number += 1
    _write(session, article, draft, is_shown=is_shown, actor=actor, clock=clock)
    return article.number


def _check_actor(actor: Actor) -> None:
    if not actor.has(Role.STAFF, Role.MANAGER):
        raise Forbidden("publish_article")


def _free_code(session: Session, code: str, draft: Draft) -> str:
    if code:
        if not SLUG.fullmatch(code):
            raise Invalid("code", "shape")
        if session.scalar(select(Article.id).where(Article.code == code)) is not None:
            raise Invalid("code", "taken")
        return code
    words = told(draft)
    base = slug(words[min(words)].title)  # "en" comes before "zh_Hans": English letters stand best in an address
    names = (base if n == 1 else f"{base}-{n}" for n in count(1))
    return next(one for one in names if session.scalar(select(Article.id).where(Article.code == one)) is None)


def _write(session: Session, article: Article, draft: Draft, *, is_shown: bool, actor: Actor, clock: Clock) -> None:
    if draft.photo_key is not None and photo(session, draft.photo_key) is None:
        raise Invalid("photo", "unknown")
    is_dated = article.kind is ArticleKind.ANNOUNCEMENT
    row = ArticleVersion(
        article_id=article.id,
        number=article.number,
        is_shown=is_shown,
        position=draft.position,
        first_on=draft.first_on if is_dated else None,
        last_on=draft.last_on if is_dated else None,
        village_id=_id_of(session, Village, draft.village, "village"),
        vendor_id=_id_of(session, Vendor, draft.vendor, "vendor"),
        photo_key=draft.photo_key,
        published_at=clock(),
        actor=actor.label,
    )
    session.add(row)
    session.flush()
    for language, words in told(draft).items():
        session.add(ArticleWords(version_id=row.id, language=language, **vars(words)))
    session.flush()


def _id_of(session: Session, table: type[Village] | type[Vendor], code: str, field: str) -> int | None:
    if not code:
        return None
    found = session.scalar(select(table.id).where(table.code == code))
    if found is None:
        raise Invalid(field, "unknown")
    return found


@event.listens_for(Session, "before_flush")
def _append_only(session: Session, _context: UOWTransaction, _objects: object) -> None:
    for thing in (*session.dirty, *session.deleted):
        if isinstance(thing, ArticleVersion | ArticleWords) and session.is_modified(thing) | (thing in session.deleted):
            raise Unalterable(type(thing).__name__)
