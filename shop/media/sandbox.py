"""Decoding a stranger's photo where it can hurt nobody: in a process of its own, with little memory and little time."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading

from shop.media.encoding import Plain
from shop.media.rules import MAX_PIXELS, BadPhoto, Flaw
from shop.media.sniffing import format_of

log = logging.getLogger(__name__)

MEMORY = 1280 * 1024 * 1024
"""Address space in bytes: 60 megapixels of every format pass, the hungriest (WebP with alpha) with a sixth to spare."""
CPU_S = 20
"""Ten times what 60 megapixels take."""
WALL_S = 60
AT_ONCE = threading.BoundedSemaphore(2)
"""Photos decoded at the same time by one process of the shop; the others wait their turn."""
SPENT = (-signal.SIGXCPU, -signal.SIGKILL)
"""How a process ends that used up its time, or was taken by a system without memory."""
DECODER = ["-m", "shop.media.decoder"]
KEPT = ("LD_LIBRARY_PATH", "PATH")


def decoded(
    raw: bytes, *, max_pixels: int = MAX_PIXELS, memory: int = MEMORY, cpu_s: int = CPU_S, wall_s: float = WALL_S
) -> Plain:
    """Re-encode a photo as `shop.media.pictures.plain` does, in a process of its own.

    Args:
        raw: the file as sent.
        max_pixels: the largest picture taken, width times height.
        memory: the address space of that process, in bytes.
        cpu_s: its processor time, in seconds.
        wall_s: how long is waited for it, in seconds.

    Raises:
        BadPhoto: the bytes are not a photo of a usable size, or its decoder fell over them or found no end.
        RuntimeError: the process did not even start; the shop is not whole.
    """
    format_of(raw)  # what is no photo at all needs no process
    command = [sys.executable, "-I", *DECODER, str(max_pixels), str(memory), str(cpu_s)]
    # No secret of the shop goes along; and one heap, since each of several would reserve address space of its own.
    environment = {"MALLOC_ARENA_MAX": "1"} | {name: os.environ[name] for name in KEPT if name in os.environ}
    try:
        with AT_ONCE:
            done = subprocess.run(  # noqa: S603 - our own module, and numbers
                command, input=raw, capture_output=True, timeout=wall_s, check=False, env=environment
            )
    except subprocess.TimeoutExpired:
        log.warning("a photo was given up", extra={"seconds": wall_s})
        raise BadPhoto(Flaw.TOO_HARD) from None
    if done.returncode < 0:
        log.warning("a photo ended its decoder", extra={"signal": -done.returncode})
        raise BadPhoto(Flaw.TOO_HARD if done.returncode in SPENT else Flaw.DAMAGED)
    if done.returncode:
        raise RuntimeError(f"the photo decoder ended with {done.returncode}")
    return _read(done.stdout)


def _read(out: bytes) -> Plain:
    line, _newline, files = out.partition(b"\n")
    facts = json.loads(line)
    if "flaw" in facts:
        raise BadPhoto(Flaw(facts["flaw"]))
    return Plain(files[: facts["jpeg"]], files[facts["jpeg"] :], facts["width"], facts["height"], facts["colour"])
