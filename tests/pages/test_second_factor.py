"""The second factor's pages, and what it guards: asked for on the way, nothing lost, asked again after a while."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from shop.accounts.factors.models import FactorAct, FactorChange
from shop.accounts.models import Role
from shop.accounts.queries import Person
from shop.settings import DEMO_FACTOR_KEY
from tests.support.pages import Pages
from tests.world.factors import enrol, next_code, prove
from tests.world.market import PASSWORD, Market, someone

HERE = "/staff/second-factor"
LOST: dict[str, Any] = {"reset-reason": "手机丢了"}


@pytest.fixture
def person(at: Market) -> Person:
    return someone(at.world, Role.MANAGER)


@pytest.fixture
def browser(person: Person, pages: Pages) -> Pages:
    """Somebody's browser before any second factor."""
    pages.sign_in(person.phone, PASSWORD)
    return pages


def _acts(at: Market) -> list[FactorAct]:
    return list(at.world.read(lambda session: session.scalars(select(FactorChange.act).order_by(FactorChange.id))))


def test_an_authenticator_is_set_up_on_three_pages(at: Market, person: Person, browser: Pages) -> None:
    browser.get(HERE)
    page = browser.submit_form("/begin")
    letters = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", page.main)
    assert letters is not None
    assert page.headers["Cache-Control"] == "no-store"
    browser.submit_form("set-up", 422, factor_code="12345")
    page = browser.submit_form("set-up", factor_code=next_code(at.world, person, pending=True))
    codes = re.findall(r"[2-9A-Z]{5} [2-9A-Z]{5}", page.main)
    assert len(codes) == 10
    assert page.headers["Cache-Control"] == "no-store"
    page = browser.submit_form("kept")
    assert "10 个" in page.main
    assert browser.get(f"{HERE}/codes", 303).headers["Location"] == HERE, "they are shown once"


def test_a_page_is_shown_after_the_code_and_asked_anew_after_a_while(
    at: Market, person: Person, browser: Pages, visitor: Callable[[], Pages]
) -> None:
    enrol(at.world, browser, person)
    at.world.clock.advance(minutes=at.world.house.settings.second_factor_minutes)
    asked = browser.get(f"{HERE}/prove?next=/staff/people")
    assert "再验证一次" in asked.main
    browser.submit_form("factor", 422, factor_code="000000")
    page = browser.submit_form("factor", factor_code=next_code(at.world, person))
    assert page.url == "/staff/people"
    other = visitor()
    other.sign_in(person.phone, PASSWORD)
    assert "再验证一次" in other.get(f"{HERE}/prove").main, "another browser is asked for itself"


def test_a_form_without_the_code_is_not_done_and_not_lost(
    at: Market, person: Person, browser: Pages, visitor: Callable[[], Pages]
) -> None:
    lost = someone(at.world, Role.FINANCE)
    theirs = visitor()
    theirs.sign_in(lost.phone, PASSWORD)
    enrol(at.world, theirs, lost)
    browser.get(f"/staff/people/{lost.code}")
    page = browser.submit_form("reset", 403, **LOST)
    assert "去绑定" in page.words, "who has none of their own is told to set one up"
    enrol(at.world, browser, person)
    at.world.clock.advance(minutes=31)
    before = _acts(at)
    browser.get(f"/staff/people/{lost.code}")
    page = browser.submit_form("reset", 403, **LOST)
    assert _acts(at) == before
    page = browser.submit_form("factor", 403, factor_code="000000")
    assert "验证码不对" in page.main
    assert _acts(at) == before
    page = browser.submit_form("factor", factor_code=next_code(at.world, person))
    assert "解除了" in page.words
    assert _acts(at) == [*before, FactorAct.RESET]
    assert "手机丢了" in theirs.get(HERE).main
    assert theirs.get("/staff/people", 403).status == 403


def test_guesses_on_a_form_are_told_to_wait(at: Market, person: Person, browser: Pages) -> None:
    enrol(at.world, browser, person)
    at.world.clock.advance(minutes=31)
    browser.get(HERE)
    browser.submit_form("/codes/renew", 403)
    for _ in range(6):
        browser.submit_form("factor", 403, factor_code="000000")
    page = browser.submit_form("factor", 429, factor_code=next_code(at.world, person))
    assert int(page.headers["Retry-After"]) > 0
    at.world.clock.advance(minutes=15)
    browser.submit_form("factor", factor_code=next_code(at.world, person))
    assert _acts(at)[-1] is FactorAct.RENEWED


def test_another_phone_takes_the_first_ones_place_only_after_it_was_proven(
    at: Market, person: Person, browser: Pages
) -> None:
    enrol(at.world, browser, person)
    at.world.clock.advance(minutes=31)
    browser.get(HERE)
    browser.submit_form("/begin", 403)
    prove(at.world, browser, person)
    browser.get(HERE)
    browser.submit_form("/begin")
    at.world.clock.advance(seconds=30)
    browser.submit_form("set-up", factor_code=next_code(at.world, person, pending=True))
    assert _acts(at) == [FactorAct.ENROLLED, FactorAct.ENROLLED]


def test_no_real_key_is_ever_told_by_its_page(at: Market, person: Person, browser: Pages) -> None:
    assert at.world.house.settings.is_demo
    enrol(at.world, browser, person)
    at.world.clock.advance(minutes=31)
    assert "现在的验证码" not in browser.get(f"{HERE}/prove").main
    assert DEMO_FACTOR_KEY not in browser.get(HERE).text
