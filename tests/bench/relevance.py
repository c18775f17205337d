"""How right the answers are: the relevance set of `tests/relevance`, kind by kind."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from shop.search.follower import Follower
from shop.search.queries import search
from shop.search.question import Question
from shop.search.reader import Reader
from tests.bench import goods
from tests.relevance import judge

MONTH = 11
DEPTH = 20


class Judged:
    """The set's own catalogue, searched by the real reader of an index built by the real follower."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._refs = {i: ref for ref, i in goods.load(engine, judge.read_lines("listings.jsonl")).items()}
        Follower(engine, folder / "search").step()
        self.reader = Reader(folder / "search")

    def ranked(self, text: str) -> list[str]:
        """Return the refs found for a text, best first."""
        with Session(self._engine) as session, session.begin():
            found = search(session, self.reader, Question(text, MONTH, per_page=DEPTH))
        return [self._refs[i] for i in found.items]


@contextmanager
def judged() -> Iterator[Judged]:
    """Open the set's catalogue."""
    with tempfile.TemporaryDirectory() as name, goods.opened(Path(name)) as engine:
        yield Judged(engine, Path(name))


def outcomes(half: str, at: Judged) -> list[judge.Outcome]:
    """Return the judgement of every query of a half."""
    listings = judge.load_listings()
    return [judge.judged(query, at.ranked(query.text), listings) for query in judge.load_queries(half)]


def table(rows: Sequence[judge.KindReport]) -> str:
    """Return a report as text."""
    head = f"{'kind':<14}{'n':>4}  nDCG@10  first right  acceptable  no result  look-alikes"
    lines = [
        f"{row.kind:<14}{row.n:>4}  {row.ndcg:7.3f}  {row.first_right:11.3f}  {row.first_acceptable:10.3f}"
        f"  {row.nothing:9.3f}  {row.violated:>5} of {row.with_look_alikes}"
        for row in rows
    ]
    return "\n".join((head, *lines))


def main(halves: Sequence[str] = judge.HALVES) -> None:
    """Print the report of both halves: the one that may be tuned on, and the one that never is."""
    with judged() as at:
        for half in halves:
            report = judge.report(outcomes(half, at))
            sys.stdout.write(f"\nRelevance, {half} half\n{table(report)}\n")


if __name__ == "__main__":
    main()
