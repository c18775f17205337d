"""Colour spaces of cameras and presses, worked out from their definitions, to write pictures and profiles in them."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
from PIL import Image

Matrix = npt.NDArray[np.float64]
D50 = np.array([0.9642, 1.0, 0.8249])
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def _xyz(x: float, y: float) -> Matrix:
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _adapted(white: Matrix) -> Matrix:
    """Return the matrix from a white to D50 (Bradford)."""
    gain = np.diag((BRADFORD @ D50) / (BRADFORD @ white))
    adapted: Matrix = np.linalg.inv(BRADFORD) @ gain @ BRADFORD
    return adapted


@dataclass(frozen=True)
class Space:
    """An RGB space: chromaticities of red, green and blue under D65, and a plain gamma (0: the curve of sRGB)."""

    primaries: tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
    gamma: float

    @property
    def matrix(self) -> Matrix:
        """From linear RGB to XYZ under D50."""
        columns = np.column_stack([_xyz(*primary) for primary in self.primaries])
        white = _xyz(0.3127, 0.3290)
        return _adapted(white) @ (columns * np.linalg.solve(columns, white))

    def linear(self, levels: Matrix) -> Matrix:
        """Return light for levels, both 0 to 1."""
        if self.gamma:
            return levels**self.gamma
        return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)

    def levels(self, light: Matrix) -> Matrix:
        """Return levels for light, both 0 to 1."""
        light = np.clip(light, 0, 1)
        if self.gamma:
            return light ** (1 / self.gamma)
        return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)

    def written(self, image: Image.Image) -> Image.Image:
        """Return an sRGB picture with the numbers it has in this space."""
        xyz = SRGB.linear(np.asarray(image) / 255) @ SRGB.matrix.T
        levels = self.levels(xyz @ np.linalg.inv(self.matrix).T)
        return Image.fromarray(np.round(levels * 255).astype(np.uint8))


BT709 = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
SRGB = Space(BT709, 0)
DISPLAY_P3 = Space(((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)), 0)
ADOBE_RGB = Space(((0.640, 0.330), (0.210, 0.710), (0.150, 0.060)), 563 / 256)
SWAPPED = Space((BT709[1], BT709[0], BT709[2]), 0)
"""sRGB with red and green exchanged: whoever ignores a profile is found out."""


def _profile(kind: bytes, space: bytes, pcs: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Write an ICC profile, version 2."""
    table, body, start = b"", b"", 132 + 12 * len(tags)
    for name, content in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    header = struct.pack(
        ">II4s4s4s4s12s4s28s", start + len(body), 0, b"\2\x10\0\0", kind, space, pcs, b"", b"acsp", b""
    )
    return (header + _fixed(D50)).ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def _fixed(xyz: Matrix) -> bytes:
    return struct.pack(">3i", *(round(65_536 * value) for value in xyz))


def _curve(space: Space) -> bytes:
    levels = np.round(65_535 * space.linear(np.linspace(0, 1, 1024))).astype(">u2")
    return b"curv" + struct.pack(">II", 0, 1024) + levels.tobytes()


def profile_of(space: Space) -> bytes:
    """Return the ICC profile of an RGB space."""
    tags = {name: b"XYZ \0\0\0\0" + _fixed(space.matrix[:, at]) for at, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    tags |= {b"wtpt": b"XYZ \0\0\0\0" + _fixed(D50)} | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve(space))
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags)


def grey_profile(gamma: float) -> bytes:
    """Return the ICC profile of grey with a plain gamma."""
    curve = _curve(Space(BT709, gamma))
    return _profile(b"mntr", b"GRAY", b"XYZ ", {b"wtpt": b"XYZ \0\0\0\0" + _fixed(D50), b"kTRC": curve})


def _lab8(colour: tuple[int, int, int]) -> bytes:
    """Return an sRGB colour as CIE Lab in the three bytes of a profile's table."""
    xyz = SRGB.matrix @ SRGB.linear(np.array(colour) / 255) / D50
    x, y, z = np.where(xyz > 216 / 24_389, np.cbrt(xyz), (24_389 / 27 * xyz + 16) / 116)
    return bytes((round((116 * y - 16) * 2.55), round(500 * (x - y)) + 128, round(200 * (y - z)) + 128))


def cmyk_profile(solids: Mapping[tuple[int, ...], tuple[int, int, int]]) -> bytes:
    """Return the profile of a made-up press: which sRGB colour each overprint of solid inks gives, else black.

    Args:
        solids: inks (0 or 1 each: cyan, magenta, yellow, black) and the colour they give together.
    """
    table = b"".join(_lab8(solids.get(inks, (0, 0, 0))) for inks in product((0, 1), repeat=4))
    same = bytes(range(256))
    unit = struct.pack(">9i", *(65_536 if at % 4 == 0 else 0 for at in range(9)))
    lut = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + unit + same * 4 + table + same * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"A2B0": lut, b"A2B1": lut})
