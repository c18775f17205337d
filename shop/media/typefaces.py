"""Chinese typefaces of this machine: a picture with words in it needs one, and no font is ours to hand out."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import ImageFont

from shop.kernel.money import yuan

TEXT = (
    *("notosanscjk-medium", "notosanscjk-regular", "notosanssc", "sourcehansanssc", "sourcehansans", "notosanscjk"),
    *("pingfang", "harmonyos_sans_sc", "msyh", "hiragino sans gb", "stheiti", "wqy", "droidsansfallback", "simhei"),
)
SIGN = ("notoserifcjk-black", "notoserifcjk-bold", "notoserifsc", "sourcehanserif", "notoserifcjk", "songti", "simsun")
"""Beginnings of files' names, the best first: for words, and for what a sign calls out."""
ENDINGS = frozenset({".ttf", ".ttc", ".otf", ".otc"})
FACES = 12
"""A collection holds at most about so many faces; one of them is the mainland's."""
SHOWN = f"山货{yuan(1)}"


@dataclass(frozen=True)
class Typeface:
    """One face in a file."""

    path: str
    index: int

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        """Return it in a size, in pixels."""
        return ImageFont.truetype(self.path, size, index=self.index)


@dataclass(frozen=True)
class Typefaces:
    """What a picture is lettered in."""

    text: Typeface
    sign: Typeface


def _folders() -> list[Path]:
    home = Path.home()
    data = os.environ.get("XDG_DATA_HOME")
    mine = [Path(data) / "fonts"] if data else []
    return [
        *mine,
        home / ".local/share/fonts",
        home / ".fonts",
        home / "Library/Fonts",
        *map(
            Path,
            (
                "/usr/local/share/fonts",
                "/usr/share/fonts",
                "/Library/Fonts",
                "/System/Library/Fonts",
                "C:/Windows/Fonts",
            ),
        ),
    ]


def _files() -> Iterator[Path]:
    for folder in _folders():
        if folder.is_dir():
            yield from (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in ENDINGS)


def _face(path: Path) -> Typeface | None:
    """Return the face of a file in which our words can be read, the mainland's where there are several."""
    fit = []
    for index in range(FACES):
        try:
            font = ImageFont.truetype(str(path), 24, index=index)
        except OSError:
            break
        missing = bytes(font.getmask("\uffff"))
        if all(bytes(font.getmask(one)) != missing for one in SHOWN):
            fit.append((" SC" not in f" {font.getname()[0]}", index))
    return Typeface(str(path), min(fit)[1]) if fit else None


def _first(wanted: tuple[str, ...], files: list[Path]) -> Typeface | None:
    named = (path for begins in wanted for path in files if path.name.lower().startswith(begins))
    return next((face for face in map(_face, named) if face is not None), None)


@cache
def typefaces() -> Typefaces | None:
    """Return the faces to letter with, or None where this machine has no Chinese one; looked for once."""
    files = list(_files())
    text, sign = _first(TEXT, files), _first(SIGN, files)
    either = text or sign
    return None if either is None else Typefaces(text or either, sign or either)
