"""Writes of the papers of an application: shown with a photo, brought to the centre, seen there, looked at."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.errors import Forbidden, Invalid, NotFound, WrongState
from shop.media.private import forget_private
from shop.vendors.joining.models import Application, ApplicationPaper, ApplicationState, PaperLook, Part, Proof
from shop.vendors.joining.rules import (
    LONGEST_REASON,
    NEXT,
    check_paper,
    has_number,
    has_until,
    plain_number,
)
from shop.vendors.joining.services import DESK, changing, lock


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
        NotFound, WrongState: as `changing`.
    """
    number = plain_number(number) if proof is Proof.REGISTRATION else number.strip()
    check_paper(proof, number, until, town_day(clock()))
    row = changing(session, code, Part.PAPERS, actor=actor, clock=clock)
    paper = _paper(row, proof)
    if photo_key is None and paper.photo_key is None:
        raise Invalid("photo", "missing")
    before = paper.photo_key if photo_key is not None and photo_key != paper.photo_key else None
    _write(paper, number, until)
    paper.photo_key, paper.seen_by = photo_key or paper.photo_key, ""
    return _replaced(session, row, before, instead_of)


def keep_photo(
    session: Session,
    code: str,
    proof: Proof,
    *,
    photo_key: str | None,
    instead_of: Collection[Proof] = (),
    actor: Actor,
    clock: Clock,
) -> list[str]:
    """Keep the photo of a paper whose number or last day was told wrong: they are asked for again, the photo is not.

    Args, Returns:
        As `save_paper`.

    Raises:
        NotFound, WrongState: as `changing`.
    """
    row = changing(session, code, Part.PAPERS, actor=actor, clock=clock)
    paper = _paper(row, proof)
    before = paper.photo_key if photo_key != paper.photo_key else None
    paper.photo_key, paper.number, paper.until, paper.seen_by = photo_key, "", None, ""
    return _replaced(session, row, before, instead_of)


def bring_paper(
    session: Session, code: str, proof: Proof, *, instead_of: Collection[Proof] = (), actor: Actor, clock: Clock
) -> list[str]:
    """Keep that a paper will be brought to the centre; a photo that was there goes.

    Returns:
        As `save_paper`.

    Raises:
        NotFound, WrongState: as `changing`.
    """
    row = changing(session, code, Part.PAPERS, actor=actor, clock=clock)
    paper = _paper(row, proof)
    before, paper.photo_key = paper.photo_key, None
    paper.number, paper.until, paper.seen_by = "", None, ""
    return _replaced(session, row, before, instead_of)


def _write(paper: ApplicationPaper, number: str, until: date | None) -> None:
    """Write down what stands on a paper, as far as such a paper has it."""
    paper.number = number if has_number(paper.proof) else ""
    paper.until = until if has_until(paper.proof) else None


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


def see_paper(
    session: Session, code: str, proof: Proof, *, number: str, until: date | None, actor: Actor, clock: Clock
) -> None:
    """Note a paper of a sent application that was brought to the centre, as somebody of the centre read it.

    Raises:
        Forbidden: the actor is not of the centre, or applied themselves.
        Invalid: see `check_paper`.
        NotFound: there is no such application.
        WrongState: nobody waits for an answer to it.
    """
    if not actor.has(*DESK):
        raise Forbidden("see_paper")
    number = plain_number(number) if proof is Proof.REGISTRATION else number.strip()
    check_paper(proof, number, until, town_day(clock()))
    row = lock(session, code)
    if actor.user_id is not None and actor.user_id == row.applicant_id:
        raise Forbidden("judge_own")
    if row.state not in (ApplicationState.APPLIED, ApplicationState.NEEDS_FIXING):
        raise WrongState("application", row.state, ApplicationState.APPLIED)
    paper = _paper(row, proof)
    _write(paper, number, until)
    paper.seen_by = actor.label
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
