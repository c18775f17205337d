"""Writes of the catalogue: listing a thing, its passages, its photos. Stock has its own file."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, selectinload

from shop.catalog import stock
from shop.catalog.models import (
    Category,
    ChangeCounter,
    Listing,
    ListingHistory,
    ListingPhoto,
    ListingState,
    Variant,
)
from shop.catalog.rules import NEXT, check_offer, season_bits
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.codes import new_code
from shop.kernel.errors import Forbidden, Invalid, NotFound, Stale
from shop.kernel.states import check_passage, passage
from shop.media.models import Photo
from shop.vendors.models import Vendor

MAX_PHOTOS = 6
MAX_TITLE = 40
MAX_STORY = 600


@dataclass(frozen=True)
class Offer:
    """What a vendor says of a thing they sell."""

    category_id: int
    title: str
    unit: str
    price_fen: int
    gross_g: int
    pieces: int = 1
    stock: int = 0
    story: str = ""
    keep_note: str = ""
    shelf_days: int | None = None
    months: Sequence[int] = tuple(range(1, 13))
    tags: Sequence[str] = ()
    photo_keys: Sequence[str] = ()
    ref: str | None = None
    key: str | None = None
    """Made with the page; the same key offers the same thing once."""


def touch(session: Session, listing: Listing) -> None:
    """Give a changed listing the next place in the change sequence that the search index follows.

    The counter's row lock makes the order of numbers the order of commits: an index that has read up to n has missed
    nothing below n.
    """
    session.execute(update(ChangeCounter).values(value=ChangeCounter.value + 1))
    listing.search_seq = session.scalars(select(ChangeCounter.value)).one()
    session.flush()


def touch_village(session: Session, village_id: int) -> None:
    """Let the search index read anew everything from a village: its name changed."""
    for listing in session.scalars(select(Listing).join(Vendor).where(Vendor.village_id == village_id)):
        touch(session, listing)


def advance(
    session: Session, listing: Listing, to: ListingState, *, actor: Actor, clock: Clock, reason: str = ""
) -> None:
    """Move a listing to another state, with its history; the only writer of a listing's state.

    Raises:
        WrongState: the table has no such passage.
    """
    check_passage("listing", NEXT, listing.state, to)
    row = passage(listing.state, to, actor=actor, clock=clock, reason=reason)
    session.add(ListingHistory(listing_id=listing.id, **row))
    listing.state = to
    if to is ListingState.PUBLISHED and listing.published_at is None:
        listing.published_at = clock()
    touch(session, listing)


def add_category(session: Session, *, code: str, name: str, name_en: str, hint: str) -> Category:
    """Add a shelf after the last one."""
    last = session.scalar(select(func.max(Category.position))) or 0
    category = Category(code=code, name=name, name_en=name_en, hint=hint, position=last + 1)
    session.add(category)
    session.flush()
    return category


def offer(session: Session, vendor_id: int, wanted: Offer, *, actor: Actor, clock: Clock) -> Listing:
    """Write down a thing to sell and send it for review; a second time with the same key, return the first.

    Args:
        vendor_id: whose thing it is; the caller has asked whether the actor may act for them.

    Raises:
        Invalid: naming the field that cannot be.
        NotFound: the category or a photo does not exist.
    """
    if wanted.key is not None:
        first = select(Listing).where(Listing.offer_key == wanted.key, Listing.vendor_id == vendor_id)
        if (sent := session.scalars(first).one_or_none()) is not None:
            return sent
    _check(session, wanted)
    listing = Listing(
        code=new_code(6),
        ref=wanted.ref,
        offer_key=wanted.key,
        vendor_id=vendor_id,
        category_id=wanted.category_id,
        title=wanted.title.strip(),
        story=wanted.story.strip(),
        keep_note=wanted.keep_note,
        shelf_days=wanted.shelf_days,
        season_bits=season_bits(wanted.months),
        tags=list(wanted.tags),
        created_at=clock(),
    )
    session.add(listing)
    session.flush()
    variant = Variant(
        listing_id=listing.id,
        unit=wanted.unit,
        pieces=wanted.pieces,
        gross_g=wanted.gross_g,
        price_fen=wanted.price_fen,
    )
    session.add(variant)
    _show(session, listing, wanted.photo_keys)
    stock.open_with(session, variant, wanted.stock, actor=actor, clock=clock)
    advance(session, listing, ListingState.IN_REVIEW, actor=actor, clock=clock)
    return listing


def revise(
    session: Session, vendor_id: int, code: str, wanted: Offer, *, version: int, actor: Actor, clock: Clock
) -> Listing:
    """Change a listing that was given back, and send it for review again.

    Args:
        wanted: as it shall be; `stock` is how many are free now.
        version: the version the vendor saw.

    Raises:
        NotFound: the vendor has no such listing, or the category or a photo does not exist.
        Stale: it was changed meanwhile.
        WrongState: it was not given back.
        Invalid: naming the field that cannot be.
    """
    listing = of_vendor(session, vendor_id, code)
    check_passage("listing", NEXT, listing.state, ListingState.IN_REVIEW)
    if listing.version != version:
        raise Stale("listing")
    _check(session, wanted)
    listing.title, listing.story = wanted.title.strip(), wanted.story.strip()
    listing.category_id, listing.season_bits = wanted.category_id, season_bits(wanted.months)
    variant = listing.variants[0]
    variant.unit, variant.pieces, variant.gross_g = wanted.unit, wanted.pieces, wanted.gross_g
    variant.price_fen = wanted.price_fen
    session.execute(delete(ListingPhoto).where(ListingPhoto.listing_id == listing.id))
    _show(session, listing, wanted.photo_keys)
    saw_free = variant.on_hand - variant.held
    stock.count(session, variant.id, wanted.stock, saw_free=saw_free, actor=actor, clock=clock)
    advance(session, listing, ListingState.IN_REVIEW, actor=actor, clock=clock)
    return listing


def _check(session: Session, wanted: Offer) -> None:
    if not 1 <= len(wanted.title.strip()) <= MAX_TITLE:
        raise Invalid("title", "length")
    if len(wanted.story) > MAX_STORY:
        raise Invalid("story", "length")
    if len(wanted.photo_keys) > MAX_PHOTOS:
        raise Invalid("photos", "too_many")
    check_offer(unit=wanted.unit, pieces=wanted.pieces, gross_g=wanted.gross_g, price_fen=wanted.price_fen)
    if session.get(Category, wanted.category_id) is None:
        raise NotFound("category")
    keys = set(wanted.photo_keys)
    if len(session.scalars(select(Photo.key).where(Photo.key.in_(keys))).all()) != len(keys):
        raise NotFound("photo")


def _show(session: Session, listing: Listing, photo_keys: Sequence[str]) -> None:
    for position, key in enumerate(dict.fromkeys(photo_keys)):
        session.add(ListingPhoto(listing_id=listing.id, position=position, photo_key=key))
    session.flush()


def review(
    session: Session,
    code: str,
    *,
    approve: bool,
    version: int,
    actor: Actor,
    clock: Clock,
    reason: str = "",
) -> Listing:
    """Publish a listing that waits for review, or give it back with a reason.

    Args:
        version: the version the reviewer saw.

    Raises:
        Forbidden: only staff review.
        Stale: it was changed meanwhile.
        Invalid: giving back needs a reason.
        WrongState: it does not wait for review.
    """
    if not actor.has("staff", "manager"):
        raise Forbidden("review")
    listing = by_code(session, code)
    if listing.version != version:
        raise Stale("listing")
    if not approve and not reason.strip():
        raise Invalid("reason", "empty")
    check_passage("listing", NEXT, listing.state, ListingState.PUBLISHED)
    to = ListingState.PUBLISHED if approve else ListingState.DRAFT
    advance(session, listing, to, actor=actor, clock=clock, reason=reason.strip())
    return listing


def pause(session: Session, vendor_id: int, code: str, *, paused: bool, actor: Actor, clock: Clock) -> Listing:
    """Take a vendor's listing off the shelf for a while, or put it back.

    Raises:
        NotFound: the vendor has no such listing.
        WrongState: it is not on the shelf (or not paused).
    """
    listing = of_vendor(session, vendor_id, code)
    to = ListingState.PAUSED if paused else ListingState.PUBLISHED
    if listing.state is ListingState.IN_REVIEW:
        # The table lets a review publish; a vendor's "put it back" must not pass for one.
        check_passage("listing", NEXT, listing.state, ListingState.PAUSED)
    advance(session, listing, to, actor=actor, clock=clock)
    return listing


def set_free(
    session: Session, vendor_id: int, code: str, free: int, *, saw_free: int, actor: Actor, clock: Clock
) -> None:
    """Set how many of a vendor's thing are free to buy.

    Raises:
        NotFound: the vendor has no such listing.
        Stale: some were sold since the page was shown.
    """
    listing = of_vendor(session, vendor_id, code)
    variant = session.scalars(select(Variant).where(Variant.listing_id == listing.id).order_by(Variant.id)).first()
    if variant is None:
        raise NotFound("variant")
    stock.count(session, variant.id, free, saw_free=saw_free, actor=actor, clock=clock)


def by_code(session: Session, code: str) -> Listing:
    """Return a listing for change.

    Raises:
        NotFound: there is none.
    """
    wanted = select(Listing).where(Listing.code == code).options(selectinload(Listing.variants)).with_for_update()
    listing = session.scalars(wanted).one_or_none()
    if listing is None:
        raise NotFound("listing")
    return listing


def of_vendor(session: Session, vendor_id: int, code: str) -> Listing:
    """Return a vendor's own listing for change; another's looks as if it did not exist.

    Raises:
        NotFound: there is none of this vendor's.
    """
    listing = by_code(session, code)
    if listing.vendor_id != vendor_id:
        raise NotFound("listing")
    return listing
