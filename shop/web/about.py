"""What a page says of itself to those who do not read it: search engines, and whoever shares its address."""

from dataclasses import dataclass

from flask import url_for

from shop.media.queries import Picture
from shop.media.rules import SIGN
from shop.web.house import house
from shop.web.i18n import _

LONGEST = 120
"""Characters of a description; more is cut off where it is shown."""
SHARED_WIDTH = 1200
"""A shared picture is shown about this wide."""


@dataclass(frozen=True)
class Image:
    """A picture at an address of its own."""

    url: str
    width: int
    height: int
    alt: str
    kind: str = "image/jpeg"


@dataclass(frozen=True)
class About:
    """What a page says of itself.

    Attributes:
        kind: `website`, `product` or `article`.
        image: its own picture, if it has one.
        price: in yuan, where it has one.
        url: its whole address, where that is another than the page's own.
    """

    title: str
    description: str
    kind: str = "website"
    image: Image | None = None
    price: str | None = None
    url: str | None = None

    @property
    def card(self) -> Image:
        """Return the picture that a chat shows: its own, else the shop's sign."""
        return self.image or Image(absolute(url_for("media.sign")), SIGN, SIGN, _("山货"), kind="image/png")


def absolute(path: str) -> str:
    """Return the whole address of one of our pages or files."""
    return house().settings.public_url + path


def widest(picture: Picture) -> str:
    """Return the path of a photo's largest file."""
    return max(_files(picture))[1]


def _files(picture: Picture) -> list[tuple[int, str]]:
    return [(int(width.removesuffix("w")), url) for url, width in map(str.split, picture.srcset.split(", "))]


def shared(picture: Picture | None) -> Image | None:
    """Return the file of a photo that is as wide as a shared picture is shown, or the widest there is."""
    if picture is None:
        return None
    files = _files(picture)
    width, url = min((file for file in files if file[0] >= SHARED_WIDTH), default=max(files))
    return Image(absolute(url), width, picture.height * width // picture.width, picture.alt)


def described(*parts: str) -> str:
    """Return sentences as one line, cut where it grows too long."""
    line = " ".join(" ".join(part.split()) for part in parts if part)
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
