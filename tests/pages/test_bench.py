"""The centre's screens: reviews, intake, packing, labels, handing over, orders, books, freight."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from resvg_py import svg_to_bytes
from sqlalchemy import select

from shop.accounts.models import Role
from shop.catalog.models import ListingState
from shop.catalog.queries import own_listings
from shop.courier.models import FreightChange
from shop.courier.queries import zones
from shop.fulfilment.marks import bars, hidden_door, square
from shop.fulfilment.models import ParcelState
from shop.fulfilment.queries import parcel_by_code
from shop.ledger.rules import seller
from shop.orders.models import VendorOrderState
from tests.support.pages import Pages
from tests.world.books import assert_sound, footprint
from tests.world.market import (
    MONTH,
    PASSWORD,
    TO,
    Market,
    another_vendor,
    captured,
    delivered_order,
    listing,
    order,
    pack,
    paid_order,
    parcel_code,
    receive_all,
    someone,
    variant_id,
)


def state_of(at: Market, code: str) -> ListingState:
    """Return how a listing stands."""
    found = at.world.read(lambda session: own_listings(session, month=MONTH))
    return next(one.state for one in found if one.facts.card.code == code)


def packed(at: Market, staff: Pages, quantity: int = 1) -> tuple[str, str]:
    """Walk an order through the pages to a closed box; return its code and the parcel's."""
    made = paid_order(at, {variant_id(at, listing(at)): quantity})
    receive_all(at, made.code)
    staff.get(f"/staff/packing/{made.code}/ambient")
    staff.submit_form("打好了", weight_g=2300, by_eye="y")
    return made.code, parcel_code(at, made.code)


def boxed_order(at: Market, wanted: dict[int, int]) -> None:
    """Walk an order to a closed box with its number."""
    made = paid_order(at, wanted)
    receive_all(at, made.code)
    pack(at, made.code)
    at.world.deliver()


def test_today_shows_what_waits_with_its_age_the_oldest_first(at: Market, staff: Pages) -> None:
    assert "都清了" in staff.get("/staff").main
    listing(at, state=ListingState.IN_REVIEW)
    at.world.clock.advance(hours=25)
    paid_order(at, {variant_id(at, listing(at)): 1})
    at.world.clock.advance(hours=5)
    page = staff.get("/staff")
    assert page.main.index("审核上架") < page.main.index("收货")
    assert "30 小时 超时" in page.main
    assert "5 小时" in page.main
    assert staff.click("先做：审核上架").heading.startswith("审核上架")


def test_a_thing_is_published_and_a_second_press_changes_nothing(at: Market, staff: Pages) -> None:
    made = listing(at, state=ListingState.IN_REVIEW)
    page = staff.get("/staff/reviews")
    for words in ("林下土鸡蛋", "周素珍家 · 大湾村", "¥48", "1.2 公斤", "全年"):
        assert words in page.main
    sent = page.form("上架").values
    assert "上架了" in staff.submit_form("上架").main
    after = footprint(at.world)
    assert "上架了" in staff.post(f"/staff/reviews/{made.code}/publish", sent).main, "the same press is done"
    assert footprint(at.world) == after
    assert state_of(at, made.code) is ListingState.PUBLISHED


def test_giving_back_needs_a_reason(at: Market, staff: Pages) -> None:
    made = listing(at, state=ListingState.IN_REVIEW)
    listing(at, title="另一样", state=ListingState.IN_REVIEW)
    page = staff.get("/staff/reviews")
    page = staff.submit_form(f"/staff/reviews/{made.code}/give-back", status=422)
    assert "请写为什么退回" in page.main
    assert state_of(at, made.code) is ListingState.IN_REVIEW
    why: dict[str, Any] = {f"{made.code}-reason": "照片太暗"}
    page = staff.submit_form(f"/staff/reviews/{made.code}/give-back", **why)
    assert "退回去了" in page.main
    assert state_of(at, made.code) is ListingState.DRAFT
    staff.post("/staff/reviews/NOPE/publish", {"NOPE-version": "1"}, status=404)


