"""A member's addresses by their pages: pasting, mending, keeping, changing, forgetting; and what is sent wrongly."""

from typing import Any

import pytest
from flask import Flask

from shop.accounts.models import Role
from shop.accounts.queries import Person, kept_addresses
from shop.accounts.rules import MAX_KEPT
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world import World
from tests.world.market import PASSWORD, someone, town

PASTED = "何晓雨 139 1234 5678 四川省成都市彭州市龙门山镇小鱼洞社区3组12号"
HOME: dict[str, Any] = {
    "name": "何晓雨",
    "phone": "13912345678",
    "province": "四川",
    "city": "成都市",
    "district": "彭州市",
    "street": "龙门山镇小鱼洞社区3组12号",
}
NEW = "/me/addresses/new"


@pytest.fixture
def person(world: World) -> Person:
    town(world)
    return someone(world, Role.BUYER)


@pytest.fixture
def mine(pages: Pages, person: Person) -> Pages:
    pages.sign_in(person.phone, PASSWORD)
    return pages


def streets(world: World, person: Person) -> list[str]:
    return [kept.street for kept in world.run(lambda session: kept_addresses(session, person.id))]


def typed(page: Page) -> dict[str, str]:
    values = page.form("fields").values
    return {part: values[part][0] for part in HOME}


def paste(pages: Pages, text: str, status: int = 200) -> Page:
    pages.get(NEW)
    return pages.submit_form("paste", status, text=text)


def keep(pages: Pages, status: int = 200, **parts: Any) -> Page:
    pages.get(NEW)
    return pages.submit_form("fields", status, **{**HOME, **parts})


def test_a_pasted_text_fills_the_fields_and_is_kept_after_a_look(mine: Pages, world: World, person: Person) -> None:
    mine.get("/me")
    page = mine.click("收货地址")
    assert "还没记下地址" in page.main
    mine.click("加一个地址")
    page = mine.submit_form("paste", text=PASTED)
    assert "拆好了" in page.main
    assert typed(page) == HOME
    assert page.form("paste").values["text"] == [PASTED]
    assert streets(world, person) == []
    page = mine.submit_form("fields")
    assert page.url == "/me/addresses"
    for words in ("地址记下了", "何晓雨", "139****5678", "四川省成都市彭州市", HOME["street"]):
        assert words in page.main, words
    assert "13912345678" not in page.words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("成都武侯区浆洗街5号", ("请填收货人的名字。", "请填手机号码。")),
        ("李娜 028-83871234 彭州市天彭街道牡丹大道2号", ("请填 11 位手机号码。",)),
        ("陈小姐 13912345678 香港九龙弥敦道688号", ("香港现在还寄不到。", "请填区或县。")),
        ("鼓楼区中山路1号 王五 13912345678", ("请选省份。", "请填城市。")),
        ("😀😀😀", ("请填收货人的名字。", "请填街道和门牌。")),
        ("手机 1391234567八 张三", ("请填手机号码。",)),
    ],
)
def test_what_a_pasted_text_does_not_tell_is_said_at_its_field(mine: Pages, text: str, said: tuple[str, ...]) -> None:
    page = paste(mine, text)
    assert "还差这几样" in page.main
    for words in said:
        assert words in page.main, words


def test_nothing_pasted_and_far_too_much(mine: Pages, person: Person, world: World) -> None:
    assert "先贴一段文字。" in paste(mine, " ", 422).main
    assert "最多 1000 个字。" in paste(mine, "四川省成都市" * 200, 422).main
    mine.get(NEW)
    page = mine.post(NEW, {"action": "split", "text": "山" * 10_000_000}, status=413)
    assert page.heading
    mine.get(NEW)
    mine.post(NEW, {**HOME, "street": "山" * 10_000_000}, status=413)
    assert streets(world, person) == []


@pytest.mark.parametrize(
    ("part", "wrong", "said"),
    [
        ("phone", "一三九一二三四", "请填 11 位手机号码。"),
        ("phone", "1391234567x", "请填 11 位手机号码。"),
        ("name", "", "请填收货人的名字。"),
        ("name", "长" * 31, "最多 30 个字。"),
        ("street", "长" * 121, "最多 120 个字。"),
    ],
)
def test_a_wrong_field_says_what_to_mend_and_nothing_is_kept(
    mine: Pages, world: World, person: Person, part: str, wrong: str, said: str
) -> None:
    page = keep(mine, 422, **{part: wrong})
    assert said in page.main
    assert typed(page)[part] == wrong
    assert streets(world, person) == []


def test_a_province_of_ones_own_making_is_refused(mine: Pages, world: World, person: Person) -> None:
    assert "请从单子里选一个省份。" in mine.post(NEW, {**HOME, "province": "火星"}, status=422).main
    assert streets(world, person) == []


def test_markup_and_pictures_in_an_address_are_only_text(mine: Pages, world: World, person: Person) -> None:
    page = keep(mine, street="<script>alert(1)</script>😀")
    assert "<script>alert(1)</script>😀" in page.main
    assert streets(world, person) == ["<script>alert(1)</script>😀"]


def test_an_address_is_changed_and_forgotten(mine: Pages, world: World, person: Person) -> None:
    keep(mine)
    page = mine.click("改一改")
    values = page.form().values
    assert {part: values[part][0] for part in HOME} == HOME
    page = mine.submit_form(street="7号")
    assert "地址改好了" in page.main
    assert streets(world, person) == ["7号"]
    page = mine.submit_form("/forget")
    assert "还没记下地址" in page.main
    assert streets(world, person) == []


def test_ten_are_kept_and_the_page_says_what_the_next_one_does(mine: Pages, world: World, person: Person) -> None:
    for number in range(MAX_KEPT):
        assert "最久没用的那个就不留了" not in mine.get("/me/addresses").main
        keep(mine, street=f"{number}号")
    page = mine.get("/me/addresses")
    assert "最久没用的那个就不留了" in page.main
    assert len(page.statements) <= 8
    keep(mine)
    assert len(streets(world, person)) == MAX_KEPT
    assert "0号" not in streets(world, person)


def test_another_member_finds_nothing(app: Flask, mine: Pages, world: World, person: Person) -> None:
    keep(mine)
    code = world.run(lambda session: kept_addresses(session, person.id))[0].code
    other = Pages(app)
    other.sign_in(someone(world, Role.BUYER).phone, PASSWORD)
    other.get(f"/me/addresses/{code}", 404)
    other.post(f"/me/addresses/{code}", HOME, status=404)
    other.post(f"/me/addresses/{code}/forget", status=404)
    assert HOME["street"] not in other.get("/me/addresses").words
    assert streets(world, person) == [HOME["street"]]


def test_a_visitor_signs_in_first(pages: Pages, person: Person) -> None:
    for path in ("/me/addresses", NEW, "/me/addresses/ABCD2345"):
        page = pages.get(path, follow=True)
        assert page.url.startswith("/sign-in?next=")
    pages.post(NEW, HOME, status=401)
