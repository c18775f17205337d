"""Photos as pages show them."""

from dataclasses import dataclass

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


def photo_facts(photo: Photo) -> PhotoFacts:
    """Return a photo's facts."""
    return PhotoFacts(photo.key, photo.width, photo.height, photo.bytes, photo.colour, photo.ready_at is not None)


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
    facts = photo if isinstance(photo, PhotoFacts) else photo_facts(photo)
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
