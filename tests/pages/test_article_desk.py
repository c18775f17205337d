"""Writing what the town tells: at its desk, as it will be read, in three languages, version by version."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from shop.accounts.models import Role
from shop.site.articles.models import ArticleKind, ArticleVersion
from tests.pages.selling import jpeg
from tests.support.page import Page, words_of
from tests.support.pages import Pages
from tests.world.articles import told
from tests.world.market import PASSWORD, Market, listing, someone

DESK = "/staff/articles"
NEWS: dict[str, Any] = {
    "zh_Hans-title": "老桥封了",
    "zh_Hans-line": "修桥，后天通。",
    "first_on": "2026-11-22",
    "last_on": "2026-11-24",
    "code": "bridge",
}
HELP: dict[str, Any] = {
    "zh_Hans-title": "怎么买",
    "zh_Hans-line": "点一样，放进篮子。",
    "zh_Hans-text": "## 先选\n- 点开\n- 放进篮子",
}


@pytest.fixture
def desk(staff: Pages) -> Pages:
    """A browser of the centre's staff."""
    return staff


def _versions(at: Market) -> int:
    return at.world.read(lambda session: session.scalar(select(func.count(ArticleVersion.id)))) or 0


def _send(desk: Pages, fields: dict[str, Any], status: int = 200, *, press: str = "发出去") -> Page:
    return desk.submit_form("article", status, press=press, **fields)


def _write(desk: Pages, kind: str, status: int = 200, *, press: str = "发出去", **fields: Any) -> str:
    desk.get(f"{DESK}/new/{kind}")
    return desk.submit_form("article", status, press=press, **fields).main


def test_an_announcement_is_written_and_stands_on_the_front_page_from_its_first_day_to_its_last(
    at: Market, desk: Pages, pages: Pages
) -> None:
    shown = _write(desk, "announcement", **{**NEWS, "first_on": "2026-11-23"})
    assert "到日子自己放出来" in shown
    assert "老桥封了" not in pages.get("/").main
    pages.get("/news/bridge", 404)
    at.world.clock.advance(days=1)
    assert "老桥封了" in pages.get("/").main
    assert "老桥封了" in pages.get("/news/bridge").main
    at.world.clock.advance(days=2)
    assert "老桥封了" not in pages.get("/").main


def test_it_is_looked_at_first_and_markup_of_its_own_does_nothing(at: Market, desk: Pages) -> None:
    shown = _write(desk, "help", press="先看看", **{**HELP, "zh_Hans-text": "## 先选\n<script>alert(1)</script>"})
    assert "发出去是这样" in shown
    assert desk.page is not None
    assert "<script>alert" not in desk.page.text
    assert [words_of(one) for one in desk.page.all("h3")] == ["先选", "先選"]
    assert _versions(at) == 0
    desk.submit_form("article", press="发出去")
    assert _versions(at) == 1


def test_its_photo_is_asked_for_once(at: Market, desk: Pages, pages: Pages) -> None:
    words: dict[str, Any] = {**HELP, "zh_Hans-alt": "一只篮子", "code": "basket"}
    assert "要有一张照片" in _write(desk, "story", 422, **words)
    _send(desk, {"photo": (jpeg(), "p.jpg"), "zh_Hans-title": ""}, 422)
    _send(desk, {"zh_Hans-title": "篮子"})
    page = pages.get("/stories/basket")
    assert [image.get("alt") for image in page.all("img") if image.get("alt")] == ["一只篮子"]


def test_a_photo_that_is_none_is_told_at_its_field(at: Market, desk: Pages) -> None:
    desk.get(f"{DESK}/new/story")
    shown = desk.submit_form("article", 422, press="发出去", photo=(b"no photo", "p.jpg"), **HELP).main
    assert "照片" in shown
    assert _versions(at) == 0


def test_a_photo_that_is_not_needed_can_be_left_out_again(at: Market, desk: Pages) -> None:
    _write(desk, "help", 422, photo=(jpeg(), "p.jpg"), **HELP)
    assert desk.page is not None
    assert "请说照片上是什么" in desk.page.main
    desk.submit_form("article", press="发出去", keep_photo="drop")
    assert _versions(at) == 1


@pytest.mark.parametrize(
    ("kind", "wrong", "said"),
    [
        ("announcement", {"zh_Hans-title": " "}, "请写题目"),
        ("announcement", {"first_on": ""}, "请选从哪天起"),
        ("announcement", {"last_on": "2026-11-21"}, "不能比头一天早"),
        ("announcement", {"last_on": "2027-11-21"}, "最多放三个月"),
        ("announcement", {"last_on": "soon"}, "请填日期"),
        ("announcement", {"zh_Hans-line": "长" * 161}, "最多 160 个字"),
        ("announcement", {"en-title": "The bridge"}, "一句话说它（English）"),
        ("announcement", {"code": "老桥"}, "只能用小写字母"),
        ("help", {**HELP, "zh_Hans-text": ""}, "请写正文"),
        ("help", {**HELP, "position": "0"}, "1 到 999"),
        ("help", {**HELP, "photo_key": "f" * 64, "zh_Hans-alt": "篮子"}, "这张照片找不到了"),
    ],
)
def test_what_may_not_be_is_said_and_what_was_typed_stays(
    at: Market, desk: Pages, kind: str, wrong: dict[str, Any], said: str
) -> None:
    typed = {**(NEWS if kind == "announcement" else {}), **wrong}
    shown = _write(desk, kind, 422, **typed)
    assert said in shown
    assert _versions(at) == 0
    assert desk.page is not None
    kept = desk.page.form("article").values
    assert {name: kept[name][0] for name in typed if typed[name].strip()} == {
        name: value for name, value in typed.items() if value.strip()
    }


