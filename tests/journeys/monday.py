"""Monday of the day's journey: the bench, the doors and the counter."""

import re

from playwright.sync_api import Page, expect

from shop.ledger.queries import balance
from shop.ledger.rules import COURIER_TOWN
from shop.orders.models import Handing
from shop.orders.queries.orders import OrderFacts
from tests.journeys.townsfolk import (
    BUYER,
    COUNTER,
    DRIVER,
    INSPECTION,
    MANAGER,
    PACKER,
    STAFF,
    TABLET,
    Day,
    intake_fields,
    photo,
    type_in,
)
from tests.support.kuaidi_server import Fault

SHORT = {"吕芳": 1500, "苏文静": 1050}
"""Two weighed lines that are lighter than was charged for, in grams."""
FULL = {"黄志远": 1950, "林晓雨": 1860, "周小禾": 2400}
"""The other weighed lines: at the ceiling or above it."""


def take_everything_in(today: Day, made: dict[str, OrderFacts]) -> None:
    """Take in what comes: by the card, by the scale, one line turned down; then the rest the same way."""
    bench = today.window(PACKER, TABLET)
    bench.goto("/staff")
    today.shot(bench, "today-morning")
    bench.goto("/staff/intake")
    today.shot(bench, "intake")
    expect(bench.locator("#scanned")).to_be_focused()
    type_in(bench, f"{today.windows.address}/card/demo-card-of-zhou-suzhen")
    expect(bench).to_have_url(re.compile("/household/"))
    today.shot(bench, "intake-household")
    weigh_a_hen(today, bench, made["吕芳"])
    turn_down_a_jar(today, bench, made["冯丽"])
    packer, readings = today.desk(PACKER), SHORT | FULL
    for one, part in today.parts_due():
        page = packer.get(f"/staff/intake/{part.code}")
        packer.submit_form("收下", **intake_fields(page, readings.get(one.name)))
    today.work()


def weigh_a_hen(today: Day, bench: Page, made: OrderFacts) -> None:
    """Let the scanner, the scale and one press take in what is lighter than was charged for."""
    bench.goto("/staff/intake")
    type_in(bench, made.parts[0].code)
    expect(bench.locator("[data-scale]")).to_be_focused()
    bench.locator("input[name$=inspection]").fill(INSPECTION)
    bench.locator("[data-scale]").focus()
    type_in(bench, f"ST,GS,+  {SHORT[made.name] / 1000:.3f}kg")
    today.shot(bench, "intake-weighed")
    bench.get_by_role("button", name="收下", exact=True).click()
    expect(bench.get_by_role("main")).to_contain_text("在退给买家")
    today.shot(bench, "intake-taken")
    lot = bench.locator("a[href*='/lots/']").inner_text()
    bench.get_by_role("link", name="打印标签").click()
    today.shot(bench, "lot-labels")
    buyer = today.window()
    buyer.goto(f"/trace/{lot}")
    today.shot(buyer, "trace")


def turn_down_a_jar(today: Day, bench: Page, made: OrderFacts) -> None:
    """Turn a broken jar down, with a reason and a photo."""
    part = next(part for part in made.parts if part.lines[0].title.startswith("老坛"))
    bench.goto(f"/staff/intake/{part.code}")
    bench.locator("input[name=rejected-0]").fill("1")
    bench.locator("input[name$=reason]").first.fill("坛子裂了，汤漏光了")
    bench.locator("summary", has_text="照片").first.click()
    bench.locator("input[type=file][name$=photo]").first.set_input_files(photo(today.folder))
    today.shot(bench, "intake-turned-down")
    bench.get_by_role("button", name="收下", exact=True).click()
    expect(bench.get_by_role("main")).to_contain_text("都没收下，钱已经在退")
    today.shot(bench, "intake-none-taken")


def pack_everything(today: Day, made: dict[str, OrderFacts]) -> None:
    """Pack a chilled box with scanner and scale; then the others. One booking is refused, one gets no answer."""
    bench = today.window(PACKER, TABLET)
    bench.goto("/staff/packing")
    today.shot(bench, "packing")
    bench.get_by_role("link", name="先按货架拿齐").click()
    today.shot(bench, "packing-by-shelf")
    one, box = next((one, box) for one, box in today.boxes() if one.name == "吕芳")
    bench.goto(f"/staff/packing/{one.code}/{box.value}")
    bench.locator("#scan").focus()
    type_in(bench, "XYD99999")
    expect(bench.get_by_role("alert")).to_contain_text("拿错了")
    today.shot(bench, "packing-wrong")
    for code in today.codes_in(one, box):
        bench.locator("#scan").focus()
        type_in(bench, code)
    expect(bench.locator(".packed-told")).to_contain_text("1 / 1")
    bench.locator("select[name=carton]").select_option("foam")
    bench.locator("input[name=ice_packs]").fill("2")
    bench.locator("#weight_g").fill("2.340kg")
    today.shot(bench, "packing-whole")
    bench.get_by_role("button", name="打好了").click()
    today.work()
    bench.reload()
    expect(bench.locator("body")).to_contain_text("SF")
    today.shot(bench, "parcel-label")
    bench.get_by_role("link", name="随箱单").click()
    today.shot(bench, "parcel-slip")
    packer = today.desk(PACKER)
    for one, box in today.boxes():
        packer.get(f"/staff/packing/{one.code}/{box.value}")
        if one.name == "吴海燕":
            today.kuaidi.has_balance = False
        if one.name == "罗燕":
            today.kuaidi.faults = [Fault.LOSE]
        packer.submit_form("打好了", weight_g="1500", by_eye=True)
        today.work()
        today.kuaidi.has_balance = True
    assert today.unheard == 1
    today.world.clock.advance(minutes=30)
    today.work()
    assert today.unheard == 1, "the same key brought the number that was ordered the first time"


