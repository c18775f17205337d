"""Taking in photos and making the sizes in which they are shown."""

import hashlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.kernel import outbox
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge, Transaction
from shop.kernel.errors import Forbidden, NotFound
from shop.media.models import Photo
from shop.media.pictures import Plain, encoded, plain, resized
from shop.media.queries import PhotoFacts, photo_facts
from shop.media.rules import FULL, MAX_BYTES, MAX_PIXELS, TYPES, BadPhoto, Flaw, file_name, shown_widths
from shop.media.storage import Store
from shop.media.topics import PHOTO_RECEIVED

JPEG_QUALITY, WEBP_QUALITY = 80, 78


@dataclass
class FileLost(Exception):
    """The store has no file for a photo that the database knows."""

    key: str


def receive(
    transaction: Transaction,
    store: Store,
    raw: bytes,
    *,
    actor: Actor,
    clock: Clock,
    max_bytes: int = MAX_BYTES,
    max_pixels: int = MAX_PIXELS,
) -> PhotoFacts:
    """Take in a photo: check, re-encode, keep the file, then write the row and ask for its renditions.

    The file goes first, outside any transaction: a file without a row harms nobody, a row without a file would. The
    same picture twice is one photo. What is refused leaves neither file nor row.

    Args:
        transaction: opens the transaction in which the row is written.
        store: where the file is kept.
        raw: the file as sent; the caller has capped its length before reading it.
        actor: who sends it.
        clock: the house's clock.
        max_bytes: the longest file taken.
        max_pixels: the largest picture taken, width times height.

    Raises:
        Forbidden: a visitor sends no photos.
        BadPhoto: the file is not a photo that can be shown; nothing was kept.
    """
    if actor.user_id is None and not actor.is_system:
        raise Forbidden("photo.receive")
    if len(raw) > max_bytes:
        raise BadPhoto(Flaw.TOO_LARGE)
    picture = plain(raw, max_pixels=max_pixels)
    key = hashlib.sha256(picture.jpeg).hexdigest()
    store.put(file_name(key, FULL, "jpg"), picture.jpeg, TYPES["jpg"])
    with transaction() as session:
        photo = session.get(Photo, key) or _written(session, key, picture, actor, clock)
        if photo.ready_at is None:
            outbox.post(session, PHOTO_RECEIVED, {"key": key}, clock=clock)
        return photo_facts(photo)


def _written(session: Session, key: str, picture: Plain, actor: Actor, clock: Clock) -> Photo:
    photo = Photo(
        key=key,
        width=picture.width,
        height=picture.height,
        bytes=len(picture.jpeg),
        colour=picture.colour,
        uploader_id=actor.user_id,
        created_at=clock(),
    )
    try:
        with session.begin_nested():
            session.add(photo)
            session.flush()
    except IntegrityError:  # the same picture came in twice at once; theirs is ours
        return session.get_one(Photo, key)
    return photo


def make_renditions(edge: Edge, store: Store, key: str, *, clock: Clock) -> None:
    """Make every size of a photo in WebP and JPEG, then mark it ready; a photo that is ready is left alone.

    Raises:
        NotFound: there is no such photo.
        FileLost: its file is not in the store; a later try may find it.
    """
    with edge.reading() as session:
        photo = session.get(Photo, key)
        if photo is None:
            raise NotFound("photo")
        if photo.ready_at is not None:
            return
        width = photo.width
    original = store.get(file_name(key, FULL, "jpg"))
    if original is None:
        raise FileLost(key)
    for named in shown_widths(width):
        if named == FULL:
            with Image.open(BytesIO(original), formats=("JPEG",)) as whole:
                store.put(file_name(key, FULL, "webp"), encoded(whole, "webp", WEBP_QUALITY), TYPES["webp"])
            continue
        image = resized(original, named)
        store.put(file_name(key, named, "webp"), encoded(image, "webp", WEBP_QUALITY), TYPES["webp"])
        store.put(file_name(key, named, "jpg"), encoded(image, "jpg", JPEG_QUALITY), TYPES["jpg"])
    with edge.transaction() as session:
        photo = session.get_one(Photo, key)
        photo.ready_at = photo.ready_at or clock()
