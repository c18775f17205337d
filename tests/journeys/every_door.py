"""Every page of the house by who opens it: its address comes from the application, what stands in it from here.

A new page is walked at once. One that names something fails until the table says what, and one that answers with
something else than a page fails until `NO_PAGE` says why.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from shop.accounts.models import Role
from shop.accounts.queries import Person
from shop.accounts.rules import PostalAddress
from shop.accounts.services import keep_address
from shop.app import create_app, engine_of, wiring
from shop.catalog.lots.models import Lot, LotState
from shop.catalog.questions.services import ask
from shop.flows import cards
from shop.flows.helping import add_at_counter
from shop.kernel.actor import VISITOR
from shop.kernel.clock import town_day
from shop.kernel.codes import new_token
from shop.orders.services import put_in_basket
from shop.settings import Settings
from shop.site.articles.models import ArticleKind
from shop.site.models import Rule
from shop.site.services import publish
from shop.vendors.joining.models import Proof
from shop.web.audience import Audience
from shop.web.house import EXTENSION
from tests.house.test_routes import audience_of
from tests.support.clock import SettableClock
from tests.support.databases import engine_for
from tests.support.pages import Pages
from tests.world import START, World
from tests.world.articles import picture, told
from tests.world.claims import ask as ask_claim
from tests.world.days import Day, quiet
from tests.world.doors import staff_doors
from tests.world.factors import prove
from tests.world.invoice_desk import Desk
from tests.world.invoices import want
from tests.world.joining import Hall
from tests.world.market import (
    MANAGER,
    PASSWORD,
    STAFF,
    TO,
    Market,
    fill_basket,
    market,
    parcel_code,
    place,
    someone,
    start,
)
from tests.world.members import a_buyer, delivered_to, order_of
from tests.world.things import thing_at, things_of

ORDERS = 20
"""So many come to every end that an order has."""


class Who(StrEnum):
    """Who walks."""

    VISITOR = "visitor"
    BUYER = "buyer"
    APPLICANT = "applicant"
    HOUSEHOLD = "household"
    CENTRE = "centre"


ENTERED = (
    "orders.",
    "claims.",
    "order_invoices.",
    "payments.",
    "matters.",
    "accounts.me",
    "buyer_",
    "my_",
    "catalog.home",
)
"""Beginnings of what a buyer sees who is signed in; a visitor walks all that is public."""

OWNED = (
    "orders.order",
    "orders.as_bought",
    "orders.tracking",
    "orders.receipt",
    "orders.recipient",
    "orders.checkout",
    "claims.",
    "order_invoices.",
)
"""Beginnings of what is public and opens for whose it is alone."""

MACHINES, PICTURE, FILE = "for machines", "a picture", "a file"
STATE = "leads elsewhere on such a day"
NO_PAGE: Mapping[str, str] = {
    "accounts.card": STATE,
    "accounts.password": STATE,
    "accounts.scan": STATE,
    "app.healthz": MACHINES,
    "app.readyz": MACHINES,
    "bridge.poster_picture": PICTURE,
    "bridge.take": STATE,
    "catalog.robots": MACHINES,
    "catalog.sitemap_goods": MACHINES,
    "catalog.sitemap_index": MACHINES,
    "catalog.sitemap_places": MACHINES,
    "claims.new_photo": PICTURE,
    "claims.photo": PICTURE,
    "media.photo": PICTURE,
    "media.sign": PICTURE,
    "my_joining.photo": PICTURE,
    "offline.worker": MACHINES,
    "order_invoices.file": FILE,
    "order_invoices.page_picture": PICTURE,
    "search_api.openapi": MACHINES,
    "search_api.search_goods": MACHINES,
    "search_api.suggest": MACHINES,
    "staff_acting.photo": PICTURE,
    "staff_cards.paper": STATE,
    "staff_claims.photo": PICTURE,
    "staff_consignments.door": STATE,
    "staff_factor.codes": STATE,
    "staff_factor.prove": STATE,
    "staff_factor.set_up": STATE,
    "staff_fulfilment.box_photo": PICTURE,
    "staff_fulfilment.hand_over_photo": PICTURE,
    "staff_fulfilment.intake_photo": PICTURE,
    "staff_imports.faults": FILE,
    "staff_imports.template": FILE,
    "staff_invoices.file": FILE,
    "staff_invoices.sent_page": PICTURE,
    "staff_paper_photos.photo": PICTURE,
    "staff_payouts.proof": PICTURE,
    "staff_payouts.statements_file": FILE,
    "staff_reports.orders_file": FILE,
    "staff_reports.rejects_file": FILE,
    "vendor_catalog.draft_details": STATE,
    "vendor_catalog.draft_ideas": "a part of a page",
    "vendor_catalog.draft_look": STATE,
    "vendor_catalog.draft_resume": STATE,
    "vendor_catalog.draft_sent": STATE,
    "vendor_catalog.still": STATE,
    "vendor_claims.photo": PICTURE,
    "vendor_orders.left": STATE,
    "vendor_payout.change": STATE,
    "vendor_payout.change_account_of": STATE,
    "vendor_people.add_code": STATE,
    "vendor_people.photo": PICTURE,
}
"""What is opened by GET and is no page of its own, and why."""


@dataclass(frozen=True)
class Door:
    """One address.

    Attributes:
        name: its endpoint, with the query where the page has several sides.
    """

    name: str
    path: str


@dataclass
class Town:
    """A town on a busy day, and one of everything a page may be about."""

    app: Flask
    day: Day
    things: dict[str, str]
    people: Mapping[Who, Person]

    @property
    def at(self) -> Market:
        """Return the market."""
        return self.day.at

    def browser(self, who: Who) -> Pages:
        """Open a browser without a window, signed in as one of them."""
        pages = Pages(self.app)
        person = self.people.get(who)
        if person is not None:
            pages.sign_in(person.phone, PASSWORD)
        if who is Who.CENTRE:
            prove(self.at.world, pages, self.day.manager)
        return pages

    def doors(self, who: Who) -> list[Door]:
        """Return where one of them walks.

        Raises:
            AssertionError: an address names something that stands in no table.
        """
        if who is Who.CENTRE:
            return [Door(name, path) for name, path in staff_doors(self.app, self.day).items()]
        return list(self._doors(who))

    def _doors(self, who: Who) -> Iterator[Door]:
        for rule in sorted(self.app.url_map.iter_rules(), key=lambda rule: rule.rule):
            audience = audience_of(self.app, rule)
            if "GET" in (rule.methods or set()) and audience is not None and _walks(who, audience, rule.endpoint):
                built = rule.build({name: self._thing(rule.endpoint, name) for name in rule.arguments})
                assert built is not None, rule
                yield Door(rule.endpoint, built[1])

    def _thing(self, endpoint: str, argument: str) -> str:
        found = self.things.get(f"{endpoint}.{argument}")
        return thing_at(self.things, endpoint, argument) if found is None else found


def _walks(who: Who, audience: Audience, endpoint: str) -> bool:
    if who is Who.VISITOR:
        return audience is Audience.PUBLIC and not endpoint.startswith(OWNED)
    if who is Who.HOUSEHOLD:
        return audience is Audience.VENDOR
    if who is Who.APPLICANT:
        return endpoint.startswith(("my_joining.", "joining."))
    is_theirs = audience in (Audience.PUBLIC, Audience.BUYER) and endpoint.startswith(ENTERED)
    return is_theirs and not endpoint.startswith("my_joining.")


@contextmanager
def busy_town(url: str, folder: Path) -> Iterator[Town]:
    """Open the house on a database of its own, and let a busy day come about in it."""
    clock = SettableClock(START)
    told = {"SHOP_SECRET_KEY": "a secret of the walk, long enough for it", "SHOP_DATABASE_URL": url}
    settings = Settings.from_env(told | {"SHOP_DATA_DIR": str(folder)})
    engine = engine_for(url)
    house = wiring.wire(settings, engine, clock)
    app = create_app(settings, clock=clock)
    app.testing = True
    yield town(app, market(World(house, house.edge, clock)))
    for queue in (house.queue, app.extensions[EXTENSION].queue):
        queue.huey.storage.close()
    engine_of(app).dispose()
    engine.dispose()


def town(app: Flask, at: Market) -> Town:
    """Let a busy day come about."""
    day = quiet(at)
    day.busy(ORDERS)
    people = {Who.BUYER: a_buyer(at), Who.APPLICANT: a_buyer(at), Who.HOUSEHOLD: at.vendor_person()}
    delegate = someone(at.world, Role.BUYER)
    add = partial(add_at_counter, vendor_id=at.vendor.id, person=delegate, words="", actor=STAFF, clock=at.world.clock)
    at.world.run(add)
    things = (
        dict(things_of(at, delegate)) | _of_buyers(day, people[Who.BUYER]) | _of_the_site(at, people[Who.HOUSEHOLD])
    )
    applicant = Hall(at, people[Who.APPLICANT])
    applicant.show(applicant.tell(), Proof.OWN_WORK)
    return Town(app, day, things, people | {Who.CENTRE: day.manager})


def _of_buyers(day: Day, buyer: Person) -> dict[str, str]:
    at, clock = day.at, day.at.world.clock
    wanted = dict.fromkeys(day.variants, 2)
    made = delivered_to(at, buyer, wanted)
    claim = ask_claim(at, made)
    want(at, made.code)
    (paper, *_others) = Desk(at, made.code).all_recorded()
    coming = order_of(at, buyer, {day.variants[0]: 1})
    unpaid = place(at, fill_basket(at, wanted))
    put = partial(put_in_basket, variant_id=day.variants[0], quantity=2, token=None, user_id=buyer.id, add=False)
    at.world.run(partial(put, clock=clock))
    asking = partial(
        ask, listing_code=day.listing, text="一盒有多少枚？", key="walk", phone="13812345678", actor=VISITOR
    )
    at.world.run(partial(asking, clock=clock))
    address = PostalAddress(TO.name, TO.phone, TO.province, TO.city, TO.district, TO.street)
    kept = at.world.run(lambda session: keep_address(session, buyer.id, address, clock=clock))
    return {
        "orders.code": made.code,
        "bridge.code": day.listing,
        "bridge.size": "a7",
        "claims.code": made.code,
        "claims.claim": claim.code,
        "claims.number": "0",
        "order_invoices.code": made.code,
        "order_invoices.paper": paper,
        "orders.as_bought.number": "1",
        "orders.recipient.code": coming.code,
        "orders.tracking.key": parcel_code(at, made.code),
        "order_invoices.file.number": "1",
        "order_invoices.page_picture.number": "1",
        "order_invoices.page_picture.page": "1",
        "buyer_accounts.address.code": kept.code,
        "payments.code": unpaid.payment_code,
        "payments.ref": start(at, unpaid),
        "catalog.listing.code": day.listing,
        "catalog.questions.code": day.listing,
    }


def _of_the_site(at: Market, villager: Person) -> dict[str, str]:
    clock, token = at.world.clock, new_token()
    at.world.run(partial(cards.issue, person_code=villager.code, token=token, pin="4071", actor=STAFF, clock=clock))
    rule = partial(publish, rule=Rule.TRADE, text="第一条。", note="初版", effective_on=town_day(clock()), version=0)
    at.world.run(partial(rule, actor=MANAGER, clock=clock))
    lot = at.world.read(lambda session: session.scalars(select(Lot.code).where(Lot.state == LotState.KEPT)).first())
    assert lot is not None
    return {
        "articles.story.code": told(at.world, ArticleKind.STORY),
        "articles.sight.code": told(at.world, ArticleKind.SIGHT),
        "articles.help_page.code": told(at.world, ArticleKind.HELP),
        "articles.announcement.code": told(at.world, ArticleKind.ANNOUNCEMENT),
        "catalog.category.code": at.category.code,
        "catalog.household.code": at.vendor.code,
        "catalog.village.code": Hall(at, a_buyer(at)).village(),
        "catalog.certificate.code": at.vendor.code,
        "catalog.certificate_print.code": at.vendor.code,
        "catalog.certificate_print.size": "a4",
        "catalog.trace.code": lot,
        "site.name": "trade",
        "site.version.number": "1",
        "media.key": picture(at.world),
        "media.width": "640",
        "media.extension": "webp",
        "accounts.token": token,
        "catalog.sitemap_goods.number": "1",
        "my_joining.proof": "own_work",
        "my_joining.paper.number": "1",
    }
