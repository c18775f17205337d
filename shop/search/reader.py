"""How pages read the index: each thread its own view, renewed when something was written or the link moved."""

import logging
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from shop.search import generations
from shop.search.completion import Completion
from shop.search.index import Index, Lookup
from shop.search.language import Language
from shop.search.view import Memory, View

T = TypeVar("T")

log = logging.getLogger(__name__)


class IndexMissing(Exception):
    """There is no index that can be read; it is being built, or its follower does not run."""


@dataclass
class Shared:
    """What all threads share of one generation."""

    folder: Path
    language: Language
    memory: Memory
    completion: Completion


@dataclass(frozen=True)
class Reading:
    """What one question reads.

    Attributes:
        view: the newest commit.
        language: the words it was cut with.
        completion: of the same generation.
    """

    view: View
    language: Language
    completion: Completion


class Reader:
    """Reads the index of one directory from any thread.

    Args:
        directory: where the generations are.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._shared: Shared | None = None

    def ask(self, question: Callable[[Reading], T]) -> T:
        """Return what a question finds in the newest commit; whatever breaks on the way, it is asked once more.

        Args:
            question: looks things up; asks nothing of the database.

        Raises:
            IndexMissing: there is no index, or it is broken.
        """
        for is_again in (False, True):
            try:
                return question(self._reading(is_again=is_again))
            except IndexMissing:
                raise
            except Exception as error:  # noqa: BLE001 - files gone, cut off or half replaced: each raises something else
                place = traceback.extract_tb(error.__traceback__)[-1]
                text = f"{type(error).__name__} at {place.name}:{place.lineno}"
                log.warning("search index cannot be read", extra={"error": text})
        raise IndexMissing

    def _reading(self, *, is_again: bool) -> Reading:
        folder = generations.current(self._directory)
        if folder is None:
            raise IndexMissing
        opened: tuple[Path, Lookup] | None = None if is_again else getattr(self._mine, "opened", None)
        self._mine.opened = None
        lookup = opened[1].refreshed() if opened is not None and opened[0] == folder else Index.open(folder).lookup()
        if opened is not None and opened[0] != folder:
            opened[1].close()
        self._mine.opened = (folder, lookup)
        shared = self._of(folder)
        return Reading(View(lookup, shared.memory), shared.language, shared.completion)

    def _of(self, folder: Path) -> Shared:
        with self._lock:
            if self._shared is None or self._shared.folder != folder:
                language = Language(generations.lexicon_of(folder))
                self._shared = Shared(folder, language, Memory(), Completion(language))
            return self._shared


@cache
def reader_of(directory: Path) -> Reader:
    """Return this process's reader of a directory."""
    return Reader(directory)
