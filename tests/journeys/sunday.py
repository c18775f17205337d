"""Sunday of the day's journey: buyers, the centre's desks, and the households that are asked."""

import re

from playwright.sync_api import Page, expect

from shop.orders.queries.orders import OrderFacts
from tests.journeys.townsfolk import BUYER, STAFF, TABLET, VILLAGER, Day


def put(today: Day, buyer: Page, shelf: str, title: str, way: str = "", pieces: int = 1) -> None:
    """Put a thing into the basket, from the front page on."""
    buyer.goto("/")
    buyer.get_by_role("link", name=shelf).first.click()
    buyer.get_by_role("main").get_by_role("link", name=title).first.click()
    if way:
        buyer.locator(".way-card", has_text=way).click()
    if pieces > 1:
        buyer.get_by_role("spinbutton").fill(str(pieces))
    buyer.get_by_role("button", name="放进篮子").first.click()
    expect(buyer).to_have_url(re.compile("/basket$"))


def place(today: Day, buyer: Page, gateway: str) -> OrderFacts:
    """Press the last button, and return the order."""
    buyer.locator(f"input[name=gateway][value={gateway}]").check(force=True)
    buyer.get_by_role("button", name="下单").click()
    expect(buyer).to_have_url(re.compile("/pay/"))
    today.work()
    return today.newest()


def fill_in(buyer: Page, pasted: str) -> None:
    """Paste one's address in one piece."""
    buyer.get_by_role("link", name="去结账").first.click()
    buyer.locator("#paste").fill(pasted)
    buyer.get_by_role("button", name="拆开").click()
    expect(buyer.get_by_role("heading", name="多少钱，几时到")).to_be_visible()


def pay(today: Day, buyer: Page) -> None:
    """Pay at the demo provider's page."""
    buyer.get_by_role("link", name="去付款").click()
    buyer.get_by_role("button", name="付款", exact=True).click()
    buyer.get_by_role("link", name="看订单").click()


def buy_two_boxes(today: Day) -> OrderFacts:
    """Let a member buy eggs and a hen, which travel apart."""
    buyer = today.window(BUYER)
    buyer.goto("/")
    today.shot(buyer, "buyer-front")
    put(today, buyer, "禽蛋", "林下散养土鸡蛋", "30枚", 2)
    put(today, buyer, "禽蛋", "放养土母鸡")
    today.shot(buyer, "buyer-basket")
    fill_in(buyer, "林晓雨 13900000001 四川省成都市武侯区科华路 12 号 3 单元 401")
    today.shot(buyer, "buyer-checkout")
    made = place(today, buyer, "demo")
    pay(today, buyer)
    today.shot(buyer, "buyer-order-paid")
    return made


def buy_for_cash(today: Day) -> OrderFacts:
    """Let somebody without an account buy, to pay at the door."""
    buyer = today.window()
    put(today, buyer, "笋与菌", "厚肉干香菇", "250克")
    fill_in(buyer, "何秀兰，13812340001，成都市青羊区文化路 9 号 1 单元 202")
    made = place(today, buyer, "cash")
    today.shot(buyer, "buyer-cash-agreed")
    return made


def buy_a_live_hen(today: Day) -> OrderFacts:
    """Let somebody buy what no courier carries."""
    buyer = today.window()
    put(today, buyer, "禽蛋", "散养活母鸡")
    buyer.get_by_role("link", name="去结账").first.click()
    buyer.locator("#name").fill("周小禾")
    buyer.locator("#phone").fill("13812340002")
    made = place(today, buyer, "demo")
    pay(today, buyer)
    today.shot(buyer, "buyer-order-collected")
    return made


# Sunday evening: the centre's desks and the households


def clear_the_desks(today: Day) -> None:
    """Look through what waits beside the orders: a new thing, an application, a question."""
    staff = today.window(STAFF, TABLET)
    staff.goto("/staff")
    today.shot(staff, "today-evening")
    staff.goto("/staff/reviews")
    today.shot(staff, "reviews")
    for button in ("上架", "换上新的"):
        while (found := staff.get_by_role("main").get_by_role("button", name=button, exact=True)).count():
            found.first.click()
            staff.wait_for_load_state()
    staff.goto("/staff/applications")
    staff.get_by_role("main").get_by_role("link", name="杨秀英").click()
    today.shot(staff, "application")
    staff.locator("summary", has_text="退回去改").click()
    back = staff.locator("details[open] form").last
    back.locator("input[type=checkbox]").first.check(force=True)
    back.get_by_role("textbox").fill("备案证请带到中心来看")
    back.get_by_role("button").click()
    expect(staff.get_by_role("main")).to_contain_text("等他改")
    villager = today.desk(VILLAGER)
    villager.get("/vendor/questions")
    villager.click("回他一句")
    villager.submit_form("就这样回", answer="还有，下个星期一出窝。")
    today.work()


def ask_the_households(today: Day) -> None:
    """Let one household answer on its phone, one of them that there is less; the others are called."""
    home = today.window(VILLAGER)
    home.goto("/vendor")
    today.shot(home, "household-home")
    home.get_by_role("link", name="有人要货").click()
    today.shot(home, "household-wanted")
    short = home.locator(".bring-part", has_text="30枚 2盒").or_(home.locator(".bring-part", has_text="土鸡蛋 2盒"))
    short.last.get_by_role("link", name="没那么多").click()
    home.get_by_role("spinbutton").fill("1")
    today.shot(home, "household-less")
    home.get_by_role("button", name="就这么多").click()
    home.get_by_role("button", name="真的只有这些").click()
    today.shot(home, "household-left")
    home.get_by_role("link", name="网上写的没错，不改").click()
    home.wait_for_load_state()
    while (have := home.get_by_role("button", name="有", exact=True)).count():
        have.first.click()
        home.wait_for_load_state()
    while (ready := home.get_by_role("button", name="备好了", exact=True)).count():
        ready.first.click()
        home.wait_for_load_state()
    today.shot(home, "household-ready")
    call_the_others(today)
    today.work()


def call_the_others(today: Day) -> None:
    """Go by telephone through the households that have not answered."""
    staff = today.window(STAFF, TABLET)
    staff.goto("/staff/demand")
    today.shot(staff, "demand")
    staff.get_by_role("button", name="显示电话").click()
    today.shot(staff, "demand-phones")
    staff.get_by_role("button", name="打印，带电话").click()
    today.shot(staff, "demand-paper")
    staff.goto("/staff/demand")
    staff.get_by_role("button", name="说都有").first.click()
    desk = today.desk(STAFF)
    while "说都有" in (page := desk.get("/staff/demand")).main:
        hears = next(form.action for form in page.forms() if form.action.endswith("/hear"))
        desk.submit_form(hears, press="说都有")
    staff.reload()
    today.shot(staff, "demand-answered")
