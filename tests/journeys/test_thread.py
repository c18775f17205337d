"""The thread through the whole market: from a villager's phone to a delivered parcel."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from shop.accounts.models import Role
from shop.ledger.rules import COMMISSION, DELIVERY_INCOME, seller
from shop.search.follower import Follower
from tests.support.browser import DESK, Windows
from tests.world import World, market
from tests.world.books import account, assert_sound, at_provider, provider_account
from tests.world.market import PASSWORD, Market, someone
from tests.world.pictures import photo_file

TITLE = "高山老腊肉"


def sign_in(page: Page, phone: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("手机号码").fill(phone)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    expect(page).not_to_have_url("/sign-in")


def follow(world: World) -> None:
    """Do what the search follower does all day."""
    Follower(world.edge.engine, world.house.settings.search_dir).step()


def list_a_thing(page: Page, picture: Path) -> None:
    page.goto("/vendor")
    page.get_by_role("link", name="上架新货").click()
    page.locator("#shot-album").set_input_files(picture)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("它叫什么").fill(TITLE)
    page.get_by_role("complementary", name="回答").get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="禽蛋").click()
    page.get_by_role("button", name="袋", exact=True).click()
    page.get_by_role("button", name="不论个数").click()
    for asked, typed in (("一袋多重", "1"), ("一袋多少钱", "42"), ("有多少袋", "3")):
        expect(page.get_by_role("heading", level=1)).to_have_text(asked)
        page.locator("input[name=answer]").fill(typed)
        page.get_by_role("complementary", name="回答").get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="现在就有").click()
    page.get_by_role("button", name="送中心看").click()
    expect(page.get_by_role("main")).to_contain_text("在中心等着看")


def fill_in_address(page: Page, *, scripts: bool) -> None:
    page.get_by_label("收货人").fill("何晓雨")
    page.get_by_label("手机号码").fill("13812345678")
    page.get_by_label("省").select_option("四川")
    page.get_by_label("城市").fill("成都市")
    page.get_by_label("区县").fill("武侯区")
    page.get_by_label("街道门牌").fill("科华路 12 号 3 单元 401")
    if not scripts:  # with them the price follows the province by itself
        page.get_by_role("button", name="看运费和总价").last.click()  # the first answers the Enter key and is not seen


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_a_villagers_phone_to_a_delivered_parcel(
    world: World, windows: Windows, tmp_path: Path, scripts: bool
) -> None:
    at: Market = market.market(world)
    villager, staff, driver = at.vendor_person(), someone(world, Role.STAFF), someone(world, Role.DRIVER)

    home = windows.open(scripts=scripts)
    sign_in(home, villager.phone)
    list_a_thing(home, photo_file(tmp_path))
    world.deliver()

    bench = windows.open(DESK, scripts=scripts)
    sign_in(bench, staff.phone)
    bench.goto("/staff/reviews")
    expect(bench.get_by_role("main")).to_contain_text(TITLE)
    bench.get_by_role("button", name="上架").click()
    follow(world)

    buyer = windows.open(scripts=scripts)
    buyer.goto("/")
    box = buyer.locator("input[type=search]").first  # a combobox once its script is there
    box.fill("larou")
    box.press("Enter")
    expect(buyer.get_by_role("main")).to_contain_text(TITLE)
    buyer.goto("/")
    buyer.get_by_role("link", name="禽蛋").first.click()
    buyer.get_by_role("link", name=TITLE).first.click()
    buyer.get_by_role("button", name="放进篮子").first.click()
    buyer.goto("/basket")
    buyer.get_by_role("link", name="去结账").first.click()
    fill_in_address(buyer, scripts=scripts)
    expect(buyer.get_by_role("main")).to_contain_text("¥48")
    buyer.get_by_role("button", name="下单").click()
    buyer.get_by_role("link", name="去付款").click()
    buyer.get_by_role("button", name="付款", exact=True).click()
    buyer.get_by_role("link", name="看订单").click()
    order_page = buyer.url
    world.deliver()

    home.goto("/vendor")
    home.get_by_role("link", name="有人要货").click()
    expect(home.get_by_role("main")).to_contain_text(TITLE)
    expect(home.get_by_role("main")).not_to_contain_text("何晓雨")
    expect(home.get_by_role("main")).not_to_contain_text("13812345678")
    home.get_by_role("button", name="有", exact=True).click()
    home.get_by_role("button", name="备好了").click()

    bench.goto("/staff/intake")
    bench.get_by_role("main").get_by_role("link").first.click()
    bench.get_by_role("button", name="收下").click()
    bench.goto("/staff/packing")
    bench.get_by_role("link", name="打第一箱").click()
    bench.locator("input[name=weight_g]").fill("0.620kg")
    bench.locator("input[name=by_eye]").check()
    bench.get_by_role("button", name="打好了").click()
    world.deliver()
    bench.reload()
    expect(bench.locator("body")).to_contain_text("XYD")
    expect(bench.locator("body")).not_to_contain_text("13812345678")
    bench.goto("/staff/handover")
    bench.locator("input[type=checkbox]").first.check(force=True)
    bench.get_by_role("button", name="交给镇上送货").click()
    world.deliver()

    van = windows.open(scripts=scripts)
    sign_in(van, driver.phone)
    van.goto("/driver")
    expect(van.get_by_role("main")).not_to_contain_text("13812345678")
    van.get_by_role("button", name="出车").click()
    expect(van.get_by_role("main")).to_contain_text("13812345678")
    van.get_by_role("button", name="送到了", exact=True).click()
    world.deliver()

    buyer.goto(order_page)
    for step in ("下单", "付款", "送到"):
        expect(buyer.get_by_role("main")).to_contain_text(step)
    stranger = windows.open(scripts=scripts)
    refused = stranger.goto(order_page)
    assert refused is not None
    assert refused.status == 404

    home.goto("/vendor/money")
    expect(home.get_by_role("main")).to_contain_text("¥37.80")
    assert account(world, seller(at.vendor.code)) == -3780
    assert account(world, COMMISSION) == -420
    assert account(world, DELIVERY_INCOME) == -600
    assert provider_account(world) == at_provider(world) == 4800
    assert_sound(world)
