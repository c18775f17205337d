"""The centre's pages about goods: reviewing new ones and changes, finding any, taking down, editing for a household."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shop.accounts.models import Role
from shop.accounts.queries import Person
from shop.catalog.models import HiddenFor, ListingState
from shop.catalog.own import Present, present
from shop.catalog.services.listings import revise
from shop.catalog.services.passages import archive
from shop.catalog.services.shelves import ShelfRules, change_category
from shop.vendors.models import PaperKind
from tests.pages.selling import jpeg
from tests.support.page import words_of
from tests.support.pages import Pages
from tests.world.books import assert_sound, footprint
from tests.world.market import HOUSE, PASSWORD, Market, another_vendor, listing, someone


@pytest.fixture
def person(at: Market) -> Person:
    """Somebody of the centre."""
    return someone(at.world, Role.STAFF)


@pytest.fixture
def staff(person: Person, pages: Pages) -> Pages:
    """Their browser, signed in."""
    pages.sign_in(person.phone, PASSWORD)
    return pages


def own(at: Market, code: str) -> Present:
    """Return a listing as it stands."""
    return at.world.read(lambda session: present(session, code))


def wish(at: Market, code: str, **changes: Any) -> None:
    """Let the household want a change."""
    now = own(at, code)
    wanted = replace(now.offer, **changes)
    at.world.run(
        lambda session: revise(
            session, now.vendor_id, code, wanted, version=now.version, actor=HOUSE, clock=at.world.clock
        )
    )


def test_a_change_is_shown_beside_what_is_sold_now_and_approved(at: Market, staff: Pages) -> None:
    code = listing(at).code
    wish(at, code, title="山里的鸡蛋", months=(11,))
    page = staff.get("/staff/reviews")
    assert "改动：山里的鸡蛋" in page.main
    assert [words_of(row) for row in page.all("div", "is-different")] == [
        "名字 不一样 店里现在的林下土鸡蛋 要改成山里的鸡蛋",
        "哪几个月有 不一样 店里现在的全年 要改成11月",
    ]
    sent = page.form("换上新的").values
    assert "换上新的了" in staff.submit_form("换上新的").main
    assert own(at, code).offer.title == "山里的鸡蛋"
    after = footprint(at.world)
    assert "换上新的了" in staff.post(f"/staff/reviews/{code}/approve", sent).main, "the same press is done"
    old = {**sent, f"{code}-reason": ["看错了"]}
    assert "有人先动过" in staff.post(f"/staff/reviews/{code}/approve", old, 409).main
    assert footprint(at.world) == after
    staff.post("/staff/reviews/NOPE/approve", {"NOPE-version": "1"}, status=404)


def test_a_change_is_declined_with_a_reason_and_as_it_was_seen(at: Market, staff: Pages) -> None:
    code = listing(at).code
    wish(at, code, title="山里的鸡蛋")
    seen = staff.get("/staff/reviews").form("不换").values
    assert "请写为什么退回" in staff.submit_form("不换", status=422).main
    wish(at, code, title="山里的好鸡蛋")
    why = {f"{code}-reason": ["名字太大"]}
    assert "有人先动过" in staff.post(f"/staff/reviews/{code}/decline", {**seen, **why}, 409).main
    staff.get("/staff/reviews")
    reason: dict[str, Any] = {f"{code}-reason": "名字太大"}
    assert "没换，农户能看到原因" in staff.submit_form("不换", **reason).main
    stands = own(at, code)
    assert (stands.offer.title, stands.waiting, stands.declined) == ("林下土鸡蛋", None, "名字太大")


def test_the_first_page_counts_changes_as_reviews(at: Market, staff: Pages) -> None:
    wish(at, listing(at).code, title="山里的鸡蛋")
    assert "审核上架" in staff.get("/staff").main


def test_what_is_in_the_way_is_named_and_cannot_be_published(at: Market, staff: Pages) -> None:
    rules = ShelfRules(name="腊味", name_en="Cured", papers=(PaperKind.WORKSHOP_FILING,), needs_label=True)
    at.world.run(lambda session: change_category(session, at.category.code, rules, actor=HOUSE))
    code = listing(at, state=ListingState.IN_REVIEW, story="吃了能降血糖").code
    page = staff.get("/staff/reviews")
    for words in (
        "卖这一类要有小作坊备案证，中心还没见到",
        "说的话里的“降血糖”不能写",
        "这一类要写“配料”",
        "这一类要写“怎么保存”",
        "这一类要写“能放几天”",
    ):
        assert words in page.main
    assert [words_of(button) for button in page.all("button", disabled="")] == ["上架"]
    page = staff.post(f"/staff/reviews/{code}/publish", {f"{code}-version": str(own(at, code).version)})
    assert "还不能上架：卖这一类要有小作坊备案证" in page.main
    assert own(at, code).state is ListingState.IN_REVIEW


def test_goods_are_found_by_name_household_code_and_state(at: Market, staff: Pages) -> None:
    eggs = listing(at)
    ham = listing(at, title="100%老腊肉", vendor=another_vendor(at.world, "罗成富家"))
    gone = listing(at, title="收起来的")
    at.world.run(lambda session: archive(session, at.vendor.id, gone.code, actor=HOUSE, clock=at.world.clock))
    page = staff.get("/staff/goods")
    assert [words in page.main for words in ("林下土鸡蛋", "100%老腊肉", "收起来的")] == [True, True, False]
    for words, found in (
        ("腊肉", [False, True]),
        ("罗成富", [False, True]),
        ("周素珍 鸡蛋", [True, False]),
        (eggs.code.lower(), [True, False]),
        ("100%", [False, True]),
        ("1_0", [False, False]),
    ):
        page = staff.submit_form("找", q=words)
        assert [code in page.main for code in (eggs.code, ham.code)] == found, words
    assert "没有这样的货" in page.main
    assert "收起来的" in staff.get("/staff/goods?state=archived").main
    assert eggs.code in staff.get("/staff/goods?state=nonsense&page=x").main
    assert staff.click("林下土鸡蛋").heading.startswith("林下土鸡蛋")


def test_a_thing_is_taken_down_with_a_reason_and_put_up_again(at: Market, staff: Pages, person: Person) -> None:
    code = listing(at).code
    staff.get(f"/staff/goods/{code}")
    assert "请写为什么取下来" in staff.submit_form("从架上取下来", status=422).main
    assert "农户会收到短信" in staff.submit_form("从架上取下来", reason="买家说有味").main
    assert own(at, code).hidden_for is HiddenFor.TAKEN_DOWN
    assert at.world.deliver() >= 1
    again = {"reason": "再来一次", "version": own(at, code).version}
    assert "有人先动过" in staff.post(f"/staff/goods/{code}/take-down", again, 409).main
    assert "买家说有味" in staff.get(f"/staff/goods/{code}").main
    assert "又上架了" in staff.submit_form("再上架").main
    staff.post(f"/staff/goods/{code}/put-up", {"version": own(at, code).version}, 409)
    page = staff.get(f"/staff/goods/{code}")
    assert f"在卖 → 下了架{person.name}买家说有味" in page.main
    assert f"下了架 → 在卖{person.name}" in page.main
    staff.get("/staff/goods/NOPE", status=404)
    staff.post("/staff/goods/NOPE/take-down", {"reason": "x"}, status=404)
    staff.post("/staff/goods/NOPE/put-up", {"version": "1"}, 404)


def test_what_became_unlawful_is_not_put_up_again(at: Market, staff: Pages) -> None:
    code = listing(at).code
    staff.get(f"/staff/goods/{code}")
    staff.submit_form("从架上取下来", reason="没有证")
    rules = ShelfRules(name="禽蛋", name_en="Eggs", papers=(PaperKind.QUARANTINE,))
    at.world.run(lambda session: change_category(session, at.category.code, rules, actor=HOUSE))
    assert "还不能上架：卖这一类要有动物检疫合格证明" in staff.submit_form("再上架").main


def test_every_version_is_kept_and_can_be_looked_at(at: Market, staff: Pages) -> None:
    code = listing(at).code
    wish(at, code, months=(11, 12))
    page = staff.get(f"/staff/goods/{code}")
    assert "第 1 版" in page.main
    page = staff.click("第 2 版")
    assert [words_of(row) for row in page.all("div", "is-different")] == ["哪几个月有 不一样 上一版全年 这一版11–12月"]
    assert "全年" in staff.get(f"/staff/goods/{code}/versions/1").main
    for number in ("0", "3"):
        staff.get(f"/staff/goods/{code}/versions/{number}", status=404)


def test_the_centre_edits_for_a_household_under_its_own_name(at: Market, staff: Pages, person: Person) -> None:
    code = listing(at).code
    staff.get(f"/staff/goods/{code}")
    page = staff.click("替他改")
    assert page.heading == "替周素珍家改：林下土鸡蛋"
    stale = page.form("offer-form").values
    assert "改好了" in staff.submit_form("offer-form", price="50").main
    assert own(at, code).offer.ways[0].price_fen == 5000
    assert f"第 2 版11月22日 10:00{person.name}" in staff.get(f"/staff/goods/{code}").main
    page = staff.post(f"/staff/goods/{code}/edit", {**stale, "months": ["5"]}, status=409)
    assert [words_of(row) for row in page.all("div", "is-different")] == [
        "卖法 不一样 现在的¥50 / 盒（30个） 您填的¥48 / 盒（30个）",
        "哪几个月有 不一样 现在的全年 您填的5月",
    ]
    staff.submit_form("offer-form", press="就照我的", title="山里的鸡蛋")
    stands = own(at, code)
    assert stands.waiting is not None
    assert stands.waiting.title == "山里的鸡蛋"
    assert "还等着审核" in staff.get(f"/staff/goods/{code}/edit").main
    assert f"改动：等中心看{person.name}" in staff.get(f"/staff/goods/{code}").main
    staff.get("/staff/goods/NOPE/edit", status=404)
    assert_sound(at.world)


def test_the_centre_looks_after_a_households_photos(at: Market, staff: Pages) -> None:
    code = listing(at, state=ListingState.IN_REVIEW).code
    path = f"/staff/goods/{code}/photos"
    for seed in range(2):
        staff.get(path)
        staff.submit_form("photo-form", press="加这张", photo=(jpeg(seed=seed), "p.jpg"))
    first, second = own(at, code).offer.photo_keys
    staff.submit_form("往前放")
    assert own(at, code).offer.photo_keys == (second, first)
    staff.post(f"{path}/remove", {"key": first, "version": own(at, code).version})
    staff.get(path)
    staff.submit_form("撤回")
    assert own(at, code).offer.photo_keys == (second, first)
    for act in ("", "/move", "/remove", "/restore"):
        staff.post(f"/staff/goods/NOPE/photos{act}", {"key": first}, status=404)


PATHS = ("/staff/goods", "/staff/reviews", "/staff/papers")


def test_pages_need_as_many_statements_for_many_rows_as_for_few(at: Market, staff: Pages) -> None:
    rules = ShelfRules(name="腊味", name_en="Cured", papers=(PaperKind.WORKSHOP_FILING,))

    def needed() -> list[int]:
        return [len(staff.get(path).statements) for path in PATHS]

    def more() -> None:
        wish(at, listing(at).code, title="改过的")
        listing(at, vendor=another_vendor(at.world, f"第{at.world.number()}家"), state=ListingState.IN_REVIEW)

    more()
    at.world.run(lambda session: change_category(session, at.category.code, rules, actor=HOUSE))
    few = needed()
    at.world.run(
        lambda session: change_category(session, at.category.code, ShelfRules(name="禽蛋", name_en="Eggs"), actor=HOUSE)
    )
    for _n in range(3):
        more()
    at.world.run(lambda session: change_category(session, at.category.code, rules, actor=HOUSE))
    assert needed() == few


def test_only_the_centre_gets_in(at: Market, visitor: Callable[[], Pages]) -> None:
    villager = visitor()
    villager.sign_in(at.vendor_person().phone, PASSWORD)
    for path in (*PATHS, f"/staff/goods/{listing(at).code}", "/staff/shelves"):
        villager.get(path, status=403)
