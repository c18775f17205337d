"""What machines read of the market: schema.org data, Open Graph, one address a page, the list of all pages."""

import json
import re
from datetime import date
from fnmatch import fnmatchcase
from functools import partial
from typing import Any
from xml.etree import ElementTree

import pytest

from shop.catalog import sitemap
from shop.catalog.rules import Way
from shop.catalog.services.passages import pause
from shop.media.services import receive
from tests.pages.selling import jpeg
from tests.pages.test_listing import BELLY, HEN, shelf
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world import World
from tests.world.market import HOUSE, Market, listing

Told = dict[str, Any]

HERE = "http://127.0.0.1:8000"
XML = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def product(page: Page) -> dict[str, Any]:
    """Return the one block of data of a page."""
    block = page.one("script", type="application/ld+json")
    data = json.loads(block.text or "")
    assert isinstance(data, dict)
    return data


def meta(page: Page, name: str) -> str:
    found = page.all("meta", property=name) or page.all("meta", name=name)
    assert len(found) == 1, f"{len(found)} × {name}"
    return found[0].get("content", "")


def canonical(page: Page) -> list[str]:
    return [link.get("href", "") for link in page.all("link", rel="canonical")]


# schema.org


def test_a_thing_is_a_product_with_its_offer(at: Market, pages: Pages) -> None:
    take = partial(receive, at.world.edge.transaction, at.world.house.store, actor=HOUSE, clock=at.world.clock)
    photo = take(jpeg((2000, 1500)).getvalue()).key
    eggs = shelf(at, "eggs", name="鲜蛋", parent_code="poultry-eggs")
    made = listing(eggs, title="土鸡蛋", story="林子里捡的。", photo_keys=(photo,))
    found = product(pages.get(f"/goods/{made.code}"))
    address = f"{HERE}/goods/{made.code}"
    assert (found["@type"], found["name"], found["sku"], found["url"]) == ("Product", "土鸡蛋", made.code, address)
    assert found["category"] == "禽蛋 > 鲜蛋"
    assert found["image"] == [f"{HERE}/media/{photo}/1920.jpg"]
    offer = found["offers"]
    assert (offer["@type"], offer["price"], offer["priceCurrency"]) == ("Offer", "48.00", "CNY")
    assert offer["availability"] == "https://schema.org/InStock"
    assert offer["seller"]["name"] == at.vendor.name
    assert offer["priceSpecification"][0]["referenceQuantity"] == {
        "@type": "QuantitativeValue",
        "value": 30,
        "unitCode": "C62",
    }


def test_several_ways_are_an_aggregate_and_weight_has_its_unit_prices(at: Market, pages: Pages) -> None:
    made = listing(at, title="老腊肉", ways=BELLY)
    offers = product(pages.get(f"/goods/{made.code}"))["offers"]
    assert (offers["@type"], offers["offerCount"]) == ("AggregateOffer", 3)
    assert (offers["lowPrice"], offers["highPrice"]) == ("52.00", "168.00")
    small, sliced, _large = offers["offers"]
    assert sliced["availability"] == "https://schema.org/OutOfStock"
    whole, half, kilo = small["priceSpecification"]
    assert (whole["minPrice"], whole["maxPrice"], small["price"]) == ("70.40", "105.60", "105.60")
    assert [(one["price"], one["referenceQuantity"]["value"]) for one in (half, kilo)] == [
        ("44.00", 500),
        ("88.00", 1000),
    ]
    assert {one["referenceQuantity"]["unitCode"] for one in (half, kilo)} == {"GRM"}


