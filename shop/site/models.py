"""Written rules, version by version; nothing of them is ever changed or taken away."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.kernel.db import Code, Key, Line, Model, Moment, Prose, choice


class Rule(StrEnum):
    """What is ruled, each on a page of its own."""

    TRADE = "trade"
    PRIVACY = "privacy"
    AFTER_SALE = "after_sale"
    JOINING = "joining"


class RuleVersion(Model):
    """One version of one page of rules."""

    __tablename__ = "rule_version"
    __table_args__ = (UniqueConstraint("rule", "number"), CheckConstraint("number > 0", name="number"))

    id: Mapped[Key]
    rule: Mapped[Rule] = mapped_column(choice(Rule, "rule"))
    number: Mapped[int]
    """Counts one page's versions from 1."""
    text: Mapped[Prose]
    """Markdown, as its writer typed it."""
    note: Mapped[Line]
    """What is other than before, in a sentence; empty for a first version."""
    effective_on: Mapped[date] = mapped_column(Date)
    """The town day from which it counts."""
    published_at: Mapped[Moment]
    actor: Mapped[Code]
