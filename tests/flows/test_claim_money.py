"""Whose money a claim is, whatever happened before: each entry sums to the fen, and what a household bears is in it."""

from functools import partial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.desk.models import Bearer, Claim, ClaimKind, ClaimState
from shop.flows import giving
from shop.flows.earned import Borne, Left, legs_borne
from shop.flows.giving import Amount, Pieces, What, preview
from shop.flows.refunds import claim_key
from shop.kernel.errors import Invalid
from shop.kernel.money import portion
from shop.ledger import rules as accounts
from shop.ledger.queries import legs, movements
from shop.orders.queries.orders import OrderFacts
from shop.payments.models import Refund
from shop.payments.services import OverRefund
from tests.world import World, market
from tests.world.books import account, assert_sound, at_provider, footprint, provider_account
from tests.world.claims import accept, ask, by_hand, claim, decide
from tests.world.market import (
    STAFF,
    Market,
    another_vendor,
    captured,
    delivered_order,
    demo,
    listing,
    order,
    variant_id,
)

SELLER, VENDOR = accounts.seller("zhou"), "zhou"


@given(st.data())
def test_goods_claimed_in_any_steps_take_back_exactly_what_their_vendor_and_the_centre_had(data: st.DataObject) -> None:
    goods = data.draw(st.integers(1, 99_999))
    fee_bp = data.draw(st.integers(0, 10_000))
    fee = portion(goods, fee_bp)
    cuts = data.draw(st.sets(st.integers(1, goods), max_size=12))
    before, own, commission = 0, goods - fee, fee
    for stop in sorted(cuts | {goods}):
        amount = stop - before
        left = Left(0, {SELLER: own}, {SELLER: fee_bp}, commission, 500)
        taken = legs_borne(left, amount, Borne(VENDOR, before_fen=before, fee_bp=fee_bp))
        assert sum(taken.values()) == amount
        assert set(taken) <= {SELLER, accounts.COMMISSION}
        before, own = before + amount, own - taken.get(SELLER, 0)
        commission -= taken.get(accounts.COMMISSION, 0)
    assert (own, commission) == (0, 0)


@given(
    amount=st.integers(1, 9_999),
    own=st.integers(-500, 9_999),
    commission=st.integers(-50, 999),
    freight=st.integers(0, 900),
    of_freight=st.integers(0, 900),
    over=st.integers(0, 300),
    carried=st.integers(0, 300),
)
def test_a_vendor_never_gives_back_what_they_do_not_have_and_the_amount_is_whole(
    amount: int, own: int, commission: int, freight: int, of_freight: int, over: int, carried: int
) -> None:
    left = Left(0, {SELLER: own}, {SELLER: 1000}, commission, freight, carried={SELLER: carried})
    by = Borne(VENDOR, freight_fen=min(of_freight, amount), fee_bp=1000, over_fen=over)
    taken = legs_borne(left, amount, by)
    assert sum(taken.values()) == amount
    assert taken.get(SELLER, 0) <= max(0, own) + carried
    assert taken.get(accounts.COMMISSION, 0) <= max(0, commission)
    assert taken.get(accounts.DELIVERY_INCOME, 0) <= freight


@given(amount=st.integers(1, 9_999), who=st.sampled_from(["claim_loss:packing", "claims_on:shunfeng"]))
def test_what_another_bears_leaves_the_vendor_what_they_have(amount: int, who: str) -> None:
    left = Left(0, {SELLER: 100}, {SELLER: 1000}, 10, 0)
    assert legs_borne(left, amount, Borne(VENDOR, account=who, freight_fen=amount)) == {who: amount}


@pytest.fixture
def at(world: World) -> Market:
    at = market.market(world)
    by_hand(at)
    return at


def _bought(at: Market, dice: Random) -> OrderFacts:
    other = another_vendor(at.world)
    first = variant_id(at, listing(at, price_fen=dice.randint(101, 9_999)))
    second = variant_id(at, listing(at, vendor=other, price_fen=dice.randint(101, 9_999)))
    return delivered_order(at, {first: dice.randint(1, 3), second: dice.randint(1, 3)})


@pytest.mark.parametrize("seed", range(4))
def test_random_claims_and_kindnesses_of_one_order_close_to_the_fen(at: Market, seed: int) -> None:
    dice, house = Random(seed), at.world.house
    made = _bought(at, dice)
    borne: dict[str, Bearer] = {}
    for number in range(9):
        try:
            if dice.random() < 0.2:
                give = partial(giving.give, house.edge, house.gateways, made.code, Amount(dice.randint(1, 900)))
                give(key=f"kind-{number}", note="对不住", actor=STAFF, clock=at.world.clock)
                at.world.deliver()
                continue
            if dice.random() < 0.2:
                line_id = dice.choice([line.id for part in made.parts for line in part.lines])
                give = partial(giving.give, house.edge, house.gateways, made.code, Pieces(line_id, 1))
                give(key=f"whole-{number}", note="不好吃", actor=STAFF, clock=at.world.clock)
                at.world.deliver()
                continue
            kind = dice.choice([ClaimKind.BROKEN, ClaimKind.SPOILED, ClaimKind.WRONG, ClaimKind.MISSING])
            said = ask(at, made, kind, dice.randint(1, 40), line=dice.randint(0, 1))
            bearer = dice.choice(list(Bearer))
            accept(at, said, bearer)
            borne[said.code] = bearer
        except (Invalid, OverRefund):
            continue
        assert_sound(at.world)
        at.world.deliver()
    assert provider_account(at.world) == at_provider(at.world)
    assert account(at.world, accounts.REFUNDS_IN_TRANSIT) == 0
    assert_sound(at.world)
    assert borne
    for code, bearer in borne.items():
        _assert_borne(at, order(at, made.code), code, bearer)


