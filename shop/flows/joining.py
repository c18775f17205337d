"""Joining: what has to be shown for the goods, sending an application, and judging it. Approving makes the vendor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.models import Role, UserRole
from shop.catalog.models import Category, Listing, ListingPhoto, ListingState
from shop.catalog.sequence import touch_vendor
from shop.flows.shelf import renew_paper
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.codes import new_code
from shop.kernel.errors import Forbidden, Invalid, Stale, WrongState
from shop.media.models import Photo
from shop.media.queries import PhotoFacts, photo_facts
from shop.notifications.services import wanted
from shop.town.models import Village
from shop.vendors.joining.models import (
    Application,
    ApplicationKind,
    ApplicationPaper,
    ApplicationState,
    Licence,
    Part,
    Proof,
)
from shop.vendors.joining.papers import drop_papers
from shop.vendors.joining.payout import Sealed, change_payout, write_payout
from shop.vendors.joining.queries import ApplicationFacts, application_facts
from shop.vendors.joining.rules import (
    EXEMPT,
    LONGEST_REASON,
    PAPER_OF,
    PROOF_OF,
    Need,
    check_paper,
)
from shop.vendors.joining.services import DESK, advance, lock, lock_mine
from shop.vendors.models import Member, MemberRole, PaperKind, Standing, Vendor, VendorState
from shop.vendors.services import add_member, add_vendor
from shop.vendors.services import advance as advance_vendor


@dataclass(frozen=True)
class Choice:
    """A kind of goods that can be chosen; `photo` is of something of that kind, if anything is on the shelf."""

    code: str
    name: str
    photo: PhotoFacts | None


@dataclass(frozen=True)
class Group:
    """The kinds on one shelf of the market."""

    name: str
    choices: tuple[Choice, ...]


def goods_to_choose(session: Session) -> tuple[Group, ...]:
    """Return the kinds of goods by their shelves: the parts of a shelf, or the shelf itself where it has none."""
    shelves = session.scalars(select(Category).order_by(Category.position, Category.id)).all()
    newest = select(func.max(Listing.id)).where(Listing.state == ListingState.PUBLISHED).group_by(Listing.category_id)
    rows = (
        select(Listing.category_id, Photo)
        .join(ListingPhoto, ListingPhoto.listing_id == Listing.id)
        .join(Photo, Photo.key == ListingPhoto.photo_key)
        .where(Listing.id.in_(newest), ListingPhoto.removed_at.is_(None))
        .order_by(ListingPhoto.position.desc())
    )
    photos = {shelf_id: photo_facts(photo) for shelf_id, photo in session.execute(rows)}
    parts: dict[int, list[Choice]] = {}
    for shelf in shelves:
        choice = Choice(shelf.code, shelf.name, photos.get(shelf.id))
        parts.setdefault(shelf.parent_id or shelf.id, []).append(choice)
    # A shelf with parts stands first among them: goods go on the parts.
    return tuple(
        Group(shelf.name, tuple(each for each in found if each.code != shelf.code) or tuple(found))
        for shelf in shelves
        if shelf.parent_id is None and (found := parts[shelf.id])
    )


def needs_of(session: Session, standing: Standing, goods: Sequence[str]) -> tuple[Need, ...]:
    """Return what has to be shown: for the standing, then for the goods; shelves with the same rule ask once."""
    first = Proof.OWN_WORK if standing in EXEMPT else Proof.REGISTRATION
    asked: dict[tuple[Proof, ...], list[str]] = {}
    for shelf in session.scalars(select(Category).where(Category.code.in_(goods)).order_by(Category.position)):
        kinds = [PaperKind(kind) for kind in shelf.papers]
        proofs = tuple(PROOF_OF[kind] for kind in kinds if kind in PROOF_OF)
        if proofs:
            asked.setdefault(proofs, []).append(shelf.name)
    return (Need((first,)), *(Need(proofs, tuple(names)) for proofs, names in asked.items()))


def needs(session: Session, application: ApplicationFacts) -> tuple[Need, ...]:
    """Return what has to be shown with an application, nothing while its standing or goods are not told."""
    if application.standing is None or not application.goods:
        return ()
    return needs_of(session, application.standing, application.goods)


def is_answered(application: ApplicationFacts, need: Need) -> bool:
    """Tell whether something was said to a need: a photo and its number, or that the paper will be brought."""
    told = [paper for proof in need.proofs if (paper := application.paper(proof)) is not None]
    return any(not paper.is_half for paper in told)


def is_shown(application: ApplicationFacts, need: Need) -> bool:
    """Tell whether the centre can see what a need asks for, or has seen it."""
    return any(paper.is_shown for proof in need.proofs if (paper := application.paper(proof)) is not None)


def lacking(session: Session, application: ApplicationFacts) -> tuple[Part, ...]:
    """Return the parts in which something is still to be told before an application can be sent."""
    asked = needs(session, application)
    told = {
        Part.WHO: bool(application.name and application.person),
        Part.VILLAGE: bool(application.village_code),
        Part.STANDING: application.standing is not None and bool(application.goods),
        Part.PAPERS: bool(asked) and all(is_answered(application, need) for need in asked),
        Part.PAY: application.pay_way is not None,
    }
    return tuple(part for part in application.parts if not told[part])


def to_bring(session: Session, application: ApplicationFacts) -> tuple[Need, ...]:
    """Return what has to be brought to the centre, in one visit."""
    return tuple(need for need in needs(session, application) if not is_shown(application, need))


def send(session: Session, code: str, *, version: int, actor: Actor, clock: Clock) -> list[str]:
    """Send one's application to the centre; sent twice, it is sent once.

    Args:
        version: that its applicant saw when they said yes to it.

    Returns:
        Keys of photos that nothing asks for any more; their files are to be dropped after the commit.

    Raises:
        Invalid: field: the first part in which something is lacking; reason "missing".
        NotFound: it is not one's own.
        Stale: it was changed since, in another window.
        WrongState: it is decided already.
    """
    row = lock_mine(session, code, actor=actor)
    if row.state is ApplicationState.APPLIED:
        return []
    if row.version != version:
        raise Stale("application")
    facts = application_facts(session, row)
    missing = lacking(session, facts)
    if missing:
        raise Invalid(missing[0], "missing")
    kept = frozenset(proof for need in needs(session, facts) for proof in need.proofs)
    dropped = drop_papers(session, row, kept)
    advance(session, row, ApplicationState.APPLIED, actor=actor, clock=clock)
    row.sent_at = clock()
    session.flush()
    _tell(session, row, "application_received", {}, clock=clock)
    return dropped


def send_back(
    session: Session, code: str, *, parts: Sequence[Part], reason: str, version: int, actor: Actor, clock: Clock
) -> None:
    """Give an application back with what is to be mended in it.

    Args:
        parts: which of its parts; at least one.
        version: that the reviewer saw.

    Raises:
        Forbidden: the actor is not of the centre, or judges their own application.
        Invalid: field "parts" or "reason".
        NotFound: there is no such application.
        Stale: it was changed since the reviewer saw it.
        WrongState: it does not wait for an answer.
    """
    row = _judged(session, code, version, actor=actor)
    named = [part for part in application_facts(session, row).parts if part in parts]
    if not named:
        raise Invalid("parts", "missing")
    said = _said(reason)
    advance(session, row, ApplicationState.NEEDS_FIXING, actor=actor, clock=clock, reason=said, parts=named)
    _tell(session, row, "application_fixing", {"parts": [part.value for part in named], "words": said}, clock=clock)


def refuse(session: Session, code: str, *, reason: str, version: int, actor: Actor, clock: Clock) -> None:
    """Refuse an application; how they wanted to be paid is forgotten.

    Raises:
        Invalid: field "reason".
        Forbidden, NotFound, Stale, WrongState: as `send_back`.
    """
    row = _judged(session, code, version, actor=actor)
    said = _said(reason)
    advance(session, row, ApplicationState.REFUSED, actor=actor, clock=clock, reason=said)
    row.pay_secret = ""
    session.flush()
    _tell(session, row, "application_refused", {"words": said}, clock=clock)


def approve(session: Session, code: str, *, version: int, actor: Actor, clock: Clock) -> str:
    """Approve an application: vendor, member, role, papers and payout account in one act, and return the vendor's code.

    Raises:
        Invalid: field "papers"; reason "missing" (something was not shown yet) or "ended" (a permit ended meanwhile).
        Forbidden, NotFound, Stale, WrongState: as `send_back`.
    """
    row = _judged(session, code, version, actor=actor)
    facts = application_facts(session, row)
    if lacking(session, facts) or to_bring(session, facts):
        raise Invalid("papers", "missing")
    # Joining is the centre's act: the reviewer may do it whole, and history keeps whose it was.
    judge = replace(actor, is_system=True)
    vendor = _vendor(session, row, judge=judge, clock=clock)
    _take_papers(session, row, vendor, judge=judge, clock=clock)
    if row.pay_way is not None:
        sealed = Sealed(row.pay_way, row.pay_secret, row.pay_tail)
        write_payout(session, vendor.id, sealed, row.pay_consent_at, actor=judge, clock=clock)
    row.vendor_id, row.pay_secret = vendor.id, ""
    advance(session, row, ApplicationState.APPROVED, actor=actor, clock=clock)
    _tell(session, row, "application_approved", {}, clock=clock)
    return vendor.code


def _judged(session: Session, code: str, version: int, *, actor: Actor) -> Application:
    """Return an application that waits, for somebody of the centre who saw this version of it."""
    if not actor.has(*DESK):
        raise Forbidden("judge")
    row = lock(session, code)
    if actor.user_id is not None and actor.user_id == row.applicant_id:
        raise Forbidden("judge_own")
    if row.state is not ApplicationState.APPLIED:
        raise WrongState("application", row.state, ApplicationState.APPROVED)
    if row.version != version:
        raise Stale("application")
    return row


def _said(reason: str) -> str:
    said = " ".join(reason.split())
    if not said:
        raise Invalid("reason", "missing")
    if len(said) > LONGEST_REASON:
        raise Invalid("reason", "long")
    return said


def _vendor(session: Session, row: Application, *, judge: Actor, clock: Clock) -> Vendor:
    """Return the vendor that an application makes, or the one whose standing it changes."""
    assert row.standing is not None, "nothing is lacking"
    if row.kind is ApplicationKind.STANDING:
        vendor = session.get_one(Vendor, row.vendor_id, with_for_update=True)
        vendor.standing = row.standing
        return vendor
    if (back := _left_vendor(session, row.applicant_id)) is not None:
        back.name, back.person, back.phone = row.name, row.person, row.phone
        back.village_id, back.standing = session.get_one(Village, row.village_id).id, row.standing
        advance_vendor(session, back, VendorState.APPROVED, actor=judge, clock=clock)
        touch_vendor(session, back.id)
        return back
    vendor = add_vendor(
        session,
        code=new_code(6).lower(),
        name=row.name,
        person=row.person,
        phone=row.phone,
        village_code=session.get_one(Village, row.village_id).code,
        standing=row.standing,
        story="",
        since_year=None,
        actor=judge,
        clock=clock,
    )
    if session.get(Member, (vendor.id, row.applicant_id)) is None:
        add_member(session, vendor.id, row.applicant_id, actor=judge)
    if session.get(UserRole, (row.applicant_id, Role.VENDOR)) is None:
        session.add(UserRole(user_id=row.applicant_id, role=Role.VENDOR))
    return vendor


def _left_vendor(session: Session, user_id: int) -> Vendor | None:
    """Return the vendor that a person owned and left with: who comes back is the same household as before."""
    owned = select(Vendor).join(Member, Member.vendor_id == Vendor.id)
    owned = owned.where(Member.user_id == user_id, Member.role == MemberRole.OWNER, Vendor.state == VendorState.LEFT)
    return session.scalars(owned.order_by(Vendor.id.desc()).limit(1).with_for_update(of=Vendor)).first()


def _take_papers(session: Session, row: Application, vendor: Vendor, *, judge: Actor, clock: Clock) -> None:
    """Make the vendor's papers of what was shown."""
    shown = [paper for paper in row.papers if paper.photo_key is not None or paper.seen_by]
    for paper in shown:
        _check_still(paper, clock=clock)
        if paper.proof in PAPER_OF:
            renew_paper(session, vendor.id, PAPER_OF[paper.proof], paper.number, paper.until, actor=judge, clock=clock)
    licence = session.get(Licence, vendor.id)
    number = next((paper.number for paper in shown if paper.proof is Proof.REGISTRATION), "")
    if licence is not None and licence.number != number:
        session.delete(licence)
        session.flush()
        licence = None
    if licence is None and number:
        session.add(Licence(vendor_id=vendor.id, number=number, seen_at=clock(), seen_by=judge.label))
    session.flush()


def _check_still(paper: ApplicationPaper, *, clock: Clock) -> None:
    try:
        check_paper(paper.proof, paper.number, paper.until, town_day(clock()))
    except Invalid as error:
        raise Invalid("papers", error.reason) from error


def _tell(session: Session, row: Application, template: str, values: dict[str, object], *, clock: Clock) -> None:
    told = {"is_standing": row.kind is ApplicationKind.STANDING, **values}
    wanted(session, template, phone=row.phone, values=told, clock=clock)


def change_account(session: Session, vendor_id: int, sealed: Sealed, *, actor: Actor, clock: Clock) -> None:
    """Change how a vendor is paid, and tell the household's own phone, so that nobody does it unseen.

    Raises:
        Forbidden: the actor is no owner of the vendor, or acts for somebody else.
    """
    change_payout(session, vendor_id, sealed, actor=actor, clock=clock)
    phone = session.get_one(Vendor, vendor_id).phone
    wanted(session, "payout_changed", phone=phone, values={}, clock=clock)
