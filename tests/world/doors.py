"""Every page of the centre, each with something of a day behind it: the addresses that a test and a benchmark walk."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shop.accounts.models import SignInCard, User, Viewed, ViewReason
from shop.accounts.sights import note_view
from shop.catalog.lots.models import Lot, LotState
from shop.catalog.models import Category
from shop.catalog.questions.models import ListingQuestion
from shop.courier.models import Shipment, ShipmentKind
from shop.desk.models import Claim
from shop.desk.returned.models import ReturnedParcel
from shop.fulfilment.handovers.models import HandOver
from shop.fulfilment.models import Parcel, ParcelState
from shop.fulfilment.pickups.models import PickupRun
from shop.invoices.queues import Tab
from shop.ledger.payouts.models import Payout, PayoutRun, RunState, Statement
from shop.ledger.rules import psp
from shop.orders.models import Handing, Order, VendorOrder, VendorOrderState
from shop.site.articles.models import Article, ArticleKind
from shop.town.models import Village
from shop.vendors.joining.models import Application, ApplicationState, Proof
from shop.web.audience import Audience
from tests.world.days import Day
from tests.world.market import STAFF

Find = Callable[[Session, Day], Any]
V = VendorOrderState


def _is(value: object) -> Find:
    return lambda _session, _day: value


def _of_day(name: str) -> Find:
    return lambda _session, day: getattr(day, name)


def _first(wanted: Select[Any]) -> Find:
    return lambda session, _day: session.scalars(wanted.limit(1)).one()


def _order(state: V, handing: Handing = Handing.DELIVERY) -> Find:
    return _first(
        select(Order.code)
        .join(VendorOrder)
        .where(VendorOrder.state == state, Order.handing == handing)
        .order_by(Order.id)
    )


def _part(state: V) -> Find:
    return _first(select(VendorOrder.code).where(VendorOrder.state == state).order_by(VendorOrder.id))


def _parcel(state: ParcelState) -> Find:
    return _first(select(Parcel.code).where(Parcel.state == state).order_by(Parcel.id))


THING, SENT, HOUSEHOLD = _of_day("listing"), _order(V.SHIPPED), lambda _session, day: day.households[0].code
APPLICATION = _first(select(Application.code).where(Application.state == ApplicationState.APPLIED))
HOLDER = _first(select(User.code).join(SignInCard, SignInCard.user_id == User.id))
READDRESSED = _order(V.ASKED)
PACKED, SHIPMENT = _parcel(ParcelState.PACKED), _parcel(ParcelState.HANDED_OVER)
LETTER = _first(select(Shipment.key).where(Shipment.kind == ShipmentKind.DOCUMENT))
LOT = _first(select(Lot.code).where(Lot.state == LotState.KEPT).order_by(Lot.id))
LIST = _first(select(HandOver.code).order_by(HandOver.id))
CLAIM = _first(select(Claim.code).order_by(Claim.id))
RETURNED = _first(select(ReturnedParcel.code).order_by(ReturnedParcel.id))
ARTICLE = _first(select(Article.code))
RUN = _first(select(PickupRun.code))

SETTLEMENT = _first(select(PayoutRun.code).where(PayoutRun.state == RunState.EXPORTED).order_by(PayoutRun.id))
PAYOUT = _first(select(Payout.code).order_by(Payout.id))

BEHIND: Mapping[str, Mapping[str, Find]] = {
    "staff_acting.acting": {"code": HOUSEHOLD},
    "staff_acting.photo": {"code": HOUSEHOLD, "consent": _of_day("consent")},
    "staff_applications.application": {"code": APPLICATION},
    "staff_articles.edit": {"code": ARTICLE},
    "staff_articles.new": {"kind": _is(ArticleKind.SIGHT.value)},
    "staff_articles.version": {"code": ARTICLE, "number": _is(1)},
    "staff_audit.order_audit": {"code": SENT},
    "staff_cards.holder": {"person": HOLDER},
    "staff_cards.issue": {"person": HOLDER},
    "staff_cards.paper": {"person": HOLDER},
    "staff_catalog.edit": {"code": THING},
    "staff_catalog.photos": {"code": THING},
    "staff_catalog.question": {"code": _first(select(ListingQuestion.code))},
    "staff_catalog.suppliers": {"code": THING},
    "staff_catalog.thing": {"code": THING},
    "staff_catalog.version": {"code": THING, "number": _is(1)},
    "staff_claims.claim": {"code": CLAIM},
    "staff_claims.photo": {"code": CLAIM, "number": _is(0)},
    "staff_consignments.consignment": {"key": SHIPMENT},
    "staff_consignments.door": {"key": SHIPMENT},
    "staff_consignments.envelope": {"key": LETTER},
    "staff_fulfilment.box_photo": {"code": PACKED, "number": _is(0)},
    "staff_fulfilment.box_photos": {"code": PACKED},
    "staff_fulfilment.collection_order": {"code": _order(V.PACKED, Handing.COLLECTION)},
    "staff_fulfilment.hand_over_done": {"code": LIST},
    "staff_fulfilment.hand_over_photo": {"code": LIST, "number": _is(1)},
    "staff_fulfilment.hand_over_sheet": {"code": LIST},
    "staff_fulfilment.handover_sheet": {"key": _is("town")},
    "staff_fulfilment.household": {"code": HOUSEHOLD},
    "staff_fulfilment.intake_photo": {"key": _of_day("proof_key")},
    "staff_fulfilment.label": {"code": PACKED},
    "staff_fulfilment.labels": {"code": _part(V.RECEIVED)},
    "staff_fulfilment.lot": {"code": LOT},
    "staff_fulfilment.lot_label": {"code": LOT},
    "staff_fulfilment.open_parcel": {"code": PACKED},
    "staff_fulfilment.packing_order": {"code": _order(V.RECEIVED), "box": _is("ambient")},
    "staff_fulfilment.part": {"code": _part(V.ASKED)},
    "staff_fulfilment.run": {"code": RUN},
    "staff_fulfilment.run_sheet": {"code": RUN},
    "staff_fulfilment.slip": {"code": PACKED},
    "staff_fulfilment.taken": {"code": _part(V.RECEIVED)},
    "staff_imports.faults": {"code": _of_day("import_code")},
    "staff_imports.progress": {"code": _of_day("import_code")},
    "staff_invoices.file": {"code": _of_day("invoice"), "number": _is(1)},
    "staff_invoices.one": {"code": _of_day("invoice")},
    "staff_invoices.sent_page": {"code": _of_day("invoice"), "key": _is("0"), "number": _is(1)},
    "staff_ledger.account": {"code": _is(psp("demo"))},
    "staff_orders.order": {"code": SENT},
    "staff_paper_photos.photo": {"code": APPLICATION, "proof": _is(Proof.OWN_WORK.value)},
    "staff_papers.paper": {"code": HOUSEHOLD},
    "staff_payouts.cash_list": {"code": SETTLEMENT},
    "staff_payouts.payout": {"code": PAYOUT},
    "staff_payouts.proof": {"code": PAYOUT},
    "staff_payouts.run": {"code": SETTLEMENT},
    "staff_payouts.statements_file": {"code": SETTLEMENT},
    "staff_payouts.statement_of": {"code": _first(select(Statement.code).order_by(Statement.id))},
    "staff_people.person": {"code": HOLDER},
    "staff_rights.person": {"code": HOLDER},
    "staff_recipients.recipient": {"code": READDRESSED},
    "staff_refunds.refund": {"code": SENT},
    "staff_returned.parcel": {"code": RETURNED},
    "staff_search.concept": {"code": _of_day("concept")},
    "staff_site.edit": {"name": _is("trade")},
    "staff_shelves.change": {"code": _first(select(Category.code))},
    "staff_town.village": {"code": _first(select(Village.code))},
    "staff_vendors.vendor": {"code": HOUSEHOLD},
}
"""What of the day stands in the address of each page that is about one thing."""

NOT_THERE: Mapping[str, int] = {
    "staff_acting.photo": 303,
    "staff_cards.paper": 303,
    "staff_claims.photo": 404,
    "staff_consignments.door": 404,
    "staff_factor.codes": 303,
    "staff_factor.prove": 303,
    "staff_factor.set_up": 303,
    "staff_fulfilment.box_photo": 404,
    "staff_fulfilment.hand_over_photo": 404,
    "staff_fulfilment.intake_photo": 303,
    "staff_payouts.proof": 404,
    "staff_invoices.sent_page": 404,
}
"""Pages with nothing to show on such a day: a card is printed once, as it is issued; private photos ask for a reason
first, or were never taken."""

OTHER_SIDES: Mapping[str, tuple[str, ...]] = {
    "staff_claims.claims": ("?list=received", "?list=ended"),
    "staff_fulfilment.packing": ("?by=shelf",),
    "staff_invoices.requests": tuple(f"?tab={tab.value}" for tab in Tab),
    "staff_orders.orders": ("?page=2",),
}
"""Further addresses of pages that show more than one thing by their query."""


def staff_doors(app: Flask, day: Day) -> dict[str, str]:
    """Return the address of every page of the centre, by its endpoint and query.

    The manager has just said why they look at to whom an order goes, without which that is not changed.

    Raises:
        KeyError: a page is about one thing, and `BEHIND` does not say which.
    """
    day.at.world.run(partial(_look, day=day))
    with app.test_request_context(), day.at.world.edge.reading() as session:
        return dict(_addresses(app, session, day))


def _look(session: Session, day: Day) -> None:
    order, manager = READDRESSED(session, day), replace(STAFF, label=day.manager.code)
    why = ViewReason.CORRECTION
    note_view(session, order, Viewed.RECIPIENT, why, actor=manager, clock=day.at.world.clock)


def _addresses(app: Flask, session: Session, day: Day) -> Iterator[tuple[str, str]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        blueprint = app.blueprints.get(rule.endpoint.rpartition(".")[0])
        if "GET" not in (rule.methods or ()) or getattr(blueprint, "audience", None) is not Audience.STAFF:
            continue
        behind = BEHIND[rule.endpoint] if rule.arguments else {}
        values: dict[str, Any] = {name: find(session, day) for name, find in behind.items()}
        address = app.url_for(rule.endpoint, **values)
        yield rule.endpoint, address
        for query in OTHER_SIDES.get(rule.endpoint, ()):
            yield f"{rule.endpoint}{query}", f"{address}{query}"
