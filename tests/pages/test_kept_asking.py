"""A kept page outlives what was written elsewhere, and nothing that would make it another page."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from flask import Flask, request_started
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from shop.accounts.models import Role
from shop.app.kept import Kept, Page, Shelf
from shop.catalog.models import Category, Listing, Variant
from shop.flows import selling
from shop.flows.shelf import take_down
from shop.kernel.jobs import JobRun
from shop.site.articles.models import ArticleKind
from shop.town.models import Town, Village
from shop.vendors.models import Vendor
from shop.web.somebody import PAGES
from tests.support.pages import Pages
from tests.world.articles import draft, told
from tests.world.market import MANAGER, STAFF, Market, listing, someone, variant_id

Change = Callable[[Session], object]
KEY = re.compile(r'name="key" value="[^"]*"')
"""Of a form, another each time it is made."""
TOLD = (ArticleKind.STORY, ArticleKind.SIGHT, ArticleKind.HELP, ArticleKind.ANNOUNCEMENT)


def kept_of(app: Flask) -> Kept:
    kept: Kept = app.wsgi_app  # type: ignore[assignment]
    return kept


@pytest.fixture
def eggs(at: Market) -> Listing:
    return listing(at, title="土鸡蛋", stock=5)


@pytest.fixture
def paths(app: Flask, at: Market, eggs: Listing) -> tuple[str, ...]:
    """One address at least of every page that may be kept."""
    codes = {kind: told(at.world, kind) for kind in TOLD}
    village = at.world.read(lambda session: session.get_one(Village, at.vendor.village_id).code)
    thing, house = f"/goods/{eggs.code}", f"/households/{at.vendor.code}"
    return (
        "/", "/c/poultry-eggs", thing, f"{thing}?to=四川", f"{thing}/questions", house, f"{house}/certificate",
        f"{house}/certificate/a4", f"/villages/{village}", "/standings", "/season", "/search?q=蛋", "/search",
        "/town", "/stories", f"/stories/{codes[ArticleKind.STORY]}", "/sights", f"/sights/{codes[ArticleKind.SIGHT]}",
        "/help", f"/help/{codes[ArticleKind.HELP]}", "/news", f"/news/{codes[ArticleKind.ANNOUNCEMENT]}", "/way",
        "/rules", "/rules/trade",
    )  # fmt: skip


@contextmanager
def made(app: Flask) -> Iterator[list[str]]:
    """Note the addresses of pages that are made meanwhile."""
    seen: list[str] = []

    def note(_app: Flask, **_more: object) -> None:
        seen.append("made")

    with request_started.connected_to(note, app):
        yield seen


def pages_of(kept: Kept) -> dict[str, Page]:
    return {f"{path}?{query}": page for (path, query, *_), page in kept.shelf._pages.items()}


def test_a_page_asks_the_same_within_its_minute(app: Flask, at: Market, pages: Pages, paths: tuple[str, ...]) -> None:
    kept, asked = kept_of(app), []
    for seconds in (0, 20, 19):
        at.world.clock.advance(seconds=seconds)
        kept.shelf = Shelf()
        endpoints = set()
        for path in paths:
            pages.get(path)
            with app.test_request_context(path) as context:
                endpoints.add(context.request.endpoint)
        shelved = pages_of(kept)
        assert all(page.asked for page in shelved.values()), [path for path, page in shelved.items() if not page.asked]
        asked.append({path: page.asked for path, page in shelved.items()})
    assert asked[0] == asked[1] == asked[2]
    assert len(asked[0]) == len(paths)
    apart = {"catalog.trace", "site.version"} | {
        rule.endpoint for rule in app.url_map.iter_rules() if ".xml" in rule.rule or ".txt" in rule.rule
    }
    assert {e for e in app.view_functions if e.startswith(PAGES)} - apart == endpoints


def test_what_a_page_does_not_show_drops_it_not(
    app: Flask, at: Market, pages: Pages, visitor: Callable[[], Pages], paths: tuple[str, ...]
) -> None:
    other = listing(at, title="皮蛋")
    shown = [path for path in paths if path.startswith(("/goods", "/news", "/rules", "/help"))]
    for path in paths:
        pages.get(path)
    with made(app) as seen:
        at.world.run(lambda session: session.add(JobRun(name="heart", every_s=60, runs=0, failures=0)))
        someone(at.world, Role.DRIVER)
        for path in paths:
            pages.get(path)
        assert not seen
    buyer = visitor()
    buyer.post("/basket/lines", {"variant": variant_id(at, other), "quantity": 1})
    dear = update(Variant).where(Variant.listing_id == other.id).values(price_fen=9900)
    at.world.run(lambda session: session.execute(dear))
    with made(app) as seen:
        for path in shown:
            pages.get(path)
        assert not seen
        assert "¥99" in pages.get("/c/poultry-eggs").main
        assert seen == ["made"]


def test_a_kept_page_is_the_page_that_would_be_made_now(
    app: Flask, at: Market, pages: Pages, eggs: Listing, paths: tuple[str, ...]
) -> None:
    code, house, clock = eggs.code, at.vendor.code, at.world.clock
    duck = listing(at, title="皮蛋")
    changes: tuple[Change, ...] = (
        lambda session: session.execute(update(Variant).values(price_fen=5100)),
        lambda session: session.execute(update(Variant).values(on_hand=0)),
        lambda session: session.execute(update(Listing).where(Listing.id == duck.id).values(title="松花蛋")),
        lambda session: session.execute(update(Listing).where(Listing.id == duck.id).values(season_bits=1)),
        lambda session: session.execute(update(Category).values(name="蛋")),
        lambda session: session.execute(update(Village).values(name="新村")),
        lambda session: session.execute(update(Town).values(centre_phone="0838 1234567")),
        lambda session: session.execute(update(Vendor).values(name="周家")),
        lambda session: session.execute(text("UPDATE article_words SET title = title || '!'")),
        partial(take_down, code=code, reason="坏了", actor=STAFF, clock=clock),
        partial(selling.suspend, code=house, reason="查证", actor=MANAGER, clock=clock),
    )
    kept, seldom = kept_of(app), [path for path in paths if "print" not in path]
    for number, change in enumerate(changes):
        for path in seldom:
            pages.client.get(path)
        at.world.run(lambda session, change=change: change(session))  # type: ignore[misc]
        shown = [_seen(pages, path) for path in seldom]
        shelf, kept.shelf = kept.shelf, Shelf()
        anew = [_seen(pages, path) for path in seldom]
        kept.shelf = shelf
        assert shown == anew, number
    told(at.world, ArticleKind.ANNOUNCEMENT, draft(ArticleKind.ANNOUNCEMENT), code="bridge")
    assert "桥头" in pages.get("/news").main


def _seen(pages: Pages, path: str) -> tuple[int, str]:
    answer = pages.client.get(path)
    return answer.status_code, KEY.sub("", answer.text)
