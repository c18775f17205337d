"""Goods: categories, listings, the ways they are sold, their photos, stock and holds."""

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.kernel.db import Code, Key, Line, Model, Moment, Prose, choice
from shop.kernel.states import HistoryColumns
from shop.media.models import Photo
from shop.vendors.models import Vendor

ALL_YEAR = 0b1111_1111_1111


class ListingState(StrEnum):
    """Where a listing stands between the villager's phone and the shelf."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    PAUSED = "paused"
    ARCHIVED = "archived"


class HoldState(StrEnum):
    """A hold keeps goods for an order until it is paid (taken) or ends (released)."""

    HELD = "held"
    TAKEN = "taken"
    RELEASED = "released"


class StockReason(StrEnum):
    """Why stock moved."""

    OPENING = "opening"
    COUNTED = "counted"
    SOLD = "sold"
    CANCELLED = "cancelled"


class Category(Model):
    """A shelf of the market."""

    __tablename__ = "category"

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Line]
    name_en: Mapped[Line]
    hint: Mapped[Line]
    position: Mapped[int]


class Listing(Model):
    """A thing offered by one vendor."""

    __tablename__ = "listing"
    __table_args__ = (
        CheckConstraint("season_bits BETWEEN 1 AND 4095", name="season"),
        CheckConstraint("shelf_days IS NULL OR shelf_days > 0", name="shelf"),
        Index(None, "state", "category_id"),
    )

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    ref: Mapped[str | None] = mapped_column(String(40), unique=True)
    """The vendor's or an import's own number."""
    offer_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    """Made with the page on which it was offered: the same page sent twice offers one thing."""
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), index=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    title: Mapped[Line]
    story: Mapped[Prose]
    keep_note: Mapped[Line] = mapped_column(default="")
    shelf_days: Mapped[int | None]
    season_bits: Mapped[int] = mapped_column(default=ALL_YEAR)
    """Bit 0 is January; 4095 is the whole year."""
    tags: Mapped[list[str]]
    state: Mapped[ListingState] = mapped_column(choice(ListingState, "state"), default=ListingState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    search_seq: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    """Position in the change sequence that the search index follows."""
    created_at: Mapped[Moment]
    published_at: Mapped[Moment | None] = mapped_column(index=True)

    vendor: Mapped[Vendor] = relationship(lazy="raise_on_sql")
    category: Mapped[Category] = relationship(lazy="raise_on_sql")
    variants: Mapped[list["Variant"]] = relationship(lazy="raise_on_sql", order_by="Variant.id")
    photos: Mapped[list["ListingPhoto"]] = relationship(
        lazy="raise_on_sql", order_by="ListingPhoto.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - how SQLAlchemy wants it


class Variant(Model):
    """One way a listing is sold, with its price and stock. Scarce: `on_hand - held` pieces are free."""

    __tablename__ = "variant"
    __table_args__ = (
        CheckConstraint("price_fen > 0", name="price"),
        CheckConstraint("pieces > 0", name="pieces"),
        CheckConstraint("gross_g > 0", name="gross"),
        CheckConstraint("held >= 0 AND held <= on_hand", name="stock"),
    )

    id: Mapped[Key]
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    unit: Mapped[str] = mapped_column(String(8))
    pieces: Mapped[int] = mapped_column(default=1)
    gross_g: Mapped[int]
    price_fen: Mapped[int] = mapped_column(BigInteger)
    on_hand: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    listing: Mapped[Listing] = relationship(lazy="raise_on_sql", back_populates="variants")


class ListingPhoto(Model):
    """A photo shown for a listing; position 0 is the cover."""

    __tablename__ = "listing_photo"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    photo_key: Mapped[str] = mapped_column(ForeignKey("photo.key"), index=True)
    photo: Mapped[Photo] = relationship(lazy="raise_on_sql")


class ListingHistory(HistoryColumns, Model):
    """One passage of a listing, who made it and why."""

    __tablename__ = "listing_history"

    id: Mapped[Key]
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)


class Hold(Model):
    """Pieces of one variant kept for one order; ends once, as taken or released."""

    __tablename__ = "stock_hold"
    __table_args__ = (UniqueConstraint("reference", "variant_id"), CheckConstraint("quantity > 0", name="quantity"))

    id: Mapped[Key]
    reference: Mapped[Code]
    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"), index=True)
    quantity: Mapped[int]
    state: Mapped[HoldState] = mapped_column(choice(HoldState, "state"), default=HoldState.HELD)
    created_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]


class StockMovement(Model):
    """One change of stock and its reason; a variant's movements sum to what is on hand."""

    __tablename__ = "stock_movement"
    __table_args__ = (CheckConstraint("delta <> 0", name="delta"),)

    id: Mapped[Key]
    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"), index=True)
    delta: Mapped[int]
    reason: Mapped[StockReason] = mapped_column(choice(StockReason, "reason"))
    reference: Mapped[Code]
    at: Mapped[Moment]
    actor: Mapped[Code]


class ChangeCounter(Model):
    """Counts searchable changes; its row lock makes the order of numbers the order of commits."""

    __tablename__ = "catalogue_change_counter"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[Key]
    value: Mapped[int] = mapped_column(BigInteger)
