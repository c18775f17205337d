"""A part of an order on its household's page of money: what was wrong with some of it, and why something went back."""

from functools import partial

import pytest

from shop.flows import bench, delivery, giving
from shop.flows.giving import Amount, Pieces, What
from shop.flows.money import PartMoney, part_money
from shop.kernel.errors import NotFound
from shop.ledger.rules import Earned
from shop.orders.queries.orders import OrderFacts
from tests.flows.test_vendor_money import HEN, facts
from tests.world import World, market
from tests.world.books import assert_sound
from tests.world.market import (
    DRIVER,
    STAFF,
    TO,
    Market,
    another_vendor,
    delivered_order,
    listing,
    pack,
    paid_order,
    send,
    variant_id,
)


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market.market(world)


def part_of(at: Market, code: str) -> PartMoney:
    return at.world.read(lambda session: part_money(session, facts(at, at.vendor), code))


def test_what_was_taken_off_is_told_apart(at: Market) -> None:
    hen = variant_id(at, listing(at, title="土鸡", ways=(HEN,)))
    made = paid_order(at, {hen: 3})
    part, line = made.parts[0], made.parts[0].lines[0]
    at.world.run(
        partial(
            bench.receive,
            part_code=part.code,
            rejected={line.id: 1},
            weighed={line.id: 2600},
            reason="瘦了",
            actor=STAFF,
            clock=at.world.clock,
        )
    )
    waybill = send(at, pack(at, made.code))
    at.world.run(lambda session: delivery.deliver(session, waybill, actor=DRIVER, clock=at.world.clock))
    (told,) = part_of(at, part.code).moved
    moved = told.movement
    ceiling, cost = line.price_fen, 3333 * 2600 // 500
    fee = (cost * 1000 + 5000) // 10000
    assert moved.how == Earned(part.code, 3 * ceiling, ceiling, 2 * ceiling - cost, 1000, fee)
    assert moved.fen == cost - fee
    assert_sound(at.world)


def test_only_what_was_turned_down_bears_the_reason(at: Market) -> None:
    eggs, bamboo = (variant_id(at, listing(at, title=title)) for title in ("土鸡蛋", "冬笋"))
    made = paid_order(at, {eggs: 2, bamboo: 3})
    (part,) = made.parts
    down = {part.lines[0].id: 1}
    take_in = partial(bench.receive, part_code=part.code, rejected=down, weighed={}, reason="碎了", actor=STAFF)
    at.world.run(partial(take_in, clock=at.world.clock))
    lines = part_of(at, part.code).lines
    assert [(line.missing, line.turned_down, line.why, line.given_back) for line in lines] == [
        (0, 1, "碎了", 0),
        (0, 0, "", 0),
    ]


def test_what_went_back_later_was_not_missing(at: Market) -> None:
    made = delivered_order(at, {variant_id(at, listing(at)): 3})
    give(at, made, Pieces(made.parts[0].lines[0].id, 2), "烂了")
    (line,) = part_of(at, made.parts[0].code).lines
    assert (line.missing, line.turned_down, line.given_back) == (0, 0, 2)


def give(at: Market, made: OrderFacts, what: What, note: str) -> None:
    house, key = at.world.house, f"give-{at.world.number()}"
    giving.give(house.edge, house.gateways, made.code, what, key=key, note=note, actor=STAFF, clock=house.clock)
    at.world.deliver()


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("一盒有哈喇味", "一盒有哈喇味"),
        (f"{TO.name}说有哈喇味", ""),
        (f"打了{TO.phone}，有哈喇味", ""),
        (f"送到{TO.street}时洒了", ""),
        (f"{TO.district}的那家说晚了", ""),
        ("加了微信 he_xiaoyu 看过照片", ""),
    ],
)
def test_why_it_went_back_is_told_unless_it_says_who_bought(at: Market, note: str, told: str) -> None:
    made = delivered_order(at, {variant_id(at, listing(at)): 1})
    give(at, made, Amount(900), note)
    *_, line = part_of(at, made.parts[0].code).moved
    assert (line.movement.is_correction, line.note) == (True, told)


def test_anothers_part_looks_as_if_it_were_not_there(at: Market) -> None:
    other = another_vendor(at.world)
    made = delivered_order(at, {variant_id(at, listing(at, vendor=other)): 1})
    for code in (made.parts[0].code, made.code, "nothing"):
        with pytest.raises(NotFound):
            at.world.read(partial(part_money, vendor=facts(at, at.vendor), code=code))
