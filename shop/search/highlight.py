"""Marking what was looked for in what is shown: on the database's own text, whatever script it was typed in."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from shop.search.analysis import HAN, normalised

Piece = tuple[str, bool]
"""A stretch of text, and whether it is marked."""


def marked(text: str, terms: tuple[str, ...]) -> list[Piece]:
    """Return a text in stretches, those that were looked for marked; joined they are the text.

    A single character is marked only where nothing longer is: most are parts of other words.

    Args:
        text: as the database has it.
        terms: `Results.terms`: what was typed and every name of what was understood.
    """
    shadow = _shadow(text)
    if len(shadow) != len(text):
        return [(text, False)]
    longer, single = _patterns(terms)
    spans = [found.span() for found in longer.finditer(shadow)] or [found.span() for found in single.finditer(shadow)]
    pieces: list[Piece] = []
    end = 0
    for start, stop in spans:
        if start > end:
            pieces.append((text[end:start], False))
        pieces.append((text[start:stop], True))
        end = stop
    if end < len(text):
        pieces.append((text[end:], False))
    return pieces


@lru_cache(maxsize=4096)
def _shadow(text: str) -> str:
    """Return a text as it is compared, character for character; of another length when that cannot be."""
    narrow = (unicodedata.normalize("NFKC", character) for character in text)
    same = "".join(wide if len(new) != 1 else new for wide, new in zip(text, narrow, strict=True))
    return normalised(same)


@lru_cache(maxsize=256)
def _patterns(terms: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of the longer terms, the longest first, and of single characters."""
    words = {word for term in terms if (word := " ".join(normalised(term).split()))}
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return _either(word for word in ordered if len(word) > 1), _either(word for word in ordered if len(word) == 1)


def _either(words: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of any of these words; letters only as whole words. Of no words it matches nothing."""
    each = [re.escape(word) if HAN.search(word) else rf"(?<!\w){re.escape(word)}(?!\w)" for word in words]
    return re.compile("|".join(each) or r"(?!)")
