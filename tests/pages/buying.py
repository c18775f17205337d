"""How a buyer goes through the pages, for the tests of those pages."""

from typing import Any
from urllib.parse import urlsplit

from shop.catalog.models import Listing
from shop.orders.queries.orders import OrderFacts
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world.market import Market, order

TO: dict[str, Any] = {
    "name": "何晓雨",
    "phone": "138 1234 5678",
    "province": "四川",
    "city": "成都市",
    "district": "武侯区",
    "street": "科华路 12 号",
    "note": "放门卫",
}


def fill(pages: Pages, thing: Listing, quantity: object = 2) -> Page:
    pages.get(f"/goods/{thing.code}")
    return pages.submit_form("/basket/lines", quantity=quantity)


def to_review(pages: Pages, thing: Listing, quantity: int = 2) -> Page:
    fill(pages, thing, quantity)
    pages.click("去结账")
    return pages.submit_form("/checkout", press="看运费和总价", **TO)


def arrive(pages: Pages, answer: Page) -> Page:
    """Follow a redirect to a page of ours or the provider's that may look at a payment again."""
    return pages.get(urlsplit(answer.headers["Location"]).path, may_write=True)


def place_it(pages: Pages) -> Page:
    return arrive(pages, pages.submit_form("/checkout", 303, press="下单", follow=False))


def to_pay(pages: Pages, thing: Listing) -> Page:
    to_review(pages, thing)
    return place_it(pages)


def at_provider(pages: Pages, act: str) -> Page:
    go_to_provider(pages)
    return arrive(pages, pages.submit_form("/pay/demo", 303, press=act, follow=False))


def go_to_provider(pages: Pages) -> Page:
    assert pages.page is not None
    return pages.get(urlsplit(pages.page.links()["去付款"]).path, may_write=True)


def placed(at: Market, page: Page) -> OrderFacts:
    code = page.main.split("订单 ")[1][:8]
    return order(at, code)
