"""Periodic jobs: expected, run, shared by two workers. The queue behind them is a hint, never a promise."""

from datetime import timedelta
from pathlib import Path

import pytest

from shop.kernel.edge import Edge
from shop.kernel.jobs import A_FEW, LEASE, JobRun, Queue, all_jobs, expect, run_if_due
from tests.support.clock import SettableClock

EVERY_S = 60


def _job(edge: Edge) -> JobRun:
    with edge.reading() as session:
        (job,) = all_jobs(session)
        session.expunge(job)
        return job


def test_a_job_runs_when_its_turn_has_come_and_not_before(edge: Edge, clock: SettableClock) -> None:
    ran: list[int] = []
    assert run_if_due(edge, "sweep", EVERY_S, lambda: ran.append(1), clock=clock)
    clock.advance(seconds=EVERY_S - 1)
    assert not run_if_due(edge, "sweep", EVERY_S, lambda: ran.append(2), clock=clock)
    clock.advance(seconds=1)
    assert run_if_due(edge, "sweep", EVERY_S, lambda: ran.append(3), clock=clock)
    assert ran == [1, 3]
    job = _job(edge)
    assert (job.runs, job.failures, job.done_at, job.error) == (2, 0, clock(), None)


def test_two_workers_share_a_turn(edge: Edge, clock: SettableClock) -> None:
    second: list[bool] = []

    def work() -> None:
        clock.advance(seconds=EVERY_S)
        second.append(run_if_due(edge, "sweep", EVERY_S, lambda: None, clock=clock))

    assert run_if_due(edge, "sweep", EVERY_S, work, clock=clock)
    assert second == [False]


def test_a_failing_job_is_kept_and_tried_at_its_next_turn(edge: Edge, clock: SettableClock) -> None:
    def broken() -> None:
        raise RuntimeError("王小明")

    assert not run_if_due(edge, "sweep", EVERY_S, broken, clock=clock)
    job = _job(edge)
    assert (job.failures, job.done_at) == (1, None)
    assert job.error is not None
    assert job.error.startswith("RuntimeError at broken:")
    assert "王小明" not in job.error
    clock.advance(seconds=EVERY_S)
    assert run_if_due(edge, "sweep", EVERY_S, lambda: None, clock=clock)
    assert _job(edge).error is None


def test_a_killed_workers_turn_comes_back_after_its_lease(edge: Edge, clock: SettableClock) -> None:
    class Killed(BaseException):
        """As sudden as kill -9."""

    def killed() -> None:
        raise Killed

    with pytest.raises(Killed):
        run_if_due(edge, "sweep", EVERY_S, killed, clock=clock)
    clock.advance(seconds=LEASE.total_seconds() - 1)
    assert not run_if_due(edge, "sweep", EVERY_S, lambda: None, clock=clock)
    clock.advance(seconds=1)
    assert run_if_due(edge, "sweep", EVERY_S, lambda: None, clock=clock)


def test_an_expected_job_shows_before_its_first_run_and_is_late_until_then(edge: Edge, clock: SettableClock) -> None:
    with edge.transaction() as session:
        expect(session, "sweep", EVERY_S)
        expect(session, "sweep", 2 * EVERY_S)
    job = _job(edge)
    assert job.every_s == 2 * EVERY_S
    assert job.is_late(clock())


def test_a_job_is_late_when_it_missed_two_turns(edge: Edge, clock: SettableClock) -> None:
    run_if_due(edge, "sweep", EVERY_S, lambda: None, clock=clock)
    job = _job(edge)
    assert not job.is_late(clock() + timedelta(seconds=3 * EVERY_S))
    assert job.is_late(clock() + timedelta(seconds=3 * EVERY_S + 1))


def test_the_queue_hands_over_ids(tmp_path: Path) -> None:
    queue = Queue(f"sqlite:///{tmp_path / 'jobs.db'}")
    queue.wake([7, 8])
    assert queue.huey.pending_count() == 1
    queue.wake(range(2 * A_FEW + 1))
    assert [task.args for task in queue.huey.pending()] == [
        (7, 8),
        tuple(range(A_FEW)),
        tuple(range(A_FEW, 2 * A_FEW)),
        (2 * A_FEW,),
    ]
    queue.huey.storage.close()


def test_an_unreachable_queue_is_left_to_the_sweep(caplog: pytest.LogCaptureFixture) -> None:
    queue = Queue("redis://127.0.0.1:1/0")
    queue.wake([7])
    assert [record.getMessage() for record in caplog.records if record.name == "shop.kernel.jobs"] == [
        "queue unreachable"
    ]


def test_an_unknown_job_store_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown job store"):
        Queue("mysql://somewhere")
