"""A poster as a picture: one that a phone keeps, and a chat shows whole."""

import threading
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

import resvg_py
from PIL import Image, ImageDraw, ImageFont, ImageOps

from shop.media.typefaces import Typeface, Typefaces, typefaces

SIZE = WIDTH, HEIGHT = 1080, 1440
EDGE = 64
PHOTO = 740
"""Height of the photo, across the whole width."""
SQUARE = 320
COLUMN = WIDTH - 3 * EDGE - SQUARE
"""Width of what stands beside the square code."""
PAPER, INK, SOFT, RED, GREEN = "#faf6ee", "#1e1a15", "#5c5346", "#b0281e", "#e7f0e3"
QUALITY = 88
LEAST = 20
"""No word is smaller, in pixels."""
KEPT = 24
"""So many posters of about 250 KB each are kept by a process: one that goes around is asked for again and again."""
AT_ONCE = threading.BoundedSemaphore(2)


class NoTypeface(Exception):
    """This machine has no Chinese typeface, so nothing can be lettered."""


@dataclass(frozen=True)
class Poster:
    """What stands on a poster.

    Attributes:
        lines: whose it is and from where, each cut where it grows too long.
        price: the figure, or nothing; `unit` and `day` belong to it.
        call: beneath the square code.
        matrix: rows of the square code, a byte a module.
        sign: the shop's emblem as SVG.
    """

    title: str
    lines: tuple[str, ...]
    price: str
    unit: str
    day: str
    call: str
    shop: str
    town: str
    matrix: tuple[bytes, ...]
    sign: str


@lru_cache(maxsize=KEPT)
def drawn(poster: Poster, photo: bytes | None) -> bytes:
    """Return a poster as JPEG.

    Args:
        poster: its words.
        photo: a JPEG of ours that was made from what was sent; None leaves the emblem in its place.

    Raises:
        NoTypeface: there is none to write Chinese with.
    """
    faces = typefaces()
    if faces is None:
        raise NoTypeface
    with AT_ONCE:
        sheet = Image.new("RGB", SIZE, PAPER)
        _photo(sheet, photo, poster.sign)
        pen = ImageDraw.Draw(sheet)
        pen.rectangle((0, PHOTO, WIDTH, PHOTO + 7), fill=INK)
        bottom = _title(pen, poster.title, faces)
        for line in poster.lines:
            bottom = _line(pen, line, bottom, faces.text.at(40), SOFT)
        _price(pen, poster, bottom + 20, faces)
        _square(sheet, pen, poster, faces)
        _sign(sheet, pen, poster, faces)
        out = BytesIO()
        sheet.save(out, "JPEG", quality=QUALITY, subsampling=0)
        return out.getvalue()


