"""From the colours a camera wrote to the sRGB that every screen understands."""

import math
import struct
from collections.abc import Callable
from functools import cache
from io import BytesIO

from PIL import Image, ImageCms
from PIL.ImageCms import Flags, Intent

SRGB = ImageCms.createProfile("sRGB")
UNREADABLE = (ImageCms.PyCMSError, OSError, ValueError, TypeError)

Primaries = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
"""XYZ of full red, green and blue, adapted to D50 as a profile wants them (ICC.1:2022, annex E)."""

BT709: Primaries = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
DISPLAY_P3: Primaries = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
BT2020: Primaries = ((0.67348, 0.27904, -0.00194), (0.16566, 0.67534, 0.02998), (0.12505, 0.04561, 0.79686))
ADOBE: Primaries = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
D50 = (0.96420, 1.0, 0.82491)

WHITE_NITS, PEAK_NITS = 203, 1000
"""How bright white paper is in an HDR picture, and what its brightest lights are mastered for (ITU-R BT.2408)."""
KNEE = 0.7
"""Up to this share of white an HDR picture is shown as it is; what is brighter is pressed into the rest."""
CURVE_POINTS = 1024


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return a picture as RGB in the sRGB colour space.

    Args:
        image: of any mode that has a colour space: L, RGB, CMYK.
        profile: the ICC profile that came with it; one that is broken, or of another colour space than the picture,
            says nothing and is left aside.
    """
    if profile:
        try:
            turned = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(BytesIO(profile)),
                SRGB,
                renderingIntent=Intent.RELATIVE_COLORIMETRIC,
                outputMode="RGB",
                flags=Flags.BLACKPOINTCOMPENSATION,
            )
        except UNREADABLE:
            turned = None
        if turned is not None:
            return turned
    return image.convert("RGB")


@cache
def adobe_rgb() -> bytes:
    """Return a profile of Adobe RGB (1998), for cameras that name it in their notes instead of enclosing it."""
    return _profile(ADOBE, lambda level: level ** (563 / 256))


@cache
def coded(primaries: int, transfer: int) -> bytes | None:
    """Return the profile behind two code points of ITU-T H.273, as HEIC and AVIF carry them; None for sRGB and unknown.

    Pictures of a high dynamic range come out as a screen of ordinary range can show them.
    """
    gamut = {1: BT709, 9: BT2020, 11: DISPLAY_P3, 12: DISPLAY_P3}.get(primaries)
    curves: dict[int, Callable[[float], float]] = {8: lambda level: level, 16: _from_pq, 18: _from_hlg}
    curve = curves.get(transfer, _from_srgb)
    if gamut is None or (gamut is BT709 and curve is _from_srgb):
        return None
    return _profile(gamut, curve)


def _from_srgb(level: float) -> float:
    return level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4


def _from_pq(level: float) -> float:
    """SMPTE ST 2084, in shares of white."""
    root = level ** (32 / 2523)
    return _within(10_000 * (max(root - 107 / 128, 0) / (2413 / 128 - 2392 / 128 * root)) ** (8192 / 1305) / WHITE_NITS)


def _from_hlg(level: float) -> float:
    """ITU-R BT.2100 on a screen of `PEAK_NITS`, in shares of white."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = level * level / 3 if level <= 0.5 else (math.exp((level - c) / a) + b) / 12
    return _within(PEAK_NITS * scene**1.2 / WHITE_NITS)


def _within(light: float) -> float:
    return light if light <= KNEE else KNEE + (1 - KNEE) * (1 - math.exp((KNEE - light) / (1 - KNEE)))


def _profile(primaries: Primaries, curve: Callable[[float], float]) -> bytes:
    """Write the smallest matrix profile that can be read (ICC.1:2001-04): three primaries and the curve they share."""
    steps = [curve(point / (CURVE_POINTS - 1)) for point in range(CURVE_POINTS)]
    levels = [round(65_535 * min(max(step, 0.0), 1.0)) for step in steps]
    trc = struct.pack(f">4sII{CURVE_POINTS}H", b"curv", 0, CURVE_POINTS, *levels)
    tags = [(name, _xyz(xyz)) for name, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)]
    tags.append((b"wtpt", _xyz(D50)))
    names = [*(name for name, _content in tags), b"rTRC", b"gTRC", b"bTRC"]
    table, body, start = b"", b"", 128 + 4 + 12 * len(names)
    for name, content in tags:
        table += struct.pack(">4sII", name, start + len(body), len(content))
        body += content
    for name in names[len(tags) :]:
        table += struct.pack(">4sII", name, start + len(body), len(trc))
    body += trc
    header = struct.pack(">I4sI4s4s4s", start + len(body), b"\0" * 4, 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    header += b"\0" * 12 + b"acsp" + b"\0" * 28 + _fixed(D50)
    return header.ljust(128, b"\0") + struct.pack(">I", len(names)) + table + body


def _xyz(xyz: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(xyz)


def _fixed(xyz: tuple[float, float, float]) -> bytes:
    return struct.pack(">3i", *(round(65_536 * value) for value in xyz))
