"""Excel files as answers."""

from io import BytesIO

from flask import Response, make_response

from shop.kernel.spreadsheets import MEDIA_TYPE, Sheet, write_workbook


def sheet_response(sheet: Sheet, name: str) -> Response:
    """Answer with a file of one sheet, to be kept under a name of plain letters."""
    out = BytesIO()
    write_workbook(out, [sheet])
    response = make_response(out.getvalue())
    response.headers["Content-Type"] = MEDIA_TYPE
    response.headers["Content-Disposition"] = f"attachment; filename=shanhuo-{name}.xlsx"
    return response
