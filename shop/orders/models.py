"""Baskets and orders. An order has one part per vendor; lines keep what was bought at which price."""

from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.catalog.models import ReturnClass, Variant
from shop.kernel.db import Code, Key, Line, Model, Moment, Prose, choice
from shop.kernel.languages import Language
from shop.kernel.states import HistoryColumns
from shop.vendors.models import Vendor


class OrderState(StrEnum):
    """An order between the click and its end; how far its goods are is read from its vendor orders."""

    PLACED = "placed"
    AGREED = "agreed"
    """To be paid in cash when the goods are handed over."""
    PAID = "paid"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    DONE = "done"


class Handing(StrEnum):
    """How goods reach their buyer."""

    DELIVERY = "delivery"
    COLLECTION = "collection"
    """At the centre."""


class Box(StrEnum):
    """Goods that travel together; each box is a parcel of its own."""

    AMBIENT = "ambient"
    CHILLED = "chilled"
    FROZEN = "frozen"


class VendorOrderState(StrEnum):
    """One vendor's part of an order, from the asking to the door."""

    WAITING = "waiting"
    POOLED = "pooled"
    """Several households bring these goods together; which of them is decided after the cut-off."""
    SHARED = "shared"
    """Given to its household, which has not been asked yet."""
    ASKED = "asked"
    READY = "ready"
    RECEIVED = "received"
    REJECTED = "rejected"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    PASSED_ON = "passed_on"
    """Other households bring its goods; nothing is left in it."""


class Basket(Model):
    """What a visitor or member means to buy; it holds nothing back from others."""

    __tablename__ = "basket"

    id: Mapped[Key]
    token: Mapped[str | None] = mapped_column(String(40), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), unique=True)
    updated_at: Mapped[Moment]
    lines: Mapped[list["BasketLine"]] = relationship(
        lazy="selectin", order_by="BasketLine.id", cascade="all, delete-orphan"
    )


class BasketLine(Model):
    """A wanted number of one variant."""

    __tablename__ = "basket_line"
    __table_args__ = (
        UniqueConstraint("basket_id", "variant_id"),
        CheckConstraint("quantity BETWEEN 1 AND 999", name="quantity"),
    )

    id: Mapped[Key]
    basket_id: Mapped[int] = mapped_column(ForeignKey("basket.id"), index=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"), index=True)
    quantity: Mapped[int]
    seen_fen: Mapped[int | None] = mapped_column(BigInteger)
    """The price of one when its buyer last looked; a page says aloud what has changed since."""


class Order(Model):
    """One purchase by one buyer from any number of vendors."""

    __tablename__ = "order"
    __table_args__ = (
        CheckConstraint("goods_fen > 0 AND freight_fen >= 0", name="amounts"),
        CheckConstraint("total_fen = goods_fen + freight_fen", name="total"),
        Index(None, "state", "hold_until"),
    )

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    checkout_key: Mapped[Code] = mapped_column(unique=True)
    """Made with the checkout page: a second click finds the first order."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    browser: Mapped[str] = mapped_column(String(32), default="", index=True)
    """A digest of the basket it was placed from: unpaid orders are counted by it."""
    name: Mapped[Line]
    phone: Mapped[str] = mapped_column(String(20), index=True)
    handing: Mapped[Handing] = mapped_column(choice(Handing, "handing"), default=Handing.DELIVERY)
    province: Mapped[Line]
    city: Mapped[Line]
    district: Mapped[Line]
    street: Mapped[Line] = mapped_column(index=True)
    """Empty, like the three before it, when the goods are collected."""
    note: Mapped[Prose] = mapped_column(default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    """Where the buyer wants messages about this order as well; empty when nowhere."""
    language: Mapped[Language] = mapped_column(choice(Language, "language"), default=Language.HANS)
    """In which it was placed, and its buyer is written to."""
    state: Mapped[OrderState] = mapped_column(choice(OrderState, "state"), default=OrderState.PLACED)
    goods_fen: Mapped[int] = mapped_column(BigInteger)
    freight_fen: Mapped[int] = mapped_column(BigInteger)
    total_fen: Mapped[int] = mapped_column(BigInteger)
    placed_at: Mapped[Moment] = mapped_column(index=True)
    hold_until: Mapped[Moment]
    promised_on: Mapped[date | None] = mapped_column(Date)
    """The town's day by which it was promised to arrive, or to lie ready at the centre."""
    at_once: Mapped[bool] = mapped_column(default=False)
    """Taken along from what lies at the counter: no household is asked for it."""
    vendor_orders: Mapped[list["VendorOrder"]] = relationship(lazy="selectin", order_by="VendorOrder.id")


class VendorOrder(Model):
    """One vendor's part of an order, as far as it travels in one box."""

    __tablename__ = "vendor_order"
    __table_args__ = (
        UniqueConstraint("order_id", "vendor_id", "box", "is_pool"),
        Index(None, "vendor_id", "state"),
        Index(None, "state", "due_on"),
    )

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), index=True)
    box: Mapped[Box] = mapped_column(choice(Box, "box"), default=Box.AMBIENT)
    is_pool: Mapped[bool] = mapped_column(default=False)
    """Its vendor sells these goods for several households; the vendor is not asked for them."""
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("vendor_order.id"), index=True)
    """The pool's part that this was shared out from, where its household does not sell the goods itself."""
    fee_bp: Mapped[int]
    """The centre's fee agreed when the order was placed."""
    due_on: Mapped[date | None] = mapped_column(Date)
    """The town's day on which the goods are wanted at the centre, once they are asked for."""
    answered_at: Mapped[Moment | None]
    """When its household said that there are some: all that was asked for, or fewer."""
    state: Mapped[VendorOrderState] = mapped_column(choice(VendorOrderState, "state"), default=VendorOrderState.WAITING)
    order: Mapped[Order] = relationship(lazy="select", back_populates="vendor_orders")
    vendor: Mapped[Vendor] = relationship(lazy="joined", innerjoin=True)
    lines: Mapped[list["OrderLine"]] = relationship(lazy="selectin", order_by="OrderLine.id")


