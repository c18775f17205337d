"""A finger signs on the driver's phone, and the centre sees it; without scripts a photo does the same."""

from io import BytesIO

from PIL import Image
from playwright.sync_api import Page, expect

from shop.accounts.models import Role
from shop.courier.models import ShipmentState
from shop.courier.queries import town_shipment
from tests.journeys.test_labels import sign_in
from tests.support.browser import Windows
from tests.world import World
from tests.world.market import listing, market, parcel_code, sent_order, someone, variant_id


def draw(page: Page) -> None:
    """Let a finger sign, and wait until the drawing has become the form's file."""
    paper = page.locator("canvas")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    for step in range(20):
        page.mouse.move(box["x"] + 30 + 10 * step, box["y"] + 60 + 30 * (step % 3))
    page.mouse.up()
    page.wait_for_function("() => document.querySelector('input[type=file]').files.length")


def _files(page: Page) -> int:
    return int(page.locator("input[type=file]").evaluate("box => box.files.length"))


def test_a_finger_signs_and_the_centre_sees_it(world: World, windows: Windows) -> None:
    at = market(world)
    made, waybill = sent_order(at, {variant_id(at, listing(at)): 1})
    van = windows.open()
    sign_in(van, someone(world, Role.DRIVER).phone)
    van.goto("/driver")
    van.get_by_role("button", name="出车").click()
    van.get_by_text("要签字或者拍照").click()
    assert van.evaluate("document.documentElement.scrollWidth") <= 360
    draw(van)
    van.evaluate("dispatchEvent(new PageTransitionEvent('pageshow'))")  # the last picture of the page came late
    assert _files(van) == 1
    van.get_by_role("button", name="重签").click()
    assert _files(van) == 0
    draw(van)
    van.get_by_role("button", name="送到了，存下来").click()
    expect(van.get_by_role("main")).to_contain_text("都送完了")
    sent = world.read(lambda session: town_shipment(session, waybill))
    assert sent is not None
    assert sent.state is ShipmentState.DELIVERED
    assert sent.photo_key is not None
    desk = windows.open()
    sign_in(desk, someone(world, Role.STAFF).phone)
    desk.goto(f"/staff/consignments/{parcel_code(at, made.code)}")
    assert desk.get_by_role("main").locator("img").count() == 0, "nobody sees it unasked"
    ask = desk.locator("form[action$='/door']")
    values = ask.evaluate("form => Object.fromEntries(new FormData(form))")
    answer = desk.request.post(ask.evaluate("form => form.action"), form=values, headers={"Referer": desk.url})
    with Image.open(BytesIO(answer.body())) as drawn:
        assert drawn.format == "JPEG"
        assert drawn.width > 100


def test_without_scripts_there_is_no_box_to_sign_but_one_to_photograph(world: World, windows: Windows) -> None:
    at = market(world)
    sent_order(at, {variant_id(at, listing(at)): 1})
    van = windows.open(scripts=False)
    sign_in(van, someone(world, Role.DRIVER).phone)
    van.goto("/driver")
    van.get_by_role("button", name="出车").click()
    van.get_by_text("要签字或者拍照").click()
    expect(van.locator("canvas")).to_be_hidden()
    expect(van.get_by_text("拍签收", exact=True)).to_be_visible()
    van.get_by_role("button", name="送到了，存下来").click()
    expect(van.get_by_role("main")).to_contain_text("都送完了")
