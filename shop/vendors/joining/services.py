"""Writes of applications: the steps, each kept as it is told, and the one passage function. Sending is a flow."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import User
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.codes import new_code
from shop.kernel.errors import Forbidden, Invalid, NotFound, WrongState
from shop.kernel.states import check_passage, passage
from shop.town.models import Village
from shop.vendors.joining.models import (
    Application,
    ApplicationHistory,
    ApplicationKind,
    ApplicationPaper,
    ApplicationState,
    Licence,
    Part,
    Proof,
)
from shop.vendors.joining.payout import Sealed
from shop.vendors.joining.rules import (
    LONGEST_NAME,
    LONGEST_PERSON,
    MOST_GOODS,
    NEXT,
    OPEN,
    PROOF_OF,
    check_name,
    may_change,
)
from shop.vendors.models import Member, MemberRole, Paper, Standing, Vendor, VendorState

DESK = ("staff", "manager")
SELLING = (VendorState.APPROVED, VendorState.SUSPENDED)


def begin(session: Session, *, actor: Actor, clock: Clock) -> Application:
    """Return the application somebody is at, or a new one; begun twice, it is one. After a refusal less is asked.

    Raises:
        Forbidden: nobody is signed in.
        NotFound: there is no such person.
        WrongState: they have a vendor already.
    """
    person = _applicant(session, actor)
    begun = _open(session, person.id)
    if begun is not None:
        return begun
    owned = select(Member.vendor_id).join(Vendor, Vendor.id == Member.vendor_id)
    owned = owned.where(Member.user_id == person.id, Member.role == MemberRole.OWNER, Vendor.state.in_(SELLING))
    if session.scalar(owned.limit(1)) is not None:
        raise WrongState("application", ApplicationState.APPROVED, ApplicationState.DRAFT)
    made = _new(session, person, ApplicationKind.JOIN, clock=clock)
    _tell_again(session, made)
    return made


def _tell_again(session: Session, made: Application) -> None:
    """Take over what somebody told who was refused, but papers and account, which are forgotten."""
    last = session.scalars(
        select(Application)
        .where(Application.applicant_id == made.applicant_id, Application.id != made.id)
        .order_by(Application.id.desc())
        .limit(1)
    ).first()
    if last is not None and last.kind is ApplicationKind.JOIN and last.state is ApplicationState.REFUSED:
        made.name, made.person, made.village_id = last.name, last.person, last.village_id
        made.standing, made.goods = last.standing, list(last.goods)
        session.flush()


def begin_standing(session: Session, vendor_id: int, *, actor: Actor, clock: Clock) -> Application:
    """Return the application somebody is at, or a new one for another standing of their vendor, or other goods.

    What they sell and the papers that still count are in it from the start.

    The caller has made sure that the actor may speak for the vendor.

    Raises:
        Forbidden: nobody is signed in.
        NotFound: there is no such person or vendor.
    """
    person = _applicant(session, actor)
    vendor = session.get(Vendor, vendor_id)
    if vendor is None:
        raise NotFound("vendor")
    begun = _open(session, person.id)
    if begun is not None:
        return begun
    made = _new(session, person, ApplicationKind.STANDING, clock=clock)
    made.vendor_id, made.name, made.person = vendor.id, vendor.name, vendor.person
    made.village_id, made.standing = vendor.village_id, vendor.standing
    _carry_over(session, made, vendor, town_day(clock()))
    session.flush()
    return made


def _carry_over(session: Session, made: Application, vendor: Vendor, today: date) -> None:
    """Take over what the centre has seen of a vendor and what still counts, so that nobody shows it twice."""
    last = session.scalars(
        select(Application)
        .where(Application.vendor_id == vendor.id, Application.state == ApplicationState.APPROVED)
        .order_by(Application.id.desc())
        .limit(1)
    ).first()
    if last is not None:
        made.goods = list(last.goods)
    seen: dict[Proof, tuple[str, date | None, str]] = {}
    if (licence := session.get(Licence, vendor.id)) is not None:
        seen[Proof.REGISTRATION] = (licence.number, None, licence.seen_by)
    held = select(Paper).where(Paper.vendor_id == vendor.id, Paper.kind.in_(PROOF_OF))
    for paper in session.scalars(held.order_by(Paper.until.is_(None), Paper.until, Paper.id)):
        if paper.until is None or paper.until >= today:
            seen[PROOF_OF[paper.kind]] = (paper.number, paper.until, paper.added_by)
    made.papers = [
        ApplicationPaper(proof=proof, photo_key=None, number=number, until=until, seen_by=who)
        for proof, (number, until, who) in seen.items()
    ]


def _applicant(session: Session, actor: Actor) -> User:
    """Return the acting person's row, while nobody else begins anything for them."""
    if actor.user_id is None:
        raise Forbidden("apply")
    person = session.scalar(select(User).where(User.id == actor.user_id).with_for_update(of=User))
    if person is None:
        raise NotFound("user")
    return person


def _open(session: Session, user_id: int) -> Application | None:
    return session.scalar(select(Application).where(Application.applicant_id == user_id, Application.state.in_(OPEN)))


