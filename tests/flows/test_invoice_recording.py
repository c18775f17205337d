"""What the centre does with invoices: taken on, recorded once and for ever, red-lettered, posted, come back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.flows import invoice_post
from shop.invoices import recording
from shop.invoices.models import (
    Invoice,
    InvoiceFile,
    InvoiceRequest,
    RedLetter,
    RedReason,
    RequestState,
)
from shop.invoices.queues import Tab, red_due
from shop.invoices.recording import Issued
from shop.invoices.services import Unalterable
from shop.kernel.clock import town_day
from shop.kernel.errors import Forbidden, Invalid, NotFound, WrongState
from tests.support.odd_documents import NUMBER, pdf
from tests.world import World
from tests.world.books import assert_sound
from tests.world.invoice_desk import OTHER, PACKER, Desk, listed, lists
from tests.world.invoices import FIRM, requests, want
from tests.world.market import (
    delivered_order,
    listing,
    market,
    paid_order,
    receive_all,
    variant_id,
)

S = RequestState


@pytest.fixture
def desk(world: World) -> Desk:
    """An order at its buyer's door, who wants an electronic invoice for a firm."""
    at = market(world)
    made = delivered_order(at, {variant_id(at, listing(at)): 2})
    want(at, made.code, FIRM)
    return Desk(at, made.code)


def refusal(desk: Desk, act: Callable[..., Any], *args: Any) -> tuple[str, str]:
    """Return why an act was refused, after a look that it left nothing."""
    before = desk.stands()
    with pytest.raises(Invalid) as refused:
        desk.do(act, *args)
    assert desk.stands() == before
    return refused.value.field, refused.value.reason


def test_an_electronic_invoice_is_there_for_its_buyer_once_it_is_recorded(desk: Desk) -> None:
    code = desk.recorded()
    facts = desk.goods()
    assert facts.state is S.AVAILABLE
    assert facts.invoice is not None
    assert (facts.invoice.number, facts.invoice.amount_fen) == (NUMBER, facts.amount_fen)
    assert [one.kind for one in facts.invoice.files] == ["xml"]
    assert desk.told() == ["invoice_accepted", "invoice_available"]
    with pytest.raises(WrongState):
        desk.do(recording.record_issued, code, desk.issued(number=OTHER))
    assert_sound(desk.at.world)


def test_a_request_is_sent_back_or_refused_with_words_that_its_buyer_reads(desk: Desk) -> None:
    code = desk.goods().code
    assert refusal(desk, lambda *a, **k: recording.send_back(*a, reason="  ", **k), code) == ("reason", "missing")
    desk.do(recording.send_back, code, reason="税号少了一位")
    assert (desk.goods().state, desk.goods().reason) == (S.NEEDS_FIXING, "税号少了一位")
    other = next(one.code for one in desk.requests() if one.code != code)
    desk.do(recording.reject, other, reason="运费不单独开")
    assert desk.told() == ["invoice_fixing", "invoice_rejected"]
    for act in (recording.accept, lambda *a, **k: recording.send_back(*a, reason="再改", **k)):
        with pytest.raises(WrongState):
            desk.do(act, other)


def test_only_those_of_the_desk_touch_invoices(desk: Desk) -> None:
    code = desk.goods().code
    acts: tuple[Callable[..., object], ...] = (
        recording.accept,
        partial(recording.reject, reason="不开"),
        partial(recording.record_issued, issued=desk.issued()),
        partial(recording.record_red, red=desk.red(1)),
        invoice_post.hand_over,
    )
    for act in acts:
        with pytest.raises(Forbidden):
            desk.do(act, code=code, actor=PACKER)
    with pytest.raises(NotFound):
        desk.do(recording.accept, "NONE")


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"number": "1234"}, ("number", "shape")),
        ({"number": "12345678", "batch": "123"}, ("batch", "shape")),
        ({"number": "1234", "batch": "0510001911"}, ("number", "paper")),
        ({"amount_fen": 0}, ("amount", "none")),
        ({"issued_on": date(2030, 1, 1)}, ("issued_on", "future")),
        ({"issued_on": date(2020, 1, 1)}, ("issued_on", "early")),
        ({"files": ()}, ("files", "missing")),
        ({"files": ("ab" * 32,)}, ("files", "gone")),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_left(desk: Desk, other: dict[str, Any], why: tuple[str, str]) -> None:
    code = desk.accepted()
    assert refusal(desk, recording.record_issued, code, desk.issued(**other)) == why
    assert desk.goods().state is S.ACCEPTED


def test_never_more_than_was_paid_and_stays_paid(desk: Desk) -> None:
    code, whole = desk.accepted(), desk.goods().amount_fen
    assert refusal(desk, recording.record_issued, code, desk.issued(amount_fen=whole + 1)) == ("amount", "over")
    desk.give_back(1000)
    assert refusal(desk, recording.record_issued, code, desk.issued(amount_fen=whole)) == ("amount", "over")


