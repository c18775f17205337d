"""Managers give and take roles; buyers' phones are hidden until somebody says why; one order's whole trail."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select

from shop.accounts.models import Role, RoleChange, UserRole, ViewLog
from shop.accounts.queries import Person
from shop.accounts.services import forget_old
from shop.flows import bench
from shop.flows.giving import Amount, give
from shop.fulfilment.services import Packing
from shop.orders.models import Box
from tests.support.pages import Pages
from tests.world import market
from tests.world.cash import at_the_counter, due, take
from tests.world.factors import enrol, next_code
from tests.world.market import (
    PASSWORD,
    STAFF,
    Market,
    delivered_order,
    listing,
    paid_order,
    sent_order,
    someone,
    variant_id,
)

MOST_STATEMENTS = 15
PHONE, DOOR = "13812345678", "3 单元 401"

Browser = Callable[[Person], Pages]


@pytest.fixture
def signed_in(visitor: Callable[[], Pages]) -> Browser:
    """Make a person's browser."""

    def open_one(person: Person) -> Pages:
        browser = visitor()
        browser.sign_in(person.phone, PASSWORD)
        return browser

    return open_one


def roles_of(at: Market, person: Person) -> set[Role]:
    return set(at.world.read(lambda s: s.scalars(select(UserRole.role).where(UserRole.user_id == person.id)).all()))


def looks(at: Market) -> list[tuple[str, str, str]]:
    wanted = select(ViewLog.actor, ViewLog.subject, ViewLog.why).order_by(ViewLog.id)
    return at.world.read(lambda s: [(actor, subject, why.value) for actor, subject, why in s.execute(wanted)])


def test_a_manager_finds_somebody_gives_and_takes_with_reasons(at: Market, signed_in: Browser) -> None:
    manager, person = someone(at.world, Role.MANAGER), someone(at.world, Role.BUYER)
    page = signed_in(manager)
    page.get("/staff/people")
    shown = page.submit_form("找", phone=person.phone).main
    assert "还没有" in shown
    assert person.phone not in shown
    assert "给了打包" in page.submit_form("roles", act="give:packer", reason="秋天忙").main
    assert roles_of(at, person) == {Role.BUYER, Role.PACKER}
    assert "收了打包" in page.submit_form("roles", act="take:packer", reason="忙完了").main
    assert roles_of(at, person) == {Role.BUYER}
    shown = page.get(f"/staff/people/{person.code}").main
    for words in ("给了：打包", "秋天忙", "收了：打包", "忙完了", "周素珍"):
        assert words in shown
    wanted = select(RoleChange.version, RoleChange.is_given, RoleChange.actor).order_by(RoleChange.id)
    changes = at.world.read(lambda session: [tuple(row) for row in session.execute(wanted)])
    assert changes == [(1, True, manager.code), (2, False, manager.code)]


@pytest.mark.parametrize(("role", "word"), [(Role.FINANCE, "管账"), (Role.MANAGER, "管理员")])
def test_who_lets_others_move_money_proves_it_first(at: Market, signed_in: Browser, role: Role, word: str) -> None:
    manager, person = someone(at.world, Role.MANAGER), someone(at.world, Role.BUYER)
    enrol(at.world, signed_in(manager), manager)
    page = signed_in(manager)
    page.get(f"/staff/people/{person.code}")
    assert "再验证一次" in page.submit_form("roles", 403, act=f"give:{role}", reason="年底结账").main
    assert roles_of(at, person) == {Role.BUYER}
    at.world.clock.advance(seconds=30)
    page.submit_form("factor", factor_code=next_code(at.world, manager))
    assert roles_of(at, person) == {Role.BUYER, role}
    assert f"给了：{word}" in page.get(f"/staff/people/{person.code}").main


def test_what_was_not_said_well_changes_nothing(at: Market, signed_in: Browser) -> None:
    manager, person = someone(at.world, Role.MANAGER), someone(at.world, Role.BUYER)
    page = signed_in(manager)
    page.get("/staff/people")
    page.submit_form("找", status=422, phone="13000000000")
    for act, reason in (
        ("give:packer", ""),
        ("give:vendor", "why"),
        ("take:buyer", "why"),
        ("", "why"),
        ("packer", "why"),
    ):
        page.get(f"/staff/people/{person.code}")
        page.post(f"/staff/people/{person.code}/roles", {"act": act, "reason": reason, "version": "0"}, status=422)
    page.post(f"/staff/people/{person.code}/roles", {"act": "give:packer", "reason": "x", "version": "１"}, 409)
    assert roles_of(at, person) == {Role.BUYER}
    page.get("/staff/people/NOBODY", status=404)


