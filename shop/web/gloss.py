"""What goods are, for those who do not read their names: the search dictionary's English beside the Chinese."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from shop.kernel.languages import Language
from shop.search.concepts import the_rows
from shop.web.han import in_hant
from shop.web.i18n import reader

NET = re.compile(r"\d")
"""Where the name ends and the net content begins."""


@cache
def _english() -> dict[str, str]:
    """Return the dictionary's first English name by each Chinese one; a name of two things is the first one's."""
    return {name: names[0] for name, names in _english_names().items()}


@cache
def _longest() -> int:
    return max(map(len, _english()))


def _said(title: str) -> Iterator[str]:
    """Yield what a title names, the longest names first at each place."""
    at = 0
    while at < len(title):
        ends = range(min(len(title), at + _longest()), at, -1)
        end = next((end for end in ends if title[at:end] in _english()), None)
        if end is not None:
            yield _english()[title[at:end]]
        at = end or at + 1


@lru_cache(maxsize=8192)
def english_of(title: str) -> str:
    """Return in English what a title sells, which is what it names last; nothing where the dictionary knows none."""
    said, name = "", NET.split(title, maxsplit=1)[0] or title
    for said in _said(name):  # noqa: B007 - the last one is wanted
        pass
    return said[:1].upper() + said[1:]


def said_in(language: Language, name: str, typed: str) -> str:
    """Return what to search for instead of a name, as readers of a language write it; it finds the same.

    Args:
        typed: so far; of several English names the one that goes on from it is taken.
    """
    if language is Language.HANT:
        return in_hant(name)
    names = _english_names().get(name, ()) if language is Language.EN else ()
    return next((one for one in names if one.lower().startswith(typed.lower())), names[0] if names else name)


@cache
def _english_names() -> dict[str, tuple[str, ...]]:
    """Return the dictionary's English names by each Chinese one; a name of two things is the first one's."""
    found: dict[str, tuple[str, ...]] = {}
    for row in the_rows():
        for name in row.chinese if row.english else ():
            found.setdefault(name, row.english)
    return found


def gloss(title: str) -> str:
    """Return what goods are in English, on an English page."""
    return english_of(title) if reader() is Language.EN else ""
