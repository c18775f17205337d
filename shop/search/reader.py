"""How pages read the index: each thread its own view, renewed when something was written or the link moved."""

import threading
from functools import cache
from pathlib import Path

from shop.search import generations
from shop.search.analysis import Analyser
from shop.search.index import Index, Lookup


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

    def view(self) -> tuple[Lookup, Analyser]:
        """Return this thread's view of the newest commit, and the analyser its terms were made with.

        Raises:
            IndexMissing: there is none, also after trying again.
        """
        folder = generations.current(self._directory)
        if folder is None:
            raise IndexMissing
        opened: tuple[Path, Lookup] | None = getattr(self._mine, "opened", None)
        try:
            lookup = opened[1].refreshed() if opened and opened[0] == folder else Index.open(folder).lookup()
        except Exception:  # noqa: BLE001 - its files may be gone, cut off or half replaced: each raises something else
            lookup = self._again()
            folder = generations.current(self._directory) or folder
        self._mine.opened = (folder, lookup)
        return lookup, self._analyser_of(folder)

    def _again(self) -> Lookup:
        self._mine.opened = None
        folder = generations.current(self._directory)
        if folder is None:
            raise IndexMissing
        try:
            return Index.open(folder).lookup()
        except Exception:  # noqa: BLE001 - as above
            raise IndexMissing from None

    def _analyser_of(self, folder: Path) -> Analyser:
        with self._lock:
            if self._analyser is None or self._analyser[0] != folder:
                try:
                    self._analyser = (folder, generations.analyser_of(folder))
                except (OSError, ValueError):
                    raise IndexMissing from None
            return self._analyser[1]


@cache
def reader_of(directory: Path) -> Reader:
    """Return this process's reader of a directory."""
    return Reader(directory)
