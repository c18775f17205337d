"""Handing over: a list for each courier, scanned or ticked, with what stays behind."""

from functools import partial

import pytest
from sqlalchemy import select, update

from shop.catalog.lots.models import Lot, LotState
from shop.courier.models import Shipment
from shop.flows import unpacking
from shop.fulfilment.models import Parcel, ParcelHistory, ParcelState
from shop.fulfilment.queries import parcel_by_code
from shop.fulfilment.views import handover
from shop.orders.models import Handing, Order
from tests.pages.selling import jpeg
from tests.support.pages import Pages
from tests.world.books import footprint
from tests.world.market import STAFF, TO, Market, listing, pack, paid_order, receive_all, send, variant_id


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


def take_apart(at: Market, parcel: str) -> None:
    act = partial(unpacking.take_apart, parcel_code=parcel, reason="装错了", actor=STAFF, clock=at.world.clock)
    at.world.run(act)


def recall(at: Market, _parcel: str) -> None:
    at.world.run(lambda session: session.execute(update(Lot).values(state=LotState.RECALLED)))


def let_collect(at: Market, parcel: str) -> None:
    mine = select(Parcel.order_id).where(Parcel.code == parcel).scalar_subquery()
    change = update(Order).where(Order.id == mine).values(handing=Handing.COLLECTION)
    at.world.run(lambda session: session.execute(change))


def lose_number(at: Market, parcel: str) -> None:
    change = update(Shipment).where(Shipment.key == parcel).values(waybill=None, state="to_book")
    at.world.run(lambda session: session.execute(change))


def call_off(at: Market, parcel: str) -> None:
    change = update(Shipment).where(Shipment.key == parcel).values(state="cancelled")
    at.world.run(lambda session: session.execute(change))
    put_into(at, parcel, "returned")


def come_back(at: Market, parcel: str) -> None:
    put_into(at, parcel, "returned")


def put_into(at: Market, parcel: str, state: str) -> None:
    at.world.run(lambda session: session.execute(update(Parcel).where(Parcel.code == parcel).values(state=state)))


def other_courier(at: Market, parcel: str) -> None:
    give_to(at, parcel, "shunfeng", "SF1234567890123")


def book_again(at: Market, parcel: str) -> None:
    change = update(Shipment).where(Shipment.key == parcel).values(waybill="XYD26112299999")
    at.world.run(lambda session: session.execute(change))


HINDRANCES = [
    (take_apart, "已经拆开了"),
    (call_off, "这一单取消了"),
    (come_back, "退回中心了"),
    (lambda at, parcel: send(at, parcel), "已经交出去过了"),
    (let_collect, "买家自己来取"),
    (recall, "里面有召回的货"),
    (lose_number, "还没有运单号"),
    (other_courier, "拿错了，SF1234567890123 是顺丰速运的"),
]


@pytest.mark.parametrize(("happens", "words"), HINDRANCES)
def test_what_may_not_go_is_told_by_its_number_when_it_is_scanned_and_when_it_is_given(
    at: Market, staff: Pages, happens: object, words: str
) -> None:
    assert callable(happens)
    first, second = packed(at, 2)
    staff.get("/staff/handover")
    form = staff.page.form("handover-town") if staff.page else None
    assert form is not None
    happens(at, first)
    before, states = footprint(at.world), [state_of(at, code) for code in (first, second)]
    page = staff.post("/staff/handover", {**form.values, "parcel": [first, second]}, status=409)
    assert words in page.main
    assert "什么也没交出去" in page.main
    page = staff.post("/staff/handover", {"list": "town", "scan": first, "scanning": "yes"}, status=422)
    assert words.partition("，SF")[0] in page.main
    assert footprint(at.world) == before
    assert [state_of(at, code) for code in (first, second)] == states


def test_a_label_that_no_longer_holds_keeps_its_parcel(at: Market, staff: Pages) -> None:
    (parcel,) = packed(at, 1)
    staff.get("/staff/handover")
    book_again(at, parcel)
    before = footprint(at.world)
    page = staff.submit_form("handover-town", status=409)
    assert "XYD26112299999 换过运单号了" in page.main
    assert footprint(at.world) == before
    assert state_of(at, parcel) is ParcelState.PACKED


def test_what_is_scanned_goes_and_the_rest_stays_in_sight(at: Market, staff: Pages) -> None:
    first, second, other = packed(at, 3)
    give_to(at, other, "shunfeng", "SF1234567890123")
    page = staff.get("/staff/handover")
    assert "镇上送货" in page.main
    assert "顺丰速运" in page.main
    before = footprint(at.world)
    assert "扫到 1 / 2 包" in staff.submit_form("handover-town", scan=waybill_of(at, second)).main
    assert "扫过了" in staff.submit_form("handover-town", scan=waybill_of(at, second)).main
    page = staff.submit_form("handover-town", scan="SF1234567890123", status=422)
    assert "拿错了，SF1234567890123 是顺丰速运的" in page.main
    assert "不是我们的包裹" in staff.submit_form("handover-town", scan="XYD99", status=422, taken_by="马师傅").main
    assert footprint(at.world) == before
    sent = staff.page.form("handover-town").values if staff.page else {}
    page = staff.submit_form("handover-town")
    assert page.heading.startswith("交给镇上送货 1 包")
    assert "还有 1 包留在门口" in page.main
    assert waybill_of(at, first) in page.main
    assert [state_of(at, code) for code in (first, second, other)] == [
        ParcelState.PACKED,
        ParcelState.HANDED_OVER,
        ParcelState.PACKED,
    ]
    reasons = at.world.read(
        lambda session: session.scalars(select(ParcelHistory.reason).where(ParcelHistory.to_state == "handed_over"))
    )
    assert list(reasons) == ["马师傅"]
    after, here = footprint(at.world), page.url
    assert staff.post("/staff/handover", dict(sent)).url == here
    assert footprint(at.world) == after


