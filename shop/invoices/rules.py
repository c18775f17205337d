"""Rules of invoices: who issues, which titles and numbers can be, how requests pass, how much is left to invoice."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from shop.invoices.models import Era, InvoiceKind, IssuerKind, Medium, RequestState, TitleKind
from shop.kernel.errors import Invalid
from shop.kernel.money import split
from shop.vendors.joining.rules import check_licence, plain_number
from shop.vendors.models import Standing

S = RequestState

NEXT: Mapping[RequestState, frozenset[RequestState]] = {
    S.REQUESTED: frozenset({S.ACCEPTED, S.NEEDS_FIXING, S.REJECTED, S.WITHDRAWN}),
    S.NEEDS_FIXING: frozenset({S.REQUESTED, S.WITHDRAWN}),
    # Withdrawn here only by the house, when nothing is left to invoice.
    S.ACCEPTED: frozenset({S.ISSUED, S.NEEDS_FIXING, S.REJECTED, S.WITHDRAWN}),
    S.REJECTED: frozenset(),
    S.WITHDRAWN: frozenset(),
    # Over the counter at once, when its buyer comes for the paper.
    S.ISSUED: frozenset({S.AVAILABLE, S.SENT, S.HANDED_OVER}),
    S.AVAILABLE: frozenset(),
    # Issued again when the courier is called off before the envelope left.
    S.SENT: frozenset({S.SIGNED, S.RETURNED, S.ISSUED}),
    S.SIGNED: frozenset(),
    S.RETURNED: frozenset({S.SENT, S.HANDED_OVER}),
    S.HANDED_OVER: frozenset(),
}

UNISSUED = frozenset({S.REQUESTED, S.NEEDS_FIXING, S.ACCEPTED})
MAY_WITHDRAW = frozenset({S.REQUESTED, S.NEEDS_FIXING})
"""Where a buyer may take a request back: nobody has begun to issue."""
OVER = frozenset({S.REJECTED, S.WITHDRAWN})
"""Requests of which no invoice comes; what they asked for may be asked for again."""

ISSUED_BY: Mapping[Standing, IssuerKind] = {
    Standing.SELF_PRODUCED: IssuerKind.TAX_OFFICE,
    Standing.HANDICRAFT: IssuerKind.TAX_OFFICE,
    Standing.REGISTERED: IssuerKind.VENDOR,
    Standing.COOPERATIVE: IssuerKind.VENDOR,
    Standing.COLLECTIVE: IssuerKind.VENDOR,
}
"""Who issues for goods of whom. The centre only brings seller and buyer together: it issues for its freight alone."""

MAY_BE_SPECIAL = frozenset({IssuerKind.CENTRE, IssuerKind.VENDOR})
"""Whose invoices may be special: the tax office issues none of these for a household that is not registered, and
goods free of tax have no tax to deduct."""

READY_SPAN = timedelta(days=3)
"""Within which a request is issued and on its way; its buyer is told the day, reckoned from when they asked."""
LONGEST_TITLE = 100
ACCOUNT = re.compile(r"\d{6,34}", re.ASCII)
SEAT_PHONE = re.compile(r"[0-9+()\- ]{5,20}", re.ASCII)


@dataclass(frozen=True)
class Title:
    """What a buyer says about the invoice they want, before it is kept.

    Attributes:
        seat, seat_phone, bank, account: of the company, for a special invoice.
        recipient, phone, province, city, district, street: where paper goes; all empty when it is fetched.
    """

    title_kind: TitleKind
    title: str
    tax_id: str = ""
    kind: InvoiceKind = InvoiceKind.ORDINARY
    medium: Medium = Medium.ELECTRONIC
    seat: str = ""
    seat_phone: str = ""
    bank: str = ""
    account: str = ""
    email: str = ""
    recipient: str = ""
    phone: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""


def check_tax_id(tax_id: str) -> None:
    """Refuse what cannot be a tax id; the ids of before the unified code pass, with a warning where they are shown.

    Source: GB 32100-2015, 18 characters with a check character, those of village collectives (N) among them.

    Raises:
        Invalid: there is none (`missing`), its `shape`, or its check character (`check`).
    """
    try:
        check_licence(tax_id)
    except Invalid as refused:
        raise Invalid("tax_id", refused.reason) from refused


def check_title(wanted: Title) -> None:
    """Refuse what no invoice can be made out to.

    Raises:
        Invalid: the first of `title_flaws`.
    """
    for flaw in title_flaws(wanted):
        raise flaw


def title_flaws(wanted: Title) -> Iterator[Invalid]:
    """Yield all for which no invoice can be made out so, at most one a field, so that a form tells it in one go.

    It is the title, the tax id, the kind, or what a special invoice or an envelope needs beside it.
    """
    title = wanted.title.strip()
    if not any(ch.isalnum() for ch in title):
        yield Invalid("title", "missing")
    elif len(title) > LONGEST_TITLE or any(unicodedata.category(ch).startswith("C") for ch in title):
        yield Invalid("title", "shape")
    yield from _tax_id_flaws(wanted)
    if wanted.kind is InvoiceKind.SPECIAL:
        yield from _special_flaws(wanted)
    if wanted.medium is Medium.PAPER and wanted.street and not (wanted.recipient and wanted.phone and wanted.province):
        yield Invalid("street", "missing")


def _tax_id_flaws(wanted: Title) -> Iterator[Invalid]:
    is_special = wanted.kind is InvoiceKind.SPECIAL and wanted.title_kind is not TitleKind.PERSON
    if wanted.title_kind is TitleKind.PERSON and wanted.tax_id:
        yield Invalid("tax_id", "person")
    elif wanted.tax_id:
        try:
            check_tax_id(wanted.tax_id)
        except Invalid as flaw:
            yield flaw
    elif wanted.title_kind is TitleKind.COMPANY or is_special:
        yield Invalid("tax_id", "missing")


def _special_flaws(wanted: Title) -> Iterator[Invalid]:
    if wanted.title_kind is TitleKind.PERSON:
        yield Invalid("kind", "person")
        return
    shapes = {"seat_phone": SEAT_PHONE, "account": ACCOUNT}
    for name in ("seat", "seat_phone", "bank", "account"):
        said = getattr(wanted, name).strip()
        if not said:
            yield Invalid(name, "missing")
        elif name in shapes and not shapes[name].fullmatch(said):
            yield Invalid(name, "shape")


def check_number(typed: str, batch: str = "") -> tuple[Era, str]:
    """Return of which era an invoice's number is, and its digits as they are kept.

    Args:
        batch: the code beside a number of the paper era; empty of a digital one.

    Raises:
        Invalid: neither 20 digits nor a code of 10 or 12 with a number of 8.
    """
    number, code = plain_number(typed), plain_number(batch)
    if not code:
        if re.fullmatch(r"\d{20}", number, re.ASCII) is None:
            raise Invalid("number", "shape")
        return Era.DIGITAL, number
    if re.fullmatch(r"\d{10}|\d{12}", code, re.ASCII) is None:
        raise Invalid("batch", "shape")
    if re.fullmatch(r"\d{8}", number, re.ASCII) is None:
        raise Invalid("number", "paper")
    return Era.PAPER_CODE, code + number


def kind_by(issuer: IssuerKind, wanted: InvoiceKind) -> InvoiceKind:
    """Return the kind of invoice that an issuer makes of what is wanted: an ordinary one where none is special."""
    return wanted if issuer in MAY_BE_SPECIAL else InvoiceKind.ORDINARY


def left_to_invoice(amounts: Sequence[int], kept_fen: int) -> list[int]:
    """Return what of each amount may be invoiced, so that together they are no more than the buyer has paid.

    What went back beyond what the lines say, as a kindness, is taken off all of them by their weight.

    Args:
        amounts: what each line came to, in fen, >= 0.
        kept_fen: paid less what went back or is on its way back.
    """
    together = sum(amounts)
    if together <= kept_fen or not together:
        return list(amounts)
    return split(max(0, kept_fen), amounts)
