"""Pages that were made once are shown again, and never a moment longer than they are true, nor to the wrong person."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from shop.app.asked import Asked
from shop.app.kept import Kept, Page, Shelf, Truth
from shop.catalog.models import Listing, Variant
from shop.flows import selling
from shop.flows.shelf import take_down
from shop.site.articles.models import ArticleKind
from tests.support.pages import Pages
from tests.world.articles import draft, told
from tests.world.market import MANAGER, PASSWORD, STAFF, Market, listing, variant_id


def is_kept(pages: Pages, path: str) -> bool:
    """Tell whether a page was shown without asking the database, and is still the page it would be."""
    page = pages.get(path)
    return not page.statements


def put_in(pages: Pages, at: Market, thing: Listing, quantity: int = 1) -> None:
    pages.post("/basket/lines", {"variant": variant_id(at, thing), "quantity": quantity})


@pytest.fixture
def story(at: Market) -> str:
    return told(at.world, ArticleKind.STORY)


def test_what_a_visitor_sees_is_made_once(at: Market, pages: Pages, visitor: Callable[[], Pages], story: str) -> None:
    eggs = listing(at)
    for path in (
        "/", "/?page=2", "/c/poultry-eggs", f"/goods/{eggs.code}", f"/households/{at.vendor.code}", "/season",
        "/search?q=蛋", f"/stories/{story}", "/stories", "/rules", "/standings",
    ):  # fmt: skip
        first = pages.get(path)
        again = visitor().get(path)
        assert first.statements, path
        assert not again.statements, path
        assert (again.text, again.headers["Content-Type"]) == (first.text, first.headers["Content-Type"])
        assert again.headers["ETag"] == first.headers["ETag"]
        assert "Set-Cookie" not in again.headers
        for name in ("Content-Security-Policy", "Cache-Control", "X-Content-Type-Options", "Vary"):
            assert again.headers[name] == first.headers[name]
        assert again.headers["Cache-Control"] == "private, no-cache"


def test_who_has_the_page_is_told_so_and_nothing_else(at: Market, pages: Pages, eggs: Listing) -> None:
    path = f"/goods/{eggs.code}"
    tag = pages.get(path).headers["ETag"]
    same = pages.client.get(path, headers={"If-None-Match": tag})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)
    assert pages.client.get(path, headers={"If-None-Match": tag, "Accept-Encoding": "br"}).status_code == 200
    head = pages.client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(pages.client.get(path).data)
    at.world.run(lambda session: session.execute(update(Variant).values(price_fen=9900)))
    changed = pages.client.get(path, headers={"If-None-Match": tag})
    assert (changed.status_code, "99" in changed.text) == (200, True)


def test_a_new_price_and_what_was_sold_show_at_the_next_request(at: Market, pages: Pages, eggs: Listing) -> None:
    path = f"/goods/{eggs.code}"
    assert "¥48" in pages.get(path).main
    at.world.run(lambda session: session.execute(update(Variant).values(price_fen=5100)))
    assert "¥51" in pages.get(path).main
    assert is_kept(pages, path)
    at.world.run(lambda session: session.execute(update(Variant).values(on_hand=0)))
    assert "卖完" in pages.get(path).main or "没有了" in pages.get(path).main


def test_what_is_taken_down_and_who_is_closed_is_gone_at_the_next_request(
    at: Market, pages: Pages, eggs: Listing
) -> None:
    household = f"/households/{at.vendor.code}"
    assert "土鸡蛋" in pages.get("/").main
    pages.get(household)
    at.world.run(lambda session: take_down(session, eggs.code, "坏了", actor=STAFF, clock=at.world.clock))
    pages.get(f"/goods/{eggs.code}", 404)
    assert "土鸡蛋" not in pages.get("/").main
    other = listing(at, title="皮蛋")
    assert "皮蛋" in pages.get(household).main
    at.world.run(
        lambda session: selling.suspend(session, at.vendor.code, reason="查证", actor=MANAGER, clock=at.world.clock)
    )
    assert "皮蛋" not in pages.get("/").main
    pages.get(f"/goods/{other.code}", 404)


def test_a_new_announcement_shows_at_the_next_request(at: Market, pages: Pages) -> None:
    assert "桥头" not in pages.get("/news").main
    told(at.world, ArticleKind.ANNOUNCEMENT, draft(ArticleKind.ANNOUNCEMENT), code="bridge")
    assert "桥头" in pages.get("/news").main


def test_a_page_lives_no_longer_than_its_minute(at: Market, pages: Pages, eggs: Listing) -> None:
    pages.get("/")
    assert is_kept(pages, "/")
    at.world.clock.advance(minutes=1)
    assert not is_kept(pages, "/")


def test_every_look_has_its_own(at: Market, pages: Pages, visitor: Callable[[], Pages], eggs: Listing) -> None:
    pages.get("/")
    large = visitor()
    large.post("/elder", {"elder": "1"})
    assert "elder" in large.get("/").document.get("class", "").split()
    assert is_kept(large, "/")
    assert "elder" not in pages.get("/").document.get("class", "").split()
    english = visitor()
    english.client.set_cookie("lang", "en")
    assert english.client.get("/").text != pages.get("/").text
    assert 'lang="en"' in english.client.get("/").text
    wanted = pages.client.get("/", headers={"Accept-Language": "zh-TW"}).text
    assert 'lang="zh-Hant"' in wanted


def test_who_has_a_basket_gets_the_same_pages_with_their_own_token_and_count(
    at: Market, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    path = f"/goods/{eggs.code}"
    one, other = visitor(), visitor()
    for browser, quantity in ((one, 2), (other, 2)):
        put_in(browser, at, eggs, quantity)
        browser.get("/basket")
    first, second = one.get(path), other.get(path)
    assert first.token() != second.token()
    assert not second.statements
    assert {form.values["csrf_token"][0] for form in second.forms() if form.method == "post"} == {second.token()}
    assert second.one("a", "buybar-basket")[-1].text == "2"
    assert "\x02" not in second.text
    assert "Set-Cookie" not in second.headers
    put_in(other, at, eggs, 1)
    other.get("/basket")
    assert other.get(path).one("a", "buybar-basket")[-1].text == "3"
    assert one.get(path).one("a", "buybar-basket")[-1].text == "2"
    stranger = visitor()
    assert stranger.get(path).token() == ""
    other.get(path)
    assert other.post("/elder", {"elder": "1"}).status == 200, "the token of a kept page is good"


def test_a_sentence_for_one_is_told_to_one_and_once(at: Market, visitor: Callable[[], Pages], eggs: Listing) -> None:
    buyer = visitor()
    path = f"/goods/{eggs.code}"
    put_in(buyer, at, eggs)
    buyer.get(path)
    buyer.post("/basket/lines", {"variant": variant_id(at, eggs), "quantity": 99}, status=303, follow=False)
    told_once = buyer.get(path)
    assert told_once.all("*", "notice")
    assert not buyer.get(path).all("*", "notice")
    assert not visitor().get(path).all("*", "notice")


def test_who_is_signed_in_is_looked_up_each_time_and_leaves_visitors_their_pages(
    at: Market, pages: Pages, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    pages.get("/")
    member = visitor()
    member.sign_in(at.vendor_person().phone, PASSWORD)
    for _time in range(2):
        page = member.get("/")
        assert page.statements
        assert page.headers["Shop-Person"] == "1"
        assert "ETag" not in page.headers
    assert "Shop-Person" not in pages.get("/").headers


def test_what_is_not_there_and_what_is_noted_is_not_kept(at: Market, pages: Pages, eggs: Listing) -> None:
    for path, status in (("/goods/NONE", 404), ("/nothing", 404), ("/search?q=手机壳", 200), ("/sign-in", 200)):
        for _time in range(2):
            assert pages.get(path, status).statements, path
    kept: Kept = pages.app.wsgi_app  # type: ignore[assignment]
    before = kept.shelf.bytes
    pages.get("/?" + "x" * 500)
    assert kept.shelf.bytes == before


FORGED = (
    "eyJiYXNrZXRfY291bnQiOjl9.forged.forged", "", "..", ".a.b.c", "eyJ9.aaaaaa", "=.=.=", "\xff\xfe.\x80.\x80",
    '"\\377\\200.\\355\\262\\200.a"', ".eJw." + "A" * 200, "9" * 60 + "." + "9" * 60 + "." + "9" * 60,
)  # fmt: skip


def test_a_forged_session_is_nobodys(app: Flask, pages: Pages, at: Market) -> None:
    nobodys = pages.get("/rules").text
    browser = app.test_client(use_cookies=False)
    for forged in FORGED:
        answer = browser.get("/rules", headers={"Cookie": f"session={forged}"})
        assert (answer.status_code, answer.text) == (200, nobodys), forged
        assert "ETag" not in answer.headers, "the application judged it"
    for path in ("/rules", "/static/nothing", "/basket", "/nothing"):
        assert browser.get(path, headers={"Cookie": "odd=\xff; \xfe"}).status_code < 500


def test_a_session_that_is_sealed_and_says_nothing_readable_is_nobodys(app: Flask) -> None:
    kept: Kept = app.wsgi_app  # type: ignore[assignment]
    for inside in (b"eyJ9", b"WzEsMl0", b".eJw", b"\xff\xfe", b"", kept.readers._opener.dumps("8").encode()):
        sealed = kept.readers._opener.make_signer(kept.readers._opener.salt).sign(inside).decode("latin-1")
        assert kept.readers.opened(sealed) is None


def test_the_shelf_keeps_no_more_than_it_may(app: Flask) -> None:
    shelf, truth = Shelf(most_bytes=100_000), Truth(1, 1)
    for number in range(40):
        shelf.keep((str(number),), Page(truth, [], b"x" * 10_000, "tag"))
    assert 0 < shelf.bytes <= 100_000
    assert shelf.find(("0",)) is None
    last = shelf.find(("39",))
    assert last is not None
    shelf.keep(("large",), Page(truth, [], b"x" * 600_000, "tag"))
    assert shelf.find(("large",)) is None
    before = shelf.bytes
    shelf.drop(("39",), Page(truth, [], b"", "another"))
    assert shelf.bytes == before
    shelf.drop(("39",), last)
    assert shelf.find(("39",)) is None
    assert shelf.bytes < before
    shelf.keep(("asked",), Page(truth, [], b"", "tag", (Asked("SELECT 1", (), b""),) * 1000))
    assert shelf.bytes <= 100_000, "what a page asked counts as well"
    assert isinstance(app.wsgi_app, Kept)


def test_without_its_database_nothing_kept_is_shown(app: Flask, at: Market, pages: Pages, eggs: Listing) -> None:
    pages.get("/")
    kept: Kept = app.wsgi_app  # type: ignore[assignment]
    kept._pulse.beat = lambda: None  # type: ignore[method-assign]
    assert pages.get("/").statements
