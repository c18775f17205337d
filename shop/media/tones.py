"""The ground on which a photo appears while it loads: its average colour, as one of 125 classes of a style sheet.

The content policy forbids a style of a picture's own, so the colour is rounded to brightness and two colour
differences (ITU-T T.871), five steps each. On average a photo is near grey and rather warm than cold, so the steps
are finer there.

    python -m shop.media.tones > static/css/components/photo_tones.css
"""

import sys
from itertools import product

LUMA = (36, 84, 132, 180, 228)
BLUE_DIFFERENCE = (-36, -22, -11, 0, 16)
RED_DIFFERENCE = (-14, 0, 8, 18, 34)
HEAD = """/* Written by `python -m shop.media.tones`; its colours are those of photos, not of the house: no tokens.
   .tone-142: brightness 1, blue difference 4, red difference 2, each of five steps. */
"""


def tone(colour: str) -> str:
    """Return the class nearest to a colour given as #rrggbb."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    blue_step = _nearest(BLUE_DIFFERENCE, (blue - luma) / 1.772)
    red_step = _nearest(RED_DIFFERENCE, (red - luma) / 1.402)
    return f"tone-{_nearest(LUMA, luma)}{blue_step}{red_step}"


def style_sheet() -> str:
    """Return the style sheet with every class."""
    steps = product(enumerate(LUMA), enumerate(BLUE_DIFFERENCE), enumerate(RED_DIFFERENCE))
    rules = (f".tone-{y}{b}{r}{{background:{_shown(luma, cb, cr)}}}\n" for (y, luma), (b, cb), (r, cr) in steps)
    return HEAD + "".join(rules)


def _nearest(steps: tuple[int, ...], value: float) -> int:
    return min(range(len(steps)), key=lambda step: abs(steps[step] - value))


def _shown(luma: int, cb: int, cr: int) -> str:
    parts = (luma + 1.402 * cr, luma - 0.344136 * cb - 0.714136 * cr, luma + 1.772 * cb)
    return "#" + "".join(f"{min(max(round(part), 0), 255):02x}" for part in parts)


if __name__ == "__main__":
    sys.stdout.write(style_sheet())
