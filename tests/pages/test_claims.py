"""Claims on the buyer's pages: three of thirty eggs with a photo, answered at once; nobody else's; nothing lost."""

from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import func, select

from shop.accounts.models import Role
from shop.catalog.models import Listing, ReturnClass
from shop.desk.models import Claim, ClaimKind, ClaimState
from shop.orders.queries.orders import OrderFacts
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world import World
from tests.world.books import footprint
from tests.world.claims import ask, by_hand, claim, decide, object_to
from tests.world.joining import one_photo
from tests.world.market import PASSWORD, Market, delivered_order, listing, on_shelf, someone, variant_id


@pytest.fixture
def made(at: Market, eggs: Listing) -> OrderFacts:
    """An order of one box of thirty eggs that reached its buyer."""
    return delivered_order(at, {variant_id(at, eggs): 1})


@pytest.fixture
def guest(pages: Pages, made: OrderFacts) -> Pages:
    """The browser of its buyer, who proved code and phone."""
    return proved(pages, made)


def proved(browser: Pages, made: OrderFacts) -> Pages:
    browser.get("/orders")
    browser.submit_form("查一下", code=made.code, phone=made.phone)
    return browser


def shot(content: bytes | None = None, name: str = "蛋.jpg") -> tuple[BytesIO, str]:
    return BytesIO(one_photo() if content is None else content), name


def shown(page: Page) -> list[str]:
    """Return the addresses of a claim's photos on a page."""
    return [source for image in page.all("img") if "/claims/" in (source := image.get("src") or "")]


def claims(world: World) -> int:
    return world.read(lambda session: session.scalar(select(func.count(Claim.id)))) or 0


def to_form(browser: Pages, made: OrderFacts, kind: str = "破了") -> Page:
    """Walk from the order to the last question."""
    browser.get(f"/orders/{made.code}")
    browser.click("货有问题？")
    return browser.click(kind)


def test_three_of_thirty_eggs_are_made_good_with_a_photo(at: Market, guest: Pages, made: OrderFacts) -> None:
    page = to_form(guest, made)
    assert "土鸡蛋" in page.main
    page = guest.submit_form("交给中心", much=3, photo=shot(), words="路上磕的")
    assert page.heading == "正在退钱"
    assert "¥4.80 原路退回，两三天到。" in page.main
    assert "3 个" in page.main
    assert "路上磕的" in page.main
    (picture,) = shown(page)
    assert guest.client.get(picture).headers["Cache-Control"] == "private, no-store"
    at.world.deliver()
    assert guest.get(page.url).heading == "退好了"
    assert "退好了" in guest.get(f"/orders/{made.code}").main


def test_a_form_that_comes_back_keeps_its_photo_and_what_was_typed(at: Market, guest: Pages, made: OrderFacts) -> None:
    to_form(guest, made)
    before = footprint(at.world)
    page = guest.submit_form("交给中心", 422, much=31, photo=shot(), words="都碎了")
    assert "没有那么多" in page.main
    assert page.form("交给中心").values["words"] == ["都碎了"]
    (picture,) = shown(page)
    assert (footprint(at.world), claims(at.world)) == (before, 0)
    assert guest.client.get(picture).status_code == 200
    page = guest.submit_form("交给中心", much=30)
    assert page.heading == "中心在看"  # 48 yuan and the freight are more than is paid at once
    assert len(shown(page)) == 1


def test_several_photos_come_one_by_one_and_a_file_that_is_none_is_told(
    at: Market, guest: Pages, made: OrderFacts
) -> None:
    to_form(guest, made)
    page = guest.submit_form("交给中心", press="先存下这张，再拍一张", photo=shot(), much=2)
    assert len(shown(page)) == 1
    page = guest.submit_form("交给中心", 422, photo=shot(b"MZ\x90\x00 not a photo", "蛋.exe"), much=2)
    assert "不是照片" in page.main
    assert claims(at.world) == 0
    page = guest.submit_form("交给中心", photo=shot(), much=2)
    made_now = claim(at, page.url.rpartition("/")[2])
    assert (len(made_now.photos), made_now.asked) == (2, 2)


def test_without_a_photo_and_for_the_same_pieces_again_it_is_told_and_nothing_moves(
    at: Market, guest: Pages, made: OrderFacts
) -> None:
    to_form(guest, made)
    before = footprint(at.world)
    assert "请拍一张照片" in guest.submit_form("交给中心", 422, much=3).main
    assert (footprint(at.world), claims(at.world)) == (before, 0)
    ask(at, made, much=28)
    before = footprint(at.world)
    assert "一样不能赔两回" in guest.submit_form("交给中心", 422, much=3, photo=shot()).main
    assert (footprint(at.world), claims(at.world)) == (before, 1)


def test_a_second_press_claims_once(at: Market, guest: Pages, made: OrderFacts) -> None:
    page = to_form(guest, made)
    form = page.form("交给中心")
    first = guest.submit_form("交给中心", much=3, photo=shot())
    fields = {name: values[0] for name, values in form.values.items() if values}
    again = guest.post(form.action, {**fields, "much": "3", "photo": shot()}, follow=True)
    assert (again.url, claims(at.world)) == (first.url, 1)


