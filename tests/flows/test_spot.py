"""Taken along at once: what lies at the counter is bought on the phone and handed over, once, with sound books."""

from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from shop.catalog import counter
from shop.catalog.models import Climate, CounterStock, Variant
from shop.catalog.rules import Way
from shop.catalog.services.shelves import ShelfRules, change_category
from shop.flows import closing, giving, spot
from shop.flows.reporting.late import lateness
from shop.flows.reporting.periods import Span, period_of
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.clock import town_day
from shop.kernel.codes import new_token
from shop.kernel.errors import Forbidden, Invalid, Stale, WrongState
from shop.notifications.models import Delivery
from shop.orders.models import OrderState, VendorOrderState
from tests.world import World
from tests.world.books import assert_sound, footprint
from tests.world.market import (
    DRIVER,
    HOUSE,
    STAFF,
    Market,
    captured,
    delivered_order,
    expire,
    listing,
    market,
    on_shelf,
    order,
    paid_order,
    pay,
    start,
    variant_id,
)
from tests.world.spot import COUNTER, buy, lay, lying


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market(world)


@pytest.fixture
def eggs(at: Market) -> int:
    """A way of selling of which ten are at home or at the counter."""
    return variant_id(at, listing(at, stock=10))


def free(at: Market, which: int) -> int:
    return at.world.read(lambda session: session.get_one(Variant, which).free)


def told(at: Market) -> list[str]:
    """Return what the household was told of sales at the counter."""
    at.world.deliver()
    wanted = select(Delivery.text).where(Delivery.template == "vendor_sold", Delivery.phone == at.vendor.phone)
    return list(at.world.read(lambda session: session.scalars(wanted).all()))


def buy_and_pay(at: Market, which: int, pieces: int) -> str:
    placed = buy(at, which, pieces)
    pay(at, placed)
    return placed.order_code


def hand_over(at: Market, code: str, actor: Actor = COUNTER) -> None:
    at.world.run(partial(spot.hand_over, order_code=code, actor=actor, clock=at.world.clock))


def test_what_lies_there_is_paid_for_and_handed_over_once(at: Market, eggs: int) -> None:
    lay(at, eggs, 4)
    placed = buy(at, eggs, 3)
    assert (lying(at, eggs), free(at, eggs)) == (1, 7)
    pay(at, placed)
    made = order(at, placed.order_code)
    assert made.state is OrderState.PAID
    assert made.states == (VendorOrderState.WAITING,), "no household is asked"
    assert made.promised_on == town_day(at.world.clock())
    assert told(at) == []
    hand_over(at, made.code)
    assert order(at, made.code).state is OrderState.DONE
    assert told(at) == ["【小鱼洞】您家的林下土鸡蛋 3盒在中心柜台卖出去了，不用再送。钱记在“我的钱”里。"]
    after = footprint(at.world)
    hand_over(at, made.code)
    assert footprint(at.world) == after, "once"
    assert (lying(at, eggs), free(at, eggs)) == (1, 7)
    assert_sound(at.world)


def test_what_is_paid_after_closing_is_promised_for_the_day_it_can_be_taken(at: Market, eggs: int) -> None:
    lay(at, eggs, 4)
    at.world.clock.advance(hours=7, minutes=55)
    placed = buy(at, eggs, 1)
    today = town_day(at.world.clock())
    assert order(at, placed.order_code).promised_on == today
    at.world.clock.advance(minutes=10)
    pay(at, placed)
    assert order(at, placed.order_code).promised_on == today + timedelta(days=1)


def test_nobody_buys_more_than_lies_there(at: Market, eggs: int) -> None:
    lay(at, eggs, 2)
    before = footprint(at.world)
    with pytest.raises(counter.NoneThere):
        buy(at, eggs, 3)
    assert footprint(at.world) == before
    buy(at, eggs, 2)
    with pytest.raises(counter.NoneThere):
        buy(at, eggs, 1)
    assert free(at, eggs) == 8


def test_the_same_click_is_one_order(at: Market, eggs: int) -> None:
    lay(at, eggs, 4)
    assert buy(at, eggs, 2, key="k" * 20) == buy(at, eggs, 2, key="k" * 20)
    assert lying(at, eggs) == 2


def test_what_is_not_paid_lies_there_again(at: Market, eggs: int) -> None:
    lay(at, eggs, 4)
    placed = buy(at, eggs, 4)
    start(at, placed)
    at.world.clock.advance(minutes=16)
    expire(at, placed.order_code)
    assert (lying(at, eggs), free(at, eggs)) == (4, 10)
    assert_sound(at.world)


def test_money_that_comes_late_gets_what_still_lies_there_or_goes_back(at: Market, eggs: int) -> None:
    lay(at, eggs, 4)
    first, second = buy(at, eggs, 2), buy(at, eggs, 2)
    for placed in (first, second):
        start(at, placed)
    at.world.clock.advance(minutes=16)
    for placed in (first, second):
        expire(at, placed.order_code)
    lay(at, eggs, 3, saw=4)
    for placed in (first, second):
        pay(at, placed, late=True)
    assert order(at, first.order_code).state is OrderState.PAID
    assert order(at, second.order_code).state is OrderState.EXPIRED, "only one is left: its money goes back"
    assert lying(at, eggs) == 1
    hand_over(at, first.order_code)
    assert_sound(at.world)


