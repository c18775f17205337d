"""A villager's new thing on the one long page: photos first, then everything, then the centre has it."""

import pytest

from shop.catalog.models import ListingState
from tests.pages.selling import GOOD, begun, mine, photographed
from tests.support.pages import Pages
from tests.world.books import assert_sound
from tests.world.market import Market


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
        ("title", "长" * 200, "最多 40 个字"),
        ("pieces", 0, "请填 1 到 999"),
        ("price", "0", "价钱要在 0.01 元到"),
        ("price", "10001", "价钱要在 0.01 元到"),
        ("price", "28000000000", "价钱要在 0.01 元到"),
        ("price", "13912345678", "这像是电话号码"),
        ("quantity", "2.5", "请填 1 到 9999 份"),
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
    sent = {**GOOD, "weight_unit": "pound", "unit": "吨", "months": ["13"], "category": "nothing"}
    page = villager.post(page.url, sent, status=422)
    assert all(words in page.main for words in ("请选斤或者克", "请选按什么卖", "请从 12 个月里选"))
    page = villager.post(page.url, {**GOOD, "weight_unit": "jin", "category": "nothing"}, status=422)
    assert "请选一类" in page.main
    assert mine(at) == []


def test_a_second_press_lists_it_once(at: Market, villager: Pages) -> None:
    address = photographed(villager).url
    sent = {**GOOD, "weight_unit": "jin"}
    for title in ("新核桃", "新核桃", "另一样"):
        page = villager.post(address, {**sent, "title": title})
        assert page.heading == "送审了"
        assert "“新核桃”在中心等着看" in page.main
    assert len(mine(at)) == 1
    assert_sound(at.world)


def test_without_a_photo_one_is_sent_back_to_take_it(villager: Pages) -> None:
    villager.get("/vendor/goods/new")
    page = villager.submit_form("photo-form", press="下一步", coming=1)
    assert page.url.endswith("/name")
    page = villager.get(f"{page.url.removesuffix('/name')}/details", follow=True)
    assert "先给货拍张照片" in page.main
    assert page.url.endswith("/photos")


def test_what_was_answered_already_stands_on_the_long_page(at: Market, villager: Pages) -> None:
    address = begun(villager)
    for question, answer in (("name", "新核桃"), ("shelf", at.category.code), ("unit", "袋"), ("price", "28.5")):
        villager.post(f"{address}/{question}", {"answer": answer})
    villager.post(f"{address}/ready", {"pick": "tomorrow"})
    shown = villager.get(f"{address}/details").form("offer-form").values
    assert [shown[name] for name in ("title", "category", "unit", "price")] == [
        ["新核桃"], ["poultry-eggs"], ["袋"], ["28.50"],
    ]  # fmt: skip
    assert shown["harvest_first_on"] == shown["harvest_last_on"] != [""]