def _new(session: Session, person: User, kind: ApplicationKind, *, clock: Clock) -> Application:
    made = Application(
        code=new_code(8),
        kind=kind,
        applicant_id=person.id,
        phone=person.phone,
        created_at=clock(),
        changed_at=clock(),
    )
    session.add(made)
    session.flush()
    return made


def lock(session: Session, code: str) -> Application:
    """Return an application, while nobody else changes it.

    Raises:
        NotFound: there is none of this code.
    """
    row = session.scalar(
        select(Application)
        .where(Application.code == code)
        .with_for_update(of=Application)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("application")
    return row


def lock_mine(session: Session, code: str, *, actor: Actor) -> Application:
    """Return one's own application, while nobody else changes it.

    Raises:
        NotFound: there is none of this code, or it is another's.
    """
    row = lock(session, code)
    if actor.user_id is None or row.applicant_id != actor.user_id:
        raise NotFound("application")
    return row


def changing(session: Session, code: str, part: Part, *, actor: Actor, clock: Clock) -> Application:
    """Return one's own application, locked, to change a part of it.

    Raises:
        NotFound: it is not one's own.
        WrongState: this part cannot be changed now.
    """
    row = lock_mine(session, code, actor=actor)
    if not may_change(row.kind, row.state, set(row.fixing), part):
        raise WrongState("application", row.state, ApplicationState.DRAFT)
    row.version, row.changed_at = row.version + 1, clock()
    return row


def save_who(session: Session, code: str, *, name: str, person: str, actor: Actor, clock: Clock) -> None:
    """Keep what the household and the person are called.

    Raises:
        Invalid: field "name" or "person", see `check_name`.
        NotFound: it is not one's own.
        WrongState: this part cannot be changed now.
    """
    check_name("name", name, LONGEST_NAME)
    check_name("person", person, LONGEST_PERSON)
    row = changing(session, code, Part.WHO, actor=actor, clock=clock)
    row.name, row.person = name.strip(), person.strip()
    session.flush()


def save_village(session: Session, code: str, *, village_code: str, actor: Actor, clock: Clock) -> None:
    """Keep where they live.

    Raises:
        Invalid: field "village", there is none of this code.
        NotFound, WrongState: as `save_who`.
    """
    village = session.scalar(select(Village).where(Village.code == village_code))
    if village is None:
        raise Invalid("village", "unknown")
    row = changing(session, code, Part.VILLAGE, actor=actor, clock=clock)
    row.village_id = village.id
    session.flush()


def save_standing(session: Session, code: str, *, standing: Standing, actor: Actor, clock: Clock) -> None:
    """Keep on what ground they sell; what has to be shown follows from it, so that part opens again with this one.

    Raises:
        NotFound, WrongState: as `save_who`.
    """
    row = changing(session, code, Part.STANDING, actor=actor, clock=clock)
    row.standing = standing
    _open_papers(row)
    session.flush()


def save_goods(session: Session, code: str, *, goods: Sequence[str], actor: Actor, clock: Clock) -> None:
    """Keep what they want to sell, as codes of shelves; the caller knows which there are.

    Raises:
        Invalid: field "goods"; reason "missing" or "many".
        NotFound, WrongState: as `save_who`.
    """
    wanted = list(dict.fromkeys(goods))
    if not wanted:
        raise Invalid("goods", "missing")
    if len(wanted) > MOST_GOODS:
        raise Invalid("goods", "many")
    row = changing(session, code, Part.STANDING, actor=actor, clock=clock)
    row.goods = wanted
    _open_papers(row)
    session.flush()


def _open_papers(row: Application) -> None:
    if row.state is ApplicationState.NEEDS_FIXING and Part.PAPERS not in row.fixing:
        row.fixing = [*row.fixing, Part.PAPERS.value]


def save_pay(session: Session, code: str, sealed: Sealed, *, actor: Actor, clock: Clock) -> None:
    """Keep how they want to be paid, sealed, and that they agreed to its being kept.

    Raises:
        NotFound, WrongState: as `save_who`.
    """
    row = changing(session, code, Part.PAY, actor=actor, clock=clock)
    row.pay_way, row.pay_secret, row.pay_tail = sealed.way, sealed.secret, sealed.tail
    row.pay_consent_at = clock()
    session.flush()


def advance(
    session: Session,
    row: Application,
    to: ApplicationState,
    *,
    actor: Actor,
    clock: Clock,
    reason: str = "",
    parts: Sequence[Part] = (),
) -> None:
    """Bring a locked application to another state and write down by whom and why.

    Raises:
        WrongState: there is no such passage.
    """
    check_passage("application", NEXT, row.state, to)
    named = [part.value for part in parts]
    session.add(
        ApplicationHistory(
            application_id=row.id, parts=named, **passage(row.state, to, actor=actor, clock=clock, reason=reason)
        )
    )
    row.state, row.reason, row.fixing = to, reason, named
    row.version, row.changed_at = row.version + 1, clock()
    session.flush()
