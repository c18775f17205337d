"""Writes of photos of open boxes."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.fulfilment.models import Parcel
from shop.fulfilment.photos.models import BoxPhoto
from shop.fulfilment.services import check_bench
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Invalid
from shop.orders.models import Box

MAX_BOX_PHOTOS = 12
"""Of one box of one order, all its packings together."""


def add_box_photo(
    session: Session, order_id: int, box: Box, number: int, key: str, *, actor: Actor, clock: Clock
) -> None:
    """Keep a private photo of a box that is being filled; it goes with the parcel once that is closed.

    Args:
        number: of the parcel, where the box goes into several.

    Raises:
        Forbidden: the actor does not work at the bench.
        Invalid: there are as many of this box as there may be.
    """
    check_bench(actor, "packer")
    kept = session.scalar(select(func.count()).where(BoxPhoto.order_id == order_id, BoxPhoto.box == box)) or 0
    if kept >= MAX_BOX_PHOTOS:
        raise Invalid("photo", "many")
    photo = BoxPhoto(order_id=order_id, box=box, number=number, key=key, at=clock(), actor=actor.label)
    session.add(photo)
    session.flush()


def give_photos(session: Session, order_id: int, box: Box, parcels: Sequence[Parcel]) -> None:
    """Let the photos of a box go with the parcels it was closed as."""
    wanted = select(BoxPhoto).where(BoxPhoto.order_id == order_id, BoxPhoto.box == box, BoxPhoto.parcel_id.is_(None))
    for photo in session.scalars(wanted):
        photo.parcel_id = parcels[min(photo.number, len(parcels)) - 1].id
    session.flush()
