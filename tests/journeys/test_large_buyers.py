"""What buyers do, each by keys alone and in letters of twice the size; the purchase itself is in `test_by_keyboard`."""

import re
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import func, select

from shop.accounts.models import Role, User
from shop.accounts.queries import kept_addresses
from shop.catalog.questions.models import ListingQuestion
from shop.desk.models import Claim
from shop.orders.models import Handing, OrderState
from shop.orders.queries.orders import OrderFacts, order_count
from shop.site.articles.models import ArticleKind
from tests.journeys.keys import button, link, on, press, reach, sound, take, told, write
from tests.journeys.large import Large
from tests.pages.searching import BACON, SAUSAGE, searching
from tests.world.articles import told as tell
from tests.world.market import (
    PASSWORD,
    delivered_order,
    listing,
    order,
    paid_order,
    receive_all,
    sent_order,
    someone,
    variant_id,
)
from tests.world.members import a_buyer, delivered_to
from tests.world.pictures import photo_file
from tests.world.spot import lay, lying

HOME = "何晓雨 13812345678 四川省成都市武侯区科华路 12 号"


def search_box(page: Page) -> Locator:
    return page.locator("#search-q")


def signs_in(large: Large, _folder: Path) -> None:
    person, page = someone(large.at.world, Role.BUYER), large.window()
    page.goto("/sign-in")
    write(page, page.locator("main input[name=phone]").first, person.phone)
    write(page, page.locator("main input[name=password]"), PASSWORD)
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("/sign-in"))
    page.goto("/me")
    press(page, page.locator("main form[action$='/sign-out'] button"))
    expect(page).not_to_have_url(re.compile("/me$"))
    page.goto("/me/orders")
    expect(page).to_have_url(re.compile("/sign-in"))


def searches_and_sorts_out(large: Large, _folder: Path) -> None:
    searching(large.at)
    page = large.window()
    page.goto("/")
    reach(page, search_box(page))
    page.keyboard.type("larou")
    expect(page.get_by_role("option").first).to_be_visible()
    heard = f"有 {page.get_by_role('option').count()} 个说法可以选"
    expect(page.locator("form.search [role=status]")).to_contain_text(heard)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    sound(page)
    page.keyboard.press("Enter")
    told(page, BACON)
    page.goto("/search?category=cured-meat")
    told(page, SAUSAGE)
    press(page, page.locator("summary", has_text="筛选"))
    press(page, page.get_by_role("link", name="现在有货的"))
    expect(page.get_by_role("main")).not_to_contain_text(SAUSAGE)
    expect(page.get_by_role("heading", level=1)).to_be_focused()  # how many are left is read next
    press(page, page.get_by_role("link", name=re.compile("去掉\\s*现在有货的")))
    told(page, SAUSAGE)


def reads_the_seasons_and_a_story(large: Large, _folder: Path) -> None:
    listing(large.at, months=(11,))
    story = tell(large.at.world, ArticleKind.STORY)
    page = large.window()
    page.goto("/")
    press(page, page.get_by_role("navigation", name="主菜单").get_by_role("link", name="时令"))
    press(page, page.locator("a.calendar-name").first)
    expect(page).not_to_have_url(re.compile("/season$"))
    page.goto("/stories")
    press(page, page.locator(f"main a[href$='/stories/{story}']").first)
    on(page, "桥头的老茶馆")


def changes_the_basket(large: Large, _folder: Path) -> None:
    page = large.window()
    page.goto(f"/goods/{listing(large.at).code}")
    press(page, button(page, "放进篮子"))
    on(page, "篮子")
    heard = page.locator("[data-basket]")
    expect(heard).to_have_text("篮子里有 1 件")
    more = button(page, "多一点")
    press(page, more, "Space")
    expect(heard).to_have_text("篮子里有 2 件")
    expect(more).to_be_focused()  # the page came anew, and the next piece is one press away
    press(page, page.get_by_role("button", name="拿掉"))
    expect(heard).to_have_text("篮子空了")
    assert page.evaluate("document.querySelector('#told, #main').contains(document.activeElement)")


def keeps_the_cursor_while_prices_come(large: Large, _folder: Path) -> None:
    page = large.window()
    page.goto(f"/goods/{listing(large.at).code}")
    press(page, button(page, "放进篮子"))
    on(page, "篮子")
    held: list[Route] = []
    page.goto("/checkout")
    page.route("**/checkout", lambda route: held.append(route))
    reach(page, page.locator("#province"))
    with page.expect_request("**/checkout"):
        page.keyboard.press("ArrowDown")
    last = page.locator(".buybar button").last
    reach(page, last)
    last.evaluate("one => { one.dataset.old = 'yes'; }")
    held[-1].continue_()
    expect(page.locator(".buybar [data-old]")).to_have_count(0)
    expect(page.locator(".buybar button").last).to_be_focused()


