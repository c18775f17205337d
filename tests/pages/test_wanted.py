"""What is wanted, as a household reads and answers it."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from shop.kernel.money import yuan
from shop.orders.models import VendorOrder, VendorOrderState
from tests.support.page import Page, words_of
from tests.support.pages import Pages
from tests.world.books import assert_sound, footprint, free
from tests.world.market import Market, another_vendor, captured, listing, order, paid_order, receive_all, variant_id


def test_what_is_wanted_is_added_up_by_day_and_thing(at: Market, villager: Pages) -> None:
    eggs, ham = variant_id(at, listing(at)), variant_id(at, listing(at, title="老腊肉"))
    made = [paid_order(at, {eggs: 2}), paid_order(at, {eggs: 4, ham: 1})]
    page = villager.get("/vendor/wanted").main
    assert "林下土鸡蛋 一共 6 盒" in page
    assert "老腊肉 一共 1 盒" in page
    assert page.count("送到中心") == 1
    for each in made:
        assert each.parts[0].code in page
    for words in ("小鱼洞山货中心", "场镇老街 1 号", "08:00–18:00"):
        assert words in page


def test_one_order_alone_needs_no_sum(at: Market, villager: Pages) -> None:
    paid_order(at, {variant_id(at, listing(at)): 2})
    assert "一共" not in villager.get("/vendor/wanted").main


def test_all_days_are_counted_together_and_each_for_itself(at: Market, villager: Pages) -> None:
    eggs = variant_id(at, listing(at))
    paid_order(at, {eggs: 1})
    at.world.clock.advance(days=1)
    paid_order(at, {eggs: 1})
    paid_order(at, {eggs: 2})
    assert words_of(villager.get("/vendor").all("span", "tile-number")[0]) == "3"
    page = villager.get("/vendor/wanted")
    assert page.heading == "有人要货 3 单"
    assert [words_of(day) for day in page.all("h2", "bring-due")] == [
        "今天（11月23日）要 1 单",
        "明天（11月24日）要 2 单",
    ]


def test_there_is_some_is_noted_once_and_leaves_the_rest_to_do(at: Market, villager: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    villager.get("/vendor/wanted")
    page = villager.submit_form("有").main
    assert "说了有" in page
    first = _answered(at, made.parts[0].code)
    at.world.clock.advance(minutes=1)
    villager.post(f"/vendor/wanted/{made.parts[0].code}/have")
    assert _answered(at, made.parts[0].code) == first is not None
    assert "带到中心" in villager.submit_form("备好了").main
    assert order(at, made.code).states == (VendorOrderState.READY,)


def _answered(at: Market, code: str) -> object:
    wanted = select(VendorOrder.answered_at).where(VendorOrder.code == code)
    return at.world.read(lambda session: session.scalars(wanted).one())


def test_fewer_are_asked_about_once_more_and_then_the_rest_goes_back(at: Market, villager: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    part, line = made.parts[0].code, made.parts[0].lines[0]
    villager.get("/vendor/wanted")
    villager.get(f"/vendor/wanted/{part}/some")
    before = footprint(at.world)
    page = villager.get(f"/vendor/wanted/{part}/some?come-{line.id}=1")
    assert footprint(at.world) == before
    assert "真的只有这些吗" in page.main
    assert "只有 1 盒" in page.main
    asked = re.search(r"¥[\d.,]+", page.main)
    assert "少的钱退给买的人" in villager.submit_form("sure").main
    after = footprint(at.world)
    villager.post(f"/vendor/wanted/{part}/short", {f"come-{line.id}": "1", f"saw-{line.id}": "3"})
    assert footprint(at.world) == after
    at.world.deliver()
    (refund,) = captured(at, made.code).refunds
    assert asked is not None
    assert asked[0] == yuan(refund.amount_fen)
    assert "林下土鸡蛋 1盒" in villager.get("/vendor/wanted").main
    assert_sound(at.world)


def short(at: Market, villager: Pages, stock: int = 10) -> tuple[str, int]:
    """Say that of three boxes one comes; return the part's code and the variant's id."""
    eggs = variant_id(at, listing(at, stock=stock))
    made = paid_order(at, {eggs: 3})
    villager.get(f"/vendor/wanted/{made.parts[0].code}/some?come-{made.parts[0].lines[0].id}=1")
    villager.submit_form("sure")
    return made.parts[0].code, eggs


def say_left(villager: Pages, variant: int, typed: str, status: int = 200) -> Page:
    """Say how many are left, on the page that asks it."""
    sent: dict[str, Any] = {f"left-{variant}": typed}
    return villager.submit_form("left", status, **sent)


def test_after_a_short_answer_it_is_asked_once_how_much_is_left_to_sell(at: Market, villager: Pages) -> None:
    code, eggs = short(at, villager)
    assert villager.page is not None
    assert "还剩几盒能卖" in villager.page.main
    assert "网上还写着 7 盒" in villager.page.main
    assert villager.page.form("left").values[f"left-{eggs}"] == ["0"]
    assert "网上也改了：林下土鸡蛋还剩 2 盒" in say_left(villager, eggs, "2").words
    assert free(at.world, eggs) == 2
    assert "网上也改了" not in villager.get("/vendor/wanted").main
    villager.submit_form("撤回")
    assert free(at.world, eggs) == 7
    assert_sound(at.world)
    villager.get(f"/vendor/wanted/{code}/left")
    assert "卖完了" in villager.submit_form("left").words
    assert free(at.world, eggs) == 0
    assert "有人要货" in villager.get(f"/vendor/wanted/{code}/left", follow=True).main


def test_what_is_sold_out_anyway_is_not_asked_about(at: Market, villager: Pages) -> None:
    short(at, villager, stock=3)
    assert villager.page is not None
    assert villager.page.url == "/vendor/wanted"


@pytest.mark.parametrize("typed", ["-1", "很多", "9" * 12, "", "1.5"])
def test_what_is_no_number_is_asked_again(at: Market, villager: Pages, typed: str) -> None:
    _code, eggs = short(at, villager)
    before = footprint(at.world)
    assert "没有就填 0" in say_left(villager, eggs, typed, 422).main
    assert footprint(at.world) == before


def test_a_sale_in_between_is_not_overwritten(at: Market, villager: Pages) -> None:
    _code, eggs = short(at, villager)
    paid_order(at, {eggs: 1})
    assert "数变了" in villager.submit_form("left").main
    assert free(at.world, eggs) == 6


def test_none_by_the_stepper_asks_and_declines(at: Market, villager: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    part, line = made.parts[0].code, made.parts[0].lines[0].id
    assert "真的没有吗" in villager.get(f"/vendor/wanted/{part}/some?come-{line}=0").main
    assert "这一单不要了" in villager.submit_form("sure").main
    assert order(at, made.code).states == (VendorOrderState.CANCELLED,)


def test_as_many_as_were_wanted_is_no_news(at: Market, villager: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    line = made.parts[0].lines[0].id
    assert "跟要的一样多" in villager.get(f"/vendor/wanted/{made.parts[0].code}/some?come-{line}=99", follow=True).main


def test_what_was_taken_in_meanwhile_cannot_be_short(at: Market, villager: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    part, line = made.parts[0].code, made.parts[0].lines[0].id
    villager.get("/vendor/wanted")
    receive_all(at, made.code)
    before = footprint(at.world)
    assert (
        "中心已经收了" in villager.post(f"/vendor/wanted/{part}/short", {f"come-{line}": "1", f"saw-{line}": "3"}).main
    )
    assert "中心已经收了" in villager.post(f"/vendor/wanted/{part}/have").main
    villager.get(f"/vendor/wanted/{part}/some", status=404)
    assert footprint(at.world) == before


@pytest.mark.parametrize(
    "sent", [{"come-x": "1"}, {"come-999999": "1"}, {"come-{}": "-4"}, {"come-{}": "1", "saw-{}": "9"}, {"come-²": "1"}]
)
def test_hostile_numbers_change_nothing(at: Market, villager: Pages, sent: dict[str, str]) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    line = str(made.parts[0].lines[0].id)
    villager.get("/vendor/wanted")
    before = captured(at, made.code).refunds
    villager.post(f"/vendor/wanted/{made.parts[0].code}/short", {key.format(line): n for key, n in sent.items()})
    assert captured(at, made.code).refunds == before
    assert order(at, made.code).parts[0].lines[0].accepted == 3


def test_anothers_part_is_not_there(at: Market, villager: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at, vendor=another_vendor(at.world))): 1})
    part, line = made.parts[0].code, made.parts[0].lines[0].id
    villager.get("/vendor/wanted")
    villager.get(f"/vendor/wanted/{part}/some", status=404)
    villager.get(f"/vendor/wanted/{part}/left", status=404)
    for act in ("have", "short", "decline", "ready"):
        villager.post(f"/vendor/wanted/{part}/{act}", {f"come-{line}": "0", f"saw-{line}": "1"}, status=404)


def test_nothing_of_the_buyer_is_on_any_of_these_pages(at: Market, villager: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    part, line = made.parts[0].code, made.parts[0].lines[0].id
    say = {f"come-{line}": "2", f"saw-{line}": "3"}
    villager.get("/vendor/wanted")
    villager.post(f"/vendor/wanted/{part}/short", say)
    answers = (f"/wanted/{part}/some", f"/wanted/{part}/some?come-{line}=1", f"/wanted/{part}/left")
    for path in ("", "/goods", "/wanted", "/money", "/acts", *answers):
        text = villager.get(f"/vendor{path}").text
        for private in (made.name, made.phone, made.street, made.district, made.city, made.code):
            assert private not in text, (path, private)
