"""Goods that weigh more than their buyer may be asked for: the centre pays their household the rest, as a loss."""

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import text

from shop.catalog.rules import Way
from shop.flows import bench, delivery
from shop.flows.giving import Amount, Pieces, Weight
from shop.flows.lots import Seen
from shop.flows.money import month_money, part_money
from shop.flows.proof import prove
from shop.kernel.errors import Invalid
from shop.kernel.money import portion
from shop.ledger import rules as accounts
from shop.ledger.rules import Earned
from shop.ledger.services import Unbalanced, post
from shop.orders.models import OrderState, VendorOrderState
from shop.orders.queries.orders import LineFacts, OrderFacts
from tests.flows.test_lots import lots, poultry, recall
from tests.flows.test_recalls import take_out
from tests.flows.test_staff_refunds import back, line_id, settled
from tests.flows.test_vendor_money import facts
from tests.flows.test_weighing import HEN
from tests.world import World, market
from tests.world.books import account, assert_sound, held_for
from tests.world.cash import agreed_order, due, take
from tests.world.market import (
    DRIVER,
    HOUSE,
    STAFF,
    Market,
    captured,
    demo,
    listing,
    order,
    pack,
    paid_order,
    send,
    variant_id,
)

CEILING = 10_200
DUCK = replace(HEN, per_500g_fen=2900, most_g=1400)
"""¥81.20 at most."""


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market.market(world)


def hens(at: Market, quantity: int = 1, way: Way = HEN) -> dict[int, int]:
    return {variant_id(at, listing(at, title="土鸡", ways=(way,))): quantity}


def lines(made: OrderFacts) -> list[LineFacts]:
    return [line for part in made.parts for line in part.lines]


def take_in(at: Market, made: OrderFacts, *grams: int, down: int = 0, inspection: str = "") -> bench.TakenIn:
    """Take in an order's only part: what each line weighs, in their order; of the first some are turned down."""
    (part,) = made.parts
    weighed = dict(zip((line.id for line in part.lines), grams, strict=True))
    act = partial(bench.receive, part_code=part.code, rejected={part.lines[0].id: down}, weighed=weighed, reason="重")
    seen = {line.id: Seen(inspection=inspection) for line in part.lines}
    done = at.world.run(partial(act, seen=seen, actor=STAFF, clock=at.world.clock))
    at.world.deliver()
    return done


def sent(at: Market, made: OrderFacts) -> str:
    """Pack an order and give it to the driver; return its waybill."""
    return send(at, pack(at, made.code))


def bring(at: Market, made: OrderFacts) -> None:
    waybill = sent(at, made)
    at.world.run(lambda session: delivery.deliver(session, waybill, actor=DRIVER, clock=at.world.clock))


def come(at: Market, wanted: dict[int, int], *grams: int) -> OrderFacts:
    """Let an order be paid, weighed and brought to its buyer; return it as it stands then."""
    made = paid_order(at, wanted)
    take_in(at, made, *grams)
    bring(at, made)
    return order(at, made.code)


def owed(at: Market) -> int:
    return -account(at.world, accounts.seller(at.vendor.code))


def lost(at: Market) -> int:
    """Return what the town carries for the household's goods."""
    return account(at.world, accounts.carried(at.vendor.code))


def assert_books(at: Market, made: OrderFacts, *, net: int, over: int) -> None:
    """Assert what the household has and what of it the town paid; nothing stays held, and all books agree."""
    assert (owed(at), lost(at)) == (net, over)
    assert account(at.world, accounts.LOSS) == held_for(at.world, made.code) == 0
    assert at.world.read(prove) == []
    settled(at)
    assert_sound(at.world)


