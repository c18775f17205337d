"""What a 12-megapixel photo costs: processor seconds for each stage, beside plain Pillow doing the least it can.

    make bench-photos

The photo is a dead-leaves scene (overlapping discs whose sizes follow a power law, with texture and noise), the usual
stand-in for natural images: it has their edges and their spectrum, and compresses to what a phone's photo weighs.
"""

import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from io import BytesIO

import numpy as np
import pillow_heif
from PIL import Image, ImageDraw

from shop.media.encoding import encoded, opened, scaled
from shop.media.rules import FULL, QUALITY, SMALLER, phone_widths
from shop.media.sandbox import decoded

SIZE = (4032, 3024)
LEAVES = 9000
TURNS = 5
AIM_S = 1.0


def photo_like(size: tuple[int, int] = SIZE, *, seed: int = 12) -> Image.Image:
    """Return a picture with the edges, textures and noise of a photo; the same for the same seed."""
    dice = np.random.default_rng(seed)
    width, height = size
    image = Image.new("RGB", size)
    draw = ImageDraw.Draw(image)
    smallest, largest = width / 400, width / 6
    spread = dice.random(LEAVES)
    radii = 1 / np.sqrt(spread / smallest**2 + (1 - spread) / largest**2)
    for radius in radii:
        x, y = dice.random() * width, dice.random() * height
        base = dice.integers(20, 235)
        colour = tuple(int(np.clip(base + shift, 0, 255)) for shift in dice.normal((12, 0, -18), 22))
        draw.ellipse((x - radius, y - radius * 0.8, x + radius, y + radius * 0.8), fill=colour)
    levels = np.asarray(image).astype(np.float32)
    for cell, strength in ((64, 14), (16, 8), (4, 5)):
        grain = dice.standard_normal((height // cell + 1, width // cell + 1)).astype(np.float32)
        levels += np.asarray(Image.fromarray(grain).resize(size, Image.Resampling.BICUBIC))[..., None] * strength
    levels += dice.standard_normal((height, width, 1)).astype(np.float32) * 2.5
    return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))


def cpu_s() -> float:
    """Return the processor seconds spent so far, here and in processes that ended."""
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in spent)


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Return the least processor and wall seconds of several turns."""
    turns = []
    for _turn in range(TURNS):
        cpu, wall = cpu_s(), time.perf_counter()
        work()
        turns.append((cpu_s() - cpu, time.perf_counter() - wall))
    return min(cpu for cpu, _wall in turns), min(wall for _cpu, wall in turns)


def renditions(jpeg: bytes) -> None:
    """Make what the worker makes, without keeping it."""
    image = opened(jpeg)
    encoded(image, "webp", QUALITY["webp"])
    for width in reversed(SMALLER):
        image = scaled(image, width)
        encoded(image, "jpg", QUALITY["jpg"])
        encoded(image, "webp", QUALITY["webp"])
        if width in phone_widths(FULL):
            encoded(image, "avif", QUALITY["avif"])


def least(raw: bytes) -> None:
    """The reference: open, thumbnail and save once, trusting the file."""
    image = Image.open(BytesIO(raw))
    image.thumbnail((FULL, FULL))
    image.convert("RGB").save(BytesIO(), "JPEG")


def _line(words: str, times: tuple[float, float]) -> None:
    sys.stdout.write(f"  {words:<44}{times[0]:8.3f}{times[1]:8.3f}\n")


def main() -> int:
    """Print the table; return 1 when a JPEG misses its aim."""
    pillow_heif.register_heif_opener()
    scene = photo_like()
    total = 0.0
    for kind, options in (("JPEG", {"quality": 92}), ("HEIF", {"quality": 60})):
        out = BytesIO()
        scene.save(out, kind, **options)
        raw = out.getvalue()
        jpeg = decoded(raw).jpeg
        sys.stdout.write(f"{kind}, {SIZE[0]} x {SIZE[1]}, {len(raw) / 1e6:.1f} MB{'':<24}cpu s  wall s\n")
        taken, made = measured(partial(decoded, raw)), measured(partial(renditions, jpeg))
        _line("taken in: process, decode, 1920 and 640 JPEG", taken)
        _line("renditions: 1920 to 320, WebP and JPEG", made)
        _line("ready", (taken[0] + made[0], taken[1] + made[1]))
        _line("reference: Pillow, open, thumbnail, one JPEG", measured(partial(least, raw)))
        total = total or taken[0] + made[0]
    verdict = "within" if total < AIM_S else "beyond"
    sys.stdout.write(
        f"A 12-megapixel JPEG is ready in {total:.2f} s of processor: {verdict} the aim of {AIM_S:.0f} s.\n"
    )
    return int(total >= AIM_S)


if __name__ == "__main__":
    sys.exit(main())
