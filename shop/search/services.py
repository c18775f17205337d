"""What staff do with words: more names, concepts of the town's own, and dealing with searches that found nothing."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.codes import new_code
from shop.kernel.edge import Edge
from shop.kernel.errors import Forbidden, Invalid, NotFound, ShopError
from shop.search import misses
from shop.search.analysis import HAN, normalised
from shop.search.concepts import english_words, unique
from shop.search.misses import Miss
from shop.search.models import SearchConcept, SearchMiss
from shop.search.words import Dictionary

SHORTEST_NAME, LONGEST_NAME = 2, 12
"""Characters of a Chinese name; a single one would be found in half of all words."""
LONGEST_ENGLISH = 40
ENGLISH = re.compile(r"[a-z]+(?:[ '-][a-z]+)*")
OWN = "own-"
"""Begins the code of a concept of the town's own."""
MOST_MISSES = 5_000
"""Rows that are kept of searches that found nothing; beyond them the longest forgotten go."""


@dataclass
class NameTaken(ShopError):
    """A name belongs to another concept already; it may belong to both if that is wanted."""

    name: str
    code: str


@dataclass(frozen=True)
class Words:
    """What staff write down of a concept.

    Attributes:
        chinese: names in either script; English likewise in any case.
        broader: codes of what it is a kind of.
        may_share: a name may belong to another concept too.
    """

    chinese: tuple[str, ...] = ()
    english: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    note: str = ""
    may_share: bool = False


def save_concept(session: Session, code: str | None, words: Words, *, actor: Actor, clock: Clock) -> str:
    """Add words to a concept, or make a new one; the index follows within seconds.

    Args:
        code: of the concept, None for a new one.

    Returns:
        Its code.

    Raises:
        NotFound: no concept has this code.
        Invalid: a name cannot be one (`chinese`, `english`: shape, known), nothing was added (`chinese`: empty), or
            what it should be a kind of is unknown or a kind of itself (`broader`: unknown, cycle).
        NameTaken: a name belongs to another concept.
    """
    _check(actor)
    dictionary = Dictionary(session)
    if code is not None and code not in dictionary:
        raise NotFound("concept")
    chinese, english = _chinese(words.chinese), _english(words.english)
    if not chinese and (code is None or not (english or words.broader)):
        raise Invalid("chinese", "empty")
    _check_names(dictionary, code, chinese, "chinese", may_share=words.may_share)
    _check_names(dictionary, code, english, "english", may_share=words.may_share)
    _check_broader(dictionary, code, words.broader)
    row = _row(session, code or _own_code(dictionary, english), actor, clock)
    row.chinese = list(unique((*row.chinese, *chinese)))
    row.english = list(unique((*row.english, *english)))
    row.broader = list(unique((*row.broader, *words.broader)))
    row.note = words.note or row.note
    session.flush()
    return row.code


def _check(actor: Actor) -> None:
    if not actor.has("staff", "manager"):
        raise Forbidden("words")


def _chinese(typed: Iterable[str]) -> tuple[str, ...]:
    names = unique(name for text in typed if (name := normalised(text).strip()))
    if any(not HAN.fullmatch(name) or not SHORTEST_NAME <= len(name) <= LONGEST_NAME for name in names):
        raise Invalid("chinese", "shape")
    return names


def _english(typed: Iterable[str]) -> tuple[str, ...]:
    names = unique(name for text in typed if (name := " ".join(normalised(text).split())))
    if any(not ENGLISH.fullmatch(n) or len(n) > LONGEST_ENGLISH or not english_words(n) for n in names):
        raise Invalid("english", "shape")
    return names


def _check_names(
    dictionary: Dictionary, code: str | None, names: Sequence[str], field: str, *, may_share: bool
) -> None:
    for name in names:
        owners = dictionary.named(name)
        if code in owners:
            raise Invalid(field, "known")
        if owners and not may_share:
            raise NameTaken(name, owners[0])


def _check_broader(dictionary: Dictionary, code: str | None, broader: Sequence[str]) -> None:
    if any(each not in dictionary for each in broader):
        raise Invalid("broader", "unknown")
    if code is not None and code in dictionary.broader_of(broader):
        raise Invalid("broader", "cycle")


