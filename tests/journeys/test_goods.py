"""Choosing goods in a real browser: without scripts, read aloud, in large type; and the data beside the page."""

import json

import pytest
from playwright.sync_api import expect

from shop.kernel.clock import town_day
from tests.pages.test_listing import BELLY, HEN, harvested, shelf
from tests.support.browser import DESK, PHONE, Windows, violations
from tests.world import World, market
from tests.world.market import Market, listing


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_way_is_chosen_and_goes_into_the_basket(at: Market, windows: Windows, scripts: bool) -> None:
    belly = listing(at, title="老腊肉", ways=BELLY)
    page = windows.open(scripts=scripts)
    page.goto(f"/goods/{belly.code}")
    expect(page.get_by_role("radio", name="切片")).to_be_disabled()
    expect(page.get_by_role("radio", name="大块")).to_be_checked()
    page.locator("label", has_text="小块").click()
    page.get_by_role("button", name="放进篮子").click()
    expect(page.get_by_role("main")).to_contain_text("老腊肉 小块")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("elder", [False, True], ids=["usual", "large"])
def test_pages_of_goods_are_sound_for_those_who_hear_them(
    at: Market, world: World, windows: Windows, size: tuple[int, int], elder: bool
) -> None:
    coop = shelf(at, "live", name="活禽", parent_code="poultry-eggs", is_live=True)
    today = town_day(world.clock())
    goods = [
        listing(at, title="老腊肉", ways=BELLY, months=(11, 12, 1)),
        listing(coop, title="活母鸡", ways=(HEN,)),
        harvested(at, today.replace(month=12), today.replace(month=12, day=30), 9),
        listing(at, title="一个名字很长很长怎么也写不完的高山柏枝烟熏老腊肉整条带骨", stock=0),
    ]
    page = windows.open(size)
    if elder:
        page.goto("/")
        page.get_by_role("button", name="长辈版").first.click()
    for path in ("/c/poultry-eggs", "/c/live", *(f"/goods/{one.code}" for one in goods)):
        page.goto(path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path


def test_data_for_machines_is_let_through_and_is_not_run(at: Market, windows: Windows) -> None:
    made = listing(at, title="怪货", story="</script><script>document.title='run'</script>")
    page = windows.open()
    page.goto(f"/goods/{made.code}")
    data = page.locator("script[type='application/ld+json']").evaluate("element => element.textContent")
    assert json.loads(data)["offers"]["price"] == "48.00"
    assert page.title().startswith("怪货")


def test_one_and_several_are_called_by_their_own_words_in_english(at: Market, windows: Windows) -> None:
    page = windows.open()
    page.context.add_cookies([{"name": "lang", "value": "en", "url": windows.address}])
    page.goto(f"/goods/{listing(at, title='土鸡蛋').code}")
    unit = page.locator(".stepper-unit").first
    expect(unit).to_have_text("box")
    page.get_by_role("button", name="More").first.click()
    expect(unit).to_have_text("boxes")
    page.get_by_role("spinbutton").first.fill("1")
    expect(unit).to_have_text("box")
