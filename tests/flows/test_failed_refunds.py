"""Refunds that come to nothing: refused by the provider or sent back by a bank, they end, and a person hears of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from sqlalchemy.orm import Session

from shop.accounts.models import Role
from shop.flows import closing, giving, reconcile, refunds, settle
from shop.flows.checkout import Placed
from shop.flows.giving import Amount
from shop.kernel.actor import VISITOR
from shop.ledger import rules as accounts
from shop.orders.models import OrderState
from shop.orders.services import lock
from shop.payments.models import DemoRefund, RefundState
from shop.payments.queries import open_refunds
from shop.payments.reconciling import payments_to_review
from shop.settings import Settings, StripeSettings
from tests.support.clock import SettableClock
from tests.support.pages import Pages
from tests.support.stripe_server import StripeServer
from tests.world import World, market
from tests.world.books import account, assert_sound, at_provider, held_for
from tests.world.market import (
    PASSWORD,
    STAFF,
    Market,
    captured,
    fill_basket,
    listing,
    order,
    pay,
    place,
    someone,
    variant_id,
)
from tests.world.stripe_shop import URL, Shop

CREATED, FAILED, SUCCEEDED = RefundState.CREATED, RefundState.FAILED, RefundState.SUCCEEDED


@dataclass
class Town:
    """A town that is paid through one gateway, where somebody also works at the provider's own pages."""

    at: Market
    stripe: Shop
    gateway: str

    @property
    def world(self) -> World:
        return self.at.world

    def buy(self) -> Placed:
        wanted = {variant_id(self.at, listing(self.at)): 1}
        if self.gateway == "demo":
            placed = place(self.at, fill_basket(self.at, wanted))
            pay(self.at, placed)
        else:
            placed = self.stripe.place(wanted)
            self.stripe.pay(placed)
        return placed

    def by_hand(self, placed: Placed, fen: int) -> None:
        """Give an amount back at the provider's own pages."""
        if self.gateway == "demo":
            ref = captured(self.at, placed.order_code).provider_ref
            made = DemoRefund(ref=f"demo_re_{fen}", key=f"by hand {fen}", charge_ref=ref, amount_fen=fen)
            self.world.run(lambda session: session.add(made))
        else:
            self.stripe.stripe.refund_by_hand(next(iter(self.stripe.stripe.charges)), fen)

    def hear(self, placed: Placed) -> None:
        """Let the provider tell of the payment."""
        reference = captured(self.at, placed.order_code).provider_ref
        assert reference is not None
        gateway, clock = self.world.house.gateways[self.gateway], self.world.clock
        settle.read_and_apply(self.world.edge, gateway, reference, clock=clock)

    def cancel(self, placed: Placed) -> None:
        gateways, clock = self.world.house.gateways, self.world.clock
        closing.cancel(self.world.edge, gateways, placed.order_code, public_url=URL, actor=VISITOR, clock=clock)

    def reconcile(self) -> None:
        reconcile.reconcile_all(self.world.edge, self.world.house.gateways, clock=self.world.clock)

    def refunds(self, placed: Placed) -> list[tuple[int, RefundState, str]]:
        found = captured(self.at, placed.order_code).refunds
        return [(refund.amount_fen, refund.state, refund.reason) for refund in found]

    def held_there(self) -> int:
        """Return what the provider holds for us by its own book, in fen."""
        return at_provider(self.world) if self.gateway == "demo" else self.stripe.at_stripe()

    def assert_agreed(self, placed: Placed, *, held_fen: int) -> None:
        """Assert that every book says the same, and how much is still the buyer's."""
        assert_sound(self.world)
        assert account(self.world, accounts.psp(self.gateway)) == self.held_there()
        assert account(self.world, accounts.REFUNDS_IN_TRANSIT) == account(self.world, accounts.LOSS) == 0
        assert held_for(self.world, placed.order_code) == held_fen


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
def town(request: pytest.FixtureRequest, world: World, server: StripeServer) -> Town:
    """A founded town with eggs."""
    at = market.market(world)
    return Town(at, Shop(at, server), request.param)


def waits(town: Town) -> list[tuple[str, int]]:
    """Return why a person must look at which payments, and how much it is about."""
    return [(one.why, one.back_fen) for one in town.world.read(payments_to_review)]


