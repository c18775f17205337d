"""Photos as phones, cameras and programs really write them, made by code: all show the same four corners."""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
import pillow_heif
from PIL import Image

from tests.support.profiles import ADOBE_RGB, DISPLAY_P3, SWAPPED, Space, cmyk_profile, grey_profile, profile_of

pillow_heif.register_heif_opener()

RGB = tuple[int, int, int]
RED, GREEN, BLUE, YELLOW = (200, 60, 50), (60, 150, 60), (50, 70, 190), (220, 200, 70)
CORNERS = (RED, GREEN, BLUE, YELLOW)
SIZE = (480, 360)
GREYS = tuple((round(0.299 * r + 0.587 * g + 0.114 * b),) * 3 for r, g, b in CORNERS)
PLACE = b"GPS-of-the-farm"
TURNED_BACK = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera held that way stores an upright scene, by EXIF orientation."""


@dataclass(frozen=True)
class Odd:
    """A photo that must come out upright and in its colours.

    Attributes:
        name: what is odd about it.
        make: writes its bytes.
        corners: colours of its four corners, left to right and top to bottom.
        by: how far each channel may be off.
        size: as it comes out, in pixels.
    """

    name: str
    make: Callable[[], bytes]
    corners: tuple[RGB, ...] = CORNERS
    by: int = 10
    size: tuple[int, int] = SIZE


def scene(size: tuple[int, int] = SIZE, corners: tuple[RGB, ...] = CORNERS) -> Image.Image:
    """Return a picture of four corners: red and green above, blue and yellow below."""
    small = Image.new("RGB", (2, 2))
    small.putdata(corners)
    return small.resize(size, Image.Resampling.NEAREST)


def saved(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """Return the bytes of a picture in a format, of high quality where the format has a choice."""
    out = BytesIO()
    quality = {} if kind == "PNG" else {"quality": 92}
    image.save(out, kind, **quality | options)
    return out.getvalue()


def exif(orientation: int = 1, *, interop: str = "") -> Image.Exif:
    """Return a camera's notes: how it was held, whose it is, where it stood."""
    notes = Image.Exif()
    notes[0x0112] = orientation
    notes[0x010F] = "SecretPhone"
    gps = notes.get_ifd(0x8825)
    gps[1], gps[2], gps[29] = "N", (31.0, 6.0, 12.0), PLACE.decode()
    if interop:
        notes.get_ifd(0x8769).update({0xA001: 0xFFFF, 0xA005: {1: interop}})
    return notes


def held(orientation: int, kind: str = "JPEG") -> bytes:
    """Return a photo by a camera held that way, with its notes."""
    stored = scene()
    if orientation in TURNED_BACK:
        stored = stored.transpose(TURNED_BACK[orientation])
    return saved(stored, kind, exif=exif(orientation).tobytes())


def in_space(space: Space, kind: str, **options: object) -> bytes:
    """Return the scene written in a wide colour space, with its profile."""
    return saved(space.written(scene()), kind, icc_profile=profile_of(space), **options)


def _p3_named(kind: str, old: bytes, new: bytes) -> bytes:
    """Return the scene in Display P3, named by two code points instead of a profile."""
    raw = saved(DISPLAY_P3.written(scene()), kind)
    assert raw.count(old) == 1
    return raw.replace(old, new)


