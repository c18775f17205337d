"""Shelves: the category tree and the rules of each part of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.models import Category, Climate, Listing, ReturnClass
from shop.catalog.sequence import touch
from shop.kernel.actor import Actor
from shop.kernel.errors import Forbidden, Invalid, NotFound
from shop.vendors.models import PaperKind


@dataclass(frozen=True)
class ShelfRules:
    """What a shelf is called and what holds for everything on it; see `Category` for the law behind each rule."""

    name: str
    name_en: str
    hint: str = ""
    parent_code: str | None = None
    papers: Sequence[PaperKind] = ()
    return_class: ReturnClass = ReturnClass.STANDARD
    climate: Climate = Climate.DRY
    is_live: bool = False
    needs_label: bool = False


def add_category(session: Session, code: str, rules: ShelfRules, *, actor: Actor) -> Category:
    """Add a shelf after the last one.

    Raises:
        Forbidden: only managers put up shelves.
        Invalid: the code is taken, or a name is missing.
        NotFound: there is no such parent, or it is a part itself.
    """
    _check_manager(actor)
    if session.scalars(select(Category.id).where(Category.code == code)).first() is not None:
        raise Invalid("code", "taken")
    last = session.scalar(select(func.max(Category.position))) or 0
    category = Category(code=code, position=last + 1)
    _apply(session, category, rules)
    session.add(category)
    session.flush()
    return category


def change_category(session: Session, code: str, rules: ShelfRules, *, actor: Actor) -> Category:
    """Change a shelf's names or rules; goods that no longer may lie on it are taken off by the next watch.

    Raises:
        Forbidden: only managers do.
        NotFound: there is no such shelf, or no such parent.
        Invalid: a name is missing, or the tree would get a third level.
    """
    _check_manager(actor)
    category = category_by_code(session, code)
    _apply(session, category, rules)
    session.flush()
    for listing_id in session.scalars(select(Listing.id).where(Listing.category_id == category.id)).all():
        touch(session, listing_id)
    return category


def category_by_code(session: Session, code: str) -> Category:
    """Return a shelf for change.

    Raises:
        NotFound: there is none.
    """
    category = session.scalars(select(Category).where(Category.code == code)).one_or_none()
    if category is None:
        raise NotFound("category")
    return category


def _check_manager(actor: Actor) -> None:
    if not actor.has("manager"):
        raise Forbidden("category")


def _apply(session: Session, category: Category, rules: ShelfRules) -> None:
    if not rules.name.strip():
        raise Invalid("name", "empty")
    parent = None
    if rules.parent_code is not None:
        parent = category_by_code(session, rules.parent_code)
        parts = select(Category.id).where(Category.parent_id == category.id, Category.parent_id.is_not(None))
        if parent.parent_id is not None or parent.id == category.id or session.scalars(parts).first():
            raise Invalid("parent", "depth")
    category.name, category.name_en, category.hint = rules.name.strip(), rules.name_en.strip(), rules.hint.strip()
    category.parent_id = None if parent is None else parent.id
    category.papers = [PaperKind(kind).value for kind in rules.papers]
    category.return_class, category.climate = rules.return_class, rules.climate
    category.is_live, category.needs_label = rules.is_live, rules.needs_label