def asks(large: Large, _folder: Path) -> None:
    page = large.window()
    page.goto(f"/goods/{listing(large.at).code}")
    write(page, page.get_by_label("想问什么"), "一盒多少枚？")
    write(page, page.get_by_label("手机号码"), "13912345678")
    press(page, button(page, "问一问"))
    expect(page.locator("body")).to_contain_text("主人家回了会发短信")
    assert large.at.world.read(lambda session: session.scalar(select(func.count()).select_from(ListingQuestion))) == 1


def opened(large: Large, made: OrderFacts) -> Page:
    """Open an order as its guest does, by its code and their number."""
    page = large.window()
    page.goto("/orders")
    write(page, page.get_by_label("订单号"), made.code)
    write(page, page.get_by_label("手机号码"), made.phone)
    press(page, button(page, "查一下"))
    told(page, made.code)
    return page


def one_box(large: Large) -> dict[int, int]:
    return {variant_id(large.at, listing(large.at)): 1}


def cancels(large: Large, _folder: Path) -> None:
    made = paid_order(large.at, one_box(large))
    page = opened(large, made)
    press(page, page.locator("summary", has_text="取消订单"))
    press(page, button(page, "取消这一单"))
    told(page, "取消")
    assert order(large.at, made.code).state is OrderState.CANCELLED


def puts_right_where_it_goes(large: Large, _folder: Path) -> None:
    made = paid_order(large.at, one_box(large))
    page = opened(large, made)
    press(page, link(page, "改收货人"))
    on(page, "改收货人")
    write(page, page.get_by_label("手机号码"), "139")
    press(page, button(page, "照这个改"))
    expect(page.locator(".error-summary")).to_be_focused()
    sound(page)
    press(page, page.locator("main summary", has_text="整段贴进来"))
    write(page, page.get_by_label("整段贴进来"), "何晓雪 13912345678 四川省成都市锦江区东大街 9 号")
    press(page, button(page, "拆开"))
    told(page, "拆好了")
    press(page, button(page, "照这个改"))
    told(page, "记好了，就照这个来")
    assert (order(large.at, made.code).name, order(large.at, made.code).street) == ("何晓雪", "东大街9号")


def claims(large: Large, folder: Path) -> None:
    made = delivered_order(large.at, one_box(large))
    page = opened(large, made)
    press(page, page.get_by_role("link", name="货有问题？"))
    press(page, link(page, "破了"))
    write(page, page.get_by_label("有几个"), "2")
    take(page, page.locator("input[type=file]").first, photo_file(folder, (400, 300)))
    write(page, page.get_by_label("想说的话"), "路上磕的")
    press(page, button(page, "交给中心"))
    expect(page).to_have_url(re.compile(f"/orders/{made.code}/claims/"))
    sound(page)
    assert large.at.world.read(lambda session: session.scalar(select(Claim.asked))) == 2


def follows_a_parcel(large: Large, _folder: Path) -> None:
    made, waybill = sent_order(large.at, one_box(large))
    page = opened(large, made)
    press(page, page.get_by_role("link", name=re.compile("一路怎么走的")))
    told(page, waybill)


def pays(page: Page) -> str:
    press(page, page.get_by_role("link", name="去付款"))
    press(page, button(page, "付款"))
    on(page, "付好了")
    code = re.search(r"订单 (\S+)", page.get_by_role("main").inner_text())
    assert code is not None
    return code[1]


def takes_along(large: Large, _folder: Path) -> None:
    eggs = listing(large.at)
    lay(large.at, variant_id(large.at, eggs), 3)
    page = large.window()
    page.goto(f"/q/{eggs.code}")
    press(page, button(page, "多一点"), "Space")
    press(page, button(page, "现在带走"))
    write(page, page.get_by_label("怎么称呼您"), "何晓雨")
    write(page, page.get_by_label("手机号码"), "13812345678")
    press(page, button(page, "下单，去付款"))
    code = pays(page)
    press(page, page.get_by_role("link", name="看取货码"))
    told(page, code)
    assert order(large.at, code).state is OrderState.PAID
    assert lying(large.at, variant_id(large.at, eggs)) == 1


def sends_home(large: Large, _folder: Path) -> None:
    page = large.window()
    page.goto(f"/q/{listing(large.at).code}")
    press(page, button(page, "寄回家"))
    write(page, page.get_by_label("整段贴进来"), HOME)
    press(page, button(page, "拆开"))
    told(page, "拆好了")
    press(page, page.get_by_role("button", name="下单"))
    made = order(large.at, pays(page))
    assert (made.state, made.handing) == (OrderState.PAID, Handing.DELIVERY)


