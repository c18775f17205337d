"""A thing that a villager has begun to list: what was said of it so far, and its photos."""

from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.kernel.db import Code, Key, Model, Moment
from shop.media.models import Photo


class OfferDraft(Model):
    """A thing begun on a phone, kept at every step until it is sent for review, thrown away or forgotten."""

    __tablename__ = "offer_draft"

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    """Made with the page on which it was begun: the same page begins one thing, and sends one."""
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), index=True)
    told: Mapped[dict[str, Any]]
    """What `shop.catalog.drafts.rules.as_kept` returns, a kept format."""
    begun_at: Mapped[Moment]
    touched_at: Mapped[Moment] = mapped_column(index=True)
    listing_id: Mapped[int | None] = mapped_column(ForeignKey("listing.id"), index=True)
    """What it became when it was sent."""
    photos: Mapped[list["OfferDraftPhoto"]] = relationship(
        lazy="raise_on_sql", order_by="(OfferDraftPhoto.position, OfferDraftPhoto.id)", viewonly=True
    )


class OfferDraftPhoto(Model):
    """A photo of a thing that was begun; one taken away can be brought back."""

    __tablename__ = "offer_draft_photo"
    __table_args__ = (UniqueConstraint("draft_id", "client_key"), UniqueConstraint("draft_id", "photo_key"))

    id: Mapped[Key]
    draft_id: Mapped[int] = mapped_column(ForeignKey("offer_draft.id"), index=True)
    position: Mapped[int]
    photo_key: Mapped[str] = mapped_column(ForeignKey("photo.key"), index=True)
    client_key: Mapped[str | None] = mapped_column(String(32))
    """Made on the phone: the same photo sent again after a lost answer is one photo."""
    removed_at: Mapped[Moment | None]
    photo: Mapped[Photo] = relationship(lazy="raise_on_sql")
