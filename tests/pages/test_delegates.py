"""Somebody of the family helps: taken in by a code or at the counter, and sent away at once."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from shop.accounts.models import Role
from shop.accounts.queries import Person
from shop.kernel.actor import Actor
from shop.notifications.models import Delivery
from shop.vendors.delegates import add_delegate, members_of
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world.market import PASSWORD, Market, another_vendor, listing, someone


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


def test_a_delegate_sells_but_sees_neither_the_account_nor_who_else_may(
    at: Market, desk: Pages, villager: Pages, visitor: Callable[[], Pages]
) -> None:
    daughter, made = someone(at.world, Role.BUYER), listing(at)

    def ask(phone: str, status: int = 422) -> Page:
        typed: dict[str, Any] = {"helper-phone": phone}
        return desk.submit_form("添一个帮忙的人", status, **typed)

    desk.get(f"/staff/vendors/{at.vendor.code}/acting")
    assert "还没有来过" in ask("13999999999").main
    wrong = ask("1")
    assert "11 位手机号码" in wrong.main
    assert wrong.form("添一个帮忙的人").values["helper-phone"] == ["1"]
    assert "现在可以帮" in ask(f"+86 {daughter.phone[:3]} {daughter.phone[3:]}", 200).main
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


@pytest.mark.parametrize("role", [Role.STAFF, Role.MANAGER])
def test_the_centre_lets_none_of_its_own_into_a_household(at: Market, clerk: Person, desk: Pages, role: Role) -> None:
    """As one of the family they would act without a consent, and nobody would hear of it."""
    colleague = someone(at.world, role)
    for person in (clerk, colleague):
        desk.get(f"/staff/vendors/{at.vendor.code}/acting")
        typed: dict[str, Any] = {"helper-phone": person.phone}
        assert "请当家的在自己手机上添" in desk.submit_form("添一个帮忙的人", 422, **typed).main
    assert at.world.read(lambda session: members_of(session, at.vendor.id)) == []
    owner = at.vendor_person()
    mine = Actor(user_id=owner.id, label=owner.code, roles=owner.roles)
    add = partial(add_delegate, vendor_id=at.vendor.id, user_id=colleague.id, actor=mine, clock=at.world.clock)
    at.world.run(add)
    assert len(at.world.read(lambda session: members_of(session, at.vendor.id))) == 2


def test_nobody_helps_two_households_and_an_owner_is_not_removed(at: Market, desk: Pages, villager: Pages) -> None:
    other = someone(at.world, Role.VENDOR)
    here = f"/staff/vendors/{at.vendor.code}"
    owner = at.world.read(lambda session: members_of(session, at.vendor.id))[0]
    desk.get(f"{here}/acting")
    desk.post(f"{here}/delegates/{owner.code}/remove", status=404)
    desk.post(f"{here}/delegates/{other.code}/remove", {"version": "0"})
    villager.get("/vendor/people")
    villager.post(f"/vendor/people/{owner.code}/remove", status=404)
    assert len(at.world.read(lambda session: members_of(session, at.vendor.id))) == 1


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
    page = villager.submit_form("helper", status=429, phone=other.phone)
    assert "试的次数太多了" in page.main
    assert 0 < int(page.headers["Retry-After"]) <= 3600