@pytest.mark.parametrize(("field", "said"), [("vendor", "没有这家了"), ("village", "没有这个村了")])
def test_a_place_that_is_gone_is_said(at: Market, desk: Pages, field: str, said: str) -> None:
    sent = {**NEWS, field: "gone", "position": "1", "hant": "auto", "shown": "shown", "action": "publish"}
    assert said in desk.post(f"{DESK}/new/announcement", sent, 422).main
    assert _versions(at) == 0


def test_a_name_that_is_taken_is_said(at: Market, desk: Pages) -> None:
    told(at.world, ArticleKind.HELP, code="bridge")
    assert "已经有一篇" in _write(desk, "announcement", 422, **NEWS)


def test_traditional_follows_the_simplified_until_somebody_writes_it(at: Market, desk: Pages) -> None:
    _write(desk, "help", **HELP, code="buying")
    code = f"{DESK}/buying"
    assert "简体、繁體" in desk.get(f"{DESK}?kind=help").main
    desk.get(code)
    assert "怎麼買" in desk.submit_form("article", press="先看看").main
    _send(desk, {"zh_Hans-title": "怎么卖"})
    assert "怎麼賣" in desk.get(code).text
    shown = _send(desk, {"hant": "own", "zh_Hans-title": "怎么办", "zh_Hant-title": ""}, press="先看看")
    assert shown.form("article").values["zh_Hant-title"] == ["怎麼辦"]
    assert shown.form("article").values["hant"] == ["own"]
    _send(desk, {"zh_Hant-title": "該怎麼辦"})
    desk.get(code)
    _send(desk, {"zh_Hans-title": "怎么办呢"})
    assert desk.get(code).form("article").values["zh_Hant-title"] == ["該怎麼辦"]


def test_a_version_is_kept_compared_and_written_from_again(at: Market, desk: Pages, pages: Pages) -> None:
    _write(desk, "help", **HELP, code="buying")
    desk.get(f"{DESK}/buying")
    _send(desk, {"zh_Hans-text": "打电话来。"})
    page = desk.get(f"{DESK}/buying/1")
    assert [words_of(one) for one in page.all("ins")] == ["打电话来。"]
    assert "放进篮子" in page.main
    desk.get(page.links()["照这一版再写"])
    desk.submit_form("article", press="发出去")
    assert "打电话来" not in pages.get("/help/buying").main
    assert _versions(at) == 3
    for address in ("buying/9", "buying/0", f"buying/{10**30}", f"buying?from={10**30}", "nothing", "new/nothing"):
        desk.get(f"{DESK}/{address}", 404)
    desk.get(f"{DESK}?kind=nothing", 404)


def test_what_is_withdrawn_is_read_by_nobody_until_it_is_shown_again(at: Market, desk: Pages, pages: Pages) -> None:
    _write(desk, "help", **HELP, code="buying")
    for shown, status in (("withdrawn", 404), ("shown", 200)):
        desk.get(f"{DESK}/buying")
        desk.submit_form("article", press="发出去", shown=shown)
        pages.get("/help/buying", status)
    assert "大家看得到" in desk.get(f"{DESK}?kind=help").main


def test_two_who_write_at_once_are_told_and_lose_nothing(at: Market, desk: Pages, visitor: Callable[[], Pages]) -> None:
    _write(desk, "help", **HELP, code="buying")
    other = visitor()
    other.sign_in(someone(at.world, Role.MANAGER).phone, PASSWORD)
    for browser in (desk, other):
        browser.get(f"{DESK}/buying")
    _send(desk, {"zh_Hans-title": "怎么卖"})
    shown = _send(other, {"zh_Hans-title": "怎么付"}, 409)
    assert "别人先改了" in shown.main
    assert "怎么卖" in shown.main
    assert shown.form("article").values["zh_Hans-title"] == ["怎么付"]
    assert _versions(at) == 2
    other.submit_form("article", press="发出去")
    assert _versions(at) == 3


def test_the_same_press_twice_writes_one_article(at: Market, desk: Pages) -> None:
    desk.get(f"{DESK}/new/help")
    assert desk.page is not None
    form = desk.page.form("article")
    sent = {name: values[0] for name, values in form.values.items()} | HELP | {"action": "publish"}
    for _time in range(2):
        desk.post(f"{DESK}/new/help", sent)
    assert _versions(at) == 1


def test_an_article_leads_to_its_household_and_back(at: Market, desk: Pages, pages: Pages) -> None:
    listing(at, title="林下土鸡蛋")
    words: dict[str, Any] = {
        **HELP,
        "zh_Hans-alt": "篮子",
        "vendor": at.vendor.code,
        "code": "basket",
        "photo": (jpeg(), "p.jpg"),
    }
    _write(desk, "story", **words)
    assert "林下土鸡蛋" in pages.get("/stories/basket").main
