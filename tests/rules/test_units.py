"""Units as people write them, and what a thing weighs in a parcel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.catalog.imports.measures import measured
from shop.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("unit", "title", "expected"),
    [
        ("盒", "", ("盒", 1, None, 1000)),
        ("礼盒", "蜂蜜 250g*4", ("盒", 1, 1000, 1200)),
        ("30枚", "", ("枚", 30, None, 2400)),
        ("十枚装", "", ("枚", 10, None, 800)),
        ("盒(30枚)", "", ("盒", 30, None, 2400)),
        ("盒（30枚）", "", ("盒", 30, None, 2400)),
        ("30枚/盒", "", ("盒", 30, None, 2400)),
        ("一盒30枚", "", ("盒", 30, None, 2400)),
        ("斤", "", ("斤", 1, 500, 600)),
        ("1斤", "", ("斤", 1, 500, 600)),
        ("元/斤", "", ("斤", 1, 500, 600)),
        ("2斤", "", ("份", 1, 1000, 1200)),
        ("500g", "", ("份", 1, 500, 600)),
        ("1.5kg", "", ("份", 1, 1500, 1800)),
        ("kg", "", ("公斤", 1, 1000, 1200)),
        ("袋(500g)", "", ("袋", 1, 500, 600)),
        ("500克/袋", "", ("袋", 1, 500, 600)),
        ("袋装500g", "", ("袋", 1, 500, 600)),
        ("250g*4/盒", "", ("盒", 1, 1000, 1200)),
        ("瓶(500ml)", "", ("瓶", 1, None, 600)),
        ("瓶", "菜籽油 5L", ("瓶", 1, None, 6000)),
        ("只", "整只腊鸡 约3斤", ("只", 1, None, 1800)),
        ("只", "2-3斤土鸡", ("只", 1, None, 1800)),
        ("块", "老腊肉 500g 真空", ("块", 1, 500, 600)),
        ("盒", "二斤半装", ("盒", 1, 1250, 1500)),
        ("袋", "80斤土猪 腊肉 1.2 kg", ("袋", 1, 1200, 1440)),
        ("箱", "500斤年猪", ("箱", 1, None, 6000)),
        ("份", "40kg", ("份", 1, None, 1000)),
        ("box", "", ("盒", 1, None, 1000)),
        ("Bottle", "", ("瓶", 1, None, 1000)),
        ("jin", "", ("斤", 1, 500, 600)),
        ("PCS", "", ("个", 1, None, 600)),
        ("bag", "", ("袋", 1, None, 800)),
        ("顶", "", ("顶", 1, None, 400)),
    ],
)
def test_units_as_people_write_them(unit: str, title: str, expected: tuple[str, int, int | None, int]) -> None:
    found = measured(unit, title)
    assert (found.unit, found.pieces, found.net_g, found.gross_g) == expected


@pytest.mark.parametrize("unit", ["光年", "30", "g500", "盒()", "0枚", "1000枚", "0.5枚", "盒(光年)", "🥚"])
def test_an_unknown_unit_is_refused(unit: str) -> None:
    with pytest.raises(Invalid):
        measured(unit, "")


@given(st.text(max_size=12), st.text(max_size=20))
def test_no_unit_and_no_title_makes_more_than_a_refusal(unit: str, title: str) -> None:
    try:
        found = measured(unit, title)
    except Invalid:
        return
    assert 1 <= found.pieces <= 999
    assert 1 <= found.gross_g <= 30_000
    assert found.net_g is None or 1 <= found.net_g <= 30_000
