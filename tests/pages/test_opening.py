"""The page on which a closed box is taken apart."""

from tests.support.pages import Pages
from tests.world.books import footprint
from tests.world.market import Market, listing, order, pack, paid_order, receive_all, send, variant_id


def packed(at: Market) -> tuple[str, str]:
    """Return an order with a closed box, and the parcel's code."""
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    receive_all(at, made.code)
    return made.code, pack(at, made.code)


def test_a_box_is_taken_apart_with_a_reason_and_packed_again(at: Market, staff: Pages) -> None:
    made, parcel = packed(at)
    here = f"/staff/parcels/{parcel}/open"
    staff.get(here)
    assert "过几秒再拆" in staff.submit_form("拆开，重新打包", why="short", status=409).main
    at.world.deliver()
    staff.get("/staff/handover")
    page = staff.click("拆开")
    assert page.url == here
    assert "XYD26112200001" in page.main
    assert "请选为什么拆" in staff.submit_form("拆开，重新打包", status=422).main
    page = staff.submit_form("拆开，重新打包", why="short", note="差一盒")
    assert "旧面单撕下来作废" in page.main
    assert page.url == f"/staff/packing/{made}/ambient"
    after = footprint(at.world)
    staff.post(here, {"why": "short"})
    assert footprint(at.world) == after
    for path in (here, f"/staff/parcels/{parcel}/label"):
        assert staff.get(path, follow=True).url == f"/staff/packing/{made}/ambient"
    assert "少装了：差一盒" in staff.get(f"/staff/orders/{made}").main
    staff.get("/staff/parcels/NOPE/open", status=404)


def test_what_left_is_not_opened(at: Market, staff: Pages) -> None:
    made, parcel = packed(at)
    at.world.deliver()
    assert "拆开重打" in staff.get(f"/staff/parcels/{parcel}/label").text
    here = f"/staff/parcels/{parcel}/open"
    token = staff.get(here).form("拆开，重新打包").values
    send(at, parcel)
    after = footprint(at.world)
    assert "已经走了" in staff.post(here, {**token, "why": "wrong"}).main
    assert footprint(at.world) == after
    assert "拆开重打" not in staff.get(f"/staff/parcels/{parcel}/label").text
    assert order(at, made).states[0].value == "shipped"
