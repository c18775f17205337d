"""Wishes for invoices, one request for each issuer, and what was issued for it; records of tax papers never change."""

from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.kernel.db import Code, Key, Line, Model, Moment, choice
from shop.kernel.states import HistoryColumns


class TitleKind(StrEnum):
    """In whose name an invoice is."""

    PERSON = "individual"
    COMPANY = "company"
    OFFICE = "office"
    """An office, school or institution; it may have no tax id."""


class InvoiceKind(StrEnum):
    """What its buyer can do with an invoice."""

    ORDINARY = "ordinary"
    """普通发票."""
    SPECIAL = "special"
    """增值税专用发票: its buyer may deduct the tax."""


class Medium(StrEnum):
    """How an invoice reaches its buyer."""

    ELECTRONIC = "electronic"
    PAPER = "on_paper"


class IssuerKind(StrEnum):
    """Whose sale it was, hence who issues (Measures for Invoices, article 18: the payee does)."""

    CENTRE = "centre"
    """The centre, for the freight: that is what it earns itself."""
    VENDOR = "vendor"
    """A registered business, a cooperative or a village collective."""
    TAX_OFFICE = "tax_office"
    """The tax office for a household that is not registered (代开)."""


class RequestState(StrEnum):
    """How far one issuer's invoice for an order is."""

    REQUESTED = "requested"
    NEEDS_FIXING = "needs_fixing"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    ISSUED = "issued"
    AVAILABLE = "available"
    SENT = "sent"
    SIGNED = "signed"
    RETURNED = "returned"
    HANDED_OVER = "handed_over"


class Era(StrEnum):
    """Of which system an invoice's number is."""

    DIGITAL = "digital"
    """数电票: one number of 20 digits."""
    PAPER_CODE = "paper_code"
    """Of the tax-disk era or on paper: a code of 10 or 12 digits and a number of 8."""


class FileKind(StrEnum):
    """In which format an invoice's file is."""

    PDF = "pdf"
    OFD = "ofd"
    XML = "xml"


class RedReason(StrEnum):
    """Why an invoice is red-lettered, by the tax office's codes."""

    ISSUED_WRONG = "issued_wrong"
    """01 开票有误."""
    GOODS_RETURNED = "goods_returned"
    """02 销货退回."""
    SERVICE_STOPPED = "service_stopped"
    """03 服务中止."""
    ALLOWANCE = "allowance"
    """04 销售折让."""


class TitleColumns:
    """What a buyer says about the invoice they want."""

    title_kind: Mapped[TitleKind] = mapped_column(choice(TitleKind, "title_kind"))
    title: Mapped[Line]
    tax_id: Mapped[Code] = mapped_column(default="")
    kind: Mapped[InvoiceKind] = mapped_column(choice(InvoiceKind, "kind"), default=InvoiceKind.ORDINARY)
    medium: Mapped[Medium] = mapped_column(choice(Medium, "medium"), default=Medium.ELECTRONIC)
    seat: Mapped[Line] = mapped_column(default="")
    """The registered address of the company; like the three after it for a special invoice alone."""
    seat_phone: Mapped[str] = mapped_column(String(20), default="")
    bank: Mapped[Line] = mapped_column(default="")
    account_secret: Mapped[str] = mapped_column(Text, default="")
    """The bank account, sealed (`shop.kernel.vault`): a sole trader's is often a person's own."""
    account_tail: Mapped[str] = mapped_column(String(4), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    recipient: Mapped[Line] = mapped_column(default="")
    """Like the five after it on paper alone: where the envelope goes; empty when it is fetched at the centre."""
    phone: Mapped[str] = mapped_column(String(20), default="")
    province: Mapped[Line] = mapped_column(default="")
    city: Mapped[Line] = mapped_column(default="")
    district: Mapped[Line] = mapped_column(default="")
    street: Mapped[Line] = mapped_column(default="")


class InvoiceWish(TitleColumns, Model):
    """What a buyer wants for an order, said once; requests are made of it when its goods are taken in and paid."""

    __tablename__ = "invoice_wish"

    id: Mapped[Key]
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), unique=True)
    asked_at: Mapped[Moment]
    met_at: Mapped[Moment | None] = mapped_column(index=True)
    """When requests were made of it; afterwards it only says what was typed last."""


