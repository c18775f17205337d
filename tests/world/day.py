"""What a day of the demo town is made of: who orders what, and orders placed and paid as their buyers do."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.models import Listing, Variant
from shop.flows import settle
from shop.flows.checkout import Placed, place_order
from shop.kernel.actor import VISITOR
from shop.kernel.clock import town_day
from shop.kernel.codes import new_token
from shop.orders.models import Handing
from shop.orders.queries.baskets import basket
from shop.orders.queries.orders import OrderFacts, order_by_code
from shop.orders.queries.quotes import quote
from shop.orders.services import Recipient, put_in_basket
from shop.payments.gateways.demo import DemoGateway
from shop.payments.queries import payment_by_code
from tests.support.stripe_account import StripeAccount
from tests.world.ground import World

URL = "http://localhost"
CHENGDU = ("四川", "成都市", "武侯区")
MIANYANG = ("四川", "绵阳市", "涪城区")
CHONGQING = ("重庆", "重庆市", "渝中区")
SHENZHEN = ("广东", "深圳市", "南山区")
COLLECTED = ("", "", "")

Line = tuple[str, int, int]
"""A listing's ref, which of its ways, how many."""


@dataclass(frozen=True)
class Buying:
    """Somebody who orders: how they pay, and where it goes."""

    name: str
    pays: str
    place: tuple[str, str, str]
    lines: tuple[Line, ...]


BUYINGS = (
    Buying("程晓", "demo", CHENGDU, (("XYD-001", 2, 1),)),
    Buying("吕芳", "demo", CHENGDU, (("XYD-063", 0, 1),)),
    Buying("苏文静", "stripe", CHONGQING, (("XYD-061", 0, 1), ("XYD-056", 0, 2))),
    Buying("黄志远", "stripe", CHENGDU, (("XYD-061", 1, 1),)),
    Buying("冯丽", "demo", CHENGDU, (("XYD-058", 0, 1), ("XYD-020", 0, 1))),
    Buying("郑国强", "cash", CHENGDU, (("XYD-022", 0, 1),)),
    Buying("孙玉梅", "cash", MIANYANG, (("XYD-005", 0, 1),)),
    Buying("周杰", "cash", COLLECTED, (("XYD-053", 0, 1),)),
    Buying("吴海燕", "demo", CHENGDU, (("XYD-039", 1, 1),)),
    Buying("汪洋", "demo", CHENGDU, (("XYD-006", 0, 2), ("XYD-025", 0, 1))),
    Buying("马俊", "stripe", SHENZHEN, (("XYD-039", 0, 2),)),
    Buying("朱红", "demo", SHENZHEN, (("XYD-022", 1, 1), ("XYD-024", 0, 1))),
    Buying("胡敏", "demo", MIANYANG, (("XYD-054", 0, 1),)),
    Buying("郭大伟", "demo", CHENGDU, (("XYD-055", 0, 1), ("XYD-056", 0, 1))),
    Buying("何平", "stripe", CHENGDU, (("XYD-009", 0, 2),)),
    Buying("高翔", "demo", CHONGQING, (("XYD-020", 0, 2), ("XYD-021", 0, 1))),
    Buying("罗燕", "demo", CHENGDU, (("XYD-016", 0, 1),)),
    Buying("宋洁", "demo", CHENGDU, (("XYD-057", 0, 1), ("XYD-060", 0, 1))),
    Buying("唐军", "stripe", MIANYANG, (("XYD-013", 0, 1),)),
    Buying("许静", "demo", CHENGDU, (("XYD-025", 1, 2),)),
    Buying("韩梅", "demo", CHENGDU, (("XYD-040", 0, 1),)),
    Buying("曹亮", "demo", SHENZHEN, (("XYD-020", 0, 1), ("XYD-022", 0, 1), ("XYD-039", 0, 1))),
    Buying("彭勇", "demo", CHENGDU, (("XYD-001", 0, 2),)),
    Buying("曾莉", "demo", CHENGDU, (("XYD-006", 0, 1), ("XYD-053", 0, 1))),
    Buying("肖鹏", "stripe", CHENGDU, (("XYD-059", 0, 1),)),
    Buying("田甜", "demo", CHENGDU, (("XYD-055", 0, 2),)),
)
"""With one after the cut-off hour and three that are placed in a browser, thirty orders of nine households."""
LATE = Buying("钟强", "demo", CHENGDU, (("XYD-039", 0, 1),))
"""Orders when the cut-off hour has passed."""


def buy(world: World, stripe: StripeAccount, who: Buying) -> OrderFacts:
    """Place an order and pay it at its provider; cash is paid with the goods."""
    placed = _placed(world, who)
    if who.pays == "cash":
        world.deliver()
    else:
        _pay(world, stripe, placed)
    return world.read(lambda session: order_by_code(session, placed.order_code))


def _placed(world: World, who: Buying) -> Placed:
    province, city, district = who.place
    to = Recipient(
        name=who.name,
        phone=world.phone(),
        province=province,
        city=city,
        district=district,
        street=f"文化路 {world.number()} 号 2 单元 301" if province else "",
        handing=Handing.DELIVERY if province else Handing.COLLECTION,
    )
    token, clock = new_token(), world.clock

    def act(session: Session) -> Placed:
        for ref, way, count in who.lines:
            put_in_basket(
                session, variant_of(session, ref, way), count, token=token, user_id=None, add=False, clock=clock
            )
        filled = basket(session, token=token, user_id=None, today=town_day(clock()))
        return place_order(
            session,
            to,
            checkout_key=token,
            seen=quote(session, filled, to.destination, now=clock()).digest,
            gateway=world.house.gateways[who.pays],
            is_confirmed=True,
            token=token,
            actor=VISITOR,
            clock=clock,
        )

    return world.run(act)


def variant_of(session: Session, ref: str, way: int) -> int:
    """Return the id of one of a listing's ways of being sold."""
    wanted = select(Variant.id).join(Listing).where(Listing.ref == ref).order_by(Variant.id)
    return session.scalars(wanted).all()[way]


def _pay(world: World, stripe: StripeAccount, placed: Placed) -> None:
    gateway, clock = world.house.gateways[placed.gateway], world.clock
    settle.start(world.edge, gateway, placed.payment_code, public_url=URL, clock=clock)
    ref = world.read(lambda session: payment_by_code(session, placed.payment_code)).provider_ref
    assert ref is not None
    if isinstance(gateway, DemoGateway):
        event = gateway.decide(ref, pays=True, now=clock())
    else:
        stripe.pay(ref)
        event = stripe.event("checkout.session.completed", ref)
    settle.receive_event(world.edge, world.house.gateways, gateway.code, *event, clock=clock)
