"""`shop init`: a real town from a file or from answers, whole or not at all; `shop user create`."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.models import Role, User
from shop.cli import shop
from shop.courier.models import FreightZone
from shop.town.models import Town, Village
from shop.town.queries import the_town
from tests.cli.conftest import Give
from tests.support.databases import engine_for

PASSWORD = "larou-2026-x"
FILE = f"""
[town]
name = "磁峰"
aliases = ["磁峰镇"]
division = "四川省成都市彭州市"
slogan = "山里来的"
centre_name = "磁峰山货中心"
centre_address = "老街 1 号"
centre_phone = "028-00000000"
cutoff = "20:00"
fee_bp = 1000
hold_minutes = 15
opening = [{{ days = "周一至周六", hours = "08:00–18:00" }}]

[[villages]]
name = "大湾村"
aliases = ["大湾"]

[[freight]]
name = "四川省内"
provinces = ["四川"]
first_g = 1000
first_fen = 600
step_g = 1000
step_fen = 150
days = 2

[manager]
phone = "13800000001"
name = "曾志刚"
password = "{PASSWORD}"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that describes a town."""
    path = tmp_path / "town.toml"
    path.write_text(FILE, "utf-8")
    return path


KINDS = (Town, Village, FreightZone, User)


def counts(var: Path) -> tuple[int, ...]:
    """Return how many towns, villages, zones and people there are."""
    engine = engine_for(f"sqlite:///{var / 'shop.db'}")
    with Session(engine) as session:
        found = tuple(session.scalar(select(func.count()).select_from(kind)) or 0 for kind in KINDS)
    engine.dispose()
    return found


def test_a_town_from_a_file_once(give: Give, var: Path, file: Path) -> None:
    answer = give("init", "--file", str(file))
    assert answer.status == 0, answer
    assert "磁峰" in answer.out
    assert counts(var) == (1, 1, 1, 1)
    engine = engine_for(f"sqlite:///{var / 'shop.db'}")
    with Session(engine) as session:
        assert the_town(session).fee_bp == 1000
        roles = {role.role for role in session.scalars(select(User)).one().roles}
    engine.dispose()
    assert roles == {Role.MANAGER, Role.STAFF}

    again = give("init", "--file", str(file))
    assert again.status == 1
    assert "already" in again.err
    assert counts(var) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('name = "大湾村"', 'nmae = "大湾村"', "village 1"),
        ("fee_bp = 1000\n", "", "fee_bp"),
        ("fee_bp = 1000", "fee_bp = 20000", "fee"),
        ('cutoff = "20:00"', 'cutoff = "25:00"', "cutoff"),
        ('provinces = ["四川"]', 'provinces = ["川"]', "freight 1"),
        ("first_g = 1000", "first_g = 0", "out of range"),
        ('phone = "13800000001"', 'phone = "12345"', "mobile"),
        (PASSWORD, "12345678", "password"),
        ("[manager]", "[chief]", "manager"),
        ('name = "曾志刚"\n', "", "[manager]"),
        ("[[villages]]", "[[villages", "TOML"),
    ],
)
def test_a_town_that_cannot_be_is_named_and_not_written(
    give: Give, var: Path, file: Path, old: str, new: str, word: str
) -> None:
    assert old in FILE
    file.write_text(FILE.replace(old, new), "utf-8")
    answer = give("init", "--file", str(file))
    assert answer.status == 1, answer
    assert word in answer.err
    assert "Traceback" not in answer.err
    assert counts(var) == (0, 0, 0, 0)


def test_a_town_from_answers(give: Give, var: Path) -> None:
    answers = [
        "磁峰", "磁峰镇、磁峰乡", "四川省成都市彭州市", "山里来的", "", "老街 1 号", "028-00000000",
        "周一至周六", "周一至周六 08:00–18:00;周日 09:00–16:00", "", "十", "10.5", "",
        "大湾村", "大湾", "y", "三沟村", "", "n",
        "", "", "", "", "", "", "", "n",
        "n",
        "13800000001", "曾志刚", PASSWORD, PASSWORD,
    ]  # fmt: skip
    give("db", "upgrade")
    answer = CliRunner().invoke(shop, ["init"], input="\n".join(answers) + "\n", standalone_mode=False)
    assert answer.exit_code == 0, answer.output
    assert PASSWORD not in answer.output
    assert counts(var) == (1, 2, 1, 1)
    engine = engine_for(f"sqlite:///{var / 'shop.db'}")
    with Session(engine) as session:
        town = the_town(session)
    engine.dispose()
    assert (town.centre_name, town.fee_bp, town.aliases) == ("磁峰山货中心", 1050, ("磁峰镇", "磁峰乡"))
    assert len(town.opening) == 2


def test_an_account_and_its_refusals(give: Give, var: Path) -> None:
    give("db", "upgrade")
    words = ("user", "create", "--name", "周素珍", "--role", "vendor", "--role", "buyer")
    assert give(*words, "--phone", "138 0000 0001", "--password", PASSWORD).status == 0
    for phone, password, said in (
        ("13800000001", PASSWORD, "already"),
        ("1380000", PASSWORD, "mobile"),
        ("13800000002", "short", "8 characters"),
        ("13800000002", "13800000002", "phone number"),
    ):
        answer = give(*words, "--phone", phone, "--password", password)
        assert answer.status == 1
        assert said in answer.err
    assert counts(var)[-1] == 1
