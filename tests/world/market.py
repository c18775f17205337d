"""Builders of a market: a town, vendors, goods, and orders walked to where a test wants them."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.accounts.models import Role
from shop.accounts.queries import Person
from shop.accounts.services import create_user
from shop.catalog.models import Category, Listing, ListingState, Variant
from shop.catalog.rules import Offer, Way
from shop.catalog.services.listings import offer
from shop.catalog.services.passages import review
from shop.catalog.services.shelves import ShelfRules, add_category
from shop.courier.freight import Prices, reprice_zone
from shop.courier.queries import rate_to, shipment_by_key, town_shipment
from shop.flows import bench, closing, delivery, settle
from shop.flows.checkout import Placed, place_order
from shop.flows.founding import TownPlan, found_town
from shop.fulfilment.queries import parcels_of_order
from shop.kernel.actor import VISITOR, Actor, system
from shop.kernel.clock import town_day
from shop.kernel.codes import new_token
from shop.orders.models import Box, Handing, VendorOrderState
from shop.orders.queries.baskets import BasketFacts, basket
from shop.orders.queries.orders import OrderFacts, order_by_code
from shop.orders.queries.quotes import Destination, quote
from shop.orders.services import Recipient, put_in_basket
from shop.payments.gateways.demo import DemoGateway
from shop.payments.models import PaymentState
from shop.payments.queries import PaymentFacts, payment_by_code, payments_of
from shop.town.models import Village
from shop.vendors.models import Standing, Vendor
from shop.vendors.services import add_member, add_vendor
from tests.world.ground import World

HOUSE = system("test")
STAFF = Actor(user_id=None, label="STAFF", roles=frozenset({"staff"}))
DRIVER = Actor(user_id=None, label="DRIVER", roles=frozenset({"driver"}))
MANAGER = Actor(user_id=None, label="MANAGER", roles=frozenset({"manager"}))
PASSWORD = "larou-2026-x"
MONTH = 11

PLAN = TownPlan(
    town={
        "name": "小鱼洞",
        "aliases": ["小鱼洞镇"],
        "division": "四川省成都市彭州市龙门山镇",
        "slogan": "山里来的",
        "centre_name": "小鱼洞山货中心",
        "centre_address": "场镇老街 1 号",
        "centre_phone": "028-00000000",
        "opening": [{"days": "周一至周六", "hours": "08:00–18:00"}, {"days": "周日", "hours": "08:00–18:00"}],
        "cutoff": "20:00",
        "fee_bp": 1000,
        "hold_minutes": 15,
    },
    villages=[{"name": "大湾村", "aliases": ["大湾"]}],
    freight=[
        {
            "name": "四川省内",
            "provinces": ["四川"],
            "first_g": 1000,
            "first_fen": 600,
            "step_g": 1000,
            "step_fen": 150,
            "days": 2,
            "cold_fen": 400,
            "takes_cash": True,
        }
    ],
    holidays=[],
)

TO = Recipient(
    name="何晓雨",
    phone="13812345678",
    province="四川",
    city="成都市",
    district="武侯区",
    street="科华路 12 号 3 单元 401",
)


def town(world: World) -> None:
    """Found the town, once."""
    world.run(lambda session: found_town(session, PLAN, actor=HOUSE))


@dataclass
class Market:
    """A founded town with one vendor and one shelf."""

    world: World
    vendor: Vendor
    category: Category

    def vendor_person(self) -> Person:
        """Return a person who acts for the vendor."""
        person = someone(self.world, Role.VENDOR)
        self.world.run(lambda session: add_member(session, self.vendor.id, person.id, actor=HOUSE))
        return person


def someone(world: World, *roles: Role) -> Person:
    """Open an account with these roles; its password is PASSWORD."""
    phone = world.phone()
    return world.run(
        lambda session: create_user(
            session,
            phone=phone,
            name="周素珍",
            password=PASSWORD,
            roles=roles,
            hasher=world.house.hasher,
            actor=HOUSE,
            clock=world.clock,
        )
    )


def another_vendor(world: World, name: str = "罗成富家") -> Vendor:
    """Register one more vendor."""
    code = f"v{world.number()}"
    village = world.read(lambda session: session.scalars(select(Village.code)).first())
    assert village is not None
    return world.run(
        lambda session: add_vendor(
            session,
            code=code,
            name=name,
            person="罗成富",
            phone=world.phone(),
            village_code=village,
            standing=Standing.SELF_PRODUCED,
            story="",
            since_year=2019,
            actor=HOUSE,
            clock=world.clock,
        )
    )


def market(world: World) -> Market:
    """Found a town with a vendor and a shelf."""
    town(world)
    shelf = ShelfRules(name="禽蛋", name_en="Eggs", hint="鸡蛋鸭蛋")
    category = world.run(lambda session: add_category(session, "poultry-eggs", shelf, actor=HOUSE))
    return Market(world, another_vendor(world, "周素珍家"), category)


def listing(
    at: Market,
    *,
    title: str = "林下土鸡蛋",
    price_fen: int = 4800,
    stock: int = 10,
    gross_g: int = 1200,
    vendor: Vendor | None = None,
    state: ListingState = ListingState.PUBLISHED,
    months: tuple[int, ...] = tuple(range(1, 13)),
    photo_keys: tuple[str, ...] = (),
    ways: tuple[Way, ...] = (),
    **told: Any,
) -> Listing:
    """Offer a thing, and by default let staff publish it."""
    wanted = Offer(
        category_id=at.category.id,
        title=title,
        ways=ways or (Way(unit="盒", pieces=30, price_fen=price_fen, gross_g=gross_g, stock=stock),),
        months=months,
        photo_keys=photo_keys,
        **told,
    )
    seller = vendor or at.vendor
    made = at.world.run(lambda session: offer(session, seller.id, wanted, actor=HOUSE, clock=at.world.clock))
    if state is not ListingState.IN_REVIEW:
        at.world.run(
            lambda session: review(
                session, made.code, approve=True, version=made.version, actor=STAFF, clock=at.world.clock
            )
        )
    return made


def on_shelf(at: Market, code: str, **rules: Any) -> Market:
    """Return the market with another shelf, on which `listing` then puts its goods."""
    told = ShelfRules(name=code, name_en=code, **rules)
    return replace(at, category=at.world.run(lambda session: add_category(session, code, told, actor=HOUSE)))


def variant_id(at: Market, made: Listing) -> int:
    """Return the id of a listing's only variant."""
    return at.world.read(lambda session: session.scalars(select(Variant.id).where(Variant.listing_id == made.id)).one())


