"""Waybills as a label printer burns them, eight dots to the millimetre, read back by a decoder that is not ours."""

import re
from functools import partial
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.accounts.models import Role
from shop.courier.gateways.protocol import Party
from shop.courier.models import Shipment
from shop.courier.rules import WAYBILL
from shop.flows import consigning
from shop.fulfilment.marks import SIZES
from shop.orders.models import Order
from tests.support.browser import DESK, Windows
from tests.world import World
from tests.world.market import (
    PASSWORD,
    STAFF,
    Market,
    listing,
    market,
    pack,
    paid_order,
    receive_all,
    someone,
    variant_id,
)

DOTS, MM = 8, 25.4
"""Dots to the millimetre of a printer of 203 dpi, and millimetres to the inch."""
POINTS = 72
SHAPES = (
    ("", "XYD26112200001"),
    ("shunfeng", "SF1234567890123"),
    ("yuantong", "YT1234567890123"),
    ("jtexpress", "JT0012345678901"),
    ("jd", "JDVA12345678901"),
    ("debangkuaidi", "DPK123456789012"),
    ("zhongtong", "75312345678901"),
    ("shentong", "77123456789012345"),
    ("yunda", "312345678901234"),
    ("ems", "PA12345678901"),
    ("shentong", "AB-12CD34EF56GH78JK90MN12PQ34RS5"),
)
"""A number of every shape that `courier.rules` knows, and the longest it takes."""
LONG = {
    "recipient": "阿布都热依木·买买提江·吐尔逊别克家的大儿子转交",
    "street": "黄瓦街道玉林东路南二巷锦绣山水花园北区二期临街商铺后门旁边的老年活动中心楼上 108 号 26 栋 3 单元 1902",
    "cargo": "、".join(["林下散养土鸡蛋三十枚礼盒装", "老腊肉后腿五斤", "高山黄连", "笋干", "蜂蜜"] * 4)[:200],
}
MARKS = {"bulkpen": "浙A-118-05 B2", "pkgName": "杭州转运中心", "destSortingName": "余杭临平", "road": "A12"}


@pytest.fixture
def parcel(world: World) -> tuple[Market, str]:
    """A closed box that has its number, and its market."""
    at = market(world)
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    receive_all(at, made.code)
    code = pack(at, made.code)
    world.deliver()
    return at, code


def _relabel(session: Session, changed: dict[str, Any]) -> None:
    session.execute(update(Shipment).values(**changed))


def sign_in(page: Page, phone: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("手机号码").fill(phone)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    expect(page).not_to_have_url("/sign-in")


def burnt(page: Page) -> tuple[tuple[int, int], list[Image.Image]]:
    """Print a page; return its paper in millimetres, and every sheet in dots that are black or white."""
    printed = pypdfium2.PdfDocument(BytesIO(page.pdf(prefer_css_page_size=True)))
    width, height = printed[0].get_size()
    paper = round(width / POINTS * MM), round(height / POINTS * MM)
    sheets = [sheet.render(scale=DOTS * MM / POINTS, grayscale=True).to_pil() for sheet in printed]
    return paper, [sheet.convert("L").point(lambda grey: 255 * (grey > 127)) for sheet in sheets]


@pytest.mark.parametrize("size", SIZES)
def test_both_codes_of_every_waybill_read_back_from_the_printed_label(
    parcel: tuple[Market, str], windows: Windows, size: str
) -> None:
    at, code = parcel
    order_code = at.world.read(lambda session: session.scalars(select(Order.code)).one())
    page = windows.open(DESK)
    sign_in(page, someone(at.world, Role.STAFF).phone)
    page.goto(f"/staff/parcels/{code}/label")
    page.get_by_role("button", name=SIZES[size].text).click()
    for company, waybill in SHAPES:
        assert WAYBILL.fullmatch(waybill)
        changed = {**LONG, "company": company, "waybill": waybill, "marks": MARKS if company else {}}
        at.world.run(partial(_relabel, changed=changed))
        page.goto(f"/staff/parcels/{code}/label")
        expect(page.locator(".label-sort")).to_contain_text("浙A-118-05 B2" if company else "成都")
        paper, sheets = burnt(page)
        assert f"{paper[0]}×{paper[1]}" == SIZES[size].text
        (sheet,) = sheets
        read = {found.format: found.text for found in zxingcpp.read_barcodes(sheet)}
        assert read[zxingcpp.BarcodeFormat.Code128] == waybill
        assert read[zxingcpp.BarcodeFormat.QRCode].endswith(f"/staff/orders/{order_code}")
        assert len(read) == 2
    page.goto(f"/staff/consignments/{_letter(at)}/envelope")
    paper, sheets = burnt(page)
    assert f"{paper[0]}×{paper[1]}" == SIZES[size].text
    (sheet,) = sheets
    read = {found.format: found.text for found in zxingcpp.read_barcodes(sheet)}
    assert read[zxingcpp.BarcodeFormat.Code128] == "312345678901234"
    assert read[zxingcpp.BarcodeFormat.QRCode].endswith("/staff/consignments/L1")
    words = page.locator("main").inner_text()
    assert not re.search(r"¥|1902|转交|(?<!\d)1\d{10}(?!\d)", words)


def _letter(at: Market) -> str:
    """Book a letter with the longest name and street; return its key."""
    to = Party(LONG["recipient"], "13800001234", "四川", "成都", "武侯区", LONG["street"])
    letter = consigning.Letter(key="L1", to=to, cargo="发票", carrier="town")
    couriers, clock = at.world.house.couriers, at.world.clock
    at.world.run(partial(consigning.send_letter, couriers=couriers, letter=letter, actor=STAFF, clock=clock))
    at.world.deliver()
    numbered = update(Shipment).where(Shipment.key == "L1").values(company="yunda", waybill="312345678901234")
    at.world.run(lambda session: session.execute(numbered))
    return letter.key


def test_the_size_stays_with_the_browser_and_the_slip_has_it_too(parcel: tuple[Market, str], windows: Windows) -> None:
    at, code = parcel
    page, other = windows.open(DESK), windows.open(DESK, scripts=False)
    for window in (page, other):
        sign_in(window, someone(at.world, Role.STAFF).phone)
        window.goto(f"/staff/parcels/{code}/label")
        assert burnt_size(window) == (100, 150)
    other.get_by_role("button", name="76×130").click()
    other.goto(f"/staff/parcels/{code}/slip")
    assert burnt_size(other) == (76, 130)
    page.reload()
    assert burnt_size(page) == (100, 150)


def burnt_size(page: Page) -> tuple[int, int]:
    """Return the paper that a page asks for, in millimetres; it is one sheet."""
    paper, sheets = burnt(page)
    assert len(sheets) == 1
    return paper
