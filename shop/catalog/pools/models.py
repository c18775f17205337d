"""A pooled listing: who brings its goods, how much of them, and how much a day at most."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.kernel.db import Code, Key, Model, Moment
from shop.vendors.models import Vendor


class Pool(Model):
    """A listing whose goods several households bring; its row lock makes one sharing-out follow the other."""

    __tablename__ = "pool"

    id: Mapped[Key]
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    suppliers: Mapped[list["Supplier"]] = relationship(lazy="selectin", order_by="Supplier.id")


class Supplier(Model):
    """A household that brings some of a pool; one that no longer does is kept for those who ask later."""

    __tablename__ = "pool_supplier"
    __table_args__ = (
        UniqueConstraint("pool_id", "vendor_id"),
        CheckConstraint("share BETWEEN 0 AND 1000", name="share"),
        CheckConstraint("most BETWEEN 1 AND 100000", name="most"),
    )

    id: Mapped[Key]
    pool_id: Mapped[int] = mapped_column(ForeignKey("pool.id"))
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), index=True)
    share: Mapped[int]
    """Its quota, as a weight beside the others'; 0 brings nothing."""
    most: Mapped[int]
    """The most it brings a day, in pieces: three trays of 30 eggs are 90."""
    owed: Mapped[int] = mapped_column(BigInteger, default=0)
    """How far it is behind its quota, in millionths of a unit; negative when it had more. Whose turn it is."""
    vendor: Mapped[Vendor] = relationship(lazy="joined", innerjoin=True)


class SupplierHistory(Model):
    """What was agreed with a household of a pool, by whom and when."""

    __tablename__ = "pool_supplier_history"

    id: Mapped[Key]
    supplier_id: Mapped[int] = mapped_column(ForeignKey("pool_supplier.id"), index=True)
    share: Mapped[int]
    most: Mapped[int]
    at: Mapped[Moment]
    actor: Mapped[Code]