class InvoiceRequest(TitleColumns, Model):
    """One invoice by one issuer for lines of one order."""

    __tablename__ = "invoice_request"
    __table_args__ = (
        CheckConstraint("(issuer_kind = 'centre') = (vendor_id IS NULL)", name="issuer"),
        CheckConstraint("kind = 'ordinary' OR title_kind <> 'individual'", name="special"),
        Index(None, "state", "created_at"),
    )

    id: Mapped[Key]
    code: Mapped[Code] = mapped_column(unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    issuer_kind: Mapped[IssuerKind] = mapped_column(choice(IssuerKind, "issuer_kind"))
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("vendor.id"), index=True)
    issuer_name: Mapped[Line]
    """Who issues, or for whom the tax office does, as they were called when it was asked for."""
    state: Mapped[RequestState] = mapped_column(choice(RequestState, "state"), default=RequestState.REQUESTED)
    created_at: Mapped[Moment]
    shipment_key: Mapped[Code | None] = mapped_column(index=True)
    """The envelope it is in; several invoices may travel in one."""
    lines: Mapped[list["InvoiceRequestLine"]] = relationship(lazy="selectin", order_by="InvoiceRequestLine.id")
    invoice: Mapped["Invoice | None"] = relationship(lazy="joined")


class InvoiceRequestLine(Model):
    """What a request is about: a line of goods, or the freight of its order."""

    __tablename__ = "invoice_request_line"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount"),)

    id: Mapped[Key]
    request_id: Mapped[int] = mapped_column(ForeignKey("invoice_request.id"), index=True)
    order_line_id: Mapped[int | None] = mapped_column(ForeignKey("order_line.id"), index=True)
    """None is the freight."""
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    """What it came to when it was asked for; what is left of it is reckoned anew, see `billing`."""
    is_exempt: Mapped[bool]
    """A producer's own farm goods bear no value-added tax (VAT Law, article 24)."""
    living: Mapped[str | None] = mapped_column(String(40), unique=True)
    """What of the order it claims, while its request lives: so no line is invoiced twice. None afterwards."""


class InvoiceHistory(HistoryColumns, Model):
    """One passage of a request."""

    __tablename__ = "invoice_history"

    id: Mapped[Key]
    request_id: Mapped[int] = mapped_column(ForeignKey("invoice_request.id"), index=True)


class Invoice(Model):
    """An invoice as the tax office's system issued it; never changed, never deleted."""

    __tablename__ = "invoice"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint(
            "(era = 'digital' AND length(number) = 20) OR (era = 'paper_code' AND length(number) IN (18, 20))",
            name="number",
        ),
    )

    id: Mapped[Key]
    request_id: Mapped[int] = mapped_column(ForeignKey("invoice_request.id"), unique=True)
    issuer_kind: Mapped[IssuerKind] = mapped_column(choice(IssuerKind, "issuer_kind"))
    issuer_name: Mapped[Line]
    kind: Mapped[InvoiceKind] = mapped_column(choice(InvoiceKind, "kind"))
    era: Mapped[Era] = mapped_column(choice(Era, "era"))
    number: Mapped[str] = mapped_column(String(20), unique=True)
    """Digits alone; of the paper era the code and the number after it."""
    issued_on: Mapped[date] = mapped_column(Date)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    """With tax."""
    recorded_at: Mapped[Moment]
    recorded_by: Mapped[Code]
    files: Mapped[list["InvoiceFile"]] = relationship(lazy="selectin", order_by="InvoiceFile.id")
    red_letters: Mapped[list["RedLetter"]] = relationship(lazy="selectin", order_by="RedLetter.id")

    @property
    def red_fen(self) -> int:
        """How much of it was taken back by red letters."""
        return sum(letter.amount_fen for letter in self.red_letters)


class InvoiceFile(Model):
    """A file of an invoice, kept where no public address reaches; never changed."""

    __tablename__ = "invoice_file"
    __table_args__ = (CheckConstraint("bytes > 0 AND pages >= 0", name="size"),)

    id: Mapped[Key]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    kind: Mapped[FileKind] = mapped_column(choice(FileKind, "kind"))
    key: Mapped[str] = mapped_column(ForeignKey("private_document.key"), unique=True)
    """Of the document that it is; nothing that is referred to is ever swept away."""
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the file as it was sent."""
    bytes: Mapped[int]
    pages: Mapped[int] = mapped_column(default=0)
    """How many of its pages lie beside it as pictures."""
    added_at: Mapped[Moment]
    added_by: Mapped[Code]


class RedLetter(Model):
    """Part or all of an invoice taken back by a red-letter invoice; never changed."""

    __tablename__ = "red_letter"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount"),)

    id: Mapped[Key]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    reason: Mapped[RedReason] = mapped_column(choice(RedReason, "reason"))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    """How much it takes back, positive."""
    issued_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[Moment]
    recorded_by: Mapped[Code]
