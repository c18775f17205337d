"""The intake table's cards, grades and photos; labels, the public trace page, and calling a lot back."""

from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from resvg_py import svg_to_bytes
from sqlalchemy import select

from shop.accounts.models import Role
from shop.catalog.lots.models import Grade
from shop.flows import answering, cards
from shop.fulfilment.lots.queries import taken_lines
from shop.kernel.clock import town_day
from shop.kernel.codes import new_token
from shop.kernel.outbox import Message
from shop.notifications.tongues import HOME
from shop.notifications.topics import SMS
from shop.orders.models import VendorOrderState
from shop.vendors.models import PaperKind
from shop.vendors.services import add_paper
from tests.flows.test_lots import BOXED, lots, poultry, take_in
from tests.pages.selling import jpeg
from tests.support.pages import Pages
from tests.world.books import assert_sound, footprint
from tests.world.market import (
    HOUSE,
    PASSWORD,
    STAFF,
    TO,
    Market,
    another_vendor,
    listing,
    on_shelf,
    order,
    pack,
    paid_order,
    send,
    someone,
    variant_id,
)

WHO = "罗成富"


def card_of(at: Market, person: str) -> str:
    """Issue a card to somebody of the household and return what its square code says."""
    token = new_token()
    at.world.run(
        lambda session: cards.issue(session, person, token=token, pin="5937", actor=STAFF, clock=at.world.clock)
    )
    return f"http://localhost/card/{token}"


def scanned(staff: Pages, text: str, status: int = 200) -> Any:
    """Scan something at the intake table."""
    staff.get("/staff/intake")
    return staff.submit_form("找", status=status, scanned=text)


def test_a_card_opens_the_goods_of_its_household(at: Market, staff: Pages) -> None:
    eggs, card = variant_id(at, listing(at)), card_of(at, at.vendor_person().code)
    others = variant_id(at, listing(at, title="干笋", vendor=another_vendor(at.world, "罗成富家")))
    assert "现在没有要送来的" in scanned(staff, card).main
    paid_order(at, {others: 1})
    made = paid_order(at, {eggs: 1})
    assert scanned(staff, card).url.endswith(made.parts[0].code)
    paid_order(at, {eggs: 2})
    page = scanned(staff, card)
    assert page.main.count("林下土鸡蛋") == 2
    assert "干笋" not in page.main
    assert scanned(staff, made.parts[0].code.lower()).url.endswith(made.parts[0].code)


@pytest.mark.parametrize(
    ("text", "words"), [("", "请扫一下"), ("NOPE", "不认得这个码"), ("http://localhost/card/nope", "不认得这个码")]
)
def test_an_unknown_scan_says_so(at: Market, staff: Pages, text: str, words: str) -> None:
    assert words in scanned(staff, text, 422).main


def test_a_stopped_card_says_so(at: Market, staff: Pages) -> None:
    person = at.vendor_person()
    card = card_of(at, person.code)
    at.world.run(lambda session: cards.stop(session, person.code, actor=STAFF, clock=at.world.clock))
    assert "这张卡停了" in scanned(staff, card, 422).main


def test_the_scale_types_and_one_press_is_all(at: Market, staff: Pages) -> None:
    """Keys per line: none are typed for the weight, one press takes the part in."""
    made = paid_order(at, {poultry(at): 1})
    path = f"/staff/intake/{made.parts[0].code}"
    page = staff.get(path)
    (box,) = page.all("input", name="weighed-0")
    assert (box.get("data-focus"), box.get("data-scale"), box.get("type")) == ("", "", "text")
    needed = [one.get("name") for one in page.all("input") if one.get("required") is not None]
    assert needed == ["rejected-0"]
    sent: dict[str, Any] = {"weighed-0": "ST,GS,+  1.250kg", "0-inspection": "川A123"}
    page = staff.submit_form("收下", **sent)
    assert "多收的 ¥17 在退给买家" in page.main
    assert page.url.endswith("/taken")
    assert order(at, made.code).states == (VendorOrderState.RECEIVED,)
    again = paid_order(at, {made.parts[0].lines[0].variant_id: 1})
    page = staff.get(f"/staff/intake/{again.parts[0].code}")
    assert page.form("收下").values["0-inspection"] == ["川A123"]
    assert_sound(at.world)


