"""An uploaded file taken in by a worker: claimed, gone on with after a crash, counted as it goes, and tidied away."""

import logging
import tempfile
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from shop.catalog.imports.opening import open_sheet
from shop.catalog.imports.reasons import Reason, Unreadable
from shop.catalog.imports.services import (
    Claimed,
    TakenOver,
    Wanted,
    claim,
    end,
    go_on,
    note_batch,
    note_survey,
    start,
)
from shop.catalog.imports.sheets import Fault, survey
from shop.flows.import_directory import Options
from shop.flows.importing import Outcome, Taken, bring_in
from shop.kernel.actor import Actor, system
from shop.kernel.clock import Clock
from shop.kernel.codes import new_code
from shop.kernel.edge import Edge
from shop.media.storage import Store

log = logging.getLogger(__name__)

SUFFIXES = frozenset({"xlsx", "csv", "tsv", "txt", "jsonl", "ndjson", "xls", "xlsm", "ods"})


def hand_in(
    edge: Edge, store: Store, raw: bytes, file_name: str, options: Options, *, actor: Actor, clock: Clock
) -> str:
    """Keep an uploaded file and ask for it to be taken in; return the import's code.

    Raises:
        Forbidden: the actor may not, see `shop.catalog.imports.services.start`.
        ImportInHand: another is not yet done.
    """
    code = new_code(8).lower()
    suffix = Path(file_name).suffix.lower().removeprefix(".")
    stored_as = f"imports/{code}.{suffix if suffix in SUFFIXES else 'sheet'}"
    wanted = Wanted(code, file_name, stored_as, options.is_rehearsal, options.creates, options.vouches)
    store.put(stored_as, raw, "application/octet-stream")
    try:
        edge.run(lambda session: start(session, wanted, actor=actor, clock=clock))
    except BaseException:
        store.delete(stored_as)
        raise
    return code


def work_off(edge: Edge, store: Store, code: str, *, clock: Clock) -> None:
    """Take in an uploaded file, from where it stands; does nothing when somebody is at it, or it has ended."""
    claimed = edge.run(lambda session: claim(session, code, clock=clock))
    if claimed is None:
        return
    try:
        failure = _work(edge, store, claimed, clock=clock)
    except TakenOver:
        log.warning("another worker goes on with the import", extra={"import": code})
        return
    # Before the end is written down: a crash in between comes back here, and finds every row done.
    store.delete(claimed.wanted.stored_as)
    reason, detail = (None, "") if failure is None else (failure.reason, failure.detail)
    edge.run(lambda session: end(session, code, reason, detail, clock=clock))


def _work(edge: Edge, store: Store, claimed: Claimed, *, clock: Clock) -> Unreadable | None:
    """Take in the rows that are left; return why the file cannot be read when it cannot."""
    wanted, total = claimed.wanted, claimed.total
    if total is not None and claimed.done >= total:
        return None
    raw = store.get(wanted.stored_as)
    if raw is None:
        return Unreadable(Reason.FILE_GONE)
    with tempfile.TemporaryDirectory(prefix="shop-import-") as folder:
        path = Path(folder) / Path(wanted.stored_as).name
        path.write_bytes(raw)
        del raw
        try:
            _rows(edge, path, claimed, clock=clock)
        except Unreadable as refusal:
            return refusal
    return None


def _rows(edge: Edge, path: Path, claimed: Claimed, *, clock: Clock) -> None:
    wanted = claimed.wanted
    reader = open_sheet(path)
    seen = survey(reader)
    edge.run(lambda session: note_survey(session, wanted.code, seen.total, seen.unknown_columns, clock=clock))
    done = claimed.done

    def note(session: Session, taken: Sequence[Taken]) -> None:
        _note(session, wanted.code, taken, done_before=done, clock=clock)

    batches = bring_in(
        edge,
        reader.rows(),
        Options(creates=wanted.creates, vouches=wanted.vouches, is_rehearsal=wanted.is_rehearsal),
        actor=system(f"import:{claimed.made_by}"[:40]),
        clock=clock,
        note=note,
        skip=claimed.done,
    )
    for batch in batches:
        done += len(batch)


def _note(session: Session, code: str, taken: Sequence[Taken], *, done_before: int, clock: Clock) -> None:
    counts = Counter(row.outcome.value for row in taken)
    counts["waiting"] = sum(row.waits for row in taken)
    faults = [Fault(row.number, row.ref, row.outcome is Outcome.REFUSED, flaw) for row in taken for flaw in row.flaws]
    note_batch(session, code, counts, faults, done_before=done_before, rows=len(taken), clock=clock)


def revive(edge: Edge, *, clock: Clock) -> None:
    """Ask again for imports whose worker was killed."""
    count = edge.run(partial(go_on, clock=clock))
    if count:
        log.info("imports gone on with", extra={"count": count})
