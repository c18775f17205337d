"""The centre's page of imports: a file handed in, how far it is, what was not taken."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from shop.accounts.models import Role
from shop.catalog.imports.models import CatalogueImport
from shop.catalog.models import Listing, ListingState
from tests.support.pages import Pages
from tests.world.market import PASSWORD, Market, someone

HEAD = "ref,title,vendor,village,category,description,price_fen,unit,season_months,tags,stock"


@pytest.fixture
def centre(pages: Pages, at: Market) -> Pages:
    pages.sign_in(someone(at.world, Role.MANAGER).phone, PASSWORD)
    return pages


def sheet(*rows: str, name: str = "货单.csv") -> tuple[BytesIO, str]:
    return BytesIO("\n".join((HEAD, *rows)).encode()), name


GOOD = "A-1,林下土鸡蛋,周素珍家,,禽蛋,当天捡,4800,盒(30枚),,土鸡蛋;林下,12"
BAD = "A-2,=1+1,周素珍家,,禽蛋,,28.50,盒,,,3"


def test_a_file_is_handed_in_taken_in_and_told_of(centre: Pages, at: Market) -> None:
    centre.get("/staff/import")
    page = centre.submit_form("开始导", file=sheet(GOOD, BAD))
    assert "排着队" in page.main
    here = page.url
    assert at.world.deliver() >= 1
    page = centre.get(here)
    assert "不认识" not in page.main
    assert "价格按分写：2850" in page.main
    assert "=1+1" not in page.main, "the title of a refused row is not shown as if it were wrong"
    state = at.world.read(lambda session: session.scalars(select(Listing.state).where(Listing.ref == "A-1")).one())
    assert state is ListingState.PUBLISHED
    csv = centre.client.get(f"{here}/faults.csv").get_data(as_text=True)
    assert csv.startswith("\ufeff行,编号")
    assert "price_fen,28.50" in csv
    assert "新加 1，改了 0，退回 1" in centre.get("/staff/import").main


def test_a_rehearsal_leaves_nothing_behind(centre: Pages, at: Market) -> None:
    centre.get("/staff/import")
    page = centre.submit_form("开始导", file=sheet(GOOD), may=["rehearse"])
    at.world.deliver()
    assert "这是试一遍" in centre.get(page.url).main
    assert at.world.read(lambda session: session.scalars(select(Listing.id)).all()) == []
    assert at.world.read(lambda session: session.scalars(select(CatalogueImport.added)).one()) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "文件是空的"), (b"x" * 10_001, "文件超过 20 MB")],
    ids=["empty", "too large"],
)
def test_a_file_that_cannot_be_is_refused_at_once(
    centre: Pages, at: Market, monkeypatch: pytest.MonkeyPatch, content: bytes, sentence: str
) -> None:
    monkeypatch.setattr("shop.catalog.views.importing.MAX_BYTES", 10_000)
    centre.get("/staff/import")
    page = centre.submit_form("开始导", status=422, file=(BytesIO(content), "x.csv"))
    assert sentence in page.main


def test_no_file_is_asked_for(centre: Pages) -> None:
    centre.get("/staff/import")
    assert "请选一个文件" in centre.submit_form("开始导", status=422).main


def test_a_file_that_is_no_list_gets_its_sentence(centre: Pages, at: Market) -> None:
    centre.get("/staff/import")
    page = centre.submit_form("开始导", file=(BytesIO(b"a,b\n1,2\n"), "x.csv"))
    at.world.deliver()
    assert "第一行应当是列名" in centre.get(page.url).main


def test_one_at_a_time(centre: Pages, at: Market) -> None:
    centre.get("/staff/import")
    first = centre.submit_form("开始导", file=sheet(GOOD)).url
    centre.get("/staff/import")
    page = centre.submit_form("开始导", file=sheet(BAD))
    assert page.url == first
    assert "上一份还没导完" in page.main


def test_staff_bring_goods_in_but_add_no_names_and_vouch_for_nobody(pages: Pages, at: Market) -> None:
    pages.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    page = pages.get("/staff/import")
    assert page.form("开始导").choices["may"] == {"rehearse"}
    pages.post("/staff/import", {"file": sheet(GOOD), "may": ["vouch"]}, status=403)
    assert at.world.read(lambda session: session.scalars(select(CatalogueImport.id)).all()) == []


def test_the_template_can_be_filled_in_and_handed_in(centre: Pages, at: Market) -> None:
    raw = centre.client.get("/staff/import/template.xlsx").get_data()
    book = load_workbook(BytesIO(raw))
    goods = book.worksheets[0]
    for place, cell in enumerate(GOOD.split(","), 1):
        goods.cell(2, place).value = int(cell) if cell.isdigit() else cell
    out = BytesIO()
    book.save(out)
    out.seek(0)
    centre.get("/staff/import")
    page = centre.submit_form("开始导", file=(out, "货单.xlsx"))
    at.world.deliver()
    centre.get(page.url)
    assert at.world.read(lambda session: session.scalars(select(Listing.title)).all()) == ["林下土鸡蛋"]
    assert at.category.name in [cell.value for cell in book.worksheets[1]["C"]]
