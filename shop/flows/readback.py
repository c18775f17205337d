"""Telling a vendor by short message what staff did for them, gathered, and that their yes to it soon ends."""

from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

from shop.kernel.clock import TOWN_ZONE, Clock, town_day
from shop.kernel.edge import Edge
from shop.notifications.services import wanted
from shop.notifications.tongues import short
from shop.vendors.acts.consents import ending, note_reminded
from shop.vendors.acts.services import note_told, untold
from shop.vendors.models import Vendor

GATHERED_FOR = timedelta(minutes=15)
"""So long after the first act that was not told, everything done until then is told in one message."""
WAKING = range(8, 20)
"""The hours of the town's day in which a consent's end is told."""
WORDS = 20
"""Characters that a short message has for what was done."""
LEAST_TITLE = 5


def tell_due(edge: Edge, *, clock: Clock) -> None:
    """Read back what staff did for vendors a quarter of an hour ago and since, one message a vendor."""
    with edge.reading() as session:
        vendor_ids = untold(session, before=clock() - GATHERED_FOR)
    for vendor_id in vendor_ids:
        edge.run(partial(_tell, vendor_id=vendor_id, clock=clock))


def _tell(session: Session, vendor_id: int, *, clock: Clock) -> None:
    told = note_told(session, vendor_id, clock=clock)
    if told:
        vendor, last = session.get_one(Vendor, vendor_id), told[-1]
        values = {
            "others": len(told) - 1,
            "words": in_short(last.words),
            "may_undo": any(act.undo_until is not None for act in told),
        }
        wanted(session, "acted_for", phone=vendor.phone, values=values, clock=clock)


def in_short(words: str) -> str:
    """Return the sentence of an act in the room of a short message: a long title is cut, not what was done."""
    title, colon, done = words.partition("。")[0].partition("：")
    if not colon:
        return short(title, WORDS)
    return short(short(title, max(LEAST_TITLE, WORDS - 1 - len(done))) + colon + done, WORDS)


def remind_due(edge: Edge, *, clock: Clock) -> None:
    """Tell vendors by day that a consent of theirs soon ends, seven days before and on the last day but one."""
    now = clock()
    if now.astimezone(TOWN_ZONE).hour not in WAKING:
        return
    with edge.reading() as session:
        consent_ids = ending(session, town_day(now))
    for consent_id in consent_ids:
        edge.run(partial(_remind, consent_id=consent_id, clock=clock))


def _remind(session: Session, consent_id: int, *, clock: Clock) -> None:
    consent = note_reminded(session, consent_id, town_day(clock()))
    if consent is not None:
        phone = session.get_one(Vendor, consent.vendor_id).phone
        until = f"{consent.until_on.month}月{consent.until_on.day}日"
        wanted(session, "consent_ends", phone=phone, values={"until": until}, clock=clock)
