"""A vendor's yes to staff acting for them: noted with its photo, and taken back at any time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.codes import new_code
from shop.kernel.errors import Forbidden, Invalid, NotFound
from shop.vendors.acts.models import Consent, ConsentScope, ConsentWay
from shop.vendors.acts.queries import counts_on
from shop.vendors.models import Vendor

MOST_DAYS = 366
"""A consent counts for twelve months at most; then it is asked for again."""
MAX_NAME = 40


@dataclass(frozen=True)
class Yes:
    """What a vendor agreed to, as the paper says.

    Attributes:
        photo: key of a private photo: the signature or the thumb print.
    """

    scopes: Collection[ConsentScope]
    given_by: str
    given_on: date
    until_on: date
    way: ConsentWay
    photo: str


def note_consent(session: Session, vendor_id: int, said: Yes, *, actor: Actor, clock: Clock) -> str:
    """Write down a consent that was given to the centre, and return its code.

    Raises:
        Forbidden: only staff note it.
        Invalid: field "scopes" (none), "given_by" (length), "given_on" (a day to come) or "until_on" (before it, over
            already, or more than twelve months on).
        NotFound: there is no such vendor.
    """
    if not actor.has("staff", "manager"):
        raise Forbidden("note_consent")
    today = town_day(clock())
    if not said.scopes:
        raise Invalid("scopes", "empty")
    if not 1 <= len(said.given_by.strip()) <= MAX_NAME:
        raise Invalid("given_by", "length")
    if said.given_on > today or (today - said.given_on).days > MOST_DAYS:
        raise Invalid("given_on", "range")
    if said.until_on < today or not 0 <= (said.until_on - said.given_on).days <= MOST_DAYS:
        raise Invalid("until_on", "range")
    if session.get(Vendor, vendor_id) is None:
        raise NotFound("vendor")
    consent = Consent(
        code=new_code(10),
        vendor_id=vendor_id,
        scopes=sorted(said.scopes),
        given_by=said.given_by.strip(),
        given_on=said.given_on,
        until_on=said.until_on,
        way=said.way,
        photo=said.photo,
        noted_at=clock(),
        noted_by=actor.label,
    )
    session.add(consent)
    session.flush()
    return consent.code


def revoke_consent(session: Session, vendor_id: int, code: str, *, actor: Actor, clock: Clock) -> None:
    """End a consent at once; ended already, it stays as it is.

    Args:
        vendor_id: whose it is; the caller has asked whether the actor may speak for them.

    Raises:
        NotFound: the vendor has none of this code.
    """
    wanted = select(Consent).where(Consent.code == code, Consent.vendor_id == vendor_id).with_for_update()
    consent = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if consent is None:
        raise NotFound("consent")
    if consent.revoked_at is None:
        consent.revoked_at, consent.revoked_by = clock(), actor.label
        session.flush()


def check_consent(session: Session, vendor_id: int, *, actor: Actor, clock: Clock) -> None:
    """Refuse staff who act for a vendor without a consent that counts; it cannot be revoked until this act is written.

    Raises:
        Forbidden: there is none.
    """
    wanted = (
        select(Consent.id)
        .join(Vendor, Vendor.id == Consent.vendor_id)
        .where(Vendor.id == vendor_id, Vendor.code == actor.for_vendor, counts_on(town_day(clock())))
        .with_for_update(of=Consent)
    )
    if session.scalars(wanted).first() is None:
        raise Forbidden("acting")
