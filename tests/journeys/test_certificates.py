"""Certificates and the centre's pages of vendors in a real browser: heard, in large type, on paper, and scanned."""

import re
from functools import partial
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from shop.accounts.models import Role
from shop.flows import selling
from shop.flows.shelf import renew_paper
from shop.vendors.models import PaperKind
from tests.support.browser import DESK, PHONE, Windows, violations
from tests.world import World
from tests.world.joining import Hall, hall
from tests.world.market import HOUSE, PASSWORD, someone

LONG = "川小作坊备510182000002号换发第三次（旧号作废）"


@pytest.fixture
def at(world: World) -> Hall:
    """A household with a paper, and an application that waits."""
    made = hall(world)
    made.sent()
    note = partial(renew_paper, vendor_id=made.at.vendor.id, kind=PaperKind.WORKSHOP_FILING, number=LONG)
    world.run(partial(note, until=made.today(9), actor=HOUSE, clock=world.clock))
    return made


def check(page: Page, path: str) -> None:
    """Find nothing wrong on a page with everything folded open, nor anything wider than the screen."""
    page.goto(path)
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    assert violations(page) == [], path
    size = page.viewport_size
    assert size is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("elder", [False, True], ids=["usual", "large"])
def test_certificates_are_sound(at: Hall, windows: Windows, size: tuple[int, int], elder: bool) -> None:
    code, page = at.at.vendor.code, windows.open(size)
    if elder:
        page.goto("/")
        page.get_by_role("button", name="长辈版").first.click()
    for path in (f"/households/{code}/certificate", f"/households/{code}/certificate?s=x", "/standings"):
        check(page, path)
    suspend = partial(selling.suspend, code=code, reason="在查", actor=HOUSE, clock=at.world.clock)
    at.world.run(suspend)
    for path in (f"/households/{code}", f"/households/{code}/certificate"):
        check(page, path)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_centres_pages_are_sound(at: Hall, windows: Windows, size: tuple[int, int]) -> None:
    page = windows.open(size)
    page.goto("/sign-in")
    page.get_by_label("手机号码").fill(someone(at.world, Role.MANAGER).phone)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    application, code = at.application().code, at.at.vendor.code
    for path in (
        "/staff/applications",
        f"/staff/applications/{application}",
        "/staff/vendors",
        f"/staff/vendors/{code}",
    ):
        check(page, path)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_of_a_household_that_does_not_sell_are_sound(at: Hall, windows: Windows, size: tuple[int, int]) -> None:
    page, seller = windows.open(size), at.at.vendor_person()
    suspend = partial(selling.suspend, code=at.at.vendor.code, reason="有人说吃了不舒服，在查，查完再说", actor=HOUSE)
    at.world.run(partial(suspend, clock=at.world.clock))
    page.goto("/sign-in")
    page.get_by_label("手机号码").fill(seller.phone)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    for path in ("/vendor", "/vendor/goods", "/vendor/wanted"):
        check(page, path)
        expect(page.get_by_role("main")).to_contain_text("先停卖了")


@pytest.mark.parametrize(("kind", "paper"), [("card", (74, 105)), ("a4", (210, 297))])
def test_what_is_printed_fits_its_paper_and_is_checked_by_a_phone(
    at: Hall, windows: Windows, kind: str, paper: tuple[int, int]
) -> None:
    page = windows.open(DESK)
    page.goto(f"/households/{at.at.vendor.code}/certificate/{kind}")
    sheet = page.locator(".sheet")
    pdf = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert [tuple(round(float(points) * 25.4 / 72) for points in box) for box in boxes] == [paper], "one sheet"
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(sheet.screenshot())))
    phone = windows.open(PHONE)
    phone.goto(re.sub(r"^https?://[^/]+", "", code.text))
    expect(phone.get_by_role("main")).to_contain_text("与中心的登记一致")
