"""Time: stored in UTC, lived in Chengdu. China has one zone and no summer time (GB/T 7408)."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

TOWN_ZONE = ZoneInfo("Asia/Shanghai")


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def town_day(at: datetime) -> date:
    """Return the calendar day in the town at an aware moment: half past midnight in Chengdu is already the new day."""
    return at.astimezone(TOWN_ZONE).date()
