"""Generations of the index on this machine: one folder each, and a link `current` that is moved in one step.

    <directory>/indexer.lock                    held by the one process that writes
    <directory>/gen-<ns>-<pid>/                 index files, and words.json: all the words it was cut with
    <directory>/current -> gen-<ns>-<pid>

A folder holds pickled files of the index library: whoever can write there can run code here, so it is ours alone and
is never copied in from elsewhere.
"""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from pathlib import Path

from shop.search.concepts import FILE
from shop.search.index import Index, Meta
from shop.search.lexicon import Lexicon

GRACE_S = 60
"""How long a replaced generation stays for those who are reading it."""
MAKERS = (
    "analysis.py",
    "columns.py",
    "concepts.py",
    "documents.py",
    "generations.py",
    "index.py",
    "lexicon.py",
    "pinyin.py",
)
LIBRARIES = ("whoosh-reloaded", "rjieba", "opencc", "pypinyin")
WORDS = "words.json"


class Doubt(StrEnum):
    """Why an index is not to be trusted; any doubt means building it again."""

    MISSING = "missing"
    DAMAGED = "damaged"
    OUTDATED = "outdated"
    OTHER_DATABASE = "other_database"
    REBOOTED = "rebooted"
    AHEAD = "ahead"


class FollowerBusy(Exception):
    """Another process of this machine writes the index."""


@cache
def code_version() -> str:
    """Return a mark of everything that decides which terms a listing gets: our code, dictionary and libraries.

    Taken once a process: the files on the disk may meanwhile be those of the next release.
    """
    digest = hashlib.sha256()
    for path in (*(Path(__file__).parent / name for name in MAKERS), FILE):
        digest.update(path.read_bytes())
    digest.update(" ".join(version(name) for name in LIBRARIES).encode())
    return digest.hexdigest()[:16]


def boot_id() -> str:
    """Return the mark of this run of the machine: after a crash of it, pages of an index may be lost unnoticed."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def current(directory: Path) -> Path | None:
    """Return the folder of the generation in use, or None.

    Never the link itself: an index opened through it would not notice that the link has moved.
    """
    try:
        return directory / (directory / "current").readlink().name
    except OSError:
        return None


def commit_mark(directory: Path) -> str:
    """Return what is another text after every commit to the index, and after every move of the link."""
    folder = current(directory)
    if folder is None:
        return ""
    try:
        return f"{folder.name}/{sorted(path.name for path in folder.glob('*.toc'))}"
    except OSError:
        return ""


@contextmanager
def sole_writer(directory: Path) -> Iterator[None]:
    """Be the only process that writes here; a killed one gives its place up at once.

    Raises:
        FollowerBusy: another is.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(directory / "indexer.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FollowerBusy from None
        yield
    finally:
        os.close(descriptor)


def begin(directory: Path, lexicon: Lexicon) -> tuple[Path, Index]:
    """Start a new, empty generation that nobody reads yet."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = directory / f"gen-{time.time_ns()}-{os.getpid()}"
    folder.mkdir(mode=0o700)
    (folder / WORDS).write_text(lexicon.dump(), encoding="utf-8")
    return folder, Index.create(folder)


def publish(directory: Path, folder: Path) -> None:
    """Put a generation on the disk for good, then move the link to it in one step."""
    for path in (*folder.iterdir(), folder):
        _sync(path)
    link = directory / f"next-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(folder.name)
    link.replace(directory / "current")
    _sync(directory)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(directory: Path, retired: dict[Path, float], building: Path | None = None) -> None:
    """Remove generations that have not been in use for a while; for the sole writer only.

    Args:
        directory: of all generations.
        building: one that is being written.
        retired: when each was first seen not in use, by the monotonic clock; kept up to date here.
    """
    kept, now = current(directory), time.monotonic()
    for folder in directory.glob("gen-*"):
        if folder not in (kept, building) and now - retired.setdefault(folder, now) >= GRACE_S:
            shutil.rmtree(folder, ignore_errors=True)
            del retired[folder]


def lexicon_of(folder: Path) -> Lexicon:
    """Return the words a generation was cut with.

    Raises:
        OSError, ValueError, KeyError, TypeError: they are gone or damaged.
    """
    return Lexicon.load((folder / WORDS).read_text(encoding="utf-8"))


def shape(folder: Path) -> frozenset[tuple[str, int]]:
    """Return the names and lengths of a generation's files, empty when there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            return frozenset((entry.name, entry.stat().st_size) for entry in entries if entry.is_file())
    except OSError:
        return frozenset()


def examined(directory: Path, *, mark: str, counter: int) -> Meta | Doubt:
    """Look at the generation in use for any reason not to trust it; without one, return what it says of itself.

    Args:
        directory: of all generations.
        mark: of the database it should belong to.
        counter: how many changes the database has seen.
    """
    folder = current(directory)
    if folder is None or not folder.is_dir():
        return Doubt.MISSING
    try:
        lexicon_of(folder)
        with closing(Index.open(folder).lookup()) as lookup:
            meta, count = lookup.meta(), lookup.count()
    except Exception:  # noqa: BLE001 - the library unpickles whatever the bytes say, so anything may come
        return Doubt.DAMAGED
    checks = (
        (meta.version == code_version(), Doubt.OUTDATED),
        (meta.boot == boot_id(), Doubt.REBOOTED),
        (meta.mark == mark, Doubt.OTHER_DATABASE),
        (meta.seq <= counter, Doubt.AHEAD),
        (meta.count == count, Doubt.DAMAGED),
    )
    return next((doubt for is_well, doubt in checks if not is_well), meta)


def size(folder: Path) -> int:
    """Return how many bytes a generation takes."""
    return sum(length for _, length in shape(folder))
