"""What is to be red-lettered follows from what goes back, whoever gives it back: nobody has to remember the invoice."""

from functools import partial

import pytest

from shop.desk.models import ClaimKind
from shop.flows.giving import Amount, Pieces
from shop.invoices import recording
from shop.invoices.models import IssuerKind, RedReason
from shop.kernel.clock import town_day
from shop.media.documents.services import receive_document
from tests.flows.test_invoicing import two_sellers
from tests.flows.test_staff_refunds import back, line_id, settled
from tests.support.odd_documents import xml
from tests.world import World, market
from tests.world.claims import ask
from tests.world.invoices import PERSON, reckoned, requests, want
from tests.world.market import HOUSE, STAFF, Market, delivered_order


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


def document(at: Market, number: str) -> str:
    """Take in the file of an invoice, and return its key."""
    house, raw = at.world.house, xml(number=number)
    return receive_document(
        house.edge.transaction, house.store, raw, max_bytes=len(raw), actor=HOUSE, clock=at.world.clock
    )


def issue(at: Market, code: str) -> dict[IssuerKind, str]:
    """Record an invoice for every request of an order, and return their codes by issuer."""
    for number, one in enumerate(requests(at, code)):
        accept_it = partial(recording.accept, code=one.code, actor=STAFF, clock=at.world.clock)
        at.world.run(accept_it)
        on = town_day(at.world.clock())
        kept = document(at, f"2551200000001234567{number}")
        told = recording.Issued(f"2551200000001234567{number}", "", on, one.amount_fen, (kept,))
        at.world.run(partial(recording.record_issued, code=one.code, issued=told, actor=STAFF, clock=at.world.clock))
    return {one.issuer_kind: one.code for one in requests(at, code)}


def red_due(at: Market, code: str) -> dict[IssuerKind, int]:
    """Return by issuer what is to be red-lettered."""
    due = reckoned(at, code).red_due
    issued = {one.invoice.id: one.issuer_kind for one in requests(at, code) if one.invoice is not None}
    return {issued[invoice_id]: fen for invoice_id, fen in due.items()}


def test_what_goes_back_after_the_invoice_is_due_for_a_red_letter_until_it_is_recorded(at: Market) -> None:
    made = delivered_order(at, two_sellers(at))
    want(at, made.code)
    codes = issue(at, made.code)
    assert red_due(at, made.code) == {}
    back(at, made, Pieces(line_id(made), 1))
    settled(at)
    due = red_due(at, made.code)
    assert due[IssuerKind.TAX_OFFICE] == 4800
    assert IssuerKind.VENDOR not in due
    kept = reckoned(at, made.code).kept_fen
    assert sum(due.values()) == made.total_fen - kept
    for place, (kind, fen) in enumerate(due.items()):
        on = town_day(at.world.clock())
        red = recording.Red(f"2551200000007654321{place}", "", on, fen, RedReason.GOODS_RETURNED)
        at.world.run(partial(recording.record_red, code=codes[kind], red=red, actor=STAFF, clock=at.world.clock))
    assert red_due(at, made.code) == {}
    stands = sum(one.invoice.net_fen for one in requests(at, made.code) if one.invoice is not None)
    assert stands == kept


def test_a_claim_after_the_invoice_is_due_on_the_invoice_of_its_goods_alone(at: Market) -> None:
    made = delivered_order(at, two_sellers(at))
    want(at, made.code)
    issue(at, made.code)
    ask(at, made, ClaimKind.BROKEN, 3)
    settled(at)
    assert red_due(at, made.code) == {IssuerKind.TAX_OFFICE: 480}


def test_a_kindness_after_the_invoices_is_due_on_all_of_them_together(at: Market) -> None:
    made = delivered_order(at, two_sellers(at))
    want(at, made.code)
    issue(at, made.code)
    back(at, made, Amount(777))
    settled(at)
    due = red_due(at, made.code)
    assert set(due) == {IssuerKind.TAX_OFFICE, IssuerKind.VENDOR, IssuerKind.CENTRE}
    assert sum(due.values()) == 777


def test_taken_back_in_full_the_same_goods_may_be_invoiced_again(at: Market) -> None:
    made = delivered_order(at, two_sellers(at))
    want(at, made.code)
    code = issue(at, made.code)[IssuerKind.VENDOR]
    red = recording.Red("25512000000076543210", "", town_day(at.world.clock()), 4800, RedReason.ISSUED_WRONG)
    at.world.run(partial(recording.record_red, code=code, red=red, actor=STAFF, clock=at.world.clock))
    assert want(at, made.code, PERSON) == 1
    again = requests(at, made.code)[-1]
    assert (again.issuer_kind, again.amount_fen, again.title.title) == (IssuerKind.VENDOR, 4800, PERSON.title)
