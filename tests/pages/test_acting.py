"""Staff act for a household with its consent, the household reads what was done, and takes it back."""

from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from shop.accounts.models import Role, Viewed, ViewLog
from shop.accounts.queries import Person
from shop.catalog.models import ListingHistory, ListingState
from shop.catalog.questions.services import ask
from shop.flows.readback import tell_due
from shop.kernel.actor import VISITOR
from shop.notifications.models import Delivery
from shop.vendors.acts.models import Act, Consent, ConsentScope
from shop.vendors.acts.queries import consents_of
from tests.pages.selling import GOOD, jpeg, mine, photographed
from tests.support.page import words_of
from tests.support.pages import Pages
from tests.world.acting import consent
from tests.world.books import footprint
from tests.world.market import PASSWORD, Market, listing, paid_order, someone, variant_id


@pytest.fixture
def clerk(at: Market) -> Person:
    """Somebody who works at the centre."""
    return someone(at.world, Role.STAFF)


@pytest.fixture
def desk(at: Market, clerk: Person, visitor: Callable[[], Pages]) -> Pages:
    """The centre's browser."""
    browser = visitor()
    browser.sign_in(clerk.phone, PASSWORD)
    return browser


def begin(at: Market, desk: Pages) -> None:
    desk.get(f"/staff/vendors/{at.vendor.code}/acting")
    page = desk.submit_form("开始代操作")
    assert "替周素珍家操作" in page.text


def texts(at: Market) -> list[str]:
    tell_due(at.world.edge, clock=at.world.clock)
    at.world.deliver()
    wanted = select(Delivery.text).where(Delivery.template == "acted_for", Delivery.phone == at.vendor.phone)
    return list(at.world.read(lambda session: session.scalars(wanted.order_by(Delivery.id)).all()))


def test_a_consent_is_noted_with_its_photo_and_only_the_centre_opens_it(
    at: Market, desk: Pages, visitor: Callable[[], Pages]
) -> None:
    code = at.vendor.code
    page = desk.get(f"/staff/vendors/{code}/acting")
    assert "没有同意书" in page.main
    wrong = desk.submit_form("记下同意书", status=422, given_by="", scopes=[], until_on="2029-01-01")
    assert [words for words in ("至少选一样", "请写名字", "请选是签字还是手印") if words not in wrong.main] == []
    filled: dict[str, Any] = {"given_by": "周素珍", "scopes": ["all"], "way": "thumb"}
    far = desk.submit_form("记下同意书", status=422, **filled, until_on="2029-01-01", photo=(jpeg(), "p.jpg"))
    assert "最长一年" in far.main
    no_photo = desk.submit_form("记下同意书", status=422, **filled, until_on="2027-01-01")
    assert "要有同意书的照片" in no_photo.main
    pdf = desk.submit_form("记下同意书", status=422, **filled, photo=(BytesIO(b"%PDF-1.7 "), "p.pdf"))
    assert "文档或压缩包" in pdf.main
    assert at.world.read(lambda session: consents_of(session, at.vendor.id)) == []
    desk.submit_form("记下同意书", **filled, photo=(jpeg(), "p.jpg"))
    assert "记了您让中心代操作的同意书" in texts(at)[-1]
    (kept,) = at.world.read(lambda session: consents_of(session, at.vendor.id))
    address = f"/staff/vendors/{code}/consents/{kept.code}/photo"
    assert desk.client.get(address).status_code == 303, "nobody looks without being written down"
    desk.get(f"/staff/vendors/{code}/acting")
    desk.submit_form(address, status=303, follow=False)
    looks = at.world.read(lambda session: [(row.subject, row.what) for row in session.scalars(select(ViewLog))])
    assert looks == [(code, Viewed.CONSENT)]
    answer = desk.client.get(address)
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (
        200,
        "image/jpeg",
        "private, no-store",
    )
    assert visitor().client.get(address).status_code == 303
    household = visitor()
    household.sign_in(at.vendor_person().phone, PASSWORD)
    assert household.client.get(f"/vendor/people/consents/{kept.code}/photo").mimetype == "image/jpeg"
    assert visitor().client.get(f"/media/{kept.photo}/1920.jpg").status_code == 404
    desk.get(f"/staff/vendors/{code}/consents/NOSUCH/photo", status=404)


def test_staff_act_under_a_banner_and_history_names_both(at: Market, desk: Pages, clerk: Person) -> None:
    made = listing(at)
    consent(at)
    begin(at, desk)
    desk.get("/vendor/goods")
    assert "先不卖了" in desk.post(f"/vendor/goods/{made.code}/pause").main
    wanted = select(ListingHistory.actor).where(ListingHistory.to_state == ListingState.PAUSED)
    assert at.world.read(lambda session: session.scalars(wanted).all()) == [f"{clerk.code}>{at.vendor.code}"]
    assert "周素珍替周素珍家" in desk.get(f"/staff/goods/{made.code}").main
    desk.get("/vendor")
    assert "代操作结束了" in desk.submit_form("结束").main
    desk.get("/vendor", status=403)