class OrderLine(Model):
    """So many of one variant at the price of the day, with its frozen share of the freight."""

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND price_fen > 0", name="bought"),
        CheckConstraint("rejected BETWEEN 0 AND quantity", name="rejected"),
        CheckConstraint("freight_share_fen >= 0", name="freight"),
        CheckConstraint("weight_back_fen >= 0", name="weight_back"),
        CheckConstraint("weight_over_fen >= 0 AND (weight_over_fen = 0 OR weight_back_fen = 0)", name="weight_over"),
    )

    id: Mapped[Key]
    vendor_order_id: Mapped[int] = mapped_column(ForeignKey("vendor_order.id"), index=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"), index=True)
    title: Mapped[Line]
    unit: Mapped[str] = mapped_column(String(8))
    pieces: Mapped[int]
    price_fen: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[int]
    gross_g: Mapped[int]
    freight_share_fen: Mapped[int] = mapped_column(BigInteger)
    rejected: Mapped[int] = mapped_column(default=0)
    """How many will not come (turned down at intake, cancelled, not there); they were refunded."""
    listing_version_id: Mapped[int | None] = mapped_column(ForeignKey("listing_version.id"), index=True)
    """The listing as the buyer saw it; none on lines older than kept versions."""
    harvest_on: Mapped[date | None] = mapped_column(Date)
    """The town's day on which it is gathered, when it was ordered ahead."""
    per_500g_fen: Mapped[int | None] = mapped_column(BigInteger)
    """Sold by weight at this price; `price_fen` is then the ceiling of a piece."""
    weighed_g: Mapped[int | None]
    """What the pieces taken in weighed together."""
    weight_back_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    """What went back to the buyer because they weighed less than the ceiling."""
    weight_over_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    """What they cost above the ceiling because they weighed more; the centre carries it, not the buyer."""
    return_class: Mapped[ReturnClass | None] = mapped_column(choice(ReturnClass, "return_class"))
    """Which right to return it its buyer was told of; none on lines older than the promise."""
    exception_confirmed: Mapped[bool] = mapped_column(default=False)
    """The buyer ticked, for this purchase, that it cannot be returned without a reason."""
    variant: Mapped[Variant] = relationship(lazy="raise_on_sql")

    @property
    def kept_fen(self) -> int:
        """What the buyer pays for the pieces of it that come."""
        return self.price_fen * (self.quantity - self.rejected) - self.weight_back_fen


class OrderHistory(HistoryColumns, Model):
    """One passage of an order, or of a vendor's part of it."""

    __tablename__ = "order_history"

    id: Mapped[Key]
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    vendor_order_id: Mapped[int | None] = mapped_column(ForeignKey("vendor_order.id"), index=True)


class CancelWish(Model):
    """A buyer's wish to be let go after the centre took goods in; a person answers it."""

    __tablename__ = "cancel_wish"

    id: Mapped[Key]
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), unique=True)
    reason: Mapped[Line] = mapped_column(default="")
    asked_at: Mapped[Moment]
    answered_at: Mapped[Moment | None] = mapped_column(index=True)
    answered_by: Mapped[Code] = mapped_column(default="")
    is_granted: Mapped[bool | None]
    """What the answer was; None while there is none."""
    answer: Mapped[Line] = mapped_column(default="")
