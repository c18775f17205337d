"""The centre's desk for invoices: its lists, one request, what goes wrong with files and figures, told in words."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from shop.accounts.models import Role, Viewed, ViewLog
from shop.catalog.models import Listing
from shop.invoices.queues import Tab
from shop.kernel.clock import town_day
from shop.media.models import PrivateDocument
from tests.pages.buying import TO, at_provider, fill, place_it, placed
from tests.support.odd_documents import LAUGHS, NUMBER, ofd, pdf, xml
from tests.support.pages import Pages
from tests.world.invoice_desk import OTHER, RED, Desk, lists
from tests.world.invoices import FIRM, SPECIAL, cooperative, want
from tests.world.market import PASSWORD, Market, delivered_order, listing, receive_all, someone, variant_id

DESK = "/staff/invoices"


@pytest.fixture
def desk(at: Market, eggs: Listing) -> Desk:
    """A delivered order of eggs, of which a firm wants an electronic invoice."""
    made = delivered_order(at, {variant_id(at, eggs): 2})
    want(at, made.code, FIRM)
    return Desk(at, made.code)


@pytest.fixture
def clerk(at: Market, pages: Pages) -> Pages:
    """The browser of whoever keeps the money, signed in."""
    pages.sign_in(someone(at.world, Role.FINANCE).phone, PASSWORD)
    pages.max_statements = 60  # a form that is refused is judged and drawn anew
    return pages


def sent(raw: bytes, name: str = "a.pdf") -> dict[str, Any]:
    """Return a file as a browser sends it."""
    return {"record-files": (BytesIO(raw), name)}


def typed(**values: str) -> dict[str, Any]:
    """Return what is typed into the form of an invoice."""
    return {f"record-{name}": value for name, value in values.items()}


def accepted(desk: Desk, clerk: Pages) -> str:
    """Open the goods' request, take it on, and return its page's address."""
    page = f"{DESK}/{desk.goods().code}"
    clerk.get(page)
    clerk.submit_form("受理")
    return page


def test_from_the_list_to_a_recorded_invoice_with_its_file(desk: Desk, clerk: Pages) -> None:
    assert "发票待受理" in clerk.get("/staff").main
    page = clerk.get(DESK)
    assert "成都山野餐饮有限公司" in page.main
    assert page.main.count("成都山野餐饮有限公司") == lists(desk.at.world)[Tab.ASKED] == 2
    address = accepted(desk, clerk)
    assert "林下土鸡蛋" in clerk.get(address).main or "土鸡蛋" in clerk.get(address).main
    assert "免税" in clerk.get(address).main
    total = desk.goods().amount_fen
    raw = xml(total=f"{total // 100}.{total % 100:02d}", on="2026-11-22 09:00:00")
    page = clerk.submit_form("record", press="先传文件", **sent(raw, "fp.xml"))
    assert f'value="{NUMBER}"' in page.text
    page = clerk.submit_form("record", press="记下这张发票")
    assert "可以下载" in page.main
    assert NUMBER in page.main
    answer = clerk.client.get(f"{address}/files/1")
    assert answer.data == raw
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert clerk.client.get(f"{address}/files/2").status_code == 404


def test_a_pdf_is_shown_beside_the_form(desk: Desk, clerk: Pages) -> None:
    address = accepted(desk, clerk)
    page = clerk.submit_form("record", press="先传文件", **sent(pdf()))
    key = desk.at.world.read(lambda session: session.scalars(select(PrivateDocument.key)).one())
    assert f"{address}/sent/{key}/1" in page.text
    assert clerk.client.get(f"{address}/sent/{key}/1").headers["Content-Type"] == "image/png"
    assert clerk.client.get(f"{address}/sent/{key}/2").status_code == 404
    assert clerk.client.get(f"/media/{key}/640.jpg").status_code == 404


def test_a_file_that_was_sent_by_mistake_is_left_out(desk: Desk, clerk: Pages) -> None:
    accepted(desk, clerk)
    clerk.submit_form("record", press="先传文件", **sent(pdf()))
    page = clerk.submit_form("record", press="记下这张发票", status=422, file=False, **typed(number=NUMBER))
    assert "要把文件传上来" in page.main
    assert "第 1 个文件" not in page.main
    clerk.submit_form("record", press="记下这张发票", **typed(number=NUMBER), **sent(pdf(2)))
    facts = desk.goods().invoice
    assert facts is not None
    assert [one.pages for one in facts.files] == [2]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"MZ\x90\0" + bytes(4000), "这个文件是程序"),
        (LAUGHS, "内容不对劲"),
        (b"", "是空的"),
        (pdf()[:99], "坏了"),
        (ofd({"Doc_0/a.xml": bytes(90_000_000)}), "内容不对劲"),
    ],
)
def test_a_bad_file_is_told_and_what_was_typed_stays(desk: Desk, clerk: Pages, raw: bytes, words: str) -> None:
    accepted(desk, clerk)
    before = desk.stands()
    page = clerk.submit_form(
        "record", press="记下这张发票", status=422, **typed(number=NUMBER, amount="12.34"), **sent(raw, "invoice.pdf")
    )
    assert words in page.main
    assert f'value="{NUMBER}"' in page.text
    assert 'value="12.34"' in page.text
    assert desk.stands() == before


def test_fifty_megabytes_are_refused_before_they_are_read(desk: Desk, clerk: Pages) -> None:
    address = accepted(desk, clerk)
    before = desk.stands()
    head = b'--b\r\nContent-Disposition: form-data; name="record-files"; filename="a.ofd"\r\n\r\n'
    body = head + bytes(50_000_000) + b"\r\n--b--\r\n"
    answer = clerk.client.post(f"{address}/issued", data=body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 413
    assert "发来的太大了" in answer.text
    assert "最大 10 MB" in answer.text
    assert desk.stands() == before


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"number": "123"}, "20 位数字"),
        ({"number": NUMBER, "amount": "9999"}, "比能开的多了"),
        ({"number": NUMBER, "amount": "abc"}, "金额写成"),
        ({"number": NUMBER, "issued_on": "2030-01-01"}, "还没到"),
        ({"number": ""}, "请填发票号码"),
        ({"number": NUMBER}, "要把文件传上来"),
    ],
)
def test_bad_figures_are_told_and_nothing_moves(desk: Desk, clerk: Pages, values: dict[str, str], words: str) -> None:
    accepted(desk, clerk)
    before = desk.stands()
    page = clerk.submit_form("record", press="记下这张发票", status=422, **typed(**values))
    assert words in page.main
    assert desk.stands() == before


def test_a_difference_to_the_file_is_told_and_decided_by_a_person(desk: Desk, clerk: Pages) -> None:
    accepted(desk, clerk)
    clerk.submit_form("record", press="先传文件", **sent(ofd(net="60.00"), "fp.ofd"))
    before = desk.stands()
    today = town_day(desk.at.world.clock()).isoformat()
    other = typed(number=OTHER, amount="50", issued_on=today)
    page = clerk.submit_form("record", press="记下这张发票", status=422, **other)
    assert f"文件里的号码是 {NUMBER}" in page.main
    assert "文件里的日期是 2026年11月20日" in page.main
    assert "文件里的金额是 ¥60" in page.main
    assert "少的这些以后不能再开" in page.main
    assert desk.stands() == before
    page = clerk.submit_form("record", press="记下这张发票", **{"record-sure": True})
    assert OTHER in page.main
    facts = desk.goods().invoice
    assert facts is not None
    assert (facts.number, facts.amount_fen) == (OTHER, 5000)


def test_a_refund_asks_for_the_red_letter_on_the_page_too(desk: Desk, clerk: Pages) -> None:
    code = desk.recorded()
    desk.at.world.clock.advance(minutes=1)
    desk.give_back(1000)
    desk.at.world.deliver()
    assert "发票该冲红" in clerk.get("/staff").main
    assert "冲红 ¥" in clerk.get(f"{DESK}?tab=red").main
    page = clerk.get(f"{DESK}/{code}")
    assert "这张发票要冲红" in page.main
    day = desk.at.world.clock().date().isoformat()
    figures: dict[str, Any] = {"red-number": RED, "red-issued_on": day, "red-reason": "goods_returned"}
    page = clerk.submit_form("记下红字发票", status=422, **{**figures, "red-amount": "9999"})
    assert "比这张发票还剩的多了" in page.main
    page = clerk.submit_form("记下红字发票", **{**figures, "red-amount": "1.00"})
    assert RED in page.main
    assert "02 销货退回" in page.main


def test_what_a_special_invoice_needs_is_shown_to_who_asks_and_each_look_is_noted(
    at: Market, clerk: Pages, app: Flask
) -> None:
    goods = listing(at, title="红心猕猴桃", vendor=cooperative(at.world))
    made = delivered_order(at, {variant_id(at, goods): 1})
    want(at, made.code, SPECIAL)
    desk = Desk(at, made.code)
    code = desk.goods().code
    page = clerk.get(f"{DESK}/{code}")
    for hidden in (SPECIAL.account, SPECIAL.seat, SPECIAL.seat_phone, SPECIAL.phone, SPECIAL.street):
        assert hidden not in page.text
    page = clerk.submit_form("看专票的地址")
    assert SPECIAL.account in page.main
    assert SPECIAL.seat in page.main
    looks = at.world.read(lambda session: session.execute(select(ViewLog.subject, ViewLog.what)).all())
    assert [tuple(look) for look in looks] == [(code, Viewed.INVOICE)]
    clerk.post(f"{DESK}/{next(one.code for one in desk.requests() if one.code != code)}/look")
    at.world.clock.advance(minutes=16)
    assert SPECIAL.account not in clerk.get(f"{DESK}/{code}").text
    assert app.config["MAX_CONTENT_LENGTH"]


def test_paper_is_put_into_an_envelope_with_its_sister_and_shows_no_amount(
    at: Market, clerk: Pages, visitor: Callable[[], Pages]
) -> None:
    goods = listing(at, title="红心猕猴桃", vendor=cooperative(at.world))
    made = delivered_order(at, {variant_id(at, goods): 1})
    want(at, made.code, SPECIAL)
    desk = Desk(at, made.code)
    numbers = iter((NUMBER, OTHER))
    for one in desk.requests():
        clerk.get(f"{DESK}/{one.code}")
        clerk.submit_form("受理")
        clerk.submit_form("record", press="记下这张发票", **typed(number=next(numbers)))
    page = clerk.get(f"{DESK}?tab=posting")
    assert page.main.count("成都山野餐饮有限公司") == 2
    first = desk.requests()[0].code
    clerk.get(f"{DESK}/{first}")
    page = clerk.submit_form("post", press="订快递")
    assert "寄出了" in page.main
    assert lists(at.world)[Tab.POSTING] == 0
    at.world.deliver()
    key = desk.requests()[0].shipment_key
    staff = visitor()
    staff.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    label = staff.get(f"/staff/consignments/{key}/envelope")
    assert "¥" not in label.main
    assert SPECIAL.phone not in label.text


def test_a_buyer_has_the_files_and_pictures_of_their_own_invoice_and_nobody_else_s(
    at: Market, eggs: Listing, pages: Pages, visitor: Callable[[], Pages]
) -> None:
    fill(pages, eggs, 2)
    pages.click("去结账")
    pages.submit_form("/checkout", press="看运费和总价", **TO)
    code = placed(at, place_it(pages)).code
    at_provider(pages, "付款")
    at.world.deliver()
    receive_all(at, code)
    want(at, code, FIRM)
    desk, raw = Desk(at, code), pdf(2)
    paper = desk.recorded(files=(desk.document(raw),))
    page = pages.get(f"/orders/{code}/invoice")
    assert NUMBER in page.main
    address = f"/orders/{code}/invoice/{paper}/files/1"
    assert address in page.text
    answer = pages.client.get(address)
    assert (answer.data, answer.headers["Content-Type"]) == (raw, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{NUMBER}.pdf"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert pages.client.get(f"{address}/pages/2").headers["Content-Type"] == "image/png"
    stranger = visitor()
    for missing in (address, f"{address}/pages/1"):
        assert stranger.client.get(missing).status_code == 404
    for wrong in (address.replace("files/1", "files/2"), f"{address}/pages/3", address.replace(paper, "NONE")):
        assert pages.client.get(wrong).status_code == 404
