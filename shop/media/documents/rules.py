"""What a document may be, what its files are called, and why one is not taken."""

from enum import StrEnum

from shop.kernel.errors import Invalid

MAX_PAGES = 40
"""Of a PDF; the longest list of goods behind an invoice has fewer."""
DRAWN_PAGES = 8
"""So many pages are drawn as pictures, for browsers that show a PDF as a blank page."""
DRAWN_WIDTH = 1240
"""Of a drawn page, in pixels: twice what the widest phone shows."""
DRAWN_RATIO = 3
"""Height over width, beyond which a page is no page of paper."""
MAX_ENTRIES, MAX_UNPACKED, MAX_ENTRY = 1000, 80 * 1024 * 1024, 40 * 1024 * 1024
"""Files in an OFD, and their bytes when unpacked: all of them, and one."""
MAX_ELEMENTS, MAX_DEPTH = 200_000, 60
"""Of one XML file."""


class DocumentKind(StrEnum):
    """What a document is."""

    PDF = "pdf"
    OFD = "ofd"
    XML = "xml"


TYPES = {DocumentKind.PDF: "application/pdf", DocumentKind.OFD: "application/ofd", DocumentKind.XML: "application/xml"}


class DocumentFlaw(StrEnum):
    """Why a document is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    PROGRAM = "program"
    OTHER_FORMAT = "other_format"
    LOCKED = "locked"
    TOO_LONG = "too_long"
    SWOLLEN = "swollen"
    """Small on the way, far too large when opened."""
    TOO_HARD = "too_hard"
    DAMAGED = "damaged"


class BadDocument(Invalid):
    """A file that cannot be taken as a document; `reason` is a `DocumentFlaw`."""

    def __init__(self, flaw: DocumentFlaw) -> None:
        super().__init__("file", flaw)


def document_name(key: str, kind: DocumentKind) -> str:
    """Return the name of a document in the store; no address of the shop leads there."""
    return f"private/{key[:2]}/{key}.{kind.value}"


def page_name(key: str, number: int) -> str:
    """Return the name in the store of a drawn page, counted from 1."""
    return f"private/{key[:2]}/{key}-{number}.png"
