"""The intake table for goods sold by weight: every good piece is weighed, and what is too much goes back."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from shop.accounts.models import Role
from shop.catalog.rules import Way
from shop.flows import bench, delivery
from shop.orders.models import VendorOrderState
from shop.orders.queries.orders import OrderFacts
from tests.support.pages import Pages
from tests.world.books import assert_sound, footprint
from tests.world.market import (
    DRIVER,
    PASSWORD,
    STAFF,
    Market,
    captured,
    listing,
    order,
    pack,
    paid_order,
    send,
    someone,
    variant_id,
)

HEN = Way(unit="只", gross_g=1700, per_500g_fen=3400, least_g=1200, most_g=1500, stock=10)


def bought(at: Market, quantity: int) -> OrderFacts:
    """Buy so many hens by weight and a tray of eggs of the same household."""
    hens = variant_id(at, listing(at, title="土鸡", ways=(HEN,)))
    return paid_order(at, {hens: quantity, variant_id(at, listing(at)): 1})


def boxes(made: OrderFacts) -> tuple[str, str]:
    """Return the names of the hens' boxes: how many are turned down, what the good ones weigh."""
    place = next(n for n, line in enumerate(made.parts[0].lines) if line.per_500g_fen is not None)
    return f"rejected-{place}", f"weighed-{place}"


def reason_of(made: OrderFacts) -> str:
    """Return the name of the box that asks why hens are turned down."""
    return f"{boxes(made)[0].removeprefix('rejected-')}-reason"


def test_the_scale_decides_and_the_difference_is_told(at: Market, staff: Pages) -> None:
    made = bought(at, 1)
    path = f"/staff/intake/{made.parts[0].code}"
    _down, weighed = boxes(made)
    page = staff.get(path)
    assert "一只 1200–1500 克；超过的客人不多付" in page.main
    assert len(page.all("input", name=weighed)) == 1
    assert len([box for box in page.all("input") if (box.get("name") or "").startswith("weighed-")]) == 1
    sent: dict[str, Any] = {weighed: 1250}
    page = staff.submit_form("收下", **sent)
    assert "都收下了。称下来比最重的轻，多收的 ¥17 在退给买家。" in page.main
    at.world.deliver()
    assert captured(at, made.code).refunded_fen == 1700
    assert order(at, made.code).states == (VendorOrderState.RECEIVED,)
    after = footprint(at.world)
    second = staff.post(path, {weighed: "900"})  # another table, or the back arrow
    assert "已经收过" in second.main
    assert second.url.endswith("/taken")
    assert footprint(at.world) == after
    assert_sound(at.world)


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "请填秤上的克数"), ("二斤半", "请填秤上的克数"), ("0", "请填秤上的克数"), ("2.5", "请填秤上的克数"),
     ("300", "这个重量不像"), ("9000", "这个重量不像")],
)  # fmt: skip
def test_a_weight_that_cannot_be_is_named_at_its_box_and_stays(
    at: Market, staff: Pages, typed: str, words: str
) -> None:
    made = bought(at, 1)
    _down, weighed = boxes(made)
    before = footprint(at.world)
    staff.get(f"/staff/intake/{made.parts[0].code}")
    sent: dict[str, Any] = {weighed: typed, reason_of(made): "看过了"}
    page = staff.submit_form("收下", status=422, **sent)
    assert page.main.count(words) == 2
    assert page.form("收下").values[weighed] == [typed]
    assert page.form("收下").values[reason_of(made)] == ["看过了"]
    assert footprint(at.world) == before


def test_some_turned_down_the_others_weighed(at: Market, staff: Pages) -> None:
    made = bought(at, 3)
    down, weighed = boxes(made)
    staff.get(f"/staff/intake/{made.parts[0].code}")
    sent: dict[str, Any] = {down: 1, weighed: 2500, reason_of(made): "破了皮"}
    page = staff.submit_form("收下", **sent)
    assert "没收下的钱已经在退。" in page.main
    assert "多收的 ¥34 在退给买家" in page.main
    at.world.deliver()
    line = next(line for line in order(at, made.code).parts[0].lines if line.per_500g_fen is not None)
    assert (line.accepted, line.weighed_g, line.weight_back_fen) == (2, 2500, 3400)
    assert_sound(at.world)


def test_all_turned_down_needs_no_scale(at: Market, staff: Pages) -> None:
    made = bought(at, 1)
    down, _weighed = boxes(made)
    staff.get(f"/staff/intake/{made.parts[0].code}")
    sent: dict[str, Any] = {down: 1, reason_of(made): "病了"}
    assert "没收下的钱已经在退" in staff.submit_form("收下", **sent).main
    assert_sound(at.world)


def test_a_part_of_which_nothing_is_taken_says_so(at: Market, staff: Pages) -> None:
    made = bought(at, 1)
    staff.get(f"/staff/intake/{made.parts[0].code}")
    sent: dict[str, Any] = {"rejected-0": 1, "0-reason": "病了", "rejected-1": 1, "1-reason": "碎了"}
    page = staff.submit_form("收下", **sent)
    assert "都没收下，钱已经在退给买家。" in page.main
    assert "收下了。" not in page.main
    assert_sound(at.world)


def test_the_heaviest_cost_no_more_than_was_shown(at: Market, staff: Pages) -> None:
    made = bought(at, 2)
    _down, weighed = boxes(made)
    staff.get(f"/staff/intake/{made.parts[0].code}")
    sent: dict[str, Any] = {weighed: 3600}
    page = staff.submit_form("收下", **sent)
    assert "多收的" not in page.main
    assert "都收下了。比最多的重 600 克，客人不多付，中心补给这户 ¥40.80。" in page.main
    assert "比最多的还重，客人不多付，还是 ¥204；送到后中心补给这户 ¥40.80" in page.main
    assert captured(at, made.code).refunds == ()
    assert "称了 3.6 公斤，比最多的还重，中心补给这户 ¥40.80" in staff.get(f"/staff/orders/{made.code}").main
    assert_sound(at.world)


def test_what_the_centre_pays_on_top_is_said_to_its_household_and_in_the_orders_whole_story(
    at: Market, villager: Pages, visitor: Callable[[], Pages]
) -> None:
    made = paid_order(at, {variant_id(at, listing(at, title="土鸡", ways=(HEN,))): 1})
    (part,) = made.parts
    act = partial(bench.receive, part_code=part.code, rejected={}, weighed={part.lines[0].id: 1680}, reason="")
    at.world.run(partial(act, actor=STAFF, clock=at.world.clock))
    said = "称出来比最多的还重，中心补给您"
    assert f"{said} ¥12.24" in villager.get(f"/vendor/money/parts/{part.code}").main
    waybill = send(at, pack(at, made.code))
    at.world.run(partial(delivery.deliver, waybill=waybill, actor=DRIVER, clock=at.world.clock))
    assert "¥104.04" in villager.get("/vendor/money").main
    slip = villager.get("/vendor/money/2026-11")
    assert slip.main.count(said) == 2
    assert "¥12.24" in slip.main
    boss = visitor()
    boss.sign_in(someone(at.world, Role.MANAGER).phone, PASSWORD)
    told = f"称出来比最多的还重，中心补给{part.vendor_name} ¥12.24"
    assert told in boss.get(f"/staff/orders/{made.code}/audit").main
    books = boss.get("/staff/books").main
    assert "镇上垫的钱" in books
    assert f"{part.vendor_name} ¥12.24" in books
    assert_sound(at.world)
