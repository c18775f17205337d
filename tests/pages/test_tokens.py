"""Forms are taken from pages of ours only: by the token of a session, and without one by where they came from."""

import base64
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from shop.catalog.models import Listing
from shop.web.tokens import ON_SHARED_PAGES, is_from_here
from tests.support.pages import Pages
from tests.world.books import footprint
from tests.world.market import PASSWORD, Market, variant_id
from tests.world.spot import lay

HERE, PUBLIC = "http://10.0.0.5:8000", "https://shanhuo.example"
FOREIGN = "https://evil.example"


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"Sec-Fetch-Site": "same-origin", "Origin": HERE}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": PUBLIC}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://10.0.0.5:8000"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": FOREIGN}, False),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": HERE}, False),
        ({"Sec-Fetch-Site": "same-site", "Origin": HERE}, False),
        ({"Sec-Fetch-Site": "none", "Origin": HERE}, False),
        ({"Sec-Fetch-Site": "", "Origin": HERE}, False),
        ({"Origin": HERE}, True),
        ({"Origin": PUBLIC, "Referer": FOREIGN}, True),
        ({"Origin": "https://10.0.0.5:8000"}, False),
        ({"Origin": "http://shanhuo.example"}, False),
        ({"Origin": "https://shanhuo.example.evil.example"}, False),
        ({"Origin": FOREIGN, "Referer": f"{HERE}/"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        ({"Referer": f"{HERE}/goods/1"}, True),
        ({"Referer": f"{PUBLIC}/"}, True),
        ({"Referer": f"{FOREIGN}/?{PUBLIC}/"}, False),
        ({"Referer": f"{PUBLIC}.evil.example/"}, False),
        ({"Referer": "/goods/1"}, None),
        ({"Referer": ""}, None),
        ({}, None),
    ],
)
def test_where_a_form_stood(headers: dict[str, str], *, is_ours: bool | None) -> None:
    assert is_from_here(headers, HERE, PUBLIC) is is_ours


def test_what_stands_on_pages_for_everybody_may_be_sent_without_a_token(
    app: Flask, at: Market, pages: Pages, eggs: Listing
) -> None:
    """A form that is not among them would be refused to whoever began a session in another tab."""
    router, seen = app.url_map.bind("localhost"), set()
    for path in (
        "/",
        f"/goods/{eggs.code}",
        f"/households/{at.vendor.code}",
        "/search?q=蛋",
        "/rules",
        "/sign-in",
        f"/q/{eggs.code}",
    ):
        actions = [form.action for form in pages.get(path).forms() if form.method == "post"]
        seen |= {router.match(urlsplit(action).path, method="POST")[0] for action in actions}
    assert "orders.add" in seen
    assert seen <= ON_SHARED_PAGES


def send(pages: Pages, path: str, fields: dict[str, str], **headers: str | None) -> TestResponse:
    """Send a form as another browser might: with these headers and no others."""
    pages.client.environ_base.pop("HTTP_ORIGIN", None)
    said = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
    return pages.client.post(path, data={"csrf_token": "", **fields}, headers=said)


def basket_of(at: Market, eggs: Listing) -> dict[str, str]:
    return {"variant": str(variant_id(at, eggs)), "quantity": "1"}


def test_looking_around_begins_no_session(at: Market, pages: Pages, eggs: Listing) -> None:
    for path in ("/", "/c/poultry-eggs", f"/goods/{eggs.code}", "/search?q=蛋", "/sign-in", "/basket", "/orders"):
        page = pages.get(path)
        assert "Set-Cookie" not in page.headers, path
        assert not page.token(), path


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "same-origin", "Origin": "http://localhost"},
        {"Origin": "http://localhost"},
        {"Referer": "http://localhost/goods/1"},
    ],
    ids=["of today", "of yesterday", "old"],
)
def test_a_visitor_buys_without_a_token(at: Market, pages: Pages, eggs: Listing, headers: dict[str, str]) -> None:
    answer = send(pages, "/basket/lines", basket_of(at, eggs), **headers)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/basket")
    assert "土鸡蛋" in pages.get("/basket").main


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site", "Origin": FOREIGN},
        {"Sec_Fetch_Site": "same-site", "Origin": "http://other.localhost"},
        {"Origin": FOREIGN},
        {"Origin": "null"},
        {"Referer": f"{FOREIGN}/"},
    ],
)
def test_a_form_of_another_page_does_nothing(at: Market, pages: Pages, eggs: Listing, headers: dict[str, str]) -> None:
    phone = at.vendor_person().phone
    for path, fields in (
        ("/basket/lines", basket_of(at, eggs)),
        ("/sign-in", {"phone": phone, "password": PASSWORD}),
        ("/elder", {"elder": "1"}),
    ):
        answer = send(pages, path, fields, **headers)
        assert answer.status_code == 400, path
        assert "Set-Cookie" not in answer.headers, path


