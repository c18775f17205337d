"""Which parts of a shown text were looked for."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from shop.search.analysis import normalised

LATIN = re.compile(r"[a-z' -]+")


def pieces(text: str, terms: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text in order, each with whether it was looked for; together they are the text.

    Both are compared as everything is: one width, lower case, simplified. The longest terms win; a single character
    counts only where nothing longer was found, because most are parts of other words.

    Args:
        text: as the database has it.
        terms: words of the question and other names of what it asks for (`Results.terms`).
    """
    shadow = _shadow(text)
    longer, single = _patterns(tuple(terms))
    found = [match.span() for match in longer.finditer(shadow)] if longer is not None else []
    if not found and single is not None:
        found = [match.span() for match in single.finditer(shadow)]
    at = 0
    for start, end in found:
        if start > at:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text):
        yield text[at:], False


def _shadow(text: str) -> str:
    """Return a text as it is compared, each character in its place."""
    whole = normalised(text)
    if len(whole) == len(text):
        return whole
    return "".join(one if len(one := normalised(character)) == 1 else character for character in text)


@lru_cache(maxsize=64)
def _patterns(terms: tuple[str, ...]) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    known = sorted({term for each in terms if (term := normalised(each).strip())}, key=lambda term: (-len(term), term))
    longer = [_one(term) for term in known if len(term) > 1]
    single = [re.escape(term) for term in known if len(term) == 1]
    return tuple(re.compile("|".join(some)) if some else None for some in (longer, single))  # type: ignore[return-value]


def _one(term: str) -> str:
    """Return the pattern of a term; a latin word is never marked inside another."""
    plain = re.escape(term)
    return rf"(?<![a-z]){plain}(?:e?s)?(?![a-z])" if LATIN.fullmatch(term) else plain
