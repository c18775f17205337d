"""A villager changes what is on the shelf: what shows at once, what waits, how it is sold, its photos, its end."""

from typing import Any

import pytest

from shop.catalog.models import Category, HiddenFor, ListingState
from shop.catalog.own import Present, present
from shop.catalog.rules import ASK_DAYS, CONFIRM_DAYS, Way
from shop.catalog.services.passages import take_down, watch
from shop.catalog.services.revisions import decline_revision
from shop.catalog.services.shelves import ShelfRules, add_category, change_category
from shop.vendors.models import PaperKind
from tests.pages.selling import GOOD, jpeg, mine, photographed
from tests.support.page import words_of
from tests.support.pages import Pages
from tests.world.books import assert_sound
from tests.world.market import HOUSE, STAFF, Market, another_vendor, asked_about, listing, paid_order, variant_id

Told = dict[str, Any]


def own(at: Market, code: str) -> Present:
    """Return a listing as it stands."""
    return at.world.read(lambda session: present(session, code))


def cured(at: Market) -> Category:
    """Put up a shelf of packed food that wants a paper."""
    rules = ShelfRules(name="腊味", name_en="Cured", papers=(PaperKind.WORKSHOP_FILING,), needs_label=True)
    return at.world.run(lambda session: add_category(session, "cured", rules, actor=HOUSE))


def edit(villager: Pages, code: str, status: int = 200, **typed: Any) -> str:
    """Change a thing on its page and return what is said then."""
    villager.get(f"/vendor/goods/{code}/edit")
    return villager.submit_form("offer-form", status=status, **typed).main


def test_what_needs_no_review_shows_at_once(at: Market, villager: Pages) -> None:
    code = listing(at).code
    assert "店里现在就是新的样子" in edit(villager, code, price="50", quantity=4, months=["11"])
    told = own(at, code).offer
    assert (told.ways[0].price_fen, told.ways[0].stock, told.months) == (5000, 4, (11,))
    assert_sound(at.world)


def test_what_needs_review_waits_and_says_why(at: Market, villager: Pages) -> None:
    code = listing(at).code
    said = edit(villager, code, title="山里的鸡蛋", price="90", quantity=3)
    assert "改了名字、涨价超过两成" in said
    assert "店里还是原来的样子" in said
    assert "改动中心在看" in said
    stands = own(at, code)
    assert (stands.offer.title, stands.offer.ways[0].stock) == ("林下土鸡蛋", 3)
    page = villager.get(f"/vendor/goods/{code}/edit")
    assert "下面是您上次改的" in page.main
    assert page.form("offer-form").values["title"] == ["山里的鸡蛋"]
    at.world.run(
        lambda session: decline_revision(
            session, code, "名字太大", version=own(at, code).version, actor=STAFF, clock=at.world.clock
        )
    )
    assert "改动没有准 中心说：名字太大。" in villager.get("/vendor/goods").main
    at.world.clock.advance(days=15)
    assert "名字太大" not in villager.get("/vendor/goods").main