def test_the_household_reads_who_did_it_and_takes_it_back_within_a_day(
    at: Market, desk: Pages, villager: Pages
) -> None:
    made = listing(at, stock=5)
    consent(at)
    begin(at, desk)
    desk.get("/vendor/goods")
    desk.post(f"/vendor/goods/{made.code}/count", {"free": "9", "saw_free": "5"})
    at.world.clock.advance(hours=23)
    page = villager.get("/vendor/acts")
    assert "中心的周素珍替您做的" in page.main
    assert "今天 10:00 前能撤回" in page.main
    assert "撤回了。林下土鸡蛋现在店里卖着，还有 5 盒。" in villager.submit_form("撤回").main
    assert mine(at)[0].facts.card.free == 5
    assert villager.post(f"/vendor/acts/{_last(at)}/undo").main.count("已经撤回了。林下土鸡蛋现在店里卖着") == 1


def _last(at: Market) -> str:
    return at.world.read(lambda session: session.scalars(select(Act.code).order_by(Act.id.desc())).first()) or ""


def test_ten_acts_in_a_row_are_read_back_in_one_message(at: Market, desk: Pages) -> None:
    made = listing(at)
    consent(at)
    begin(at, desk)
    desk.get("/vendor/goods")
    for _turn in range(5):
        desk.post(f"/vendor/goods/{made.code}/pause")
        at.world.clock.advance(minutes=1)
        desk.post(f"/vendor/goods/{made.code}/resume")
    assert texts(at) == []
    at.world.clock.advance(minutes=15)
    (told,) = texts(at)
    assert "中心替您办了10件事，最近一件：林下土鸡蛋：又在卖了" in told
    assert len(told) <= 70
    assert len(texts(at)) == 1
    desk.post(f"/vendor/goods/{made.code}/pause")
    at.world.clock.advance(minutes=15)
    assert "中心替您办了：林下土鸡蛋：先不卖了" in texts(at)[-1]


def test_the_centre_sees_what_was_done_for_whom_and_how_it_stands(
    at: Market, desk: Pages, visitor: Callable[[], Pages]
) -> None:
    made = listing(at, stock=5)
    consent(at)
    begin(at, desk)
    desk.get("/vendor/goods")
    desk.post(f"/vendor/goods/{made.code}/pause")
    desk.submit_form("撤回")
    desk.post(f"/vendor/goods/{made.code}/count", {"free": "9", "saw_free": "5"})

    def rows(browser: Pages, query: str = "") -> list[list[str]]:
        page = browser.get(f"/staff/vendors/acting/done{query}")
        return [[words_of(cell) for cell in row if cell.tag in ("th", "td")] for row in page.all("tr")[1:]]

    counted, paused = rows(desk)
    assert counted == ["周素珍家林下土鸡蛋：还有 9 盒", "11月22日 10:00周素珍", "明天 10:00 前", "就要发"]
    assert paused[2:] == ["撤回了", "不用了"]
    at.world.clock.advance(minutes=15)
    texts(at)
    assert rows(desk, "?mine=1")[0][3] == "11月22日 10:15"
    at.world.clock.advance(days=1)
    assert rows(desk, f"?vendor={at.vendor.code}")[0][2] == "过时间了"
    other = visitor()
    other.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    assert len(rows(other)) == 2
    assert rows(other, "?mine=1") == []
    other.get("/staff/vendors/acting/done?vendor=nosuch", status=404)
    at.world.clock.advance(days=30)
    assert rows(desk) == []


def test_the_centre_sees_whose_consent_ends_soon(at: Market, desk: Pages) -> None:
    consent(at, days=10)
    assert "管到" in desk.get("/staff/vendors/acting").main
    at.world.clock.advance(days=3)
    page = desk.get("/staff/vendors/acting")
    assert "1 家的同意书一周里到期" in page.main
    assert "还有 7 天" in page.main
    at.world.clock.advance(days=7)
    assert "今天最后一天" in desk.get("/staff/vendors/acting").main
    at.world.clock.advance(days=1)
    assert "一周里到期" not in desk.get("/staff/vendors/acting").main


def test_what_staff_took_back_at_once_is_not_told_and_what_they_take_back_of_the_household_is(
    at: Market, desk: Pages, villager: Pages
) -> None:
    made = listing(at)
    consent(at)
    begin(at, desk)
    desk.get("/vendor/goods")
    desk.post(f"/vendor/goods/{made.code}/pause")
    desk.submit_form("撤回")
    at.world.clock.advance(minutes=15)
    assert texts(at) == []
    villager.get("/vendor/goods")
    villager.post(f"/vendor/goods/{made.code}/pause")
    desk.post(f"/vendor/acts/{_last(at)}/undo")
    at.world.clock.advance(minutes=15)
    assert ["撤回了" in told for told in texts(at)] == [True]
    assert mine(at)[0].state is ListingState.PUBLISHED


