"""Who is signed in gets kept pages too; made without knowing for whom, they tell nobody of anybody."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.accounts.models import Role, SignIn, User
from shop.accounts.queries import Person
from shop.accounts.rules import PostalAddress
from shop.accounts.services import keep_address
from shop.app.kept import Shelf
from shop.catalog.models import Listing
from tests.pages.test_kept_asking import eggs, kept_of, paths
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world.market import PASSWORD, Market, someone

__all__ = ["eggs", "paths"]

OWN = (
    ("钱多多", "13777770001", "广东", "广州市", "越秀区", "流花路 11 号"),
    ("孙果果", "13777770002", "浙江", "杭州市", "西湖区", "龙井路 22 号"),
)


@pytest.fixture
def members(at: Market) -> list[tuple[Person, PostalAddress]]:
    """A manager of the centre and somebody of the household, each with a name and an address of their own."""
    made = []
    for role, (name, phone, province, city, district, street) in zip((Role.MANAGER, Role.VENDOR), OWN, strict=True):
        person = at.vendor_person() if role is Role.VENDOR else someone(at.world, role)
        address = PostalAddress(name, phone, province, city, district, street)

        def act(session: Session, person: Person = person, address: PostalAddress = address) -> None:
            session.execute(update(User).where(User.id == person.id).values(name=address.name))
            keep_address(session, person.id, address, clock=at.world.clock)

        at.world.run(act)
        made.append((person, address))
    return made


def signed_in(visitor: Callable[[], Pages], person: Person, *, shared: bool = False) -> Pages:
    browser = visitor()
    browser.get("/sign-in")
    browser.submit_form("/sign-in", phone=person.phone, password=PASSWORD, device="shared" if shared else "own")
    browser.get("/standings")  # the first page gives them their token
    return browser


def asked(page: Page) -> list[str]:
    """What was asked of the database, but for who is signed in."""
    return [sql for sql in page.statements if "FROM sign_in" not in sql]


def plain(page: Page) -> str:
    return page.text.replace(page.token() or "no token", "")


def test_no_kept_page_tells_one_of_another(
    app: Flask,
    at: Market,
    pages: Pages,
    visitor: Callable[[], Pages],
    members: list[tuple[Person, PostalAddress]],
    paths: tuple[str, ...],
) -> None:
    one, other = (signed_in(visitor, person) for person, _address in members)
    one.checking = other.checking = pages.checking = False
    words = [word for person, to in members for word in (person.phone, person.code, to.name, to.phone, to.street)]
    shelf = kept_of(app).shelf
    for path in paths:
        shown = [browser.get(path) for browser in (one, pages, other, one)]
        assert [word for page in shown for word in words if word in page.text] == [], path
        tokens = [page.token() for page in shown]
        if any(token is not None for token in tokens):  # a printed page has no forms
            assert (tokens[1], len(set(tokens))) == ("", 4), "a token of one's own each time"
        assert [page.headers.get("Shop-Person") for page in shown] == ["1", None, "1", "1"]
        assert not asked(shown[3]), f"{path} is kept"
        if not path.startswith("/goods/"):
            assert plain(shown[2]) == plain(shown[0])
    assert all(key[-1] in ("", "signed in, 广东", "signed in, 浙江") for key in shelf._pages)
    for page in shelf._pages.values():
        assert [word for word in words if word in f"{page.body.decode()} {page.headers} {page.asked}"] == []


def test_each_is_told_when_it_comes_to_their_own_place(
    at: Market, pages: Pages, visitor: Callable[[], Pages], members: list[tuple[Person, PostalAddress]], eggs: Listing
) -> None:
    path = f"/goods/{eggs.code}"
    one, other = (signed_in(visitor, person) for person, _address in members)
    for _time in range(2):
        options = [browser.get(path).all("option") for browser in (one, other, pages)]
        values = [[option.get("value") for option in some if option.get("selected") is not None] for some in options]
        assert values == [["广东"], ["浙江"], []]


def test_whose_sign_in_has_ended_is_a_visitor_at_the_next_request(
    app: Flask, at: Market, visitor: Callable[[], Pages], members: list[tuple[Person, PostalAddress]], eggs: Listing
) -> None:
    path, (person, _address) = f"/goods/{eggs.code}", members[0]
    browser = signed_in(visitor, person)
    assert "phone" not in browser.get(path).form("问一问").values
    assert not asked(browser.get(path))
    at.world.run(lambda session: session.execute(update(SignIn).values(ended_at=at.world.clock())))
    assert "phone" in browser.get(path).form("问一问").values
    at.world.run(lambda session: session.execute(update(SignIn).values(ended_at=None)))
    assert "phone" not in browser.get(path).form("问一问").values
    at.world.run(lambda session: session.execute(update(User).values(is_active=False)))
    assert "phone" in browser.get(path).form("问一问").values


def test_a_shared_phone_and_pages_of_ones_own_are_never_kept(
    app: Flask, at: Market, visitor: Callable[[], Pages], members: list[tuple[Person, PostalAddress]], eggs: Listing
) -> None:
    (person, _address), kept = members[1], kept_of(app)
    kept.shelf = Shelf()
    browser = signed_in(visitor, person, shared=True)
    for _time in range(2):
        page = browser.get("/")
        assert "孙果果" in page.text
        assert asked(page)
    own = signed_in(visitor, person)
    for path in ("/me", "/basket", "/vendor"):
        assert own.get(path, follow=True).statements
    assert [key for key in kept.shelf._pages if key[-1]] == []
