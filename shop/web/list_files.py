"""Lists to be kept as files: as CSV that Excel opens as UTF-8, or as .xlsx; no cell of either is ever a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO

from flask import Response, make_response

from shop.kernel.spreadsheets import MEDIA_TYPE, Cell, Column, Kind, Sheet, write_workbook

BOM = "\ufeff"
GUARDED = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection)."""
CSV_TYPE = "text/csv; charset=utf-8"
FORMATS = ("csv", "xlsx")


def list_file(kind: str, sheet: Sheet, name: str) -> Response:
    """Return a list as a file to be kept; nothing between here and there keeps a copy.

    Args:
        kind: one of `FORMATS`, also the end of the file's name.
        name: in ASCII, without its end.
    """
    if kind == "csv":
        content, media_type = _csv(sheet.columns, sheet.rows), CSV_TYPE
    else:
        out = BytesIO()
        write_workbook(out, [sheet])
        content, media_type = out.getvalue(), MEDIA_TYPE
    response = make_response(content)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = f"attachment; filename={name}.{kind}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def _csv(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> bytes:
    out = StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow([column.title for column in columns])
    for cells in rows:
        writer.writerow([_text(column.kind, cell) for column, cell in zip(columns, cells, strict=True)])
    return out.getvalue().encode()


def _text(kind: Kind, cell: Cell) -> str:
    if kind is Kind.YUAN and isinstance(cell, int):
        whole, rest = divmod(abs(cell), 100)
        return f"{'-' if cell < 0 else ''}{whole}.{rest:02d}"
    if isinstance(cell, str) and cell.startswith(GUARDED):
        return f"'{cell}"
    return "" if cell is None else str(cell)
