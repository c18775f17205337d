"""An empty list of goods as an Excel file: the columns, what goes into them, and the names the town knows already."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from xlsxwriter import Workbook

from shop.catalog.imports.sheets import COLUMNS
from shop.catalog.models import Category
from shop.catalog.rules import LONGEST_STORY, LONGEST_TITLE, MAX_TAGS, MORE_UNITS, UNITS
from shop.town.models import Village
from shop.vendors.models import Vendor, VendorState

NOTES = {
    "ref": _l("自己的编号，每样货一个，不重样；再导一次按它认。必填"),
    "title": _l("货名，最多 %d 个字。必填") % LONGEST_TITLE,
    "vendor": _l("谁家的，名字或代号。必填"),
    "village": _l("哪个村的；空着就是这家自己的村"),
    "category": _l("哪一类，名字或代号。必填"),
    "description": _l("说几句，最多 %d 个字") % LONGEST_STORY,
    "price_fen": _l("价格按分写：28.50 元写 2850。必填"),
    "unit": _l("按什么卖：盒、斤、30枚、盒(30枚)、500g。必填"),
    "season_months": _l("哪几个月有：1-3;11；全年就空着"),
    "tags": _l("标签，用分号隔开，最多 %d 个") % MAX_TAGS,
    "stock": _l("现在有几份；空着就是没有"),
}
EXAMPLE = {
    "ref": "HE-001",
    "title": "林下土鸡蛋",
    "vendor": "周素珍家",
    "village": "大湾村",
    "category": "鲜蛋",
    "description": "竹林里放养的鸡，当天捡。",
    "price_fen": "4800",
    "unit": "盒(30枚)",
    "season_months": "3-11",
    "tags": "土鸡蛋;林下",
    "stock": "12",
}
WIDTHS = {"title": 28, "vendor": 16, "description": 40, "season_months": 16, "tags": 20}
USUAL_WIDTH = 12
ROWS = 2_000
"""So many rows under the header are ready to be filled."""
FIGURES = ("price_fen", "stock")


@dataclass(frozen=True)
class KnownNames:
    """What the town has names for."""

    categories: Sequence[str]
    villages: Sequence[str]
    vendors: Sequence[str]


def known_names(session: Session) -> KnownNames:
    """Return the names a list of goods may use without adding anything."""
    approved = select(Vendor.name).where(Vendor.state == VendorState.APPROVED).order_by(Vendor.id)
    return KnownNames(
        categories=session.scalars(select(Category.name).order_by(Category.position, Category.id)).all(),
        villages=session.scalars(select(Village.name).order_by(Village.id)).all(),
        vendors=session.scalars(approved).all(),
    )


def write_template(target: BinaryIO, known: KnownNames) -> None:
    """Write the file: a sheet to fill in, and one that explains it; every text stays a text, however it begins."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(target, options) as book:
        _write_goods(book, known)
        _write_notes(book, known)


def _write_goods(book: Workbook, known: KnownNames) -> None:
    sheet = book.add_worksheet(str(_l("货单")))
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    text, figure = book.add_format({"num_format": "@"}), book.add_format({"num_format": "0"})
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, WIDTHS.get(column, USUAL_WIDTH), figure if column in FIGURES else text)
        sheet.write_string(0, place, column, head)
        sheet.write_comment(0, place, str(NOTES[column]))
    sheet.freeze_panes(1, 2)
    lists = {"vendor": known.vendors, "village": known.villages, "category": known.categories, "unit": UNITS}
    for number, (column, names) in enumerate(lists.items()):
        if names:
            letter = chr(ord("A") + number)
            source = f"='{_l('说明和清单')}'!${letter}${_names_row()}:${letter}${_names_row() + len(names) - 1}"
            place = COLUMNS.index(column)
            # A name that is not in the list may be typed as well: it is then added, when that is wanted.
            sheet.data_validation(1, place, ROWS, place, {"validate": "list", "source": source, "show_error": False})


def _names_row() -> int:
    """Return the first row, counted from 1, of the known names on the second sheet."""
    return len(COLUMNS) + 8


def _write_notes(book: Workbook, known: KnownNames) -> None:
    sheet = book.add_worksheet(str(_l("说明和清单")))
    bold = book.add_format({"bold": True})
    sheet.set_column(0, 4, 24)
    sheet.write_string(0, 0, str(_l("一行一样货，填在第一张表里；列名不要改，顺序可以换。")), bold)
    for number, words in enumerate((_l("列"), _l("填什么"), _l("比如"))):
        sheet.write_string(2, number, str(words), bold)
    for number, column in enumerate(COLUMNS, 3):
        for place, words in enumerate((column, str(NOTES[column]), EXAMPLE[column])):
            sheet.write_string(number, place, words)
    heads = (_l("镇上的农户"), _l("村"), _l("类"), _l("常用单位"), _l("也认的单位"))
    columns = (known.vendors, known.villages, known.categories, UNITS, MORE_UNITS)
    for place, (words, names) in enumerate(zip(heads, columns, strict=True)):
        sheet.write_string(_names_row() - 2, place, str(words), bold)
        for number, name in enumerate(names):
            sheet.write_string(_names_row() - 1 + number, place, name)
