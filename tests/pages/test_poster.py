"""Posters: what is on them, that their code is read, and that none is made of what is not sold."""

import os
from io import BytesIO
from urllib.parse import urlsplit

import pytest
import zxingcpp
from flask import Flask
from PIL import Image

from shop.catalog.models import Listing, ListingState
from shop.catalog.services.passages import archive
from shop.flows import selling
from shop.media import posters, typefaces
from shop.media.posters import NoTypeface, Poster
from shop.orders.views.bridge import poster as page
from tests.support.pages import Pages
from tests.world.market import HOUSE, PASSWORD, Market, listing

pytestmark = pytest.mark.skipif(
    typefaces.typefaces() is None and os.environ.get("CI") != "true", reason="no Chinese typeface on this machine"
)
"""Where everything is tried, a machine without letters is a failure."""


@pytest.fixture
def lettered(monkeypatch: pytest.MonkeyPatch) -> list[Poster]:
    """Return the words of every poster that is drawn from now on."""
    found: list[Poster] = []

    def draw(words: Poster, photo: bytes | None) -> bytes:
        found.append(words)
        return posters.drawn(words, photo)

    monkeypatch.setattr(page, "drawn", draw)
    return found


def test_a_poster_carries_name_price_of_the_day_and_a_code_that_opens_it(
    eggs: Listing, pages: Pages, lettered: list[Poster]
) -> None:
    answer = pages.client.get(f"/q/{eggs.code}/poster.jpg")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    picture = Image.open(BytesIO(answer.data))
    assert picture.size == (1080, 1440)
    (code,) = zxingcpp.read_barcodes(picture.resize((540, 720)))  # as a chat makes it smaller
    assert urlsplit(code.text).path == f"/q/{eggs.code}"
    (words,) = lettered
    assert (words.title, words.lines) == ("土鸡蛋", ("周素珍家", "大湾村"))
    assert words.price == "¥48"
    assert words.day.endswith("日的价")


def test_what_the_browser_has_is_not_drawn_again_until_something_changes(
    at: Market, eggs: Listing, pages: Pages, lettered: list[Poster]
) -> None:
    path = f"/q/{eggs.code}/poster.jpg"
    tag = pages.client.get(path).headers["ETag"]
    again = pages.client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert len(lettered) == 1
    at.world.clock.advance(days=1)
    assert pages.client.get(path, headers={"If-None-Match": tag}).status_code == 200, "a price of yesterday's"


def test_a_households_poster_names_its_goods_and_no_price(
    at: Market, eggs: Listing, pages: Pages, lettered: list[Poster]
) -> None:
    answer = pages.client.get(f"/q/{at.vendor.code}/poster.jpg")
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(answer.data)))
    assert urlsplit(code.text).path == f"/q/{at.vendor.code}"
    (words,) = lettered
    assert (words.title, words.price, words.lines) == ("周素珍家", "", ("大湾村", "土鸡蛋"))


def test_what_is_sold_out_has_a_poster_without_a_price(at: Market, pages: Pages, lettered: list[Poster]) -> None:
    pages.client.get(f"/q/{listing(at, stock=0).code}/poster.jpg")
    assert [words.price for words in lettered] == [""]


def test_another_language_has_another_picture(eggs: Listing, pages: Pages, lettered: list[Poster]) -> None:
    for language in ("en", "zh_Hant"):
        pages.client.set_cookie("lang", language)
        (shown,) = [image for image in pages.get(f"/q/{eggs.code}/poster").all("img") if image.get("width") == "1080"]
        pages.client.delete_cookie("lang")  # as of somebody else, to whom the picture is sent on
        assert pages.client.get(shown.get("src")).status_code == 200
    pages.client.set_cookie("lang", "en")
    pages.client.get(f"/q/{eggs.code}/poster.jpg")
    assert lettered[0].call.startswith("Scan")
    assert lettered[1].title == "土雞蛋"
    assert lettered[2].call.startswith("扫一扫")


def test_what_is_not_sold_has_no_poster(at: Market, eggs: Listing, pages: Pages) -> None:
    at.world.run(lambda s: archive(s, at.vendor.id, eggs.code, actor=HOUSE, clock=at.world.clock))
    hidden = listing(at, state=ListingState.IN_REVIEW)
    for code, status in ((eggs.code, 410), (hidden.code, 404), ("nobody", 404)):
        pages.get(f"/q/{code}/poster.jpg", status)
        pages.get(f"/q/{code}/poster", 404, follow=True)
    at.world.run(lambda s: selling.suspend(s, at.vendor.code, reason="在查", actor=HOUSE, clock=at.world.clock))
    pages.get(f"/q/{at.vendor.code}/poster.jpg", 404)
    pages.get(f"/q/{at.vendor.code}/poster", 404, follow=True)


def test_a_villager_reaches_it_from_her_goods_in_one_tap(at: Market, eggs: Listing, pages: Pages) -> None:
    pages.sign_in(at.vendor_person().phone, PASSWORD)
    goods = pages.get("/vendor/goods")
    assert f'href="/vendor/goods/{eggs.code}/poster"' in goods.text
    for path, code in ((f"/vendor/goods/{eggs.code}/poster", eggs.code), ("/vendor/poster", at.vendor.code)):
        shown = pages.get(path)
        assert f'src="/q/{code}/poster.jpg"' in shown.text
        assert 'download="' in shown.text


def test_a_buyer_reaches_it_from_the_thing_and_the_household(at: Market, eggs: Listing, pages: Pages) -> None:
    for path, code in ((f"/goods/{eggs.code}", eggs.code), (f"/households/{at.vendor.code}", at.vendor.code)):
        assert f'href="/q/{code}/poster"' in pages.get(path).text
        assert f'src="/q/{code}/poster.jpg?lang=zh_Hans"' in pages.get(f"/q/{code}/poster").text


def test_without_a_typeface_the_page_says_what_can_be_done(
    at: Market, eggs: Listing, pages: Pages, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("shop.orders.views.bridge.poster", "shop.catalog.views.vendor.posters", "shop.media.posters"):
        monkeypatch.setattr(f"{module}.typefaces", lambda: None)
    pages.get(f"/q/{eggs.code}/poster.jpg", 404)
    assert "画不了海报图" in pages.get(f"/q/{eggs.code}/poster").main
    pages.sign_in(at.vendor_person().phone, PASSWORD)
    assert "缺中文字体" in pages.get(f"/vendor/goods/{eggs.code}/poster").main
    with pytest.raises(NoTypeface):
        posters.drawn(Poster("鸡", (), "", "", "", "", "", "", (), ""), None)


@pytest.mark.parametrize(
    "title", ["鸡", "高山野生手工采摘古树红茶礼盒装三十年老树又一行还要再长一点点的名字", "Suzhen " * 12, "x" * 90]
)
def test_a_name_of_any_length_leaves_the_code_readable(eggs: Listing, pages: Pages, title: str, at: Market) -> None:
    long = listing(at, title=title[:40])
    answer = pages.client.get(f"/q/{long.code}/poster.jpg")
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(answer.data)))
    assert urlsplit(code.text).path == f"/q/{long.code}"
