"""Our payments beside the provider's book: nothing differs, or it is mended, or it stands until a person has looked."""

import pytest
from sqlalchemy import delete, text

from shop.flows import reconcile
from shop.flows.checkout import Placed
from shop.kernel.actor import system
from shop.kernel.errors import Invalid
from shop.ledger.rules import PSP_FEE
from shop.orders.models import OrderState
from shop.payments.models import DemoCharge, DemoRefund, DifferenceKind, RefundState
from shop.payments.reconciling import last_runs, open_differences, settle_difference, settled_differences
from shop.worker import PERIODIC
from tests.support.stripe_server import Fault
from tests.world import World, market
from tests.world.books import account, footprint
from tests.world.market import captured, listing, order, paid_order, payment, variant_id
from tests.world.stripe_shop import Shop

PERSON = system("a person")
K = DifferenceKind


def _order(shop: Shop) -> Placed:
    return shop.place({variant_id(shop.at, listing(shop.at)): 1})


def _paid(shop: Shop) -> Placed:
    placed = _order(shop)
    shop.pay(placed)
    return placed


def _run(world: World) -> None:
    reconcile.reconcile_all(world.edge, world.house.gateways, clock=world.clock)


def _open(world: World) -> list[tuple[DifferenceKind, int, int]]:
    return [(one.kind, one.ours_fen, one.theirs_fen) for one in world.read(open_differences)]


def _settled(world: World) -> list[tuple[DifferenceKind, str]]:
    return [(one.kind, one.done) for one in world.read(settled_differences)]


def test_the_job_comes_round_once_a_day() -> None:
    assert {job.name: job.every_s for job in PERIODIC}["reconcile"] == 86_400


def test_where_all_agrees_nothing_is_written_but_the_run(shop: Shop) -> None:
    shop.cancel(_paid(shop))
    shop.world.deliver()
    _paid(shop)
    _order(shop)
    paid_order(shop.at, {variant_id(shop.at, listing(shop.at)): 1})
    before = footprint(shop.world)
    _run(shop.world)
    assert footprint(shop.world) == before
    assert _open(shop.world) == []
    assert _settled(shop.world) == []
    runs = shop.world.read(last_runs)
    assert {(run.gateway, run.compared, run.found) for run in runs} == {("stripe", 3, 0), ("demo", 1, 0)}
    assert all(run.ended_at is not None for run in runs)
    shop.assert_sound()


def test_money_whose_every_event_was_lost_is_taken_in_and_said(shop: Shop) -> None:
    placed = _order(shop)
    shop.stripe.pay(shop.session_of(placed))
    _run(shop.world)
    assert shop.state(placed) is OrderState.PAID
    assert _open(shop.world) == []
    assert _settled(shop.world) == [(K.AMOUNT, "mended")]
    shop.assert_sound()


def test_a_refund_made_there_and_a_fee_said_later_are_taken_in(shop: Shop) -> None:
    fee, shop.stripe.fee_fen = shop.stripe.fee_fen, None
    placed = _paid(shop)
    shop.world.clock.advance(days=5)
    (charge,) = shop.stripe.charges
    shop.stripe.refund_by_hand(charge, 300)
    shop.stripe.fee_fen = fee
    _run(shop.world)
    assert _settled(shop.world) == [(K.REFUNDED, "mended")]
    assert account(shop.world, PSP_FEE) == fee
    (back,) = captured(shop.at, placed.order_code).refunds
    assert (back.amount_fen, back.reason) == (300, "external")
    shop.assert_sound()


def test_a_fee_said_later_is_taken_in_by_itself(shop: Shop) -> None:
    fee, shop.stripe.fee_fen = shop.stripe.fee_fen, None
    _paid(shop)
    shop.stripe.fee_fen = fee
    _run(shop.world)
    assert _settled(shop.world) == [(K.LEDGER, "mended")]
    shop.assert_sound()


def test_a_refund_that_nobody_drove_is_driven(shop: Shop) -> None:
    placed = _paid(shop)
    shop.stripe.refund_status = "pending"
    shop.cancel(placed)
    shop.world.deliver()
    shop.stripe.end_refund(next(iter(shop.stripe.refunds)), "succeeded")
    _run(shop.world)
    assert [one.state for one in captured(shop.at, placed.order_code).refunds] == [RefundState.SUCCEEDED]
    assert _settled(shop.world) == [(K.REFUNDED, "mended")]
    shop.assert_sound()


