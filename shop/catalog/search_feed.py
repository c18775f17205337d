"""What the search index is built from, and what it must ask before anything it finds is shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from shop.catalog.models import Category, ChangeCounter, Listing, ListingState, Variant
from shop.catalog.queries import SHOWN
from shop.town.models import Town, Village
from shop.vendors.models import Vendor, VendorState


@dataclass(frozen=True)
class SearchDocument:
    """A listing as the index needs it; when `is_shown` is false it must not be found."""

    id: int
    seq: int
    is_shown: bool
    title: str
    story: str
    tags: tuple[str, ...]
    category_name: str
    category_name_en: str
    vendor_name: str
    village_name: str
    village_aliases: tuple[str, ...]


def change_counter(session: Session) -> int:
    """Return how many searchable changes were made; 0 before the first."""
    return session.scalar(select(ChangeCounter.value)) or 0


def database_mark(session: Session) -> str:
    """Return a mark of this very database: the random code of its first listing, empty while there is none.

    An index built from another database may carry plausible numbers; this tells them apart.
    """
    return session.scalar(select(Listing.code).order_by(Listing.id).limit(1)) or ""


def search_documents(session: Session, after_seq: int, limit: int, *, up_to: int | None = None) -> list[SearchDocument]:
    """Return changed listings in the order of their changes, each once with its latest change.

    Args:
        after_seq: the change already read.
        limit: how many at most.
        up_to: the last change wanted. A listing that changes while a long read is going on moves behind it, so that
            the read never meets it twice; the next read does.
    """
    wanted = (
        select(Listing)
        .where(Listing.search_seq > after_seq)
        .order_by(Listing.search_seq)
        .limit(limit)
        .options(
            joinedload(Listing.vendor, innerjoin=True),
            joinedload(Listing.category, innerjoin=True),
        )
    )
    if up_to is not None:
        wanted = wanted.where(Listing.search_seq <= up_to)
    return [_document(listing) for listing in session.scalars(wanted)]


def _document(listing: Listing) -> SearchDocument:
    village = listing.vendor.village
    is_shown = listing.state is ListingState.PUBLISHED and listing.vendor.state is VendorState.APPROVED
    return SearchDocument(
        id=listing.id,
        seq=listing.search_seq or 0,
        is_shown=is_shown,
        title=listing.title,
        story=listing.story,
        tags=tuple(listing.tags),
        category_name=listing.category.name,
        category_name_en=listing.category.name_en,
        vendor_name=listing.vendor.name,
        village_name=village.name,
        village_aliases=tuple(village.aliases),
    )


def own_words(session: Session) -> list[str]:
    """Return the town's own words: its names, villages, shelves, households, and the vendors' tags, each once."""
    words: set[str] = set(session.scalars(select(Category.name)))
    for name, aliases in session.execute(select(Town.name, Town.aliases)):
        words.update((name, *aliases))
    for name, aliases in session.execute(select(Village.name, Village.aliases)):
        words.update((name, *aliases))
    words.update(session.scalars(select(Vendor.name)))
    for tags in session.scalars(select(Listing.tags).where(Listing.state == ListingState.PUBLISHED)):
        words.update(tags)
    return sorted(words)


def _buyable(month: int | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        SHOWN,
        select(Variant.id).where(Variant.listing_id == Listing.id, Variant.on_hand > Variant.held).exists(),
    ]
    if month is not None:
        conditions.append(Listing.season_bits.bitwise_and(1 << (month - 1)) != 0)
    return conditions


def buyable(session: Session, listing_ids: Sequence[int], *, month: int | None = None) -> list[tuple[int, str]]:
    """Return those of these listings that are on the shelf with free stock now, in the order given.

    Args:
        month: only with this month (1 to 12) in their season.

    Returns:
        One row a listing: its id and its shelf's code.
    """
    wanted = select(Listing.id, Category.code).join(Vendor).join(Listing.category)
    rows = session.execute(wanted.where(Listing.id.in_(listing_ids), *_buyable(month)))
    shelves = {row.id: row.code for row in rows}
    return [(i, shelves[i]) for i in listing_ids if i in shelves]


def containing(
    session: Session, words: Sequence[str], limit: int, *, month: int | None = None
) -> list[tuple[int, str]]:
    """Return what `buyable` returns for listings whose title, story, household, village or shelf contain every word.

    Slow, but needs no index. The shortest titles come first.
    """
    conditions = _buyable(month)
    for word in words:
        places = (Listing.story, Vendor.name, Village.name, Category.name)
        matches = Listing.title.contains(word, autoescape=True)
        for place in places:
            matches |= place.contains(word, autoescape=True)
        conditions.append(matches)
    wanted = select(Listing.id, Category.code).join(Vendor).join(Village).join(Listing.category).where(*conditions)
    rows = session.execute(wanted.order_by(func.length(Listing.title), Listing.id).limit(limit))
    return [(listing_id, code) for listing_id, code in rows]
