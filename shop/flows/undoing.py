"""Taking back what was just done for a vendor: each kind of act has its one way back."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from shop.catalog.models import HiddenFor, ListingState
from shop.catalog.restock import forget_back
from shop.catalog.services import undoing as goods
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import NotFound, Stale, WrongState
from shop.orders import undoing as parts
from shop.vendors.acts.models import Act, ActKind
from shop.vendors.acts.services import lock_act, note_act, note_undone

Back = Callable[[Session, Act, Actor, Clock], None]
Words = Callable[[Session, ActKind, str], str]
"""From what was done about what, told by its code, to a sentence that says how it stands now."""


def undo(session: Session, vendor_id: int, act_code: str, *, words: Words, actor: Actor, clock: Clock) -> None:
    """Take an act back.

    When staff take back what the vendor did or has heard of, that is an act of its own, which is read back to them.

    Args:
        words: of that act, asked for once it is done.

    Raises:
        Forbidden: staff act for the vendor without a consent that counts.
        NotFound: the vendor has no such act.
        WrongState: it was taken back already ("undone"), or it is too late ("late").
        Stale: what it was about has changed since.
        NotLawful: it would show a thing again that the law does not let be shown.
    """
    act = lock_act(session, vendor_id, act_code, actor=actor, clock=clock)
    try:
        BACK[act.kind](session, act, actor, clock)
    except (NotFound, WrongState) as error:
        raise Stale("act") from error
    note_undone(session, act, actor=actor, clock=clock)
    if actor.for_vendor and (not act.by_staff or act.told_at is not None):
        told = words(session, act.kind, act.about)
        note_act(session, vendor_id, ActKind.FINAL, act.about, {}, words=told, actor=actor, clock=clock)


def _unpause(session: Session, act: Act, actor: Actor, clock: Clock) -> None:
    was_paused = act.kind is ActKind.PAUSED
    mark = act.before["mark"]
    goods.unpause(session, act.vendor_id, act.about, was_paused=was_paused, mark=mark, actor=actor, clock=clock)


def _uncount(session: Session, act: Act, actor: Actor, clock: Clock) -> None:
    counts = act.before.get("ways", [act.before])
    for counted in counts:
        goods.uncount(
            session,
            act.vendor_id,
            act.about,
            variant_id=counted["variant"],
            free=counted["free"],
            after=counted["after"],
            actor=actor,
            clock=clock,
        )
    forget_back(session, [counted["variant"] for counted in counts])


def _unconfirm(session: Session, act: Act, actor: Actor, clock: Clock) -> None:
    before = act.before["confirmed_at"]
    goods.unconfirm(
        session,
        act.vendor_id,
        act.about,
        confirmed_at=datetime.fromisoformat(before) if before else None,
        said_at=datetime.fromisoformat(act.before["said_at"]),
        was_hidden=act.before["was_hidden"],
        mark=act.before["mark"],
        actor=actor,
        clock=clock,
    )


def _unarchive(session: Session, act: Act, actor: Actor, clock: Clock) -> None:
    before = act.before
    goods.unarchive(
        session,
        act.vendor_id,
        act.about,
        to=ListingState(before["state"]),
        hidden_for=HiddenFor(before["hidden_for"]) if before["hidden_for"] else None,
        reason=before["reason"],
        revision_id=before["revision"],
        mark=before["mark"],
        actor=actor,
        clock=clock,
    )


def _unready(session: Session, act: Act, actor: Actor, clock: Clock) -> None:
    parts.unready(session, act.vendor_id, act.about, mark=act.before["mark"], actor=actor, clock=clock)


def _untell(session: Session, act: Act, actor: Actor, clock: Clock) -> None:
    before, after = goods.told_as_kept(act.before["before"]), goods.told_as_kept(act.before["after"])
    goods.untell(session, act.vendor_id, act.about, before=before, after=after, actor=actor, clock=clock)


def _unoffer(session: Session, act: Act, actor: Actor, clock: Clock) -> None:
    goods.unoffer(session, act.vendor_id, act.about, mark=act.before["mark"], actor=actor, clock=clock)


BACK: Mapping[ActKind, Back] = {
    ActKind.PAUSED: _unpause,
    ActKind.RESUMED: _unpause,
    ActKind.COUNTED: _uncount,
    ActKind.CONFIRMED: _unconfirm,
    ActKind.ARCHIVED: _unarchive,
    ActKind.READY: _unready,
    ActKind.PRICED: _untell,
    ActKind.OFFERED: _unoffer,
}
"""Every kind that can be taken back; an act of another has no time for it."""
