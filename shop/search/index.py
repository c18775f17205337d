"""The one module that knows the index library: files, writing, reading.

Terms come ready made, one list a field. Nothing is stored but what the index says of itself, and each listing's facts
as columns. What is read is handed out as arrays of positions; weighing them is others' work.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import islice, repeat, takewhile
from pathlib import Path
from time import sleep
from typing import Any

import numpy as np
from whoosh.analysis import Token, Tokenizer
from whoosh.codec.whoosh3 import W3LeafMatcher
from whoosh.columns import FixedBytesColumn, RefBytesColumn
from whoosh.fields import COLUMN, ID, STORED, FieldType, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Existence
from whoosh.index import TOC, FileIndex

from shop.search.columns import CODES, FACTS, Columns, Places, Row
from shop.search.documents import FIELDS, Terms

META = "__meta__"
NAME = "MAIN"
"""What the library calls an index that has no name."""
NOWHERE: Places = np.zeros(0, dtype=np.int32)
TRIES, PAUSE_S = 10, 0.05
"""How often a commit is opened again whose files were replaced meanwhile."""
NOBODY = bytes(FACTS.itemsize)
"""Facts of no listing: their id is 0."""


class PassThrough(Tokenizer):  # type: ignore[misc]
    """Takes terms as they are: the words were cut before."""

    def __call__(self, value: Sequence[str], **_options: Any) -> Iterator[Token]:
        """Yield one token a term."""
        token = Token(positions=False, chars=False, removestops=True, mode="index")
        for term in value:
            token.text = term
            yield token


def schema() -> Schema:
    """Return the fields of the index."""
    terms = {name: FieldType(Existence(), PassThrough()) for name in FIELDS}
    codes = {name: COLUMN(RefBytesColumn()) for name in CODES}
    return Schema(
        id=ID(unique=True), meta=STORED, facts=COLUMN(FixedBytesColumn(FACTS.itemsize, NOBODY)), **terms, **codes
    )


@dataclass(frozen=True)
class Meta:
    """What an index says of itself; written in the same commit as the documents it speaks of.

    Attributes:
        version: of the code and dictionary that made the terms.
        mark: of the database it was built from.
        boot: of the machine's run in which it was last written; after a crash its files are not trusted.
        built_for: why this generation was built.
        seq: the last change it holds.
        count: how many listings it holds.
    """

    version: str
    mark: str
    boot: str
    built_for: str
    seq: int
    count: int


@dataclass(frozen=True)
class Change:
    """One listing's new terms and facts, or None when it must no longer be found."""

    id: int
    kept: tuple[Terms, Row] | None


class Index:
    """The files of one generation."""

    def __init__(self, files: FileIndex) -> None:
        self._files = files

    @classmethod
    def create(cls, folder: Path) -> "Index":
        """Start an empty index in an empty folder."""
        return cls(FileIndex.create(FileStorage(str(folder)), schema()))

    @classmethod
    def open(cls, folder: Path) -> "Index":
        """Open an index; a damaged one raises whatever its bytes happen to cause."""
        return cls(FileIndex(FileStorage(str(folder))))

    def write(self, changes: Iterable[Change], meta: Meta) -> None:
        """Apply changes, at most one a listing, and the new meta, in one commit.

        A second change of the same listing in one commit would leave the listing in the index twice.
        """
        with Writing(self._files) as writing:
            for change in changes:
                writing.apply(change)
            writing.commit(meta)

    def writing(self) -> "Writing":
        """Begin a longer commit."""
        return Writing(self._files)

    def lookup(self) -> "Lookup":
        """Return a view of the index as it is now; each thread needs its own."""
        return Lookup.newest(self._files.storage, {})


class Writing:
    """A commit in the making; left without `commit`, it changes nothing."""

    def __init__(self, files: FileIndex) -> None:
        # Not in one file: each reader would hold a whole copy of it in memory.
        self._writer = files.writer(limitmb=256, compound=False)
        self._is_done = False

    def __enter__(self) -> "Writing":
        return self

    def __exit__(self, *_error: object) -> None:
        if not self._is_done:
            self._writer.cancel()

    def add(self, change: Change) -> None:
        """Add a listing that is not in the index yet; quicker than `apply`."""
        assert change.kept is not None
        self._writer.add_document(id=str(change.id), **_fields(*change.kept))

    def apply(self, change: Change) -> None:
        """Put a listing's new state in, or take it out."""
        if change.kept is None:
            self._writer.delete_by_term("id", str(change.id))
        else:
            self._writer.update_document(id=str(change.id), **_fields(*change.kept))

    def commit(self, meta: Meta) -> None:
        """Make it all visible at once."""
        self._writer.update_document(id=META, meta=json.dumps(asdict(meta)))
        self._is_done = True
        self._writer.commit()


def _fields(terms: Terms, row: Row) -> dict[str, Any]:
    codes = {name: getattr(row, name).encode() for name in CODES}
    return {**terms, **codes, "facts": row.facts}


