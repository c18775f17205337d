"""Reading goods from .xlsx, .csv and .jsonl files: what stands in which row, and what a stranger's file may not be.

Everything here streams: a file is opened, looked through once for what is wrong with it as a whole and for how many
rows it has, and then read row by row.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from shop.catalog.imports.reasons import Reason, Unreadable

COLUMNS = (
    "ref",
    "title",
    "vendor",
    "village",
    "category",
    "description",
    "price_fen",
    "unit",
    "season_months",
    "tags",
    "stock",
)
LISTS = frozenset({"season_months", "tags"})
SEPARATORS = re.compile(r"[;；、,，]")
MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 100_000

GUARDED = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would take for a formula."""
GUARD = "'"

Cell = str | tuple[str, ...]


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a cell, or with a whole row where `column` is empty."""

    column: str
    reason: Reason
    detail: str = ""
    cell: str = ""


@dataclass(frozen=True)
class Fault:
    """A flaw of a row that was refused, or of one that is in."""

    row: int
    ref: str
    is_refused: bool
    flaw: Flaw


@dataclass(frozen=True)
class Row:
    """One row as it stands in the file.

    Attributes:
        number: as a spreadsheet counts, the header being row 1; in a .jsonl file, the line.
        cells: by column; an empty or missing cell is an empty text. Lists are tuples.
        flaws: what cannot be read of it.
    """

    number: int
    cells: Mapping[str, Cell]
    flaws: tuple[Flaw, ...] = ()

    def text(self, column: str) -> str:
        """Return a cell as text, a list with semicolons."""
        cell = self.cells.get(column, "")
        return cell if isinstance(cell, str) else ";".join(cell)


class Reader(Protocol):
    """Reads one file."""

    def header(self) -> Sequence[str] | None:
        """Return the columns' names as written, or None where every row names its own.

        Raises:
            Unreadable: the file cannot be read.
        """

    def rows(self) -> Iterator[Row]:
        """Read the rows that are not empty, from the beginning.

        Raises:
            Unreadable: the file breaks off.
        """


@dataclass(frozen=True)
class Survey:
    """What a first look through a file found.

    Attributes:
        total: rows that are not empty.
        refs: every ref, for finding photos by name.
        unknown_columns: what is not read.
    """

    total: int
    refs: frozenset[str]
    unknown_columns: tuple[str, ...]


@dataclass
class NamedColumns:
    """Which cell of a row belongs to which column, by the header."""

    names: Sequence[str]
    places: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        """Find the columns.

        Raises:
            Unreadable: some are missing, or one is there twice.
        """
        plain = [name.strip().lower() for name in self.names]
        missing = [column for column in COLUMNS if column not in plain]
        if len(missing) == len(COLUMNS):
            raise Unreadable(Reason.NO_HEADER)
        if missing:
            raise Unreadable(Reason.NO_COLUMNS, ", ".join(missing))
        twice = [column for column in COLUMNS if plain.count(column) > 1]
        if twice:
            raise Unreadable(Reason.SAME_COLUMN, ", ".join(twice))
        self.places = {column: plain.index(column) for column in COLUMNS}

    def row(self, number: int, values: Sequence[str], flaws: Iterable[Flaw] = ()) -> Row:
        """Return a row of texts by column; lists are taken apart."""
        cells = {column: values[place] if place < len(values) else "" for column, place in self.places.items()}
        found = list(flaws)
        if any(value.strip() for value in values[len(self.names) :]):
            found.append(Flaw("", Reason.TOO_MANY_CELLS))
        return Row(number, {column: _listed(column, text) for column, text in cells.items()}, tuple(found))


def unknown(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that are no column of ours, each once."""
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip() and name.strip().lower() not in COLUMNS))


def _listed(column: str, text: str) -> Cell:
    return split(text) if column in LISTS else text


def split(text: str) -> tuple[str, ...]:
    """Return the items of a list written in one cell."""
    return tuple(item for part in SEPARATORS.split(text) if (item := part.strip()))


def guarded(text: str) -> str:
    """Return a text that a spreadsheet takes for text, not for a formula: an apostrophe before = + - @, tab or CR.

    Source: OWASP, CSV Injection. `unguarded` takes it away again, so that what we write can be read back.
    """
    return GUARD + text if text.startswith((*GUARDED, GUARD)) else text


def unguarded(text: str) -> str:
    """Return a text without the apostrophe that `guarded` set before it."""
    rest = text.removeprefix(GUARD)
    return rest if rest != text and rest.startswith((*GUARDED, GUARD)) else text


def survey(reader: Reader) -> Survey:
    """Look through a whole file.

    Raises:
        Unreadable: it cannot be read to its end, or is too long.
    """
    names = reader.header()
    strange: dict[str, None] = {} if names is None else dict.fromkeys(unknown(names))
    total, refs = 0, set()
    for row in reader.rows():
        total += 1
        if total > MAX_ROWS:
            raise Unreadable(Reason.TOO_MANY_ROWS, str(MAX_ROWS))
        refs.add(row.text("ref").strip())
        if names is None:
            strange.update(dict.fromkeys(unknown(row.cells)))
    if total == 0:
        raise Unreadable(Reason.EMPTY)
    return Survey(total, frozenset(refs - {""}), tuple(strange)[:20])


def check_size(path: Path) -> None:
    """Refuse a file that no list of goods fills, and one without anything in it.

    Raises:
        Unreadable: it is too large or empty.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Unreadable(Reason.TOO_LARGE, str(MAX_BYTES // 1024 // 1024))
    if size == 0:
        raise Unreadable(Reason.EMPTY)
