"""From whatever a phone sends to one plain JPEG: upright, sRGB, on white, without camera data.

Decoders of six formats read bytes of strangers here, so this module is loaded by `shop.media.decoder` alone, in a
process of its own.
"""

import re
import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import AvifImagePlugin, ExifTags, Image, JpegImagePlugin

from shop.media.colours import adobe_rgb, coded, in_srgb
from shop.media.encoding import Plain, encoded, scaled
from shop.media.rules import FULL, MAX_PIXELS, MAX_RATIO, MIN_EDGE, QUALITY, USUAL, BadPhoto, Flaw
from shop.media.sniffing import format_of

FULL_QUALITY = 88
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes EXIF's orientation (CIPA DC-008, tag 274)."""
BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What the decoders raise for bytes that are not what their header says."""
BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)
BOXED_SIZE = re.compile(rb"\0\0\0\x14ispe\0{4}(.{4})(.{4})", re.DOTALL)
"""The size of an image within HEIC or AVIF (ISO/IEC 23008-12, 6.5.3)."""
BOXED_COLOUR = re.compile(rb"colrnclx(..)(..)", re.DOTALL)
"""Its colour space as two code points (the same, 6.5.5); Pillow does not tell it for AVIF."""
PNG_COLOUR = re.compile(rb"\0\0\0\x04cICP(.)(.)\0.", re.DOTALL)
"""The same in a PNG (PNG third edition, 11.3.2.6)."""
ADOBE_RGB = "R03"
"""Interoperability index of a camera that wrote Adobe RGB (DCF 2.0)."""
INTEROP_INDEX = 1

# A second guard behind our own look at the header: Pillow itself stops at the same number, also inside a file.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
# One thread each: threads would multiply the memory that one file may take.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


def plain(raw: bytes, *, max_pixels: int = MAX_PIXELS) -> Plain:
    """Re-encode a photo.

    The type is read from the bytes, never from a name; the number of pixels from the header, before anything is
    decoded. Re-encoding leaves behind place, time and camera, and whatever else was hidden in the file. Of several
    pictures in a file the first is taken, in HEIC the one it calls primary.

    Raises:
        BadPhoto: the bytes are not a photo of a usable size.
    """
    try:
        image = _upright(raw, max_pixels)
    except BOMB:
        raise BadPhoto(Flaw.TOO_MANY_PIXELS) from None
    except MemoryError:
        raise BadPhoto(Flaw.TOO_HARD) from None
    except BROKEN:
        raise BadPhoto(Flaw.DAMAGED) from None
    image.info.clear()  # what stays here is written again: a JPEG's comment may be a web page
    red, green, blue = image.resize((1, 1), Image.Resampling.BOX).tobytes()
    return Plain(
        jpeg=encoded(image, "jpg", FULL_QUALITY),
        usual=encoded(scaled(image, USUAL), "jpg", QUALITY["jpg"]) if image.width > USUAL else b"",
        width=image.width,
        height=image.height,
        colour=f"#{red:02x}{green:02x}{blue:02x}",
    )


def _upright(raw: bytes, max_pixels: int) -> Image.Image:
    kind = format_of(raw)
    image = _opened(raw, kind, max_pixels)
    turn, profile = _turn(image, kind), _profile(image, raw, kind)
    image = _on_white(_shrunk(image), profile)
    return image if turn is None else image.transpose(turn)


def _opened(raw: bytes, kind: str, max_pixels: int) -> Image.Image:
    if kind in ("HEIF", "AVIF"):  # before their libraries look at the file: they mind large sizes in words of their own
        for width, height in BOXED_SIZE.findall(raw):
            if int.from_bytes(width, "big") * int.from_bytes(height, "big") > max_pixels:
                raise BadPhoto(Flaw.TOO_MANY_PIXELS)
    image = Image.open(BytesIO(raw), formats=(kind,))
    if image.width * image.height > max_pixels:
        raise BadPhoto(Flaw.TOO_MANY_PIXELS)
    short, long = sorted(image.size)
    if long > short * MAX_RATIO:
        raise BadPhoto(Flaw.TOO_THIN)
    if short < MIN_EDGE:
        raise BadPhoto(Flaw.TOO_SMALL)
    return image


def _turn(image: Image.Image, kind: str) -> Image.Transpose | None:
    if kind == "HEIF":  # its decoder turned it, as the file's own boxes say; its EXIF repeats that or is wrong
        return None
    try:
        return TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except BROKEN:  # a camera's notes are garbled; the picture may be fine
        return None


def _profile(image: Image.Image, raw: bytes, kind: str) -> bytes | None:
    """Return the ICC profile of a picture's colours, enclosed, or named in one of the ways its format has."""
    enclosed: bytes | None = image.info.get("icc_profile")
    if enclosed:
        return enclosed
    if kind == "HEIF":
        named: Mapping[str, Any] = image.info.get("nclx_profile") or {}
        return coded(int(named.get("color_primaries", 2)), int(named.get("transfer_characteristics", 2)))
    if kind in ("AVIF", "PNG"):
        found = (BOXED_COLOUR if kind == "AVIF" else PNG_COLOUR).search(raw)
        return coded(*(int.from_bytes(point, "big") for point in found.groups())) if found else None
    try:
        index = image.getexif().get_ifd(ExifTags.IFD.Interop).get(INTEROP_INDEX)
    except BROKEN:
        return None
    return adobe_rgb() if index == ADOBE_RGB else None


def _shrunk(image: Image.Image) -> Image.Image:
    """Decode to at most 1920 px, at once near that size where the format allows it: 50 megapixels fill 200 MB."""
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        image.draft(None, _within_full(image))
    if image.mode in ("1", "P", "PA", "LA", "La", "RGBa"):
        has_alpha = image.mode != "1" and (image.mode != "P" or "transparency" in image.info)
        image = image.convert("RGBA" if has_alpha else "RGB")
    elif image.mode in ("L", "RGB") and "transparency" in image.info:
        image = image.convert("RGBA")
    elif image.mode.startswith("I"):  # 16 bits of grey
        image = image.point(lambda value: value / 256).convert("L")
    image.load()  # a HEIC may turn out to have another size than it said
    size = _within_full(image)
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _within_full(image: Image.Image) -> tuple[int, int]:
    share = min(1.0, FULL / max(image.size))
    return max(1, round(image.width * share)), max(1, round(image.height * share))


def _on_white(image: Image.Image, profile: bytes | None) -> Image.Image:
    if image.mode != "RGBA":
        return in_srgb(image, profile)
    white = Image.new("RGB", image.size, "white")
    white.paste(in_srgb(image.convert("RGB"), profile), mask=image.getchannel("A"))
    return white
