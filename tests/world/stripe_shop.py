"""A market whose orders are paid at the stand-in for Stripe."""

from dataclasses import dataclass
from typing import Any

from shop.flows import closing, settle
from shop.flows.checkout import Placed, place_order
from shop.kernel.actor import VISITOR
from shop.ledger.rules import psp
from shop.orders.models import OrderState
from tests.support.stripe_account import StripeAccount
from tests.support.stripe_server import StripeServer
from tests.world.books import account, assert_sound
from tests.world.ground import World
from tests.world.market import TO, Market, fill_basket, order, payment, seen

URL = "http://localhost"


@dataclass
class Shop:
    """A market whose orders are paid at the stand-in."""

    at: Market
    server: StripeServer

    @property
    def world(self) -> World:
        return self.at.world

    @property
    def stripe(self) -> StripeAccount:
        return self.server.account

    def place(self, wanted: dict[int, int]) -> Placed:
        token = fill_basket(self.at, wanted)
        shown = seen(self.at, token)
        placed = self.world.run(
            lambda session: place_order(
                session,
                TO,
                checkout_key=token,
                seen=shown,
                gateway=self.world.house.gateways["stripe"],
                token=token,
                actor=VISITOR,
                clock=self.world.clock,
            )
        )
        settle.start(
            self.world.edge,
            self.world.house.gateways["stripe"],
            placed.payment_code,
            public_url=URL,
            clock=self.world.clock,
        )
        return placed

    def session_of(self, placed: Placed) -> str:
        reference = payment(self.at, placed.payment_code).provider_ref
        assert reference is not None
        return reference

    def hear(self, kind: str, about: str, **more: Any) -> None:
        self.post(self.stripe.event(kind, about, **more))

    def post(self, event: tuple[bytes, dict[str, str]]) -> None:
        """Bring an event to the door."""
        settle.receive_event(self.world.edge, self.world.house.gateways, "stripe", *event, clock=self.world.clock)

    def pay(self, placed: Placed) -> None:
        self.stripe.pay(self.session_of(placed))
        self.hear("checkout.session.completed", self.session_of(placed))

    def state(self, placed: Placed) -> OrderState:
        return order(self.at, placed.order_code).state

    def at_stripe(self) -> int:
        """Return what Stripe holds for us by its own book, in fen."""
        return self.stripe.held_fen()

    def sweep(self) -> None:
        settle.sweep(self.world.edge, self.world.house.gateways, public_url=URL, clock=self.world.clock)

    def cancel(self, placed: Placed) -> None:
        gateways, clock = self.world.house.gateways, self.world.clock
        closing.cancel(self.world.edge, gateways, placed.order_code, public_url=URL, actor=VISITOR, clock=clock)

    def assert_sound(self) -> None:
        assert account(self.world, psp("stripe")) == self.at_stripe()
        assert_sound(self.world)
