"""The one process of a machine that keeps its index: it follows the catalogue, and builds anew on any doubt.

It repairs nothing in place. Whatever fails while writing ends the process; its supervisor starts it again, and what it
finds decides what is done.
"""

import logging
import shutil
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from shop.catalog.search_feed import Sums, change_counter, database_mark, search_documents, shown_sums
from shop.kernel.clock import Clock, utc_now
from shop.search import generations
from shop.search.analysis import Analyser
from shop.search.building import BATCH, Built, NoSpace, build, change_of, meta_of
from shop.search.generations import Doubt
from shop.search.habits import Due, Habits
from shop.search.index import Index, Lookup, Meta
from shop.search.language import Language
from shop.search.view import Memory, View

log = logging.getLogger(__name__)

POLL_S = 0.5
BESIDE_S = 10
"""How often the work beside following is done."""
ROOM = 3
"""A new generation is begun only with room for so many times the present one."""
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
        built_for: why this generation was built.
    """

    healthy: bool
    reason: str
    lag: int
    generation: str | None
    documents: int
    built_for: str


def status(engine: Engine, directory: Path) -> Status:
    """Look at the index without touching it."""
    with Session(engine) as session, session.begin():
        counter, mark = change_counter(session), database_mark(session)
    found = generations.examined(directory, mark=mark, counter=counter)
    folder = generations.current(directory)
    name = folder.name if folder else None
    if isinstance(found, Doubt):
        return Status(healthy=False, reason=found.value, lag=counter, generation=name, documents=0, built_for="")
    lag = counter - found.seq
    return Status(healthy=True, reason="", lag=lag, generation=name, documents=found.count, built_for=found.built_for)


class Follower:
    """Keeps one index. Make it only as the sole writer of its directory.

    Args:
        engine: of the database that is followed; it is only read.
        directory: where the generations are.
        clock: tells when the night is.
    """

    def __init__(self, engine: Engine, directory: Path, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._directory = directory
        self._habits = Habits(clock)
        self._folder: Path | None = None
        self._shape: frozenset[tuple[str, int]] = frozenset()
        self._meta: Meta | None = None
        self._analyser: Analyser | None = None
        self._retired: dict[Path, float] = {}
        self._builder: _Builder | None = None

    @property
    def is_building(self) -> bool:
        """Tell whether a new generation is being written beside the one in use."""
        return self._builder is not None

    def step(self) -> int:
        """Do what there is to do now, and return how many listings were read.

        It compares what is with what should be, so neither a lost hint nor a killed predecessor changes anything.
        """
        building = self._builder.folder if self._builder is not None else None
        generations.sweep(self._directory, self._retired, building)
        with Session(self._engine) as session, session.begin():
            counter, mark = change_counter(session), database_mark(session)
        doubt = self._doubt(mark, counter)
        if doubt is not None:
            return self._build_now(doubt)
        read = self._catch_up(counter)
        self._build_beside(is_idle=read == 0)
        return read

    def _doubt(self, mark: str, counter: int) -> str | None:
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
        lexicon = generations.lexicon_of(folder)
        self._adopt(Built(folder, found, lexicon, Language(lexicon).analyser))
        return None

    def _adopt(self, built: Built) -> None:
        self._folder, self._meta, self._analyser = built.folder, built.meta, built.analyser
        self._shape = generations.shape(built.folder)
        self._habits.adopt(built.lexicon)

    def _build_now(self, doubt: str) -> int:
        """Write a whole new generation and wait for it: the present one is of no use."""
        log.warning("search index is built anew", extra={"reason": doubt})
        if self._builder is not None:
            self._builder.abandon()
            self._builder = None
        self._check_room()
        built = build(self._engine, self._directory, doubt)
        assert built is not None
        return self._publish(built)

    def _publish(self, built: Built) -> int:
        generations.publish(self._directory, built.folder)
        (self._directory / WANTED).unlink(missing_ok=True)
        self._adopt(built)
        return built.meta.count

    def _build_beside(self, *, is_idle: bool) -> None:
        """Begin, or end, writing a new generation while this one serves and follows on."""
        if self._builder is not None:
            built = self._builder.finished()
            if built is not None:
                self._builder = None
                self._publish(built)
            return
        due = self._due(is_idle=is_idle)
        if due is None:
            return
        try:
            self._check_room()
        except NoSpace:
            log.error("no room to build the search index anew", extra={"reason": due.value})
            self._habits.put_off()
            (self._directory / WANTED).unlink(missing_ok=True)
            return
        log.info("search index is built anew beside", extra={"reason": due.value})
        if due is Due.NIGHTLY:
            self._compare()
        self._builder = _Builder(self._engine, self._directory, due.value)

    def _due(self, *, is_idle: bool) -> Due | None:
        assert self._folder is not None
        assert self._meta is not None
        if (self._directory / WANTED).exists():
            return Due.WANTED
        if not is_idle:
            return None
        with Session(self._engine) as session, session.begin():
            return self._habits.due(session, self._folder, self._meta)

    def _check_room(self) -> None:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = generations.current(self._directory)
        wanted = ROOM * generations.size(folder) if folder is not None else 0
        if shutil.disk_usage(self._directory).free < wanted:
            raise NoSpace

    def _compare(self) -> None:
        """Compare the index with the database, listing by listing in sum; a difference is an alarm."""
        assert self._folder is not None
        assert self._meta is not None
        with Session(self._engine) as session, session.begin():
            if change_counter(session) != self._meta.seq:
                return
            wanted = shown_sums(session)
        with closing(Index.open(self._folder).lookup()) as lookup:
            kept = sums_of(lookup)
        if kept != wanted:
            log.error("search index differs from the database", extra={"index": kept.count, "database": wanted.count})

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
        meta = replace(meta_of(self._meta.mark, self._meta.built_for), seq=seq, count=count)
        index.write([change_of(document, self._analyser) for document in documents], meta)
        self._meta = meta
        self._shape = generations.shape(self._folder)
        return len(documents)


def sums_of(lookup: Lookup) -> Sums:
    """Return what an index holds, summed up."""
    view = View(lookup, Memory())
    numbers = view.columns.numbers
    ids, seqs = (int(numbers[name][view.live].sum()) for name in ("id", "seq"))
    return Sums(len(view.everything), ids, seqs)


class _Builder:
    """Writes a generation in a thread of its own, that edits stay quickly visible in the one in use."""

    def __init__(self, engine: Engine, directory: Path, reason: str) -> None:
        self.folder: Path | None = None
        self._work = (engine, directory, reason)
        self._stop = threading.Event()
        self._built: Built | None = None
        self._error: Exception | None = None
        # A daemon: when the process is told to end, a half-written generation is nothing worth waiting for.
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._built = build(*self._work, stop=self._stop, begun=self._begun)
        except Exception as error:  # noqa: BLE001 - raised again by the thread that follows, which ends the process
            self._error = error

    def _begun(self, folder: Path) -> None:
        self.folder = folder

    def abandon(self) -> None:
        """Let it end without a result."""
        self._stop.set()
        self._thread.join()

    def finished(self) -> Built | None:
        """Return what was built, or None while it is being written."""
        if self._thread.is_alive():
            return None
        if self._error is not None:
            raise self._error
        return self._built


def run(
    engine: Engine,
    directory: Path,
    *,
    stop: threading.Event,
    poll_s: float = POLL_S,
    clock: Clock = utc_now,
    beside: Callable[[], None] = lambda: None,
) -> None:
    """Follow the catalogue until told to stop.

    Args:
        engine: of the database that is followed.
        directory: where this machine's index is kept.
        stop: set it to end after the step at hand.
        poll_s: pause between looks at the change counter; also the least time between two commits.
        clock: tells when the night is.
        beside: other work of this process, done every few seconds.

    Raises:
        FollowerBusy: another process follows for this machine already.
        Exception: whatever went wrong while writing; end the process and start it again.
    """
    with generations.sole_writer(directory):
        follower = Follower(engine, directory, clock)
        done_at = monotonic()
        while not stop.is_set():
            follower.step()
            if monotonic() - done_at >= BESIDE_S:
                beside()
                done_at = monotonic()
            stop.wait(poll_s)
        beside()


def rebuild(engine: Engine, directory: Path) -> bool:
    """Build the index anew, or have the running follower do it.

    Returns:
        True when it is built; False when the running follower was asked and will begin within a second.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    (directory / WANTED).touch()
    try:
        with generations.sole_writer(directory):
            follower = Follower(engine, directory)
            follower.step()
            while follower.is_building:
                threading.Event().wait(0.05)
                follower.step()
    except generations.FollowerBusy:
        return False
    return True
