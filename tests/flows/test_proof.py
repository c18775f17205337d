"""The proof of the books: silent while they are right, and every way of breaking them is found."""

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from shop.cli import shop as command
from shop.flows import closing, refunds
from shop.flows.proof import Flaw, prove
from shop.kernel.actor import VISITOR
from tests.world import World, market
from tests.world.books import assert_sound
from tests.world.market import Market, delivered_order, fill_basket, listing, paid_order, place, variant_id


@pytest.fixture
def at(world: World) -> Market:
    """A town with an order nobody paid, one paid and one paid back, and one on its way back."""
    at = market.market(world)
    eggs = variant_id(at, listing(at))
    place(at, fill_basket(at, {eggs: 1}))
    paid_order(at, {eggs: 2})
    _cancel(at, paid_order(at, {eggs: 1}).code)
    world.deliver()
    _cancel(at, paid_order(at, {eggs: 1}).code)
    return at


def _cancel(at: Market, code: str) -> None:
    world = at.world
    gateways, clock = world.house.gateways, world.clock
    closing.cancel(world.edge, gateways, code, public_url="http://localhost", actor=VISITOR, clock=clock)


def test_right_books_have_no_flaw_at_any_moment(at: Market) -> None:
    assert at.world.read(prove) == []
    refunds.drive_due(at.world.edge, at.world.house.gateways, clock=at.world.clock)
    assert at.world.read(prove) == []
    assert_sound(at.world)


BREAKS = {
    "one side of an entry": (
        "UPDATE ledger_posting SET amount_fen = amount_fen + 1 WHERE id = (SELECT min(id) FROM ledger_posting)",
        "entry ",
    ),
    "both sides of an entry": (
        "UPDATE ledger_posting SET amount_fen = amount_fen * 2 WHERE entry_id ="
        " (SELECT min(id) FROM ledger_entry WHERE kind = 'captured')",
        "psp:demo",
    ),
    "money moved between orders": (
        "UPDATE ledger_posting SET account_id = (SELECT max(id) FROM ledger_account WHERE code LIKE 'held:%')"
        " WHERE account_id = (SELECT min(id) FROM ledger_account WHERE code LIKE 'held:%')",
        "order ",
    ),
    "a refund without its posting": (
        "UPDATE refund SET amount_fen = amount_fen - 1 WHERE state = 'created'",
        "refunds_in_transit",
    ),
    "a fee that nobody booked": ("UPDATE payment SET fee_fen = 3 WHERE state = 'captured'", "psp_fee"),
    "a payment that is gone from the payments": (
        "UPDATE payment SET captured_fen = 0, state = 'voided' WHERE state = 'captured'"
        " AND id NOT IN (SELECT payment_id FROM refund)",
        "psp:demo",
    ),
    "an order that counts as paid and nobody paid": (
        "UPDATE \"order\" SET state = 'paid' WHERE state = 'placed'",
        "order ",
    ),
    "an order that waits for money that is there": (
        "UPDATE \"order\" SET state = 'agreed' WHERE state = 'paid'",
        "order ",
    ),
    "an order of another sum than was paid": (
        "UPDATE \"order\" SET goods_fen = goods_fen + 100, total_fen = total_fen + 100 WHERE state = 'paid'",
        "order ",
    ),
    "a line of another price than was agreed": (
        "UPDATE order_line SET price_fen = price_fen + 1 WHERE id = (SELECT min(id) FROM order_line)",
        "order ",
    ),
    "a share of the freight too many": (
        "UPDATE order_line SET freight_share_fen = freight_share_fen + 1 WHERE id = (SELECT max(id) FROM order_line)",
        "order ",
    ),
    "money held for an order that is not there": (
        "UPDATE \"order\" SET code = 'NOWHERE1' WHERE state = 'paid'",
        "held:",
    ),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_every_break_is_found(at: Market, broken: str) -> None:
    statement, named = BREAKS[broken]
    at.world.run(lambda session: session.execute(text(statement)))
    flaws = at.world.read(prove)
    assert any(flaw.what.startswith(named) for flaw in flaws), flaws


def test_the_command_prints_each_difference_and_ends_with_1(at: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.cli.proving.open_house", lambda _settings: at.world.house)
    monkeypatch.setattr("shop.cli.proving.Settings.from_env", lambda: at.world.house.settings)
    answer = CliRunner().invoke(command, ["ledger", "check"])
    assert (answer.exit_code, answer.output) == (0, "The books follow from payments, refunds and orders.\n")
    at.world.run(lambda session: session.execute(text(BREAKS["both sides of an entry"][0])))
    answer = CliRunner().invoke(command, ["ledger", "check"])
    assert answer.exit_code == 1
    assert "psp:demo: the books say ¥" in answer.output
    assert "order " in answer.output


def test_a_vendors_share_that_is_not_what_was_told_of_it_is_found(at: Market) -> None:
    made = delivered_order(at, {variant_id(at, listing(at)): 1})
    assert at.world.read(prove) == []
    at.world.run(lambda session: session.execute(text("UPDATE ledger_earning SET fee_fen = fee_fen + 1")))
    (flaw,) = at.world.read(prove)
    assert flaw == Flaw(f"part {made.parts[0].code}, its vendor's share", 4320, 4319)
