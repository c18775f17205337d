"""The checkout's one page: pasted and kept addresses, collection, boxes, and what goes wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from shop.accounts.models import Role
from shop.accounts.queries import kept_addresses
from shop.accounts.rules import PostalAddress
from shop.accounts.services import keep_address
from shop.catalog.models import Climate, Listing
from shop.invoices.models import Medium
from shop.invoices.queries import wish_of
from shop.orders.models import Box, Handing
from shop.town.models import Town
from tests.pages.buying import TO, at_provider, fill, place_it, placed, to_review
from tests.pages.test_listing import HEN, shelf
from tests.support.clock import SettableClock
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world import World
from tests.world.books import footprint
from tests.world.market import PASSWORD, Market, listing, someone, variant_id

PASTED = "何晓雨 13812345678 四川省成都市武侯区科华路 12 号 3 单元 401"
HOME = PostalAddress("何晓雨", "13812345678", "四川", "成都市", "武侯区", "科华路 12 号")
WORK = PostalAddress("何晓雨", "13812345678", "四川", "成都市", "彭州市", "金彭东路 2 号")
FIRM = {"invoice_for": "company", "invoice_title": "成都山野餐饮有限公司", "invoice_tax_id": "91110000600037341L"}


def to_checkout(pages: Pages, thing: Listing, quantity: int = 2) -> Page:
    fill(pages, thing, quantity)
    return pages.get("/checkout")


def value(page: Page, name: str) -> list[str]:
    return page.form("/checkout").values[name]


# The address


@pytest.mark.parametrize("press", ["拆开", "看运费和总价"])
def test_a_pasted_address_fills_the_fields_and_shows_what_it_costs(pages: Pages, eggs: Listing, press: str) -> None:
    to_checkout(pages, eggs)
    page = pages.submit_form("/checkout", press=press, paste=PASTED, note="放门卫")
    assert "拆好了" in page.main
    assert value(page, "street") == ["科华路12号3单元401"]
    assert (value(page, "province"), value(page, "note")) == (["四川"], ["放门卫"])
    assert "¥105" in page.words
    assert place_it(pages).heading == "等您付款"


def test_who_pasted_and_then_typed_or_collects_means_what_they_chose(pages: Pages, eggs: Listing) -> None:
    to_checkout(pages, eggs)
    page = pages.submit_form("/checkout", press="看运费和总价", paste=PASTED, **TO | {"street": "红星路 3 号"})
    assert (value(page, "street"), value(page, "paste")) == (["红星路 3 号"], [""])
    assert place_it(pages).heading == "等您付款"
    to_checkout(pages, eggs)
    page = pages.submit_form("/checkout", 422, press="看运费和总价", paste=PASTED, handing="collection")
    assert value(page, "handing") == ["collection"]
    assert "请填手机号码" in page.main


@pytest.mark.parametrize("press", ["改好了，重新算", "确认下单"])
def test_what_is_pasted_beside_an_address_is_not_passed_over(pages: Pages, eggs: Listing, press: str) -> None:
    to_review(pages, eggs)
    page = pages.submit_form("/checkout", press=press, paste=PASTED)
    assert "拆好了" in page.main
    assert value(page, "street") == ["科华路12号3单元401"]
    assert place_it(pages).heading == "等您付款"


def test_an_english_reader_is_told_in_english_where_nothing_goes(pages: Pages, eggs: Listing) -> None:
    to_checkout(pages, eggs)
    pages.client.set_cookie("lang", "en")
    pages.get("/checkout")
    page = pages.submit_form("/checkout", press="Sort it out", paste="何雨 13800138000 香港九龙弥敦道1号")
    assert "Hong Kong" in page.main


def test_what_a_pasted_address_does_not_say_is_asked_for_and_nothing_typed_is_lost(pages: Pages, eggs: Listing) -> None:
    to_checkout(pages, eggs)
    page = pages.submit_form("/checkout", press="拆开", paste="四川省成都市武侯区科华路 12 号", name="何晓雨")
    assert "还差这几样" in page.main
    assert "请填手机号码。" in page.main
    assert value(page, "name") == ["何晓雨"]
    page = pages.submit_form("/checkout", 422, press="拆开", paste="")
    assert "先贴一段文字。" in page.main
    page = pages.submit_form("/checkout", 422, press="拆开", paste="山" * 1001)
    assert "最多 1000 个字。" in page.main


def test_a_member_orders_from_a_kept_address_in_two_clicks(
    at: Market, world: World, pages: Pages, eggs: Listing, clock: SettableClock
) -> None:
    person = someone(world, Role.BUYER)
    world.run(lambda session: keep_address(session, person.id, WORK, clock=world.clock))
    clock.advance(minutes=1)
    world.run(lambda session: keep_address(session, person.id, HOME, clock=world.clock))
    pages.sign_in(person.phone, PASSWORD)
    page = to_checkout(pages, eggs)
    assert value(page, "street") == [HOME.street]
    assert "¥105" in page.words
    page = pages.submit_form("/checkout", press="寄到这里")
    assert value(page, "street") == [WORK.street]
    clock.advance(minutes=1)
    made = placed(at, place_it(pages))
    assert made.district == "彭州市"
    kept = world.read(lambda session: kept_addresses(session, person.id))
    assert [one.street for one in kept] == [WORK.street, HOME.street]


@pytest.mark.parametrize("keep", [True, False])
def test_a_members_new_address_is_kept_unless_unticked(
    world: World, at: Market, pages: Pages, eggs: Listing, keep: bool
) -> None:
    person = someone(world, Role.BUYER)
    pages.sign_in(person.phone, PASSWORD)
    to_checkout(pages, eggs)
    pages.submit_form("/checkout", press="看运费和总价", keep=keep, **TO)
    place_it(pages)
    kept = world.read(lambda session: kept_addresses(session, person.id))
    assert len(kept) == int(keep)


def test_another_members_address_is_not_found(
    world: World, pages: Pages, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    owner, other = someone(world, Role.BUYER), someone(world, Role.BUYER)
    kept = world.run(lambda session: keep_address(session, owner.id, HOME, clock=world.clock))
    pages.sign_in(other.phone, PASSWORD)
    page = to_checkout(pages, eggs)
    assert HOME.street not in page.text
    pages.post("/checkout", {**TO, "action": f"use:{kept.code}"}, status=404)
    guest = visitor()
    fill(guest, eggs)
    guest.post("/checkout", {**TO, "action": f"use:{kept.code}"}, status=404)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"phone": "1381234abcd"}, "请填 11 位手机号码。"),
        ({"street": "🏠🏠🏠"}, "请用字写"),
        ({"name": "😀"}, "请用字写"),
        ({"note": "好" * 201}, "最多 200 个字。"),
        ({"handing": "drone"}, "选寄到家，还是到中心来取。"),
        ({**FIRM, "invoice_tax_id": "12"}, "税号是 18 位数字和大写字母"),
        ({**FIRM, "invoice_tax_id": "91510100MA00000000"}, "税号里有一位抄错了"),
        ({**FIRM, "invoice_tax_id": ""}, "单位的发票要有税号"),
        ({**FIRM, "invoice_title": ""}, "请填发票抬头"),
        ({**FIRM, "invoice_title": "山" * 101}, "抬头最多 100 个字"),
        ({**FIRM, "invoice_for": "individual"}, "个人的发票不填税号"),
        ({**FIRM, "invoice_for": ""}, "选一下开给个人还是单位"),
        ({"email": "zhang@example"}, "邮箱写成 zhang@example.cn 这样"),
        ({"email": "a@b.cn\r\nBcc: c@d.cn"}, "邮箱写成 zhang@example.cn 这样"),
        ({"email": f"{'a' * 64}@{'b.' * 100}cn"}, "邮箱写成 zhang@example.cn 这样"),
        ({"province": ["四川", "x"], "city": "天" * 31}, "最多 30 个字。"),
    ],
)
@pytest.mark.parametrize("action", ["preview", "place"])
def test_what_cannot_be_is_said_at_its_field_and_changes_nothing(
    world: World, pages: Pages, eggs: Listing, wrong: dict[str, object], said: str, action: str
) -> None:
    review = to_review(pages, eggs)
    sent = {name: values[0] for name, values in review.form("/checkout").values.items() if values}
    before = footprint(world)
    page = pages.post("/checkout", {**sent, **wrong, "action": action}, status=422)
    assert said in page.main
    assert footprint(world) == before


def test_a_note_of_ten_megabytes_is_turned_away(world: World, pages: Pages, eggs: Listing) -> None:
    to_review(pages, eggs)
    before = footprint(world)
    pages.post("/checkout", {**TO, "note": "好" * 3_500_000, "action": "place"}, status=413)
    assert footprint(world) == before


# Collection, boxes, what cannot be sent


def test_collection_asks_no_address_and_no_freight(at: Market, pages: Pages, eggs: Listing) -> None:
    to_checkout(pages, eggs)
    typed = {"name": TO["name"], "phone": TO["phone"]}
    page = pages.submit_form("/checkout", press="看运费和总价", handing="collection", **typed)
    for words in ("到中心来取", "场镇老街 1 号", "周一至周六", "最晚11月23日可以来取", "¥96"):
        assert words in page.main, words
    place_it(pages)
    page = at_provider(pages, "付款")
    made = placed(at, page)
    assert (made.handing, made.freight_fen, made.street) == (Handing.COLLECTION, 0, "")
    page = pages.click("看订单")
    for words in ("场镇老街 1 号", "谁来取", "最晚11月23日可以来取", "打好包，等您来取", "取走"):
        assert words in page.main, words
    assert "交给快递" not in page.main


def test_live_goods_offer_to_be_collected_or_taken_out(at: Market, pages: Pages, eggs: Listing) -> None:
    hen = listing(shelf(at, "live", name="活禽", is_live=True), title="活母鸡", ways=(HEN,))
    fill(pages, eggs)
    to_checkout(pages, hen)
    page = pages.submit_form("/checkout", 422, press="看运费和总价", **TO)
    assert "活母鸡 活的不寄，只能到中心来取。" in page.main
    assert value(page, "street") == [TO["street"]]
    page = pages.submit_form("/checkout", press="全部改成来取")
    assert "自己来取" in page.main
    page = pages.submit_form("/checkout", 422, press="改好了，重新算", handing="delivery")
    page = pages.submit_form("/checkout", press="拿掉")
    assert "活母鸡" not in page.main
    assert "¥105" in page.words
    assert place_it(pages).heading == "等您付款"


def test_only_live_goods_are_collected_without_being_asked(at: Market, pages: Pages) -> None:
    hen = listing(shelf(at, "live", name="活禽", is_live=True), title="活母鸡", ways=(HEN,))
    page = to_checkout(pages, hen, 1)
    assert value(page, "handing") == ["collection"]
    assert "自己来取" in page.main


def test_what_would_not_arrive_fresh_says_how_long_it_takes(at: Market, pages: Pages) -> None:
    beans = listing(at, title="嫩豆腐", travel_days=1)
    to_checkout(pages, beans)
    page = pages.submit_form("/checkout", 422, press="看运费和总价", **TO)
    assert "路上要 2 天，它只经得起 1 天" in page.main


def test_a_cold_box_of_its_own_is_shown_with_its_freight_and_on_the_order(
    at: Market, pages: Pages, eggs: Listing
) -> None:
    ham = listing(shelf(at, "cold", name="鲜肉", climate=Climate.CHILLED), title="鲜肉")
    fill(pages, ham, 1)
    page = to_review(pages, eggs, 1)
    assert "常温箱运费 连包装 1.2 公斤 ¥7.50" in page.main
    assert "冷藏箱运费 连包装 1.2 公斤 ¥11.50" in page.main
    place_it(pages)
    made = placed(at, at_provider(pages, "付款"))
    assert {part.box for part in made.parts} == {Box.AMBIENT, Box.CHILLED}
    assert "常温箱、冷藏箱" in pages.click("看订单").main


# Two clicks, two windows, too many


def test_two_windows_give_one_order(at: Market, world: World, pages: Pages, eggs: Listing) -> None:
    first = to_review(pages, eggs)
    second = pages.submit_form("/checkout", press="改好了，重新算")
    pages.page = first
    place_it(pages)
    before = footprint(world)
    pages.page = second
    page = pages.submit_form("/checkout", press="下单")
    assert page.url == "/basket"
    assert "多半在另一个窗口里下过单了" in page.main
    assert footprint(world) == before


def test_too_many_unpaid_orders_are_not_added_to(at: Market, world: World, pages: Pages, eggs: Listing) -> None:
    world.run(lambda session: session.execute(update(Town).values(most_unpaid=1)))
    to_review(pages, eggs, 1)
    place_it(pages)
    to_review(pages, eggs, 1)
    before = footprint(world)
    page = pages.submit_form("/checkout", 429, press="下单")
    assert "还有 1 单没付" in page.main
    assert value(page, "street") == [TO["street"]]
    assert footprint(world) == before


def test_the_last_ones_in_another_hand_say_until_when(
    at: Market, world: World, pages: Pages, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    review = to_review(pages, eggs, 5)
    other = visitor()
    to_review(other, eggs, 5)
    place_it(other)
    assert "最晚到11月22日 10:15" in pages.get("/basket").main
    before = footprint(world)
    pages.page = review
    page = pages.submit_form("/checkout", 409, press="下单")
    assert "有人正在付最后这些" in page.main
    assert value(page, "street") == [TO["street"]]
    assert footprint(world) == before


def test_somebody_elses_line_cannot_be_taken_out(
    world: World, at: Market, pages: Pages, visitor: Callable[[], Pages], eggs: Listing
) -> None:
    ham = listing(at, title="老腊肉")
    fill(pages, eggs)
    other = visitor()
    fill(other, ham)
    before = footprint(world)
    other.post("/checkout", {**TO, "action": f"drop:{variant_id(at, eggs)}"}, status=404)
    other.post("/checkout", {**TO, "action": "drop:x"}, status=404)
    assert footprint(world) == before


def test_a_changed_destination_is_shown_before_the_order(world: World, pages: Pages, eggs: Listing) -> None:
    to_review(pages, eggs)
    before = footprint(world)
    page = pages.submit_form("/checkout", 409, press="下单", handing="collection")
    assert "最晚11月25日送到" in page.main
    assert "最晚11月23日可以来取" in page.main
    assert footprint(world) == before
    assert place_it(pages).heading == "等您付款"


def test_an_invoice_wish_stands_on_the_receipt(at: Market, pages: Pages, eggs: Listing) -> None:
    to_checkout(pages, eggs)
    wish: dict[str, Any] = {**FIRM, "invoice_tax_id": "９１11 0000600037341l"}
    pages.submit_form("/checkout", press="看运费和总价", **TO, **wish, invoice_medium="on_paper")
    made = placed(at, place_it(pages))
    with at.world.house.edge.reading() as session:
        kept = wish_of(session, made.id)
    assert kept is not None
    wanted = kept.title
    assert (wanted.title, wanted.tax_id, wanted.medium) == (FIRM["invoice_title"], FIRM["invoice_tax_id"], Medium.PAPER)
    assert (wanted.recipient, wanted.street) == (TO["name"], TO["street"])


def test_a_buyer_who_leaves_a_mail_address_is_written_to_as_well(
    at: Market, pages: Pages, eggs: Listing, visitor: Callable[[], Pages]
) -> None:
    to_checkout(pages, eggs)
    pages.submit_form("/checkout", press="看运费和总价", email="zhang@example.cn", **TO)
    made = placed(at, place_it(pages))
    at.world.deliver()
    staff = visitor()
    staff.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    page = staff.get("/staff/sms")
    assert "z***@example.cn" in page.main
    assert "zhang@example.cn" not in page.text
    assert f"订单{made.code}" in page.main
