"""Money: parts always sum to the whole, and roundings are the same for the same input."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.kernel.money import BP, portion, split, stretch, yuan

AMOUNTS = st.integers(min_value=-(10**12), max_value=10**12)
WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=40)


@given(total=AMOUNTS, weights=WEIGHTS)
def test_the_parts_of_a_split_sum_to_the_whole(total: int, weights: list[int]) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    assert len(parts) == len(weights)


@given(total=st.integers(min_value=0, max_value=10**12), weights=WEIGHTS)
def test_no_part_is_a_whole_fen_away_from_its_exact_share(total: int, weights: list[int]) -> None:
    whole = sum(weights)
    shares, over = (weights, whole) if whole else ([1] * len(weights), len(weights))
    for part, share in zip(split(total, weights), shares, strict=True):
        assert abs(part * over - total * share) < over


@given(total=AMOUNTS, weights=WEIGHTS)
def test_a_refund_splits_as_its_payment_did(total: int, weights: list[int]) -> None:
    assert split(-total, weights) == [-part for part in split(total, weights)]


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (1, [1, 1], [1, 0]),
        (0, [3, 4], [0, 0]),
        (10, [0, 0], [5, 5]),
        (7, [0, 1], [0, 7]),
        (-100, [1, 1, 1], [-34, -33, -33]),
    ],
)
def test_equal_remainders_favour_the_earlier_part(total: int, weights: list[int], parts: list[int]) -> None:
    assert split(total, weights) == parts


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_a_split_needs_parts_that_weigh_something(weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"part|weights"):
        split(100, weights)


@pytest.mark.parametrize(
    ("amount", "bp", "share"),
    [(10_000, 500, 500), (50, 100, 1), (49, 100, 0), (0, 800, 0), (999, BP, 999), (999, 0, 0)],
)
def test_a_portion_is_rounded_half_up(amount: int, bp: int, share: int) -> None:
    assert portion(amount, bp) == share


@pytest.mark.parametrize(("amount", "bp"), [(-1, 100), (100, -1), (100, BP + 1)])
def test_a_portion_outside_its_range_is_refused(amount: int, bp: int) -> None:
    with pytest.raises(ValueError, match="portion"):
        portion(amount, bp)


@pytest.mark.parametrize(
    ("fen", "words"),
    [(0, "¥0"), (2800, "¥28"), (2850, "¥28.50"), (5, "¥0.05"), (-1, "−¥0.01"), (123_456_700, "¥1,234,567")],
)
def test_fen_are_read_as_yuan(fen: int, words: str) -> None:
    assert yuan(fen) == words


@given(total=st.integers(0, 10**9), cuts=st.lists(st.integers(0, 500), max_size=6), length=st.integers(500, 1000))
def test_stretches_that_cover_the_whole_sum_to_it(total: int, cuts: list[int], length: int) -> None:
    places = [0, *sorted(cuts), length]
    assert sum(stretch(total, a, b, length) for a, b in pairwise(places)) == total
