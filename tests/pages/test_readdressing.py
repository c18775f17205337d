"""The pages on which it is put right to whom an order goes: its buyer's, and the centre's."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from shop.accounts.models import Role
from shop.catalog.models import Listing
from shop.courier.freight import add_zone
from shop.courier.models import ShipmentState
from shop.courier.queries import shipment_by_key
from shop.orders.models import Handing
from shop.orders.services import Recipient
from tests.pages.buying import at_provider, placed, to_pay
from tests.support.pages import Pages
from tests.world.books import assert_sound, footprint
from tests.world.cash import agreed_order
from tests.world.market import PASSWORD, TO, Market, order, pack, paid_order, receive_all, someone, variant_id

NEW: dict[str, Any] = {"name": "何晓雪", "phone": "139 1234 5678", "district": "锦江区", "street": "东大街 9 号"}
PASTED = "何晓雪 13912345678 四川省成都市锦江区东大街 9 号"


def test_a_buyer_puts_it_right_and_reads_what_is_true_now(
    at: Market, pages: Pages, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    to_pay(pages, eggs)
    code = placed(at, at_provider(pages, "付款")).code
    address = f"/orders/{code}/recipient"
    pages.get(f"/orders/{code}")
    page = pages.click("改收货人")
    assert page.form("/recipient").values["street"] == ["科华路 12 号"]
    old = visitor()
    old.get("/orders")
    old.submit_form("查一下", code=code, phone="13812345678")
    old.click("改收货人")
    before = footprint(at.world)
    assert "请填 11 位手机号码" in pages.submit_form("/recipient", 422, press="照这个改", **NEW | {"phone": "139"}).main
    assert "先贴一段文字" in pages.submit_form("/recipient", 422, press="拆开").main
    page = pages.submit_form("/recipient", press="拆开", paste=PASTED)
    assert "拆好了" in page.main
    assert page.form("/recipient").values["district"] == ["锦江区"]
    assert footprint(at.world) == before
    pages.get(address)
    page = pages.submit_form("/recipient", press="照这个改", paste=PASTED)
    assert "拆好了" in page.main, "nobody saves the old address for having missed a button"
    assert footprint(at.world) == before
    page = pages.submit_form("/recipient", press="照这个改")
    assert page.url == f"/orders/{code}"
    assert "锦江区 东大街9号" in page.main
    assert "改了收货人" in page.main
    # Another window with the older page is told, keeps what was typed, and may press once more.
    page = old.submit_form("/recipient", 409, press="照这个改", street="科华路 13 号")
    assert "您这一下没有算" in page.main
    assert "东大街9号" in page.main
    assert order(at, code).street == "东大街9号"
    old.submit_form("/recipient", press="照这个改")
    assert order(at, code).street == "科华路 13 号"
    stranger = visitor()
    stranger.get(address, status=404)
    stranger.post(address, NEW, status=404)
    stranger.sign_in(someone(at.world, Role.BUYER).phone, PASSWORD)
    stranger.get(address, status=404)
    pages.get(address)
    receive_all(at, code)
    pack(at, code)
    before = footprint(at.world)
    assert "自己改不了收货人了" in pages.submit_form("/recipient", press="照这个改", street="科华路 14 号").main
    assert "改收货人" not in pages.get(f"/orders/{code}").links()
    pages.get(address, status=303)
    assert footprint(at.world) == before
    assert_sound(at.world)


def test_another_province_says_what_it_would_cost(at: Market, pages: Pages, eggs: Listing) -> None:
    far: dict[str, Any] = {"first_g": 1000, "first_fen": 1200, "step_g": 1000, "step_fen": 300, "days": 4}
    at.world.run(lambda session: add_zone(session, name="远处", provinces=["云南"], **far))
    to_pay(pages, eggs)
    code = placed(at, at_provider(pages, "付款")).code
    before = footprint(at.world)
    pages.get(f"/orders/{code}/recipient")
    page = pages.submit_form("/recipient", 422, press="照这个改", province="云南", city="昆明市", district="五华区")
    assert "寄到云南：运费 ¥18，这一单收的是 ¥9；路上要走 4 天，和说好的日子对不上" in page.main
    page = pages.submit_form("/recipient", 422, press="照这个改", province="广东")
    assert "广东现在还寄不到" in page.main
    assert footprint(at.world) == before


def test_of_what_is_collected_no_address_is_asked(at: Market, staff: Pages, eggs: Listing) -> None:
    to = Recipient(name=TO.name, phone=TO.phone, handing=Handing.COLLECTION)
    code = agreed_order(at, {variant_id(at, eggs): 1}, to=to).code
    staff.post(f"/staff/orders/{code}/show", {"why": "correction"})
    page = staff.get(f"/staff/orders/{code}/recipient")
    assert not {"street", "province", "paste"} & page.form("/recipient").values.keys()
    staff.submit_form("/recipient", press="照这个改", name="罗成富", phone="13700000001", why="readdressed_asked")
    assert (order(at, code).name, order(at, code).street) == ("罗成富", "")


def test_the_centre_says_why_it_looks_and_why_it_changes(
    at: Market, staff: Pages, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    code = paid_order(at, {variant_id(at, eggs): 1}).code
    address = f"/staff/orders/{code}/recipient"
    staff.get(address, status=303)
    staff.post(f"/staff/orders/{code}/show", {"why": "correction"})
    staff.click("改收货人")
    assert "请选一样" in staff.submit_form("/recipient", 422, press="照这个改", **NEW).main
    staff.get(address)
    page = staff.submit_form("/recipient", press="照这个改", why="readdressed_asked", paste=PASTED)
    assert "拆好了" in page.main
    assert order(at, code).phone == TO.phone
    page = staff.submit_form("/recipient", press="照这个改", why="readdressed_asked")
    assert "撕掉重印" in page.main
    assert "买家打电话来，要我们改" in page.main
    assert order(at, code).phone == "13912345678"
    at.world.deliver()
    assert "中心帮您改的" in buyers_page(visitor(), code)
    manager = visitor()
    manager.sign_in(someone(at.world, Role.MANAGER).phone, PASSWORD)
    page = manager.get(f"/staff/orders/{code}/audit")
    assert "改了收货人" in page.main
    assert TO.street not in page.main
    packer = visitor()
    packer.sign_in(someone(at.world, Role.PACKER).phone, PASSWORD)
    packer.get(address, status=403)
    packer.post(address, NEW, status=403)
    staff.get(address)
    receive_all(at, code)
    pack(at, code)
    at.world.deliver()
    before = footprint(at.world)
    page = staff.submit_form("/recipient", press="照这个改", street="东大街 10 号", why="readdressed_asked")
    assert "先把箱子拆开" in page.main
    assert "改收货人" not in page.links()
    assert footprint(at.world) == before


def buyers_page(pages: Pages, code: str) -> str:
    """Find an order by its number and the phone that stands there now; return what is read."""
    pages.get("/orders")
    return pages.submit_form("查一下", code=code, phone="13912345678").main


def test_from_a_parcel_that_no_courier_took_it_is_one_press(at: Market, staff: Pages, eggs: Listing) -> None:
    wired = at.world.house
    code = paid_order(at, {variant_id(at, eggs): 1}).code
    receive_all(at, code)
    parcel = pack(at, code)
    at.world.house = replace(wired, couriers={name: wired.couriers[name] for name in ("manual", "town")})
    at.world.deliver()
    at.world.house = wired
    staff.get(f"/staff/consignments/{parcel}")
    staff.click("改收货人")
    staff.post(f"/staff/orders/{code}/show", {"why": "correction"})
    staff.get(f"/staff/orders/{code}/recipient")
    staff.submit_form("/recipient", press="照这个改", why="readdressed_carrier", **NEW)
    assert "锦江区" in staff.get(f"/staff/consignments/{parcel}").main
    staff.submit_form("再试：镇上送货")
    at.world.deliver()
    sent = at.world.read(lambda session: shipment_by_key(session, parcel))
    assert sent is not None
    assert (sent.state, sent.recipient, sent.phone) == (ShipmentState.LABEL_CREATED, "何晓雪", "13912345678")
