"""Pure rules of the demand sheet: which day is settled, and whom fewer goods than were asked for reach."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from shop.kernel.clock import TOWN_ZONE


def closed_day(now: datetime, cutoff: str) -> date:
    """Return the latest town day for which no more is asked: the cut-off hour of the day before it has passed.

    Args:
        cutoff: town time "HH:MM".
    """
    local = now.astimezone(TOWN_ZONE)
    return local.date() + timedelta(days=f"{local:%H:%M}" >= cutoff)


def first_come(has: Mapping[int, int], lines: Iterable[tuple[int, int, int]]) -> dict[int, int]:
    """Return how many of each order line come when there are only so many of each thing: first ordered, first served.

    Args:
        has: variant id -> how many there are.
        lines: (line id, variant id, how many are expected), the first ordered first.
    """
    left, come = dict(has), {}
    for line_id, variant_id, expected in lines:
        come[line_id] = min(expected, left[variant_id])
        left[variant_id] -= come[line_id]
    return come
