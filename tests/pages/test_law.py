"""What the law asks of pages and no other test looks at; `docs/law.md` names each."""

from collections.abc import Callable

import pytest

from tests.pages.test_storefront import titles
from tests.support.pages import Pages
from tests.world import World
from tests.world.market import PASSWORD, Market, listing, market, variant_id
from tests.world.members import a_buyer, delivered_to, order_of


@pytest.fixture
def at(world: World) -> Market:
    return market(world)


def test_two_people_who_ask_the_same_see_the_same_order(at: Market, visitor: Callable[[], Pages]) -> None:
    for number in range(8):
        listing(at, title=f"土鸡蛋{number}号", price_fen=4800 - number)
    bought = listing(at, title="土鸡蛋常买", stock=9)
    seen = []
    for has_bought in (True, False):
        person, browser = a_buyer(at), visitor()
        if has_bought:
            order_of(at, person, {variant_id(at, bought): 1})
        browser.sign_in(person.phone, PASSWORD)
        seen.append((titles(browser, "/"), titles(browser, "/search?q=土鸡蛋")))
    assert seen[0] == seen[1]
    assert len(seen[0][1]) == 9


def test_nothing_is_bought_by_a_box_that_was_ticked_beforehand(at: Market, pages: Pages) -> None:
    pages.get(f"/goods/{listing(at).code}")
    pages.submit_form("放进篮子")
    page = pages.get("/checkout")
    ticked = [box.get("name") for box in page.all("input", type="checkbox") if box.get("checked") is not None]
    assert ticked == []


def test_a_price_is_the_same_in_the_list_and_on_its_page(at: Market, pages: Pages) -> None:
    eggs = listing(at, price_fen=4830)
    assert "¥48.30" in pages.get("/").main
    assert "¥48.30" in pages.get(f"/goods/{eggs.code}").main


def test_an_order_says_who_sold_where_they_are_and_whom_to_call(at: Market, pages: Pages) -> None:
    person = a_buyer(at)
    made = delivered_to(at, person, {variant_id(at, listing(at)): 1})
    pages.sign_in(person.phone, PASSWORD)
    page = pages.get(f"/orders/{made.code}")
    for words in (at.vendor.name, "大湾村", "028-00000000"):
        assert words in page.text, words
