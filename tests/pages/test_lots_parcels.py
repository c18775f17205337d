"""The page of a recalled lot whose goods lie in several parcels of one order."""

from functools import partial

from shop.flows import bench
from shop.fulfilment.services import Load
from shop.orders.models import Box, VendorOrderState
from tests.flows.test_lots import lots, take_in
from tests.support.pages import Pages
from tests.world.books import assert_sound
from tests.world.market import STAFF, Market, listing, order, paid_order, variant_id


def test_goods_of_a_recalled_lot_in_two_parcels_are_taken_out_by_one_press(at: Market, staff: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    take_in(at, made)
    loads = [Load(900, pieces={made.parts[0].lines[0].id: 1})]
    act = partial(bench.pack, order_code=made.code, box=Box.AMBIENT, weight_g=2000, before=loads, actor=STAFF)
    at.world.run(partial(act, clock=at.world.clock))
    at.world.deliver()
    (lot,) = lots(at)
    path = f"/staff/lots/{lot.code}"
    staff.get(path)
    staff.submit_form("召回", reason="检出沙门氏菌")
    page = staff.get(path)
    assert page.main.count("拆箱拿出来，退钱") == 1
    assert "还有 1 单的货在中心" in page.main
    staff.submit_form("拆箱拿出来，退钱")
    assert order(at, made.code).states == (VendorOrderState.CANCELLED,)
    assert_sound(at.world)
