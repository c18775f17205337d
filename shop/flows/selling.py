"""Whether a vendor sells: suspended, back, leaving, left. Their goods follow, and so does what buyers find.

Goods keep their own states: they are not shown while their vendor does not sell, and stand as they stood afterwards.
"""

from datetime import timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.sequence import touch_vendor
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.edge import Edge
from shop.kernel.errors import Forbidden, Invalid, WrongState
from shop.notifications.services import wanted
from shop.vendors.models import Vendor, VendorState
from shop.vendors.queries import vendor_passages
from shop.vendors.rules import LONGEST_REASON, NOTICE_DAYS
from shop.vendors.services import advance, lock_vendor, note_notice


def suspend(session: Session, code: str, *, reason: str, actor: Actor, clock: Clock) -> None:
    """Take all goods of a vendor off the shelf until further notice; what was ordered is still brought.

    Raises:
        Forbidden: only managers decide that.
        Invalid: field "reason"; reason "missing" or "long".
        NotFound: there is no such vendor.
        WrongState: they do not sell.
    """
    vendor = _decided(session, code, actor=actor)
    said = _said(reason)
    if vendor.state is not VendorState.APPROVED:
        raise WrongState("vendor", vendor.state, VendorState.SUSPENDED)
    _go(session, vendor, VendorState.SUSPENDED, "suspended", words=said, actor=actor, clock=clock)


def restore(session: Session, code: str, *, actor: Actor, clock: Clock) -> None:
    """Let a suspended vendor, or one that left, sell again; their goods stand as they stood.

    Raises:
        Forbidden, NotFound: as `suspend`.
        WrongState: they sell already.
    """
    vendor = _decided(session, code, actor=actor)
    _go(session, vendor, VendorState.APPROVED, "restored", actor=actor, clock=clock)


def announce_leaving(session: Session, code: str, *, reason: str, actor: Actor, clock: Clock) -> None:
    """Tell everybody that a vendor stops selling in `NOTICE_DAYS` days; one that is suspended leaves at once.

    Raises:
        Forbidden, Invalid, NotFound: as `suspend`.
        WrongState: they have left, or are leaving already.
    """
    vendor = _decided(session, code, actor=actor)
    said = _said(reason)
    if vendor.state is VendorState.LEFT or vendor.leaves_on is not None:
        raise WrongState("vendor", vendor.state, VendorState.LEFT)
    if vendor.state is VendorState.SUSPENDED:
        _go(session, vendor, VendorState.LEFT, "left", words=said, actor=actor, clock=clock)
        return
    vendor.leaves_on = town_day(clock()) + timedelta(days=NOTICE_DAYS)
    note_notice(session, vendor, said, actor=actor, clock=clock)
    _tell(session, vendor, "leaving", f"{vendor.leaves_on.month}月{vendor.leaves_on.day}日", clock=clock)


def stay(session: Session, code: str, *, actor: Actor, clock: Clock) -> None:
    """Take the announcement back that a vendor stops selling.

    Raises:
        Forbidden, NotFound: as `suspend`.
        WrongState: nothing was announced.
    """
    vendor = _decided(session, code, actor=actor)
    if vendor.leaves_on is None:
        raise WrongState("vendor", vendor.state, VendorState.APPROVED)
    vendor.leaves_on = None
    note_notice(session, vendor, "", actor=actor, clock=clock)
    _tell(session, vendor, "staying", clock=clock)


def leave_due(edge: Edge, *, actor: Actor, clock: Clock) -> None:
    """Let every vendor go whose announced day has come, each in a transaction of its own."""
    due = Vendor.leaves_on <= town_day(clock())
    with edge.reading() as session:
        codes = session.scalars(select(Vendor.code).where(due).order_by(Vendor.id)).all()
    for code in codes:
        edge.run(partial(_leave, code=code, actor=actor, clock=clock))


def _leave(session: Session, code: str, *, actor: Actor, clock: Clock) -> None:
    vendor = lock_vendor(session, code)
    # The manager may have taken it back since the job looked.
    if vendor.leaves_on is not None and vendor.leaves_on <= town_day(clock()):
        announced = vendor_passages(session, vendor.id)[-1]
        _go(session, vendor, VendorState.LEFT, "left", words=announced.reason, actor=actor, clock=clock)


def _decided(session: Session, code: str, *, actor: Actor) -> Vendor:
    if not actor.has("manager"):
        raise Forbidden("vendor_state")
    return lock_vendor(session, code)


def _said(reason: str) -> str:
    said = " ".join(reason.split())
    if not said:
        raise Invalid("reason", "missing")
    if len(said) > LONGEST_REASON:
        raise Invalid("reason", "long")
    return said


def _go(
    session: Session, vendor: Vendor, to: VendorState, how: str, *, words: str = "", actor: Actor, clock: Clock
) -> None:
    advance(session, vendor, to, actor=actor, clock=clock, reason=words)
    touch_vendor(session, vendor.id)
    _tell(session, vendor, how, words, clock=clock)


def _tell(session: Session, vendor: Vendor, how: str, words: str = "", *, clock: Clock) -> None:
    wanted(session, "vendor_state", phone=vendor.phone, values={"how": how, "words": words}, clock=clock)