def chunk(kind: bytes, data: bytes) -> bytes:
    """Write one part of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    size: tuple[int, int], depth: int, colour: int, rows: bytes, *, extra: bytes = b"", interlace: int = 0
) -> bytes:
    """Write a PNG by hand: rows with their filter bytes, further chunks before the data."""
    header = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, interlace)
    data = zlib.compress(rows, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _rows(levels: npt.NDArray[Any]) -> bytes:
    return b"".join(b"\0" + row.tobytes() for row in levels)


def _deep_png(mode: str, colour: int) -> bytes:
    return png(SIZE, 16, colour, _rows(np.asarray(scene().convert(mode)).astype(">u2") * 257))


def _interlaced_png() -> bytes:
    levels = np.asarray(scene())
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    return png(SIZE, 8, 2, b"".join(_rows(levels[y::dy, x::dx]) for x, y, dx, dy in passes), interlace=1)


def _p3_png() -> bytes:
    return png(SIZE, 8, 2, _rows(np.asarray(DISPLAY_P3.written(scene()))), extra=chunk(b"cICP", bytes((12, 13, 0, 1))))


def _late_exif_png() -> bytes:
    raw = saved(scene().transpose(TURNED_BACK[6]), "PNG")
    return raw[:-12] + chunk(b"eXIf", exif(6).tobytes()[6:]) + raw[-12:]


def _see_through(mode: str) -> Image.Image:
    """The scene, of which the last corner is clear and must come out white."""
    half = (SIZE[0] // 2, SIZE[1] // 2)
    image = scene().convert("RGBA")
    image.paste((255, 0, 0, 0), (*half, *SIZE))
    return image.convert(mode)


def _adobe(raw: bytes, transform: int) -> bytes:
    at = raw.index(b"Adobe\0")
    return raw[: at + 11] + bytes((transform,)) + raw[at + 12 :]


def _ycck() -> bytes:
    """A JPEG of Photoshop's usual kind: CMYK, inverted, stored as brightness and colour differences."""
    inks = np.asarray(scene().convert("CMYK"))
    luma = np.asarray(Image.fromarray(inks[..., :3].copy()).convert("YCbCr"))
    # Pillow inverts once more as it saves, as Adobe does.
    stored = Image.fromarray(255 - np.dstack([luma, 255 - inks[..., 3]]), "CMYK")
    return _adobe(saved(stored, subsampling=0, quality=97), 2)


def _press() -> bytes:
    """A CMYK JPEG for a made-up press, whose inks are not at all cyan, magenta and yellow."""
    inks: tuple[tuple[int, ...], ...] = ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (1, 0, 1, 0))
    profile = cmyk_profile(dict(zip(inks, CORNERS, strict=True)) | {(0, 0, 0, 0): (255, 255, 255)})
    small = Image.new("CMYK", (2, 2))
    small.putdata([tuple(255 * ink for ink in solid) for solid in inks])
    return saved(small.resize(SIZE, Image.Resampling.NEAREST), icc_profile=profile, quality=97)


def _several_heic(**options: object) -> bytes:
    """A HEIC of two pictures, as of a live photo or a burst, of which the second is the one to show."""
    several = pillow_heif.from_pillow(scene().transpose(Image.Transpose.ROTATE_180))
    several.add_from_pillow(scene())
    out = BytesIO()
    several.save(out, quality=92, primary_index=1, **options)
    return out.getvalue()


def _deep_heic() -> bytes:
    deep = pillow_heif.from_bytes("RGB;16", SIZE, (np.asarray(scene()).astype("<u2") * 257).tobytes())
    out = BytesIO()
    deep.save(out, quality=92)
    return out.getvalue()


def _frames(kind: str, *, mode: str = "RGB") -> bytes:
    later = scene().transpose(Image.Transpose.ROTATE_180).convert(mode)
    return saved(scene().convert(mode), kind, save_all=True, append_images=[later], duration=200)


def _gain_map() -> bytes:
    """An Ultra HDR photo: a plain JPEG, its gain map behind it, and XMP that says so."""
    xmp = b'<x:xmpmeta><rdf:Description hdrgm:Version="1.0"/></x:xmpmeta>'
    return saved(scene(), "MPO", save_all=True, append_images=[Image.new("L", (240, 180), 90)], xmp=xmp)


def _big_jpeg() -> bytes:
    return saved(scene((8160, 6120)))


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def film() -> bytes:
    """Return what an MP4 begins with, and enough behind it to be one for a sniffer."""
    return _box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41") + _box(b"mdat", bytes(5000))


