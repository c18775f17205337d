"""One's data as a file to take along: to be read, to be opened as tables, and to be read by other programs."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from flask import Response, render_template, send_file

from shop.accounts.queries import Person
from shop.accounts.views.data_words import COLUMN_WORDS, SUBJECT_WORDS, plain
from shop.flows.rights.gathering import Table, of_person
from shop.flows.rights.household import of_household
from shop.town.queries import the_town
from shop.vendors.queries import is_owner, vendor_of_member
from shop.web.house import house, reading

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


@dataclass(frozen=True)
class Sheet:
    """One subject in words."""

    title: str
    about: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def sheet_of(table: Table) -> Sheet:
    """Return a subject as a person reads it."""
    title, about = SUBJECT_WORDS[table.key]
    rows = tuple(
        tuple(plain(column, value) for column, value in zip(table.columns, row, strict=True)) for row in table.rows
    )
    return Sheet(str(title), str(about), tuple(str(COLUMN_WORDS[column]) for column in table.columns), rows)


def data_file(tables: Sequence[Table], *, town: str, now: datetime) -> BytesIO:
    """Return a zip of a page to read, one table a subject for spreadsheets, and everything as JSON."""
    sheets = [sheet_of(table) for table in tables]
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as box:
        box.writestr("我的资料.html", render_template("accounts/data_file.html", sheets=sheets, town=town, now=now))
        box.writestr("data.json", _json(tables, now))
        for number, sheet in enumerate(sheets, 1):
            box.writestr(f"csv/{number:02d}-{sheet.title}.csv", _csv(sheet))
    file.seek(0)
    return file


def tables_of(person: Person) -> Sequence[Table]:
    """Return what is kept of a person, and of the household whose owner they are."""
    own, tables = vendor_of_member(reading(), person.id), of_person(reading(), person)
    if own is None or not is_owner(reading(), own.id, person.id):
        return tables
    return (*tables, *of_household(reading(), own))


def file_of(person: Person) -> Response:
    """Answer with everything that is kept of a person as one file; no browser keeps it."""
    made = data_file(tables_of(person), town=the_town(reading()).name, now=house().clock())
    answer = send_file(made, mimetype="application/zip", as_attachment=True, download_name="my-data.zip")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _json(tables: Sequence[Table], now: datetime) -> str:
    told = {table.key: [dict(zip(table.columns, row, strict=True)) for row in table.rows] for table in tables}
    return json.dumps({"made_at": now, **told}, ensure_ascii=False, indent=1, default=_moment)


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    assert isinstance(value, date), "nothing else stands in a table"
    return value.isoformat()


def _csv(sheet: Sheet) -> bytes:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(sheet.headers)
    writer.writerows([_cell(cell) for cell in row] for row in sheet.rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
