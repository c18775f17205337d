"""How each database is spoken to: moments with a zone, references that hold, pages that cannot write."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from shop.accounts.models import UserRole
from shop.kernel.db import direct, reading
from shop.kernel.edge import Edge
from shop.kernel.jobs import JobRun

CHENGDU = timezone(timedelta(hours=8))


def test_a_moment_comes_back_aware_in_utc_whatever_zone_it_was_written_in(edge: Edge) -> None:
    with edge.transaction() as session:
        session.add(JobRun(name="a", every_s=1, done_at=datetime(2026, 11, 22, 10, 0, tzinfo=CHENGDU)))
    with edge.reading() as session:
        read = session.get_one(JobRun, "a").done_at
    assert read == datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    assert read is not None
    assert read.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(edge: Edge) -> None:
    naive = datetime(2026, 11, 22, 10, 0)  # noqa: DTZ001 - the very thing that is refused
    with pytest.raises(StatementError, match="without a zone"), edge.transaction() as session:
        session.add(JobRun(name="a", every_s=1, done_at=naive))


def test_a_reference_to_nothing_is_refused_by_the_database(edge: Edge) -> None:
    with pytest.raises(IntegrityError), edge.transaction() as session:
        session.add(UserRole(user_id=999, role="staff"))


def test_a_choice_outside_its_list_is_refused_by_the_database(edge: Edge) -> None:
    unknown = text(
        "INSERT INTO outbox_message (topic, facts, state, attempts, created_at, due_at)"
        " VALUES ('t', '{}', 'lost', 0, '2026-11-22', '2026-11-22')"
    )
    with pytest.raises(IntegrityError, match="ck_outbox_message_state"), edge.transaction() as session:
        session.execute(unknown)


def test_a_pages_session_reads_but_refuses_to_write(app: Flask) -> None:
    with app.app_context():
        session = reading()
        assert session.get(JobRun, "a") is None
        session.add(JobRun(name="a", every_s=1))
        with pytest.raises(RuntimeError, match="asked to write"):
            session.commit()


def test_rows_go_past_the_objects_but_not_before_them(edge: Edge) -> None:
    with edge.transaction() as session:
        first = JobRun(name="a", every_s=1)
        session.add(first)
        direct(session, insert(JobRun), [{"name": "b", "every_s": 2}, {"name": "c", "every_s": 3}])
        every = direct(session, select(JobRun.every_s).order_by(JobRun.name)).scalars().all()
        assert every == [1, 2, 3], "the object was written first"
        direct(session, update(JobRun).where(JobRun.name == bindparam("which")).values(every_s=9), {"which": "a"})
        assert first.every_s == 1, "an object does not hear of it"
        session.expire_all()
        assert first.every_s == 9


def test_sqlite_is_durable_and_keeps_references(edge: Edge) -> None:
    if edge.engine.dialect.name != "sqlite":
        return
    with edge.reading() as session:
        pragmas = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
