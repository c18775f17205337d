"""The town's facts: how they are typed, who may change them, and two who change them at once."""

from dataclasses import replace
from datetime import date
from functools import partial
from threading import Barrier, Thread

import pytest

from shop.kernel.actor import VISITOR, Actor, system
from shop.kernel.edge import Edge
from shop.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from shop.town import services
from shop.town.queries import TownFacts, has_town, holidays, the_town, villages
from shop.town.rules import opening_text, parse_cutoff, parse_names, parse_opening, parse_percent, parse_phone, percent
from shop.town.services import Wanted

HOUSE = system("tests")
MANAGER = Actor(1, "MANAGER", frozenset({"manager"}))
STAFF = Actor(2, "STAFF", frozenset({"staff", "driver", "vendor"}))
TOWN = Wanted(
    name="小鱼洞",
    aliases=("小鱼洞镇", "小鱼洞场"),
    division="四川省成都市彭州市龙门山镇",
    slogan="山上有啥，就卖啥",
    centre_name="小鱼洞山货中心",
    centre_address="小鱼洞社区老街",
    centre_phone="028-00000000",
    opening=(("周一至周六", "08:00–18:00"), ("周日", "09:00–16:00")),
    cutoff="20:00",
    fee_bp=1000,
    hold_minutes=15,
)


@pytest.mark.parametrize(
    ("typed", "bp"), [("10", 1000), ("10.5", 1050), ("10.25%", 1025), ("0", 0), ("100.00", 10_000), (" １０.５ ", 1050)]
)
def test_a_percentage_becomes_basis_points_without_a_float(typed: str, bp: int) -> None:
    assert parse_percent(typed) == bp


@pytest.mark.parametrize("typed", ["", "ten", "10.125", "-1", "1e1", "100.01", "10,5", ".5", "1000"])
def test_what_is_no_percentage_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        parse_percent(typed)


@pytest.mark.parametrize("bp", [0, 5, 50, 1000, 1050, 1025, 10_000])
def test_a_fee_is_shown_as_it_may_be_typed(bp: int) -> None:
    assert parse_percent(percent(bp)) == bp


@pytest.mark.parametrize(("typed", "kept"), [("20:00", "20:00"), ("8:05", "08:05"), ("２０：３０", "20:30")])
def test_a_time_of_day_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert parse_cutoff(typed) == kept


@pytest.mark.parametrize("typed", ["24:00", "20", "20:60", "8pm", "20:00:00"])
def test_what_is_no_time_of_day_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        parse_cutoff(typed)


def test_opening_hours_are_read_one_row_a_line_and_back() -> None:
    typed = "周一至周六 08:00–18:00\n\n 周日　09:00–12:00 和 14:00–16:00 \n"
    rows = parse_opening(typed)
    assert rows == [("周一至周六", "08:00–18:00"), ("周日", "09:00–12:00 和 14:00–16:00")]
    assert parse_opening(opening_text(rows)) == rows
    with pytest.raises(Invalid):
        parse_opening("周一至周六")


def test_names_and_phones_are_read_as_people_type_them() -> None:
    assert parse_names("江桥村、大楠村，江桥村 ; 老街") == ["江桥村", "大楠村", "老街"]
    assert parse_names("") == []
    assert parse_phone(" ０２８-00000000 ") == "028-00000000"
    with pytest.raises(Invalid):
        parse_phone("打给老周")


def facts(edge: Edge) -> TownFacts:
    with edge.reading() as session:
        return the_town(session)


def set_up(edge: Edge, wanted: Wanted = TOWN, actor: Actor = HOUSE) -> None:
    edge.run(lambda session: services.set_up(session, wanted, actor=actor))


def update(edge: Edge, wanted: Wanted, version: int, actor: Actor = MANAGER) -> None:
    edge.run(lambda session: services.update(session, wanted, version=version, actor=actor))


def test_a_town_is_set_up_once(edge: Edge) -> None:
    set_up(edge)
    town = facts(edge)
    assert (town.name, town.fee_bp, town.version) == ("小鱼洞", 1000, 1)
    assert town.opening == TOWN.opening
    with pytest.raises(WrongState):
        set_up(edge, replace(TOWN, name="大鱼洞"))
    assert facts(edge) == town


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 21}, "name"),
        ({"slogan": ""}, "slogan"),
        ({"centre_phone": "call"}, "centre_phone"),
        ({"opening": ()}, "opening"),
        ({"cutoff": "25:00"}, "cutoff"),
        ({"fee_bp": 10_001}, "fee"),
        ({"fee_bp": -1}, "fee"),
        ({"hold_minutes": 0}, "hold_minutes"),
        ({"hold_minutes": 1441}, "hold_minutes"),
        ({"most_unpaid": 51}, "most_unpaid"),
        ({"aliases": ["名"] * 13}, "aliases"),
    ],
)
def test_facts_that_cannot_be_are_refused_and_nothing_moves(edge: Edge, change: dict[str, object], field: str) -> None:
    set_up(edge)
    before = facts(edge)
    with pytest.raises(Invalid) as refused:
        update(edge, replace(TOWN, **change), 1)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert facts(edge) == before