def buys_once_more(large: Large, _folder: Path) -> None:
    person = a_buyer(large.at)
    delivered_to(large.at, person, one_box(large))
    page = large.window(person)
    page.goto("/me/orders")
    press(page, button(page, "再买一次").first)
    press(page, page.get_by_role("button", name="下单"))
    assert order(large.at, pays(page)).state is OrderState.PAID
    assert large.at.world.read(order_count) == 2


def wants_an_invoice(large: Large, _folder: Path) -> None:
    person = a_buyer(large.at)
    made = delivered_to(large.at, person, one_box(large))
    page = large.window(person)
    page.goto(f"/orders/{made.code}/invoice")
    summary = page.locator("main summary", has_text="发票")
    if summary.count():
        press(page, summary.first)
    write(page, page.locator("main form input[name$=title]"), "何晓雨")
    press(page, button(page, "就这样开"))
    told(page, "何晓雨")


def keeps_addresses(large: Large, _folder: Path) -> None:
    person = a_buyer(large.at)
    page = large.window(person)

    def streets() -> list[str]:
        return [kept.street for kept in large.at.world.read(lambda session: kept_addresses(session, person.id))]

    page.goto("/me")
    press(page, link(page, "收货地址"))
    press(page, link(page, "加一个地址"))
    press(page, button(page, "记下这个地址"))
    expect(page.locator(".error-summary")).to_be_focused()
    sound(page)
    write(page, page.get_by_label("整段贴进来"), HOME)
    press(page, button(page, "拆成各项"))
    told(page, "拆好了")
    press(page, button(page, "记下这个地址"))
    told(page, "地址记下了")
    assert streets() == ["科华路12号"]
    press(page, link(page, "改一改"))
    write(page, page.locator("main input[name=street]"), "科华路14号")
    press(page, button(page, "改好了"))
    told(page, "地址改好了")
    assert streets() == ["科华路14号"]
    press(page, page.locator("main summary", has_text="删掉"))
    press(page, button(page, "删掉"))
    told(page, "还没记下地址")
    assert streets() == []


def takes_their_data_and_leaves(large: Large, _folder: Path) -> None:
    person = a_buyer(large.at)
    made = delivered_to(large.at, person, one_box(large))
    page = large.window(person)
    page.goto("/me/data")
    press(page, page.locator("main summary").first)
    sound(page)
    press(page, link(page, "下载我的资料"))
    write(page, page.locator("main input[name=password]"), PASSWORD)
    with page.expect_download() as waiting:
        press(page, button(page, "下载"))
    with ZipFile(waiting.value.path()) as box:
        assert made.code in box.read("我的资料.html").decode()
    press(page, link(page, "回我的资料"))
    press(page, link(page, "注销账户"))
    write(page, page.locator("main input[name=password]"), "wrong-password")
    press(page, button(page, "注销，不能恢复"))
    told(page, "密码不对")
    write(page, page.locator("main input[name=password]"), PASSWORD)
    press(page, button(page, "注销，不能恢复"))
    told(page, "账户注销了")
    is_open = select(User.is_active).where(User.id == person.id)
    assert large.at.world.read(lambda session: session.scalar(is_open)) is False


def asks_to_be_let_go(large: Large, _folder: Path) -> None:
    made = paid_order(large.at, one_box(large))
    receive_all(large.at, made.code)
    page = opened(large, made)
    press(page, page.locator("summary", has_text="想取消这一单"))
    write(page, page.locator("main input[name=reason]"), "买错了")
    press(page, button(page, "问中心能不能取消"))
    told(page, "中心知道了")
    desk = large.window(someone(large.at.world, Role.STAFF))
    desk.goto("/staff/wishes")
    told(desk, "买错了")
    write(desk, desk.locator("main input[name=words]"), "这次帮您退")
    press(desk, button(desk, "取消，退钱"))
    told(desk, "都回了")
    assert order(large.at, made.code).state is OrderState.CANCELLED
    page.reload()
    told(page, "这次帮您退")


JOURNEYS = (
    signs_in,
    searches_and_sorts_out,
    reads_the_seasons_and_a_story,
    changes_the_basket,
    keeps_the_cursor_while_prices_come,
    asks,
    cancels,
    puts_right_where_it_goes,
    claims,
    follows_a_parcel,
    takes_along,
    sends_home,
    buys_once_more,
    wants_an_invoice,
    keeps_addresses,
    takes_their_data_and_leaves,
    asks_to_be_let_go,
)


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.__name__)
def test_a_buyer(large: Large, tmp_path: Path, journey: Callable[[Large, Path], None]) -> None:
    journey(large, tmp_path)
