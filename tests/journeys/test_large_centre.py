"""What people of the centre do, each by keys alone and in letters of twice the size."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from shop.accounts.models import Role, UserRole
from shop.catalog.models import Listing, ListingState
from shop.catalog.rules import Way
from shop.courier.models import ShipmentState
from shop.courier.queries import ShipmentFacts, shipment_by_key
from shop.desk.models import ClaimState
from shop.desk.returned.models import ReturnedParcel
from shop.flows import delivery
from shop.fulfilment.pickups.models import PickupRun, PickupStop
from shop.invoices.models import RequestState
from shop.kernel.clock import town_day
from shop.ledger.payouts.models import Payout, PayoutRun, PayoutState, RunState
from shop.ledger.rules import CASH_CENTRE, COURIER_TOWN
from shop.orders.models import OrderState, VendorOrderState
from shop.site.articles.models import Article
from shop.site.models import RuleVersion
from shop.vendors.joining.models import ApplicationState, PayWay
from tests.journeys.keys import button, choose, later, link, on, press, reach, sound, take, told, write
from tests.journeys.large import Large
from tests.support.odd_documents import pdf
from tests.world import claims
from tests.world.books import account
from tests.world.cash import at_the_counter, at_the_door
from tests.world.invoices import meet, requests, want
from tests.world.joining import Hall
from tests.world.market import (
    DRIVER,
    captured,
    delivered_order,
    listing,
    order,
    pack,
    paid_order,
    receive_all,
    sent_order,
    someone,
    variant_id,
)
from tests.world.payouts import earn, sent, tell_account
from tests.world.pictures import photo_file

HEN = Way(unit="只", gross_g=1700, per_500g_fen=3400, least_g=1200, most_g=1500, stock=10)


def one_box(large: Large) -> dict[int, int]:
    return {variant_id(large.at, listing(large.at)): 1}


def weighs_and_turns_down(large: Large, _folder: Path) -> None:
    hens = variant_id(large.at, listing(large.at, title="土鸡", ways=(HEN,)))
    made = paid_order(large.at, {hens: 1, variant_id(large.at, listing(large.at)): 2})
    page = large.window(someone(large.at.world, Role.STAFF))
    page.goto(f"/staff/intake/{made.parts[0].code}")
    expect(page.locator("[data-scale]")).to_be_focused()
    page.keyboard.type("1.250kg")
    page.keyboard.press("Enter")
    eggs = page.locator(".came-line", has_text="林下土鸡蛋")
    page.goto(f"/staff/intake/{made.parts[0].code}")
    page.keyboard.type("1.250kg")
    press(page, eggs.get_by_role("button", name="多一点"), "Space")
    press(page, eggs.get_by_role("button", name="碎了"))
    expect(eggs.get_by_label("为什么没收下")).to_have_value("碎了")
    press(page, button(page, "收下"))
    told(page, "碎了")
    lines = order(large.at, made.code).parts[0].lines
    assert sorted((line.rejected, line.weighed_g) for line in lines if line.weighed_g is not None) == [(0, 1250)]
    assert order(large.at, made.code).states == (VendorOrderState.RECEIVED,)


def puts_on_the_shelf(large: Large, _folder: Path) -> None:
    eggs = listing(large.at, state=ListingState.IN_REVIEW)
    page = large.window(someone(large.at.world, Role.STAFF))
    page.goto("/staff/reviews")
    press(page, button(page, "上架"))
    expect(button(page, "上架")).to_have_count(0)
    state = select(Listing.state).where(Listing.code == eggs.code)
    assert large.at.world.read(lambda session: session.scalar(state)) is ListingState.PUBLISHED


def decides_a_claim(large: Large, _folder: Path) -> None:
    claims.by_hand(large.at)
    made = claims.ask(large.at, delivered_order(large.at, one_box(large)), much=1)
    page = large.window(someone(large.at.world, Role.COUNTER))
    page.goto("/staff/claims")
    press(page, page.locator(f'main a[href="/staff/claims/{made.code}"]'))
    press(page, button(page, "看 1 张照片"))
    form = page.locator("form[action$='/accept']")
    write(page, form.get_by_label("为什么，买家看得到"), "看过照片")
    press(page, button(page, "赔，退钱给买家"))
    expect(button(page, "赔，退钱给买家")).to_have_count(0)
    assert claims.claim(large.at, made.code).state is ClaimState.ACCEPTED


def gives_money_back(large: Large, _folder: Path) -> None:
    made = paid_order(large.at, one_box(large))
    page = large.window(someone(large.at.world, Role.MANAGER), is_proven=True)
    page.goto(f"/staff/orders/{made.code}/refund")
    write(page, page.locator("#sum"), "5")
    page.keyboard.press("Enter")
    write(page, page.locator("#give textarea"), "路上磕了")
    press(page, button(page, "退 ¥5"))
    expect(page.locator("#give")).to_have_count(0)
    assert [one.amount_fen for one in captured(large.at, made.code).refunds] == [500]


def records_an_invoice(large: Large, folder: Path) -> None:
    made = delivered_order(large.at, one_box(large))
    want(large.at, made.code)
    meet(large.at)
    page = large.window(someone(large.at.world, Role.FINANCE), is_proven=True)
    page.goto("/staff/invoices?tab=asked")
    press(page, page.locator("main table a, main li a[href*='/staff/invoices/']").first)
    press(page, button(page, "受理"))
    told(page, "开好了，记下来")
    file = folder / "发票.pdf"
    file.write_bytes(pdf())
    take(page, page.locator("main input[type=file]"), file)
    write(page, page.get_by_label("发票号码"), "26512000000012345670")
    press(page, button(page, "记下这张发票"))
    told(page, "26512000000012345670")
    assert RequestState.AVAILABLE in {one.state for one in requests(large.at, made.code)}


def writes_a_story(large: Large, folder: Path) -> None:
    page = large.window(someone(large.at.world, Role.STAFF))
    page.goto("/staff/articles?kind=story")
    press(page, page.get_by_role("link", name="写一篇").last)
    write(page, page.get_by_label("题目").first, "桥头的老茶馆")
    write(page, page.get_by_label("一句话说它").first, "赶场日天不亮就开门。")
    write(page, page.get_by_label("正文").first, "## 坐下\n一碗茶两块钱，坐到散场。")
    write(page, page.get_by_label("照片上是什么").first, "石桥和茶馆")
    take(page, page.locator("main input[type=file]"), photo_file(folder, (1200, 900)))
    press(page, button(page, "先看看"))
    expect(page.locator("#preview")).to_contain_text("坐到散场")
    press(page, button(page, "发出去"))
    expect(page.locator("#preview")).to_have_count(0)
    assert large.at.world.read(lambda session: session.scalar(select(func.count()).select_from(Article))) == 1
    page.goto("/stories")
    told(page, "桥头的老茶馆")


def hands_over_at_the_counter(large: Large, _folder: Path) -> None:
    made = at_the_counter(large.at, one_box(large))
    page = large.window(someone(large.at.world, Role.COUNTER))
    page.goto("/staff/counter")
    write(page, page.locator("#counter-code"), made.code)
    page.keyboard.press("Enter")
    press(page, page.get_by_role("button", name=re.compile("货交了")))
    told(page, "货交了")
    assert order(large.at, made.code).state is OrderState.DONE


def two_people_settle(large: Large, _folder: Path) -> None:
    tell_account(large.at, large.at.vendor)
    earn(large.at, large.at.vendor)
    large.at.world.clock.advance(days=7)
    page = large.window(someone(large.at.world, Role.FINANCE), is_proven=True)
    page.goto("/staff/payouts")
    press(page, page.get_by_role("button", name=re.compile("^拟")))
    told(page, "等另一个人")
    where = page.url
    other = large.window(someone(large.at.world, Role.MANAGER), is_proven=True)
    other.goto(where)
    press(other, other.get_by_role("button", name=re.compile("^核准")))
    told(other, "核准了")
    page.goto(where)
    press(page, button(page, "送去付"))
    expect(button(page, "下载表格")).to_be_visible()
    assert large.at.world.read(lambda session: session.scalar(select(PayoutRun.state))) is RunState.EXPORTED


def gives_someone_a_task(large: Large, _folder: Path) -> None:
    worker = someone(large.at.world, Role.BUYER)
    page = large.window(someone(large.at.world, Role.MANAGER), is_proven=True)
    page.goto("/staff/people")
    write(page, page.get_by_label("手机号码"), worker.phone)
    page.keyboard.press("Enter")
    choose(page, page.locator("#roles input[type=radio]").first)
    write(page, page.locator("#roles input[name=reason]"), "新来的")
    press(page, button(page, "记下"))
    told(page, "新来的")
    held = select(func.count()).select_from(UserRole).where(UserRole.user_id == worker.id)
    assert large.at.world.read(lambda session: session.scalar(held)) == 2


def writes_a_rule(large: Large, _folder: Path) -> None:
    page = large.window(someone(large.at.world, Role.MANAGER), is_proven=True)
    page.goto("/staff/rules")
    press(page, page.locator("main table a").first)
    write(page, page.get_by_label("全文"), "## 第一条\n货真价实。")
    day = later(page, page.get_by_label("从哪天起"), parts=1)
    press(page, button(page, "先看看"))
    expect(page.locator("#preview")).to_contain_text("货真价实")
    press(page, button(page, "公布"))
    expect(page.locator("#preview")).to_have_count(0)
    begins = large.at.world.read(lambda session: session.scalar(select(RuleVersion.effective_on)))
    assert begins == date.fromisoformat(day) > town_day(large.at.world.clock())


def drives(large: Large, _folder: Path) -> None:
    (there, _), (back, other) = (sent_order(large.at, one_box(large)) for _number in range(2))
    page = large.window(someone(large.at.world, Role.DRIVER))
    page.goto("/driver")
    press(page, page.get_by_role("button", name=re.compile("^出车")))
    mine = page.locator(f"#parcel-{other}")
    press(page, mine.locator("summary", has_text="没送成"))
    reach(page, mine.locator("select"))
    page.keyboard.press("ArrowDown")
    press(page, mine.get_by_role("button", name="带回中心"))
    expect(mine).to_have_count(0)
    press(page, button(page, "送到了"))
    told(page, "都送完了")
    assert order(large.at, there.code).states == (VendorOrderState.DELIVERED,)
    assert order(large.at, back.code).states != (VendorOrderState.DELIVERED,)


def books_a_courier_again(large: Large, _folder: Path) -> None:
    couriers = large.at.world.house.couriers
    only = {"manual": couriers["manual"], "town": couriers["town"]}
    large.at.world.house = replace(large.at.world.house, couriers=only)
    tried, brought = (packed(large) for _number in range(2))
    page = large.window(someone(large.at.world, Role.STAFF))
    page.goto("/staff/consignments")
    press(page, page.locator(f"main a[href$='/consignments/{tried}']").first)
    told(page, "要到柜台去寄")
    press(page, page.get_by_role("button", name=re.compile("^再试：镇")))
    told(page, "去订了")
    large.at.world.deliver()
    page.goto("/staff/consignments")
    press(page, page.get_by_role("link", name="先看最早的"))
    reach(page, page.locator("#counter-company"))
    page.keyboard.type("EMS")
    write(page, page.locator("#counter-waybill"), "12 34")
    press(page, button(page, "记下单号"))
    told(page, "6 到 32 位")
    write(page, page.locator("#counter-waybill"), "9812345678901")
    press(page, button(page, "记下单号"))
    told(page, "9812345678901")
    by_car, by_post = (shipment(large, key) for key in (tried, brought))
    assert (by_car.state, by_car.carrier) == (ShipmentState.LABEL_CREATED, "town")
    assert (by_post.company, by_post.waybill) == ("ems", "9812345678901")


def packed(large: Large) -> str:
    made = paid_order(large.at, one_box(large))
    receive_all(large.at, made.code)
    parcel = pack(large.at, made.code)
    large.at.world.deliver()
    return parcel


def shipment(large: Large, key: str) -> ShipmentFacts:
    found = large.at.world.read(lambda session: shipment_by_key(session, key))
    assert found is not None
    return found


def plans_a_car(large: Large, _folder: Path) -> None:
    paid_order(large.at, one_box(large))
    page = large.window(someone(large.at.world, Role.STAFF))
    page.goto("/staff/runs")
    press(page, page.get_by_role("link", name=re.compile("^排明天.*的车$")))
    write(page, page.locator("main input[name^=place-]").first, "村口")
    write(page, page.get_by_label("谁开车"), "马师傅")
    press(page, button(page, "存下"))
    told(page, "请写几点到")
    hour = later(page, page.locator("main input[type=time]").first, parts=3)
    press(page, button(page, "存下"))
    told(page, "记好了")
    stop = select(PickupRun.driver, PickupStop.hour, PickupStop.place).join(PickupRun.stops)
    assert large.at.world.read(lambda session: session.execute(stop).one()) == ("马师傅", hour, "村口")


def brings_the_cash(large: Large, folder: Path) -> None:
    made, waybill = at_the_door(large.at, one_box(large))
    page = large.window(someone(large.at.world, Role.DRIVER))
    page.goto("/driver")
    press(page, page.get_by_role("button", name=re.compile("^出车")))
    door = page.locator(f"#parcel-{waybill}")
    press(page, door.locator("summary", has_text="要签字或者拍照"))
    take(page, door.locator("input[type=file]"), photo_file(folder, (400, 300)))
    press(page, door.get_by_role("button", name=re.compile("存下来$")))
    told(page, "都送完了")
    assert order(large.at, made.code).state is OrderState.DONE
    till = large.window(someone(large.at.world, Role.COUNTER))
    till.goto("/staff/counter")
    write(till, till.locator("#amount"), "1000")
    press(till, button(till, "收进柜台"))
    told(till, "送货人手里没有这么多")
    write(till, till.locator("#amount"), f"{made.total_fen // 100}.{made.total_fen % 100:02d}")
    press(till, button(till, "收进柜台"))
    told(till, "送货人交来")
    assert (account(large.at.world, CASH_CENTRE), account(large.at.world, COURIER_TOWN)) == (made.total_fen, 0)


def lets_a_household_in(large: Large, _folder: Path) -> None:
    hall = Hall(large.at, someone(large.at.world, Role.BUYER))
    hall.sent()
    page = large.window(someone(large.at.world, Role.STAFF))
    page.goto("/staff/applications")
    press(page, link(page, "大湾杨秀英家"))
    on(page, "大湾杨秀英家")
    press(page, page.locator("summary", has_text="通过").first)
    press(page, button(page, "对过了，通过"))
    expect(button(page, "对过了，通过")).to_have_count(0)
    sound(page)
    assert hall.application().state is ApplicationState.APPROVED


def decides_about_what_came_back(large: Large, _folder: Path) -> None:
    _made, waybill = sent_order(large.at, one_box(large))
    bring = partial(delivery.bring_back, waybill=waybill, reason="箱子湿透了", actor=DRIVER)
    large.at.world.run(partial(bring, clock=large.at.world.clock))
    large.at.world.deliver()
    page = large.window(someone(large.at.world, Role.STAFF))
    page.goto("/staff")
    press(page, link(page, "退回来的货"))
    press(page, link(page, re.compile("土鸡蛋")))
    choose(page, page.locator("main input[name=cause][value=damaged]"))
    write(page, page.locator("main input[name=words]"), "下次多裹两层")
    press(page, button(page, "定下来，告诉买家和农户"))
    expect(button(page, "定下来，告诉买家和农户")).to_have_count(0)
    told(page, "定好了")
    answer = select(ReturnedParcel.answer)
    assert "下次多裹两层" in (large.at.world.read(lambda session: session.scalar(answer)) or "")


def pays_a_household_in_cash(large: Large, folder: Path) -> None:
    tell_account(large.at, large.at.vendor, PayWay.CASH)
    earn(large.at, large.at.vendor)
    large.at.world.clock.advance(days=7)
    sent(large.at)
    page = large.window(someone(large.at.world, Role.FINANCE), is_proven=True)
    page.goto("/staff/payouts/unsure")
    press(page, link(page, large.at.vendor.name))
    take(page, page.locator("#handed input[type=file]"), photo_file(folder, (400, 300)))
    press(page, page.get_by_role("button", name=re.compile("^给了")))
    told(page, "现金给了")
    assert large.at.world.read(lambda session: session.scalar(select(Payout.state))) is PayoutState.PAID


JOURNEYS = (
    weighs_and_turns_down,
    puts_on_the_shelf,
    decides_a_claim,
    gives_money_back,
    records_an_invoice,
    writes_a_story,
    hands_over_at_the_counter,
    two_people_settle,
    gives_someone_a_task,
    writes_a_rule,
    drives,
    books_a_courier_again,
    plans_a_car,
    brings_the_cash,
    lets_a_household_in,
    decides_about_what_came_back,
    pays_a_household_in_cash,
)


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.__name__)
def test_somebody_of_the_centre(large: Large, tmp_path: Path, journey: Callable[[Large, Path], None]) -> None:
    journey(large, tmp_path)