def test_without_its_number_the_page_says_what_is_missing(at: Market, staff: Pages) -> None:
    made = paid_order(at, {poultry(at): 1})
    staff.get(f"/staff/intake/{made.parts[0].code}")
    before = footprint(at.world)
    sent: dict[str, Any] = {"weighed-0": "1.25kg"}
    assert "没有检疫证号，不能收" in staff.submit_form("收下", status=422, **sent).main
    assert footprint(at.world) == before


def test_grade_and_photos_go_with_the_lot_and_the_proof_stays_inside(
    at: Market, staff: Pages, visitor: Callable[[], Pages]
) -> None:
    guest, home = visitor(), another_vendor(at.world, f"{WHO}家")
    put_up = listing(at, ways=(BOXED,), vendor=home)
    eggs = variant_id(at, put_up)
    made, short = paid_order(at, {eggs: 2}), paid_order(at, {eggs: 2})
    staff.get(f"/staff/intake/{made.parts[0].code}")
    sent: dict[str, Any] = {"0-grade": "first", "0-photo": (jpeg(), "a.jpg"), "promise": (jpeg(seed=1), "b.jpg")}
    staff.submit_form("收下", **sent)
    staff.get(f"/staff/intake/{short.parts[0].code}")
    sent = {"0-grade": "first", "0-photo": (jpeg(seed=2), "c.jpg"), "rejected-0": 1, "0-reason": "碎了"}
    page = staff.submit_form("收下", **sent)
    (lot,) = lots(at)
    assert (lot.grade, lot.units) == (Grade.FIRST, 3)
    proof = at.world.read(lambda session: taken_lines(session, short.parts[0].code))[0].proof_key
    assert f"/staff/intake/photos/{proof}" in page.text
    for key in (proof, lot.promise_key):
        assert "看一次记一次" in staff.get(f"/staff/intake/photos/{key}", follow=True).main
        assert guest.client.get(f"/staff/intake/photos/{key}").status_code == 303
    assert staff.client.get("/staff/intake/photos/" + "0" * 64).status_code == 404
    page = guest.get(f"/trace/{lot.code.lower()}")
    for words in ("罗**家", "大湾村", "11月22日", "3 盒", "5.4 公斤", "一级", "承诺达标合格证"):
        assert words in page.main
    assert WHO not in page.main
    assert TO.name not in page.text
    thing = guest.get(f"/goods/{put_up.code}")
    assert "11月22日从大湾村收来的 3 盒，净重 5.4 公斤、一级" in thing.main
    assert thing.links()["11月22日从大湾村收来的"] == f"/trace/{lot.code}"
    assert len(page.all("img", class_="photo-img")) == 1
    assert str(proof) not in page.text
    assert str(lot.promise_key) not in page.text
    guest.get("/trace/NOPE", status=404)


def test_what_is_no_photo_is_told_and_nothing_is_taken_in(at: Market, staff: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 1})
    staff.get(f"/staff/intake/{made.parts[0].code}")
    before = footprint(at.world)
    sent: dict[str, Any] = {"0-photo": (BytesIO(b"no photo"), "a.jpg")}
    assert "有一张照片没收下" in staff.submit_form("收下", status=422, **sent).main
    assert footprint(at.world) == before
    sent = {"0-grade": "best"}
    staff.post(f"/staff/intake/{made.parts[0].code}", sent | {"rejected-0": "0", "saw-0": "1"}, status=422)
    assert footprint(at.world) == before


def test_a_label_for_each_unit_that_came_and_its_code_reads_back(at: Market, staff: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at, ways=(BOXED,))): 3})
    staff.get(f"/staff/intake/{made.parts[0].code}")
    staff.submit_form("收下")
    page = staff.click("打印标签")
    (lot,) = lots(at)
    assert page.main.count(lot.code) == 3
    for words in ("林下土鸡蛋", "1.8 公斤", "2026年11月22日", f"{at.vendor.name} · 大湾村", "028-00000000"):
        assert words in page.main
    drawn = page.text[page.text.index('<svg xmlns="http://www.w3.org/2000/svg" width="') :]
    png = svg_to_bytes(svg_string=drawn[: drawn.index("</svg>") + 6], dpi=203, background="white")
    printed = Image.open(BytesIO(bytes(png))).convert("L").point(lambda grey: 255 * (grey > 127))
    read = [found.text for found in zxingcpp.read_barcodes(printed)]
    assert len(read) == 1
    assert read[0].endswith(f"/trace/{lot.code}")
    assert scanned(staff, read[0]).heading.startswith("林下土鸡蛋")
    assert staff.get(f"/staff/lots/{lot.code}/label?n=2").main.count(lot.code) == 2


