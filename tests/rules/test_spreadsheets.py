"""Excel files: read back by another library, every cell is what was written, and no text has become a formula."""

import random
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from shop.kernel import spreadsheets
from shop.kernel.spreadsheets import Cell, Column, Kind, Sheet, write_workbook

COLUMNS = (
    Column("货", width=28),
    Column("几份", Kind.COUNT),
    Column("货款（元）", Kind.YUAN),
    Column("哪天", Kind.DAY),
)
ODD = (
    "=1+1",
    '=HYPERLINK("http://a.b","点")',
    "+86 138",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "'=1",
    "{=1}",
    "https://example.org",
    "mailto:a@b.c",
    "28.50",
    '老腊肉<b>&"',
    "䶮㛃 𠮷",
    "",
)


def written(rows: Sequence[Sequence[Cell]], name: str = "订单") -> bytes:
    out = BytesIO()
    write_workbook(out, [Sheet(name, COLUMNS, iter(rows))])
    return out.getvalue()


def test_a_text_stays_a_text_however_it_begins() -> None:
    made = written([(text, None, None, None) for text in ODD])
    page = load_workbook(BytesIO(made))["订单"]
    cells = [page.cell(row, 1) for row in range(2, 2 + len(ODD))]
    assert [cell.value or "" for cell in cells] == [text.replace("\r", "_x000D_") for text in ODD]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    with ZipFile(BytesIO(made)) as inside:
        assert all(b"<f>" not in inside.read(name) for name in inside.namelist())


def test_fen_become_yuan_to_the_fen() -> None:
    dice = random.Random(7)
    fen = [0, 1, -1, 10, 99, 100, 28_50, -1234_05, 999_999_999_99, 10**15 + 7]
    fen += [dice.randint(-(10**13), 10**13) for _ in range(500)]
    made = written([(None, None, each, None) for each in fen])
    with ZipFile(BytesIO(made)) as inside:
        text = inside.read("xl/worksheets/sheet1.xml").decode()
    said = [Decimal(each.split("</v>")[0]) for each in text.split("<v>")[1:]]
    assert said == [Decimal(each).scaleb(-2) for each in fen]
    page = load_workbook(BytesIO(made))["订单"]
    assert [f"{page.cell(row, 3).value:.2f}" for row in range(2, 10)] == [f"{each / 100:.2f}" for each in fen[:8]]
    assert page.cell(2, 3).number_format == "0.00"


def test_days_counts_titles_and_what_stays_on_top() -> None:
    page = load_workbook(BytesIO(written([("土鸡蛋", 30, 4800, date(2026, 11, 23))])))["订单"]
    assert [cell.value for cell in page[1]] == ["货", "几份", "货款（元）", "哪天"]
    assert page["D2"].value.date() == date(2026, 11, 23)
    assert page["B2"].value == 30
    assert page.freeze_panes == "A2"
    assert page.column_dimensions["A"].width > 20


def test_a_sheet_that_excel_would_not_open_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "MOST_ROWS", 3)
    written([("一", 1, 1, None)] * 3)
    with pytest.raises(ValueError, match="more rows"):
        written([("一", 1, 1, None)] * 4)
