"""Two who give back, and three who hear of a payment, at the same moment."""

from sqlalchemy import func, select

from shop.flows import giving, settle
from shop.flows.giving import Amount, FiguresDiffer, Pieces, What
from shop.kernel.codes import new_code
from shop.kernel.errors import Invalid
from shop.ledger.models import Entry
from shop.orders.models import OrderState
from shop.orders.queries.orders import OrderFacts
from shop.payments.models import Payment, Refund
from shop.payments.services import OverRefund
from tests.races.conftest import Race
from tests.support.races import Outcome, Racer, refused_by_database
from tests.world import World, market
from tests.world.books import assert_sound, at_provider, held_for, provider_account
from tests.world.market import (
    STAFF,
    Market,
    captured,
    demo,
    fill_basket,
    listing,
    order,
    paid_order,
    place,
    start,
    variant_id,
)

REFUSED = (OverRefund, Invalid, FiguresDiffer)
"""What the slower of two may be told: nothing of that is left, or the figures moved while it looked."""


def bought(world: World, quantity: int = 2) -> tuple[Market, OrderFacts]:
    at = market.market(world)
    return at, paid_order(at, {variant_id(at, listing(at)): quantity})


def give(at: Market, racer: Racer, made: OrderFacts, what: What, key: str) -> int:
    return giving.give(
        racer.edge,
        at.world.house.gateways,
        made.code,
        what,
        key=key,
        note="碎了",
        actor=STAFF,
        clock=at.world.clock,
    )


def settled(at: Market, made: OrderFacts) -> int:
    """Let the refunds reach their end and return what went back, which every book says alike."""
    at.world.deliver()
    given = captured(at, made.code).refunded_fen
    assert (
        made.total_fen - given == at_provider(at.world) == provider_account(at.world) == held_for(at.world, made.code)
    )
    assert_sound(at.world)
    return given


def test_without_the_guard_two_give_back_more_than_was_paid(world: World, race: Race) -> None:
    """The control: read what is left, think, write gives it back twice."""
    at, made = bought(world)
    all_of_it = made.total_fen

    def refund(racer: Racer) -> None:
        with racer.unguarded() as session:
            payment = session.scalars(select(Payment).where(Payment.reference == made.code)).one()
            gone = session.scalar(select(func.coalesce(func.sum(Refund.amount_fen), 0))) or 0
            racer.meet()
            if payment.captured_fen - gone >= all_of_it:
                session.add(
                    Refund(
                        code=new_code(16),
                        payment_id=payment.id,
                        key=f"by {racer.number}",
                        amount_fen=all_of_it,
                        reason="staff",
                        created_at=world.clock(),
                    )
                )

    outcomes = race(refund, refund)
    given = captured(at, made.code).refunded_fen
    # Both believed that nothing had gone back, or the database itself had to throw one of them out.
    assert given > made.total_fen or any(refused_by_database(outcome) for outcome in outcomes)


def _others_were_told(outcomes: list[Outcome[int]]) -> bool:
    return all(outcome.won or isinstance(outcome.error, REFUSED) for outcome in outcomes)


def test_two_who_give_everything_back_give_it_once(world: World, race: Race) -> None:
    at, made = bought(world)

    def refund(racer: Racer) -> int:
        return give(at, racer, made, Amount(made.total_fen), f"by-{racer.number}")

    outcomes = race(*[refund] * 4)
    assert _others_were_told(outcomes)
    assert settled(at, made) == made.total_fen


def test_the_last_piece_is_given_back_once(world: World, race: Race) -> None:
    at, made = bought(world, 1)
    line = made.parts[0].lines[0].id

    def refund(racer: Racer) -> int:
        return give(at, racer, made, Pieces(line, 1), f"by-{racer.number}")

    outcomes = race(refund, refund, refund)
    assert [outcome.won for outcome in outcomes].count(True) == 1
    assert _others_were_told(outcomes)
    assert settled(at, made) == made.total_fen
    assert order(at, made.code).parts[0].lines[0].rejected == 1


def test_a_double_click_gives_back_once(world: World, race: Race) -> None:
    at, made = bought(world)

    def click(racer: Racer) -> int:
        return give(at, racer, made, Amount(700), "one page")

    outcomes = race(*[click] * 4)
    assert sorted(outcome.value or 0 for outcome in outcomes) == [0, 0, 0, 700]
    assert settled(at, made) == 700


def test_event_return_page_and_sweep_at_once_capture_once(world: World, race: Race) -> None:
    at = market.market(world)
    placed = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    reference = start(at, placed)
    world.clock.advance(seconds=settle.SWEEP_AFTER.total_seconds() + 1)
    body, headers = demo(at).decide(reference, pays=True, now=world.clock())
    gateways, clock = world.house.gateways, world.clock

    def event(racer: Racer) -> None:
        settle.receive_event(racer.edge, gateways, "demo", body, headers, clock=clock)

    def page(racer: Racer) -> None:
        settle.look_again(racer.edge, gateways, placed.payment_code, clock=clock)

    def sweep(racer: Racer) -> None:
        settle.sweep(racer.edge, gateways, public_url="http://localhost", clock=clock)

    outcomes = race(event, page, sweep, event)
    assert [outcome.error for outcome in outcomes] == [None] * 4
    made = order(at, placed.order_code)
    assert made.state is OrderState.PAID
    captures = world.read(
        lambda session: session.scalar(select(func.count()).select_from(Entry).where(Entry.kind == "captured"))
    )
    assert captures == 1
    assert at_provider(world) == provider_account(world) == held_for(world, made.code) == made.total_fen
    assert_sound(world)