def fill_basket(at: Market, wanted: dict[int, int]) -> str:
    """Put variants into a new visitor's basket and return its token."""
    token = new_token()
    for each, quantity in wanted.items():
        put = partial(put_in_basket, variant_id=each, quantity=quantity, token=token, user_id=None, add=False)
        at.world.run(partial(put, clock=at.world.clock))
    return token


def look(at: Market, token: str) -> BasketFacts:
    """Return a visitor's basket."""
    return at.world.read(lambda session: basket(session, token=token, user_id=None, today=town_day(at.world.clock())))


def seen(at: Market, token: str, province: str = "四川") -> str:
    """Return the digest of what the checkout page would show now."""
    return at.world.read(
        lambda session: (
            quote(
                session,
                basket(session, token=token, user_id=None, today=town_day(at.world.clock())),
                Destination(Handing.DELIVERY, province),
                now=at.world.clock(),
            ).digest
        )
    )


def place(
    at: Market, token: str, *, key: str = "", digest: str = "", to: Recipient = TO, is_confirmed: bool = False
) -> Placed:
    """Place an order of a basket as its buyer saw it."""
    shown = digest or seen(at, token)
    return at.world.run(
        lambda session: place_order(
            session,
            to,
            checkout_key=key or token,
            seen=shown,
            gateway=demo(at),
            is_confirmed=is_confirmed,
            token=token,
            actor=VISITOR,
            clock=at.world.clock,
        )
    )


def demo(at: Market) -> DemoGateway:
    """Return the demo gateway of the house."""
    gateway = at.world.house.gateways["demo"]
    assert isinstance(gateway, DemoGateway)
    return gateway


def start(at: Market, placed: Placed) -> str:
    """Start the payment at the provider and return the provider's reference."""
    settle.start(at.world.edge, demo(at), placed.payment_code, public_url="http://localhost", clock=at.world.clock)
    reference = payment(at, placed.payment_code).provider_ref
    assert reference is not None
    return reference


