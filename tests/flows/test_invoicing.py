"""From a buyer's wish to one request for each issuer: when it is made, of what, and what ends it."""

from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.desk.models import Bearer, ClaimKind
from shop.flows import invoicing
from shop.flows.giving import Amount, Pieces
from shop.invoices import services
from shop.invoices.billing import left_of
from shop.invoices.models import (
    InvoiceKind,
    InvoiceRequest,
    IssuerKind,
    Medium,
    RequestState,
)
from shop.invoices.queries import wish_of
from shop.invoices.sealed import sealed_accounts, turn_accounts
from shop.kernel.actor import VISITOR
from shop.kernel.errors import Invalid, WrongState
from shop.kernel.vault import Vault
from shop.settings import DEMO_VAULT_KEY
from tests.flows.test_staff_refunds import HEN, back, line_id, settled
from tests.support.clock import SettableClock
from tests.world import World, market
from tests.world.books import footprint
from tests.world.claims import accept, ask
from tests.world.invoices import FIRM, PERSON, SPECIAL, cooperative, meet, reckoned, requests, want
from tests.world.market import (
    STAFF,
    Market,
    delivered_order,
    expire,
    fill_basket,
    listing,
    paid_order,
    place,
    receive_all,
    variant_id,
)


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


def two_sellers(at: Market) -> dict[int, int]:
    coop = cooperative(at.world)
    kiwi = listing(at, title="红心猕猴桃", vendor=coop)
    return {variant_id(at, listing(at)): 2, variant_id(at, kiwi): 1}


def move(at: Market, code: str, to: RequestState, reason: str = "") -> None:
    def act(session: Session) -> None:
        request = services.lock(session, code)
        services.advance(session, request, to, actor=STAFF, clock=at.world.clock, reason=reason)

    at.world.run(act)


def test_a_wish_becomes_one_request_for_each_issuer_once_everything_is_taken_in(at: Market) -> None:
    made = paid_order(at, two_sellers(at))
    assert want(at, made.code) == 0
    meet(at)
    assert requests(at, made.code) == []
    receive_all(at, made.code)
    meet(at)
    meet(at)
    told = {one.issuer_kind: one for one in requests(at, made.code)}
    assert len(requests(at, made.code)) == 3
    assert told[IssuerKind.TAX_OFFICE].issuer_name == "周素珍家"
    assert told[IssuerKind.VENDOR].issuer_name == "大湾猕猴桃合作社"
    assert told[IssuerKind.CENTRE].issuer_name == "小鱼洞山货中心"
    amounts = {kind: one.amount_fen for kind, one in told.items()}
    assert amounts == {IssuerKind.TAX_OFFICE: 9600, IssuerKind.VENDOR: 4800, IssuerKind.CENTRE: made.freight_fen}
    assert sum(amounts.values()) == made.total_fen
    (eggs,) = told[IssuerKind.TAX_OFFICE].lines
    assert (eggs.title, eggs.quantity, eggs.is_exempt) == ("林下土鸡蛋", 2, True)
    assert [line.is_exempt for line in told[IssuerKind.VENDOR].lines] == [False]


def test_a_special_one_is_made_only_by_who_can_and_its_account_is_sealed(at: Market) -> None:
    made = delivered_order(at, two_sellers(at))
    assert want(at, made.code, SPECIAL) == 3
    kinds = {one.issuer_kind: one.title.kind for one in requests(at, made.code)}
    assert kinds == {
        IssuerKind.TAX_OFFICE: InvoiceKind.ORDINARY,
        IssuerKind.VENDOR: InvoiceKind.SPECIAL,
        IssuerKind.CENTRE: InvoiceKind.SPECIAL,
    }

    with at.world.house.edge.reading() as session:
        rows = {one.issuer_kind: one for one in session.scalars(select(InvoiceRequest))}
        coop, household = rows[IssuerKind.VENDOR], rows[IssuerKind.TAX_OFFICE]
        _look_at(at, coop, household)


def _look_at(at: Market, coop: InvoiceRequest, household: InvoiceRequest) -> None:
    assert at.world.house.vault.open(coop.account_secret) == SPECIAL.account
    assert SPECIAL.account not in coop.account_secret
    assert coop.account_tail == "0123"
    assert (household.account_secret, household.account_tail, household.bank) == ("", "", "")
    assert household.medium is Medium.PAPER
    assert household.street == SPECIAL.street


def test_nobody_makes_a_special_one_of_a_household_s_own_goods(at: Market) -> None:
    made = delivered_order(at, {variant_id(at, listing(at)): 1})
    before = footprint(at.world)
    with pytest.raises(Invalid) as refused:
        want(at, made.code, SPECIAL)
    assert (refused.value.field, refused.value.reason) == ("kind", "issuer")
    assert requests(at, made.code) == []
    assert footprint(at.world) == before


def test_what_did_not_come_or_went_back_is_on_no_invoice(at: Market) -> None:
    made = delivered_order(at, two_sellers(at))
    back(at, made, Pieces(line_id(made), 1))
    settled(at)
    want(at, made.code, PERSON)
    amounts = {one.issuer_kind: one.amount_fen for one in requests(at, made.code)}
    assert amounts[IssuerKind.TAX_OFFICE] == 4800
    assert sum(amounts.values()) == reckoned(at, made.code).kept_fen < made.total_fen


def test_a_kindness_lowers_all_invoices_together_by_as_much(at: Market) -> None:
    made = delivered_order(at, two_sellers(at))
    back(at, made, Amount(777))
    settled(at)
    want(at, made.code)
    assert sum(one.amount_fen for one in requests(at, made.code)) == made.total_fen - 777


