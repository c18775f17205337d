"""One parent for three children: starts them, restarts the one that dies, and stops all of them together."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event
from types import FrameType

from shop.cli.family import die_with_parent, kill_group

log = logging.getLogger(__name__)

LOOK_S = 0.2
GRACE_S = 10.0
"""How long a child may finish its request or job after SIGTERM; then it is killed."""
PAUSES_S = (1.0, 2.0, 5.0, 10.0, 30.0)
REFUSED = 1
"""Exit status of a command that told in one sentence why it cannot do its work."""
STEADY_S = 60.0
"""A child that lived this long starts over with the shortest pause."""


@dataclass
class Child:
    """One process of the house under the supervisor's care."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    born: float = 0.0
    deaths: int = 0
    due: float = 0.0

    def start(self) -> None:
        """Start the process in a session of its own (Ctrl-C reaches only the parent); it dies with the parent."""
        parent = os.getpid()
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            self.command, start_new_session=True, preexec_fn=lambda: die_with_parent(parent)
        )
        self.born = time.monotonic()
        log.info("started", extra={"child": self.name, "pid": self.process.pid})

    def look(self, now: float) -> int | None:
        """Note a death and start again when its pause is over; return the exit status of a child that just died."""
        if self.process is None:
            if now >= self.due:
                self.start()
            return None
        code = self.process.poll()
        if code is None:
            return None
        kill_group(self.process.pid)
        self.deaths = 1 if now - self.born > STEADY_S else self.deaths + 1
        pause = PAUSES_S[min(self.deaths, len(PAUSES_S)) - 1]
        self.process, self.due = None, now + pause
        log.warning("child ended", extra={"child": self.name, "status": code, "again_in_s": pause})
        return code


@dataclass
class Supervisor:
    """Runs children until it is told to stop.

    Args:
        commands: name -> the words after `shop` that start the child.
    """

    commands: Sequence[tuple[str, Sequence[str]]]
    stopping: Event = field(default_factory=Event)
    hurry: Event = field(default_factory=Event)

    def run(self, is_ready: Callable[[], bool], on_ready: Callable[[], None]) -> int:
        """Start all children and stay until SIGINT or SIGTERM.

        Args:
            is_ready: asked now and then until it says yes.
            on_ready: called once after that.

        Returns:
            0 after an orderly stop, 1 when a child could not even begin.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        children = [Child(name, (sys.executable, "-m", "shop.cli", *words)) for name, words in self.commands]
        try:
            return self._watch(children, is_ready, on_ready)
        finally:
            self._stop(children)

    def _watch(self, children: Sequence[Child], is_ready: Callable[[], bool], on_ready: Callable[[], None]) -> int:
        told = False
        while not self.stopping.is_set():
            ends = [child.look(time.monotonic()) for child in children]
            if not told and REFUSED in ends:
                # What refuses to begin would refuse again; its sentence is on the screen already.
                return REFUSED
            if not told and is_ready():
                told = True
                on_ready()
            self.stopping.wait(LOOK_S)
        return 0

    def _stop(self, children: Sequence[Child]) -> None:
        alive = [child.process for child in children if child.process is not None]
        for process in alive:
            process.terminate()
        end = time.monotonic() + GRACE_S
        while any(process.poll() is None for process in alive):
            if time.monotonic() > end or self.hurry.is_set():
                break
            time.sleep(0.05)
        for process in alive:
            kill_group(process.pid)
            process.wait()
        log.info("stopped")

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        # The second Ctrl-C means "now".
        (self.hurry if self.stopping.is_set() else self.stopping).set()
