"""What a photo may be, in which sizes it is shown, and what its files are called."""

import re
from enum import StrEnum

from shop.kernel.errors import Invalid

KEY = re.compile(r"[0-9a-f]{64}")
FULL = 1920
"""Longest edge kept, in pixels; files of this "width" are the photo as received, whatever its own width."""
USUAL = 640
"""Width of the file for browsers that do not read `srcset`, and of the one that is there from the first moment."""
SMALLER = (320, USUAL, 1280)
WIDTHS = (*SMALLER, FULL)
SIGN = 600
"""Side of the shop's sign as a picture, in pixels: what a chat shows of a page without a photo; 300 is the least."""
TYPES = {"jpg": "image/jpeg", "webp": "image/webp", "avif": "image/avif"}
QUALITY = {"jpg": 80, "webp": 78, "avif": 45}
"""By the end of a file's name; at these a photo looks the same in all three, AVIF in half the bytes of WebP."""

MAX_BYTES = 40 * 1024 * 1024
"""A phone's 50 megapixels are 15 to 30 MB; how much of a request is read at all is set by `SHOP_UPLOAD_MB`."""
MAX_PIXELS = 60_000_000
MIN_EDGE = 160
"""A photo shorter than this on either side shows nothing, in pixels."""
MAX_RATIO = 5
"""Longest edge over shortest: beyond it is a strip, not a picture of goods."""


class Flaw(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    NOT_A_PICTURE = "not_a_picture"
    FILM = "film"
    DRAWING = "drawing"
    DOCUMENT = "document"
    OTHER_FORMAT = "other_format"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    TOO_THIN = "too_thin"
    TOO_HARD = "too_hard"
    DAMAGED = "damaged"


class BadPhoto(Invalid):
    """A file that cannot be taken as a photo; `reason` is a `Flaw`."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__("photo", flaw)


def file_name(key: str, width: int, extension: str) -> str:
    """Return the name in the store of one file of a photo."""
    return f"{key[:2]}/{key}/{width}.{extension}"


def private_name(key: str) -> str:
    """Return the name in the store of a private photo; no address of the shop leads there."""
    return f"private/{key[:2]}/{key}.jpg"


def stem(key: str, width: int) -> str:
    """Return the path under which a photo of that width is served, without its ending."""
    return f"/media/{key}/{width}"


def url(key: str, width: int, extension: str) -> str:
    """Return the path under which a photo's file is served."""
    return f"{stem(key, width)}.{extension}"


def shown_widths(width: int) -> tuple[int, ...]:
    """Return the widths in which a photo of that many pixels across is kept; none is larger than the photo."""
    return (*(smaller for smaller in SMALLER if smaller < width), FULL)


def phone_widths(width: int) -> tuple[int, int]:
    """Return the widths of the file for a card on a phone, and of the one that fills its width."""
    widths = shown_widths(width)
    return min(widths), USUAL if USUAL in widths else FULL


def shown_files(width: int) -> tuple[tuple[int, str], ...]:
    """Return width and ending of every file in which a photo of that many pixels across is kept.

    AVIF is slow to make and pays on a weak line, so only what a phone gets is made in it.
    """
    every = tuple((shown, ending) for shown in shown_widths(width) for ending in ("jpg", "webp"))
    return (*every, *((shown, "avif") for shown in dict.fromkeys(phone_widths(width))))


def early_widths(width: int) -> tuple[int, ...]:
    """Return the widths that are there, as JPEG, from the moment the photo was received."""
    return (USUAL, FULL) if width > USUAL else (FULL,)


def actual_width(named: int, width: int) -> int:
    """Return how many pixels across the file of a named width is, for a photo that is `width` across."""
    return width if named == FULL else named
