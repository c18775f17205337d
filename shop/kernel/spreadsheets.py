"""Excel files (.xlsx), written row by row: a text stays a text however it begins, fen become yuan without a float."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

OPTIONS = {
    "constant_memory": True,  # a row that was written lies in a file, not in this process
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_000_000
"""Below what a sheet holds with its header."""
LONGEST = 32_767
"""Characters of a cell."""


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    COUNT = "count"
    """A whole number."""
    YUAN = "yuan"
    """Fen in the rows, yuan with two decimals in the file."""
    DAY = "day"


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        width: in characters; a Chinese one counts twice.
    """

    title: str
    kind: Kind = Kind.TEXT
    width: int = 12


Cell = str | int | date | None
"""None is an empty cell."""


@dataclass(frozen=True)
class Sheet:
    """One sheet; its rows are taken one after the other, once."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]


FORMATS: Mapping[Kind, Mapping[str, Any]] = {
    Kind.TEXT: {"num_format": "@"},
    Kind.COUNT: {"num_format": "0"},
    Kind.YUAN: {"num_format": "0.00"},
    Kind.DAY: {"num_format": "yyyy-mm-dd"},
}


def write_workbook(target: IO[bytes], sheets: Iterable[Sheet]) -> None:
    """Write sheets one after the other; each has its titles on top, which stay there when it is rolled.

    Raises:
        ValueError: a sheet has more rows than Excel opens.
    """
    with Workbook(target, OPTIONS) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        formats = {kind: book.add_format(dict(look)) for kind, look in FORMATS.items()}
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 0)
            for at, column in enumerate(sheet.columns):
                page.set_column(at, at, column.width, formats[column.kind])
                page.write_string(0, at, column.title, head)
            for number, cells in enumerate(sheet.rows, 1):
                if number > MOST_ROWS:
                    raise ValueError("more rows than a sheet holds")
                for at, (column, cell) in enumerate(zip(sheet.columns, cells, strict=True)):
                    if cell is not None:
                        WRITERS[column.kind](page, number, at, cell, formats[column.kind])


class _Yuan(int):
    """Fen that stand in the file as yuan: the writer formats a number as it goes out, and this one says itself."""

    def __format__(self, _spec: str) -> str:
        whole, rest = divmod(abs(self), 100)
        return f"{'-' if self < 0 else ''}{int(whole)}.{int(rest):02d}"


def _text(page: Worksheet, row: int, at: int, cell: Cell, look: Any) -> None:
    page.write_string(row, at, str(cell)[:LONGEST], look)


def _count(page: Worksheet, row: int, at: int, cell: Cell, look: Any) -> None:
    page.write_number(row, at, cell, look)


def _yuan(page: Worksheet, row: int, at: int, cell: Cell, look: Any) -> None:
    assert isinstance(cell, int), "fen"
    page.write_number(row, at, _Yuan(cell), look)


def _day(page: Worksheet, row: int, at: int, cell: Cell, look: Any) -> None:
    page.write_datetime(row, at, cell, look)


WRITERS: Mapping[Kind, Callable[[Worksheet, int, int, Cell, Any], None]] = {
    Kind.TEXT: _text,
    Kind.COUNT: _count,
    Kind.YUAN: _yuan,
    Kind.DAY: _day,
}
