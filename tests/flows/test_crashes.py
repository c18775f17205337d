"""Killed outright anywhere between "place order" and "paid", or between "refund asked" and "done": nothing is lost.

Each walk is gone once to learn its points, then killed at every one of them, `TURNS` times: the first time its buyer
comes back and goes on, the second time the recovery is killed as well, the third time the hold is over by then.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import func, select

from shop.kernel.outbox import Message, MessageState
from shop.ledger.models import Entry
from shop.ledger.rules import PSP_FEE, psp
from shop.notifications.topics import SMS
from shop.orders.models import Order, OrderState
from shop.orders.services import Recipient
from shop.payments.models import PaymentState, RefundState
from shop.payments.queries import payments_of, unprocessed_events
from shop.settings import Settings, StripeSettings
from tests.support.clock import SettableClock
from tests.support.crashing import GOODWILL_FEN, Ended, Errand, Event, goodwill, jobs, send
from tests.support.stripe_server import StripeServer
from tests.world import World
from tests.world.books import account, assert_sound, at_provider, free, held_for
from tests.world.market import TO, Market, demo, fill_basket, listing, market, order, seen, variant_id

TURNS = 3
SEED = 20261122
LEAST_POINTS = {"pay": 24, "refund": 12, "cancel": 12}
COMMITTED = {
    "pay": "place: before the queue hears of it, 1",
    "refund": "ask: before the queue hears of it, 1",
    "cancel": "ask: before the queue hears of it, 1",
}
"""The first point at which a walk has left something behind."""
PIECES = 2


@dataclass
class Bought:
    """One buyer's errand: their basket and what they saw; `code` is their order's once there is one."""

    token: str
    seen: str
    to: Recipient
    code: str = ""


@dataclass
class Shop:
    """A town that is paid through one gateway, and what was bought in it so far."""

    at: Market
    server: StripeServer
    gateway: str
    eggs: int
    stock: int
    lot: random.Random = field(default_factory=lambda: random.Random(SEED))

    @property
    def world(self) -> World:
        return self.at.world

    def buyer(self) -> Bought:
        """Let a new buyer fill a basket."""
        number = self.world.number()
        token = fill_basket(self.at, {self.eggs: PIECES})
        to = replace(TO, phone=f"139{number:08d}", street=f"科华路 {number} 号")
        return Bought(token, seen(self.at, token), to)

    def errand(self, walk: str, by: Bought) -> Errand:
        settings, now = self.world.house.settings, self.world.clock()
        return Errand(settings, now, walk, self.gateway, order=by.code, to=by.to, token=by.token, seen=by.seen)

    def go(self, errand: Errand) -> Ended:
        return send(errand, self.provider)

    def provider(self, reference: str) -> Event:
        """Let the buyer pay at the provider; the money is there, whatever becomes of us."""
        if self.gateway == "demo":
            return demo(self.at).decide(reference, pays=True, now=self.world.clock())
        if self.server.account.sessions[reference]["status"] == "open":
            self.server.account.pay(reference)
        return self.server.account.event("checkout.session.completed", reference)

    def at_provider(self) -> int:
        """Return what the provider holds for us by its own book, in fen."""
        if self.gateway == "demo":
            return at_provider(self.world)
        charges = self.server.account.charges.values()
        return sum(charge["amount_captured"] - charge["amount_refunded"] for charge in charges)

    def find(self, by: Bought) -> str:
        """Return the code of a buyer's order, nothing when there is none."""
        wanted = select(Order.code).where(Order.checkout_key == by.token)
        return self.world.read(lambda session: session.scalar(wanted)) or ""

    def restart(self) -> None:
        """Do what a worker does after a start, until nothing is left."""
        self.world.clock.advance(minutes=6)
        self.world.deliver()
        jobs(self.world.house)
        self.world.deliver()

    # What must hold

    def check(self) -> None:
        """Assert that nothing is stuck, and that provider, books and stock agree."""
        world = self.world
        assert_sound(world)
        assert world.read(lambda session: unprocessed_events(session, world.house.gateways)) == []
        states = world.read(lambda s: s.execute(select(Message.state, func.count()).group_by(Message.state)).all())
        assert {state for state, _count in states} <= {MessageState.DONE}
        assert account(world, psp(self.gateway)) == self.at_provider() - account(world, PSP_FEE)
        assert account(world, "refunds_in_transit") == 0

    def check_order(self, by: Bought, *, back_fen: int, taken: int) -> None:
        """Assert that an order was paid once and so much given back once, or came to nothing."""
        found = order(self.at, by.code)
        paid = self.world.read(lambda session: payments_of(session, by.code))
        captured = [one for one in paid if one.state is PaymentState.CAPTURED]
        refunds = [refund for one in captured for refund in one.refunds]
        assert [refund.state for refund in refunds] == [RefundState.SUCCEEDED] * (back_fen > 0)
        assert sum(refund.amount_fen for refund in refunds) == back_fen
        assert sum(one.captured_fen for one in captured) == (found.total_fen if captured else 0)
        assert held_for(self.world, by.code) == (found.total_fen - back_fen if captured else 0)
        assert bool(captured) == (found.state is not OrderState.EXPIRED)
        assert len(captured) <= 1
        assert {one.state for one in paid} <= {PaymentState.CAPTURED, PaymentState.VOIDED}
        self.stock -= taken
        assert free(self.world, self.eggs) == self.stock
        kinds = Counter(
            self.world.read(lambda s: s.scalars(select(Entry.kind).where(Entry.reference == by.code)).all())
        )
        assert kinds.pop("fee", 0) == (len(captured) if self.gateway == "stripe" else 0)
        entries = {"captured": len(captured), "refund_asked": len(refunds), "refunded": len(refunds)}
        assert kinds == {kind: count for kind, count in entries.items() if count}
        told = Counter(self.told(by.code))
        assert told["order_paid"] == len(captured)
        assert told["order_refunded"] == len(refunds)
        assert max(told.values()) == 1

    def told(self, code: str) -> list[str]:
        """Return the kinds of messages that were sent about an order."""
        facts = self.world.read(lambda s: s.scalars(select(Message.facts).where(Message.topic == SMS)).all())
        return [each["template"] for each in facts if each["values"].get("code") == code]


