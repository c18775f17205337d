"""The one process of a machine that keeps its index: it follows the catalogue, and builds anew on any doubt.

It repairs nothing in place. Whatever fails while writing ends the process; its supervisor starts it again, and what it
finds decides what is done.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from shop.catalog.search_feed import SearchDocument, change_counter, database_mark, own_words, search_documents
from shop.search import generations
from shop.search.analysis import Analyser
from shop.search.documents import terms_of
from shop.search.generations import Doubt
from shop.search.index import Change, Index, Meta

log = logging.getLogger(__name__)

BATCH = 500
POLL_S = 0.5
WANTED = "rebuild-wanted"
"""A file of this name asks the running follower to build anew."""


@dataclass(frozen=True)
class Status:
    """How an index stands to its database.

    Attributes:
        healthy: it can be opened and belongs to this code, machine run and database; it may still lag.
        reason: why not, or an empty string.
        lag: changes of the catalogue it has not read yet; all of them when there is no index.
        generation: name of the folder in use.
        documents: how many listings can be found.
    """

    healthy: bool
    reason: str
    lag: int
    generation: str | None
    documents: int


def status(engine: Engine, directory: Path) -> Status:
    """Look at the index without touching it."""
    with Session(engine) as session, session.begin():
        counter, mark = change_counter(session), database_mark(session)
    found = generations.examined(directory, mark=mark, counter=counter)
    folder = generations.current(directory)
    name = folder.name if folder else None
    if isinstance(found, Doubt):
        return Status(healthy=False, reason=found.value, lag=counter, generation=name, documents=0)
    return Status(healthy=True, reason="", lag=counter - found.seq, generation=name, documents=found.count)


class Follower:
    """Keeps one index. Make it only as the sole writer of its directory.

    Args:
        engine: of the database that is followed; it is only read.
        directory: where the generations are.
    """

    def __init__(self, engine: Engine, directory: Path) -> None:
        self._engine = engine
        self._directory = directory
        self._folder: Path | None = None
        self._shape: frozenset[tuple[str, int]] = frozenset()
        self._meta: Meta | None = None
        self._retired: dict[Path, float] = {}
        self._analyser: Analyser | None = None

    def step(self) -> int:
        """Do what there is to do now, and return how many listings were read.

        It compares what is with what should be, so neither a lost hint nor a killed predecessor changes anything.
        """
        generations.sweep(self._directory, self._retired)
        with Session(self._engine) as session, session.begin():
            counter, mark = change_counter(session), database_mark(session)
        doubt = self._doubt(mark, counter)
        if doubt is not None:
            log.warning("search index is built anew", extra={"reason": doubt})
            return self._rebuild()
        return self._catch_up(counter)

    def _doubt(self, mark: str, counter: int) -> str | None:
        if (self._directory / WANTED).exists():
            return WANTED
        is_known = self._meta is not None and self._folder == generations.current(self._directory)
        if self._meta is not None and is_known and self._folder is not None:
            if generations.shape(self._folder) != self._shape:
                return Doubt.DAMAGED
            if self._meta.mark != mark:
                return Doubt.OTHER_DATABASE
            return Doubt.AHEAD if self._meta.seq > counter else None
        found = generations.examined(self._directory, mark=mark, counter=counter)
        if isinstance(found, Doubt):
            return found
        folder = generations.current(self._directory)
        assert folder is not None
        self._adopt(folder, found, generations.analyser_of(folder))
        return None

    def _adopt(self, folder: Path, meta: Meta, analyser: Analyser) -> None:
        self._folder, self._meta, self._analyser = folder, meta, analyser
        self._shape = generations.shape(folder)

    def _rebuild(self) -> int:
        """Write a whole new generation beside the one in use, then move the link."""
        with Session(self._engine) as session, session.begin():
            counter, mark, words = change_counter(session), database_mark(session), own_words(session)
            folder, index = generations.begin(self._directory, words)
            analyser = generations.analyser_of(folder)
            shown = [document for document in _all(session, counter) if document.is_shown]
            meta = self._meta_of(mark, counter, len(shown))
            index.write((_change(document, analyser) for document in shown), meta)
        generations.publish(self._directory, folder)
        (self._directory / WANTED).unlink(missing_ok=True)
        self._adopt(folder, meta, analyser)
        return len(shown)

    def _catch_up(self, counter: int) -> int:
        assert self._meta is not None
        assert self._folder is not None
        assert self._analyser is not None
        if self._meta.seq >= counter:
            return 0
        with Session(self._engine) as session, session.begin():
            documents = search_documents(session, self._meta.seq, BATCH)
        index = Index.open(self._folder)
        with closing(index.lookup()) as before:
            count = self._meta.count + sum(d.is_shown - before.holds(d.id) for d in documents)
        # Fewer than a batch: everything up to the counter was read, also numbers that no listing holds any more.
        seq = documents[-1].seq if len(documents) == BATCH else max([counter, *(d.seq for d in documents)])
        meta = self._meta_of(self._meta.mark, seq, count)
        index.write([_change(document, self._analyser) for document in documents], meta)
        self._adopt(self._folder, meta, self._analyser)
        return len(documents)

    def _meta_of(self, mark: str, seq: int, count: int) -> Meta:
        return Meta(version=generations.code_version(), mark=mark, boot=generations.boot_id(), seq=seq, count=count)


def _all(session: Session, counter: int) -> Iterator[SearchDocument]:
    after = 0
    while batch := search_documents(session, after, BATCH, up_to=counter):
        yield from batch
        after = batch[-1].seq


def _change(document: SearchDocument, analyser: Analyser) -> Change:
    return Change(document.id, terms_of(document, analyser) if document.is_shown else None)


def run(engine: Engine, directory: Path, *, stop: threading.Event, poll_s: float = POLL_S) -> None:
    """Follow the catalogue until told to stop.

    Args:
        engine: of the database that is followed.
        directory: where this machine's index is kept.
        stop: set it to end after the step at hand.
        poll_s: pause between looks at the change counter; also the least time between two commits.

    Raises:
        FollowerBusy: another process follows for this machine already.
        Exception: whatever went wrong while writing; end the process and start it again.
    """
    with generations.sole_writer(directory):
        follower = Follower(engine, directory)
        while not stop.is_set():
            follower.step()
            stop.wait(poll_s)


def rebuild(engine: Engine, directory: Path) -> bool:
    """Build the index anew, or have the running follower do it.

    Returns:
        True when it is built; False when the running follower was asked and will begin within a second.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    (directory / WANTED).touch()
    try:
        with generations.sole_writer(directory):
            Follower(engine, directory).step()
    except generations.FollowerBusy:
        return False
    return True
