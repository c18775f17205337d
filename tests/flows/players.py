"""What everybody does in a town of random orders: buyers, households, the centre, drivers and the providers.

An act is refused by a `ShopError`, as at any door. A provider may act and its answer be lost.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.app.wiring import wire
from shop.courier.queries import shipment_by_key
from shop.flows import bench, cash, checkout, closing, delivery, giving, reconcile, refunds, settle, unpacking, wishes
from shop.flows.bench import TakenIn
from shop.flows.checkout import Placed, place_order
from shop.flows.giving import What
from shop.fulfilment.models import ParcelState
from shop.fulfilment.queries import parcels_of_order
from shop.fulfilment.rules import JOINS
from shop.fulfilment.services import Load
from shop.kernel import outbox
from shop.kernel.actor import VISITOR
from shop.kernel.clock import town_day
from shop.kernel.errors import NotFound
from shop.ledger.queries import balance
from shop.ledger.rules import COURIER_TOWN
from shop.orders import services as orders
from shop.orders.models import Box, Handing, VendorOrder, VendorOrderState
from shop.orders.queries.baskets import basket
from shop.orders.queries.orders import OrderFacts
from shop.orders.queries.quotes import quote
from shop.orders.rules import BEFORE_INTAKE
from shop.orders.services import Recipient
from shop.payments.gateways.protocol import GatewayUnavailable, InvalidState
from shop.payments.models import DemoCharge, DemoRefund, PaymentState
from shop.payments.queries import PaymentFacts, payments_of
from shop.settings import Settings
from shop.worker import handlers
from tests.support.clock import SettableClock
from tests.support.databases import Databases, engine_for
from tests.support.stripe_account import StripeAccount
from tests.support.stripe_rules import Refused
from tests.support.stripe_server import StripeServer
from tests.world import START, World
from tests.world import market as builders
from tests.world.market import DRIVER, STAFF, TO, Market

URL = "http://localhost"
CALLS = ("start", "fetch", "void", "refund")
ONLINE = ("demo", "stripe")
AT_THE_COUNTER = Recipient(name=TO.name, phone=TO.phone, handing=Handing.COLLECTION)

V = VendorOrderState
Event = tuple[bytes, dict[str, str]]


@dataclass
class Ground:
    """Makes a town of its own for each run, and counts which acts were carried out."""

    databases: Databases
    settings: Settings
    server: StripeServer
    done: Counter[str]

    def world(self) -> World:
        clock, url = SettableClock(START), self.databases.fresh()
        self.server.account = StripeAccount(clock)
        house = wire(replace(self.settings, database_url=url), engine_for(url), clock)
        return World(house, house.edge, clock)

    def leave(self, world: World) -> None:
        world.house.queue.huey.storage.close()
        world.edge.engine.dispose()
        self.databases.drop(world.house.settings.database_url)


@dataclass
class Players:
    """Everybody in one town.

    Attributes:
        goods: the variants there are.
        lost: how many of the providers' next answers get lost.
    """

    at: Market
    ground: Ground
    goods: list[int]
    lost: int = 0

    def __post_init__(self) -> None:
        for gateway in self.world.house.gateways.values():
            for name in CALLS:
                setattr(gateway, name, partial(self._ask, getattr(gateway, name)))

    def _ask(self, call: Callable[..., Any], *args: Any, **more: Any) -> Any:
        said = call(*args, **more)
        if self.lost:
            self.lost -= 1
            raise GatewayUnavailable
        return said

    @property
    def world(self) -> World:
        return self.at.world

    @property
    def stripe(self) -> StripeAccount:
        return self.ground.server.account

    def facts(self, code: str) -> OrderFacts:
        return builders.order(self.at, code)

    def payments(self, code: str) -> list[PaymentFacts]:
        return self.world.read(lambda session: payments_of(session, code))

    # The buyer

    def place(self, wanted: dict[int, int], gateway: str, handing: Handing) -> Placed:
        number = self.world.number()
        at_home = TO if handing is Handing.DELIVERY else AT_THE_COUNTER
        to = replace(at_home, phone=f"139{number:08d}", street=f"科华路 {number} 号" if at_home is TO else "")
        token = builders.fill_basket(self.at, {self.goods[one]: count for one, count in wanted.items()})
        now = self.world.clock()

        def see(session: Session) -> str:
            kept = basket(session, token=token, user_id=None, today=town_day(now))
            return quote(session, kept, to.destination, now=now).digest

        seen = self.world.read(see)
        act = partial(place_order, to=to, checkout_key=token, seen=seen, gateway=self.world.house.gateways[gateway])
        return self.world.run(lambda session: act(session, token=token, actor=VISITOR, clock=self.world.clock))

    def start(self, payment: PaymentFacts) -> str:
        """Start a payment if it is not and return the provider's reference."""
        gateway = self.world.house.gateways[payment.gateway]
        settle.start(self.world.edge, gateway, payment.code, public_url=URL, clock=self.world.clock)
        reference = builders.payment(self.at, payment.code).provider_ref
        if reference is None:
            raise InvalidState
        return reference

    def cancel(self, code: str) -> None:
        gateways, clock = self.world.house.gateways, self.world.clock
        closing.cancel(self.world.edge, gateways, code, public_url=URL, actor=VISITOR, clock=clock)

    def come_back(self, payment: PaymentFacts) -> None:
        settle.look_again(self.world.edge, self.world.house.gateways, payment.code, clock=self.world.clock)

    def pay_otherwise(self, code: str) -> None:
        before = self.payments(code)[-1].gateway
        gateway = self.world.house.gateways["demo" if before == "stripe" else "stripe"]
        self.world.run(lambda session: checkout.pay_otherwise(session, code, gateway, clock=self.world.clock))

    def wish(self, code: str) -> None:
        self.world.run(lambda session: wishes.ask_cancel(session, code, reason="不要了", clock=self.world.clock))

    # The providers

    def decide(self, gateway: str, reference: str, *, pays: bool, late: bool) -> Event:
        """Pay, or be declined, at the provider's page; late, the money was on its way when the payment was ended."""
        if gateway == "demo":
            return builders.demo(self.at).decide(reference, pays=pays, late=late and pays, now=self.world.clock())
        session = self.stripe.sessions[reference]
        if late and pays and session["status"] == "expired":
            session["status"] = "open"
        try:
            (self.stripe.pay if pays else self.stripe.decline)(reference)
        except Refused as refusal:
            raise InvalidState from refusal
        return self.event(gateway, reference)

    def event(self, gateway: str, reference: str, **more: Any) -> Event:
        """Return an event about a payment, signed now."""
        if gateway == "demo":
            return builders.demo(self.at).event(reference, "charge.again", now=self.world.clock())
        return self.stripe.event("checkout.session.completed", reference, **more)

    def hear(self, gateway: str, event: Event) -> None:
        settle.receive_event(self.world.edge, self.world.house.gateways, gateway, *event, clock=self.world.clock)

    def give_back_there(self, payment: PaymentFacts, fen: int) -> None:
        """Give an amount back at the provider's own pages."""
        if payment.gateway == "stripe":
            paid = self.stripe.sessions[payment.provider_ref or ""]["payment_intent"]
            try:
                self.stripe.refund_by_hand(self.stripe.intents[paid]["latest_charge"], fen)
            except Refused as refusal:
                raise InvalidState from refusal
            return
        key = f"by hand {self.world.number()}"

        def act(session: Session) -> None:
            given = select(func.coalesce(func.sum(DemoRefund.amount_fen), 0))
            gone = session.scalar(given.where(DemoRefund.charge_ref == payment.provider_ref)) or 0
            if fen > session.get_one(DemoCharge, payment.provider_ref).amount_fen - gone:
                raise InvalidState
            ref = f"demo_{key}".replace(" ", "_")
            session.add(DemoRefund(ref=ref, key=key, charge_ref=payment.provider_ref, amount_fen=fen))

        self.world.run(act)

    # The household

    def answer(self, code: str, which: int, *, declines: bool) -> None:
        parts = self.facts(code).parts
        part = parts[which % len(parts)]
        wanted = select(VendorOrder.vendor_id).where(VendorOrder.code == part.code)
        vendor = self.world.read(lambda session: session.scalars(wanted).one())
        act = closing.decline_part if declines else orders.mark_ready
        self.world.run(lambda session: act(session, vendor, part.code, actor=VISITOR, clock=self.world.clock))

    # The centre

    def take_in(self, code: str, down: int, grams: int) -> TakenIn:
        """Take in the first part that is expected: so many of its first line turned down, a piece of such a weight."""
        parts = self.facts(code).parts
        part = next((one for one in parts if one.state in BEFORE_INTAKE), parts[0])
        first = part.lines[0]
        rejected = {first.id: min(down, first.accepted)}
        good = {line.id: line.accepted - rejected.get(line.id, 0) for line in part.lines}
        weighed = {line.id: grams * good[line.id] for line in part.lines if line.per_500g_fen and good[line.id]}
        act = partial(bench.receive, part_code=part.code, rejected=rejected, weighed=weighed, reason="碎了")
        return self.world.run(lambda session: act(session, actor=STAFF, clock=self.world.clock))

    def pack(self, code: str) -> None:
        """Close every box of an order that can be: by turns into one parcel or two, and one box into the other."""
        parts = [part for part in self.facts(code).parts if part.state is V.RECEIVED]
        boxes, turn = {part.box for part in parts}, self.world.number()
        joined = JOINS[Box.CHILLED] & boxes if Box.CHILLED in boxes and turn % 3 == 0 else frozenset()
        for box in sorted(boxes - joined) or [Box.AMBIENT]:
            with_it = joined if box is Box.CHILLED else frozenset()
            came = {line.id: line.accepted for part in parts if part.box in {box, *with_it} for line in part.lines}
            act = partial(bench.pack, order_code=code, box=box, weight_g=2500, joined=with_it, actor=STAFF)
            before = [self._first_of(came)] if turn % 2 and sum(came.values()) > 1 else []
            self.world.run(partial(act, before=before, clock=self.world.clock))
            self.ground.done["pack into two"] += bool(before)
            self.ground.done["pack two boxes into one"] += bool(with_it)

    def _first_of(self, came: dict[int, int]) -> Load:
        line_id = next(line_id for line_id, count in came.items() if count)
        return Load(1200, pieces={line_id: 1})

    def hand_over(self, code: str) -> None:
        self.deliver_messages()
        self.world.run(
            lambda session: bench.hand_over(
                session, self._parcels(code, ParcelState.PACKED), actor=STAFF, clock=self.world.clock
            )
        )

    def take_apart(self, code: str) -> None:
        self.deliver_messages()
        for parcel in self._parcels(code):
            act = partial(unpacking.take_apart, parcel_code=parcel, reason="装错了", actor=STAFF)
            self.world.run(partial(act, clock=self.world.clock))

    def _parcels(self, code: str, *states: ParcelState) -> list[str]:
        made = self.facts(code)
        found = self.world.read(lambda session: parcels_of_order(session, made.id))
        return [one.code for one in found if not states or one.state in states]

    def collect(self, code: str) -> None:
        self.world.run(lambda session: delivery.collect(session, code, actor=STAFF, clock=self.world.clock))

    def uncollected(self, code: str) -> None:
        act = partial(delivery.uncollected, order_code=code, reason="没人来", actor=STAFF)
        self.world.run(lambda session: act(session, clock=self.world.clock))

    def answer_wish(self, code: str, *, grants: bool) -> None:
        edge, gateways, clock = self.world.edge, self.world.house.gateways, self.world.clock
        wishes.answer(edge, gateways, code, grants=grants, words="好的", actor=STAFF, clock=clock)

    def give(self, code: str, what: What) -> None:
        house, key = self.world.house, f"page {self.world.number()}"
        giving.give(house.edge, house.gateways, code, what, key=key, note="赔一点", actor=STAFF, clock=self.world.clock)

    def take_cash(self, code: str) -> None:
        due = self.world.read(lambda session: cash.due_for(session, code))
        if due is None:
            raise NotFound("cash")
        actor = STAFF if self.facts(code).handing is Handing.COLLECTION else DRIVER
        gateways, clock = self.world.house.gateways, self.world.clock
        cash.take(self.world.edge, gateways, due.payment_code, due.amount_fen, actor=actor, clock=clock)

    def hand_back(self, which: int) -> None:
        waiting = self.world.read(cash.waiting_refunds)
        if not waiting:
            raise NotFound("refund")
        code = waiting[which % len(waiting)].code
        cash.hand_back(self.world.edge, self.world.house.gateways, code, actor=STAFF, clock=self.world.clock)

    def hand_in(self) -> None:
        key = str(self.world.number())

        def act(session: Session) -> None:
            fen = balance(session, COURIER_TOWN)
            cash.hand_in(session, fen, key=key, actor=STAFF, clock=self.world.clock)

        self.world.run(act)

    # The driver

    def drive(self, code: str, *, returns: bool) -> None:
        """Bring every parcel of an order to its buyer, or back; of several, now and then the first the other way."""
        found = [self.world.read(partial(shipment_by_key, key=parcel)) for parcel in self._parcels(code)]
        waybills = [shipment.waybill for shipment in found if shipment is not None]
        if not waybills:
            raise NotFound("shipment")
        is_mixed = len(waybills) > 1 and (returns or self.world.number() % 2 == 0)
        for number, waybill in enumerate(waybills):
            act: Callable[..., None] = partial(delivery.deliver, waybill=waybill)
            if returns != (is_mixed and number == 0):
                act = partial(delivery.bring_back, waybill=waybill, reason="拒收")
            self.world.run(partial(act, actor=DRIVER, clock=self.world.clock))
        self.ground.done["end apart"] += is_mixed

    # The worker

    def deliver_messages(self) -> None:
        table, clock = handlers(self.world.house), self.world.clock
        for message_id in self.world.read(lambda session: outbox.due(session, clock())):
            outbox.deliver(self.world.edge, table, message_id, clock=clock)

    def run_jobs(self) -> None:
        edge, gateways, clock = self.world.edge, self.world.house.gateways, self.world.clock
        closing.expire_due(edge, gateways, public_url=URL, clock=clock)
        settle.sweep(edge, gateways, public_url=URL, clock=clock)
        refunds.drive_due(edge, gateways, clock=clock)

    def reconcile(self) -> None:
        reconcile.reconcile_all(self.world.edge, self.world.house.gateways, clock=self.world.clock)

    def hear_everything(self) -> None:
        """Let every provider tell of every payment it knows, cash be handed back, and the worker do all it can."""
        self.lost = 0
        refs = self.world.read(lambda session: session.scalars(select(DemoCharge.ref)).all())
        for gateway, ref in [("demo", ref) for ref in refs] + [("stripe", ref) for ref in self.stripe.sessions]:
            self.hear(gateway, self.event(gateway, ref))
        for _turn in range(2):
            self.world.clock.advance(hours=1)
            self.run_jobs()
            self.world.deliver()
        for waiting in self.world.read(cash.waiting_refunds):
            clock = self.world.clock
            cash.hand_back(self.world.edge, self.world.house.gateways, waiting.code, actor=STAFF, clock=clock)


def captured_online(payments: list[PaymentFacts]) -> PaymentFacts:
    """Return the last payment whose money a provider of its own has."""
    found = [one for one in payments if one.state is PaymentState.CAPTURED and one.gateway in ONLINE]
    if not found:
        raise NotFound("payment")
    return found[-1]
