"""Photos, named by the hash of their re-encoded bytes; and documents, kept as they came."""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.kernel.db import Model, Moment, choice
from shop.media.documents.rules import DocumentKind


class Photo(Model):
    """A received photo: re-encoded, upright, without camera data. Its files live in the store under its key."""

    __tablename__ = "photo"
    __table_args__ = (CheckConstraint("width > 0 AND height > 0 AND bytes > 0", name="size"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    colour: Mapped[str] = mapped_column(String(7))
    """Average colour as #rrggbb."""
    uploader_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[Moment]
    """When it was received, the last time: nothing that was just sent is swept away."""
    ready_at: Mapped[Moment | None]
    """When its renditions were there to be shown."""
    dropped_at: Mapped[Moment | None]
    """When it was found that nothing refers to it: its files are being removed, then its row."""


class PrivatePhoto(Model):
    """A photo that is never served by its address: whoever shows it decides each time who may see it."""

    __tablename__ = "private_photo"
    __table_args__ = (CheckConstraint("width > 0 AND height > 0 AND bytes > 0", name="size"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Random: it says nothing of the picture, and the same picture of two people is two."""
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    uploader_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[Moment]


class PrivateDocument(Model):
    """A document that is never served by its address, such as an invoice; kept unchanged, for it is signed."""

    __tablename__ = "private_document"
    __table_args__ = (CheckConstraint("bytes > 0 AND pages >= 0", name="size"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Random: it says nothing of the document."""
    kind: Mapped[DocumentKind] = mapped_column(choice(DocumentKind, "kind"))
    bytes: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    """SHA-256 of the file, in hex."""
    pages: Mapped[int]
    """How many pages were drawn as pictures."""
    uploader_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[Moment]
