"""The harness itself: an unguarded read-think-write loses an update under it, a guarded one does not."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.kernel.edge import Edge
from shop.kernel.jobs import JobRun
from tests.races.conftest import Race
from tests.support.races import Racer, refused_by_database

TURNS = 5


@pytest.fixture
def counter(edge: Edge) -> Edge:
    """A row with a number both acts want to raise."""
    with edge.transaction() as session:
        session.add(JobRun(name="counted", every_s=60, runs=0))
    return edge


def _runs(edge: Edge) -> int:
    with edge.reading() as session:
        return session.scalars(select(JobRun.runs)).one()


def _read_think_write(racer: Racer) -> None:
    with racer.unguarded() as session:
        read = session.scalars(select(JobRun.runs)).one()
        racer.meet()
        session.execute(update(JobRun).values(runs=read + 1))


def _guarded(racer: Racer) -> None:
    for _turn in range(TURNS):
        with racer.edge.transaction() as session:
            session.execute(update(JobRun).values(runs=JobRun.runs + 1))


def test_without_its_guard_one_of_two_updates_is_lost_or_refused(counter: Edge, race: Race) -> None:
    outcomes = race(_read_think_write, _read_think_write)
    assert _runs(counter) == 1
    assert all(outcome.won or refused_by_database(outcome) for outcome in outcomes)


def test_with_its_guard_every_update_counts(counter: Edge, race: Race) -> None:
    outcomes = race(_guarded, _guarded, _guarded)
    assert [outcome.error for outcome in outcomes] == [None, None, None]
    assert _runs(counter) == 3 * TURNS


def test_the_edge_lets_a_reader_then_writer_wait_its_turn(counter: Edge, race: Race) -> None:
    """A transaction that reads before it writes is the one SQLite refuses when it begins deferred."""

    def raise_by_one(racer: Racer) -> None:
        def act(session: Session) -> None:
            job = session.scalars(select(JobRun).with_for_update()).one()
            job.runs += 1

        racer.edge.run(act)

    outcomes = race(*[raise_by_one] * 6)
    assert [outcome.error for outcome in outcomes] == [None] * 6
    assert _runs(counter) == 6
