"""From the basket to a paid order, by pages alone; nothing a buyer does twice or wrongly costs them anything."""

from dataclasses import replace

import pytest
from flask import Flask

from shop.catalog.models import Listing
from shop.catalog.services.listings import set_free
from shop.orders.models import OrderState
from shop.payments.gateways.protocol import GatewayUnavailable, Intent, Started
from shop.web.house import EXTENSION
from tests.pages.buying import TO, arrive, at_provider, fill, go_to_provider, place_it, placed, to_pay, to_review
from tests.support.clock import SettableClock
from tests.support.pages import Pages
from tests.world import World, market
from tests.world.books import assert_sound, footprint, free
from tests.world.market import HOUSE, Market, variant_id

MOST_STATEMENTS = 26
"""Of the last click: every one of them makes all other buyers wait."""

# The address and the look before ordering


def test_a_wrong_form_keeps_what_was_typed_and_says_what_to_mend(pages: Pages, eggs: Listing) -> None:
    fill(pages, eggs)
    pages.click("去结账")
    page = pages.submit_form("/checkout", 422, press="看运费和总价", **{**TO, "phone": "12345", "street": ""})
    assert "请填 11 位手机号码。" in page.main
    assert "请填街道和门牌。" in page.main
    assert page.form("/checkout").values["name"] == ["何晓雨"]
    assert page.form("/checkout").values["province"] == ["四川"]
    assert page.form("/checkout").values["phone"] == ["12345"]


def test_the_last_click_asks_the_database_for_little(pages: Pages, eggs: Listing) -> None:
    to_review(pages, eggs)
    page = pages.submit_form("/checkout", 303, press="下单", follow=False)
    assert len(page.statements) <= MOST_STATEMENTS


def test_a_province_nobody_drives_to_is_said_at_its_field(pages: Pages, eggs: Listing) -> None:
    fill(pages, eggs)
    pages.click("去结账")
    page = pages.submit_form("/checkout", 422, press="看运费和总价", **{**TO, "province": "西藏"})
    assert "暂时寄不到西藏" in page.main
    pages.post("/checkout", {**TO, "province": "火星", "action": "preview"}, status=422)


def test_everything_is_shown_before_the_order_and_back_keeps_the_address(pages: Pages, eggs: Listing) -> None:
    page = to_review(pages, eggs)
    told = (
        "¥48",
        "× 2",
        "周素珍家",
        "大湾村",
        "常温箱运费 连包装 2.4 公斤",
        "¥9",
        "¥105",
        "最晚11月25日送到",
        "七天无理由",
    )
    for words in (*told, "科华路 12 号", "何晓雨"):
        assert words in page.main, words
    assert "科华路" not in page.url
    page = pages.submit_form("/checkout", press="改好了，重新算", street="科华路 13 号")
    assert page.form("/checkout").values["street"] == ["科华路 13 号"]
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
    assert len(page.statements) <= 21
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
    assert "还没有下单" not in page.main
    assert page.form("/checkout").values["digest"] != ["x"]


def test_sold_out_between_the_look_and_the_order(at: Market, world: World, pages: Pages, eggs: Listing) -> None:
    review = to_review(pages, eggs)
    world.run(lambda session: set_free(session, at.vendor.id, eggs.code, 1, saw_free=5, actor=HOUSE, clock=world.clock))
    before = footprint(world)
    pages.page = review
    page = pages.submit_form("/checkout", 409, press="下单")
    assert "篮子里有变动" in page.main
    assert "只剩 1 盒了" in page.main
    assert page.form("/checkout").values["street"] == ["科华路 12 号"]
    assert footprint(world) == before


def test_a_form_without_its_token_does_nothing(world: World, pages: Pages, eggs: Listing) -> None:
    review = to_review(pages, eggs)
    before = footprint(world)
    sent = {name: values[0] for name, values in review.form("/checkout").values.items() if name != "csrf_token"}
    pages.checking = False
    pages.client.environ_base.pop("HTTP_ORIGIN")
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
