"""Rules about written rules: when a version may begin, which one counts, and what differs between two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher

from shop.kernel.errors import Invalid

SHOWN_AHEAD = timedelta(days=7)
"""A change is shown so long before it counts. Source: E-Commerce Law of the PRC, article 34: at least seven days."""
LATEST = timedelta(days=366)
"""Further ahead it is a typing error."""
MARKS = "#>-*+ "
"""What begins a heading, a quotation or an item of a list in Markdown."""
MAX_TEXT, MAX_NOTE = 40_000, 100


def earliest(today: date, last_on: date | None) -> date:
    """Return the first day from which a version published today may count.

    Args:
        last_on: from when the last version counts; None for a first one, which may begin at once.
    """
    return today if last_on is None else max(today + SHOWN_AHEAD, last_on)


def check_version(text: str, note: str, effective_on: date, *, today: date, last_on: date | None) -> None:
    """Refuse a version that may not be published so.

    Raises:
        Invalid: field "text" ("missing", "long"), "note" ("missing", "long"; a first version needs none), or
            "effective_on" ("soon": shown for less than seven days; "before_last": another counts from a later day;
            "late").
    """
    if not text.strip():
        raise Invalid("text", "missing")
    if len(text) > MAX_TEXT:
        raise Invalid("text", "long")
    if last_on is not None and not note.strip():
        raise Invalid("note", "missing")
    if len(note) > MAX_NOTE:
        raise Invalid("note", "long")
    if last_on is not None and today + SHOWN_AHEAD <= effective_on < last_on:
        raise Invalid("effective_on", "before_last")
    if effective_on < earliest(today, last_on):
        raise Invalid("effective_on", "soon")
    if effective_on > today + LATEST:
        raise Invalid("effective_on", "late")


@dataclass(frozen=True)
class Change:
    """One place where two texts differ, in whole lines; either side may be empty."""

    was: tuple[str, ...]
    now: tuple[str, ...]


def changes(was: str, now: str) -> tuple[Change, ...]:
    """Return where two texts differ, in the order of the text; blank lines do not count."""
    old, new = _lines(was), _lines(now)
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple(Change(tuple(old[a:b]), tuple(new[c:d])) for kind, a, b, c, d in found if kind != "equal")


def _lines(text: str) -> Sequence[str]:
    """Return a text's lines as people read them: without the marks of headings and lists."""
    lines = (line.strip().lstrip(MARKS) for line in text.splitlines())
    return [line for line in lines if line]
