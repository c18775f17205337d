"""Orders that are paid in cash when they are handed over."""

from dataclasses import replace

from shop.courier.queries import zones
from shop.flows import cash, refunds
from shop.flows.cash import Due, ToHandBack
from shop.flows.checkout import place_order
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.clock import town_day
from shop.orders.models import Handing
from shop.orders.queries.baskets import basket
from shop.orders.queries.orders import OrderFacts
from shop.orders.queries.quotes import quote
from shop.orders.services import Recipient, lock
from tests.world.market import DRIVER, STAFF, TO, Market, carry_for, fill_basket, order, pack, receive_all, send

AT_THE_COUNTER = Recipient(name=TO.name, phone=TO.phone, handing=Handing.COLLECTION)


def agreed_order(
    at: Market, wanted: dict[int, int], *, to: Recipient = AT_THE_COUNTER, is_started: bool = True
) -> OrderFacts:
    """Place an order that is paid in cash: at the counter, or at the door where the driver takes it.

    Args:
        is_started: whether its payment has come to its turn.
    """
    if to.handing is Handing.DELIVERY:
        take_at_doors(at, to.province)
    token = fill_basket(at, wanted)
    now = at.world.clock()
    shown = at.world.read(
        lambda session: quote(
            session, basket(session, token=token, user_id=None, today=town_day(now)), to.destination, now=now
        )
    )
    placed = at.world.run(
        lambda session: place_order(
            session,
            to,
            checkout_key=token,
            seen=shown.digest,
            gateway=at.world.house.gateways["cash"],
            token=token,
            actor=VISITOR,
            clock=at.world.clock,
        )
    )
    if is_started:
        at.world.deliver()
    return order(at, placed.order_code)


def take_at_doors(at: Market, province: str) -> None:
    """Let the driver take cash in the zone of a province."""
    assert province in at.world.read(zones)[0].provinces
    carry_for(at, takes_cash=True)


def at_the_counter(at: Market, wanted: dict[int, int]) -> OrderFacts:
    """Walk an order to the counter, where it lies packed and unpaid."""
    made = agreed_order(at, wanted)
    receive_all(at, made.code)
    pack(at, made.code)
    at.world.deliver()
    return order(at, made.code)


def at_the_door(at: Market, wanted: dict[int, int]) -> tuple[OrderFacts, str]:
    """Walk an order to its buyer's door, unpaid; return it and the waybill."""
    made = agreed_order(at, wanted, to=replace(TO, province="四川"))
    receive_all(at, made.code)
    waybill = send(at, pack(at, made.code))
    return order(at, made.code), waybill


def due(at: Market, order_code: str) -> Due:
    """Return what is to be taken for an order."""
    found = at.world.read(lambda session: cash.due_for(session, order_code))
    assert found is not None
    return found


def take(at: Market, owed: Due, amount_fen: int | None = None, *, actor: Actor = STAFF) -> None:
    """Note that cash was taken, by default the amount that is due."""
    house = at.world.house
    amount = owed.amount_fen if amount_fen is None else amount_fen
    cash.take(at.world.edge, house.gateways, owed.payment_code, amount, actor=actor, clock=house.clock)


def take_at_door(at: Market, owed: Due) -> None:
    """Let the driver take what is due."""
    take(at, owed, actor=DRIVER)


def give_back(at: Market, order_code: str, amount_fen: int) -> None:
    """Let so much of a paid order go back to its buyer."""
    at.world.run(
        lambda session: refunds.give_back(
            session,
            lock(session, order_code),
            amount_fen,
            key=f"kindness:{order_code}",
            reason="staff",
            actor=STAFF,
            clock=at.world.clock,
        )
    )
    at.world.deliver()


def to_hand_back(at: Market) -> list[ToHandBack]:
    """Return what waits at the counter for its buyer."""
    return at.world.read(cash.waiting_refunds)


def hand_back(at: Market, refund_code: str, *, actor: Actor = STAFF) -> None:
    """Note that a refund was handed back."""
    house = at.world.house
    cash.hand_back(at.world.edge, house.gateways, refund_code, actor=actor, clock=house.clock)