@pytest.mark.parametrize("by_hand", [False, True])
def test_money_that_came_late_goes_back_like_any_other(at: Market, eggs: int, by_hand: bool) -> None:
    lay(at, eggs, 4)
    placed = buy(at, eggs, 2)
    start(at, placed)
    at.world.clock.advance(minutes=16)
    expire(at, placed.order_code)
    pay(at, placed, late=True)
    assert order(at, placed.order_code).states == (VendorOrderState.WAITING,)
    if by_hand:
        give_back(at, placed.order_code, 2)
    else:
        at.world.run(partial(closing.unsell_at_counter, code=placed.order_code, actor=COUNTER, clock=at.world.clock))
    assert (lying(at, eggs), free(at, eggs)) == (4, 10)
    at.world.deliver()
    made = order(at, placed.order_code)
    assert (made.state, captured(at, made.code).refunded_fen) == (OrderState.CANCELLED, made.total_fen)
    assert_sound(at.world)


def test_who_comes_for_it_a_week_later_has_not_been_let_down(at: Market, eggs: int) -> None:
    lay(at, eggs, 4)
    first, second = buy_and_pay(at, eggs, 1), buy_and_pay(at, eggs, 1)
    on = town_day(at.world.clock())
    at.world.clock.advance(days=7)
    hand_over(at, first)
    assert order(at, second).state is OrderState.PAID
    today = town_day(at.world.clock())
    found = at.world.read(lambda session: lateness(session, period_of(Span.YEAR, on), today=today))
    assert (found.promised, found.late, found.open) == (0, 0, ())


def test_a_buyer_who_thinks_better_of_it_is_paid_back(at: Market, eggs: int) -> None:
    lay(at, eggs, 4)
    placed = buy(at, eggs, 2)
    pay(at, placed)
    wired = at.world.house
    closing.cancel(
        at.world.edge,
        wired.gateways,
        placed.order_code,
        public_url="http://localhost",
        actor=VISITOR,
        clock=at.world.clock,
    )
    assert (lying(at, eggs), free(at, eggs)) == (4, 10)
    with pytest.raises(WrongState):
        hand_over(at, placed.order_code)
    assert_sound(at.world)


def give_back(at: Market, code: str, count: int, *, are_back: bool = False) -> None:
    line = order(at, code).parts[0].lines[0].id
    what = giving.Pieces(line, count, are_back=are_back)
    act = partial(giving.give, at.world.edge, at.world.house.gateways, code, what, key=new_token(), note="不要了")
    act(actor=STAFF, clock=at.world.clock)


def test_pieces_paid_back_before_they_are_handed_over_lie_there_again(at: Market, eggs: int) -> None:
    lay(at, eggs, 4)
    code = buy_and_pay(at, eggs, 3)
    give_back(at, code, 1)
    assert (lying(at, eggs), free(at, eggs)) == (2, 8)
    assert order(at, code).state is OrderState.PAID
    give_back(at, code, 2)
    assert (lying(at, eggs), free(at, eggs)) == (4, 10)
    assert order(at, code).state is OrderState.CANCELLED, "nothing is left of it"
    at.world.deliver()
    assert captured(at, code).refunded_fen == order(at, code).total_fen
    assert_sound(at.world)


def test_pieces_that_were_taken_along_lie_there_again_only_if_somebody_says_so(at: Market, eggs: int) -> None:
    lay(at, eggs, 4)
    code = buy_and_pay(at, eggs, 3)
    before = footprint(at.world)
    with pytest.raises(Invalid):
        give_back(at, code, 1, are_back=True)
    assert footprint(at.world) == before, "they are not back that never left"
    hand_over(at, code)
    give_back(at, code, 1)
    assert (lying(at, eggs), free(at, eggs)) == (1, 7)
    give_back(at, code, 1, are_back=True)
    assert (lying(at, eggs), free(at, eggs)) == (2, 8)
    at.world.deliver()
    assert_sound(at.world)
    ordinary = delivered_order(at, {eggs: 1}).code
    with pytest.raises(Invalid):
        give_back(at, ordinary, 1, are_back=True)
    assert (lying(at, eggs), free(at, eggs)) == (2, 7)


def test_a_household_cannot_decline_what_it_was_not_asked_for(at: Market, eggs: int) -> None:
    lay(at, eggs, 4)
    code = buy_and_pay(at, eggs, 3)
    before = footprint(at.world)
    part = order(at, code).parts[0].code
    with pytest.raises(WrongState):
        at.world.run(
            partial(closing.decline_part, vendor_id=at.vendor.id, part_code=part, actor=STAFF, clock=at.world.clock)
        )
    assert footprint(at.world) == before


