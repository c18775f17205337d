"""What waits for somebody: how many things, since when the first; any number of queues are counted in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from shop.kernel.db import UtcDateTime, direct

Queue = Select[datetime] | Select[datetime | None]
"""A queue as its room tells it: a row for each thing that waits, with the moment since when it does."""


@dataclass(frozen=True)
class Waits:
    """How many things wait in a queue, and since when the first of them does: one at least."""

    count: int
    since: datetime


def count_queues(session: Session, queues: Mapping[str, Queue]) -> dict[str, Waits]:
    """Return what waits in each of these queues, with one statement; an empty one is left out."""
    if not queues:
        return {}
    counted = []
    for name, queue in queues.items():
        things = queue.order_by(None).subquery()
        (moment,) = things.c
        oldest: ColumnElement[Any] = func.min(moment, type_=UtcDateTime())
        counted.append(select(literal(name).label("name"), func.count().label("number"), oldest.label("since")))
    rows = direct(session, union_all(*counted))
    return {row.name: Waits(row.number, row.since) for row in rows if row.number}


def queue_length(session: Session, queue: Queue) -> int:
    """Return how many things wait in a queue."""
    return session.scalar(select(func.count()).select_from(queue.order_by(None).subquery())) or 0
