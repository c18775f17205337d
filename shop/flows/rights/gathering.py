"""What the house keeps of a person, to be seen and taken along: one table a subject, a few statements however much."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from shop.accounts.models import KeptAddress, NewsChoice, SignIn, User, UserRole, ViewLog
from shop.accounts.queries import Person
from shop.catalog.models import Listing
from shop.catalog.questions.models import ListingQuestion
from shop.courier.models import Shipment
from shop.desk.models import Claim
from shop.fulfilment.models import Parcel
from shop.invoices.models import Invoice, InvoiceRequest
from shop.notifications.models import Delivery
from shop.orders.models import Order, OrderLine, VendorOrder
from shop.payments.models import Payment, Refund
from shop.vendors.models import Vendor

Wanted = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Table:
    """What is kept of one subject.

    Attributes:
        key: which subject.
        columns: names of what stands in a row; amounts are in fen and say so, moments are aware.
        rows: oldest first.
    """

    key: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def table_of(session: Session, key: str, wanted: Wanted) -> Table:
    """Return what a statement finds, under the names of its columns."""
    found = session.execute(wanted)
    return Table(key, tuple(found.keys()), tuple(tuple(row) for row in found))


def of_person(session: Session, person: Person) -> Sequence[Table]:
    """Return what is kept of somebody who buys here."""
    orders = select(Order.id).where(Order.user_id == person.id)
    return tuple(
        table_of(session, key, wanted)
        for key, wanted in (
            *_account(person).items(),
            *_bought(orders).items(),
            *_said(person, orders).items(),
        )
    )


def _account(person: Person) -> dict[str, Wanted]:
    mine = KeptAddress.user_id == person.id
    return {
        "account": select(
            User.name, User.phone, User.created_at, User.password_hash.is_not(None).label("has_password")
        ).where(User.id == person.id),
        "roles": select(UserRole.role).where(UserRole.user_id == person.id).order_by(UserRole.role),
        "addresses": select(
            KeptAddress.name,
            KeptAddress.phone,
            KeptAddress.province,
            KeptAddress.city,
            KeptAddress.district,
            KeptAddress.street,
            KeptAddress.used_at,
        )
        .where(mine)
        .order_by(KeptAddress.id),
        "sign_ins": select(SignIn.at, SignIn.how, SignIn.device, SignIn.browser, SignIn.until, SignIn.ended_at)
        .where(SignIn.user_id == person.id)
        .order_by(SignIn.id),
        "news": select(NewsChoice.at, NewsChoice.is_wanted)
        .where(NewsChoice.user_id == person.id)
        .order_by(NewsChoice.id),
    }


def _bought(orders: Select[int]) -> dict[str, Wanted]:
    codes = select(Order.code).where(Order.id.in_(orders))
    boxes = select(Parcel.code).where(Parcel.order_id.in_(orders))
    return {
        "orders": select(
            Order.code,
            Order.placed_at,
            Order.state,
            Order.handing,
            Order.name,
            Order.phone,
            Order.province,
            Order.city,
            Order.district,
            Order.street,
            Order.email,
            Order.language,
            Order.note,
            Order.goods_fen,
            Order.freight_fen,
            Order.total_fen,
        )
        .where(Order.id.in_(orders))
        .order_by(Order.id),
        "lines": select(
            Order.code,
            OrderLine.title,
            OrderLine.quantity,
            OrderLine.unit,
            OrderLine.price_fen,
            OrderLine.rejected,
            OrderLine.weighed_g,
            OrderLine.weight_back_fen,
            Vendor.name.label("seller"),
        )
        .join(VendorOrder, VendorOrder.order_id == Order.id)
        .join(OrderLine, OrderLine.vendor_order_id == VendorOrder.id)
        .join(Vendor, Vendor.id == VendorOrder.vendor_id)
        .where(Order.id.in_(orders))
        .order_by(OrderLine.id),
        "payments": select(
            Payment.reference.label("code"), Payment.created_at, Payment.gateway, Payment.state, Payment.amount_fen
        )
        .where(Payment.reference.in_(codes))
        .order_by(Payment.id),
        "refunds": select(
            Payment.reference.label("code"), Refund.created_at, Refund.state, Refund.amount_fen, Refund.done_at
        )
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.reference.in_(codes))
        .order_by(Refund.id),
        "invoices": select(
            Order.code,
            InvoiceRequest.created_at,
            InvoiceRequest.issuer_name.label("issuer"),
            InvoiceRequest.state,
            InvoiceRequest.title_kind,
            InvoiceRequest.title.label("invoice_title"),
            InvoiceRequest.tax_id,
            InvoiceRequest.medium,
            InvoiceRequest.email,
            InvoiceRequest.seat,
            InvoiceRequest.seat_phone,
            InvoiceRequest.bank,
            InvoiceRequest.account_tail.label("tail"),
            InvoiceRequest.recipient,
            InvoiceRequest.phone,
            InvoiceRequest.street,
            Invoice.number,
            Invoice.issued_on,
            Invoice.amount_fen,
        )
        .join(Order, Order.id == InvoiceRequest.order_id)
        .outerjoin(Invoice, Invoice.request_id == InvoiceRequest.id)
        .where(Order.id.in_(orders))
        .order_by(InvoiceRequest.id),
        "claims": select(
            Order.code,
            Claim.asked_at,
            OrderLine.title,
            Claim.kind,
            Claim.asked,
            Claim.granted,
            Claim.words.label("text"),
            Claim.state,
            Claim.amount_fen,
            Claim.reason,
            Claim.decided_at,
            Claim.appeal,
            Claim.waybill,
        )
        .join(OrderLine, OrderLine.id == Claim.order_line_id)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .join(Order, Order.id == VendorOrder.order_id)
        .where(Order.id.in_(orders))
        .order_by(Claim.id),
        "consignments": select(
            Shipment.waybill,
            Shipment.carrier,
            Shipment.kind,
            Shipment.state,
            Shipment.recipient,
            Shipment.phone,
            Shipment.province,
            Shipment.city,
            Shipment.district,
            Shipment.street,
        )
        .where(or_(Shipment.reference.in_(codes), Shipment.key.in_(boxes)))
        .order_by(Shipment.id),
    }


def _said(person: Person, orders: Select[int]) -> dict[str, Wanted]:
    codes = select(Order.code).where(Order.id.in_(orders))
    mails = select(Order.email).where(Order.id.in_(orders), Order.email != "")
    mine = or_(ListingQuestion.user_id == person.id, ListingQuestion.phone == person.phone)
    return {
        "questions": select(
            ListingQuestion.asked_at,
            Listing.title.label("title"),
            ListingQuestion.text,
            ListingQuestion.language,
            ListingQuestion.answer,
        )
        .join(Listing, Listing.id == ListingQuestion.listing_id)
        .where(mine)
        .order_by(ListingQuestion.id),
        "messages": select(Delivery.created_at, Delivery.phone, Delivery.email, Delivery.text, Delivery.state)
        .where(or_(Delivery.phone == person.phone, Delivery.email.in_(mails)))
        .order_by(Delivery.id),
        "looks": select(ViewLog.at, ViewLog.subject.label("code"), ViewLog.what, ViewLog.why)
        .where(ViewLog.subject.in_(codes))
        .order_by(ViewLog.id),
    }
