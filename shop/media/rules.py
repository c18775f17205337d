"""What a photo may be, in which sizes it is shown, and what its files are called."""

import re
from enum import StrEnum

from shop.kernel.errors import Invalid

KEY = re.compile(r"[0-9a-f]{64}")
FULL = 1920
"""Longest edge kept, in pixels; files of this "width" are the photo as received, whatever its own width."""
SMALLER = (320, 640, 1280)
WIDTHS = (*SMALLER, FULL)
TYPES = {"jpg": "image/jpeg", "webp": "image/webp"}

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 60_000_000
MIN_EDGE = 160
"""A photo shorter than this on either side shows nothing, in pixels."""
MAX_RATIO = 5
"""Longest edge over shortest: beyond it is a strip, not a picture of goods."""


class Flaw(StrEnum):
    """Why a file is not taken."""

    NOT_A_PICTURE = "not_a_picture"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    DAMAGED = "damaged"


class BadPhoto(Invalid):
    """A file that cannot be taken as a photo; `reason` is a `Flaw`."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__("photo", flaw)


def file_name(key: str, width: int, extension: str) -> str:
    """Return the name in the store of one file of a photo."""
    return f"{key[:2]}/{key}/{width}.{extension}"


def url(key: str, width: int, extension: str) -> str:
    """Return the path under which a photo's file is served."""
    return f"/media/{key}/{width}.{extension}"


def shown_widths(width: int) -> tuple[int, ...]:
    """Return the widths in which a photo of that many pixels across is kept; none is larger than the photo."""
    return (*(smaller for smaller in SMALLER if smaller < width), FULL)


def actual_width(named: int, width: int) -> int:
    """Return how many pixels across the file of a named width is, for a photo that is `width` across."""
    return width if named == FULL else named
