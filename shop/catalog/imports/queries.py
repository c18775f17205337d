"""Reads of imports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.imports.models import CatalogueImport, CatalogueImportFault
from shop.catalog.imports.reasons import Reason
from shop.catalog.imports.sheets import Fault, Flaw
from shop.kernel.errors import NotFound


@dataclass(frozen=True)
class ImportFacts:
    """An import as its page shows it.

    Attributes:
        failure: why the file as a whole was not taken in, with its detail; None when it was, or is being.
        total: rows of the file; None until a worker has looked through it.
        waiting: rows that are in and wait for review.
    """

    code: str
    file_name: str
    is_rehearsal: bool
    creates: bool
    vouches: bool
    made_at: datetime
    has_begun: bool
    has_ended: bool
    failure: tuple[Reason, str] | None
    unknown_columns: tuple[str, ...]
    total: int | None
    done: int
    added: int
    changed: int
    unchanged: int
    refused: int
    waiting: int


def _facts(row: CatalogueImport) -> ImportFacts:
    return ImportFacts(
        code=row.code,
        file_name=row.file_name,
        is_rehearsal=row.is_rehearsal,
        creates=row.creates,
        vouches=row.vouches,
        made_at=row.made_at,
        has_begun=row.beat_at is not None,
        has_ended=row.ended_at is not None,
        failure=(Reason(row.failure), row.failure_detail) if row.failure else None,
        unknown_columns=tuple(row.unknown_columns),
        total=row.total,
        done=row.done,
        added=row.added,
        changed=row.changed,
        unchanged=row.unchanged,
        refused=row.refused,
        waiting=row.waiting,
    )


def latest_imports(session: Session, limit: int = 10) -> list[ImportFacts]:
    """Return the last imports, newest first."""
    rows = session.scalars(select(CatalogueImport).order_by(CatalogueImport.id.desc()).limit(limit))
    return [_facts(row) for row in rows]


def import_by_code(session: Session, code: str) -> ImportFacts:
    """Return one import.

    Raises:
        NotFound: there is none, or it is forgotten.
    """
    row = session.scalars(select(CatalogueImport).where(CatalogueImport.code == code)).one_or_none()
    if row is None:
        raise NotFound("import")
    return _facts(row)


def faults_of(session: Session, code: str, limit: int | None = None) -> Sequence[Fault]:
    """Return what was not taken in of an import, refused rows first, in the file's order."""
    rows = session.scalars(
        select(CatalogueImportFault)
        .join(CatalogueImport, CatalogueImport.id == CatalogueImportFault.import_id)
        .where(CatalogueImport.code == code)
        .order_by(CatalogueImportFault.is_refused.desc(), CatalogueImportFault.row, CatalogueImportFault.id)
        .limit(limit)
    )
    return [
        Fault(row.row, row.ref, row.is_refused, Flaw(row.column, Reason(row.reason), row.detail, row.cell))
        for row in rows
    ]


def fault_count(session: Session, code: str) -> int:
    """Return how many flaws an import has found."""
    wanted = (
        select(func.count())
        .select_from(CatalogueImportFault)
        .join(CatalogueImport, CatalogueImport.id == CatalogueImportFault.import_id)
        .where(CatalogueImport.code == code)
    )
    return session.scalar(wanted) or 0
