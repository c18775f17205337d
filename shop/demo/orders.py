"""The demo town's orders: placed, paid, answered, sent and collected by the acts of a real one, days ago."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.queries import person_by_phone
from shop.catalog.models import Listing, Variant
from shop.courier.gateways.town import TownCourier
from shop.courier.rules import TOWN
from shop.demo.claims import claim
from shop.demo.settling import settle_last
from shop.flows import answering, bench, cash, delivery, invoicing, pickups, settle
from shop.flows.checkout import Placed, place_order
from shop.fulfilment.pickups.rules import Call, Plan
from shop.invoices.models import TitleKind
from shop.invoices.rules import Title
from shop.invoices.services import columns_of
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.clock import TOWN_ZONE, Clock, town_day
from shop.kernel.codes import new_code, new_token
from shop.orders.models import Handing
from shop.orders.queries.baskets import basket
from shop.orders.queries.orders import OrderFacts, order_by_code
from shop.orders.queries.quotes import quote
from shop.orders.services import Recipient, put_in_basket
from shop.payments.gateways.demo import DemoGateway
from shop.payments.queries import payment_by_code
from shop.vendors.queries import vendor_by_code
from shop.web.house import House

BOX_G = 500
"""What an empty box weighs."""
STEPS = ("asked", "answered", "received", "packed", "sent", "collected")


def order_all(house: House, data: Mapping[str, Any], settlements: Mapping[str, Any], *, actor: Actor) -> None:
    """Let everybody order, and let each order come as far as the data says; the car fetches the last of them.

    Args:
        data: as `data/orders.toml` tells.
        settlements: as `data/settlements.toml` tells: how the households are paid for the first of these orders.
        actor: who does what the households and the centre do.
    """
    last: OrderFacts | None = None
    for row in data["orders"]:
        last = _order(house, row, actor=actor)
        if row.get("is_settled"):
            settle_last(house, settlements, actor=actor)
    assert last is not None, "the demo has orders"
    invoicing.meet_due(house.edge, clock=house.clock)
    run, on = data["run"], last.parts[0].due_on
    assert on is not None, "what is paid is wanted on a day"
    calls = tuple(Call(one["village"], one["hour"], one["place"]) for one in run["calls"])
    plan = Plan(on, calls, run["driver"], run["note"])
    house.edge.run(partial(pickups.plan, code=new_code(8), wanted=plan, actor=actor, clock=house.clock))


def _order(house: House, row: Mapping[str, Any], *, actor: Actor) -> OrderFacts:
    then = _at(house.clock, row["days"], row["hour"])
    placed = _placed(house, row, then)
    if row["pays"] == "demo":
        _pay(house, placed, then)
    with house.edge.reading() as session:
        made = order_by_code(session, placed.order_code)
    reached = STEPS.index(row["until"])
    if reached == STEPS.index("answered"):
        _answer(house, made, _after(then))
    if reached >= STEPS.index("received"):
        _receive(house, made, actor=actor, clock=_after(then, hours=20))
    if reached == STEPS.index("packed"):
        _pack(house, made, actor=actor, clock=_after(then, hours=22))
    if reached == STEPS.index("sent"):
        _send(house, made, actor=actor, clock=_at(house.clock, row["sent"], row["hour"]))
    if reached == STEPS.index("collected"):
        _collect(house, made, placed, row, actor=actor, clock=_at(house.clock, row["collected"], row["hour"]))
    if "claim" in row:
        collected = _at(house.clock, row["collected"], row["hour"])
        claim(house, made, row["claim"], clock=_at_most(house.clock, _after(collected, hours=2)))
    return made


def _at_most(clock: Clock, other: Clock) -> Clock:
    return lambda: min(clock(), other())


def _at(clock: Clock, days: int, hour: int) -> Clock:
    """Return a clock that stands at an hour of the town's day so many days ago, or now when that is still to come."""
    then = datetime.combine(town_day(clock()) - timedelta(days=days), time(hour), TOWN_ZONE)
    return lambda: min(then, clock())


def _after(clock: Clock, hours: int = 1) -> Clock:
    return lambda: clock() + timedelta(hours=hours)


