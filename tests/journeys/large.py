"""People who see little and have no mouse: letters of twice the size on a phone, and every journey by keys alone."""

from dataclasses import dataclass

from flask import Flask
from playwright.sync_api import Page

from shop.accounts.queries import Person
from tests.journeys.keys import enlarged
from tests.support.browser import Windows
from tests.support.pages import Pages
from tests.world.factors import prove
from tests.world.market import PASSWORD, Market

TWICE = 200
ELDER = "addEventListener('DOMContentLoaded', () => document.documentElement.classList.add('elder'))"


@dataclass
class Large:
    """A market, and the windows through which such people see it.

    Attributes:
        is_elder: True where they have chosen the large face as well, whose letters are doubled too.
    """

    at: Market
    app: Flask
    windows: Windows
    size: tuple[int, int]
    is_elder: bool

    def window(self, person: Person | None = None, *, is_proven: bool = False) -> Page:
        """Open a window, somebody signed in; whoever acts for the money has typed a second factor's code."""
        page = self.windows.open(self.size)
        page.context.set_default_timeout(30_000)
        enlarged(page, TWICE)
        if self.is_elder:
            page.add_init_script(ELDER)
        if person is None:
            return page
        pages = Pages(self.app)
        pages.sign_in(person.phone, PASSWORD)
        if is_proven:
            prove(self.at.world, pages, person)
        kept = pages.client.get_cookie("session")
        assert kept is not None
        page.context.add_cookies([{"name": kept.key, "value": kept.value, "url": self.windows.address}])
        return page
