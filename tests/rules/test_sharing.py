"""Sharing goods out between households: by quota and turn, within what each can bring, and every unit once."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shop.fulfilment.demand.rules import UNIT, House, deal, first_come, share_out

SHARES = st.lists(st.integers(1, 50), min_size=1, max_size=6)


@given(st.integers(0, 200), st.lists(st.tuples(st.integers(0, 20), st.integers(0, 60)), min_size=1, max_size=6))
def test_nobody_brings_more_than_they_can_and_every_unit_is_counted(needed: int, houses: list[tuple[int, int]]) -> None:
    able = [House(share, room) for share, room in houses]
    given_out, _owed = share_out(needed, able)
    assert all(0 <= units <= house.room for units, house in zip(given_out, able, strict=True))
    assert all(house.share or not units for units, house in zip(given_out, able, strict=True))
    room = sum(house.room for house in able if house.share)
    assert sum(given_out) == min(needed, room), "what nobody brings is what nobody has room for"


@settings(max_examples=300)
@given(SHARES, st.lists(st.integers(0, 40), min_size=1, max_size=25))
def test_over_many_days_everybody_is_within_one_unit_of_their_quota(shares: list[int], days: list[int]) -> None:
    owed, total = [0] * len(shares), [0] * len(shares)
    for needed in days:
        houses = [House(share, needed, was) for share, was in zip(shares, owed, strict=True)]
        today, owed = share_out(needed, houses)
        total = [has + new for has, new in zip(total, today, strict=True)]
        for has, share in zip(total, shares, strict=True):
            assert abs(has * sum(shares) - sum(total) * share) < sum(shares) * (1 + len(days) / 1000)


@given(st.integers(0, 60), SHARES)
def test_the_same_day_is_always_shared_out_the_same_way(needed: int, shares: list[int]) -> None:
    houses = [House(share, needed, index * 1000) for index, share in enumerate(shares)]
    assert share_out(needed, houses) == share_out(needed, houses)


def test_odd_pieces_go_by_turn() -> None:
    owed, turns = [0, 0, 0], []
    for _day in range(6):
        today, owed = share_out(1, [House(1, 5, was) for was in owed])
        turns.append(today.index(1))
    assert sorted(turns[:3]) == sorted(turns[3:]) == [0, 1, 2]


def test_who_is_full_leaves_the_rest_to_the_others_and_is_owed_no_more_than_a_unit() -> None:
    today, owed = share_out(30, [House(1, 2), House(1, 100)])
    assert today == [2, 28]
    assert max(owed) <= UNIT
    assert share_out(5, [House(1, 2), House(1, 1)])[0] == [2, 1]


@given(st.lists(st.integers(1, 9), max_size=12), st.lists(st.integers(0, 40), min_size=1, max_size=5))
def test_lines_are_dealt_whole_where_they_fit_and_never_beyond(lines: list[int], targets: list[int]) -> None:
    dealt = deal(lines, targets)
    has = [0] * len(targets)
    for units, parts in zip(lines, dealt, strict=True):
        assert sum(count for _house, count in parts) <= units
        for house, count in parts:
            assert count > 0
            has[house] += count
    assert all(got <= target for got, target in zip(has, targets, strict=True))
    assert sum(has) == min(sum(lines), sum(targets))


def test_of_too_few_the_first_ordered_come() -> None:
    assert first_come({7: 4, 8: 1}, [(1, 7, 3), (2, 8, 2), (3, 7, 3)]) == {1: 3, 2: 1, 3: 1}
