"""The bank's file: one line a payout, as a spreadsheet or as text; nothing in it is ever taken for a formula."""

import csv
from collections.abc import Sequence
from fractions import Fraction
from io import BytesIO, StringIO

from xlsxwriter import Workbook

from shop.flows.payouts.exporting import BankRow
from shop.ledger.payouts.models import PayoutWay

HEADS = ("序号", "户名", "开户行", "账号", "金额（元）", "附言")
"""As the banks of the mainland name them in their own forms."""
WIDTHS = (6, 16, 28, 24, 14, 24)
SHEETS = {PayoutWay.BANK: "银行", PayoutWay.WECHAT: "微信"}
"""What goes to a bank account, and what somebody sends by hand."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def yuan_text(fen: int) -> str:
    """Return fen as yuan with two decimals, by whole numbers alone."""
    return f"{fen // 100}.{fen % 100:02d}"


def bank_workbook(rows: Sequence[BankRow]) -> bytes:
    """Return the file as a spreadsheet: a sheet for the bank, another for WeChat where there is anything to send so."""
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(out, options) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        text, money = book.add_format({"num_format": "@"}), book.add_format({"num_format": "0.00"})
        for way, name in SHEETS.items():
            of_way = [row for row in rows if row.way is way]
            if not of_way and way is not PayoutWay.BANK:
                continue
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for place, (words, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
                sheet.set_column(place, place, width, money if words == HEADS[4] else text)
                sheet.write_string(0, place, words, head)
            for number, row in enumerate(of_way, 1):
                sheet.write_number(number, 0, number)
                for place, cell in enumerate((row.holder, row.bank, row.number), 1):
                    sheet.write_string(number, place, cell, text)
                sheet.write_number(number, 4, Fraction(row.amount_fen, 100), money)
                sheet.write_string(number, 5, row.code, text)
    return out.getvalue()


def bank_text(rows: Sequence[BankRow]) -> bytes:
    """Return the file as CSV in UTF-8 with a byte order mark, so that a spreadsheet reads its Chinese."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADS)
    for number, row in enumerate(rows, 1):
        cells = (row.holder, row.bank, row.number)
        writer.writerow([number, *map(_plain, cells), yuan_text(row.amount_fen), row.code])
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    """Return a cell that no spreadsheet reads as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
