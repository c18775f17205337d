"""A search follower in a process of its own, which a test may kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shop.search import generations
from shop.search.generations import FollowerBusy, sole_writer

FOLLOW = """
import sys, threading
from pathlib import Path
from sqlalchemy import create_engine
from shop.kernel.db import speak_sqlite
from shop.search.follower import run
engine = create_engine(sys.argv[1])
speak_sqlite(engine)
run(engine, Path(sys.argv[2]), stop=threading.Event(), poll_s=0.0)
"""


@contextmanager
def following(url: str, directory: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Let a follower run in a process of its own, and kill it outright at the end."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(generations.__file__).parents[2])}
    child = subprocess.Popen([sys.executable, "-c", FOLLOW, url, str(directory)], env=environment)
    try:
        deadline = time.monotonic() + 60
        while not is_followed(directory):
            assert child.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield child
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(60)


def is_followed(directory: Path) -> bool:
    try:
        with sole_writer(directory):
            return False
    except FollowerBusy:
        return True
