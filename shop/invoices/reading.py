"""What an invoice's own file says of it: its number, day and amount. It fills the form in and is held against it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from defusedxml.ElementTree import fromstring

from shop.kernel.money import fen_from_text
from shop.media.documents.archives import ROOT, archive_of, unpacked
from shop.media.documents.rules import DocumentKind

NUMBER, CODE, NET, TAX, TOTAL, DAY = "发票号码", "发票代码", "合计金额", "合计税额", "价税合计", "开票日期"
"""Names under which an OFD tells these in `OFD.xml` (GB/T 33190, CustomData; seen in files of the tax office)."""
DIGITAL: Mapping[str, str] = {
    "InvoiceNumber": NUMBER,
    "IssueTime": DAY,
    "TotalTax-includedAmount": TOTAL,
}
"""Names of the same in the XML of a fully digital invoice."""
DAY_SHAPE = re.compile(r"(\d{4})\D{0,2}(\d{2})\D{0,2}(\d{2})", re.ASCII)


@dataclass(frozen=True)
class Read:
    """What a file says; whatever it does not say is None.

    Attributes:
        batch: the code beside a number of the paper era; empty of a digital one.
        amount_fen: with tax.
    """

    number: str | None = None
    batch: str = ""
    issued_on: date | None = None
    amount_fen: int | None = None


def read(kind: DocumentKind, raw: bytes) -> Read:
    """Return what a document that was taken in says of its invoice; a PDF says nothing that we read."""
    if kind is DocumentKind.PDF:
        return Read()
    said = dict(_of_ofd(raw) if kind is DocumentKind.OFD else _of_xml(raw))
    return Read(
        number=said.get(NUMBER) or None,
        batch=said.get(CODE, ""),
        issued_on=_day(said.get(DAY, "")),
        amount_fen=_amount(said),
    )


def _of_ofd(raw: bytes) -> Iterator[tuple[str, str]]:
    with archive_of(raw) as archive:
        top = fromstring(unpacked(archive, ROOT), forbid_dtd=True)
    for element in top.iter():
        if element.tag.rpartition("}")[2] == "CustomData":
            yield element.get("Name", ""), (element.text or "").strip()


def _of_xml(raw: bytes) -> Iterator[tuple[str, str]]:
    for element in fromstring(raw, forbid_dtd=True).iter():
        name = DIGITAL.get(element.tag.rpartition("}")[2])
        if name is not None:
            yield name, (element.text or "").strip()


def _day(text: str) -> date | None:
    found = DAY_SHAPE.match(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _amount(said: Mapping[str, str]) -> int | None:
    """Return the amount with tax in fen; goods free of tax have stars, or nothing, where the tax stands."""
    if said.get(TOTAL):
        return _fen(said[TOTAL])
    net = _fen(said.get(NET, ""))
    tax = _fen(said.get(TAX, "").strip("*") or "0")
    return None if net is None or tax is None else net + tax


def _fen(text: str) -> int | None:
    try:
        return fen_from_text(text.replace(",", ""))
    except ValueError:
        return None