def give(at: Market, made: OrderFacts, what: What) -> int:
    """Give back as a person at the centre, after seeing that the page says the same."""
    house = at.world.house
    shown = at.world.read(lambda session: preview(session, order(at, made.code), what))
    act = partial(giving.give, house.edge, house.gateways, made.code, what, key=f"given-{made.code}", note="不好吃")
    assert act(actor=STAFF, clock=at.world.clock) == shown
    at.world.deliver()
    assert_sound(at.world)
    return shown


@pytest.mark.parametrize("bearer", [Bearer.HOUSEHOLD, Bearer.PACKING])
def test_a_line_given_back_after_some_of_it_was_claimed_gives_the_rest_only(at: Market, bearer: Bearer) -> None:
    made = delivered_order(at, {variant_id(at, listing(at)): 1})
    (line,) = made.parts[0].lines
    accept(at, ask(at, made, ClaimKind.BROKEN, 3), bearer)
    at.world.deliver()
    assert give(at, made, Pieces(line.id, 1)) == made.total_fen - 480
    paid = captured(at, made.code)
    assert paid.refunded_fen == paid.captured_fen == made.total_fen
    assert account(at.world, accounts.seller(at.vendor.code)) == (0 if bearer is Bearer.HOUSEHOLD else -432)


def test_a_line_of_which_all_was_claimed_is_not_given_back_again(at: Market) -> None:
    made = delivered_order(at, {variant_id(at, listing(at)): 1})
    accept(at, ask(at, made, ClaimKind.SPOILED, 30), Bearer.HOUSEHOLD)
    at.world.deliver()
    before = footprint(at.world)
    with pytest.raises(Invalid, match="claimed"):
        give(at, made, Pieces(made.parts[0].lines[0].id, 1))
    assert footprint(at.world) == before


def test_a_line_is_not_given_back_while_a_claim_on_it_waits(at: Market) -> None:
    made = delivered_order(at, {variant_id(at, listing(at)): 1})
    waiting = ask(at, made, ClaimKind.BROKEN, 3)
    before = footprint(at.world)
    with pytest.raises(Invalid, match="waits"):
        give(at, made, Pieces(made.parts[0].lines[0].id, 1))
    assert footprint(at.world) == before
    decide(at, waiting, ClaimState.DECLINED)
    assert give(at, made, Pieces(made.parts[0].lines[0].id, 1)) == made.total_fen


def test_money_that_cannot_go_back_is_everybodys_again_and_the_claim_waits(at: Market) -> None:
    made = delivered_order(at, {variant_id(at, listing(at)): 1})
    had = account(at.world, accounts.seller(at.vendor.code))
    said = ask(at, made, ClaimKind.SPOILED, 3)
    accept(at, said, Bearer.HOUSEHOLD)
    assert account(at.world, accounts.seller(at.vendor.code)) == had + 432
    paid = captured(at, made.code)
    assert paid.provider_ref is not None
    demo(at).refund(paid.provider_ref, paid.captured_fen, key="by-hand")  # all of it, at the provider's own page
    at.world.deliver()
    kinds = [leg.kind for leg in at.world.read(lambda session: movements(session, accounts.seller(at.vendor.code)))]
    assert kinds == ["released", "claim_asked", "claim_failed"]
    assert account(at.world, accounts.seller(at.vendor.code)) == had
    assert account(at.world, accounts.REFUNDS_IN_TRANSIT) == 0
    assert claim(at, said.code).state is ClaimState.ACCEPTED
    assert captured(at, made.code).review.startswith("failed:")


def _assert_borne(at: Market, made: OrderFacts, code: str, bearer: Bearer) -> None:
    """Assert that a claim's money has its entry, and that who bears it stands in it, with all of it."""

    def read(session: Session) -> tuple[int, dict[str, int], str]:
        claim = session.scalars(select(Claim).where(Claim.code == code)).one()
        refund = session.scalars(select(Refund).where(Refund.key == claim_key(claim.order_line_id, code))).one()
        vendors = {line.id: part.vendor_code for part in made.parts for line in part.lines}
        return claim.amount_fen, dict(legs(session, f"refund:{refund.code}")), vendors[claim.order_line_id]

    amount, taken, vendor = at.world.read(read)
    assert taken.pop(accounts.REFUNDS_IN_TRANSIT) == -amount
    assert sum(taken.values()) == amount
    if bearer is Bearer.HOUSEHOLD:
        may = {accounts.COMMISSION, accounts.DELIVERY_INCOME, accounts.claim_loss("town"), accounts.seller(vendor)}
        assert set(taken) <= may
    else:
        assert taken == {accounts.claim_loss(bearer.value): amount}
