"""Publishing a version of written rules; what was published stays as it is."""

from datetime import date

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, UOWTransaction

from shop.accounts.models import Role
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.errors import Forbidden, Stale
from shop.site.models import Rule, RuleVersion
from shop.site.rules import check_version
from shop.town.models import Town


def publish(
    session: Session,
    rule: Rule,
    *,
    text: str,
    note: str,
    effective_on: date,
    version: int,
    actor: Actor,
    clock: Clock,
) -> int:
    """Publish a version, which everybody reads from now on and which counts from its day, and return its number.

    Args:
        note: what is other than before, in a sentence.
        version: number of the last version that the writer saw, 0 for none.

    Raises:
        Forbidden: the actor is no manager.
        Invalid: see `check_version`.
        Stale: somebody published another since.
    """
    if not actor.has(Role.MANAGER):
        raise Forbidden("publish_rules")
    session.scalars(select(Town).with_for_update()).first()  # two who publish at once stand in line
    last = session.execute(
        select(func.max(RuleVersion.number), func.max(RuleVersion.effective_on)).where(RuleVersion.rule == rule)
    ).one()
    if (last[0] or 0) != version:
        raise Stale("rules")
    today = town_day(clock())
    check_version(text, note, effective_on, today=today, last_on=last[1])
    row = RuleVersion(
        rule=rule,
        number=version + 1,
        text=text.strip(),
        note=note.strip(),
        effective_on=effective_on,
        published_at=clock(),
        actor=actor.label,
    )
    session.add(row)
    session.flush()
    return row.number


class Unalterable(Exception):
    """Something tried to change or delete what was published."""


@event.listens_for(Session, "before_flush")
def _append_only(session: Session, _context: UOWTransaction, _objects: object) -> None:
    for thing in (*session.dirty, *session.deleted):
        if isinstance(thing, RuleVersion) and session.is_modified(thing) | (thing in session.deleted):
            raise Unalterable(type(thing).__name__)
