"""Writes of applications: the steps, each kept as it is told, and the one passage function. Sending is a flow."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import User
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.codes import new_code
from shop.kernel.errors import Forbidden, Invalid, NotFound, WrongState
from shop.kernel.states import check_passage, passage
from shop.media.private import forget_private
from shop.town.models import Village
from shop.vendors.joining.models import (
    Application,
    ApplicationHistory,
    ApplicationKind,
    ApplicationPaper,
    ApplicationState,
    PaperLook,
    Part,
    Proof,
)
from shop.vendors.joining.payout import Sealed
from shop.vendors.joining.rules import (
    LONGEST_NAME,
    LONGEST_PERSON,
    LONGEST_REASON,
    MOST_GOODS,
    NEXT,
    OPEN,
    check_name,
    check_paper,
    may_change,
    plain_number,
)
from shop.vendors.models import Member, MemberRole, Standing, Vendor, VendorState

DESK = ("staff", "manager")
SELLING = (VendorState.APPROVED, VendorState.SUSPENDED)


def begin(session: Session, *, actor: Actor, clock: Clock) -> Application:
    """Return the application somebody is at, or a new one; begun twice, it is one.

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
    return _new(session, person, ApplicationKind.JOIN, clock=clock)


def begin_standing(session: Session, vendor_id: int, *, actor: Actor, clock: Clock) -> Application:
    """Return the application somebody is at, or a new one for another standing of their vendor.

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
    session.flush()
    return made


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


def _changing(session: Session, code: str, part: Part, *, actor: Actor, clock: Clock) -> Application:
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
    row = _changing(session, code, Part.WHO, actor=actor, clock=clock)
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
    row = _changing(session, code, Part.VILLAGE, actor=actor, clock=clock)
    row.village_id = village.id
    session.flush()


def save_standing(session: Session, code: str, *, standing: Standing, actor: Actor, clock: Clock) -> None:
    """Keep on what ground they sell; what has to be shown follows from it, so that part opens again with this one.

    Raises:
        NotFound, WrongState: as `save_who`.
    """
    row = _changing(session, code, Part.STANDING, actor=actor, clock=clock)
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
    row = _changing(session, code, Part.STANDING, actor=actor, clock=clock)
    row.goods = wanted
    _open_papers(row)
    session.flush()


def _open_papers(row: Application) -> None:
    if row.state is ApplicationState.NEEDS_FIXING and Part.PAPERS not in row.fixing:
        row.fixing = [*row.fixing, Part.PAPERS.value]


def save_paper(
    session: Session,
    code: str,
    proof: Proof,
    *,
    number: str,
    until: date | None,
    photo_key: str | None,
    instead_of: Collection[Proof] = (),
    actor: Actor,
    clock: Clock,
) -> list[str]:
    """Keep a paper with its photo; told without one, the photo of before stays.

    Args:
        photo_key: of a private photo just taken in.
        instead_of: other papers that this one stands for.

    Returns:
        Keys of photos that are replaced; their files are to be dropped after the commit.

    Raises:
        Invalid: see `check_paper`; field "photo", reason "missing".
        NotFound, WrongState: as `save_who`.
    """
    number = plain_number(number) if proof is Proof.REGISTRATION else number.strip()
    check_paper(proof, number, until, town_day(clock()))
    row = _changing(session, code, Part.PAPERS, actor=actor, clock=clock)
    paper = _paper(row, proof)
    if photo_key is None and paper.photo_key is None:
        raise Invalid("photo", "missing")
    before = paper.photo_key if photo_key is not None and photo_key != paper.photo_key else None
    is_plain = proof is Proof.OWN_WORK
    paper.number, paper.until = ("", None) if is_plain else (number, None if proof is Proof.REGISTRATION else until)
    paper.photo_key, paper.seen_by = photo_key or paper.photo_key, ""
    return _replaced(session, row, before, instead_of)


def bring_paper(
    session: Session, code: str, proof: Proof, *, instead_of: Collection[Proof] = (), actor: Actor, clock: Clock
) -> list[str]:
    """Keep that a paper will be brought to the centre; a photo that was there goes.

    Returns:
        As `save_paper`.

    Raises:
        NotFound, WrongState: as `save_who`.
    """
    row = _changing(session, code, Part.PAPERS, actor=actor, clock=clock)
    paper = _paper(row, proof)
    before, paper.photo_key = paper.photo_key, None
    paper.number, paper.until, paper.seen_by = "", None, ""
    return _replaced(session, row, before, instead_of)


def _paper(row: Application, proof: Proof) -> ApplicationPaper:
    """Return what was told of a paper, beginning with nothing."""
    found = next((paper for paper in row.papers if paper.proof is proof), None)
    if found is None:
        found = ApplicationPaper(proof=proof, photo_key=None, number="", seen_by="")
        row.papers.append(found)
    return found


def _replaced(session: Session, row: Application, before: str | None, others: Collection[Proof]) -> list[str]:
    session.flush()
    if before is not None:
        forget_private(session, before)
    dropped = drop_papers(session, row, frozenset(Proof) - frozenset(others))
    return dropped if before is None else [before, *dropped]


def drop_papers(session: Session, row: Application, but: frozenset[Proof]) -> list[str]:
    """Take out the papers that nothing asks for any more, and return the keys of their photos."""
    gone = [paper for paper in row.papers if paper.proof not in but]
    keys = [paper.photo_key for paper in gone if paper.photo_key is not None]
    for paper in gone:
        row.papers.remove(paper)
    session.flush()
    for key in keys:
        forget_private(session, key)
    session.flush()
    return keys


def save_pay(session: Session, code: str, sealed: Sealed, *, actor: Actor, clock: Clock) -> None:
    """Keep how they want to be paid, sealed, and that they agreed to its being kept.

    Raises:
        NotFound, WrongState: as `save_who`.
    """
    row = _changing(session, code, Part.PAY, actor=actor, clock=clock)
    row.pay_way, row.pay_secret, row.pay_tail = sealed.way, sealed.secret, sealed.tail
    row.pay_consent_at = clock()
    session.flush()


def see_paper(
    session: Session, code: str, proof: Proof, *, number: str, until: date | None, actor: Actor, clock: Clock
) -> None:
    """Note a paper of a sent application that was brought to the centre, as somebody of the centre read it.

    Raises:
        Forbidden: the actor is not of the centre.
        Invalid: see `check_paper`.
        NotFound: there is no such application.
        WrongState: nobody waits for an answer to it.
    """
    if not actor.has(*DESK):
        raise Forbidden("see_paper")
    number = plain_number(number) if proof is Proof.REGISTRATION else number.strip()
    check_paper(proof, number, until, town_day(clock()))
    row = lock(session, code)
    if row.state not in (ApplicationState.APPLIED, ApplicationState.NEEDS_FIXING):
        raise WrongState("application", row.state, ApplicationState.APPLIED)
    paper = _paper(row, proof)
    paper.number, paper.until, paper.seen_by = number, until, actor.label
    row.version, row.changed_at = row.version + 1, clock()
    session.flush()


def look_at_photo(session: Session, code: str, proof: Proof, *, reason: str, actor: Actor, clock: Clock) -> str:
    """Return the key of a paper's photo for somebody of the centre, and write down that they opened it and why.

    While an application waits, reviewing it is reason enough.

    Raises:
        Forbidden: the actor is not of the centre.
        Invalid: field "reason", the application is decided and nobody said why it is opened.
        NotFound: there is no such application or photo; drafts are their applicants' own.
    """
    if not actor.has(*DESK):
        raise Forbidden("look_at_photo")
    row = session.scalar(select(Application).where(Application.code == code))
    if row is None or row.sent_at is None:
        raise NotFound("application")
    key = next((paper.photo_key for paper in row.papers if paper.proof is proof), None)
    if key is None:
        raise NotFound("photo")
    said = reason.strip() or ("review" if NEXT[row.state] else "")
    if not said:
        raise Invalid("reason", "missing")
    look = PaperLook(application_id=row.id, proof=proof, at=clock(), actor=actor.label, reason=said[:LONGEST_REASON])
    session.add(look)
    session.flush()
    return key


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
