"""Questions about a listing. The phone is for one short message; no page shows it, and it goes when that was sent."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.catalog.models import Listing
from shop.kernel.db import Code, Key, Line, Model, Moment, choice
from shop.kernel.languages import Language


class ListingQuestion(Model):
    """A question about a listing, and its one answer."""

    __tablename__ = "listing_question"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answered"),
        Index(None, "listing_id", "answered_at"),
    )

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    key: Mapped[Code] = mapped_column(unique=True)
    """Made with the page on which it was asked: the same page sent twice asks once."""
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    """Who asked, when they were signed in."""
    phone: Mapped[str] = mapped_column(String(20), index=True)
    """Where it is told that there is an answer; empty once that is long ago."""
    language: Mapped[Language] = mapped_column(choice(Language, "language"), default=Language.HANS)
    """In which whoever asked reads the shop, and is told that there is an answer."""
    text: Mapped[Line]
    asked_at: Mapped[Moment]
    answer: Mapped[str] = mapped_column(String(400), default="")
    answered_at: Mapped[Moment | None] = mapped_column(index=True)
    answered_by: Mapped[Code] = mapped_column(default="")
    by_centre: Mapped[bool] = mapped_column(default=False)
    """The centre answered, not the household."""
    hidden_at: Mapped[Moment | None]
    hidden_by: Mapped[Code] = mapped_column(default="")
    hidden_why: Mapped[Line] = mapped_column(default="")
    """Which law is against it: nothing else hides a question."""
    listing: Mapped[Listing] = relationship(lazy="raise_on_sql")
