"""A consignment's events: each code in the table, and the same end whatever the order in which they are heard."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shop.courier.codes import KUAIDI100, kuaidi100_event, said_in_words
from shop.courier.models import EventCode as E
from shop.courier.models import ShipmentState as S
from shop.courier.rules import (
    BEFORE,
    MOVING,
    NEXT,
    REACHES,
    WAYBILL,
    expected_after,
    is_late,
    likely_company,
    state_after,
)

START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)

ROWS = {
    E.LABEL_CREATED: ["101"],
    E.AWAITING_PICKUP: ["102"],
    E.PICKED_UP: ["1", "103"],
    E.IN_TRANSIT: ["0", "1002", "1003", "7"],
    E.AT_DESTINATION: ["1001"],
    E.OUT_FOR_DELIVERY: ["5"],
    E.AVAILABLE_FOR_PICKUP: ["501"],
    E.DELIVERED: ["3", "301", "302", "303", "304"],
    E.EXCEPTION: ["2", "201", "202", "204", "205", "206", "207", "208", "209"],
    E.REFUSED: ["14", "203"],
    E.RETURNING: ["6"],
    E.RETURNED: ["4"],
    E.CANCELLED: ["401", "210"],
    E.CUSTOMS: ["8", "10", "11", "12", "13"],
}
"""The table as it was noted from five public sources, written down a second time."""


class Said(NamedTuple):
    """An event as a test says it."""

    code: E
    at: datetime
    text: str = ""


@pytest.mark.parametrize(("means", "codes"), ROWS.items(), ids=lambda value: str(value))
def test_every_row_of_the_table(means: E, codes: list[str]) -> None:
    assert [kuaidi100_event(code) for code in codes] == [means] * len(codes)


def test_the_table_has_no_row_more() -> None:
    assert sorted(KUAIDI100) == sorted(code for codes in ROWS.values() for code in codes)


@given(st.text(alphabet="0123456789-x签", max_size=6))
def test_a_code_in_no_table_never_means_delivered(code: str) -> None:
    if code not in KUAIDI100:
        assert kuaidi100_event(code) in (E.UNKNOWN, E.IN_TRANSIT)
        assert kuaidi100_event(code) is E.UNKNOWN or code.startswith("100")


@pytest.mark.parametrize(
    ("line", "means"),
    [
        ("【成都市】快件无法签收，客户电话无人接听", E.EXCEPTION),
        ("快件未签收，改约明天", E.UNKNOWN),
        ("客户拒绝签收，快件退回", E.REFUSED),
        ("快件已退回寄件人，退回件已签收", E.RETURNED),
        ("您的快件已签收，签收人：本人", E.DELIVERED),
        ("快件已由前台代签收", E.DELIVERED),
        ("已投递至丰巢快递柜，请凭取件码取件", E.AVAILABLE_FOR_PICKUP),
        ("已在驿站被取出，已签收", E.DELIVERED),
        ("快件正在派送中，请准备签收", E.OUT_FOR_DELIVERY),
        ("请保持电话畅通，签收时请验货", E.UNKNOWN),
        ("快件已从成都转运中心发出，下一站重庆", E.IN_TRANSIT),
        ("【彭州】已揽收", E.PICKED_UP),
        ("快件因超区滞留网点", E.EXCEPTION),
        ("已销单", E.CANCELLED),
        ("客户不签收", E.UNKNOWN),
        ("家中无人签收", E.UNKNOWN),
        ("要退，不签收", E.UNKNOWN),
        ("今天天气很好", E.UNKNOWN),
        ("", E.UNKNOWN),
    ],
)
def test_pasted_words_are_read_on_the_safe_side(line: str, means: E) -> None:
    assert said_in_words(line) is means


@example("退不签收")
@given(st.text(alphabet="签收未无法拒退不能没有已人本快件派送", max_size=14))
def test_words_of_refusal_beside_a_signature_never_mean_delivered(line: str) -> None:
    if any(word in line for word in ("未", "无", "拒", "不", "没", "退")):
        assert said_in_words(line) is not E.DELIVERED


CARRIERS = [code for code in E if code is not E.COLLECTED]
"""What can be heard of a consignment; that it was taken from the counter is said by the centre, of what lies there."""

events = st.lists(
    st.builds(
        lambda code, minute: Said(code, START + timedelta(minutes=minute)),
        st.sampled_from(CARRIERS),
        st.integers(0, 30),
    ),
    unique=True,
    max_size=8,
)


@given(events, st.randoms(use_true_random=False))
def test_out_of_order_and_twice_is_as_in_order(said: list[Said], chance: Random) -> None:
    in_order = state_after(sorted(said, key=lambda event: event.at))
    shuffled = said + said
    chance.shuffle(shuffled)
    assert state_after(shuffled) is in_order


@given(events)
def test_every_step_of_whatever_is_heard_is_in_the_table(said: list[Said]) -> None:
    states = [state_after(said[:heard]) for heard in range(len(said) + 1)]
    assert all(before is after or after in NEXT[before] for before, after in pairwise(states))


@given(events)
def test_delivered_never_goes_back_but_to_the_sender(said: list[Said]) -> None:
    states = [state_after(said[:heard]) for heard in range(len(said) + 1)]
    after = states[states.index(S.DELIVERED) :] if S.DELIVERED in states else []
    assert set(after) <= {S.DELIVERED, S.RETURNING, S.RETURNED}


@given(events)
def test_nothing_is_delivered_that_nobody_said_was(said: list[Said]) -> None:
    if E.DELIVERED not in {event.code for event in said}:
        assert state_after(said) is not S.DELIVERED


def test_a_signature_on_the_way_back_is_not_the_buyers() -> None:
    said = [Said(E.RETURNING, START), Said(E.DELIVERED, START + timedelta(hours=1))]
    assert state_after(said) is S.RETURNING


def test_what_came_back_waits_at_the_counter() -> None:
    said = [Said(E.DELIVERED, START), Said(E.RETURNED, START + timedelta(days=2))]
    assert state_after(said) is S.RETURNED
    assert NEXT[S.RETURNED] == {S.COLLECTED}


def test_every_code_reaches_a_state_or_none() -> None:
    assert set(REACHES) == set(E)
    assert {code for code, state in REACHES.items() if state is None} == {E.UNKNOWN}
    assert set(NEXT) == set(S)


@pytest.mark.parametrize(
    ("number", "may_be"),
    [("SF1234567890123", True), ("12345", False), ("a" * 33, False), ("XYD-2611 22", False), ("A-1-b-2", True)],
)
def test_only_what_cannot_be_a_number_is_refused(number: str, may_be: bool) -> None:
    assert bool(WAYBILL.fullmatch(number)) is may_be


@pytest.mark.parametrize(
    ("number", "company"),
    [("SF1234567890123", "shunfeng"), ("yt1234567890123", "yuantong"), ("A-1-b-2", None), ("7312345678901234", None)],
)
def test_the_look_of_a_number_is_a_hint(number: str, company: str | None) -> None:
    assert likely_company(number) == company


def test_the_carriers_own_estimate_is_believed_first() -> None:
    told, before = START + timedelta(days=3), START + timedelta(days=1)
    newest = Said(E.IN_TRANSIT, START)
    assert expected_after(before, told, newest, S.IN_TRANSIT) == told
    assert expected_after(before, None, newest, S.IN_TRANSIT) == before
    out = expected_after(before, None, Said(E.OUT_FOR_DELIVERY, START), S.OUT_FOR_DELIVERY)
    assert out == datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # eight in the evening in the town
    assert expected_after(before, told, Said(E.DELIVERED, START), S.DELIVERED) == before


@pytest.mark.parametrize("state", list(S))
def test_only_what_has_not_come_to_an_end_can_be_late(state: S) -> None:
    now = START + timedelta(days=5)
    assert is_late(state, START, None, now) is (state in MOVING | BEFORE)
    assert is_late(state, None, START.date(), now) is (state in MOVING | BEFORE)
    assert not is_late(state, now, now.date(), now)


def test_before_it_leaves_it_can_still_be_called_off() -> None:
    assert all(S.CANCELLED in NEXT[state] for state in BEFORE | {S.FAILED})
