"""The process that opens one document: `python -m shop.media.documents.decoder MEMORY CPU`; see `shop.media.decoder`.

It reads the document from its input and writes one line of JSON, then the drawn pages.
"""

import json
import sys

from shop.media.confining import confine
from shop.media.documents.opening import pages_of
from shop.media.documents.rules import BadDocument, DocumentFlaw


def main(memory: int, cpu_s: int) -> None:
    """Open what comes in and write what became of it.

    Args:
        memory: the largest address space, in bytes.
        cpu_s: seconds of processor time, after which the system ends the process.
    """
    confine(memory, cpu_s)
    out = sys.stdout.buffer
    try:
        pages = pages_of(sys.stdin.buffer.read())
    except BadDocument as error:
        out.write(json.dumps({"flaw": error.reason}).encode())
    except MemoryError:
        out.write(json.dumps({"flaw": DocumentFlaw.TOO_HARD}).encode())
    else:
        out.write(json.dumps({"pages": [len(page) for page in pages]}).encode() + b"\n" + b"".join(pages))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:3]))
