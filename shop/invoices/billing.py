"""What of an order may be invoiced, by whom, and which red letters are due: reckoned anew each time, stored nowhere."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from shop.catalog.models import Category, Listing, Variant
from shop.invoices.models import Invoice, InvoiceRequest, IssuerKind
from shop.invoices.rules import ISSUED_BY, left_to_invoice
from shop.kernel.money import split, stretch
from shop.orders.models import Order, OrderLine, OrderState, VendorOrder, VendorOrderState
from shop.orders.rules import BEFORE_INTAKE, NOT_COMING
from shop.payments.models import Payment, PaymentState, Refund, RefundState
from shop.vendors.models import Standing

NOTHING_SOLD = NOT_COMING | {VendorOrderState.RETURNED}
"""Parts whose goods nobody pays for; the freight of what came back was spent all the same."""


@dataclass(frozen=True)
class BillLine:
    """A line of goods that its buyer keeps, or the freight.

    Attributes:
        order_line_id: None for the freight.
        title: what it is, empty for the freight.
        quantity: how many of them were kept.
        vendor: id and name of whose sale it was; None for the centre.
        worth_fen: what it came to by what was taken in and weighed, less what was given back of it.
        left_fen: what of that may still be invoiced; 0 when a living invoice has it.
    """

    order_line_id: int | None
    title: str
    unit: str
    quantity: int
    weighed_g: int | None
    vendor: tuple[int, str] | None
    issuer: IssuerKind
    is_exempt: bool
    worth_fen: int
    left_fen: int


@dataclass(frozen=True)
class Bill:
    """An order for those who issue.

    Attributes:
        is_settled: paid, and everything was taken in and weighed: no amount grows any more.
        kept_fen: paid less what went back or is on its way back.
        red_due: id of an invoice -> how much of it is to be taken back by a red letter, > 0.
    """

    is_settled: bool
    kept_fen: int
    lines: tuple[BillLine, ...]
    red_due: Mapping[int, int]

    def line(self, order_line_id: int | None) -> BillLine | None:
        """Return a line of goods, or the freight for None; None when nothing of it is kept."""
        return next((one for one in self.lines if one.order_line_id == order_line_id), None)


def bill(session: Session, order: Order) -> Bill:
    """Return what of an order may be invoiced now."""
    return bills(session, [order])[order.id]


def bill_of(session: Session, order_id: int) -> Bill:
    """Return what of an order, known by its id, may be invoiced now."""
    return bill(session, session.get_one(Order, order_id))


def bills(session: Session, orders: Sequence[Order]) -> dict[int, Bill]:
    """Return by id of an order what of it may be invoiced now; in five statements however many there are."""
    kept = _kept(session, [order.code for order in orders])
    claimed = _claimed(session, [order.code for order in orders])
    lines = [line for order in orders for part in order.vendor_orders for line in part.lines]
    taxed = _taxed(session, {line.variant_id for line in lines})
    requests: dict[int, list[InvoiceRequest]] = defaultdict(list)
    wanted = select(InvoiceRequest).where(InvoiceRequest.order_id.in_([order.id for order in orders]))
    wanted = wanted.options(joinedload(InvoiceRequest.invoice).lazyload(Invoice.files))  # they say nothing of amounts
    for request in session.scalars(wanted.execution_options(populate_existing=True)):
        requests[request.order_id].append(request)
    return {order.id: _bill(order, kept.get(order.code, 0), claimed, taxed, requests[order.id]) for order in orders}


def red_due_of(session: Session, order_ids: Collection[int]) -> dict[int, int]:
    """Return of all invoices for these orders, by their ids, how much is to be red-lettered, where it is any."""
    orders = session.scalars(select(Order).where(Order.id.in_(list(order_ids)))).all() if order_ids else ()
    found = bills(session, orders) if orders else {}
    return {invoice_id: fen for of in found.values() for invoice_id, fen in of.red_due.items()}


def is_settled(order: Order) -> bool:
    """Tell whether an order is paid, and everything of it was taken in and weighed, or does not come."""
    states = {part.state for part in order.vendor_orders}
    return order.state in (OrderState.PAID, OrderState.DONE) and not states & BEFORE_INTAKE


def left_of(request: InvoiceRequest, of: Bill) -> int:
    """Return how much a request that is not issued yet may be issued for, in fen."""
    lines = (of.line(line.order_line_id) for line in request.lines)
    return sum(line.left_fen for line in lines if line is not None)


def net_fen(invoice: Invoice) -> int:
    """Return what of an invoice still stands."""
    return invoice.amount_fen - invoice.red_fen


def _bill(
    order: Order,
    kept_fen: int,
    claimed: Mapping[int, int],
    taxed: Collection[int],
    requests: Sequence[InvoiceRequest],
) -> Bill:
    whole = [_goods(part, line, taxed) for part in order.vendor_orders for line in part.lines]
    goods = [_less(line, claimed.get(line.order_line_id or 0, 0)) for line in whole]
    # A claim for goods of which none was any good gives their freight back beside them.
    beyond = sum(max(0, claimed.get(line.order_line_id or 0, 0) - line.worth_fen) for line in whole)
    freight = max(0, sum(_freight(part) for part in order.vendor_orders) - beyond)
    drawn = [line for line in (*goods, _freight_line(freight)) if line.worth_fen]
    worth = {line.order_line_id: line.worth_fen for line in drawn}
    issued = [one for one in requests if one.invoice is not None and any(line.living for line in one.lines)]
    due, stands = _red_due(issued, worth, kept_fen)
    has_invoice = {line.order_line_id for one in issued for line in one.lines if line.living}
    open_lines = [line for line in drawn if line.order_line_id not in has_invoice]
    left = left_to_invoice([line.worth_fen for line in open_lines], kept_fen - stands)
    may = dict(zip((line.order_line_id for line in open_lines), left, strict=True))
    told = tuple(replace(line, left_fen=may.get(line.order_line_id, 0)) for line in drawn)
    return Bill(is_settled(order), kept_fen, told, due)


def _red_due(
    issued: Sequence[InvoiceRequest], worth: Mapping[int | None, int], kept_fen: int
) -> tuple[dict[int, int], int]:
    """Return what of each invoice is to be taken back, and what of all of them stands after that.

    First what its own lines have become less worth; then, where together they are still more than was paid, the rest
    of that by their weight.
    """
    invoices = [(one.invoice, sum(worth.get(line.order_line_id, 0) for line in one.lines)) for one in issued]
    named = [max(0, net_fen(invoice) - of_lines) for invoice, of_lines in invoices if invoice is not None]
    stands = [net_fen(invoice) - less for (invoice, _of), less in zip(invoices, named, strict=True) if invoice]
    over = max(0, sum(stands) - max(0, kept_fen))
    more = split(over, stands) if over else [0] * len(stands)
    due = {
        invoice.id: less + rest
        for (invoice, _of), less, rest in zip(invoices, named, more, strict=True)
        if invoice is not None and less + rest
    }
    return due, sum(stands) - over


def _less(line: BillLine, claimed_fen: int) -> BillLine:
    return replace(line, worth_fen=max(0, line.worth_fen - claimed_fen))


def _goods(part: VendorOrder, line: OrderLine, taxed: Collection[int]) -> BillLine:
    standing = part.vendor.standing
    return BillLine(
        order_line_id=line.id,
        title=line.title,
        unit=line.unit,
        quantity=line.quantity - line.rejected,
        weighed_g=line.weighed_g,
        vendor=(part.vendor_id, part.vendor.name),
        issuer=ISSUED_BY[standing],
        is_exempt=standing is Standing.SELF_PRODUCED and line.variant_id not in taxed,
        worth_fen=0 if part.state in NOTHING_SOLD else line.kept_fen,
        left_fen=0,
    )


def _freight_line(fen: int) -> BillLine:
    return BillLine(None, "", "", 1, None, None, IssuerKind.CENTRE, is_exempt=False, worth_fen=fen, left_fen=0)


def _freight(part: VendorOrder) -> int:
    if part.state in NOT_COMING:
        return 0
    return sum(
        line.freight_share_fen - stretch(line.freight_share_fen, 0, line.rejected, line.quantity) for line in part.lines
    )


def _kept(session: Session, codes: Collection[str]) -> dict[str, int]:
    """Return by code of an order what was paid for it and stays paid."""
    gone = (
        select(func.coalesce(func.sum(Refund.amount_fen), 0))
        .where(Refund.payment_id == Payment.id, Refund.state != RefundState.FAILED)
        .correlate(Payment)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Payment.reference, func.sum(Payment.captured_fen - gone))
        .where(Payment.reference.in_(list(codes)), Payment.state == PaymentState.CAPTURED)
        .group_by(Payment.reference)
    )
    return {code: int(fen) for code, fen in rows}


def _claimed(session: Session, codes: Collection[str]) -> dict[int, int]:
    """Return by order line what went back, or is on its way back, for claims about it."""
    rows = session.execute(
        select(Refund.key, Refund.amount_fen)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.reference.in_(list(codes)), Refund.state != RefundState.FAILED, Refund.key.startswith("claim:"))
    )
    claimed: dict[int, int] = defaultdict(int)
    for key, fen in rows:
        claimed[int(key.split(":")[1])] += fen
    return claimed


def _taxed(session: Session, variant_ids: Iterable[int]) -> set[int]:
    """Return which of these are food that was made rather than grown: who sells it needs a paper for that."""
    rows = session.execute(
        select(Variant.id, Category.papers)
        .join(Listing, Listing.id == Variant.listing_id)
        .join(Category, Category.id == Listing.category_id)
        .where(Variant.id.in_(list(variant_ids)))
    )
    return {variant_id for variant_id, papers in rows if papers}