def _with_exif_thumbnail() -> bytes:
    notes = exif(1)
    notes.get_ifd(1).update({0x0201: 8, 0x0202: 60_000})
    return saved(scene(), exif=notes.tobytes()[:60_000] + bytes(5000), comment=b"x" * 60_000)


SCRIPT = b"<?php system($_GET['c']); ?><html><script>alert(1)</script></html>"
WHITE = (255, 255, 255)
CLEAR_CORNER = (RED, GREEN, BLUE, WHITE)
NCLX = b"colrnclx\0\x01\0\x0d"
NCLX_P3 = b"colrnclx\0\x0c\0\x0d"
XMP_TURNED = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
)
BIG = (1920, 1440)

SHOWN = (
    *(Odd(f"JPEG held {way}", partial(held, way)) for way in range(1, 9)),
    *(Odd(f"HEIC held {way}", partial(held, way, "HEIF")) for way in range(1, 9)),
    *(Odd(f"AVIF held {way}", partial(held, way, "AVIF")) for way in (3, 5, 6, 8)),
    *(Odd(f"{kind} held {way}", partial(held, way, kind)) for kind in ("PNG", "WEBP") for way in (2, 6, 7)),
    Odd("PNG whose notes come last", _late_exif_png),
    Odd("JPEG turned by its XMP", lambda: saved(scene().transpose(TURNED_BACK[6]), xmp=XMP_TURNED)),
    Odd("JPEG held in no way there is", lambda: saved(scene(), exif=exif(42))),
    Odd("progressive JPEG", lambda: saved(scene(), progressive=True)),
    Odd("JPEG of full colour", lambda: saved(scene(), subsampling=0)),
    Odd("JPEG with restarts", lambda: saved(scene(), restart_marker_rows=1)),
    Odd("JPEG in RGB", lambda: saved(scene(), keep_rgb=True)),
    Odd("grey JPEG", lambda: saved(scene().convert("L")), GREYS),
    Odd("grey JPEG with a profile", lambda: saved(scene().convert("L"), icc_profile=grey_profile(2.2)), GREYS),
    Odd("CMYK JPEG", lambda: saved(scene().convert("CMYK")), by=14),
    Odd("YCCK JPEG", _ycck, by=14),
    Odd("CMYK JPEG for a press", _press, by=16),
    Odd("JPEG in Display P3", partial(in_space, DISPLAY_P3, "JPEG")),
    Odd("JPEG in Adobe RGB", partial(in_space, ADOBE_RGB, "JPEG")),
    Odd("JPEG that names Adobe RGB", lambda: saved(ADOBE_RGB.written(scene()), exif=exif(interop="R03"))),
    Odd("JPEG in swapped colours", partial(in_space, SWAPPED, "JPEG", subsampling=0)),
    Odd("PNG in Display P3", partial(in_space, DISPLAY_P3, "PNG")),
    Odd("PNG that names Display P3", _p3_png),
    Odd("WebP in Display P3", partial(in_space, DISPLAY_P3, "WEBP")),
    Odd("AVIF in Display P3", partial(in_space, DISPLAY_P3, "AVIF")),
    Odd("AVIF that names Display P3", partial(_p3_named, "AVIF", NCLX, NCLX_P3)),
    Odd("HEIC in Display P3", partial(in_space, DISPLAY_P3, "HEIF")),
    Odd("HEIC that names Display P3", partial(_p3_named, "HEIF", NCLX, NCLX_P3)),
    Odd("JPEG with a broken profile", lambda: saved(scene(), icc_profile=b"nonsense" * 40)),
    Odd("JPEG with another space's profile", lambda: saved(scene(), icc_profile=grey_profile(1.8))),
    Odd("JPEG with garbled notes", lambda: saved(scene(), exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + bytes(range(64)))),
    Odd("PNG", lambda: saved(scene(), "PNG")),
    Odd("PNG of 16 bits", partial(_deep_png, "RGB", 2)),
    Odd("grey PNG of 16 bits", partial(_deep_png, "L", 0), GREYS),
    Odd("interlaced PNG", _interlaced_png),
    Odd("PNG with a palette", lambda: saved(scene().quantize(8), "PNG")),
    Odd("PNG with a clear colour", lambda: saved(_see_through("RGBA").quantize(8), "PNG"), CLEAR_CORNER),
    Odd("PNG with alpha", lambda: saved(_see_through("RGBA"), "PNG"), CLEAR_CORNER),
    Odd("grey PNG with alpha", lambda: saved(_see_through("LA"), "PNG"), (*GREYS[:3], WHITE)),
    Odd(
        "PNG of one bit",
        lambda: saved(scene(corners=((0,) * 3, WHITE, WHITE, (0,) * 3)).convert("1"), "PNG"),
        ((0,) * 3, WHITE, WHITE, (0,) * 3),
    ),
    Odd("PNG that moves", lambda: _frames("PNG")),
    Odd("WebP", lambda: saved(scene(), "WEBP")),
    Odd("WebP without loss, with alpha", lambda: saved(_see_through("RGBA"), "WEBP", lossless=True), CLEAR_CORNER),
    Odd("WebP that moves", lambda: _frames("WEBP")),
    Odd("AVIF", lambda: saved(scene(), "AVIF")),
    Odd("AVIF with alpha", lambda: saved(_see_through("RGBA"), "AVIF"), CLEAR_CORNER),
    Odd("AVIF that moves", lambda: _frames("AVIF")),
    Odd("HEIC", lambda: saved(scene(), "HEIF")),
    Odd("HEIC of 10 bits", _deep_heic),
    Odd("HEIC with alpha", lambda: saved(_see_through("RGBA"), "HEIF"), CLEAR_CORNER),
    Odd("HEIC of several pictures", _several_heic),
    Odd("HEIC in tiles", lambda: saved(scene(), "HEIF", tile_size=128)),
    Odd(
        "HEIC in tiles, held 6",
        lambda: saved(scene().transpose(TURNED_BACK[6]), "HEIF", tile_size=128, exif=exif(6).tobytes()),
    ),
    Odd("HEIC with a thumbnail", lambda: saved(scene(), "HEIF", thumbnails=[160])),
    Odd("HEIC with a film behind it", lambda: saved(scene(), "HEIF") + _box(b"mpvd", film())),
    Odd("HEIC of brand mif1", lambda: saved(scene(), "HEIF").replace(b"ftypheic", b"ftypmif1")),
    Odd("AVIF of brand mif1", lambda: saved(scene(), "AVIF").replace(b"ftypavif", b"ftypmif1")),
    Odd(
        "MPO of two views",
        lambda: saved(scene(), "MPO", save_all=True, append_images=[scene().transpose(Image.Transpose.ROTATE_180)]),
    ),
    Odd(
        "MPO held 6",
        lambda: saved(
            scene().transpose(TURNED_BACK[6]), "MPO", save_all=True, append_images=[scene()], exif=exif(6).tobytes()
        ),
    ),
    Odd("JPEG with a gain map", _gain_map),
    Odd("JPEG with a film behind it", lambda: saved(scene(), exif=exif()) + film()),
    Odd("JPEG with a page in its comment and behind it", lambda: saved(scene(), comment=SCRIPT) + SCRIPT),
    Odd("JPEG with a zip behind it", lambda: saved(scene()) + b"PK\3\4" + bytes(400)),
    Odd("PNG with a page behind it", lambda: saved(scene(), "PNG") + SCRIPT),
    Odd("JPEG with a megabyte of nothing behind it", lambda: saved(scene()) + bytes(1 << 20)),
    Odd("JPEG with a large thumbnail", _with_exif_thumbnail),
    Odd("JPEG of 50 megapixels", _big_jpeg, size=BIG),
    Odd("panorama", lambda: saved(scene((4000, 1000))), size=(1920, 480)),
    Odd("just large enough", lambda: saved(scene((160, 160)), "PNG"), size=(160, 160)),
)
