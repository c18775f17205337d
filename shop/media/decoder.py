"""The process that decodes one photo: `python -m shop.media.decoder MAX_PIXELS MEMORY CPU`, started by `sandbox`.

It reads the photo from its input and writes one line of JSON, then the files. Whatever a file makes its decoders do,
it does to this process alone, which knows no secret, has nothing open, and ends within its limits.
"""

import json
import sys

from shop.media.confining import confine
from shop.media.pictures import plain
from shop.media.rules import BadPhoto, Flaw


def main(max_pixels: int, memory: int, cpu_s: int) -> None:
    """Decode what comes in and write what became of it.

    Args:
        max_pixels: the largest picture taken, width times height.
        memory: the largest address space, in bytes.
        cpu_s: seconds of processor time, after which the system ends the process.
    """
    confine(memory, cpu_s)
    out = sys.stdout.buffer
    try:
        made = plain(sys.stdin.buffer.read(), max_pixels=max_pixels)
    except BadPhoto as error:
        out.write(json.dumps({"flaw": error.reason}).encode())
    except MemoryError:
        out.write(json.dumps({"flaw": Flaw.TOO_HARD}).encode())
    else:
        facts = {"width": made.width, "height": made.height, "colour": made.colour, "jpeg": len(made.jpeg)}
        out.write(json.dumps(facts).encode() + b"\n" + made.jpeg + made.usual)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:4]))
