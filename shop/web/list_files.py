"""Files for spreadsheets: CSV that Excel opens as UTF-8, and .xlsx; no cell of either is ever a formula."""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import BytesIO, StringIO

import xlsxwriter
from flask import Response, make_response

BOM = "\ufeff"
GUARDED = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection)."""
CSV_KIND = "text/csv; charset=utf-8"
XLSX_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 40

Cell = str | int | Decimal
"""A Decimal is yuan, with two places."""


def yuan_cell(fen: int) -> Decimal:
    """Return an amount as a cell: yuan, exact to the fen."""
    return Decimal(fen).scaleb(-2)


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
    return f"{cell:.2f}" if isinstance(cell, Decimal) else str(cell)


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
            else:
                sheet.write_number(place, column, cell, money if isinstance(cell, Decimal) else None)
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
