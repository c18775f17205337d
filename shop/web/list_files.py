"""Files for spreadsheets: CSV that Excel opens as UTF-8, and .xlsx; no cell of either is ever a formula."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO

import xlsxwriter
from flask import Response, make_response

BOM = "\ufeff"
GUARDED = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection)."""
CSV_KIND = "text/csv; charset=utf-8"
XLSX_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 40


@dataclass(frozen=True)
class Yuan:
    """An amount as a cell: yuan with two places, to the fen."""

    fen: int

    def __str__(self) -> str:
        whole, rest = divmod(abs(self.fen), 100)
        return f"{'-' if self.fen < 0 else ''}{whole}.{rest:02d}"


Cell = str | int | Yuan


def csv_file(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as CSV; a text that looks like a formula has an apostrophe before it."""
    out = StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow(head)
    for row in rows:
        writer.writerow([_text(cell) for cell in row])
    return out.getvalue().encode()


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(GUARDED) else cell
    return str(cell)


def xlsx_file(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as one sheet of that name, its head frozen; every text is written as text."""
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    sheet, bold, money = book.add_worksheet(name), book.add_format({"bold": True}), book.add_format()
    money.set_num_format("#,##0.00")
    sheet.freeze_panes(1, 0)
    widths = [2 * len(title) for title in head]
    sheet.write_row(0, 0, head, bold)
    for place, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            widths[column] = min(WIDEST, max(widths[column], 2 * len(str(cell))))
            if isinstance(cell, str):
                sheet.write_string(place, column, cell)
            elif isinstance(cell, Yuan):
                # A sheet knows binary numbers only: the nearest one to the written amount, never the result of a sum.
                sheet.write_number(place, column, float(str(cell)), money)
            else:
                sheet.write_number(place, column, cell)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width + 2)
    book.close()
    return out.getvalue()


def download(content: bytes, kind: str, name: str) -> Response:
    """Return a file to be kept, under an ASCII name; nothing between here and there keeps a copy."""
    response = make_response(content)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
