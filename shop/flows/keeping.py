"""What a vendor does day by day with goods that are there, each act noted with what taking it back needs to know."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from shop.catalog.models import HiddenFor, Listing
from shop.catalog.services import listings, passages
from shop.catalog.services.undoing import last_passage, last_reason, told_now
from shop.catalog.services.waiting import waiting_revision
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.orders import services as orders
from shop.orders import undoing as parts
from shop.orders.models import VendorOrderState
from shop.vendors.acts.models import ActKind
from shop.vendors.acts.queries import is_noted, last_act
from shop.vendors.acts.services import note_act

T = TypeVar("T")
Words = Callable[[str], str]
"""From a thing's title to the sentence that its vendor reads."""


def count(
    session: Session,
    vendor_id: int,
    code: str,
    free: int,
    *,
    saw_free: int,
    place: int,
    words: Words,
    actor: Actor,
    clock: Clock,
) -> str:
    """Set how much of one way of a thing is free, and return the act's code.

    Raises:
        As `shop.catalog.services.listings.set_free`.
    """
    listings.set_free(session, vendor_id, code, free, saw_free=saw_free, place=place, actor=actor, clock=clock)
    listing = passages.of_vendor(session, vendor_id, code)
    before = {"variant": listing.variants[place].id, "free": saw_free, "after": free}
    return note_act(
        session, vendor_id, ActKind.COUNTED, code, before, words=words(listing.title), actor=actor, clock=clock
    )


def pause(
    session: Session, vendor_id: int, code: str, *, paused: bool, words: Words, actor: Actor, clock: Clock
) -> str:
    """Take a thing off the shelf for a while, or put it back, and return the act's code.

    Raises:
        As `shop.catalog.services.passages.pause`.
    """
    listing = passages.pause(session, vendor_id, code, paused=paused, actor=actor, clock=clock)
    kind = ActKind.PAUSED if paused else ActKind.RESUMED
    before = {"mark": last_passage(session, listing)}
    return note_act(session, vendor_id, kind, code, before, words=words(listing.title), actor=actor, clock=clock)


def confirm(session: Session, vendor_id: int, code: str, *, words: Words, actor: Actor, clock: Clock) -> str:
    """Note that a thing is still to be had, and return the act's code.

    Raises:
        As `shop.catalog.services.passages.confirm`.
    """
    listing = passages.of_vendor(session, vendor_id, code)
    said_before, was_hidden = listing.confirmed_at, listing.hidden_for is HiddenFor.NOT_CONFIRMED
    passages.confirm(session, vendor_id, code, actor=actor, clock=clock)
    assert listing.confirmed_at is not None, "it was just said"
    before = {
        "confirmed_at": said_before.isoformat() if said_before is not None else None,
        "said_at": listing.confirmed_at.isoformat(),
        "was_hidden": was_hidden,
        "mark": last_passage(session, listing),
    }
    return note_act(
        session, vendor_id, ActKind.CONFIRMED, code, before, words=words(listing.title), actor=actor, clock=clock
    )


def archive(session: Session, vendor_id: int, code: str, *, words: Words, actor: Actor, clock: Clock) -> str:
    """Put a thing away, and return the act's code.

    Raises:
        As `shop.catalog.services.passages.archive`.
    """
    listing = passages.of_vendor(session, vendor_id, code)
    waiting = waiting_revision(session, listing.id)
    before = {
        "state": listing.state.value,
        "hidden_for": listing.hidden_for.value if listing.hidden_for is not None else None,
        "reason": last_reason(session, listing),
        "revision": waiting.id if waiting is not None else None,
    }
    passages.archive(session, vendor_id, code, actor=actor, clock=clock)
    before["mark"] = last_passage(session, listing)
    return note_act(
        session, vendor_id, ActKind.ARCHIVED, code, before, words=words(listing.title), actor=actor, clock=clock
    )


def ready(session: Session, vendor_id: int, code: str, *, words: Words, actor: Actor, clock: Clock) -> str | None:
    """Note that a part is ready, and return the act's code; said twice, it is the first act's.

    Raises:
        As `shop.orders.services.mark_ready`.
    """
    was_ready = orders.lock_part(session, code).state is VendorOrderState.READY
    part = orders.mark_ready(session, vendor_id, code, actor=actor, clock=clock)
    if was_ready:
        return last_act(session, vendor_id, code)
    before = {"mark": parts.last_passage(session, part)}
    title = part.lines[0].title
    return note_act(session, vendor_id, ActKind.READY, code, before, words=words(title), actor=actor, clock=clock)


def tell(
    session: Session,
    vendor_id: int,
    code: str,
    change: Callable[[Session], T],
    *,
    words: Words,
    actor: Actor,
    clock: Clock,
) -> tuple[T, str | None]:
    """Let a thing be told otherwise, its photos among it; return what the change says and the code of an act to undo.

    A change that alters nothing is no act.

    Args:
        change: does it, in the same transaction; what it raises is raised.

    Raises:
        NotFound: the vendor has no such listing.
    """
    listing = passages.of_vendor(session, vendor_id, code)
    before = told_now(session, listing)
    changed = change(session)
    after = told_now(session, listing)
    if after == before:
        return changed, None
    kept, told = {"before": before.plain, "after": after.plain}, words(listing.title)
    return changed, note_act(session, vendor_id, ActKind.PRICED, code, kept, words=told, actor=actor, clock=clock)


def note_offered(session: Session, listing: Listing, *, words: Words, actor: Actor, clock: Clock) -> str:
    """Note a new thing that was sent for review, once, and return the act's code."""
    first = last_act(session, listing.vendor_id, listing.code)
    if first is not None:
        return first
    before, told = {"mark": last_passage(session, listing)}, words(listing.title)
    kind = ActKind.OFFERED
    return note_act(session, listing.vendor_id, kind, listing.code, before, words=told, actor=actor, clock=clock)


def note_final(session: Session, vendor_id: int, about: str, *, words: str, actor: Actor, clock: Clock) -> None:
    """Note what staff did for a vendor that cannot be taken back, so that it is read back to them; once.

    The vendor's own such acts need no note: they were asked once more before, and did it themself.
    """
    if actor.for_vendor and not is_noted(session, vendor_id, about, words):
        note_act(session, vendor_id, ActKind.FINAL, about, {}, words=words, actor=actor, clock=clock)
