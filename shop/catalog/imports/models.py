"""Imports of goods from a file that the centre uploaded: how far each is, and what it could not take in."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shop.kernel.db import Code, Key, Line, Model, Moment


class CatalogueImport(Model):
    """One uploaded file and what became of its rows; the counts are written with the rows they count."""

    __tablename__ = "catalogue_import"
    __table_args__ = (CheckConstraint("in_hand IS NULL OR in_hand = 1", name="in_hand"),)

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    file_name: Mapped[Line]
    stored_as: Mapped[Line]
    """The file's name in the store, until the import has ended."""
    is_rehearsal: Mapped[bool]
    creates: Mapped[bool]
    vouches: Mapped[bool]
    in_hand: Mapped[int | None] = mapped_column(unique=True)
    """1 until it has ended: one at a time."""
    made_by: Mapped[Code]
    made_at: Mapped[Moment]
    tries: Mapped[int] = mapped_column(default=0)
    """How often a worker began with it; one after the first goes on where the last was killed."""
    beat_at: Mapped[Moment | None]
    """When a worker last gave a sign of life."""
    ended_at: Mapped[Moment | None]
    failure: Mapped[Code] = mapped_column(default="")
    """Why the file as a whole could not be taken in (`shop.catalog.imports.reasons.Reason`); empty when it could."""
    failure_detail: Mapped[Line] = mapped_column(default="")
    unknown_columns: Mapped[list[str]]
    total: Mapped[int | None]
    done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    """Of those that are in, how many wait for review."""


class CatalogueImportFault(Model):
    """What a row of an imported file was refused for, waits for, or lacks."""

    __tablename__ = "catalogue_import_fault"

    id: Mapped[Key]
    import_id: Mapped[int] = mapped_column(ForeignKey("catalogue_import.id"), index=True)
    row: Mapped[int]
    """As a spreadsheet counts, the header being row 1; of a .jsonl file, the line."""
    ref: Mapped[Line]
    column: Mapped[Code]
    cell: Mapped[Line]
    """What stood there, cut where it is long."""
    reason: Mapped[Code]
    detail: Mapped[Line]
    is_refused: Mapped[bool]
    """The row was not taken in; otherwise it was, and waits or lacks something."""
