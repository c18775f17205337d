"""A buyer's invoices on their pages: asked for at the checkout or later, mended, taken back; nobody else's."""

from collections.abc import Callable
from typing import Any

import pytest

from shop.accounts.models import Role
from shop.invoices import services
from shop.invoices.models import InvoiceKind, Medium, RequestState
from shop.invoices.queries import wish_of
from tests.pages.buying import TO, at_provider, fill, place_it, placed
from tests.support.pages import Pages
from tests.world import World, market
from tests.world.books import footprint
from tests.world.invoices import FIRM, SPECIAL, cooperative, meet, requests
from tests.world.market import (
    PASSWORD,
    STAFF,
    Market,
    listing,
    receive_all,
    someone,
)


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


def bought(at: Market, pages: Pages, *, is_in: bool = True) -> str:
    """Buy eggs and kiwis as a visitor, pay, and let the centre take everything in."""
    kiwi = listing(at, title="红心猕猴桃", vendor=cooperative(at.world))
    fill(pages, listing(at), 2)
    fill(pages, kiwi, 1)
    pages.click("去结账")
    pages.submit_form("/checkout", press="看运费和总价", **TO)
    code = placed(at, place_it(pages)).code
    at_provider(pages, "付款")
    at.world.deliver()
    if is_in:
        receive_all(at, code)
    return code


def said(title: Any, how: str = "electronic") -> dict[str, Any]:
    names = ("title", "tax_id", "seat", "seat_phone", "bank", "account", "recipient", "phone", "province", "city")
    told = {name: getattr(title, name) for name in (*names, "district", "street", "email")}
    return {**told, "title_kind": title.title_kind.value, "kind": title.kind.value, "how": how}


def move(at: Market, code: str, to: RequestState, reason: str = "") -> None:
    def act(session: Any) -> None:
        request = services.lock(session, code)
        services.advance(session, request, to, actor=STAFF, clock=at.world.clock, reason=reason)

    at.world.run(act)


def test_who_issues_what_is_said_before_and_a_special_one_on_paper_is_asked_for(at: Market, pages: Pages) -> None:
    code = bought(at, pages)
    pages.get(f"/orders/{code}")
    page = pages.click("要发票")
    assert "分 3 张开" in page.main
    assert "税务所代开，周素珍家的货" in page.main
    assert "大湾猕猴桃合作社" in page.main
    assert "小鱼洞山货中心运费 ¥" in page.main
    page = pages.submit_form(f"/orders/{code}/invoice", **said(SPECIAL, "post"))
    assert "交给中心了，一共 3 张。" in page.text
    assert "等中心看" in page.main
    made = requests(at, code)
    assert {one.title.kind for one in made} == {InvoiceKind.ORDINARY, InvoiceKind.SPECIAL}
    assert {(one.title.medium, one.title.street) for one in made} == {(Medium.PAPER, SPECIAL.street)}
    assert "等中心看" in pages.get(f"/orders/{code}").main
    assert SPECIAL.account not in pages.get(f"/orders/{code}/invoice").text


def test_all_that_a_special_one_lacks_is_said_in_one_go(at: Market, pages: Pages) -> None:
    code = bought(at, pages)
    pages.get(f"/orders/{code}/invoice")
    before = footprint(at.world)
    lacking = {"seat": "", "seat_phone": "call me", "bank": "", "account": ""}
    page = pages.submit_form(f"/orders/{code}/invoice", 422, **{**said(SPECIAL, "post"), **lacking})
    for words in ("要填单位的注册地址", "电话写成", "要填开户银行", "要填银行账号"):
        assert words in page.main
    assert (requests(at, code), footprint(at.world)) == ([], before)