@pytest.mark.parametrize(("grams", "over"), [(1500, 0), (1501, 6), (1680, 1224), (2999, 10_193), (3000, CEILING)])
def test_what_weighs_more_is_paid_to_its_household_by_the_town(at: Market, grams: int, over: int) -> None:
    made = paid_order(at, hens(at))
    assert take_in(at, made, grams) == bench.TakenIn(0, 0, over)
    (line,) = lines(order(at, made.code))
    assert (line.weight_over_fen, line.weight_back_fen, line.kept_fen) == (over, 0, CEILING)
    assert lost(at) == 0
    bring(at, made)
    net = CEILING - portion(CEILING, 1000) + over
    assert_books(at, made, net=net, over=over)
    assert account(at.world, accounts.COMMISSION) == -1020
    assert captured(at, made.code).refunded_fen == 0
    (told,) = at.world.read(partial(part_money, vendor=facts(at, at.vendor), code=made.parts[0].code)).moved
    assert told.movement.how == Earned(made.parts[0].code, CEILING, 0, 0, 1000, 1020, over)
    assert told.movement.fen == net


def test_a_heavy_line_beside_a_light_one_pays_and_gives_back_each_for_itself(at: Market) -> None:
    made = come(at, hens(at, 2) | hens(at, 1, DUCK), 3400, 1000)
    light, over = 8120 - 5800, 23_120 - 2 * CEILING
    sold = 2 * CEILING + 5800
    assert captured(at, made.code).refunded_fen == light
    assert_books(at, made, net=sold - portion(sold, 1000) + over, over=over)
    found = at.world.read(
        partial(month_money, vendor=facts(at, at.vendor), first=at.world.clock().date().replace(day=1))
    )
    assert (found.sold_fen, found.fees_fen, found.over_fen) == (sold, portion(sold, 1000), over)
    assert found.after_fen == found.earned_fen == owed(at)


def test_the_over_is_of_the_good_pieces_alone(at: Market) -> None:
    made = paid_order(at, hens(at, 3))
    assert take_in(at, made, 3400, down=1).over_fen == 23_120 - 2 * CEILING


def test_a_parcel_that_comes_back_pays_nothing_on_top(at: Market) -> None:
    made = paid_order(at, hens(at))
    take_in(at, made, 1680)
    waybill = sent(at, made)
    at.world.run(partial(delivery.bring_back, waybill=waybill, reason="没人", actor=DRIVER, clock=at.world.clock))
    assert order(at, made.code).states == (VendorOrderState.RETURNED,)
    assert_books(at, made, net=0, over=0)
    (told,) = at.world.read(partial(part_money, vendor=facts(at, at.vendor), code=made.parts[0].code)).lines
    assert told.over_fen == 0


def test_goods_given_back_later_take_what_was_paid_on_top_of_them_along(at: Market) -> None:
    made = come(at, hens(at, 3) | hens(at, 1, DUCK), 5001, 1700)
    first, second = 34_006 - 3 * CEILING, 9860 - 8120
    sold = 3 * CEILING + 8120
    net = sold - portion(sold, 1000)
    assert_books(at, made, net=net + first + second, over=first + second)
    back(at, made, Pieces(line_id(made), 1))
    kept = first * 2 // 3
    assert lost(at) == kept + second
    assert owed(at) - lost(at) + -account(at.world, accounts.COMMISSION) == sold - CEILING
    assert lines(order(at, made.code))[0].weight_over_fen == kept
    back(at, made, Pieces(line_id(made, 1), 1))
    assert lost(at) == kept
    back(at, made, Pieces(line_id(made), 2))
    assert_books(at, made, net=0, over=0)
    assert account(at.world, accounts.COMMISSION) == 0


def test_a_sum_given_back_leaves_it_until_nothing_was_sold(at: Market) -> None:
    made = come(at, hens(at), 1680)
    back(at, made, Amount(999))
    assert lost(at) == 1224
    back(at, made, Amount(made.total_fen - 999))
    assert_books(at, made, net=0, over=0)


