"""The dictionary of what the town sells: one concept, many names, and what it is a kind of."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from shop.search.pinyin import initials, joined

FILE = Path(__file__).parent / "data" / "concepts.tsv"
LATIN_WORD = re.compile(r"[a-z]+")
STOP_ENGLISH = frozenset({"a", "an", "and", "of", "the", "some", "with", "for", "s"})


Row = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""Chinese names, English names and broader ids, as written in the file."""


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
    """All concepts, by every way of naming them. Chinese names are simplified."""

    by_id: Mapping[str, Concept]
    by_chinese: Mapping[str, tuple[str, ...]] = field(repr=False)
    by_english: Mapping[tuple[str, ...], tuple[str, ...]] = field(repr=False)
    by_pinyin: Mapping[str, tuple[str, ...]] = field(repr=False)
    by_initials: Mapping[str, tuple[str, ...]] = field(repr=False)
    names_by_pinyin: Mapping[str, tuple[str, ...]] = field(repr=False)
    longest_english: int

    def broader(self, ids: Iterable[str]) -> list[str]:
        """Return what these concepts are kinds of, each once, without themselves."""
        own = list(ids)
        return list(dict.fromkeys(b for i in own for b in self.by_id[i].broader if b not in own))

    def starting_with(self, head: str) -> tuple[str, ...]:
        """Return concepts of which a Chinese name begins with this, but is longer."""
        return _unique(
            i for name, ids in self.by_chinese.items() if name != head and name.startswith(head) for i in ids
        )

    def latin_starting_with(self, head: str) -> tuple[str, ...]:
        """Return concepts of which the pinyin or an English word begins with this."""
        by_pinyin = (i for name, ids in self.by_pinyin.items() if name.startswith(head) for i in ids)
        by_english = (
            i for words, ids in self.by_english.items() if any(w.startswith(head) for w in words) for i in ids
        )
        return _unique((*by_pinyin, *by_english))


def _unique(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))


def parse(text: str) -> Concepts:
    """Read the dictionary: id, Chinese names, English names, broader ids, with tabs between and `|` within.

    Raises:
        ValueError: naming the line that has the wrong number of cells, or an id that is used twice or nowhere defined.
    """
    rows: dict[str, Row] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != 4 or cells[0] in rows:
            raise ValueError(f"line {number}: four cells and an id of its own are needed")
        chinese, english = (tuple(name for name in cell.split("|") if name) for cell in cells[1:3])
        rows[cells[0]] = (chinese, english, tuple(cells[3].split()))
    missing = sorted({b for _, _, broader in rows.values() for b in broader} - rows.keys())
    if missing:
        raise ValueError(f"broader concept {missing[0]} is not defined")
    by_id = {i: Concept(i, row[0], row[1], _closure(i, rows)) for i, row in rows.items()}
    return _indexed(by_id)


def _closure(start: str, rows: Mapping[str, Row]) -> tuple[str, ...]:
    found: list[str] = []
    waiting = list(rows[start][2])
    while waiting:
        nearest = waiting.pop(0)
        if nearest not in found and nearest != start:
            found.append(nearest)
            waiting.extend(rows[nearest][2])
    return tuple(found)


def _indexed(by_id: Mapping[str, Concept]) -> Concepts:
    chinese: dict[str, list[str]] = {}
    english: dict[tuple[str, ...], list[str]] = {}
    pinyin: dict[str, list[str]] = {}
    firsts: dict[str, list[str]] = {}
    names: dict[str, list[str]] = {}
    for concept in by_id.values():
        for name in concept.chinese:
            chinese.setdefault(name, []).append(concept.id)
            pinyin.setdefault(joined(name), []).append(concept.id)
            names.setdefault(joined(name), []).append(name)
            if len(name) > 1:
                firsts.setdefault(initials(name), []).append(concept.id)
        for name in concept.english:
            english.setdefault(tuple(english_words(name)), []).append(concept.id)
    return Concepts(
        by_id=by_id,
        by_chinese={name: _unique(ids) for name, ids in chinese.items()},
        by_english={words: _unique(ids) for words, ids in english.items()},
        by_pinyin={name: _unique(ids) for name, ids in pinyin.items()},
        by_initials={name: _unique(ids) for name, ids in firsts.items()},
        names_by_pinyin={sound: _unique(same) for sound, same in names.items()},
        longest_english=max(map(len, english), default=0),
    )


@cache
def the_concepts() -> Concepts:
    """Return the dictionary that comes with the house."""
    return parse(FILE.read_text(encoding="utf-8"))
