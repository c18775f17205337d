"""Sold out, back tomorrow, still there: a household's word, and the clock that acts on it."""

from functools import partial

import pytest
from sqlalchemy import select

from shop.catalog.models import HiddenFor, Listing, ListingState, Variant
from shop.catalog.restock import coming_back
from shop.catalog.rules import ANSWER_DAYS, ASK_DAYS, CONFIRM_DAYS, Way
from shop.catalog.still import to_confirm
from shop.flows import keeping, stocking
from shop.flows.shelf import watch_due
from shop.flows.undoing import undo
from shop.kernel.actor import system
from shop.kernel.errors import Invalid, NotFound, ShopError, WrongState
from shop.notifications.models import Delivery
from tests.world import World, market
from tests.world.acting import taken_back
from tests.world.books import assert_sound, free
from tests.world.market import (
    HOUSE,
    Market,
    another_vendor,
    fill_basket,
    listing,
    look,
    on_shelf,
    paid_order,
    place,
    variant_id,
)

JOB = system("job:shelf")


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household, at ten in the morning."""
    return market.market(world)


def sell_out(at: Market, code: str, back: dict[int, int] | None = None) -> str:
    act = partial(stocking.sell_out, vendor_id=at.vendor.id, code=code, back=back, words=str, actor=HOUSE)
    return at.world.run(partial(act, clock=at.world.clock))


def morning(at: Market) -> None:
    """Let the shelf's jobs run."""
    stocking.bring_back_due(at.world.edge, actor=JOB, clock=at.world.clock)
    stocking.ask_due(at.world.edge, clock=at.world.clock)
    watch_due(at.world.edge, actor=JOB, clock=at.world.clock)
    at.world.deliver()


def asked(at: Market) -> list[str]:
    wanted = select(Delivery.text).where(Delivery.template == "still_there").order_by(Delivery.id)
    return list(at.world.read(lambda session: session.scalars(wanted).all()))


def hidden(at: Market) -> dict[str, HiddenFor | None]:
    rows = at.world.read(lambda session: session.execute(select(Listing.title, Listing.hidden_for)).all())
    return {row[0]: row[1] for row in rows}


def take_back(at: Market, act: str) -> None:
    take = partial(undo, vendor_id=at.vendor.id, act_code=act, words=taken_back, actor=HOUSE)
    at.world.run(partial(take, clock=at.world.clock))


def test_sold_out_is_none_at_all_and_comes_back_only_by_taking_it_back(at: Market) -> None:
    eggs = listing(at, stock=5)
    act = sell_out(at, eggs.code)
    assert free(at.world, variant_id(at, eggs)) == 0
    at.world.clock.advance(days=2)
    morning(at)
    assert free(at.world, variant_id(at, eggs)) == 0
    at.world.clock.advance(days=-2)
    take_back(at, act)
    assert free(at.world, variant_id(at, eggs)) == 5
    assert_sound(at.world)


def test_more_tomorrow_is_none_today_and_so_many_in_the_morning_once(at: Market) -> None:
    eggs = listing(at, stock=2)
    paid_order(at, {variant_id(at, eggs): 1})
    sell_out(at, eggs.code, {0: 8})
    morning(at)
    assert free(at.world, variant_id(at, eggs)) == 0
    at.world.clock.advance(hours=24)
    for _turn in range(2):
        morning(at)
    assert free(at.world, variant_id(at, eggs)) == 8
    assert at.world.read(lambda session: coming_back(session, at.vendor.id)) == {}
    assert_sound(at.world)


def test_a_count_or_taking_back_meanwhile_stands_and_nothing_comes_by_itself(at: Market) -> None:
    eggs, duck = listing(at, stock=2), listing(at, title="鸭蛋", stock=3)
    sell_out(at, eggs.code, {0: 8})
    count = partial(keeping.count, vendor_id=at.vendor.id, code=eggs.code, free=1, saw_free=0, place=0, words=str)
    at.world.run(partial(count, actor=HOUSE, clock=at.world.clock))
    act = sell_out(at, duck.code, {0: 8})
    take_back(at, act)
    at.world.clock.advance(days=1)
    morning(at)
    assert [free(at.world, variant_id(at, one)) for one in (eggs, duck)] == [1, 3]
    assert_sound(at.world)