def test_a_wish_of_the_checkout_is_met_when_the_goods_are_in(at: Market, pages: Pages) -> None:
    fill(pages, listing(at), 2)
    pages.click("去结账")
    firm: dict[str, Any] = {"invoice_for": "company", "invoice_title": FIRM.title, "invoice_tax_id": FIRM.tax_id}
    pages.submit_form("/checkout", press="看运费和总价", **TO, **firm)
    code = placed(at, place_it(pages)).code
    at_provider(pages, "付款")
    at.world.deliver()
    assert f"{FIRM.title}的发票要了，货收齐了就开。" in pages.get(f"/orders/{code}").main
    receive_all(at, code)
    meet(at)
    assert [one.title.title for one in requests(at, code)] == [FIRM.title, FIRM.title]
    page = pages.get(f"/orders/{code}/invoice")
    assert "等中心看" in page.main
    assert FIRM.title in pages.get(f"/orders/{code}/receipt").text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"tax_id": "91110000600037342L"}, "税号里有一位抄错了"),
        ({"tax_id": "12345"}, "税号是 18 位数字和大写字母"),
        ({"title": ""}, "请填发票抬头"),
        ({"title_kind": "individual"}, "个人的发票不填税号"),
        ({"title_kind": "nobody"}, "选一样。"),
        ({"account": "call me"}, "银行账号是 6 到 34 位数字"),
        ({"how": "post", "street": ""}, "请填街道和门牌。"),
        ({"how": "post", "phone": "12"}, "请填 11 位手机号码。"),
        ({"how": "pigeon"}, "选一样。"),
        ({"email": "zhang@example"}, "邮箱写成"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_asked_for(
    at: Market, pages: Pages, wrong: dict[str, str], words: str
) -> None:
    code = bought(at, pages)
    before = footprint(at.world)
    pages.get(f"/orders/{code}/invoice")
    page = pages.post(f"/orders/{code}/invoice", {**said(SPECIAL), **wrong}, status=422)
    assert words in page.main
    assert page.form(f"/orders/{code}/invoice").values["bank"] == [SPECIAL.bank]
    assert requests(at, code) == []
    assert footprint(at.world) == before


def test_what_the_centre_sent_back_is_mended_without_typing_the_account_again(at: Market, pages: Pages) -> None:
    code = bought(at, pages)
    pages.get(f"/orders/{code}/invoice")
    pages.submit_form(f"/orders/{code}/invoice", **said(SPECIAL, "post"))
    coop = next(one for one in requests(at, code) if one.title.kind is InvoiceKind.SPECIAL)
    move(at, coop.code, RequestState.NEEDS_FIXING, "开户行写全称")
    assert "改发票的抬头" in pages.get(f"/orders/{code}").main
    page = pages.click("改发票的抬头")
    assert "开户行写全称" in page.main
    assert "末四位 0123" in page.main
    bank = "成都农村商业银行股份有限公司科华支行"
    page = pages.submit_form(f"/orders/{code}/invoice", bank=bank, account="")
    assert "改好了，交给中心再看。" in page.text
    mended = next(one for one in requests(at, code) if one.code == coop.code)
    assert (mended.state, mended.title.bank) == (RequestState.REQUESTED, bank)
    assert mended.title.account_tail == "0123"


def test_it_can_be_taken_back_until_somebody_issues(at: Market, pages: Pages) -> None:
    code = bought(at, pages)
    pages.get(f"/orders/{code}/invoice")
    pages.submit_form(f"/orders/{code}/invoice", **said(FIRM))
    page = pages.submit_form(f"/orders/{code}/invoice/withdraw")
    assert "撤回了，要开再填一次就行。" in page.text
    assert {one.state for one in requests(at, code)} == {RequestState.WITHDRAWN}
    pages.submit_form(f"/orders/{code}/invoice", **said(FIRM))
    for one in requests(at, code):
        if one.state is RequestState.REQUESTED:
            move(at, one.code, RequestState.ACCEPTED)
    assert "不要了" not in pages.get(f"/orders/{code}/invoice").main


def test_an_old_id_is_taken_with_a_warning(at: Market, pages: Pages) -> None:
    code = bought(at, pages, is_in=False)
    pages.get(f"/orders/{code}/invoice")
    page = pages.submit_form(f"/orders/{code}/invoice", **{**said(FIRM), "tax_id": "510182198001011"})
    assert "老的 15 位或 20 位税号" in page.main
    assert "记下了。" in page.text
    made = at.world.read(lambda session: wish_of(session, market.order(at, code).id))
    assert made is not None
    assert made.title.tax_id == "510182198001011"


def test_a_company_that_comes_again_finds_its_title(at: Market, pages: Pages) -> None:
    pages.sign_in(someone(at.world, Role.BUYER).phone, PASSWORD)
    first = bought(at, pages)
    pages.get(f"/orders/{first}/invoice")
    pages.submit_form(f"/orders/{first}/invoice", **said(FIRM))
    second = bought(at, pages)
    values = pages.get(f"/orders/{second}/invoice").form(f"/orders/{second}/invoice").values
    assert (values["title"], values["tax_id"]) == ([FIRM.title], [FIRM.tax_id])


def test_another_s_invoices_are_not_there(at: Market, pages: Pages, visitor: Callable[[], Pages]) -> None:
    code = bought(at, pages)
    pages.get(f"/orders/{code}/invoice")
    before = footprint(at.world)
    other = visitor()
    other.sign_in(someone(at.world, Role.BUYER).phone, PASSWORD)
    other.get(f"/orders/{code}/invoice", status=404)
    for act in ("", "/withdraw"):
        other.post(f"/orders/{code}/invoice{act}", said(FIRM), status=404)
    assert requests(at, code) == []
    assert footprint(at.world) == before


def test_an_invoice_is_a_matter_of_its_own_and_what_to_mend_is_its_buyer_s_turn(at: Market, pages: Pages) -> None:
    code = bought(at, pages)
    pages.get(f"/orders/{code}/invoice")
    pages.submit_form(f"/orders/{code}/invoice", **said(FIRM))
    page = pages.get("/matters")
    assert "发票 ¥96" in page.main
    assert "税务所代开，周素珍家的货" in page.main
    assert "等您办的" not in page.main
    move(at, requests(at, code)[0].code, RequestState.NEEDS_FIXING, "税号和名称对不上")
    page = pages.get("/matters")
    assert "等您办的" in page.main
    assert "税号和名称对不上" in page.main
    page = pages.click("去改抬头：税务所代开，周素珍家的货，发票 ¥96")
    assert page.url == f"/orders/{code}/invoice"
