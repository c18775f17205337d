"""Sheets that are text: .csv with whatever separates the cells, and .jsonl with one object a line."""

import codecs
import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from shop.catalog.imports.reasons import Reason, Unreadable
from shop.catalog.imports.sheets import (
    COLUMNS,
    LISTS,
    Cell,
    Flaw,
    NamedColumns,
    Row,
    split,
    unguarded,
)

DELIMITERS = (",", ";", "\t", "|")
CHUNK = 64 * 1024
SURELY_UTF8 = 20
"""So many characters of several bytes in a row are no accident: the text is UTF-8, and damaged where it breaks."""
SHOWN = 200


def encoding_of(path: Path) -> str:
    """Return how a text is encoded: UTF-8 with or without its mark, UTF-16 with it, or GB18030.

    Raises:
        Unreadable: it is none of them, or no text at all.
    """
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _whole(path, "utf-16")
    try:
        return _whole(path, "utf-8-sig")
    except Unreadable as refusal:
        if refusal.reason is not Reason.ENCODING or refusal.detail or head.startswith(codecs.BOM_UTF8):
            raise Unreadable(refusal.reason) from refusal
    return _whole(path, "gb18030")


def _whole(path: Path, encoding: str) -> str:
    """Return the encoding when the whole file is written in it; the refusal's detail says that it nearly was."""
    decoder, several = codecs.getincrementaldecoder(encoding)(), 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeError as error:
                if isinstance(error, UnicodeDecodeError) and encoding.startswith("utf-8"):
                    several += _several(bytes(error.object[: error.start]).decode(errors="ignore"))
                raise Unreadable(Reason.ENCODING, "nearly" if several >= SURELY_UTF8 else "") from error
            if "\0" in text:
                raise Unreadable(Reason.NUL)
            several += _several(text)
            if not chunk:
                return encoding


def _several(text: str) -> int:
    return sum(character > "\x7f" for character in text)


class CsvReader:
    """Reads cells separated by commas, semicolons, tabs or bars.

    Raises:
        Unreadable: the text's encoding is unknown, or the header is not ours.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._encoding = encoding_of(path)
        self._start, self._delimiter, self._names = self._head()
        self._columns = NamedColumns(self._names)

    def _open(self) -> TextIO:
        return self._path.open(encoding=self._encoding, newline="")

    def _head(self) -> tuple[int, str, list[str]]:
        """Return the record number of the header, what separates the cells, and the columns' names."""
        best: tuple[int, int, str, list[str]] | None = None
        for delimiter in DELIMITERS:
            with self._open() as file:
                for number, values in self._records(file, delimiter):
                    if isinstance(values, list) and any(value.strip() for value in values):
                        if number == 1 and "".join(values).lower().startswith("sep="):
                            continue  # Excel's own line
                        known = len({value.strip().lower() for value in values} & set(COLUMNS))
                        if best is None or known > best[0]:
                            best = (known, number, delimiter, values)
                        break
        if best is None:
            raise Unreadable(Reason.EMPTY)
        return best[1:]

    def _records(self, file: TextIO, delimiter: str) -> Iterator[tuple[int, list[str] | Reason]]:
        reader, number = csv.reader(file, delimiter=delimiter, strict=True), 0
        while True:
            number += 1
            try:
                yield number, next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield number, Reason.QUOTES

    def header(self) -> Sequence[str]:
        """Return the columns' names as written."""
        return self._names

    def rows(self) -> Iterator[Row]:
        """Read the rows that are not empty."""
        with self._open() as file:
            for number, values in self._records(file, self._delimiter):
                if number <= self._start:
                    continue
                if isinstance(values, Reason):
                    yield Row(number, {}, (Flaw("", values),))
                elif any(value.strip() for value in values):
                    yield self._columns.row(number, [unguarded(value) for value in values])


class JsonlReader:
    """Reads one JSON object a line.

    Raises:
        Unreadable: the text's encoding is unknown.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._encoding = encoding_of(path)

    def header(self) -> None:
        """Every row names its own columns."""
        return

    def rows(self) -> Iterator[Row]:
        """Read the lines that are not empty."""
        with self._path.open(encoding=self._encoding) as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _json_row(number, line)


def _json_row(number: int, line: str) -> Row:
    try:
        # Figures stay as they were written: 28.50 must not become something nearly 28.5.
        told = json.loads(line, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        return Row(number, {}, (Flaw("", Reason.NOT_JSON, cell=line.strip()[:SHOWN]),))
    cells: dict[str, Cell] = dict.fromkeys(COLUMNS, "")
    flaws = []
    for name, value in told.items():
        column = name.strip().lower()
        cell = _json_cell(column, value)
        if cell is None:
            flaws.append(Flaw(column, Reason.TYPE, cell=str(value)[:SHOWN]))
        elif column in COLUMNS:
            cells[column] = cell
        else:
            cells[name] = ""
    return Row(number, cells, tuple(flaw for flaw in flaws if flaw.column in COLUMNS))


def _json_cell(column: str, value: Any) -> Cell | None:
    """Return a JSON value as a cell, or None for one of another type."""
    if value is None:
        return () if column in LISTS else ""
    if isinstance(value, str):
        return split(value) if column in LISTS else value
    if isinstance(value, list) and column in LISTS and all(isinstance(item, str) for item in value):
        return tuple(item.strip() for item in value if item.strip())
    return None
