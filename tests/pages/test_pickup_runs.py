"""The centre's car: planned on the bench, read by the household that waits for it, printed for its driver."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from shop.accounts.models import Role
from shop.fulfilment.pickups.models import PickupRun
from shop.town.models import Village
from tests.support.pages import Pages
from tests.world.books import footprint
from tests.world.market import PASSWORD, Market, listing, paid_order, receive_all, someone, variant_id

TOMORROW = "2026-11-23"


@pytest.fixture
def bench(at: Market, visitor: Callable[[], Pages]) -> Pages:
    """A browser at the centre beside the household's."""
    browser = visitor()
    browser.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    return browser


def here(at: Market) -> str:
    return at.world.read(lambda session: session.scalars(select(Village.code).order_by(Village.id)).first() or "")


def fields(at: Market, hour: str = "09:00", place: str = "村口") -> dict[str, Any]:
    return {f"hour-{here(at)}": hour, f"place-{here(at)}": place}


def planned(at: Market, bench: Pages, on: str = TOMORROW, hour: str = "09:00") -> str:
    """Plan a run on the page and return its code."""
    bench.get(f"/staff/runs/new?on={on}")
    assert "记好了" in bench.submit_form("run", driver="马师傅", note="带上秤", **fields(at, hour)).main
    codes = at.world.read(lambda session: session.scalars(select(PickupRun.code).order_by(PickupRun.id)).all())
    return codes[-1]


def test_the_car_is_on_the_page_of_whoever_waits_for_it(at: Market, villager: Pages, bench: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    page = villager.get("/vendor/wanted").main
    assert "自己送到中心，18:00 前" in page
    assert "场镇老街 1 号" in page
    assert "明天（11月23日）没有车去 大湾村 1 家有货要收" in bench.get("/staff/runs").main
    code = planned(at, bench)
    assert "没有车去" not in bench.get("/staff/runs").main
    page = villager.get("/vendor/wanted").main
    assert "车来收：明天 9:00 货放在村口 交给马师傅" in page
    assert "自己送到中心" not in page
    assert "场镇老街" not in page
    assert "车来以前把货放到村口" in villager.post(f"/vendor/wanted/{made.parts[0].code}/ready").main
    bench.get(f"/staff/runs/{code}")
    assert "取消了" in bench.submit_form("取消这趟车").main
    assert "自己送到中心，18:00 前" in villager.get("/vendor/wanted").main


def test_once_the_car_has_left_goods_are_brought_by_hand(at: Market, villager: Pages, bench: Pages) -> None:
    paid_order(at, {variant_id(at, listing(at)): 2})
    planned(at, bench)
    at.world.clock.advance(days=1)
    assert "自己送到中心" in villager.get("/vendor/wanted").main


def test_the_drivers_paper_names_households_and_goods_and_no_buyer(at: Market, bench: Pages) -> None:
    eggs = variant_id(at, listing(at))
    made, gone = paid_order(at, {eggs: 2}), paid_order(at, {eggs: 3})
    receive_all(at, gone.code)
    code = planned(at, bench)
    page = bench.get(f"/staff/runs/{code}/sheet")
    for words in (
        "11月23日 周一",
        "马师傅",
        "带上秤",
        "09:00 大湾村 · 村口",
        "☐ 周素珍家 林下土鸡蛋 2盒",
        made.parts[0].code,
    ):
        assert words in page.main
    assert gone.parts[0].code not in page.text
    for private in (made.name, made.phone, made.street, made.district, made.code):
        assert private not in page.text


def test_who_saw_an_older_run_is_shown_both(at: Market, bench: Pages) -> None:
    code = planned(at, bench)
    seen = bench.get(f"/staff/runs/{code}")
    bench.submit_form("run", **fields(at, "10:00"))
    stale = {"runs_on": TOMORROW, "version": "1", **fields(at, "11:00", "祠堂")}
    page = bench.post(f"/staff/runs/{code}", stale, 409)
    assert "别人先改了" in page.main
    assert "大湾村 10:00 村口" in page.main
    assert "祠堂" in page.text
    assert "记好了" in bench.submit_form("run").main
    assert "10:00 村口" in bench.get(f"/staff/runs/{code}").main, "who changed it when"
    assert seen.status == 200


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"runs_on": "2026-11-20"}, "这一天已经过了"),
        ({"runs_on": "1900-13-01"}, "请选一天"),
        ({"runs_on": "2031-01-01"}, "最多排到 60 天以后"),
        ({"driver": "马" * 200}, "最多 20 个字"),
        ({"hour": "25:61"}, "请写几点到"),
        ({"hour": "", "place": "村口"}, "请写几点到"),
        ({"place": "<b>" * 60}, "请写停在哪里"),
        ({"hour": "", "place": ""}, "至少填一个村"),
        ({"key": "x" * 300}, "请再按一次"),
    ],
)
def test_what_cannot_be_planned_comes_back_with_words(
    at: Market, bench: Pages, typed: dict[str, Any], words: str
) -> None:
    bench.get("/staff/runs/new")
    before = footprint(at.world)
    told = {name: typed.get(name, usual) for name, usual in (("hour", "09:00"), ("place", "村口"))}
    sent = {name: text for name, text in typed.items() if name not in told}
    assert words in bench.submit_form("run", 422, **fields(at, **told), **sent).main
    assert footprint(at.world) == before


def test_a_form_sent_twice_is_one_run_and_a_village_has_one_car_a_day(at: Market, bench: Pages) -> None:
    form = bench.get("/staff/runs/new").form("run").values
    sent = {**form, **fields(at)}
    for _press in range(2):
        bench.post("/staff/runs/new", sent)
    assert at.world.read(lambda session: len(session.scalars(select(PickupRun.id)).all())) == 1
    bench.get("/staff/runs/new")
    assert "另有一趟车" in bench.submit_form("run", 422, **fields(at)).main


def test_a_run_that_is_over_is_shown_and_left_alone(at: Market, bench: Pages) -> None:
    code = planned(at, bench)
    seen = bench.get(f"/staff/runs/{code}").form("run").values
    bench.submit_form("取消这趟车")
    assert "不能再改" in bench.get(f"/staff/runs/{code}").main
    assert "已经取消" in bench.post(f"/staff/runs/{code}", seen).main
    assert "有人先动过" in bench.post(f"/staff/runs/{code}/off", {"version": "2"}, 409).main
    assert "没有收货单" in bench.get(f"/staff/runs/{code}/sheet", follow=True).main
    for address in ("/staff/runs/NOTHING2", "/staff/runs/NOTHING2/sheet"):
        bench.get(address, 404)
    day = at.world.clock().date() + timedelta(days=1)
    assert "没有排车" in bench.get("/staff/runs").main, day
