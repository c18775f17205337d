"""People and how they sign in."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.kernel.db import Code, Key, Line, Model, Moment, choice


class Role(StrEnum):
    """What a person may be in the market; one person can be several."""

    BUYER = "buyer"
    VENDOR = "vendor"
    STAFF = "staff"
    """A clerk of the centre: everything on the bench but what only managers decide."""
    COUNTER = "counter"
    """Hands goods over and takes cash at the counter."""
    PACKER = "packer"
    """Takes goods in, packs them, hands parcels to the carrier."""
    DRIVER = "driver"
    FINANCE = "finance"
    """Reads the books, gives money back, settles differences."""
    MANAGER = "manager"


class CodePurpose(StrEnum):
    """What a code from the phone opens; it opens nothing else."""

    RESET = "reset"
    """Setting a new password."""
    ENTRY = "entry"
    """Coming in, or opening an account."""
    HELPER = "helper"
    """Helping a household: the code is told to its owner, who types it."""


class How(StrEnum):
    """What somebody came in with."""

    PASSWORD = "password"  # noqa: S105 - the way in, not one
    CODE = "code"
    """Sent to the phone."""
    CARD = "card"
    """The centre's printed card, and its PIN."""


class Device(StrEnum):
    """Whose phone it was."""

    OWN = "own"
    SHARED = "shared"


class CardStop(StrEnum):
    """Why a card opens nothing any more."""

    REVOKED = "revoked"
    """The centre stopped it: lost, or not wanted."""
    REPLACED = "replaced"
    """Another was issued."""
    GUESSED = "guessed"
    """Its PIN was tried too often in a day."""


class CardOutcome(StrEnum):
    """How one try of a PIN ended."""

    TRIED = "tried"
    """Counted and not compared yet; counts as wrong."""
    WRONG = "wrong"
    OPENED = "opened"