def pay(at: Market, placed: Placed, *, late: bool = False) -> None:
    """Let the buyer pay at the provider, whose signed event then comes in."""
    reference = start(at, placed) if not late else payment(at, placed.payment_code).provider_ref
    assert reference is not None
    body, headers = demo(at).decide(reference, pays=True, late=late, now=at.world.clock())
    settle.receive_event(at.world.edge, at.world.house.gateways, "demo", body, headers, clock=at.world.clock)


def expire(at: Market, code: str) -> None:
    """Let the expiry job look at one order."""
    closing.expire(at.world.edge, at.world.house.gateways, code, public_url="http://localhost", clock=at.world.clock)


def paid_order(at: Market, wanted: dict[int, int]) -> OrderFacts:
    """Place and pay an order."""
    placed = place(at, fill_basket(at, wanted))
    pay(at, placed)
    return order(at, placed.order_code)


def receive_all(at: Market, code: str) -> None:
    """Take in every part of an order that is still expected."""
    for part in order(at, code).parts:
        if part.state in (VendorOrderState.ASKED, VendorOrderState.READY):
            take_in = partial(bench.receive, part_code=part.code, rejected={}, weighed={}, reason="", actor=STAFF)
            at.world.run(partial(take_in, clock=at.world.clock))


def pack(at: Market, code: str, box: Box = Box.AMBIENT, weight_g: int = 2500) -> str:
    """Close one box of an order and return its parcel's code."""
    return at.world.run(lambda session: bench.pack(session, code, box, weight_g, actor=STAFF, clock=at.world.clock))


def send(at: Market, parcel: str) -> str:
    """Give a packed parcel to the driver and return its waybill."""
    at.world.deliver()
    at.world.run(lambda session: bench.hand_over(session, [parcel], actor=STAFF, clock=at.world.clock))
    shipment = at.world.read(lambda session: shipment_by_key(session, parcel))
    assert shipment is not None
    return shipment.waybill


def carry_for(at: Market, province: str = "四川", **other: Any) -> None:
    """Let a manager change what the zone of a province costs, by default the one at home."""

    def act(session: Session) -> None:
        zone = rate_to(session, province)
        told = Prices(zone.first_fen, zone.step_fen, zone.cold_fen, zone.days, zone.takes_cash)
        wanted = replace(told, **other)
        reprice_zone(session, zone.id, wanted, version=zone.version, actor=MANAGER, clock=at.world.clock)

    at.world.run(act)


def tapped(at: Market, waybill: str) -> dict[str, str]:
    """Return what a tap on the driver's page carries: the version that it would show now."""
    shipment = at.world.read(lambda session: town_shipment(session, waybill))
    assert shipment is not None
    return {"version": str(shipment.version)}


def sent_order(at: Market, wanted: dict[int, int]) -> tuple[OrderFacts, str]:
    """Walk an order of one box until its parcel is with the driver; return it and the waybill."""
    made = paid_order(at, wanted)
    receive_all(at, made.code)
    waybill = send(at, pack(at, made.code))
    return order(at, made.code), waybill


def delivered_order(at: Market, wanted: dict[int, int]) -> OrderFacts:
    """Walk an order to its buyer's door."""
    made, waybill = sent_order(at, wanted)
    at.world.run(lambda session: delivery.deliver(session, waybill, actor=DRIVER, clock=at.world.clock))
    return order(at, made.code)


def asked_about(at: Market) -> None:
    """Let every household have been asked now whether its goods are still there."""
    at.world.run(lambda session: session.execute(update(Listing).values(asked_at=at.world.clock())))


def order(at: Market, code: str) -> OrderFacts:
    """Return an order as it stands."""
    return at.world.read(lambda session: order_by_code(session, code))


def payment(at: Market, code: str) -> PaymentFacts:
    """Return a payment as it stands."""
    return at.world.read(lambda session: payment_by_code(session, code))


def captured(at: Market, order_code: str) -> PaymentFacts:
    """Return the payment that paid an order."""
    found = at.world.read(lambda session: payments_of(session, order_code))
    return next(one for one in found if one.state is PaymentState.CAPTURED)


def parcel_code(at: Market, order_code: str) -> str:
    """Return the code of an order's only parcel."""
    (found,) = at.world.read(lambda session: parcels_of_order(session, order_by_code(session, order_code).id))
    return found.code
