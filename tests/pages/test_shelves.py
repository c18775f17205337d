"""The market's shelves, as a manager puts them up."""

from typing import Any

import pytest

from shop.accounts.models import Role
from shop.catalog.models import Climate, ReturnClass
from shop.catalog.queries import CategoryFacts, categories
from tests.support.pages import Pages
from tests.world.market import PASSWORD, Market, someone

NEW: dict[str, Any] = {
    "code": "cured-meat",
    "name": "腊味",
    "name_en": "Cured meat",
    "hint": "腊肉香肠",
    "papers": ["workshop_filing", "food_licence"],
    "return_class": "standard",
    "climate": "cool",
    "rules": ["label"],
}


def shelf(at: Market, code: str) -> CategoryFacts:
    """Return a shelf as it stands."""
    return next(one for one in at.world.read(categories) if one.code == code)


def test_a_shelf_is_put_up_with_its_rules(at: Market, manager: Pages) -> None:
    manager.get("/staff/shelves")
    manager.click("添一类")
    page = manager.submit_form("存下", **NEW)
    assert "添好了" in page.main
    assert "要证：小作坊备案证或食品生产许可证；退货：能，签收第二天起七天；阴凉；要写标签" in page.main
    made = shelf(at, "cured-meat")
    assert (made.name, made.name_en, made.hint, made.papers) == (
        "腊味", "Cured meat", "腊肉香肠", ("workshop_filing", "food_licence"),
    )  # fmt: skip
    assert (made.return_class, made.climate, made.is_live, made.needs_label) == (
        ReturnClass.STANDARD, Climate.COOL, False, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("code", "poultry-eggs", "已经有这个名字了"),
        ("code", "腊味", "只用小写英文字母"),
        ("code", "", "请写网址里的名字"),
        ("name", " ", "请写名字"),
        ("name", "长" * 21, "最多 20 个字"),
        ("name_en", "", "请写英文名"),
    ],
)
def test_what_cannot_be_is_named_and_keeps_what_was_typed(
    at: Market, manager: Pages, field: str, value: str, words: str
) -> None:
    manager.get("/staff/shelves/new")
    page = manager.submit_form("存下", status=422, **{**NEW, field: value})
    assert words in page.main
    sent = page.form("存下").values
    assert (sent["hint"], sent["papers"], sent["climate"]) == (["腊肉香肠"], NEW["papers"], ["cool"])
    assert len(at.world.read(categories)) == 1


def test_choices_that_were_not_offered_are_refused(at: Market, manager: Pages) -> None:
    manager.get("/staff/shelves/new")
    page = manager.post("/staff/shelves/new", {**NEW, "return_class": "never", "climate": "hot"}, status=422)
    assert page.main.count("请选一种") == 4
    assert "请从这几种里选" in manager.post("/staff/shelves/new", {**NEW, "papers": ["passport"]}, status=422).main
    manager.post("/staff/shelves/new", {**NEW, "parent": "nowhere"}, status=422)
    assert len(at.world.read(categories)) == 1


def test_a_shelf_is_changed_and_its_code_stays(at: Market, manager: Pages) -> None:
    manager.get("/staff/shelves")
    page = manager.click("禽蛋")
    assert page.form("存下").values["name"] == ["禽蛋"]
    assert page.all("input", name="code") == []
    assert "改好了" in manager.submit_form("存下", name="蛋和禽", papers=["quarantine"], rules=["live"]).main
    made = shelf(at, "poultry-eggs")
    assert (made.name, made.papers, made.is_live) == ("蛋和禽", ("quarantine",), True)
    page = manager.get("/staff/shelves/poultry-eggs")
    assert page.form("存下").values["rules"] == ["live"]
    manager.get("/staff/shelves/nowhere", status=404)


def test_the_tree_has_two_levels(at: Market, manager: Pages) -> None:
    manager.get("/staff/shelves/new")
    manager.submit_form("存下", **NEW, parent="poultry-eggs")
    page = manager.get("/staff/shelves")
    assert "└ 腊味" in page.main
    page = manager.get("/staff/shelves/new")
    assert page.form("存下").choices["parent"] == {"", "poultry-eggs"}
    third = {**NEW, "code": "sausage", "parent": "cured-meat"}
    assert "只能有两层" in manager.post("/staff/shelves/new", third, status=422).main
    manager.get("/staff/shelves/poultry-eggs")
    below = {**NEW, "parent": "cured-meat", "version": "0"}
    assert "只能有两层" in manager.post("/staff/shelves/poultry-eggs", below, status=422).main
    assert shelf(at, "poultry-eggs").parent_code is None


def test_only_a_manager_gets_in(at: Market, manager: Pages) -> None:
    manager.get("/")
    staff = Pages(manager.app)
    staff.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    for path in ("/staff/shelves", "/staff/shelves/new", "/staff/shelves/poultry-eggs"):
        staff.get(path, status=403)