def test_by_weight_with_a_range_and_by_the_cut(at: Market, villager: Pages) -> None:
    photographed(villager)
    weighed: Told = {
        "pricing": "weight",
        "per_jin": "34",
        "least": "2.4",
        "most": "3",
        "price": "",
        "weight": "3.4",
    }
    page = villager.submit_form("offer-form", **{**GOOD, **weighed, "unit": "只"})
    assert page.heading == "送审了"
    way = own(at, mine(at)[0].facts.card.code).offer.ways[0]
    assert (way.per_500g_fen, way.least_g, way.most_g, way.gross_g, way.stock, way.is_cut) == (
        3400, 1200, 1500, 1700, 7, False,
    )  # fmt: skip
    page = villager.get("/vendor/goods")
    assert "¥34 / 斤 一只约 2.4–3 斤，最多 ¥102" in page.main
    photographed(villager)
    cut: Told = {**weighed, "counting": "cut", "stock_jin": "10.5"}
    villager.submit_form("offer-form", **{**GOOD, **cut, "title": "腊肉", "unit": "块"})
    way = own(at, mine(at)[1].facts.card.code).offer.ways[0]
    assert (way.is_cut, way.stock) == (True, 5250)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"per_jin": ""}, "按斤卖，要填这一项"),
        ({"per_jin": "三十"}, "价钱写成 28 或 28.5 这样"),
        ({"least": "4"}, "最重的不能比最轻的还轻"),
        ({"most": "不知道"}, "重量写成 1.5 斤，或者 750 克"),
        ({"most": "61"}, "最重 60 斤"),
        ({"weight": "2.9"}, "连包装算，不能比最重的还轻"),
        ({"counting": "cut"}, "按斤卖，要填这一项"),
        ({"counting": "cut", "stock_jin": "很多"}, "重量写成 1.5 斤，或者 750 克"),
        ({"per_jin": "9999"}, "一份最贵 1 万元"),
    ],
)
def test_what_cannot_be_weighed_is_named_at_its_field(
    at: Market, villager: Pages, typed: dict[str, str], words: str
) -> None:
    photographed(villager)
    weighed: Told = {
        "pricing": "weight",
        "per_jin": "34",
        "least": "2.4",
        "most": "3",
        "price": "",
        "weight": "3.4",
    }
    page = villager.submit_form("offer-form", status=422, **{**GOOD, **weighed, **typed})
    assert words in page.main
    assert page.form("offer-form").values["least"] == [typed.get("least", "2.4")]
    assert mine(at) == []


def test_the_count_of_what_is_cut_is_in_jin(at: Market, villager: Pages) -> None:
    leg = Way(unit="块", gross_g=1200, per_500g_fen=6000, least_g=800, most_g=1000, stock=5000, is_cut=True)
    code = listing(at, ways=(leg,)).code
    villager.get("/vendor/goods")
    page = villager.submit_form("记下", status=422, free="很多")
    assert "重量写成 1.5 斤" in page.main
    assert page.form("记下").values["free"] == ["很多"]
    assert "还有 7.5 斤" in villager.submit_form("记下", free="7.5").main
    assert own(at, code).offer.ways[0].stock == 3750
    assert_sound(at.world)


def test_each_way_is_counted_for_itself(at: Market, villager: Pages) -> None:
    small = Way(unit="盒", pieces=10, price_fen=1800, gross_g=700, stock=4, name="10枚")
    large = Way(unit="盒", pieces=30, price_fen=4800, gross_g=2300, stock=6, name="30枚")
    code = listing(at, ways=(small, large)).code
    villager.get("/vendor/goods")
    villager.post(f"/vendor/goods/{code}/count", {"free": "9", "saw_free": "6", "place": "1"})
    assert [way.stock for way in own(at, code).offer.ways] == [4, 9]
    villager.post(f"/vendor/goods/{code}/count", {"free": "9", "saw_free": "6", "place": "2"}, status=404)
    assert_sound(at.world)


def test_a_second_way_is_added_named_and_dropped(at: Market, villager: Pages) -> None:
    code = listing(at).code
    second: Told = {
        "way2-unit": "盒",
        "way2-pieces": 10,
        "way2-price": "18",
        "way2-weight": "1.4",
        "way2-quantity": 5,
    }
    assert "每种要有自己的名字" in edit(villager, code, status=422, **second)
    assert own(at, code).waiting is None
    said = edit(villager, code, **second | {"name": "30枚", "way2-name": "10枚"})
    assert "改了卖法" in said
    waiting = own(at, code).waiting
    assert waiting is not None
    assert [(way.name, way.stock) for way in waiting.ways] == [("30枚", 10), ("10枚", 5)]
    second_code = listing(
        at,
        title="鸭蛋",
        ways=(
            Way(unit="盒", price_fen=1800, gross_g=700, stock=4, name="小"),
            Way(unit="盒", price_fen=4800, gross_g=2300, stock=6, name="大"),
        ),
    ).code
    edit(villager, second_code, **{"way2-gone": True})
    assert [way.name for way in own(at, second_code).offer.ways] == ["小"]


