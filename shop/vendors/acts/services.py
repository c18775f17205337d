"""Writing down what was done for a vendor, and that it was taken back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.codes import new_code
from shop.kernel.errors import NotFound, WrongState
from shop.vendors.acts.consents import check_consent
from shop.vendors.acts.models import Act, ActKind

OWN_TIME = timedelta(minutes=10)
"""So long the vendor's own act can be taken back."""
STAFF_TIME = timedelta(hours=24)
"""So long an act can be taken back that staff did for them."""
LONGEST_WORDS = 200


def note_act(
    session: Session,
    vendor_id: int,
    kind: ActKind,
    about: str,
    before: Mapping[str, Any],
    *,
    words: str,
    actor: Actor,
    clock: Clock,
) -> str:
    """Write down what was just done, in its transaction, and return the act's code.

    What staff do for a vendor needs a consent that counts at this moment: one revoked since the page was opened undoes
    the whole act with its transaction.

    Args:
        about: code of the listing or of the part of an order.
        before: what `shop.flows.undoing` needs to take it back; small and plain.
        words: one sentence, as the villager reads it.

    Raises:
        Forbidden: staff act for a vendor who does not want that, or no longer.
    """
    now, by_staff = clock(), bool(actor.for_vendor)
    if by_staff:
        check_consent(session, vendor_id, actor=actor, clock=clock)
    act = Act(
        code=new_code(10),
        vendor_id=vendor_id,
        kind=kind,
        about=about,
        before=dict(before),
        words=words[:LONGEST_WORDS],
        at=now,
        actor=actor.label,
        by_staff=by_staff,
        undo_until=None if kind is ActKind.FINAL else now + (STAFF_TIME if by_staff else OWN_TIME),
    )
    session.add(act)
    session.flush()
    return act.code


def lock_act(session: Session, vendor_id: int, code: str, *, actor: Actor, clock: Clock) -> Act:
    """Return a vendor's act for taking it back.

    Raises:
        Forbidden: staff act for the vendor without a consent that counts.
        NotFound: the vendor has no such act.
        WrongState: it was taken back already ("undone"), or its time is over ("late").
    """
    if actor.for_vendor:
        check_consent(session, vendor_id, actor=actor, clock=clock)
    wanted = select(Act).where(Act.code == code, Act.vendor_id == vendor_id).with_for_update()
    act = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if act is None:
        raise NotFound("act")
    if act.undone_at is not None:
        raise WrongState("act", "undone", "undone")
    if act.undo_until is None or clock() >= act.undo_until:
        raise WrongState("act", "late", "undone")
    return act


def note_undone(session: Session, act: Act, *, actor: Actor, clock: Clock) -> None:
    """Write down that an act was taken back."""
    act.undone_at, act.undone_by = clock(), actor.label
    session.flush()


def untold(session: Session, *, before: datetime) -> list[int]:
    """Return the ids of vendors to whom staff's acts are to be read back, the first of them done before a moment."""
    wanted = select(Act.vendor_id).where(_is_untold(), Act.at <= before).distinct().order_by(Act.vendor_id)
    return list(session.scalars(wanted))


def note_told(session: Session, vendor_id: int, *, clock: Clock) -> list[Act]:
    """Write down that staff's acts are read back to a vendor now, and return them, the oldest first."""
    wanted = select(Act).where(_is_untold(), Act.vendor_id == vendor_id).order_by(Act.id).with_for_update()
    acts = session.scalars(wanted).all()
    for act in acts:
        act.told_at = clock()
    session.flush()
    return list(acts)


def _is_untold() -> ColumnElement[bool]:
    return and_(Act.by_staff, Act.told_at.is_(None), Act.undone_at.is_(None))