def test_staff_reach_only_what_the_consent_covers_and_never_the_household_itself(at: Market, desk: Pages) -> None:
    made = listing(at)
    consent(at, scopes=[ConsentScope.STOCK])
    begin(at, desk)
    desk.get("/vendor/goods")
    desk.post(f"/vendor/goods/{made.code}/pause")
    for address in ("/vendor/wanted", f"/vendor/goods/{made.code}/edit", "/vendor/money", "/vendor/people"):
        desk.get(address, status=403)
    desk.get("/vendor/goods")
    desk.post(f"/vendor/goods/{made.code}/archive", status=403)
    assert mine(at)[0].state is ListingState.PAUSED


def test_staff_take_back_only_what_the_consent_covers(at: Market, desk: Pages, villager: Pages) -> None:
    made = listing(at)
    consent(at, scopes=[ConsentScope.STOCK])
    begin(at, desk)
    villager.get("/vendor/goods")
    villager.post(f"/vendor/goods/{made.code}/archive")
    assert "撤回" not in desk.get("/vendor/acts").main
    desk.post(f"/vendor/acts/{_last(at)}/undo", status=403)
    assert mine(at)[0].state is ListingState.ARCHIVED
    villager.get("/vendor/acts")
    villager.submit_form("撤回")
    villager.post(f"/vendor/goods/{made.code}/pause")
    desk.get("/vendor/acts")
    assert "林下土鸡蛋现在店里卖着" in desk.submit_form("撤回").main
    desk.post("/vendor/acts/NOSUCH/undo", status=404)


def test_a_consent_revoked_while_staff_act_stops_the_next_press(at: Market, desk: Pages, villager: Pages) -> None:
    made = listing(at)
    consent(at)
    begin(at, desk)
    desk.get("/vendor/goods")
    villager.get("/vendor/people")
    assert "收回了" in villager.submit_form("真的收回").main
    before = footprint(at.world)
    desk.post(f"/vendor/goods/{made.code}/pause", status=403)
    assert footprint(at.world) == before
    assert mine(at)[0].state is ListingState.PUBLISHED
    desk.get("/vendor", status=403)


def test_an_ended_consent_is_told_where_another_is_noted(at: Market, desk: Pages) -> None:
    consent(at, days=1)
    begin(at, desk)
    at.world.clock.advance(days=2)
    page = desk.get("/vendor", follow=True)
    assert page.url == f"/staff/vendors/{at.vendor.code}/acting"
    assert "不能替这家操作" in page.main
    assert "到期了" in page.main
    assert "没有管用的同意书" in desk.post(f"/staff/vendors/{at.vendor.code}/acting/start").main


def test_staff_revoke_what_the_household_wants_revoked(at: Market, desk: Pages) -> None:
    code = consent(at)
    form = desk.get(f"/staff/vendors/{at.vendor.code}/acting").form(f"{code}/revoke")
    for _press in range(2):
        assert "收回了" in desk.post(form.action, form.values).main
    desk.post(f"/staff/vendors/{at.vendor.code}/consents/NOSUCH/revoke", {"version": "1"}, 404)
    kept = at.world.read(lambda session: session.scalars(select(Consent.revoked_by)).one())
    assert kept is not None


def test_the_big_notice_stays_as_one_line_until_its_time_is_over(at: Market, villager: Pages) -> None:
    made = listing(at)
    villager.get("/vendor/goods")
    page = villager.post(f"/vendor/goods/{made.code}/pause")
    assert "undo-fresh" in page.text
    page = villager.get("/vendor")
    assert "undo-fresh" not in page.text
    assert "先不卖了" in page.main
    assert "撤回了。林下土鸡蛋现在店里卖着" in villager.submit_form("撤回").main
    assert "撤回" not in villager.get("/vendor").main
    villager.post(f"/vendor/goods/{made.code}/pause")
    at.world.clock.advance(minutes=10)
    assert "撤回" not in villager.get("/vendor").main
    late = villager.post(f"/vendor/acts/{_last(at)}/undo").main
    assert "过了时间，撤不回了。林下土鸡蛋现在先不卖，买的人看不到。要改，照常改就行。" in late


def test_a_sale_in_between_is_told_instead_of_undone(at: Market, villager: Pages) -> None:
    made = listing(at, stock=5)
    villager.get("/vendor/goods")
    villager.post(f"/vendor/goods/{made.code}/count", {"free": "9", "saw_free": "5"})
    paid_order(at, {variant_id(at, made): 1})
    assert (
        "后来又变过，撤不回了。林下土鸡蛋现在店里卖着，还有 8 盒。要改，照常改就行。"
        in villager.submit_form("撤回").main
    )
    assert mine(at)[0].facts.card.free == 8


