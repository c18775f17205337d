"""The transaction edge: what it keeps, what it takes back, and when it wakes the queue."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shop.kernel import outbox
from shop.kernel.edge import ATTEMPTS, Edge
from shop.kernel.outbox import Message
from tests.support.clock import SettableClock


def _count(edge: Edge) -> int:
    with edge.reading() as session:
        return session.scalar(select(func.count()).select_from(Message)) or 0


def test_a_transaction_keeps_what_it_wrote_and_wakes_the_queue_after_the_commit(
    edge: Edge, clock: SettableClock, woken: list[int]
) -> None:
    with edge.transaction() as session:
        posted = outbox.post(session, "test.topic", {"code": "A"}, clock=clock)
        assert woken == []
    assert woken == [posted]
    assert _count(edge) == 1


def test_an_exception_takes_everything_back_and_wakes_nobody(
    edge: Edge, clock: SettableClock, woken: list[int]
) -> None:
    with pytest.raises(RuntimeError), edge.transaction() as session:
        outbox.post(session, "test.topic", {}, clock=clock)
        raise RuntimeError
    assert woken == []
    assert _count(edge) == 0


class _SqliteBusy(Exception):
    """What SQLite's driver says when another writer kept the lock too long."""

    def __str__(self) -> str:
        return "database is locked"


class _Deadlock(Exception):
    """What PostgreSQL's driver raises for a deadlock."""

    sqlstate = "40P01"


@pytest.mark.parametrize("cause", [_SqliteBusy, _Deadlock])
def test_an_act_runs_again_from_the_start_when_the_database_asks(
    edge: Edge, clock: SettableClock, woken: list[int], cause: type[Exception]
) -> None:
    tries = 0

    def act(session: Session) -> int:
        nonlocal tries
        tries += 1
        posted = outbox.post(session, "test.topic", {}, clock=clock)
        if tries < 3:
            raise OperationalError("UPDATE", {}, cause())
        return posted

    posted = edge.run(act)
    assert tries == 3
    assert woken == [posted]
    assert _count(edge) == 1


def test_an_act_gives_up_after_its_last_attempt(edge: Edge) -> None:
    tries = 0

    def act(_session: Session) -> None:
        nonlocal tries
        tries += 1
        raise OperationalError("UPDATE", {}, _Deadlock())

    with pytest.raises(OperationalError):
        edge.run(act)
    assert tries == ATTEMPTS


def test_another_error_is_not_tried_again(edge: Edge) -> None:
    tries = 0

    def act(_session: Session) -> None:
        nonlocal tries
        tries += 1
        raise OperationalError("UPDATE", {}, Exception("no such table"))

    with pytest.raises(OperationalError):
        edge.run(act)
    assert tries == 1
