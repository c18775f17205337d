"""From whatever a phone sends to one plain JPEG: upright, sRGB, on white, without camera data."""

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms
from PIL.ImageCms import Intent

from shop.media.rules import FULL, MAX_PIXELS, MAX_RATIO, MIN_EDGE, BadPhoto, Flaw

FORMATS = ("JPEG", "PNG", "WEBP")
QUALITY = 85
ORIENTATION = 0x0112
"""EXIF tag 274: which way the camera was held (CIPA DC-008)."""
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError, TypeError, struct.error, zlib.error)
"""What Pillow's decoders raise for bytes that are not what their header says."""
BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)

# A second guard behind our own check of the header: Pillow itself stops at the same number, also inside a file.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


@dataclass(frozen=True)
class Plain:
    """A photo re-encoded: its JPEG bytes, its size in pixels and its average colour as #rrggbb."""

    jpeg: bytes
    width: int
    height: int
    colour: str


def plain(raw: bytes, *, max_pixels: int = MAX_PIXELS) -> Plain:
    """Re-encode a photo as a JPEG of at most 1920 px on its long edge.

    The type is read from the bytes, never from a name; the number of pixels from the header, before anything is
    decoded. Re-encoding leaves behind place, time and camera, and whatever else was hidden in the file.

    Raises:
        BadPhoto: the bytes are not a JPEG, PNG or WebP picture of a usable size.
    """
    image = _opened(raw, max_pixels)
    turn = _turn(image)
    try:
        image = _shrunk(image)
    except BOMB:
        raise BadPhoto(Flaw.TOO_MANY_PIXELS) from None
    except (*BROKEN, MemoryError):
        raise BadPhoto(Flaw.DAMAGED) from None
    image = _on_white(image)
    if turn is not None:
        image = image.transpose(turn)
    image.info.clear()  # what stays here is written again: a JPEG's comment may be a web page
    red, green, blue = image.resize((1, 1), Image.Resampling.BOX).tobytes()
    return Plain(encoded(image, "jpg", QUALITY), image.width, image.height, f"#{red:02x}{green:02x}{blue:02x}")


def resized(jpeg: bytes, width: int) -> Image.Image:
    """Return a plain photo scaled to a width in pixels."""
    with Image.open(BytesIO(jpeg), formats=("JPEG",)) as image:
        height = max(1, round(image.height * width / image.width))
        return image.resize((width, height), Image.Resampling.LANCZOS)


def encoded(image: Image.Image, extension: str, quality: int) -> bytes:
    """Return a picture's bytes as `jpg` or `webp`, with nothing but the picture in them."""
    out = BytesIO()
    if extension == "webp":
        image.save(out, "WEBP", quality=quality, method=4, exif=b"", icc_profile=b"")
    else:
        image.save(out, "JPEG", quality=quality, progressive=True, optimize=True, exif=b"", icc_profile=None)
    return out.getvalue()


def _opened(raw: bytes, max_pixels: int) -> Image.Image:
    try:
        image = Image.open(BytesIO(raw), formats=FORMATS)
    except BOMB:
        raise BadPhoto(Flaw.TOO_MANY_PIXELS) from None
    except BROKEN:
        raise BadPhoto(Flaw.NOT_A_PICTURE) from None
    if image.width * image.height > max_pixels:
        raise BadPhoto(Flaw.TOO_MANY_PIXELS)
    short, long = sorted(image.size)
    if short < MIN_EDGE or long > short * MAX_RATIO:
        raise BadPhoto(Flaw.TOO_SMALL)
    return image


def _turn(image: Image.Image) -> Image.Transpose | None:
    try:
        return TURNS.get(image.getexif().get(ORIENTATION, 1))
    except BROKEN:  # a camera's notes are garbled; the picture may be fine
        return None


def _shrunk(image: Image.Image) -> Image.Image:
    """Decode, at once near the wanted size where the format allows it, so that 60 megapixels do not fill the memory."""
    if image.mode in ("1", "P", "PA", "LA", "La", "RGBa"):
        has_alpha = image.mode != "1" and (image.mode != "P" or "transparency" in image.info)
        image = _converted(image, "RGBA" if has_alpha else "RGB")
    elif image.mode == "RGB" and "transparency" in image.info:
        image = _converted(image, "RGBA")
    elif image.mode.startswith("I"):  # 16 bits of grey
        image = image.point(lambda value: value / 256).convert("L")
    image.thumbnail((FULL, FULL), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image.load()  # a small picture was not decoded yet, and may be damaged too
    return image


def _converted(image: Image.Image, mode: str) -> Image.Image:
    profile = image.info.get("icc_profile")
    image = image.convert(mode)
    image.info["icc_profile"] = profile
    return image


def _on_white(image: Image.Image) -> Image.Image:
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colour = _in_srgb(image.convert("RGB") if alpha else image, image.info.get("icc_profile"))
    if alpha is None:
        return colour
    white = Image.new("RGB", colour.size, "white")
    white.paste(colour, mask=alpha)
    return white


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            turned = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                renderingIntent=Intent.RELATIVE_COLORIMETRIC,
                outputMode="RGB",
            )
        except (ImageCms.PyCMSError, *BROKEN):  # a profile that is broken or of another colour space says nothing
            turned = None
        if turned is not None:
            return turned
    return image.convert("RGB")
