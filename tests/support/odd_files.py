"""Files that are no photos, or photos that cannot be shown, each with what is wrong with it."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO

from PIL import Image

from shop.media.rules import Flaw
from tests.support.odd_pictures import SCRIPT, chunk, film, png, saved, scene


@dataclass(frozen=True)
class Bad:
    """A file that must be refused.

    Attributes:
        name: what it is.
        make: writes its bytes.
        flaws: what may be said of it; a damaged file may be one thing or another.
    """

    name: str
    make: Callable[[], bytes]
    flaws: tuple[Flaw, ...]


@cache
def _noise(kind: str) -> bytes:
    return saved(Image.effect_noise((480, 360), 80).convert("RGB"), kind)


def cut(kind: str, share: float) -> bytes:
    """Return a photo of which only a share arrived."""
    raw = _noise(kind)
    return raw[: int(len(raw) * share)]


def png_bomb() -> bytes:
    """Return a PNG of some hundred kilobytes that really holds 900 megapixels."""
    squeezed = zlib.compressobj(9)
    row = b"\0" + bytes(30_000 // 8)
    data = b"".join(squeezed.compress(row * 100) for _turn in range(300)) + squeezed.flush()
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _text_bomb() -> bytes:
    """A PNG whose comment grows to 200 MB."""
    text = b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9)
    return png((480, 360), 8, 0, bytes(361 * 480), extra=chunk(b"zTXt", text))


def _said_larger(kind: str) -> bytes:
    """A HEIC or AVIF that says it is 60,000 pixels square."""
    raw = saved(scene(), kind)
    size = b"ispe\0\0\0\0" + struct.pack(">II", 480, 360)
    assert size in raw
    return raw.replace(size, b"ispe\0\0\0\0" + struct.pack(">II", 60_000, 60_000))


def _said_jpeg() -> bytes:
    raw = saved(scene())
    at = raw.index(b"\xff\xc0")
    return raw[: at + 5] + struct.pack(">HH", 65_000, 65_000) + raw[at + 9 :]


def _short_png() -> bytes:
    """A PNG that says it has many more rows than it has."""
    return png((5000, 5000), 8, 2, bytes(3 * 5001))


def _zipped() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("photo.jpg", saved(scene()))
    return out.getvalue()


def _flat(size: tuple[int, int]) -> bytes:
    return saved(Image.new("RGB", size, "red"), "PNG")


def _gif(*, moves: bool = False) -> bytes:
    further = {"save_all": True, "append_images": [scene().transpose(Image.Transpose.ROTATE_180)]} if moves else {}
    return saved(scene(), "GIF", **further)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><script>alert(1)</script></svg>'
HURT = (Flaw.DAMAGED,)
OTHER = (Flaw.OTHER_FORMAT,)
NOT = (Flaw.NOT_A_PICTURE,)
FILM = (Flaw.FILM,)
PAPER = (Flaw.DOCUMENT,)
LARGE = (Flaw.TOO_MANY_PIXELS,)

REFUSED = (
    Bad("nothing", lambda: b"", (Flaw.EMPTY,)),
    Bad("one byte", lambda: b"\xff", NOT),
    Bad("text", lambda: "只是几个字".encode(), NOT),
    Bad("a web page", lambda: b"<!doctype html><html><body>" + SCRIPT, NOT),
    Bad("a script", lambda: SCRIPT, NOT),
    Bad("noise", lambda: bytes(range(1, 256)) * 40, NOT),
    Bad("a sound", lambda: b"RIFF\x24\0\0\0WAVEfmt " + bytes(400), NOT),
    Bad("a sound in boxes", lambda: b"\0\0\0\x18ftypM4A \0\0\0\0M4A isom" + bytes(400), NOT),
    Bad("SVG", lambda: SVG, (Flaw.DRAWING,)),
    Bad("SVG as XML", lambda: b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- by hand -->\n' + SVG, (Flaw.DRAWING,)),
    Bad("SVG in UTF-16", lambda: SVG.decode().encode("utf-16"), (Flaw.DRAWING,)),
    Bad("PDF", lambda: b"%PDF-1.7\n" + bytes(400), PAPER),
    Bad("a zip with a photo", _zipped, PAPER),
    Bad("an old Word file", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(400), PAPER),
    Bad("MP4", film, FILM),
    Bad("QuickTime", lambda: film().replace(b"ftypisom", b"ftypqt  "), FILM),
    Bad("an old QuickTime film", lambda: b"\0\0\x10\0mdat" + bytes(4000), FILM),
    Bad("WebM", lambda: b"\x1a\x45\xdf\xa3" + bytes(400), FILM),
    Bad("AVI", lambda: b"RIFF\x24\0\0\0AVI LIST" + bytes(400), FILM),
    Bad("MPEG", lambda: b"\0\0\1\xba" + bytes(400), FILM),
    Bad("GIF", _gif, OTHER),
    Bad("GIF that moves", partial(_gif, moves=True), OTHER),
    Bad("GIF that is a script", lambda: b"GIF89a=1;" + SCRIPT, OTHER),
    Bad("BMP", lambda: saved(scene((320, 240)), "BMP"), OTHER),
    Bad("TIFF", lambda: saved(scene((320, 240)), "TIFF", compression="raw"), OTHER),
    Bad("JPEG 2000", lambda: saved(scene(), "JPEG2000"), OTHER),
    Bad("JPEG XL", lambda: b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(400), OTHER),
    Bad("a camera's raw file", lambda: b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(400), OTHER),
    Bad("an icon", lambda: saved(scene().resize((64, 64)), "ICO"), OTHER),
    Bad("Photoshop's own", lambda: b"8BPS\0\1" + bytes(400), OTHER),
    Bad("1 × 1", partial(_flat, (1, 1)), (Flaw.TOO_SMALL,)),
    Bad("159 × 400", partial(_flat, (159, 400)), (Flaw.TOO_SMALL,)),
    Bad("30,000 × 1", partial(_flat, (30_000, 1)), (Flaw.TOO_THIN,)),
    Bad("1 × 30,000", partial(_flat, (1, 30_000)), (Flaw.TOO_THIN,)),
    Bad("2,000 × 300", partial(_flat, (2_000, 300)), (Flaw.TOO_THIN,)),
    Bad("a PNG of 900 megapixels", png_bomb, LARGE),
    Bad("a PNG of 64 megapixels", lambda: png((8_000, 8_000), 8, 0, bytes(8_000 * 8_001)), LARGE),
    Bad("a JPEG that says 65,000 square", _said_jpeg, LARGE),
    Bad("a HEIC that says 60,000 square", partial(_said_larger, "HEIF"), LARGE),
    Bad("an AVIF that says 60,000 square", partial(_said_larger, "AVIF"), LARGE),
    Bad("a PNG whose comment is a bomb", _text_bomb, HURT),
    Bad("a PNG that says it is longer", _short_png, HURT),
    *(
        Bad(f"{share:.0%} of a {kind}", partial(cut, kind, share), HURT)
        for kind in ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")
        for share in (0.1, 0.5, 0.95)
    ),
    Bad("a JPEG without its end", lambda: saved(scene())[:-2], HURT),
    Bad("the head of a JPEG", lambda: b"\xff\xd8\xff", HURT),
    Bad("a page that begins like a JPEG", lambda: b"\xff\xd8\xff\xe0" + SCRIPT, HURT),
    Bad("a page that begins like a PNG", lambda: b"\x89PNG\r\n\x1a\n" + SCRIPT, HURT),
    Bad("a page that begins like a WebP", lambda: b"RIFF\xff\0\0\0WEBP" + SCRIPT, HURT),
    Bad("a film that says it is a HEIC", lambda: film().replace(b"isom", b"heic"), HURT),
    Bad("a film that says it is an AVIF", lambda: film().replace(b"isom", b"avif"), HURT),
    Bad("a HEIC without pictures", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", HURT),
)
