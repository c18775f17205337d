"""Placing an order: exactly what was seen, once, and nothing of it when it cannot be."""

import pytest

from shop.catalog.services.listings import set_free
from shop.catalog.services.passages import pause
from shop.catalog.stock import OutOfStock, hold
from shop.courier.queries import NoFreight
from shop.flows.checkout import BasketChanged, QuoteChanged
from shop.kernel.errors import NotFound
from shop.orders.models import OrderState, VendorOrderState
from shop.orders.services import Recipient
from tests.world import World, market
from tests.world.books import assert_sound, footprint, free
from tests.world.market import HOUSE, TO, another_vendor, fill_basket, listing, order, place, seen, variant_id


def test_an_order_holds_its_goods_and_freezes_prices_and_freight(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, title="土鸡蛋", price_fen=4800, gross_g=1200))
    ham = variant_id(at, listing(at, title="老腊肉", price_fen=6800, gross_g=500, vendor=another_vendor(world)))
    placed = place(at, fill_basket(at, {eggs: 2, ham: 1}))
    made = order(at, placed.order_code)
    assert made.state is OrderState.PLACED
    assert (made.goods_fen, made.freight_fen, made.total_fen) == (16400, 600 + 2 * 150, 17300)
    assert made.states == (VendorOrderState.WAITING, VendorOrderState.WAITING)
    shares = [line.freight_share_fen for part in made.parts for line in part.lines]
    assert sum(shares) == 900
    assert shares == [745, 155]  # 2400 g and 500 g of 900 fen, largest remainder
    assert (free(world, eggs), free(world, ham)) == (8, 9)
    assert_sound(world)


def test_a_second_click_finds_the_first_order(world: World) -> None:
    at = market.market(world)
    token = fill_basket(at, {variant_id(at, listing(at)): 1})
    digest = seen(at, token)
    first = place(at, token, key="one-page", digest=digest)
    before = footprint(world)
    assert place(at, token, key="one-page", digest=digest) == first
    assert footprint(world) == before


def test_a_price_changed_in_between_is_shown_and_nothing_is_ordered(world: World) -> None:
    at = market.market(world)
    token = fill_basket(at, {variant_id(at, listing(at)): 1})
    before = footprint(world)
    with pytest.raises(QuoteChanged) as refusal:
        place(at, token, digest="of another page")
    assert refusal.value.now.total_fen == 4800 + 750
    assert footprint(world) == before


def test_a_thing_sold_out_between_basket_and_order_is_refused(world: World) -> None:
    at = market.market(world)
    eggs = listing(at, stock=3)
    token = fill_basket(at, {variant_id(at, eggs): 2})
    digest = seen(at, token)
    world.run(lambda session: set_free(session, at.vendor.id, eggs.code, 1, saw_free=3, actor=HOUSE, clock=world.clock))
    before = footprint(world)
    with pytest.raises(BasketChanged) as refusal:
        place(at, token, digest=digest)
    assert [line.problem for line in refusal.value.now.lines] == ["too_few"]
    assert footprint(world) == before


def test_a_paused_listing_in_an_old_basket_cannot_be_ordered(world: World) -> None:
    at = market.market(world)
    eggs = listing(at)
    token = fill_basket(at, {variant_id(at, eggs): 1})
    digest = seen(at, token)
    world.run(lambda session: pause(session, at.vendor.id, eggs.code, paused=True, actor=HOUSE, clock=world.clock))
    with pytest.raises(BasketChanged) as refusal:
        place(at, token, digest=digest)
    assert [line.problem for line in refusal.value.now.lines] == ["gone"]
    with pytest.raises(OutOfStock):
        world.run(lambda session: hold(session, "BYHAND", {variant_id(at, eggs): 1}, clock=world.clock))


def test_where_parcels_do_not_go_nothing_is_ordered(world: World) -> None:
    at = market.market(world)
    token = fill_basket(at, {variant_id(at, listing(at)): 1})
    before = footprint(world)
    far = Recipient(TO.name, TO.phone, "西藏", "拉萨市", "城关区", TO.street)
    with pytest.raises(NoFreight):
        place(at, token, digest="any", to=far)
    assert footprint(world) == before


def test_an_empty_basket_is_no_order(world: World) -> None:
    at = market.market(world)
    with pytest.raises((BasketChanged, NotFound)):
        place(at, "no such basket", digest="any")


def test_a_thing_out_of_season_in_an_old_basket_cannot_be_ordered(world: World) -> None:
    at = market.market(world)
    corn = listing(at, title="糯玉米", months=(7, 8))
    token = fill_basket(at, {variant_id(at, corn): 1})
    with pytest.raises(BasketChanged) as refusal:
        place(at, token, digest=seen(at, token))
    assert [line.problem for line in refusal.value.now.lines] == ["out_of_season"]


def test_a_variant_that_does_not_exist_goes_into_no_basket(world: World) -> None:
    at = market.market(world)
    with pytest.raises(NotFound):
        fill_basket(at, {10**9: 1})
