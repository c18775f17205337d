"""Photos as pages show them."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from shop.media.models import Photo
from shop.media.rules import FULL, USUAL, actual_width, early_widths, phone_widths, shown_widths, stem, url
from shop.media.tones import tone


@dataclass(frozen=True)
class PhotoFacts:
    """A photo as other rooms see it; width and height in pixels, colour as #rrggbb."""

    key: str
    width: int
    height: int
    bytes: int
    colour: str
    is_ready: bool


@dataclass(frozen=True)
class Picture:
    """What the photo component draws.

    Attributes:
        alt: words for who does not see it.
        width: of the largest file, in pixels.
        height: of the largest file, in pixels.
        colour: average, as #rrggbb.
        colour_class: paints the box in about that colour while the file is on its way; None leaves it plain.
        src: a JPEG for browsers that do not read `srcset`.
        srcset: JPEG files with their widths in pixels.
        sources: the same in WebP; empty while there are none.
        small: the file for a card on a phone, without its ending (.avif, .webp); empty while there is none.
        usual: the file that fills a phone's width, likewise.
    """

    alt: str
    width: int
    height: int
    colour: str
    colour_class: str | None
    src: str
    srcset: str
    sources: str
    small: str = ""
    usual: str = ""


MOST = 4096
"""Pictures kept in a process: a page has dozens, most of them the next page's too."""
COVER = (Photo.key.label("cover"), Photo.width, Photo.height, Photo.bytes, Photo.colour, Photo.ready_at)
"""What a statement selects, so that its plain rows hold a photo."""


def photo_facts(photo: Photo) -> PhotoFacts:
    """Return a photo's facts."""
    return PhotoFacts(photo.key, photo.width, photo.height, photo.bytes, photo.colour, photo.ready_at is not None)


def cover_of(row: Row[Any]) -> PhotoFacts | None:
    """Return the photo of a row that has the columns of `COVER`, or None where there is none."""
    if row.cover is None:
        return None
    return PhotoFacts(row.cover, row.width, row.height, row.bytes, row.colour, row.ready_at is not None)


def photo(session: Session, key: str) -> PhotoFacts | None:
    """Return the facts of the photo with that key, or None."""
    row = session.get(Photo, key)
    return None if row is None else photo_facts(row)


def picture(photo: Photo | PhotoFacts | None, alt: str) -> Picture | None:
    """Return what draws a photo, or None for none.

    A photo whose sizes are still being made is drawn from those that came with it, so a page never shows a gap for it.
    """
    if photo is None:
        return None
    return _drawn(photo if isinstance(photo, PhotoFacts) else photo_facts(photo), alt)


@lru_cache(MOST)
def _drawn(facts: PhotoFacts, alt: str) -> Picture:
    small, usual = phone_widths(facts.width)
    widths = shown_widths(facts.width) if facts.is_ready else early_widths(facts.width)
    return Picture(
        alt=alt,
        width=facts.width,
        height=facts.height,
        colour=facts.colour,
        colour_class=tone(facts.colour),
        src=url(facts.key, USUAL if USUAL in widths else FULL, "jpg"),
        srcset=_srcset(facts, widths, "jpg"),
        sources=_srcset(facts, widths, "webp") if facts.is_ready else "",
        small=stem(facts.key, small) if facts.is_ready else "",
        usual=stem(facts.key, usual) if facts.is_ready else "",
    )


def _srcset(facts: PhotoFacts, widths: tuple[int, ...], extension: str) -> str:
    return ", ".join(f"{url(facts.key, w, extension)} {actual_width(w, facts.width)}w" for w in widths)
