"""How every command opens the house: folder, database, port, each refused in one sentence when it cannot be used."""

import socket
import sqlite3
import tempfile
from io import TextIOWrapper

import psycopg
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError

from shop.app.schema import Standing, standing, upgrade
from shop.app.wiring import wire
from shop.cli.family import lock_folder
from shop.cli.troubles import Trouble
from shop.kernel.clock import utc_now
from shop.kernel.db import speak_sqlite
from shop.settings import Settings
from shop.town.queries import has_town
from shop.web.house import House

NEWER = (
    "The database is newer than this code: it holds a migration this code does not know."
    " Install the newer version, or restore a backup made with this one."
)
CONNECT_S = 5


def prepare_folder(settings: Settings) -> None:
    """Make the data folder (only its owner may read it) and see that it can be written.

    Raises:
        Trouble: it cannot.
    """
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Trouble(
            f"Cannot write to the data folder {folder} ({error.strerror}):"
            " make it a folder this user may write to, or choose another with SHOP_DATA_DIR."
        ) from error


def hold_folder(settings: Settings, *, alone: bool = False) -> TextIOWrapper:
    """Say that this process works in the data folder until the returned file is closed.

    Raises:
        Trouble: a restore is at work there, or, when we must be alone, a running shop is.
    """
    lock = lock_folder(settings.data_dir, alone=alone)
    if lock is None:
        who = "The shop is running" if alone else "A restore is at work"
        raise Trouble(f"{who} in {settings.data_dir}: stop it, or let it finish, and try again.")
    return lock


def free_port(settings: Settings) -> None:
    """See that the address can be served from.

    Raises:
        Trouble: somebody else does, or this machine may not.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host.strip("[]"), settings.port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # A connection that just ended must not look like a server.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise Trouble(
            f"Cannot serve from {settings.host}:{settings.port} ({error.strerror}):"
            " stop what uses it, or choose another with SHOP_BIND."
        ) from error


def open_engine(settings: Settings) -> Engine:
    """Return an engine for the house's database; it connects when it is first used."""
    is_sqlite = settings.database_url.startswith("sqlite")
    engine = create_engine(
        settings.database_url,
        pool_size=settings.job_threads + 4,
        pool_pre_ping=True,
        connect_args={} if is_sqlite else {"connect_timeout": CONNECT_S},
    )
    speak_sqlite(engine)
    return engine


def open_house(settings: Settings, engine: Engine | None = None) -> House:
    """Return the house's wiring without asking anything of the database.

    Raises:
        Trouble: the job queue's store does not answer, or an address among the settings makes no sense.
    """
    try:
        return wire(settings, engine or open_engine(settings), utc_now)
    except (sqlite3.OperationalError, psycopg.OperationalError) as error:
        said = " ".join(str(error).split()).rstrip(".")
        raise Trouble(
            f"The job queue does not answer: {said}. Check SHOP_JOBS_URL and that its server runs."
        ) from error
    except (ArgumentError, ValueError) as error:
        raise Trouble(f"An address among the settings cannot be used: {error}.") from error


def prepare_schema(engine: Engine) -> bool:
    """Bring a database up to this code and tell whether there was anything to do.

    Raises:
        Trouble: it is newer than this code.
    """
    at = standing(engine)
    if at is Standing.NEWER:
        raise Trouble(NEWER)
    if at is not Standing.CURRENT:
        upgrade(engine)
    return at is not Standing.CURRENT


def open_current_house(settings: Settings) -> House:
    """Return the house's wiring on a database whose schema is this code's.

    Raises:
        Trouble: the schema is older, newer, or not there.
    """
    house = open_house(settings)
    at = standing(house.edge.engine)
    if at is Standing.NEWER:
        raise Trouble(NEWER)
    if at is not Standing.CURRENT:
        raise Trouble(f"The database is {at}: run `shop db upgrade` first.")
    return house


def open_town(settings: Settings) -> House:
    """Return the house's wiring on a current database that has its town.

    Raises:
        Trouble: the schema is not this code's, or there is no town yet.
    """
    house = open_current_house(settings)
    with house.edge.reading() as session:
        if not has_town(session):
            raise Trouble("There is no town yet: run `shop init` for a real one or `shop demo load` for the demo.")
    return house


def database_words(settings: Settings) -> str:
    """Return the database's address without its password."""
    return make_url(settings.database_url).render_as_string(hide_password=True)