def test_all_of_a_part_is_taken_in(at: Market, staff: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    page = staff.get("/staff/intake")
    assert "周素珍家 · 大湾村" in page.main
    assert "还没说备好：林下土鸡蛋 3盒" in page.main
    assert "11月23日要" in page.main
    staff.click("收第一份")
    assert "都收下了" in staff.submit_form("收下").main
    assert order(at, made.code).states == (VendorOrderState.RECEIVED,)
    assert "该来的都来了" in staff.get("/staff/intake").main


def test_what_is_turned_down_needs_a_reason_and_is_paid_back_once(at: Market, staff: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    code = made.parts[0].code
    staff.get(f"/staff/intake/{code}")
    one: dict[str, Any] = {"rejected-0": 1}
    page = staff.submit_form("收下", status=422, **one)
    assert "有没收下的，请写为什么" in page.main
    assert page.form("收下").values["rejected-0"] == ["1"]
    for count in ("4", "-1", "两个"):
        impossible: dict[str, Any] = {"rejected-0": count}
        assert "要在 0 和送来的数之间" in staff.submit_form("收下", status=422, **impossible).main
    assert order(at, made.code).states == (VendorOrderState.ASKED,)
    sent = {"rejected-0": "1", "0-reason": "壳破了", "saw-0": "3"}
    assert "没收下的钱已经在退" in staff.post(f"/staff/intake/{code}", sent).main
    after = footprint(at.world)
    assert "已经收过" in staff.post(f"/staff/intake/{code}", sent).main
    assert footprint(at.world) == after
    assert len(captured(at, made.code).refunds) == 1
    assert staff.get(f"/staff/intake/{code}", follow=True).url == f"/staff/orders/{made.code}"
    staff.get("/staff/intake/NOPE", status=404)
    staff.post("/staff/intake/NOPE", sent, status=404)
    assert_sound(at.world)


def test_a_box_is_packed_once_and_waits_for_its_number(at: Market, staff: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    assert "没有要打的包" in staff.get("/staff/packing").main
    assert "还没到齐" in staff.get(f"/staff/packing/{made.code}/ambient", follow=True).main
    assert "还没到齐" in staff.post(f"/staff/packing/{made.code}/ambient", {"weight_g": "2300"}).main
    receive_all(at, made.code)
    staff.get("/staff/packing")
    page = staff.click("打第一箱")
    assert "2 盒" in page.main
    assert "2.4 公斤" in page.main
    for weight in ("", "0", "50001", "重"):
        assert "请填秤上的克数" in staff.submit_form("打好了", status=422, weight_g=weight, by_eye="y").main
    version = page.form("pack").values["version"]
    sent = {"version": version, "weight_g": "2.3kg", "by_eye": "y", "carton": "medium", "ice_packs": "0"}
    for _press in range(2):
        page = staff.post(f"/staff/packing/{made.code}/ambient", sent)
        assert page.heading == "等运单号"
    assert page.all("meta", http_equiv="refresh")
    at.world.deliver()
    assert "XYD26112200001" in staff.get(page.url).main
    assert staff.get(f"/staff/packing/{made.code}/ambient", follow=True).url == page.url
    assert_sound(at.world)


def test_a_label_hides_who_and_which_door_and_reads_by_machine(at: Market, staff: Pages) -> None:
    made, parcel = packed(at, staff)
    at.world.deliver()
    page = staff.get(f"/staff/parcels/{parcel}/label")
    for hidden in (TO.name, TO.phone, "401", "3 单元"):
        assert hidden not in page.main
    assert not re.search(r"1\d{10}", page.main)
    for shown in ("何**", "1******5678", "四川成都市武侯区", "林下土鸡蛋", "2.3 公斤", made):
        assert shown in page.main
    slip = staff.get(f"/staff/parcels/{parcel}/slip")
    assert "1 盒" in slip.main
    assert TO.phone not in slip.text
    staff.get("/staff/parcels/NOPE/label", status=404)
    staff.get("/staff/parcels/NOPE/slip", status=404)


@pytest.mark.parametrize(("drawn", "text"), [(bars, "XYD26112200001"), (square, "http://localhost/staff/orders/K7Q2")])
def test_the_codes_on_a_label_read_back(drawn: Callable[[str], str], text: str) -> None:
    png = svg_to_bytes(svg_string=str(drawn(text)), dpi=203, background="white")
    printed = Image.open(BytesIO(bytes(png))).convert("L").point(lambda grey: 255 * (grey > 127))
    assert [found.text for found in zxingcpp.read_barcodes(printed)] == [text]


@pytest.mark.parametrize(
    ("street", "shown"),
    [
        ("玉林北路12号院3栋2单元501室", "玉林北路12号院3栋*单元*室"),
        ("科华路 12 号 3 单元 401", "科华路 12 号 * 单元 *"),
        ("锦绣花园3-2-501", "锦绣花园*"),
        ("锦绣花园3栋501", "锦绣花园3栋*"),
        ("人民路8号15楼1502室", "人民路8号15楼*室"),
        ("世纪城B座1203号", "世纪城B座*号"),
        ("大石坝三栋四号", "大石坝三栋*号"),
        ("宝山村6组12号", "宝山村6组*号"),
        ("玉林北路12号", "玉林北路*号"),
        ("中心小学", "中心小学"),
    ],
)
def test_the_door_is_hidden(street: str, shown: str) -> None:
    assert hidden_door(street) == shown


def test_boxes_are_handed_over_together_and_once(at: Market, staff: Pages) -> None:
    made, parcel = packed(at, staff)
    page = staff.get("/staff/handover")
    assert "等运单号" in page.main
    assert page.all("input", name="parcel") == []
    sent = {"list": "town", "key": "HANDED23", "parcel": [parcel]}
    assert "还没有运单号" in staff.post("/staff/handover", sent, status=409).main
    at.world.deliver()
    staff.get("/staff/handover")
    assert "先勾上" in staff.submit_form("handover-town", status=422, parcel=False).main
    staff.get("/staff/handover")
    assert "1 包" in staff.submit_form("handover-town").heading
    after = footprint(at.world)
    assert "已经交出去过了" in staff.post("/staff/handover", sent, status=409).main
    assert footprint(at.world) == after
    assert at.world.read(lambda session: parcel_by_code(session, parcel)).state is ParcelState.HANDED_OVER
    assert order(at, made).states == (VendorOrderState.SHIPPED,)
    assert "门口没有包裹" in staff.get("/staff/handover").main
    assert "不是我们的包裹" in staff.post("/staff/handover", {"list": "town", "parcel": ["NOPE"]}, status=409).main


def test_an_order_page_tells_everything_in_words(at: Market, staff: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    staff.get(f"/staff/intake/{made.parts[0].code}")
    down: dict[str, Any] = {"rejected-0": 1, "0-reason": "壳破了"}
    staff.submit_form("收下", **down)
    at.world.deliver()
    staff.get(f"/staff/packing/{made.code}/ambient")
    staff.submit_form("打好了", weight_g=2300, by_eye="y")
    at.world.deliver()
    page = staff.get(f"/staff/orders/{made.code}")
    for words in (
        "何**",
        "138****5678",
        "科华路",
        "下单",
        "付了款",
        "收款渠道",
        "周素珍",
        "壳破了",
        "退好了",
        "XYD26112200001",
    ):
        assert words in page.main
    staff.get("/staff/orders/NOPE", status=404)


def test_the_list_of_orders_masks_names_and_finds_a_code(at: Market, staff: Pages) -> None:
    assert "还没有订单" in staff.get("/staff/orders").main
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    page = staff.get("/staff/orders")
    assert made.code in page.main
    assert TO.name not in page.main
    assert TO.phone not in page.text
    assert staff.submit_form("找", code=f" {made.code.lower()} ").url == f"/staff/orders/{made.code}"
    assert "没有 NOPE 这个订单号" in staff.get("/staff/orders?code=nope", follow=True).main


def test_a_long_list_of_orders_has_leaves(at: Market, staff: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.web.paging.PER_PAGE", 2)
    sold = variant_id(at, listing(at))
    codes = [paid_order(at, {sold: 1}).code for _ in range(3)]
    page = staff.get("/staff/orders")
    assert [code in page.main for code in codes] == [False, True, True]
    assert "第 1 页，共 2 页" in page.main
    page = staff.click("下一页")
    assert [code in page.main for code in codes] == [True, False, False]


def test_the_books_are_in_words_and_balance(at: Market, staff: Pages) -> None:
    assert "还没有进出" in staff.get("/staff/books").main
    made = delivered_order(at, {variant_id(at, listing(at)): 2})
    page = staff.get("/staff/books")
    for words in ("账是平的", "周素珍家", "¥86.40", "中心的服务费", "¥9.60", "运费收入"):
        assert words in page.main
    page = staff.click("周素珍家")
    assert page.url == f"/staff/books/{seller(at.vendor.code)}"
    assert "送到后分钱" in page.main
    assert made.code in page.main
    for path in ("nothing", "seller:nobody", "held:NOPE"):
        staff.get(f"/staff/books/{path}", status=404)


def test_a_manager_changes_what_freight_costs(at: Market, visitor: Callable[[], Pages], staff: Pages) -> None:
    staff.get("/staff/freight", status=403)
    manager = visitor()
    manager.sign_in(someone(at.world, Role.MANAGER).phone, PASSWORD)
    page = manager.get("/staff/freight")
    assert page.form("存下").values["zone0-first"] == ["6"]
    wrong: dict[str, Any] = {"zone0-first": "六块", "zone0-step": "1001", "zone0-days": 0}
    page = manager.submit_form("存下", status=422, **wrong)
    for words in ("价钱写成 12 或 12.5 这样", "最多 1000 元", "请填 1 到 30 天"):
        assert words in page.main
    assert page.form("存下").values["zone0-first"] == ["六块"]
    manager.get("/staff/freight")
    right: dict[str, Any] = {
        "zone0-first": "7.5",
        "zone0-step": "2",
        "zone0-days": 3,
        "zone0-cold": "4",
        "zone0-door": "cash",
    }
    page = manager.submit_form("存下", **right)
    assert "四川省内改好了" in page.main
    zone = at.world.read(zones)[0]
    assert (zone.first_fen, zone.step_fen, zone.days, zone.cold_fen, zone.takes_cash) == (750, 200, 3, 400, True)
    assert "上次是" in manager.get("/staff/freight").main
    stale = {**right, "zone0-first": "9", "zone0-version": "1"}
    page = manager.post(f"/staff/freight/{zone.name}", stale, status=409)
    assert "您填的是：首重 9" in page.main
    assert page.form("存下").values["zone0-first"] == ["7.50"]
    manager.post(f"/staff/freight/{zone.name}", {**right, "zone0-first": "9"}, status=409)
    assert at.world.read(zones)[0] == zone
    kept = at.world.read(lambda session: session.execute(select(FreightChange.version, FreightChange.first_fen)).all())
    assert [tuple(row) for row in kept] == [(2, 750)]
    manager.post("/staff/freight/nowhere", status=404)


PATHS = (
    "/staff", "/staff/reviews", "/staff/intake", "/staff/packing", "/staff/handover", "/staff/collection",
    "/staff/orders", "/staff/books",
)  # fmt: skip


def test_only_the_centre_gets_in(at: Market, visitor: Callable[[], Pages]) -> None:
    villager, driver = visitor(), visitor()
    villager.sign_in(at.vendor_person().phone, PASSWORD)
    driver.sign_in(someone(at.world, Role.DRIVER).phone, PASSWORD)
    for path in PATHS:
        villager.get(path, status=403)
        driver.get(path, status=403)
        assert visitor().get(path, status=303).headers["Location"].startswith("/sign-in")


def test_pages_need_as_many_statements_for_many_rows_as_for_few(at: Market, staff: Pages) -> None:
    sold = variant_id(at, listing(at, stock=40))
    other = variant_id(at, listing(at, vendor=another_vendor(at.world), stock=40))

    def needed() -> list[int]:
        return [len(staff.get(path).statements) for path in PATHS]

    def more() -> None:
        listing(at, state=ListingState.IN_REVIEW)
        paid_order(at, {sold: 1, other: 1})
        receive_all(at, paid_order(at, {sold: 1}).code)
        boxed_order(at, {sold: 1, other: 1})

    more()
    few = needed()
    for _ in range(3):
        more()
    assert needed() == few


def test_a_page_of_a_room_with_several_ways_says_behind_which_of_them_it_is(at: Market, staff: Pages) -> None:
    order_code = paid_order(at, {variant_id(at, listing(at)): 1}).code
    goods = listing(at).code
    receive_all(at, order_code)
    for address, way in (
        ("/staff/lots", "/staff/intake"),
        (f"/staff/packing/{order_code}/ambient", "/staff/packing"),
        (f"/staff/goods/{goods}", "/staff/goods"),
    ):
        marked = [link for link in staff.get(address).all("a") if link.get("aria-current")]
        assert [(link.get("href"), link.get("aria-current")) for link in marked] == [(way, "true")]
