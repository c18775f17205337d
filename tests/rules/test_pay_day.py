"""The day of pay: the next one of its weekday, moved off the days on which the centre is closed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.kernel.errors import Invalid
from shop.town.rules import check_pay_weekday, pay_day

FRIDAY = 5
GOLDEN_WEEK = {date(2027, 10, day) for day in range(1, 8)}


@pytest.mark.parametrize(
    ("today", "paid"),
    [
        (date(2026, 11, 22), date(2026, 11, 27)),
        (date(2026, 11, 27), date(2026, 11, 27)),
        (date(2026, 11, 28), date(2026, 12, 4)),
        (date(2027, 9, 30), date(2027, 10, 8)),  # the first of October, a Friday, moves behind the holidays
        (date(2027, 10, 5), date(2027, 10, 8)),
        (date(2027, 10, 8), date(2027, 10, 8)),
        (date(2027, 10, 9), date(2027, 10, 15)),
    ],
)
def test_pay_comes_on_its_weekday_or_on_the_first_open_day_after_it(today: date, paid: date) -> None:
    assert pay_day(today, FRIDAY, GOLDEN_WEEK) == paid


@given(
    today=st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    weekday=st.integers(1, 7),
    closed=st.sets(st.integers(-20, 20), max_size=30),
)
def test_the_day_is_open_and_not_past_and_no_planned_day_is_left_out(
    today: date, weekday: int, closed: set[int]
) -> None:
    holidays = {today + timedelta(days=day) for day in closed}
    paid = pay_day(today, weekday, holidays)
    assert paid >= today
    assert paid not in holidays
    planned = max(day for n in range(40) if (day := paid - timedelta(days=n)).isoweekday() == weekday)
    assert all(planned + timedelta(days=n) in holidays for n in range((paid - planned).days))
    between = (today + timedelta(days=n) for n in range((paid - today).days))
    assert all(day in holidays or day.isoweekday() != weekday for day in between)


@pytest.mark.parametrize("weekday", [0, 8, -1])
def test_there_are_seven_days_to_choose_from(weekday: int) -> None:
    with pytest.raises(Invalid):
        check_pay_weekday(weekday)
