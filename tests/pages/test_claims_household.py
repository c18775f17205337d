"""Claims as the household reads them: photo, what it cost and why; one word back, which a person answers."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from shop.catalog.models import Listing
from shop.desk.models import Bearer
from shop.desk.queries import ClaimFacts
from shop.ledger.rules import COMMISSION, claim_loss, seller
from shop.notifications.models import Delivery
from tests.support.pages import Pages
from tests.world import claims
from tests.world.books import account, assert_sound, footprint
from tests.world.market import PASSWORD, TO, Market, another_vendor, delivered_order, listing, variant_id

NOT_OURS = "不是我的，请中心看"


@pytest.fixture
def asked(at: Market, eggs: Listing) -> ClaimFacts:
    """A claim about three eggs of thirty that waits for a person."""
    claims.by_hand(at)
    return claims.ask(at, delivered_order(at, {variant_id(at, eggs): 1}), words="有三个破了")


@pytest.fixture
def household(at: Market, visitor: Callable[[], Pages]) -> Pages:
    """A browser of the household whose eggs they are."""
    browser = visitor()
    browser.sign_in(at.vendor_person().phone, PASSWORD)
    return browser


def _told(at: Market) -> list[str]:
    at.world.deliver()
    return list(at.world.read(lambda session: session.scalars(select(Delivery.text)).all()))


def test_a_claim_is_seen_with_its_photo_and_answered_with_one_press(
    at: Market, asked: ClaimFacts, household: Pages, staff: Pages
) -> None:
    page = household.get(household.get("/vendor").links()["1 个买家说货有问题，看一看"])
    assert "还没扣钱" in page.main
    page = household.get(f"/vendor/claims/{asked.code}")
    assert "有三个破了" in page.main
    for private in (TO.name, TO.phone, asked.order_code):
        assert private not in page.main
    assert household.client.get(f"/vendor/claims/{asked.code}/photos/0").mimetype == "image/jpeg"
    assert household.client.get(f"/vendor/claims/{asked.code}/photos/1").status_code == 404
    page = household.submit_form("是我的")
    assert "您说：是我的" in page.main
    assert "买家说货有问题，看一看" not in household.get("/vendor").main
    assert "是我的" in staff.get(f"/staff/claims/{asked.code}").main


def test_what_it_cost_is_told_and_not_theirs_comes_back_to_the_fen(
    at: Market, asked: ClaimFacts, household: Pages, staff: Pages
) -> None:
    before = account(at.world, seller(at.vendor.code)), account(at.world, COMMISSION)
    claims.accept(at, asked, Bearer.HOUSEHOLD)
    assert any("您出4.32元" in text for text in _told(at))
    page = household.get(f"/vendor/claims/{asked.code}")
    assert "您出 ¥4.32" in page.main
    assert "看过照片" in page.main
    assert "赔给买家的" in household.get("/vendor/money").main
    household.get(f"/vendor/claims/{asked.code}")
    household.submit_form(NOT_OURS)
    page = staff.get(staff.get("/staff").links()["农户说不是他的错"])
    staff.click(next(word for word in page.links() if "破了" in word))
    staff.submit_form("定下来，告诉农户", **_answer("packing", "箱里没有垫，是我们的错"))
    assert any("4.32元还给您" in text for text in _told(at))
    assert (account(at.world, seller(at.vendor.code)), account(at.world, COMMISSION)) == before
    assert account(at.world, claim_loss("packing")) == asked.amount_fen
    page = household.get(f"/vendor/claims/{asked.code}")
    assert "不算您的，不扣钱" in page.main
    assert "箱里没有垫" in page.main
    assert NOT_OURS not in [button.label for form in page.forms() for button in form.buttons]
    assert "不算您的，还给您" in household.get("/vendor/money").main
    assert_sound(at.world)


def _answer(bearer: str, reason: str) -> dict[str, Any]:
    return {"household-bearer": bearer, "household-reason": reason}


def test_it_may_stay_theirs_with_a_reason_and_is_answered_once(
    at: Market, asked: ClaimFacts, household: Pages, staff: Pages
) -> None:
    claims.accept(at, asked, Bearer.HOUSEHOLD)
    at.world.deliver()
    claims.object_to(at, asked)
    cost = account(at.world, seller(at.vendor.code))
    staff.get(f"/staff/claims/{asked.code}")
    assert "农户看得到" in staff.submit_form("定下来，告诉农户", status=422).main
    staff.get(f"/staff/claims/{asked.code}")
    staff.submit_form("定下来，告诉农户", **_answer("household", "照片上蛋壳薄，一碰就破"))
    assert account(at.world, seller(at.vendor.code)) == cost
    assert any("还是算您的" in text for text in _told(at))
    before, now = footprint(at.world), claims.claim(at, asked.code)
    sent = {**_answer("town", "算了"), "version": str(now.version)}
    staff.post(f"/staff/claims/{asked.code}/household", sent, status=409)
    household.post(f"/vendor/claims/{asked.code}/word", {"word": "ours"})
    assert footprint(at.world) == before
    assert claims.claim(at, asked.code).version == now.version


def test_what_another_bears_costs_nothing_and_another_household_sees_nothing(
    at: Market, asked: ClaimFacts, household: Pages, visitor: Callable[[], Pages]
) -> None:
    claims.accept(at, asked, Bearer.PACKING)
    at.world.deliver()
    page = household.get(f"/vendor/claims/{asked.code}")
    assert "不算您的，不扣钱" in page.main
    assert not [form for form in page.forms() if "/word" in form.action]
    household.post(f"/vendor/claims/{asked.code}/word", {"word": "not_ours"})
    assert claims.claim(at, asked.code).household_word is None
    other = Market(at.world, another_vendor(at.world), at.category)
    listing(other, vendor=other.vendor)
    stranger = visitor()
    stranger.sign_in(other.vendor_person().phone, PASSWORD)
    before = footprint(at.world)
    for page_of in ("", "/photos/0"):
        stranger.get(f"/vendor/claims/{asked.code}{page_of}", status=404)
    stranger.post(f"/vendor/claims/{asked.code}/word", {"word": "ours"}, status=404)
    assert "没有人说" in stranger.get("/vendor/claims").main
    assert footprint(at.world) == before


def test_words_that_say_who_bought_are_left_out(at: Market, eggs: Listing, household: Pages) -> None:
    claims.by_hand(at)
    made = delivered_order(at, {variant_id(at, eggs): 1})
    asked = claims.ask(at, made, words=f"破了，打我电话 {TO.phone}")
    assert TO.phone not in household.get(f"/vendor/claims/{asked.code}").main
