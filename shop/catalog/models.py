"""Goods: categories, listings, the ways they are sold, their photos, stock and holds."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.kernel.db import Code, Key, Line, Model, Moment, Prose, choice
from shop.kernel.states import HistoryColumns
from shop.media.models import Photo
from shop.town.models import Village
from shop.vendors.models import Vendor

ALL_YEAR = 0b1111_1111_1111


class ListingState(StrEnum):
    """Where a listing stands between the villager's phone and the shelf."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    PAUSED = "paused"
    HIDDEN = "hidden"
    ARCHIVED = "archived"


class HiddenFor(StrEnum):
    """Why the centre or the calendar took a listing off the shelf."""

    PAPER_EXPIRED = "paper_expired"
    NOT_CONFIRMED = "not_confirmed"
    TAKEN_DOWN = "taken_down"


class RevisionState(StrEnum):
    """A change of a published listing that needs the centre's eye before it is shown."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Pricing(StrEnum):
    """How a variant's price is found: fixed for the piece, or by what the piece weighs when it is taken in."""

    PIECE = "piece"
    WEIGHT = "weight"


class ReturnClass(StrEnum):
    """Whether goods may be sent back within seven days (Consumer Protection Law, article 25)."""

    FRESH = "fresh"
    MADE_TO_ORDER = "made_to_order"
    CONFIRMED_EXCEPTION = "confirmed_exception"
    STANDARD = "standard"


class Climate(StrEnum):
    """The temperature in which goods are kept and carried."""

    DRY = "dry"
    COOL = "cool"
    CHILLED = "chilled"
    FROZEN = "frozen"


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
    WEIGHED = "weighed"


class Category(Model):
    """A shelf of the market, or a part of one, with the rules for what lies on it."""

    __tablename__ = "category"

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Line]
    name_en: Mapped[Line]
    hint: Mapped[Line]
    position: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    """The shelf this is a part of; the tree has two levels."""
    papers: Mapped[list[str]]
    """Any one of these vendors' papers (`shop.vendors.models.PaperKind`) is needed to sell here; none when empty."""
    return_class: Mapped[ReturnClass] = mapped_column(choice(ReturnClass, "return_class"), default=ReturnClass.STANDARD)
    climate: Mapped[Climate] = mapped_column(choice(Climate, "climate"), default=Climate.DRY)
    is_live: Mapped[bool] = mapped_column(default=False)
    """Live animals: no courier may carry them, they are collected (Animal Epidemic Prevention Law, 51 and 52)."""
    needs_label: Mapped[bool] = mapped_column(default=False)
    """Packed food, whose label names ingredients, shelf life and storage (Food Safety Law, article 67)."""
    parent: Mapped["Category | None"] = relationship(lazy="raise_on_sql", remote_side="Category.id")