def _photo(sheet: Image.Image, photo: bytes | None, sign: str) -> None:
    if photo is None:
        sheet.paste(GREEN, (0, 0, WIDTH, PHOTO))
        emblem = _emblem(sign, SQUARE)
        sheet.paste(emblem, ((WIDTH - SQUARE) // 2, (PHOTO - SQUARE) // 2), emblem)
        return
    with Image.open(BytesIO(photo), formats=("JPEG",)) as opened:
        sheet.paste(ImageOps.fit(opened.convert("RGB"), (WIDTH, PHOTO)), (0, 0))


def _emblem(sign: str, side: int) -> Image.Image:
    png = bytes(resvg_py.svg_to_bytes(svg_string=sign, width=side, skip_system_fonts=True))
    return Image.open(BytesIO(png)).convert("RGBA")


@lru_cache(maxsize=1)
def emblem(sign: str, side: int) -> bytes:
    """Return the shop's emblem as PNG, square."""
    out = BytesIO()
    sheet = Image.new("RGB", (side, side), PAPER)
    drawn_sign = _emblem(sign, side * 3 // 4)
    sheet.paste(drawn_sign, (side // 8, side // 8), drawn_sign)
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()


def _title(pen: ImageDraw.ImageDraw, title: str, faces: Typefaces) -> int:
    """Write the name in one line, or smaller in two; return where the next thing begins."""
    room, top = WIDTH - 2 * EDGE, PHOTO + 36
    large = faces.sign.at(88)
    if large.getlength(title) <= room:
        pen.text((EDGE, top), title, fill=INK, font=large)
        return top + 132
    font = faces.sign.at(68)
    first = _fitting(title, font, room)
    pen.text((EDGE, top), title[:first], fill=INK, font=font)
    pen.text((EDGE, top + 84), _cut(title[first:].lstrip(), font, room), fill=INK, font=font)
    return top + 192


def _fitting(text: str, font: ImageFont.FreeTypeFont, room: int) -> int:
    """Return how many characters stand on one line; Latin words stay whole."""
    most = next((at for at in range(1, len(text) + 1) if font.getlength(text[:at]) > room), len(text) + 1) - 1
    if most >= len(text) or not (text[most - 1].isascii() and text[most].isascii()):
        return max(1, most)
    return text.rfind(" ", 1, most + 1) if " " in text[1 : most + 1] else most


def _cut(text: str, font: ImageFont.FreeTypeFont, room: int) -> str:
    most = _fitting(text, font, room)
    return text if most >= len(text) else f"{text[: max(1, most - 1)].rstrip()}…"


def _line(pen: ImageDraw.ImageDraw, text: str, top: int, font: ImageFont.FreeTypeFont, colour: str) -> int:
    pen.text((EDGE, top), _cut(text, font, COLUMN), fill=colour, font=font)
    return top + 58


def _fit(text: str, face: Typeface, size: int, room: int) -> ImageFont.FreeTypeFont:
    """Return a face as large as a text has room for."""
    font = face.at(size)
    while size > LEAST and font.getlength(text) > room:
        size -= 2
        font = face.at(size)
    return font


def _price(pen: ImageDraw.ImageDraw, poster: Poster, top: int, faces: Typefaces) -> None:
    if not poster.price:
        return
    figure = _fit(poster.price, faces.sign, 80, COLUMN * 3 // 5)
    pen.text((EDGE, top + 84), poster.price, fill=RED, font=figure, anchor="ls")
    beside = EDGE + round(figure.getlength(poster.price)) + 16
    unit = _fit(poster.unit, faces.text, 40, EDGE + COLUMN - beside)
    pen.text((beside, top + 84), poster.unit, fill=INK, font=unit, anchor="ls")
    pen.text((EDGE, top + 108), poster.day, fill=SOFT, font=_fit(poster.day, faces.text, 34, COLUMN))


def _square(sheet: Image.Image, pen: ImageDraw.ImageDraw, poster: Poster, faces: Typefaces) -> None:
    """Draw the code in whole pixels a module, with its four modules of quiet around it (ISO/IEC 18004)."""
    modules = len(poster.matrix) + 8
    module = SQUARE // modules
    side = modules * module
    left, top = WIDTH - EDGE - side, HEIGHT - EDGE - 52 - side
    code = Image.frombytes("L", (len(poster.matrix),) * 2, b"".join(poster.matrix)).point(lambda dark: 255 * (1 - dark))
    grown = code.resize((len(poster.matrix) * module,) * 2, Image.Resampling.NEAREST)
    pen.rectangle((left, top, left + side - 1, top + side - 1), fill="white")
    sheet.paste(grown, (left + 4 * module, top + 4 * module))
    middle, font = left + side // 2, _fit(poster.call, faces.text, 30, SQUARE + EDGE)
    pen.text((middle, top + side + 16), poster.call, fill=INK, font=font, anchor="ma")


def _sign(sheet: Image.Image, pen: ImageDraw.ImageDraw, poster: Poster, faces: Typefaces) -> None:
    side = 92
    top = HEIGHT - EDGE - side
    emblem = _emblem(poster.sign, side)
    sheet.paste(emblem, (EDGE, top), emblem)
    beside = EDGE + side + 20
    pen.text((beside, top - 4), poster.shop, fill=INK, font=faces.sign.at(44))
    pen.text((beside, top + 54), _cut(poster.town, faces.text.at(30), COLUMN - side), fill=SOFT, font=faces.text.at(30))