class User(Model):
    """A person, known by the mobile number they sign in with."""

    __tablename__ = "user_account"

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    phone: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[Line]
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """None until a password is set: such a person comes in by a code."""
    session_epoch: Mapped[int] = mapped_column(default=1)
    """Sessions carry it; raising it signs the person out everywhere."""
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]
    """When the person, or the centre at their wish, closed the account; name and phone went with it."""
    closed_by: Mapped[Code | None]
    roles: Mapped[list["UserRole"]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class UserRole(Model):
    """One role of one person."""

    __tablename__ = "user_role"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(choice(Role, "role"), primary_key=True)


class RoleChange(Model):
    """A role given to a person or taken from them."""

    __tablename__ = "role_change"
    __table_args__ = (UniqueConstraint("user_id", "version"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int]
    """Counts one person's changes from 1; the page of their roles carries the last one."""
    role: Mapped[Role] = mapped_column(choice(Role, "role"))
    is_given: Mapped[bool]
    reason: Mapped[Line]
    at: Mapped[Moment]
    actor: Mapped[Code]


class Viewed(StrEnum):
    """What of somebody's personal data was looked at."""

    RECIPIENT = "recipient"
    """To whom an order goes: full name, phone and address."""
    HOUSEHOLDS = "households"
    """The full phones of those who are asked for goods on a day."""
    LETTER = "letter"
    """To whom a letter goes that belongs to no order."""
    PROOF = "proof"
    """Photo of what was turned down of an order at the intake table."""
    PROMISE = "promise"
    """Photo of a household's promise, on which its name and phone stand."""
    CONSENT = "consent"
    """Photo of a household's signature or thumb print, by which the centre may act for it."""
    DOOR = "door"
    """Photo that the driver took at a buyer's door, often with a signature."""
    BOX_PHOTO = "box_photo"
    """Photos of a parcel before it was closed."""
    SIGNED_LIST = "signed_list"
    """Photos of a hand-over's list with the signature of whoever took it."""
    ACCOUNTS = "accounts"
    """Where households of a settlement want their money sent, as the bank is told."""
    RECEIPT = "receipt"
    """A household's signature for cash."""
    CLAIM = "claim"
    """Photos that a buyer sent with a claim."""
    INVOICE = "invoice"
    """What a special invoice needs of its buyer: address, telephone, bank and account."""


class ViewReason(StrEnum):
    """Why it was looked at: one of a short list, so that reasons can be compared."""

    ASKED = "asked"
    """The buyer called, or stands at the counter."""
    DELIVERY = "delivery"
    """The driver or the carrier cannot find them."""
    CORRECTION = "correction"
    """Something in it is wrong and must be put right."""
    REFUND = "refund"
    """They must be told about money."""
    COMPLAINT = "complaint"
    DEMAND = "demand"
    """Households are called about what is wanted of them."""
    RUN = "run"
    """It is on the driver's run of the day: the work itself, so nobody chooses this one."""
    WORK = "work"
    """A photo of the bench, opened by whoever works there: nobody is asked why."""


class ViewLog(Model):
    """One look at something personal: full phones and addresses, a photo for the centre alone."""

    __tablename__ = "view_log"
    __table_args__ = (Index(None, "at"), Index(None, "subject", "actor", "at"))

    id: Mapped[Key]
    at: Mapped[Moment]
    actor: Mapped[Code]
    subject: Mapped[Code]
    """Whose: the code of the order, of the lot for a promise, of the household for its consent, of the parcel for its
    box, of the hand-over for its list, the key of the letter, or the day of the demand sheet."""
    what: Mapped[Viewed] = mapped_column(choice(Viewed, "what"))
    why: Mapped[ViewReason] = mapped_column(choice(ViewReason, "why"))


class KeptAddress(Model):
    """An address that a member ordered to, kept for the next time."""

    __tablename__ = "kept_address"
    __table_args__ = (Index(None, "user_id", "used_at"),)

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[Line]
    phone: Mapped[str] = mapped_column(String(20))
    province: Mapped[Line]
    city: Mapped[Line]
    district: Mapped[Line]
    street: Mapped[Line]
    used_at: Mapped[Moment]


class NewsChoice(Model):
    """A person's word on whether they want to hear of goods and seasons; without one they do not."""

    __tablename__ = "news_choice"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    is_wanted: Mapped[bool]
    at: Mapped[Moment]
    actor: Mapped[Code]


class SmsCode(Model):
    """A code sent to a phone; only its digest is kept, so nobody in the centre can read it."""

    __tablename__ = "sms_code"

    id: Mapped[Key]
    phone: Mapped[str] = mapped_column(String(20), index=True)
    purpose: Mapped[CodePurpose] = mapped_column(choice(CodePurpose, "code_purpose"))
    digest: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[int] = mapped_column(unique=True)
    """The outbox message that asked for it: delivered twice, it still makes one code."""
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[Moment | None]


class Attempt(Model):
    """One try at something limited (a password, a code), under a key such as a digest of the phone."""

    __tablename__ = "attempt"
    __table_args__ = (Index(None, "key", "at"),)

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(80))
    at: Mapped[Moment]


class SignInCard(Model):
    """A printed card with a QR code, which together with its PIN lets one person in."""

    __tablename__ = "sign_in_card"

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    """Printed on it, to be said on the phone; it opens nothing."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    pin_digest: Mapped[str] = mapped_column(String(64))
    """Keyed with the token, which stands on the card only: without the card the PIN cannot be found from it."""
    issued_at: Mapped[Moment]
    issued_by: Mapped[Code]
    misses: Mapped[int] = mapped_column(default=0)
    """Tries since the last right PIN or the last lock, those not compared yet among them."""
    missed_at: Mapped[Moment | None]
    stopped_at: Mapped[Moment | None]
    stopped_by: Mapped[Code | None]
    stop: Mapped[CardStop | None] = mapped_column(choice(CardStop, "stop"))


class CardTry(Model):
    """One try of a card's PIN, written down before it is compared."""

    __tablename__ = "card_try"
    __table_args__ = (Index(None, "card_id", "at"),)

    id: Mapped[Key]
    card_id: Mapped[int] = mapped_column(ForeignKey("sign_in_card.id"))
    at: Mapped[Moment]
    outcome: Mapped[CardOutcome] = mapped_column(choice(CardOutcome, "outcome"))
    browser: Mapped[Line]
    """What it was tried on, in a few words."""


class SignIn(Model):
    """One browser that a person came in on; the cookie names it, so that each can be ended by itself."""

    __tablename__ = "sign_in"

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    how: Mapped[How] = mapped_column(choice(How, "how"))
    device: Mapped[Device] = mapped_column(choice(Device, "device"))
    card_id: Mapped[int | None] = mapped_column(ForeignKey("sign_in_card.id"), index=True)
    browser: Mapped[Line]
    """A few words a person knows it by: 安卓手机 · 微信."""
    at: Mapped[Moment]
    until: Mapped[Moment]
    """The latest end; on a shared phone the browser ends it much earlier."""
    proven_at: Mapped[Moment | None]
    """When the person last typed a code of their second factor on it."""
    ended_at: Mapped[Moment | None]
