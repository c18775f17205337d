"""The written rules' pages: in force and coming, old ones, and writing the next."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from shop.accounts.models import Role
from shop.site.models import RuleVersion
from tests.support.pages import Pages
from tests.world.market import PASSWORD, Market, someone

DESK = "/staff/rules/after-sale"
HERE = "/rules/after-sale"
TEXT = "## 碎了\n- 四十八小时内说\n\n<script>alert(1)</script>"


@pytest.fixture
def desk(manager: Pages) -> Pages:
    """A manager's browser, the first version published from today on."""
    manager.get(DESK)
    manager.submit_form("rule", press="公布", text=TEXT, effective_on="2026-11-22")
    return manager


def _versions(at: Market) -> int:
    return at.world.read(lambda session: session.scalar(select(func.count(RuleVersion.id)))) or 0


def _change(desk: Pages, on: str, status: int = 200, *, press: str = "公布", note: str = "放宽到七十二小时。") -> str:
    desk.get(DESK)
    text = TEXT.replace("四十八", "七十二")
    return desk.submit_form("rule", status, press=press, text=text, note=note, effective_on=on).main


def test_a_change_is_shown_beside_what_counts_until_its_day(
    at: Market, desk: Pages, visitor: Callable[[], Pages]
) -> None:
    reader = visitor()
    _change(desk, "2026-11-29")
    page = reader.get(HERE)
    assert "11月29日起改 放宽到七十二小时。" in page.main
    assert [element.tag for element in page.all("del")] + [element.tag for element in page.all("ins")]
    assert page.main.count("四十八小时内说") == page.main.count("七十二小时内说") == 2
    assert "<script>alert" not in page.text
    assert "要改" in reader.get("/rules").main
    assert "才算数" in reader.get(f"{HERE}/2").main
    at.world.clock.advance(days=7)
    page = reader.get(HERE)
    assert "起改" not in page.main
    assert "七十二小时内说" in page.main
    assert "以前的" in page.main
    assert "现在不算数了" in reader.get(f"{HERE}/1").main
    assert "四十八小时内说" in reader.get(f"{HERE}/1").main


@pytest.mark.parametrize(
    ("on", "note", "said"),
    [
        ("2026-11-23", "放宽", "最早从 11 月 29 日起"),
        ("2026-11-29", "", "请用一句话写改了什么"),
        ("2028-01-01", "放宽", "一年以后"),
        ("", "放宽", "请选从哪天起"),
        ("soon", "放宽", "请填日期"),
    ],
)
def test_what_may_not_be_is_said_and_what_was_typed_stays(
    at: Market, desk: Pages, on: str, note: str, said: str
) -> None:
    shown = _change(desk, on, 422, note=note)
    assert said in shown
    assert desk.page is not None
    assert "七十二" in desk.page.form("rule").values["text"][0]
    assert _versions(at) == 1


def test_it_is_looked_at_before_it_is_published(at: Market, desk: Pages) -> None:
    shown = _change(desk, "2026-11-29", press="先看看")
    assert "公布出去是这样" in shown
    assert "改了哪几句" in shown
    assert _versions(at) == 1
    desk.submit_form("rule", press="公布")
    assert _versions(at) == 2


def test_a_page_not_written_yet_says_so_and_one_that_never_is_is_not_there(at: Market, pages: Pages) -> None:
    assert "还没有公布" in pages.get("/rules/joining").main
    for address in ("/rules/nothing", "/rules/joining/1", "/rules/JOINING"):
        pages.get(address, 404)
    assert pages.get("/rules").links()["规则和隐私"] == "/rules"


def test_only_managers_write_them(at: Market, visitor: Callable[[], Pages]) -> None:
    for role in (Role.STAFF, Role.FINANCE):
        other = visitor()
        other.sign_in(someone(at.world, role).phone, PASSWORD)
        other.get(DESK, 403)
        other.post(DESK, {"text": "x", "effective_on": "2026-11-22", "version": "0", "action": "publish"}, 403)
    assert _versions(at) == 0


def test_who_reads_no_chinese_is_told_that_the_rules_are_chinese(desk: Pages, visitor: Callable[[], Pages]) -> None:
    reader = visitor()
    said = "The rules are written in Chinese"
    assert said not in reader.get(HERE).main
    reader.client.set_cookie("lang", "en")
    page = reader.get(HERE)
    assert said in page.main
    assert [one.get("lang") for one in page.all("div") if "prose" in one.get("class", "")] == ["zh-Hans"]
