"""Coming in by code and by card, on real pages; how long one stays, and every way to be out again."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from shop.accounts.models import CardTry, Role, SignIn, User
from shop.accounts.queries import Person
from shop.flows import cards
from shop.kernel.codes import new_token
from shop.notifications.models import Delivery
from shop.vendors.models import VendorState
from tests.support.pages import Pages
from tests.world import World, market
from tests.world.market import PASSWORD, STAFF, Market, someone

PIN = "4071"
NEW = "walnut-and-plum"
STRANGER = "13900000009"
Visitor = Callable[[], Pages]


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


@pytest.fixture
def person(at: Market) -> Person:
    """Somebody of the vendor's."""
    return at.vendor_person()


@pytest.fixture
def token(world: World, person: Person) -> str:
    """What stands in the QR code of the person's card."""
    token = new_token()
    world.run(lambda session: cards.issue(session, person.code, token=token, pin=PIN, actor=STAFF, clock=world.clock))
    return token


def where(pages: Pages) -> str:
    assert pages.page is not None
    return urlsplit(pages.page.url).path


def by_password(pages: Pages, person: Person, device: str) -> None:
    pages.get("/sign-in")
    pages.submit_form("/sign-in", phone=person.phone, password=PASSWORD, device=device)


def by_card(pages: Pages, token: str, pin: str = PIN, status: int = 200) -> None:
    pages.get(f"/card/{token}", follow=True)
    pages.submit_form("/card", status, pin=pin)


def code_for(world: World, pages: Pages, phone: str) -> str:
    """Ask for a code on the page, and read it off the phone."""
    pages.get("/sign-in/code")
    pages.submit_form("/sign-in/code", phone=phone)
    world.deliver()
    text = world.read(lambda session: session.scalars(select(Delivery.text).order_by(Delivery.id.desc())).first())
    found = re.search(r"\d{6}", text or "")
    assert found
    return found[0]


def is_in(pages: Pages) -> bool:
    return pages.client.get("/me/sign-ins").status_code == 200


def rows(world: World) -> list[tuple[str, str, bool]]:
    """Return (how, device, ended) of every sign-in."""
    wanted = select(SignIn.how, SignIn.device, SignIn.ended_at).order_by(SignIn.id)
    found = world.read(lambda session: list(session.execute(wanted)))
    return [(how.value, device.value, ended_at is not None) for how, device, ended_at in found]


# by code


def test_a_code_lets_one_in_and_on_to_where_one_was_going(world: World, pages: Pages, person: Person) -> None:
    pages.get("/me/password", follow=True)
    pages.click("用短信验证码登录")
    pages.submit_form("/sign-in/code", phone=f"+86 {person.phone}")
    world.deliver()
    text = world.read(lambda session: session.scalars(select(Delivery.text)).one())
    code = text[len("【小鱼洞】") :][:6]
    pages.submit_form("/sign-in/code/enter", 422, code=f"{(int(code) + 1) % 1_000_000:06d}")
    pages.submit_form("/sign-in/code/enter", code=code)
    assert where(pages) == "/me/password"
    assert rows(world) == [("code", "own", False)]


@pytest.mark.usefixtures("person")
def test_a_phone_that_was_never_here_gives_a_name_and_has_an_account(world: World, pages: Pages) -> None:
    code = code_for(world, pages, STRANGER)
    page = pages.submit_form("/sign-in/code/enter", 422, code=code)
    assert "头一回来" in page.words
    page = pages.submit_form("/sign-in/code/enter", code=code, name="罗成富")
    assert where(pages) == "/"
    assert "罗成富" in pages.get("/me").words
    page = pages.get("/me/password", follow=True)
    assert "还没有密码" in page.words


