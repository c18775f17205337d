"""Claims after the goods have come: agreed to by the rule or a person, each fen taken from whoever bears it."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from shop.catalog.models import ReturnClass
from shop.catalog.rules import Way
from shop.desk.models import Bearer, Claim, ClaimKind, ClaimState
from shop.desk.queries import passages_of
from shop.flows import bench, claiming, claims, delivery, giving
from shop.flows.giving import Amount
from shop.kernel.actor import VISITOR
from shop.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from shop.kernel.outbox import Message
from shop.ledger import rules as accounts
from shop.ledger.queries import movements
from shop.orders.queries.orders import OrderFacts
from tests.world import World, market
from tests.world.books import account, assert_sound, at_provider, footprint, free, provider_account
from tests.world.claims import accept, ask, by_hand, claim
from tests.world.market import (
    DRIVER,
    STAFF,
    Market,
    delivered_order,
    listing,
    on_shelf,
    order,
    pack,
    paid_order,
    send,
    variant_id,
)

HEN = Way(unit="只", gross_g=1700, per_500g_fen=3400, least_g=1200, most_g=1500, stock=10)


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


def eggs(at: Market, boxes: int = 1) -> OrderFacts:
    """Let boxes of thirty eggs come to their buyer, at 48 yuan each."""
    return delivered_order(at, {variant_id(at, listing(at, price_fen=4800)): boxes})


def seller(at: Market) -> int:
    """Return what the household is owed, in fen."""
    return -account(at.world, accounts.seller(at.vendor.code))


def settled(at: Market) -> None:
    """Let every refund reach its end, and assert that all books say the same."""
    at.world.deliver()
    assert provider_account(at.world) == at_provider(at.world)
    assert account(at.world, accounts.REFUNDS_IN_TRANSIT) == 0
    assert_sound(at.world)


def told(at: Market) -> list[dict[str, object]]:
    """Return what buyers were told of their claims."""
    facts = at.world.read(lambda session: list(session.scalars(select(Message.facts))))
    return [one["values"] for one in facts if one.get("template") == "claim_answered"]


def refused(at: Market, made: OrderFacts, kind: ClaimKind, much: int, why: str, photos: int = 1) -> None:
    """Claim, and assert that it is refused and nothing has moved."""
    before = (footprint(at.world), _claims(at))
    with pytest.raises(Invalid, match=why):
        ask(at, made, kind, much, photos=photos)
    assert before == (footprint(at.world), _claims(at))


def _claims(at: Market) -> int:
    return at.world.read(lambda session: session.scalar(select(func.count(Claim.id)))) or 0


def test_three_broken_eggs_of_thirty_go_back_at_once_and_the_household_keeps_its_money(at: Market) -> None:
    made = eggs(at)
    had, there = seller(at), at_provider(at.world)
    said = ask(at, made, ClaimKind.BROKEN, 3)
    assert (said.state, said.amount_fen, said.bearer) == (ClaimState.ACCEPTED, 480, Bearer.COURIER)
    assert told(at)[0]["refund_fen"] == 480
    settled(at)
    assert (seller(at), there - at_provider(at.world)) == (had, 480)
    assert account(at.world, accounts.claim_loss("courier")) == 480
    states = [passage.to for passage in at.world.read(lambda session: passages_of(session, said.code))]
    assert states == [ClaimState.OPEN, ClaimState.ACCEPTED, ClaimState.PAID]
    assert claim(at, said.code).due_at is None


def test_spoiled_eggs_cost_their_household_and_the_centre_its_fee_on_them_as_an_entry_of_its_own(at: Market) -> None:
    made = eggs(at)
    had, fee = seller(at), -account(at.world, accounts.COMMISSION)
    ask(at, made, ClaimKind.SPOILED, 3)
    assert (had - seller(at), fee + account(at.world, accounts.COMMISSION)) == (432, 48)
    legs = at.world.read(lambda session: movements(session, accounts.seller(at.vendor.code)))
    assert [(leg.kind, leg.fen, leg.is_correction) for leg in legs[1:]] == [("claim_asked", -432, True)]
    settled(at)


def test_all_thirty_one_by_one_are_exactly_the_box_and_its_freight_and_the_household_has_nothing_left(
    at: Market,
) -> None:
    made = delivered_order(at, {variant_id(at, listing(at, price_fen=4801)): 1})
    by_hand(at)
    given = 0
    for much in (1, 1, 1, 7, 19, 1):
        given += accept(at, ask(at, made, ClaimKind.SPOILED, much), Bearer.HOUSEHOLD)
    assert given == made.total_fen
    settled(at)
    assert (seller(at), account(at.world, accounts.COMMISSION), at_provider(at.world)) == (0, 0, 0)
    assert account(at.world, accounts.DELIVERY_INCOME) == 0
    refused(at, made, ClaimKind.SPOILED, 1, "again")


def test_the_same_pieces_are_not_claimed_twice_nor_more_than_came(at: Market) -> None:
    made = eggs(at)
    ask(at, made, ClaimKind.BROKEN, 20)
    refused(at, made, ClaimKind.SPOILED, 11, "again")
    refused(at, made, ClaimKind.SPOILED, 31, "range")
    refused(at, made, ClaimKind.SPOILED, 0, "range")
    refused(at, made, ClaimKind.BROKEN, 1, "empty", photos=0)
    refused(at, made, ClaimKind.BROKEN, 1, "many", photos=5)


def test_a_second_click_claims_once(at: Market) -> None:
    made = eggs(at)
    first = ask(at, made, key="page-1")
    before = footprint(at.world)
    assert ask(at, made, key="page-1").code == first.code
    assert footprint(at.world) == before


def test_a_line_of_another_order_and_goods_on_their_way_cannot_be_claimed(at: Market) -> None:
    made, other = eggs(at), paid_order(at, {variant_id(at, listing(at)): 1})
    refused(at, other, ClaimKind.BROKEN, 1, "not_come")
    before = footprint(at.world)
    with pytest.raises(NotFound):
        ask(at, OrderFacts(**{**vars(made), "code": other.code}))
    assert footprint(at.world) == before


@pytest.mark.parametrize(
    ("returns", "kind", "hours", "is_late"),
    [
        (ReturnClass.FRESH, ClaimKind.BROKEN, 47, False),
        (ReturnClass.FRESH, ClaimKind.BROKEN, 48, True),
        (ReturnClass.STANDARD, ClaimKind.SPOILED, 7 * 24 - 1, False),
        (ReturnClass.STANDARD, ClaimKind.SPOILED, 7 * 24, True),
        (ReturnClass.MADE_TO_ORDER, ClaimKind.WRONG, 7 * 24, True),
        (ReturnClass.STANDARD, ClaimKind.RETURN, 7 * 24, False),
        (ReturnClass.STANDARD, ClaimKind.RETURN, 8 * 24, True),
    ],
)
def test_each_kind_of_goods_has_its_time_from_the_signature(
    at: Market, returns: ReturnClass, kind: ClaimKind, hours: int, is_late: bool
) -> None:
    shelf = on_shelf(at, f"shelf-{returns}", return_class=returns)
    made = delivered_order(shelf, {variant_id(shelf, listing(shelf)): 1})
    at.world.clock.advance(hours=hours)
    if is_late:
        refused(shelf, made, kind, 1, "late")
    else:
        assert ask(shelf, made, kind, 1).due_at is not None or kind is not ClaimKind.RETURN


def test_a_person_decides_above_the_limit_and_for_who_asks_often(at: Market) -> None:
    made = eggs(at, 3)
    assert ask(at, made, ClaimKind.BROKEN, 18).state is ClaimState.ACCEPTED
    assert ask(at, made, ClaimKind.BROKEN, 1).state is ClaimState.OPEN  # 28.80 and 1.60 are above 30 together
    one = variant_id(at, listing(at))
    assert ask(at, delivered_order(at, {one: 1})).state is ClaimState.ACCEPTED
    third = ask(at, delivered_order(at, {one: 1}))
    assert (third.state, third.due_at) == (ClaimState.OPEN, at.world.clock() + timedelta(hours=24))
    at.world.clock.advance(days=91)
    assert ask(at, delivered_order(at, {one: 1})).state is ClaimState.ACCEPTED
    settled(at)


def test_a_person_may_agree_to_less_and_say_who_bears_it(at: Market) -> None:
    made = eggs(at)
    by_hand(at)
    said = ask(at, made, ClaimKind.BROKEN, 10)
    with pytest.raises(Forbidden):
        accept(at, said, actor=DRIVER)
    with pytest.raises(Invalid, match="range"):
        accept(at, said, much=11)
    assert accept(at, said, Bearer.PACKING, 4) == 640
    stands = claim(at, said.code)
    assert (stands.asked, stands.granted, stands.reason, told(at)[0]["words"]) == (10, 4, "看过照片", "看过照片")
    assert account(at.world, accounts.claim_loss("packing")) == 640
    with pytest.raises(WrongState):
        accept(at, said)
    assert ask(at, made, ClaimKind.BROKEN, 26).asked == 26  # what was not agreed to may be asked for again
    settled(at)


def test_declined_its_buyer_reads_why_and_may_answer_once(at: Market) -> None:
    made = eggs(at)
    by_hand(at)
    said = ask(at, made)
    say = partial(claims.decide, code=said.code, to=ClaimState.DECLINED, actor=STAFF, clock=at.world.clock)
    with pytest.raises(Invalid, match="empty"):
        at.world.run(partial(say, reason=" ", version=said.version))
    at.world.run(partial(say, reason="照片上看不出来", version=said.version))
    with pytest.raises(Stale):
        at.world.run(partial(say, reason="再说一遍", version=said.version))
    assert (claim(at, said.code).reason, told(at)[0]["how"]) == ("照片上看不出来", "declined")
    answer = partial(claiming.appeal, code=said.code, actor=VISITOR, clock=at.world.clock)
    with pytest.raises(Invalid, match="empty"):
        at.world.run(partial(answer, words=""))
    at.world.run(partial(answer, words="另外拍了一张"))
    at.world.run(partial(answer, words="另外拍了一张"))
    again = claim(at, said.code)
    assert (again.state, again.appeal) == (ClaimState.OPEN, "另外拍了一张")
    at.world.run(partial(say, reason="还是看不出", version=again.version))
    with pytest.raises(WrongState):
        at.world.run(partial(answer, words="再来一次"))
    assert at_provider(at.world) == made.total_fen


def test_taken_back_it_asks_for_nothing_and_may_be_asked_again(at: Market) -> None:
    made = eggs(at)
    by_hand(at)
    said = ask(at, made, ClaimKind.BROKEN, 30)
    take = partial(claiming.withdraw, code=said.code, actor=VISITOR, clock=at.world.clock)
    at.world.run(take)
    at.world.run(take)
    assert claim(at, said.code).state is ClaimState.WITHDRAWN
    paid = ask(at, made, ClaimKind.BROKEN, 30)
    accept(at, paid)
    with pytest.raises(WrongState):
        at.world.run(partial(take, code=paid.code))


def test_what_is_not_fresh_may_come_back_and_then_its_price_goes_back_without_the_freight(at: Market) -> None:
    eggs_id = variant_id(at, listing(at))
    made, on_hand = delivered_order(at, {eggs_id: 2}), free(at.world, eggs_id)
    said = ask(at, made, ClaimKind.RETURN, 60, photos=0)
    assert (said.state, said.amount_fen, said.freight_fen) == (ClaimState.AWAITING_GOODS, 9600, 0)
    taken = partial(
        claims.decide, code=said.code, to=ClaimState.RECEIVED, reason="没拆过", actor=STAFF, clock=at.world.clock
    )
    at.world.run(partial(taken, version=said.version))
    stands = claim(at, said.code)
    assert (stands.state, stands.due_at) == (ClaimState.RECEIVED, at.world.clock() + timedelta(days=7))
    accept(at, said, Bearer.HOUSEHOLD)
    settled(at)
    assert (seller(at), at_provider(at.world)) == (0, made.freight_fen)
    assert free(at.world, eggs_id) == on_hand  # what came back is not sold a second time by itself
    assert [one["how"] for one in told(at)] == ["back", "received", "paid"]


@pytest.mark.parametrize(
    ("returns", "confirmed", "may"),
    [
        (ReturnClass.FRESH, False, False),
        (ReturnClass.MADE_TO_ORDER, False, False),
        (ReturnClass.STANDARD, False, True),
    ],
)
def test_a_return_goes_by_the_class_its_buyer_was_told_of(
    at: Market, returns: ReturnClass, confirmed: bool, may: bool
) -> None:
    shelf = on_shelf(at, f"shelf-{returns}", return_class=returns)
    made = delivered_order(shelf, {variant_id(shelf, listing(shelf)): 1})
    assert made.parts[0].lines[0].exception_confirmed is confirmed
    if may:
        assert ask(shelf, made, ClaimKind.RETURN, 30, photos=0).state is ClaimState.AWAITING_GOODS
    else:
        refused(shelf, made, ClaimKind.RETURN, 30, "class", photos=0)


def test_goods_may_be_asked_back_before_a_claim_is_decided(at: Market) -> None:
    made = eggs(at)
    by_hand(at)
    said = ask(at, made, ClaimKind.WRONG, 30)
    back = partial(
        claims.decide,
        code=said.code,
        to=ClaimState.AWAITING_GOODS,
        reason="请带回来看看",
        actor=STAFF,
        clock=at.world.clock,
    )
    at.world.run(partial(back, version=said.version))
    assert claim(at, said.code).state is ClaimState.AWAITING_GOODS
    with pytest.raises(WrongState):
        accept(at, said)
    taken = partial(
        claims.decide, code=said.code, to=ClaimState.RECEIVED, reason="看过了", actor=STAFF, clock=at.world.clock
    )
    at.world.run(partial(taken, version=claim(at, said.code).version))
    assert accept(at, said, Bearer.PACKING) == made.total_fen  # all of it was wrong: its freight goes back too
    settled(at)


def test_short_weight_gives_back_what_it_weighs_less_and_is_the_scales_fault_where_we_weighed_it(at: Market) -> None:
    made = paid_order(at, {variant_id(at, listing(at, ways=(HEN,))): 1})
    part = made.parts[0]
    bench_in = partial(bench.receive, part_code=part.code, rejected={}, weighed={part.lines[0].id: 1400}, reason="")
    at.world.run(partial(bench_in, actor=STAFF, clock=at.world.clock))
    waybill = send(at, pack(at, made.code))
    at.world.run(lambda session: delivery.deliver(session, waybill, actor=DRIVER, clock=at.world.clock))
    said = ask(at, order(at, made.code), ClaimKind.SHORT_WEIGHT, 100)
    assert (said.amount_fen, said.bearer) == (680, Bearer.PACKING)
    refused(at, made, ClaimKind.SHORT_WEIGHT, 50, "again")
    settled(at)


def test_what_was_given_back_as_a_kindness_is_not_given_back_again(at: Market) -> None:
    made, house = eggs(at), at.world.house
    give = partial(giving.give, house.edge, house.gateways, made.code, key="kindness", note="路上久了")
    give(Amount(4000), actor=STAFF, clock=at.world.clock)
    by_hand(at)
    said = ask(at, made, ClaimKind.SPOILED, 30)
    assert accept(at, said, Bearer.HOUSEHOLD) == made.total_fen - 4000
    settled(at)
    assert (at_provider(at.world), seller(at)) == (0, 0)
    assert account(at.world, accounts.claim_loss("town")) == account(at.world, accounts.DELIVERY_INCOME) * -1
    refused(at, made, ClaimKind.BROKEN, 1, "again")
