"""Pure rules of the demand sheet: which day is settled, who brings what of a pool, and whom too few goods reach."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from shop.kernel.clock import TOWN_ZONE
from shop.kernel.money import split


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


UNIT = 1_000_000
"""What is owed is counted in millionths of a unit."""


@dataclass(frozen=True)
class House:
    """A household of a pool.

    Attributes:
        share: its quota, as a weight beside the others'.
        room: how many units more it brings that day.
        owed: how far it is behind its quota, in millionths of a unit; negative when it had more.
    """

    share: int
    room: int
    owed: int = 0


def share_out(needed: int, houses: Sequence[House]) -> tuple[list[int], list[int]]:
    """Share units out by quota and turn: one by one, each to whom it is due the earliest.

    As long as everybody has room, nobody is ever a whole unit away from their quota, over all days together. Who has no
    room left takes no part in what is left, and is owed nothing for it.

    Source: R. Tijdeman, The chairman assignment problem (1980): of those who are not yet ahead, whoever would fall
    behind first; the bound is 1 - 1/(2n-2).

    Returns:
        How many units each is given, and what each is owed then; units for which nobody has room are given to nobody.
    """
    given, owed = [0] * len(houses), [house.owed for house in houses]
    for _unit in range(needed):
        able = [i for i, house in enumerate(houses) if house.share and given[i] < house.room]
        if not able:
            break
        gains = split(UNIT, [houses[i].share for i in able])
        for i, gain in zip(able, gains, strict=True):
            owed[i] += gain
        ahead = UNIT // max(1, 2 * len(able) - 2)
        most = max(owed[i] for i in able)
        due = [k for k, i in enumerate(able) if owed[i] >= min(ahead, most)]
        turn = able[min(due, key=lambda k: (Fraction(UNIT - ahead - owed[able[k]], gains[k]), k))]
        given[turn] += 1
        owed[turn] -= UNIT
    return given, [max(-UNIT, min(UNIT, each)) for each in owed]


def deal(lines: Sequence[int], targets: Sequence[int]) -> list[list[tuple[int, int]]]:
    """Deal order lines to households that are to have so many units: whole lines where one has room for them.

    Args:
        lines: units of each line, the first ordered first; who comes last goes without when there are too few.
        targets: how many units each household is to have.

    Returns:
        For each line, which households bring how many of it.
    """
    left, dealt = list(targets), []
    for units in lines:
        fits = [i for i, room in enumerate(left) if room >= units]
        if fits:
            chosen = min(fits, key=lambda i: (left[i], i))
            left[chosen] -= units
            dealt.append([(chosen, units)])
            continue
        parts = []
        for i in sorted(range(len(left)), key=lambda i: (-left[i], i)):
            some = min(units, left[i])
            if some:
                parts.append((i, some))
                left[i] -= some
                units -= some
        dealt.append(parts)
    return dealt