def test_the_page_of_codes_answers_the_same_to_everybody(person: Person, visitor: Visitor) -> None:
    seen = []
    for phone in (person.phone, STRANGER):
        browser = visitor()
        browser.get("/sign-in/code")
        page = browser.submit_form("/sign-in/code", phone=phone)
        wrong = browser.submit_form("/sign-in/code/enter", 422, code="000000")
        private = rf'{phone}|name="csrf_token" value="[^"]+"|验证码是 \d{{6}}'
        seen.append(re.sub(private, "", page.text + wrong.text))
    assert seen[0] == seen[1]


@pytest.mark.usefixtures("at")
def test_the_fourth_code_within_an_hour_waits(pages: Pages) -> None:
    for _ in range(3):
        pages.get("/sign-in/code")
        pages.submit_form("/sign-in/code", phone=STRANGER)
    pages.get("/sign-in/code")
    page = pages.submit_form("/sign-in/code", 429, phone=STRANGER)
    assert 3590 <= int(page.headers["Retry-After"]) <= 3600


@pytest.mark.parametrize("wanted", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"])
def test_no_way_in_leads_out_of_the_house(world: World, pages: Pages, person: Person, wanted: str) -> None:
    code = code_for(world, pages, person.phone)
    sent = {"phone": person.phone, "code": code, "device": "own", "next": wanted, "name": ""}
    page = pages.post("/sign-in/code/enter", sent, 303, follow=False)
    assert page.headers["Location"] == "/vendor"


@pytest.mark.parametrize("device", ["moon", "", "\u2003"])
def test_whose_phone_it_is_must_be_one_of_the_two(world: World, pages: Pages, person: Person, device: str) -> None:
    pages.get("/sign-in")
    sent = {"phone": person.phone, "password": PASSWORD, "device": device}
    assert "请选一样" in pages.post("/sign-in", sent, 422).words
    assert rows(world) == []


# by card


def test_a_card_and_its_pin_open_the_stall_on_a_shared_phone(world: World, pages: Pages, token: str) -> None:
    page = pages.get(f"/card/{token}", follow=True)
    assert where(pages) == "/card"
    assert "周**的卡" in page.words
    assert "周素珍" not in page.text
    assert token not in page.text
    pages.submit_form("/card", pin=PIN)
    assert where(pages) == "/vendor"
    assert rows(world) == [("card", "shared", False)]


def test_a_wrong_pin_is_told_and_the_fifth_locks(world: World, pages: Pages, token: str) -> None:
    for left in (4, 3, 2, 1):
        by_card(pages, token, "4072", 422)
        assert pages.page is not None
        assert f"还能试 {left} 次" in pages.page.words
        assert "4072" not in pages.page.text
    by_card(pages, token, "4072", 422)
    by_card(pages, token, status=429)
    assert pages.page is not None
    assert 1790 <= int(pages.page.headers["Retry-After"]) <= 1800
    world.clock.advance(minutes=30)
    by_card(pages, token)
    assert where(pages) == "/vendor"


@pytest.mark.parametrize("pin", ["", "12", "12345", "abcd"])
def test_what_is_no_pin_costs_no_try(world: World, pages: Pages, token: str, pin: str) -> None:
    by_card(pages, token, pin, 422)
    assert world.read(lambda session: session.scalar(select(func.count()).select_from(CardTry))) == 0


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("forged", ["x", "0" * 32, "../../etc/passwd", "%F0%9F%98%80"])
def test_a_forged_card_is_not_known(pages: Pages, forged: str) -> None:
    pages.get(f"/card/{forged}", 404)


def test_the_pin_page_without_a_card_leads_to_the_ways_in(pages: Pages, at: Market) -> None:
    pages.get("/card", follow=True)
    assert where(pages) == "/sign-in"


@pytest.mark.parametrize("who", ["vendor", "person", "card"])
def test_a_stopped_card_says_so_and_changes_nothing(
    world: World, pages: Pages, visitor: Visitor, at: Market, person: Person, token: str, who: str
) -> None:
    midway = visitor()
    midway.get(f"/card/{token}", follow=True)
    with world.edge.transaction() as session:
        if who == "vendor":
            session.get_one(type(at.vendor), at.vendor.id).state = VendorState.SUSPENDED
        elif who == "person":
            session.get_one(User, person.id).is_active = False
        else:
            cards.stop(session, person.code, actor=STAFF, clock=world.clock)
    page = pages.get(f"/card/{token}", 403)
    assert "这张卡现在用不了" in page.words
    assert "周" not in page.main
    page = midway.submit_form("/card", 403, pin=PIN)
    assert "打电话问中心" in page.words
    assert (rows(world), world.read(lambda session: session.scalar(select(func.count()).select_from(CardTry)))) == (
        [],
        0,
    )


# how long


def test_a_shared_phone_forgets_after_half_an_hour_and_shows_the_way_out(
    world: World, pages: Pages, token: str
) -> None:
    by_card(pages, token)
    for _ in range(4):
        world.clock.advance(minutes=29)
        page = pages.get("/vendor")
        assert "用完退出" in page.words
        assert page.headers["Cache-Control"] == "no-store"
    world.clock.advance(minutes=30)
    page = pages.get("/vendor", follow=True)
    assert where(pages) == "/sign-in"
    assert "30 分钟没用" in page.words
    assert "用完退出" not in page.words
    assert not is_in(pages)


def test_a_shared_phone_is_out_after_half_a_day_however_busy(world: World, pages: Pages, person: Person) -> None:
    by_password(pages, person, "shared")
    for _ in range(12 * 3 - 1):
        world.clock.advance(minutes=20)
        assert is_in(pages)
    world.clock.advance(minutes=20)
    assert not is_in(pages)


def test_ones_own_phone_stays_in_for_half_a_year(world: World, pages: Pages, person: Person) -> None:
    by_password(pages, person, "own")
    world.clock.advance(days=179)
    assert "用完退出" not in pages.get("/vendor").words
    world.clock.advance(days=1)
    assert not is_in(pages)


def test_only_ones_own_phone_gets_a_cookie_that_outlives_the_browser(
    world: World, pages: Pages, visitor: Visitor, person: Person, token: str
) -> None:
    by_password(pages, person, "own")
    assert pages.client.get_cookie("remember_token") is not None
    shared = visitor()
    by_card(shared, token)
    assert shared.client.get_cookie("remember_token") is None
    assert world.run(lambda session: session.scalar(select(func.count()).select_from(SignIn))) == 2


def test_who_borrows_a_phone_leaves_nobody_signed_in_behind(
    world: World, pages: Pages, person: Person, token: str
) -> None:
    owner = someone(world, Role.BUYER)
    by_password(pages, owner, "own")
    by_card(pages, token)
    assert pages.client.get_cookie("remember_token") is None
    pages.get("/vendor")
    pages.submit_form("/sign-out")
    assert not is_in(pages)
    assert rows(world) == [("password", "own", True), ("card", "shared", True)]


@pytest.mark.parametrize("name", ["remember_token", "session"])
def test_the_cookies_are_shut_to_scripts_and_other_sites(pages: Pages, person: Person, name: str) -> None:
    pages.get("/sign-in")
    sent = {"phone": person.phone, "password": PASSWORD, "device": "own"}
    page = pages.post("/sign-in", sent, 303, follow=False)
    (cookie,) = [line for line in page.headers.getlist("Set-Cookie") if line.startswith(f"{name}=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_session_planted_before_carries_nothing_into_a_card(pages: Pages, token: str) -> None:
    pages.get("/sign-in")
    with pages.client.session_transaction() as cookie:
        cookie["planted"] = "by a stranger"
    by_card(pages, token)
    with pages.client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert "card" not in cookie


# out again


def test_each_phone_is_seen_and_ended_by_itself(
    world: World, pages: Pages, visitor: Visitor, person: Person, token: str
) -> None:
    other, stranger = visitor(), visitor()
    by_password(pages, person, "own")
    by_card(other, token)
    page = pages.get("/me")
    page = pages.click("登录过的手机")
    assert "中心的卡" in page.words
    assert "就是手上这台" in page.words
    (action,) = [form.action for form in page.forms() if "/end" in form.action]
    stranger.sign_in(someone(world, Role.BUYER).phone, PASSWORD)
    stranger.get("/me/sign-ins")
    stranger.post(action, status=404)
    assert is_in(other)
    pages.get("/me/sign-ins")
    pages.submit_form(action)
    assert (is_in(pages), is_in(other)) == (True, False)
    pages.get("/me/sign-ins")
    pages.post(action, status=404)


def test_a_new_password_ends_every_phone_the_card_opened(
    world: World, pages: Pages, visitor: Visitor, person: Person, token: str
) -> None:
    other = visitor()
    by_card(other, token)
    by_password(pages, person, "shared")
    pages.get("/me/password")
    pages.submit_form("/me/password", current=PASSWORD, password=NEW)
    assert (is_in(pages), is_in(other)) == (True, False)
    assert rows(world)[-1] == ("password", "shared", False)
    assert "用完退出" in pages.get("/").words


def test_signing_out_ends_the_row_so_that_a_copied_cookie_opens_nothing(
    world: World, pages: Pages, visitor: Visitor, person: Person
) -> None:
    by_password(pages, person, "own")
    thief = visitor()
    for name in ("session", "remember_token"):
        copied = pages.client.get_cookie(name)
        assert copied is not None
        thief.client.set_cookie(name, copied.value)
    assert is_in(thief)
    pages.get("/me")
    pages.submit_form("/sign-out")
    assert not is_in(thief)
    assert rows(world) == [("password", "own", True)]


def test_a_cookie_of_another_making_opens_nothing(pages: Pages, person: Person) -> None:
    for text in (f"{person.id}.1", f"{person.id}.1.1", f"{person.id}.1.²", "..", "1.2.3.4"):
        with pages.client.session_transaction() as cookie:
            cookie["_user_id"] = text
        assert not is_in(pages)


# at the counter


def test_the_counter_issues_prints_and_stops_a_card(
    world: World, pages: Pages, visitor: Visitor, person: Person
) -> None:
    pages.sign_in(someone(world, Role.STAFF).phone, PASSWORD)
    assert person.code in pages.get("/staff/cards?q=周素珍").text
    pages.get(f"/staff/cards/{person.code}")
    pages.click("发一张卡")
    page = pages.submit_form("issue", 422, pin="1234", again="1234")
    assert "太好猜" in page.words
    assert "两遍不一样" in pages.submit_form("issue", 422, pin=PIN, again="4072").words
    page = pages.submit_form("issue", pin=PIN, again=PIN)
    assert PIN not in page.text
    assert "丢了就打电话停掉" in page.words
    assert page.headers["Cache-Control"] == "no-store"
    pages.get(f"/staff/cards/{person.code}")
    page = pages.submit_form("stop")
    assert "卡停了" in page.words
    page = pages.get(f"/staff/cards/{person.code}/print", follow=True)
    assert "不能再打" in page.words
    assert visitor().get("/staff/cards", 303).headers["Location"].startswith("/sign-in")


@pytest.mark.usefixtures("token")
def test_a_card_issued_elsewhere_cannot_be_printed(world: World, pages: Pages, person: Person) -> None:
    pages.sign_in(someone(world, Role.STAFF).phone, PASSWORD)
    page = pages.get(f"/staff/cards/{person.code}/print", follow=True)
    assert "不能再打" in page.words


@pytest.mark.usefixtures("token")
def test_a_suspended_vendors_person_gets_no_card(world: World, pages: Pages, at: Market, person: Person) -> None:
    with world.edge.transaction() as session:
        session.get_one(type(at.vendor), at.vendor.id).state = VendorState.SUSPENDED
    pages.sign_in(someone(world, Role.STAFF).phone, PASSWORD)
    assert "停卖了" in pages.get(f"/staff/cards/{person.code}").words
    pages.get(f"/staff/cards/{person.code}/issue")
    pages.submit_form("issue", 409, pin=PIN, again=PIN)
