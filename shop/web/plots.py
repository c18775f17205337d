"""Figures of a stretch of time made ready to be drawn: how high each stands, and what the scale beside them says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

NICE = (2, 4, 6, 10)
"""Tops of a scale whose half is as easy to read."""
FULL = 1000
"""Height of the drawing."""
ALL_TICKS, EACH_TICK = 14, 5


@dataclass(frozen=True)
class Point:
    """One figure, and the one of the stretch before that stands beside it, where there is one.

    Attributes:
        label: of its row in the table.
        tick: below it in the drawing, as short as can be.
        is_marked: drawn in the other colour.
    """

    label: str
    tick: str
    value: int
    before: int | None = None
    is_marked: bool = False


@dataclass(frozen=True)
class Mark:
    """One figure as it is drawn; heights are thousandths of the drawing."""

    label: str
    tick: str
    words: str
    height: int
    before_words: str | None
    before_height: int | None
    is_marked: bool


@dataclass(frozen=True)
class Plot:
    """What is drawn: its marks, and the scale from the top down to nothing."""

    marks: tuple[Mark, ...]
    scale: tuple[str, str, str]
    is_empty: bool


def top_of(most: int, unit: int) -> int:
    """Return where a scale ends that holds a figure: the next easy number of units."""
    step = unit
    while True:
        for each in NICE:
            if each * step >= most:
                return each * step
        step *= 10


def plot(points: Sequence[Point], say: Callable[[int], str], *, unit: int = 1) -> Plot:
    """Return figures ready to be drawn; none of them is below zero.

    Args:
        say: a figure in words.
        unit: in what the scale counts, such as 100 fen.
    """
    figures = [figure for point in points for figure in (point.value, point.before or 0)]
    top = top_of(max(figures, default=0), unit)
    gap = 1 if len(points) <= ALL_TICKS else EACH_TICK
    marks = tuple(
        Mark(
            label=point.label,
            tick=point.tick if number % gap == 0 or number == 1 else "",
            words=say(point.value),
            height=point.value * FULL // top,
            before_words=None if point.before is None else say(point.before),
            before_height=None if point.before is None else point.before * FULL // top,
            is_marked=point.is_marked,
        )
        for number, point in enumerate(points, 1)
    )
    return Plot(marks, (say(top), say(top // 2), say(0)), not any(figures))
