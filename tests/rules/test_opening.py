"""When the centre closes, read from opening hours that people wrote."""

import pytest

from shop.town.rules import closing_hour

WEEK = (("周一至周六", "08:00–18:00"), ("周日", "9:00-16:00"))


@pytest.mark.parametrize(
    ("rows", "weekday", "hour"),
    [
        (WEEK, 1, "18:00"),
        (WEEK, 6, "18:00"),
        (WEEK, 7, "16:00"),
        ((("每天", "8：30 到 17：30"),), 3, "17:30"),
        ((("星期一、星期三", "08:00–12:00，14:00–17:00"), ("周五到周一", "08:00–9:30")), 1, "9:30"),
        ((("周五到周一", "08:00–15:00"), ("周二至周四", "08:00–18:00")), 7, "15:00"),
        ((("逢赶场", "07:00–13:00"), ("平时", "09:00–17:00")), 2, "13:00"),
        ((("周一", "看情况"),), 1, None),
        ((), 1, None),
    ],
)
def test_the_hour_is_that_of_the_day_and_never_too_late(
    rows: tuple[tuple[str, str], ...], weekday: int, hour: str | None
) -> None:
    assert closing_hour(rows, weekday) == hour
