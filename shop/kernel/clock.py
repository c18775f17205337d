"""Time: stored in UTC, lived in Chengdu. China has one zone and no summer time (GB/T 7408)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

TOWN_ZONE = ZoneInfo("Asia/Shanghai")


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def town_day(at: datetime) -> date:
    """Return the calendar day in the town at an aware moment: half past midnight in Chengdu is already the new day."""
    return at.astimezone(TOWN_ZONE).date()


def town_day_bounds(on: date) -> tuple[datetime, datetime]:
    """Return the first moment of a town day and the first moment after it, aware, in UTC."""
    start = datetime.combine(on, time(), TOWN_ZONE).astimezone(UTC)
    return start, start + timedelta(days=1)
