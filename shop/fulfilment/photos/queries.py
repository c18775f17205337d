"""Reads of photos of open boxes."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.fulfilment.models import Parcel
from shop.fulfilment.photos.models import BoxPhoto
from shop.orders.models import Box


def waiting_photos(session: Session, order_id: int, box: Box) -> int:
    """Return how many photos were taken of a box that is not closed yet."""
    wanted = select(func.count()).where(
        BoxPhoto.order_id == order_id, BoxPhoto.box == box, BoxPhoto.parcel_id.is_(None)
    )
    return session.scalar(wanted) or 0


def photos_of(session: Session, parcel_code: str) -> list[str]:
    """Return the photos of a parcel before it was closed, oldest first."""
    wanted = select(BoxPhoto.key).join(Parcel, Parcel.id == BoxPhoto.parcel_id).where(Parcel.code == parcel_code)
    return list(session.scalars(wanted.order_by(BoxPhoto.id)))