def test_an_earlier_act_waits_until_the_later_one_is_taken_back(at: Market, villager: Pages) -> None:
    made = listing(at, stock=5)
    villager.get("/vendor/goods")
    villager.post(f"/vendor/goods/{made.code}/count", {"free": "9", "saw_free": "5"})
    first = _last(at)
    villager.post(f"/vendor/goods/{made.code}/count", {"free": "7", "saw_free": "9"})
    second = _last(at)
    assert "先撤回后来做的那件" in villager.post(f"/vendor/acts/{first}/undo").main
    assert "还有 9 盒" in villager.post(f"/vendor/acts/{second}/undo").main
    assert "还有 5 盒" in villager.post(f"/vendor/acts/{first}/undo").main


def test_what_is_true_after_taking_back_is_said_for_a_part_and_for_a_price(at: Market, villager: Pages) -> None:
    made = listing(at)
    part = paid_order(at, {variant_id(at, made): 1}).parts[0].code
    villager.get("/vendor/wanted")
    villager.post(f"/vendor/wanted/{part}/ready")
    assert f"撤回了。编号 {part}现在还没备好。" in villager.post(f"/vendor/acts/{_last(at)}/undo").main
    villager.get(f"/vendor/goods/{made.code}/edit")
    villager.submit_form("改好了", price="40")
    assert "撤回了。林下土鸡蛋现在店里卖着，¥48 / 盒（30个），还有" in villager.submit_form("撤回").main


def test_each_thing_staff_do_is_noted_in_words(at: Market, desk: Pages, villager: Pages) -> None:
    made = listing(at, stock=5)
    order = paid_order(at, {variant_id(at, made): 1})
    spare = paid_order(at, {variant_id(at, made): 1})
    consent(at)
    begin(at, desk)
    desk.get(f"/vendor/goods/{made.code}/edit")
    desk.submit_form("改好了", story="换一个说法")
    desk.get(f"/vendor/goods/{made.code}/photos")
    desk.submit_form("photo-form", press="加这张", photo=(jpeg(seed=3), "p.jpg"))
    desk.post(f"/vendor/wanted/{order.parts[0].code}/ready")
    for _press in range(2):
        desk.post(f"/vendor/wanted/{spare.parts[0].code}/decline")
    desk.post(f"/vendor/goods/{made.code}/confirm")
    desk.post(f"/vendor/goods/{made.code}/archive")
    noted = at.world.read(lambda session: session.execute(select(Act.words, Act.by_staff).order_by(Act.id)).all())
    assert [row.words.partition("。")[0] for row in noted] == [
        "林下土鸡蛋：改了说法、价钱",
        "林下土鸡蛋：换了照片",
        f"林下土鸡蛋：备好了，编号 {order.parts[0].code}",
        f"编号 {spare.parts[0].code}：说没有货，钱退了",
        "林下土鸡蛋：记好了，接着卖",
        "林下土鸡蛋：收起来了",
    ]
    assert all(row.by_staff for row in noted)
    page = villager.get("/vendor/acts")
    assert page.main.count("中心的周素珍替您做的") == 6


def test_a_thing_offered_for_them_is_told_and_the_household_takes_it_back(
    at: Market, desk: Pages, villager: Pages
) -> None:
    consent(at, scopes=[ConsentScope.GOODS])
    begin(at, desk)
    photographed(desk)
    assert desk.submit_form(**GOOD).heading == "送审了"
    (made,) = mine(at)
    assert made.state is ListingState.IN_REVIEW
    at.world.clock.advance(minutes=15)
    assert ["中心替您办了：新核桃：送去中心看了" in told for told in texts(at)] == [True]
    villager.get("/vendor/acts")
    assert "撤回了" in villager.submit_form("撤回").main
    assert mine(at)[0].state is ListingState.ARCHIVED


def test_a_question_answered_for_them_is_told_and_stays(at: Market, desk: Pages, villager: Pages) -> None:
    made, clock = listing(at), at.world.clock
    asking = partial(ask, listing_code=made.code, text="还有多的吗", key="k", phone="13812345678")
    code = at.world.run(lambda session: asking(session, actor=VISITOR, clock=clock).code)
    consent(at)
    begin(at, desk)
    desk.get(f"/vendor/questions/{code}")
    desk.post(f"/vendor/questions/{code}", {"ready": "in_stock"})
    page = villager.get("/vendor/acts")
    assert "林下土鸡蛋：回了买家一句" in page.main
    assert "撤回" not in page.main
    assert "过了时间" in villager.post(f"/vendor/acts/{_last(at)}/undo").main
