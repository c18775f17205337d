"""Staff act for a household with its consent, the household reads what was done, and takes it back."""

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from shop.accounts.models import Role
from shop.accounts.queries import Person
from shop.catalog.models import ListingHistory, ListingState
from shop.flows.readback import tell_due
from shop.notifications.models import Delivery
from shop.vendors.acts.models import Act, Consent, ConsentScope
from shop.vendors.acts.queries import consents_of
from shop.vendors.delegates import members_of
from tests.pages.selling import jpeg, mine
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world import World
from tests.world.acting import consent
from tests.world.books import footprint
from tests.world.market import PASSWORD, Market, another_vendor, listing, market, paid_order, someone, variant_id


@pytest.fixture
def at(world: World) -> Market:
    """A town with one household."""
    return market(world)


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


@pytest.fixture
def villager(at: Market, pages: Pages) -> Pages:
    """The browser of somebody of that household, signed in."""
    pages.sign_in(at.vendor_person().phone, PASSWORD)
    return pages


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
    answer = desk.client.get(address)
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (
        200,
        "image/jpeg",
        "private, no-store",
    )
    assert visitor().client.get(address).status_code == 303
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
    assert "撤回了，和原来一样" in villager.submit_form("撤回").main
    assert mine(at)[0].facts.card.free == 5
    assert villager.post(f"/vendor/acts/{_last(at)}/undo").main.count("已经撤回了") == 1


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
    desk.get(f"/staff/vendors/{at.vendor.code}/acting")
    for _press in range(2):
        assert "收回了" in desk.post(f"/staff/vendors/{at.vendor.code}/consents/{code}/revoke").main
    desk.post(f"/staff/vendors/{at.vendor.code}/consents/NOSUCH/revoke", status=404)
    kept = at.world.read(lambda session: session.scalars(select(Consent.revoked_by)).one())
    assert kept is not None


def test_a_delegate_sells_but_sees_neither_the_account_nor_who_else_may(
    at: Market, desk: Pages, villager: Pages, visitor: Callable[[], Pages]
) -> None:
    daughter, made = someone(at.world, Role.BUYER), listing(at)

    def ask(phone: str) -> Page:
        typed: dict[str, Any] = {"helper-phone": phone}
        return desk.submit_form("添一个帮忙的人", **typed)

    desk.get(f"/staff/vendors/{at.vendor.code}/acting")
    assert "还没有来过" in ask("13999999999").main
    assert "11 位手机号码" in ask("1").main
    assert "现在可以帮" in ask(daughter.phone).main
    at.world.deliver()
    wanted = select(Delivery.phone).where(Delivery.template == "acted_for")
    assert at.world.read(lambda session: session.scalars(wanted).all()) == [at.vendor.phone]
    helper = visitor()
    helper.sign_in(daughter.phone, PASSWORD)
    helper.get("/vendor/goods")
    assert "先不卖了" in helper.post(f"/vendor/goods/{made.code}/pause").main
    assert "谁能替我办" not in helper.get("/vendor/acts").main
    helper.get("/vendor/people", status=403)
    assert daughter.phone not in villager.get("/vendor/people").text
    assert "去掉了" in villager.submit_form("去掉").main
    helper.get("/vendor", status=403)
    assert len(at.world.read(lambda session: members_of(session, at.vendor.id))) == 1
    villager.post(f"/vendor/people/{daughter.code}/remove")


def test_nobody_helps_two_households_and_an_owner_is_not_removed(at: Market, desk: Pages, villager: Pages) -> None:
    other = someone(at.world, Role.VENDOR)
    here = f"/staff/vendors/{at.vendor.code}"
    owner = at.world.read(lambda session: members_of(session, at.vendor.id))[0]
    desk.get(f"{here}/acting")
    desk.post(f"{here}/delegates/{owner.code}/remove", status=404)
    desk.post(f"{here}/delegates/{other.code}/remove")
    villager.get("/vendor/people")
    villager.post(f"/vendor/people/{owner.code}/remove", status=404)
    assert len(at.world.read(lambda session: members_of(session, at.vendor.id))) == 1


