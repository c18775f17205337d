"""Written rules: published once, shown ahead, in force by the day, never changed."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from shop.kernel.clock import town_day
from shop.kernel.errors import Forbidden, Invalid, NotFound, Stale
from shop.site.models import Rule, RuleVersion
from shop.site.queries import RulePage, rule_page, rule_pages, rule_version
from shop.site.services import Unalterable, publish
from tests.world import World, market
from tests.world.market import MANAGER, STAFF

FIRST: dict[str, Any] = {"text": "## 谁在卖", "note": "", "version": 0}


@pytest.fixture(autouse=True)
def town(world: World) -> None:
    market.town(world)


def _today(world: World) -> date:
    return town_day(world.clock())


def _publish(world: World, days: int, *, rule: Rule = Rule.TRADE, **told: Any) -> int:
    wanted = {**FIRST, "actor": MANAGER, "effective_on": _today(world) + timedelta(days=days), **told}
    return world.run(partial(publish, rule=rule, clock=world.clock, **wanted))


def _page(world: World) -> RulePage:
    return world.read(lambda session: rule_page(session, Rule.TRADE, _today(world)))


def test_a_change_waits_seven_days_beside_what_counts_and_then_takes_its_place(world: World) -> None:
    assert _page(world) == RulePage(Rule.TRADE, None, (), ())
    assert _publish(world, 0) == 1
    assert _publish(world, 7, text="## 新的", note="改了", version=1) == 2
    page = _page(world)
    assert page.current is not None
    assert (page.current.number, [one.number for one in page.coming], page.last_number) == (1, [2], 2)
    world.clock.advance(days=7)
    page = _page(world)
    assert page.current is not None
    assert (page.current.number, page.coming, [one.number for one in page.past]) == (2, (), [1])
    assert world.read(lambda session: rule_version(session, Rule.TRADE, 1)).text == "## 谁在卖"
    pages = world.read(lambda session: rule_pages(session, _today(world)))
    assert [rule for rule, one in pages.items() if one.current] == [Rule.TRADE]


def test_a_change_dated_tomorrow_is_refused_and_nothing_is_kept(world: World) -> None:
    _publish(world, 0)
    before = _page(world)
    for days in (0, 1, 6):
        with pytest.raises(Invalid):
            _publish(world, days, text="## 新的", note="改了", version=1)
    assert _page(world) == before


def test_of_two_from_the_same_day_the_later_number_counts(world: World) -> None:
    _publish(world, 0)
    _publish(world, 8, text="## 新的", note="改了", version=1)
    _publish(world, 8, text="## 更新的", note="写错了，改回来", version=2)
    world.clock.advance(days=8)
    page = _page(world)
    assert page.current is not None
    assert page.current.number == 3


def test_only_managers_publish_and_only_on_what_they_saw(world: World) -> None:
    with pytest.raises(Forbidden):
        _publish(world, 0, actor=STAFF)
    _publish(world, 0)
    with pytest.raises(Stale):
        _publish(world, 7, text="## 新的", note="改了")
    with pytest.raises(NotFound):
        world.read(lambda session: rule_version(session, Rule.TRADE, 2))
    assert _publish(world, 0, rule=Rule.PRIVACY) == 1


def test_what_was_published_is_never_changed_nor_taken_away(world: World) -> None:
    _publish(world, 0)

    def alter(session: Any) -> None:
        session.scalars(select(RuleVersion)).one().text = "别的"

    def remove(session: Any) -> None:
        session.delete(session.scalars(select(RuleVersion)).one())

    for act in (alter, remove):
        with pytest.raises(Unalterable):
            world.run(act)
    assert _page(world).last_number == 1
