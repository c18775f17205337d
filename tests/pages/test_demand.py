"""The demand sheet: what a day needs, who is called, what they say, and its paper."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from shop.accounts.models import Role, Viewed, ViewLog, ViewReason
from shop.catalog.models import ListingState, Variant
from shop.catalog.pools.queries import pool_version
from shop.catalog.rules import Way
from shop.flows import answering, pooling
from shop.fulfilment.demand.queries import unanswered
from shop.fulfilment.demand.rules import closed_day
from shop.kernel.queues import queue_length
from shop.notifications.models import Delivery
from shop.orders.models import OrderState, VendorOrderState
from shop.vendors.models import PaperKind
from tests.support.pages import Pages
from tests.world.books import assert_sound, footprint
from tests.world.market import (
    PASSWORD,
    Market,
    another_vendor,
    listing,
    on_shelf,
    order,
    paid_order,
    receive_all,
    someone,
    variant_id,
)
from tests.world.pools import evening, pooled, settle, shares, units

TOMORROW = "2026-11-23"
SHEET = f"/staff/demand?day={TOMORROW}"


@pytest.fixture
def bench(at: Market, visitor: Callable[[], Pages]) -> Pages:
    """A clerk's browser."""
    browser = visitor()
    browser.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    return browser


def unasked(at: Market) -> int:
    """Return how many parts wait for an answer by now."""
    closed = closed_day(at.world.clock(), "08:00")
    return at.world.read(lambda session: queue_length(session, unanswered(closed)))


def heard(at: Market, said: str, saw: int, come: int | None = None, variant: int = 1) -> dict[str, str]:
    fields = {"day": TOMORROW, "said": said, f"saw-{variant}": str(saw)}
    return fields if come is None else {**fields, f"come-{variant}": str(come)}


def test_what_a_day_needs_stands_by_thing_village_and_household(at: Market, bench: Pages) -> None:
    eggs, ham = variant_id(at, listing(at)), variant_id(at, listing(at, title="老腊肉", price_fen=6800))
    other = another_vendor(at.world)
    theirs = variant_id(at, listing(at, vendor=other, title="林下土鸡蛋"))
    paid_order(at, {eggs: 2, ham: 1})
    paid_order(at, {eggs: 3, theirs: 1})
    page = bench.get(SHEET)
    assert "林下土鸡蛋 6 盒 6 — —" in page.main
    assert "老腊肉 1 盒 1 — —" in page.main
    assert "周素珍家 没回话" in page.main
    assert "林下土鸡蛋 5 盒" in page.main
    assert at.vendor.phone not in page.text
    assert "打给周素珍家" in page.text, "whose goods were ordered first is called first"
    assert unasked(at) == 3


def test_a_way_of_being_sold_is_named_once(at: Market, bench: Pages) -> None:
    small, large = (Way(unit="盒", name=name, price_fen=2000, gross_g=600, stock=4) for name in ("小盒", "大盒"))
    made = listing(at, ways=(small, large))
    chosen = select(Variant.id).where(Variant.listing_id == made.id, Variant.name == "大盒")
    paid_order(at, {at.world.read(lambda session: session.scalars(chosen).one()): 2})
    assert "林下土鸡蛋 大盒 2 盒" in bench.get(SHEET).main


def test_an_answer_heard_is_the_households_own_and_its_phone_hears_of_it(at: Market, bench: Pages) -> None:
    eggs = variant_id(at, listing(at))
    first, second = paid_order(at, {eggs: 2}), paid_order(at, {eggs: 3})
    bench.get(SHEET)
    assert "记下了" in bench.post(f"/staff/demand/{at.vendor.code}/hear", heard(at, "all", 5, variant=eggs)).main
    page = bench.get(SHEET).main
    assert "回了话" in page
    assert "周素珍家 没回话" not in page
    at.world.deliver()
    texts = at.world.read(
        lambda session: session.scalars(select(Delivery.text).where(Delivery.template == "acted_for")).all()
    )
    assert len(texts) == 1
    assert "记下11月23日要的货都有" in texts[0]
    assert len(texts[0]) <= 70
    trail = bench.get(f"/staff/orders/{first.code}").main
    assert "回话" in trail
    assert "电话里问过" in trail
    assert order(at, second.code).states == (VendorOrderState.ASKED,)
    assert unasked(at) == 0


def test_of_too_few_the_orders_placed_first_get_theirs(at: Market, bench: Pages) -> None:
    eggs = variant_id(at, listing(at))
    made = [paid_order(at, {eggs: 2}) for _ in range(3)]
    bench.get(SHEET)
    page = bench.post(f"/staff/demand/{at.vendor.code}/hear", heard(at, "some", 6, 3, variant=eggs))
    assert "少的钱退给买家" in page.main
    assert [order(at, one.code).parts[0].lines[0].accepted for one in made] == [2, 1, 0]
    assert order(at, made[2].code).state is OrderState.CANCELLED
    shown = bench.get(SHEET).main
    assert "林下土鸡蛋 6 盒 — 3 3" in shown, "needed, there and not there"
    assert "不够" in shown
    assert_sound(at.world)


