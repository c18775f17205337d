"""Reads of applications and of how vendors are paid."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shop.kernel.errors import NotFound
from shop.kernel.queues import Queue
from shop.town.models import Village
from shop.vendors.joining.models import (
    Application,
    ApplicationHistory,
    ApplicationKind,
    ApplicationPaper,
    ApplicationState,
    Licence,
    Part,
    PayoutAccount,
    PayoutChange,
    PayWay,
    Proof,
)
from shop.vendors.joining.rules import NEXT, OPEN, PARTS_OF, has_number, may_change
from shop.vendors.models import Standing

APPLICATIONS: Queue = select(Application.sent_at).where(Application.state == ApplicationState.APPLIED)
"""Applications that wait for the centre's answer."""


@dataclass(frozen=True)
class ProofFacts:
    """A paper shown with an application; `until` is its last day, if it has one."""

    proof: Proof
    number: str
    until: date | None
    photo_key: str | None
    seen_by: str

    @property
    def is_half(self) -> bool:
        """Tell whether its photo is there and its number is not, which was typed wrong."""
        return self.photo_key is not None and has_number(self.proof) and not self.number

    @property
    def is_shown(self) -> bool:
        """Tell whether the centre can see it, or has: otherwise it will be brought."""
        return (self.photo_key is not None and not self.is_half) or bool(self.seen_by)


@dataclass(frozen=True)
class ApplicationFacts:
    """An application as its applicant and the centre see it: the account only by its tail."""

    id: int
    code: str
    kind: ApplicationKind
    state: ApplicationState
    version: int
    applicant_id: int
    vendor_id: int | None
    name: str
    person: str
    phone: str
    village_code: str
    village: str
    standing: Standing | None
    goods: tuple[str, ...]
    papers: tuple[ProofFacts, ...]
    pay_way: PayWay | None
    pay_tail: str
    fixing: tuple[Part, ...]
    reason: str
    created_at: datetime
    sent_at: datetime | None

    def paper(self, proof: Proof) -> ProofFacts | None:
        """Return what was told of one paper, or None."""
        return next((paper for paper in self.papers if paper.proof is proof), None)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return the steps of an application of this kind."""
        return PARTS_OF[self.kind]

    @property
    def is_over(self) -> bool:
        """Tell whether it was decided."""
        return not NEXT[self.state]

    def may_change(self, part: Part) -> bool:
        """Tell whether its applicant may change a part of it now."""
        return may_change(self.kind, self.state, frozenset(self.fixing), part)


@dataclass(frozen=True)
class PassageOf:
    """A passage of an application; `parts` are those that were sent back."""

    to: ApplicationState
    at: datetime
    actor: str
    reason: str
    parts: tuple[Part, ...]


def application_facts(session: Session, row: Application) -> ApplicationFacts:
    """Return a loaded application as others may know of it."""
    return _facts(row, session.get(Village, row.village_id) if row.village_id is not None else None)


def _listed(session: Session, wanted: Select[Application]) -> list[ApplicationFacts]:
    rows = session.scalars(wanted).all()
    there = select(Village).where(Village.id.in_({row.village_id for row in rows}))
    villages = {village.id: village for village in session.scalars(there)}
    return [_facts(row, villages.get(row.village_id or 0)) for row in rows]


def _facts(row: Application, village: Village | None) -> ApplicationFacts:
    return ApplicationFacts(
        id=row.id,
        code=row.code,
        kind=row.kind,
        state=row.state,
        version=row.version,
        applicant_id=row.applicant_id,
        vendor_id=row.vendor_id,
        name=row.name,
        person=row.person,
        phone=row.phone,
        village_code=village.code if village else "",
        village=village.name if village else "",
        standing=row.standing,
        goods=tuple(row.goods),
        papers=tuple(_proof(paper) for paper in row.papers),
        pay_way=row.pay_way,
        pay_tail=row.pay_tail,
        fixing=tuple(Part(part) for part in row.fixing),
        reason=row.reason,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )


def _proof(paper: ApplicationPaper) -> ProofFacts:
    return ProofFacts(paper.proof, paper.number, paper.until, paper.photo_key, paper.seen_by)


def my_application(session: Session, user_id: int) -> ApplicationFacts | None:
    """Return the application somebody is at, else the last that was decided, or None."""
    mine = select(Application).where(Application.applicant_id == user_id).order_by(Application.id.desc())
    row = session.scalars(mine.where(Application.state.in_(OPEN)).limit(1)).first()
    row = row or session.scalars(mine.limit(1)).first()
    return None if row is None else application_facts(session, row)


def application_by_code(session: Session, code: str) -> ApplicationFacts:
    """Return an application that was sent; drafts are their applicants' own.

    Raises:
        NotFound: there is none of this code, or it was never sent.
    """
    row = session.scalars(select(Application).where(Application.code == code)).one_or_none()
    if row is None or row.sent_at is None:
        raise NotFound("application")
    return application_facts(session, row)


def applications_in(
    session: Session, *states: ApplicationState, offset: int = 0, limit: int | None = None
) -> list[ApplicationFacts]:
    """Return the applications in these states, whoever has waited longest first."""
    wanted = select(Application).where(Application.state.in_(states)).order_by(Application.sent_at, Application.id)
    return _listed(session, wanted.offset(offset).limit(limit))


def decided(session: Session, limit: int = 20) -> list[ApplicationFacts]:
    """Return the applications that were decided last, the latest first."""
    over = Application.state.in_((ApplicationState.APPROVED, ApplicationState.REFUSED))
    wanted = select(Application).where(over).order_by(Application.changed_at.desc(), Application.id.desc())
    return _listed(session, wanted.limit(limit))


def applications_of(session: Session, vendor_id: int) -> list[ApplicationFacts]:
    """Return what was sent in for a vendor, oldest first."""
    sent = select(Application).where(Application.vendor_id == vendor_id, Application.sent_at.is_not(None))
    return _listed(session, sent.order_by(Application.id))


def passages_of(session: Session, application_id: int) -> tuple[PassageOf, ...]:
    """Return what became of an application, in order."""
    rows = select(ApplicationHistory).where(ApplicationHistory.application_id == application_id)
    return tuple(
        PassageOf(
            ApplicationState(row.to_state), row.at, row.actor, row.reason, tuple(Part(part) for part in row.parts)
        )
        for row in session.scalars(rows.order_by(ApplicationHistory.id))
    )


def licence_of(session: Session, vendor_id: int) -> str:
    """Return the number of a vendor's registration; an exempt vendor has none."""
    row = session.get(Licence, vendor_id)
    return "" if row is None else row.number


@dataclass(frozen=True)
class PayoutFacts:
    """How a vendor is paid, as it may be shown: the end of the number and no more."""

    way: PayWay
    tail: str
    changed_at: datetime


@dataclass(frozen=True)
class PayoutChangeFacts:
    """A change of how a vendor is paid; `actor` is a person's code."""

    way: PayWay
    at: datetime
    actor: str


def payout_of(session: Session, vendor_id: int) -> PayoutFacts | None:
    """Return how a vendor is paid, or None when nobody said yet."""
    row = session.get(PayoutAccount, vendor_id)
    return None if row is None else PayoutFacts(row.way, row.tail, row.changed_at)


def payout_changes(session: Session, vendor_id: int) -> tuple[PayoutChangeFacts, ...]:
    """Return who changed how a vendor is paid, and when, the latest first."""
    rows = select(PayoutChange).where(PayoutChange.vendor_id == vendor_id).order_by(PayoutChange.id.desc())
    return tuple(PayoutChangeFacts(row.way, row.at, row.actor) for row in session.scalars(rows))