def _own_code(dictionary: Dictionary, english: Sequence[str]) -> str:
    told = re.sub(r"[^a-z]+", "-", english[0])[:24] if english else ""
    code = f"{OWN}{told or new_code(6).lower()}"
    return f"{code}-{new_code(4).lower()}" if code in dictionary else code


def _row(session: Session, code: str, actor: Actor, clock: Clock) -> SearchConcept:
    row = session.scalar(select(SearchConcept).where(SearchConcept.code == code).with_for_update())
    if row is None:
        row = SearchConcept(code=code, chinese=[], english=[], broader=[], note="")
        session.add(row)
    row.changed_at, row.changed_by = clock(), actor.label
    return row


def remove_concept(session: Session, code: str, name: str | None = None, *, actor: Actor, clock: Clock) -> None:
    """Take back what staff added to a concept: one name, or all of it; a concept of the house itself stays.

    Raises:
        NotFound: staff added no such thing.
        Invalid: other concepts are kinds of this one of the town's own (`code`: has_kinds).
    """
    _check(actor)
    row = session.scalar(select(SearchConcept).where(SearchConcept.code == code).with_for_update())
    if row is None or (name is not None and name not in (*row.chinese, *row.english)):
        raise NotFound("own words")
    chinese = [each for each in row.chinese if name is not None and each != name]
    english = [each for each in row.english if name is not None and each != name]
    facts = Dictionary(session).facts(code)
    is_nothing_left = not chinese and (facts.is_new or not (english or (row.broader and name is not None)))
    if is_nothing_left:
        if facts.is_new and facts.narrower:
            raise Invalid("code", "has_kinds")
        session.delete(row)
    else:
        row.chinese, row.english = chinese, english
        row.changed_at, row.changed_by = clock(), actor.label
    session.flush()


def name_miss(session: Session, miss_id: int, code: str, *, may_share: bool, actor: Actor, clock: Clock) -> None:
    """Make what people looked for in vain a name of a concept, and so deal with it.

    Raises:
        NotFound: there is no such search, or no such concept.
        Invalid, NameTaken: see `save_concept`.
    """
    miss = _miss(session, miss_id)
    is_chinese = HAN.search(miss.text) is not None
    names = (miss.text,)
    words = Words(chinese=names, may_share=may_share) if is_chinese else Words(english=names, may_share=may_share)
    save_concept(session, code, words, actor=actor, clock=clock)
    miss.is_handled = True


def handle_miss(session: Session, miss_id: int, *, is_handled: bool, actor: Actor) -> None:
    """Mark what people looked for in vain as dealt with, or take the mark back.

    Raises:
        NotFound: there is no such search.
    """
    _check(actor)
    _miss(session, miss_id).is_handled = is_handled


def _miss(session: Session, miss_id: int) -> SearchMiss:
    miss = session.get(SearchMiss, miss_id)
    if miss is None:
        raise NotFound("miss")
    return miss


def note_misses(session: Session, noted: Iterable[Miss], *, clock: Clock) -> None:
    """Count searches that found nothing; what staff dealt with stays so."""
    latest: dict[str, Miss] = {}
    times: dict[str, int] = {}
    for miss in noted:
        latest[miss.text] = miss
        times[miss.text] = times.get(miss.text, 0) + 1
    known = {row.text: row for row in session.scalars(select(SearchMiss).where(SearchMiss.text.in_(latest)))}
    for text, miss in sorted(latest.items()):
        row = known.get(text)
        if row is None:
            row = SearchMiss(text=text, times=0, first_at=clock(), is_handled=False)
            session.add(row)
        row.times += times[text]
        row.understood, row.last_at = miss.understood, clock()
    session.flush()
    beyond = select(SearchMiss.id).order_by(SearchMiss.last_at.desc(), SearchMiss.id.desc()).offset(MOST_MISSES)
    session.execute(delete(SearchMiss).where(SearchMiss.id.in_(list(session.scalars(beyond)))))


def collect_misses(edge: Edge, directory: Path, *, clock: Clock) -> None:
    """Take what this machine's pages noted over into the staff's list; for the process that keeps the index."""
    noted = misses.take(directory)
    if noted:
        edge.run(lambda session: note_misses(session, noted, clock=clock))
    misses.done(directory)
