"""What people want a thing for, and what it has to be like: wishes in a question that name no goods."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from shop.search.analysis import HAN, Analyser, bigrams
from shop.search.clauses import Clause, concept_clauses

FILE = Path(__file__).parent / "data" / "wishes.tsv"
BEST, STEP, LEAST = 0.55, 0.03, 0.3
"""How much a thing that serves a purpose counts beside one that was named: the first in the list, less for each behind
it, and at least."""
BESIDE = 0.4
"""How much a purpose counts when the question names goods as well."""
WRITTEN = (("tg", 4.5), ("og", 4.0))
TOLD = 2.5
"""Weight of what sellers write of their goods: in the title or the tags, and in the story."""


@dataclass(frozen=True)
class Wish:
    """A purpose, or a quality.

    Attributes:
        said: how people say it.
        written: how sellers write it.
        things: concepts that serve the purpose, the best first; a quality has none.
    """

    said: tuple[str, ...]
    written: tuple[str, ...]
    things: tuple[str, ...]


def parse(text: str) -> tuple[Wish, ...]:
    """Read the file: said, written and things, with tabs between, `|` or blanks within.

    Raises:
        ValueError: naming the line that has the wrong number of cells.
    """
    found: list[Wish] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line and not line.startswith("#"):
            cells = line.split("\t")
            if len(cells) != 3:
                raise ValueError(f"line {number}: three cells are needed")
            found.append(Wish(tuple(cells[0].split("|")), tuple(cells[1].split("|")), tuple(cells[2].split())))
    return tuple(found)


@cache
def _spoken() -> tuple[re.Pattern[str], dict[str, Wish]]:
    by_phrase = {said: wish for wish in parse(FILE.read_text(encoding="utf-8")) for said in wish.said}
    longest_first = sorted(by_phrase, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), by_phrase


def wishes_in(text: str, analyser: Analyser) -> tuple[str, tuple[Wish, ...]]:
    """Return a normalised text without the purposes that it names, and all wishes in it.

    A phrase within a name of goods (清明 in 清明菜) is no wish; a quality stays in the text, it may be part of a name.
    """
    pattern, by_phrase = _spoken()
    taken = [word for run in HAN.finditer(text) for word in _words(run.start(), run.group(), analyser)]
    found: list[Wish] = []
    rest = text
    for match in pattern.finditer(text):
        inside = any(_is_part(match, *word) for word in taken)
        wish = by_phrase[match.group()]
        if wish in found or (inside and wish.things):
            continue
        found.append(wish)
        if wish.things:
            rest = rest[: match.start()] + " " * len(match.group()) + rest[match.end() :]
    return rest, tuple(found)


def _is_part(match: re.Match[str], start: int, end: int, is_name: bool) -> bool:
    """Tell whether a phrase is only part of a word (养鸡 in 养鸡场), or cuts into a name."""
    overlaps = start < match.end() and match.start() < end
    within = match.start() <= start and end <= match.end()
    around = start <= match.start() and match.end() <= end
    return overlaps and not within and (is_name or around)


def _words(at: int, run: str, analyser: Analyser) -> Iterable[tuple[int, int, bool]]:
    """Yield where each longer word of a run begins and ends, and whether it is a name."""
    for word in analyser.segments(run):
        if len(word) > 1:
            yield at, at + len(word), word in analyser.concepts.by_chinese or word in analyser.places
        at += len(word)


def wish_clauses(wishes: Sequence[Wish], known: Iterable[str]) -> list[Clause]:
    """Return what the goods of some wishes match.

    Args:
        known: ids of the dictionary that is in use.
    """
    ids = frozenset(known)
    found: list[Clause] = []
    for wish in wishes:
        for number, thing in enumerate(i for i in wish.things if i in ids):
            found += [
                clause for clause in concept_clauses([thing], max(LEAST, BEST - STEP * number)) if not clause.is_last
            ]
        for text in wish.written:
            terms = tuple(bigrams(text)) or (text,)
            is_enough = len(text) > 1
            found += [Clause(name, terms, weight, is_constant=True, is_enough=is_enough) for name, weight in WRITTEN]
            if wish.things:
                found.append(Clause("dw", (text,), TOLD, is_constant=True, is_enough=False))
    return found


def beside(clauses: Iterable[Clause]) -> list[Clause]:
    """Return clauses that only rank what was named: what serves a purpose less, what is written of it in full."""
    in_full = {name for name, _ in WRITTEN}
    return [
        replace(clause, weight=clause.weight * (1 if clause.field in in_full else BESIDE), is_enough=False)
        for clause in clauses
    ]