def test_packed_food_without_all_that_the_law_wants_has_no_label(at: Market, staff: Pages) -> None:
    filing = partial(add_paper, kind=PaperKind.WORKSHOP_FILING, number="川坊备1号", actor=HOUSE, clock=at.world.clock)
    until = town_day(at.world.clock())
    at.world.run(partial(filing, vendor_id=at.vendor.id, until=until))
    shelf = on_shelf(at, "cured", papers=(PaperKind.WORKSHOP_FILING,), needs_label=True)
    told: dict[str, Any] = {"ingredients": "猪肉、盐", "keep_note": "阴凉处", "shelf_days": 90}
    made = paid_order(at, {variant_id(at, listing(shelf, title="老腊肉", ways=(BOXED,), **told)): 1})
    take_in(at, made)
    (lot,) = lots(at)
    page = staff.get(f"/staff/lots/{lot.code}/label")
    for words in ("猪肉、盐", "阴凉处", "川坊备1号", "2027年2月20日"):
        assert words in page.main
    at.world.clock.advance(hours=24)
    page = staff.get(f"/staff/lots/{lot.code}/label", follow=True)
    assert page.url == f"/staff/lots/{lot.code}"
    assert "还缺：有效的证" in page.main
    assert "标签打不了" not in staff.get("/staff/lots").main
    staff.get(f"/staff/intake/{made.parts[0].code}/labels", status=404)
    assert "标签打不了" in staff.get(f"/staff/intake/{made.parts[0].code}/taken").main


def test_lots_are_found_and_a_lot_is_called_back(at: Market, staff: Pages, visitor: Callable[[], Pages]) -> None:
    guest, made = visitor(), listing(at, ways=(BOXED,), shelf_days=30)
    eggs, goods = variant_id(at, made), f"/goods/{made.code}"
    assert "从哪里来" not in guest.get(goods).main
    first, second = paid_order(at, {eggs: 1}), paid_order(at, {eggs: 2})
    take_in(at, first)
    staff.get("/staff/lots")
    (lot,) = lots(at)
    page = staff.submit_form("找", q=lot.code)
    assert "林下土鸡蛋" in page.main
    page = staff.get(f"/staff/lots/{lot.code}")
    assert first.code in page.main
    assert "何**" in page.main
    assert TO.name not in page.main
    assert TO.phone not in page.text
    assert "请写为什么召回" in staff.submit_form("召回", status=422).main
    old = staff.get(f"/staff/lots/{lot.code}").form("召回").values
    take_in(at, second)
    assert guest.get(goods).main.count("从大湾村收来的") == 1  # the same day's goods are one lot
    page = staff.post(f"/staff/lots/{lot.code}/recall", {**old, "reason": "检出沙门氏菌"}, 409)
    assert "有人先动过" in page.main
    staff.get(f"/staff/lots/{lot.code}")
    assert "先召回" in staff.post(f"/staff/lots/{lot.code}/tell").main
    staff.get(f"/staff/lots/{lot.code}")
    page = staff.submit_form("召回", reason="检出沙门氏菌")
    assert "召回了" in page.main
    assert "有人先动过" in staff.post(f"/staff/lots/{lot.code}/recall", {**old, "reason": "又一次"}, 409).main
    staff.get(f"/staff/lots/{lot.code}")
    assert "写给了 2 单的买家" in staff.submit_form("写给 2 单").main
    after = footprint(at.world)
    assert "都写过了" in staff.post(f"/staff/lots/{lot.code}/tell").main
    assert footprint(at.world) == after
    assert "从哪里来" not in guest.get(goods).main
    page = guest.get(f"/trace/{lot.code}")
    assert "这一批召回了" in page.main
    assert "检出沙门氏菌" in page.main