def test_a_list_is_printed_at_any_time_without_a_word_of_buyers(at: Market, staff: Pages) -> None:
    first, second = packed(at, 2)
    staff.get("/staff/handover")
    page = staff.click("先印一张")
    for words in (waybill_of(at, first), waybill_of(at, second), "2 包", "来拿的人", "中心交货"):
        assert words in page.text
    staff.get("/staff/handover/shunfeng/sheet", status=404)
    staff.get("/staff/handover")
    staff.submit_form("handover-town", parcel=[first], taken_by="马师傅")
    signed = staff.click("印交接单")
    send(at, second)
    for shown in (signed, staff.get(signed.url)):
        for words in (waybill_of(at, first), "马师傅", "1 包", "留在中心的 1 包", waybill_of(at, second)):
            assert words in shown.text
        for hidden in (TO.name, TO.phone, "何**"):
            assert hidden not in shown.text
    page = staff.get("/staff/handovers")
    assert page.main.count("镇上送货") == 2
    assert "马师傅" in page.main
    staff.get("/staff/handovers/NOPE", status=404)
    staff.get("/staff/handovers/NOPE/sheet", status=404)


def test_the_signed_list_is_photographed_and_looks_are_written_down(at: Market, staff: Pages) -> None:
    packed(at, 1)
    staff.get("/staff/handover")
    page = staff.submit_form("handover-town")
    here = page.url
    assert "请先拍一张" in staff.submit_form("存下照片", status=422).main
    assert "照片" in staff.submit_form("存下照片", status=422, photo=(b"no photo", "a.jpg")).main
    assert "照片存好了" in staff.submit_form("存下照片", photo=(jpeg(), "a.jpg")).main
    staff.get(f"{here}/photos/0", status=404)
    staff.get(here)
    page = staff.submit_form("看 1 张照片")
    assert "谁看过照片" in page.main
    assert staff.get(f"{here}/photos/0").headers["Cache-Control"] == "private, no-store"
    staff.get(f"{here}/photos/1", status=404)
    at.world.clock.advance(minutes=16)
    staff.get(f"{here}/photos/0", status=404)
    for act in ("look", "photos"):
        staff.post(f"/staff/handovers/NOPE/{act}", {}, status=404)


def test_a_hand_over_of_nothing_or_under_a_made_up_code_moves_nothing(at: Market, staff: Pages) -> None:
    (parcel,) = packed(at, 1)
    staff.get("/staff/handover")
    before = footprint(at.world)
    assert "先勾上" in staff.submit_form("handover-town", status=422, parcel=[]).main
    page = staff.post("/staff/handover", {"list": "town", "key": "../../etc", "parcel": [parcel]}, status=422)
    assert "请再按一次" in page.main
    page = staff.post("/staff/handover", {"list": "nobody", "parcel": [parcel, "<b>x"]}, status=409)
    assert "不是我们的包裹" in page.main
    assert "拿错了" in page.main
    assert footprint(at.world) == before


def test_what_has_no_number_waits_apart(at: Market, staff: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    receive_all(at, made.code)
    parcel = pack(at, made.code)
    page = staff.get("/staff/handover")
    assert "还不能走的" in page.main
    assert parcel in page.main


def test_a_long_list_comes_up_bit_by_bit_and_all_of_it_can_be_scanned(
    at: Market, staff: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "MOST_ROWS", 2)
    *_few, last = packed(at, 3)
    page = staff.get("/staff/handover")
    assert "后面还有 1 包" in page.main
    assert last not in page.text
    assert "扫到 1 / 3 包" in staff.submit_form("handover-town", scan=waybill_of(at, last)).main
    staff.submit_form("handover-town")
    assert state_of(at, last) is ParcelState.HANDED_OVER


def test_the_lists_need_as_many_statements_for_many_as_for_few(at: Market, staff: Pages) -> None:
    (parcel,) = packed(at, 1)
    few = len(staff.get("/staff/handover").statements)
    packed(at, 5)
    assert len(staff.get("/staff/handover").statements) == few <= 15
    send(at, parcel)
    counts = {len(staff.get(path).statements) for path in ("/staff/handovers",)}
    send(at, packed(at, 1)[0])
    assert {len(staff.get(path).statements) for path in ("/staff/handovers",)} == counts
    assert max(counts) <= 15
