"""Bringing a listing's rows in line with an offer; the acts are in `listings` and `revisions`."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from shop.catalog import stock, versions
from shop.catalog.models import Category, HarvestDay, Listing, ListingPhoto, Variant
from shop.catalog.rules import (
    LONGEST_STORY,
    LONGEST_TITLE,
    MAX_DAYS,
    MAX_PHOTOS,
    MAX_TAGS,
    MAX_WAYS,
    Offer,
    Way,
    check_harvest,
    check_way,
    needs_review,
    season_bits,
)
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Invalid, NotFound
from shop.media.models import Photo
from shop.town.models import Village

NO_SYNC = {"synchronize_session": False}
LENGTHS = {"story": LONGEST_STORY, "ingredients": LONGEST_STORY, "keep_note": 200}


def check_offer(session: Session, wanted: Offer) -> None:
    """Refuse an offer that cannot be.

    Raises:
        Invalid: naming the field.
        NotFound: the category or a photo does not exist.
    """
    if not 1 <= len(wanted.title.strip()) <= LONGEST_TITLE:
        raise Invalid("title", "length")
    for name, longest in LENGTHS.items():
        if len(getattr(wanted, name)) > longest:
            raise Invalid(name, "length")
    for name, days in (("shelf_days", wanted.shelf_days), ("travel_days", wanted.travel_days)):
        if days is not None and not 1 <= days <= MAX_DAYS:
            raise Invalid(name, "range")
    if len(wanted.tags) > MAX_TAGS or any(not 1 <= len(tag) <= 20 for tag in wanted.tags):
        raise Invalid("tags", "length")
    if len(wanted.photo_keys) > MAX_PHOTOS:
        raise Invalid("photos", "too_many")
    _check_ways(wanted.ways)
    check_harvest(wanted.harvest_first_on, wanted.harvest_last_on, wanted.harvest_cap)
    season_bits(wanted.months)
    if session.get(Category, wanted.category_id) is None:
        raise NotFound("category")
    keys = set(wanted.photo_keys)
    if keys and len(session.scalars(select(Photo.key).where(Photo.key.in_(keys))).all()) != len(keys):
        raise NotFound("photo")


def _check_ways(ways: Sequence[Way]) -> None:
    if not 1 <= len(ways) <= MAX_WAYS:
        raise Invalid("ways", "range")
    names = [way.name.strip() for way in ways]
    if len(ways) > 1 and (not all(names) or len(set(names)) < len(names)):
        raise Invalid("name", "same")
    for way in ways:
        check_way(way)


def write(session: Session, listing: Listing, wanted: Offer) -> None:
    """Write all but its ways of selling and its photos.

    Raises:
        NotFound: the village does not exist.
    """
    listing.title, listing.story = wanted.title.strip(), wanted.story.strip()
    listing.category_id, listing.season_bits = wanted.category_id, season_bits(wanted.months)
    listing.origin_id = _village_id(session, wanted.origin_code)
    listing.ingredients, listing.keep_note = wanted.ingredients.strip(), wanted.keep_note.strip()
    listing.shelf_days, listing.travel_days = wanted.shelf_days, wanted.travel_days
    listing.harvest_first_on, listing.harvest_last_on = wanted.harvest_first_on, wanted.harvest_last_on
    listing.harvest_cap = wanted.harvest_cap
    listing.tags = list(dict.fromkeys(tag.strip() for tag in wanted.tags))


def _village_id(session: Session, code: str | None) -> int | None:
    if code is None:
        return None
    found = session.scalars(select(Village.id).where(Village.code == code)).one_or_none()
    if found is None:
        raise NotFound("village")
    return found


def write_ways(session: Session, listing: Listing, ways: Sequence[Way], *, actor: Actor, clock: Clock) -> None:
    """Bring the variants in line with the ways wanted; one left out is no longer sold, but kept."""
    known = {variant.id: variant for variant in _variants(session, listing.id)}
    kept: set[int] = set()
    for position, way in enumerate(ways):
        variant = known.get(way.variant_id or 0)
        is_new = variant is None or variant.draw != way.draw
        if variant is None or is_new:
            # Counted in another measure, it is another thing: its stock and movements begin anew.
            variant = Variant(listing_id=listing.id, draw=way.draw)
            session.add(variant)
        variant.position, variant.name, variant.unit, variant.pieces = position, way.name.strip(), way.unit, way.pieces
        variant.net_g, variant.gross_g = way.net_g, way.gross_g
        variant.pricing, variant.price_fen, variant.per_500g_fen = way.pricing, way.ceiling_fen, way.per_500g_fen
        variant.least_g, variant.most_g = way.least_g, way.most_g
        session.flush()
        if is_new:
            stock.open_with(session, variant, way.stock, actor=actor, clock=clock)
        kept.add(variant.id)
    for variant in known.values():
        variant.is_sold = variant.id in kept
    session.flush()


def _variants(session: Session, listing_id: int) -> list[Variant]:
    wanted = select(Variant).where(Variant.listing_id == listing_id, Variant.is_sold).order_by(Variant.id)
    return list(session.scalars(wanted))


def count_stock(session: Session, listing: Listing, ways: Sequence[Way], *, actor: Actor, clock: Clock) -> None:
    """Set how many of each way that is kept are free now; what was left as the page showed it stays as it is.

    Raises:
        Stale: some were sold since the page was shown, and another number was typed.
    """
    known = {variant.id: variant for variant in _variants(session, listing.id)}
    for way in ways:
        variant = known.get(way.variant_id or 0)
        if variant is None or variant.draw != way.draw or way.stock == way.saw_stock:
            continue
        saw_free = variant.on_hand - variant.held if way.saw_stock is None else way.saw_stock
        stock.count(session, variant.id, way.stock, saw_free=saw_free, actor=actor, clock=clock)


def mark_changed(session: Session, listing: Listing) -> None:
    """Let whoever saw the listing before hear that it changed, also when only its rows beside it did."""
    flag_modified(listing, "tags")
    session.flush()


def change(session: Session, listing: Listing, wanted: Offer, *, actor: Actor, clock: Clock) -> None:
    """Make a listing say what an offer says, all but the stock of ways that are kept."""
    write(session, listing, wanted)
    session.flush()
    write_ways(session, listing, wanted.ways, actor=actor, clock=clock)
    show(session, listing, wanted.photo_keys, clock=clock)
    if listing.harvest_cap is not None:
        # What is promised stays promised, even where the new cap is smaller.
        days = update(HarvestDay).where(
            HarvestDay.variant_id.in_(select(Variant.id).where(Variant.listing_id == listing.id))
        )
        fewer = HarvestDay.taken > listing.harvest_cap
        session.execute(days.where(fewer).values(cap=HarvestDay.taken), execution_options=NO_SYNC)
        session.execute(days.where(~fewer).values(cap=listing.harvest_cap), execution_options=NO_SYNC)


def show(session: Session, listing: Listing, photo_keys: Sequence[str], *, clock: Clock) -> None:
    """Show exactly these photos in this order; one that was taken away can still be brought back."""
    wanted = list(dict.fromkeys(photo_keys))
    rows = select(ListingPhoto).where(ListingPhoto.listing_id == listing.id, ListingPhoto.removed_at.is_(None))
    shown = {photo.photo_key: photo for photo in session.scalars(rows)}
    for key, photo in shown.items():
        if key not in wanted:
            photo.removed_at = clock()
    for position, key in enumerate(wanted):
        if key in shown:
            shown[key].position = position
        else:
            session.add(ListingPhoto(listing_id=listing.id, position=position, photo_key=key))
    session.flush()


def parts_to_review(session: Session, listing: Listing, wanted: Offer) -> frozenset[str]:
    """Return which parts of a change of a shown listing the centre must see first, by `needs_review`."""
    last = versions.latest(session, listing.id)
    if last is None:
        return frozenset({"title"})
    category = session.get_one(Category, wanted.category_id)
    village = session.scalars(select(Village.name).where(Village.code == wanted.origin_code)).one_or_none()
    told = as_offered(wanted, category=category.code, village=village or listing.vendor.village.name)
    return needs_review(last.facts, told)


def as_offered(wanted: Offer, *, category: str, village: str) -> versions.Facts:
    """Return what an offer would show, in the format of `shop.catalog.versions.as_shown`, without its vendor.

    Args:
        category: its code.
        village: the name of the one it comes from.
    """
    return {
        "title": wanted.title.strip(),
        "story": wanted.story.strip(),
        "category": category,
        "village": village,
        "ingredients": wanted.ingredients.strip(),
        "keep_note": wanted.keep_note.strip(),
        "shelf_days": wanted.shelf_days,
        "travel_days": wanted.travel_days,
        "months": sorted(wanted.months),
        "harvest": _harvest(wanted),
        "tags": list(dict.fromkeys(tag.strip() for tag in wanted.tags)),
        "photos": list(wanted.photo_keys),
        "ways": [_way(way) for way in wanted.ways],
    }


def _harvest(wanted: Offer) -> versions.Facts | None:
    if wanted.harvest_first_on is None or wanted.harvest_last_on is None:
        return None
    return {
        "first": wanted.harvest_first_on.isoformat(),
        "last": wanted.harvest_last_on.isoformat(),
        "cap": wanted.harvest_cap,
    }


def _way(way: Way) -> versions.Facts:
    return {
        "id": way.variant_id,
        "name": way.name.strip(),
        "unit": way.unit,
        "pieces": way.pieces,
        "net_g": way.net_g,
        "pricing": way.pricing.value,
        "price_fen": way.ceiling_fen,
        "per_500g_fen": way.per_500g_fen,
        "least_g": way.least_g,
        "most_g": way.most_g,
    }
