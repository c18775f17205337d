"""Rows of goods to import, and what became of them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from shop.catalog.imports.reasons import Reason
from shop.catalog.imports.sheets import COLUMNS, Row
from shop.catalog.models import (
    Category,
    Listing,
    ListingHistory,
    ListingVersion,
    StockMovement,
    Variant,
)
from shop.catalog.own import present
from shop.catalog.services.shelves import ShelfRules, add_category
from shop.flows.import_directory import Options
from shop.flows.importing import Taken, bring_in
from shop.kernel.actor import system
from shop.town.models import Village
from shop.vendors.models import Paper, PaperKind, Vendor
from tests.world.market import HOUSE, Market

IMPORT = system("import")
GOOD: dict[str, Any] = {
    "ref": "A-1",
    "title": "林下土鸡蛋",
    "vendor": "周素珍家",
    "village": "大湾村",
    "category": "禽蛋",
    "description": "当天捡。",
    "price_fen": "4800",
    "unit": "盒(30枚)",
    "season_months": ("3-5",),
    "tags": ("土鸡蛋",),
    "stock": "12",
}
ALL = Options(creates=True, vouches=True)
Cells = dict[str, Any]
EMPTY: Cells = dict.fromkeys(COLUMNS, "")


def rows(*changes: Cells) -> list[Row]:
    return [Row(number, {**EMPTY, **GOOD, **each}) for number, each in enumerate(changes, 2)]


def take(at: Market, *changes: Cells, options: Options | None = None, **told: Any) -> list[Taken]:
    batches = bring_in(at.world.edge, rows(*changes), options or Options(), actor=IMPORT, clock=at.world.clock, **told)
    return [taken for batch in batches for taken in batch]


def outcomes(taken: Sequence[Taken]) -> list[str]:
    return [one.outcome.value for one in taken]


def why(taken: Sequence[Taken]) -> list[tuple[str, Reason, str]]:
    return [(flaw.column, flaw.reason, flaw.detail) for one in taken for flaw in one.flaws]


def one(at: Market, ref: str = "A-1") -> Any:
    code = at.world.read(lambda session: session.scalars(select(Listing.code).where(Listing.ref == ref)).one())
    return at.world.read(lambda session: present(session, code))


def counts(at: Market) -> Counter[str]:
    tables = (Listing, ListingHistory, ListingVersion, StockMovement, Variant, Paper, Vendor, Village, Category)
    return at.world.read(
        lambda session: Counter(
            {table.__tablename__: session.scalar(select(func.count()).select_from(table)) for table in tables}
        )
    )


def sequence(at: Market, ref: str = "A-1") -> int | None:
    return at.world.read(lambda session: session.scalars(select(Listing.search_seq).where(Listing.ref == ref)).one())


def cured(at: Market) -> None:
    """Add a shelf of packed food, which wants papers and a label."""
    rules = ShelfRules(
        name="腊味", name_en="Cured", papers=[PaperKind.WORKSHOP_FILING, PaperKind.FOOD_LICENCE], needs_label=True
    )
    at.world.run(lambda session: add_category(session, "cured", rules, actor=HOUSE))


HAM = {"ref": "H-1", "title": "老腊肉 500g", "category": "腊味", "unit": "块"}
