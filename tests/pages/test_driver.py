"""The driver's run: doors in order, handed over or brought back, each once."""

from collections.abc import Callable
from typing import Any

from shop.accounts.models import Role
from shop.orders.models import OrderState, VendorOrderState
from tests.support.pages import Pages
from tests.world.books import assert_sound, footprint
from tests.world.market import (
    PASSWORD,
    TO,
    Market,
    captured,
    listing,
    order,
    paid_order,
    sent_order,
    someone,
    variant_id,
)


def test_the_run_shows_doors_and_telephones_of_what_is_on_the_way(at: Market, driver: Pages) -> None:
    assert "都送完了" in driver.get("/driver").main
    sold = variant_id(at, listing(at))
    paid_order(at, {sold: 1})
    assert "都送完了" in driver.get("/driver").main
    _made, waybill = sent_order(at, {sold: 1})
    page = driver.get("/driver")
    for words in (TO.name, TO.street, "四川成都市武侯区", waybill, "2.5 kg"):
        assert words in page.main
    assert f"tel:{TO.phone}" in page.links().values()


def test_handed_over_is_noted_once(at: Market, driver: Pages) -> None:
    made, waybill = sent_order(at, {variant_id(at, listing(at)): 2})
    driver.get("/driver")
    assert "送到了" in driver.submit_form("送到了").main
    after = footprint(at.world)
    driver.post(f"/driver/parcels/{waybill}/delivered")
    assert footprint(at.world) == after
    assert order(at, made.code).state is OrderState.DONE
    page = driver.post(f"/driver/parcels/{waybill}/returned", {f"{waybill}-reason": "nobody"})
    assert "已经记成送到" in page.main
    assert footprint(at.world) == after
    assert_sound(at.world)


def test_coming_back_needs_a_reason_and_pays_the_goods_back_once(at: Market, driver: Pages) -> None:
    made, waybill = sent_order(at, {variant_id(at, listing(at)): 2})
    driver.get("/driver")
    page = driver.submit_form("带回中心", status=422)
    assert "请选为什么没送成" in page.main
    wordless: dict[str, Any] = {f"{waybill}-reason": "other"}
    page = driver.submit_form("带回中心", status=422, **wordless)
    assert "请写一句" in page.main
    assert order(at, made.code).states == (VendorOrderState.SHIPPED,)
    sent = {f"{waybill}-reason": "nobody", f"{waybill}-note": "去了两次"}
    assert "货款退给买家" in driver.post(f"/driver/parcels/{waybill}/returned", sent).main
    after = footprint(at.world)
    driver.post(f"/driver/parcels/{waybill}/returned", sent)
    assert footprint(at.world) == after
    assert order(at, made.code).states == (VendorOrderState.RETURNED,)
    assert [refund.amount_fen for refund in captured(at, made.code).refunds] == [made.goods_fen]
    assert "已经记成退回" in driver.post(f"/driver/parcels/{waybill}/delivered").main
    assert_sound(at.world)


def test_a_reason_that_was_not_offered_and_an_unknown_parcel_are_refused(at: Market, driver: Pages) -> None:
    _made, waybill = sent_order(at, {variant_id(at, listing(at)): 1})
    before = footprint(at.world)
    driver.get("/driver")
    driver.post(f"/driver/parcels/{waybill}/returned", {f"{waybill}-reason": "bored"}, status=422)
    driver.post("/driver/parcels/XYD0/delivered", status=404)
    driver.post("/driver/parcels/XYD0/returned", {"XYD0-reason": "nobody"}, status=404)
    assert footprint(at.world) == before


def test_only_drivers_and_managers_get_in(at: Market, visitor: Callable[[], Pages]) -> None:
    assert visitor().get("/driver", status=303).headers["Location"].startswith("/sign-in")
    staff, manager = visitor(), visitor()
    staff.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    staff.get("/driver", status=403)
    manager.sign_in(someone(at.world, Role.MANAGER).phone, PASSWORD)
    assert manager.get("/driver").heading == "送货"
