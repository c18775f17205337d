"""What the search index is built from, and what it must ask before anything it finds is shown."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from shop.catalog.models import Category, ChangeCounter, Listing, ListingState, StockMovement, StockReason, Variant
from shop.catalog.queries import SHOWN, is_to_be_had
from shop.kernel.db import direct
from shop.town.models import Town, Village
from shop.vendors.models import Vendor, VendorState


@dataclass(frozen=True)
class SearchDocument:
    """A listing as the index needs it; when `is_shown` is false it must not be found.

    Attributes:
        seq: its place in the change sequence.
        shelves: codes of its category and of what that is a part of, the widest first; their names likewise.
        village_code: of the village it comes from.
        months: its season, bit 0 is January.
        price_fen: of the cheapest way it is sold.
        in_stock: something of it can be bought now.
        sold: how many units were ever sold, cancelled ones not counted.
        published_at: seconds since 1970; 0 when it never was.
    """

    id: int
    seq: int
    is_shown: bool
    title: str
    story: str
    tags: tuple[str, ...]
    shelves: tuple[str, ...]
    shelf_names: tuple[str, ...]
    shelf_names_en: tuple[str, ...]
    vendor_code: str
    vendor_name: str
    village_code: str
    village_name: str
    village_aliases: tuple[str, ...]
    months: int
    price_fen: int
    in_stock: bool
    sold: int
    published_at: int


@dataclass(frozen=True)
class OwnWord:
    """A word of this town: what it names is a town, village, shelf, household or tag."""

    text: str
    kind: str
    code: str


@dataclass(frozen=True)
class Sums:
    """What the index and the database must agree upon for shown listings."""

    count: int
    ids: int
    seqs: int


# Asked as a column: as a condition it would lead SQLite to read every published listing.
STILL, IN_STOCK = (
    select(Listing.id, passes.label("passes")).join(Vendor).where(Listing.id.in_(bindparam("ids", expanding=True)))
    for passes in (SHOWN, SHOWN & is_to_be_had())
)


def change_counter(session: Session) -> int:
    """Return how many searchable changes were made; 0 before the first."""
    return session.scalar(select(ChangeCounter.value)) or 0


def database_mark(session: Session) -> str:
    """Return the random mark of this very database: an index of another one may carry plausible numbers."""
    return session.scalar(select(ChangeCounter.mark)) or ""


def search_documents(session: Session, after_seq: int, limit: int, *, up_to: int | None = None) -> list[SearchDocument]:
    """Return changed listings in the order of their changes, each once with its latest change.

    Args:
        after_seq: the change already read.
        limit: how many at most.
        up_to: the last change wanted. A listing that changes while a long read is going on moves behind it, so that
            the read never meets it twice; the next read does.
    """
    wanted = select(Listing).where(Listing.search_seq > after_seq).order_by(Listing.search_seq).limit(limit)
    if up_to is not None:
        wanted = wanted.where(Listing.search_seq <= up_to)
    return _documents(session, wanted)


def containing(session: Session, words: Sequence[str], limit: int) -> list[SearchDocument]:
    """Return shown listings whose title, story, household, village or shelf contain every word.

    Slow, but needs no index. The shortest titles come first.
    """
    wanted = select(Listing).join(Vendor).join(Village).join(Listing.category).where(SHOWN)
    for word in words:
        places = (Listing.story, Vendor.name, Village.name, Category.name)
        matches = Listing.title.contains(word, autoescape=True)
        for place in places:
            matches |= place.contains(word, autoescape=True)
        wanted = wanted.where(matches)
    return _documents(session, wanted.order_by(func.length(Listing.title), Listing.id).limit(limit))


def still_shown(session: Session, listing_ids: Collection[int], *, in_stock: bool) -> set[int]:
    """Return those of these listings that are on the shelf now.

    Args:
        in_stock: only those of which something can be bought.
    """
    rows = direct(session, IN_STOCK if in_stock else STILL, {"ids": list(listing_ids)})
    return {row.id for row in rows if row.passes}


def shown_sums(session: Session) -> Sums:
    """Return count, ids and places in the change sequence of all shown listings, summed up."""
    count, ids, seqs = session.execute(
        select(func.count(), func.sum(Listing.id), func.sum(Listing.search_seq)).join(Vendor).where(SHOWN)
    ).one()
    return Sums(int(count), int(ids or 0), int(seqs or 0))


def own_words(session: Session) -> list[OwnWord]:
    """Return the town's own words: its names, villages, shelves, households, and the vendors' tags, each once."""
    words = [OwnWord(category.name, "shelf", category.code) for category in session.scalars(select(Category))]
    for name, aliases in session.execute(select(Town.name, Town.aliases)):
        words += [OwnWord(text, "town", "") for text in (name, *aliases)]
    for code, name, aliases in session.execute(select(Village.code, Village.name, Village.aliases)):
        words += [OwnWord(text, "village", code) for text in (name, *aliases)]
    shown = select(Vendor.code, Vendor.name).where(Vendor.state == VendorState.APPROVED)
    words += [OwnWord(name, "household", code) for code, name in session.execute(shown)]
    tags = session.scalars(select(Listing.tags).where(Listing.state == ListingState.PUBLISHED))
    words += [OwnWord(tag, "tag", "") for tag in {tag for some in tags for tag in some}]
    return sorted(words, key=lambda word: (word.kind, word.code, word.text))


def _documents(session: Session, wanted: Select[Listing]) -> list[SearchDocument]:
    loaded = wanted.options(
        joinedload(Listing.vendor, innerjoin=True),
        joinedload(Listing.category, innerjoin=True),
        joinedload(Listing.origin),
        selectinload(Listing.variants),
    )
    listings = session.scalars(loaded).all()
    if not listings:
        return []
    categories = {category.id: category for category in session.scalars(select(Category))}
    sold = _sold(session, [listing.id for listing in listings])
    return [_document(listing, categories, sold[listing.id]) for listing in listings]


def _sold(session: Session, listing_ids: Iterable[int]) -> Mapping[int, int]:
    """Return units sold of each listing: what was taken by orders and did not come back."""
    moved = (
        select(Variant.listing_id, Variant.draw, func.sum(StockMovement.delta))
        .join(StockMovement, StockMovement.variant_id == Variant.id)
        .where(
            Variant.listing_id.in_(listing_ids),
            StockMovement.reason.in_((StockReason.SOLD, StockReason.CANCELLED)),
        )
        .group_by(Variant.listing_id, Variant.id, Variant.draw)
    )
    found: dict[int, int] = defaultdict(int)
    for listing_id, draw, delta in session.execute(moved):
        found[listing_id] += -int(delta) // draw
    return found


def _document(listing: Listing, categories: Mapping[int, Category], sold: int) -> SearchDocument:
    vendor, category = listing.vendor, listing.category
    village = listing.origin or vendor.village
    shelves = [category] if category.parent_id is None else [categories[category.parent_id], category]
    return SearchDocument(
        id=listing.id,
        seq=listing.search_seq or 0,
        is_shown=listing.state is ListingState.PUBLISHED and vendor.state is VendorState.APPROVED,
        title=listing.title,
        story=listing.story,
        tags=tuple(listing.tags),
        shelves=tuple(shelf.code for shelf in shelves),
        shelf_names=tuple(shelf.name for shelf in shelves),
        shelf_names_en=tuple(shelf.name_en for shelf in shelves),
        vendor_code=vendor.code,
        vendor_name=vendor.name,
        village_code=village.code,
        village_name=village.name,
        village_aliases=tuple(village.aliases),
        months=listing.season_bits,
        price_fen=min((variant.price_fen for variant in listing.variants), default=0),
        in_stock=any(variant.free > 0 for variant in listing.variants),
        sold=sold,
        published_at=int(listing.published_at.timestamp()) if listing.published_at else 0,
    )
