"""`shop catalogue …`: goods from a file, its progress and its exit status; the sheet to write them in."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.imports.sheets import COLUMNS
from shop.catalog.models import Listing, ListingPhoto, ListingState
from shop.kernel.turns import Turns
from shop.vendors.models import Paper
from tests.cli.conftest import Give
from tests.cli.test_init import FILE
from tests.support.databases import engine_for
from tests.world.pictures import photo_file

COMMAND = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a parent that minds no Ctrl-C hands that down
from shop.cli import main
main()
"""
RELEVANCE = Path(__file__).parents[1] / "relevance" / "listings.jsonl"
ROW: dict[str, Any] = {
    "ref": "A-1",
    "title": "林下土鸡蛋",
    "vendor": "周素珍家",
    "village": "大湾村",
    "category": "鲜蛋",
    "description": "当天捡。",
    "price_fen": 4800,
    "unit": "盒(30枚)",
    "season_months": [],
    "tags": ["土鸡蛋"],
    "stock": 12,
}


@pytest.fixture
def town(give: Give, tmp_path: Path) -> Path:
    """A real town without goods; returns its database."""
    (tmp_path / "town.toml").write_text(FILE, encoding="utf-8")
    assert give("init", "--file", str(tmp_path / "town.toml")).status == 0
    return tmp_path / "var" / "shop.db"


def states(database: Path) -> dict[ListingState, int]:
    engine = engine_for(f"sqlite:///{database}")
    with Session(engine) as session:
        found = session.execute(select(Listing.state, func.count().label("number")).group_by(Listing.state)).all()
    engine.dispose()
    return {row.state: row.number for row in found}


def jsonl(path: Path, *changes: Mapping[str, object]) -> str:
    path.write_text("\n".join(json.dumps({**ROW, **each}, ensure_ascii=False) for each in changes), encoding="utf-8")
    return str(path)


def test_good_rows_go_in_bad_ones_are_told_and_the_status_says_so(give: Give, town: Path, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "x.jsonl", {}, {"ref": "A-2", "price_fen": "28.50"}, {"ref": "A-3", "title": "=1+1"})
    faults = tmp_path / "faults.csv"
    answer = give("catalogue", "import", file, "--create", "--vouch", "--faults", str(faults))
    assert answer.status == 2
    assert "row 2, A-2: price_fen (28.50) is a price in whole fen: 2850" in answer.out
    assert "3 rows: 2 added, 0 changed, 0 unchanged, 1 refused; 0 of those that are in wait for review." in answer.out
    assert states(town) == {ListingState.PUBLISHED: 2}
    (line,) = list(csv.DictReader(faults.read_text("utf-8-sig").splitlines()))
    assert (line["row"], line["ref"], line["column"], line["cell"]) == ("2", "A-2", "price_fen", "28.50")

    again = give("catalogue", "import", jsonl(tmp_path / "y.jsonl", {}, {"ref": "A-3", "title": "=1+1"}))
    assert again.status == 0
    assert "0 added, 0 changed, 2 unchanged" in again.out


def test_a_dry_run_keeps_nothing_and_says_so(give: Give, town: Path, tmp_path: Path) -> None:
    answer = give("catalogue", "import", jsonl(tmp_path / "x.jsonl", {}), "--create", "--vouch", "--dry-run")
    assert answer.status == 0
    assert "1 added" in answer.out
    assert "Nothing was kept: this was a dry run." in answer.out
    assert states(town) == {}


