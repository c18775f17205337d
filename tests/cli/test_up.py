"""`shop up` for real: three children under one parent, on a port of their own, with a terminal."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.app.schema import upgrade
from shop.flows.founding import found_town
from shop.kernel.clock import utc_now
from shop.kernel.edge import Edge
from shop.notifications.models import Delivery, DeliveryState
from shop.notifications.services import wanted
from tests.support.databases import engine_for
from tests.support.live import free_port
from tests.world import market

PATIENCE_S = 120.0
COMMAND = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); from shop.cli import main; main()"
"""The command in a terminal of its own, so that Ctrl-C comes from there."""


@dataclass
class Shop:
    """A running `shop up` in a terminal, as a person starts it."""

    var: Path
    port: int
    log: Path
    process: subprocess.Popen[bytes]
    terminal: int
    _read: bytearray = field(default_factory=bytearray)

    def screen(self) -> str:
        """Return what stands on the terminal."""
        os.set_blocking(self.terminal, False)
        while True:
            try:
                part = os.read(self.terminal, 65536)
            except OSError:
                break
            if not part:
                break
            self._read += part
        return self._read.decode()

    def events(self) -> list[dict[str, object]]:
        """Return the log lines."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    def child(self, name: str) -> int:
        """Return the process id of the child started last under a name."""
        pids = [line["pid"] for line in self.events() if line["event"] == "started" and line.get("child") == name]
        assert isinstance(pids[-1], int)
        return pids[-1]

    def was_started(self, name: str, times: int) -> bool:
        """Tell whether a child was started so many times."""
        return sum(line["event"] == "started" and line.get("child") == name for line in self.events()) == times

    def sent(self) -> list[DeliveryState]:
        """Return where the town's short messages stand."""
        engine = engine_for(f"sqlite:///{self.var / 'shop.db'}")
        with Session(engine) as session:
            states = list(session.scalars(select(Delivery.state)))
        engine.dispose()
        return states

    def get(self, path: str) -> int:
        """Return the status of a page, 0 when nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()

    def family(self) -> list[int]:
        """Return every living process that works in the data folder, the parent among them."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and f"SHOP_DATA_DIR={self.var}".encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
        return found


def until(what: Callable[[], object]) -> None:
    """Wait until something holds."""
    begin = time.monotonic()
    while not what():
        assert time.monotonic() - begin < PATIENCE_S, "it did not come about"
        time.sleep(0.05)


def settings_of(var: Path, port: int) -> dict[str, str]:
    """Return the variables of a shop in a folder and on a port."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("SHOP_")}
    return others | {"SHOP_DATA_DIR": str(var), "SHOP_BIND": f"127.0.0.1:{port}"}


Start = Callable[[], Shop]


def _settle(session: Session) -> None:
    """Found a town in which a message is still to be sent."""
    found_town(session, market.PLAN, actor=market.HOUSE)
    wanted(session, "parcel_delivered", phone="13800000001", values={"code": "K7Q2"}, clock=utc_now)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `shop up` on a demo town that is there already, as on every start but the first."""
    var = tmp_path / "var"
    var.mkdir()
    engine = engine_for(f"sqlite:///{var / 'shop.db'}")
    upgrade(engine)
    Edge(engine, lambda _: None).run(_settle)
    engine.dispose()
    begun: list[Shop] = []

    def act() -> Shop:
        port, log = free_port(), tmp_path / f"log-{len(begun)}"
        terminal, inner = pty.openpty()
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-c", COMMAND, "up"],
                stdin=inner, stdout=inner, stderr=file, env=settings_of(var, port), start_new_session=True,
            )  # fmt: skip
        os.close(inner)
        begun.append(Shop(var, port, log, process, terminal))
        return begun[-1]

    yield act
    for shop in begun:
        for pid in shop.family():
            os.kill(pid, signal.SIGKILL)
        shop.process.wait()
        os.close(shop.terminal)


def test_it_opens_lets_no_second_in_mends_itself_and_stops_at_ctrl_c(start: Start) -> None:
    shop = start()
    until(lambda: "Open at" in shop.screen())
    screen = shop.screen()
    assert f"http://127.0.0.1:{shop.port}" in screen
    for role in ("buyer", "villager", "staff", "driver", "manager", "packer", "counter", "finance"):
        assert role in screen
    assert shop.get("/readyz") == 200
    until(lambda: shop.sent() == [DeliveryState.SENT])

    second = subprocess.run(
        [sys.executable, "-c", "from shop.cli import main; main()", "up"],
        env=settings_of(shop.var, shop.port), capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert (second.returncode, second.stderr.count("\n")) == (1, 1)
    assert "in use" in second.stderr

    for name in ("web", "worker", "follow"):
        os.kill(shop.child(name), signal.SIGKILL)
        until(partial(shop.was_started, name, 2))
    until(lambda: shop.get("/readyz") == 200)
    deaths = [line for line in shop.events() if line["event"] == "child ended"]
    assert [line["child"] for line in deaths] == ["web", "worker", "follow"]
    assert {line["status"] for line in deaths} == {-signal.SIGKILL}

    os.write(shop.terminal, b"\x03")
    until(lambda: shop.process.poll() is not None)
    assert shop.process.returncode == 0
    assert "child killed" not in {line["event"] for line in shop.events()}, "all of them end by themselves"
    assert shop.family() == []
    assert shop.get("/healthz") == 0
    assert "Traceback" not in shop.screen() + shop.log.read_text("utf-8")


def test_a_killed_parent_takes_its_children_along_and_the_next_start_goes_on(start: Start) -> None:
    first = start()
    until(lambda: "Open at" in first.screen())
    assert len(first.family()) >= 4
    first.process.kill()
    first.process.wait()
    until(lambda: first.family() == [])

    second = start()
    until(lambda: "Open at" in second.screen())
    assert second.get("/readyz") == 200
    second.process.terminate()
    assert second.process.wait(timeout=PATIENCE_S) == 0
