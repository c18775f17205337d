"""What nobody should type, and what is somebody else's: clear words, the right status, and nothing has changed."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.models import KeptAddress, Role
from shop.accounts.rules import PostalAddress
from shop.accounts.services import keep_address
from shop.catalog.models import Listing
from shop.catalog.services.passages import pause
from shop.orders.models import BasketLine, OrderState
from shop.payments.models import DemoCharge, Payment, Refund
from tests.pages.buying import TO, at_provider, fill, place_it, placed, to_pay, to_review
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world import World, market
from tests.world.books import assert_sound, footprint
from tests.world.market import HOUSE, PASSWORD, Market, listing, order, someone, variant_id

HOME = PostalAddress("何晓雨", "13812345678", "四川", "成都市", "武侯区", "科华路 12 号")
HUGE = "9" * 400
NOT_FOUND = "没找到这一页"
MUCH = "好" * 3_500_000
"""Ten megabytes."""


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


@pytest.fixture
def eggs(at: Market) -> Listing:
    return listing(at, title="土鸡蛋", stock=5)


def everything(world: World) -> tuple[Any, ...]:
    """Return everything that a wrong word could have changed: beside orders and goods, baskets, addresses and money."""

    def ask(session: Session) -> tuple[Any, ...]:
        wanted = (
            select(BasketLine.variant_id, BasketLine.quantity).order_by(BasketLine.id),
            select(Payment.code, Payment.state, Payment.gateway, Payment.captured_fen).order_by(Payment.id),
            select(DemoCharge.ref, DemoCharge.state).order_by(DemoCharge.ref),
        )
        counts = tuple(session.scalar(select(func.count()).select_from(table)) for table in (KeptAddress, Refund))
        return (*(tuple(map(tuple, session.execute(each).all())) for each in wanted), counts)

    return (footprint(world), world.read(ask))


def sent_by(page: Page) -> dict[str, str]:
    """Return what the checkout's form would send as it stands."""
    return {name: values[0] for name, values in page.form("/checkout").values.items() if values}


# How many


QUANTITIES = [
    "-1",
    "-999999999999",
    "1000",
    HUGE,
    "2.5",
    "1e3",
    "0x10",
    "1,5",
    "三",
    "二十",
    "½",
    "inf",
    "nan",
    "",
    " ",
    "2 盒",
]
"""Below nothing, beyond what a basket takes, parts of a piece, and no numbers at all."""


def test_a_number_that_cannot_be_puts_nothing_in(world: World, pages: Pages, eggs: Listing) -> None:
    fill(pages, eggs)
    before = everything(world)
    for quantity in (*QUANTITIES, "0"):
        assert "请填 1 到 999 的数。" in fill(pages, eggs, quantity).main, quantity
        assert everything(world) == before, quantity


def test_a_number_that_cannot_be_leaves_a_line_as_it_was(world: World, at: Market, pages: Pages, eggs: Listing) -> None:
    fill(pages, eggs)
    before = everything(world)
    for quantity in QUANTITIES:
        page = pages.post(f"/basket/lines/{variant_id(at, eggs)}", {"quantity": quantity})
        assert "请填 0 到 999 的数。" in page.main, quantity
        assert "货一共 ¥96" in page.words
        assert everything(world) == before, quantity


def test_many_times_much_is_no_more_than_a_basket_takes(world: World, pages: Pages, eggs: Listing) -> None:
    fill(pages, eggs, 999)
    before = everything(world)
    assert "一样货最多放 999 份。" in fill(pages, eggs, 1).main
    assert everything(world) == before


def test_more_than_there_is_is_said_and_not_ordered(world: World, pages: Pages, eggs: Listing) -> None:
    page = fill(pages, eggs, 6)
    assert "只剩 5 盒了" in page.main
    assert "去结账" not in page.links()
    before = everything(world)
    assert pages.post("/checkout", {**TO, "action": "place"}, status=409).url == "/checkout"
    assert everything(world) == before


def test_a_thing_that_cannot_be_is_not_found(world: World, pages: Pages, eggs: Listing) -> None:
    fill(pages, eggs)
    before = everything(world)
    for variant in ("0", "-1", HUGE, "1.5", "x", "", "1 OR 1=1"):
        assert pages.post("/basket/lines", {"variant": variant, "quantity": "1"}, status=404).heading == NOT_FOUND
        assert everything(world) == before, variant


# What is somebody else's


