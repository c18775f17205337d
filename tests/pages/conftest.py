"""Who stands before the pages: a founded market, and the browsers of those who work in it."""

from collections.abc import Callable

import pytest

from shop.accounts.models import Role
from shop.catalog.models import Listing
from tests.support.pages import Pages
from tests.world import World
from tests.world.market import PASSWORD, Market, listing, market, someone


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household and one shelf."""
    return market(world)


@pytest.fixture
def eggs(at: Market) -> Listing:
    """Five boxes of eggs for sale."""
    return listing(at, title="土鸡蛋", stock=5)


@pytest.fixture
def staff(at: Market, pages: Pages) -> Pages:
    """The browser of somebody at the centre, signed in."""
    pages.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    return pages


@pytest.fixture
def manager(at: Market, pages: Pages) -> Pages:
    """A manager's browser, signed in."""
    pages.sign_in(someone(at.world, Role.MANAGER).phone, PASSWORD)
    return pages


@pytest.fixture
def villager(at: Market, pages: Pages) -> Pages:
    """The browser of somebody of the household, signed in."""
    pages.sign_in(at.vendor_person().phone, PASSWORD)
    return pages


@pytest.fixture
def driver(at: Market, visitor: Callable[[], Pages]) -> Pages:
    """The driver's telephone, signed in."""
    browser = visitor()
    browser.sign_in(someone(at.world, Role.DRIVER).phone, PASSWORD)
    return browser
