"""A villager's screens: what is asked for, their goods, a new thing, their money."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from shop.accounts.models import Role
from shop.catalog.models import Listing, ListingState, Variant
from shop.catalog.queries import OwnListing, own_listings
from shop.catalog.services import review
from shop.kernel.money import portion, yuan
from shop.media.models import Photo
from shop.orders.models import VendorOrderState
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world import World
from tests.world.books import assert_sound, footprint
from tests.world.market import (
    MONTH,
    PASSWORD,
    STAFF,
    Market,
    another_vendor,
    delivered_order,
    listing,
    market,
    order,
    paid_order,
    receive_all,
    someone,
    variant_id,
)


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market(world)


@pytest.fixture
def villager(at: Market, pages: Pages) -> Pages:
    """The browser of somebody of that household, signed in."""
    pages.sign_in(at.vendor_person().phone, PASSWORD)
    return pages


def jpeg(size: tuple[int, int] = (800, 600), seed: int = 0) -> BytesIO:
    """Return a photo of nothing in particular."""
    out = BytesIO()
    Image.effect_noise(size, 60 + seed).convert("RGB").save(out, "JPEG")
    out.seek(0)
    return out


def mine(at: Market) -> list[OwnListing]:
    """Return the household's listings as they stand."""
    return at.world.read(lambda session: own_listings(session, month=MONTH, vendor_id=at.vendor.id))


def photographed(villager: Pages, count: int = 1) -> Page:
    """Send so many photos and go on to the questions."""
    villager.get("/vendor/goods/new")
    for seed in range(count):
        villager.submit_form(photo=(jpeg(seed=seed), "p.jpg"))
    return villager.click("下一步")


GOOD: dict[str, Any] = {
    "title": "新核桃",
    "category": "poultry-eggs",
    "unit": "袋",
    "pieces": 1,
    "price": "28.5",
    "weight": "1.5",
    "quantity": 7,
}


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


def test_photos_then_words_then_the_centre_has_it(at: Market, villager: Pages) -> None:
    page = photographed(villager, 2)
    assert page.heading == "说说它"
    page = villager.submit_form(**GOOD, months=["9", "10"], story="坡上的老树。")
    assert page.heading == "送审了"
    assert "新核桃" in page.main
    at.world.deliver()
    made = mine(at)
    assert [(one.state, one.facts.card.price_fen, one.facts.gross_g, one.facts.card.free) for one in made] == [
        (ListingState.IN_REVIEW, 2850, 750, 7)
    ]
    assert made[0].facts.card.months == (9, 10)
    assert len(made[0].facts.photos) == 2
    assert "中心在看" in villager.get("/vendor/goods").main


def test_no_month_ticked_is_the_whole_year_and_grams_stay_grams(at: Market, villager: Pages) -> None:
    photographed(villager)
    villager.submit_form(**{**GOOD, "weight": "620", "weight_unit": "gram"})
    assert mine(at)[0].facts.card.months == tuple(range(1, 13))
    assert mine(at)[0].facts.gross_g == 620


def test_a_wrong_answer_is_named_and_nothing_typed_or_photographed_is_lost(at: Market, villager: Pages) -> None:
    before = photographed(villager, 2).url
    wrong = {**GOOD, "price": "二十", "weight": "很重", "story": "树下捡的"}
    page = villager.submit_form(status=422, **{name: value for name, value in wrong.items() if name != "category"})
    assert page.url == before
    assert "请选一类" in page.main
    assert "价钱写成 28 或 28.5 这样" in page.main
    assert "重量写成 1.5 斤，或者 750 克" in page.main
    sent = page.form().values
    assert (sent["title"], sent["price"], sent["unit"], sent["story"]) == (["新核桃"], ["二十"], ["袋"], ["树下捡的"])
    assert mine(at) == []
    villager.submit_form(category="poultry-eggs", price="20", weight="2")
    at.world.deliver()
    assert len(mine(at)[0].facts.photos) == 2


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", " ", "请写货的名字"),
        ("title", "长" * 41, "最多 40 个字"),
        ("pieces", 0, "请填 1 到 999"),
        ("price", "0", "价钱要在 0.01 元到"),
        ("price", "10001", "价钱要在 0.01 元到"),
        ("weight", "61", "一份最重 60 斤"),
        ("quantity", 0, "请填 1 到 9999 份"),
        ("story", "长" * 601, "最多 600 个字"),
    ],
)
def test_each_field_refuses_in_its_own_words(
    at: Market, villager: Pages, field: str, value: object, words: str
) -> None:
    photographed(villager)
    assert words in villager.submit_form(status=422, **{**GOOD, field: value}).main
    assert mine(at) == []


def test_choices_that_were_not_offered_are_refused(at: Market, villager: Pages) -> None:
    page = photographed(villager)
    key = page.form().values["form_key"]
    sent = {**GOOD, "form_key": key, "weight_unit": "pound", "unit": "吨", "months": ["13"], "category": "nothing"}
    page = villager.post(page.url, sent, status=422)
    assert all(words in page.main for words in ("请选斤或者克", "请选按什么卖", "请从 12 个月里选"))
    page = villager.post(page.url, {**GOOD, "form_key": key, "weight_unit": "jin", "category": "nothing"}, status=422)
    assert "请选一类" in page.main
    assert mine(at) == []


