"""The dictionary of what the town sells: one concept, many names, and what it is a kind of."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "concepts.tsv"
END = "\uffff"
"""Behind every character that is compared."""
LATIN_WORD = re.compile(r"[a-z]+")
STOP_ENGLISH = frozenset(
    {
        word
        for line in (
            "a an and of the some with for s i you we my me do does is are have has any can could where what how much",
            "many want need looking like to buy get find sell eat in on from please your best good there show it that",
        )
        for word in line.split()
    }
)


@dataclass(frozen=True)
class ConceptRow:
    """A concept as written down: in the file of the house, or by staff.

    Attributes:
        code: its id in the dictionary. A row with a code that exists adds its names to that concept.
        broader: codes of what it is a kind of.
    """

    code: str
    chinese: tuple[str, ...]
    english: tuple[str, ...]
    broader: tuple[str, ...]


@dataclass(frozen=True)
class Concept:
    """One kind of thing; `broader` holds everything it is a kind of, nearest first."""

    id: str
    chinese: tuple[str, ...]
    english: tuple[str, ...]
    broader: tuple[str, ...]


def stem(word: str) -> str:
    """Return an English noun in the singular, as far as cutting endings goes; the same cut is made on both sides."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 5 and word.endswith(("oes", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def english_words(text: str) -> list[str]:
    """Return the stems of a latin text's words, without the small words."""
    return [stem(word) for word in LATIN_WORD.findall(text) if word not in STOP_ENGLISH]


@dataclass(frozen=True)
class Concepts:
    """All concepts, by every way of writing them. Chinese names are simplified."""

    by_id: Mapping[str, Concept]
    by_chinese: Mapping[str, tuple[str, ...]] = field(repr=False)
    by_english: Mapping[tuple[str, ...], tuple[str, ...]] = field(repr=False)
    names: Sequence[str] = field(repr=False)

    def broader(self, ids: Iterable[str]) -> list[str]:
        """Return what these concepts are kinds of, each once, without themselves."""
        own = list(ids)
        return list(dict.fromkeys(b for i in own for b in self.by_id[i].broader if b not in own))

    def starting_with(self, head: str) -> Mapping[str, int]:
        """Return concepts of which a Chinese name begins with this, but is longer, with the shortest length of such."""
        return shortest((name, self.by_chinese[name]) for name in starting_with(self.names, head) if name != head)


def starting_with(ordered: Sequence[str], head: str) -> Sequence[str]:
    """Return those of some ordered words that begin with this."""
    return ordered[bisect_left(ordered, head) : bisect_left(ordered, head + END)]


def shortest(names: Iterable[tuple[str, Iterable[str]]]) -> dict[str, int]:
    """Return each concept with the length of its shortest name among these."""
    found: dict[str, int] = {}
    for name, ids in names:
        for i in ids:
            found[i] = min(len(name), found.get(i, len(name)))
    return found


def unique(ids: Iterable[str]) -> tuple[str, ...]:
    """Return each id once, in order."""
    return tuple(dict.fromkeys(ids))


def parse(text: str) -> tuple[ConceptRow, ...]:
    """Read the dictionary's file: id, Chinese names, English names, broader ids, with tabs between and `|` within.

    Raises:
        ValueError: naming the line that has the wrong number of cells or a second use of an id.
    """
    rows: dict[str, ConceptRow] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != 4 or cells[0] in rows:
            raise ValueError(f"line {number}: four cells and an id of its own are needed")
        chinese, english = (tuple(name for name in cell.split("|") if name) for cell in cells[1:3])
        rows[cells[0]] = ConceptRow(cells[0], chinese, english, tuple(cells[3].split()))
    return tuple(rows.values())


def merged(rows: Sequence[ConceptRow], extra: Iterable[ConceptRow]) -> tuple[ConceptRow, ...]:
    """Return a dictionary with more rows: a known code gets more names, an unknown one becomes a new concept.

    What a row of staff names as broader but nobody defines is left out: a word of theirs never breaks searching.
    """
    found = {row.code: row for row in rows}
    for row in extra:
        old = found.get(row.code, replace(row, chinese=(), english=(), broader=()))
        found[row.code] = ConceptRow(
            row.code,
            unique((*old.chinese, *row.chinese)),
            unique((*old.english, *row.english)),
            unique((*old.broader, *row.broader)),
        )
    return tuple(replace(row, broader=tuple(b for b in row.broader if b in found)) for row in found.values())


def built(rows: Sequence[ConceptRow]) -> Concepts:
    """Return the dictionary of these rows, ready for looking up.

    Raises:
        ValueError: a broader concept is not defined.
    """
    by_code = {row.code: row for row in rows}
    missing = sorted({b for row in rows for b in row.broader} - by_code.keys())
    if missing:
        raise ValueError(f"broader concept {missing[0]} is not defined")
    by_id = {row.code: Concept(row.code, row.chinese, row.english, _closure(row.code, by_code)) for row in rows}
    chinese: dict[str, list[str]] = {}
    english: dict[tuple[str, ...], list[str]] = {}
    for concept in by_id.values():
        for name in concept.chinese:
            chinese.setdefault(name, []).append(concept.id)
        for name in concept.english:
            english.setdefault(tuple(english_words(name.lower())), []).append(concept.id)
    english.pop((), None)
    return Concepts(
        by_id=by_id,
        by_chinese={name: unique(ids) for name, ids in chinese.items()},
        by_english={words: unique(ids) for words, ids in english.items()},
        names=sorted(chinese),
    )


def _closure(start: str, rows: Mapping[str, ConceptRow]) -> tuple[str, ...]:
    found: list[str] = []
    waiting = list(rows[start].broader)
    while waiting:
        nearest = waiting.pop(0)
        if nearest not in found and nearest != start:
            found.append(nearest)
            waiting.extend(rows[nearest].broader)
    return tuple(found)


@cache
def the_rows() -> tuple[ConceptRow, ...]:
    """Return the dictionary that comes with the house."""
    return parse(FILE.read_text(encoding="utf-8"))
