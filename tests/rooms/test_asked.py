"""What was asked is asked again: the same answers are told from others, and what cannot be asked again is known."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.orm import Session

from shop.app.asked import Asking, noting
from shop.kernel.db import FOLLOWS
from shop.kernel.edge import Edge
from shop.kernel.jobs import JobRun
from shop.town.models import Holiday

NAMES = select(JobRun.name, JobRun.runs).where(JobRun.name.in_(["one", "other", "50 % of %s"])).order_by(JobRun.name)
DAYS = select(Holiday).where(Holiday.on >= date(2026, 11, 1))


@pytest.fixture
def asking(edge: Edge) -> Asking:
    with edge.transaction() as session:
        for name in ("one", "other", "third"):
            session.add(JobRun(name=name, every_s=60, runs=1, failures=0))
        session.add(Holiday(on=date(2026, 12, 1), name="歇"))
    return Asking(edge.engine)


@pytest.fixture
def session(edge: Edge) -> Iterator[Session]:
    with edge.reading() as reading:
        yield reading


def test_the_same_answers_are_told_from_others(edge: Edge, asking: Asking) -> None:
    with noting() as notes, edge.reading() as session:
        assert [tuple(row) for row in session.execute(NAMES)] == [("one", 1), ("other", 1)], "the reader gets its rows"
        assert session.scalars(DAYS).one().name == "歇"
        assert session.get(JobRun, "none") is None
    asked = tuple(notes.asked)
    assert (len(asked), notes.is_whole) == (3, True)
    assert asking.hears_the_same(asked)
    was_same = True
    for change, is_same in (
        (update(JobRun).values(runs=9).where(JobRun.name == "third"), True),
        (update(JobRun).values(runs=2).where(JobRun.name == "other"), False),
        (update(JobRun).values(runs=1).where(JobRun.name == "other"), True),
        (insert(JobRun).values(name="none", every_s=1, runs=0, failures=0), False),
        (text("DELETE FROM job_run WHERE name = 'none'"), True),
        (update(Holiday).values(name="赶场"), False),
        (text("DELETE FROM holiday"), False),
    ):
        with edge.transaction() as session:
            session.execute(change)
            assert asking.hears_the_same(asked) is was_same, "what is not committed yet is not so"
        was_same = asking.hears_the_same(asked)
        assert was_same is is_same, str(change)
    assert not notes.asked[3:], "asking again is not noted"


def test_what_follows_from_an_answer_is_not_asked_again(asking: Asking, session: Session) -> None:
    with noting() as notes:
        session.execute(NAMES.execution_options(**FOLLOWS)).all()
        session.execute(NAMES).all()
    assert (len(notes.asked), notes.is_whole) == (1, True)
    assert asking.hears_the_same(tuple(notes.asked))


@pytest.mark.parametrize(
    "moment", [datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 22, 2, 0, 3, 7, tzinfo=UTC)], ids=str
)
def test_a_question_with_a_moment_in_it_cannot_be_asked_again(
    session: Session, asking: Asking, moment: datetime
) -> None:
    with noting() as notes:
        session.execute(select(JobRun.name).where(JobRun.done_at <= moment)).all()
        session.execute(NAMES).all()
    assert not notes.is_whole


def test_what_is_no_plain_question_cannot_be_asked_again(edge: Edge, asking: Asking) -> None:
    for statement in (
        update(JobRun).values(runs=3),
        text("SELECT name FROM job_run"),
        insert(JobRun).returning(JobRun.name),
    ):
        values = [{"name": "new", "every_s": 1, "runs": 0, "failures": 0}] if "INSERT" in str(statement) else None
        with noting() as notes, edge.transaction() as session:
            session.execute(statement, values) if values else session.execute(statement)
        assert not notes.is_whole, str(statement)


def test_a_database_that_does_not_answer_says_nothing_the_same(edge: Edge, asking: Asking) -> None:
    with noting() as notes, edge.reading() as session:
        session.execute(NAMES).all()
    with edge.transaction() as other:
        other.execute(text("ALTER TABLE job_run RENAME COLUMN runs TO walks"))
    assert not asking.hears_the_same(tuple(notes.asked))


def test_only_what_is_asked_in_the_block_is_noted(session: Session, asking: Asking) -> None:
    with noting() as outer:
        with noting() as inner:
            session.execute(select(JobRun.runs).where(JobRun.runs == bindparam("n")), {"n": 1}).all()
        assert not outer.asked
    session.execute(NAMES).all()
    assert (len(inner.asked), outer.asked) == (1, [])
