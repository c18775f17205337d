"""The basket: it adds up, says what changed, and goes along when its owner signs in."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from shop.accounts.models import Role
from shop.catalog.models import Listing
from shop.catalog.own import present
from shop.catalog.services.listings import revise, set_free
from shop.catalog.services.passages import pause
from tests.pages.buying import TO, fill
from tests.support.pages import Pages
from tests.world import World
from tests.world.books import footprint
from tests.world.market import HOUSE, PASSWORD, Market, listing, someone, variant_id


def test_an_empty_basket_leads_back_to_the_market(at: Market, pages: Pages) -> None:
    page = pages.get("/basket")
    assert "篮子还空着" in page.main
    assert pages.get("/checkout", follow=True).url == "/basket"


def test_the_basket_adds_up_changes_and_forgets(at: Market, pages: Pages, eggs: Listing) -> None:
    fill(pages, eggs, 1)
    page = fill(pages, eggs, 2)
    assert "¥144" in page.main
    key = variant_id(at, eggs)
    page = pages.post(f"/basket/lines/{key}", {"quantity": "1"})
    assert "¥144" not in page.main
    assert "货一共 ¥48" in page.words
    assert "篮子还空着" in pages.post(f"/basket/lines/{key}/remove").main


@pytest.mark.parametrize("quantity", ["0", "-1", "1000", "x", ""])
def test_a_wrong_number_is_said_and_changes_nothing(world: World, pages: Pages, eggs: Listing, quantity: str) -> None:
    fill(pages, eggs)
    before = footprint(world)
    page = fill(pages, eggs, quantity)
    assert "1 到 999" in page.main
    assert footprint(world) == before


def test_what_is_not_there_cannot_be_put_in(at: Market, pages: Pages, eggs: Listing) -> None:
    fill(pages, eggs)
    pages.post("/basket/lines", {"variant": "987654", "quantity": "1"}, status=404)
    pages.post("/basket/lines", {"variant": "x", "quantity": "1"}, status=404)
    pages.post("/basket/lines/987654", {"quantity": "1"}, status=404)
    pages.get("/basket/lines/1", status=405)


def test_what_is_out_of_season_does_not_go_in(at: Market, pages: Pages, eggs: Listing) -> None:
    plum = listing(at, title="青脆李", months=(7, 8))
    fill(pages, eggs)
    page = pages.post("/basket/lines", {"variant": str(variant_id(at, plum)), "quantity": "1"})
    assert "不是季节" in page.main
    assert "青脆李" not in pages.get("/basket").main


def test_the_basket_says_what_changed_since(at: Market, world: World, pages: Pages, eggs: Listing) -> None:
    ham = listing(at, title="老腊肉")
    fill(pages, eggs, 4)
    fill(pages, ham, 1)
    set_to = partial(set_free, vendor_id=at.vendor.id, actor=HOUSE, clock=world.clock)
    world.run(lambda session: set_to(session, code=eggs.code, free=3, saw_free=5))
    page = pages.get("/basket")
    assert "只剩 3 盒了" in page.main
    assert "货一共" not in page.text, "no sum that leaves out what is to be changed"
    world.run(lambda session: set_to(session, code=eggs.code, free=0, saw_free=3))
    assert "卖完了" in pages.get("/basket").main
    world.run(lambda session: pause(session, at.vendor.id, ham.code, paused=True, actor=HOUSE, clock=world.clock))
    page = pages.get("/basket")
    assert "下架了" in page.main
    assert "去结账" not in page.links()
    assert pages.get("/checkout", follow=True).url == "/basket"


def test_a_basket_goes_along_when_its_owner_signs_in(
    at: Market, world: World, pages: Pages, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    person = someone(world, Role.BUYER)
    fill(pages, eggs, 2)
    pages.sign_in(person.phone, PASSWORD)
    assert "土鸡蛋" in pages.get("/basket").main
    elsewhere = visitor()
    elsewhere.sign_in(person.phone, PASSWORD)
    assert "土鸡蛋" in elsewhere.get("/basket").main
    pages.get("/me")
    pages.post("/sign-out")
    assert "篮子还空着" in pages.get("/basket").main


def test_two_baskets_become_one_with_the_larger_numbers_and_say_what_found_no_room(
    at: Market, world: World, pages: Pages, visitor: Callable[[], Pages], monkeypatch: pytest.MonkeyPatch
) -> None:
    person = someone(world, Role.BUYER)
    eggs, ham, tea = (listing(at, title=title, stock=900) for title in ("土鸡蛋", "腊肉", "野茶"))
    at_home = visitor()
    at_home.sign_in(person.phone, PASSWORD)
    fill(at_home, eggs, 2)
    for thing, quantity in ((eggs, 800), (ham, 1), (tea, 1)):
        fill(pages, thing, quantity)
    monkeypatch.setattr("shop.orders.services.MAX_LINES", 2)
    pages.sign_in(person.phone, PASSWORD)
    assert pages.page is not None
    assert "有 1 样没放下" in pages.page.main
    page = pages.get("/basket")
    assert page.form(f"/basket/lines/{variant_id(at, eggs)}").values["quantity"] == ["800"]
    assert "腊肉" in page.main
    assert "野茶" not in page.main


def reprice(at: Market, world: World, thing: Listing, price_fen: int) -> None:
    now = world.read(lambda session: present(session, thing.code))
    wanted = replace(now.offer, ways=[replace(way, price_fen=price_fen) for way in now.offer.ways])
    change = partial(revise, vendor_id=at.vendor.id, code=thing.code, wanted=wanted, version=now.version)
    world.run(lambda session: change(session, actor=HOUSE, clock=world.clock))


def test_a_new_price_is_said_until_the_buyer_goes_on(at: Market, world: World, pages: Pages, eggs: Listing) -> None:
    ham = listing(at, title="老腊肉")
    fill(pages, ham, 1)
    fill(pages, eggs, 1)
    reprice(at, world, eggs, 5000)
    for _look in range(2):
        page = pages.get("/basket")
        assert "有的货价钱变了" in page.main
        assert "原来 ¥48，现在 ¥50" in page.main
    page = pages.get("/checkout")
    assert "原来 ¥48，现在 ¥50" in page.main
    pages.submit_form("/checkout", press="看运费和总价", **TO)
    assert "原来" not in pages.get("/basket").main
    reprice(at, world, eggs, 5100)
    line = f"/basket/lines/{variant_id(at, ham)}"
    for _act in range(2):  # the first was pressed on a page that did not show it yet
        page = pages.submit_form(line, quantity=2)
        assert "原来 ¥50，现在 ¥51" in page.main if _act == 0 else "原来" not in page.main


@pytest.mark.parametrize("quantity", ["-1", "1000", "2.5", "x", "", "9" * 30])
def test_a_line_is_not_changed_by_a_wrong_number(
    world: World, at: Market, pages: Pages, eggs: Listing, quantity: str
) -> None:
    fill(pages, eggs)
    before = footprint(world)
    page = pages.post(f"/basket/lines/{variant_id(at, eggs)}", {"quantity": quantity})
    assert "0 到 999" in page.main
    assert footprint(world) == before


def test_another_buyers_basket_is_out_of_reach(
    world: World, at: Market, pages: Pages, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    fill(pages, eggs, 2)
    stranger = visitor()
    stranger.post(f"/basket/lines/{variant_id(at, eggs)}/remove")
    assert "土鸡蛋" not in stranger.get("/basket").main
    assert "¥96" in pages.get("/basket").main