def mend_the_booking(today: Day, made: OrderFacts) -> None:
    """Give what Kuaidi100 refused to the town's own driver."""
    staff = today.window(STAFF, TABLET)
    staff.goto("/staff")
    today.shot(staff, "today-noon")
    staff.goto("/staff/consignments")
    today.shot(staff, "consignments-failed")
    staff.get_by_role("link", name="先看最早的").click()
    expect(staff.get_by_role("main")).to_contain_text("账户余额不足")
    today.shot(staff, "consignment-failed")
    staff.get_by_role("button", name="再试：镇上送货").click()
    today.work()
    staff.reload()
    expect(staff.get_by_role("main")).to_contain_text("XYD")


def hand_everything_over(today: Day) -> None:
    """Tick one list with the scanner, print it, and give all parcels away."""
    bench = today.window(PACKER, TABLET)
    bench.goto("/staff/handover")
    today.shot(bench, "handover")
    lists = bench.locator("form[id^=handover-]")
    first = lists.first.locator("input[name=parcel]").first.get_attribute("value")
    waybill = today.parcel(str(first)).shipment
    assert waybill is not None
    lists.first.locator("input[name=scan]").focus()
    type_in(bench, waybill.waybill)
    expect(bench.get_by_role("status")).to_contain_text("扫到 1 /")
    today.shot(bench, "handover-scanned")
    for name in ("handover-list", "handover-list-town"):
        bench.goto("/staff/handover")
        bench.locator("input[name=taken_by]").first.fill("冯建军")
        bench.locator(".bench-next").get_by_role("button").click()
        expect(bench.get_by_role("main")).to_contain_text("交出去了")
        today.shot(bench, name)
    bench.get_by_role("link", name="印交接单").click()
    today.shot(bench, "handover-paper")
    today.work()
    bench.goto("/staff/handover")
    expect(bench.get_by_role("main")).to_contain_text("门口没有包裹")
    today.shot(bench, "handover-done")


# Monday: doors, the counter


def drive(today: Day, back: OrderFacts) -> None:
    """Take cash at doors, take a photo, and bring one parcel back."""
    van = today.window(DRIVER)
    van.goto("/driver")
    today.shot(van, "driver")
    van.get_by_role("button", name="出车").click()
    today.shot(van, "driver-run")
    mine = van.locator("article", has_text=back.name)
    mine.locator("summary", has_text="没送成").click()
    mine.locator("select").select_option(label="不肯收")
    today.shot(van, "driver-not-delivered")
    mine.get_by_role("button", name="带回中心").click()
    expect(van.get_by_role("main")).not_to_contain_text(back.name)
    cash = van.locator("article", has_text="何秀兰")
    cash.locator("summary", has_text="要签字或者拍照").click()
    cash.locator("input[type=file]").set_input_files(photo(today.folder))
    today.shot(van, "driver-signed")
    cash.get_by_role("button", name="存下来").click()
    expect(van.get_by_role("main")).not_to_contain_text("何秀兰")
    van.wait_for_load_state()
    while (done := van.get_by_role("main").get_by_role("button", name="送到了").first).count():
        done.click()
        van.wait_for_load_state()
    today.shot(van, "driver-done")
    today.work()


def arrive(today: Day, two_boxes: OrderFacts) -> None:
    """Let Kuaidi100 tell that its parcels were taken along, and reached their doors."""
    buyer = today.window(BUYER)
    for code, words, hours in (("103", "【彭州】已揽收", 1), ("301", "【成都武侯】已签收，本人签收", 26)):
        today.world.clock.advance(hours=hours)
        for waybill in [number for number, one in today.kuaidi.orders.items() if not one.is_cancelled]:
            today.kuaidi.say(waybill, code, words)
            today.push(waybill)
        today.work()
        if code == "103":
            buyer.goto(f"/orders/{two_boxes.code}")
            today.shot(buyer, "buyer-order-on-its-way")
            buyer.get_by_role("link", name="一路怎么走的").first.click()
            today.shot(buyer, "buyer-tracking")


def close_the_counter(today: Day, made: dict[str, OrderFacts]) -> None:
    """Hand over what is collected, put away what came back, take the driver's cash."""
    counter = today.window(COUNTER, TABLET)
    counter.goto("/staff/collection")
    today.shot(counter, "collection")
    counter.goto("/staff/counter")
    counter.locator("#counter-code").fill(made["周小禾"].code)
    counter.get_by_role("button", name="找").click()
    today.shot(counter, "counter-asked")
    counter.get_by_role("button", name="货交了").click()
    desk = today.desk(COUNTER)
    for one in today.open_orders():
        if one.handing is Handing.COLLECTION:
            desk.get("/staff/counter")
            desk.submit_form("找", code=one.code)
            desk.submit_form("hand-over")
    counter.goto("/staff/counter")
    today.shot(counter, "counter-cash")
    owed = today.world.read(lambda session: balance(session, COURIER_TOWN))
    counter.locator("#hand-in input[name=amount]").fill(f"{owed / 100:.2f}")
    counter.get_by_role("button", name="收进柜台").click()
    today.shot(counter, "counter-handed-in")
    staff = today.window(STAFF, TABLET)
    staff.goto("/staff/returned")
    staff.get_by_role("link", name="先看最早的").click()
    today.shot(staff, "parcel-returned")
    staff.locator("label[for^=good-]").first.click()
    staff.locator("input[name=cause][value=refused]").check(force=True)
    staff.get_by_role("button", name="定下来，告诉买家和农户").click()
    manager = today.window(MANAGER, TABLET)
    manager.goto(f"/staff/orders/{made['吴海燕'].code}/audit")
    today.shot(manager, "order-audit")
    today.work()