def _placed(house: House, row: Mapping[str, Any], clock: Clock) -> Placed:
    handing = Handing.DELIVERY if "to" in row else Handing.COLLECTION
    to = Recipient(name=row["name"], phone=row["phone"], handing=handing, **row.get("to", {}))
    token = new_token()

    def act(session: Session) -> Placed:
        member = person_by_phone(session, row["phone"])
        buyer = VISITOR if member is None else Actor(member.id, member.code)
        for line in row["lines"]:
            wanted = select(Variant.id).join(Listing).where(Listing.ref == line["ref"]).order_by(Variant.id)
            variant_id = session.scalars(wanted).all()[line["way"]]
            put_in_basket(
                session, variant_id, line["count"], token=token, user_id=buyer.user_id, add=False, clock=clock
            )
        filled = basket(session, token=token, user_id=buyer.user_id, today=town_day(clock()))
        return place_order(
            session,
            to,
            checkout_key=token,
            seen=quote(session, filled, to.destination, now=clock()).digest,
            gateway=house.gateways[row["pays"]],
            is_confirmed=True,
            invoice=_invoice(row.get("invoice")),
            token=token,
            actor=buyer,
            clock=clock,
        )

    return house.edge.run(act)


def _invoice(wanted: Mapping[str, str] | None) -> Mapping[str, Any] | None:
    if wanted is None:
        return None
    kind = TitleKind.COMPANY if wanted["tax_id"] else TitleKind.PERSON
    return columns_of(None, Title(kind, wanted["title"], wanted["tax_id"]))


def _pay(house: House, placed: Placed, clock: Clock) -> None:
    gateway = house.gateways[placed.gateway]
    assert isinstance(gateway, DemoGateway), "the demo is paid at its own provider"
    settle.start(house.edge, gateway, placed.payment_code, public_url=house.settings.public_url, clock=clock)
    with house.edge.reading() as session:
        reference = payment_by_code(session, placed.payment_code).provider_ref
    assert reference is not None, "a started payment has its provider's reference"
    body, headers = gateway.decide(reference, pays=True, now=clock())
    settle.receive_event(house.edge, house.gateways, gateway.code, body, headers, clock=clock)


def _answer(house: House, made: OrderFacts, clock: Clock) -> None:
    def act(session: Session) -> None:
        for part in made.parts:
            vendor = vendor_by_code(session, part.vendor_code)
            assert vendor is not None, "the demo's own vendors sell"
            answering.promise_part(session, vendor.id, part.code, clock=clock)

    house.edge.run(act)


def _receive(house: House, made: OrderFacts, *, actor: Actor, clock: Clock) -> None:
    def act(session: Session) -> None:
        for part in made.parts:
            bench.receive(session, part.code, {}, weighed={}, reason="", actor=actor, clock=clock)

    house.edge.run(act)


def _pack(house: House, made: OrderFacts, *, actor: Actor, clock: Clock) -> list[str]:
    """Pack all boxes of an order and book who brings them; return their parcels' codes."""
    weight_g = BOX_G + sum(line.gross_g * line.quantity for part in made.parts for line in part.lines)

    def act(session: Session) -> list[str]:
        return [
            bench.pack(session, made.code, box, weight_g, actor=actor, clock=clock)
            for box in sorted({part.box for part in made.parts})
        ]

    codes = house.edge.run(act)
    if made.handing is Handing.DELIVERY:
        for code in codes:
            # The town's own run, whatever couriers are on: an invented parcel is booked nowhere else.
            bench.book(house.edge, {TOWN: TownCourier(house.edge)}, code, actor=actor, clock=clock)
    return codes


def _send(house: House, made: OrderFacts, *, actor: Actor, clock: Clock) -> None:
    codes = _pack(house, made, actor=actor, clock=clock)
    house.edge.run(lambda session: bench.hand_over(session, codes, actor=actor, clock=clock))


def _collect(
    house: House, made: OrderFacts, placed: Placed, row: Mapping[str, Any], *, actor: Actor, clock: Clock
) -> None:
    _pack(house, made, actor=actor, clock=clock)
    if row["pays"] == "cash":
        cash.take(house.edge, house.gateways, placed.payment_code, made.total_fen, actor=actor, clock=clock)
    house.edge.run(lambda session: delivery.collect(session, made.code, actor=actor, clock=clock))
