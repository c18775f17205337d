"""What is drawn and hidden on a waybill: its bars, its square code, and the part of an address nobody needs to read."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import segno
from barcode.codex import Code128
from markupsafe import Markup

DOT_UM = 125
"""One dot of a label printer: 8 to the millimetre. Every module is a whole number of dots, so that it prints sharp."""
BAR_DOTS, BAR_HEIGHT_UM, BAR_QUIET = (3, 2, 1), 14_000, 10
"""Code 128: three dots a module, fewer where the paper is narrow, 14 mm high, ten modules of quiet on either side
(ISO/IEC 15417)."""
SQUARE_DOTS, SQUARE_QUIET = 4, 4
"""QR: four dots a module, four modules of quiet around it (ISO/IEC 18004)."""


@dataclass(frozen=True)
class LabelSize:
    """A size of label paper.

    Attributes:
        text: how it is called, width × height in millimetres.
        inside_um: how wide what is printed on it may be, in micrometres.
        square_dots: how many dots make a module of its square code.
    """

    text: str
    inside_um: int
    square_dots: int


SIZES: Mapping[str, LabelSize] = {
    "76": LabelSize("76×130", 70_000, 3),
    "100": LabelSize("100×150", 92_000, SQUARE_DOTS),
}
"""What label printers take, by the width of the paper in millimetres."""

HIDDEN = "*"
SHOWN_DIGITS, HIDDEN_DIGITS = 4, 6
"""Of a phone number: how many last figures a waybill shows at most, and how many it hides at least."""
NUMBER = "0-9A-Za-z０-９零〇一二三四五六七八九十"
UNIT = re.compile(rf"[{NUMBER}]+(?=\s*(?:单元|号?室|户|号?房))")
AFTER_BUILDING = re.compile(rf"(?<=[栋幢座楼元])(\s*)[{NUMBER}]+(?=\s*号?\s*$)")
TRAILING = re.compile(r"[0-9０-９]+(?:\s*[-－—–]\s*[0-9０-９]+)+\s*号?\s*$|[0-9０-９]{2,}\s*$")
LAST_NUMBER = re.compile(r"[0-9０-９]+(?!.*[0-9０-９])", re.DOTALL)


def hidden_door(street: str) -> str:
    """Return a street without its unit and door number, as a waybill shows it (GB/T 41833-2022).

    Where no door is recognised, the last number goes; the driver's own page has the whole address.
    """
    shown = UNIT.sub(HIDDEN, street)
    shown = AFTER_BUILDING.sub(rf"\1{HIDDEN}", shown)
    shown = TRAILING.sub(HIDDEN, shown)
    return LAST_NUMBER.sub(HIDDEN, street) if shown == street else shown


def hidden_phone(phone: str) -> str:
    """Return a phone number as a waybill shows it: at least six figures are hidden (GB/T 41833-2022)."""
    spare = max(0, len(phone) - HIDDEN_DIGITS)
    tail = min(SHOWN_DIGITS, spare)
    head = min(1, spare - tail)
    return phone[:head] + HIDDEN * (len(phone) - head - tail) + (phone[-tail:] if tail else "")


def bars(text: str, inside_um: int = SIZES["100"].inside_um) -> Markup:
    """Return a Code 128 of a text as SVG in millimetres, as coarse as it fits.

    Args:
        inside_um: how wide it may be, in micrometres.

    Raises:
        ValueError: a character has no place in Code 128.
    """
    if not text.isascii():
        raise ValueError("Code 128 holds ASCII only")
    modules = str(Code128(text).build()[0])
    width = len(modules) + 2 * BAR_QUIET
    dots = next((dots for dots in BAR_DOTS if width * dots * DOT_UM <= inside_um), min(BAR_DOTS))
    module_um = dots * DOT_UM
    runs = ((run.start(), run.end() - run.start()) for run in re.finditer("1+", modules))
    rects = [((BAR_QUIET + at) * module_um, 0, wide * module_um, BAR_HEIGHT_UM) for at, wide in runs]
    return _svg(width * module_um, BAR_HEIGHT_UM, rects)


def square(text: str, dots: int = SQUARE_DOTS) -> Markup:
    """Return a QR code of a text, error correction M, as SVG in millimetres; `dots` of the printer make a module."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    module_um = dots * DOT_UM
    rects = [
        (
            (SQUARE_QUIET + run.start()) * module_um,
            (SQUARE_QUIET + y) * module_um,
            len(run.group()) * module_um,
            module_um,
        )
        for y, row in enumerate(rows)
        for run in re.finditer(rb"\x01+", row)
    ]
    side = (len(rows) + 2 * SQUARE_QUIET) * module_um
    return _svg(side, side, rects)


def _millimetres(micrometres: int) -> str:
    whole, rest = divmod(micrometres, 1000)
    return f"{whole}.{rest:03d}"


def _svg(width: int, height: int, rects: Iterable[tuple[int, int, int, int]]) -> Markup:
    """Return rectangles (x, y, width, height in micrometres) as one drawing of that size."""
    path = "".join(f"M{x} {y}h{wide}v{high}h-{wide}z" for x, y, wide, high in rects)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{}mm" height="{}mm" viewBox="0 0 {} {}"'
        ' shape-rendering="crispEdges" focusable="false"><path d="{}"></path></svg>'
    ).format(_millimetres(width), _millimetres(height), width, height, path)