@pytest.mark.parametrize("count", [2, 12])
def test_statements_do_not_grow_with_the_day(at: Market, staff: Pages, count: int) -> None:
    eggs = variant_id(at, listing(at, stock=60))
    made = [paid_order(at, {eggs: 1}) for _each in range(count + 1)]
    staff.get("/staff/intake", max_statements=15)
    staff.get(f"/staff/intake/household/{at.vendor.code}", max_statements=15)
    staff.get(f"/staff/intake/{made[-1].parts[0].code}", max_statements=15)
    for one in made[:-1]:
        take_in(at, one)
    (lot,) = lots(at)
    staff.get(f"/staff/intake/{made[0].parts[0].code}/taken", max_statements=15)
    staff.get("/staff/lots", max_statements=15)
    assert len(staff.get(f"/staff/lots/{lot.code}", max_statements=15).all("tr")) == count + 3  # two heads, one passage
    staff.get(f"/trace/{lot.code}", max_statements=15)


def test_a_packer_takes_in_but_calls_nothing_back(at: Market, pages: Pages) -> None:
    take_in(at, paid_order(at, {variant_id(at, listing(at)): 1}))
    (lot,) = lots(at)
    pages.sign_in(someone(at.world, Role.PACKER).phone, PASSWORD)
    assert "召回这一批" not in pages.get(f"/staff/lots/{lot.code}").main
    pages.post(f"/staff/lots/{lot.code}/recall", {"reason": "坏了"}, status=403)


def test_a_look_at_a_private_photo_is_noted_before_it_is_shown(
    at: Market, staff: Pages, visitor: Callable[[], Pages]
) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 2})
    staff.get(f"/staff/intake/{made.parts[0].code}")
    sent: dict[str, Any] = {
        "0-photo": (jpeg(seed=2), "c.jpg"), "promise": (jpeg(seed=1), "b.jpg"), "rejected-0": 1, "0-reason": "碎了",
    }  # fmt: skip
    staff.submit_form("收下", **sent)
    (lot,) = lots(at)
    proof = at.world.read(lambda session: taken_lines(session, made.parts[0].code))[0].proof_key
    for page, key in (
        (f"/staff/intake/{made.parts[0].code}/taken", proof),
        (f"/staff/lots/{lot.code}", lot.promise_key),
    ):
        values = staff.get(page).form("看照片").values
        shown = staff.client.post(f"/staff/intake/photos/{key}", data=values)
        assert shown.status_code == 303
        assert staff.client.get(shown.location).mimetype == "image/jpeg"
    assert staff.post("/staff/intake/photos/" + "0" * 64, status=404).status == 404
    manager, packer = visitor(), visitor()
    manager.sign_in(someone(at.world, Role.MANAGER).phone, PASSWORD)
    day = town_day(at.world.clock()).isoformat()
    looks = manager.get(f"/staff/views?day={day}").main
    for words in ("没收下的货的照片", "承诺达标合格证的照片", "手上的事要看", made.code, lot.code):
        assert words in looks
    assert "看了没收下的货的照片" in manager.get(f"/staff/orders/{made.code}/audit").main
    packer.sign_in(someone(at.world, Role.PACKER).phone, PASSWORD)
    assert (
        "看一次记一次" in packer.get(f"/staff/intake/photos/{proof}", follow=True).main
    )  # another's look opens nothing
    assert "手上的事要看" not in staff.get(f"/staff/orders/{made.code}").text  # nobody is asked why of a photo


def test_each_line_has_its_own_reason_for_household_and_buyer(at: Market, staff: Pages) -> None:
    goods = {title: variant_id(at, listing(at, title=title)) for title in ("土鸡蛋", "春笋", "干笋")}
    made = paid_order(at, {goods["土鸡蛋"]: 2, goods["春笋"]: 3, goods["干笋"]: 1})
    place = {line.title: n for n, line in enumerate(made.parts[0].lines)}
    path = f"/staff/intake/{made.parts[0].code}"
    staff.get(path)
    before = footprint(at.world)
    sent: dict[str, Any] = {f"rejected-{place['土鸡蛋']}": 1, f"{place['土鸡蛋']}-reason": "碎了",
                            f"rejected-{place['春笋']}": 3}  # fmt: skip
    page = staff.submit_form("收下", status=422, **sent)
    assert page.main.count("请写为什么") == 2
    assert page.main.count("春笋有没收下的") == 1
    assert page.form("收下").values[f"{place['土鸡蛋']}-reason"] == ["碎了"]
    assert footprint(at.world) == before
    staff.submit_form("收下", **(sent | {f"{place['春笋']}-reason": "蔫了"}))
    lines = at.world.read(lambda session: taken_lines(session, made.parts[0].code))
    assert {line.title: (line.accepted, line.rejected, line.reason) for line in lines} == {
        "土鸡蛋": (1, 1, "碎了"), "春笋": (0, 3, "蔫了"), "干笋": (1, 0, ""),
    }  # fmt: skip
    wanted = select(Message.facts).where(Message.topic == SMS).order_by(Message.id)
    sms = at.world.read(lambda session: list(session.scalars(wanted)))
    told = {
        (one["template"], HOME.goods(one["values"]["goods"]), one["values"]["reason"])
        for one in sms
        if "reason" in one["values"]
    }
    assert told == {
        (template, goods, reason)
        for template in ("vendor_rejected", "order_rejected")
        for goods, reason in (("土鸡蛋1盒", "碎了"), ("春笋3盒", "蔫了"))
    }
    buyer = visitor_of(staff, made.code)
    assert "土鸡蛋 1 盒没收下，碎了；春笋 3 盒没收下，蔫了" in buyer
    assert_sound(at.world)


