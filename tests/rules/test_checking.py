"""What a scan at the packing table comes to."""

import pytest

from shop.fulfilment.checking import Wanted, check, missing, read_code

EGGS = Wanted(1, "土鸡蛋", "盒", 2, frozenset({"EGG1", "LOT7"}))
HAM = Wanted(2, "老腊肉", "块", 1, frozenset({"HAM1"}))
BIG_HAM = Wanted(3, "老腊肉（大）", "块", 1, frozenset({"HAM1"}))
BOX = (EGGS, HAM, BIG_HAM)


@pytest.mark.parametrize(
    "typed", ["LOT7", " lot7\n", "lot-7", "https://shanhuo.example/trace/LOT7", "http://x/trace/lot7/?s=label"]
)
def test_a_code_is_read_however_it_comes(typed: str) -> None:
    assert read_code(typed) == "LOT7"


def test_each_scan_counts_one_piece_up_to_what_belongs_into_the_box() -> None:
    counted: dict[int, int] = {}
    for code, pieces in (("EGG1", 1), ("LOT7", 2)):
        found = check(BOX, counted, code)
        counted = dict(found.counted)
        assert (found.line, found.is_over, counted[1]) == (EGGS, False, pieces)
    more = check(BOX, counted, "EGG1")
    assert (more.line, more.is_over, more.counted) == (EGGS, True, {1: 2})
    assert missing(BOX, counted) == [(HAM, 1), (BIG_HAM, 1)]


def test_one_code_of_two_lines_fills_them_one_after_the_other() -> None:
    first = check(BOX, {}, "HAM1")
    second = check(BOX, first.counted, "HAM1")
    assert (first.line, second.line) == (HAM, BIG_HAM)
    assert check(BOX, second.counted, "HAM1").is_over


@pytest.mark.parametrize("typed", ["HAM2", "", "///", "?"])
def test_what_does_not_belong_into_the_box_counts_nothing(typed: str) -> None:
    found = check(BOX, {1: 1}, typed)
    assert (found.line, found.counted) == (None, {1: 1})
