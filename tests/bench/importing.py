"""How many rows a second an import takes in, beside the least a database does with the same rows.

    make bench-import            10,000 rows; SIZE=1000 for fewer

The reference writes each row once into one table, all of them in one transaction: no rules, no reviews, no history,
no versions, nothing for the search to follow. It is what the machine gives, not what a shop could do.
"""

import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from shop.app.schema import upgrade
from shop.catalog.imports.opening import open_sheet
from shop.catalog.imports.sheets import COLUMNS, survey
from shop.flows.founding import found_town
from shop.flows.import_directory import Options
from shop.flows.importing import bring_in
from shop.kernel.actor import system
from shop.kernel.clock import utc_now
from shop.kernel.db import speak_sqlite
from shop.kernel.edge import Edge
from tests.world.market import PLAN

SOURCE = Path(__file__).parents[1] / "relevance" / "listings.jsonl"
AIM_S = 180
VENDORS = 300
ACTOR = system("import")


def rows(size: int) -> Iterator[dict[str, object]]:
    """Yield so many rows made from the relevance set, of three hundred vendors."""
    told = [json.loads(line) for line in SOURCE.read_text("utf-8").splitlines()]
    for number in range(size):
        row = told[number % len(told)]
        changed = {
            "ref": f"B-{number:06d}",
            "title": f"{row['title']} {number} 号",
            "vendor": f"农户{number % VENDORS}",
        }
        yield row | changed


@contextmanager
def database(folder: Path) -> Iterator[Edge]:
    """Make a town without goods."""
    engine = create_engine(f"sqlite:///{folder / 'bench.db'}")
    speak_sqlite(engine)
    upgrade(engine)
    edge = Edge(engine, lambda _ids: None)
    edge.run(lambda session: found_town(session, PLAN, actor=ACTOR))
    yield edge
    engine.dispose()


def imported(edge: Edge, file: Path) -> tuple[float, Counter[str]]:
    """Return the seconds an import took, and what became of the rows."""
    began = time.perf_counter()
    reader = open_sheet(file)
    survey(reader)
    options = Options(creates=True, vouches=True)
    found = Counter(
        row.outcome.value
        for batch in bring_in(edge, reader.rows(), options, actor=ACTOR, clock=utc_now)
        for row in batch
    )
    return time.perf_counter() - began, found


def reference(edge: Edge, file: Path) -> float:
    """Return the seconds that one plain executemany of the same rows takes."""
    columns, places = ", ".join(COLUMNS), ", ".join(f":{column}" for column in COLUMNS)
    with edge.engine.execution_options(write=True).begin() as connection:
        connection.execute(text(f"CREATE TABLE plain ({columns})"))
    began = time.perf_counter()
    told = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    plain = [
        {name: value if not isinstance(value, list) else str(value) for name, value in row.items()} for row in told
    ]
    with edge.engine.execution_options(write=True).begin() as connection:
        connection.execute(text(f"INSERT INTO plain ({columns}) VALUES ({places})"), plain)
    return time.perf_counter() - began


def main() -> int:
    """Print the table; return 1 when ten thousand rows would take longer than their aim."""
    size = int(os.environ.get("SIZE", "10000"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "goods.jsonl"
        file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows(size)), encoding="utf-8")
        with database(folder) as edge:
            first, found = imported(edge, file)
            second, again = imported(edge, file)
            plain = reference(edge, file)
    sys.stdout.write(f"{size} rows, SQLite in a file{'':<22}seconds  rows/s\n")
    for words, seconds in (
        (f"first import: {dict(found)}", first),
        (f"the same again: {dict(again)}", second),
        ("reference: one executemany, no rules", plain),
    ):
        sys.stdout.write(f"  {words:<46}{seconds:8.1f}{size / seconds:9.0f}\n")
    of_ten_thousand = first * 10_000 / size
    verdict = "within" if of_ten_thousand < AIM_S else "beyond"
    sys.stdout.write(f"10,000 rows in {of_ten_thousand:.0f} s: {verdict} the aim of {AIM_S} s.\n")
    return int(of_ten_thousand >= AIM_S)


if __name__ == "__main__":
    sys.exit(main())