def test_weighed_again_it_follows_the_scale(at: Market) -> None:
    made = come(at, hens(at), 1680)
    with pytest.raises(Invalid):  # the buyer has paid no more than the ceiling either way
        back(at, made, Weight(line_id(made), 1600))
    assert back(at, made, Weight(line_id(made), 1250)) == 1700
    (line,) = lines(order(at, made.code))
    assert (line.weight_over_fen, line.weight_back_fen) == (0, 1700)
    assert lost(at) == 0
    settled(at)
    assert_sound(at.world)


def test_a_refund_that_fails_pays_it_again(at: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    made = come(at, hens(at), 1680)
    gateway = demo(at)
    truth = gateway.refund

    def fails(provider_ref: str, amount_fen: int, *, key: str) -> object:
        said = truth(provider_ref, amount_fen, key=key)
        return replace(said, state=type(said.state).FAILED)

    monkeypatch.setattr(gateway, "refund", fails)
    back(at, made, Pieces(line_id(made), 1))
    assert (owed(at), lost(at)) == (0, 0)
    at.world.deliver()
    assert (owed(at), lost(at)) == (CEILING - 1020 + 1224, 1224)
    assert held_for(at.world, made.code) == 0
    assert_sound(at.world)


def test_cash_at_the_counter_pays_it_when_the_goods_are_collected(at: Market) -> None:
    made = agreed_order(at, hens(at))
    take_in(at, made, 1680)
    assert due(at, made.code).amount_fen == made.total_fen
    pack(at, made.code)
    take(at, due(at, made.code))
    assert lost(at) == 0
    at.world.run(lambda session: delivery.collect(session, made.code, actor=STAFF, clock=at.world.clock))
    assert order(at, made.code).state is OrderState.DONE
    assert (owed(at), lost(at), held_for(at.world, made.code)) == (CEILING - 1020 + 1224, 1224, 0)
    assert_sound(at.world)


def test_a_recalled_hen_takes_it_along(at: Market) -> None:
    made = paid_order(at, {poultry(at): 1})
    line = made.parts[0].lines[0]
    take_in(at, made, line.price_fen * 500 // (line.per_500g_fen or 0) + 300, inspection="川A1")
    assert lines(order(at, made.code))[0].weight_over_fen > 0
    (lot,) = lots(at)
    recall(at, lot)
    take_out(at, made)
    assert lines(order(at, made.code))[0].weight_over_fen == 0
    assert_books(at, made, net=0, over=0)


def test_before_it_leaves_pieces_given_back_are_not_paid_for(at: Market) -> None:
    made = paid_order(at, hens(at, 2))
    take_in(at, made, 3400)
    back(at, made, Pieces(line_id(made), 1))
    bring(at, made)
    over = (23_120 - 2 * CEILING) // 2
    assert_books(at, made, net=CEILING - 1020 + over, over=over)


def test_what_is_paid_on_top_is_never_posted_without_its_loss(at: Market) -> None:
    how = Earned("PART", 1000, 0, 0, 1000, 100, 50)
    legs = {"held:ORDER": 1050, accounts.seller("zhou"): -950, accounts.COMMISSION: -100}
    act = partial(post, key="wrong", kind="released", reference="ORDER", legs=legs, actor=HOUSE, clock=at.world.clock)
    with pytest.raises(Unbalanced):
        at.world.run(partial(act, earned={accounts.seller("zhou"): how}))


def test_the_proof_finds_a_loss_that_is_not_what_was_paid_on_top(at: Market) -> None:
    made = come(at, hens(at), 1680)
    assert at.world.read(prove) == []
    told = "UPDATE ledger_earning SET over_fen = over_fen - 24, asked_fen = asked_fen + 24"
    at.world.run(lambda session: session.execute(text(told)))
    (flaw,) = at.world.read(prove)
    assert (flaw.what.split(", ")[1], flaw.books_fen, flaw.should_fen) == (
        accounts.carried(made.parts[0].vendor_code),
        1224,
        1200,
    )
