"""What is agreed to: boxes by temperature, the day promised, what cannot go, what must be ticked, and who may wait."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from shop.catalog.models import Climate, ReturnClass, Variant
from shop.flows import checkout, closing, refunds, settle
from shop.flows.checkout import BasketChanged, BeingPaid, Placed, TooManyUnpaid
from shop.kernel.actor import VISITOR
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid
from shop.orders.models import Box, Handing, OrderState
from shop.orders.queries.quotes import CannotSend, Quote, quote
from shop.orders.services import Recipient, note_seen
from shop.payments.gateways.demo import DemoGateway
from shop.payments.models import PaymentState
from shop.town.services import add_holiday
from tests.world import World, market
from tests.world.books import assert_sound, footprint, free, held_for
from tests.world.market import (
    TO,
    Market,
    demo,
    expire,
    fill_basket,
    listing,
    look,
    on_shelf,
    order,
    pay,
    payment,
    place,
    seen,
    start,
    variant_id,
)

COLLECT = Recipient(name=TO.name, phone=TO.phone, handing=Handing.COLLECTION)


def quoted(at: Market, wanted: dict[int, int], to: Recipient = TO) -> Quote:
    token = fill_basket(at, wanted)
    shown = look(at, token)
    return at.world.read(lambda session: quote(session, shown, to.destination, now=at.world.clock()))


def other_buyer(number: int) -> Recipient:
    return replace(TO, phone=f"1390000{number:04d}", street=f"科华路 {number} 号")


def place_to(at: Market, token: str, to: Recipient) -> Placed:
    shown = look(at, token)
    digest = at.world.read(lambda session: quote(session, shown, to.destination, now=at.world.clock()).digest)
    return place(at, token, digest=digest, to=to)


def test_goods_travel_in_boxes_by_temperature_and_each_box_has_its_freight(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, gross_g=1200))
    greens = variant_id(at, listing(on_shelf(at, "greens", climate=Climate.COOL), title="豌豆尖", gross_g=500))
    meat = variant_id(at, listing(on_shelf(at, "meat", climate=Climate.CHILLED), title="鲜排骨", gross_g=1000))
    ice = variant_id(at, listing(on_shelf(at, "ice", climate=Climate.FROZEN), title="冻汤圆", gross_g=2100))
    found = quoted(at, {eggs: 1, meat: 1, greens: 1, ice: 1})
    assert [(box.box, box.weight_g, box.freight_fen) for box in found.boxes] == [
        (Box.AMBIENT, 1700, 600 + 150),
        (Box.CHILLED, 1000, 600 + 400),
        (Box.FROZEN, 2100, 600 + 2 * 150 + 400),
    ]
    assert found.freight_fen == 750 + 1000 + 1300 == sum(line.freight_share_fen for line in found.lines)
    shares = {line.variant_id: line.freight_share_fen for line in found.lines}
    assert (shares[meat], shares[ice], shares[eggs] + shares[greens]) == (1000, 1300, 750)


def test_an_order_has_a_part_for_each_vendor_and_box(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at))
    meat = variant_id(at, listing(on_shelf(at, "meat", climate=Climate.CHILLED), title="鲜排骨"))
    made = order(at, place(at, fill_basket(at, {eggs: 1, meat: 1})).order_code)
    assert [(part.vendor_code, part.box) for part in made.parts] == [
        (at.vendor.code, Box.AMBIENT),
        (at.vendor.code, Box.CHILLED),
    ]
    assert made.promised_on == quoted(at, {eggs: 1}).promised_on
    assert_sound(world)


def test_what_is_collected_costs_no_freight_and_lies_ready_when_it_has_come_in(world: World) -> None:
    at = market.market(world)
    found = quoted(at, {variant_id(at, listing(at)): 1}, COLLECT)
    assert (found.freight_fen, found.days, found.takes_cash) == (0, 0, True)
    delivered = quoted(at, {variant_id(at, listing(at, title="鸭蛋")): 1})
    assert delivered.promised_on - found.promised_on == timedelta(days=2)


def test_after_the_cut_off_a_day_more_is_promised_and_asked_about(world: World) -> None:
    at = market.market(world)
    token = fill_basket(at, {variant_id(at, listing(at)): 1})
    before, first = seen(at, token), quoted(at, {variant_id(at, listing(at, title="鸭蛋")): 1}).promised_on
    while town_day(world.clock() + timedelta(hours=4)) == town_day(world.clock()):
        world.clock.advance(minutes=30)  # past eight in the evening, the day still being the same
    with pytest.raises(checkout.QuoteChanged) as refusal:
        place(at, token, digest=before)
    assert refusal.value.now.promised_on == first + timedelta(days=1)


def test_what_is_gathered_while_the_centre_is_closed_is_promised_and_asked_for_when_it_opens(world: World) -> None:
    at = market.market(world)
    gathered = town_day(world.clock()) + timedelta(days=20)
    ahead: dict[str, Any] = {"harvest_first_on": gathered, "harvest_last_on": gathered, "harvest_cap": 5}
    shoots = variant_id(at, listing(at, title="冬笋", **ahead))
    world.run(lambda session: add_holiday(session, gathered, "停电", actor=market.HOUSE))
    made = market.paid_order(at, {shoots: 1})
    assert made.parts[0].due_on == gathered + timedelta(days=1)
    assert made.promised_on == gathered + timedelta(days=1 + 2)


def test_what_is_alive_or_would_not_arrive_fresh_is_named_and_can_be_collected(world: World) -> None:
    at = market.market(world)
    hen = listing(on_shelf(at, "live", is_live=True), title="活土鸡")
    shoots = listing(at, title="鲜笋", travel_days=1)
    ham = listing(at, title="腊肉", travel_days=2)
    wanted = {variant_id(at, thing): 1 for thing in (hen, shoots, ham)}
    with pytest.raises(CannotSend) as refusal:
        quoted(at, wanted)
    assert [(line.title, line.why, line.bears_days, line.takes_days) for line in refusal.value.lines] == [
        ("活土鸡", "live", None, None),
        ("鲜笋", "too_far", 1, 2),
    ]
    made = order(at, place_to(at, fill_basket(at, wanted), COLLECT).order_code)
    assert (made.handing, made.freight_fen, made.street) == (Handing.COLLECTION, 0, "")


def test_an_exception_from_the_seven_days_needs_its_own_tick(world: World) -> None:
    at = on_shelf(market.market(world), "jars", return_class=ReturnClass.CONFIRMED_EXCEPTION)
    token = fill_basket(at, {variant_id(at, listing(at, title="豆瓣酱")): 1})
    before = footprint(world)
    with pytest.raises(Invalid) as refusal:
        place(at, token)
    assert (refusal.value.field, refusal.value.reason) == ("confirmed", "empty")
    assert footprint(world) == before
    made = order(at, place(at, token, is_confirmed=True).order_code)
    (line,) = made.parts[0].lines
    assert (line.return_class, line.exception_confirmed) == (ReturnClass.CONFIRMED_EXCEPTION, True)


def test_nobody_leaves_more_than_three_orders_unpaid_by_phone_or_address(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=99))
    for _ in range(3):
        place(at, fill_basket(at, {eggs: 1}))
    before = footprint(world)
    for to in (replace(TO, street="别处 1 号"), replace(TO, phone="13900009999")):
        with pytest.raises(TooManyUnpaid):
            place_to(at, fill_basket(at, {eggs: 1}), to)
    assert footprint(world) == before
    place_to(at, fill_basket(at, {eggs: 1}), other_buyer(1))


def test_a_paid_order_counts_no_more(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=99))
    for _ in range(5):
        pay(at, place(at, fill_basket(at, {eggs: 1})))


def test_letting_orders_lapse_again_and_again_ends(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=99))
    for _ in range(6):
        placed = place(at, fill_basket(at, {eggs: 1}))
        world.clock.advance(minutes=16)
        expire(at, placed.order_code)
    with pytest.raises(TooManyUnpaid):
        place(at, fill_basket(at, {eggs: 1}))
    world.clock.advance(hours=12)
    place(at, fill_basket(at, {eggs: 1}))


def test_the_last_one_is_said_to_be_paid_for_until_then(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=3))
    late = fill_basket(at, {eggs: 3})
    digest = seen(at, late)
    first = place(at, fill_basket(at, {eggs: 3}))
    start(at, first)
    with pytest.raises(BasketChanged) as refusal:
        place(at, late, digest=digest, to=other_buyer(1))
    assert [line.problem for line in refusal.value.now.lines] == ["being_paid"]


def test_somebody_quicker_by_a_moment_is_paying(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=3))
    late = fill_basket(at, {eggs: 3})
    shown = look(at, late)
    digest = seen(at, late)
    first = place(at, fill_basket(at, {eggs: 3}))
    # What the page read a moment before the other buyer's click.
    monkeypatch.setattr(checkout, "basket", lambda *_args, **_told: shown)
    with pytest.raises(BeingPaid) as refusal:
        place(at, late, digest=digest, to=other_buyer(1))
    assert refusal.value.until == order(at, first.order_code).hold_until
    assert free(world, eggs) == 0


def test_an_overdue_hold_is_freed_at_once_only_when_its_payment_never_started(world: World) -> None:
    at = market.market(world)
    eggs = variant_id(at, listing(at, stock=3))
    never = place(at, fill_basket(at, {eggs: 3}))
    late = fill_basket(at, {eggs: 3})
    world.clock.advance(minutes=16)
    taken = place(at, late, to=other_buyer(1))
    assert order(at, never.order_code).state is OrderState.EXPIRED
    assert payment(at, never.payment_code).state is PaymentState.VOIDED
    start(at, taken)
    world.clock.advance(minutes=16)
    with pytest.raises(BasketChanged):
        place(at, fill_basket(at, {eggs: 3}), to=other_buyer(2))
    assert order(at, taken.order_code).state is OrderState.PLACED
    assert_sound(world)


class OtherGateway(DemoGateway):
    """A second provider that works like the first."""

    code = "other"


def test_going_back_to_the_first_way_of_paying_is_a_payment_of_its_own(world: World) -> None:
    at = market.market(world)
    placed = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    other = OtherGateway(world.edge.transaction, "of another provider, long enough")

    def switch(gateway: DemoGateway) -> str:
        return world.run(lambda session: checkout.pay_otherwise(session, placed.order_code, gateway, clock=world.clock))

    second, again = switch(other), switch(other)
    third = switch(demo(at))  # the first one is about to be ended
    assert second == again
    assert third not in (placed.payment_code, second)


def test_what_was_paid_is_given_back_though_an_older_payment_came_late(world: World) -> None:
    at = market.market(world)
    placed = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    other = OtherGateway(world.edge.transaction, "of another provider, long enough")
    both = {"demo": demo(at), "other": other}
    start(at, placed)  # by the provider's page, which stays open in another tab
    second = world.run(lambda session: checkout.pay_otherwise(session, placed.order_code, other, clock=world.clock))
    settle.start(world.edge, other, second, public_url="http://localhost", clock=world.clock)
    for code, gateway in ((second, "other"), (placed.payment_code, "demo")):
        ref = payment(at, code).provider_ref
        assert ref is not None
        body, headers = both[gateway].decide(ref, pays=True, now=world.clock())
        settle.receive_event(world.edge, both, gateway, body, headers, clock=world.clock)
    made = order(at, placed.order_code)
    assert made.state is OrderState.PAID
    assert payment(at, placed.payment_code).refunded_fen == made.total_fen
    closing.cancel(world.edge, both, made.code, public_url="http://localhost", actor=VISITOR, clock=world.clock)
    assert payment(at, second).refunded_fen == made.total_fen
    refunds.drive_due(world.edge, both, clock=world.clock)
    assert held_for(world, made.code) == 0


def test_a_basket_says_what_a_price_was_when_it_was_last_seen(world: World) -> None:
    at = market.market(world)
    made = listing(at, price_fen=4800)
    eggs = variant_id(at, made)
    token = fill_basket(at, {eggs: 1})
    world.run(lambda session: session.execute(update(Variant).where(Variant.id == eggs).values(price_fen=5000)))
    assert [line.was_fen for line in look(at, token).lines] == [4800]
    shown = look(at, token)
    world.run(lambda session: note_seen(session, shown, token=token, user_id=None))
    assert [line.was_fen for line in look(at, token).lines] == [None]
