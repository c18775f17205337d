"""Every page of the house in a real browser, in both faces: heard, narrow, large, and nothing the policy refuses."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from shop.accounts.models import Role
from shop.kernel.languages import Language
from shop.web.i18n import LANG, TRANSLATED
from tests.house.source import report
from tests.journeys.every_door import NO_PAGE, Door, Town, Who, busy_town
from tests.journeys.keys import FAULTS, enlarged
from tests.journeys.large import ELDER, TWICE
from tests.support.browser import Windows
from tests.support.databases import Databases
from tests.support.eye import OPEN_ALL, look, refused, watch
from tests.support.live import serving
from tests.support.pages import Pages
from tests.world.market import PASSWORD, someone

SHARES = [*((who, 0) for who in Who), (Who.CENTRE, 1), (Who.CENTRE, 2)]
"""Who walks, and which part: the centre has as many pages as all others together, so they are walked in thirds."""
LARGEST = [
    *((who, language) for who in (Who.VISITOR, Who.BUYER) for language in Language),
    *((who, Language.HANS) for who in (Who.APPLICANT, Who.HOUSEHOLD)),
]
"""Who walks in the largest letters, in every language in which they are spoken to."""


@pytest.fixture(scope="module")
def at(databases: Databases, built_static: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A busy town, one for every walk: walking changes nothing."""
    folder = tmp_path_factory.mktemp("walk")
    (folder / "static").symlink_to(built_static)
    url = databases.fresh()
    with busy_town(url, folder) as made:
        yield made
    databases.drop(url)


@pytest.fixture
def address(at: Town) -> Iterator[str]:
    """Address of that town, instead of one's own."""
    with serving(at.app) as where:
        yield where


def window(at: Town, windows: Windows, who: Who) -> tuple[Page, list[Door]]:
    """Open a window of somebody, and the pages they walk."""
    browser, doors = at.browser(who), at.doors(who)
    walked = []
    wrong = []
    for door in doors:
        with browser.client.get(door.path) as answer:
            is_page = answer.status_code == 200 and answer.get_data().lower().startswith(b"<!doctype html>")
        if is_page == (door.name in NO_PAGE):
            wrong.append(
                f"{door.name} {door.path}: {answer.status_code} {answer.mimetype} {answer.headers.get('Location')}"
            )
        walked += [door] if is_page else []
    assert not wrong, report(wrong, "A page, or not a page: say so in NO_PAGE.")
    return opened(windows, browser), walked


def opened(windows: Windows, browser: Pages) -> Page:
    """Open a window of who is signed in with a browser that has none."""
    page = windows.open()
    watch(page.context)
    kept = browser.client.get_cookie("session")
    if kept is not None:
        page.context.add_cookies([{"name": kept.key, "value": kept.value, "url": windows.address}])
    return page


def read_in(page: Page, windows: Windows, language: Language) -> None:
    """Choose the language a window reads; what it asks for in its headers is fixed by the place it was opened in."""
    page.context.add_cookies([{"name": LANG, "value": language, "url": windows.address}])
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == language.tag


@pytest.mark.parametrize(("who", "part"), SHARES)
def test_every_page_is_sound(at: Town, windows: Windows, who: Who, part: int) -> None:
    page, doors = window(at, windows, who)
    doors = share(doors, who, part)
    assert len(doors) >= 10
    found = walked(page, doors, windows)
    assert not found, report(found, "Page by page:")


def share(doors: list[Door], who: Who, part: int) -> list[Door]:
    """Return one part of somebody's pages."""
    return doors[part::3] if who is Who.CENTRE else doors


def walked(page: Page, doors: list[Door], windows: Windows) -> list[str]:
    """Walk from door to door, and return what is wrong behind each in either face."""
    found = []
    for door in doors:
        page.goto(door.path)
        for is_large in (False, True):
            face = "large" if is_large else "usual"
            found += [f"{door.path} ({door.name}, {face}): {one}" for one in look(page, is_large=is_large)]
        found += [f"{door.path}: {one}" for one in [*refused(page), *windows.troubles]]
        windows.troubles.clear()
    return found


@pytest.mark.soak
@pytest.mark.parametrize("who", [Who.VISITOR, Who.BUYER])
@pytest.mark.parametrize("language", TRANSLATED)
def test_buyers_pages_are_sound_in_the_other_languages(
    at: Town, windows: Windows, who: Who, language: Language
) -> None:
    page, doors = window(at, windows, who)
    read_in(page, windows, language)
    found = walked(page, doors, windows)
    assert not found, report(found, f"Page by page, in {language}:")


@pytest.mark.soak
@pytest.mark.parametrize(("who", "language"), LARGEST)
def test_pages_hold_the_largest_letters(at: Town, windows: Windows, who: Who, language: Language) -> None:
    """Large type, its letters doubled, in the narrowest window: nothing is cut off or pushed sideways."""
    page, doors = window(at, windows, who)
    read_in(page, windows, language)
    page.set_viewport_size({"width": 320, "height": 640})
    page.add_init_script(ELDER)
    enlarged(page, TWICE)
    found = []
    for door in doors:
        page.goto(door.path)
        page.evaluate(OPEN_ALL)
        found += [f"{door.path} ({door.name}): {one}" for one in page.evaluate(FAULTS)]
    assert not found, report(found, f"Page by page, in {language}:")


@pytest.mark.soak
@pytest.mark.parametrize(("who", "part"), SHARES)
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_sound_in_narrow_and_wide_windows(
    at: Town, windows: Windows, who: Who, part: int, width: int
) -> None:
    page, doors = window(at, windows, who)
    page.set_viewport_size({"width": width, "height": 800})
    found = walked(page, share(doors, who, part), windows)
    assert not found, report(found, f"Page by page, {width} px wide:")


@pytest.mark.soak
@pytest.mark.parametrize("role", [Role.STAFF, Role.COUNTER, Role.PACKER, Role.DRIVER, Role.FINANCE])
@pytest.mark.parametrize("width", [320, 1280])
def test_where_each_role_of_the_centre_is_led_is_sound(at: Town, windows: Windows, role: Role, width: int) -> None:
    """A manager's pages are walked above; with fewer rights less stands on them, and there are fewer ways."""
    browser = Pages(at.app)
    browser.sign_in(someone(at.at.world, role).phone, PASSWORD)
    page = opened(windows, browser)
    page.set_viewport_size({"width": width, "height": 800})
    begin = "/driver" if role is Role.DRIVER else "/staff"
    page.goto(begin)
    ways: list[str] = page.locator("nav a").evaluate_all("all => all.map((one) => one.pathname)")
    theirs = dict.fromkeys([begin, *(way for way in ways if way.startswith(("/staff", "/driver")))])
    found = walked(page, [Door(role.value, way) for way in theirs], windows)
    assert not found, report(found, f"Page by page, {width} px wide:")
