"""The packing table: every piece is checked by its code, and the scale types its weight."""

from collections.abc import Callable
from io import BytesIO

from sqlalchemy import select

from shop.accounts.models import Role
from shop.catalog.lots.models import Lot
from shop.catalog.models import Climate
from shop.flows import giving
from shop.flows.giving import Pieces
from shop.fulfilment.models import Carton, ParcelHistory
from shop.fulfilment.queries import parcel_by_code
from tests.pages.selling import jpeg
from tests.support.pages import Pages
from tests.world.books import footprint
from tests.world.market import (
    PASSWORD,
    STAFF,
    Market,
    another_vendor,
    listing,
    on_shelf,
    paid_order,
    parcel_code,
    receive_all,
    someone,
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


def test_what_does_not_fit_goes_into_a_second_parcel(at: Market, staff: Pages) -> None:
    eggs, ham = listing(at), listing(at, title="老腊肉", vendor=another_vendor(at.world))
    made = paid_order(at, {variant_id(at, eggs): 2, variant_id(at, ham): 1})
    receive_all(at, made.code)
    here = f"/staff/packing/{made.code}/ambient"
    staff.get(here)
    before = footprint(at.world)
    assert "先扫到这一包里的几件" in staff.submit_form("装不下", status=422, weight_g="1000").main
    staff.submit_form("记一件", scan=eggs.code)
    assert "请填秤上的克数" in staff.submit_form("装不下", status=422, weight_g="重").main
    page = staff.submit_form("装不下", weight_g="1.2kg", carton="small")
    assert "第 1 包封好了" in page.main
    assert "第 1 包：林下土鸡蛋 1盒 · 1.2 公斤 · 小箱" in page.main
    (load,) = page.form("pack").values["load"]
    for hostile in ("", "1|2", load.replace("1200", "0"), load.replace(":1", ":9"), "1200|small|0|999:1", "9" * 5000):
        sent = {**page.form("pack").values, "load": [hostile], "by_eye": "y", "weight_g": "900"}
        staff.post(here, sent, status=404)
    assert footprint(at.world) == before
    staff.get(here)
    sent = {**page.form("pack").values, "by_eye": "y", "weight_g": "2.0kg"}
    page = staff.post(here, sent)
    assert "分 2 包打好了" in page.main
    at.world.deliver()
    page = staff.get(page.url)
    assert "分包1/2" in page.text
    assert "分包2/2" in staff.click("第 2 包的面单").text
    assert "老腊肉" in staff.click("随箱单").text
    assert "分包1/2" in staff.get("/staff/handover").main


def test_ambient_goods_go_into_the_chilled_box(at: Market, staff: Pages) -> None:
    cold = on_shelf(at, "meat", climate=Climate.CHILLED)
    ribs = variant_id(at, listing(cold, title="鲜排骨"))
    made = paid_order(at, {variant_id(at, listing(at)): 1, ribs: 1})
    receive_all(at, made.code)
    assert "装进这一箱" not in staff.get(f"/staff/packing/{made.code}/ambient").main
    staff.get(f"/staff/packing/{made.code}/chilled")
    page = staff.click("常温的也装进这一箱")
    assert "林下土鸡蛋" in page.main
    assert "运费不变" in page.main
    staff.submit_form("打好了", weight_g="2500", by_eye="y")
    at.world.deliver()
    page = staff.get(f"/staff/packing/{made.code}/ambient", follow=True)
    assert "冷藏（含常温）" in page.text
    assert "没有要打的包" in staff.get("/staff/packing").main


def test_a_box_that_changed_while_it_was_packed_is_told_and_stays_open(at: Market, staff: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    receive_all(at, made.code)
    staff.get(f"/staff/packing/{made.code}/ambient")
    line = made.parts[0].lines[0].id
    house, clock = at.world.house, at.world.clock
    what = Pieces(line, 1)
    giving.give(house.edge, house.gateways, made.code, what, key="k", note="碎了", actor=STAFF, clock=clock)
    before = footprint(at.world)
    page = staff.submit_form("打好了", status=409, weight_g="2500", by_eye="y")
    assert "这一单变了" in page.main
    assert "2 盒" in page.main
    assert footprint(at.world) == before
    assert staff.submit_form("打好了", weight_g="2500", by_eye="y").heading == "等运单号"


def test_the_open_box_is_photographed_and_who_looks_is_written_down(
    at: Market, staff: Pages, visitor: Callable[[], Pages]
) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    receive_all(at, made.code)
    staff.get(f"/staff/packing/{made.code}/ambient")
    assert "照片" in staff.submit_form("打好了", status=422, photo=(BytesIO(b"%PDF-1.7 "), "a.jpg")).main
    page = staff.submit_form("打好了", status=422, weight_g="", by_eye="y", photo=(jpeg(), "a.jpg"))
    assert "拍好了 1 张" in page.main
    staff.submit_form("打好了", weight_g="2500", by_eye="y")
    code = parcel_code(at, made.code)
    here = f"/staff/parcels/{code}/photos"
    staff.get(f"/staff/orders/{made.code}")
    page = staff.click(f"箱里的照片：{code}")
    assert page.url == here
    staff.get(f"{here}/0", status=404)
    staff.get(here)
    page = staff.submit_form("看 1 张照片")
    assert "谁看过照片" in page.main
    assert staff.get(f"{here}/0").headers["Cache-Control"] == "private, no-store"
    staff.get(f"{here}/1", status=404)
    other = visitor()
    other.sign_in(someone(at.world, Role.COUNTER).phone, PASSWORD)
    other.get(f"{here}/0", status=404)
    boss = visitor()
    boss.sign_in(someone(at.world, Role.MANAGER).phone, PASSWORD)
    trail = boss.get(f"/staff/orders/{made.code}/audit").main
    assert "封箱前拍了照片" in trail
    assert f"看了 {code} 箱里的照片" in trail
    staff.post("/staff/parcels/NOPE/look", {}, status=404)
