"""Writing a whole generation of the index: from the change counter it starts at to a folder nobody reads yet."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from shop.catalog.search_feed import SearchDocument, change_counter, database_mark, own_words, search_documents
from shop.search import generations
from shop.search.analysis import Analyser, name_parts
from shop.search.columns import row_of
from shop.search.concepts import merged, the_rows
from shop.search.documents import terms_of
from shop.search.index import Change, Meta
from shop.search.language import Language
from shop.search.lexicon import Lexicon
from shop.search.pinyin import readings, syllables
from shop.search.queries import extra_concepts

BATCH = 500


class NoSpace(Exception):
    """The disk has no room for another generation."""


@dataclass(frozen=True)
class Built:
    """A generation that is written and not in use yet."""

    folder: Path
    meta: Meta
    lexicon: Lexicon
    analyser: Analyser


def build(
    engine: Engine,
    directory: Path,
    reason: str,
    *,
    stop: threading.Event | None = None,
    begun: Callable[[Path], None] = lambda _folder: None,
) -> Built | None:
    """Write a new generation.

    It holds what the catalogue was at some change; a listing that changes while it is written moves behind that change
    and is read when the new generation catches up. So no transaction is held open for long.

    Args:
        engine: of the database that is read.
        directory: of all generations.
        reason: why it is built; it is kept in the index.
        stop: set it to give up.
        begun: told the folder as soon as there is one.

    Returns:
        None when it was told to stop.
    """
    with Session(engine) as session, session.begin():
        counter, mark, lexicon = change_counter(session), database_mark(session), lexicon_now(session)
    folder, index = generations.begin(directory, lexicon)
    begun(folder)
    analyser = Language(lexicon).analyser
    count = 0
    with index.writing() as writing:
        for document in _shown(engine, counter):
            if stop is not None and stop.is_set():
                return None
            writing.add(change_of(document, analyser))
            count += 1
        meta = replace(meta_of(mark, reason), seq=counter, count=count)
        writing.commit(meta)
    return Built(folder, meta, lexicon, analyser)


def lexicon_now(session: Session) -> Lexicon:
    """Return all words as they are now."""
    rows = merged(the_rows(), extra_concepts(session))
    own = tuple(own_words(session))
    names = {name for row in rows for name in row.chinese} | {part for word in own for part in name_parts(word.text)}
    sounds = {name: " ".join(syllables(name)) for name in sorted(names)}
    return Lexicon(rows, own, sounds, readings())


def _shown(engine: Engine, counter: int) -> Iterator[SearchDocument]:
    after = 0
    while True:
        with Session(engine) as session, session.begin():
            batch = search_documents(session, after, BATCH, up_to=counter)
        if not batch:
            return
        yield from (document for document in batch if document.is_shown)
        after = batch[-1].seq


def change_of(document: SearchDocument, analyser: Analyser) -> Change:
    """Return what is written of a listing."""
    return Change(document.id, (terms_of(document, analyser), row_of(document)) if document.is_shown else None)


def meta_of(mark: str, built_for: str) -> Meta:
    """Return what an index says of itself, before anything is in it."""
    return Meta(generations.code_version(), mark, generations.boot_id(), built_for, seq=0, count=0)