@pytest.mark.parametrize("actor", [VISITOR, STAFF])
def test_only_a_manager_changes_anything(edge: Edge, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        set_up(edge, actor=actor)
    set_up(edge)
    acts = [
        lambda session: services.update(session, TOWN, version=1, actor=actor),
        lambda session: services.add_village(session, name="九峰村", actor=actor),
        lambda session: services.rename_village(session, "jiufeng", name="九峰村", aliases=(), actor=actor),
        lambda session: services.add_holiday(session, date(2027, 1, 1), "元旦", actor=actor),
        lambda session: services.remove_holiday(session, date(2027, 1, 1), actor=actor),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            edge.run(act)
    with edge.reading() as session:
        assert (villages(session), holidays(session, date(2020, 1, 1)), the_town(session).version) == ([], [], 1)


def test_a_change_raises_the_version_and_an_old_one_is_refused(edge: Edge) -> None:
    set_up(edge)
    update(edge, replace(TOWN, fee_bp=1050), 1)
    assert (facts(edge).fee_bp, facts(edge).version) == (1050, 2)
    with pytest.raises(Stale):
        update(edge, replace(TOWN, slogan="别的话"), 1)
    assert facts(edge).slogan == TOWN.slogan


def test_of_two_who_save_at_once_one_is_told(edge: Edge) -> None:
    set_up(edge)
    start, told = Barrier(2), []

    def save(slogan: str) -> None:
        start.wait()
        try:
            update(edge, replace(TOWN, slogan=slogan), 1)
        except Stale:
            told.append(slogan)

    threads = [Thread(target=save, args=(slogan,)) for slogan in ("一句话", "两句话")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1
    assert facts(edge).slogan == ({"一句话", "两句话"} - set(told)).pop()
    assert facts(edge).version == 2


def test_without_a_town_there_is_nothing_to_change(edge: Edge) -> None:
    with edge.reading() as session:
        assert not has_town(session)
    with pytest.raises(NotFound):
        update(edge, TOWN, 1)


def test_villages_are_added_and_renamed_and_keep_their_codes(edge: Edge) -> None:
    def add(name: str, code: str | None = None) -> None:
        edge.run(lambda session: services.add_village(session, name=name, code=code, actor=MANAGER))

    add("九峰村", "jiufeng")
    add("大湾村")
    with pytest.raises(Invalid, match="taken"):
        add("九峰村")
    edge.run(
        lambda session: services.rename_village(session, "jiufeng", name="九峰山村", aliases=["九峰村"], actor=MANAGER)
    )
    with pytest.raises(Invalid, match="taken"):
        edge.run(lambda session: services.rename_village(session, "jiufeng", name="大湾村", aliases=(), actor=MANAGER))
    with pytest.raises(NotFound):
        edge.run(lambda session: services.rename_village(session, "none", name="无", aliases=(), actor=MANAGER))
    with edge.reading() as session:
        first, second = villages(session)
    assert (first.code, first.name, first.aliases) == ("jiufeng", "九峰山村", ("九峰村",))
    assert (second.name, len(second.code)) == ("大湾村", 6)


def test_closing_days_are_added_renamed_and_struck_out(edge: Edge) -> None:
    day, later = date(2027, 1, 1), date(2027, 2, 5)
    for on, name in ((later, "除夕"), (day, "放假"), (day, "元旦")):
        edge.run(partial(services.add_holiday, on=on, name=name, actor=MANAGER))
    with edge.reading() as session:
        assert [(h.on, h.name) for h in holidays(session, day)] == [(day, "元旦"), (later, "除夕")]
        assert [h.on for h in holidays(session, date(2027, 1, 2))] == [later]
    for _ in range(2):
        edge.run(lambda session: services.remove_holiday(session, day, actor=MANAGER))
    with edge.reading() as session:
        assert [h.on for h in holidays(session, day)] == [later]