def test_money_of_a_stranger_stands_until_it_is_gone(shop: Shop) -> None:
    session = shop.stripe.sessions[shop.session_of(_order(shop))]
    other = {**session, "id": "cs_test_other", "client_reference_id": None, "metadata": {}, "_intent_metadata": {}}
    shop.stripe.sessions["cs_test_other"] = other
    shop.stripe.pay("cs_test_other")
    for _ in range(2):
        _run(shop.world)
        assert _open(shop.world) == [(K.UNKNOWN_MONEY, 0, session["amount_total"])]
    shop.world.clock.advance(days=9)
    _run(shop.world)
    assert len(_open(shop.world)) == 1, "it stands however old it is"
    shop.stripe.refund_by_hand(next(iter(shop.stripe.charges)), session["amount_total"])
    _run(shop.world)
    assert _open(shop.world) == []
    assert _settled(shop.world) == [(K.UNKNOWN_MONEY, "gone")]


def test_what_a_person_settled_stays_so_while_its_amounts_do(shop: Shop) -> None:
    session = shop.stripe.sessions[shop.session_of(_order(shop))]
    session["client_reference_id"] = None
    shop.stripe.pay(session["id"])
    _run(shop.world)
    (row,) = shop.world.read(open_differences)

    def settle(note: str) -> None:
        shop.world.run(lambda s: settle_difference(s, row.id, note, actor=PERSON, clock=shop.world.clock))

    for nothing in ("", " ", "字" * 201):
        with pytest.raises(Invalid):
            settle(nothing)
    settle("隔壁店的")
    _run(shop.world)
    assert _open(shop.world) == []
    shop.stripe.refund_by_hand(next(iter(shop.stripe.charges)), 100)
    _run(shop.world)
    assert _open(shop.world) == [(K.UNKNOWN_MONEY, 0, session["amount_total"] - 100)]


def test_another_amount_there_stands(shop: Shop) -> None:
    placed = _order(shop)
    session = shop.stripe.sessions[shop.session_of(placed)]
    session["amount_total"] -= 1
    shop.stripe.pay(session["id"])
    _run(shop.world)
    assert _open(shop.world) == [(K.AMOUNT, 0, order(shop.at, placed.order_code).total_fen - 1)]
    assert payment(shop.at, placed.payment_code).review == "amount"


def test_a_payment_that_the_provider_has_lost_stands(shop: Shop) -> None:
    placed = _paid(shop)
    total = order(shop.at, placed.order_code).total_fen
    shop.stripe.sessions.clear()
    _run(shop.world)
    assert _open(shop.world) == [(K.NOT_CAPTURED, total, 0)]


def test_a_provider_that_took_its_money_back_stands_for_the_demo_too(world: World) -> None:
    at = market.market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    world.run(lambda session: session.execute(text("UPDATE demo_charge SET state = 'open'")))
    _run(world)
    assert _open(world) == [(K.NOT_CAPTURED, made.total_fen, 0)]
    world.run(lambda session: session.execute(delete(DemoCharge)))
    _run(world)
    assert _open(world) == [(K.NOT_CAPTURED, made.total_fen, 0)]


def test_a_refund_in_the_demos_own_book_is_taken_in(world: World) -> None:
    at = market.market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    ref = captured(at, made.code).provider_ref
    world.run(lambda s: s.add(DemoRefund(ref="demo_re_x", key="by hand", charge_ref=ref, amount_fen=200)))
    for _ in range(2):
        _run(world)
    (back,) = captured(at, made.code).refunds
    assert (back.amount_fen, back.reason, back.state) == (200, "external", RefundState.SUCCEEDED)
    assert _settled(world) == [(K.REFUNDED, "mended")]


def test_books_that_say_another_sum_stand(shop: Shop) -> None:
    placed = _paid(shop)
    broken = text(
        "UPDATE ledger_posting SET amount_fen = amount_fen + 7 WHERE amount_fen > 0 AND entry_id ="
        " (SELECT id FROM ledger_entry WHERE key = :key)"
    )
    shop.world.run(lambda session: session.execute(broken, {"key": f"capture:{placed.payment_code}"}))
    _run(shop.world)
    ((kind, ours, theirs),) = _open(shop.world)
    assert (kind, ours - theirs) == (K.LEDGER, 7)


def test_a_provider_that_falls_silent_leaves_the_run_without_an_end_and_bars_nobody(shop: Shop) -> None:
    placed = _paid(shop)
    shop.server.faults = [Fault.DOWN] * 2
    _run(shop.world)
    ended = {run.gateway: run.ended_at is not None for run in shop.world.read(last_runs)}
    assert ended == {"stripe": False, "demo": True}
    assert shop.state(placed) is OrderState.PAID
