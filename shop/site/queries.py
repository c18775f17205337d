"""Reads of written rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.kernel.errors import NotFound
from shop.site.models import Rule, RuleVersion


@dataclass(frozen=True)
class VersionFacts:
    """One version of a page of rules; see `RuleVersion`."""

    rule: Rule
    number: int
    text: str
    note: str
    effective_on: date
    published_at: datetime
    actor: str


@dataclass(frozen=True)
class RulePage:
    """A page of rules on one day.

    Attributes:
        current: what counts, or None before the first version does.
        coming: published and not counting yet, the next one first.
        past: what counted before, the latest first.
    """

    rule: Rule
    current: VersionFacts | None
    coming: tuple[VersionFacts, ...]
    past: tuple[VersionFacts, ...]

    @property
    def last_number(self) -> int:
        """Return the number of the version published last, 0 before the first."""
        numbers = [one.number for one in (self.current, *self.coming, *self.past) if one is not None]
        return max(numbers, default=0)


def _facts(row: RuleVersion) -> VersionFacts:
    return VersionFacts(row.rule, row.number, row.text, row.note, row.effective_on, row.published_at, row.actor)


def rule_page(session: Session, rule: Rule, today: date) -> RulePage:
    """Return a page of rules as it stands on a day.

    A version counts from its day on, until one with a later day, or a later number of the same day, does.
    """
    wanted = select(RuleVersion).where(RuleVersion.rule == rule)
    rows = session.scalars(wanted.order_by(RuleVersion.effective_on, RuleVersion.number))
    versions = [_facts(row) for row in rows]
    begun = [one for one in versions if one.effective_on <= today]
    coming = tuple(one for one in versions if one.effective_on > today)
    return RulePage(rule, begun[-1] if begun else None, coming, tuple(reversed(begun[:-1])))


def rule_pages(session: Session, today: date) -> Mapping[Rule, RulePage]:
    """Return every page of rules as it stands on a day."""
    return {rule: rule_page(session, rule, today) for rule in Rule}


def rule_version(session: Session, rule: Rule, number: int) -> VersionFacts:
    """Return one version, past, present or coming.

    Raises:
        NotFound: there is none of this number.
    """
    row = session.scalar(select(RuleVersion).where(RuleVersion.rule == rule, RuleVersion.number == number))
    if row is None:
        raise NotFound("rule_version")
    return _facts(row)
