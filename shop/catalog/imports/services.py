"""Writes of imports: asked for, taken up by a worker, counted as they go, ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from shop.catalog.imports.models import CatalogueImport, CatalogueImportFault
from shop.catalog.imports.reasons import Reason
from shop.catalog.imports.sheets import Fault
from shop.catalog.imports.topics import IMPORT_WANTED
from shop.kernel import outbox
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Forbidden, NotFound, ShopError

SILENT = timedelta(minutes=2)
"""A worker that gave no sign of life for so long has been killed; every batch of rows is a sign."""
MAX_TRIES = 5
KEPT = 20
"""So many imports are remembered with their faults."""


@dataclass
class ImportInHand(ShopError):
    """Another file is being taken in; one at a time."""

    code: str


@dataclass
class TakenOver(ShopError):
    """Another worker has gone on with this import."""

    code: str


@dataclass(frozen=True)
class Wanted:
    """What was uploaded, and what its import may do.

    Attributes:
        stored_as: the file's name in the store.
    """

    code: str
    file_name: str
    stored_as: str
    is_rehearsal: bool
    creates: bool
    vouches: bool


@dataclass(frozen=True)
class Claimed:
    """An import as its worker takes it up; `done` rows were dealt with before."""

    id: int
    wanted: Wanted
    made_by: str
    done: int
    total: int | None


def start(session: Session, wanted: Wanted, *, actor: Actor, clock: Clock) -> None:
    """Ask for a file to be taken in.

    Raises:
        Forbidden: only staff bring goods in; only managers add vendors and categories or vouch for papers.
        ImportInHand: another is not yet done.
    """
    roles = ("manager",) if wanted.creates or wanted.vouches else ("staff", "manager")
    if not actor.has(*roles):
        raise Forbidden("import")
    other = session.scalars(select(CatalogueImport.code).where(CatalogueImport.in_hand == 1)).one_or_none()
    if other is not None:
        raise ImportInHand(other)
    session.add(
        CatalogueImport(
            code=wanted.code,
            file_name=wanted.file_name[-200:],
            stored_as=wanted.stored_as,
            is_rehearsal=wanted.is_rehearsal,
            creates=wanted.creates,
            vouches=wanted.vouches,
            in_hand=1,
            made_by=actor.label,
            made_at=clock(),
            unknown_columns=[],
        )
    )
    session.flush()
    _forget_old(session)
    outbox.post(session, IMPORT_WANTED, {"import": wanted.code}, clock=clock)


def _forget_old(session: Session) -> None:
    kept = select(CatalogueImport.id).order_by(CatalogueImport.id.desc()).limit(KEPT)
    old = list(session.scalars(select(CatalogueImport.id).where(CatalogueImport.id.not_in(kept.scalar_subquery()))))
    session.execute(delete(CatalogueImportFault).where(CatalogueImportFault.import_id.in_(old)))
    session.execute(delete(CatalogueImport).where(CatalogueImport.id.in_(old)))


def claim(session: Session, code: str, *, clock: Clock) -> Claimed | None:
    """Take up an import that nobody is at; None when somebody is, or it has ended.

    Raises:
        NotFound: there is no such import.
    """
    now = clock()
    guarded = (
        update(CatalogueImport)
        .where(
            CatalogueImport.code == code,
            CatalogueImport.ended_at.is_(None),
            or_(CatalogueImport.beat_at.is_(None), CatalogueImport.beat_at <= now - SILENT),
        )
        .values(beat_at=now, tries=CatalogueImport.tries + 1)
    )
    result = session.execute(guarded, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    row = _by_code(session, code)
    if result.rowcount == 0:
        return None
    wanted = Wanted(row.code, row.file_name, row.stored_as, row.is_rehearsal, row.creates, row.vouches)
    if row.tries > MAX_TRIES:
        end(session, code, Reason.BROKEN, clock=clock)
        return None
    return Claimed(row.id, wanted, row.made_by, row.done, row.total)


def note_survey(session: Session, code: str, total: int, unknown_columns: Sequence[str], *, clock: Clock) -> None:
    """Write down how long the file is and what of it is not read."""
    row = _by_code(session, code)
    row.total, row.unknown_columns, row.beat_at = total, [name[:40] for name in unknown_columns], clock()
    session.flush()


def note_batch(
    session: Session,
    code: str,
    counts: Mapping[str, int],
    faults: Sequence[Fault],
    *,
    done_before: int,
    rows: int,
    clock: Clock,
) -> None:
    """Count a batch of rows in the transaction that takes them in.

    Args:
        counts: added, changed, unchanged, refused, waiting.
        done_before: rows dealt with before this batch, as the worker knows.

    Raises:
        TakenOver: somebody else has dealt with other rows meanwhile; the batch rolls back.
    """
    row = _by_code(session, code)
    if row.done != done_before or row.ended_at is not None:
        raise TakenOver(code)
    row.done += rows
    row.added += counts.get("added", 0)
    row.changed += counts.get("changed", 0)
    row.unchanged += counts.get("unchanged", 0)
    row.refused += counts.get("refused", 0)
    row.waiting += counts.get("waiting", 0)
    row.beat_at = clock()
    for fault in faults:
        flaw = fault.flaw
        session.add(
            CatalogueImportFault(
                import_id=row.id,
                row=fault.row,
                ref=fault.ref[:200],
                column=flaw.column[:40],
                cell=flaw.cell[:200],
                reason=flaw.reason.value,
                detail=flaw.detail[:200],
                is_refused=fault.is_refused,
            )
        )
    session.flush()


def end(session: Session, code: str, failure: Reason | None = None, detail: str = "", *, clock: Clock) -> None:
    """Say that an import has ended, and why the file could not be taken in when it could not."""
    row = _by_code(session, code)
    row.ended_at, row.in_hand = clock(), None
    row.failure, row.failure_detail = "" if failure is None else failure.value, detail[:200]
    session.flush()


def go_on(session: Session, *, clock: Clock) -> int:
    """Ask again for imports whose worker was killed, and return how many."""
    silent = select(CatalogueImport.code).where(
        CatalogueImport.in_hand == 1, CatalogueImport.beat_at <= _since(clock), CatalogueImport.ended_at.is_(None)
    )
    codes = session.scalars(silent).all()
    for code in codes:
        outbox.post(session, IMPORT_WANTED, {"import": code}, clock=clock)
    return len(codes)


def _since(clock: Clock) -> datetime:
    return clock() - SILENT


def _by_code(session: Session, code: str) -> CatalogueImport:
    wanted = select(CatalogueImport).where(CatalogueImport.code == code)
    row = session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound("import")
    return row
