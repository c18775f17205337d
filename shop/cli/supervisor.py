"""One parent for three children: starts them, restarts the one that dies, and stops all of them together.

Children are forks of a parent that has read all the code but opened nothing: on a small machine the second child is
there in milliseconds instead of seconds, and so is the one that takes a dead child's place.
"""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Event
from types import FrameType

from shop.cli.family import call_oneself, die_with_parent, kill_group
from shop.cli.troubles import REFUSED, told

log = logging.getLogger(__name__)

LOOK_S = 0.1
GRACE_S = 10.0
"""How long a child may finish its request or job after SIGTERM; then it is killed."""
PAUSES_S = (1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_S = 60.0
"""A child that lived this long starts over with the shortest pause."""
OURS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
BROKEN = 70
"""Exit status of a child that failed by a mistake of ours (EX_SOFTWARE of sysexits)."""


def run_apart(act: Callable[[], object]) -> int:
    """Run an act in a process of its own, in this one's session, and return its exit status."""
    child = _fork(act)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _fork(act: Callable[[], object], name: str = "") -> int:
    """Start a copy of this process that does nothing but an act; it ends when this one does.

    Args:
        name: of a child that stays; it leads a session of its own, so that Ctrl-C reaches only the parent.
    """
    parent = os.getpid()
    sys.stdout.flush()
    # A signal between the fork and the child's own handlers would be taken by the parent's handlers and be lost.
    signal.pthread_sigmask(signal.SIG_BLOCK, OURS)
    child = os.fork()
    if child == 0:
        _be_child(act, name, parent)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, OURS)
    return child


def _be_child(act: Callable[[], object], name: str, parent: int) -> None:
    status = BROKEN
    try:
        if name:
            os.setsid()
            call_oneself(name)
        for number in OURS:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, OURS)
        die_with_parent(parent)
        status = told(act)
    except KeyboardInterrupt:
        status = 128 + signal.SIGINT
    except BaseException:
        log.exception("child failed")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # Not sys.exit: the parent's frames are below us, and their `finally` is not ours to run.
        os._exit(status)


@dataclass
class Child:
    """One process of the house under the supervisor's care."""

    name: str
    act: Callable[[], object]
    pid: int = 0
    born: float = 0.0
    deaths: int = 0
    due: float = 0.0

    def start(self) -> None:
        """Start the process."""
        self.pid = _fork(self.act, self.name)
        self.born = time.monotonic()
        log.info("started", extra={"child": self.name, "pid": self.pid})

    def ended(self) -> int | None:
        """Return the exit status of a process that has ended (negative: by that signal), and clear what it left."""
        if not self.pid:
            return None
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            return None
        kill_group(pid)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def look(self, now: float) -> int | None:
        """Note a death, or start again when its pause is over; return the exit status of one that has just died."""
        if not self.pid:
            if now >= self.due:
                self.start()
            return None
        status = self.ended()
        if status is not None:
            self.deaths = 1 if now - self.born > STEADY_S else self.deaths + 1
            pause = PAUSES_S[min(self.deaths, len(PAUSES_S)) - 1]
            self.due = now + pause
            log.warning("child ended", extra={"child": self.name, "status": status, "again_in_s": pause})
        return status


class Supervisor:
    """Runs children until it is told to stop.

    Args:
        acts: name -> what the child of that name does, until SIGTERM.
    """

    def __init__(self, acts: Mapping[str, Callable[[], object]]) -> None:
        self.children = [Child(name, act) for name, act in acts.items()]
        self._stopping = Event()
        self._hurry = Event()

    def run(self, is_ready: Callable[[], bool], on_ready: Callable[[], None]) -> int:
        """Start all children and stay until SIGINT, SIGTERM or SIGHUP.

        Args:
            is_ready: asked now and then until it says yes.
            on_ready: called once after that.

        Returns:
            0 after an orderly stop; `REFUSED` when a child could not even begin, and said why.
        """
        for number in OURS:
            signal.signal(number, self._on_signal)
        try:
            return self._watch(is_ready, on_ready)
        finally:
            self._stop()

    def _watch(self, is_ready: Callable[[], bool], on_ready: Callable[[], None]) -> int:
        is_told = False
        while not self._stopping.is_set():
            ends = [child.look(time.monotonic()) for child in self.children]
            if not is_told and REFUSED in ends:
                # What refuses to begin would refuse again; its sentence is on the screen already.
                return REFUSED
            if not is_told and is_ready():
                is_told = True
                on_ready()
            self._stopping.wait(LOOK_S)
        return 0

    def _stop(self) -> None:
        alive = [child for child in self.children if child.pid]
        for child in alive:
            os.kill(child.pid, signal.SIGTERM)
        end = time.monotonic() + GRACE_S
        while alive := _still(alive):
            if time.monotonic() > end or self._hurry.is_set():
                for child in alive:
                    log.warning("child killed", extra={"child": child.name})
                    kill_group(child.pid)
            time.sleep(0.05)
        log.info("stopped")

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        # The second Ctrl-C means "now".
        (self._hurry if self._stopping.is_set() else self._stopping).set()


def _still(children: Sequence[Child]) -> list[Child]:
    return [child for child in children if child.ended() is None]