def test_none_gives_everything_back(at: Market, bench: Pages) -> None:
    eggs = variant_id(at, listing(at))
    made = paid_order(at, {eggs: 2})
    bench.get(SHEET)
    bench.post(f"/staff/demand/{at.vendor.code}/hear", heard(at, "none", 2, variant=eggs))
    assert order(at, made.code).state is OrderState.CANCELLED
    assert "林下土鸡蛋 2 盒 — — 2" in bench.get(SHEET).main
    assert_sound(at.world)


def test_an_answer_to_an_older_page_changes_nothing(at: Market, bench: Pages) -> None:
    eggs = variant_id(at, listing(at))
    made = paid_order(at, {eggs: 2})
    bench.get(SHEET)
    paid_order(at, {eggs: 1})
    before = footprint(at.world)
    page = bench.post(f"/staff/demand/{at.vendor.code}/hear", heard(at, "some", 2, 1, variant=eggs), 409)
    assert "数变了" in page.main
    assert footprint(at.world) == before
    at.world.run(
        lambda session: answering.promise_part(session, at.vendor.id, made.parts[0].code, clock=at.world.clock)
    )
    bench.post(f"/staff/demand/{at.vendor.code}/hear", heard(at, "none", 3, variant=eggs), 409)
    assert order(at, made.code).state is OrderState.PAID


@pytest.mark.parametrize("come", ["4", "-1", "", "三", "9" * 40])
def test_a_number_that_cannot_be_is_refused(at: Market, bench: Pages, come: str) -> None:
    eggs = variant_id(at, listing(at))
    paid_order(at, {eggs: 3})
    bench.get(SHEET)
    before = footprint(at.world)
    fields = {"day": TOMORROW, "said": "some", f"saw-{eggs}": "3", f"come-{eggs}": come}
    assert "没有记下" in bench.post(f"/staff/demand/{at.vendor.code}/hear", fields).main
    assert footprint(at.world) == before


