"""A villager's screens: what is asked for, their goods, their money."""

from collections.abc import Callable

from sqlalchemy import select

from shop.accounts.models import Role
from shop.catalog.models import Listing, ListingState, Variant
from shop.kernel.money import portion, yuan
from shop.orders.models import VendorOrderState
from tests.pages.selling import mine
from tests.support.pages import Pages
from tests.world.books import assert_sound, footprint
from tests.world.market import (
    PASSWORD,
    Market,
    another_vendor,
    delivered_order,
    listing,
    order,
    paid_order,
    receive_all,
    someone,
    variant_id,
)


def test_the_first_screen_shows_four_boards(at: Market, villager: Pages) -> None:
    made = listing(at)
    listing(at, title="等着看的", state=ListingState.IN_REVIEW)
    delivered_order(at, {variant_id(at, made): 1})
    paid_order(at, {variant_id(at, made): 1})
    page = villager.get("/vendor")
    earned = 4800 - portion(4800, 1000)
    assert [words for words in ("1单", "1样", f"{yuan(earned).removeprefix('¥')}元") if words not in page.main] == []
    led_to = {link.get("href") for link in page.all("a")}
    assert {"/vendor/wanted", "/vendor/goods", "/vendor/money", "/vendor/centre", "/vendor/goods/new"} <= led_to


def test_the_count_is_set_and_a_sale_in_between_is_told(at: Market, villager: Pages) -> None:
    made = listing(at, stock=5)
    page = villager.get("/vendor/goods")
    stale = {"free": "9", "saw_free": "5"}
    assert "还有 8 盒" in villager.submit_form("记下", free=8).main
    assert "刚刚有人买了" in villager.post(f"/vendor/goods/{made.code}/count", stale).main
    assert mine(at)[0].facts.card.free == 8
    page = villager.submit_form("记下", status=422, free=-1)
    assert "请填 0 到 9999 份" in page.main
    villager.get("/vendor/goods")
    assert "还有 0 盒" in villager.submit_form("记下", free=0).main
    assert "卖完了" in villager.get("/vendor/goods").main
    assert_sound(at.world)


def test_the_same_count_pressed_twice_is_said_once_and_right(at: Market, villager: Pages) -> None:
    made = listing(at, stock=5)
    villager.get("/vendor/goods")
    for _press in range(2):
        assert "还有 9 盒" in villager.post(f"/vendor/goods/{made.code}/count", {"free": "9", "saw_free": "5"}).main
    assert mine(at)[0].facts.card.free == 9
    assert_sound(at.world)


def test_off_the_shelf_and_back_each_pressed_twice(at: Market, villager: Pages) -> None:
    made = listing(at)
    villager.get("/vendor/goods")
    for _press in range(2):
        assert "先不卖了" in villager.post(f"/vendor/goods/{made.code}/pause").main
    assert mine(at)[0].state is ListingState.PAUSED
    for _press in range(2):
        assert "又在卖了" in villager.post(f"/vendor/goods/{made.code}/resume").main
    assert mine(at)[0].state is ListingState.PUBLISHED


def test_what_waits_for_review_cannot_be_put_on_the_shelf_by_its_own_house(at: Market, villager: Pages) -> None:
    made = listing(at, state=ListingState.IN_REVIEW)
    villager.get("/vendor/goods")
    assert "现在动不了" in villager.post(f"/vendor/goods/{made.code}/resume").main
    assert mine(at)[0].state is ListingState.IN_REVIEW


def test_anothers_goods_look_as_if_they_were_not_there(at: Market, villager: Pages) -> None:
    other = listing(at, vendor=another_vendor(at.world), stock=5)
    before = footprint(at.world)
    villager.get("/vendor/goods")
    assert other.title not in villager.get("/vendor/goods").main
    for act, sent in (
        ("pause", {}),
        ("resume", {}),
        ("edit", {}),
        ("photos", {}),
        ("count", {"free": "1", "saw_free": "5"}),
    ):
        villager.post(f"/vendor/goods/{other.code}/{act}", sent, status=404)
    assert footprint(at.world) == before
    states = at.world.read(lambda session: session.execute(select(Listing.state, Variant.on_hand).join(Variant)).all())
    assert [tuple(row) for row in states] == [(ListingState.PUBLISHED, 5)]


def test_what_is_asked_for_shows_goods_and_a_day_but_nothing_of_the_buyer(at: Market, villager: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    page = villager.get("/vendor/wanted")
    assert "林下土鸡蛋 2盒" in page.main
    assert "明天（11月23日）要 自己送到中心，18:00 前" in page.main
    assert made.parts[0].code in page.main
    for private in (made.name, made.phone, made.street, made.district, made.code):
        assert private not in page.text


def test_ready_pressed_twice_is_ready_once(at: Market, villager: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    code = made.parts[0].code
    villager.get("/vendor/wanted")
    for _press in range(2):
        assert "带到中心" in villager.post(f"/vendor/wanted/{code}/ready").main
    assert order(at, made.code).states == (VendorOrderState.READY,)
    receive_all(at, made.code)
    assert "中心已经收了" in villager.post(f"/vendor/wanted/{code}/ready").main
    assert "不能再说没有" in villager.post(f"/vendor/wanted/{code}/decline").main
    assert order(at, made.code).states == (VendorOrderState.RECEIVED,)


def test_none_left_gives_the_money_back_once(at: Market, villager: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    villager.get("/vendor/wanted")
    assert "退了就改不回来" in villager.click("没有").main
    assert "钱退给买的人" in villager.submit_form("真的没有").main
    after = footprint(at.world)
    villager.post(f"/vendor/wanted/{made.parts[0].code}/decline")
    assert footprint(at.world) == after
    at.world.deliver()
    assert order(at, made.code).states == (VendorOrderState.CANCELLED,)
    assert "现在没人要货" in villager.get("/vendor/wanted").main
    assert_sound(at.world)


def test_anothers_part_looks_as_if_it_were_not_there(at: Market, villager: Pages) -> None:
    other = listing(at, vendor=another_vendor(at.world))
    made = paid_order(at, {variant_id(at, other): 1})
    before = footprint(at.world)
    villager.get("/vendor/wanted")
    for act in ("ready", "decline"):
        villager.post(f"/vendor/wanted/{made.parts[0].code}/{act}", status=404)
    assert footprint(at.world) == before


def test_the_money_page_shows_what_is_owed_and_how_it_came(at: Market, villager: Pages) -> None:
    assert "还没有进账" in villager.get("/vendor/money").main
    made = delivered_order(at, {variant_id(at, listing(at)): 2})
    page = villager.get("/vendor/money")
    earned = 9600 - portion(9600, 1000)
    assert page.main.count(yuan(earned)) == 4  # owed, this week, the week in the drawing, the line
    assert "您还没说钱怎么给您" in page.main
    assert "林下土鸡蛋 2盒" in page.main
    assert made.parts[0].code in page.main
    assert made.code not in page.text


def test_only_a_household_gets_in(at: Market, visitor: Callable[[], Pages]) -> None:
    staff = visitor()
    staff.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    for path in ("/vendor", "/vendor/goods", "/vendor/goods/new", "/vendor/wanted", "/vendor/money"):
        staff.get(path, status=403)
        assert visitor().get(path, status=303).headers["Location"].startswith("/sign-in")
