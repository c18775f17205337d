"""The clock: stored in UTC, lived in Chengdu."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shop.kernel.clock import town_day, utc_now


def test_now_is_aware_and_in_utc() -> None:
    assert utc_now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 12, 31, 16, 30, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_towns_day_begins_at_its_own_midnight(at: datetime, day: date) -> None:
    assert town_day(at) == day
