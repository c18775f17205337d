"""The change sequence that the search index follows."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.catalog.models import ChangeCounter, Listing
from shop.vendors.models import Vendor


def touch(session: Session, listing_id: int) -> None:
    """Give a changed listing the next place in the change sequence.

    The counter's row lock makes the order of numbers the order of commits: an index that has read up to n has missed
    nothing below n. The listing's own version stays: nothing that people edit has changed by it.
    """
    session.flush()
    counted = update(ChangeCounter).values(value=ChangeCounter.value + 1).returning(ChangeCounter.value)
    place = session.execute(counted, execution_options={"synchronize_session": False}).scalar_one()
    session.execute(
        update(Listing).where(Listing.id == listing_id).values(search_seq=place),
        execution_options={"synchronize_session": False},
    )


def touch_village(session: Session, village_id: int) -> None:
    """Let the index read anew everything from a village: its name changed."""
    wanted = (
        select(Listing.id).join(Vendor).where((Vendor.village_id == village_id) | (Listing.origin_id == village_id))
    )
    for listing_id in session.scalars(wanted).all():
        touch(session, listing_id)


def touch_vendor(session: Session, vendor_id: int) -> None:
    """Let the index read anew everything of a vendor: whether it may be shown has changed."""
    for listing_id in session.scalars(select(Listing.id).where(Listing.vendor_id == vendor_id)).all():
        touch(session, listing_id)
