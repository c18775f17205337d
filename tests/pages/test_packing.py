"""The packing table: every piece is checked by its code, and the scale types its weight."""

from sqlalchemy import select

from shop.catalog.lots.models import Lot
from shop.fulfilment.models import Carton, ParcelHistory
from shop.fulfilment.queries import parcel_by_code
from tests.support.pages import Pages
from tests.world.books import footprint
from tests.world.market import (
    Market,
    another_vendor,
    listing,
    paid_order,
    parcel_code,
    receive_all,
    variant_id,
)


def test_pieces_are_scanned_one_by_one_and_a_wrong_one_is_told(at: Market, staff: Pages) -> None:
    eggs, ham = listing(at), listing(at, title="老腊肉", vendor=another_vendor(at.world))
    other = listing(at, title="竹荪")
    made = paid_order(at, {variant_id(at, eggs): 2, variant_id(at, ham): 1})
    receive_all(at, made.code)
    lot = at.world.read(lambda session: session.scalars(select(Lot.code).where(Lot.title == "林下土鸡蛋")).one())
    staff.get(f"/staff/packing/{made.code}/ambient")
    before = footprint(at.world)
    assert "林下土鸡蛋 1 / 2" in staff.submit_form("记一件", scan=eggs.code).main
    assert "拿错了" in staff.submit_form("记一件", scan=other.code, status=422).main
    assert "林下土鸡蛋 2 / 2" in staff.submit_form("记一件", scan=f"http://localhost/trace/{lot}").main
    assert "多了，林下土鸡蛋 只要 2 盒" in staff.submit_form("记一件", scan=lot.lower(), status=422).main
    page = staff.submit_form("打好了", weight_g="1.250kg", status=422)
    assert "还没扫到：老腊肉 1盒" in page.main
    assert "老腊肉 1 / 1" in staff.submit_form("记一件", scan=ham.code).main
    assert footprint(at.world) == before
    page = staff.submit_form("打好了", weight_g="1.250kg", carton="foam", ice_packs=2)
    assert page.heading == "等运单号"
    code = parcel_code(at, made.code)
    parcel = at.world.read(lambda session: parcel_by_code(session, code))
    assert (parcel.weight_g, parcel.carton, parcel.ice_packs) == (1250, Carton.FOAM, 2)
    assert at.world.read(lambda session: session.scalars(select(ParcelHistory.reason)).all()) == [""]
    at.world.deliver()
    page = staff.get(f"/staff/parcels/{code}/open")
    assert "泡沫箱" in page.main


def test_what_cannot_be_scanned_is_looked_at_and_that_is_written_down(at: Market, staff: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    receive_all(at, made.code)
    staff.get(f"/staff/packing/{made.code}/ambient")
    for weight, ice_packs in (("2.5斤", 21), ("1.25", 0), ("US,GS,+ 1.250kg", 0)):
        staff.submit_form("打好了", status=422, weight_g=weight, ice_packs=ice_packs, by_eye="y")
        staff.get(f"/staff/packing/{made.code}/ambient")
    token = staff.get(f"/staff/packing/{made.code}/ambient").form("打好了").values
    crate = {**token, "weight_g": "1250", "by_eye": "y", "carton": "crate"}
    page = staff.post(f"/staff/packing/{made.code}/ambient", crate, status=422)
    assert "请选什么箱" in page.main
    staff.submit_form("打好了", weight_g="2.5斤", by_eye="y")
    code = parcel_code(at, made.code)
    assert at.world.read(lambda session: parcel_by_code(session, code)).weight_g == 1250
    assert at.world.read(lambda session: session.scalars(select(ParcelHistory.reason)).all()) == ["by_eye"]


def test_goods_are_fetched_shelf_by_shelf(at: Market, staff: Pages) -> None:
    sold = variant_id(at, listing(at, stock=20))
    codes = [paid_order(at, {sold: count}).code for count in (1, 2)]
    for code in codes:
        receive_all(at, code)
    staff.get("/staff/packing")
    page = staff.click("先按货架拿齐")
    assert "大湾村 · 周素珍家" in page.main
    assert "3 盒" in page.main
    for code in codes:
        assert code in page.main
    few = len(page.statements)
    for _ in range(4):
        receive_all(at, paid_order(at, {sold: 1}).code)
    assert len(staff.get("/staff/packing?by=shelf").statements) == few <= 15