def visitor_of(staff: Pages, order_code: str) -> str:
    """Return what the order's page says to whoever knows its phone."""
    staff.get("/orders")
    return str(staff.submit_form("查一下", code=order_code, phone=TO.phone).main)


def test_a_page_from_before_its_household_said_fewer_takes_nothing_in(at: Market, staff: Pages) -> None:
    made = paid_order(at, {variant_id(at, listing(at)): 3})
    (part,) = made.parts
    path, line = f"/staff/intake/{part.code}", part.lines[0].id
    form = staff.get(path).form("收下").values
    short = partial(answering.short_part, vendor_id=at.vendor.id, code=part.code, come={line: 2}, saw={line: 3})
    at.world.run(partial(short, actor=HOUSE, clock=at.world.clock))
    before = footprint(at.world)
    page = staff.post(path, {**form, "rejected-0": "1", "0-reason": "碎了"}, status=409)
    assert "农户刚说来的数变了" in page.main
    assert footprint(at.world) == before
    assert page.form("收下").values["saw-0"] == ["2"]
    staff.submit_form("收下")
    assert order(at, made.code).parts[0].lines[0].accepted == 2


def test_the_reading_is_kept_as_it_was_read_and_shown(at: Market, staff: Pages) -> None:
    made = paid_order(at, {poultry(at): 1})
    staff.get(f"/staff/intake/{made.parts[0].code}")
    sent: dict[str, Any] = {"weighed-0": " ST,GS,+001.234kg ", "0-inspection": "川A123"}
    page = staff.submit_form("收下", **sent)
    for words in ("秤上是 ST,GS,+001.234kg", "最多 ¥102，按重 ¥83.91，退 ¥18.09"):
        assert words in page.main, page.main
    buyer = visitor_of(staff, made.code)
    for words in ("1.234 公斤", "周**称的，秤上是 ST,GS,+001.234kg", "最多 ¥102，按重 ¥83.91，退您 ¥18.09"):
        assert words in buyer, buyer
    assert_sound(at.world)


def test_goods_of_a_recalled_lot_are_taken_out_from_the_lots_page(at: Market, staff: Pages) -> None:
    eggs = variant_id(at, listing(at))
    lying, packed, sent = (paid_order(at, {eggs: count}) for count in (1, 2, 3))
    for made in (lying, packed, sent):
        take_in(at, made)
    box = pack(at, packed.code)
    send(at, pack(at, sent.code))
    (lot,) = lots(at)
    path = f"/staff/lots/{lot.code}"
    assert "拿出来" not in staff.get(path).main
    staff.submit_form("召回", reason="检出沙门氏菌")
    page = staff.get(path)
    for words in ("还有 2 单的货在中心", "请快递退回"):
        assert words in page.main
    assert "已经出门了" in staff.post(f"{path}/orders/{sent.code}/out", {"saw": ""}).main
    assert "什么都没动" in staff.post(f"{path}/orders/{packed.code}/out", {"saw": ""}, status=409).text
    assert "¥55.50 在退给买家" in staff.post(f"{path}/orders/{lying.code}/out", {"saw": ""}).main
    assert "在退给买家" in staff.post(f"{path}/orders/{packed.code}/out", {"saw": box}).main
    page = staff.get(path)
    assert page.main.count("拿出来了，钱退了") == 2
    assert "还有" not in page.main
    assert "林下土鸡蛋 1 盒召回了，检出沙门氏菌" in visitor_of(staff, lying.code)
    assert_sound(at.world)