def test_full_phones_are_a_noted_look_and_stand_on_the_paper(at: Market, bench: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    assert at.vendor.phone not in bench.get(f"/staff/demand/sheet?day={TOMORROW}").text
    paper = bench.post("/staff/demand/show", {"day": TOMORROW, "to": "paper"})
    for words in ("大湾村", "周素珍家", at.vendor.phone, "林下土鸡蛋", "2 盒", "☐"):
        assert words in paper.main
    for private in (made.name, made.phone, made.street, made.code):
        assert private not in paper.text
    assert at.vendor.phone in bench.get(SHEET).main
    looked = select(ViewLog.subject, ViewLog.what, ViewLog.why)
    looks = at.world.read(lambda session: [tuple(row) for row in session.execute(looked)])
    assert looks == [(TOMORROW, Viewed.HOUSEHOLDS, ViewReason.DEMAND)]


def test_what_has_come_is_counted_and_nobody_is_called_for_it(at: Market, bench: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    receive_all(at, made.code)
    page = bench.get(SHEET)
    assert "林下土鸡蛋 2 盒 — 2 —" in page.main
    assert "打给" not in page.text


def test_a_sheet_of_any_size_takes_as_many_statements(at: Market, bench: Pages) -> None:
    eggs = variant_id(at, listing(at, stock=90))
    paid_order(at, {eggs: 1})
    few = len(bench.get(SHEET).statements)
    for _ in range(6):
        other = another_vendor(at.world)
        paid_order(at, {eggs: 1, variant_id(at, listing(at, vendor=other)): 1})
    assert len(bench.get(SHEET).statements) == few <= 15


def waiting(at: Market, bench: Pages) -> str:
    """Let two households have room for three of five trays, and return the address of the sheet that says so."""
    eggs, _houses = pooled(at, (1, 60), (1, 30))
    paid_order(at, {variant_id(at, eggs): 5})
    evening(at)
    bench.get(SHEET)
    return f"/staff/demand/{at.vendor.code}"


def test_what_nobody_has_is_asked_for_again_or_given_back(at: Market, bench: Pages) -> None:
    here = waiting(at, bench)
    page = bench.get(SHEET).main
    assert "林下土鸡蛋 5 盒 3 — — 2" in page
    assert "没人供 2 份没有人家能供" in page
    before = footprint(at.world)
    assert "数变了" in bench.post(f"{here}/give-up", {"day": TOMORROW, "saw": "3"}, 409).main
    assert "数变了" in bench.post(f"{here}/share", {"day": TOMORROW, "saw": "1"}, 409).main
    assert footprint(at.world) == before
    assert "还有 2 份没有人家能供" in bench.post(f"{here}/share", {"day": TOMORROW, "saw": "2", "again": "1"}).main
    page = bench.post(f"{here}/give-up", {"day": TOMORROW, "saw": "2"}).main
    assert "退给买家" in page
    assert "林下土鸡蛋 5 盒 3 — 2" in page
    assert_sound(at.world)


def test_a_household_that_said_no_by_telephone_leaves_it_to_the_others(at: Market, bench: Pages) -> None:
    eggs, houses = pooled(at, (1, 300), (1, 300))
    variant = variant_id(at, eggs)
    made = paid_order(at, {variant: 4})
    evening(at)
    bench.get(SHEET)
    assert "记下了。" in bench.post(f"/staff/demand/{houses[0].code}/hear", heard(at, "none", 2, variant=variant)).main
    pooling.share_out_due(at.world.edge, clock=at.world.clock)
    page = bench.get(SHEET).main
    assert "第2家 没回话" in page
    assert "林下土鸡蛋 4 盒 4 — —" in page
    assert order(at, made.code).state is OrderState.PAID
    trail = bench.get(f"/staff/orders/{made.code}").main
    assert "第1家：给别家了" in trail
    assert "第2家：分到了这家" in trail


def test_shared_out_before_the_hour_by_hand(at: Market, bench: Pages) -> None:
    eggs, _houses = pooled(at, (1, 300))
    paid_order(at, {variant_id(at, eggs): 2})
    page = bench.get(SHEET)
    assert "等着分" in page.main
    assert "20:00 自动分给各家" in page.main
    assert "分好了" in bench.post(f"/staff/demand/{at.vendor.code}/share", {"day": TOMORROW, "saw": "2"}).main
    assert "第1家 没回话" in bench.get(SHEET).main


def test_who_brings_what_is_agreed_on_a_page_with_its_version(at: Market, bench: Pages) -> None:
    made, house = listing(at), another_vendor(at.world)
    address = f"/staff/goods/{made.code}/suppliers"
    bench.get(address)
    new = {"version": "0", "add": house.code, "new-share": "2", "new-most": "90"}
    assert "记好了" in bench.post(address, new).main
    assert "份额 2，一天最多 90" in bench.get(address).main
    assert "几家一起供：罗成富家" in bench.get(f"/goods/{made.code}").main
    assert "别人刚改过" in bench.post(address, {**new, "new-share": "3"}, 409).main
    for share, most in (("1001", "9"), ("-1", "9"), ("2", "0"), ("2", "三"), ("9" * 30, "9")):
        fields = {"version": "1", f"share-{house.code}": share, f"most-{house.code}": most}
        assert "1 到" in bench.post(address, fields, 422).main
    assert at.world.read(lambda session: pool_version(session, made.code)) == 1
    gone = {"version": "1", f"share-{house.code}": "0", f"most-{house.code}": "90"}
    assert "由卖家自己供" in bench.post(address, gone).main
    assert "几家一起供：" not in bench.get(f"/goods/{made.code}").main


def test_a_household_without_the_paper_brings_nothing(at: Market, bench: Pages) -> None:
    smoked = on_shelf(at, "cured", papers=[PaperKind.WORKSHOP_FILING])
    made, house = listing(smoked, title="老腊肉", state=ListingState.IN_REVIEW), another_vendor(at.world)
    address = f"/staff/goods/{made.code}/suppliers"
    bench.get(address)
    new = {"version": "0", "add": house.code, "new-share": "1", "new-most": "9"}
    assert "没有这类货要的证" in bench.post(address, new, 422).main
    assert at.world.read(lambda session: pool_version(session, made.code)) == 0


def test_a_household_answers_for_its_share_on_its_own_page(at: Market, villager: Pages) -> None:
    eggs = listing(at, vendor=another_vendor(at.world, "合作社"))
    settle(at, eggs, {at.vendor.code: (1, 300)})
    made = paid_order(at, {variant_id(at, eggs): 3})
    assert "林下土鸡蛋" not in villager.get("/vendor/wanted").main, "nobody is asked before the cut-off"
    evening(at)
    assert "林下土鸡蛋" in villager.get("/vendor/wanted").main
    code = shares(at)["周素珍家"][0][0]
    line = order(at, made.code).parts[0].lines[0].id
    sure = villager.get(f"/vendor/wanted/{code}/some?come-{line}=1").main
    assert "不退钱" in sure
    done = villager.post(f"/vendor/wanted/{code}/short", {f"come-{line}": "1", f"saw-{line}": "3"})
    assert "少的中心问别家" in done.main
    assert units(at) == {"周素珍家": 1}
