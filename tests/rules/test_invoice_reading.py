"""What an invoice's own file says: number, day and amount, from OFD and XML; whatever cannot be read is left open."""

from datetime import date

import pytest

from shop.invoices.reading import Read, read
from shop.media.documents.rules import DocumentKind
from tests.support.odd_documents import NUMBER, ofd, pdf, xml, zipped

OFD, XML = DocumentKind.OFD, DocumentKind.XML
DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("kind", "raw", "said"),
    [
        (XML, xml(), Read(NUMBER, "", DAY, 6300)),
        (XML, xml(total="1,272.00", on="2026-11-20"), Read(NUMBER, "", DAY, 127200)),
        (XML, xml(total="-63.00"), Read(NUMBER, "", DAY, None)),
        (XML, xml(total="63.001"), Read(NUMBER, "", DAY, None)),
        (XML, xml(on="2026-13-40"), Read(NUMBER, "", None, 6300)),
        (XML, b"<EInvoice/>", Read()),
        (OFD, ofd(), Read(NUMBER, "", DAY, 6300)),
        (OFD, ofd(net="100.00", tax="13.00"), Read(NUMBER, "", DAY, 11300)),
        (OFD, ofd(net="100.00", tax="***"), Read(NUMBER, "", DAY, 10000)),
        (OFD, ofd(net=""), Read(NUMBER, "", DAY, None)),
        (OFD, zipped({"OFD.xml": b"<OFD/>"}), Read()),
        (DocumentKind.PDF, pdf(), Read()),
    ],
)
def test_a_file_says_what_it_says(kind: DocumentKind, raw: bytes, said: Read) -> None:
    assert read(kind, raw) == said


def test_an_older_ofd_tells_its_code_and_its_total() -> None:
    top = (
        '<?xml version="1.0"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody><ofd:DocInfo>'
        '<ofd:CustomDatas><ofd:CustomData Name="价税合计">10600.00</ofd:CustomData>'
        '<ofd:CustomData Name="发票代码">050001700111</ofd:CustomData>'
        '<ofd:CustomData Name="发票号码">12235358</ofd:CustomData>'
        '<ofd:CustomData Name="开票日期">2020年08月05日</ofd:CustomData>'
        "</ofd:CustomDatas></ofd:DocInfo></ofd:DocBody></ofd:OFD>"
    )
    said = read(OFD, zipped({"OFD.xml": top.encode()}))
    assert said == Read("12235358", "050001700111", date(2020, 8, 5), 1060000)