def test_a_line_of_somebody_elses_basket_stays(
    world: World, at: Market, pages: Pages, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    fill(pages, eggs)
    ham = listing(at, title="老腊肉")
    other = visitor()
    review = to_review(other, ham, 1)
    before = everything(world)
    theirs = variant_id(at, eggs)
    assert NOT_FOUND in other.post("/checkout", {**sent_by(review), "action": f"drop:{theirs}"}, status=404).main
    other.post(f"/basket/lines/{theirs}/remove")
    assert everything(world) == before
    assert "货一共 ¥96" in pages.get("/basket").words


def test_somebody_elses_address_is_neither_shown_nor_taken(
    world: World, pages: Pages, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    owner, other = someone(world, Role.BUYER), someone(world, Role.BUYER)
    kept = world.run(lambda session: keep_address(session, owner.id, HOME, clock=world.clock))
    pages.sign_in(other.phone, PASSWORD)
    guest = visitor()
    for browser in (pages, guest):
        fill(browser, eggs)
        before = everything(world)
        page = browser.post("/checkout", {**TO, "action": f"use:{kept.code}"}, status=404)
        assert NOT_FOUND in page.main
        assert HOME.street not in page.text
        assert everything(world) == before
    for path in ("", "/forget"):
        pages.post(f"/me/addresses/{kept.code}{path}", {**TO, "street": "别处 1 号"}, status=404)
    assert everything(world) == before


def test_somebody_elses_order_is_neither_shown_nor_changed(
    world: World, at: Market, pages: Pages, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    to_pay(pages, eggs)
    made = placed(at, at_provider(pages, "付款"))
    member = visitor()
    member.sign_in(someone(world, Role.BUYER).phone, PASSWORD)
    before = everything(world)
    for browser in (member, visitor()):
        for path in ("", "/receipt", "/lines/1/as-bought"):
            page = browser.get(f"/orders/{made.code}{path}", status=404)
            assert NOT_FOUND in page.main
            assert TO["street"] not in page.text
        browser.post(f"/orders/{made.code}/cancel", status=404)
        browser.post(f"/orders/{made.code}/ask-cancel", {"reason": "不要了"}, status=404)
    assert everything(world) == before
    assert order(at, made.code).state is OrderState.PAID


def test_somebody_elses_payment_shows_nobody_and_its_address_moves_no_money(
    world: World, at: Market, pages: Pages, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    page = to_pay(pages, eggs)
    made = placed(at, page)
    code = page.url.rsplit("/", 1)[1]
    before = everything(world)
    other = visitor()
    shown = other.get(f"/pay/{code}?paid=1&state=captured&redirect_status=succeeded", may_write=True)
    assert shown.heading == "等您付款"
    for private in (TO["name"], TO["street"], "13812345678"):
        assert private not in shown.text
    for wrong in (code[:-1], f"{code}X", "0" * 16, made.code):
        assert NOT_FOUND in other.get(f"/pay/{wrong}", status=404).main
        other.post(f"/pay/{wrong}/otherwise", {"gateway": "demo"}, status=404)
        other.post(f"/pay/demo/{wrong}", {"act": "pay"}, status=404)
    assert everything(world) == before
    assert order(at, made.code).state is OrderState.PLACED


# What stands no more


@pytest.mark.parametrize("action", ["preview", "place"])
def test_a_listing_that_was_paused_since_is_said_and_not_ordered(
    world: World, at: Market, pages: Pages, eggs: Listing, action: str
) -> None:
    ham = listing(at, title="老腊肉")
    fill(pages, ham, 1)
    review = to_review(pages, eggs)
    world.run(lambda session: pause(session, at.vendor.id, ham.code, paused=True, actor=HOUSE, clock=world.clock))
    before = everything(world)
    page = pages.post("/checkout", {**sent_by(review), "action": action}, status=409)
    assert "老腊肉" in page.main
    assert "下架了" in page.main
    assert everything(world) == before
    page = pages.submit_form("/checkout", press="拿掉")
    assert "老腊肉" not in page.main
    assert place_it(pages).heading == "等您付款"
    assert_sound(world)


# Who, where, and what else


WRONG: list[tuple[dict[str, str], str]] = [
    ({"phone": "1381234abcd"}, "请填 11 位手机号码。"),
    ({"phone": "电话一三八"}, "请填 11 位手机号码。"),
    ({"phone": "1381234567"}, "请填 11 位手机号码。"),
    ({"phone": "138123456789"}, "请填 11 位手机号码。"),
    ({"phone": "02812345678"}, "请填 11 位手机号码。"),
    ({"phone": "9" * 5000}, "请填 11 位手机号码。"),
    ({"phone": ""}, "请填手机号码。"),
    ({"street": "🏠🏠🏠🏔️"}, "请用字写，光有符号送不到。"),
    ({"city": "🌆"}, "请用字写，光有符号送不到。"),
    ({"district": "❤️❤️"}, "请用字写，光有符号送不到。"),
    ({"name": "👵🏻"}, "请用字写，光有符号送不到。"),
    ({"name": "\u202e\u200b\u200b"}, "请用字写，光有符号送不到。"),
    ({"street": ""}, "请填"),
    ({"note": "好" * 201}, "最多 200 个字。"),
]
"""What was typed, and what the page then says."""


@pytest.mark.parametrize("action", ["preview", "place"])
def test_a_field_that_cannot_be_is_said_there_and_kept_for_mending(
    world: World, pages: Pages, eggs: Listing, action: str
) -> None:
    good = sent_by(to_review(pages, eggs))
    before = everything(world)
    for wrong, said in WRONG:
        page = pages.post("/checkout", {**good, **wrong, "action": action}, status=422)
        assert said in page.main, wrong
        assert page.form("/checkout").values["street"] == [wrong.get("street", TO["street"])]
        assert everything(world) == before, wrong


def test_ten_megabytes_are_turned_away_in_words(world: World, pages: Pages, eggs: Listing) -> None:
    good = sent_by(to_review(pages, eggs))
    before = everything(world)
    for field, action in (("note", "place"), ("paste", "paste"), ("something", "preview")):
        page = pages.post("/checkout", {**good, field: MUCH, "action": action}, status=413)
        assert page.heading == "发来的太大了"
        assert everything(world) == before
    for path in ("/basket/lines", "/orders", "/elder"):
        assert pages.post(path, {"code": MUCH, "quantity": "1"}, status=413).heading == "发来的太大了", path
    assert everything(world) == before
