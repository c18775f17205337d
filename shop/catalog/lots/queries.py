"""Reads of lots: for the trace page, the label, and the centre."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from shop.catalog.lots.models import Grade, Lot, LotHistory, LotPhoto, LotState
from shop.catalog.models import Category, Listing, Variant
from shop.kernel.errors import NotFound
from shop.media.models import Photo
from shop.media.queries import Picture, picture
from shop.town.models import Village
from shop.vendors.models import Vendor

MOST = 60
"""Lots of one page of the centre's list; a code or a name finds the others."""


@dataclass(frozen=True)
class LotFacts:
    """A lot with what its label says.

    Attributes:
        person: whose household it is, in full; a public page hides all but the first character.
        way: what tells this way of selling it from the others; empty when it is the only one.
        net_g: net content of one unit; None where it is not known, or the scale decides.
        range_g: between which grams one piece sold by weight lies.
        units: how many good ones came; weight_g: what they weigh, where that is known.
    """

    id: int
    code: str
    title: str
    way: str
    unit: str
    pieces: int
    net_g: int | None
    range_g: tuple[int, int] | None
    units: int
    weight_g: int | None
    grade: Grade
    inspection: str
    received_on: date
    state: LotState
    version: int
    promise_key: str | None
    vendor_id: int
    vendor_code: str
    vendor: str
    person: str
    village: str
    needs_label: bool
    ingredients: str
    keep_note: str
    shelf_days: int | None

    @property
    def best_before(self) -> date | None:
        """The last day on which it is good as its label says, counted from the day it came in."""
        return None if self.shelf_days is None else self.received_on + timedelta(days=self.shelf_days)


def _lots() -> Select[Lot, Variant, Listing, Category, Vendor, str]:
    return (
        select(Lot, Variant, Listing, Category, Vendor, Village.name)
        .join(Variant, Variant.id == Lot.variant_id)
        .join(Listing, Listing.id == Variant.listing_id)
        .join(Category, Category.id == Listing.category_id)
        .join(Vendor, Vendor.id == Lot.vendor_id)
        .join(Village, Village.id == Lot.village_id)
    )


def _facts(lot: Lot, variant: Variant, listing: Listing, category: Category, vendor: Vendor, village: str) -> LotFacts:
    is_weighed = variant.least_g is not None and variant.most_g is not None
    return LotFacts(
        id=lot.id,
        code=lot.code,
        title=lot.title,
        way=variant.name,
        unit=lot.unit,
        pieces=variant.pieces,
        net_g=None if is_weighed else variant.net_g,
        range_g=(variant.least_g, variant.most_g) if variant.least_g and variant.most_g else None,
        units=lot.units,
        weight_g=lot.weight_g,
        grade=lot.grade,
        inspection=lot.inspection,
        received_on=lot.received_on,
        state=lot.state,
        version=lot.version,
        promise_key=lot.promise_key,
        vendor_id=vendor.id,
        vendor_code=vendor.code,
        vendor=vendor.name,
        person=vendor.person,
        village=village,
        needs_label=category.needs_label,
        ingredients=listing.ingredients,
        keep_note=listing.keep_note,
        shelf_days=listing.shelf_days,
    )


def lot_by_code(session: Session, code: str) -> LotFacts:
    """Return a lot.

    Raises:
        NotFound: there is none.
    """
    row = session.execute(_lots().where(Lot.code == code)).one_or_none()
    if row is None:
        raise NotFound("lot")
    return _facts(*row)


def lots_found(session: Session, words: str = "") -> list[LotFacts]:
    """Return lots, the latest first, as many as a page holds.

    Args:
        words: a lot's code, or part of its goods' or household's name; all without.
    """
    found = _lots().order_by(Lot.received_on.desc(), Lot.id.desc()).limit(MOST)
    if words:
        likes = (column.icontains(words, autoescape=True) for column in (Lot.title, Vendor.name, Lot.inspection))
        found = found.where(or_(Lot.code == words.upper(), *likes))
    return [_facts(*row) for row in session.execute(found)]


def lots_by_id(session: Session, lot_ids: list[int]) -> list[LotFacts]:
    """Return the lots with these ids, in the order in which they were born."""
    rows = session.execute(_lots().where(Lot.id.in_(lot_ids)).order_by(Lot.id))
    return [_facts(*row) for row in rows]


def lots_of(session: Session, listing_code: str, *, most: int) -> list[LotFacts]:
    """Return what last came in of a listing, of every household that brings it, without what was called back."""
    kept = _lots().where(Listing.code == listing_code, Lot.state == LotState.KEPT)
    rows = session.execute(kept.order_by(Lot.received_on.desc(), Lot.id.desc()).limit(most))
    return [_facts(*row) for row in rows]


def lot_pictures(session: Session, lot_id: int, alt: str) -> list[Picture]:
    """Return what draws the photos of a lot, in the order in which they were taken."""
    rows = session.scalars(
        select(Photo).join(LotPhoto, LotPhoto.photo_key == Photo.key).where(LotPhoto.lot_id == lot_id)
        .order_by(LotPhoto.id)
    )  # fmt: skip
    return [drawn for row in rows if (drawn := picture(row, alt)) is not None]


@dataclass(frozen=True)
class LotPassage:
    """A passage of a lot; `actor` is a person's code or a process."""

    to: LotState
    at: datetime
    actor: str
    reason: str


def lot_passages(session: Session, lot_id: int) -> tuple[LotPassage, ...]:
    """Return what became of a lot, in order."""
    rows = session.scalars(select(LotHistory).where(LotHistory.lot_id == lot_id).order_by(LotHistory.id))
    return tuple(LotPassage(LotState(row.to_state), row.at, row.actor, row.reason) for row in rows)


def lot_of_promise(session: Session, key: str) -> str | None:
    """Return the code of the lot whose promise a private photo is, or None."""
    return session.scalar(select(Lot.code).where(Lot.promise_key == key).limit(1))
