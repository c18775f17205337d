"""The manager's pages of the town, and where villagers find the centre."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from shop.accounts.models import Role
from shop.kernel.clock import TOWN_ZONE
from shop.town.queries import TownFacts, holidays, the_town, villages
from shop.town.services import add_holiday
from tests.support.pages import Pages
from tests.world import START, World
from tests.world.market import HOUSE, PASSWORD, market, someone, town


@pytest.fixture
def manager(world: World, visitor: Callable[[], Pages]) -> Pages:
    """A manager's browser in a founded town."""
    town(world)
    pages = visitor()
    pages.sign_in(someone(world, Role.MANAGER).phone, PASSWORD)
    return pages


def facts(world: World) -> TownFacts:
    return world.read(the_town)


def test_a_manager_changes_the_towns_facts(world: World, manager: Pages) -> None:
    manager.get("/staff/town")
    page = manager.submit_form(
        "存下", fee="10.5%", cutoff="8:05", opening="周一至周五 09:00–17:00", aliases="江口、渔洞"
    )
    assert "记好了" in page.words
    town_now = facts(world)
    assert (town_now.fee_bp, town_now.cutoff, town_now.aliases) == (1050, "08:05", ("江口", "渔洞"))
    assert town_now.opening == (("周一至周五", "09:00–17:00"),)
    assert 'value="10.5"' in page.text


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("fee", "ten", "0 到 100"),
        ("fee", "100.01", "0 到 100"),
        ("cutoff", "evening", "请写成 20:00 这样"),
        ("opening", "周一至周五", "一行一条"),
        ("centre_phone", "老周", "电话只写数字"),
        ("hold_minutes", "0", "请填 1 到 1440 分钟"),
        ("hold_minutes", "soon", "请填 1 到 1440 分钟"),
        ("most_unpaid", "0", "请填 1 到 50 单"),
        ("name", "", "请填镇名"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_keeps_what_was_typed(
    world: World, manager: Pages, field: str, typed: str, words: str
) -> None:
    before = facts(world)
    manager.get("/staff/town")
    fields: dict[str, Any] = {field: typed, "slogan": "一句新话"}
    page = manager.submit_form("存下", 422, **fields)
    assert words in page.words
    assert "一句新话" in page.text
    assert typed in page.text
    assert facts(world) == before


def test_two_managers_who_save_over_each_other_are_told_and_see_both(
    world: World, manager: Pages, visitor: Callable[[], Pages]
) -> None:
    other = visitor()
    other.sign_in(someone(world, Role.MANAGER).phone, PASSWORD)
    manager.get("/staff/town")
    other.get("/staff/town")
    other.submit_form("存下", slogan="别人的话", fee="12")
    page = manager.submit_form("存下", 409, slogan="我的话")
    assert "别人先存了" in page.words
    assert "招牌上的一句话别人的话我的话" in page.words.replace(" ", "")
    assert "中心服务费1210" in page.words.replace(" ", "")
    assert facts(world).slogan == "别人的话"
    manager.submit_form("存下")
    assert (facts(world).slogan, facts(world).fee_bp) == ("我的话", 1000)


def test_a_manager_adds_and_renames_villages(world: World, manager: Pages) -> None:
    manager.get("/staff/town")
    manager.click("添一个村")
    page = manager.submit_form("存下", 422, name="大湾村")
    assert "已经有这个村了" in page.words
    page = manager.submit_form("存下", name="九峰村", aliases="九峰、雪山村")
    assert "九峰、雪山村" in page.words
    manager.click("九峰村")
    manager.submit_form("存下", name="九峰山村")
    assert [village.name for village in world.read(villages)] == ["大湾村", "九峰山村"]
    manager.get("/staff/town/villages/nowhere", 404)


def test_a_manager_adds_and_strikes_out_closing_days(world: World, manager: Pages) -> None:
    manager.get("/staff/town")
    page = manager.submit_form("加上这天", 422, occasion="元旦")
    assert "请选一天" in page.words
    page = manager.submit_form("加上这天", on="2027-01-01", occasion="元旦")
    assert "2027-01-01" in page.words
    page = manager.submit_form("照常开门")
    assert "往后没有关门的日子" in page.words
    assert world.read(lambda session: holidays(session, START.date())) == []
    manager.post("/staff/town/holidays/someday/remove", status=404)


def test_only_managers_see_the_towns_page(world: World, pages: Pages) -> None:
    town(world)
    pages.sign_in(someone(world, Role.STAFF).phone, PASSWORD)
    pages.get("/staff/town", 403)
    pages.post("/staff/town", status=403)


def test_a_villager_finds_the_centre_and_calls_it(world: World, pages: Pages) -> None:
    person = market(world).vendor_person()
    pages.sign_in(person.phone, PASSWORD)
    page = pages.get("/vendor/centre")
    assert page.links()["打电话"] == "tel:02800000000"
    assert "场镇老街 1 号" in page.words
    assert "08:00–18:00" in page.words
    assert "今天关门" not in page.words
    today = START.astimezone(TOWN_ZONE).date()
    for days, occasion in ((0, "盘库"), (3, "赶场")):
        world.run(partial(add_holiday, on=today + timedelta(days=days), name=occasion, actor=HOUSE))
    page = pages.get("/vendor/centre")
    assert "今天关门 盘库" in page.main
    assert "11月25日赶场" in page.main
    assert page.main.count("盘库") == 1
