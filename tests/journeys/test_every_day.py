"""What a household does every day, in a real browser: heard, large, by keyboard, at twice the size."""

from functools import partial

import pytest
from playwright.sync_api import expect

from shop.accounts.models import Role
from shop.catalog.questions.services import ask
from shop.catalog.rules import ASK_DAYS, Way
from shop.flows import answering
from shop.kernel.actor import VISITOR
from tests.journeys.test_money_and_questions import SMALL_TARGETS, SMALL_WORDS, signed_in
from tests.support.browser import DESK, PHONE, Windows, violations
from tests.world import World, market
from tests.world.books import free
from tests.world.market import HOUSE, Market, listing, order, paid_order, someone, variant_id


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market.market(world)


def daily(at: Market) -> dict[str, str]:
    """Let people order, and return the addresses of the pages on which their household answers."""
    ways = (
        Way(unit="盒", name="小盒", pieces=10, price_fen=2000, gross_g=600, stock=4),
        Way(unit="盒", name="大盒", pieces=30, price_fen=5800, gross_g=1800, stock=2),
    )
    ducks = listing(at, title="散养鸭蛋", ways=ways)
    silent = listing(at, title="红心萝卜干", stock=7)
    at.world.clock.advance(days=ASK_DAYS + 1)
    made_eggs = listing(at)
    eggs, ham = variant_id(at, made_eggs), variant_id(at, listing(at, title="老腊肉", price_fen=6800))
    put = partial(ask, listing_code=silent.code, text="咸不咸？", key="k", phone="13912345678", actor=VISITOR)
    at.world.run(partial(put, clock=at.world.clock))
    orders = [paid_order(at, {eggs: 2}), paid_order(at, {eggs: 3, ham: 1}), paid_order(at, {ham: 2})]
    part, line = orders[1].parts[0].code, orders[1].parts[0].lines[0].id
    few, lacking = orders[2].parts[0].code, orders[2].parts[0].lines[0].id
    short = partial(answering.short_part, vendor_id=at.vendor.id, code=few, come={lacking: 1}, saw={lacking: 2})
    at.world.run(partial(short, actor=HOUSE, clock=at.world.clock))
    return {
        "home": "/vendor",
        "wanted": "/vendor/wanted",
        "some": f"/vendor/wanted/{part}/some",
        "sure": f"/vendor/wanted/{part}/some?come-{line}=1",
        "left": f"/vendor/wanted/{few}/left",
        "goods": "/vendor/goods",
        "still": "/vendor/goods/still",
        "tomorrow": f"/vendor/goods/{ducks.code}/tomorrow",
    }


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_pages_of_every_day_are_sound_and_large(at: Market, windows: Windows, size: tuple[int, int]) -> None:
    paths = daily(at)
    page = signed_in(windows, at.vendor_person().phone, size)
    for path in paths.values():
        page.goto(path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
        assert page.evaluate(SMALL_WORDS) == [], path
        assert page.evaluate(SMALL_TARGETS) == [], path


def test_the_pages_of_every_day_hold_letters_of_twice_the_size(at: Market, windows: Windows) -> None:
    paths = daily(at)
    page = signed_in(windows, at.vendor_person().phone)
    for path in paths.values():
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], path


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_that_there_is_less_is_said_by_keyboard(at: Market, windows: Windows, scripts: bool) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    page = signed_in(windows, at.vendor_person().phone)
    if not scripts:
        state = page.context.storage_state()
        page = windows.open(scripts=False)
        page.context.add_cookies(state["cookies"])  # type: ignore[arg-type]  # as they came
    page.goto("/vendor/wanted")
    page.get_by_role("link", name="没那么多").press("Enter")
    page.get_by_role("spinbutton").fill("2")
    page.get_by_role("button", name="就这么多").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("真的只有这些吗？")
    page.get_by_role("button", name="真的只有这些").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("还剩几盒能卖？")
    page.get_by_role("spinbutton").fill("4")
    page.get_by_role("button", name="就剩这些").press("Enter")
    expect(page.get_by_role("main")).to_contain_text("林下土鸡蛋 2盒")
    assert free(at.world, made.parts[0].lines[0].variant_id) == 4
    assert order(at, made.code).parts[0].lines[0].accepted == 2


def test_a_car_is_planned_by_keyboard_and_stands_where_goods_are_wanted(at: Market, windows: Windows) -> None:
    paid_order(at, {variant_id(at, listing(at)): 3})
    desk = signed_in(windows, someone(at.world, Role.STAFF).phone, DESK)
    desk.goto("/staff/runs")
    assert violations(desk) == []
    desk.get_by_role("link", name="排明天").press("Enter")
    assert violations(desk) == []
    desk.get_by_label("大湾村：几点到").fill("09:00")
    desk.get_by_label("大湾村：停在哪里").fill("村口")
    desk.get_by_role("button", name="存下").press("Enter")
    expect(desk.get_by_role("main")).to_contain_text("记好了")
    assert violations(desk) == []
    page = signed_in(windows, at.vendor_person().phone)
    page.goto("/vendor/wanted")
    expect(page.get_by_role("main")).to_contain_text("车来收：明天 9:00")
    assert violations(page) == []
    assert page.evaluate(SMALL_WORDS) == []


def test_a_count_is_saved_by_itself_and_taken_back(at: Market, windows: Windows) -> None:
    made = listing(at, stock=5)
    page = signed_in(windows, at.vendor_person().phone)
    page.goto("/vendor/goods")
    expect(page.get_by_role("button", name="记下")).to_be_hidden()
    # Twice before it is saved, however slow the machine is.
    page.get_by_role("button", name="多一点").evaluate("more => { more.click(); more.click(); }")
    expect(page.get_by_role("status").first).to_contain_text("还有 7 盒")
    expect(page.get_by_role("button", name="撤回")).to_be_in_viewport()
    assert free(at.world, variant_id(at, made)) == 7
    page.get_by_role("button", name="撤回").click()
    expect(page.get_by_role("spinbutton").first).to_have_value("5")
    assert free(at.world, variant_id(at, made)) == 5


def test_without_scripts_a_count_is_saved_by_one_press(at: Market, windows: Windows) -> None:
    made = listing(at, stock=5)
    state = signed_in(windows, at.vendor_person().phone).context.storage_state()
    page = windows.open(scripts=False)
    page.context.add_cookies(state["cookies"])  # type: ignore[arg-type]  # as they came
    page.goto("/vendor/goods")
    page.get_by_role("spinbutton").fill("8")
    page.get_by_role("button", name="记下").click()
    expect(page.get_by_role("main")).to_contain_text("还有 8 盒")
    assert free(at.world, variant_id(at, made)) == 8


def test_four_boards_and_the_answer_fit_a_small_phone(at: Market, windows: Windows) -> None:
    daily(at)
    page = signed_in(windows, at.vendor_person().phone, (360, 640))
    page.goto("/vendor")
    answer = page.locator(".booth-answer").bounding_box()
    last = page.locator(".tile").last.bounding_box()
    assert answer is not None
    assert last is not None
    assert last["y"] + last["height"] <= answer["y"]
