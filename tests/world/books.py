"""What must hold whatever happened: stock explained, books at zero, money where it belongs."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.checks import harvest_differences, stock_differences
from shop.catalog.models import Variant
from shop.flows.proof import prove
from shop.kernel.outbox import Message
from shop.ledger.models import Entry
from shop.ledger.queries import balance
from shop.ledger.rules import held, psp
from shop.orders.models import Order, OrderHistory
from shop.payments.models import DemoCharge, DemoRefund, Payment
from tests.world.ground import World


def assert_sound(world: World) -> None:
    """Assert that stock is explained by its movements and holds, and that the books follow from the money."""
    assert world.read(stock_differences) == 0
    assert world.read(harvest_differences) == 0
    assert world.read(prove) == []


def free(world: World, variant_id: int) -> int:
    """Return how many pieces are free."""
    return world.read(
        lambda session: session.scalars(select(Variant.on_hand - Variant.held).where(Variant.id == variant_id)).one()
    )


def at_provider(world: World) -> int:
    """Return what the demo provider holds for us, by the provider's own book, in fen."""

    def ask(session: Session) -> int:
        taken = select(func.coalesce(func.sum(DemoCharge.amount_fen), 0)).where(DemoCharge.state == "paid")
        given = select(func.coalesce(func.sum(DemoRefund.amount_fen), 0))
        return (session.scalar(taken) or 0) - (session.scalar(given) or 0)

    return world.read(ask)


def account(world: World, code: str) -> int:
    """Return a ledger account's balance in fen, debit positive."""
    return world.read(lambda session: balance(session, code))


def provider_account(world: World) -> int:
    """Return what our books say the demo provider holds."""
    return account(world, psp("demo"))


def held_for(world: World, order_code: str) -> int:
    """Return what is held for an order, as a positive number."""
    return -account(world, held(order_code))


def footprint(world: World) -> tuple[int, ...]:
    """Return counts of everything an act could leave behind, to show that a refused one left nothing."""

    def count(session: Session) -> tuple[int, ...]:
        tables = (Order, OrderHistory, Payment, Entry, Message)
        held_now = session.scalar(select(func.coalesce(func.sum(Variant.held), 0))) or 0
        on_hand = session.scalar(select(func.coalesce(func.sum(Variant.on_hand), 0))) or 0
        rows = tuple(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)
        return (*rows, held_now, on_hand)

    return world.read(count)
