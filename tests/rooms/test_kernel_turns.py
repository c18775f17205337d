"""The line of SQLite's writers: one at a time, whoever they are, and nobody is kept waiting by one who is dead."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from shop.kernel import turns
from shop.kernel.turns import Turns, turns_of

HOLDS_S = 0.2
HOLDER = """
import sys, time
from shop.kernel.turns import Turns
with Turns(sys.argv[1]).taken():
    print("taken", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "shop.db")


def test_two_writers_of_a_process_take_turns(path: str) -> None:
    line, inside, most = Turns(path), 0, 0

    def write() -> None:
        nonlocal inside, most
        with line.taken():
            inside += 1
            most = max(most, inside)
            time.sleep(0.01)
            inside -= 1

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert most == 1


def test_who_has_waited_longest_is_next(path: str) -> None:
    line = Turns(path)
    served: list[int] = []

    def write(number: int) -> None:
        with line.taken():
            served.append(number)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    with line.taken():
        for place, writer in enumerate(writers, 1):
            writer.start()
            while len(line._waiting) < place:  # nothing else tells it
                time.sleep(0.001)
    for writer in writers:
        writer.join()
    assert served == [0, 1, 2, 3]


def test_another_process_is_waited_for_and_its_death_ends_its_turn(path: str) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, path], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "taken\n"
        waited = threading.Timer(HOLDS_S, os.kill, (holder.pid, signal.SIGKILL))
        began = time.monotonic()
        waited.start()
        with Turns(path).taken():
            assert time.monotonic() - began >= HOLDS_S


def test_an_exception_ends_the_turn(path: str) -> None:
    line = Turns(path)
    with pytest.raises(RuntimeError), line.taken():
        raise RuntimeError
    with line.taken():
        pass


def test_who_has_waited_long_goes_on_to_the_database(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE_S", 0.05)
    line = Turns(path)
    with line.taken(), line.taken():
        pass


def test_only_a_sqlite_file_has_a_line(path: str) -> None:
    line = turns_of(create_engine(f"sqlite:///{path}"))
    assert line is not None
    assert line is turns_of(create_engine(f"sqlite:///{path}"))
    assert turns_of(create_engine("sqlite://")) is None
    assert turns_of(create_engine("postgresql+psycopg://nobody@localhost/none")) is None
