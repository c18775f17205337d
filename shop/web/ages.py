"""How long something has been waiting, in words, and whether that is too long; and a row of what waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shop.web.i18n import _

WARM, LATE = timedelta(hours=4), timedelta(hours=24)
"""Usual patience at the bench: after four hours a thing is looked at, after a day it is late."""


@dataclass(frozen=True)
class Age:
    """A length of waiting: its words, and fresh, warm or late."""

    text: str
    tone: str


@dataclass(frozen=True)
class QueueRow:
    """One thing that waits; see the queue component."""

    href: str
    title: str
    meta: str | None
    count: int | None
    unit: str
    age: str
    age_tone: str


def age(now: datetime, since: datetime, *, warm: timedelta = WARM, late: timedelta = LATE) -> Age:
    """Return how long something waits since a moment.

    Args:
        now: the present moment, aware.
        since: when it began to wait, aware.
        warm: from this length on it should be looked at.
        late: from this length on it is late.
    """
    length = max(timedelta(0), now - since)
    return Age(_words(length), "late" if length >= late else "warm" if length >= warm else "fresh")


def _words(length: timedelta) -> str:
    minutes = length // timedelta(minutes=1)
    if minutes < 1:
        return _("刚刚")
    if minutes < 60:
        return _("%(n)d 分钟", n=minutes)
    if minutes < 48 * 60:
        return _("%(n)d 小时", n=minutes // 60)
    return _("%(n)d 天", n=minutes // (24 * 60))
