"""Money given back by a person: each way to the fen, once a click, and never beyond what the provider says is there."""

from dataclasses import replace
from functools import partial
from itertools import count

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from shop.catalog.rules import Way
from shop.flows import bench, closing, delivery, giving
from shop.flows.given import given
from shop.flows.giving import Amount, FiguresDiffer, Pieces, Weight, What, preview, worth_of
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.errors import Forbidden, Invalid, NotFound
from shop.ledger import rules as accounts
from shop.orders.models import OrderState, VendorOrderState
from shop.orders.queries.orders import LineFacts, OrderFacts
from shop.payments.gateways.protocol import GatewayUnavailable, Snapshot
from shop.payments.models import DemoRefund, RefundSource
from shop.payments.services import OverRefund
from tests.world import World, market
from tests.world.books import account, assert_sound, at_provider, footprint, free, held_for, provider_account
from tests.world.cash import agreed_order, due
from tests.world.market import (
    DRIVER,
    STAFF,
    Market,
    another_vendor,
    captured,
    delivered_order,
    demo,
    fill_basket,
    listing,
    order,
    pack,
    paid_order,
    place,
    receive_all,
    send,
    variant_id,
)

HEN = Way(unit="只", gross_g=1700, per_500g_fen=3400, least_g=1200, most_g=1500, stock=10)
NUMBERS = count(1)


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


def back(
    at: Market, made: OrderFacts, what: What, *, key: str = "", note: str = "有哈喇味", actor: Actor = STAFF
) -> int:
    """Give back as the page does, by default under a key of its own."""
    house = at.world.house
    return giving.give(
        house.edge,
        house.gateways,
        made.code,
        what,
        key=key or f"key-{next(NUMBERS)}",
        note=note,
        actor=actor,
        clock=at.world.clock,
    )


def _preview(at: Market, made: OrderFacts, what: What) -> int:
    return at.world.read(lambda session: preview(session, made, what))


def line_id(made: OrderFacts, place: int = 0) -> int:
    return [line.id for part in made.parts for line in part.lines][place]


def settled(at: Market) -> None:
    """Let every refund reach its end, and assert that all books say the same."""
    at.world.deliver()
    assert provider_account(at.world) == at_provider(at.world)
    assert account(at.world, accounts.REFUNDS_IN_TRANSIT) == 0
    assert_sound(at.world)


def test_pieces_go_back_with_their_share_of_the_freight_until_none_is_left(at: Market) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    receive_all(at, made.code)
    first = back(at, made, Pieces(line_id(made), 1))
    rest = back(at, made, Pieces(line_id(made), 2))
    assert 4800 < first < made.total_fen
    assert first + rest == made.total_fen
    with pytest.raises(Invalid, match="over"):
        back(at, made, Pieces(line_id(made), 1))
    after = order(at, made.code)
    assert (after.state, after.states) == (OrderState.CANCELLED, (VendorOrderState.CANCELLED,))
    settled(at)
    assert (at_provider(at.world), held_for(at.world, made.code)) == (0, 0)


def test_a_second_click_gives_back_once(at: Market) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    whats: tuple[What, ...] = (Pieces(line_id(made), 1), Amount(700))
    for number, what in enumerate(whats):
        assert back(at, made, what, key=f"twice-{number}") > 0
        before = footprint(at.world)
        assert back(at, made, what, key=f"twice-{number}") == 0
        assert footprint(at.world) == before
    assert order(at, made.code).parts[0].lines[0].rejected == 1
    settled(at)


def test_who_and_why_are_kept(at: Market) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    back(at, made, Amount(500), note=" 盒子压坏了 ")
    (kept,) = at.world.read(lambda session: given(session, made.code))
    assert (kept.amount_fen, kept.note, kept.who, kept.reason) == (500, "盒子压坏了", "STAFF", "staff")
    assert RefundSource.STAFF.value == kept.reason


@pytest.mark.parametrize(
    ("what", "refused"),
    [
        (Amount(0), Invalid),
        (Amount(-5), Invalid),
        (Amount(10**12), OverRefund),
        (Pieces(10**9, 1), Invalid),
    ],
)
def test_what_cannot_be_given_back_leaves_nothing(at: Market, what: What, refused: type[Exception]) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    before = footprint(at.world)
    with pytest.raises(refused):
        back(at, made, what)
    for pieces in (0, -1, 3):
        with pytest.raises(Invalid):
            back(at, made, Pieces(line_id(made), pieces))
    with pytest.raises(Invalid):
        back(at, made, Weight(line_id(made), 900))
    with pytest.raises(Invalid, match="empty"):
        back(at, made, Amount(100), note="  ")
    with pytest.raises(Forbidden):
        back(at, made, Amount(100), actor=VISITOR)
    assert footprint(at.world) == before


