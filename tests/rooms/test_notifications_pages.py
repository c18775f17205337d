"""The bench's pages of short messages and of what runs by itself."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from shop.accounts.models import Role
from shop.kernel import outbox
from shop.kernel.jobs import run_if_due
from shop.notifications.rules import VALUES
from shop.notifications.services import wanted
from shop.notifications.topics import SMS
from shop.web.messages import TEMPLATE_WORDS
from tests.support.pages import Pages
from tests.world import World
from tests.world.market import PASSWORD, someone, town

PHONE = "13911112222"


@pytest.fixture
def staff(world: World, visitor: Callable[[], Pages]) -> Pages:
    """A browser of the centre's staff in a founded town."""
    town(world)
    pages = visitor()
    pages.sign_in(someone(world, Role.STAFF).phone, PASSWORD)
    return pages


def ask(world: World, code: str) -> int:
    return world.run(
        lambda session: wanted(session, "order_cancelled", phone=PHONE, values={"code": code}, clock=world.clock)
    )


def fail(_message_id: int, _facts: Any) -> None:
    raise ConnectionError


def poison(world: World, message_id: int) -> None:
    for _ in range(outbox.MAX_ATTEMPTS):
        outbox.deliver(world.edge, {SMS: fail}, message_id, clock=world.clock)
        world.clock.advance(hours=2)


def test_every_message_has_a_name() -> None:
    assert set(TEMPLATE_WORDS) == set(VALUES)


def test_the_delivery_log_masks_numbers_and_has_leaves(world: World, staff: Pages) -> None:
    assert "还没发过短信" in staff.get("/staff/sms").words
    for number in range(51):
        ask(world, f"CODE{number:04d}")
    world.deliver()
    page = staff.get("/staff/sms")
    assert "CODE0050" in page.words
    assert "CODE0000" not in page.words
    assert "139****2222" in page.words
    assert re.search(r"\S+ \S+ 以后发\s*一小时里收够了", page.words)
    assert PHONE not in page.text
    assert "CODE0000" in staff.click("下一页").words
    assert "CODE0050" in staff.click("上一页").words
    assert staff.get("/staff/sms?page=x").status == 200


def test_a_poisoned_message_is_shown_and_put_back_to_work_by_a_person(world: World, staff: Pages) -> None:
    message_id = ask(world, "ABCD2345")
    poison(world, message_id)
    page = staff.get("/staff/jobs")
    assert "有 1 件事试了多次没做成" in page.words
    assert "ConnectionError" in page.words
    assert PHONE not in page.text
    page = staff.submit_form("再试")
    assert "已经重新安排" in page.words
    assert "要人看的" not in page.words
    assert world.deliver() == 1
    page = staff.post(f"/staff/jobs/messages/{message_id}/retry", {"version": "0"})
    assert "已经重新安排" in page.words, "the same press is done"
    staff.post(f"/staff/jobs/messages/{message_id}/retry", {"version": "1"}, 409)
    staff.post("/staff/jobs/messages/999999/retry", {"version": "0"}, 404)


def test_the_jobs_page_tells_what_ran_what_failed_and_what_is_late(world: World, staff: Pages) -> None:
    assert "后台还没跑起来" in staff.get("/staff/jobs").words
    run_if_due(world.edge, "heartbeat", 45, lambda: None, clock=world.clock)
    run_if_due(world.edge, "expire", 45, lambda: fail(0, {}), clock=world.clock)
    world.clock.advance(seconds=20)
    page = staff.get("/staff/jobs")
    assert "报个平安 45 秒 20 秒前 25 秒后 1 0 正常" in page.words
    assert "到点没付款的，放回货" in page.words
    assert "晚了" in page.words
    world.clock.advance(hours=3)
    assert "正常" not in staff.get("/staff/jobs").words


def test_others_do_not_see_the_benchs_pages(world: World, pages: Pages) -> None:
    town(world)
    pages.sign_in(someone(world, Role.DRIVER).phone, PASSWORD)
    pages.get("/staff/sms", 403)
    pages.get("/staff/jobs", 403)
