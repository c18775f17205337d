"""The books: every entry sums to zero, is posted once, and stays as it was posted."""

import pytest
from sqlalchemy import select

from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.ledger.models import Entry, Posting
from shop.ledger.queries import balance, balances, books_difference, legs, statement
from shop.ledger.rules import COMMISSION, held, psp, seller
from shop.ledger.services import Unalterable, Unbalanced, post
from tests.world.market import HOUSE


def captured(edge: Edge, clock: Clock, amount: int = 5000, *, key: str = "capture:one") -> bool:
    wanted = {psp("demo"): amount, held("ORDER"): -amount}
    return edge.run(
        lambda session: post(
            session, key=key, kind="captured", reference="ORDER", legs=wanted, actor=HOUSE, clock=clock
        )
    )


def of(edge: Edge, code: str) -> int:
    with edge.reading() as session:
        return balance(session, code)


def test_an_event_of_money_is_posted_once(edge: Edge, clock: Clock) -> None:
    assert captured(edge, clock)
    assert not captured(edge, clock)
    assert of(edge, psp("demo")) == 5000
    with edge.reading() as session:
        assert legs(session, "capture:one") == [("held:ORDER", -5000), ("psp:demo", 5000)]
        assert books_difference(session) == 0


@pytest.mark.parametrize(
    "wanted", [{}, {"psp:demo": 1}, {"psp:demo": 100, "held:ORDER": -99}, {"psp:demo": 0, "held:ORDER": 0}]
)
def test_what_does_not_sum_to_zero_is_never_posted(edge: Edge, clock: Clock, wanted: dict[str, int]) -> None:
    with pytest.raises(Unbalanced):
        edge.run(
            lambda session: post(
                session, key="wrong", kind="captured", reference="ORDER", legs=wanted, actor=HOUSE, clock=clock
            )
        )
    with edge.reading() as session:
        assert balances(session) == []


def test_an_account_outside_the_chart_is_refused(edge: Edge, clock: Clock) -> None:
    with pytest.raises(KeyError):
        edge.run(
            lambda session: post(
                session,
                key="wrong",
                kind="captured",
                reference="ORDER",
                legs={"mattress": 1, "psp:demo": -1},
                actor=HOUSE,
                clock=clock,
            )
        )


@pytest.mark.parametrize("act", ["change", "delete", "change entry"])
def test_what_was_posted_can_be_neither_changed_nor_deleted(edge: Edge, clock: Clock, act: str) -> None:
    captured(edge, clock)
    with pytest.raises(Unalterable), edge.transaction() as session:
        posting = session.scalars(select(Posting)).first()
        assert posting is not None
        if act == "change":
            posting.amount_fen += 1
        elif act == "delete":
            session.delete(posting)
        else:
            session.get_one(Entry, posting.entry_id).kind = "other"
    assert of(edge, psp("demo")) == 5000


def test_a_statement_tells_each_leg_with_what_it_was_for(edge: Edge, clock: Clock) -> None:
    captured(edge, clock)
    edge.run(
        lambda session: post(
            session,
            key="release:ORDER",
            kind="released",
            reference="ORDER",
            legs={held("ORDER"): 5000, seller("zhou"): -4500, COMMISSION: -500},
            actor=HOUSE,
            clock=clock,
        )
    )
    with edge.reading() as session:
        assert [(line.kind, line.fen) for line in statement(session, held("ORDER"))] == [
            ("released", 5000),
            ("captured", -5000),
        ]
        assert [(one.code, one.fen) for one in balances(session)] == [
            (COMMISSION, -500),
            (psp("demo"), 5000),
            (seller("zhou"), -4500),
        ]