def test_nobody_is_signed_in_by_a_form_of_another_page(at: Market, pages: Pages) -> None:
    """The thief's own account, into which a buyer would then type an address."""
    fields = {"phone": at.vendor_person().phone, "password": PASSWORD, "device": "own"}
    assert send(pages, "/sign-in", fields, Origin=FOREIGN, Sec_Fetch_Site="cross-site").status_code == 400
    assert "Set-Cookie" not in pages.get("/").headers
    assert send(pages, "/sign-in", fields, Origin="http://localhost").status_code == 303


def test_a_browser_that_says_nothing_goes_on_by_the_token(at: Market, pages: Pages, eggs: Listing) -> None:
    answer = send(pages, "/basket/lines", basket_of(at, eggs))
    assert answer.status_code == 400
    assert "回到上一页刷新一下" in answer.text
    page = pages.get(f"/goods/{eggs.code}")
    token = page.token()
    assert token
    assert send(pages, "/basket/lines", {**basket_of(at, eggs), "csrf_token": token}).status_code == 303


def test_with_a_session_the_token_stays(at: Market, pages: Pages, eggs: Listing) -> None:
    send(pages, "/basket/lines", basket_of(at, eggs), Origin="http://localhost")
    token = pages.get(f"/goods/{eggs.code}").token()
    assert token
    change = f"/basket/lines/{variant_id(at, eggs)}"
    for wrong in ("", "x", token[:-4], base64.urlsafe_b64encode(b"0" * 80).decode(), "蛋"):
        answer = send(pages, change, {"quantity": "3", "csrf_token": wrong}, Origin="http://localhost")
        assert answer.status_code == 400, wrong
    assert send(pages, change, {"quantity": "3", "csrf_token": token}, Origin=FOREIGN).status_code == 303


def test_a_page_opened_before_the_session_began_can_still_buy(at: Market, pages: Pages, eggs: Listing) -> None:
    for _tab in range(2):
        assert send(pages, "/basket/lines", basket_of(at, eggs), Origin="http://localhost").status_code == 303
    assert send(pages, "/basket/lines", basket_of(at, eggs), Origin=FOREIGN).status_code == 400
    assert send(pages, "/basket/lines", basket_of(at, eggs)).status_code == 400


@pytest.mark.parametrize("token", ["", "of another session"])
def test_a_page_to_take_along_from_before_the_session_is_shown_once_more(
    at: Market, pages: Pages, eggs: Listing, token: str
) -> None:
    which = variant_id(at, eggs)
    lay(at, which, 3)
    path = f"/q/{eggs.code}/take"
    form = pages.get(f"{path}?variant={which}&quantity=2").form("/take")
    typed = {**{name: values[0] for name, values in form.values.items() if values}, "csrf_token": token}
    typed |= {"name": "何晓雨", "phone": "13812345678"}
    send(pages, "/basket/lines", basket_of(at, eggs), Origin="http://localhost")
    before = footprint(at.world)
    for headers in ({"Origin": FOREIGN}, {}, {"Sec_Fetch_Site": "cross-site"}):
        assert send(pages, path, typed, **headers).status_code == 400
    pages.client.environ_base["HTTP_ORIGIN"] = "http://localhost"
    page = pages.post(path, typed, 409)
    assert footprint(at.world) == before, "nothing is ordered by it"
    assert "还没有下单" in page.main
    assert (page.form("/take").values["name"], page.form("/take").values["quantity"]) == (["何晓雨"], ["2"])
    assert "/pay/" in pages.submit_form("/take", 303, follow=False).headers["Location"]


def test_without_cookies_what_lies_there_is_bought_all_the_same(at: Market, pages: Pages, eggs: Listing) -> None:
    which = variant_id(at, eggs)
    lay(at, which, 3)
    path = f"/q/{eggs.code}/take"
    form = pages.get(f"{path}?variant={which}&quantity=2").form("/take")
    typed = {name: values[0] for name, values in form.values.items() if values}
    typed |= {"name": "何晓雨", "phone": "13812345678"}
    answer = send(pages, path, typed, Origin="http://localhost")
    pages.client.delete_cookie("session")
    assert "去付款" in pages.get(answer.headers["Location"], may_write=True).main


def test_a_token_looks_different_each_time_and_stays_good(at: Market, pages: Pages, eggs: Listing) -> None:
    send(pages, "/basket/lines", basket_of(at, eggs), Origin="http://localhost")
    tokens = {pages.get("/basket").token() for _time in range(3)}
    assert len(tokens) == 3
    for token in tokens:
        fields = {"quantity": "2", "csrf_token": token or ""}
        assert send(pages, f"/basket/lines/{variant_id(at, eggs)}", fields).status_code == 303


def test_a_sign_in_that_outlives_the_browser_counts_as_a_session(at: Market, pages: Pages) -> None:
    pages.sign_in(at.vendor_person().phone, PASSWORD)
    pages.client.delete_cookie("session")
    assert send(pages, "/sign-out", {}, Origin="http://localhost").status_code == 400
    assert pages.get("/").token()
