"""Writing down what was done for a vendor, and that it was taken back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.codes import new_code
from shop.kernel.errors import NotFound, WrongState
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

    Args:
        about: code of the listing or of the part of an order.
        before: what `shop.flows.undoing` needs to take it back; small and plain.
        words: one sentence, as the villager reads it.
    """
    now, by_staff = clock(), bool(actor.for_vendor)
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


def lock_act(session: Session, vendor_id: int, code: str, *, clock: Clock) -> Act:
    """Return a vendor's act for taking it back.

    Raises:
        NotFound: the vendor has no such act.
        WrongState: it was taken back already ("undone"), or its time is over ("late").
    """
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
