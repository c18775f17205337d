"""A thing's own page, however it is sold; its shelf; and what is at its address when it is sold no more."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pytest

from shop.accounts.models import Role
from shop.catalog.models import Climate, Listing, ListingState, ReturnClass
from shop.catalog.rules import Way
from shop.catalog.services.listings import set_free
from shop.catalog.services.passages import archive, pause, take_down
from shop.catalog.services.shelves import ShelfRules, add_category
from shop.kernel.clock import town_day
from shop.media.services import receive
from shop.vendors.models import PaperKind
from shop.vendors.services import add_paper
from tests.pages.buying import fill
from tests.pages.selling import jpeg
from tests.support.pages import Pages
from tests.world import World, market
from tests.world.market import HOUSE, PASSWORD, STAFF, Market, another_vendor, listing, someone

HEN = Way(unit="只", gross_g=1800, per_500g_fen=3400, least_g=1000, most_g=1500, stock=4)
BELLY = (
    Way(unit="块", gross_g=1500, per_500g_fen=4400, least_g=800, most_g=1200, stock=3, name="小块"),
    Way(unit="袋", gross_g=600, price_fen=5200, net_g=500, stock=0, name="切片"),
    Way(unit="块", gross_g=2500, per_500g_fen=4200, least_g=1300, most_g=2000, stock=9, name="大块"),
)

Told = dict[str, Any]


def shelf(at: Market, code: str, **rules: object) -> Market:
    """Put up one more shelf, on which the next things lie."""
    wanted = ShelfRules(**{"name": code, "name_en": code, **rules})  # type: ignore[arg-type]
    return replace(at, category=at.world.run(lambda session: add_category(session, code, wanted, actor=HOUSE)))


def photo_keys(at: Market, count: int) -> tuple[str, ...]:
    take = partial(receive, at.world.edge.transaction, at.world.house.store, actor=HOUSE, clock=at.world.clock)
    return tuple(take(jpeg(seed=seed).getvalue()).key for seed in range(count))


# How it is sold


def test_by_weight_the_ceiling_is_explained_before_the_basket(at: Market, pages: Pages) -> None:
    hen = listing(at, title="土母鸡", ways=(HEN,))
    page = pages.get(f"/goods/{hen.code}")
    for words in (
        "¥34 / 500克",
        "合 ¥68/公斤",
        "一只约 2–3 斤（1–1.5 公斤）",
        "最多 ¥102",
        "轻了多少当天退您多少",
        "绝不多收",
    ):
        assert words in page.main, words
    card = pages.get("/").main
    assert "¥34 / 500克 合 ¥68/公斤 一只约 2–3 斤，最多 ¥102" in card
    basket = fill(pages, hen, 2)
    assert "最多 ¥204" in basket.main
    assert "货一共 ¥204" in basket.words


def test_several_ways_are_chosen_between_and_what_is_out_stays_to_be_seen(at: Market, pages: Pages) -> None:
    belly = listing(at, title="老腊肉", ways=BELLY)
    assert "¥42 起" in pages.get("/").main
    page = pages.get(f"/goods/{belly.code}")
    form = page.form("放进篮子")
    tiles = list(page.all("input", name="variant"))
    assert [box.get("disabled") is not None for box in tiles] == [False, True, False]
    assert form.values["variant"] == [tiles[2].get("value")]
    assert "切片 卖完了 ¥52 / 袋 合 ¥52/500克（¥104/公斤）" in page.main
    basket = pages.submit_form("放进篮子", variant=tiles[0].get("value"), quantity=1)
    assert "老腊肉 小块" in basket.main
    assert "最多 ¥105.60" in basket.main


def test_a_way_that_ran_out_meanwhile_is_said_in_the_basket(at: Market, pages: Pages) -> None:
    belly = listing(at, title="老腊肉", ways=BELLY)
    page = pages.get(f"/goods/{belly.code}")
    out = page.all("input", name="variant")[1].get("value")
    assert "卖完了" in pages.post("/basket/lines", {"variant": out, "quantity": "1"}).main


# When it is to be had


def harvested(at: Market, first: date, last: date, cap: int) -> Listing:
    ahead: Told = {"harvest_first_on": first, "harvest_last_on": last, "harvest_cap": cap}
    return listing(at, title="春笋", stock=50, months=(3, 4), **ahead)


def test_what_is_ordered_ahead_says_when_it_is_gathered(at: Market, pages: Pages) -> None:
    shoots = harvested(at, date(2027, 3, 10), date(2027, 4, 5), 8)
    page = pages.get(f"/goods/{shoots.code}")
    assert "3月10日起采，每天最多 8 盒。现在订，3月10日采。" in page.main
    assert "3–4月有" in page.main
    assert "预订" in pages.get("/").main
    basket = fill(pages, shoots, 3)
    assert "预订，3月10日采" in basket.main


def test_a_harvest_that_is_promised_away_is_full(at: Market, world: World, pages: Pages) -> None:
    today = town_day(world.clock())
    day = date(2026, 11, 25)
    assert today < day
    shoots = harvested(at, day, day, 5)
    market.paid_order(at, {market.variant_id(at, shoots): 5})
    page = pages.get(f"/goods/{shoots.code}")
    assert "都订完了" in page.main
    assert not [form for form in page.forms() if form.action == "/basket/lines"]


def test_live_goods_go_into_the_basket_and_say_that_they_are_collected(at: Market, pages: Pages) -> None:
    coop = shelf(at, "live", name="活禽", is_live=True)
    hen = listing(coop, title="活母鸡", ways=(HEN,))
    page = pages.get(f"/goods/{hen.code}")
    for words in ("活的不邮寄", "小鱼洞山货中心", "场镇老街 1 号", "028-00000000", "周一至周六 08:00–18:00"):
        assert words in page.main, words
    assert "寄到各处的运费" not in page.main
    basket = pages.submit_form("/basket/lines", quantity=1)
    assert "活的不寄，到中心来取" in basket.main
    assert "整单一起取" in basket.main
    assert "活的不寄，到中心来取" in pages.get("/c/live").main


def test_what_was_asked_is_confirmed_where_the_next_page_opens(eggs: Listing, pages: Pages) -> None:
    pages.get(f"/goods/{eggs.code}/questions")
    answer = pages.submit_form("问一问", 303, text="有没有小盒的？", phone="13812345678", follow=False)
    assert "#" not in answer.headers["Location"], "what is said stands on top"
    assert "问过了" in pages.get(answer.headers["Location"]).main


# What is known of it


def test_the_rules_of_its_shelf_are_said_in_plain_words(at: Market, world: World, pages: Pages) -> None:
    number = "川小作坊备510182000001"
    until = date(2027, 7, 24)
    kind = PaperKind.WORKSHOP_FILING
    add = partial(add_paper, vendor_id=at.vendor.id, kind=kind, number=number, until=until)
    world.run(lambda session: add(session, actor=HOUSE, clock=world.clock))
    cured = shelf(
        at,
        "cured",
        papers=(kind,),
        return_class=ReturnClass.FRESH,
        climate=Climate.CHILLED,
        needs_label=True,
    )
    ham = listing(cured, ingredients="猪后腿、盐", keep_note="挂在阴凉处", shelf_days=180, travel_days=1)
    page = pages.get(f"/goods/{ham.code}")
    told = ("猪后腿、盐", "挂在阴凉处", "180 天", "1 天里不会坏", "冷藏着寄", "不支持七天无理由退货", "怕坏")
    for words in (*told, f"食品小作坊备案证 {number}，有效到7月24日"):
        assert words in page.main, words
    assert "冷藏着寄" in pages.get("/c/cured").main
    english = pages.client.get(f"/goods/{ham.code}", headers={"Accept-Language": "en"}).text
    assert "180 days<" in english
    assert "Safe for 1 day<" in english


def test_every_photo_is_shown_and_leads_to_its_large_file(at: Market, pages: Pages) -> None:
    eggs = listing(at, photo_keys=photo_keys(at, 3))
    page = pages.get(f"/goods/{eggs.code}")
    large = [link.get("href", "") for link in page.all("a") if link.get("href", "").startswith("/media/")]
    assert len(set(large)) == 3
    assert all(href.endswith("/1920.jpg") for href in large)


# The shelf


def test_a_shelf_shows_the_goods_of_its_parts_and_a_part_its_own(at: Market, pages: Pages) -> None:
    ducks = shelf(at, "duck-eggs", name="鸭蛋", parent_code="poultry-eggs")
    listing(at, title="土鸡蛋")
    listing(ducks, title="咸鸭蛋")
    page = pages.get("/c/poultry-eggs")
    assert "土鸡蛋" in page.main
    assert "咸鸭蛋" in page.main
    assert page.links()["鸭蛋 1"] == "/c/duck-eggs"
    assert page.links()["全部 2"] == "/c/poultry-eggs"
    part = pages.click("鸭蛋 1")
    assert part.heading == "鸭蛋"
    assert "土鸡蛋" not in part.main
    marks = [link.get("href") for link in part.all("a") if link.get("aria-current") == "page"]
    assert marks == ["/c/poultry-eggs", "/c/duck-eggs"]
    assert "鸭蛋 1" not in pages.get("/").links()


# Sold no more


def test_the_address_of_what_is_gone_leads_on_to_what_is_like_it(at: Market, world: World, pages: Pages) -> None:
    eggs = listing(at, title="土鸡蛋")
    other = another_vendor(world)
    listing(at, title="土鸭蛋", vendor=other)
    near = shelf(at, "tea", name="茶")
    listing(near, title="老鹰茶")
    off = partial(pause, vendor_id=at.vendor.id, code=eggs.code, paused=True, actor=HOUSE, clock=world.clock)
    world.run(lambda session: off(session))
    page = pages.get(f"/goods/{eggs.code}", status=404)
    assert page.heading == "这样货现在不卖"
    for words in ("“土鸡蛋”暂时收起来了", "土鸭蛋", "老鹰茶", "周素珍家别的货"):
        assert words in page.main, words
    assert page.links()["整个货架"] == "/c/poultry-eggs"
    end = partial(archive, vendor_id=at.vendor.id, code=eggs.code, actor=HOUSE, clock=world.clock)
    world.run(lambda session: end(session))
    assert "“土鸡蛋”不再卖了" in pages.get(f"/goods/{eggs.code}", status=404).main


def test_what_was_taken_down_or_never_shown_is_not_named(at: Market, world: World, pages: Pages) -> None:
    bad = listing(at, title="说错话的货")
    world.run(lambda session: take_down(session, bad.code, "词不对", actor=STAFF, clock=world.clock))
    page = pages.get(f"/goods/{bad.code}", status=404)
    assert page.heading == "这样货现在不卖"
    assert "说错话的货" not in page.text
    waiting = listing(at, title="还在等的货", state=ListingState.IN_REVIEW)
    for path in (f"/goods/{waiting.code}", "/goods/NOTHERE"):
        page = pages.get(path, status=404)
        assert page.heading == "没找到这一页"
        assert "还在等的货" not in page.text


def test_sold_out_in_every_way_is_said_on_card_and_page(at: Market, world: World, pages: Pages) -> None:
    eggs = listing(at, title="土鸡蛋", stock=2)
    out = partial(set_free, vendor_id=at.vendor.id, code=eggs.code, free=0, saw_free=2, actor=HOUSE, clock=world.clock)
    world.run(lambda session: out(session))
    assert "卖完了" in pages.get("/").main
    assert "这一批没有了" in pages.get(f"/goods/{eggs.code}").main


# As many statements for a thousand things as for one


@pytest.mark.parametrize("count", [30, 120])
def test_statements_do_not_grow_with_the_catalogue(at: Market, world: World, pages: Pages, count: int) -> None:
    keys = photo_keys(at, 5)
    homes = [at.vendor, another_vendor(world, "罗成富家")]
    ahead: Told = {
        "harvest_first_on": date(2026, 12, 1),
        "harvest_last_on": date(2026, 12, 9),
        "harvest_cap": 3,
    }
    paper = partial(
        add_paper, kind=PaperKind.QUARANTINE, number="动检川1号", until=None, actor=HOUSE, clock=world.clock
    )
    for home in homes:
        world.run(partial(paper, vendor_id=home.id))
    papered = shelf(at, "dressed", parent_code="poultry-eggs", papers=(PaperKind.QUARANTINE,))
    made = [
        listing(papered, title=f"货{n:03d}号样", vendor=homes[n % 2], ways=BELLY, photo_keys=keys, **ahead)
        for n in range(count)
    ]
    pages.get(f"/goods/{made[0].code}", max_statements=11)
    page = pages.get("/c/poultry-eggs", max_statements=10)
    assert len(page.all("article", class_="card")) == 24
    pages.get("/c/dressed?page=2", max_statements=10)
    pages.get(f"/households/{at.vendor.code}", max_statements=10)
    pages.get("/", max_statements=16)
    pages.sign_in(someone(world, Role.BUYER).phone, PASSWORD)
    pages.get(f"/goods/{made[0].code}", max_statements=13)  # and where they had their last order sent
    pages.get("/c/poultry-eggs", max_statements=10)
