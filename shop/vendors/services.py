"""Writes of vendors."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Forbidden, Invalid, NotFound
from shop.kernel.states import check_passage, passage
from shop.town.models import Village
from shop.vendors.models import Member, Paper, PaperKind, Standing, Vendor, VendorHistory, VendorState
from shop.vendors.rules import NEXT


def add_vendor(
    session: Session,
    *,
    code: str,
    name: str,
    person: str,
    phone: str,
    village_code: str,
    standing: Standing,
    story: str,
    since_year: int | None,
    actor: Actor,
    clock: Clock,
) -> Vendor:
    """Register a vendor whose papers the centre has seen.

    Raises:
        Forbidden: only managers register vendors.
        NotFound: there is no such village.
    """
    if not actor.has("manager"):
        raise Forbidden("add_vendor")
    village = session.scalars(select(Village).where(Village.code == village_code)).one_or_none()
    if village is None:
        raise NotFound("village")
    vendor = Vendor(
        code=code,
        name=name,
        person=person,
        phone=phone,
        village_id=village.id,
        standing=standing,
        story=story,
        since_year=since_year,
        created_at=clock(),
    )
    session.add(vendor)
    session.flush()
    return vendor


def add_member(session: Session, vendor_id: int, user_id: int, *, actor: Actor) -> None:
    """Let a person act for a vendor.

    Raises:
        Forbidden: only managers decide that.
    """
    if not actor.has("manager"):
        raise Forbidden("add_member")
    session.add(Member(vendor_id=vendor_id, user_id=user_id))
    session.flush()


def add_paper(
    session: Session,
    vendor_id: int,
    kind: PaperKind,
    number: str,
    until: date | None,
    *,
    actor: Actor,
    clock: Clock,
) -> Paper:
    """Note a paper of a vendor that the centre has seen; the same one with another end was seen again.

    Args:
        until: the last town day on which it counts; without one it does not end.

    Raises:
        Forbidden: only managers see papers.
        Invalid: it has no number.
        NotFound: there is no such vendor.
    """
    if not actor.has("manager"):
        raise Forbidden("add_paper")
    if not 1 <= len(number.strip()) <= 200:
        raise Invalid("number", "length")
    if session.get(Vendor, vendor_id) is None:
        raise NotFound("vendor")
    same = select(Paper).where(Paper.vendor_id == vendor_id, Paper.kind == kind, Paper.number == number.strip())
    paper = session.scalars(same.order_by(Paper.id)).first()
    known = paper is not None
    if paper is None:
        paper = Paper(vendor_id=vendor_id, kind=kind, number=number.strip())
        session.add(paper)
    if not known or paper.until != until:
        paper.until, paper.added_at, paper.added_by = until, clock(), actor.label
    session.flush()
    return paper


def lock_vendor(session: Session, code: str) -> Vendor:
    """Return a vendor, while nobody else changes how they stand.

    Raises:
        NotFound: there is none of this code.
    """
    wanted = select(Vendor).where(Vendor.code == code).with_for_update(of=Vendor)
    vendor = session.scalar(wanted.execution_options(populate_existing=True))
    if vendor is None:
        raise NotFound("vendor")
    return vendor


def advance(session: Session, vendor: Vendor, to: VendorState, *, actor: Actor, clock: Clock, reason: str = "") -> None:
    """Bring a locked vendor to another state and write down by whom and why; a leaving that was announced is over.

    Raises:
        WrongState: there is no such passage.
    """
    check_passage("vendor", NEXT, vendor.state, to)
    row = passage(vendor.state, to, actor=actor, clock=clock, reason=reason)
    session.add(VendorHistory(vendor_id=vendor.id, **row))
    vendor.state, vendor.leaves_on = to, None
    session.flush()


def note_notice(session: Session, vendor: Vendor, reason: str, *, actor: Actor, clock: Clock) -> None:
    """Write down that a locked vendor's leaving was announced and why, or, without a reason, taken back."""
    row = passage(vendor.state, vendor.state, actor=actor, clock=clock, reason=reason)
    session.add(VendorHistory(vendor_id=vendor.id, **row))
    session.flush()
