"""Writes of lots: one is born or grows as goods come in, and one may be recalled."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from shop.catalog.lots.models import Grade, Lot, LotHistory, LotPhoto, LotState
from shop.catalog.lots.rules import MAX_INSPECTION, MAX_RECALL_REASON, NEXT, needs_inspection
from shop.catalog.models import Listing, Variant
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.codes import new_code
from shop.kernel.errors import Invalid, NotFound, Stale
from shop.kernel.states import check_passage, passage
from shop.vendors.models import Vendor

CODE_LENGTH = 10


def grow(
    session: Session,
    vendor_id: int,
    variant_id: int,
    units: int,
    *,
    weighed_g: int | None,
    grade: Grade,
    inspection: str,
    photo_key: str | None,
    promise_key: str | None,
    actor: Actor,
    clock: Clock,
) -> Lot:
    """Put good units that came in into today's lot of their kind; the first of a day begin one.

    Args:
        vendor_id: the household that brought them, which need not be the one that sells them.
        units: how many (> 0).
        weighed_g: what they weigh together by the scale; None where it was not asked.
        inspection: number of their certificate of inspection; empty where the law asks for none.
        photo_key: a photo of them for everybody.
        promise_key: a private photo of the household's promise; a lot keeps its first.

    Raises:
        Invalid: ("inspection", "empty" or "long"), or ("lot", "recalled") when today's lot was called back.
    """
    listing, variant = _of(session, variant_id)
    number = inspection.strip()
    if needs_inspection(listing.category.papers) and not number:
        raise Invalid("inspection", "empty")
    if len(number) > MAX_INSPECTION:
        raise Invalid("inspection", "long")
    net_g = None if variant.net_g is None else variant.net_g * units
    grams = weighed_g if weighed_g is not None else net_g
    on = town_day(clock())
    vendor = session.get_one(Vendor, vendor_id)
    lot = _find(session, vendor_id, variant_id, on, grade, number)
    if lot is None:
        lot = _begin(session, listing, vendor, variant, on, grade, number, units, grams, actor=actor, clock=clock)
    else:
        _add(lot, units, grams)
    lot.promise_key = lot.promise_key or promise_key
    session.flush()
    if photo_key is not None:
        _show(session, lot, photo_key)
    return lot


def _of(session: Session, variant_id: int) -> tuple[Listing, Variant]:
    wanted = (
        select(Variant)
        .where(Variant.id == variant_id)
        .options(joinedload(Variant.listing).joinedload(Listing.category))
        .execution_options(populate_existing=True)
    )
    variant = session.scalars(wanted).one()
    return variant.listing, variant


def _find(session: Session, vendor_id: int, variant_id: int, on: date, grade: Grade, inspection: str) -> Lot | None:
    wanted = select(Lot).where(
        Lot.vendor_id == vendor_id,
        Lot.variant_id == variant_id,
        Lot.received_on == on,
        Lot.grade == grade,
        Lot.inspection == inspection,
    )
    return session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).one_or_none()


def _origin(listing: Listing, vendor: Vendor) -> int:
    """Return the village that goods come from: the listing's, unless another household brought them."""
    is_own = vendor.id == listing.vendor_id
    return listing.origin_id if is_own and listing.origin_id is not None else vendor.village_id


def _begin(
    session: Session,
    listing: Listing,
    vendor: Vendor,
    variant: Variant,
    on: date,
    grade: Grade,
    inspection: str,
    units: int,
    grams: int | None,
    *,
    actor: Actor,
    clock: Clock,
) -> Lot:
    lot = Lot(
        code=new_code(CODE_LENGTH),
        vendor_id=vendor.id,
        variant_id=variant.id,
        village_id=_origin(listing, vendor),
        title=listing.title,
        unit=variant.unit,
        received_on=on,
        grade=grade,
        inspection=inspection,
        units=units,
        weight_g=grams,
        born_at=clock(),
        born_by=actor.label,
    )
    try:
        with session.begin_nested():
            session.add(lot)
            session.flush()
    except IntegrityError:  # another table took in the first of them at the same moment
        theirs = _find(session, vendor.id, variant.id, on, grade, inspection)
        if theirs is None:
            raise
        _add(theirs, units, grams)
        return theirs
    first = passage(None, LotState.KEPT, actor=actor, clock=clock)
    session.add(LotHistory(lot_id=lot.id, **first))
    return lot


def _add(lot: Lot, units: int, grams: int | None) -> None:
    if lot.state is LotState.RECALLED:
        raise Invalid("lot", "recalled")
    lot.units += units
    lot.weight_g = None if lot.weight_g is None or grams is None else lot.weight_g + grams


def _show(session: Session, lot: Lot, photo_key: str) -> None:
    is_shown = select(LotPhoto.id).where(LotPhoto.lot_id == lot.id, LotPhoto.photo_key == photo_key)
    if session.scalar(is_shown) is None:
        session.add(LotPhoto(lot_id=lot.id, photo_key=photo_key))
        session.flush()


def lock(session: Session, code: str) -> Lot:
    """Return a lot for change.

    Raises:
        NotFound: there is none.
    """
    wanted = select(Lot).where(Lot.code == code).with_for_update().execution_options(populate_existing=True)
    lot = session.scalars(wanted).one_or_none()
    if lot is None:
        raise NotFound("lot")
    return lot


def recall(session: Session, lot: Lot, reason: str, *, version: int, actor: Actor, clock: Clock) -> None:
    """Call a locked lot back, with its history; the only passage of a lot, and its only writer.

    Args:
        reason: in the centre's words, as its buyers will read it.
        version: of the lot that the actor saw.

    Raises:
        WrongState: it was recalled already.
        Stale: more of it came in since.
        Invalid: no reason, or a long one.
    """
    words = " ".join(reason.split())
    check_passage("lot", NEXT, lot.state, LotState.RECALLED)
    if lot.version != version:
        raise Stale("lot")
    if not words or len(words) > MAX_RECALL_REASON:
        raise Invalid("reason", "long" if words else "empty")
    row = passage(lot.state, LotState.RECALLED, actor=actor, clock=clock, reason=words)
    session.add(LotHistory(lot_id=lot.id, **row))
    lot.state = LotState.RECALLED
    session.flush()