def test_whatever_happens_every_piece_is_accounted_for(at: Market, eggs: int) -> None:
    """Random acts with one counter: what was laid there lies there, is somebody's, or left with them."""
    chance, laid, gone = Random(32), 9, 0
    lay(at, eggs, laid)
    mine: dict[str, int] = {}
    for _ in range(24):
        act = chance.choice(("buy", "buy", "take", "take", "let go", "give", "bring", "bring"))
        some = [code for code in mine if (order(at, code).state is OrderState.DONE) == (act == "bring")]
        if act == "buy" and lying(at, eggs):
            wanted = chance.randint(1, min(3, lying(at, eggs)))
            mine[buy_and_pay(at, eggs, wanted)] = wanted
        elif act != "buy" and some:
            code = chance.choice(some)
            count = chance.randint(1, mine[code])
            if act == "take":
                hand_over(at, code)
            elif act == "let go":
                at.world.run(partial(closing.unsell_at_counter, code=code, actor=COUNTER, clock=at.world.clock))
                del mine[code]
            else:
                is_back = act == "bring" and chance.random() < 0.5
                give_back(at, code, count, are_back=is_back)
                gone += count if act == "bring" and not is_back else 0
                mine[code] -= count
                mine = {left: pieces for left, pieces in mine.items() if pieces}
        assert lying(at, eggs) == laid - gone - sum(mine.values())
        assert free(at, eggs) == lying(at, eggs) + 1, "ten at home and at the counter, nine of them there"
    assert gone
    at.world.deliver()
    assert_sound(at.world)


def test_unpaid_and_ordinary_orders_are_not_handed_over_so(at: Market, eggs: int) -> None:
    lay(at, eggs, 4)
    unpaid, ordinary = buy(at, eggs, 1).order_code, paid_order(at, {eggs: 1}).code
    before = footprint(at.world)
    for code in (unpaid, ordinary):
        with pytest.raises(WrongState):
            hand_over(at, code)
    assert footprint(at.world) == before


def test_only_the_counter_hands_over(at: Market, eggs: int) -> None:
    lay(at, eggs, 4)
    placed = buy(at, eggs, 1)
    pay(at, placed)
    for actor in (VISITOR, DRIVER, Actor(user_id=None, label="PACKER", roles=frozenset({"packer"}))):
        with pytest.raises(Forbidden):
            hand_over(at, placed.order_code, actor)
    hand_over(at, placed.order_code, STAFF)


def test_a_count_on_an_old_page_is_told(at: Market, eggs: int) -> None:
    lay(at, eggs, 4)
    buy(at, eggs, 1)
    with pytest.raises(Stale):
        lay(at, eggs, 9, saw=4)
    assert lying(at, eggs) == 3


@pytest.mark.parametrize("pieces", [-1, 10**9])
def test_a_count_that_cannot_be_is_refused(at: Market, eggs: int, pieces: int) -> None:
    with pytest.raises(Invalid):
        lay(at, eggs, pieces)


@pytest.mark.parametrize("now", [{"climate": Climate.CHILLED}, {"is_live": True}])
def test_what_has_become_other_goods_since_it_was_laid_there_is_not_sold_there(at: Market, now: dict[str, Any]) -> None:
    kept = on_shelf(at, "cured")
    which = variant_id(at, listing(kept, stock=10))
    lay(at, which, 4)
    rules = ShelfRules(name="cured", name_en="cured", **now)
    at.world.run(lambda session: change_category(session, "cured", rules, actor=HOUSE))
    before = footprint(at.world)
    with pytest.raises(counter.NoneThere):
        buy(at, which, 1)
    assert footprint(at.world) == before
    assert lying(at, which) == 0
    lay(at, which, 0, saw=4)


def test_only_the_counter_counts_and_lets_go(at: Market, eggs: int) -> None:
    lay(at, eggs, 4)
    code = buy_and_pay(at, eggs, 1)
    before = footprint(at.world)
    clock = at.world.clock
    for actor in (VISITOR, DRIVER):
        with pytest.raises(Forbidden):
            at.world.run(partial(closing.unsell_at_counter, code=code, actor=actor, clock=clock))
        with pytest.raises(Forbidden):
            at.world.run(partial(counter.count_there, variant_id=eggs, pieces=9, saw=3, actor=actor, clock=clock))
    assert footprint(at.world) == before


def test_what_needs_the_scale_or_its_own_day_does_not_lie_there(at: Market) -> None:
    weighed = Way(unit="只", per_500g_fen=3400, least_g=1000, most_g=1500, gross_g=2000, stock=3)
    hen = listing(at, title="土鸡", ways=(weighed,))
    live = listing(on_shelf(at, "live", is_live=True), title="活鸡")
    for made in (hen, live):
        with pytest.raises(Invalid):
            lay(at, variant_id(at, made), 1)
    assert at.world.read(lambda session: session.scalars(select(CounterStock.variant_id)).all()) == []
