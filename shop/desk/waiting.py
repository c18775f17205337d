"""Reads of claims for whoever decides them: what waits, how a claim stands in its order, and what its buyer claimed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from shop.desk.models import Bearer, Claim, ClaimState, HouseholdWord
from shop.desk.queries import CLAIMS, ClaimFacts, claims
from shop.desk.rules import REPEAT_SPAN
from shop.kernel.queues import Queue
from shop.orders.models import Order, OrderLine

S = ClaimState


def _waits(*states: ClaimState) -> ColumnElement[bool]:
    return Claim.state.in_(states)


_SINCE = func.coalesce(Claim.appealed_at, Claim.asked_at)
CLAIMS_OPEN: Queue = select(_SINCE).where(_waits(S.OPEN))
"""Claims that wait for a person's yes or no."""
GOODS_BACK: Queue = select(Claim.decided_at).where(_waits(S.RECEIVED))
"""Claims whose goods are back at the centre: their money is due within seven days."""
_DISPUTED = and_(
    Claim.state == S.PAID,
    Claim.bearer == Bearer.HOUSEHOLD,
    Claim.household_word == HouseholdWord.NOT_OURS,
    Claim.household_answer.is_(None),
)
DISPUTED: Queue = select(Claim.household_at).where(_DISPUTED)
"""Claims that a household paid for and says are not its fault."""
LISTS: Mapping[str, tuple[ClaimState, ...]] = {
    "open": (S.OPEN,),
    "received": (S.RECEIVED,),
    "awaiting": (S.AWAITING_GOODS,),
    "ended": (S.ACCEPTED, S.PAID, S.DECLINED, S.WITHDRAWN),
}
"""The lists of the desk, by the states that stand in each."""


def counts(session: Session) -> dict[str, int]:
    """Return how many claims stand in each list, in one statement."""
    disputed = func.coalesce(func.sum(case((_DISPUTED, 1), else_=0)), 0)
    rows = session.execute(select(Claim.state, func.count(), disputed).group_by(Claim.state)).all()
    found = {row[0]: int(row[1]) for row in rows}
    of_states = {name: sum(found.get(state, 0) for state in states) for name, states in LISTS.items()}
    return {**of_states, "disputed": sum(int(row[2]) for row in rows)}


def listed(session: Session, name: str, *, offset: int, limit: int) -> list[ClaimFacts]:
    """Return a page of a list: what must be done soonest first; of what has ended the latest."""
    wanted = CLAIMS.where(_DISPUTED if name == "disputed" else _waits(*LISTS[name]))
    order = (Claim.id.desc(),) if name == "ended" else (Claim.due_at, Claim.id)
    return claims(session, wanted.order_by(*order).offset(offset).limit(limit))


@dataclass(frozen=True)
class Earlier:
    """Another claim of the same buyer."""

    code: str
    order_code: str
    title: str
    state: ClaimState
    amount_fen: int
    asked_at: datetime


def earlier_of(session: Session, claim: ClaimFacts, now: datetime, *, limit: int = 10) -> list[Earlier]:
    """Return what else the buyer of a claim claimed lately, by their account or their phone, the latest first."""
    phone = select(Order.phone).where(Order.id == claim.order_id).scalar_subquery()
    same = [Order.phone == phone]
    if claim.user_id is not None:
        same.append(Order.user_id == claim.user_id)
    wanted = CLAIMS.with_only_columns(
        Claim.code, Order.code, OrderLine.title, Claim.state, Claim.amount_fen, Claim.asked_at
    )
    others = wanted.where(or_(*same), Claim.code != claim.code, Claim.asked_at > now - REPEAT_SPAN)
    return [Earlier(*row) for row in session.execute(others.order_by(Claim.id.desc()).limit(limit))]
