"""How a process of the house is tied to the one that started it, and to the data folder it works in."""

import ctypes
import fcntl
import os
import signal
import sys
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
LOCK = "running.lock"


def die_with_parent(parent: int) -> None:
    """Ask the system for SIGTERM when the parent dies, even by kill -9; does nothing where Linux is not.

    Args:
        parent: its process id, as seen before this process began: had it died meanwhile, nobody would tell us.
    """
    if sys.platform != "linux":
        return
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def call_oneself(name: str) -> None:
    """Show a name in `top` and `ps -o comm`; does nothing where Linux is not."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_NAME, f"shop-{name}".encode()[:15], 0, 0, 0)


def kill_group(leader: int) -> None:
    """Kill what is left of a child's process group, such as web workers whose master was killed."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def lock_folder(data_dir: Path, *, alone: bool) -> TextIOWrapper | None:
    """Say that this process works in a data folder, for as long as the returned file stays open.

    Args:
        data_dir: the folder; it exists.
        alone: true for work that no running shop may see, such as a restore.

    Returns:
        The open lock, or None when others are in the way.
    """
    file = (data_dir / LOCK).open("a")
    try:
        fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