def test_a_number_twice_is_refused_however_it_is_spaced(desk: Desk) -> None:
    same = desk.document(pdf())
    desk.recorded(files=(same,))
    other = next(one for one in desk.requests() if one.invoice is None)
    desk.do(recording.accept, other.code)
    spaced = f" {NUMBER[:4]} {NUMBER[4:12]}－{NUMBER[12:]}"
    files = (desk.document(),)
    typed = Issued(spaced, "", town_day(desk.at.world.clock()), other.amount_fen, files)
    assert refusal(desk, recording.record_issued, other.code, typed) == ("number", "taken")
    again = replace(typed, number=OTHER, files=(same,))
    assert refusal(desk, recording.record_issued, other.code, again) == ("files", "taken")
    assert refusal(desk, recording.record_red, desk.goods().code, desk.red(1, number=NUMBER)) == ("number", "taken")


def test_an_order_that_is_not_taken_in_yet_is_not_invoiced(world: World) -> None:
    at = market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    want(at, made.code, FIRM)
    assert requests(at, made.code) == []
    receive_all(at, made.code)
    assert want(at, made.code, FIRM)


def test_what_was_issued_never_changes(desk: Desk) -> None:
    code = desk.recorded()
    desk.do(recording.record_red, code, desk.red(100))

    def change(session: Session, table: type[Any], name: str, value: object) -> None:
        setattr(session.scalars(select(table)).first(), name, value)
        session.flush()

    def remove(session: Session, table: type[Any]) -> None:
        session.delete(session.scalars(select(table)).first())
        session.flush()

    for table, name, value in ((Invoice, "amount_fen", 1), (RedLetter, "number", OTHER), (InvoiceFile, "digest", "x")):
        with pytest.raises(Unalterable):
            desk.at.world.run(partial(change, table=table, name=name, value=value))
        with pytest.raises(Unalterable):
            desk.at.world.run(partial(remove, table=table))


def test_a_refund_asks_for_its_red_letter_until_it_is_recorded(desk: Desk) -> None:
    code, whole = desk.recorded(), desk.goods().amount_fen
    world = desk.at.world
    assert world.read(red_due) == []
    world.clock.advance(minutes=5)
    desk.give_back(1000)
    ((_id, due),) = world.read(red_due)
    assert 0 < due <= 1000
    (row,) = listed(world, Tab.RED)
    assert (row.code, row.red_fen) == (code, due)
    assert lists(world)[Tab.RED] == 1
    assert refusal(desk, recording.record_red, code, desk.red(whole + 1)) == ("amount", "over")
    assert refusal(desk, recording.record_red, code, desk.red(due, number="12")) == ("number", "shape")
    desk.do(recording.record_red, code, desk.red(due))
    assert world.read(red_due) == []
    assert lists(world)[Tab.RED] == 0
    assert desk.told()[-1] == "invoice_red"
    facts = desk.goods().invoice
    assert facts is not None
    assert facts.net_fen == whole - due
    assert refusal(desk, recording.record_red, code, desk.red(whole, number=OTHER)) == ("amount", "over")


def test_red_in_full_lets_the_lines_be_asked_for_again(desk: Desk) -> None:
    code, whole = desk.recorded(), desk.goods().amount_fen
    assert want_nothing(desk)
    desk.do(recording.record_red, code, desk.red(whole, reason=RedReason.ISSUED_WRONG))
    assert want(desk.at, desk.order, FIRM) == 1
    assert [one.state for one in desk.requests() if one.lines[0].order_line_id is not None] == [
        S.AVAILABLE,
        S.REQUESTED,
    ]


def want_nothing(desk: Desk) -> bool:
    """Tell whether nothing of the order can be asked for."""
    try:
        return want(desk.at, desk.order, FIRM) == 0
    except Invalid:
        return True


def test_the_longest_waiting_stands_first(desk: Desk) -> None:
    world = desk.at.world
    world.clock.advance(hours=1)
    rows = listed(world, Tab.ASKED)
    assert [one.code for one in rows] == [one.code for one in desk.requests()]
    assert rows[0].since < world.clock() - timedelta(minutes=50)
    code = desk.recorded()
    assert lists(world) == {
        Tab.ASKED: 1, Tab.ISSUING: 0, Tab.POSTING: 0, Tab.COUNTER: 0, Tab.RED: 0, Tab.MENDING: 0,
    }  # fmt: skip
    assert [one.code for one in listed(world, Tab.OVER)] == [code]
    assert (
        world.read(lambda s: s.scalar(select(InvoiceRequest.state).where(InvoiceRequest.code == code))) == S.AVAILABLE
    )
