"""Which questions are asked about a new thing, and what its answers become."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shop.catalog.drafts.rules import (
    Answers,
    Question,
    ReadyWhen,
    as_kept,
    as_offer,
    as_told,
    of_scale,
    of_unit,
    open_question,
    path,
)

TODAY = date(2026, 11, 22)
Q = Question
EGGS = Answers(
    title="土鸡蛋",
    taken="土鸡蛋",
    category="eggs",
    unit="盒",
    pieces=30,
    gross_g=2300,
    price_fen=2800,
    quantity=5,
    ready=ReadyWhen.NOW,
    months=(11, 12),
)


def test_answers_are_kept_and_read_again() -> None:
    full = replace(EGGS, ready=ReadyWhen.AHEAD, first_on=TODAY, last_on=TODAY + timedelta(days=3), day_cap=2)
    for told in (Answers(), EGGS, full):
        assert as_told(as_kept(told)) == told


def test_a_suggestion_leaves_name_price_and_count() -> None:
    assert path(EGGS, needs_label=False) == (Q.NAME, Q.PRICE, Q.COUNT)
    assert path(EGGS, needs_label=True)[3:] == (Q.INGREDIENTS, Q.SHELF_DAYS, Q.KEEPING)
    assert path(Answers(), needs_label=False) == (
        Q.NAME, Q.SHELF, Q.UNIT, Q.WEIGHT, Q.PRICE, Q.COUNT, Q.READY,
    )  # fmt: skip


def test_the_first_open_question_comes_next() -> None:
    assert open_question(Answers(), TODAY, needs_label=False) is Question.NAME
    assert open_question(EGGS, TODAY, needs_label=False) is None
    assert open_question(replace(EGGS, price_fen=None), TODAY, needs_label=False) is Question.PRICE
    assert open_question(EGGS, TODAY, needs_label=True) is Question.INGREDIENTS
    ahead = replace(EGGS, ready=ReadyWhen.AHEAD, first_on=TODAY + timedelta(days=2), day_cap=3)
    assert open_question(ahead, TODAY, needs_label=False) is Question.LAST_DAY
    whole = replace(ahead, last_on=TODAY + timedelta(days=9))
    assert open_question(whole, TODAY, needs_label=False) is None
    assert open_question(whole, TODAY + timedelta(days=9), needs_label=False) is Question.LAST_DAY
    backwards = replace(ahead, last_on=TODAY + timedelta(days=1))
    assert open_question(backwards, TODAY, needs_label=False) is Question.LAST_DAY


@pytest.mark.parametrize("unit", ["盒", "袋", "斤", "只"])
def test_another_unit_takes_back_what_was_said_of_the_old_one(unit: str) -> None:
    told = of_unit(replace(EGGS, taken=""), unit)
    assert (told.unit == "盒") == (told.gross_g == 2300)
    asked = path(told, needs_label=False)
    assert (Question.PIECES in asked) == (unit in "盒袋")
    assert (Question.WEIGHT in asked) == (unit != "斤")
    assert (told.gross_g, told.net_g) == (
        (550, 500) if unit == "斤" else (2300, None) if unit == "盒" else (None, None)
    )


def test_what_is_weighed_asks_for_its_range_and_takes_back_what_was_said_of_the_piece() -> None:
    told = of_scale(of_unit(replace(EGGS, taken=""), "斤"), "只")
    assert (told.unit, told.weighed, told.gross_g, told.price_fen) == ("只", True, None, None)
    asked = path(told, needs_label=False)
    assert asked[3:6] == (Q.WEIGHED, Q.LEAST, Q.MOST)
    assert Q.WEIGHT not in asked
    whole = replace(told, least_g=1500, most_g=2000, price_fen=3400, quantity=5)
    assert open_question(whole, TODAY, needs_label=False) is None
    assert open_question(replace(whole, least_g=2500), TODAY, needs_label=False) is Q.MOST
    (way,) = as_offer(whole, category_id=1, photo_keys=(), today=TODAY, key="K").ways
    assert (way.per_500g_fen, way.least_g, way.most_g, way.gross_g, way.price_fen) == (3400, 1500, 2000, 2200, 0)
    assert of_scale(whole, "只") == whole
    fixed = of_scale(whole, "")
    assert (fixed.weighed, fixed.least_g, fixed.price_fen) == (False, None, None)
    assert Q.WEIGHT in path(fixed, needs_label=False)


def test_answers_kept_before_things_were_weighed_are_read() -> None:
    kept = {name: value for name, value in as_kept(EGGS).items() if name not in ("weighed", "least_g", "most_g")}
    assert as_told(kept) == EGGS


def test_a_day_that_has_come_is_no_harvest_any_more() -> None:
    told = replace(EGGS, ready=ReadyWhen.FROM_DAY, first_on=TODAY + timedelta(days=2))
    for today, is_ahead in ((TODAY, True), (TODAY + timedelta(days=2), False)):
        offer = as_offer(told, category_id=1, photo_keys=(), today=today, key="K")
        assert (offer.harvest_first_on is not None) == is_ahead
        assert (offer.harvest_cap is not None) == is_ahead
    assert as_offer(EGGS, category_id=1, photo_keys=("a",), today=TODAY, key="K").months == (11, 12)
