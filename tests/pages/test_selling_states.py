"""A vendor that is suspended, comes back, announces that they leave, and leaves: what everybody sees of it."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import insert, select

from shop.accounts.models import Role
from shop.flows import selling
from shop.flows.checkout import BasketChanged
from shop.flows.shelf import renew_paper
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.clock import TOWN_ZONE, town_day
from shop.kernel.errors import Forbidden, Invalid, NotFound, WrongState
from shop.notifications.models import Delivery
from shop.vendors.models import Paper, PaperKind, Standing, Vendor, VendorState
from shop.vendors.queries import VendorFacts, vendor_in_any_state, vendor_passages
from tests.support.pages import Pages
from tests.world.market import (
    HOUSE,
    PASSWORD,
    STAFF,
    Market,
    fill_basket,
    listing,
    on_shelf,
    paid_order,
    place,
    someone,
    variant_id,
)

WHY = "有人说吃了不舒服，在查"


def typed(form: str, **told: Any) -> dict[str, Any]:
    """Return what is typed into one of several forms of a page."""
    return {f"{form}-{name}": value for name, value in told.items()}


def vendor(at: Market) -> VendorFacts:
    """Return the household as it stands."""
    found = at.world.read(lambda session: vendor_in_any_state(session, at.vendor.code))
    assert found is not None
    return found


def decide(at: Market, act: Callable[..., None], actor: Actor = HOUSE, **told: str) -> None:
    """Decide something about the household."""
    at.world.run(partial(act, code=at.vendor.code, actor=actor, clock=at.world.clock, **told))


def texts(at: Market) -> list[str]:
    """Return what the household was told of it, in order."""
    at.world.deliver()
    wanted = select(Delivery.text).where(Delivery.template == "vendor_state").order_by(Delivery.id)
    return at.world.read(lambda session: list(session.scalars(wanted)))


def read(browser: Pages, address: str) -> str:
    """Return what stands at an address, whatever its status."""
    return browser.client.get(address, follow_redirects=True).get_data(as_text=True)


SHOPPERS = (
    "/",
    "/season",
    "/standings",
    "/search?q=土鸡蛋",
    "/api/v1/search?q=土鸡蛋",
    "/api/v1/suggest?q=土鸡",
    "/sitemap/places.xml",
    "/sitemap/goods-1.xml",
)


def test_goods_of_a_suspended_vendor_are_nowhere_and_come_back_as_they_were(
    at: Market, pages: Pages, visitor: Callable[[], Pages]
) -> None:
    code = listing(at, title="土鸡蛋").code
    marks = (code, f"/households/{at.vendor.code}", at.vendor.name)
    before = {address: [mark in read(visitor(), address) for mark in marks] for address in SHOPPERS}
    assert sum(any(found) for found in before.values()) > 5, "the control: they are shown"
    pages.get(f"/goods/{code}")
    pages.submit_form("放进篮子")
    decide(at, selling.suspend, reason=WHY)
    for address in SHOPPERS:
        shown = read(visitor(), address)
        assert [mark for mark in marks if mark in shown] == [], address
    gone = pages.get(f"/goods/{code}", status=404)
    assert f"/households/{at.vendor.code}" not in gone.links().values()
    assert "先停卖了" in pages.get(f"/households/{at.vendor.code}", status=404).main
    assert "这样货下架了" in pages.get("/basket").main
    decide(at, selling.restore)
    after = {address: [mark in read(visitor(), address) for mark in marks] for address in SHOPPERS}
    assert after == before
    pages.get(f"/goods/{code}")
    assert "下架" not in pages.get("/basket").main
    assert "您家的货先停卖了：有人说吃了不舒服，在查。收了的单照样要送" in texts(at)[0]
    assert "您家的货又可以卖了" in texts(at)[1]


def test_what_lay_in_a_basket_is_not_sold_after_a_suspension(at: Market) -> None:
    made = listing(at)
    token = fill_basket(at, {variant_id(at, made): 1})
    decide(at, selling.suspend, reason=WHY)
    with pytest.raises(BasketChanged):
        place(at, token, digest="unseen")


def test_members_reach_orders_and_money_and_nothing_else(at: Market, villager: Pages) -> None:
    made = listing(at)
    paid_order(at, {variant_id(at, made): 1})
    decide(at, selling.suspend, reason=WHY)
    for address in ("/vendor", "/vendor/wanted", "/vendor/money", "/vendor/centre"):
        page = villager.get(address, follow=True)
        assert "您家的货先停卖了" in page.main
        assert WHY in page.main
    assert made.title in villager.get("/vendor/wanted").main
    assert set(villager.get("/vendor").links()) >= {"有人要货", "我的钱", "找中心"}
    assert "/vendor/goods/new" not in villager.get("/vendor").links().values()
    for address in ("/vendor/goods", "/vendor/goods/new", "/vendor/questions"):
        page = villager.get(address, status=403)
        assert "这一页先不能用" in page.main
        assert "/vendor/wanted" in page.links().values()
    villager.post(f"/vendor/goods/{made.code}/pause", status=403, follow=False)
    decide(at, selling.restore)
    assert "停卖" not in villager.get("/vendor/goods").main


def test_leaving_is_announced_for_thirty_days_and_then_happens(at: Market, pages: Pages, villager: Pages) -> None:
    made = listing(at)
    decide(at, selling.announce_leaving, reason="搬到城里了")
    home = pages.get(f"/households/{at.vendor.code}")
    assert "公告：这家2026年12月22日起不在这里卖了" in home.main
    assert "您家12月22日起不在这里卖了，那之前照常" in texts(at)[-1]
    assert "12月22日起不在这里卖了" in villager.get("/vendor/goods").main
    with pytest.raises(WrongState):
        decide(at, selling.announce_leaving, reason="搬到城里了")
    paid_order(at, {variant_id(at, made): 1})
    at.world.clock.advance(days=29)
    at.world.tick()
    assert vendor(at).state is VendorState.APPROVED
    at.world.clock.advance(days=1)
    at.world.tick()
    assert vendor(at).state is VendorState.LEFT
    assert "不在这里卖了" in pages.get(f"/households/{at.vendor.code}", status=410).main
    pages.get(f"/goods/{made.code}", status=404)
    assert "您家不在这里卖了" in villager.get("/vendor/wanted").main
    assert made.title in villager.get("/vendor/wanted").main
    told, left = at.world.read(lambda session: vendor_passages(session, at.vendor.id))
    assert (told.is_notice, told.actor, told.reason) == (True, HOUSE.label, "搬到城里了")
    assert (left.to, left.actor, left.reason) == (VendorState.LEFT, "job:shelf", "搬到城里了")
    decide(at, selling.restore)
    assert (vendor(at).state, vendor(at).leaves_on) == (VendorState.APPROVED, None)
    pages.get(f"/goods/{made.code}")


def test_an_announcement_is_taken_back_and_a_suspension_ends_it(at: Market) -> None:
    decide(at, selling.announce_leaving, reason="搬走")
    decide(at, selling.stay)
    with pytest.raises(WrongState):
        decide(at, selling.stay)
    at.world.clock.advance(days=31)
    at.world.tick()
    assert vendor(at).is_selling
    decide(at, selling.announce_leaving, reason="搬走")
    decide(at, selling.suspend, reason=WHY)
    assert vendor(at).leaves_on is None
    decide(at, selling.announce_leaving, reason="不卖了")
    assert vendor(at).state is VendorState.LEFT
    for act in (selling.suspend, selling.announce_leaving):
        with pytest.raises(WrongState):
            decide(at, act, reason="再来")


def test_only_managers_decide_and_they_say_why(at: Market) -> None:
    for actor in (STAFF, VISITOR):
        for plain in (selling.restore, selling.stay):
            with pytest.raises(Forbidden):
                decide(at, plain, actor)
        for act in (selling.suspend, selling.announce_leaving):
            with pytest.raises(Forbidden):
                decide(at, act, actor, reason=WHY)
    for reason in ("", " \n ", "长" * 121):
        with pytest.raises(Invalid):
            decide(at, selling.suspend, reason=reason)
    with pytest.raises(NotFound):
        at.world.run(partial(selling.restore, code="nobody", actor=HOUSE, clock=at.world.clock))
    with pytest.raises(WrongState):
        decide(at, selling.restore)
    assert texts(at) == []


def test_a_manager_decides_on_pages_and_who_was_late_is_told(at: Market, manager: Pages) -> None:
    page = manager.get("/staff/vendors")
    assert "在卖" in page.main
    manager.click("周素珍家")
    page = manager.submit_form("停卖", 422, **typed("suspend", reason=""))
    assert "写清楚为什么" in page.main
    manager.get(f"/staff/vendors/{at.vendor.code}")
    decide(at, selling.suspend, reason="别人先停的")
    page = manager.submit_form("停卖", 409, **typed("suspend", reason="<b>我也停</b>"))
    assert "刚刚有人动过，您这一下没有算" in page.main
    assert "别人先停的" in page.main
    page = manager.submit_form("再卖")
    assert "又能卖了" in page.main
    page = manager.submit_form("停卖", **typed("suspend", reason="<b>粗</b>"))
    assert "停了，货都下了架" in page.main
    assert "<b>粗</b>" in page.main, "as text"
    page = manager.submit_form("今天走", **typed("leave", reason="搬走了"))
    assert vendor(at).state is VendorState.LEFT
    manager.get("/staff/vendors/nobody", status=404)


def test_staff_look_and_do_not_decide(at: Market, staff: Pages) -> None:
    page = staff.get(f"/staff/vendors/{at.vendor.code}")
    assert "请找管理员" in page.main
    for act in ("suspend", "leave", "restore", "stay"):
        told = {"suspend-reason": WHY, "leave-reason": WHY}
        staff.post(f"/staff/vendors/{at.vendor.code}/{act}", told, status=403, follow=False)
    assert vendor(at).is_selling


@pytest.mark.parametrize("role", [Role.BUYER, Role.DRIVER, None])
def test_nobody_else_gets_in(at: Market, pages: Pages, role: Role | None) -> None:
    person = at.vendor_person() if role is None else someone(at.world, role)
    pages.sign_in(person.phone, PASSWORD)
    for address in ("/staff/vendors", f"/staff/vendors/{at.vendor.code}", "/staff/applications"):
        pages.get(address, status=403)
    pages.post(f"/staff/vendors/{at.vendor.code}/suspend", {"suspend-reason": WHY}, status=403, follow=False)
    assert vendor(at).is_selling


def test_a_paper_that_ended_at_midnight_sells_nothing_before_the_shelf_is_swept(at: Market, pages: Pages) -> None:
    papered = on_shelf(at, "cured", papers=(PaperKind.WORKSHOP_FILING,))
    note = partial(renew_paper, vendor_id=at.vendor.id, kind=PaperKind.WORKSHOP_FILING, number="备1")
    at.world.run(partial(note, until=town_day(at.world.clock()), actor=HOUSE, clock=at.world.clock))
    made = listing(papered, title="老腊肉")
    token = fill_basket(at, {variant_id(at, made): 1})
    at.world.clock.set(at.world.clock().astimezone(TOWN_ZONE).replace(hour=23, minute=59, second=59))
    assert "放进篮子" in pages.get(f"/goods/{made.code}").words
    at.world.clock.advance(seconds=1)
    page = pages.get(f"/goods/{made.code}")
    assert "放进篮子" not in page.words
    assert "InStock" not in page.words
    with pytest.raises(BasketChanged):
        place(at, token, digest="unseen")


def test_two_thousand_households_are_found_page_by_page(at: Market, staff: Pages) -> None:
    village_id, now = at.vendor.village_id, at.world.clock()
    rows = [
        {
            "code": f"hu{n}",
            "name": f"第{n}户" if n != 1234 else "100%_土蜂家",
            "person": "某人",
            "phone": f"1370000{n:04}",
            "village_id": village_id,
            "standing": Standing.SELF_PRODUCED,
            "story": "",
            "state": VendorState.APPROVED,
            "created_at": now,
        }
        for n in range(2000)
    ]
    at.world.run(lambda session: session.execute(insert(Vendor), rows))
    decide(at, selling.suspend, reason=WHY)
    kind, seen = PaperKind.WORKSHOP_FILING, {"added_at": now, "added_by": "SEEN"}
    numbers = at.world.read(lambda session: session.scalars(select(Vendor.id)).all())
    papers = [{"vendor_id": number, "kind": kind, "number": f"备{number}", **seen} for number in numbers]
    at.world.run(lambda session: session.execute(insert(Paper), papers))
    page = staff.get("/staff/vendors", max_statements=8)
    assert "人家 2001" in page.main
    assert page.main.count("在卖") == 49
    assert page.main.index(at.vendor.name) < page.main.index("第0户"), "who does not sell stands first"
    assert "第 1 页，共 41 页" in page.main
    page = staff.get(page.links()["下一页"], max_statements=8)
    assert "第99户" in page.main or "第98户" in page.main
    assert staff.get("/staff/vendors?page=99999").main == staff.get("/staff/vendors?page=41").main
    for words, found in (("第1999户", 1), ("hu1999", 1), ("HU1999", 1), ("13700001999", 1), ("0%_", 1), ("%", 1)):
        page = staff.get(f"/staff/vendors?q={quote(words)}")
        assert f"人家 {found}" in page.main, words
    page = staff.get(f"/staff/vendors?q={quote('大湾')}")
    assert staff.get(page.links()["下一页"]).main.count("在卖") == 50
    for address, mark in (("/staff/papers", "<article"), ("/standings", "卖家证")):
        page = staff.get(address, max_statements=8)
        assert page.text.count(mark) <= 102, address
        assert "第 2 页" in staff.get(page.links()["下一页"], max_statements=8).main
    for words in ("没有这家", "<b>", "'; DROP TABLE vendor; --", "x" * 5000):
        assert "没找到" in staff.get(f"/staff/vendors?q={quote(words)}").main
