"""Pages that are not there, and faults of ours: what they say, and the way on from them."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from jinja2 import DictLoader
from sqlalchemy import text

from shop.media.services import receive
from shop.site.articles.models import ArticleKind
from tests.support.pages import Pages
from tests.world.articles import told
from tests.world.joining import one_photo
from tests.world.market import HOUSE, MONTH, PASSWORD, Market, listing, someone


def test_a_page_that_is_not_there_leads_on(at: Market, pages: Pages) -> None:
    house = at.world.house
    photo = receive(at.world.edge.transaction, house.store, one_photo(), actor=HOUSE, clock=at.world.clock)
    thing = listing(at, title="二荆条", months=(MONTH,), photo_keys=(photo.key,))
    always = listing(at, title="林下土鸡蛋")
    told(at.world, ArticleKind.HELP, code="buying")
    for address in ("/nothing", "/goods/NOTHING", "/stories/nothing"):
        page = pages.get(address, 404)
        assert {f"/goods/{thing.code}", "/help/buying", "/season", "/search"} <= set(page.links().values()), address
        assert always.title not in page.main, address
        assert [form.get("action") for form in page.all("form") if form.get("role") == "search"] == ["/search"]
        assert "noindex" in page.text


def test_at_work_it_stays_in_its_own_frame(at: Market, staff: Pages) -> None:
    listing(at, title="林下土鸡蛋")
    page = staff.get("/staff/nothing", 404)
    assert "林下土鸡蛋" not in page.text


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant", "en"])
def test_a_fault_is_told_while_the_database_is_away(
    app: Flask, at: Market, visitor: Callable[[], Pages], language: str
) -> None:
    reader = visitor()
    reader.sign_in(someone(at.world).phone, PASSWORD)
    reader.client.set_cookie("lang", language)
    home = reader.get("/")
    assert home.status == 200
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with at.world.edge.engine.begin() as connection:
        connection.execute(text("ALTER TABLE town RENAME TO town_away"))
        connection.execute(text("ALTER TABLE user_account RENAME TO user_away"))
    page = reader.get("/", 500)
    said = {"zh_Hans": "我们这边出了错", "zh_Hant": "我們這邊出了錯", "en": "Something went wrong"}[language]
    assert said in page.main
    assert "编号" in page.main or language != "zh_Hans"
    assert [one for one in page.all("a") if one.get("href", "").startswith("tel:")]
    assert said in reader.get("/nothing", 500).main


def test_a_fault_is_told_when_no_page_can_be_drawn(app: Flask, pages: Pages) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.jinja_env = app.jinja_env.overlay(loader=DictLoader({}), cache_size=0)
    for address in ("/", "/nothing"):
        answer = pages.client.get(address)
        assert answer.status_code == 500
        assert "不是您的错" in answer.text


@pytest.mark.parametrize(
    ("came_from", "leads_back"),
    [("http://localhost/basket?a=1", "/basket?a=1"), ("https://evil.example/basket", None), ("", None)],
)
def test_what_is_refused_after_a_form_leads_back_to_it(
    at: Market, pages: Pages, came_from: str, leads_back: str | None
) -> None:
    pages.sign_in(someone(at.world).phone, PASSWORD)
    answer = pages.client.post(
        "/me/name",
        data={"csrf_token": "not ours"},
        headers={"Referer": came_from, "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 400
    back = re.search(r'href="([^"]*)"><span>回上一页', answer.text)
    assert (back and back[1]) == leads_back
