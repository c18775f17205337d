"""The one module that knows the index library: files, writing, looking up.

Terms come ready made, one list a field; nothing but a listing's id is stored.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from whoosh.analysis import Token, Tokenizer
from whoosh.fields import ID, STORED, TEXT, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.query import And, ConstantScoreQuery, NullQuery, Or, Query, Term
from whoosh.scoring import BM25F
from whoosh.searching import Searcher

from shop.search.documents import FIELDS, Terms
from shop.search.plan import Clause, Unit

META = "__meta__"
MANY = 24
"""A beginning stands for at most so many terms, the most frequent of the first `SEEN`."""
SEEN = 400


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
    texts = {name: TEXT(analyzer=PassThrough(), phrase=False, stored=False) for name in FIELDS}
    return Schema(id=ID(unique=True, stored=True), meta=STORED, **texts)


@dataclass(frozen=True)
class Meta:
    """What an index says of itself; written in the same commit as the documents it speaks of.

    Attributes:
        version: of the code and dictionary that made the terms.
        mark: of the database it was built from.
        boot: of the machine's run in which it was last written; after a crash its files are not trusted.
        seq: the last change it holds.
        count: how many listings it holds.
    """

    version: str
    mark: str
    boot: str
    seq: int
    count: int


@dataclass(frozen=True)
class Change:
    """One listing's new terms, or None when it must no longer be found."""

    id: int
    terms: Terms | None


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
        writer = self._files.writer()
        for change in changes:
            if change.terms is None:
                writer.delete_by_term("id", str(change.id))
            else:
                writer.update_document(id=str(change.id), **change.terms)
        writer.update_document(id=META, meta=json.dumps(asdict(meta)))
        writer.commit()

    def lookup(self) -> "Lookup":
        """Return a view of the index as it is now; each thread needs its own."""
        return Lookup(self._files.searcher(weighting=BM25F(B=0.3, K1=1.2)))


class Lookup:
    """Looks things up. Not safe between threads."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def refreshed(self) -> "Lookup":
        """Return a view of the newest commit; this one when nothing was written."""
        return self if self._searcher.up_to_date() else Lookup(self._searcher.refresh())

    def close(self) -> None:
        """Give its files back."""
        self._searcher.close()

    def meta(self) -> Meta:
        """Return what the index says of itself.

        Raises:
            ValueError: it says nothing, or not what was agreed.
        """
        kept = self._searcher.document(id=META)
        if kept is None:
            raise ValueError("no meta document")
        try:
            return Meta(**json.loads(kept["meta"]))
        except (KeyError, TypeError) as error:
            raise ValueError("not our meta document") from error

    def count(self) -> int:
        """Return how many listings can be found."""
        return int(self._searcher.doc_count()) - 1

    def holds(self, listing_id: int) -> bool:
        """Tell whether a listing can be found."""
        return self._searcher.document_number(id=str(listing_id)) is not None

    def find(self, units: Iterable[Unit], limit: int, *, every: bool) -> list[int]:
        """Return listings that match every unit, or any, best first; equals by their id.

        Args:
            units: what to look up.
            limit: how many at most.
            every: whether all units must match.
        """
        parts = [self._unit(unit) for unit in units]
        if not parts:
            return []
        query = And(parts) if every else Or(parts)
        hits = self._searcher.search(query, limit=limit)
        return [i for _, i in sorted((-hit.score, int(hit["id"])) for hit in hits)]

    def _unit(self, unit: Unit) -> Query:
        return Or([self._clause(clause) for clause in unit])

    def _clause(self, clause: Clause) -> Query:
        if clause.is_prefix:
            terms = self._starting_with(clause.field, clause.terms[0])
            query = Or([Term(clause.field, term) for term in terms]) if terms else NullQuery
        else:
            boost = clause.weight / len(clause.terms)
            query = And([Term(clause.field, term, boost=boost) for term in clause.terms])
        return ConstantScoreQuery(query, clause.weight) if clause.is_constant else query

    def _starting_with(self, field: str, head: str) -> list[bytes]:
        reader = self._searcher.reader()
        terms = list(islice(reader.expand_prefix(field, head), SEEN))
        return sorted(terms, key=lambda term: (-reader.doc_frequency(field, term), term))[:MANY]
