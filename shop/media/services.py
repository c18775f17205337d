"""Taking in photos and making the sizes in which they are shown."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.kernel import outbox
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge, Transaction
from shop.kernel.errors import Forbidden, NotFound
from shop.media.encoding import Plain, encoded, opened, scaled
from shop.media.models import Photo
from shop.media.queries import PhotoFacts, photo_facts
from shop.media.rules import (
    FULL,
    MAX_BYTES,
    MAX_PIXELS,
    QUALITY,
    TYPES,
    USUAL,
    BadPhoto,
    Flaw,
    file_name,
    phone_widths,
    shown_widths,
)
from shop.media.sandbox import decoded
from shop.media.storage import Store
from shop.media.topics import PHOTO_RECEIVED


@dataclass
class FileLost(Exception):
    """The store has no file for a photo that the database knows."""

    key: str


MOST_TRIES = 5
"""A photo that is swept away beneath its sender is put so often; a store that loses it each time is broken."""


class _SweptAway(Exception):
    """An older row went with its files after these were put and before this row stood: they are put once more."""


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
    """Take in a photo: check, re-encode, keep the files, then write the row and ask for its renditions.

    The files go first, outside any transaction: a file without a row harms nobody, a row without a file would. The
    same picture twice is one photo; while its older files are being swept away, it is kept under another name, so that
    nothing is removed from under it. What is refused leaves neither file nor row. A photo can be shown from now on, in
    one size that suits a phone and one that is large; the others follow.

    Args:
        transaction: opens the transaction in which the row is written.
        store: where the files are kept.
        raw: the file as sent; the caller has capped its length before reading it.
        actor: who sends it.
        clock: the house's clock.
        max_bytes: the longest file taken.
        max_pixels: the largest picture taken, width times height.

    Raises:
        Forbidden: a visitor sends no photos.
        BadPhoto: the file is not a photo that can be shown; nothing was kept.
        FileLost: the store does not keep what it is given.
    """
    if actor.user_id is None and not actor.is_system:
        raise Forbidden("photo.receive")
    if len(raw) > max_bytes:
        raise BadPhoto(Flaw.TOO_LARGE)
    plain = decoded(raw, max_pixels=max_pixels)
    key = hashlib.sha256(plain.jpeg).hexdigest()
    for _try in range(MOST_TRIES):
        files = {file_name(key, FULL, "jpg"): plain.jpeg}
        if plain.usual:
            files[file_name(key, USUAL, "jpg")] = plain.usual
        for name, kept in files.items():
            store.put(name, kept, TYPES["jpg"])
        with suppress(_SweptAway), transaction() as session:
            photo = session.get(Photo, key, with_for_update=True) or _written(session, key, plain, actor, clock)
            if photo.dropped_at is not None:
                key = hashlib.sha256(key.encode()).hexdigest()
                continue
            if not all(store.exists(name) for name in files):
                raise _SweptAway
            photo.created_at = clock()
            if photo.ready_at is None:
                outbox.post(session, PHOTO_RECEIVED, {"key": key}, clock=clock)
            return photo_facts(photo)
    raise FileLost(key)


def _written(session: Session, key: str, plain: Plain, actor: Actor, clock: Clock) -> Photo:
    photo = Photo(
        key=key,
        width=plain.width,
        height=plain.height,
        bytes=len(plain.jpeg),
        colour=plain.colour,
        uploader_id=actor.user_id,
        created_at=clock(),
    )
    try:
        with session.begin_nested():
            session.add(photo)
            session.flush()
    except IntegrityError:  # the same picture came in twice at once; theirs is ours
        return session.get_one(Photo, key, with_for_update=True)
    return photo


def make_renditions(edge: Edge, store: Store, key: str, *, clock: Clock) -> None:
    """Make every size of a photo, those of phones in AVIF too, then mark it ready; a photo that is ready is left alone.

    The photo is decoded once; each size is scaled from the one above it. Only a file that this house encoded itself is
    read here, at most 1920 px on its long edge.

    Raises:
        NotFound: there is no such photo.
        FileLost: its file is not in the store; a later try may find it.
        OSError: its file is not what was kept.
    """
    with edge.reading() as session:
        photo = session.get(Photo, key)
        if photo is None:
            raise NotFound("photo")
        if photo.ready_at is not None:
            return
        width = photo.width
    kept = store.get(file_name(key, FULL, "jpg"))
    if kept is None:
        raise FileLost(key)
    image = opened(kept)
    for named in reversed(shown_widths(width)):
        if named != FULL:
            image = scaled(image, named)
            name = file_name(key, named, "jpg")
            if named != USUAL or not store.exists(name):  # that one came with the photo, and served files never change
                store.put(name, encoded(image, "jpg", QUALITY["jpg"]), TYPES["jpg"])
        for ending in ("webp", "avif") if named in phone_widths(width) else ("webp",):
            store.put(file_name(key, named, ending), encoded(image, ending, QUALITY[ending]), TYPES[ending])
    with edge.transaction() as session:
        photo = session.get_one(Photo, key)
        photo.ready_at = photo.ready_at or clock()
