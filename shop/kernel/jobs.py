"""Periodic jobs and the queue: what is expected to run, what ran, and who is at it."""

import logging
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from sqlalchemy import String, Text, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, Session, mapped_column

from shop.kernel.clock import Clock
from shop.kernel.db import Model, Moment
from shop.kernel.edge import Edge

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
HEARTBEAT = "heartbeat"
A_FEW = 10
"""Messages handed over at once: an act posts few, and each handing over is a write that somebody waits for."""


class JobRun(Model):
    """One periodic job: how often it is expected, when it last ran and how that ended."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    every_s: Mapped[int]
    leased_until: Mapped[Moment | None]
    started_at: Mapped[Moment | None]
    done_at: Mapped[Moment | None]
    runs: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)

    def is_late(self, now: datetime) -> bool:
        """Tell whether the job has missed two of its turns."""
        return self.done_at is None or now - self.done_at > timedelta(seconds=2 * self.every_s + 60)


def expect(session: Session, name: str, every_s: int) -> None:
    """Write down that a job is expected this often; it shows on the staff page even before its first run."""
    job = session.get(JobRun, name)
    if job is None:
        session.add(JobRun(name=name, every_s=every_s))
    else:
        job.every_s = every_s


def run_if_due(edge: Edge, name: str, every_s: int, work: Callable[[], None], *, clock: Clock) -> bool:
    """Run a job when its time has come and no other worker is at it; a failure is kept and the next turn tries again.

    The lease makes two workers share the turns instead of doing each twice, and gives a killed worker's turn back.

    Returns:
        Whether the job ran to its end.
    """
    now = clock()
    with edge.transaction() as session:
        expect(session, name, every_s)
        session.flush()
        claimed = session.execute(
            update(JobRun)
            .where(
                JobRun.name == name,
                or_(JobRun.leased_until.is_(None), JobRun.leased_until <= now),
                or_(JobRun.started_at.is_(None), JobRun.started_at <= now - timedelta(seconds=every_s)),
            )
            .values(leased_until=now + LEASE, started_at=now)
        )
        assert isinstance(claimed, CursorResult)
        if claimed.rowcount == 0:
            return False
    error: str | None = None
    try:
        work()
    except Exception as caught:
        place = traceback.extract_tb(caught.__traceback__)[-1]
        error = f"{type(caught).__name__} at {place.name}:{place.lineno}"
        log.error("job failed", extra={"job": name, "error": error})
    with edge.transaction() as session:
        job = session.get_one(JobRun, name)
        job.leased_until, job.error = None, error
        if error is None:
            job.done_at, job.runs = clock(), job.runs + 1
        else:
            job.failures += 1
    return error is None


def all_jobs(session: Session) -> list[JobRun]:
    """Return every expected job, by name."""
    return list(session.scalars(select(JobRun).order_by(JobRun.name)))


class Queue:
    """The job queue behind one setting; it carries message ids only, so losing it loses nothing.

    Args:
        url: `sqlite:///path`, `postgresql://…` or `redis://…`.
    """

    def __init__(self, url: str) -> None:
        self.huey = _huey(url)
        self._task = self.huey.task(name="deliver")(self._work)
        self._deliver: Callable[[int], None] | None = None

    def _work(self, *message_ids: int) -> None:
        if self._deliver is not None:
            for message_id in message_ids:
                self._deliver(message_id)

    def wake(self, message_ids: Sequence[int]) -> None:
        """Hand message ids to the workers, a few to each; an unreachable queue is logged and left to the sweep."""
        try:
            for start in range(0, len(message_ids), A_FEW):
                self._task(*message_ids[start : start + A_FEW])
        except Exception as error:  # whatever store is behind huey raises its own driver's errors
            log.warning("queue unreachable", extra={"error": type(error).__name__})

    def consume(self, deliver: Callable[[int], None], tick: Callable[[], None], *, workers: int) -> None:
        """Work until SIGTERM or SIGINT, in the main thread: deliver messages, and call `tick` every minute."""
        self._deliver = deliver
        self.huey.periodic_task(lambda _now: True, name="tick")(tick)
        self.huey.create_consumer(
            workers=workers, graceful_signal="TERM", shutdown_timeout=20, initial_delay=0.05, max_delay=1.0
        ).run()


def _huey(url: str) -> Huey:
    scheme = url.split(":", 1)[0].split("+", 1)[0]
    if scheme == "sqlite":
        return SqliteHuey("shop", filename=url.removeprefix("sqlite:///"), fsync=True)
    if scheme == "postgresql":
        return PostgresHuey("shop", dsn=url.replace("postgresql+psycopg", "postgresql", 1))
    if scheme in ("redis", "rediss", "unix"):
        return RedisHuey("shop", url=url)
    raise ValueError(f"unknown job store: {scheme}")