@pytest.fixture
def server(clock: SettableClock) -> Iterator[StripeServer]:
    """The stand-in for Stripe."""
    with StripeServer(clock).serving() as made:
        yield made


@pytest.fixture
def settings(settings: Settings, server: StripeServer) -> Settings:
    """The settings of a demo town with Stripe."""
    return replace(settings, stripe=StripeSettings(server.key, server.account.webhook_secret, server.url))


@pytest.fixture(params=["demo", "stripe"])
def shop(request: pytest.FixtureRequest, world: World, server: StripeServer) -> Shop:
    """A founded town with plenty of eggs."""
    at = market(world)
    return Shop(at, server, request.param, variant_id(at, listing(at, stock=2000)), 2000)


def paid(shop: Shop) -> Bought:
    """Let a new buyer buy without any trouble."""
    by = shop.buyer()
    assert not shop.go(shop.errand("pay", by)).was_killed
    by.code = shop.find(by)
    shop.check_order(by, back_fen=0, taken=PIECES)
    return by


def kill(shop: Shop, walk: str, by: Bought, point: str, turn: int) -> None:
    """Kill a walk at a point, and on the second turn what comes after it as well; then recover."""
    ended = shop.go(replace(shop.errand(walk, by), kill_at=point))
    assert ended.was_killed
    assert ended.points[-1] == point
    if turn == 1:
        shop.world.clock.advance(minutes=6)
        shop.go(replace(shop.errand("recover", by), kill_at=shop.lot.randrange(1, 12)))
    if turn == 2:
        shop.world.clock.advance(minutes=16)
    shop.restart()


