"""The desk of claims: what staff see of the goods, what they decide, and what their buyer reads."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from shop.accounts.models import Role, Viewed, ViewLog
from shop.catalog.models import Listing
from shop.desk.models import Bearer, ClaimKind, ClaimState
from shop.desk.queries import ClaimFacts
from shop.flows import claiming
from shop.kernel.actor import VISITOR
from shop.ledger.rules import claim_loss, seller
from shop.notifications.models import Delivery
from tests.support.pages import Pages
from tests.world import claims
from tests.world.books import account, assert_sound, footprint
from tests.world.market import PASSWORD, TO, Market, delivered_order, someone, variant_id

ACCEPT = "赔，退钱给买家"


@pytest.fixture
def asked(at: Market, eggs: Listing) -> ClaimFacts:
    """A claim about three eggs of thirty that waits for a person."""
    claims.by_hand(at)
    return claims.ask(at, delivered_order(at, {variant_id(at, eggs): 1}), words="箱子角压扁了")


def _reason(form: str, words: str) -> dict[str, Any]:
    return {f"{form}-reason": words}


def test_from_the_first_page_to_the_buyers_money(at: Market, asked: ClaimFacts, staff: Pages) -> None:
    page = staff.get(staff.get("/staff").links()["售后等着定"])
    assert TO.name not in page.main
    page = staff.click(next(word for word in page.links() if "破了" in word))
    assert "箱子角压扁了" in page.main
    assert "照规矩算快递的" in page.main
    assert "谁打的包" in page.main
    assert TO.phone not in page.main
    page = staff.submit_form(ACCEPT)
    assert "¥4.80退给买家" in page.text
    at.world.deliver()
    assert claims.claim(at, asked.code).state is ClaimState.PAID
    told = at.world.read(lambda session: session.scalars(select(Delivery.text)).all())
    assert any("看过照片，3 个都赔给您" in text or "看过照片，3 个都赔…" in text for text in told), told
    assert "售后等着定" not in staff.get("/staff").main
    assert "送到 1 单，售后 1 件，每 100 单 100.0 件" in staff.get("/staff/claims").main
    assert_sound(at.world)


def test_less_or_another_bearer_needs_words_of_their_own(at: Market, asked: ClaimFacts, staff: Pages) -> None:
    before = footprint(at.world)
    staff.get(f"/staff/claims/{asked.code}")
    page = staff.submit_form(ACCEPT, much="2", status=422)
    assert "请写一句为什么" in page.main
    page = staff.submit_form(ACCEPT, much="4", reason="多赔一个", status=422)
    assert "最多 3 个" in page.main
    page = staff.submit_form(ACCEPT, much="", reason="不知道", status=422)
    assert footprint(at.world) == before
    staff.get(f"/staff/claims/{asked.code}")
    staff.submit_form(ACCEPT, much="2", bearer="household", reason="照片上是两个，蛋壳本来就薄")
    at.world.deliver()
    now = claims.claim(at, asked.code)
    assert (now.granted, now.bearer, now.amount_fen) == (2, Bearer.HOUSEHOLD, 320)
    assert account(at.world, claim_loss("courier")) == 0
    assert account(at.world, seller(at.vendor.code)) == -(4320 - 288)
    assert_sound(at.world)


def test_photos_open_once_the_look_is_written_down(at: Market, asked: ClaimFacts, staff: Pages) -> None:
    address = f"/staff/claims/{asked.code}/photos/0"
    staff.get(address, status=404)
    assert "买家拍的" not in staff.get(f"/staff/claims/{asked.code}").main
    staff.submit_form("看 1 张照片")
    page = staff.get(f"/staff/claims/{asked.code}")
    assert "买家拍的" in page.main
    assert staff.client.get(address).mimetype == "image/jpeg"
    assert staff.client.get(f"/staff/claims/{asked.code}/photos/1").status_code == 404
    looks = at.world.read(lambda session: session.execute(select(ViewLog.subject, ViewLog.what)).all())
    assert [tuple(look) for look in looks] == [(asked.code, Viewed.CLAIM)]


def test_a_refusal_needs_its_reason_and_an_answer_of_the_buyer_comes_back_to_the_list(
    at: Market, asked: ClaimFacts, staff: Pages
) -> None:
    before = footprint(at.world)
    staff.get(f"/staff/claims/{asked.code}")
    assert "买家看得到" in staff.submit_form("不赔，告诉买家为什么", status=422).main
    assert footprint(at.world) == before
    staff.get(f"/staff/claims/{asked.code}")
    page = staff.submit_form("不赔，告诉买家为什么", **_reason("decline", "照片上看不出来"))
    assert "照片上看不出来" in page.main
    assert asked.title not in staff.get("/staff/claims").main
    act = partial(claiming.appeal, code=asked.code, words="再拍了一张", actor=VISITOR, clock=at.world.clock)
    at.world.run(act)
    assert "买家又说了一次" in staff.get("/staff/claims").main
    assert "再拍了一张" in staff.get(f"/staff/claims/{asked.code}").main


def test_goods_are_asked_back_looked_at_and_paid(at: Market, asked: ClaimFacts, staff: Pages) -> None:
    staff.get(f"/staff/claims/{asked.code}")
    staff.submit_form("写给买家，等货回来", **_reason("back", "拿回来看看是不是我们的蛋"))
    assert asked.title in staff.get("/staff/claims?list=awaiting").main
    staff.get(f"/staff/claims/{asked.code}")
    staff.submit_form("货回来了")
    assert staff.get("/staff").links()["退的货回来了"] == "/staff/claims?list=received"
    staff.get(f"/staff/claims/{asked.code}")
    staff.submit_form(ACCEPT)
    at.world.deliver()
    assert claims.claim(at, asked.code).state is ClaimState.PAID
    assert asked.title in staff.get("/staff/claims?list=ended").main


def test_who_claims_often_is_seen(at: Market, eggs: Listing, asked: ClaimFacts, staff: Pages) -> None:
    again = claims.ask(at, delivered_order(at, {variant_id(at, eggs): 1}), ClaimKind.SPOILED, 1)
    page = staff.get(f"/staff/claims/{again.code}")
    assert "不是第一次" in page.main
    assert page.links()[asked.title] == f"/staff/claims/{asked.code}"


def test_finance_reads_and_decides_nothing(at: Market, asked: ClaimFacts, visitor: Callable[[], Pages]) -> None:
    finance = visitor()
    finance.sign_in(someone(at.world, Role.FINANCE).phone, PASSWORD)
    page = finance.get(f"/staff/claims/{asked.code}")
    assert ACCEPT not in page.main
    before = footprint(at.world)
    for act in ("accept", "decline", "back", "received", "look"):
        finance.post(f"/staff/claims/{asked.code}/{act}", {"version": "1"}, status=403)
    assert footprint(at.world) == before


def test_an_old_page_is_told_and_what_was_typed_stays(at: Market, asked: ClaimFacts, staff: Pages) -> None:
    staff.get(f"/staff/claims/{asked.code}")
    claims.accept(at, asked)
    before = footprint(at.world)
    page = staff.submit_form("不赔，告诉买家为什么", **_reason("decline", "看不出来"), status=409)
    assert "没有算" in page.main
    assert footprint(at.world) == before
