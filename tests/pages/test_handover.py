"""Handing over: a list for each courier, scanned or ticked, with what stays behind."""

from sqlalchemy import select, update

from shop.courier.models import Shipment
from shop.fulfilment.models import ParcelHistory, ParcelState
from shop.fulfilment.queries import parcel_by_code
from tests.support.pages import Pages
from tests.world.books import footprint
from tests.world.market import TO, Market, listing, pack, paid_order, receive_all, variant_id


def packed(at: Market, count: int) -> list[str]:
    """Return so many parcels with their numbers."""
    sold = variant_id(at, listing(at, stock=count))
    codes = []
    for _ in range(count):
        made = paid_order(at, {sold: 1})
        receive_all(at, made.code)
        codes.append(pack(at, made.code))
    at.world.deliver()
    return codes


def give_to(at: Market, parcel: str, company: str, waybill: str) -> None:
    """Let another company carry a parcel."""
    change = update(Shipment).where(Shipment.key == parcel).values(company=company, waybill=waybill, carrier="manual")
    at.world.run(lambda session: session.execute(change))


def state_of(at: Market, parcel: str) -> ParcelState:
    return at.world.read(lambda session: parcel_by_code(session, parcel)).state


def waybill_of(at: Market, parcel: str) -> str:
    found = at.world.read(lambda session: session.scalars(select(Shipment.waybill).where(Shipment.key == parcel)).one())
    assert found is not None
    return found


def test_what_is_scanned_goes_and_the_rest_stays_in_sight(at: Market, staff: Pages) -> None:
    first, second, other = packed(at, 3)
    give_to(at, other, "shunfeng", "SF1234567890123")
    page = staff.get("/staff/handover")
    assert "镇上送货" in page.main
    assert "顺丰速运" in page.main
    before = footprint(at.world)
    assert "扫到 1 / 2 包" in staff.submit_form("handover-town", scan=waybill_of(at, second)).main
    page = staff.submit_form("handover-town", scan="SF1234567890123", status=422)
    assert "拿错了，这一包是顺丰速运的" in page.main
    assert "不在交运单上" in staff.submit_form("handover-town", scan="XYD99", status=422).main
    assert footprint(at.world) == before
    page = staff.submit_form("handover-town", taken_by="马师傅")
    assert "交出去 1 包" in page.main
    assert "门口还留着 2 包" in page.main
    assert first in page.text
    assert [state_of(at, code) for code in (first, second, other)] == [
        ParcelState.PACKED,
        ParcelState.HANDED_OVER,
        ParcelState.PACKED,
    ]
    reasons = at.world.read(
        lambda session: session.scalars(select(ParcelHistory.reason).where(ParcelHistory.to_state == "handed_over"))
    )
    assert list(reasons) == ["马师傅"]


def test_a_list_is_printed_to_be_signed_without_a_word_of_buyers(at: Market, staff: Pages) -> None:
    first, second = packed(at, 2)
    staff.get("/staff/handover")
    page = staff.click("印交接单")
    for words in (waybill_of(at, first), waybill_of(at, second), "2 包", "来拿的人", "中心交货"):
        assert words in page.text
    for hidden in (TO.name, TO.phone, "何**"):
        assert hidden not in page.text
    staff.get("/staff/handover/shunfeng/sheet", status=404)


def test_what_has_no_number_waits_apart(at: Market, staff: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    receive_all(at, made.code)
    parcel = pack(at, made.code)
    page = staff.get("/staff/handover")
    assert "还不能走的" in page.main
    assert parcel in page.main


def test_the_lists_need_as_many_statements_for_many_as_for_few(at: Market, staff: Pages) -> None:
    packed(at, 1)
    few = len(staff.get("/staff/handover").statements)
    packed(at, 5)
    assert len(staff.get("/staff/handover").statements) == few <= 15
