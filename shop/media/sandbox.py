"""Decoding a stranger's file where it can hurt nobody: in a process of its own, with little memory and little time."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

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
"""Files decoded at the same time by one process of the shop; the others wait their turn."""
SPENT = (-signal.SIGXCPU, -signal.SIGKILL)
"""How a process ends that used up its time, or was taken by a system without memory."""
DECODER = ["-m", "shop.media.decoder"]
KEPT = ("LD_LIBRARY_PATH", "PATH")


class DecoderEnded(Exception):
    """A file ended its decoder, or was given up.

    Args:
        is_spent: it used up what it was given; otherwise the decoder fell over it.
    """

    def __init__(self, *, is_spent: bool) -> None:
        super().__init__(is_spent)
        self.is_spent = is_spent


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
    try:
        out = ran(DECODER, (max_pixels, memory, cpu_s), raw, wall_s=wall_s)
    except DecoderEnded as ended:
        raise BadPhoto(Flaw.TOO_HARD if ended.is_spent else Flaw.DAMAGED) from None
    return _read(out)


def ran(decoder: Sequence[str], words: Sequence[str | int], raw: bytes, *, wall_s: float) -> bytes:
    """Run a decoder on a file in a process of its own, and return what it wrote.

    Args:
        decoder: what Python runs; it sets limits to itself before it looks at the file.
        words: its arguments.
        wall_s: how long is waited for it, in seconds.

    Raises:
        DecoderEnded: it did not live to say what the file is.
        RuntimeError: it did not even start; the shop is not whole.
    """
    command = [sys.executable, "-I", *decoder, *(str(word) for word in words)]
    # No secret of the shop goes along; and one heap, since each of several would reserve address space of its own.
    environment = {"MALLOC_ARENA_MAX": "1"} | {name: os.environ[name] for name in KEPT if name in os.environ}
    try:
        with AT_ONCE:
            done = subprocess.run(  # noqa: S603 - our own modules, and words of ours
                command, input=raw, capture_output=True, timeout=wall_s, check=False, env=environment
            )
    except subprocess.TimeoutExpired:
        log.warning("a file was given up", extra={"seconds": wall_s})
        raise DecoderEnded(is_spent=True) from None
    if done.returncode < 0:
        log.warning("a file ended its decoder", extra={"signal": -done.returncode})
        raise DecoderEnded(is_spent=done.returncode in SPENT)
    if done.returncode:
        raise RuntimeError(f"the decoder ended with {done.returncode}")
    return done.stdout


def _read(out: bytes) -> Plain:
    line, _newline, files = out.partition(b"\n")
    facts = json.loads(line)
    if "flaw" in facts:
        raise BadPhoto(Flaw(facts["flaw"]))
    return Plain(files[: facts["jpeg"]], files[facts["jpeg"] :], facts["width"], facts["height"], facts["colour"])
