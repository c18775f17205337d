"""How an order is paid: the tick before it, cash, another way of paying, and the receipt afterwards."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from flask import Flask

from shop.catalog.models import Listing, ReturnClass
from shop.flows import bench, settle
from shop.orders.models import OrderState
from shop.payments.gateways.cash import CashGateway
from shop.payments.gateways.demo import DemoGateway
from shop.web.house import EXTENSION
from tests.pages.buying import TO, arrive, at_provider, fill, place_it, placed, to_review
from tests.pages.test_listing import HEN, shelf
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world import World
from tests.world.books import assert_sound, footprint, free
from tests.world.market import STAFF, Market, listing, variant_id


@pytest.fixture
def cash(app: Flask, world: World) -> None:
    """Let the house take cash beside the pretend provider."""
    gateways = {**world.house.gateways, "cash": CashGateway(world.edge)}
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], gateways=gateways)


def value(page: Page, name: str) -> list[str]:
    return page.form("/checkout").values[name]


# The tick, and the ways of paying


def test_what_cannot_go_back_once_opened_needs_its_own_tick(at: Market, world: World, pages: Pages) -> None:
    jar = listing(shelf(at, "jar", name="酱", return_class=ReturnClass.CONFIRMED_EXCEPTION), title="豆瓣酱")
    page = to_review(pages, jar)
    assert value(page, "is_confirmed") == []
    before = footprint(world)
    page = pages.submit_form("/checkout", 422, press="下单")
    assert "知道了就勾上" in page.main
    assert footprint(world) == before
    page = pages.submit_form("/checkout", 303, press="下单", follow=False, is_confirmed=True)
    made = placed(at, arrive(pages, page))
    assert made.parts[0].lines[0].exception_confirmed
    assert "拆了封不适用七天无理由退货" in pages.get(f"/orders/{made.code}").main


@pytest.mark.usefixtures("cash")
@pytest.mark.parametrize("handing", ["delivery", "collection"])
def test_cash_is_agreed_on_and_says_what_where_and_when(
    at: Market, world: World, pages: Pages, eggs: Listing, handing: str
) -> None:
    fill(pages, eggs)
    pages.get("/checkout")
    pages.submit_form("/checkout", press="看运费和总价", **TO, handing=handing)
    page = arrive(pages, pages.submit_form("/checkout", 303, press="下单", follow=False, gateway="cash"))
    word = "到店付现" if handing == "collection" else "货到付现"
    assert page.heading == word
    amount = "¥96" if handing == "collection" else "¥105"
    for words in (amount, "现在不用付", "11月23日可以来取" if handing == "collection" else "11月25日送到"):
        assert words in page.main, words
    made = placed(at, page)
    assert made.state is OrderState.AGREED
    page = pages.click("看订单")
    assert page.heading == word
    for words in (f"说好{word}", "付现金", f"准备好现金 {amount}"):
        assert words in page.main, words
    pages.get(f"/orders/{made.code}/receipt", status=404)
    assert free(world, variant_id(at, eggs)) == 3
    assert_sound(world)


def test_a_way_of_paying_that_there_is_not_is_refused(world: World, pages: Pages, eggs: Listing) -> None:
    review = to_review(pages, eggs)
    sent = {name: values[0] for name, values in review.form("/checkout").values.items() if values}
    before = footprint(world)
    for gateway in ("cheque", ""):
        page = pages.post("/checkout", {**sent, "gateway": gateway, "action": "place"}, status=422)
        assert "选一种付法。" in page.main or "换一种" in page.main
    assert footprint(world) == before


def test_another_way_of_paying_ends_the_one_before(
    app: Flask, at: Market, world: World, pages: Pages, eggs: Listing
) -> None:
    class OtherGateway(DemoGateway):
        code = "other"

    other = OtherGateway(world.edge.transaction, "another secret")
    gateways = {**app.extensions[EXTENSION].gateways, "other": other}
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], gateways=gateways)
    to_review(pages, eggs)
    first = place_it(pages)
    page = arrive(pages, pages.submit_form("/otherwise", 303, press="网上付款", follow=False))
    assert page.heading == "等您付款"
    assert page.url != first.url
    assert "换一种付法" not in page.main  # until the first try is ended at its provider
    code = first.url.rsplit("/", 1)[1]
    settle.void(world.edge, world.house.gateways, code, public_url="http://localhost", clock=world.clock)
    left = pages.get(first.url, may_write=True)
    assert "已经换了付法" in left.main
    assert left.links()["去付款"] == page.url
    pages.get(page.url, may_write=True)
    assert arrive(pages, pages.submit_form("/otherwise", 303, press="演示付款", follow=False)).heading == "等您付款"
    pages.post(f"{page.url}/otherwise", {"gateway": "cheque"}, 303, follow=False)
    pages.post("/pay/ABCDEFGHJKMNPQRS/otherwise", {"gateway": "demo"}, status=404)
    made = placed(at, first)
    assert made.state is OrderState.PLACED


# The receipt


def test_every_paid_order_has_a_receipt_for_its_buyer_alone(
    at: Market, world: World, pages: Pages, visitor: Callable[[], Pages]
) -> None:
    hen = listing(at, title="土母鸡", ways=(HEN,))
    to_review(pages, hen, 2)
    page = place_it(pages)
    made = placed(at, page)
    pages.get(f"/orders/{made.code}/receipt", status=404)
    pages.page = page
    at_provider(pages, "付款")
    (line,) = made.parts[0].lines
    weigh = partial(bench.receive, part_code=made.parts[0].code, rejected={}, weighed={line.id: 2500}, reason="")
    world.run(lambda session: weigh(session, actor=STAFF, clock=world.clock))
    pages.get(f"/orders/{made.code}")
    page = pages.click("购货凭证，可以打印")
    told = (
        "购货凭证",
        made.code,
        "周素珍家（大湾村）",
        "2.5 公斤",
        "¥34 / 500克",
        "2026年11月22日 10:00",
        "实付",
        "过秤轻了，退 ¥34",
        "场镇老街",
    )
    for words in told:
        assert words in page.main, words
    assert len(page.statements) <= 20
    visitor().get(page.url, status=404)
