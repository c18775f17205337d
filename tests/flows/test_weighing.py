"""Goods sold by weight: charged at the ceiling, weighed when they come, and only ever something back."""

from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from shop.catalog.models import StockMovement, StockReason
from shop.catalog.rules import Way
from shop.flows import bench
from shop.flows.bench import TakenIn
from shop.kernel.errors import Invalid
from shop.kernel.money import by_weight
from shop.orders.queries.orders import OrderFacts
from shop.orders.rules import weight_back, weight_over
from tests.world import World, market
from tests.world.books import assert_sound, at_provider, footprint, free, held_for, provider_account
from tests.world.market import STAFF, Market, captured, listing, order, paid_order, variant_id

HEN = Way(unit="只", gross_g=1700, per_500g_fen=3400, least_g=1200, most_g=1500, stock=10)
"""¥68 a kilogram; at most 1,500 g, so ¥102 at most."""
LEG = Way(unit="块", gross_g=1200, per_500g_fen=6000, least_g=800, most_g=1000, stock=5000, is_cut=True)
"""Cut from five kilograms."""


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market.market(world)


def bought(at: Market, way: Way, quantity: int) -> tuple[OrderFacts, int]:
    """Buy so many of a way; return the paid order and the variant."""
    hens = variant_id(at, listing(at, title="土鸡", ways=(way,)))
    return paid_order(at, {hens: quantity}), hens


def take_in(at: Market, made: OrderFacts, grams: int | None, *, rejected: int = 0) -> TakenIn:
    """Take the order's only line in."""
    part = made.parts[0]
    line = part.lines[0]
    act = partial(
        bench.receive,
        part_code=part.code,
        rejected={line.id: rejected},
        weighed={} if grams is None else {line.id: grams},
        reason="破了皮" if rejected else "",
        actor=STAFF,
        clock=at.world.clock,
    )
    done = at.world.run(act)
    at.world.deliver()
    return done


@pytest.mark.parametrize(
    ("quantity", "grams", "back"),
    [
        (1, 1250, 1700),
        (1, 1500, 0),
        (1, 1501, 0),
        (1, 1900, 0),
        (1, 1499, 7),
        (2, 2500, 3400),
        (2, 3200, 0),
        (3, 3751, 10_200 * 3 - 25_506),
    ],
)
def test_what_weighs_less_than_the_ceiling_goes_back_to_the_fen(
    at: Market, quantity: int, grams: int, back: int
) -> None:
    made, _hens = bought(at, HEN, quantity)
    assert made.parts[0].lines[0].goods_fen == 10_200 * quantity
    over = max(0, 3400 * grams // 500 - 10_200 * quantity)
    assert take_in(at, made, grams) == TakenIn(0, back, over)
    line = order(at, made.code).parts[0].lines[0]
    assert (line.weighed_g, line.weight_back_fen, line.weight_over_fen) == (grams, back, over)
    assert [refund.amount_fen for refund in captured(at, made.code).refunds] == ([back] if back else [])
    assert held_for(at.world, made.code) == made.total_fen - back
    assert provider_account(at.world) == at_provider(at.world)
    assert_sound(at.world)


def test_what_is_turned_down_and_what_is_too_light_go_back_each_for_itself(at: Market) -> None:
    made, _hens = bought(at, HEN, 3)
    line = made.parts[0].lines[0]
    done = take_in(at, made, 2500, rejected=1)
    assert done == TakenIn(10_200 + line.freight_share_fen // 3, 3400)
    assert sorted(refund.amount_fen for refund in captured(at, made.code).refunds) == sorted(
        (done.rejected_fen, done.light_fen)
    )
    assert_sound(at.world)


@pytest.mark.parametrize(
    ("grams", "reason"), [(None, "empty"), (0, "range"), (-5, "range"), (375, "range"), (3001, "range")]
)
def test_a_scale_that_cannot_be_right_takes_nothing_in(at: Market, grams: int | None, reason: str) -> None:
    made, _hens = bought(at, HEN, 1)
    before = footprint(at.world)
    with pytest.raises(Invalid) as refusal:
        take_in(at, made, grams)
    assert (refusal.value.field, refusal.value.reason) == ("weighed", reason)
    assert footprint(at.world) == before


def test_all_turned_down_needs_no_scale(at: Market) -> None:
    made, _hens = bought(at, HEN, 2)
    take_in(at, made, None, rejected=2)
    assert captured(at, made.code).refunded_fen == made.total_fen
    assert_sound(at.world)


def test_what_is_cut_to_order_returns_what_was_left_over(at: Market) -> None:
    made, leg = bought(at, LEG, 2)
    assert free(at.world, leg) == 3000
    take_in(at, made, 1730)
    assert free(at.world, leg) == 3270
    moves = select(StockMovement.delta, StockMovement.reason).where(StockMovement.variant_id == leg)
    rows = at.world.read(lambda session: session.execute(moves.order_by(StockMovement.id)).all())
    assert [tuple(row) for row in rows] == [
        (5000, StockReason.OPENING),
        (-2000, StockReason.SOLD),
        (270, StockReason.WEIGHED),
    ]
    assert_sound(at.world)


def test_what_is_counted_in_pieces_returns_nothing(at: Market) -> None:
    made, hens = bought(at, HEN, 2)
    take_in(at, made, 2500)
    assert free(at.world, hens) == 8


@given(
    per=st.integers(100, 20_000),
    most=st.integers(100, 5_000),
    pieces=st.integers(1, 9),
    share=st.integers(300, 1_900),
)
def test_nobody_is_charged_above_the_ceiling_nor_above_what_it_weighs(
    per: int, most: int, pieces: int, share: int
) -> None:
    ceiling, grams = by_weight(per, most), most * pieces * share // 1_000
    charged = ceiling * pieces
    back = weight_back(ceiling, per, pieces, grams)
    paid: Any = charged - back
    over = weight_over(ceiling, per, pieces, grams)
    assert 0 <= back <= charged
    assert (paid + over, back and over) == (by_weight(per, grams), 0)
    assert paid == min(charged, by_weight(per, grams))
