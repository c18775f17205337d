"""Every page that buyers read, each with something of a day behind it: the addresses of a walk in another language."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shop.accounts.models import KeptAddress
from shop.catalog.counter import may_lie_there
from shop.catalog.lots.models import Lot
from shop.catalog.models import Category, CounterStock, Listing, ListingState, Variant
from shop.courier.models import Shipment
from shop.desk.models import Claim
from shop.fulfilment.models import Parcel
from shop.orders.models import Order, VendorOrder, VendorOrderState
from shop.orders.rules import CARRIED_OUT, UNPAID
from shop.payments.models import Payment, PaymentState
from shop.site.articles.models import Article, ArticleKind
from shop.town.models import Village
from shop.vendors.models import Vendor
from shop.web.audience import Audience
from shop.web.i18n import is_at_work
from tests.world.articles import told
from tests.world.days import Day
from tests.world.spot import lay

Find = Callable[[Session], Sequence[Mapping[str, Any]]]


def _each(name: str, wanted: Select[Any]) -> Find:
    return lambda session: [{name: value} for value in session.scalars(wanted)]


def _rows(wanted: Select[Any, Any]) -> Find:
    return lambda session: [dict(row) for row in session.execute(wanted).mappings()]


def _is(**values: Any) -> Find:
    return lambda _session: [values]


def _article(kind: ArticleKind) -> Find:
    return _each("code", select(Article.code).where(Article.kind == kind))


ORDERS = _each("code", select(Order.code).order_by(Order.id))
CLAIMS = _rows(
    select(Order.code, Claim.code.label("claim"))
    .join(Parcel, Parcel.order_id == Order.id)
    .join(Claim, Claim.parcel_id == Parcel.id)
)

UNPACKED = (VendorOrderState.WAITING, VendorOrderState.ASKED, VendorOrderState.READY, VendorOrderState.RECEIVED)
READDRESSABLE = (
    select(Order.code)
    .where(Order.state.in_(UNPAID | CARRIED_OUT), ~Order.vendor_orders.any(VendorOrder.state.not_in(UNPACKED)))
    .order_by(Order.id)
    .limit(2)
)

BEHIND: Mapping[str, Find] = {
    "articles.announcement": _article(ArticleKind.ANNOUNCEMENT),
    "articles.help_page": _article(ArticleKind.HELP),
    "articles.sight": _article(ArticleKind.SIGHT),
    "articles.story": _article(ArticleKind.STORY),
    "bridge.opened": lambda session: [
        {"code": code} for wanted in (Listing, Vendor) for code in session.scalars(select(wanted.code).limit(2))
    ],
    "bridge.poster": lambda session: [
        {"code": code} for wanted in (Listing, Vendor) for code in session.scalars(select(wanted.code).limit(1))
    ],
    "bridge.take": _rows(
        select(Listing.code, CounterStock.variant_id.label("variant"))
        .join(Variant, Variant.listing_id == Listing.id)
        .join(CounterStock, CounterStock.variant_id == Variant.id)
    ),
    "buyer_accounts.address": _each("code", select(KeptAddress.code)),
    "catalog.category": _each("code", select(Category.code)),
    "catalog.certificate": _each("code", select(Vendor.code)),
    "catalog.certificate_print": lambda session: [
        {"code": code, "size": size} for code in session.scalars(select(Vendor.code).limit(1)) for size in ("a4", "a7")
    ],
    "catalog.household": _each("code", select(Vendor.code)),
    "catalog.listing": _each("code", select(Listing.code).where(Listing.state == ListingState.PUBLISHED)),
    "catalog.questions": _each("code", select(Listing.code).where(Listing.state == ListingState.PUBLISHED).limit(2)),
    "catalog.trace": _each("code", select(Lot.code)),
    "catalog.village": _each("code", select(Village.code)),
    "claims.claim": CLAIMS,
    "claims.new": ORDERS,
    "order_invoices.invoices": ORDERS,
    "orders.as_bought": lambda session: [
        {"code": code, "number": 1} for code in session.scalars(select(Order.code).limit(2))
    ],
    "orders.order": ORDERS,
    "orders.receipt": ORDERS,
    "orders.recipient": _each("code", READDRESSABLE),
    "orders.tracking": _rows(
        select(Shipment.reference.label("code"), Shipment.key).join(Order, Order.code == Shipment.reference)
    ),
    "payments.pay": _each("code", select(Payment.code)),
    "payments.demo": _each("ref", select(Payment.provider_ref).where(Payment.state == PaymentState.PENDING)),
    "site.rule": _is(name="trade"),
    "site.version": _is(name="trade", number=1),
}
"""What of the day stands in the addresses of each page that is about one thing."""

NO_PAGES = frozenset(
    {
        "app.healthz", "app.readyz", "bridge.cards", "bridge.poster_picture", "buyer_accounts.take_data",
        "catalog.robots", "catalog.sitemap_goods", "catalog.sitemap_index", "catalog.sitemap_places",
        "claims.new_photo", "claims.photo", "media.photo", "media.sign",
        "offline.worker", "order_invoices.file", "order_invoices.page_picture", "search_api.openapi",
        "search_api.search_goods", "search_api.suggest",
    }
)  # fmt: skip
"""Answers for programs, photos and files."""
OTHER_SIDES: Mapping[str, tuple[str, ...]] = {
    "search.results": ("?q=鸡蛋", "?q=没有的东西啊", "?q=腊肉&sort=price"),
    "catalog.season": ("?month=5",),
}


def tell_everything(day: Day) -> None:
    """Let the town tell something of every kind."""
    for kind in ArticleKind:
        told(day.at.world, kind)
    shown = select(Variant.id).join(Listing).where(Listing.state == ListingState.PUBLISHED)
    may_lie = day.at.world.read(lambda session: may_lie_there(session, session.scalars(shown).all()))
    lay(day.at, min(may_lie), 2)


def readers_doors(app: Flask, day: Day) -> list[tuple[str, str]]:
    """Return (endpoint, address) of every page of buyers.

    Raises:
        KeyError: a page is about one thing, and `BEHIND` does not say which.
    """
    with app.test_request_context(), day.at.world.edge.reading() as session:
        return list(_addresses(app, session))


def _addresses(app: Flask, session: Session) -> Iterator[tuple[str, str]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        blueprint = app.blueprints.get(rule.endpoint.rpartition(".")[0])
        is_theirs = getattr(blueprint, "audience", None) in (Audience.PUBLIC, Audience.BUYER)
        if "GET" not in (rule.methods or ()) or not is_theirs or rule.endpoint in NO_PAGES or is_at_work(rule.rule):
            continue
        found = BEHIND[rule.endpoint](session) if rule.arguments else [{}]
        for values in found:
            address = app.url_for(rule.endpoint, **values)
            yield rule.endpoint, address
            yield from ((rule.endpoint, f"{address}{query}") for query in OTHER_SIDES.get(rule.endpoint, ()))
