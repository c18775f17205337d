"""What an operator can get wrong: one sentence, status 1, no traceback, and nothing half done."""

import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from shop.cli.family import lock_folder
from tests.cli.conftest import REAL_SECRET, Answer, Give
from tests.support.databases import Databases

PRODUCTION = {
    "SHOP_ENV": "production",
    "SHOP_PUBLIC_URL": "https://shop.example.cn",
    "SHOP_SECRET_KEY": REAL_SECRET,
    "SHOP_VAULT_KEY": "v" * 32,
}
RUNNING = [("up",), ("serve",), ("worker",), ("follow",)]


def refused(answer: Answer, *words: str) -> None:
    """Assert that a command said in one sentence why it does nothing."""
    assert answer.status == 1, answer
    assert "Traceback" not in answer.err
    lines = answer.err.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("Error: ")
    for word in words:
        assert word in lines[0]


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"SHOP_ENV": "staging"}, "SHOP_ENV"),
        ({"SHOP_PORT": "80"}, "SHOP_PORT"),
        ({"SHOP_BIND": "8000"}, "SHOP_BIND"),
        ({"SHOP_WEB_THREADS": "many"}, "SHOP_WEB_THREADS"),
        ({**PRODUCTION, "SHOP_SECRET_KEY": ""}, "SHOP_SECRET_KEY"),
        ({**PRODUCTION, "SHOP_SECRET_KEY": "demo-secret-not-for-production"}, "SHOP_SECRET_KEY"),
        ({**PRODUCTION, "SHOP_VAULT_KEY": ""}, "SHOP_VAULT_KEY"),
        ({**PRODUCTION, "SHOP_VAULT_KEY": "demo-vault-key-not-for-production"}, "SHOP_VAULT_KEY"),
        ({**PRODUCTION, "SHOP_VAULT_KEY": REAL_SECRET}, "SHOP_VAULT_KEY"),
        ({**PRODUCTION, "SHOP_VAULT_KEY": "v" * 32 + ",short"}, "SHOP_VAULT_KEY"),
        ({"SHOP_VAULT_KEY": "one,,two"}, "SHOP_VAULT_KEY"),
        ({**PRODUCTION, "SHOP_PUBLIC_URL": ""}, "SHOP_PUBLIC_URL"),
        ({"SHOP_MEDIA_URL": "ftp://x"}, "SHOP_MEDIA_URL"),
    ],
    ids=lambda value: str(value)[:30],
)
@pytest.mark.parametrize("words", RUNNING, ids=" ".join)
def test_a_setting_that_cannot_be(give: Give, words: tuple[str, ...], settings: dict[str, str], word: str) -> None:
    refused(give(*words, **settings), word)


def test_a_port_in_use(give: Give, taken_port: int) -> None:
    refused(give("up", SHOP_BIND=f"127.0.0.1:{taken_port}"), str(taken_port), "in use", "SHOP_BIND")


@pytest.mark.parametrize("words", RUNNING, ids=" ".join)
def test_a_file_where_the_data_folder_should_be(give: Give, var: Path, words: tuple[str, ...]) -> None:
    var.write_text("in the way")
    refused(give(*words), str(var), "SHOP_DATA_DIR")


@pytest.mark.parametrize("words", RUNNING, ids=" ".join)
def test_a_data_folder_that_cannot_be_written(give: Give, words: tuple[str, ...]) -> None:
    # Not even root may make a folder there, and tests often run as root.
    refused(give(*words, SHOP_DATA_DIR="/proc/shanhuo"), "/proc/shanhuo", "SHOP_DATA_DIR")


@pytest.mark.parametrize("words", [*RUNNING[1:], ("db", "upgrade"), ("init",), ("demo", "load")], ids=" ".join)
def test_a_database_newer_than_the_code(give: Give, var: Path, words: tuple[str, ...]) -> None:
    assert give("db", "upgrade").status == 0
    with sqlite3.connect(var / "shop.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    refused(give(*words), "newer")


@pytest.mark.parametrize("words", RUNNING[1:], ids=" ".join)
def test_a_database_that_was_not_brought_up(give: Give, words: tuple[str, ...]) -> None:
    refused(give(*words), "shop db upgrade")


@pytest.mark.parametrize("words", RUNNING[1:], ids=" ".join)
def test_no_town_yet(give: Give, words: tuple[str, ...]) -> None:
    assert give("db", "upgrade").status == 0
    refused(give(*words), "shop init")


@pytest.mark.parametrize("words", [*RUNNING[1:], ("db", "upgrade"), ("backup", "x.zip")], ids=" ".join)
def test_an_unreachable_database_is_named_without_its_password(give: Give, words: tuple[str, ...]) -> None:
    answer = give(*words, SHOP_DATABASE_URL="postgresql+psycopg://shop:sesame@127.0.0.1:1/shop")
    refused(answer, "SHOP_DATABASE_URL")
    assert "sesame" not in answer.err


def test_an_unreachable_queue(give: Give) -> None:
    refused(give("worker", SHOP_JOBS_URL="postgresql://shop:sesame@127.0.0.1:1/shop"), "SHOP_JOBS_URL")


def test_the_demo_town_is_not_for_production(give: Give) -> None:
    refused(give("demo", "load", **PRODUCTION), "production")


def test_a_downgrade_to_nowhere(give: Give) -> None:
    assert give("db", "upgrade").status == 0
    refused(give("db", "downgrade", "7777", "--yes"), "7777")


def test_the_schema_goes_up_and_down_and_tells_where_it_stands(give: Give, databases: Databases) -> None:
    url = databases.empty()
    assert give("db", "check", SHOP_DATABASE_URL=url).status == 1
    assert give("db", "upgrade").status == 0
    assert give("db", "check").status == 0
    assert give("db", "downgrade", "base", "--yes").status == 0
    assert give("db", "check").status == 1


def test_a_restore_does_not_run_beside_a_shop(give: Give, var: Path, tmp_path: Path) -> None:
    assert give("db", "upgrade").status == 0
    file = tmp_path / "town.zip"
    assert give("backup", str(file)).status == 0
    lock = lock_folder(var, alone=False)
    assert lock is not None
    with lock:
        refused(give("restore", str(file)), "running")
    assert give("restore", str(file)).status == 0
