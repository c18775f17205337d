"""The pages of coming in, seen from a browser."""

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from shop.accounts.models import Role
from shop.accounts.queries import Person
from shop.notifications.models import Delivery
from shop.web.errors import error_page
from shop.web.house import EXTENSION
from tests.support.pages import Pages
from tests.world import World
from tests.world.market import PASSWORD, market, someone, town

NEW = "walnut-and-plum"


@pytest.fixture
def person(world: World) -> Person:
    """Somebody with an account and no role but a buyer's."""
    town(world)
    return someone(world, Role.BUYER)


def where(page_url: str) -> str:
    return urlsplit(page_url).path


@pytest.mark.parametrize(
    ("role", "lands"),
    [
        (Role.BUYER, "/"),
        (Role.VENDOR, "/vendor"),
        (Role.STAFF, "/staff"),
        (Role.MANAGER, "/staff"),
        (Role.DRIVER, "/driver"),
    ],
)
def test_signing_in_leads_to_where_ones_work_begins(world: World, pages: Pages, role: Role, lands: str) -> None:
    place = market(world)
    person = place.vendor_person() if role is Role.VENDOR else someone(world, role)
    assert where(pages.sign_in(person.phone, PASSWORD).url) == lands


def test_signing_in_goes_on_to_where_one_was_going(person: Person, pages: Pages) -> None:
    page = pages.get("/me/password", follow=True)
    assert where(page.url) == "/sign-in"
    page = pages.submit_form("/sign-in", phone=f"+86 {person.phone}", password=PASSWORD)
    assert where(page.url) == "/me/password"


