"""Applications to sell here, the papers shown with them, and how vendors are paid."""

from datetime import date
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.kernel.db import Code, Key, Line, Model, Moment, choice
from shop.kernel.states import HistoryColumns
from shop.vendors.models import Standing


class ApplicationKind(StrEnum):
    """What is applied for."""

    JOIN = "join"
    STANDING = "standing"
    """A vendor who sells already now sells on another ground: only that part is looked at again."""


class ApplicationState(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    APPLIED = "applied"
    NEEDS_FIXING = "needs_fixing"
    APPROVED = "approved"
    REFUSED = "refused"


class Part(StrEnum):
    """The five steps of an application."""

    WHO = "who"
    VILLAGE = "village"
    STANDING = "standing"
    PAPERS = "papers"
    PAY = "pay"


class Proof(StrEnum):
    """What an applicant shows."""

    OWN_WORK = "own_work"
    """A photo of the own field, animals or handiwork: why no registration is needed (E-Commerce Law, article 10)."""
    REGISTRATION = "registration"
    """The business licence, or a cooperative's or collective's registration, with its unified code."""
    WORKSHOP_FILING = "workshop_filing"
    FOOD_LICENCE = "food_licence"
    QUARANTINE = "quarantine"
    LIQUOR_LICENCE = "liquor_licence"


class PayWay(StrEnum):
    """How a vendor gets their money."""

    BANK = "bank"
    WECHAT = "wechat"
    CASH = "cash"


class Application(Model):
    """What somebody tells who wants to sell here; kept from the first step on."""

    __tablename__ = "application"

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    kind: Mapped[ApplicationKind] = mapped_column(choice(ApplicationKind, "kind"))
    state: Mapped[ApplicationState] = mapped_column(
        choice(ApplicationState, "state"), default=ApplicationState.DRAFT, index=True
    )
    version: Mapped[int] = mapped_column(default=1)
    """Raised with each change, so that nobody sends or judges what they have not seen."""
    applicant_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendor.id"), index=True)
    """Who applies for another standing, or who the applicant became."""
    name: Mapped[Line] = mapped_column(default="")
    """Of the household."""
    person: Mapped[Line] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(String(20))
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"), index=True)
    standing: Mapped[Standing | None] = mapped_column(choice(Standing, "standing"))
    goods: Mapped[list[str]] = mapped_column(default=list)
    """Codes of the shelves on which they want to sell."""
    pay_way: Mapped[PayWay | None] = mapped_column(choice(PayWay, "pay_way"))
    pay_secret: Mapped[str] = mapped_column(Text, default="")
    """Sealed; emptied when the application is decided."""
    pay_tail: Mapped[str] = mapped_column(String(4), default="")
    pay_consent_at: Mapped[Moment | None]
    """When the applicant agreed that their account is kept (PIPL, article 29)."""
    fixing: Mapped[list[str]] = mapped_column(default=list)
    """The parts that were sent back."""
    reason: Mapped[Line] = mapped_column(default="")
    """What the centre said last."""
    created_at: Mapped[Moment]
    changed_at: Mapped[Moment]
    sent_at: Mapped[Moment | None]
    papers: Mapped[list["ApplicationPaper"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="ApplicationPaper.id"
    )


class ApplicationPaper(Model):
    """One thing shown with an application: a photo, or the word that it will be brought to the centre."""

    __tablename__ = "application_paper"
    __table_args__ = (UniqueConstraint("application_id", "proof"),)

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    proof: Mapped[Proof] = mapped_column(choice(Proof, "proof"))
    number: Mapped[Line] = mapped_column(default="")
    until: Mapped[date | None] = mapped_column(Date)
    """The last town day on which it counts; without one it does not end."""
    photo_key: Mapped[str | None] = mapped_column(ForeignKey("private_photo.key"), index=True)
    seen_by: Mapped[str] = mapped_column(String(40), default="")
    """Who of the centre saw it, when it was brought instead of photographed."""


class ApplicationHistory(HistoryColumns, Model):
    """A passage of an application; the parts that were sent back with it."""

    __tablename__ = "application_history"

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    parts: Mapped[list[str]] = mapped_column(default=list)


class PaperLook(Model):
    """Somebody of the centre opened the photo of an applicant's paper."""

    __tablename__ = "paper_look"

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    proof: Mapped[Proof] = mapped_column(choice(Proof, "proof"))
    at: Mapped[Moment]
    actor: Mapped[Code]
    reason: Mapped[Line]


class Licence(Model):
    """The registration under which a vendor sells; who is exempt has none."""

    __tablename__ = "vendor_licence"

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    number: Mapped[Line]
    seen_at: Mapped[Moment]
    seen_by: Mapped[Code]


class PayoutAccount(Model):
    """How a vendor is paid."""

    __tablename__ = "payout_account"

    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), primary_key=True)
    way: Mapped[PayWay] = mapped_column(choice(PayWay, "way"))
    secret: Mapped[str] = mapped_column(Text)
    """Holder, bank and number, sealed (`shop.kernel.vault`); empty for cash."""
    tail: Mapped[str] = mapped_column(String(4))
    """The end of the number, all that is ever shown."""
    consent_at: Mapped[Moment | None]
    changed_at: Mapped[Moment]


class PayoutChange(Model):
    """When and by whom a payout account was changed; never to which number."""

    __tablename__ = "payout_change"

    id: Mapped[Key]
    vendor_id: Mapped[int] = mapped_column(ForeignKey("vendor.id"), index=True)
    way: Mapped[PayWay] = mapped_column(choice(PayWay, "way"))
    at: Mapped[Moment]
    actor: Mapped[Code]
