"""The demo town's questions: asked and answered by the acts that do so in a real one, some hours ago."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.models import Listing
from shop.catalog.questions.services import answer, ask
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.clock import Clock


def ask_all(session: Session, rows: Sequence[Mapping[str, Any]], *, phone: str, actor: Actor, clock: Clock) -> None:
    """Let questions be asked, and answered where the data has an answer.

    Args:
        rows: a listing's `ref`, the text and how many hours ago it was asked; the same of the answer, if any.
        phone: whose questions they are.
        actor: who answers for the households.
    """
    for number, row in enumerate(rows):
        listing = session.scalars(select(Listing).where(Listing.ref == row["ref"])).one()
        asked = ask(
            session,
            listing.code,
            row["text"],
            key=f"demo-question-{number}",
            phone=phone,
            actor=VISITOR,
            clock=_ago(clock, row["hours"]),
        )
        if "answer" in row:
            answer(
                session,
                asked.code,
                row["answer"],
                vendor_id=listing.vendor_id,
                actor=actor,
                clock=_ago(clock, row["answer_hours"]),
            )


def _ago(clock: Clock, hours: int) -> Clock:
    return lambda: clock() - timedelta(hours=hours)