def test_the_big_notice_stays_as_one_line_until_its_time_is_over(at: Market, villager: Pages) -> None:
    made = listing(at)
    villager.get("/vendor/goods")
    page = villager.post(f"/vendor/goods/{made.code}/pause")
    assert "undo-fresh" in page.text
    page = villager.get("/vendor")
    assert "undo-fresh" not in page.text
    assert "先不卖了" in page.main
    assert "撤回了，和原来一样" in villager.submit_form("撤回").main
    assert "撤回" not in villager.get("/vendor").main
    villager.post(f"/vendor/goods/{made.code}/pause")
    at.world.clock.advance(minutes=10)
    assert "撤回" not in villager.get("/vendor").main
    assert "过了时间" in villager.post(f"/vendor/acts/{_last(at)}/undo").main


def test_a_sale_in_between_is_told_instead_of_undone(at: Market, villager: Pages) -> None:
    made = listing(at, stock=5)
    villager.get("/vendor/goods")
    villager.post(f"/vendor/goods/{made.code}/count", {"free": "9", "saw_free": "5"})
    paid_order(at, {variant_id(at, made): 1})
    assert "后来又有变化" in villager.submit_form("撤回").main
    assert mine(at)[0].facts.card.free == 8


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


def sent_code(at: Market, phone: str) -> str:
    at.world.deliver()
    wanted = select(Delivery.text).where(Delivery.template == "helper_code", Delivery.phone == phone)
    text = at.world.read(lambda session: session.scalars(wanted.order_by(Delivery.id.desc())).first()) or ""
    found = re.search(r"\d{6}", text)
    assert found is not None, text
    return found[0]


def test_the_household_lets_somebody_help_by_the_code_from_their_phone(
    at: Market, villager: Pages, visitor: Callable[[], Pages]
) -> None:
    phone = at.world.phone()
    villager.get("/vendor/people")
    villager.click("添一个帮忙的人")
    assert "11 位手机号码" in villager.submit_form("helper", status=422, phone="1380").main
    assert "他收到哪六个数" in villager.submit_form("helper", phone=phone).main
    code = sent_code(at, phone)
    assert "这六个数不对" in villager.submit_form("helper", status=422, code="000000").main
    assert "写上名字" in villager.submit_form("helper", status=422, code=code).main
    assert "何小妹现在可以帮您看摊位" in villager.submit_form("helper", code=code, name="何小妹").main
    roles = [one.role for one in at.world.read(lambda session: members_of(session, at.vendor.id))]
    assert roles == ["owner", "delegate"]
    villager.get("/vendor/people/add/code", status=303)


def test_a_code_for_helping_opens_no_door_and_a_code_for_a_door_does_not_help(
    at: Market, villager: Pages, visitor: Callable[[], Pages]
) -> None:
    daughter = someone(at.world, Role.BUYER)
    villager.get("/vendor/people/add")
    villager.submit_form("helper", phone=daughter.phone)
    code = sent_code(at, daughter.phone)
    thief = visitor()
    thief.get("/sign-in/code")
    thief.submit_form("/sign-in/code", phone=daughter.phone)
    assert "验证码不对" in thief.submit_form("/sign-in/code/enter", status=422, code=code).main
    villager.submit_form("helper", code=code)
    assert len(at.world.read(lambda session: members_of(session, at.vendor.id))) == 2


def test_who_helps_another_household_is_not_added(at: Market, villager: Pages) -> None:
    other = replace(at, vendor=another_vendor(at.world)).vendor_person()
    villager.get("/vendor/people/add")
    villager.submit_form("helper", phone=other.phone)
    page = villager.submit_form("helper", status=422, code=sent_code(at, other.phone))
    assert "不能两家都帮" in page.main
    villager.get("/vendor/people/add")
    for _more in range(2):
        villager.submit_form("helper", phone=other.phone)
        villager.get("/vendor/people/add")
    assert "发得太多了" in villager.submit_form("helper", status=422, phone=other.phone).main
