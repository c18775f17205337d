"""What stands beside a price: pieces, 500 g and kilograms in whole fen; 斤 only where weight is spoken of."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st

from shop.kernel.money import unit_price
from shop.web.prices import jin, kilos, price_tag, weight_range


@dataclass(frozen=True)
class Sold:
    """One way of selling."""

    unit: str = "盒"
    pieces: int = 1
    net_g: int | None = None
    price_fen: int = 4800
    per_500g_fen: int | None = None
    least_g: int | None = None
    most_g: int | None = None


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app, default_locale="zh_Hans_CN")
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("sold", "unit", "each"),
    [
        (Sold(), "/ 盒", ()),
        (Sold(pieces=30), "/ 盒（30个）", ("合 ¥1.60 一个",)),
        (Sold(unit="枚", pieces=7, price_fen=1000), "/ 7枚", ("约 ¥1.43 一枚",)),
        (Sold(unit="袋", net_g=400), "/ 袋", ("合 ¥60/500克（¥120/公斤）",)),
        (Sold(unit="瓶", net_g=350, price_fen=1000), "/ 瓶", ("约 ¥14.29/500克（¥28.57/公斤）",)),
        (Sold(unit="斤", price_fen=3400), "/ 斤", ("合 ¥34/500克（¥68/公斤）",)),
        (Sold(unit="公斤", price_fen=3300), "/ 公斤", ("合 ¥16.50/500克（¥33/公斤）",)),
        (Sold(pieces=4, net_g=2000), "/ 盒（4个）", ("合 ¥12 一个", "合 ¥12/500克（¥24/公斤）")),
    ],
)
def test_a_price_has_its_unit_prices_beside_it(sold: Sold, unit: str, each: tuple[str, ...]) -> None:
    tag = price_tag(sold)
    assert (tag.fen, tag.unit, tag.each, tag.weight) == (sold.price_fen, unit, each, ())


def test_by_weight_the_price_is_of_500_grams_and_the_ceiling_is_told() -> None:
    hen = Sold(unit="只", price_fen=10200, per_500g_fen=3400, least_g=1000, most_g=1500)
    tag = price_tag(hen)
    assert (tag.fen, tag.unit) == (3400, "/ 500克")
    assert tag.each == ("合 ¥68/公斤",)
    assert tag.weight == ("一只约 2–3 斤", "最多 ¥102")
    assert (
        price_tag(Sold(unit="块", price_fen=3400, per_500g_fen=3400, least_g=500, most_g=500)).weight[0]
        == "一块约 1 斤"
    )


def test_weights_are_written_without_a_rest() -> None:
    assert [jin(grams) for grams in (500, 1250, 1300, 1333, 50)] == ["1", "2.5", "2.6", "2.666", "0.1"]
    assert [kilos(grams) for grams in (1000, 1250, 50, 1005)] == ["1", "1.25", "0.05", "1.005"]
    assert weight_range(1000, 1500) == "2–3 斤（1–1.5 公斤）"
    assert weight_range(500, 500) == "1 斤（0.5 公斤）"


@given(fen=st.integers(1, 10**9), have=st.integers(1, 10**5), want=st.integers(1, 1000))
def test_a_unit_price_is_the_nearest_whole_fen(fen: int, have: int, want: int) -> None:
    found, is_exact = unit_price(fen, have, want)
    assert abs(2 * (found * have - fen * want)) <= have
    assert is_exact == (found * have == fen * want)
