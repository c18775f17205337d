"""The dictionary as staff see it: what comes with the house, what they added, and what people looked for in vain."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.search.analysis import normalised
from shop.search.concepts import ConceptRow, merged, the_rows
from shop.search.models import SearchConcept, SearchMiss
from shop.search.queries import extra_concepts
from shop.search.reader import IndexMissing, Reader

MOST_FOUND = 40
MISSES_A_PAGE = 30
MOST_REPORTED = 50


@dataclass(frozen=True)
class NameFacts:
    """A name of a concept; `is_own` when staff added it."""

    text: str
    is_own: bool


@dataclass(frozen=True)
class OwnFacts:
    """What staff added to one concept, or the whole of one of their own."""

    code: str
    name: str
    names: tuple[str, ...]
    is_new: bool
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class ConceptFacts:
    """A concept of the dictionary.

    Attributes:
        broader: (code, name) of what it is a kind of.
        narrower: (code, name) of its kinds.
        is_new: it is one of the town's own.
        is_changed: staff added something to it.
    """

    code: str
    name: str
    chinese: tuple[NameFacts, ...]
    english: tuple[NameFacts, ...]
    broader: tuple[tuple[str, str], ...]
    narrower: tuple[tuple[str, str], ...]
    is_new: bool
    is_changed: bool
    note: str


@dataclass(frozen=True)
class MissFacts:
    """Something people looked for in vain."""

    id: int
    text: str
    understood: str
    times: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class MissPage:
    """One page of the misses, the most frequent first."""

    rows: tuple[MissFacts, ...]
    total: int
    page: int
    pages: int


class Dictionary:
    """All concepts as they are now: those of the house with the staff's words among them.

    Args:
        session: reads the staff's words.
    """

    def __init__(self, session: Session) -> None:
        self._extra = {row.code: row for row in extra_concepts(session)}
        self._notes = dict(session.execute(select(SearchConcept.code, SearchConcept.note)).all())
        self._house = {row.code: row for row in the_rows()}
        self.rows = merged(the_rows(), self._extra.values())
        self.by_code = {row.code: row for row in self.rows}

    def __contains__(self, code: str) -> bool:
        return code in self.by_code

    def name(self, code: str) -> str:
        """Return what a concept is called first, in Chinese if it can be."""
        row = self.by_code[code]
        return next(iter((*row.chinese, *row.english)), code)

    def named(self, name: str) -> tuple[str, ...]:
        """Return the codes of the concepts with exactly this name, Chinese or English."""
        wanted = normalised(name).strip()
        return tuple(row.code for row in self.rows if wanted in row.chinese or wanted in row.english)

    def containing(self, text: str) -> tuple[ConceptFacts, ...]:
        """Return concepts with a name that contains a text, those with the very name first."""
        wanted = normalised(text).strip()
        found = [row for row in self.rows if any(wanted in name for name in (*row.chinese, *row.english))]
        found.sort(key=lambda row: (wanted not in (*row.chinese, *row.english), min(map(len, row.chinese), default=99)))
        return tuple(self.facts(row.code) for row in found[:MOST_FOUND])

    def facts(self, code: str) -> ConceptFacts:
        """Return a concept.

        Raises:
            KeyError: there is none.
        """
        row = self.by_code[code]
        house = self._house.get(code, ConceptRow(code, (), (), ()))
        return ConceptFacts(
            code=code,
            name=self.name(code),
            chinese=tuple(NameFacts(name, name not in house.chinese) for name in row.chinese),
            english=tuple(NameFacts(name, name not in house.english) for name in row.english),
            broader=self._named(row.broader),
            narrower=self._named(other.code for other in self.rows if code in other.broader),
            is_new=code not in self._house,
            is_changed=code in self._extra,
            note=self._notes.get(code, ""),
        )

    def _named(self, codes: Iterable[str]) -> tuple[tuple[str, str], ...]:
        return tuple((code, self.name(code)) for code in codes)

    def own(self, session: Session) -> tuple[OwnFacts, ...]:
        """Return what staff added, the latest first."""
        rows = session.scalars(select(SearchConcept).order_by(SearchConcept.changed_at.desc(), SearchConcept.code))
        return tuple(
            OwnFacts(
                code=row.code,
                name=self.name(row.code),
                names=(*row.chinese, *row.english),
                is_new=row.code not in self._house,
                changed_at=row.changed_at,
                changed_by=row.changed_by,
            )
            for row in rows
        )

    def broader_of(self, codes: Sequence[str]) -> set[str]:
        """Return these concepts and everything they are kinds of."""
        found: set[str] = set()
        waiting = list(codes)
        while waiting:
            code = waiting.pop()
            if code not in found and code in self.by_code:
                found.add(code)
                waiting += self.by_code[code].broader
        return found

    def is_in_force(self, reader: Reader) -> bool:
        """Tell whether people are searching with these very words on this machine."""
        try:
            return reader.ask(lambda reading: reading.language.lexicon.rows) == self.rows
        except IndexMissing:
            return False


@dataclass(frozen=True)
class MissesWithin:
    """What people last looked for in vain within a stretch of time.

    Attributes:
        rows: those looked for most, each with whether staff have dealt with it.
        total: how many there are.
    """

    rows: tuple[tuple[MissFacts, bool], ...]
    total: int


def misses_within(session: Session, since: datetime, until: datetime) -> MissesWithin:
    """Return what people last looked for in vain from one moment on and before another, the most frequent first."""
    rows = session.execute(
        select(SearchMiss, func.count().over())
        .where(SearchMiss.last_at >= since, SearchMiss.last_at < until)
        .order_by(SearchMiss.times.desc(), SearchMiss.last_at.desc(), SearchMiss.id)
        .limit(MOST_REPORTED)
    ).all()
    facts = tuple(
        (MissFacts(m.id, m.text, m.understood, m.times, m.first_at, m.last_at), m.is_handled) for m, _all in rows
    )
    return MissesWithin(facts, rows[0][1] if rows else 0)


def misses(session: Session, page: int, *, are_handled: bool) -> MissPage:
    """Return a page of what people looked for in vain.

    Args:
        page: from 1; beyond the last one means the last.
        are_handled: those that staff have dealt with, else those that wait.
    """
    which = SearchMiss.is_handled.is_(are_handled)
    total = session.scalar(select(func.count()).select_from(SearchMiss).where(which)) or 0
    pages = max(1, -(-total // MISSES_A_PAGE))
    here = min(max(1, page), pages)
    rows = session.scalars(
        select(SearchMiss)
        .where(which)
        .order_by(SearchMiss.times.desc(), SearchMiss.last_at.desc(), SearchMiss.id)
        .offset((here - 1) * MISSES_A_PAGE)
        .limit(MISSES_A_PAGE)
    )
    facts = (MissFacts(m.id, m.text, m.understood, m.times, m.first_at, m.last_at) for m in rows)
    return MissPage(tuple(facts), total, here, pages)
