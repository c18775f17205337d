"""An order of goods that are weighed, gathered later, or changed since: what its buyer is promised and told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

from shop.accounts.models import Role
from shop.catalog.own import present
from shop.catalog.rules import Way
from shop.catalog.services.listings import revise
from shop.catalog.services.passages import archive
from shop.flows import bench
from tests.pages.buying import at_provider, fill, place_it, placed, to_pay, to_review
from tests.pages.test_listing import BELLY, HEN, harvested
from tests.support.pages import Pages
from tests.world import World, market
from tests.world.books import assert_sound, footprint
from tests.world.market import HOUSE, PASSWORD, STAFF, Market, listing, someone


def test_a_weighed_order_tells_its_ceiling_and_then_what_came_back(at: Market, world: World, pages: Pages) -> None:
    hen = listing(at, title="土母鸡", ways=(HEN,))
    review = to_review(pages, hen, 2)
    for words in ("¥34 / 500克", "合 ¥68/公斤", "一只约 2–3 斤", "最多 ¥204", "绝不多收"):
        assert words in review.main, words
    place_it(pages)
    made = placed(at, at_provider(pages, "付款"))
    page = pages.get(f"/orders/{made.code}")
    for words in ("¥34 / 500克 × 2 只", "先照最重的付", "最多 ¥204"):
        assert words in page.main, words
    (line,) = made.parts[0].lines
    weigh = partial(bench.receive, part_code=made.parts[0].code, rejected={}, weighed={line.id: 2500}, reason="")
    world.run(lambda session: weigh(session, actor=STAFF, clock=world.clock))
    page = pages.get(page.url)
    for words in (
        "称下来 5 斤（2.5 公斤），11月22日 10:00 中心称的",
        "最多 ¥204，按重 ¥170，退您 ¥34。",
        "¥170",
        "退款 ¥34 正在退",
        "过秤轻了，退差价",
        "其中 ¥34 退给您",
    ):
        assert words in page.main, words
    world.deliver()
    assert "退款 ¥34 退好了" in pages.get(page.url).main
    assert_sound(world)


def test_what_is_as_heavy_as_can_be_gives_nothing_back(at: Market, world: World, pages: Pages) -> None:
    hen = listing(at, title="土母鸡", ways=(HEN,))
    to_pay(pages, hen)
    made = placed(at, at_provider(pages, "付款"))
    (line,) = made.parts[0].lines
    weigh = partial(bench.receive, part_code=made.parts[0].code, rejected={}, weighed={line.id: 3100}, reason="")
    world.run(lambda session: weigh(session, actor=STAFF, clock=world.clock))
    page = pages.get(f"/orders/{made.code}")
    assert "称下来 6.2 斤（3.1 公斤）" in page.main
    assert "比最重的还重，还是最多 ¥204，不用补。" in page.main
    assert "¥204" in page.main


def test_the_promised_day_goes_along_from_basket_to_order(at: Market, pages: Pages) -> None:
    shoots = harvested(at, date(2027, 3, 10), date(2027, 4, 5), 8)
    review = to_review(pages, shoots, 3)
    assert "预订，3月10日采" in review.main
    assert "整单等3月10日采下来，一起寄" in review.main
    place_it(pages)
    made = placed(at, at_provider(pages, "付款"))
    assert "预订，3月10日采" in pages.get(f"/orders/{made.code}").main


def test_a_day_promised_away_meanwhile_is_shown_before_the_order(at: Market, world: World, pages: Pages) -> None:
    shoots = harvested(at, date(2027, 3, 10), date(2027, 4, 5), 8)
    review = to_review(pages, shoots, 3)
    market.paid_order(at, {market.variant_id(at, shoots): 6})
    before = footprint(world)
    pages.page = review
    page = pages.submit_form("/checkout", 409, press="下单")
    assert "还没有下单" in page.main
    assert "¥48 × 3，预订，3月10日采" in page.main
    assert "¥48 × 3，预订，3月11日采" in page.main
    assert footprint(world) == before
    assert place_it(pages).heading == "等您付款"


# As bought


def test_an_order_keeps_what_its_buyer_saw(
    at: Market, world: World, pages: Pages, visitor: Callable[[], Pages]
) -> None:
    belly = listing(at, title="老腊肉", story="柏枝熏的。", ways=BELLY, ingredients="猪肉、盐")
    to_pay(pages, belly)
    made = placed(at, at_provider(pages, "付款"))
    now = world.read(lambda session: present(session, belly.code))
    wanted = replace(now.offer, ways=[replace(way, per_500g_fen=4300) for way in now.offer.ways if way.per_500g_fen])
    change = partial(revise, vendor_id=at.vendor.id, code=belly.code, wanted=wanted, version=now.version)
    world.run(lambda session: change(session, actor=HOUSE, clock=world.clock))
    end = partial(archive, vendor_id=at.vendor.id, code=belly.code, actor=HOUSE, clock=world.clock)
    world.run(lambda session: end(session))
    pages.get(f"/orders/{made.code}")
    page = pages.click("下单时的样子：老腊肉 大块")
    assert page.url == f"/orders/{made.code}/lines/1/as-bought"
    assert page.heading == "老腊肉"
    for words in ("¥42 / 500克", "最多 ¥168", "柏枝熏的。", "猪肉、盐", "大块", "切片", "11月22日 10:00"):
        assert words in page.main, words
    stranger = visitor()
    stranger.get(page.url, status=404)
    stranger.sign_in(someone(world, Role.BUYER).phone, PASSWORD)
    stranger.get(page.url, status=404)
    for path in ("lines/2/as-bought", "lines/0/as-bought", "lines/x/as-bought"):
        pages.get(f"/orders/{made.code}/{path}", status=404)


def test_more_than_there_is_of_one_way_is_said_in_the_basket(at: Market, pages: Pages) -> None:
    ways = (
        Way(unit="盒", pieces=10, price_fen=1800, gross_g=800, stock=9, name="10枚"),
        Way(unit="盒", pieces=30, price_fen=4800, gross_g=2200, stock=2, name="30枚"),
    )
    eggs = listing(at, title="土鸡蛋", ways=ways)
    page = pages.get(f"/goods/{eggs.code}")
    second = page.all("input", name="variant")[1].get("value")
    basket = pages.submit_form("放进篮子", variant=second, quantity=5)
    assert "土鸡蛋 30枚" in basket.main
    assert "只剩 2 盒了" in basket.main
    assert "合 ¥1.60 一个" in basket.main
    fill(pages, eggs, 1)
    assert "合 ¥1.80 一个" in pages.get("/basket").main
