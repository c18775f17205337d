"""Orders' pure rules: passages, due days, and what goes back."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.orders.models import OrderState, VendorOrderState
from shop.orders.rules import (
    BEFORE_INTAKE,
    ENDED,
    NEXT,
    VENDOR_NEXT,
    due_on,
    is_ready_to_pack,
    may_buyer_cancel,
    rejected_share,
)

V = VendorOrderState


def test_every_state_stands_in_its_table() -> None:
    assert set(NEXT) == set(OrderState)
    assert set(VENDOR_NEXT) == set(V)


def test_an_ended_part_goes_nowhere_but_back_with_late_money() -> None:
    assert {state for state in ENDED if VENDOR_NEXT[state]} == {V.CANCELLED, V.PASSED_ON}
    assert VENDOR_NEXT[V.CANCELLED] == {V.ASKED, V.POOLED, V.WAITING}
    assert VENDOR_NEXT[V.PASSED_ON] == {V.POOLED, V.SHARED}, "goods that a household has not got wait for another"


@pytest.mark.parametrize(
    ("asked", "day"),
    [
        (datetime(2026, 11, 22, 11, 59, tzinfo=UTC), date(2026, 11, 23)),  # 19:59 in the town
        (datetime(2026, 11, 22, 12, 0, tzinfo=UTC), date(2026, 11, 24)),  # 20:00, the cut-off
        (datetime(2026, 11, 22, 16, 30, tzinfo=UTC), date(2026, 11, 24)),  # half past midnight: the next day's order
        (datetime(2026, 11, 24, 2, 0, tzinfo=UTC), date(2026, 11, 27)),  # the two days after it are closed
    ],
)
def test_goods_are_due_tomorrow_before_the_cut_off_and_never_on_a_closed_day(asked: datetime, day: date) -> None:
    assert due_on(asked, "20:00", {date(2026, 11, 25), date(2026, 11, 26)}) == day


@pytest.mark.parametrize(
    ("harvests", "day"),
    [
        ([None, date(2026, 11, 20)], 23),  # long gathered
        ([date(2026, 11, 24), None, date(2026, 11, 23)], 24),
        ([date(2026, 11, 25)], 27),  # gathered while the centre is closed
    ],
)
def test_goods_are_not_due_before_they_are_gathered(harvests: list[date | None], day: int) -> None:
    closed = {date(2026, 11, 25), date(2026, 11, 26)}
    assert due_on(datetime(2026, 11, 22, 2, 0, tzinfo=UTC), "20:00", closed, harvests) == date(2026, 11, day)


@given(
    price=st.integers(1, 10**6),
    freight=st.integers(0, 10**5),
    quantity=st.integers(1, 999),
    data=st.data(),
)
def test_a_line_turned_down_in_any_steps_gives_back_exactly_what_it_cost(
    price: int, freight: int, quantity: int, data: st.DataObject
) -> None:
    before = back = 0
    while before < quantity:
        more = data.draw(st.integers(1, quantity - before))
        back += rejected_share(price_fen=price, freight_share_fen=freight, quantity=quantity, before=before, more=more)
        before += more
    assert back == price * quantity + freight


@pytest.mark.parametrize("part", list(V))
def test_a_buyer_cancels_alone_until_the_centre_has_taken_something_in(part: VendorOrderState) -> None:
    assert may_buyer_cancel(OrderState.PAID, [part, V.ASKED]) is (part in BEFORE_INTAKE | {V.CANCELLED, V.PASSED_ON})
    assert may_buyer_cancel(OrderState.PLACED, [V.WAITING])
    assert not may_buyer_cancel(OrderState.EXPIRED, [V.CANCELLED])


def test_a_box_waits_for_everything_that_will_come() -> None:
    assert is_ready_to_pack([V.RECEIVED, V.REJECTED, V.CANCELLED])
    assert not is_ready_to_pack([V.RECEIVED, V.ASKED])
    assert not is_ready_to_pack([V.REJECTED])