def test_a_refund_of_what_went_back_by_hand_ends_and_is_asked_no_more(town: Town) -> None:
    placed = town.buy()
    total = order(town.at, placed.order_code).total_fen
    town.by_hand(placed, total)
    town.cancel(placed)
    town.world.deliver()
    assert town.refunds(placed) == [(total, FAILED, "cancelled")]
    assert waits(town) == [("failed", total)]
    assert held_for(town.world, placed.order_code) == total, "everybody has their share again"
    assert_sound(town.world)
    assert town.world.read(lambda session: open_refunds(session, town.world.house.gateways)) == []
    town.reconcile()
    assert town.refunds(placed) == [(total, FAILED, "cancelled"), (total, SUCCEEDED, "external")]
    town.assert_agreed(placed, held_fen=0)


def test_heard_of_before_it_was_asked_the_money_is_no_loss_in_the_end(town: Town) -> None:
    placed = town.buy()
    total = order(town.at, placed.order_code).total_fen
    town.cancel(placed)
    town.by_hand(placed, total)
    town.hear(placed)
    assert account(town.world, accounts.LOSS) == total
    assert_sound(town.world)
    town.world.deliver()
    assert town.refunds(placed) == [(total, FAILED, "cancelled"), (total, SUCCEEDED, "external")]
    town.assert_agreed(placed, held_fen=0)


def test_what_a_refused_refund_left_is_given_back_by_a_person(town: Town) -> None:
    placed = town.buy()
    total = order(town.at, placed.order_code).total_fen
    town.by_hand(placed, 300)
    town.cancel(placed)
    town.world.deliver()
    town.reconcile()
    assert order(town.at, placed.order_code).state is OrderState.CANCELLED
    assert town.refunds(placed)[0][1] is FAILED
    town.assert_agreed(placed, held_fen=total - 300)
    giving.give(
        town.world.edge,
        town.world.house.gateways,
        placed.order_code,
        Amount(total - 300),
        key="the rest",
        note="渠道已经退过三块",
        actor=STAFF,
        clock=town.world.clock,
    )
    town.world.deliver()
    assert town.refunds(placed)[-1] == (total - 300, SUCCEEDED, "staff")
    town.assert_agreed(placed, held_fen=0)


def test_more_back_than_was_known_does_not_bar_the_household_from_saying_no(town: Town) -> None:
    placed = town.buy()
    made = order(town.at, placed.order_code)

    def kindness(session: Session) -> None:
        locked = lock(session, placed.order_code)
        refunds.give_back(session, locked, 500, key="kind", reason="staff", actor=STAFF, clock=town.world.clock)

    town.world.run(kindness)
    town.by_hand(placed, made.total_fen)
    town.hear(placed)
    assert sum(fen for fen, _state, _why in town.refunds(placed)) == made.total_fen + 500
    (part,) = made.parts
    town.world.run(
        lambda session: closing.decline_part(
            session, town.at.vendor.id, part.code, actor=VISITOR, clock=town.world.clock
        )
    )
    assert order(town.at, placed.order_code).state is OrderState.CANCELLED
    town.world.deliver()
    town.assert_agreed(placed, held_fen=0)


@pytest.mark.parametrize("town", ["stripe"], indirect=True)
@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_refund_that_the_bank_sends_back_comes_before_a_person(town: Town, status: str) -> None:
    placed = town.buy()
    total = order(town.at, placed.order_code).total_fen
    town.stripe.stripe.refund_status = "pending"
    town.cancel(placed)
    town.world.deliver()
    assert waits(town) == []
    town.stripe.stripe.end_refund(next(iter(town.stripe.stripe.refunds)), status)
    refunds.drive_due(town.world.edge, town.world.house.gateways, clock=town.world.clock)
    assert waits(town) == [("failed", total)]
    town.assert_agreed(placed, held_fen=total)


@pytest.mark.parametrize("town", ["demo"], indirect=True)
def test_the_bench_reads_what_failed_and_what_to_do(town: Town, pages: Pages) -> None:
    placed = town.buy()
    town.by_hand(placed, order(town.at, placed.order_code).total_fen)
    town.cancel(placed)
    town.world.deliver()
    pages.sign_in(someone(town.world, Role.STAFF).phone, PASSWORD)
    page = pages.get("/staff/reconciliation")
    assert "有一笔退款没退成" in page.main
    assert "没退的用别的办法退给买家" in page.main
