"""Vendors' papers on the centre's pages: what is lacking, what ends soon, and noting a new one."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from shop.accounts.models import Role
from shop.catalog.models import ListingState
from shop.catalog.own import present
from shop.catalog.services.shelves import ShelfRules, change_category
from shop.flows.shelf import renew_paper, watch_due
from shop.kernel.actor import system
from shop.kernel.clock import town_day
from shop.vendors.models import PaperKind
from shop.vendors.queries import papers_of
from tests.support.pages import Pages
from tests.world import World
from tests.world.market import HOUSE, PASSWORD, Market, another_vendor, listing, market, someone

FILING = PaperKind.WORKSHOP_FILING


@pytest.fixture
def at(world: World) -> Market:
    """A town whose shelf wants a filing; the household's ends in twenty days, another's in a year."""
    made = market(world)
    rules = ShelfRules(name="腊味", name_en="Cured", papers=(FILING,))
    world.run(lambda session: change_category(session, made.category.code, rules, actor=HOUSE))
    other = another_vendor(world, "罗成富家")
    for vendor_id, days in ((other.id, 365), (made.vendor.id, 20)):
        until = town_day(world.clock()) + timedelta(days=days)
        note = partial(renew_paper, vendor_id=vendor_id, kind=FILING, number=f"备{vendor_id}", until=until)
        world.run(partial(note, actor=HOUSE, clock=world.clock))
    return made


def watch(at: Market) -> None:
    """Let the job look at the shelf."""
    watch_due(at.world.edge, actor=system("job:shelf"), clock=at.world.clock)


def state(at: Market, code: str) -> ListingState:
    """Return how a listing stands."""
    return at.world.read(lambda session: present(session, code)).state


def test_what_ends_soon_stands_first_with_what_hangs_on_it(at: Market, manager: Pages) -> None:
    for title in ("老腊肉", "香肠", "腊排骨", "腊舌"):
        listing(at, title=title)
    page = manager.get("/staff/papers")
    assert page.main.index("周素珍家") < page.main.index("罗成富家")
    assert "20 天后到期，到时要下架：老腊肉、香肠、腊排骨等 4 样。" in page.main
    assert "还有 20 天" in page.main
    assert page.main.count("到期") == 3


def test_a_renewed_paper_brings_hidden_goods_back_at_once(at: Market, manager: Pages) -> None:
    code = listing(at, title="老腊肉").code
    at.world.clock.advance(days=21)
    watch(at)
    page = manager.get("/staff/papers")
    assert "缺小作坊备案证。" in page.main
    assert "因为证，下了架：老腊肉。" in page.main
    page = manager.click("周素珍家")
    until = (town_day(at.world.clock()) + timedelta(days=365)).isoformat()
    page = manager.submit_form("记下", kind="workshop_filing", number=f"备{at.vendor.id}", until=until)
    assert "记好了。又上架了：老腊肉。" in page.main
    assert state(at, code) is ListingState.PUBLISHED
    held = at.world.read(lambda session: papers_of(session, [at.vendor.id]))[at.vendor.id]
    assert [paper.until.isoformat() for paper in held if paper.until] == [until]


def test_a_wrong_day_hides_what_hangs_on_it_and_says_so(at: Market, manager: Pages) -> None:
    code = listing(at, title="老腊肉").code
    manager.get(f"/staff/papers/{at.vendor.code}")
    page = manager.submit_form("记下", kind="workshop_filing", number=f"备{at.vendor.id}", until="2026-11-01")
    assert "这张证不管用了，下了架：老腊肉。" in page.main
    assert state(at, code) is ListingState.HIDDEN


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("number", "", "请写证号"),
        ("number", "长" * 200, "最多 60 个字"),
        ("until", "明年", "日子写成 2027-05-31 这样"),
        ("until", "1900-01-01", "看看年份"),
        ("until", "9999-12-31", "看看年份"),
    ],
)
def test_what_cannot_be_is_named_at_its_field(at: Market, manager: Pages, field: str, value: str, words: str) -> None:
    manager.get(f"/staff/papers/{at.vendor.code}")
    typed: dict[str, Any] = {"kind": "food_licence", "number": "SC1", "until": "2027-01-01", field: value}
    page = manager.submit_form("记下", status=422, **typed)
    assert words in page.main
    assert page.form("记下").values["kind"] == ["food_licence"]
    sent = {**typed, field: "x", "kind": "passport"}
    assert "请选是哪种证" in manager.post(page.url, sent, status=422).main
    held = at.world.read(lambda session: papers_of(session, [at.vendor.id]))[at.vendor.id]
    assert [paper.kind for paper in held] == [FILING]


def test_one_without_an_end_lasts(at: Market, manager: Pages) -> None:
    manager.get(f"/staff/papers/{at.vendor.code}")
    assert "记好了。" in manager.submit_form("记下", kind="vouched", number="书记看过").main
    assert "没有期限" in manager.get("/staff/papers").main
    listing(at)
    assert "到时要下架" not in manager.get("/staff/papers").main


def test_staff_look_and_a_manager_writes(at: Market, manager: Pages) -> None:
    manager.get("/")
    staff = Pages(manager.app)
    staff.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    page = staff.get(f"/staff/papers/{at.vendor.code}")
    assert "添证、换证，请找管理员" in page.main
    assert page.all("input", name="number") == []
    sent = {"kind": "vouched", "number": "看过"}
    staff.post(f"/staff/papers/{at.vendor.code}", sent, status=403)
    staff.get("/staff/papers/nobody", status=404)
    held = at.world.read(lambda session: papers_of(session, [at.vendor.id]))[at.vendor.id]
    assert len(held) == 1
    assert held[0].until == date(2026, 12, 12)
