"""What households do, each by keys alone and in letters of twice the size."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from shop.accounts.models import Role
from shop.catalog.models import ListingState
from shop.catalog.own import present
from shop.catalog.questions.services import ask
from shop.kernel.actor import VISITOR
from shop.orders.models import VendorOrderState
from shop.vendors.joining.models import ApplicationState
from tests.journeys.keys import button, choose, link, on, press, take, told, write
from tests.journeys.large import Large
from tests.pages.selling import mine
from tests.world.books import free
from tests.world.joining import CARD, Hall
from tests.world.market import PASSWORD, listing, order, paid_order, someone, variant_id
from tests.world.payouts import earn
from tests.world.pictures import photo_file


def at_home(large: Large) -> Page:
    return large.window(large.at.vendor_person())


def onward(page: Page) -> Locator:
    """Return the one big button."""
    return page.get_by_role("complementary", name="回答").locator("button, a")


def lists_a_thing(large: Large, folder: Path) -> None:
    page = at_home(large)
    page.goto("/vendor")
    press(page, page.get_by_role("link", name="上架新货"))
    on(page, "先拍张照")
    take(page, page.locator("#shot-album"), photo_file(folder, (400, 300)))
    expect(page.locator("[data-uploads]")).to_contain_text("传好了")
    press(page, page.get_by_role("button", name="不要"))
    expect(page.locator("#shot-album")).to_be_focused()
    take(page, page.locator("#shot-album"), photo_file(folder, (500, 300)))
    expect(page.locator("[data-uploads]")).to_contain_text("传好了")
    press(page, onward(page))
    on(page, "它叫什么")
    page.keyboard.type("苦荞麦")
    page.keyboard.press("Enter")
    on(page, "是哪一类")
    press(page, page.get_by_role("button", name="禽蛋"))
    on(page, "按什么卖")
    press(page, button(page, "斤"))
    on(page, "怎么算钱")
    press(page, page.get_by_role("button", name="散的，要几斤称几斤"))
    on(page, "一斤多少钱")
    write(page, page.locator("#answer"), "6.5")
    page.keyboard.press("Enter")
    on(page, "有多少斤")
    press(page, button(page, "多一点"))
    press(page, onward(page))
    on(page, "什么时候有")
    press(page, page.get_by_role("button", name="明天有"))
    on(page, "买的人看到这样")
    press(page, onward(page))
    on(page, "送审了")
    (made,) = mine(large.at)
    assert (made.state, made.facts.card.title, made.facts.card.way.price_fen) == (ListingState.IN_REVIEW, "苦荞麦", 650)


def asks_another_price(large: Large, _folder: Path) -> None:
    eggs = listing(large.at)
    page = at_home(large)
    page.goto("/vendor/goods")
    press(page, page.locator("summary", has_text="别的事"))
    press(page, link(page, "改一改"))
    write(page, page.locator("main input[name$=price]").first, "53")
    press(page, onward(page))
    expect(page).to_have_url(re.compile("/vendor/goods"))
    own = large.at.world.read(lambda session: present(session, eggs.code, vendor_id=large.at.vendor.id))
    assert [way.price_fen for way in own.told.ways] == [5300]


def counts_what_is_left(large: Large, _folder: Path) -> None:
    eggs = variant_id(large.at, listing(large.at, stock=5))
    page = at_home(large)
    page.goto("/vendor/goods")
    more = button(page, "多一点")
    press(page, more, "Space")
    told(page, "还有 6 盒")
    expect(more).to_be_focused()  # the page came anew, and the next piece is one press away
    assert free(large.at.world, eggs) == 6
    press(page, button(page, "撤回"))
    expect(page.get_by_role("spinbutton").first).to_have_value("5")
    assert free(large.at.world, eggs) == 5


def has_what_is_wanted(large: Large, _folder: Path) -> None:
    made = paid_order(large.at, {variant_id(large.at, listing(large.at)): 1})
    page = at_home(large)
    page.goto("/vendor")
    press(page, page.get_by_role("link", name="有人要货"))
    press(page, button(page, "有"))
    press(page, button(page, "备好了"))
    told(page, "报编号就行")
    assert order(large.at, made.code).states == (VendorOrderState.READY,)


def has_less(large: Large, _folder: Path) -> None:
    made = paid_order(large.at, {variant_id(large.at, listing(large.at)): 3})
    page = at_home(large)
    page.goto("/vendor/wanted")
    press(page, link(page, "没那么多"))
    on(page, "有多少")
    press(page, button(page, "少一点"), "Space")
    press(page, button(page, "就这么多"))
    on(page, "真的只有这些吗")
    press(page, button(page, "真的只有这些"))
    on(page, "还剩几盒能卖")
    write(page, page.get_by_role("spinbutton"), "4")
    press(page, button(page, "就剩这些"))
    told(page, "林下土鸡蛋 2盒")
    assert free(large.at.world, made.parts[0].lines[0].variant_id) == 4


def answers_a_question(large: Large, _folder: Path) -> None:
    put = partial(ask, listing_code=listing(large.at).code, text="几天到成都？", key="k", phone="13912345678")
    large.at.world.run(partial(put, actor=VISITOR, clock=large.at.world.clock))
    page = at_home(large)
    page.goto("/vendor/questions")
    press(page, link(page, "回他一句"))
    press(page, page.locator("summary", has_text="自己写一句"))
    write(page, page.locator("textarea"), "两天就到。")
    press(page, button(page, "就这样回"))
    told(page, "没有人等着回话")


def looks_at_the_money_and_says_where_it_goes(large: Large, _folder: Path) -> None:
    earn(large.at, large.at.vendor)
    page = at_home(large)
    page.goto("/vendor/money")
    press(page, page.locator("main a[href*='/vendor/money/']").first)
    expect(page).not_to_have_url(re.compile("/vendor/money$"))
    page.goto("/vendor/payout")
    press(page, onward(page))
    write(page, page.get_by_label("登录密码"), PASSWORD)
    press(page, onward(page))
    choose(page, page.get_by_role("radio", name="打到银行卡"))
    press(page, onward(page))
    write(page, page.locator("main input[name=holder]"), "周素珍")
    write(page, page.get_by_label("哪个银行"), "农业银行")
    write(page, page.get_by_label("卡号"), CARD)
    press(page, page.locator("#agrees"), "Space")
    press(page, onward(page))
    told(page, "0018")


def joins(large: Large, folder: Path) -> None:
    hall = Hall(large.at, someone(large.at.world, Role.BUYER))
    page = large.window(hall.person)
    page.goto("/join")
    press(page, onward(page))
    on(page, "您是谁")
    write(page, page.get_by_label("您家怎么称呼"), "大湾·杨秀英家")
    press(page, onward(page))
    for words in ("大湾村", "自家种的养的"):
        choose(page, page.get_by_role("radio", name=words))
        press(page, onward(page))
    press(page, page.get_by_role("checkbox", name="禽蛋"), "Space")
    press(page, onward(page))
    expect(page).to_have_url(re.compile("/join/papers$"))
    press(page, onward(page))
    take(page, page.locator("input[type=file]"), photo_file(folder, (400, 300)))
    press(page, button(page, "记下"))
    press(page, onward(page))
    choose(page, page.get_by_role("radio", name="打到银行卡"))
    press(page, onward(page))
    write(page, page.get_by_label("哪个银行"), "农业银行")
    write(page, page.get_by_label("卡号"), CARD)
    press(page, page.locator("#agrees"), "Space")
    press(page, button(page, "记下"))
    told(page, "尾号 0018")
    press(page, button(page, "送到中心"))
    on(page, "中心在看")
    assert hall.application().state is ApplicationState.APPLIED


JOURNEYS = (
    lists_a_thing,
    asks_another_price,
    counts_what_is_left,
    has_what_is_wanted,
    has_less,
    answers_a_question,
    looks_at_the_money_and_says_where_it_goes,
    joins,
)


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.__name__)
def test_a_household(large: Large, tmp_path: Path, journey: Callable[[Large, Path], None]) -> None:
    journey(large, tmp_path)
