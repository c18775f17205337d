"""An amount as a villager types it becomes whole fen, or is refused."""

import pytest

from shop.kernel.money import fen_from_text


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("28", 2800),
        ("28.5", 2850),
        ("28.05", 2805),
        ("0.1", 10),
        (" ¥28.50 ", 2850),
        ("￥28", 2800),
        ("28元", 2800),
        ("28 块", 2800),
        ("２８．５", 2850),
        ("0", 0),
        ("9999999.99", 999_999_999),
    ],
)
def test_an_amount_is_read(typed: str, fen: int) -> None:
    assert fen_from_text(typed) == fen


@pytest.mark.parametrize("typed", ["", "元", "abc", "28.555", "-3", "1,000", "1e3", "28.", ".5", "12345678", "二十八"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="yuan"):
        fen_from_text(typed)
