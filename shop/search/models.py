"""What staff know of words: names of goods that the dictionary lacks, and searches that found nothing."""

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.kernel.db import Code, Key, Line, Model, Moment


class SearchConcept(Model):
    """Names that staff added to a concept of the dictionary, or a concept of the town's own."""

    __tablename__ = "search_concept"

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    """A concept of the dictionary, which gets these names too, or a new one."""
    chinese: Mapped[list[str]]
    english: Mapped[list[str]]
    broader: Mapped[list[str]]
    """Codes of what it is a kind of."""
    note: Mapped[Line] = mapped_column(default="")
    changed_at: Mapped[Moment]
    changed_by: Mapped[Code]


class SearchMiss(Model):
    """Something people looked for and did not find, with how often."""

    __tablename__ = "search_miss"
    __table_args__ = (CheckConstraint("times > 0", name="times"), Index(None, "is_handled", "last_at"))

    id: Mapped[Key]
    text: Mapped[str] = mapped_column(String(60), unique=True)
    """Normalised: width, case and script do not tell two searches apart."""
    understood: Mapped[Line] = mapped_column(default="")
    times: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[Moment]
    last_at: Mapped[Moment]
    is_handled: Mapped[bool] = mapped_column(default=False)
