"""A catalogue of any size in a database of its own, written straight into its tables: the bench times searching."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, insert, update
from sqlalchemy.orm import Session

from shop.app.schema import upgrade
from shop.catalog.models import Category, ChangeCounter, Listing, ListingState, Variant
from shop.catalog.rules import season_bits
from shop.kernel.db import speak_sqlite
from shop.town.models import Town, Village
from shop.vendors.models import Standing, Vendor, VendorState

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
CHUNK = 2000

Row = Mapping[str, Any]
"""A line of an import: title, vendor, village, category, description, price_fen, unit, season_months, tags, stock."""


@contextmanager
def opened(folder: Path) -> Iterator[Engine]:
    """Make a database with the town's tables."""
    engine = create_engine(f"sqlite:///{folder / 'bench.db'}")
    speak_sqlite(engine)
    upgrade(engine)
    yield engine
    engine.dispose()


def load(engine: Engine, rows: Sequence[Row]) -> dict[str, int]:
    """Put listings on the shelf, each with the households, villages and shelves it names; return ids by their `ref`."""
    with Session(engine.execution_options(write=True)) as session, session.begin():
        session.add(_town())
        villages = _made(session, (row["village"] for row in rows), _village)
        shelves = _made(session, (row["category"] for row in rows), _category)
        vendors = _made(
            session,
            ((row["vendor"], row["village"]) for row in rows),
            lambda number, key: _vendor(number, key[0], villages[key[1]]),
        )
        ids = count(1)
        refs: dict[str, int] = {}
        source = iter(rows)
        while chunk := list(islice(source, CHUNK)):
            listings, variants = [], []
            for row in chunk:
                number = next(ids)
                refs[row["ref"]] = number
                listings.append(_listing(number, row, vendors[row["vendor"], row["village"]], shelves[row["category"]]))
                variants.append(_variant(number, row))
            session.execute(insert(Listing), listings)
            session.execute(insert(Variant), variants)
        session.execute(update(ChangeCounter).values(value=len(rows)))
    return refs


def _made(session: Session, keys: Iterable[Any], make: Any) -> dict[Any, int]:
    made = {key: make(number, key) for number, key in enumerate(dict.fromkeys(keys), 1)}
    session.add_all(made.values())
    session.flush()
    return {key: each.id for key, each in made.items()}


def _town() -> Town:
    return Town(
        id=1, name="小鱼洞", aliases=["小鱼洞镇"], division="", slogan="", centre_name="", centre_address="",
        centre_phone="", opening=[], cutoff="20:00", fee_bp=1000, hold_minutes=15, most_unpaid=3,
    )  # fmt: skip


def _village(number: int, name: str) -> Village:
    stem = name.removesuffix("社区").removesuffix("村")
    return Village(code=f"village-{number}", name=name, aliases=[stem] if stem != name else [])


def _category(number: int, name: str) -> Category:
    return Category(code=f"shelf-{number}", name=name, name_en="", hint="", position=number, papers=[])


def _vendor(number: int, name: str, village_id: int) -> Vendor:
    return Vendor(
        code=f"vendor-{number}", name=name, person="", phone="13800000000", village_id=village_id,
        standing=Standing.SELF_PRODUCED, story="", state=VendorState.APPROVED, created_at=AT,
    )  # fmt: skip


def _listing(number: int, row: Row, vendor_id: int, category_id: int) -> dict[str, Any]:
    return {
        "id": number,
        "code": f"L{number:06d}",
        "ref": row["ref"],
        "vendor_id": vendor_id,
        "category_id": category_id,
        "title": row["title"],
        "story": row["description"],
        "ingredients": "",
        "keep_note": "",
        "season_bits": season_bits(row["season_months"]),
        "tags": list(row["tags"]),
        "state": ListingState.PUBLISHED,
        "version": 1,
        "search_seq": number,
        "created_at": AT,
        "published_at": AT + timedelta(seconds=number),
    }


def _variant(listing_id: int, row: Row) -> dict[str, Any]:
    return {
        "listing_id": listing_id,
        "unit": row["unit"],
        "pieces": 1,
        "gross_g": 600,
        "price_fen": row["price_fen"],
        "on_hand": row["stock"],
    }
