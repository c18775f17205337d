"""Sheets of goods: what is read of a file, what a row may say, and which files get a sentence instead."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from xlsxwriter import Workbook

from shop.catalog.imports.goods import ALL_YEAR, Goods, read
from shop.catalog.imports.opening import open_sheet
from shop.catalog.imports.reasons import WORDS, Reason, Unreadable, english
from shop.catalog.imports.reports import faults_csv
from shop.catalog.imports.sheets import COLUMNS, Fault, Flaw, Row, guarded, survey, unguarded
from shop.catalog.imports.template import KnownNames, write_template

GOOD = {
    "ref": "A-1",
    "title": "林下土鸡蛋",
    "vendor": "周素珍家",
    "village": "大湾村",
    "category": "鲜蛋",
    "description": "竹林里放养，\n当天捡。",
    "price_fen": "4800",
    "unit": "盒(30枚)",
    "season_months": "3-5;11",
    "tags": "土鸡蛋；林下、散养",
    "stock": "12",
}
Values = dict[str, str]


def csv_bytes(*rows: Values, delimiter: str = ",", newline: str = "\r\n", columns: Sequence[str] = COLUMNS) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=newline)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([row.get(column, "") for column in columns])
    return out.getvalue().encode()


def xlsx_bytes(*rows: Values, write: Callable[[Workbook], None] | None = None) -> bytes:
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        for place, column in enumerate(COLUMNS):
            sheet.write_string(0, place, column)
            for number, row in enumerate(rows, 1):
                value = row.get(column, "")
                sheet.write(number, place, int(value) if value.isdigit() else value)
        if write is not None:
            write(book)
    return out.getvalue()


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def keep(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return keep


Keep = Callable[[str, bytes], Path]


def rows_of(path: Path) -> list[Row]:
    return list(open_sheet(path).rows())


def goods_of(path: Path) -> list[Goods]:
    found = []
    for row in rows_of(path):
        goods, flaws = read(row)
        assert goods is not None, flaws
        found.append(goods)
    return found


def reason_of(path: Path) -> Reason:
    with pytest.raises(Unreadable) as refusal:
        survey(open_sheet(path))
    return refusal.value.reason


def row(**changes: str) -> Row:
    cells = GOOD | changes
    listed = {name: tuple(part for part in cells[name].split(";") if part) for name in ("season_months", "tags")}
    return Row(2, {**cells, **listed})


def flaws_of(**changes: str) -> list[tuple[str, Reason]]:
    goods, flaws = read(row(**changes))
    assert (goods is None) == bool(flaws)
    return [(flaw.column, flaw.reason) for flaw in flaws]


JSON_GOOD = {**GOOD, "price_fen": 4800, "stock": 12, "season_months": [3, 4, 5, 11], "tags": ["土鸡蛋", "林下", "散养"]}
KINDS = {
    "utf-8.csv": csv_bytes(GOOD),
    "bom.csv": b"\xef\xbb\xbf" + csv_bytes(GOOD),
    "semicolon.csv": csv_bytes(GOOD, delimiter=";"),
    "tab.tsv": csv_bytes(GOOD, delimiter="\t", newline="\n"),
    "gb18030.csv": csv_bytes(GOOD).decode().encode("gb18030"),
    "utf-16.txt": csv_bytes(GOOD, delimiter="\t").decode().encode("utf-16"),
    "sep.csv": b"sep=;\r\n" + csv_bytes(GOOD, delimiter=";"),
    "any.xlsx": xlsx_bytes(GOOD),
    "any.jsonl": json.dumps(JSON_GOOD, ensure_ascii=False).encode() + b"\n\n",
    "by content, not by name.csv": xlsx_bytes(GOOD),
}


@pytest.mark.parametrize("name", KINDS)
def test_the_same_goods_are_read_from_every_kind_of_file(kept: Keep, name: str) -> None:
    path = kept(name, KINDS[name])
    (goods,) = goods_of(path)
    assert (goods.ref, goods.title, goods.vendor, goods.village) == ("A-1", "林下土鸡蛋", "周素珍家", "大湾村")
    assert goods.story == "竹林里放养，\n当天捡。"
    assert (goods.price_fen, goods.stock) == (4800, 12)
    assert (goods.measure.unit, goods.measure.pieces) == ("盒", 30)
    assert goods.months == (3, 4, 5, 11)
    assert goods.tags == ("土鸡蛋", "林下", "散养")
    found = survey(open_sheet(path))
    assert (found.total, set(found.refs), list(found.unknown_columns)) == (1, {"A-1"}, [])


def test_columns_stand_in_any_order_and_strange_ones_are_named_once(kept: Keep) -> None:
    columns = [*reversed(COLUMNS), "备注", "备注"]
    path = kept("x.csv", csv_bytes(GOOD, GOOD | {"ref": "A-2"}, columns=columns))
    assert [goods.ref for goods in goods_of(path)] == ["A-1", "A-2"]
    assert survey(open_sheet(path)).unknown_columns == ("备注",)
    lines = [json.dumps({**JSON_GOOD, "note": n}).encode() for n in range(3)]
    assert survey(open_sheet(kept("x.jsonl", b"\n".join(lines)))).unknown_columns == ("note",)


def test_rows_are_counted_as_a_spreadsheet_counts_them(kept: Keep) -> None:
    content = csv_bytes(GOOD, {}, GOOD)  # the description has a line break of its own
    assert [one.number for one in rows_of(kept("x.csv", content))] == [2, 4]
    assert [one.number for one in rows_of(kept("x.xlsx", xlsx_bytes(GOOD, {}, GOOD)))] == [2, 4]
    line = json.dumps(JSON_GOOD).encode()
    assert [one.number for one in rows_of(kept("x.jsonl", b"\n".join([line, b"", line])))] == [1, 3]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@sum", "=cmd|' /C calc'!A0", "'quoted'", "'=x"])
def test_a_cell_that_looks_like_a_formula_stays_text_both_ways(kept: Keep, text: str) -> None:
    for name, content in (
        ("x.xlsx", xlsx_bytes(GOOD | {"title": text})),
        ("x.jsonl", json.dumps(JSON_GOOD | {"title": text}).encode()),
        ("x.csv", csv_bytes(GOOD | {"title": guarded(text)})),
    ):
        assert [goods.title for goods in goods_of(kept(name, content))] == [text], name
    written = faults_csv(["a"] * 6, [Fault(2, text, True, Flaw("title", Reason.UNIT, "", text))], english)
    (cells,) = list(csv.reader(io.StringIO(written.removeprefix("\ufeff"))))[1:]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert unguarded(cells[1]) == unguarded(cells[4]) == text


@given(st.text(max_size=20))
def test_guarding_a_cell_loses_nothing(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_real_formula_an_error_and_a_date_are_named(kept: Keep) -> None:
    def spoil(book: Workbook) -> None:
        sheet = book.worksheets()[0]
        sheet.write_formula(1, COLUMNS.index("title"), "=A1&B1")
        sheet.write_formula(1, COLUMNS.index("stock"), "=NA()", None, "#N/A")
        sheet.write_datetime(
            1, COLUMNS.index("season_months"), date(2026, 1, 3), book.add_format({"num_format": "m-d"})
        )
        sheet.write_boolean(1, COLUMNS.index("unit"), True)

    (one,) = rows_of(kept("x.xlsx", xlsx_bytes(GOOD, write=spoil)))
    _goods, flaws = read(one)
    assert {flaw.column: flaw.reason for flaw in flaws} == {
        "title": Reason.FORMULA,
        "stock": Reason.FORMULA,
        "season_months": Reason.DATE_CELL,
        "unit": Reason.TYPE,
    }


def test_every_flaw_of_a_row_is_named_at_once() -> None:
    assert flaws_of(title="", price_fen="28.50", stock="-1", unit="光年") == [
        ("title", Reason.MISSING),
        ("price_fen", Reason.NOT_FEN),
        ("stock", Reason.NOT_WHOLE),
        ("unit", Reason.UNIT),
    ]


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"ref": "x" * 41}, "ref", Reason.TOO_LONG),
        ({"title": "长" * 61}, "title", Reason.TOO_LONG),
        ({"description": "长" * 2001}, "description", Reason.TOO_LONG),
        ({"title": "铃\x07声"}, "title", Reason.CHARACTERS),
        ({"title": "\ud800"}, "title", Reason.CHARACTERS),
        ({"price_fen": "28.50"}, "price_fen", Reason.NOT_FEN),
        ({"price_fen": "28.0"}, "price_fen", Reason.NOT_FEN),
        ({"price_fen": "28元"}, "price_fen", Reason.NOT_FEN),
        ({"price_fen": "二十八"}, "price_fen", Reason.NOT_FEN),
        ({"price_fen": "0"}, "price_fen", Reason.PRICE_RANGE),
        ({"price_fen": "1000001"}, "price_fen", Reason.PRICE_RANGE),
        ({"stock": "1.5"}, "stock", Reason.NOT_WHOLE),
        ({"stock": "很多"}, "stock", Reason.NOT_WHOLE),
        ({"stock": "10000"}, "stock", Reason.STOCK_RANGE),
        ({"season_months": "13"}, "season_months", Reason.MONTHS),
        ({"season_months": "0-3"}, "season_months", Reason.MONTHS),
        ({"season_months": "春天"}, "season_months", Reason.MONTHS),
        ({"tags": ";".join(f"签{n}" for n in range(13))}, "tags", Reason.TOO_MANY_TAGS),
        ({"tags": "长" * 21}, "tags", Reason.LONG_TAG),
    ],
)
def test_what_cannot_be_is_refused_by_its_column(changes: Values, column: str, reason: Reason) -> None:
    assert flaws_of(**changes) == [(column, reason)]


def test_a_price_in_yuan_is_told_in_fen() -> None:
    details = {typed: read(row(price_fen=typed))[1][0].detail for typed in ("28.50", "28.5", "28元", "0.05", "廿八")}
    assert details == {"28.50": "2850", "28.5": "2850", "28元": "2800", "0.05": "5", "廿八": "2850"}


@pytest.mark.parametrize(
    ("typed", "months"),
    [
        ("", ALL_YEAR),
        ("全年", ALL_YEAR),
        ("1-3;11", (1, 2, 3, 11)),
        ("11-2", (1, 2, 11, 12)),
        ("3月-5月;９月", (3, 4, 5, 9)),
        ("1 2 3", (1, 2, 3)),
        ("3至4", (3, 4)),
        ("5;5", (5,)),
    ],
)
def test_months_as_people_write_them(typed: str, months: tuple[int, ...]) -> None:
    goods, _flaws = read(row(season_months=typed))
    assert goods is not None
    assert goods.months == months


def test_empty_stock_is_none_and_figures_may_be_wide_or_grouped() -> None:
    told = [read(row(stock=stock, price_fen=fen))[0] for stock, fen in (("", "４８００"), ("12.0", "4,800"))]
    assert [(one.stock, one.price_fen) for one in told if one] == [(0, 4800), (12, 4800)]


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=30)))
def test_no_row_makes_more_than_a_refusal(cells: Values) -> None:
    whole = dict.fromkeys(COLUMNS, "") | cells
    listed = {name: (whole[name],) for name in ("season_months", "tags")}
    goods, flaws = read(Row(2, {**whole, **listed}))
    assert (goods is None) == bool(flaws)


def test_bad_lines_are_named_and_good_ones_read(kept: Keep) -> None:
    line = json.dumps(JSON_GOOD).encode()
    content = b"\n".join([b"{oops", line, b"[1]", b'{"ref": ["x"], "price_fen": 28.50, "tags": [1]}', b"[" * 5000])
    first, good, array, typed, deep = rows_of(kept("x.jsonl", content))
    assert [one.flaws[0].reason for one in (first, array, deep)] == [Reason.NOT_JSON] * 3
    assert read(good)[0] is not None
    assert {flaw.column for flaw in typed.flaws} == {"ref"}
    assert typed.cells["price_fen"] == "28.50", "figures stay as they were written"
    broken = csv_bytes(GOOD) + b'"a"b,c\r\n' + csv_bytes(GOOD | {"ref": "A-3"}).split(b"\r\n", 1)[1] + b'"open'
    found = rows_of(kept("x.csv", broken))
    assert [(one.number, [flaw.reason for flaw in one.flaws]) for one in found] == [
        (2, []),
        (3, [Reason.QUOTES]),
        (4, []),
        (5, [Reason.QUOTES]),
    ]
    wide = csv_bytes(GOOD).rstrip() + b",more\r\n"
    assert [flaw.reason for flaw in rows_of(kept("y.csv", wide))[0].flaws] == [Reason.TOO_MANY_CELLS]


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    out = io.BytesIO(xlsx_bytes(GOOD))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def billion_laughs() -> bytes:
    rows = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    strings = f'<!DOCTYPE x [<!ENTITY l0 "lol">{rows}]><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&l9;</t></si></sst>'
    out, source = io.BytesIO(), zipfile.ZipFile(io.BytesIO(xlsx_bytes(GOOD)))
    with zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, strings.encode() if name == "xl/sharedStrings.xml" else source.read(name))
    return out.getvalue()


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512
ODD: dict[str, tuple[bytes, Reason]] = {
    "nothing.csv": (b"", Reason.EMPTY),
    "blank.csv": (b"\r\n \r\n", Reason.EMPTY),
    "header only.csv": (csv_bytes(), Reason.EMPTY),
    "header only.xlsx": (xlsx_bytes(), Reason.EMPTY),
    "nul.csv": (csv_bytes(GOOD) + b"\0", Reason.NUL),
    "binary.csv": (bytes(range(256)) * 20, Reason.ENCODING),
    "broken utf-8.csv": (csv_bytes(GOOD) * 3 + b"\xff\xfe\xfd", Reason.ENCODING),
    "other columns.csv": (b"a,b\r\n1,2\r\n", Reason.NO_HEADER),
    "too few.csv": (csv_bytes(GOOD, columns=COLUMNS[:-2]), Reason.NO_COLUMNS),
    "twice.csv": (csv_bytes(GOOD, columns=[*COLUMNS, "ref"]), Reason.SAME_COLUMN),
    "page.xls": (b"<html><table></table></html>", Reason.HTML),
    "array.jsonl": (json.dumps([JSON_GOOD]).encode(), Reason.JSON_ARRAY),
    "old.xls": (OLD, Reason.OLD_XLS),
    "locked.xlsx": (OLD + "EncryptedPackage".encode("utf-16-le"), Reason.LOCKED),
    "sheet.ods": (zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), Reason.OPEN_DOCUMENT),
    "photos.zip": (zipped(photo=b"x"), Reason.NO_WORKBOOK),
    "macros.xlsm": (with_part("xl/vbaProject.bin", b"x"), Reason.MACROS),
    "links.xlsx": (with_part("xl/externalLinks/externalLink1.xml", b"<x/>"), Reason.LINKS),
    "bomb.xlsx": (with_part("xl/media/x.bin", bytes(60 * 1024 * 1024)), Reason.BOMB),
    "many parts.xlsx": (zipped(**{f"p{n}": b"" for n in range(1001)}), Reason.BOMB),
    "cut off.xlsx": (xlsx_bytes(GOOD)[:-200], Reason.DAMAGED),
    "laughs.xlsx": (billion_laughs(), Reason.DAMAGED),
    "noise.xlsx": (b"\0\1\2", Reason.DAMAGED),
}


@pytest.mark.parametrize("name", ODD)
def test_a_file_that_is_no_list_of_goods_gets_its_sentence(kept: Keep, name: str) -> None:
    content, reason = ODD[name]
    assert reason_of(kept(name, content)) is reason
    assert english(reason, "x").strip().endswith(".")


def test_a_file_that_is_too_large_is_not_read(kept: Keep) -> None:
    path = kept("large.csv", b"")
    with path.open("r+b") as file:
        file.truncate(100 * 1024 * 1024)
    assert reason_of(path) is Reason.TOO_LARGE


def test_too_many_rows_are_too_many(kept: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.catalog.imports.sheets.MAX_ROWS", 2)
    assert reason_of(kept("x.csv", csv_bytes(GOOD, GOOD, GOOD))) is Reason.TOO_MANY_ROWS


def test_every_reason_has_its_words() -> None:
    assert set(WORDS) == set(Reason)
    for reason, (chinese, english_words) in WORDS.items():
        assert str(chinese).count("%s") == english_words.count("%s") <= 1, reason


def test_the_template_holds_no_goods_and_names_what_is_known(kept: Keep) -> None:
    out = io.BytesIO()
    write_template(out, KnownNames(["鲜蛋", "=1+1"], ["大湾村"], ["周素珍家"]))
    path = kept("template.xlsx", out.getvalue())
    assert reason_of(path) is Reason.EMPTY, "an example must not be imported by whoever leaves it in"
    book = load_workbook(path)
    goods, notes = book.worksheets
    assert [cell.value for cell in goods[1]] == list(COLUMNS)
    assert {cell.data_type for line in notes.iter_rows() for cell in line if cell.value} == {"s"}
    known = [cell.value for cell in notes["C"]]
    assert "鲜蛋" in known
    assert "=1+1" in known
    assert {area.formula1 for area in goods.data_validations.dataValidation} >= {"'说明和清单'!$C$19:$C$20"}
