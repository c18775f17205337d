"""Checking what goes into a box against what belongs into it, piece by piece, by the code on each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shop.kernel.codes import clean_code


@dataclass(frozen=True)
class Wanted:
    """A line of a box.

    Attributes:
        codes: of its lot and of its listing; a scanner reads one of them.
    """

    line_id: int
    title: str
    unit: str
    pieces: int
    codes: frozenset[str]


@dataclass(frozen=True)
class Checked:
    """What one scan came to.

    Attributes:
        line: of the box; None when what was scanned does not belong into it.
        is_over: as many of that line as belong into the box were counted before.
        counted: pieces by the line's id, after this scan.
    """

    line: Wanted | None
    is_over: bool
    counted: Mapping[int, int]


def read_code(typed: str) -> str:
    """Return the code in what a scanner or a person typed: a code, or an address that ends with one."""
    path = typed.strip().partition("?")[0].rstrip("/")
    return clean_code(path.rpartition("/")[2])


def check(wanted: Sequence[Wanted], counted: Mapping[int, int], typed: str) -> Checked:
    """Count one piece up, where what was scanned belongs into the box and is still missing in it."""
    code = read_code(typed)
    fitting = [line for line in wanted if code in line.codes]
    if not fitting:
        return Checked(None, is_over=False, counted=counted)
    open_line = next((line for line in fitting if counted.get(line.line_id, 0) < line.pieces), None)
    if open_line is None:
        return Checked(fitting[0], is_over=True, counted=counted)
    more = {**counted, open_line.line_id: counted.get(open_line.line_id, 0) + 1}
    return Checked(open_line, is_over=False, counted=more)


def missing(wanted: Sequence[Wanted], counted: Mapping[int, int]) -> list[tuple[Wanted, int]]:
    """Return the lines of which not every piece was counted, with how many are missing."""
    left = ((line, line.pieces - counted.get(line.line_id, 0)) for line in wanted)
    return [(line, count) for line, count in left if count > 0]
