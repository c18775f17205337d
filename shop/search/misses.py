"""Searches that found nothing, on their way from the pages to the staff's list.

A page that is only read writes nothing into the database. It appends a line to a file beside this machine's index, and
the one process that keeps the index takes the lines over every few seconds.
"""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from shop.search.analysis import normalised
from shop.search.question import LONGEST

LONGEST_UNDERSTOOD = 200
MOST_BYTES = 256 * 1024
"""A longer file takes no more lines: somebody is trying it out, or nobody takes them over."""
PRIVATE = re.compile(r"[0-9]{7}")
"""So many figures in a row may be a telephone number, or the code of an order: nothing that staff should read here."""
NOTED, TAKEN = "misses.jsonl", "misses-taken.jsonl"


@dataclass(frozen=True)
class Miss:
    """One search that found nothing.

    Attributes:
        text: normalised, so that width, case and script do not tell two searches apart.
        understood: names of what was understood of it.
    """

    text: str
    understood: str


def note(directory: Path, typed: str, understood: Sequence[str]) -> None:
    """Note a search that found nothing; what cannot be noted is let go, for the page matters more.

    Args:
        directory: of this machine's index.
        typed: the question; one that may hold a number of somebody is not kept.
        understood: names of what was understood of it.
    """
    text = " ".join(normalised(typed).split())[:LONGEST]
    if not text or PRIVATE.search(text):
        return
    line = json.dumps([text, "、".join(understood)[:LONGEST_UNDERSTOOD]], ensure_ascii=False) + "\n"
    with suppress(OSError), (directory / NOTED).open("ab") as file:
        if file.tell() + len(line) < MOST_BYTES:
            file.write(line.encode())


def take(directory: Path) -> list[Miss]:
    """Return what was noted since the last time; for the sole writer of the index.

    What was taken and not given back by `done` comes again: counting a search twice is better than losing it.
    """
    taken, noted = directory / TAKEN, directory / NOTED
    if not taken.exists():
        if not noted.exists():
            return []
        noted.rename(taken)
    return [miss for line in taken.read_bytes().splitlines() if (miss := _read(line)) is not None]


def done(directory: Path) -> None:
    """Forget what was taken: it stands in the database."""
    (directory / TAKEN).unlink(missing_ok=True)


def _read(line: bytes) -> Miss | None:
    """Return the miss of a line, None for one that a crash cut off."""
    try:
        text, understood = json.loads(line)
    except (ValueError, TypeError):
        return None
    return Miss(text, understood)