class Listing(Model):
    """A thing offered by one vendor."""

    __tablename__ = "listing"
    __table_args__ = (
        CheckConstraint("season_bits BETWEEN 1 AND 4095", name="season"),
        CheckConstraint("shelf_days IS NULL OR shelf_days > 0", name="shelf"),
        CheckConstraint("travel_days IS NULL OR travel_days > 0", name="travel"),
        CheckConstraint("(state = 'hidden') = (hidden_for IS NOT NULL)", name="hidden_state"),
        CheckConstraint(
            "(harvest_first_on IS NULL AND harvest_last_on IS NULL AND harvest_cap IS NULL)"
            " OR (harvest_first_on IS NOT NULL AND harvest_last_on >= harvest_first_on AND harvest_cap > 0)",
            name="harvest",
        ),
        Index(None, "state", "category_id"),
        # Along which a market, a shelf and a household are read, the newest first.
        Index(None, "state", "published_at", "id"),
        Index(None, "category_id", "state", "published_at", "id"),
        Index(None, "vendor_id", "state"),
    )

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    ref: Mapped[str | None] = mapped_column(String(40), unique=True)
    """The vendor's or an import's own number."""
    offer_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    """Made with the page on which it was offered: the same page sent twice offers one thing."""
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    title: Mapped[Line]
    story: Mapped[Prose]
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"), index=True)
    """Where it comes from, when that is not the vendor's own village."""
    ingredients: Mapped[Prose] = mapped_column(default="")
    keep_note: Mapped[Line] = mapped_column(default="")
    shelf_days: Mapped[int | None]
    """How long it keeps as `keep_note` says."""
    travel_days: Mapped[int | None]
    """How many days in a parcel it bears, without cooling beyond its category's."""
    season_bits: Mapped[int] = mapped_column(default=ALL_YEAR)
    """Bit 0 is January; 4095 is the whole year."""
    harvest_first_on: Mapped[date | None] = mapped_column(Date)
    harvest_last_on: Mapped[date | None] = mapped_column(Date)
    harvest_cap: Mapped[int | None]
    """Ordered ahead: gathered from the first to the last of these town days, at most so many pieces a day."""
    tags: Mapped[list[str]]
    state: Mapped[ListingState] = mapped_column(choice(ListingState, "state"), default=ListingState.DRAFT)
    hidden_for: Mapped[HiddenFor | None] = mapped_column(choice(HiddenFor, "hidden_for"))
    version: Mapped[int] = mapped_column(default=1)
    search_seq: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    """Position in the change sequence that the search index follows."""
    created_at: Mapped[Moment]
    published_at: Mapped[Moment | None] = mapped_column(index=True)
    confirmed_at: Mapped[Moment | None]
    """When its vendor last did something that says it is still to be had."""
    asked_at: Mapped[Moment | None]
    """When its vendor was last asked whether it is."""

    vendor: Mapped[Vendor] = relationship(lazy="raise_on_sql")
    category: Mapped[Category] = relationship(lazy="raise_on_sql")
    origin: Mapped[Village | None] = relationship(lazy="raise_on_sql")
    variants: Mapped[list["Variant"]] = relationship(
        lazy="raise_on_sql",
        order_by="(Variant.position, Variant.id)",
        primaryjoin="and_(Variant.listing_id == Listing.id, Variant.is_sold.is_(True))",
        viewonly=True,
    )
    """The ways it is sold now."""
    photos: Mapped[list["ListingPhoto"]] = relationship(
        lazy="raise_on_sql",
        order_by="(ListingPhoto.position, ListingPhoto.id)",
        primaryjoin="and_(ListingPhoto.listing_id == Listing.id, ListingPhoto.removed_at.is_(None))",
        viewonly=True,
    )
    """The photos shown; the first is the cover."""

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - how SQLAlchemy wants it


class Variant(Model):
    """One way a listing is sold, with its price and stock. Scarce: what is on hand less what is held is free.

    Stock is counted in pieces. What is cut to order from a whole is counted in grams, and each piece ordered draws the
    most it may weigh.
    """

    __tablename__ = "variant"
    __table_args__ = (
        CheckConstraint("price_fen > 0", name="price"),
        CheckConstraint("pieces > 0", name="pieces"),
        CheckConstraint("gross_g > 0", name="gross"),
        CheckConstraint("held >= 0 AND held <= on_hand", name="stock"),
        CheckConstraint(
            "(pricing = 'piece' AND per_500g_fen IS NULL AND least_g IS NULL AND most_g IS NULL AND draw = 1)"
            " OR (pricing = 'weight' AND per_500g_fen > 0 AND least_g > 0 AND most_g >= least_g"
            " AND (draw = 1 OR draw = most_g))",
            name="weighed",
        ),
    )

    id: Mapped[Key]
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(20), default="")
    """What tells it from the listing's others; empty when it is the only one."""
    is_sold: Mapped[bool] = mapped_column(default=True)
    """Still offered; an ended one is kept for the orders that name it."""
    unit: Mapped[str] = mapped_column(String(8))
    pieces: Mapped[int] = mapped_column(default=1)
    net_g: Mapped[int | None]
    """What one unit weighs without its packing, as far as it is known."""
    gross_g: Mapped[int]
    """What one unit weighs in a parcel, at most."""
    pricing: Mapped[Pricing] = mapped_column(choice(Pricing, "pricing"), default=Pricing.PIECE)
    price_fen: Mapped[int] = mapped_column(BigInteger)
    """The price of one unit; by weight, the ceiling: what the heaviest costs. Nobody is ever asked for more."""
    per_500g_fen: Mapped[int | None] = mapped_column(BigInteger)
    least_g: Mapped[int | None]
    most_g: Mapped[int | None]
    draw: Mapped[int] = mapped_column(default=1)
    """How much of the stock one unit takes: 1, or the most it may weigh when the stock is counted in grams."""
    on_hand: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    listing: Mapped[Listing] = relationship(lazy="raise_on_sql")

    @property
    def free(self) -> int:
        """How many units can be bought now."""
        return (self.on_hand - self.held) // self.draw


