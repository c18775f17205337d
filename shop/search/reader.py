"""How pages read the index: each thread its own view, renewed when something was written or the link moved."""

import logging
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

from shop.search import generations
from shop.search.analysis import Analyser
from shop.search.index import Index, Lookup

T = TypeVar("T")

log = logging.getLogger(__name__)


class IndexMissing(Exception):
    """There is no index that can be read; it is being built, or its follower does not run."""


class Reader:
    """Reads the index of one directory from any thread.

    Args:
        directory: where the generations are.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._analyser: tuple[Path, Analyser] | None = None

    def ask(self, question: Callable[[Lookup, Analyser], T]) -> T:
        """Return what a question finds in the newest commit; whatever breaks on the way, it is asked once more.

        Args:
            question: looks things up, with the analyser their terms were made with; asks nothing of the database.

        Raises:
            IndexMissing: there is no index, or it is broken.
        """
        for is_again in (False, True):
            try:
                folder, lookup = self._opened(is_again=is_again)
                return question(lookup, self._analyser_of(folder))
            except IndexMissing:
                raise
            except Exception as error:  # noqa: BLE001 - files gone, cut off or half replaced: each raises something else
                log.warning("search index cannot be read", extra={"error": type(error).__name__})
        raise IndexMissing

    def _opened(self, *, is_again: bool) -> tuple[Path, Lookup]:
        folder = generations.current(self._directory)
        if folder is None:
            raise IndexMissing
        opened: tuple[Path, Lookup] | None = None if is_again else getattr(self._mine, "opened", None)
        self._mine.opened = None
        lookup = opened[1].refreshed() if opened is not None and opened[0] == folder else Index.open(folder).lookup()
        self._mine.opened = (folder, lookup)
        return folder, lookup

    def _analyser_of(self, folder: Path) -> Analyser:
        with self._lock:
            if self._analyser is None or self._analyser[0] != folder:
                self._analyser = (folder, generations.analyser_of(folder))
            return self._analyser[1]


@cache
def reader_of(directory: Path) -> Reader:
    """Return this process's reader of a directory."""
    return Reader(directory)