def was_reached(points: list[str], point: str, before: str) -> bool:
    return points.index(point) >= points.index(before)


@pytest.mark.soak
def test_killed_between_placing_and_paid_an_order_is_paid_once_or_comes_to_nothing(shop: Shop) -> None:
    points = list(shop.go(shop.errand("pay", first := shop.buyer())).points)
    first.code = shop.find(first)
    shop.check_order(first, back_fen=0, taken=PIECES)
    assert len(points) >= LEAST_POINTS["pay"], points
    for point in points:
        for turn in range(TURNS):
            by = shop.buyer()
            kill(shop, "pay", by, point, turn)
            by.code = shop.find(by)
            assert bool(by.code) == was_reached(points, point, COMMITTED["pay"])
            if turn == 0:
                assert not shop.go(shop.errand("pay", by)).was_killed, "the buyer comes back and clicks again"
                assert by.code in ("", shop.find(by))
                by.code = shop.find(by)
            if by.code:
                shop.world.clock.advance(minutes=16)
                shop.restart()
                has_money = turn == 0 or was_reached(points, point, "hear: the provider has the money, 1")
                state = order(shop.at, by.code).state
                assert state is (OrderState.PAID if has_money else OrderState.EXPIRED), (point, turn)
                shop.check_order(by, back_fen=0, taken=PIECES if has_money else 0)
            shop.check()


@pytest.mark.soak
@pytest.mark.parametrize("walk", ["refund", "cancel"])
def test_killed_while_money_goes_back_it_goes_back_once(shop: Shop, walk: str) -> None:
    full = walk == "cancel"
    by = paid(shop)
    points = list(shop.go(shop.errand(walk, by)).points)
    assert len(points) >= LEAST_POINTS[walk], points
    shop.stock += PIECES if full else 0
    for point in points:
        for turn in range(TURNS):
            by = paid(shop)
            kill(shop, walk, by, point, turn)
            was_asked = was_reached(points, point, COMMITTED[walk])
            if turn == 0:
                assert not shop.go(shop.errand(walk, by)).was_killed, "they do not know and ask again"
                was_asked = True
            total = order(shop.at, by.code).total_fen
            back_fen = (total if full else GOODWILL_FEN) if was_asked else 0
            shop.check_order(by, back_fen=back_fen, taken=-PIECES if full and was_asked else 0)
            wanted = OrderState.CANCELLED if full and was_asked else OrderState.PAID
            assert order(shop.at, by.code).state is wanted
            shop.check()


@pytest.mark.soak
def test_a_key_that_nobody_can_repeat_is_found_out(shop: Shop) -> None:
    """The control: were the key of a refund made anew at each try, the series above would be red."""
    by = paid(shop)
    errand = replace(shop.errand("refund", by), kill_at="give back: after the provider's refund, 1", random_keys=True)
    assert shop.go(errand).was_killed
    shop.restart()
    with pytest.raises(AssertionError):
        shop.check()


@pytest.mark.parametrize("walk", ["pay", "refund", "cancel"])
def test_killed_at_its_first_commit_a_walk_is_gone_again(shop: Shop, walk: str) -> None:
    """One kill of each walk in every run of the suite; `make soak` goes through all of them."""
    by = shop.buyer() if walk == "pay" else paid(shop)
    kill(shop, walk, by, COMMITTED[walk], 0)
    assert not shop.go(shop.errand(walk, by)).was_killed
    shop.restart()
    shop.check()


def test_goodwill_is_given_once(shop: Shop) -> None:
    """What the refund's walk does is itself an act that may be done again."""
    by = paid(shop)
    for _turn in range(2):
        shop.world.run(lambda session: goodwill(session, by.code, shop.world.clock))
    shop.world.deliver()
    shop.check_order(by, back_fen=GOODWILL_FEN, taken=0)
