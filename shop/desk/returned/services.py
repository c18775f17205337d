"""Writes of returned parcels: that one came back, and what a person decided about it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.desk.models import Bearer
from shop.desk.returned.models import ReturnCause, ReturnedLine, ReturnedParcel
from shop.desk.returned.rules import causes
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Invalid, NotFound, WrongState


@dataclass(frozen=True)
class Inside:
    """So many pieces of an order line came back; `goods_fen` is what their buyer had paid, or agreed to pay."""

    line_id: int
    pieces: int
    goods_fen: int


@dataclass(frozen=True)
class Decision:
    """What a person decided about a returned parcel.

    Attributes:
        bearer: who bears the goods that are no good any more.
        freight_back: the buyer has the freight back as well.
        good: ids of the returned lines that go back to their household as they are.
        answer: why, in words for the buyer.
    """

    cause: ReturnCause
    bearer: Bearer
    freight_back: bool
    good: frozenset[int]
    answer: str


def note_returned(
    session: Session,
    order_id: int,
    code: str,
    inside: Collection[Inside],
    *,
    was_sent: bool,
    reason: str,
    freight_fen: int,
    clock: Clock,
) -> None:
    """Leave a parcel that did not reach its buyer to a person.

    Args:
        code: the parcel's own.
        was_sent: it was on its way; otherwise nobody came for it.
        reason: in the words of whoever brought it back.
        freight_fen: that its buyer paid for it and that the centre kept.
    """
    lines = [ReturnedLine(line_id=one.line_id, pieces=one.pieces, goods_fen=one.goods_fen) for one in inside]
    session.add(
        ReturnedParcel(
            code=code,
            order_id=order_id,
            was_sent=was_sent,
            reason=reason[:200],
            freight_fen=freight_fen,
            came_at=clock(),
            lines=lines,
        )
    )
    session.flush()


def lock(session: Session, code: str) -> ReturnedParcel:
    """Return a returned parcel for change.

    Raises:
        NotFound: none of this code came back.
    """
    wanted = select(ReturnedParcel).where(ReturnedParcel.code == code).with_for_update()
    found = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("returned_parcel")
    return found


def decide(
    session: Session, parcel: ReturnedParcel, decision: Decision, *, actor: Actor, clock: Clock
) -> Sequence[ReturnedLine]:
    """Write down what was decided about a locked parcel, and return the lines that are no good any more.

    Raises:
        Invalid: there are no words for the buyer, such a parcel cannot have come back for this, or a line is another's.
        WrongState: it was decided before.
    """
    if parcel.decided_at is not None:
        raise WrongState("returned_parcel", "decided", "decided")
    if not decision.answer.strip():
        raise Invalid("answer", "empty")
    if decision.cause not in causes(was_sent=parcel.was_sent):
        raise Invalid("cause", "unknown")
    if not decision.good <= {line.id for line in parcel.lines}:
        raise Invalid("good", "unknown")
    parcel.cause, parcel.bearer = decision.cause, decision.bearer
    parcel.answer = decision.answer.strip()[:200]
    parcel.freight_back_fen = parcel.freight_fen if decision.freight_back else 0
    parcel.decided_at, parcel.decided_by = clock(), actor.label
    for line in parcel.lines:
        line.is_good = line.id in decision.good
    session.flush()
    return [line for line in parcel.lines if not line.is_good]
