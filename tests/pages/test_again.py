"""The same once more: an order's goods back into the basket, its address on the checkout, and what is not as it was."""

from collections.abc import Callable
from functools import partial

import pytest

from shop.accounts.models import Role
from shop.catalog.models import Listing
from shop.catalog.services.listings import set_free
from shop.catalog.services.passages import pause
from shop.orders.queries.orders import OrderFacts
from tests.pages.buying import TO, at_provider, fill, place_it, placed, to_pay
from tests.pages.test_basket import reprice
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world import World
from tests.world.books import assert_sound, footprint
from tests.world.market import HOUSE, PASSWORD, Market, listing, someone, variant_id


def bought(at: Market, pages: Pages, thing: Listing) -> OrderFacts:
    """Buy two of a thing as a guest, and stand on the order's page."""
    to_pay(pages, thing)
    made = placed(at, at_provider(pages, "付款"))
    pages.click("看订单")
    return made


def once_more(pages: Pages, made: OrderFacts) -> Page:
    return pages.post(f"/orders/{made.code}/again")


def only_so_many(at: Market, thing: Listing, free: int, saw: int) -> None:
    act = partial(set_free, vendor_id=at.vendor.id, code=thing.code, free=free, saw_free=saw, actor=HOUSE)
    at.world.run(partial(act, clock=at.world.clock))


def quantity(pages: Pages, at: Market, thing: Listing) -> list[str]:
    found = pages.get("/basket").form(f"/basket/lines/{variant_id(at, thing)}").values["quantity"]
    assert isinstance(found, list)
    return found


def test_a_guest_buys_the_same_again_and_is_asked_nothing_twice(
    at: Market, world: World, pages: Pages, eggs: Listing
) -> None:
    made = bought(at, pages, eggs)
    page = pages.submit_form("再买一次")
    assert page.url.startswith("/checkout")
    assert page.form("/checkout").values["street"] == [TO["street"]]
    assert "土鸡蛋上次" not in page.main
    second = placed(at, place_it(pages))
    assert second.code != made.code
    assert (second.name, second.phone, second.street) == (made.name, made.phone, made.street)
    assert [(line.title, line.quantity) for part in second.parts for line in part.lines] == [("土鸡蛋", 2)]
    assert_sound(world)


def test_a_member_finds_it_in_the_list_and_it_goes_where_that_order_went(
    at: Market, world: World, pages: Pages, eggs: Listing
) -> None:
    pages.sign_in(someone(world, Role.BUYER).phone, PASSWORD)
    fill(pages, eggs, 1)
    pages.click("去结账")
    pages.submit_form("/checkout", press="到中心来取", handing="collection", name="何晓雨", phone="13812345678")
    placed(at, place_it(pages))
    at_provider(pages, "付款")
    pages.get("/me/orders")
    page = pages.submit_form("再买一次")
    assert page.form("/checkout").values["handing"] == ["collection"]


def test_pressed_twice_it_is_in_the_basket_once_and_other_things_stay(at: Market, pages: Pages, eggs: Listing) -> None:
    ham = listing(at, title="老腊肉")
    made = bought(at, pages, eggs)
    fill(pages, ham, 1)
    once_more(pages, made)
    once_more(pages, made)
    assert quantity(pages, at, eggs) == ["2"]
    assert quantity(pages, at, ham) == ["1"]


def test_what_costs_another_price_or_is_not_all_there_is_said_before_it_is_paid(
    at: Market, world: World, pages: Pages, eggs: Listing
) -> None:
    made = bought(at, pages, eggs)
    reprice(at, world, eggs, 5200)
    only_so_many(at, eggs, 1, 3)
    page = once_more(pages, made)
    assert page.url.startswith("/checkout")
    assert "土鸡蛋上次 2 盒，现在只有 1 盒。" in page.main
    assert "上次 ¥48 / 盒（30个），现在 ¥52 / 盒（30个）。" in page.main
    assert "原来 ¥48，现在 ¥52" in page.main
    assert quantity(pages, at, eggs) == ["1"]


def stopped(at: Market, thing: Listing) -> None:
    act = partial(pause, vendor_id=at.vendor.id, code=thing.code, paused=True, actor=HOUSE)
    at.world.run(partial(act, clock=at.world.clock))


def test_what_is_gone_stays_out_and_the_rest_goes_on(at: Market, pages: Pages, eggs: Listing) -> None:
    ham = listing(at, title="老腊肉")
    fill(pages, ham, 1)
    made = bought(at, pages, eggs)
    stopped(at, eggs)
    page = once_more(pages, made)
    assert page.url.startswith("/checkout")
    assert "土鸡蛋现在买不到，没有放进篮子。" in page.main
    assert "老腊肉" in page.main


def test_what_else_stands_in_the_way_is_mended_in_the_basket(at: Market, pages: Pages, eggs: Listing) -> None:
    made = bought(at, pages, eggs)
    ham = listing(at, title="老腊肉")
    fill(pages, ham, 1)
    stopped(at, ham)
    page = once_more(pages, made)
    assert page.url == "/basket"
    assert "土鸡蛋" in page.main


def test_nothing_is_left_of_it(at: Market, pages: Pages, eggs: Listing) -> None:
    made = bought(at, pages, eggs)
    only_so_many(at, eggs, 0, 3)
    page = once_more(pages, made)
    assert page.url == f"/orders/{made.code}"
    assert "土鸡蛋现在买不到" in page.main
    assert "篮子还空着" in pages.get("/basket").main


def test_a_full_basket_says_so(at: Market, pages: Pages, eggs: Listing, monkeypatch: pytest.MonkeyPatch) -> None:
    made = bought(at, pages, eggs)
    fill(pages, listing(at, title="老腊肉"), 1)
    monkeypatch.setattr("shop.orders.services.MAX_LINES", 1)
    assert "先结一次账" in once_more(pages, made).main


def test_anothers_order_is_not_bought_again_nor_its_address_told(
    at: Market, world: World, pages: Pages, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    made = bought(at, pages, eggs)
    stranger = visitor()
    fill(stranger, eggs, 1)
    before = footprint(world)
    stranger.post(f"/orders/{made.code}/again", status=404)
    stranger.get(f"/checkout?like={made.code}", status=404)
    assert footprint(world) == before
    pages.post(f"/orders/{made.code}/again", {"csrf_token": "x"}, status=400)


def test_an_order_that_waits_for_its_money_is_paid_not_bought_again(at: Market, pages: Pages, eggs: Listing) -> None:
    to_pay(pages, eggs)
    page = pages.click("看订单")
    assert "去付款" in page.links()
    assert "再买一次" not in page.main
