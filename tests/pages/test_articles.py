"""What the town tells of itself, as buyers read it: lists, pages, the front page, villages, the way, robots."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from shop.site.articles.models import ArticleKind
from shop.site.articles.rules import Draft
from shop.town.models import Village
from tests.support.clock import SettableClock
from tests.support.page import Page, words_of
from tests.support.pages import Pages
from tests.world.articles import HANS, draft, picture, told
from tests.world.market import Market, listing

LISTS = {
    ArticleKind.STORY: "/stories",
    ArticleKind.SIGHT: "/sights",
    ArticleKind.HELP: "/help",
    ArticleKind.ANNOUNCEMENT: "/news",
}


def _village(at: Market) -> str:
    return at.world.read(lambda session: session.scalars(select(Village.code)).one())


def _leads(page: Page) -> set[str]:
    return {link.get("href", "") for link in page.all("a")}


@pytest.mark.parametrize("kind", LISTS)
def test_an_article_stands_in_its_list_and_on_a_page_of_its_own(at: Market, pages: Pages, kind: ArticleKind) -> None:
    assert "还没有写" in pages.get(LISTS[kind]).main
    code = told(at.world, kind)
    assert f"{LISTS[kind]}/{code}" in _leads(pages.get(LISTS[kind]))
    page = pages.get(f"{LISTS[kind]}/{code}")
    assert HANS.title in page.main
    assert "一碗茶两块钱" in page.main
    others = [other for other in LISTS.values() if other != LISTS[kind]]
    for other in others:
        pages.get(f"{other}/{code}", 404)


def test_a_sight_says_where_when_and_how(at: Market, pages: Pages) -> None:
    code = told(at.world, ArticleKind.SIGHT)
    page = pages.get(f"/sights/{code}")
    rows = [(words_of(row[0]), words_of(row[1])) for row in page.all("div", "facts-row")]
    assert rows == [
        ("在哪里", "老街口"),
        ("什么时候去", "赶场日早上"),
        ("从中心怎么走", "出中心往左走三分钟。"),
    ]


def test_a_story_leads_to_the_goods_of_its_household_or_village(at: Market, pages: Pages) -> None:
    listing(at, title="林下土鸡蛋")
    key = picture(at.world)
    mine = told(at.world, ArticleKind.STORY, replace(draft(photo_key=key), vendor=at.vendor.code), code="mine")
    theirs = told(at.world, ArticleKind.STORY, replace(draft(photo_key=key), village=_village(at)), code="theirs")
    nobodys = told(at.world, ArticleKind.STORY, draft(photo_key=key), code="nobodys")
    assert [("林下土鸡蛋" in pages.get(f"/stories/{code}").main) for code in (mine, theirs, nobodys)] == [
        True,
        True,
        False,
    ]


def test_the_front_page_tells_the_day(at: Market, pages: Pages) -> None:
    assert "镇上消息" not in pages.get("/").main
    for kind in (ArticleKind.SIGHT, ArticleKind.STORY, ArticleKind.ANNOUNCEMENT):
        told(at.world, kind, code=kind.value)
    page = pages.get("/")
    assert "镇上消息" in page.main
    assert {"/sights/sight", "/stories/story", "/news/announcement"} <= _leads(page)
    at.world.clock.advance(days=10)
    assert "镇上消息" not in pages.get("/").main
    assert "过了日子" in pages.get("/news/announcement").main


def test_every_way_here_is_on_one_page(at: Market, pages: Pages) -> None:
    for place, name in enumerate(("开车来", "坐班车来"), 1):
        words = replace(HANS, title=name, text="## 走法\n过桥。", place="", season="", route="")
        told(
            at.world, ArticleKind.WAY, Draft(words={next(iter(draft().words)): words}, position=place), code=f"w{place}"
        )
    page = pages.get("/way")
    assert page.main.index("开车来") < page.main.index("坐班车来")
    assert [one.text for one in page.all("h3")] == ["走法", "走法"]
    assert "028-00000000" in page.main


@pytest.mark.parametrize(
    ("lang", "stops"),
    [("zh_Hans", "成都 彭州 小鱼洞"), ("zh_Hant", "成都 彭州 小魚洞"),
     ("en", "Chengdu 成都 Pengzhou 彭州 Xiaoyudong 小鱼洞")],
)  # fmt: skip
def test_the_way_here_is_drawn_with_the_places_it_passes(at: Market, pages: Pages, lang: str, stops: str) -> None:
    pages.client.set_cookie("lang", lang)
    page = pages.get("/way")
    assert stops.replace(" ", "") in page.main
    (drawing,) = [image for image in page.all("img") if "way" in image.get("src", "")]
    assert all(name in drawing.get("alt", "") for name in stops.split()[:: 2 if lang == "en" else 1])


def test_the_town_leads_everywhere(at: Market, pages: Pages) -> None:
    for kind in (ArticleKind.SIGHT, ArticleKind.STORY, ArticleKind.ANNOUNCEMENT):
        told(at.world, kind, code=kind.value)
    links = _leads(pages.get("/town"))
    wanted = {"/way", "/help", "/sights", "/stories", "/sights/sight", "/stories/story", "/news/announcement"}
    assert wanted <= links
    assert f"/villages/{_village(at)}" in links
    assert {"/town", "/help"} <= _leads(pages.get("/rules"))


def test_a_village_shows_its_goods_households_and_sights(at: Market, pages: Pages) -> None:
    listing(at, title="林下土鸡蛋")
    told(
        at.world,
        ArticleKind.SIGHT,
        replace(draft(ArticleKind.SIGHT, picture(at.world)), village=_village(at)),
        code="s",
    )
    page = pages.get(f"/villages/{_village(at)}")
    assert "林下土鸡蛋" in page.main
    assert {f"/households/{at.vendor.code}", "/sights/s"} <= _leads(page)
    pages.get("/villages/nowhere", 404)


def test_an_announcement_is_not_read_before_its_first_day(at: Market, pages: Pages) -> None:
    days = Draft(words=draft().words, first_on=date(2026, 11, 30), last_on=date(2026, 12, 1))
    code = told(at.world, ArticleKind.ANNOUNCEMENT, days)
    pages.get(f"/news/{code}", 404)
    assert "还没有写" in pages.get("/news").main


def test_robots_are_told_of_every_page(at: Market, pages: Pages) -> None:
    code = told(at.world, ArticleKind.SIGHT)
    answer = pages.client.get("/sitemap/places.xml")
    assert all(
        f"{path}</loc>" in answer.text for path in (f"/sights/{code}", f"/villages/{_village(at)}", "/town", "/way")
    )
    told(at.world, ArticleKind.HELP)
    assert pages.client.get("/sitemap/places.xml").headers["ETag"] != answer.headers["ETag"]


def test_a_household_and_its_goods_lead_to_its_story(at: Market, pages: Pages) -> None:
    thing = listing(at, title="林下土鸡蛋")
    for address in (f"/goods/{thing.code}", f"/households/{at.vendor.code}"):
        assert "/stories/mine" not in _leads(pages.get(address))
    key = picture(at.world)
    told(at.world, ArticleKind.STORY, replace(draft(photo_key=key), vendor=at.vendor.code), code="mine")
    told(at.world, ArticleKind.STORY, draft(photo_key=key), code="nobodys")
    for address in (f"/goods/{thing.code}", f"/households/{at.vendor.code}"):
        leads = _leads(pages.get(address))
        assert "/stories/mine" in leads
        assert "/stories/nobodys" not in leads


def test_machines_read_when_it_was_told_and_changed(at: Market, pages: Pages) -> None:
    code = told(at.world, ArticleKind.STORY)
    block = pages.get(f"/stories/{code}").one("script", type="application/ld+json")
    data = json.loads(block.text or "")
    assert data["@type"] == "Article"
    assert data["headline"] == HANS.title
    assert data["inLanguage"] == "zh-Hans"
    assert data["datePublished"] == data["dateModified"] != ""
    assert data["image"].startswith("http")


def test_whoever_reads_another_language_is_told_that_it_is_chinese_still(at: Market, pages: Pages) -> None:
    code = told(at.world, ArticleKind.STORY)
    pages.client.set_cookie("lang", "en")
    assert "in Chinese" in pages.get(f"/stories/{code}").main
    pages.client.set_cookie("lang", "zh_Hant")
    assert "橋頭的老茶館" in pages.get(f"/stories/{code}").main


def test_an_announcement_begins_and_ends_at_the_towns_midnight(at: Market, pages: Pages, clock: SettableClock) -> None:
    told(at.world, ArticleKind.ANNOUNCEMENT, code="news")
    shown = []
    for moment in (
        datetime(2026, 11, 20, 15, 59, tzinfo=UTC),
        datetime(2026, 11, 20, 16, 0, tzinfo=UTC),
        datetime(2026, 11, 28, 15, 59, tzinfo=UTC),
        datetime(2026, 11, 28, 16, 0, tzinfo=UTC),
    ):
        clock.set(moment)
        shown.append("/news/news" in _leads(pages.get("/")))
    assert shown == [False, True, True, False]