def test_what_comes_later_says_when(at: Market, pages: Pages) -> None:
    ahead: Told = {
        "harvest_first_on": date(2027, 3, 10),
        "harvest_last_on": date(2027, 4, 5),
        "harvest_cap": 8,
    }
    shoots = listing(at, title="春笋", **ahead)
    offer = product(pages.get(f"/goods/{shoots.code}"))["offers"]
    assert (offer["availability"], offer["availabilityStarts"]) == ("https://schema.org/PreOrder", "2027-03-10")
    plum = listing(at, title="青脆李", months=(7, 8))
    offer = product(pages.get(f"/goods/{plum.code}"))["offers"]
    assert (offer["availability"], offer["availabilityStarts"]) == ("https://schema.org/OutOfStock", "2027-07-01")
    bamboo = listing(at, title="冬笋", months=(12, 1))
    assert product(pages.get(f"/goods/{bamboo.code}"))["offers"]["availabilityStarts"] == "2026-12-01"


def test_live_goods_are_had_at_the_centre_only(at: Market, pages: Pages) -> None:
    hen = listing(shelf(at, "live", is_live=True), title="活母鸡", ways=(HEN,))
    offer = product(pages.get(f"/goods/{hen.code}"))["offers"]
    assert offer["availability"] == "https://schema.org/InStoreOnly"
    assert offer["availableDeliveryMethod"] == "https://schema.org/OnSitePickup"


def test_a_story_cannot_break_out_of_the_data(at: Market, pages: Pages) -> None:
    evil = "</script><script>alert(1)</script><!-- & \u2028 '\""
    made = listing(at, title="怪货", story=evil, ways=(Way(unit="袋", gross_g=500, price_fen=100, stock=1),))
    page = pages.get(f"/goods/{made.code}")
    assert "<script>alert" not in page.text
    assert product(page)["description"].startswith("</script><script>alert(1)</script><!-- &")
    assert len(page.all("script")) == 2


# Open Graph and canonical addresses


def test_a_shared_page_has_its_words_picture_and_price(at: Market, pages: Pages) -> None:
    take = partial(receive, at.world.edge.transaction, at.world.house.store, actor=HOUSE, clock=at.world.clock)
    photo = take(jpeg((1600, 1200)).getvalue()).key
    made = listing(at, title="土鸡蛋", story="林子里捡的。\n一天一换。", photo_keys=(photo,))
    at.world.deliver()
    page = pages.get(f"/goods/{made.code}")
    assert meta(page, "og:title") == "土鸡蛋"
    assert meta(page, "og:site_name") == "小鱼洞山货"
    assert meta(page, "og:url") == f"{HERE}/goods/{made.code}"
    assert meta(page, "og:image") == f"{HERE}/media/{photo}/1280.jpg"
    assert (meta(page, "og:image:width"), meta(page, "og:image:height")) == ("1280", "960")
    assert (meta(page, "product:price:amount"), meta(page, "product:price:currency")) == ("48.00", "CNY")
    assert meta(page, "description") == "大湾村周素珍家。 林子里捡的。 一天一换。"
    for path in ("/", "/c/poultry-eggs", "/season", "/standings", f"/households/{at.vendor.code}"):
        assert meta(pages.get(path), "og:title"), path
        assert meta(pages.get(path), "description"), path


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/", "/"),
        ("/?page=1&utm_source=x", "/"),
        ("/?page=2", "/?page=2"),
        ("/?page=nonsense", "/"),
        ("/c/poultry-eggs?page=2&sort=price", "/c/poultry-eggs?page=2"),
        ("/season?month=3", "/season"),
        ("/standings?x=1", "/standings"),
    ],
)
def test_every_public_page_has_one_address(at: Market, pages: Pages, path: str, address: str) -> None:
    listing(at)
    assert canonical(pages.get(path)) == [HERE + address]


def test_what_nobody_should_keep_has_no_address(at: Market, world: World, pages: Pages) -> None:
    made = listing(at)
    assert canonical(pages.get(f"/goods/{made.code}?from=wechat")) == [f"{HERE}/goods/{made.code}"]
    assert canonical(pages.get("/basket")) == []
    assert canonical(pages.get("/goods/NOTHERE", status=404)) == []
    off = partial(pause, vendor_id=at.vendor.id, code=made.code, paused=True, actor=HOUSE, clock=world.clock)
    world.run(lambda session: off(session))
    gone = pages.get(f"/goods/{made.code}", status=404)
    assert canonical(gone) == []
    assert meta(gone, "robots") == "noindex"