def test_every_way_of_selling_runs_out_together_and_each_comes_back_as_said(at: Market) -> None:
    ways = (
        Way(unit="盒", name="小盒", price_fen=2000, gross_g=600, stock=4),
        Way(unit="盒", name="大盒", price_fen=4000, gross_g=1200, stock=2),
    )
    eggs = listing(at, ways=ways)
    sell_out(at, eggs.code, {1: 3})
    at.world.clock.advance(days=1)
    morning(at)
    wanted = select(Variant.on_hand).where(Variant.listing_id == eggs.id).order_by(Variant.id)
    assert at.world.read(lambda session: session.scalars(wanted).all()) == [0, 3]
    assert_sound(at.world)


def test_what_cannot_be_said_is_refused(at: Market) -> None:
    eggs, other = listing(at, stock=2), listing(at, vendor=another_vendor(at.world))
    for code, back, error in (
        (eggs.code, {0: 0}, Invalid),
        (eggs.code, {0: 99_999_999}, Invalid),
        (eggs.code, {4: 1}, NotFound),
        (other.code, None, NotFound),
    ):
        with pytest.raises(error):
            sell_out(at, code, back)
    assert free(at.world, variant_id(at, eggs)) == 2
    at.world.run(
        lambda session: keeping.archive(session, at.vendor.id, eggs.code, words=str, actor=HOUSE, clock=at.world.clock)
    )
    with pytest.raises(WrongState):
        sell_out(at, eggs.code)


def test_a_household_is_asked_once_a_week_in_one_message_for_all(at: Market) -> None:
    listing(at)
    listing(at, title="老腊肉")
    at.world.clock.advance(days=ASK_DAYS - 1)
    morning(at)
    assert asked(at) == []
    at.world.clock.advance(days=1)
    for _turn in range(3):
        morning(at)
    (text,) = asked(at)
    assert "林下土鸡蛋等2样还有吗" in text
    assert len(text) <= 70
    assert hidden(at) == {"林下土鸡蛋": None, "老腊肉": None}


def test_nobody_is_asked_at_night(at: Market) -> None:
    listing(at)
    at.world.clock.advance(days=ASK_DAYS, hours=12)
    morning(at)
    assert asked(at) == []


def test_silence_after_the_question_hides_and_one_word_brings_back(at: Market) -> None:
    eggs = listing(at)
    at.world.clock.advance(days=CONFIRM_DAYS + 20)
    morning(at)
    assert hidden(at) == {"林下土鸡蛋": None}, "nobody hides who was not asked"
    at.world.clock.advance(days=ANSWER_DAYS)
    morning(at)
    assert hidden(at) == {"林下土鸡蛋": HiddenFor.NOT_CONFIRMED}
    assert at.world.read(lambda session: to_confirm(session, at.vendor.id, at.world.clock())) == [eggs.code]
    confirm = partial(keeping.confirm, vendor_id=at.vendor.id, code=eggs.code, words=str, actor=HOUSE)
    at.world.run(partial(confirm, clock=at.world.clock))
    morning(at)
    assert hidden(at) == {"林下土鸡蛋": None}
    assert at.world.read(lambda session: to_confirm(session, at.vendor.id, at.world.clock())) == []


def test_what_disappoints_nobody_is_neither_asked_about_nor_hidden(at: Market) -> None:
    listing(at, title="夏天的", months=(6, 7))
    listing(at, title="卖完的", stock=0)
    today = at.world.clock().date()
    later = today.replace(year=today.year + 1)
    ahead = on_shelf(at, "ahead")
    listing(ahead, title="预订的", harvest_first_on=later, harvest_last_on=later, harvest_cap=5)
    for _week in range(6):
        at.world.clock.advance(days=7)
        morning(at)
    assert asked(at) == []
    assert set(hidden(at).values()) == {None}


def test_while_hidden_it_is_not_bought_from_an_old_basket(at: Market) -> None:
    eggs = listing(at)
    token = fill_basket(at, {variant_id(at, eggs): 1})
    digest = market.seen(at, token)
    for _week in range(3):
        at.world.clock.advance(days=7)
        morning(at)
    state = at.world.read(lambda session: session.scalars(select(Listing.state)).one())
    assert state is ListingState.HIDDEN
    with pytest.raises(ShopError):
        place(at, token, digest=digest)
    assert look(at, token).lines[0].problem == "gone"
    assert free(at.world, variant_id(at, eggs)) == 10
    assert_sound(at.world)
