"""When a sound index is built anew all the same: for new words, to be rid of what was taken out, and every night."""

import random
from contextlib import closing
from datetime import datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from time import monotonic

from sqlalchemy.orm import Session

from shop.catalog.search_feed import own_words
from shop.kernel.clock import TOWN_ZONE, Clock
from shop.search.concepts import merged, the_rows
from shop.search.index import Index, Meta
from shop.search.lexicon import Lexicon
from shop.search.queries import extra_concepts

STAFF_WORDS_S = 3
"""How often the staff's words are compared with those of the index."""
OWN_WORDS_S = 300
"""How often the town's names and tags are, and what was taken out is counted; only when something has changed."""
MANY_REMOVED, MANY_OF = 0.2, 500
"""The share of listings taken out from which a larger index is built anew: the library never removes them."""
NIGHT = time(2, 0)
NIGHT_MINUTES = 180
"""The nightly minute is drawn by lot, so that machines do not all begin at once."""
PUT_OFF_S = 600


class Due(StrEnum):
    """Why a new generation is written beside a sound one."""

    WANTED = "wanted"
    STAFF_WORDS = "staff_words"
    OWN_WORDS = "own_words"
    REMOVED = "removed"
    NIGHTLY = "nightly"


class Habits:
    """Remembers when what was last looked at.

    Args:
        clock: tells when the night is.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lexicon: Lexicon | None = None
        self._nightly_at = self._next_night()
        self._next: dict[Due, float] = {}
        self._seen_seq = -1

    def adopt(self, lexicon: Lexicon) -> None:
        """Take note of the words of a new generation."""
        self._lexicon = lexicon
        self._nightly_at = self._next_night()

    def put_off(self) -> None:
        """Do not ask again for a while: it cannot be done now."""
        for each in (Due.STAFF_WORDS, Due.OWN_WORDS):
            self._next[each] = monotonic() + PUT_OFF_S
        self._nightly_at = self._next_night()

    def due(self, session: Session, folder: Path, meta: Meta) -> Due | None:
        """Return why a new generation should be written now, if there is a reason.

        Args:
            session: reads the words.
            folder: of the generation in use.
            meta: what it says of itself.
        """
        assert self._lexicon is not None
        is_time = self._is_time(Due.STAFF_WORDS, STAFF_WORDS_S)
        if is_time and merged(the_rows(), extra_concepts(session)) != self._lexicon.rows:
            return Due.STAFF_WORDS
        if meta.seq != self._seen_seq and self._is_time(Due.OWN_WORDS, OWN_WORDS_S):
            self._seen_seq = meta.seq
            if tuple(own_words(session)) != self._lexicon.own:
                return Due.OWN_WORDS
            if _is_full_of_removed(folder):
                return Due.REMOVED
        return Due.NIGHTLY if self._clock() >= self._nightly_at else None

    def _is_time(self, what: Due, every_s: float) -> bool:
        now = monotonic()
        is_time = now >= self._next.get(what, 0)
        if is_time:
            self._next[what] = now + every_s
        return is_time

    def _next_night(self) -> datetime:
        """Return the next minute for the nightly build."""
        now = self._clock().astimezone(TOWN_ZONE)
        night = datetime.combine(now.date(), NIGHT, TOWN_ZONE)
        if now >= night:
            night += timedelta(days=1)
        return night + timedelta(minutes=random.randrange(NIGHT_MINUTES))  # noqa: S311 - a lot, not a secret


def _is_full_of_removed(folder: Path) -> bool:
    with closing(Index.open(folder).lookup()) as lookup:
        size = sum(part.size for part in lookup.parts)
        removed = sum(len(gone) for gone in lookup.removed)
    return size >= MANY_OF and removed > size * MANY_REMOVED
