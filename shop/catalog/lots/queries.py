"""Reads of lots: for the trace page, the label, and the centre."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, or_, select
from sqlalchemy.orm import Session

from shop.catalog.lots.models import Grade, Lot, LotHistory, LotPhoto, LotState
from shop.catalog.models import Category, Listing, Variant
from shop.kernel.db import direct
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


LOTS = (
    select(
        Lot.id,
        Lot.code,
        Lot.title,
        Lot.unit,
        Lot.units,
        Lot.weight_g,
        Lot.grade,
        Lot.inspection,
        Lot.received_on,
        Lot.state,
        Lot.version,
        Lot.promise_key,
        Lot.vendor_id,
        Variant.name.label("way"),
        Variant.pieces,
        Variant.net_g,
        Variant.least_g,
        Variant.most_g,
        Vendor.code.label("vendor_code"),
        Vendor.name.label("vendor"),
        Vendor.person,
        Village.name.label("village"),
        Category.needs_label,
        Listing.ingredients,
        Listing.keep_note,
        Listing.shelf_days,
    )
    .join(Variant, Variant.id == Lot.variant_id)
    .join(Listing, Listing.id == Variant.listing_id)
    .join(Category, Category.id == Listing.category_id)
    .join(Vendor, Vendor.id == Lot.vendor_id)
    .join(Village, Village.id == Lot.village_id)
)
LATEST = (
    LOTS.where(Listing.code == bindparam("code"), Lot.state == LotState.KEPT)
    .order_by(Lot.received_on.desc(), Lot.id.desc())
    .limit(bindparam("most"))
)


def _facts(row: Row[Any]) -> LotFacts:
    told = row._asdict()
    least, most = told.pop("least_g"), told.pop("most_g")
    is_weighed = least is not None and most is not None
    told["net_g"] = None if is_weighed else told["net_g"]
    return LotFacts(**told, range_g=(least, most) if is_weighed else None)


def lot_by_code(session: Session, code: str) -> LotFacts:
    """Return a lot.

    Raises:
        NotFound: there is none.
    """
    row = direct(session, LOTS.where(Lot.code == code)).one_or_none()
    if row is None:
        raise NotFound("lot")
    return _facts(row)


def lots_found(session: Session, words: str = "") -> list[LotFacts]:
    """Return lots, the latest first, as many as a page holds.

    Args:
        words: a lot's code, or part of its goods' or household's name; all without.
    """
    found = LOTS.order_by(Lot.received_on.desc(), Lot.id.desc()).limit(MOST)
    if words:
        likes = (column.icontains(words, autoescape=True) for column in (Lot.title, Vendor.name, Lot.inspection))
        found = found.where(or_(Lot.code == words.upper(), *likes))
    return [_facts(row) for row in direct(session, found)]


def lots_by_id(session: Session, lot_ids: list[int]) -> list[LotFacts]:
    """Return the lots with these ids, in the order in which they were born."""
    return [_facts(row) for row in direct(session, LOTS.where(Lot.id.in_(lot_ids)).order_by(Lot.id))]


def lots_of(session: Session, listing_code: str, *, most: int) -> list[LotFacts]:
    """Return what last came in of a listing, of every household that brings it, without what was called back."""
    return [_facts(row) for row in direct(session, LATEST, {"code": listing_code, "most": most})]


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
