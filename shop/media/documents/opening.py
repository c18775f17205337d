"""Opening a document to see that it is what it says, and drawing a PDF's pages.

A large library reads bytes of strangers here, so this module is loaded by `shop.media.documents.decoder` alone, in a
process of its own.
"""

import struct
import zipfile
import zlib
from io import BytesIO

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from shop.media.documents.archives import ROOT, archive_of, read_through, unpacked
from shop.media.documents.rules import (
    DRAWN_PAGES,
    DRAWN_RATIO,
    DRAWN_WIDTH,
    MAX_PAGES,
    BadDocument,
    DocumentFlaw,
    DocumentKind,
)
from shop.media.documents.sniffing import is_program, kind_of

BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)
"""What the libraries raise for bytes that are not what their beginning says; `PdfiumError` is one of them."""


def pages_of(raw: bytes) -> list[bytes]:
    """Open a document, and return the pages of a PDF drawn as PNG; the other kinds have none.

    Raises:
        BadDocument: it is not what its first bytes say, it carries a program, or it has no end.
    """
    try:
        return _pages(raw, kind_of(raw))
    except BROKEN:
        raise BadDocument(DocumentFlaw.DAMAGED) from None


def _pages(raw: bytes, kind: DocumentKind) -> list[bytes]:
    if kind is DocumentKind.PDF:
        return _drawn(raw)
    if kind is DocumentKind.OFD:
        _check_ofd(raw)
    else:
        read_through(raw)
    return []


def _check_ofd(raw: bytes) -> None:
    with archive_of(raw) as archive:
        for entry in archive.infolist():
            if is_program(unpacked(archive, entry.filename)):
                raise BadDocument(DocumentFlaw.PROGRAM)
        read_through(unpacked(archive, ROOT))


def _drawn(raw: bytes) -> list[bytes]:
    try:
        pdf = pdfium.PdfDocument(raw)
    except pdfium.PdfiumError as error:
        is_locked = getattr(error, "err_code", None) == pdfium_c.FPDF_ERR_PASSWORD
        raise BadDocument(DocumentFlaw.LOCKED if is_locked else DocumentFlaw.DAMAGED) from None
    if pdfium_c.FPDFDoc_GetJavaScriptActionCount(pdf) > 0:
        raise BadDocument(DocumentFlaw.PROGRAM)
    for number in range(pdf.count_attachments()):
        if is_program(bytes(pdf.get_attachment(number).get_data())):
            raise BadDocument(DocumentFlaw.PROGRAM)
    if not len(pdf):
        raise BadDocument(DocumentFlaw.DAMAGED)
    if len(pdf) > MAX_PAGES:
        raise BadDocument(DocumentFlaw.TOO_LONG)
    return [_picture(pdf[number]) for number in range(min(len(pdf), DRAWN_PAGES))]


def _picture(page: pdfium.PdfPage) -> bytes:
    width, height = page.get_size()
    if width <= 0 or height <= 0 or height > width * DRAWN_RATIO:
        raise BadDocument(DocumentFlaw.DAMAGED)
    out = BytesIO()
    page.render(scale=DRAWN_WIDTH / width).to_pil().convert("RGB").quantize(128).save(out, "PNG", optimize=True)
    return out.getvalue()
