"""A villager's new thing: photos first, then what it is, then the centre has it."""

from io import BytesIO

import pytest
from sqlalchemy import func, select

from shop.catalog.models import ListingState
from shop.media.models import Photo
from tests.pages.selling import GOOD, jpeg, mine, photographed
from tests.support.page import words_of
from tests.support.pages import Pages
from tests.world import World
from tests.world.books import assert_sound
from tests.world.market import PASSWORD, Market, market


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market(world)


@pytest.fixture
def villager(at: Market, pages: Pages) -> Pages:
    """The browser of somebody of that household, signed in."""
    pages.sign_in(at.vendor_person().phone, PASSWORD)
    return pages


def test_photos_then_words_then_the_centre_has_it(at: Market, villager: Pages) -> None:
    page = photographed(villager, 2)
    assert page.heading == "说说它"
    page = villager.submit_form(**GOOD, months=["9", "10"], story="坡上的老树。")
    assert page.heading == "送审了"
    assert "新核桃" in page.main
    at.world.deliver()
    made = mine(at)
    assert [
        (one.state, one.facts.card.way.price_fen, one.facts.card.way.gross_g, one.facts.card.free) for one in made
    ] == [(ListingState.IN_REVIEW, 2850, 750, 7)]
    assert made[0].facts.card.months == (9, 10)
    assert len(made[0].facts.photos) == 2
    assert "中心在看" in villager.get("/vendor/goods").main


def test_no_month_ticked_is_the_whole_year_and_grams_stay_grams(at: Market, villager: Pages) -> None:
    photographed(villager)
    villager.submit_form(**{**GOOD, "weight": "620", "weight_unit": "gram"})
    assert mine(at)[0].facts.card.months == tuple(range(1, 13))
    assert mine(at)[0].facts.card.way.gross_g == 620


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


def test_a_photo_may_be_dropped_again(at: Market, villager: Pages) -> None:
    villager.get("/vendor/goods/new")
    for seed in range(2):
        page = villager.submit_form(photo=(jpeg(seed=seed), "p.jpg"))
    page = villager.get(next(link.get("href", "") for link in page.all("a") if words_of(link) == "不要这张"))
    assert page.heading == "拍好 1 张了"
    assert "先拍张照" in villager.click("不要这张").main