def test_two_managers_over_each_other_are_told(at: Market, signed_in: Browser) -> None:
    one, two = signed_in(someone(at.world, Role.MANAGER)), signed_in(someone(at.world, Role.MANAGER))
    person = someone(at.world, Role.BUYER)
    for page in (one, two):
        page.get(f"/staff/people/{person.code}")
    one.submit_form("roles", act="give:counter", reason="赶场天")
    assert "有人先动过" in two.submit_form("roles", 409, act="give:packer", reason="忙").main
    assert roles_of(at, person) == {Role.BUYER, Role.COUNTER}
    same = {"act": "give:counter", "reason": "赶场天", "version": "0"}
    assert "给了柜台" in one.post(f"/staff/people/{person.code}/roles", same).main, "the same press is done"
    assert len(at.world.read(lambda s: s.scalars(select(RoleChange)).all())) == 1


def test_nobody_takes_their_own_right_to_manage_and_one_manager_stays(at: Market, signed_in: Browser) -> None:
    first, second = someone(at.world, Role.MANAGER), someone(at.world, Role.MANAGER)
    page = signed_in(first)
    page.get(f"/staff/people/{first.code}")
    assert "请另一位管理员来收" not in page.get(f"/staff/people/{first.code}").main
    taking = {"act": "take:manager", "reason": "不管了", "version": "0"}
    assert "另一位管理员" in page.post(f"/staff/people/{first.code}/roles", taking).main
    assert "收了管理员" in page.post(f"/staff/people/{second.code}/roles", taking).main
    assert (roles_of(at, first), roles_of(at, second)) == ({Role.MANAGER}, set())


def test_a_role_taken_closes_its_pages_at_once(at: Market, signed_in: Browser) -> None:
    person = someone(at.world, Role.PACKER)
    bench_page, page = signed_in(person), signed_in(someone(at.world, Role.MANAGER))
    bench_page.get("/staff/packing")
    page.get(f"/staff/people/{person.code}")
    page.submit_form("roles", act="take:packer", reason="走了")
    bench_page.get("/staff/packing", status=403)


def test_phone_and_door_are_hidden_until_somebody_says_why(at: Market, signed_in: Browser) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    clerk = someone(at.world, Role.STAFF)
    page, address = signed_in(clerk), f"/staff/orders/{made.code}"
    shown = page.get(address, max_statements=MOST_STATEMENTS).text
    assert PHONE not in shown
    assert DOOR not in shown
    assert "何晓雨" not in shown
    page.submit_form("显示电话和地址", status=422)
    page.post(f"{address}/show", {"why": "curious"}, status=422)
    assert looks(at) == []
    page.get(address)
    shown = page.submit_form("显示电话和地址", why="delivery").text
    assert PHONE in shown
    assert DOOR in shown
    assert looks(at) == [(clerk.code, made.code, "delivery")]
    assert page.client.get(address).headers["Cache-Control"] == "private, no-store"
    assert PHONE not in signed_in(someone(at.world, Role.STAFF)).get(address).text, "another has given no reason"
    at.world.clock.advance(minutes=16)
    assert PHONE not in page.get(address).text
    page.post("/staff/orders/NONE/show", {"why": "asked"}, status=404)


@pytest.mark.parametrize(("role", "status"), [(Role.COUNTER, 200), (Role.FINANCE, 403), (Role.PACKER, 403)])
def test_only_who_speaks_with_buyers_may_look(at: Market, signed_in: Browser, role: Role, status: int) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    page = signed_in(someone(at.world, role))
    shown = page.get(f"/staff/orders/{made.code}")
    assert PHONE not in shown.text
    assert any("/show" in form.action for form in shown.forms()) == (status == 200)
    page.post(f"/staff/orders/{made.code}/show", {"why": "asked"}, status=status)
    assert len(looks(at)) == (status == 200)


