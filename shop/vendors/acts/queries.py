"""Reads of what was done for a vendor."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from shop.vendors.acts.models import Act, ActKind, Consent, ConsentScope, ConsentWay
from shop.vendors.models import Vendor, VendorState
from shop.vendors.queries import VendorFacts, vendor_facts


@dataclass(frozen=True)
class ActFacts:
    """One thing that was done.

    Attributes:
        about: code of the listing or of the part of an order.
        who: code of the person who did it.
        by_staff: the centre did it for the vendor.
        undo_until: when there is no more time to take it back; None where there never was.
        may_undo: it can be taken back now, as far as time goes.
    """

    code: str
    kind: ActKind
    about: str
    words: str
    at: datetime
    who: str
    by_staff: bool
    undo_until: datetime | None
    may_undo: bool
    undone_at: datetime | None


def _facts(act: Act, now: datetime) -> ActFacts:
    is_open = act.undone_at is None and act.undo_until is not None and now < act.undo_until
    who = act.actor.partition(">")[0]
    return ActFacts(
        code=act.code,
        kind=act.kind,
        about=act.about,
        words=act.words,
        at=act.at,
        who=who,
        by_staff=act.by_staff,
        undo_until=act.undo_until,
        may_undo=is_open,
        undone_at=act.undone_at,
    )


def acts_of(session: Session, vendor_id: int, *, since: datetime, now: datetime, limit: int) -> list[ActFacts]:
    """Return what was done for a vendor, the newest first."""
    wanted = select(Act).where(Act.vendor_id == vendor_id, Act.at >= since).order_by(Act.at.desc(), Act.id.desc())
    return [_facts(act, now) for act in session.scalars(wanted.limit(limit))]


@dataclass(frozen=True)
class DoneFor:
    """One thing that staff did for a vendor, and when it was read back to them."""

    act: ActFacts
    vendor_code: str
    vendor_name: str
    told_at: datetime | None


def done_for_vendors(
    session: Session, *, vendor_code: str = "", who: str = "", since: datetime, now: datetime, limit: int
) -> list[DoneFor]:
    """Return what staff did for vendors, the newest first.

    Args:
        vendor_code: for this vendor only.
        who: by the person of this code only.
    """
    wanted = select(Act, Vendor.code, Vendor.name).join(Vendor, Vendor.id == Act.vendor_id)
    wanted = wanted.where(Act.by_staff, Act.at >= since).order_by(Act.id.desc()).limit(limit)
    if vendor_code:
        wanted = wanted.where(Vendor.code == vendor_code)
    if who:
        wanted = wanted.where(Act.actor.startswith(f"{who}>", autoescape=True))
    return [DoneFor(_facts(act, now), code, name, act.told_at) for act, code, name in session.execute(wanted)]


def act_by_code(session: Session, vendor_id: int, code: str, *, now: datetime) -> ActFacts | None:
    """Return a vendor's act, or None."""
    act = session.scalar(select(Act).where(Act.code == code, Act.vendor_id == vendor_id))
    return None if act is None else _facts(act, now)


def last_act(session: Session, vendor_id: int, about: str) -> str | None:
    """Return the code of the last thing that was done about a listing or a part, or None."""
    wanted = select(Act.code).where(Act.vendor_id == vendor_id, Act.about == about, Act.undone_at.is_(None))
    return session.scalars(wanted.order_by(Act.id.desc()).limit(1)).first()


def vendor_names(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Return the names of vendors by their codes, whatever their state."""
    rows = session.execute(select(Vendor.code, Vendor.name).where(Vendor.code.in_(codes)))
    return {row[0]: row[1] for row in rows}


def is_noted(session: Session, vendor_id: int, about: str, words: str) -> bool:
    """Tell whether the very same was noted already."""
    wanted = select(Act.id).where(Act.vendor_id == vendor_id, Act.about == about, Act.words == words)
    return session.scalars(wanted.limit(1)).first() is not None


@dataclass(frozen=True)
class Acting:
    """For whom staff may act, in what, and until which day."""

    vendor: VendorFacts
    scopes: frozenset[ConsentScope]
    until_on: date

    def may(self, scope: ConsentScope) -> bool:
        """Tell whether the vendor said yes to this."""
        return not self.scopes.isdisjoint({scope, ConsentScope.ALL})


def counts_on(today: date) -> ColumnElement[bool]:
    """Return the condition that a consent counts on a day."""
    return and_(Consent.revoked_at.is_(None), Consent.given_on <= today, Consent.until_on >= today)


def acting_for(session: Session, vendor_code: str, today: date) -> Acting | None:
    """Return how far staff may act for an approved vendor, all consents that count taken together, or None."""
    rows = session.execute(
        select(Vendor, Consent)
        .join(Consent, Consent.vendor_id == Vendor.id)
        .where(Vendor.code == vendor_code, Vendor.state == VendorState.APPROVED, counts_on(today))
    ).all()
    if not rows:
        return None
    scopes = frozenset(ConsentScope(scope) for _vendor, consent in rows for scope in consent.scopes)
    return Acting(vendor_facts(rows[0][0]), scopes, max(consent.until_on for _vendor, consent in rows))


@dataclass(frozen=True)
class ConsentFacts:
    """A vendor's yes to staff acting for them."""

    code: str
    scopes: tuple[ConsentScope, ...]
    given_by: str
    given_on: date
    until_on: date
    way: ConsentWay
    photo: str
    noted_by: str
    revoked_at: datetime | None

    def counts(self, today: date) -> bool:
        """Tell whether it counts on a day."""
        return self.revoked_at is None and self.given_on <= today <= self.until_on


def consents_of(session: Session, vendor_id: int) -> list[ConsentFacts]:
    """Return a vendor's consents, the newest first."""
    wanted = select(Consent).where(Consent.vendor_id == vendor_id).order_by(Consent.id.desc())
    return [
        ConsentFacts(
            code=row.code,
            scopes=tuple(ConsentScope(scope) for scope in row.scopes),
            given_by=row.given_by,
            given_on=row.given_on,
            until_on=row.until_on,
            way=row.way,
            photo=row.photo,
            noted_by=row.noted_by,
            revoked_at=row.revoked_at,
        )
        for row in session.scalars(wanted)
    ]


def consent_ends(session: Session, today: date) -> dict[int, date]:
    """Return until when staff may act for vendors, by the vendors' ids; nothing of those for whom they may not."""
    last = select(Consent.vendor_id, func.max(Consent.until_on)).where(counts_on(today)).group_by(Consent.vendor_id)
    return {row[0]: row[1] for row in session.execute(last)}
