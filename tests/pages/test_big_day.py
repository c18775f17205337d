"""A day of any size at the centre: what its pages ask the database, and what its first page counts."""

import re
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from flask import Flask

from tests.support.page import Page, words_of
from tests.support.pages import Pages
from tests.world.days import quiet
from tests.world.doors import NOT_THERE, staff_doors
from tests.world.factors import prove
from tests.world.market import PASSWORD, Market

MOST = 15
FEW, MORE = 12, 12

ROWS = {
    "/staff/counter#refunds": ("article", None),
    "/staff/counter#waiting": ("li", "queue-row"),
    "/staff/handover": ("th", None),
    "/staff/jobs": ("form", None),
    "/staff/lots": ("th", None),
    "/staff/orders": ("th", None),
    "/staff/payouts": ("th", None),
    "/staff/payouts/unsure": ("th", None),
    "/staff/reconciliation": ("article", None),
    "/staff/reviews": ("article", "split"),
    "/staff/wishes": ("form", None),
}
"""What stands for one waiting thing on each page; elsewhere it is a row of the queue."""
BY_HAND = {"/staff/demand"}
"""A page that counts what waits beside each day."""
LEAST = 14
"""Desks at which something waits on any such day."""


def test_every_page_of_the_centre_asks_little_and_no_more_of_a_bigger_day(app: Flask, pages: Pages, at: Market) -> None:
    day = quiet(at)
    pages.sign_in(day.manager.phone, PASSWORD)
    counted = []
    for orders in (FEW, MORE):
        day.busy(orders)
        at.world.clock.advance(days=4)
        prove(at.world, pages, day.manager)
        doors = staff_doors(app, day)
        counted.append({name: pages.statements(path, NOT_THERE.get(name, 200)) for name, path in doors.items()})
        _check_desks(pages)
    few, many = counted
    found = [
        f"{name}: {count} statements on a small day, {many[name]} on a bigger one"
        for name, count in few.items()
        if max(count, many[name]) > MOST or many[name] > count
    ]
    assert not found, "\n".join(found)


def _check_desks(pages: Pages) -> None:
    """Check that each desk of the first page leads to as many things as it says."""
    desks = pages.get("/staff").all("li", "board-place")
    told = {_href(desk): int(re.findall(r"\d+", words_of(desk))[0]) for desk in desks}
    assert len(told) >= LEAST, sorted(told)
    assert {href: _things(pages.get(href)) for href in told} == told


def _href(desk: Element) -> str:
    return next(link.get("href", "") for link in desk.iter("a"))


def _things(page: Page) -> int:
    shown = urlsplit(page.url)
    if shown.path in BY_HAND:
        return sum(int(count) for count in re.findall(r"(\d+) 单没回话", page.main))
    tag, class_ = ROWS.get(shown.path + f"#{shown.fragment}" * bool(shown.fragment), ("li", "queue-row"))
    (main,) = page.all("main")
    rows = [element for element in main.iter(tag) if class_ is None or class_ in element.get("class", "").split()]
    if tag == "th":
        rows = [row for row in rows if row.get("scope") == "row"]
    return len([row for row in rows if row.get("method", "post") == "post"])
