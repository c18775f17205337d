"""Sheets that are Excel workbooks: read as a stream, and only when nothing in them is there to do harm."""

import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from shop.catalog.imports.reasons import Reason, Unreadable
from shop.catalog.imports.sheets import COLUMNS, Flaw, NamedColumns, Row

MAX_PARTS = 1_000
MAX_UNPACKED = 400 * 1024 * 1024
MAX_PART = 40 * 1024 * 1024
"""Of every part but the sheets themselves: those stream, the others are held in memory."""
MAX_COLUMNS = 64
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
BROKEN = (
    zipfile.BadZipFile,
    ParseError,
    InvalidFileException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    RuntimeError,
)
"""What a damaged workbook makes the libraries raise."""


def check_workbook(path: Path) -> None:
    """Refuse a zip file that is no workbook, or one with more in it than goods.

    Raises:
        Unreadable: naming what.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
        raise Unreadable(Reason.DAMAGED) from error
    names = [part.filename.lower() for part in parts]
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Unreadable(Reason.BOMB)
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable(Reason.LOCKED)
    if "xl/workbook.xml" not in names:
        raise Unreadable(Reason.OPEN_DOCUMENT if "mimetype" in names else Reason.NO_WORKBOOK)
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Unreadable(Reason.MACROS)
    if any(name.startswith("xl/externallinks/") for name in names):
        raise Unreadable(Reason.LINKS)
    held = (part for part, name in zip(parts, names, strict=True) if not name.startswith("xl/worksheets/sheet"))
    if any(part.file_size > MAX_PART for part in held):
        raise Unreadable(Reason.BOMB)


class WorkbookReader:
    """Reads the first sheet of a workbook whose header is ours.

    Raises:
        Unreadable: it is no workbook, a dangerous or a damaged one, or no sheet of it lists goods.
    """

    def __init__(self, path: Path) -> None:
        check_workbook(path)
        self._path = path
        self._sheet, self._start, self._names = self._found()
        self._columns = NamedColumns(self._names)

    def _found(self) -> tuple[str, int, list[str]]:
        """Return the sheet's name, the row of its header, and the columns' names."""
        first: tuple[str, int, list[str]] | None = None
        with _opened(self._path) as book:
            for sheet in book.worksheets:
                head = next(_filled(sheet), None)
                if head is None:
                    continue
                number, cells = head
                names = [_text(cell)[0] for cell in cells]
                while names and not names[-1].strip():
                    names.pop()
                found = (sheet.title, number, names)
                if {name.strip().lower() for name in names} >= set(COLUMNS):
                    return found
                first = first or found
        if first is None:
            raise Unreadable(Reason.EMPTY)
        return first

    def header(self) -> Sequence[str]:
        """Return the columns' names as written."""
        return self._names

    def rows(self) -> Iterator[Row]:
        """Read the rows that are not empty."""
        with _opened(self._path) as book:
            for number, cells in _filled(book[self._sheet]):
                if number > self._start:
                    yield self._row(number, cells)

    def _row(self, number: int, cells: Sequence[Any]) -> Row:
        read = [_text(cell) for cell in cells]
        flaws = []
        for column, place in self._columns.places.items():
            text, reason = read[place] if place < len(read) else ("", None)
            if reason is not None:
                flaws.append(Flaw(column, reason, text if reason is Reason.ERROR_CELL else "", text[:200]))
        return self._columns.row(number, [text for text, _reason in read], flaws)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a workbook for reading as a stream; whatever a damaged one raises meanwhile becomes one refusal."""
    try:
        # An open file, not its path: the library would believe the name's ending rather than the content.
        with path.open("rb") as file:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of styles and extensions, which goods have nothing to do with
                book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
            try:
                yield book
            finally:
                book.close()
    except BROKEN as error:
        raise Unreadable(Reason.DAMAGED) from error


def _filled(sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    sheet.reset_dimensions()  # what a file says of its own size is not to be believed
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), 1):
        if any(cell.value not in (None, "") for cell in cells):
            yield number, cells


def _text(cell: Any) -> tuple[str, Reason | None]:
    """Return a cell as text, and why it cannot be taken for one."""
    value = cell.value
    if value is None:
        return "", None
    if cell.data_type == "f":
        return str(value), Reason.FORMULA
    if cell.data_type == "e":
        return str(value), Reason.ERROR_CELL
    if isinstance(value, date | datetime | time | timedelta):
        return str(value), Reason.DATE_CELL
    if isinstance(value, bool):
        return str(value), Reason.TYPE
    if isinstance(value, str):
        return ESCAPED.sub(lambda found: chr(int(found[1], 16)), value), None
    # A number: 2850 is kept as 2850.0 by some programs, and 0.1 + 0.2 shows fifteen figures as Excel does.
    return f"{value:.15g}", None