class Part:
    """One unchanging piece of an index, read by one thread.

    Attributes:
        id: names its files, which never change.
        size: how many listings it holds, those taken out since included.
    """

    def __init__(self, storage: FileStorage, toc: TOC, segment: Any) -> None:
        self._storage, self._schema, self._segment = storage, toc.schema, segment
        self._terms = segment.codec().terms_reader(storage, segment)
        self.id: str = segment.segment_id()
        self.size: int = segment.doc_count_all()

    def close(self) -> None:
        """Give its files back."""
        if not self._terms._postfile.is_closed:
            self._terms.close()

    def __del__(self) -> None:
        # A thread of a server ends without a word, and its view with it.
        if hasattr(self, "_terms"):
            self.close()

    def columns(self) -> Columns:
        """Read the facts of all listings, in the order of their positions."""
        with closing(self._segment.codec().per_document_reader(self._storage, self._segment)) as documents:

            def values(name: str) -> Iterator[bytes]:
                column = self._schema[name].column_type
                if not documents.has_column(name):  # no listing of the part has anything but nothing there
                    return repeat(column.default_value(), self.size)
                return islice(iter(documents.column_reader(name, column)), self.size)

            return Columns.of(values("facts"), {name: [value.decode() for value in values(name)] for name in CODES})

    def stored(self, place: int) -> Mapping[str, Any]:
        """Return what is stored at a position."""
        with closing(self._segment.codec().per_document_reader(self._storage, self._segment)) as documents:
            fields: Mapping[str, Any] = documents.stored_fields(place)
        return fields

    def places(self, field: str, term: str) -> Places:
        """Return the positions of listings with a term, those taken out included, in order."""
        key = term.encode()
        if (field, key) not in self._terms:
            return NOWHERE
        matcher = self._terms.matcher(field, key, self._schema[field].format)
        if not isinstance(matcher, W3LeafMatcher):
            return np.fromiter(matcher.all_ids(), dtype=np.int32)
        # Block by block: the matcher's own way, one position after the other, is ten times slower.
        blocks = []
        while matcher.is_active():
            matcher.id()
            blocks.append(np.array(matcher._ids, dtype=np.int32))
            matcher._next_block()
        return np.concatenate(blocks)

    def terms(self, field: str, head: str, most: int) -> list[tuple[str, int]]:
        """Return the first terms of a field that begin with some letters, and in how many listings each is."""
        prefix = head.encode()
        found = takewhile(
            lambda item: item[0][0] == field and item[0][1].startswith(prefix), self._terms.items_from(field, prefix)
        )
        return [(term.decode(), int(info.doc_frequency())) for (_, term), info in islice(found, most)]


class Lookup:
    """A view of one commit, for one thread.

    Attributes:
        commit: its number in this generation.
        parts: what it is made of.
        removed: for each part, the positions of what was taken out.
    """

    def __init__(self, storage: FileStorage, toc: TOC, known: Mapping[str, Part]) -> None:
        self._storage = storage
        self.commit: int = toc.generation
        self.parts: Sequence[Part] = [
            known.get(segment.segment_id()) or Part(storage, toc, segment) for segment in toc.segments
        ]
        self.removed: Sequence[Places] = [
            np.fromiter(segment.deleted_docs(), dtype=np.int32) for segment in toc.segments
        ]

    @classmethod
    def newest(cls, storage: FileStorage, known: Mapping[str, Part]) -> "Lookup":
        """Open the newest commit; parts that were read before are used again.

        The library's own way to use readers again keeps parts that were merged into others, and all they hold twice.

        Raises:
            Exception: whatever the bytes of a damaged index happen to cause.
        """
        for attempt in range(TRIES):
            try:
                return cls(storage, TOC.read(storage, NAME), known)
            except FileNotFoundError:  # the next commit has just replaced what this one named
                if attempt == TRIES - 1:
                    raise
                sleep(PAUSE_S)
        raise AssertionError("unreachable")

    def refreshed(self) -> "Lookup":
        """Return a view of the newest commit; this one when nothing was written."""
        if TOC._latest_generation(self._storage, NAME) == self.commit:
            return self
        known = {part.id: part for part in self.parts}
        newest = Lookup.newest(self._storage, known)
        for part in known.keys() - {part.id for part in newest.parts}:
            known[part].close()
        return newest

    def close(self) -> None:
        """Give its files back."""
        for part in self.parts:
            part.close()

    def meta(self) -> Meta:
        """Return what the index says of itself.

        Raises:
            ValueError: it says nothing, or not what was agreed.
        """
        stored = [part.stored(place)["meta"] for part, place in self._of("id", META)]
        if len(stored) != 1:
            raise ValueError("no meta document")
        try:
            return Meta(**json.loads(stored[0]))
        except TypeError as error:
            raise ValueError("not our meta document") from error

    def count(self) -> int:
        """Return how many listings can be found."""
        return sum(part.size - len(gone) for part, gone in zip(self.parts, self.removed, strict=True)) - 1

    def holds(self, listing_id: int) -> bool:
        """Tell whether a listing can be found."""
        return any(True for _ in self._of("id", str(listing_id)))

    def _of(self, field: str, term: str) -> Iterator[tuple[Part, int]]:
        for part, gone in zip(self.parts, self.removed, strict=True):
            for place in np.setdiff1d(part.places(field, term), gone, assume_unique=True):
                yield part, int(place)
