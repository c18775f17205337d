"""A vendor's yes to staff acting for them: noted with its photo, and taken back at any time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.codes import new_code
from shop.kernel.errors import Forbidden, Invalid, NotFound
from shop.vendors.acts.models import Consent, ConsentScope, ConsentWay
from shop.vendors.acts.queries import counts_on
from shop.vendors.models import Vendor, VendorState

MOST_DAYS = 366
"""A consent counts for twelve months at most; then it is asked for again."""
REMIND_DAYS = (7, 1)
"""So many days before its end a vendor is told of it."""
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


def ending(session: Session, today: date) -> list[int]:
    """Return the ids of consents whose end their vendor is to be told today, while none of theirs lasts longer."""
    soon = (
        select(Consent)
        .join(Vendor, Vendor.id == Consent.vendor_id)
        .where(
            Vendor.state == VendorState.APPROVED,
            counts_on(today),
            Consent.until_on <= today + timedelta(days=max(REMIND_DAYS)),
        )
    )
    rows = session.scalars(soon.order_by(Consent.id)).all()
    return [row.id for row in rows if _due(row, today) is not None and not _is_replaced(session, row)]


def note_reminded(session: Session, consent_id: int, today: date) -> Consent | None:
    """Write down that a consent's end is told now, and return it; None when that is no longer due."""
    consent = session.get_one(Consent, consent_id, with_for_update=True, populate_existing=True)
    fitting = _due(consent, today)
    if fitting is None:
        return None
    consent.reminded_days = fitting
    session.flush()
    return consent


def _due(consent: Consent, today: date) -> int | None:
    """Return which reminder of a consent's end is to be sent now, or None when it was, or none fits."""
    left = (consent.until_on - today).days
    fitting = min((days for days in REMIND_DAYS if 0 <= left <= days), default=None)
    is_short = (consent.until_on - consent.given_on).days <= max(REMIND_DAYS)
    if fitting is None or consent.revoked_at is not None or (is_short and left > min(REMIND_DAYS)):
        return None
    return fitting if consent.reminded_days is None or fitting < consent.reminded_days else None


def _is_replaced(session: Session, consent: Consent) -> bool:
    """Tell whether another consent of the vendor lasts longer and covers as much: its own end is told in its time."""
    longer = select(Consent.scopes).where(
        Consent.vendor_id == consent.vendor_id, Consent.revoked_at.is_(None), Consent.until_on > consent.until_on
    )
    return any(ConsentScope.ALL in scopes or set(consent.scopes) <= set(scopes) for scopes in session.scalars(longer))
