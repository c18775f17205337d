"""A new thing of which each piece is put on the scale: told by presses, refused in words, as neighbours do it."""

import pytest

from shop.catalog.rules import Way
from tests.pages.selling import begun, mine
from tests.pages.test_villager_drafts import answer, drafts, press, unsuggested
from tests.support.pages import Pages
from tests.world.books import assert_sound
from tests.world.market import Market, another_vendor, listing


def weighed(villager: Pages, at: Market) -> str:
    """Answer up to the price for chickens of which each is put on the scale, and return the draft's address."""
    address = unsuggested(villager, at, title="跑山鸡").url.removesuffix("/look")
    villager.get(f"{address}/unit")
    assert press(villager, "斤").heading == "怎么算钱"
    assert press(villager, "整只的，一只一只称").heading == "最轻的一只几斤"
    assert press(villager, "3 斤").heading == "最重的一只几斤"
    assert press(villager, "4 斤").heading == "一斤多少钱"
    return address


def test_what_is_weighed_piece_by_piece_is_told_by_presses_alone(at: Market, villager: Pages) -> None:
    weighed(villager, at)
    assert answer(villager, "34").heading == "有多少只"
    page = press(villager, "10 只")
    assert page.heading == "买的人看到这样"
    assert "称了算钱" in page.main
    assert "34 元一斤" in page.main
    assert "最多" in page.main
    assert "¥136" in page.main
    villager.click("再说细一点")
    values = villager.page.form("offer-form").values if villager.page is not None else {}
    assert (values["per_jin"], values["least"], values["most"], values["pricing"]) == (["34"], ["3"], ["4"], ["weight"])
    villager.get(drafts_look(at))
    villager.submit_form("send-form")
    way = mine(at)[0].facts.card.way
    assert (way.unit, way.per_500g_fen, way.least_g, way.most_g, way.price_fen) == ("只", 3400, 1500, 2000, 13600)
    assert_sound(at.world)


def drafts_look(at: Market) -> str:
    """Return the address of the last page of the one thing that was begun."""
    return f"/vendor/drafts/{drafts(at)[0].code}/look"


@pytest.mark.parametrize(
    ("question", "typed", "words"),
    [
        ("weighed", "吨", "请选怎么算钱"),
        ("weighed", "条", "请选怎么算钱"),
        ("least", "", "请填几斤"),
        ("least", "0", "最重 60 斤"),
        ("least", "-2", "重量写成 1.5 斤"),
        ("most", "2.9", "最重的不能比最轻的还轻"),
        ("most", "99999", "最重 60 斤"),
        ("price", "2600", "最重的一只要超过 10000 元了"),
    ],
)
def test_what_the_scale_cannot_weigh_is_refused_in_words(
    at: Market, villager: Pages, question: str, typed: str, words: str
) -> None:
    address = weighed(villager, at)
    before = drafts(at)
    assert words in villager.post(f"{address}/{question}", {"answer": typed}, status=422).main
    assert drafts(at) == before


def test_a_lightest_piece_beyond_the_heaviest_asks_for_that_again(at: Market, villager: Pages) -> None:
    address = weighed(villager, at)
    assert villager.post(f"{address}/least", {"answer": "5"}).heading == "最重的一只几斤"


def test_what_neighbours_weigh_is_weighed_here_too(at: Market, villager: Pages) -> None:
    whole = Way(unit="只", gross_g=2200, per_500g_fen=3600, least_g=1500, most_g=2000, stock=5)
    seller = another_vendor(at.world)
    listing(at, vendor=seller, title="土鸡", tags=("土鸡",), ways=(whole,))
    villager.get(f"{begun(villager)}/name")
    assert press(villager, "土鸡").heading == "最轻的一只几斤"
    press(villager, "3 斤")
    page = press(villager, "5 斤")
    assert page.heading == "一斤多少钱"
    assert "别家卖 36 元" in page.main
    assert press(villager, "36 元").heading == "有多少只"
