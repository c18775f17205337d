"""The day without network, as the shop prepares it: the worker, its page, and what a phone may not keep."""

import json
import re
from dataclasses import replace

import pytest
from flask import Flask

from shop.accounts.models import Device
from shop.web.house import EXTENSION
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world import World, market
from tests.world.market import PASSWORD, Market, listing


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


def told(answer: Page) -> dict[str, object]:
    first = answer.text.splitlines()[0]
    found: dict[str, object] = json.loads(first.removeprefix("self.house = ").removesuffix(";"))
    return found


def test_the_worker_stands_at_the_root_and_is_asked_for_anew(pages: Pages, at: Market) -> None:
    answer = pages.get("/sw.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in answer.headers
    again = pages.client.get("/sw.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_worker_keeps_public_pages_alone(app: Flask, pages: Pages, at: Market) -> None:
    house = told(pages.get("/sw.js"))
    kept, apart = house["kept"], house["apart"]
    assert isinstance(kept, list)
    assert isinstance(apart, list)
    assert {"/", "/season", "/goods/", "/c/", "/households/", "/search", "/join"} <= set(kept)
    private = ("/me", "/orders", "/pay", "/checkout", "/basket", "/sign-in", "/claims", "/matters")
    closed = [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith((*private, *apart))]
    assert len(closed) > 100
    assert not [rule for rule in closed for place in kept if rule == place or (place != "/" and rule.startswith(place))]


def test_all_that_the_worker_fetches_at_first_is_there(pages: Pages, at: Market) -> None:
    house = told(pages.get("/sw.js"))
    assert isinstance(house["frame"], list)
    for address in [*house["frame"], house["offline"]]:
        with pages.client.get(str(address)) as answer:
            assert answer.status_code == 200, address


def test_the_page_without_network_sends_nothing_and_knows_nobody(pages: Pages, at: Market) -> None:
    pages.post("/elder", {"elder": "1", "next": "/"})
    page = pages.get("/offline")
    assert "elder" in page.one("html").get("class", "")
    assert not page.all("form")
    assert "Set-Cookie" not in page.headers
    assert page.one("template", id="kept-note") is not None
    assert "noindex" in page.text


def test_a_waiting_word_is_not_eaten_by_the_page_that_is_fetched_beside(pages: Pages, at: Market) -> None:
    eggs = listing(at, title="土鸡蛋")
    form = pages.get(f"/goods/{eggs.code}").form("放进篮子")
    pages.client.post(form.action, data={name: values[0] for name, values in form.values.items() if values})
    pages.get("/offline")
    assert pages.get("/basket").all("div", "flashes")


def test_an_answer_to_somebody_who_is_signed_in_says_so(pages: Pages, at: Market) -> None:
    assert "Shop-Person" not in pages.get("/").headers
    pages.sign_in(at.vendor_person().phone, PASSWORD)
    assert pages.get("/").headers["Shop-Person"] == "1"


def test_a_shared_phone_hires_nobody(pages: Pages, at: Market) -> None:
    assert pages.get("/").one("html").get("data-worker") == "/sw.js"
    pages.get("/sign-in")
    pages.submit_form("/sign-in", phone=at.vendor_person().phone, password=PASSWORD, device=Device.SHARED.value)
    html = pages.get("/").one("html")
    assert html.get("data-worker") is None
    assert html.get("data-shared") is not None


def test_switched_off_the_worker_takes_itself_away(app: Flask, pages: Pages, at: Market) -> None:
    house = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(house, settings=replace(house.settings, keeps_pages=False))
    assert pages.get("/").one("html").get("data-worker") is None
    assert told(pages.get("/sw.js"))["mark"] == ""


def test_pages_at_work_hire_nobody(pages: Pages, at: Market) -> None:
    pages.sign_in(at.vendor_person().phone, PASSWORD)
    assert not re.search("data-worker", pages.get("/vendor").text)