def test_ordered_ahead_is_said_whole_or_not_at_all(at: Market, villager: Pages) -> None:
    code = listing(at).code
    assert "三项都要填" in edit(villager, code, status=422, harvest_first_on="2026-12-01")
    assert "日子写成" in edit(villager, code, status=422, harvest_first_on="下月")
    window: Told = {"harvest_first_on": "2026-12-09", "harvest_last_on": "2026-12-01", "harvest_cap": "5"}
    assert "要在开始那天之后" in edit(villager, code, status=422, **window)
    edit(villager, code, **{**window, "harvest_last_on": "2026-12-20"})
    told = own(at, code).offer
    assert (str(told.harvest_first_on), str(told.harvest_last_on), told.harvest_cap) == (
        "2026-12-01"[:8] + "09",
        "2026-12-20",
        5,
    )


def test_a_label_is_asked_for_only_where_the_shelf_wants_one(at: Market, villager: Pages) -> None:
    cured(at)
    page = photographed(villager)
    assert "做好的吃食（腊味里有的）要写" in page.main
    page = villager.submit_form("offer-form", status=422, **{**GOOD, "category": "cured"})
    assert page.main.count("“腊味”这一类要写这一项") == 6
    label: Told = {"ingredients": "猪肉、盐", "keep_note": "挂在通风处", "shelf_days": 180}
    page = villager.submit_form("offer-form", **label)
    assert "要有小作坊备案证，中心还没见到" in page.main
    told = own(at, mine(at)[0].facts.card.code).offer
    assert (told.ingredients, told.keep_note, told.shelf_days) == ("猪肉、盐", "挂在通风处", 180)


def test_words_that_the_law_forbids_are_named_where_they_stand(at: Market, villager: Pages) -> None:
    photographed(villager)
    page = villager.submit_form("offer-form", status=422, **GOOD, story="吃了能降血糖")
    assert "“降血糖”不能写" in page.main
    assert "《食品安全法》第七十三条" in page.main
    assert page.form("offer-form").values["story"] == ["吃了能降血糖"]
    assert mine(at) == []


def test_a_shelf_that_has_come_to_want_a_paper_is_told(at: Market, villager: Pages) -> None:
    code = listing(at).code
    rules = ShelfRules(name="禽蛋", name_en="Eggs", papers=(PaperKind.QUARANTINE,))
    at.world.run(lambda session: change_category(session, at.category.code, rules, actor=HOUSE))
    said = edit(villager, code, status=422, quantity=3)
    assert "要有动物检疫合格证明，中心还没见到" in said


def test_a_sale_while_one_edits_is_shown_and_not_undone(at: Market, villager: Pages) -> None:
    made = listing(at, stock=5)
    villager.get(f"/vendor/goods/{made.code}/edit")
    assert villager.page is not None
    form = villager.page.form("offer-form").values
    paid_order(at, {variant_id(at, made): 2})
    villager.post(f"/vendor/goods/{made.code}/edit", {**form, "months": ["11"]})
    assert own(at, made.code).offer.ways[0].stock == 3
    form = villager.get(f"/vendor/goods/{made.code}/edit").form("offer-form").values
    paid_order(at, {variant_id(at, made): 1})
    page = villager.post(f"/vendor/goods/{made.code}/edit", {**form, "quantity": ["9"]}, status=409)
    assert [words_of(row) for row in page.all("div", "is-different")] == ["现在有 不一样 现在的2 份 您填的9 份"]
    villager.submit_form("offer-form", press="就照我的")
    assert own(at, made.code).offer.ways[0].stock == 9
    assert_sound(at.world)


def test_why_a_thing_is_hidden_is_said_with_what_to_do(at: Market, villager: Pages) -> None:
    silent, down = listing(at).code, listing(at, title="鸭蛋").code
    at.world.run(lambda session: take_down(session, down, "买家说有味", actor=STAFF, clock=at.world.clock))
    at.world.clock.advance(days=ASK_DAYS)
    assert "还有货" in villager.get("/vendor/goods").main
    asked_about(at)
    at.world.clock.advance(days=CONFIRM_DAYS)
    at.world.run(lambda session: watch(session, silent, actor=HOUSE, clock=at.world.clock))
    page = villager.get("/vendor/goods")
    assert "中心取下来了 中心说：买家说有味。照中心说的改好再送" in page.main
    assert "好久没点“还有货” 还有货，就点一下“还有货”" in page.main
    for _press in range(2):
        assert "记好了，接着卖" in villager.post(f"/vendor/goods/{silent}/confirm").main
    assert (own(at, silent).state, own(at, down).hidden_for) == (ListingState.PUBLISHED, HiddenFor.TAKEN_DOWN)
    assert "现在动不了" in villager.post(f"/vendor/goods/{down}/confirm").main
    said = edit(villager, down, title="新收的鸭蛋")
    assert "又送去中心看了" in said
    assert own(at, down).state is ListingState.IN_REVIEW


