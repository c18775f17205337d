"""Finding phone numbers in a text."""

import re
from dataclasses import dataclass

from shop.accounts.rules import MOBILE, normal_phone

PREFIX = r"(?:(?<!\d)[(（]?(?:\+|00)?86[)）]?[- ]?)?"
LINE_END = r"(?!\d)"
EXTENSION = r"(?:\s?(?:转|分机|ext\.?|[-,，#_])\s?(?P<extension>\d{2,6})(?![-\d号栋幢座楼室组单弄巷]))?"
SHAPES = tuple(
    re.compile(rf"[（(]?另?{PREFIX}(?<![\d.])(?P<number>{number}){LINE_END}{EXTENSION}[)）]?", re.IGNORECASE)
    for number in (
        r"1[3-9]\d{9}",
        r"1[3-9]\d[- .]\d{4}[- .]\d{4}",
        r"1[3-9]\d{2}[- .]\d{3}[- .]\d{4}",
        r"1[3-9]\d{2}[- .]\d{4}[- .]\d{3}",
        r"1[- ]?[3-9](?:[- ]?\d){9}",
        r"(?:\+|00)(?:852|853|886)[- ]?\d{4,5}[- ]?\d{4}",
        r"0\d{2,3}[- ]?\d{7,8}",
    )
)
"""From the surest to the least sure; a landline last, because a mobile is what orders go by."""

GLUED = re.compile(r"\d{12,17}")
"""A number glued to a room's figures, on either side."""


@dataclass(frozen=True)
class Phones:
    """The number to call, what belongs behind it, the further ones, and the text without them."""

    first: str
    extension: str
    others: tuple[str, ...]
    rest: str


def take(text: str, mark: str) -> Phones:
    """Take the phone numbers out of a text, putting the mark where each stood."""
    found: list[tuple[str, str]] = []

    def note(match: re.Match[str]) -> str:
        found.append((normal_phone(match["number"].replace(".", "")), match["extension"] or ""))
        return mark

    for shape in SHAPES:
        text = shape.sub(note, text)
    if not found:
        text = GLUED.sub(lambda run: _unglue(run, found, mark), text)
    numbers = [number + (f"转{extension}" if extension else "") for number, extension in found]
    first, extension = found[0] if found else ("", "")
    others = [number for number in dict.fromkeys(numbers[1:]) if number != first]
    return Phones(first, extension, tuple(others), text)


def _unglue(run: re.Match[str], found: list[tuple[str, str]], mark: str) -> str:
    digits = run[0]
    if MOBILE.fullmatch(digits[-11:]):
        found.append((digits[-11:], ""))
        return digits[:-11] + mark
    if MOBILE.fullmatch(digits[:11]):
        found.append((digits[:11], ""))
        return mark + digits[11:]
    return digits