@pytest.mark.parametrize("wanted", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"])
def test_signing_in_never_leads_out_of_the_house(person: Person, pages: Pages, wanted: str) -> None:
    pages.get("/sign-in")
    page = pages.post(
        "/sign-in", {"phone": person.phone, "password": PASSWORD, "device": "own", "next": wanted}, 303, follow=False
    )
    assert page.headers["Location"] == "/"


def test_a_wrong_password_says_one_thing_and_keeps_the_number_but_not_the_password(
    person: Person, pages: Pages
) -> None:
    seen = []
    for phone in (person.phone, "13900000009"):
        pages.get("/sign-in")
        page = pages.submit_form("/sign-in", 422, phone=phone, password="wrong-password")
        assert phone in page.text
        assert "wrong-password" not in page.text
        seen.append(re.sub(rf'{phone}|name="csrf_token" value="[^"]+"', "", page.main))
    assert seen[0] == seen[1]


@pytest.mark.usefixtures("person")
def test_an_empty_form_says_what_to_fill_in(pages: Pages) -> None:
    pages.get("/sign-in")
    page = pages.submit_form("/sign-in", 422, phone="123", password="")
    assert "请填 11 位手机号码" in page.words
    assert "请填密码" in page.words


def test_too_many_tries_say_when_to_come_back(person: Person, pages: Pages) -> None:
    for _ in range(8):
        pages.get("/sign-in")
        pages.submit_form("/sign-in", 422, phone=person.phone, password="wrong-password")
    page = pages.submit_form("/sign-in", 429, phone=person.phone, password=PASSWORD)
    assert "15 分钟后再来" in page.words
    assert 890 <= int(page.headers["Retry-After"]) <= 900


def test_signing_in_opens_a_fresh_session_but_keeps_the_large_face(person: Person, pages: Pages) -> None:
    pages.get("/sign-in")
    with pages.client.session_transaction() as cookie:
        cookie["planted"] = "by a stranger"
    pages.post("/elder", {"elder": "1", "next": "/sign-in"})
    pages.sign_in(person.phone, PASSWORD)
    with pages.client.session_transaction() as cookie:
        assert "planted" not in cookie
    assert "elder" in pages.get("/me").document.get("class", "").split()


def test_signing_out_is_a_post_and_ends_the_session(person: Person, pages: Pages) -> None:
    pages.sign_in(person.phone, PASSWORD)
    pages.get("/sign-out", 405)
    pages.get("/me")
    pages.submit_form("/sign-out")
    assert "周素珍" not in pages.get("/me").words
    assert where(pages.get("/me/password", follow=True).url) == "/sign-in"


@pytest.mark.usefixtures("person")
def test_a_visitors_own_page_finds_an_order_or_the_way_in(pages: Pages) -> None:
    page = pages.get("/me")
    assert {"查订单", "登录"} <= set(page.links())


def test_ones_own_page_hides_the_number_and_offers_ones_ways(world: World, pages: Pages) -> None:
    town(world)
    staff = someone(world, Role.STAFF)
    pages.sign_in(staff.phone, PASSWORD)
    page = pages.get("/me")
    assert f"138****{staff.phone[-4:]}" in page.words
    assert staff.phone not in page.text
    assert "中心工作台" in page.links()
    assert "送货单" not in page.links()


def test_a_changed_password_keeps_this_browser_and_ends_the_others(
    person: Person, pages: Pages, visitor: Callable[[], Pages]
) -> None:
    other = visitor()
    other.sign_in(person.phone, PASSWORD)
    pages.sign_in(person.phone, PASSWORD)
    pages.get("/me/password")
    page = pages.submit_form("/me/password", 422, current="wrong-password", password=NEW)
    assert "现在的密码不对" in page.words
    page = pages.submit_form("/me/password", 422, current=PASSWORD, password="12345678")
    assert "太好猜" in page.words
    page = pages.submit_form("/me/password", current=PASSWORD, password=NEW)
    assert (where(page.url), "周素珍" in page.words) == ("/me", True)
    assert "周素珍" not in other.get("/me").words


def test_signing_out_everywhere_ends_every_browser(person: Person, pages: Pages, visitor: Callable[[], Pages]) -> None:
    other = visitor()
    other.sign_in(person.phone, PASSWORD)
    pages.sign_in(person.phone, PASSWORD)
    pages.get("/me")
    assert where(pages.submit_form("/me/sign-out-everywhere").url) == "/sign-in"
    assert "周素珍" not in other.get("/me").words


@pytest.mark.usefixtures("person")
def test_what_needs_a_person_refuses_a_visitors_post(pages: Pages) -> None:
    pages.get("/sign-in")
    page = pages.post("/me/sign-out-everywhere", status=401)
    assert "登录" in page.links()


def test_a_forgotten_password_is_set_anew_with_the_code_from_the_phone(
    person: Person, pages: Pages, world: World, visitor: Callable[[], Pages]
) -> None:
    other = visitor()
    other.sign_in(person.phone, PASSWORD)
    pages.get("/forgotten")
    page = pages.submit_form("/forgotten", phone=f"+86 {person.phone}")
    assert where(page.url) == "/forgotten/code"
    world.deliver()
    (text,) = world.read(lambda session: list(session.scalars(select(Delivery.text))))
    code = text[len("【小鱼洞】") :][:6]
    assert person.phone in page.text, "the number need not be typed again"
    page = pages.submit_form("/forgotten/code", 422, code=f"{(int(code) + 1) % 1_000_000:06d}", password=NEW)
    assert "验证码不对" in page.words
    page = pages.submit_form("/forgotten/code", code=code, password=NEW)
    assert where(page.url) == "/"
    other.get("/me/sign-ins", 303)
    assert "周素珍" in pages.get("/me").words


def test_asking_for_a_code_answers_the_same_to_everybody(
    app: Flask, person: Person, pages: Pages, visitor: Callable[[], Pages]
) -> None:
    wired = app.extensions[EXTENSION]  # the demo town tells the code of whoever has one
    app.extensions[EXTENSION] = replace(wired, settings=replace(wired.settings, env="production"))
    answers = []
    for browser, phone in ((pages, person.phone), (visitor(), "13900000009")):
        browser.get("/forgotten")
        page = browser.submit_form("/forgotten", phone=phone)
        answers.append(re.sub(rf'{phone}|name="csrf_token" value="[^"]+"', "", page.text))
    assert answers[0] == answers[1]


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 411, 413, 415, 422, 429, 500, 503])
def test_every_error_page_says_what_to_do_and_offers_a_way_on(app: Flask, pages: Pages, status: int) -> None:
    app.add_url_rule("/broken", "broken", lambda: error_page(status, code="1a2b3c4d"))
    page = pages.get("/broken", status)
    assert len(page.links()) >= 2
    assert ("1a2b3c4d" in page.words) == (status == 500)