def test_weighed_goods_wait_for_the_scale(at: Market) -> None:
    made = paid_order(at, {variant_id(at, listing(at, title="土鸡", ways=(HEN,))): 1})
    assert want(at, made.code) == 0
    assert not reckoned(at, made.code).is_settled


def test_what_is_asked_for_is_not_asked_for_again(at: Market) -> None:
    made = delivered_order(at, two_sellers(at))
    want(at, made.code)
    before = requests(at, made.code)
    with pytest.raises(Invalid) as refused:
        want(at, made.code, PERSON)
    assert (refused.value.field, refused.value.reason) == ("invoice", "nothing")
    assert requests(at, made.code) == before


def test_who_takes_it_back_may_ask_anew_until_somebody_issues(at: Market) -> None:
    made = delivered_order(at, two_sellers(at))
    want(at, made.code)
    first = requests(at, made.code)[0]
    move(at, first.code, RequestState.ACCEPTED)
    withdraw = partial(invoicing.withdraw, order_code=made.code, actor=VISITOR, clock=at.world.clock)
    assert at.world.run(withdraw) == 2
    assert at.world.run(withdraw) == 0
    assert want(at, made.code, PERSON) == 2
    living = [one for one in requests(at, made.code) if one.state is not RequestState.WITHDRAWN]
    assert [one.title.title for one in living] == [FIRM.title, PERSON.title, PERSON.title]
    assert sum(one.amount_fen for one in living) == made.total_fen


def test_a_wish_that_waits_can_be_changed_and_dropped(at: Market) -> None:
    made = paid_order(at, two_sellers(at))
    want(at, made.code)
    want(at, made.code, PERSON)
    wish = at.world.read(lambda session: wish_of(session, made.id))
    assert wish is not None
    assert wish.title.title == PERSON.title
    at.world.run(partial(invoicing.withdraw, order_code=made.code, actor=VISITOR, clock=at.world.clock))
    receive_all(at, made.code)
    meet(at)
    assert requests(at, made.code) == []


def test_what_has_to_be_mended_comes_again_as_it_is_said_now(at: Market) -> None:
    made = delivered_order(at, two_sellers(at))
    want(at, made.code)
    first, other, _freight = requests(at, made.code)
    move(at, first.code, RequestState.NEEDS_FIXING, "税号和名称对不上")
    assert requests(at, made.code)[0].reason == "税号和名称对不上"
    said = services.columns_of(at.world.house.vault, PERSON)
    mend = partial(invoicing.mend, order_code=made.code, said=said, actor=VISITOR, clock=at.world.clock)
    assert at.world.run(mend) == 1
    mended, same, _freight = requests(at, made.code)
    assert (mended.state, mended.title.title) == (RequestState.REQUESTED, PERSON.title)
    assert same == other
    with pytest.raises(WrongState):
        at.world.run(mend)


def test_an_order_that_came_to_nothing_gets_no_invoice(at: Market, clock: SettableClock) -> None:
    placed = place(at, fill_basket(at, two_sellers(at)))
    clock.advance(minutes=16)
    expire(at, placed.order_code)
    with pytest.raises(WrongState):
        want(at, placed.order_code)


def test_a_request_of_which_everything_went_back_ends_by_itself(at: Market) -> None:
    made = delivered_order(at, two_sellers(at))
    want(at, made.code)
    back(at, made, Pieces(line_id(made), 2))
    settled(at)
    meet(at)
    states = {one.issuer_kind: one.state for one in requests(at, made.code)}
    assert states[IssuerKind.TAX_OFFICE] is RequestState.WITHDRAWN
    assert states[IssuerKind.VENDOR] is RequestState.REQUESTED
    of = reckoned(at, made.code)

    def left(session: Session) -> int:
        return sum(left_of(one, of) for one in session.scalars(select(InvoiceRequest)))

    assert at.world.read(left) == of.kept_fen


def test_a_claim_lowers_the_invoice_of_its_own_goods_alone(at: Market) -> None:
    made = delivered_order(at, two_sellers(at))
    want(at, made.code)
    claimed = ask(at, made, ClaimKind.BROKEN, 3)
    assert claimed.amount_fen == 480
    settled(at)
    of = reckoned(at, made.code)
    left = {line.title: line.left_fen for line in of.lines}
    assert left == {"林下土鸡蛋": 9600 - 480, "红心猕猴桃": 4800, "": made.freight_fen}
    assert sum(left.values()) == of.kept_fen


def test_a_claim_for_all_of_a_line_takes_its_freight_off_the_centre_s_invoice(at: Market) -> None:
    made = delivered_order(at, two_sellers(at))
    claimed = ask(at, made, ClaimKind.SPOILED, 30, line=1)
    accept(at, claimed, Bearer.TOWN)
    settled(at)
    of = reckoned(at, made.code)
    left = {line.title: line.left_fen for line in of.lines}
    assert left["林下土鸡蛋"] == 9600
    assert "红心猕猴桃" not in left
    assert 0 < left[""] < made.freight_fen
    assert sum(left.values()) == of.kept_fen


def test_the_accounts_of_special_invoices_turn_with_the_vault_s_keys(at: Market) -> None:
    made = delivered_order(at, two_sellers(at))
    want(at, made.code, SPECIAL)
    before = at.world.read(sealed_accounts)
    assert len(before) == 3
    turned = Vault(["n" * 40, DEMO_VAULT_KEY])
    assert at.world.run(partial(turn_accounts, vault=turned)) == 3
    opened = [Vault(["n" * 40]).open(secret) for secret in at.world.read(sealed_accounts)]
    assert opened == [SPECIAL.account] * 3
