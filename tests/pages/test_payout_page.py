"""The page of how a vendor is paid: the end of the number, proving who one is, changing it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from shop.accounts.models import Role
from shop.notifications.models import Delivery
from shop.vendors.joining.models import PayWay
from shop.vendors.joining.queries import payout_of
from shop.vendors.models import Member, MemberRole
from tests.support.pages import Pages
from tests.world import World
from tests.world.joining import CARD
from tests.world.market import PASSWORD, Market, market, someone

PAGES = ("/vendor/payout", "/vendor/payout/prove", "/vendor/payout/code", "/vendor/payout/change")


@pytest.fixture
def at(world: World) -> Market:
    return market(world)


def change_to_card(pages: Pages) -> None:
    pages.submit_form("way-form", press="下一步", way="bank")
    pages.submit_form("account-form", press="就用这个", holder="周素珍", bank="农商银行", number=CARD, agrees=True)


def way_of(at: Market) -> PayWay | None:
    found = at.world.read(lambda session: payout_of(session, at.vendor.id))
    return None if found is None else found.way


def test_an_owner_proves_it_by_password_and_changes_the_account(at: Market, pages: Pages) -> None:
    pages.sign_in(at.vendor_person().phone, PASSWORD)
    page = pages.get("/vendor/payout")
    assert "还没有说怎么领钱" in page.main
    assert pages.get("/vendor/payout/change", follow=True).heading == "先认一认您"
    page = pages.submit_form("prove-form", 422, press="下一步", password="wrong-password")
    assert "密码不对" in page.main
    page = pages.submit_form("prove-form", press="下一步", password=PASSWORD)
    assert page.heading == "以后钱怎么给您"
    change_to_card(pages)
    page = pages.get("/vendor/payout")
    assert "打到银行卡" in page.main
    assert CARD[-4:] in page.main
    assert CARD not in page.text
    assert "周素珍" in page.main, "who changed it"
    assert pages.get("/vendor/payout/change", 303).status == 303, "the next change is proven anew"


def test_a_code_from_the_phone_proves_it_as_well(at: Market, pages: Pages) -> None:
    owner = at.vendor_person()
    pages.sign_in(owner.phone, PASSWORD)
    pages.get("/vendor/payout/prove")
    page = pages.submit_form("改用短信验证码")
    assert page.heading == "写验证码"
    page = pages.submit_form("prove-form", 422, press="下一步", code="000000")
    assert "验证码不对" in page.main
    at.world.deliver()
    said = select(Delivery.text).where(Delivery.template == "entry_code", Delivery.phone == owner.phone)
    text = at.world.read(lambda session: session.scalars(said).one())
    code = next(word for word in ("".join(ch if ch.isdigit() else " " for ch in text)).split() if len(word) == 6)
    page = pages.submit_form("prove-form", press="下一步", code=code)
    assert page.heading == "以后钱怎么给您"
    pages.submit_form("way-form", press="下一步", way="cash")
    assert way_of(at) is PayWay.CASH


def test_the_proof_ends_after_ten_minutes(at: Market, pages: Pages) -> None:
    pages.sign_in(at.vendor_person().phone, PASSWORD)
    pages.get("/vendor/payout/prove")
    pages.submit_form("prove-form", press="下一步", password=PASSWORD)
    at.world.clock.advance(minutes=11)
    page = pages.submit_form("way-form", press="下一步", way="cash")
    assert page.heading == "先认一认您"
    assert way_of(at) is None


def test_what_is_typed_wrong_changes_nothing_and_is_kept(at: Market, pages: Pages) -> None:
    pages.sign_in(at.vendor_person().phone, PASSWORD)
    pages.get("/vendor/payout/prove")
    pages.submit_form("prove-form", press="下一步", password=PASSWORD)
    pages.get("/vendor/payout/change/wechat")
    for number in ("😀" * 8, "<b>x</b>", "1" * 200, "1390000000"):
        page = pages.submit_form("account-form", 422, press="就用这个", holder="周素珍", number=number, agrees=True)
        assert "这不像微信号" in page.main
        assert page.form().values["number"] == [number]
    pages.get("/vendor/payout/change/cash", 404)
    assert way_of(at) is None


def test_neither_a_delegate_nor_staff_nor_a_buyer_sees_it(at: Market, visitor: Callable[[], Pages]) -> None:
    delegate = at.vendor_person()
    at.world.run(
        lambda session: setattr(session.get_one(Member, (at.vendor.id, delegate.id)), "role", MemberRole.DELEGATE)
    )
    for person in (delegate, someone(at.world, Role.STAFF), someone(at.world, Role.BUYER)):
        browser = visitor()
        browser.sign_in(person.phone, PASSWORD)
        for path in PAGES:
            browser.get(path, 403)
        browser.post("/vendor/payout/change", {"way": "cash"}, 403)
    assert way_of(at) is None


def test_too_many_tries_are_told_when_to_come_back(at: Market, pages: Pages) -> None:
    pages.sign_in(at.vendor_person().phone, PASSWORD)
    pages.get("/vendor/payout/prove")
    for _try in range(8):
        pages.submit_form("prove-form", 422, press="下一步", password="wrong-password")
    page = pages.submit_form("prove-form", 429, press="下一步", password=PASSWORD)
    assert "分钟后再来" in page.main
    assert page.headers["Retry-After"]
