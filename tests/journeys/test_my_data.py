"""Somebody leaves in a real browser: looks at what is kept, takes it along, closes the account; the pages are sound."""

from zipfile import ZipFile

from playwright.sync_api import expect

from shop.desk.models import ClaimKind
from tests.support.browser import Windows, violations
from tests.world import World
from tests.world.books import assert_sound
from tests.world.claims import ask
from tests.world.market import PASSWORD, listing, market, order, variant_id
from tests.world.members import a_buyer, delivered_to

SMALL = (360, 640)


def test_a_buyer_takes_their_data_along_and_leaves(world: World, windows: Windows) -> None:
    at = market(world)
    person = a_buyer(at)
    made = delivered_to(at, person, {variant_id(at, listing(at)): 1})
    page = windows.open(SMALL)
    page.goto("/sign-in?next=/me/data")
    page.get_by_label("手机号码").fill(person.phone)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="我的资料")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="下载我的资料").click()
    assert violations(page) == []
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载", exact=True).click()
    with ZipFile(waiting.value.path()) as box:
        assert made.code in box.read("我的资料.html").decode()
    claim = ask(at, made, ClaimKind.RETURN, photos=0)
    page.goto("/me/close")
    assert violations(page) == []
    page.get_by_role("link", name=f"订单 {made.code} 还有").click()  # what must end first, and where
    page.goto(f"/orders/{made.code}/claims/{claim.code}")
    page.get_by_text("不说了，收回").click()
    page.get_by_role("button", name="收回", exact=True).click()
    expect(page.get_by_role("heading", name="自己收回了")).to_be_visible()
    page.goto("/me/close")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="注销，不能恢复").click()
    expect(page.get_by_text("账户注销了")).to_be_visible()
    page.goto("/me")
    expect(page.get_by_role("link", name="我的资料")).to_have_count(0)
    page.goto("/sign-in")
    page.get_by_label("手机号码").fill(person.phone)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    kept = order(at, made.code)
    assert (kept.name, kept.phone, kept.street, kept.total_fen) == ("", "", "", made.total_fen)
    assert_sound(world)
