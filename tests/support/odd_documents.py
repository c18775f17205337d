"""Invoices as files, drawn for tests; and files that pretend to be one."""

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO

import pypdfium2 as pdfium

from shop.media.documents.rules import DocumentFlaw
from tests.support.odd_pictures import saved, scene

NUMBER = "26512000000012345678"
OFD_SPACE = "http://www.ofdspec.org/2016"


def pdf(pages: int = 1, size: tuple[float, float] = (595, 397)) -> bytes:
    """Return a PDF of empty pages, of a size in points."""
    made = pdfium.PdfDocument.new()
    for _page in range(pages):
        made.new_page(*size)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def ofd(
    further: Mapping[str, bytes] | None = None, *, number: str = NUMBER, net: str = "63.00", tax: str = "0.00"
) -> bytes:
    """Return an OFD as the tax office's programs write it, with what it says of itself in `OFD.xml`."""
    said = {"发票号码": number, "合计金额": net, "合计税额": tax, "开票日期": "2026年11月20日"}
    datas = "".join(f'<ofd:CustomData Name="{name}">{text}</ofd:CustomData>' for name, text in said.items())
    top = (
        f'<?xml version="1.0" encoding="UTF-8"?><ofd:OFD xmlns:ofd="{OFD_SPACE}" DocType="OFD" Version="1.0">'
        f"<ofd:DocBody><ofd:DocInfo><ofd:CustomDatas>{datas}</ofd:CustomDatas></ofd:DocInfo>"
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )
    return zipped({"OFD.xml": top.encode(), "Doc_0/Document.xml": b"<Document/>", **(further or {})})


def xml(number: str = NUMBER, total: str = "63.00", on: str = "2026-11-20 10:11:12") -> bytes:
    """Return the XML of a fully digital invoice."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><EInvoice><EInvoiceData><BasicInformation>'
        f"<TotalTax-includedAmount>{total}</TotalTax-includedAmount></BasicInformation></EInvoiceData>"
        f"<TaxSupervisionInfo><InvoiceNumber>{number}</InvoiceNumber><IssueTime>{on}</IssueTime></TaxSupervisionInfo>"
        "</EInvoice>"
    ).encode()


def zipped(files: dict[str, bytes], *, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of these files."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _with_script() -> bytes:
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/Names<</JavaScript<</Names[(a)4 0 R]>>>>>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\n"
        b"4 0 obj<</S/JavaScript/JS(app.alert\\(1\\))>>endobj\n"
    )
    return body + b"trailer<</Root 1 0 R/Size 5>>\n%%EOF\n"


def _with_program() -> bytes:
    made = pdfium.PdfDocument(pdf())
    made.new_attachment("invoice.exe").set_data(b"MZ\x90\0" + bytes(400))
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def _locked_zip() -> bytes:
    raw = bytearray(ofd())
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):  # the flag of a password, in both of a file's heads
        start = 0
        while (start := raw.find(mark, start)) >= 0:
            raw[start + at] |= 1
            start += 1
    return bytes(raw)


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><EInvoice>&c;</EInvoice>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><EInvoice>&b;</EInvoice>'


@dataclass(frozen=True)
class BadPaper:
    """A file that must be refused, and what is said of it."""

    name: str
    make: Callable[[], bytes]
    flaw: DocumentFlaw


F = DocumentFlaw
REFUSED = (
    BadPaper("nothing", lambda: b"", F.EMPTY),
    BadPaper("a program called invoice.pdf", lambda: b"MZ\x90\0" + bytes(4000), F.PROGRAM),
    BadPaper("a program of Linux", lambda: b"\x7fELF\2\1\1" + bytes(4000), F.PROGRAM),
    BadPaper("a script", lambda: b"#!/bin/sh\nrm -rf /\n", F.PROGRAM),
    BadPaper("a PDF that only begins like one", lambda: b"%PDF-1.7\n" + b"MZ\x90\0" * 400, F.DAMAGED),
    BadPaper("a PDF behind a program", lambda: b"MZ\x90\0" + pdf(), F.PROGRAM),
    BadPaper("half a PDF", lambda: pdf()[:120], F.DAMAGED),
    BadPaper("a PDF without pages", lambda: pdf(0), F.DAMAGED),
    BadPaper("a PDF that is a book", lambda: pdf(41), F.TOO_LONG),
    BadPaper("a PDF that is a strip", lambda: pdf(1, (10, 9000)), F.DAMAGED),
    BadPaper("a PDF with a script", _with_script, F.PROGRAM),
    BadPaper("a PDF with a program inside", _with_program, F.PROGRAM),
    BadPaper("a photo", lambda: saved(scene()), F.OTHER_FORMAT),
    BadPaper("a web page", lambda: b"<!DOCTYPE html><html></html>", F.OTHER_FORMAT),
    BadPaper("text", lambda: "发票".encode(), F.OTHER_FORMAT),
    BadPaper("a zip with a PDF", lambda: zipped({"a.pdf": pdf()}), F.OTHER_FORMAT),
    BadPaper("an OFD with a program", lambda: ofd({"Doc_0/run.exe": b"MZ\x90\0" + bytes(9)}), F.PROGRAM),
    BadPaper("an OFD that grows to 100 MB", lambda: ofd({"Doc_0/a.xml": bytes(100_000_000)}), F.SWOLLEN),
    BadPaper("an OFD of very many files", lambda: ofd({f"d/{n}.xml": b"" for n in range(1001)}), F.SWOLLEN),
    BadPaper("an OFD with a password", _locked_zip, F.LOCKED),
    BadPaper("half an OFD", lambda: ofd()[:200], F.DAMAGED),
    BadPaper("an OFD of another squeeze", lambda: zipped({"OFD.xml": b"<a/>"}, how=zipfile.ZIP_BZIP2), F.DAMAGED),
    BadPaper("an OFD whose list is a bomb", lambda: zipped({"OFD.xml": LAUGHS}), F.SWOLLEN),
    BadPaper("an XML bomb", lambda: LAUGHS, F.SWOLLEN),
    BadPaper("an XML that reads our files", lambda: OUTSIDE, F.SWOLLEN),
    BadPaper("an XML without end", lambda: b"<a>" * 100_000, F.SWOLLEN),
    BadPaper("an XML of very many words", lambda: b"<a>" + b"<b/>" * 200_001 + b"</a>", F.SWOLLEN),
    BadPaper("half an XML", lambda: xml()[:150], F.DAMAGED),
)
