"""Words that the law forbids where goods are offered: cures, absolutes, and goods that may not be sold at all.

The words are reviewed data (`data/forbidden.toml`), each group with the law behind it. They are found in whatever
width, in traditional characters, and with blanks, dots or signs between the characters.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from opencc import OpenCC

HAN = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000))
BETWEEN = frozenset("·•‧∙⋅・･.-_*~|'`^+")
"""What people put between characters so that a word is not found; signs and invisible characters beside it."""
UNSEEN = frozenset({"Zs", "Cf", "So", "Sk", "Mn"})


class Ground(StrEnum):
    """Why words may not stand in an offer."""

    CURE = "cure"
    ABSOLUTE = "absolute"
    BANNED = "banned"


@dataclass(frozen=True)
class Found:
    """A forbidden word, as it is written in the text of a field."""

    word: str
    ground: Ground
    field: str


@dataclass(frozen=True)
class _Rules:
    named: re.Pattern[str]
    """For fields that name the goods."""
    told: re.Pattern[str]
    """For fields that tell of them, where animals and plants may be spoken of."""
    told_fields: frozenset[str]
    denied: re.Pattern[str]
    """What, standing just before a word, turns it round (不治病)."""


def forbidden_in(texts: Mapping[str, str]) -> tuple[Found, ...]:
    """Return the forbidden words of an offer.

    Args:
        texts: field name to text. Fields that tell of the goods (`story` …) are named in the data; every other field
            is taken to name what is sold.

    Returns:
        The words as written, in the order of the fields and of their texts; each once for a field.
    """
    rules = _rules()
    found: dict[Found, None] = {}
    for field, text in texts.items():
        plain = text.translate(_plain())
        for match in (rules.told if field in rules.told_fields else rules.named).finditer(plain):
            if match.lastgroup is None or rules.denied.search(plain, max(0, match.start() - 8), match.start()):
                continue
            found[Found(_as_written(text, *match.span()), Ground(match.lastgroup), field)] = None
    return tuple(found)


def _as_written(text: str, start: int, end: int) -> str:
    """Return the stretch of a text that stands at these places of it after `_plain`."""
    places = [place for place, character in enumerate(text) if _plain().get(ord(character), "kept") is not None]
    return text[places[start] : places[end - 1] + 1]


@cache
def _plain() -> Mapping[int, str | None]:
    """Return what makes a text comparable, character for character: one width, lower case, simplified, nothing between.

    Every character becomes one or nothing, so that places in the text can be found again.
    """
    han = [chr(point) for block in HAN for point in block]
    simplified = OpenCC("t2s").convert("\n".join(han)).split("\n")
    table: dict[int, str | None] = {ord(old): new for old, new in zip(han, simplified, strict=True) if old != new}
    for point in range(0x10000):
        character = chr(point)
        folded = unicodedata.normalize("NFKC", character).lower()
        if folded in BETWEEN or (unicodedata.category(character) in UNSEEN and not folded.isalnum()):
            table[point] = None
        elif folded != character and len(folded) == 1:
            table[point] = table.get(ord(folded), folded)
    return table


@cache
def _rules() -> _Rules:
    read = tomllib.loads((files(__package__) / "data" / "forbidden.toml").read_text(encoding="utf-8"))
    groups: list[Mapping[str, Any]] = read["groups"]
    innocent = _either(read["innocent"]["words"])
    return _Rules(
        named=_pattern(innocent, groups),
        told=_pattern(innocent, [group for group in groups if not group.get("only_named", False)]),
        told_fields=frozenset(read["told_fields"]),
        denied=re.compile(f"(?:{_either(read['denied']['words'])})$"),
    )


def _pattern(innocent: str, groups: Iterable[Mapping[str, Any]]) -> re.Pattern[str]:
    """Return one pattern; at each place what is innocent is passed over first, else the ground names the match."""
    grounds: dict[Ground, list[str]] = {}
    for group in groups:
        grounds.setdefault(Ground(group["ground"]), []).append(_words(group))
    return re.compile("|".join([innocent, *(f"(?P<{ground}>{'|'.join(each)})" for ground, each in grounds.items())]))


def _words(group: Mapping[str, Any]) -> str:
    if "words" in group:
        return _either(group["words"])
    before, after = _either(group["before"]), _either(group["after"])
    return f"(?:{before}){group.get('between', '')}(?:{after})"


def _either(words: Iterable[str]) -> str:
    """Return a pattern for any of the words; of two that begin alike the longer is found."""
    return "|".join(sorted(words, key=len, reverse=True))
