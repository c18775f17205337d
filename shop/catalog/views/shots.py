"""Photos of goods as their own household and the centre see them, also before they are ready."""

from collections.abc import Iterable

from flask import request

from shop.catalog.forms.goods import PhotoForm
from shop.catalog.rules import MAX_PHOTOS
from shop.media.queries import PhotoFacts, Picture
from shop.media.queries import photo as photo_by_key
from shop.media.queries import picture as drawn
from shop.media.rules import FULL, BadPhoto
from shop.media.rules import url as photo_url
from shop.media.services import receive
from shop.media.words import flaw_words
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _


def photos_of(keys: Iterable[str]) -> list[PhotoFacts]:
    """Return the photos with these keys that exist, in their order, each once, as many as a thing may have."""
    found = (photo_by_key(reading(), key) for key in list(dict.fromkeys(keys))[:MAX_PHOTOS])
    return [facts for facts in found if facts is not None]


def preview(photo: PhotoFacts) -> Picture:
    """Return what draws a photo at once: the file as received, while its smaller sizes are still being made."""
    alt = _("这样货的照片")
    src = photo_url(photo.key, FULL, "jpg")
    return drawn(photo, alt) or Picture(
        alt=alt,
        width=photo.width,
        height=photo.height,
        colour=photo.colour,
        colour_class=None,
        src=src,
        srcset=f"{src} {photo.width}w",
        sources="",
    )


def received(form: PhotoForm) -> PhotoFacts | None:
    """Keep the photo that was sent and return its facts; what is no photo is told at the form's field."""
    sent = request.files.get("photo")
    if sent is None or not sent.filename:
        form.photo.errors = [_("还没有照片。先点上面的框拍一张。")]
        return None
    try:
        return receive(edge().transaction, house().store, sent.read(), actor=current_actor(), clock=house().clock)
    except BadPhoto as error:
        form.photo.errors = [flaw_words(error.reason)]
        return None
