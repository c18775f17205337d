"""Photos that are not for everybody: papers, licences. Their files have names that no address of the shop reaches."""

import secrets

from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.edge import Transaction
from shop.kernel.errors import Forbidden
from shop.media.models import PrivatePhoto
from shop.media.queries import Picture
from shop.media.rules import MAX_BYTES, TYPES, BadPhoto, Flaw, private_name
from shop.media.sandbox import decoded
from shop.media.storage import Store


def receive_private(
    transaction: Transaction,
    store: Store,
    raw: bytes,
    *,
    actor: Actor,
    clock: Clock,
    max_bytes: int = MAX_BYTES,
) -> str:
    """Take in a photo that only some may see, and return its key; it is re-encoded as `services.receive` does.

    Raises:
        Forbidden: a visitor sends no photos.
        BadPhoto: the file is not a photo that can be shown; nothing was kept.
    """
    if actor.user_id is None and not actor.is_system:
        raise Forbidden("photo.receive")
    if len(raw) > max_bytes:
        raise BadPhoto(Flaw.TOO_LARGE)
    plain, key = decoded(raw), secrets.token_hex(32)
    store.put(private_name(key), plain.jpeg, TYPES["jpg"])
    with transaction() as session:
        session.add(
            PrivatePhoto(
                key=key,
                width=plain.width,
                height=plain.height,
                bytes=len(plain.jpeg),
                uploader_id=actor.user_id,
                created_at=clock(),
            )
        )
    return key


def private_picture(session: Session, key: str, *, src: str, alt: str) -> Picture | None:
    """Return what draws a private photo from the address of whoever shows it, or None when there is no such photo."""
    row = session.get(PrivatePhoto, key)
    if row is None:
        return None
    return Picture(
        alt=alt,
        width=row.width,
        height=row.height,
        colour="",
        colour_class=None,
        src=src,
        srcset=f"{src} {row.width}w",
        sources="",
    )


def private_photo(store: Store, key: str) -> bytes | None:
    """Return a private photo as JPEG, or None when its file is gone; the caller has judged who asks."""
    return store.get(private_name(key))


def forget_private(session: Session, key: str) -> None:
    """Remove a private photo's row; its file goes after the commit, see `drop_private`."""
    row = session.get(PrivatePhoto, key)
    if row is not None:
        session.delete(row)


def drop_private(store: Store, key: str) -> None:
    """Remove a private photo's file, once no row speaks of it any more."""
    store.delete(private_name(key))