class ListingPhoto(Model):
    """A photo of a listing; one taken away can be brought back for a while."""

    __tablename__ = "listing_photo"

    id: Mapped[Key]
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    position: Mapped[int]
    photo_key: Mapped[str] = mapped_column(ForeignKey("photo.key"), index=True)
    removed_at: Mapped[Moment | None]
    photo: Mapped[Photo] = relationship(lazy="raise_on_sql")


class ListingVersion(Model):
    """A listing exactly as it was shown; trade records are kept for three years (E-Commerce Law, article 31)."""

    __tablename__ = "listing_version"
    __table_args__ = (UniqueConstraint("listing_id", "number"),)

    id: Mapped[Key]
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    number: Mapped[int]
    facts: Mapped[dict[str, Any]]
    """What `shop.catalog.versions.as_shown` returns, a kept format."""
    at: Mapped[Moment]
    actor: Mapped[Code]


class ListingRevision(Model):
    """A wanted change of a published listing that waits for the centre; until then the old version is sold."""

    __tablename__ = "listing_revision"

    id: Mapped[Key]
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    waits_for_id: Mapped[int | None] = mapped_column(ForeignKey("listing.id"), unique=True)
    """The listing again while it waits: at most one change of a listing waits at a time."""
    base_version: Mapped[int]
    wanted: Mapped[dict[str, Any]]
    """The `Offer` as the vendor wrote it."""
    state: Mapped[RevisionState] = mapped_column(choice(RevisionState, "state"), default=RevisionState.WAITING)
    reason: Mapped[Line] = mapped_column(default="")
    made_at: Mapped[Moment]
    made_by: Mapped[Code]
    ended_at: Mapped[Moment | None]
    ended_by: Mapped[str | None] = mapped_column(String(40))


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
    draw: Mapped[int] = mapped_column(default=1)
    """How much stock each piece took when it was held."""
    harvest_on: Mapped[date | None] = mapped_column(Date)
    """The town's day on which it will be gathered, when it was ordered ahead."""
    state: Mapped[HoldState] = mapped_column(choice(HoldState, "state"), default=HoldState.HELD)
    created_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]


class Restock(Model):
    """What its household said will be there again on a later day; brought back that morning."""

    __tablename__ = "restock"
    __table_args__ = (CheckConstraint("count > 0", name="count"),)

    id: Mapped[Key]
    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"), unique=True)
    back_on: Mapped[date] = mapped_column(Date, index=True)
    count: Mapped[int]
    """In the variant's own measure: units, or grams where it is cut to order."""
    noted_at: Mapped[Moment]
    noted_by: Mapped[Code]


class HarvestDay(Model):
    """How much of a variant is promised from one day's harvest. Scarce like stock."""

    __tablename__ = "harvest_day"
    __table_args__ = (
        UniqueConstraint("variant_id", "on"),
        CheckConstraint("taken >= 0 AND taken <= cap", name="cap"),
    )

    id: Mapped[Key]
    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"))
    on: Mapped[date] = mapped_column(Date)
    cap: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)


class CounterStock(Model):
    """How many pieces of a variant lie at the centre's counter and are nobody's yet: part of its free stock."""

    __tablename__ = "counter_stock"
    __table_args__ = (CheckConstraint("pieces >= 0", name="pieces"),)

    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"), primary_key=True)
    pieces: Mapped[int]
    counted_at: Mapped[Moment]
    counted_by: Mapped[Code]


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
    mark: Mapped[str] = mapped_column(String(16), default="")
    """Random, made with the database: tells an index of another one from ours."""