def test_a_second_press_lists_it_once(at: Market, villager: Pages) -> None:
    page = photographed(villager)
    sent = {**GOOD, "weight_unit": "jin", "form_key": page.form().values["form_key"]}
    address = page.url
    for _press in range(2):
        assert villager.post(address, sent).heading == "送审了"
    assert len(mine(at)) == 1
    page = villager.post(address, {**sent, "title": "另一样"}, status=422)
    assert "这一页已经送过一样货了" in page.main
    assert len(mine(at)) == 1
    assert_sound(at.world)


def test_what_is_no_photo_is_refused_in_words(at: Market, villager: Pages) -> None:
    villager.get("/vendor/goods/new")
    assert "还没有照片" in villager.submit_form(status=422).main
    page = villager.submit_form(status=422, photo=(BytesIO(b"hello"), "egg.jpg"))
    assert "这个文件不是照片" in page.main
    assert at.world.read(lambda session: session.scalar(select(func.count()).select_from(Photo))) == 0
    page = villager.submit_form(photo=(jpeg(), "egg.jpg"))
    assert page.heading == "拍好 1 张了"
    kept = page.url
    assert villager.submit_form(status=422, photo=(BytesIO(b"hello"), "egg.jpg")).url == kept


def test_without_a_photo_one_is_sent_back_to_take_it(villager: Pages) -> None:
    assert "先给货拍张照片" in villager.get("/vendor/goods/new/details?photo=" + "0" * 64, follow=True).main
    assert villager.page is not None
    assert villager.page.url == "/vendor/goods/new"


def test_six_photos_are_enough(villager: Pages) -> None:
    villager.get("/vendor/goods/new")
    for seed in range(6):
        page = villager.submit_form(photo=(jpeg((320, 240), seed), "p.jpg"))
    assert "6 张够了" in page.main


def test_the_count_is_set_and_a_sale_in_between_is_told(at: Market, villager: Pages) -> None:
    made = listing(at, stock=5)
    page = villager.get("/vendor/goods")
    stale = {"free": "9", "saw_free": "5"}
    assert "还有 8 份" in villager.submit_form("记下", free=8).main
    assert "刚刚有人买了" in villager.post(f"/vendor/goods/{made.code}/count", stale).main
    assert mine(at)[0].facts.card.free == 8
    page = villager.submit_form("记下", status=422, free=-1)
    assert "请填 0 到 9999 份" in page.main
    villager.get("/vendor/goods")
    assert "还有 0 份" in villager.submit_form("记下", free=0).main
    assert "卖完了" in villager.get("/vendor/goods").main
    assert_sound(at.world)


def test_the_same_count_pressed_twice_is_said_once_and_right(at: Market, villager: Pages) -> None:
    made = listing(at, stock=5)
    villager.get("/vendor/goods")
    for _press in range(2):
        assert "还有 9 份" in villager.post(f"/vendor/goods/{made.code}/count", {"free": "9", "saw_free": "5"}).main
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


def test_what_was_given_back_says_why_and_can_be_sent_again(at: Market, villager: Pages) -> None:
    made = listing(at, state=ListingState.IN_REVIEW)
    at.world.run(
        lambda session: review(
            session,
            made.code,
            approve=False,
            version=made.version,
            reason="照片太暗",
            actor=STAFF,
            clock=at.world.clock,
        )
    )
    page = villager.get("/vendor/goods")
    assert "照片太暗" in page.main
    assert "退回来了" in page.main
    for _press in range(2):
        assert "又送去中心看了" in villager.post(f"/vendor/goods/{made.code}/resubmit").main
    assert mine(at)[0].state is ListingState.IN_REVIEW


def test_anothers_goods_look_as_if_they_were_not_there(at: Market, villager: Pages) -> None:
    other = listing(at, vendor=another_vendor(at.world), stock=5)
    before = footprint(at.world)
    villager.get("/vendor/goods")
    assert other.title not in villager.get("/vendor/goods").main
    for act, sent in (("pause", {}), ("resume", {}), ("resubmit", {}), ("count", {"free": "1", "saw_free": "5"})):
        villager.post(f"/vendor/goods/{other.code}/{act}", sent, status=404)
    assert footprint(at.world) == before
    states = at.world.read(lambda session: session.execute(select(Listing.state, Variant.on_hand).join(Variant)).all())
    assert [tuple(row) for row in states] == [(ListingState.PUBLISHED, 5)]


def test_what_is_asked_for_shows_goods_and_a_day_but_nothing_of_the_buyer(at: Market, villager: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    page = villager.get("/vendor/wanted")
    assert "林下土鸡蛋 2盒" in page.main
    assert "明天（11月23日）送到中心" in page.main
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
    assert "钱退给买的人" in villager.submit_form("真的没有").main
    after = footprint(at.world)
    villager.post(f"/vendor/wanted/{made.parts[0].code}/decline")
    assert footprint(at.world) == after
    at.world.deliver()
    assert order(at, made.code).states == (VendorOrderState.CANCELLED,)
    assert "今天没人要货" in villager.get("/vendor/wanted").main
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
    assert page.main.count(yuan(earned)) == 2
    assert "货送到了，算给你" in page.main
    assert made.code in page.main


def test_only_a_household_gets_in(at: Market, visitor: Callable[[], Pages]) -> None:
    staff = visitor()
    staff.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    for path in ("/vendor", "/vendor/goods", "/vendor/goods/new", "/vendor/wanted", "/vendor/money"):
        staff.get(path, status=403)
        assert visitor().get(path, status=303).headers["Location"].startswith("/sign-in")
