"""Whether a process can serve: what `/readyz`, `shop up` and `shop doctor` ask."""

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shop.app.schema import Standing, standing
from shop.kernel.jobs import HEARTBEAT, JobRun
from shop.search.generations import current
from shop.web.house import House


def unready(house: House) -> list[str]:
    """Return what is missing before this process can serve, none when it can.

    Returns:
        Some of `database` (no answer), `migrations` (not this code's schema), `index` (none built on this machine) and
        `jobs` (no worker was heard of lately). What cannot be asked without what failed before is left out.
    """
    missing = _unready_database(house)
    if current(house.settings.search_dir) is None:
        missing.append("index")
    return missing


def _unready_database(house: House) -> list[str]:
    try:
        with house.edge.reading() as session:
            session.execute(text("SELECT 1"))
        if standing(house.edge.engine) is not Standing.CURRENT:
            return ["migrations"]
        with house.edge.reading() as session:
            heartbeat = session.get(JobRun, HEARTBEAT)
            alive = heartbeat is not None and not heartbeat.is_late(house.clock())
    except SQLAlchemyError:
        return ["database"]
    return [] if alive else ["jobs"]