# The list of pages


def entries(pages: Pages, path: str) -> dict[str, str | None]:
    """Return the addresses and days of one file of the list."""
    answer = pages.client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    root = ElementTree.fromstring(answer.data)
    return {item.findtext(f"{XML}loc", ""): item.findtext(f"{XML}lastmod") for item in root}


def test_the_sitemap_lists_every_page_once(
    at: Market, world: World, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "PER_FILE", 2)
    made = [listing(at, title=f"货{n}号样") for n in range(5)]
    off = partial(pause, vendor_id=at.vendor.id, code=made[0].code, paused=True, actor=HOUSE, clock=world.clock)
    world.run(lambda session: off(session))
    files = entries(pages, "/sitemap.xml")
    assert list(files) == [f"{HERE}/sitemap/{name}.xml" for name in ("places", "goods-1", "goods-2")]
    places = entries(pages, "/sitemap/places.xml")
    fixed = ("/", "/season", "/standings", "/town", "/stories", "/sights", "/way", "/help", "/news")
    [village] = (path for path in places if "/villages/" in path)
    assert at.vendor.name in pages.client.get(village.removeprefix(HERE)).get_data(as_text=True)
    assert set(places) - {village} == {
        f"{HERE}{path}" for path in (*fixed, "/c/poultry-eggs", f"/households/{at.vendor.code}")
    }
    goods: dict[str, str | None] = {}
    for file in list(files)[1:]:
        goods |= entries(pages, file.removeprefix(HERE))
    assert set(goods) == {f"{HERE}/goods/{one.code}" for one in made[1:]}
    assert set(goods.values()) == {"2026-11-22T10:00:00+08:00"}
    assert places[f"{HERE}/c/poultry-eggs"] == "2026-11-22T10:00:00+08:00"
    for path in ("/sitemap/goods-0.xml", "/sitemap/goods-3.xml"):
        assert pages.client.get(path).status_code == 404


def test_an_unchanged_sitemap_is_not_sent_again(at: Market, pages: Pages) -> None:
    listing(at)
    for path in ("/sitemap.xml", "/sitemap/places.xml", "/sitemap/goods-1.xml"):
        first = pages.client.get(path)
        assert "Set-Cookie" not in first.headers
        again = pages.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    tag = pages.client.get("/sitemap/goods-1.xml").headers["ETag"]
    listing(at, title="新来的货")
    assert pages.client.get("/sitemap/goods-1.xml", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("count", [1, 40])
def test_the_sitemap_needs_as_many_statements_whatever_it_lists(at: Market, pages: Pages, count: int) -> None:
    for number in range(count):
        listing(at, title=f"货{number}号样")
    with pages._listening() as (statements, _errors):
        for path in ("/sitemap.xml", "/sitemap/places.xml", "/sitemap/goods-1.xml"):
            pages.client.get(path).get_data()
    assert len(statements) == 11


def test_robots_are_kept_from_what_belongs_to_one_person(at: Market, pages: Pages) -> None:
    answer = pages.client.get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    rules = re.findall(r"^Disallow: (\S+)$", answer.text, re.M)

    def is_closed(path: str) -> bool:
        return any(
            fnmatchcase(path, rule[:-1] if rule.endswith("$") else f"{rule.replace('?', '[?]')}*") for rule in rules
        )

    for path in (
        "/checkout",
        "/orders/ABC",
        "/vendor",
        "/staff/today",
        "/search?q=larou&page=2",
        "/search?village=jiufeng&in_stock=1",
        "/me",
        "/me/orders",
        "/pay/X",
    ):
        assert is_closed(path), path
    for path in ("/", "/c/tea", "/goods/ABC", "/households/v1", "/season", "/standings", "/search", "/media/a/640.jpg"):
        assert not is_closed(path), path
    assert f"Sitemap: {HERE}/sitemap.xml" in answer.text.splitlines()
