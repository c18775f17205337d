"""The driver's run: doors in order, handed over or brought back, each once."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Role, Viewed, ViewLog, ViewReason
from shop.courier.gateways.protocol import TrackEvent, Tracking
from shop.courier.models import EventCode, Shipment, ShipmentKind, ShipmentState
from shop.flows import tracking
from shop.kernel.clock import town_day
from shop.orders.models import OrderState, VendorOrderState
from tests.pages.selling import jpeg
from tests.support.pages import Pages
from tests.world.books import assert_sound, footprint
from tests.world.market import (
    PASSWORD,
    STAFF,
    TO,
    Market,
    captured,
    listing,
    order,
    paid_order,
    parcel_code,
    sent_order,
    someone,
    tapped,
    variant_id,
)


def test_the_run_shows_doors_and_telephones_of_what_is_on_the_way(at: Market, driver: Pages) -> None:
    assert "都送完了" in driver.get("/driver").main
    sold = variant_id(at, listing(at))
    paid_order(at, {sold: 1})
    assert "都送完了" in driver.get("/driver").main
    _made, waybill = sent_order(at, {sold: 1})
    page = driver.get("/driver")
    assert "四川成都市武侯区" in page.main
    for hidden in (TO.name, TO.street, TO.phone):
        assert hidden not in page.main
    page = driver.submit_form("出车")
    for words in (TO.name, TO.street, "四川成都市武侯区", waybill, "2.5 公斤"):
        assert words in page.main
    assert f"tel:{TO.phone}" in page.links().values()
    assert page.headers["Cache-Control"] == "private, no-store"


def test_each_look_at_the_run_is_written_down_once_a_day(
    at: Market, driver: Pages, visitor: Callable[[], Pages]
) -> None:
    sold = variant_id(at, listing(at))
    first, _waybill = sent_order(at, {sold: 1})
    driver.get("/driver")
    for _ in range(2):
        driver.post("/driver/start")
    second, other = sent_order(at, {sold: 1})
    page = driver.get("/driver")
    assert "看 1 户的地址" in page.main
    page = driver.get(f"/driver?scan={other}")
    assert TO.phone not in page.main
    driver.post("/driver/start", {"scan": other})
    looks = at.world.read(lambda session: session.execute(select(ViewLog.subject, ViewLog.why)).all())
    assert [tuple(look) for look in looks] == [(first.code, ViewReason.RUN), (second.code, ViewReason.RUN)]
    manager = visitor()
    manager.sign_in(someone(at.world, Role.MANAGER).phone, PASSWORD)
    assert "看 2 户的地址" in manager.get("/driver").main  # what one has looked at, another has not
    assert "送货" in manager.get(f"/staff/views?day={town_day(at.world.clock())}").main
    at.world.clock.advance(days=1)
    assert TO.phone not in driver.get("/driver").main


def test_a_stale_tap_moves_nothing(at: Market, driver: Pages) -> None:
    made, waybill = sent_order(at, {variant_id(at, listing(at)): 1})
    driver.get("/driver")
    driver.submit_form("出车")
    seen, parcel = tapped(at, waybill), parcel_code(at, made.code)
    said = Tracking((TrackEvent(EventCode.EXCEPTION, at.world.clock(), "买家来电改地址"),))
    at.world.run(
        lambda session: tracking.take_in(session, parcel, said, source="centre", actor=STAFF, clock=at.world.clock)
    )
    before = footprint(at.world)
    for sent in (seen, {}, {"version": "x"}):
        page = driver.post(f"/driver/parcels/{waybill}/delivered", sent, status=409)
        assert "刚刚有变动" in page.main
        why = {**sent, f"{waybill}-reason": "nobody"}
        driver.post(f"/driver/parcels/{waybill}/returned", why, status=409)
    assert footprint(at.world) == before
    assert order(at, made.code).states == (VendorOrderState.SHIPPED,)
    assert "送到了" in driver.submit_form("送到了").main
    assert order(at, made.code).state is OrderState.DONE


def test_handed_over_is_noted_once(at: Market, driver: Pages) -> None:
    made, waybill = sent_order(at, {variant_id(at, listing(at)): 2})
    driver.get("/driver")
    driver.submit_form("出车")
    seen = tapped(at, waybill)
    assert "送到了" in driver.submit_form("送到了").main
    after = footprint(at.world)
    driver.post(f"/driver/parcels/{waybill}/delivered", seen)
    assert footprint(at.world) == after
    assert order(at, made.code).state is OrderState.DONE
    told = {**seen, f"{waybill}-reason": "nobody"}
    page = driver.post(f"/driver/parcels/{waybill}/returned", told, status=409)
    assert "已经记成别的" in page.main
    assert footprint(at.world) == after
    assert_sound(at.world)


def test_coming_back_needs_a_reason_and_pays_the_goods_back_once(at: Market, driver: Pages) -> None:
    made, waybill = sent_order(at, {variant_id(at, listing(at)): 2})
    driver.get("/driver")
    driver.submit_form("出车")
    page = driver.submit_form("带回中心", status=422)
    assert "请选为什么没送成" in page.main
    wordless: dict[str, Any] = {f"{waybill}-reason": "other"}
    page = driver.submit_form("带回中心", status=422, **wordless)
    assert "请写一句" in page.main
    assert order(at, made.code).states == (VendorOrderState.SHIPPED,)
    sent = {**tapped(at, waybill), f"{waybill}-reason": "nobody", f"{waybill}-note": "去了两次"}
    assert "货款退给买家" in driver.post(f"/driver/parcels/{waybill}/returned", sent).main
    after = footprint(at.world)
    driver.post(f"/driver/parcels/{waybill}/returned", sent)
    assert footprint(at.world) == after
    assert order(at, made.code).states == (VendorOrderState.RETURNED,)
    assert [refund.amount_fen for refund in captured(at, made.code).refunds] == [made.goods_fen]
    page = driver.post(f"/driver/parcels/{waybill}/delivered", tapped(at, waybill), status=409)
    assert "已经记成别的" in page.main
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


def test_a_scan_shows_its_parcel_alone(at: Market, driver: Pages) -> None:
    sold = variant_id(at, listing(at))
    _first, one = sent_order(at, {sold: 1})
    second, other = sent_order(at, {sold: 1})
    page = driver.get("/driver")
    assert one in page.main
    assert other in page.main
    page = driver.get(f"/driver?scan={other.lower()}")
    assert other in page.main
    assert one not in page.main
    assert "还有 2 包" in page.main
    assert driver.client.get("/driver?scan=XYD00000000000").location == "/driver"
    assert "手上没有这一包" in driver.get("/driver").main
    square = f"http://localhost/staff/orders/{second.code}"  # what a scanner reads from the label's square
    page = driver.get(f"/driver?scan={quote(square)}")
    assert other in page.main
    assert one not in page.main


def test_a_photo_of_the_signature_stays_with_the_centre(
    at: Market, driver: Pages, visitor: Callable[[], Pages]
) -> None:
    made, waybill = sent_order(at, {variant_id(at, listing(at)): 1})
    driver.get("/driver")
    driver.submit_form("出车")
    driver.submit_form("送到了，存下来", **_photo(waybill))
    assert order(at, made.code).state is OrderState.DONE
    staff = visitor()
    staff.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    address = f"/staff/consignments/{parcel_code(at, made.code)}"
    assert "送到时拍的照片" in staff.get(address).main
    assert staff.client.get(f"{address}/door").location == address, "shown only once the look is written down"
    staff.get(address)
    assert staff.submit_form("看照片").url == f"{address}/door"
    looks = at.world.read(
        lambda session: session.execute(select(ViewLog.subject, ViewLog.why).where(ViewLog.what == Viewed.DOOR)).all()
    )
    assert [tuple(one) for one in looks] == [(parcel_code(at, made.code), ViewReason.WORK)]
    shown = staff.client.get(f"{address}/door")
    assert (shown.status_code, shown.content_type) == (200, "image/jpeg")
    assert "no-store" in shown.headers["Cache-Control"]
    assert driver.client.get(f"{address}/door").status_code == 403
    again = {**tapped(at, waybill), **_photo(waybill)}
    assert driver.post(f"/driver/parcels/{waybill}/delivered", again).status == 200
    assert_sound(at.world)


def test_a_photo_that_cannot_be_read_keeps_nothing_from_being_noted(at: Market, driver: Pages) -> None:
    made, waybill = sent_order(at, {variant_id(at, listing(at)): 1})
    broken = {**tapped(at, waybill), f"{waybill}-photo": (BytesIO(b"%PDF-1.7 "), "p.pdf")}
    page = driver.post(f"/driver/parcels/{waybill}/delivered", broken)
    assert "照片没有存上" in page.main
    assert order(at, made.code).state is OrderState.DONE


def _photo(waybill: str) -> dict[str, Any]:
    return {f"{waybill}-photo": (jpeg(), "p.jpg")}


def test_a_long_run_is_turned_over_by_pages_in_as_many_statements(at: Market, driver: Pages) -> None:
    sent_order(at, {variant_id(at, listing(at)): 1})
    driver.get("/driver")
    driver.submit_form("出车")
    few = len(driver.get("/driver").statements)

    def fill(session: Session) -> None:
        for number in range(40):
            session.add(
                Shipment(
                    key=f"L{number}", carrier="town", waybill=f"XYD261122{number + 100:05d}", recipient="陈先生",
                    kind=ShipmentKind.DOCUMENT, state=ShipmentState.PICKED_UP, phone="13800001234", province="四川",
                    city="成都", district="武侯区", street="玉林街 2 号", cargo="发票", weight_g=50,
                    asked_at=at.world.clock(),
                )
            )  # fmt: skip

    at.world.run(fill)
    page = driver.get("/driver")
    assert "还有 41 包" in page.main
    assert "看 40 户的地址" in page.main
    assert len(page.statements) == few <= 15
    assert "XYD26112200128" in page.main
    assert "XYD26112200129" not in page.main
    page = driver.submit_form("出车")
    assert page.main.count("13800001234") == 29
    page = driver.click("下一页")
    assert "XYD26112200139" in page.main
    assert page.main.count("13800001234") == 11
