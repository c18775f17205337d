"""What a document is, from its first bytes: never from its name, nor from what the browser called it."""

from shop.media.documents.rules import BadDocument, DocumentFlaw, DocumentKind

PROGRAMS = (
    b"MZ",  # Windows
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",  # Java, and macOS for several processors
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"#!",
    b"dex\n",  # Android
    b"\0asm",
)
BOM = b"\xef\xbb\xbf"


def is_program(raw: bytes) -> bool:
    """Tell whether a file begins as something that a machine would run."""
    return raw.startswith(PROGRAMS)


def kind_of(raw: bytes) -> DocumentKind:
    """Return what a file says it is; whether it is that, is seen when it is opened.

    Raises:
        BadDocument: it is none of the three kinds.
    """
    if not raw:
        raise BadDocument(DocumentFlaw.EMPTY)
    if is_program(raw):
        raise BadDocument(DocumentFlaw.PROGRAM)
    if raw.startswith(b"%PDF-"):
        return DocumentKind.PDF
    if raw.startswith(b"PK\3\4"):
        return DocumentKind.OFD
    head = raw.removeprefix(BOM)[:512].lstrip()
    if head.startswith(b"<") and not head.lower().startswith((b"<!doctype html", b"<html")):
        return DocumentKind.XML
    raise BadDocument(DocumentFlaw.OTHER_FORMAT)
