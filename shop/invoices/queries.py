"""Reads of invoices: what was asked for, how far it is, and what waits."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.invoices.models import (
    Era,
    FileKind,
    InvoiceHistory,
    InvoiceKind,
    InvoiceRequest,
    InvoiceWish,
    IssuerKind,
    Medium,
    RedReason,
    RequestState,
    TitleColumns,
    TitleKind,
)
from shop.invoices.rules import UNISSUED
from shop.orders.models import Order, OrderLine, OrderState, VendorOrder
from shop.orders.rules import BEFORE_INTAKE


@dataclass(frozen=True)
class TitleFacts:
    """What a buyer says about the invoice they want; of the bank account its last four figures."""

    title_kind: TitleKind
    title: str
    tax_id: str
    kind: InvoiceKind
    medium: Medium
    seat: str
    seat_phone: str
    bank: str
    account_tail: str
    email: str
    recipient: str
    phone: str
    province: str
    city: str
    district: str
    street: str


@dataclass(frozen=True)
class RequestLineFacts:
    """A line of a request; `order_line_id` is None and `title` empty for the freight."""

    order_line_id: int | None
    title: str
    unit: str
    quantity: int
    weighed_g: int | None
    amount_fen: int
    is_exempt: bool


@dataclass(frozen=True)
class FileFacts:
    """A file of an invoice."""

    kind: FileKind
    key: str
    bytes: int
    pages: int


@dataclass(frozen=True)
class RedLetterFacts:
    """A red letter."""

    number: str
    reason: RedReason
    amount_fen: int
    issued_on: date


@dataclass(frozen=True)
class InvoiceFacts:
    """An invoice as it was issued."""

    id: int
    kind: InvoiceKind
    era: Era
    number: str
    issued_on: date
    amount_fen: int
    files: tuple[FileFacts, ...]
    red_letters: tuple[RedLetterFacts, ...]

    @property
    def net_fen(self) -> int:
        """What of it still stands."""
        return self.amount_fen - sum(letter.amount_fen for letter in self.red_letters)


@dataclass(frozen=True)
class PassageFacts:
    """One passage of a request."""

    to_state: RequestState
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True)
class RequestFacts:
    """One issuer's invoice for lines of an order, as far as it is.

    Attributes:
        passages: its history, oldest first.
    """

    code: str
    order_id: int
    state: RequestState
    title: TitleFacts
    issuer_kind: IssuerKind
    issuer_name: str
    created_at: datetime
    shipment_key: str | None
    lines: tuple[RequestLineFacts, ...]
    invoice: InvoiceFacts | None
    passages: tuple[PassageFacts, ...]

    @property
    def amount_fen(self) -> int:
        """What was asked for, or issued."""
        return sum(line.amount_fen for line in self.lines) if self.invoice is None else self.invoice.amount_fen

    @property
    def asked_at(self) -> datetime:
        """When it was asked for, or mended, last."""
        return max(passage.at for passage in self.passages if passage.to_state is RequestState.REQUESTED)

    @property
    def reason(self) -> str:
        """What was said with its last passage."""
        return self.passages[-1].reason


@dataclass(frozen=True)
class WishFacts:
    """What a buyer wants for an order.

    Attributes:
        is_met: requests were made of it; it only says what was typed last.
    """

    title: TitleFacts
    asked_at: datetime
    is_met: bool


def title_facts(row: TitleColumns) -> TitleFacts:
    """Return what a wish or a request says."""
    return TitleFacts(**{name: getattr(row, name) for name in TitleFacts.__dataclass_fields__})


def wish_of(session: Session, order_id: int) -> WishFacts | None:
    """Return what a buyer typed last for an order; None when nothing was wanted."""
    wish = session.scalars(select(InvoiceWish).where(InvoiceWish.order_id == order_id)).one_or_none()
    return None if wish is None else WishFacts(title_facts(wish), wish.asked_at, wish.met_at is not None)


def waiting_wishes(session: Session, order_ids: Collection[int]) -> dict[int, WishFacts]:
    """Return by id of an order what is wanted for it and waits for its goods."""
    wanted = select(InvoiceWish).where(InvoiceWish.order_id.in_(list(order_ids)), InvoiceWish.met_at.is_(None))
    return {
        wish.order_id: WishFacts(title_facts(wish), wish.asked_at, is_met=False) for wish in session.scalars(wanted)
    }


def last_title(session: Session, user_id: int) -> TitleFacts | None:
    """Return what a member wanted last, for the next form; None when there was nothing."""
    wanted = select(InvoiceWish).join(Order, Order.id == InvoiceWish.order_id).where(Order.user_id == user_id)
    wish = session.scalars(wanted.order_by(InvoiceWish.asked_at.desc()).limit(1)).one_or_none()
    return None if wish is None else title_facts(wish)


def requests_of_orders(session: Session, order_ids: Collection[int]) -> list[RequestFacts]:
    """Return every request for these orders, oldest first."""
    wanted = select(InvoiceRequest).where(InvoiceRequest.order_id.in_(list(order_ids))).order_by(InvoiceRequest.id)
    return request_facts(session, session.scalars(wanted).all())


def request_facts(session: Session, requests: Sequence[InvoiceRequest]) -> list[RequestFacts]:
    """Return requests with their lines, invoices and histories, in two statements more; none need none."""
    if not requests:
        return []
    line_ids = {line.order_line_id for request in requests for line in request.lines}
    goods = {line.id: line for line in session.identity_map.values() if isinstance(line, OrderLine)}
    missing = line_ids - {None, *goods}
    if missing:
        goods |= {line.id: line for line in session.scalars(select(OrderLine).where(OrderLine.id.in_(missing)))}
    rows = session.scalars(
        select(InvoiceHistory)
        .where(InvoiceHistory.request_id.in_([request.id for request in requests]))
        .order_by(InvoiceHistory.id)
    )
    passages: dict[int, list[PassageFacts]] = {}
    for row in rows:
        told = PassageFacts(RequestState(row.to_state), row.at, row.actor, row.reason)
        passages.setdefault(row.request_id, []).append(told)
    return [_facts(request, goods, tuple(passages.get(request.id, ()))) for request in requests]


def _facts(request: InvoiceRequest, goods: dict[int, OrderLine], passages: tuple[PassageFacts, ...]) -> RequestFacts:
    return RequestFacts(
        code=request.code,
        order_id=request.order_id,
        state=request.state,
        title=title_facts(request),
        issuer_kind=request.issuer_kind,
        issuer_name=request.issuer_name,
        created_at=request.created_at,
        shipment_key=request.shipment_key,
        lines=tuple(
            _line(goods.get(line.order_line_id or 0), line.amount_fen, line.is_exempt) for line in request.lines
        ),
        invoice=_invoice(request),
        passages=passages,
    )


def _line(line: OrderLine | None, amount_fen: int, is_exempt: bool) -> RequestLineFacts:
    if line is None:
        return RequestLineFacts(None, "", "", 1, None, amount_fen, is_exempt)
    kept = line.quantity - line.rejected
    return RequestLineFacts(line.id, line.title, line.unit, kept, line.weighed_g, amount_fen, is_exempt)


def _invoice(request: InvoiceRequest) -> InvoiceFacts | None:
    invoice = request.invoice
    if invoice is None:
        return None
    return InvoiceFacts(
        id=invoice.id,
        kind=invoice.kind,
        era=invoice.era,
        number=invoice.number,
        issued_on=invoice.issued_on,
        amount_fen=invoice.amount_fen,
        files=tuple(FileFacts(one.kind, one.key, one.bytes, one.pages) for one in invoice.files),
        red_letters=tuple(
            RedLetterFacts(one.number, one.reason, one.amount_fen, one.issued_on) for one in invoice.red_letters
        ),
    )


def ready_wishes(session: Session, limit: int = 200) -> list[str]:
    """Return codes of orders for which an invoice is wanted and may be asked for now, the longest waiting first."""
    coming = select(VendorOrder.id).where(VendorOrder.order_id == Order.id, VendorOrder.state.in_(BEFORE_INTAKE))
    wanted = (
        select(Order.code)
        .join(InvoiceWish, InvoiceWish.order_id == Order.id)
        .where(
            InvoiceWish.met_at.is_(None),
            Order.state.in_([OrderState.PAID, OrderState.DONE]),
            ~coming.exists(),
        )
    )
    return list(session.scalars(wanted.order_by(InvoiceWish.id).limit(limit)))


def unissued_orders(session: Session, limit: int = 200) -> list[tuple[Order, list[InvoiceRequest]]]:
    """Return orders with the requests of theirs that are not issued yet, the oldest first."""
    wanted = select(InvoiceRequest).where(InvoiceRequest.state.in_(UNISSUED)).order_by(InvoiceRequest.id).limit(limit)
    requests: dict[int, list[InvoiceRequest]] = defaultdict(list)
    for request in session.scalars(wanted):
        requests[request.order_id].append(request)
    found = session.scalars(select(Order).where(Order.id.in_(requests)).order_by(Order.id))
    return [(order, requests[order.id]) for order in found]
