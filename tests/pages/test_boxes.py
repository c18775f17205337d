"""The bench with more than one box, and with orders that are collected."""

from shop.catalog.models import Climate
from shop.flows import bench
from shop.fulfilment.queries import parcels_of_order
from shop.orders.models import Box, OrderState, VendorOrderState
from tests.support.pages import Pages
from tests.world.books import assert_sound, footprint
from tests.world.cash import at_the_counter, due, take
from tests.world.market import (
    STAFF,
    TO,
    Market,
    listing,
    on_shelf,
    order,
    pack,
    paid_order,
    receive_all,
    send,
    variant_id,
)

PACKED = {"weight_g": "900", "by_eye": "y", "carton": "small", "ice_packs": "1"}


def two_boxes(at: Market) -> dict[int, int]:
    """Return a basket of eggs and of meat, which travels cold."""
    eggs = variant_id(at, listing(at))
    return {
        eggs: 1,
        variant_id(at, listing(on_shelf(at, "meat", climate=Climate.CHILLED), title="鲜排骨", gross_g=600)): 2,
    }


def parcels(at: Market, code: str) -> dict[Box, str]:
    """Return the codes of an order's parcels."""
    found = at.world.read(lambda session: parcels_of_order(session, order(at, code).id))
    return {parcel.box: parcel.code for parcel in found}


def test_each_box_is_named_and_weighed(at: Market, staff: Pages) -> None:
    made = paid_order(at, two_boxes(at))
    receive_all(at, made.code)
    page = staff.get("/staff/packing")
    assert f"{made.code} · 常温 1/2 箱" in page.main
    assert f"{made.code} · 冷藏 2/2 箱" in page.main
    page = staff.get(f"/staff/packing/{made.code}/chilled")
    assert "冷藏 2/2 箱" in page.main
    assert "鲜排骨" in page.main
    assert "林下土鸡蛋" not in page.main
    assert "1.2 公斤" in page.main
    staff.submit_form("打好了，出面单", weight_g=1300, by_eye="y")
    assert order(at, made.code).states == (VendorOrderState.RECEIVED, VendorOrderState.PACKED)
    page = staff.get("/staff/packing")
    assert "冷藏" not in page.main
    staff.click("打第一箱")
    page = staff.submit_form("打好了，出面单", weight_g=1400, by_eye="y")
    assert "常温 1/2 箱" in page.main
    at.world.deliver()
    page = staff.get("/staff/handover")
    assert "冷藏 2/2 箱" in page.main
    assert "常温 1/2 箱" in page.main
    cold = parcels(at, made.code)[Box.CHILLED]
    for paper in ("label", "slip"):
        page = staff.get(f"/staff/parcels/{cold}/{paper}")
        assert "冷藏 2/2 箱" in page.main
        assert "鲜排骨" in page.main
        assert "林下土鸡蛋" not in page.main
    for wrong in ("frozen", "warm"):
        after = footprint(at.world)
        staff.post(f"/staff/packing/{made.code}/{wrong}", PACKED, status=404 if wrong == "warm" else 200)
        assert footprint(at.world) == after


def test_a_slip_counts_what_did_not_come_of_its_own_box(at: Market, staff: Pages) -> None:
    made = paid_order(at, two_boxes(at))
    eggs, ribs = made.parts
    for part, down in ((eggs, {}), (ribs, {ribs.lines[0].id: 1})):
        code, rejected = part.code, dict(down)
        at.world.run(
            lambda session, code=code, rejected=rejected: bench.receive(  # type: ignore[misc]
                session, code, rejected, weighed={}, reason="破了", actor=STAFF, clock=at.world.clock
            )
        )
    for box in (Box.AMBIENT, Box.CHILLED):
        pack(at, made.code, box)
    found = parcels(at, made.code)
    assert "有 1 份没来" in staff.get(f"/staff/parcels/{found[Box.CHILLED]}/slip").main
    assert "份没来" not in staff.get(f"/staff/parcels/{found[Box.AMBIENT]}/slip").main


def test_an_order_that_is_collected_lies_in_its_own_list(at: Market, staff: Pages) -> None:
    assert "没有等人来取的" in staff.get("/staff/collection").main
    made = at_the_counter(at, {variant_id(at, listing(at)): 2})
    page = staff.get("/staff")
    assert "等人来取" in page.main
    assert "先做" not in page.main, "nobody here can begin with what waits for its buyer"
    assert made.code not in staff.get("/staff/handover").main
    page = staff.get("/staff/collection")
    assert f"{made.code} · 何**" in page.main
    assert "来取时付现金" in page.main
    page = staff.get(f"/staff/collection/{made.code}")
    for words in (TO.name, "138****5678", "林下土鸡蛋", "2.5 公斤", "先收钱，再交货"):
        assert words in page.main
    assert staff.click("到柜台收钱交货").url.startswith("/staff/counter")
    take(at, due(at, made.code))
    assert "已付款" in staff.get("/staff/collection").main
    page = staff.get(f"/staff/collection/{made.code}")
    assert "先收钱" not in page.main
    assert staff.click("到柜台交货").url.startswith("/staff/counter")


def test_a_collected_box_has_a_slip_with_a_name_and_no_label(at: Market, staff: Pages) -> None:
    made = at_the_counter(at, {variant_id(at, listing(at)): 2})
    parcel = parcels(at, made.code)[Box.AMBIENT]
    page = staff.get(f"/staff/parcels/{parcel}/label", follow=True)
    assert page.url == f"/staff/parcels/{parcel}/slip"
    assert "何** 来取" in page.main
    assert made.code in page.main
    assert TO.phone not in page.text
    assert staff.get(f"/staff/packing/{made.code}/ambient", follow=True).url == page.url


def test_packing_what_is_collected_leads_to_its_slip(at: Market, staff: Pages) -> None:
    made = at_the_counter(at, {variant_id(at, listing(at)): 2})
    other = at_the_counter(at, {variant_id(at, listing(at)): 1})
    assert made.code != other.code
    assert staff.post(f"/staff/packing/{made.code}/ambient", PACKED).url.endswith("/slip")


def test_nobody_came_is_noted_once_and_needs_its_reason(at: Market, staff: Pages) -> None:
    made = at_the_counter(at, {variant_id(at, listing(at)): 2})
    staff.get(f"/staff/collection/{made.code}")
    before = footprint(at.world)
    for reason in ("", "长" * 61):
        staff.submit_form("记下，不等了", status=422, reason=reason)
    assert footprint(at.world) == before
    assert "没人来取" in staff.submit_form("记下，不等了", reason="打了三次电话").main
    at.world.deliver()
    assert order(at, made.code).state is OrderState.CANCELLED
    after = footprint(at.world)
    staff.post(f"/staff/collection/{made.code}/uncollected", {"reason": "又点了一次"})
    assert footprint(at.world) == after
    page = staff.get(f"/staff/collection/{made.code}", follow=True)
    assert page.url == f"/staff/orders/{made.code}"
    assert "已经取走" in page.main
    staff.post("/staff/collection/NOPE/uncollected", {"reason": "没来"}, status=404)
    staff.get("/staff/collection/NOPE", status=404)
    assert_sound(at.world)


def test_what_travels_is_not_collected(at: Market, staff: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    receive_all(at, made.code)
    send(at, pack(at, made.code))
    after = footprint(at.world)
    page = staff.post(f"/staff/collection/{made.code}/uncollected", {"reason": "没来"})
    assert page.url == f"/staff/orders/{made.code}"
    assert footprint(at.world) == after
