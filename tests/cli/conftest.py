"""Commands as an operator gives them: in this process, with settings of their own, their words kept."""

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

from shop.app.schema import Standing, standing, upgrade
from shop.cli import opening, shop
from shop.cli.troubles import told
from tests.support.databases import Databases, SqliteDatabases

REAL_SECRET = "a secret of at least thirty-two characters"


@dataclass(frozen=True)
class Answer:
    """What a command came to."""

    status: int
    out: str
    err: str


Give = Callable[..., Answer]


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """The data folder; nothing made it yet."""
    return tmp_path / "var"


@pytest.fixture(scope="session")
def migrated(databases: Databases) -> Iterator[str]:
    """URL of a database that every migration made, as `shop db upgrade` leaves an empty one."""
    url = databases.fresh()
    yield url
    databases.drop(url)


@pytest.fixture(autouse=True)
def quick_upgrade(databases: Databases, migrated: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a command that upgrades an empty SQLite file copy what the migrations make of one.

    The steps themselves are walked in tests/migrations, and by a command in a process of its own in `test_up`.
    """

    def copy(engine: Engine) -> None:
        if engine.dialect.name != "sqlite" or standing(engine) is not Standing.EMPTY:
            upgrade(engine)
            return
        source = sqlite3.connect(migrated.removeprefix("sqlite:///"))
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            source.backup(driver)
        source.close()

    if isinstance(databases, SqliteDatabases):
        monkeypatch.setattr(opening, "upgrade", copy)


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], var: Path) -> Iterator[Give]:
    """Give a command: `give("db", "check", SHOP_ENV="production")`; settings last for the whole test."""
    for name in [name for name in os.environ if name.startswith("SHOP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SHOP_DATA_DIR", str(var))

    def act(*words: str, **settings: str) -> Answer:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        try:
            status = told(lambda: shop(args=list(words), prog_name="shop", standalone_mode=False))
        except SystemExit as end:
            status = int(end.code or 0)
        said = capfd.readouterr()
        return Answer(status, said.out, said.err)

    root, ours = logging.getLogger(), logging.getLogger("shop")
    kept = root.handlers[:], root.level, ours.level
    yield act
    root.handlers[:] = kept[0]
    root.setLevel(kept[1])
    ours.setLevel(kept[2])
