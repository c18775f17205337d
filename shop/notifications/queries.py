"""Reads for the staff's pages: what was sent, and how the house's own work stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from shop.kernel.jobs import JobRun, all_jobs
from shop.kernel.outbox import Message, MessageState
from shop.kernel.queues import Queue
from shop.notifications.models import Delivery, DeliveryState

PER_PAGE = 50
LAST_DONE = 20
MOST_POISONED = 100


_GIVEN_UP = select(Message.created_at.label("since")).where(Message.state == MessageState.POISONED)
_BROKEN = select(JobRun.started_at.label("since")).where(JobRun.error.is_not(None))
FAILED: Queue = select(union_all(_GIVEN_UP, _BROKEN).subquery().c.since)
"""What the house could not do by itself: messages it gave up, periodic jobs whose last turn failed."""


@dataclass(frozen=True)
class DeliveryFacts:
    """One short message or mail as staff see it; of phone and mail address one is empty."""

    template: str
    phone: str
    email: str
    text: str
    state: DeliveryState
    created_at: datetime
    goes_at: datetime
    """When it was let go, or may go at the earliest."""
    sent_at: datetime | None


@dataclass(frozen=True)
class DeliveryPage:
    """One page of the delivery log, newest first; pages count from 1."""

    rows: tuple[DeliveryFacts, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class JobFacts:
    """A periodic job: what is expected of it and what it did."""

    name: str
    every_s: int
    done_at: datetime | None
    next_at: datetime | None
    runs: int
    failures: int
    error: str | None
    is_running: bool
    is_late: bool


@dataclass(frozen=True)
class MessageFacts:
    """One message of the outbox, without its facts: those may hold a phone number."""

    id: int
    topic: str
    attempts: int
    created_at: datetime
    done_at: datetime | None
    error: str | None


@dataclass(frozen=True)
class OutboxFacts:
    """How the outbox stands."""

    waiting: int
    done: int
    poisoned: int
    oldest_waiting_at: datetime | None
    poisoned_messages: tuple[MessageFacts, ...]
    last_done: tuple[MessageFacts, ...]


def deliveries(session: Session, page: int) -> DeliveryPage:
    """Return one page of the delivery log; a page that does not exist is the nearest one."""
    total = session.scalar(select(func.count()).select_from(Delivery)) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(page, 1), pages)
    wanted = select(Delivery).order_by(Delivery.id.desc()).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    rows = tuple(
        DeliveryFacts(d.template, d.phone, d.email, d.text, d.state, d.created_at, d.goes_at, d.sent_at)
        for d in session.scalars(wanted)
    )
    return DeliveryPage(rows, page, pages, total)


def jobs(session: Session, now: datetime) -> tuple[JobFacts, ...]:
    """Return every periodic job, by name."""
    return tuple(
        JobFacts(
            name=job.name,
            every_s=job.every_s,
            done_at=job.done_at,
            next_at=job.started_at + timedelta(seconds=job.every_s) if job.started_at else None,
            runs=job.runs,
            failures=job.failures,
            error=job.error,
            is_running=job.leased_until is not None and job.leased_until > now,
            is_late=job.is_late(now),
        )
        for job in all_jobs(session)
    )


def _message(message: Message) -> MessageFacts:
    return MessageFacts(message.id, message.topic, message.attempts, message.created_at, message.done_at, message.error)


def outbox(session: Session) -> OutboxFacts:
    """Return how the outbox stands: counts by state, every poisoned message (oldest first), the last ones done."""
    by_state = select(Message.state, func.count()).group_by(Message.state)
    counts = {row[0]: row[1] for row in session.execute(by_state)}
    oldest = session.scalar(select(func.min(Message.created_at)).where(Message.state == MessageState.WAITING))
    poisoned = select(Message).where(Message.state == MessageState.POISONED).order_by(Message.id).limit(MOST_POISONED)
    done = (
        select(Message)
        .where(Message.state == MessageState.DONE)
        .order_by(Message.done_at.desc(), Message.id.desc())
        .limit(LAST_DONE)
    )
    return OutboxFacts(
        waiting=counts.get(MessageState.WAITING, 0),
        done=counts.get(MessageState.DONE, 0),
        poisoned=counts.get(MessageState.POISONED, 0),
        oldest_waiting_at=oldest,
        poisoned_messages=tuple(_message(row) for row in session.scalars(poisoned)),
        last_done=tuple(_message(row) for row in session.scalars(done)),
    )
