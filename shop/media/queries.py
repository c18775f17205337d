"""Photos as pages show them."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.media.models import Photo
from shop.media.rules import FULL, actual_width, shown_widths, url

USUAL = 640
"""Width of the file named in `src`, for browsers that do not read `srcset`."""


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
    """What the photo component draws: `srcset` lists JPEG files, `sources` WebP files, both with widths in pixels."""

    alt: str
    width: int
    height: int
    colour: str
    colour_class: str | None
    src: str
    srcset: str
    sources: str


def photo_facts(photo: Photo) -> PhotoFacts:
    """Return a photo's facts."""
    return PhotoFacts(photo.key, photo.width, photo.height, photo.bytes, photo.colour, photo.ready_at is not None)


def photo(session: Session, key: str) -> PhotoFacts | None:
    """Return the facts of the photo with that key, or None."""
    row = session.get(Photo, key)
    return None if row is None else photo_facts(row)


def picture(photo: Photo | PhotoFacts, alt: str) -> Picture | None:
    """Return what draws a photo, or None until its renditions are there."""
    facts = photo if isinstance(photo, PhotoFacts) else photo_facts(photo)
    if not facts.is_ready:
        return None
    widths = shown_widths(facts.width)
    return Picture(
        alt=alt,
        width=facts.width,
        height=facts.height,
        colour=facts.colour,
        colour_class=None,
        src=url(facts.key, USUAL if USUAL in widths else FULL, "jpg"),
        srcset=_srcset(facts, widths, "jpg"),
        sources=_srcset(facts, widths, "webp"),
    )


def _srcset(facts: PhotoFacts, widths: tuple[int, ...], extension: str) -> str:
    return ", ".join(f"{url(facts.key, w, extension)} {actual_width(w, facts.width)}w" for w in widths)