def test_the_log_tells_who_looked_by_person_and_day(at: Market, signed_in: Browser) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    clerk, manager = someone(at.world, Role.STAFF), signed_in(someone(at.world, Role.MANAGER))
    assert "没有人看过" in manager.get("/staff/views").main
    page = signed_in(clerk)
    for _time in range(3):
        page.get("/staff")
        page.post(f"/staff/orders/{made.code}/show", {"why": "refund"})
    shown = manager.get("/staff/views", max_statements=MOST_STATEMENTS)
    assert "周素珍" in shown.main
    assert "3" in shown.main
    shown = manager.get(f"/staff/views?day=2026-11-22&who={clerk.code}")
    assert shown.main.count(made.code) == 3
    assert "退钱要跟买家说" in shown.main
    assert "没有人看过" in manager.get("/staff/views?day=2020-01-01").main
    manager.get("/staff/views?day=nonsense")


def test_looks_are_forgotten_after_three_years_and_not_before(at: Market, signed_in: Browser) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    page = signed_in(someone(at.world, Role.STAFF))
    page.get("/staff")
    page.post(f"/staff/orders/{made.code}/show", {"why": "asked"})
    for days, left in ((3 * 365 - 1, 1), (2, 0)):
        at.world.clock.advance(days=days)
        at.world.run(lambda session: forget_old(session, at.world.clock()))
        assert len(looks(at)) == left


def test_one_line_of_time_holds_every_book_of_an_order(at: Market, signed_in: Browser) -> None:
    made = delivered_order(at, {variant_id(at, listing(at)): 2})
    house, clock = at.world.house, at.world.clock
    give(house.edge, house.gateways, made.code, Amount(500), key="k" * 20, note="盒子压坏了", actor=STAFF, clock=clock)
    page = signed_in(someone(at.world, Role.MANAGER))
    page.get("/staff")
    page.post(f"/staff/orders/{made.code}/show", {"why": "complaint"})
    shown = page.get(f"/staff/orders/{made.code}/audit", max_statements=MOST_STATEMENTS).main
    for words in (
        "下单",
        "付了款",
        "收下 2 盒",
        "打好包了",
        "交出去了",
        "送到了",
        "要退",
        "盒子压坏了",
        "看了完整的电话和地址",
        "买家投诉",
    ):
        assert words in shown, words
    page.get("/staff/orders/NONE/audit", status=404)


def test_cash_on_the_trail_names_who_took_it(at: Market, signed_in: Browser) -> None:
    made = at_the_counter(at, {variant_id(at, listing(at)): 1})
    take(at, due(at, made.code))
    shown = signed_in(someone(at.world, Role.MANAGER)).get(f"/staff/orders/{made.code}/audit").main
    assert "收了现金" in shown


def test_the_trail_needs_as_many_statements_with_many_rows_as_with_few(at: Market, signed_in: Browser) -> None:
    page = signed_in(someone(at.world, Role.MANAGER))
    few = paid_order(at, {variant_id(at, listing(at)): 1})
    others = [market.another_vendor(at.world, f"罗成{n}家") for n in range(4)]
    wanted = {variant_id(at, listing(at, vendor=vendor, title=f"蛋{n}")): 1 for n, vendor in enumerate(others)}
    many, _waybill = sent_order(at, wanted)
    page.get("/staff")
    for _time in range(9):
        page.post(f"/staff/orders/{many.code}/show", {"why": "asked"})
    for made in (few, many):
        page.get(f"/staff/orders/{made.code}/audit", max_statements=MOST_STATEMENTS)
        page.get(f"/staff/orders/{made.code}", max_statements=MOST_STATEMENTS)


def test_a_box_that_was_checked_by_eye_says_so_in_words(at: Market, signed_in: Browser) -> None:
    made = market.paid_order(at, {variant_id(at, listing(at)): 1})
    market.receive_all(at, made.code)
    looked = Packing(by_eye=True)
    close = partial(bench.pack, order_code=made.code, box=Box.AMBIENT, weight_g=900, how=looked, actor=market.STAFF)
    at.world.run(lambda session: close(session, clock=at.world.clock))
    shown = signed_in(someone(at.world, Role.MANAGER)).get(f"/staff/orders/{made.code}/audit").main
    assert "没有扫全，一样一样看过" in shown
    assert "by_eye" not in shown