def test_what_waits_is_told_with_its_reason(give: Give, town: Path, tmp_path: Path) -> None:
    answer = give("catalogue", "import", jsonl(tmp_path / "x.jsonl", {}), "--create")
    assert answer.status == 0
    assert "vendor waits: its vendor lacks one of these papers: workshop_filing, " in answer.out.replace(",", ", ")
    assert "1 of those that are in wait for review." in answer.out


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("none.csv", None, "No such file or directory."),
        ("empty.csv", b"", "The file is empty."),
        ("other.csv", b"a,b\n1,2\n", "There is no header row with the columns' names."),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "It is an old .xls: save it as .xlsx."),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(
    give: Give, town: Path, tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    answer = give("catalogue", "import", str(tmp_path / name))
    assert answer.status == 1
    assert answer.err.strip().endswith(sentence)
    assert "Traceback" not in answer.err


def test_without_a_town_there_is_nowhere_to_put_goods(give: Give, tmp_path: Path) -> None:
    assert give("db", "upgrade").status == 0
    answer = give("catalogue", "import", jsonl(tmp_path / "x.jsonl", {}))
    assert (answer.status, "There is no town yet" in answer.err) == (1, True)


def test_photos_lie_in_a_folder_by_ref(give: Give, town: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    photo_file(tmp_path, (640, 480)).rename(folder / "A-1.jpg")
    (folder / "A-1-2.jpg").write_bytes(b"no photo")
    (folder / "B-9.jpg").write_bytes(b"nobody's")
    file = jsonl(tmp_path / "x.jsonl", {})
    answer = give("catalogue", "import", file, "--photos", str(folder), "--create", "--vouch")
    assert answer.status == 0, answer.err
    assert "a photo was not taken: A-1-2.jpg: not_a_picture" in answer.out
    assert "1 photos belong to no row: B-9.jpg" in answer.out
    engine = engine_for(f"sqlite:///{town}")
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(ListingPhoto)) == 1
    engine.dispose()
    missing = give("catalogue", "import", file, "--photos", str(tmp_path / "nowhere"))
    assert (missing.status, "is no folder" in missing.err) == (1, True)


def test_the_template_is_written_filled_in_and_brought_in(give: Give, town: Path, tmp_path: Path) -> None:
    file = tmp_path / "goods.xlsx"
    assert give("catalogue", "template", str(file)).status == 0
    book = load_workbook(BytesIO(file.read_bytes()))
    sheet = book.worksheets[0]
    for place, column in enumerate(COLUMNS, 1):
        value = ROW[column]
        sheet.cell(2, place).value = ";".join(value) if isinstance(value, list) else value
    book.save(file)
    assert give("catalogue", "import", str(file), "--create", "--vouch").status == 0
    assert states(town) == {ListingState.PUBLISHED: 1}
    assert give("catalogue", "template", str(file)).status == 1, "it overwrites nothing"
    assert give("catalogue", "template", str(tmp_path / "goods.csv")).status == 1


def test_what_the_law_lets_be_sold_of_the_relevance_set_is_published(give: Give, town: Path) -> None:
    answer = give("catalogue", "import", str(RELEVANCE), "--create", "--vouch")
    assert answer.status == 0, answer.out
    waiting = [line for line in answer.out.splitlines() if "waits:" in line]
    assert all("words that the law forbids" in line for line in waiting), waiting
    found = states(town)
    total = sum(found.values())
    assert total == len(RELEVANCE.read_text("utf-8").splitlines())
    assert found[ListingState.PUBLISHED] >= total - 5
    engine = engine_for(f"sqlite:///{town}")
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Paper)) == 46
    engine.dispose()


def test_ctrl_c_leaves_whole_rows_and_the_same_command_goes_on(town: Path, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "x.jsonl", *({"ref": f"A-{number}"} for number in range(600)))
    command = [sys.executable, "-c", COMMAND, "catalogue", "import", file, "--create"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    while running.poll() is None and not states(town):
        time.sleep(0.02)
    with Turns(str(town)).taken():  # it cannot come to its end meanwhile
        running.send_signal(signal.SIGINT)
    _out, err = running.communicate(timeout=120)
    assert running.returncode == 130, err
    stopped_at = sum(states(town).values())
    assert f"Stopped: {stopped_at} rows are in. The same command goes on." in err
    assert 0 < stopped_at < 600
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=False)
    assert done.returncode == 0, done.stderr
    assert f"{600 - stopped_at} added, 0 changed, {stopped_at} unchanged" in done.stdout