def test_an_unpaid_order_has_nothing_to_give_back(at: Market) -> None:
    placed = place(at, fill_basket(at, {variant_id(at, listing(at)): 1}))
    with pytest.raises(NotFound):
        back(at, order(at, placed.order_code), Amount(100))


def test_nothing_moves_when_the_provider_says_other_figures(at: Market) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    reference = captured(at, made.code).provider_ref
    assert reference is not None
    stray = DemoRefund(ref="demo_re_stray", key="by hand at the provider", charge_ref=reference, amount_fen=100)
    at.world.run(lambda session: session.add(stray))
    before = footprint(at.world)
    with pytest.raises(FiguresDiffer):
        back(at, made, Pieces(line_id(made), 1))
    assert footprint(at.world) == before


def test_nothing_moves_when_the_provider_is_silent_or_has_captured_less(
    at: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    gateway = demo(at)
    truth = gateway.fetch
    before = footprint(at.world)

    def less(provider_ref: str) -> Snapshot:
        return replace(truth(provider_ref), captured_fen=1)

    def silent(provider_ref: str) -> Snapshot:
        raise GatewayUnavailable

    for fetch, refused in ((less, FiguresDiffer), (silent, GatewayUnavailable)):
        monkeypatch.setattr(gateway, "fetch", fetch)
        with pytest.raises(refused):
            back(at, made, Amount(100))
    assert footprint(at.world) == before


def test_less_weight_goes_back_and_more_never_comes(at: Market) -> None:
    made = paid_order(at, {variant_id(at, listing(at, title="土鸡", ways=(HEN,))): 2})
    hens = line_id(made)
    with pytest.raises(Invalid, match="by_piece"):
        back(at, made, Weight(hens, 2500))  # the scale has not spoken yet
    take_in = partial(
        bench.receive, part_code=made.parts[0].code, rejected={}, weighed={hens: 2800}, reason="", actor=STAFF
    )
    at.world.run(partial(take_in, clock=at.world.clock))
    assert back(at, made, Weight(hens, 2700)) == 100 * 3400 // 500
    for grams in (2700, 2900, 0, 10**8):
        with pytest.raises(Invalid):
            back(at, made, Weight(hens, grams))
    one = back(at, made, Pieces(hens, 1))
    other = back(at, made, Pieces(hens, 1))
    assert abs(one - other) <= 2
    settled(at)
    assert (at_provider(at.world), held_for(at.world, made.code)) == (0, 0)


def test_after_delivery_it_comes_out_of_the_sellers_and_the_centres_share(at: Market) -> None:
    luo = another_vendor(at.world)
    ham = variant_id(at, listing(at, title="腊肉", price_fen=3333, vendor=luo))
    made = delivered_order(at, {variant_id(at, listing(at, price_fen=4801)): 3, ham: 2})
    zhou, other = accounts.seller(at.vendor.code), accounts.seller(luo.code)
    earned = {code: account(at.world, code) for code in (zhou, other, accounts.COMMISSION, accounts.DELIVERY_INCOME)}
    number = next(n for n, part in enumerate(made.parts) if part.vendor_code == at.vendor.code)
    one = made.parts[number].lines[0]
    given = back(at, made, Pieces(one.id, 1))
    freight = given - 4801
    now = {code: account(at.world, code) - fen for code, fen in earned.items()}
    assert now[other] == 0
    assert now[accounts.DELIVERY_INCOME] == freight
    assert now[zhou] + now[accounts.COMMISSION] == 4801
    assert abs(now[accounts.COMMISSION] - 480) <= 1
    back(at, made, Amount(999))
    back(at, made, Amount(captured(at, made.code).captured_fen - captured(at, made.code).refunded_fen))
    assert [account(at.world, code) for code in earned] == [0, 0, 0, 0]
    settled(at)
    assert at_provider(at.world) == 0


def test_a_refund_that_fails_gives_everybody_their_share_again(at: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    made = delivered_order(at, {variant_id(at, listing(at)): 2})
    codes = (accounts.seller(at.vendor.code), accounts.COMMISSION, accounts.DELIVERY_INCOME)
    before = [account(at.world, code) for code in codes]
    gateway = demo(at)
    truth = gateway.refund

    def fails(provider_ref: str, amount_fen: int, *, key: str) -> object:
        said = truth(provider_ref, amount_fen, key=key)
        return replace(said, state=type(said.state).FAILED)

    monkeypatch.setattr(gateway, "refund", fails)
    back(at, made, Pieces(line_id(made), 1))
    at.world.deliver()
    assert [account(at.world, code) for code in codes] == before
    assert account(at.world, accounts.REFUNDS_IN_TRANSIT) == 0
    assert_sound(at.world)


@examples(
    st.lists(st.integers(1, 5), min_size=1, max_size=6), st.integers(1, 9_999), st.integers(0, 9_999), st.booleans()
)
def test_pieces_given_back_in_any_steps_give_back_what_the_line_cost(
    steps: list[int], price_fen: int, freight_fen: int, is_light: bool
) -> None:
    over_fen = price_fen * sum(steps) // 3
    line = LineFacts(
        id=1,
        title="",
        unit="盒",
        pieces=1,
        price_fen=price_fen,
        quantity=sum(steps),
        rejected=0,
        freight_share_fen=freight_fen,
        gross_g=1,
        per_500g_fen=price_fen,
        weighed_g=1000,
        weight_back_fen=price_fen * sum(steps) // 3 if is_light else 0,
        weight_over_fen=0 if is_light else over_fen,
        harvest_on=None,
        variant_id=1,
        listing_version_id=None,
        return_class=None,
        exception_confirmed=False,
    )
    cost = line.kept_fen + freight_fen
    given = uncarried = 0
    for step in steps:
        worth = worth_of(line, Pieces(1, step))
        assert worth.goods_fen >= 0
        given += worth.fen
        uncarried += worth.over_fen
        line = replace(
            line,
            rejected=line.rejected + step,
            weighed_g=worth.weighed_g,
            weight_back_fen=worth.weight_back_fen,
            weight_over_fen=worth.weight_over_fen,
        )
        assert line.kept_fen >= 0
    assert (given, line.kept_fen) == (cost, 0)
    assert (uncarried, line.weight_over_fen) == (0 if is_light else over_fen, 0)


def test_what_is_not_paid_yet_is_asked_for_no_more_once_a_click(at: Market) -> None:
    made = agreed_order(at, {variant_id(at, listing(at)): 3})
    owed = due(at, made.code).amount_fen
    one = back(at, made, Pieces(line_id(made), 1), key="one page")
    assert back(at, made, Pieces(line_id(made), 1), key="one page") == 0
    assert back(at, made, Amount(500), note="盒子压坏了") == 500
    assert due(at, made.code).amount_fen == owed - one - 500
    assert order(at, made.code).parts[0].lines[0].rejected == 1
    with pytest.raises(OverRefund):  # an order of which nothing is to be paid is called off, not given away
        back(at, made, Amount(owed - one - 500))
    kept = at.world.read(lambda session: given(session, made.code))
    assert [(fact.amount_fen, fact.state, fact.note, fact.who) for fact in kept] == [
        (one, None, "有哈喇味", "STAFF"),
        (500, None, "盒子压坏了", "STAFF"),
    ]
    assert_sound(at.world)


@pytest.mark.parametrize("is_declined", [True, False])
def test_what_is_called_off_after_a_kindness_gives_back_what_is_left(at: Market, *, is_declined: bool) -> None:
    ham, eggs = variant_id(at, listing(at, title="腊肉")), variant_id(at, listing(at, stock=10))
    made = paid_order(at, {eggs: 2, ham: 1})
    back(at, made, Amount(700))
    place_of_ham = next(n for n, line in enumerate(made.parts[0].lines) if line.variant_id == ham)
    back(at, made, Pieces(line_id(made, place_of_ham), 1))
    house, code = at.world.house, made.code
    if is_declined:
        decline = partial(closing.decline_part, vendor_id=at.vendor.id, part_code=made.parts[0].code, actor=STAFF)
        at.world.run(partial(decline, clock=at.world.clock))
    else:
        closing.cancel(house.edge, house.gateways, code, public_url="", actor=VISITOR, clock=at.world.clock)
    assert free(at.world, eggs) == (8 if is_declined else 10)
    assert order(at, code).state is OrderState.CANCELLED
    settled(at)
    assert (at_provider(at.world), held_for(at.world, code)) == (0, 0)


def test_a_kindness_before_the_box_leaves_is_the_centres(at: Market) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    back(at, made, Amount(300))
    receive_all(at, made.code)
    waybill = send(at, pack(at, made.code))
    at.world.run(lambda session: delivery.deliver(session, waybill, actor=DRIVER, clock=at.world.clock))
    assert account(at.world, accounts.seller(at.vendor.code)) == -(9600 - 960)
    assert account(at.world, accounts.COMMISSION) == -960
    back(at, made, Pieces(line_id(made), 2 - 1))
    rest = captured(at, made.code)
    back(at, made, Amount(rest.captured_fen - rest.refunded_fen))
    settled(at)
    assert (at_provider(at.world), held_for(at.world, made.code)) == (0, 0)


def test_what_is_shown_is_what_is_given(at: Market) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    for what in (Pieces(line_id(made), 1), Pieces(line_id(made), 2), Amount(1)):
        now = order(at, made.code)
        if isinstance(what, Pieces):
            assert _preview(at, now, what) == back(at, made, what)
    with pytest.raises(Invalid):
        _preview(at, order(at, made.code), Amount(0))