def test_anothers_order_and_anothers_claim_look_like_none(
    at: Market, guest: Pages, made: OrderFacts, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    other = delivered_order(at, {variant_id(at, eggs): 1})
    theirs = ask(at, other)
    for address in (
        f"/orders/{other.code}/claims/new",
        f"/orders/{other.code}/claims/{theirs.code}",
        f"/orders/{made.code}/claims/{theirs.code}",
        f"/orders/{made.code}/claims/{theirs.code}/photos/1",
        f"/orders/{other.code}/claims/{theirs.code}/photos/1",
        f"/orders/{made.code}/claims/new/photos/1",
    ):
        guest.get(address, 404)
    before = (footprint(at.world), claims(at.world))
    for address in (
        f"/orders/{other.code}/claims/new?line=1&kind=broken",
        f"/orders/{made.code}/claims/{theirs.code}/withdraw",
        f"/orders/{made.code}/claims/{theirs.code}/answer",
        f"/orders/{made.code}/claims/{theirs.code}/sent",
    ):
        guest.post(address, {"much": "3", "appeal": "给我", "waybill": "SF12345678"}, 404)
    assert before == (footprint(at.world), claims(at.world))
    stranger = visitor()
    stranger.sign_in(someone(at.world, Role.BUYER).phone, PASSWORD)
    stranger.get(f"/orders/{other.code}/claims/{theirs.code}", 404)


def test_goods_on_their_way_and_goods_of_long_ago_have_no_button(at: Market, guest: Pages, made: OrderFacts) -> None:
    assert "货有问题？" in guest.get(f"/orders/{made.code}").main
    at.world.clock.advance(days=9)
    assert "货有问题？" not in guest.get(f"/orders/{made.code}").main
    guest.get(f"/orders/{made.code}/claims/new", 303)
    assert "没有能找售后的货" in guest.get(f"/orders/{made.code}").words


def test_fresh_goods_do_not_offer_a_return(at: Market, pages: Pages) -> None:
    shelf = on_shelf(at, "greens", return_class=ReturnClass.FRESH)
    made = delivered_order(shelf, {variant_id(shelf, listing(shelf, title="青菜")): 1})
    proved(pages, made)
    pages.get(f"/orders/{made.code}/claims/new")
    page = pages.page
    assert page is not None
    assert "想退货" not in page.main
    assert "坏了、蔫了" in page.main


def test_a_refusal_tells_why_and_is_answered_once(at: Market, guest: Pages, made: OrderFacts) -> None:
    by_hand(at)
    said = ask(at, made)
    decide(at, said, ClaimState.DECLINED, "照片上看不出来")
    address = f"/orders/{made.code}/claims/{said.code}"
    assert "照片上看不出来" in guest.get(address).main
    assert "请写一句" in guest.submit_form("请中心再看一次", 422, appeal="").main
    page = guest.submit_form("请中心再看一次", appeal="盒子底下也碎了")
    assert (page.heading, "盒子底下也碎了" in page.main) == ("中心在看", True)
    decide(at, said, ClaimState.DECLINED, "还是看不出")
    page = guest.get(address)
    assert "再看过一次" in page.main
    assert "请中心再看一次" not in page.main


def test_a_return_says_where_to_and_may_be_taken_back(at: Market, guest: Pages, made: OrderFacts) -> None:
    to_form(guest, made, "想退货")
    page = guest.submit_form("交给中心", much=30)
    assert page.heading == "等货回来"
    assert "寄回的运费您出" in page.main
    page = guest.submit_form("收回")
    assert page.heading == "自己收回了"
    assert "货有问题？" in guest.get(f"/orders/{made.code}").main


def test_goods_to_be_looked_at_are_not_promised_their_money(at: Market, made: OrderFacts, guest: Pages) -> None:
    by_hand(at)
    said = ask(at, made)
    decide(at, said, ClaimState.AWAITING_GOODS)
    address = f"/orders/{made.code}/claims/{said.code}"
    assert "看过就定，最多退您 ¥4.80。" in guest.get(address).main
    decide(at, said, ClaimState.RECEIVED)
    assert "货收到了，看过就定，七天内回您。" in guest.get(address).main


def test_a_waybill_said_by_the_buyer_is_read_at_the_desk(
    at: Market, made: OrderFacts, guest: Pages, visitor: Callable[[], Pages]
) -> None:
    back = ask(at, made, kind=ClaimKind.RETURN, much=1, photos=0)
    address = f"/orders/{made.code}/claims/{back.code}"
    guest.get(address)
    assert "字母和数字" in guest.submit_form("告诉中心", 422, waybill="顺丰").main
    assert claim(at, back.code).waybill is None
    page = guest.submit_form("告诉中心", waybill=" SF1234 5678 ")
    assert "记下了" in page.text
    assert page.form("改单号").values["waybill"] == ["SF12345678"]
    desk = visitor()
    desk.sign_in(someone(at.world, Role.COUNTER).phone, PASSWORD)
    assert "寄回的单号 SF12345678" in desk.get("/staff/claims?list=awaiting").main
    assert "SF12345678" in desk.get(f"/staff/claims/{back.code}").main
    decide(at, back, ClaimState.RECEIVED)
    guest.post(f"{address}/sent", {"waybill": "SF99999999"})
    assert claim(at, back.code).waybill == "SF12345678"


def test_what_a_household_says_is_no_step_of_the_buyers_claim(at: Market, made: OrderFacts, guest: Pages) -> None:
    by_hand(at)
    said = ask(at, made)
    object_to(at, said)
    page = guest.get(f"/orders/{made.code}/claims/{said.code}")
    assert page.main.count("您说了") == 1
    assert "not_ours" not in page.main
