"""The outbox: at least once, one worker at a time, growing pauses, and a poisoned message waits for a person."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from shop.kernel import outbox
from shop.kernel.edge import Edge
from shop.kernel.errors import NotFound, WrongState
from shop.kernel.outbox import BACKOFF_S, LEASE, MAX_ATTEMPTS, Message, MessageState
from tests.support.clock import SettableClock

TOPIC = "test.topic"


class Handler:
    """Notes what it was given; fails as long as it is told to."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, Mapping[str, Any]]] = []
        self.is_broken = False

    def __call__(self, message_id: int, facts: Mapping[str, Any]) -> None:
        self.seen.append((message_id, facts))
        if self.is_broken:
            raise RuntimeError("王小明 13800000000")


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
def posted(edge: Edge, clock: SettableClock) -> int:
    with edge.transaction() as session:
        return outbox.post(session, TOPIC, {"code": "A1"}, clock=clock)


def _deliver(edge: Edge, handler: Handler, message_id: int, clock: SettableClock) -> bool:
    return outbox.deliver(edge, {TOPIC: handler}, message_id, clock=clock)


def _message(edge: Edge, message_id: int) -> Message:
    with edge.reading() as session:
        message = session.get_one(Message, message_id)
        session.expunge(message)
        return message


def _due(edge: Edge, clock: SettableClock) -> list[int]:
    with edge.reading() as session:
        return outbox.due(session, clock())


def test_a_message_is_delivered_with_its_facts_and_only_once_when_all_is_well(
    edge: Edge, clock: SettableClock, handler: Handler, posted: int
) -> None:
    assert _due(edge, clock) == [posted]
    assert _deliver(edge, handler, posted, clock)
    assert not _deliver(edge, handler, posted, clock)
    assert handler.seen == [(posted, {"code": "A1"})]
    message = _message(edge, posted)
    assert (message.state, message.done_at) == (MessageState.DONE, clock())
    assert _due(edge, clock) == []


def test_nobody_takes_up_a_message_that_another_worker_is_at(
    edge: Edge, clock: SettableClock, handler: Handler, posted: int
) -> None:
    inner: list[bool] = []

    def while_working(message_id: int, _facts: Mapping[str, Any]) -> None:
        inner.append(_deliver(edge, handler, message_id, clock))

    assert outbox.deliver(edge, {TOPIC: while_working}, posted, clock=clock)
    assert inner == [False]
    assert handler.seen == []


def test_a_killed_workers_message_comes_back_after_its_lease(
    edge: Edge, clock: SettableClock, handler: Handler, posted: int
) -> None:
    class Killed(BaseException):
        """As sudden as kill -9: nothing after it runs."""

    def killed(_message_id: int, _facts: Mapping[str, Any]) -> None:
        raise Killed

    with pytest.raises(Killed):
        outbox.deliver(edge, {TOPIC: killed}, posted, clock=clock)
    assert _due(edge, clock) == []
    clock.advance(seconds=LEASE.total_seconds())
    assert _due(edge, clock) == [posted]
    assert _deliver(edge, handler, posted, clock)


def test_a_failing_handler_is_tried_again_with_growing_pauses_and_then_waits_for_a_person(
    edge: Edge, clock: SettableClock, handler: Handler, posted: int
) -> None:
    handler.is_broken = True
    for attempt in range(1, MAX_ATTEMPTS):
        assert not _deliver(edge, handler, posted, clock)
        message = _message(edge, posted)
        assert message.state is MessageState.WAITING
        assert message.due_at - clock() == timedelta(seconds=BACKOFF_S[attempt - 1])
        assert not _deliver(edge, handler, posted, clock), "taken up before its pause was over"
        clock.advance(seconds=BACKOFF_S[attempt - 1])
    assert not _deliver(edge, handler, posted, clock)
    assert _message(edge, posted).state is MessageState.POISONED
    assert len(handler.seen) == MAX_ATTEMPTS
    clock.advance(days=30)
    assert _due(edge, clock) == []
    assert not _deliver(edge, handler, posted, clock)