def test_put_away_for_good_it_is_no_longer_in_the_list(at: Market, villager: Pages) -> None:
    code = listing(at).code
    villager.get("/vendor/goods")
    assert "再往后要卖，就重新上架" in villager.get("/vendor/goods").main
    assert "收起来了" in villager.submit_form("真的收起来").main
    assert "收起来了" in villager.post(f"/vendor/goods/{code}/archive").main
    assert "还没有货" in villager.get("/vendor/goods").main
    villager.post(f"/vendor/goods/{listing(at, vendor=another_vendor(at.world)).code}/archive", status=404)


def test_photos_are_ordered_taken_away_and_brought_back(at: Market, villager: Pages) -> None:
    photographed(villager, 3)
    villager.submit_form("offer-form", **GOOD)
    code = mine(at)[0].facts.card.code
    keys = list(own(at, code).offer.photo_keys)
    path = f"/vendor/goods/{code}/photos"
    villager.get(path)
    villager.post(f"{path}/move", {"key": keys[2], "step": "-1"})
    villager.post(f"{path}/move", {"key": keys[2], "step": "-1"})
    assert own(at, code).offer.photo_keys == (keys[2], keys[0], keys[1])
    villager.post(f"{path}/move", {"key": keys[2], "step": "-1"})
    page = villager.post(f"{path}/remove", {"key": keys[0]})
    assert "十分钟里可以撤回" in page.main
    at.world.clock.advance(minutes=9)
    villager.get(path)
    villager.submit_form("photos/restore")
    assert own(at, code).offer.photo_keys == (keys[2], keys[0], keys[1])
    villager.post(f"{path}/remove", {"key": keys[0]})
    at.world.clock.advance(minutes=11)
    assert "撤回" not in villager.get(path).main
    assert "过了十分钟" in villager.post(f"{path}/restore", {"key": keys[0]}).main


def test_a_new_photo_of_a_shown_thing_waits_and_is_marked(at: Market, villager: Pages) -> None:
    code = listing(at).code
    villager.get(f"/vendor/goods/{code}/photos")
    page = villager.submit_form("photo-form", press="加这张", photo=(jpeg(), "p.jpg"))
    assert "新照片送中心看了" in page.main
    assert "等中心看" in page.main
    assert own(at, code).offer.photo_keys == ()
    assert len(own(at, code).told.photo_keys) == 1


def test_the_button_that_leads_on_takes_a_chosen_photo_along(at: Market, villager: Pages) -> None:
    code = listing(at, photo_keys=()).code
    villager.get(f"/vendor/goods/{code}/photos")
    page = villager.submit_form("photo-form", press="照片好了", photo=(jpeg(seed=3), "p.jpg"))
    assert page.url == f"/vendor/goods/{code}/edit"
    assert len(own(at, code).told.photo_keys) == 1
    villager.get(f"/vendor/goods/{code}/photos")
    assert villager.submit_form("photo-form", press="照片好了").url == f"/vendor/goods/{code}/edit"


def test_anothers_photos_and_acts_look_as_if_they_were_not_there(at: Market, villager: Pages) -> None:
    other = listing(at, vendor=another_vendor(at.world)).code
    villager.get("/vendor/goods")
    for act in ("confirm", "photos/move", "photos/remove", "photos/restore"):
        villager.post(f"/vendor/goods/{other}/{act}", {"key": "x"}, status=404)
    assert own(at, other).state is ListingState.PUBLISHED


def test_an_old_sign_of_life_is_asked_for_and_a_fresh_one_not(at: Market, villager: Pages) -> None:
    listing(at)
    assert "还有货" not in villager.get("/vendor/goods").main
    at.world.clock.advance(days=ASK_DAYS)
    villager.get("/vendor/goods")
    assert "记好了，接着卖" in villager.submit_form("还有货").main
    assert "还有货" not in villager.get("/vendor/goods").main.replace("记好了", "")
