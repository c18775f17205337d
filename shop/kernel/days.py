"""The town's calendar day of a moment, reckoned by the database, so that rows can be summed by days."""

from datetime import date
from typing import Any

from sqlalchemy import Date, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from shop.kernel.clock import TOWN_ZONE


class TownDay(GenericFunction[date]):
    """The town's day of a moment's column, as `shop.kernel.clock.town_day` says it of one moment."""

    type = Date()
    inherit_cache = True


@compiles(TownDay, "sqlite")
def _on_sqlite(element: TownDay, compiler: SQLCompiler, **more: Any) -> str:
    # China has one zone and no summer time.
    return f"date({compiler.process(element.clauses, **more)}, '+8 hours')"


@compiles(TownDay, "postgresql")
def _on_postgresql(element: TownDay, compiler: SQLCompiler, **more: Any) -> str:
    zone = compiler.process(literal(TOWN_ZONE.key), literal_binds=True)
    return f"CAST(timezone({zone}, {compiler.process(element.clauses, **more)}) AS DATE)"
