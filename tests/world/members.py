"""Orders of members: placed from their own basket, walked to the door."""

from functools import partial

from shop.accounts.models import Role
from shop.accounts.queries import Person
from shop.flows import delivery
from shop.flows.checkout import place_order
from shop.kernel.actor import Actor
from shop.kernel.clock import town_day
from shop.kernel.codes import new_token
from shop.orders.models import Handing
from shop.orders.queries.baskets import basket
from shop.orders.queries.orders import OrderFacts
from shop.orders.queries.quotes import Destination, quote
from shop.orders.services import Recipient, put_in_basket
from tests.world.market import DRIVER, TO, Market, demo, order, pack, pay, receive_all, send, someone


def as_actor(person: Person) -> Actor:
    """Return a person as whoever acts."""
    return Actor(user_id=person.id, label=person.code, roles=person.roles)


def a_buyer(at: Market) -> Person:
    """Open a buyer's account."""
    return someone(at.world, Role.BUYER)


def order_of(at: Market, person: Person, wanted: dict[int, int], *, to: Recipient = TO) -> OrderFacts:
    """Place an order of a member, and pay for it."""
    clock = at.world.clock
    for each, quantity in wanted.items():
        put = partial(put_in_basket, variant_id=each, quantity=quantity, token=None, user_id=person.id, add=False)
        at.world.run(partial(put, clock=clock))
    shown = at.world.read(
        lambda session: quote(
            session,
            basket(session, token=None, user_id=person.id, today=town_day(clock())),
            Destination(Handing.DELIVERY, "四川"),
            now=clock(),
        )
    )
    act = partial(place_order, to=to, checkout_key=new_token(), seen=shown.digest, gateway=demo(at), token=None)
    placed = at.world.run(partial(act, is_confirmed=False, actor=as_actor(person), clock=clock))
    pay(at, placed)
    return order(at, placed.order_code)


def delivered_to(at: Market, person: Person, wanted: dict[int, int], *, to: Recipient = TO) -> OrderFacts:
    """Walk a member's order to their door."""
    made = order_of(at, person, wanted, to=to)
    receive_all(at, made.code)
    waybill = send(at, pack(at, made.code))
    at.world.run(lambda session: delivery.deliver(session, waybill, actor=DRIVER, clock=at.world.clock))
    return order(at, made.code)
