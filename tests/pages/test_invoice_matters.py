"""Invoices among a buyer's matters: by when each comes, and what goes back after it."""

import re

import pytest

from shop.accounts.models import Role
from shop.invoices import recording
from shop.invoices.models import RedReason
from shop.kernel.money import yuan
from tests.support.odd_documents import pdf
from tests.support.pages import Pages
from tests.world import World, market
from tests.world.invoice_desk import Desk
from tests.world.invoices import PERSON, SPECIAL, cooperative, want
from tests.world.market import PASSWORD, Market, listing, receive_all, someone, variant_id
from tests.world.members import delivered_to, order_of


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


@pytest.fixture
def desk(at: Market, pages: Pages) -> Desk:
    """A delivered order of a member who is signed in and wants an electronic invoice."""
    person = someone(at.world, Role.BUYER)
    pages.sign_in(person.phone, PASSWORD)
    made = delivered_to(at, person, {variant_id(at, listing(at)): 2})
    want(at, made.code, PERSON)
    return Desk(at, made.code)


def test_what_is_wanted_waits_for_the_goods_and_then_for_the_day_that_was_promised(at: Market, pages: Pages) -> None:
    person = someone(at.world, Role.BUYER)
    pages.sign_in(person.phone, PASSWORD)
    made = order_of(at, person, {variant_id(at, listing(at, vendor=cooperative(at.world))): 2})
    want(at, made.code, SPECIAL)
    page = pages.get("/matters")
    assert re.search(rf"{SPECIAL.title}.*货收齐、付了款就交给中心开，最晚\d+月\d+日。", page.main)
    at.world.clock.advance(days=9)
    assert "货收齐、付了款就交给中心开。" in pages.get("/matters").main
    receive_all(at, made.code)
    want(at, made.code, SPECIAL)
    page = pages.get("/matters")
    assert "等货收齐" not in page.main
    assert len(re.findall(r"最晚\d+月\d+日寄出", page.main)) == 2
    at.world.clock.advance(days=3, minutes=1)
    assert pages.get("/matters").main.count("比说好的晚了，可以打中心的电话催。") == 2


def test_an_invoice_to_download_is_promised_too_and_a_correction_begins_the_time_anew(desk: Desk, pages: Pages) -> None:
    first = pages.get("/matters").main
    assert len(re.findall(r"最晚\d+月\d+日可以下载", first)) == 2
    code = desk.goods().code
    desk.do(recording.send_back, code, reason="抬头少一个字")
    assert "抬头少一个字" in pages.get("/matters").main
    desk.at.world.clock.advance(days=3, minutes=1)
    pages.get(f"/orders/{desk.order}/invoice")
    pages.submit_form(f"/orders/{desk.order}/invoice", title="何晓雨家")
    assert pages.get("/matters").main.count("比说好的晚了") == 1


@pytest.mark.parametrize(
    ("reason", "words"), [(RedReason.GOODS_RETURNED, "退了货，冲红"), (RedReason.ISSUED_WRONG, "开错了，冲红")]
)
def test_what_went_back_is_open_until_its_red_letter_is_recorded_in_the_words_of_its_reason(
    desk: Desk, pages: Pages, reason: RedReason, words: str
) -> None:
    code = desk.recorded()
    desk.at.world.clock.advance(minutes=1)
    desk.give_back(1000)
    page = pages.get("/matters")
    (due,) = [fen for _id, fen in desk.due()]
    assert f"退给您的 {yuan(due)} 要冲红" in page.main
    assert "要冲红" in page.main.split("办完的")[0]
    desk.do(recording.record_red, code, desk.red(due, reason=reason))
    left = yuan(desk.goods().amount_fen - due)
    page = pages.get("/matters")
    assert f"冲红以后还剩 {left}。" in page.main.split("办完的")[1]
    page = pages.get(f"/orders/{desk.order}/invoice")
    assert f"{words} {yuan(due)}" in page.main
    assert f"冲红以后还剩 {left}" in page.main


def test_within_wechat_the_picture_lies_open_and_the_way_to_the_file_is_told(desk: Desk, pages: Pages) -> None:
    desk.recorded(files=(desk.document(pdf()),))
    address = f"/orders/{desk.order}/invoice"
    page = pages.get(address)
    assert "微信里下载不了" not in page.main
    assert '<details class="fold" open>' not in page.text
    wechat = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50"}
    answer = pages.client.get(address, headers=wechat).text
    assert f"凭订单号 {desk.order} 和手机号查到这一单" in answer
    assert '<details class="fold" open>' in answer
