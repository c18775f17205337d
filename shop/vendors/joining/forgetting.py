"""What is forgotten of applications that came to nothing: nobody keeps papers of people who do not sell here."""

from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.vendors.joining.models import Application, ApplicationState
from shop.vendors.joining.papers import drop_papers
from shop.vendors.joining.rules import NEXT
from shop.vendors.joining.services import advance

CLOSED = "本人注销了账户"
"""Why an application is refused that nobody can answer any more."""
KEEP_DRAFTS = timedelta(days=90)
KEEP_REFUSED = timedelta(days=180)
"""Long enough to ask why; the answer and its reason stay, the papers go."""


def forget_applications(session: Session, now: datetime) -> list[str]:
    """Remove drafts nobody went on with, and the papers of what was refused long ago.

    Returns:
        Keys of photos whose files are to be dropped after the commit.
    """
    keys: list[str] = []
    for row in session.scalars(_older(ApplicationState.DRAFT, now - KEEP_DRAFTS)).all():
        keys += drop_papers(session, row, frozenset())
        session.delete(row)
    for row in session.scalars(_older(ApplicationState.REFUSED, now - KEEP_REFUSED)).all():
        keys += drop_papers(session, row, frozenset())
    session.flush()
    return keys


def forget_applications_of(session: Session, user_id: int, *, actor: Actor, clock: Clock) -> list[str]:
    """Remove what a person told in applications that did not become a household's; what waits is refused.

    Returns:
        As `forget_applications`.
    """
    mine = select(Application).where(
        Application.applicant_id == user_id, Application.state != ApplicationState.APPROVED
    )
    keys: list[str] = []
    for row in session.scalars(mine.order_by(Application.id).with_for_update(of=Application)).all():
        keys += drop_papers(session, row, frozenset())
        if row.state is ApplicationState.DRAFT:
            session.delete(row)
            continue
        if ApplicationState.REFUSED in NEXT[row.state]:
            advance(session, row, ApplicationState.REFUSED, actor=actor, clock=clock, reason=CLOSED)
        row.name = row.person = row.phone = row.pay_secret = row.pay_tail = ""
    session.flush()
    return keys


def _older(state: ApplicationState, than: datetime) -> Select[Application]:
    wanted = select(Application).where(Application.state == state, Application.changed_at < than)
    return wanted.order_by(Application.id).with_for_update(of=Application)