def test_the_error_kept_holds_no_persons_name_or_phone(
    edge: Edge, clock: SettableClock, handler: Handler, posted: int
) -> None:
    handler.is_broken = True
    _deliver(edge, handler, posted, clock)
    error = _message(edge, posted).error
    assert error is not None
    assert error.startswith("RuntimeError at __call__:")
    assert "王小明" not in error
    assert "138" not in error


def test_a_topic_without_a_handler_is_not_lost(edge: Edge, clock: SettableClock, handler: Handler, posted: int) -> None:
    assert not outbox.deliver(edge, {}, posted, clock=clock)
    clock.advance(seconds=BACKOFF_S[0])
    assert _deliver(edge, handler, posted, clock)


def test_a_person_puts_a_poisoned_message_back_to_work(
    edge: Edge, clock: SettableClock, handler: Handler, posted: int, woken: list[int]
) -> None:
    handler.is_broken = True
    for pause in (*BACKOFF_S, 0):
        _deliver(edge, handler, posted, clock)
        clock.advance(seconds=pause)
    handler.is_broken = False
    with edge.transaction() as session:
        outbox.retry(session, posted, clock=clock)
    assert woken == [posted, posted]
    assert _deliver(edge, handler, posted, clock)
    assert _message(edge, posted).error is None


def test_a_message_that_kills_its_worker_every_time_is_poisoned_at_last(
    edge: Edge, clock: SettableClock, posted: int
) -> None:
    def killer(_id: int, _facts: Mapping[str, Any]) -> None:
        raise KeyboardInterrupt  # stands for kill -9: nothing after it runs

    for _attempt in range(MAX_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            outbox.deliver(edge, {TOPIC: killer}, posted, clock=clock)
        clock.advance(seconds=LEASE.total_seconds())
    assert _message(edge, posted).state is MessageState.WAITING
    assert not outbox.deliver(edge, {TOPIC: killer}, posted, clock=clock)
    assert _message(edge, posted).state is MessageState.POISONED


def test_only_a_poisoned_message_can_be_put_back(edge: Edge, clock: SettableClock, posted: int) -> None:
    with pytest.raises(WrongState), edge.transaction() as session:
        outbox.retry(session, posted, clock=clock)
    with pytest.raises(NotFound), edge.transaction() as session:
        outbox.retry(session, posted + 1, clock=clock)
    assert _message(edge, posted).attempts == 0


def test_the_oldest_messages_are_due_first_and_no_more_than_asked(edge: Edge, clock: SettableClock) -> None:
    with edge.transaction() as session:
        ids = [outbox.post(session, TOPIC, {}, clock=clock) for _ in range(5)]
    with edge.reading() as session:
        assert outbox.due(session, clock(), limit=3) == ids[:3]
        assert outbox.due(session, clock() - timedelta(seconds=1)) == []
        assert len(session.scalars(select(Message)).all()) == 5


def test_what_may_not_be_done_yet_waits_without_having_failed(edge: Edge, clock: SettableClock, posted: int) -> None:
    then = clock() + timedelta(days=3)

    def later(_message_id: int, _facts: Mapping[str, Any]) -> None:
        if clock() < then:
            raise outbox.Later(then)

    for _ in range(MAX_ATTEMPTS + 1):
        with edge.transaction() as session:
            session.get_one(Message, posted).due_at = clock()
        assert outbox.deliver(edge, {TOPIC: later}, posted, clock=clock)
    message = _message(edge, posted)
    assert (message.state, message.attempts, message.due_at) == (MessageState.WAITING, 0, then)
    assert message.error is None
    clock.advance(days=3)
    assert _due(edge, clock) == [posted]
    assert outbox.deliver(edge, {TOPIC: later}, posted, clock=clock)
    assert _message(edge, posted).state is MessageState.DONE
