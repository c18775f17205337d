"""An order afterwards: who may see it, what it tells, and the door at which providers knock."""

from collections.abc import Callable
from functools import partial

from shop.accounts.models import Role
from shop.catalog.models import Listing
from shop.flows import bench
from shop.orders.models import OrderState
from shop.payments.gateways.demo import SIGNATURE
from tests.pages.buying import TO, at_provider, fill, place_it, placed, to_pay
from tests.support.pages import Pages
from tests.world import World, market
from tests.world.books import assert_sound, footprint, free
from tests.world.market import PASSWORD, STAFF, Market, order, someone, variant_id


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
    wide = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
    page = other.submit_form("查一下", code=made.code.translate(wide), phone="１３８ １２３４ ５６７８")
    assert page.url == f"/orders/{made.code}"
    other.get("/orders")
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
    pages.submit_form("/checkout", press="看运费和总价", **TO)
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
    take_in = partial(bench.receive, part_code=made.parts[0].code, rejected={}, weighed={}, reason="", actor=STAFF)
    world.run(partial(take_in, clock=world.clock))
    before = footprint(world)
    page = pages.submit_form("取消这一单")
    assert "取消不了了" in page.main
    assert footprint(world) == before


def test_an_unpaid_order_is_cancelled_and_no_money_is_spoken_of(at: Market, pages: Pages, eggs: Listing) -> None:
    to_pay(pages, eggs)
    pages.click("看订单")
    page = pages.submit_form("取消这一单")
    assert "订单取消了，没有收过您的钱。" in page.main
    assert "退回" not in page.main


def test_an_order_that_ran_out_under_the_hand_says_so_when_it_is_cancelled(
    at: Market, world: World, pages: Pages, eggs: Listing
) -> None:
    made = placed(at, to_pay(pages, eggs))
    pages.click("看订单")
    world.clock.advance(minutes=16)
    market.expire(at, made.code)
    before = footprint(world)
    page = pages.submit_form("取消这一单")
    assert "过了付款时间，已经不作数了" in page.main
    assert "到了中心" not in page.main
    assert footprint(world) == before


def test_the_whole_way_is_on_the_order_page(at: Market, world: World, pages: Pages, eggs: Listing) -> None:
    to_pay(pages, eggs)
    made = placed(at, at_provider(pages, "付款"))
    pages.click("看订单")
    market.receive_all(at, made.code)
    assert pages.get(f"/orders/{made.code}").heading == "中心收到了"
    parcel = market.pack(at, made.code)
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
    for forged in ("\xe9", "1.\xe9", f"\u0661.{'0' * 64}".encode().decode("latin-1"), "", ".", "x.x"):
        assert post("/hooks/demo", data=body, headers={SIGNATURE: forged}).status_code == 400, forged
    assert post("/hooks/demo", data=b"x" * 70_000, headers=headers).status_code == 413
    assert footprint(world) == before
    unknown, signed = gateway.event("demo_unknown", "charge.paid", now=world.clock())
    assert post("/hooks/demo", data=unknown, headers=signed).status_code == 200  # kept for a person
    for _ in range(2):
        answer = post("/hooks/demo", data=body, headers={SIGNATURE: headers[SIGNATURE]})
        assert (answer.status_code, answer.text) == (200, "ok")
    assert order(at, payment.reference).state is OrderState.PAID
    assert_sound(world)


def test_a_payment_that_is_not_there_is_not_found(at: Market, pages: Pages) -> None:
    pages.get("/pay/ABCDEFGHJKMNPQRS", status=404)
    pages.get("/pay/demo/demo_nothing", status=404, may_write=True)
