"""From the basket to a paid order, by pages alone; nothing a buyer does twice or wrongly costs them anything."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from shop.accounts.models import Role
from shop.catalog.models import Listing
from shop.catalog.services import pause, set_free
from shop.flows import bench
from shop.orders.models import OrderState
from shop.orders.queries import OrderFacts
from shop.payments.gateways.demo import SIGNATURE
from shop.payments.gateways.protocol import GatewayUnavailable, Intent, Started
from shop.web.house import EXTENSION
from tests.support.clock import SettableClock
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world import World, market
from tests.world.books import assert_sound, footprint, free
from tests.world.market import HOUSE, PASSWORD, STAFF, Market, listing, order, someone, variant_id

TO: dict[str, Any] = {
    "name": "何晓雨",
    "phone": "138 1234 5678",
    "province": "四川",
    "city": "成都市",
    "district": "武侯区",
    "street": "科华路 12 号",
    "note": "放门卫",
}


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


@pytest.fixture
def eggs(at: Market) -> Listing:
    return listing(at, title="土鸡蛋", stock=5)


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
    return arrive(pages, pages.submit_form("/checkout", 303, press="下单，去付款", follow=False))


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


# The basket


def test_an_empty_basket_leads_back_to_the_market(at: Market, pages: Pages) -> None:
    page = pages.get("/basket")
    assert "篮子还空着" in page.main
    assert pages.get("/checkout", follow=True).url == "/basket"


def test_the_basket_adds_up_changes_and_forgets(at: Market, pages: Pages, eggs: Listing) -> None:
    fill(pages, eggs, 1)
    page = fill(pages, eggs, 2)
    assert "¥144" in page.main
    key = variant_id(at, eggs)
    page = pages.post(f"/basket/lines/{key}", {"quantity": "1"})
    assert "¥144" not in page.main
    assert "货一共 ¥48" in page.words
    assert "篮子还空着" in pages.post(f"/basket/lines/{key}/remove").main


@pytest.mark.parametrize("quantity", ["0", "-1", "1000", "x", ""])
def test_a_wrong_number_is_said_and_changes_nothing(world: World, pages: Pages, eggs: Listing, quantity: str) -> None:
    fill(pages, eggs)
    before = footprint(world)
    page = fill(pages, eggs, quantity)
    assert "1 到 999" in page.main
    assert footprint(world) == before


def test_what_is_not_there_cannot_be_put_in(at: Market, pages: Pages, eggs: Listing) -> None:
    fill(pages, eggs)
    pages.post("/basket/lines", {"variant": "987654", "quantity": "1"}, status=404)
    pages.post("/basket/lines", {"variant": "x", "quantity": "1"}, status=404)
    pages.post("/basket/lines/987654", {"quantity": "1"}, status=404)
    pages.get("/basket/lines/1", status=405)


def test_what_is_out_of_season_does_not_go_in(at: Market, pages: Pages, eggs: Listing) -> None:
    plum = listing(at, title="青脆李", months=(7, 8))
    fill(pages, eggs)
    page = pages.post("/basket/lines", {"variant": str(variant_id(at, plum)), "quantity": "1"})
    assert "不是季节" in page.main
    assert "青脆李" not in pages.get("/basket").main


def test_the_basket_says_what_changed_since(at: Market, world: World, pages: Pages, eggs: Listing) -> None:
    ham = listing(at, title="老腊肉")
    fill(pages, eggs, 4)
    fill(pages, ham, 1)
    set_to = partial(set_free, vendor_id=at.vendor.id, actor=HOUSE, clock=world.clock)
    world.run(lambda session: set_to(session, code=eggs.code, free=3, saw_free=5))
    assert "只剩 3 盒了" in pages.get("/basket").main
    world.run(lambda session: set_to(session, code=eggs.code, free=0, saw_free=3))
    assert "卖完了" in pages.get("/basket").main
    world.run(lambda session: pause(session, at.vendor.id, ham.code, paused=True, actor=HOUSE, clock=world.clock))
    page = pages.get("/basket")
    assert "下架了" in page.main
    assert "去结账" not in page.links()
    assert pages.get("/checkout", follow=True).url == "/basket"


def test_a_basket_goes_along_when_its_owner_signs_in(
    at: Market, world: World, pages: Pages, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    person = someone(world, Role.BUYER)
    fill(pages, eggs, 2)
    pages.sign_in(person.phone, PASSWORD)
    assert "土鸡蛋" in pages.get("/basket").main
    elsewhere = visitor()
    elsewhere.sign_in(person.phone, PASSWORD)
    assert "土鸡蛋" in elsewhere.get("/basket").main
    pages.get("/me")
    pages.post("/sign-out")
    assert "篮子还空着" in pages.get("/basket").main


# The address and the look before ordering


def test_a_wrong_form_keeps_what_was_typed_and_says_what_to_mend(pages: Pages, eggs: Listing) -> None:
    fill(pages, eggs)
    pages.click("去结账")
    page = pages.submit_form("/checkout", 422, press="看运费", **{**TO, "phone": "12345", "street": ""})
    assert "请填 11 位手机号码。" in page.main
    assert "请填街道和门牌。" in page.main
    assert page.form("/checkout").values["name"] == ["何晓雨"]
    assert page.form("/checkout").values["province"] == ["四川"]
    assert page.form("/checkout").values["phone"] == ["12345"]


def test_a_province_nobody_drives_to_is_said_at_its_field(pages: Pages, eggs: Listing) -> None:
    fill(pages, eggs)
    pages.click("去结账")
    page = pages.submit_form("/checkout", 422, press="看运费", **{**TO, "province": "西藏"})
    assert "暂时寄不到西藏" in page.main
    pages.post("/checkout", {**TO, "province": "火星", "action": "preview"}, status=422)


def test_everything_is_shown_before_the_order_and_back_keeps_the_address(pages: Pages, eggs: Listing) -> None:
    page = to_review(pages, eggs)
    for words in ("¥48", "× 2", "周素珍家", "大湾村", "¥9", "¥105", "2 天", "科华路 12 号", "何晓雨"):
        assert words in page.main, words
    assert "科华路" not in page.url
    page = pages.submit_form("/checkout", press="改地址")
    assert page.form("/checkout").values["street"] == ["科华路 12 号"]
    assert page.form("/checkout").values["note"] == ["放门卫"]


# Placing


def test_an_order_is_paid_and_its_buyer_follows_it(at: Market, world: World, pages: Pages, eggs: Listing) -> None:
    page = to_pay(pages, eggs)
    assert page.heading == "等您付款"
    assert "10:15" in page.main
    assert page.all("meta", http_equiv="refresh")
    page = at_provider(pages, "付款")
    assert page.heading == "付好了"
    made = placed(at, page)
    assert made.state is OrderState.PAID
    page = pages.click("看订单")
    assert page.heading == "正在备货"
    for words in ("付款", "11月22日 10:00", "土鸡蛋", "138****5678", "科华路 12 号", "放门卫", "取消订单"):
        assert words in page.main, words
    assert len(page.statements) <= 20
    assert free(world, variant_id(at, eggs)) == 3
    assert_sound(world)


def test_a_declined_card_can_try_again(pages: Pages, eggs: Listing) -> None:
    to_pay(pages, eggs)
    assert at_provider(pages, "银行卡被拒").heading == "等您付款"
    assert "银行刚才拒了这张卡" in go_to_provider(pages).main
    assert arrive(pages, pages.submit_form("/pay/demo", 303, press="付款", follow=False)).heading == "付好了"


def test_walking_away_from_the_provider_changes_nothing(world: World, pages: Pages, eggs: Listing) -> None:
    to_pay(pages, eggs)
    before = footprint(world)
    assert at_provider(pages, "关掉不付").heading == "等您付款"
    assert footprint(world) == before


def test_a_double_click_is_one_order(world: World, pages: Pages, eggs: Listing) -> None:
    review = to_review(pages, eggs)
    first = place_it(pages)
    before = footprint(world)
    pages.page = review
    assert place_it(pages).url == first.url
    assert footprint(world) == before


def test_what_changed_after_the_look_is_shown_and_asked_again(
    at: Market, world: World, pages: Pages, eggs: Listing
) -> None:
    review = to_review(pages, eggs, 1)
    pages.post(f"/basket/lines/{variant_id(at, eggs)}", {"quantity": "3"})
    before = footprint(world)
    pages.page = review
    page = pages.submit_form("/checkout", 409, press="下单")
    assert "还没有下单" in page.main
    assert "¥48 × 1" in page.main
    assert "¥48 × 3" in page.main
    assert footprint(world) == before
    assert place_it(pages).heading == "等您付款"


@pytest.mark.parametrize("was", ["", "[", "[[1],2]", '[[[1,"x",2,"y"]],"a",3]', "null"])
def test_a_mangled_form_is_only_asked_again(at: Market, pages: Pages, eggs: Listing, was: str) -> None:
    review = to_review(pages, eggs, 1)
    sent = {name: values[0] for name, values in review.form("/checkout").values.items()}
    pages.post("/checkout", {**sent, "digest": "x", "was": was, "action": "place"}, status=409)
    page = pages.post("/checkout", {**sent, "checkout_key": "short", "action": "place"})
    assert page.heading == "看一眼再下单"


def test_sold_out_between_the_look_and_the_order(at: Market, world: World, pages: Pages, eggs: Listing) -> None:
    review = to_review(pages, eggs)
    world.run(lambda session: set_free(session, at.vendor.id, eggs.code, 1, saw_free=5, actor=HOUSE, clock=world.clock))
    before = footprint(world)
    pages.page = review
    page = pages.submit_form("/checkout", press="下单")
    assert page.url == "/basket"
    assert "篮子里有变动" in page.main
    assert "只剩 1 盒了" in page.main
    assert footprint(world) == before


def test_a_form_without_its_token_does_nothing(world: World, pages: Pages, eggs: Listing) -> None:
    review = to_review(pages, eggs)
    before = footprint(world)
    sent = {name: values[0] for name, values in review.form("/checkout").values.items() if name != "csrf_token"}
    pages.checking = False
    for path in ("/checkout", "/basket/lines", "/orders", "/orders/ABCDEFGH/cancel"):
        assert pages.client.post(path, data=sent).status_code == 400, path
    assert footprint(world) == before


def test_a_house_without_a_provider_says_whom_to_call(app: Flask, at: Market, pages: Pages, eggs: Listing) -> None:
    review = to_review(pages, eggs)
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], gateways={})
    page = pages.get("/checkout")
    assert "网上付款还没有开通" in page.main
    assert "028-00000000" in page.main
    pages.page = review
    assert "还没有开通" in pages.submit_form("/checkout", 503, press="下单").main
    pages.get("/pay/demo/anything", status=404)
    assert pages.client.post("/hooks/demo", data=b"{}").status_code == 404


# Too late


def test_money_that_came_too_late_revives_the_order_while_goods_are_there(
    at: Market, world: World, pages: Pages, eggs: Listing
) -> None:
    to_pay(pages, eggs)
    page = at_provider(pages, "过时才付")
    assert page.heading == "付好了"
    page = pages.click("看订单")
    assert "过时没付" in page.main
    assert "货还在" in page.main
    assert_sound(world)


def test_money_that_came_too_late_goes_back_when_the_goods_are_gone(
    at: Market, world: World, pages: Pages, eggs: Listing, clock: SettableClock
) -> None:
    pay_page = to_pay(pages, eggs)
    clock.advance(minutes=16)
    assert pages.get(pay_page.url, may_write=True).heading == "正在核对"
    market.expire(at, placed(at, pay_page).code)
    assert pages.get(pay_page.url, may_write=True).heading == "不用付了"
    world.run(lambda session: set_free(session, at.vendor.id, eggs.code, 0, saw_free=5, actor=HOUSE, clock=world.clock))
    payment = market.payment(at, pay_page.url.rsplit("/", 1)[1])
    pages.get(f"/pay/demo/{payment.provider_ref}", may_write=True)
    page = arrive(pages, pages.submit_form("/pay/demo", 303, press="过时才付", follow=False))
    assert page.heading == "钱到晚了"
    assert "¥105 全数原路退回" in page.main
    world.deliver()
    page = pages.click("看订单")
    assert "退款 ¥105 退好了" in page.main
    assert_sound(world)


def test_a_provider_that_does_not_answer_is_asked_again(
    world: World, pages: Pages, eggs: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(_self: object, _intent: Intent, *, key: str) -> Started:
        raise GatewayUnavailable(key)

    with monkeypatch.context() as patched:
        patched.setattr("shop.payments.gateways.demo.DemoGateway.start", deaf)
        page = to_pay(pages, eggs)
        assert page.heading == "正在准备付款"
    world.deliver()
    assert pages.get(page.url, may_write=True).heading == "等您付款"


# Afterwards


def test_an_order_is_found_by_its_code_and_phone_and_by_nothing_else(
    at: Market, pages: Pages, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    made = placed(at, to_pay(pages, eggs))
    other = visitor()
    other.get(f"/orders/{made.code}", status=404)
    other.get("/orders")
    page = other.submit_form("/orders", 422, code=made.code, phone="13900000000")
    assert "没有找到" in page.main
    assert page.form("查一下").values["code"] == [made.code]
    page = other.submit_form("查一下", code=made.code.lower(), phone="+86 138 1234 5678")
    assert page.url == f"/orders/{made.code}"
    assert page.heading == "等付款"
    assert made.code in other.get("/orders").main
    pages.get("/orders/NOTHINGX", status=404)


def test_guessing_orders_is_slowed_down(at: Market, pages: Pages) -> None:
    pages.get("/orders")
    for _ in range(10):
        pages.submit_form("查一下", 422, code="ABCD2345", phone="13900000000")
    pages.submit_form("查一下", 429, code="ABCD2345", phone="13900000000")


def test_a_member_has_their_orders_at_hand(
    at: Market, world: World, pages: Pages, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    person = someone(world, Role.BUYER)
    pages.sign_in(person.phone, PASSWORD)
    assert "还没有订单" in pages.get("/me/orders").main
    fill(pages, eggs)
    page = pages.click("去结账")
    assert page.form("/checkout").values["phone"] == [person.phone]
    pages.submit_form("/checkout", press="看运费", **TO)
    made = placed(at, place_it(pages))
    assert made.user_id == person.id
    elsewhere = visitor()
    elsewhere.sign_in(person.phone, PASSWORD)
    assert made.code in elsewhere.get("/me/orders").main
    assert elsewhere.click(made.code).heading == "等付款"
    stranger = visitor()
    stranger.sign_in(someone(world, Role.BUYER).phone, PASSWORD)
    stranger.get(f"/orders/{made.code}", status=404)
    stranger.post(f"/orders/{made.code}/cancel", status=404)


def test_a_paid_order_is_cancelled_and_its_money_goes_back(
    at: Market, world: World, pages: Pages, eggs: Listing
) -> None:
    to_pay(pages, eggs)
    at_provider(pages, "付款")
    pages.click("看订单")
    page = pages.submit_form("取消这一单")
    assert page.heading == "已取消"
    assert "是您取消的" in page.main
    assert "退款 ¥105 正在退" in page.main
    world.deliver()
    page = pages.get(page.url)
    assert "退款 ¥105 退好了" in page.main
    assert "其中 ¥105 退给您" in page.main
    assert free(world, variant_id(at, eggs)) == 5
    assert_sound(world)


def test_what_the_centre_has_taken_in_is_not_cancelled(at: Market, world: World, pages: Pages, eggs: Listing) -> None:
    to_pay(pages, eggs)
    made = placed(at, at_provider(pages, "付款"))
    page = pages.click("看订单")
    take_in = partial(bench.receive, part_code=made.parts[0].code, rejected={}, reason="", actor=STAFF)
    world.run(partial(take_in, clock=world.clock))
    before = footprint(world)
    page = pages.submit_form("取消这一单")
    assert "取消不了了" in page.main
    assert footprint(world) == before


def test_the_whole_way_is_on_the_order_page(at: Market, world: World, pages: Pages, eggs: Listing) -> None:
    to_pay(pages, eggs)
    made = placed(at, at_provider(pages, "付款"))
    pages.click("看订单")
    market.receive_all(at, made.code)
    assert pages.get(f"/orders/{made.code}").heading == "中心收到了"
    parcel = world.run(lambda session: bench.pack(session, made.code, 2500, actor=STAFF, clock=world.clock))
    assert pages.get(f"/orders/{made.code}").heading == "打好包了"
    world.deliver()
    world.run(lambda session: bench.hand_over(session, [parcel], actor=STAFF, clock=world.clock))
    page = pages.get(f"/orders/{made.code}")
    assert page.heading == "在路上"
    assert "镇上送货" in page.main
    assert "单号" in page.main


# The hook


def test_the_hook_answers_as_providers_expect(at: Market, world: World, pages: Pages, eggs: Listing) -> None:
    page = to_pay(pages, eggs)
    payment = market.payment(at, page.url.rsplit("/", 1)[1])
    gateway = market.demo(at)
    assert payment.provider_ref is not None
    body, headers = gateway.decide(payment.provider_ref, pays=True, now=world.clock())
    before = footprint(world)
    post = pages.client.post
    assert post("/hooks/nobody", data=body, headers=headers).status_code == 404
    assert post("/hooks/demo", data=body).status_code == 400
    assert post("/hooks/demo", data=body + b" ", headers=headers).status_code == 400
    assert post("/hooks/demo", data=b"x" * 70_000, headers=headers).status_code == 413
    assert footprint(world) == before
    unknown, signed = gateway.event("demo_unknown", "charge.paid", now=world.clock())
    assert post("/hooks/demo", data=unknown, headers=signed).status_code == 503
    for _ in range(2):
        answer = post("/hooks/demo", data=body, headers={SIGNATURE: headers[SIGNATURE]})
        assert (answer.status_code, answer.text) == (200, "ok")
    assert order(at, payment.reference).state is OrderState.PAID
    assert_sound(world)


def test_a_payment_that_is_not_there_is_not_found(at: Market, pages: Pages) -> None:
    pages.get("/pay/ABCDEFGHJKMNPQRS", status=404)
    pages.get("/pay/demo/demo_nothing", status=404, may_write=True)
