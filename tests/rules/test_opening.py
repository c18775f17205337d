"""When the centre closes, and opens next, read from opening hours that people wrote."""

from datetime import date, datetime

import pytest

from shop.kernel.clock import TOWN_ZONE
from shop.town.rules import closing_hour, doors, hour_spans, weekday_spans

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


HALVES = (("周一至周五", "8:00–12:00，14:00–17:30"), ("农忙时", "看情况"))


@pytest.mark.parametrize(
    ("rows", "at", "told"),
    [
        (WEEK, "21 17:59", "21 08:00 open"),  # the 21st is a Saturday, the 24th a holiday
        (WEEK, "21 18:00", "22 09:00"),
        (WEEK, "21 07:59", "21 08:00"),
        (WEEK, "22 16:00", "23 08:00"),
        (WEEK, "23 18:30", "25 08:00"),
        (WEEK, "24 10:00", "25 08:00"),
        (HALVES, "20 12:30", "20 14:00"),
        (HALVES, "20 17:30", "23 08:00"),
        ((("逢赶场", "07:00–13:00"), ("平时", "09:00–17:00")), "22 07:30", "22 09:00"),
        ((("逢赶场", "07:00–13:00"), ("平时", "09:00–17:00")), "22 13:00", "23 09:00"),
        ((("每天", "08:00起"),), "22 23:59", "22 08:00 open"),
        ((("每天", "18:00–02:00"),), "22 23:59", "22 18:00 open"),
        ((("周一", "看情况"),), "22 23:00", "22  open"),
        ((), "24 12:00", "25 "),
    ],
)
def test_who_comes_too_late_or_too_early_is_told_when_to_come(
    rows: tuple[tuple[str, str], ...], at: str, told: str
) -> None:
    moment = datetime.strptime(f"2026-11-{at}", "%Y-%m-%d %H:%M").replace(tzinfo=TOWN_ZONE)
    found = doors(rows, {date(2026, 11, 24)}, moment)
    assert f"{found.on.day} {found.opens}" + found.is_open * " open" == told


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("周一至周六", ((1, 6),)),
        ("星期一、周三，礼拜天", ((1, 1), (3, 3), (7, 7))),
        ("周五到一", ((5, 1),)),
        ("每天", ((1, 7),)),
        ("周一至周五（农忙除外）", ()),
        ("逢赶场", ()),
    ],
)
def test_days_are_read_whole_or_not_at_all(typed: str, spans: tuple[tuple[int, int], ...]) -> None:
    assert weekday_spans(typed) == spans


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("08:00–18:00", (("08:00", "18:00"),)),
        ("9：00 到 12：00 和 14:00-16:00", (("9:00", "12:00"), ("14:00", "16:00"))),
        ("08:00起", ()),
        ("看情况", ()),
    ],
)
def test_hours_are_read_whole_or_not_at_all(typed: str, spans: tuple[tuple[str, str], ...]) -> None:
    assert hour_spans(typed) == spans
