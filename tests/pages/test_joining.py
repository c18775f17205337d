"""Joining on the phone: five steps, told once, saved as it goes; what is typed wrong is told at its field."""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from shop.accounts.models import Role
from shop.flows import joining
from shop.media.models import PrivatePhoto
from shop.media.rules import private_name
from shop.vendors.joining.models import ApplicationState, Part, PayWay, Proof
from shop.vendors.joining.queries import passages_of
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world import World
from tests.world.joining import CARD, LICENCE, REVIEWER, Hall, hall, one_photo
from tests.world.market import PASSWORD, someone


@pytest.fixture
def at(world: World) -> Hall:
    return hall(world)


def photo(raw: bytes | None = None, name: str = "证.jpg") -> tuple[BytesIO, str]:
    return BytesIO(raw if raw is not None else one_photo()), name


def fill(pages: Pages, fields: Mapping[str, Any], button: str, status: int = 200) -> Page:
    return pages.submit_form(button, status, press=button, **fields)


def start(at: Hall, pages: Pages) -> None:
    pages.sign_in(at.person.phone, PASSWORD)
    page = pages.get("/join")
    assert page.heading == "来这里卖货"
    page = pages.get(page.links()["开始"])
    assert "第 1 步，共 5 步" in page.main


def to_papers(
    at: Hall, pages: Pages, *, standing: str = "self_produced", goods: tuple[str, ...] = ("poultry-eggs",)
) -> None:
    start(at, pages)
    page = fill(pages, {"name": "大湾·杨秀英家", "person": "杨秀英"}, "下一步")
    assert page.heading == "住哪个村"
    page = fill(pages, {"village": at.village()}, "下一步")
    assert page.heading == "您属于哪种"
    page = fill(pages, {"standing": standing}, "下一步")
    assert page.heading == "要卖哪些"
    page = fill(pages, {"goods": list(goods)}, "下一步")
    assert page.heading == "给中心看的"


def test_five_steps_lead_to_the_centre_and_back_to_a_stall(at: Hall, pages: Pages) -> None:
    to_papers(at, pages, standing="registered", goods=("cured-meat", "poultry-eggs"))
    page = pages.get("/join/papers/1")
    page = fill(pages, {"photo": photo(), "number": LICENCE}, "记下")
    assert LICENCE in page.main
    page = pages.get("/join/papers/2")
    assert "卖腊味要" in page.main
    fields = {"photo": photo(), "proof": "food_licence", "number": "SC101", "until": "2029-05-31"}
    page = fill(pages, fields, "记下")
    assert "食品生产许可证 SC101，到 2029年5月31日" in page.main
    page = fill(pages, {}, "下一步")
    assert page.heading == "钱怎么给您"
    page = fill(pages, {"way": "bank"}, "下一步")
    assert page.heading == "打到哪张卡"
    account = {"holder": "杨秀英", "bank": "农业银行", "number": "6228 4804 0256 4890 018", "agrees": "y"}
    page = fill(pages, account, "记下")
    assert page.heading == "看一遍再送"
    for told in ("大湾·杨秀英家", "杨秀英", at.person.phone, "大湾村", "有营业执照", "尾号 0018"):
        assert told in page.main
    assert CARD not in page.text
    page = fill(pages, {}, "送到中心")
    assert page.heading == "中心在看"
    assert at.application().state is ApplicationState.APPLIED
    at.approve(at.application().code)
    assert pages.get("/join").heading == "大湾·杨秀英家在这里卖货"
    assert pages.get("/vendor").status == 200


def test_it_goes_on_where_it_was_left(at: Hall, pages: Pages, visitor: Callable[[], Pages]) -> None:
    to_papers(at, pages)
    other = visitor()
    other.sign_in(at.person.phone, PASSWORD)
    page = other.get("/join")
    assert page.heading == "还没填完"
    page = other.get(page.links()["接着填"])
    assert page.heading == "给中心看的"
    page = other.get("/join/who")
    assert page.form().values["name"] == ["大湾·杨秀英家"]


def test_a_visitor_is_led_to_the_code_from_the_phone(at: Hall, pages: Pages) -> None:
    page = pages.get("/join")
    assert page.links()["开始"] == "/sign-in/code?next=/join/who"
    assert pages.get("/join/who", follow=True).url.startswith("/sign-in")
    assert pages.post("/join/who", {"name": "x", "person": "y"}, 401).status == 401


WHO = [
    ({"name": "", "person": "杨"}, "写一下您家怎么称呼"),
    ({"name": "杨" * 200, "person": "杨"}, "最多 20 个字"),
    ({"name": "杨家", "person": "杨" * 200}, "最多 20 个字"),
    ({"name": "<b>杨</b>", "person": "杨"}, "只写字就行"),
    ({"name": "杨家😀", "person": "杨"}, "只写字就行"),
    ({"name": "杨家", "person": "🐔"}, "只写字就行"),
]


@pytest.mark.parametrize(("typed", "said"), WHO)
def test_a_name_that_cannot_be_is_told_at_its_field_and_kept(
    at: Hall, pages: Pages, typed: dict[str, str], said: str
) -> None:
    start(at, pages)
    page = fill(pages, typed, "下一步", status=422)
    assert said in page.main
    assert page.form().values["person"] == [typed["person"]]
    assert "<b>杨" not in page.text
    assert pages.get("/join").heading == "来这里卖货", "nothing was begun"


def test_a_choice_that_is_not_offered_is_refused(at: Hall, pages: Pages) -> None:
    to_papers(at, pages)
    for path, field in (("/join/village", "village"), ("/join/standing", "standing"), ("/join/pay", "way")):
        for value in ("", "nowhere", "<b>", "😀"):
            assert pages.post(path, {field: value}, 422).status == 422
    page = pages.post("/join/goods", {"goods": ["no-such-shelf"]}, 422)
    assert "至少点一样" in page.main
    assert pages.post("/join/goods", {}, 422).status == 422
    assert at.application().goods == ("poultry-eggs",)


PAPERS = [
    ({"number": "川坊1", "until": "1900-01-01"}, "这一天已经过了"),
    ({"number": "川坊1", "until": "2126-01-01"}, "这一天太远了"),
    ({"number": "川坊1", "until": ""}, "写一下证上写的到哪天为止"),
    ({"number": "川坊1", "until": "明年"}, "日子写成"),
    ({"number": "川坊1", "until": "2026-02-31"}, "日子写成"),
    ({"number": "", "until": "2029-01-01"}, "写一下证上的号"),
    ({"number": "长" * 200, "until": "2029-01-01"}, "最多 60 个字"),
]


@pytest.mark.parametrize(("typed", "said"), PAPERS)
def test_what_no_permit_says_is_told_at_its_field(at: Hall, pages: Pages, typed: dict[str, str], said: str) -> None:
    to_papers(at, pages, goods=("cured-meat",))
    pages.get("/join/papers/2")
    page = fill(pages, {"photo": photo(), "proof": "workshop_filing", **typed}, "记下", status=422)
    assert said in page.main
    assert at.application().papers == ()
    assert at.world.read(lambda session: session.scalars(select(PrivatePhoto)).first()) is None


LICENCES = [
    ("91110000600037342L", "有一位写错了"),
    ("12345678901", "统一社会信用代码"),
    ("", "写一下证上的号"),
    ("<script>", "统一社会信用代码"),
]


@pytest.mark.parametrize(("number", "said"), LICENCES)
def test_a_licence_is_checked_by_its_check_character(at: Hall, pages: Pages, number: str, said: str) -> None:
    to_papers(at, pages, standing="registered")
    pages.get("/join/papers/1")
    page = fill(pages, {"photo": photo(), "number": number}, "记下", status=422)
    assert said in page.main
    assert page.form().values["number"] == [number]


def test_an_older_licence_is_taken_with_a_warning(at: Hall, pages: Pages) -> None:
    to_papers(at, pages, standing="registered")
    pages.get("/join/papers/1")
    page = fill(pages, {"photo": photo(), "number": "510182600001234"}, "记下")
    assert "这是老执照的号" in page.main
    assert "执照还是老号" in pages.get("/join/check").main


FILES = [
    (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", "文档"),
    (b"", "空的"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    (b"hello", "不是照片"),
]


@pytest.mark.parametrize(("raw", "said"), FILES)
def test_what_is_no_photo_is_refused_in_words(at: Hall, pages: Pages, raw: bytes, said: str) -> None:
    to_papers(at, pages)
    pages.get("/join/papers/1")
    page = fill(pages, {"photo": photo(raw, "证.pdf")}, "记下", status=422)
    assert said in page.main
    assert at.application().papers == ()


def test_without_a_photo_it_says_what_to_do(at: Hall, pages: Pages) -> None:
    to_papers(at, pages)
    pages.get("/join/papers/1")
    page = fill(pages, {}, "记下", status=422)
    assert "还没有照片" in page.main


def test_what_is_brought_stands_on_one_list(at: Hall, pages: Pages) -> None:
    to_papers(at, pages, goods=("cured-meat",))
    pages.get("/join/papers/1")
    fill(pages, {"photo": photo()}, "记下")
    pages.get("/join/papers/2")
    page = fill(pages, {"proof": "workshop_filing"}, "现在没有，带到中心去")
    assert "带到中心给人看" in page.main
    fill(pages, {}, "下一步")
    fill(pages, {"way": "cash"}, "下一步")
    page = fill(pages, {}, "送到中心")
    assert "去中心的时候带上" in page.main
    assert "小作坊备案证或者食品生产许可证" in page.main
    assert "场镇老街 1 号" in page.main


def test_a_photo_of_a_paper_is_its_applicants_and_the_centres(
    at: Hall, pages: Pages, visitor: Callable[[], Pages]
) -> None:
    code = at.tell()
    at.show(code, Proof.OWN_WORK)
    key = at.application().papers[0].photo_key
    assert key is not None
    for width in (320, 640, 1920):
        assert visitor().client.get(f"/media/{key}/{width}.jpg").status_code == 404
    assert visitor().client.get(f"/media/{private_name(key)}").status_code == 404
    assert visitor().client.get("/join/photos/own_work").status_code == 303
    pages.sign_in(at.person.phone, PASSWORD)
    mine = pages.client.get("/join/photos/own_work")
    assert (mine.status_code, mine.content_type) == (200, "image/jpeg")
    assert mine.headers["Cache-Control"] == "private, no-store"
    assert pages.client.get("/join/photos/quarantine").status_code == 404
    assert pages.client.get("/join/photos/..").status_code == 404
    other = visitor()
    other.sign_in(someone(at.world, Role.BUYER).phone, PASSWORD)
    assert other.client.get("/join/photos/own_work").status_code == 404
    assert other.client.get(f"/staff/applications/{code}/photos/own_work").status_code == 403
    staff = visitor()
    staff.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    address = f"/staff/applications/{code}/photos/own_work"
    assert staff.client.get(address).status_code == 404, "a draft is nobody else's business"
    at.send(code)
    assert staff.client.get(address).status_code == 200
    assert staff.client.get(f"/staff/applications/{code}/photos/nothing").status_code == 404
    at.approve(code)
    assert staff.client.get(address).status_code == 422, "later it takes a reason"
    token = staff.get("/me").token()
    assert staff.client.post(address, data={"csrf_token": token, "reason": "抽查"}).status_code == 200


def test_another_photo_takes_the_place_of_the_first(at: Hall, pages: Pages) -> None:
    to_papers(at, pages)
    keys = []
    for shade in (200, 90):
        pages.get("/join/papers/1")
        fill(pages, {"photo": photo(one_photo(shade))}, "记下")
        keys.append(at.application().papers[0].photo_key)
    first, second = keys
    assert first is not None
    assert second is not None
    assert first != second
    assert at.world.house.store.get(private_name(first)) is None, "what was replaced is gone"
    assert at.world.house.store.get(private_name(second)) is not None
    page = pages.get("/join/papers/1")
    assert f"v={second[:8]}" in page.text
    fill(pages, {}, "记下")
    assert at.application().papers[0].photo_key == second, "told again without a photo, the photo stays"


ACCOUNTS = [
    ("bank", {"holder": "杨秀英", "bank": "农行", "number": "6228480402564890019"}, "卡号有一位写错了"),
    ("bank", {"holder": "杨秀英", "bank": "农行", "number": "13900000001"}, "15 到 19 位"),
    ("bank", {"holder": "杨秀英", "bank": "", "number": CARD}, "写一下哪个银行"),
    ("bank", {"holder": "杨😀", "bank": "农行", "number": CARD}, "只写字就行"),
    ("wechat", {"holder": "杨秀英", "number": "杨秀英"}, "这不像微信号"),
]


@pytest.mark.parametrize(("way", "typed", "said"), ACCOUNTS)
def test_an_account_that_cannot_be_is_told_at_its_field(
    at: Hall, pages: Pages, way: str, typed: dict[str, str], said: str
) -> None:
    to_papers(at, pages)
    pages.get(f"/join/pay/{way}")
    page = fill(pages, {**typed, "agrees": "y"}, "记下", status=422)
    assert said in page.main
    assert at.application().pay_way is None


def test_an_account_is_kept_only_with_its_own_consent(at: Hall, pages: Pages) -> None:
    to_papers(at, pages)
    pages.get("/join/pay/bank")
    page = fill(pages, {"holder": "杨秀英", "bank": "农行", "number": CARD}, "记下", status=422)
    assert "要您点了同意" in page.main
    assert at.application().pay_way is None
    page = fill(pages, {"holder": "杨秀英", "bank": "农行", "number": CARD, "agrees": "y"}, "记下")
    assert at.application().pay_way is PayWay.BANK
    page = pages.get("/join/pay/bank")
    assert "尾号是 0018" in page.main
    assert CARD not in page.text
    pages.get("/join/pay/cash", 404)


def test_sent_twice_it_is_sent_once_and_in_two_windows_what_was_seen_is_sent(
    at: Hall, pages: Pages, visitor: Callable[[], Pages]
) -> None:
    to_papers(at, pages)
    pages.get("/join/papers/1")
    fill(pages, {"photo": photo()}, "记下")
    fill(pages, {}, "下一步")
    fill(pages, {"way": "cash"}, "下一步")
    other = visitor()
    other.sign_in(at.person.phone, PASSWORD)
    other.get("/join/who")
    fill(other, {"name": "别的名字", "person": "杨秀英"}, "下一步")
    page = fill(pages, {}, "送到中心")
    assert "您在别处又改过" in page.words
    assert "别的名字" in page.main
    form = page.form("送到中心").values
    assert pages.post("/join/check", form).heading == "中心在看"
    assert pages.post("/join/check", form).heading == "中心在看"
    assert [step.to for step in at.world.read(lambda session: passages_of(session, at.application().id))] == [
        ApplicationState.APPLIED
    ]
    for path, fields in (("/join/who", {"name": "晚了", "person": "杨"}), ("/join/pay", {"way": "cash"})):
        assert other.post(path, fields).heading == "中心在看", "while the centre looks nothing changes"
    assert at.application().name == "别的名字"


def test_what_was_sent_back_is_mended_and_nothing_else(at: Hall, pages: Pages) -> None:
    code = at.sent()
    at.world.run(
        lambda session: joining.send_back(
            session,
            code,
            parts=(Part.WHO,),
            reason="名字和执照对不上",
            version=at.application().version,
            actor=REVIEWER,
            clock=at.world.clock,
        )
    )
    pages.sign_in(at.person.phone, PASSWORD)
    page = pages.get("/join")
    assert page.heading == "有地方要改"
    assert "名字和执照对不上" in page.main
    page = pages.get(page.links()["去改"])
    assert page.links().get("改您是谁") == "/join/who"
    assert "改哪个村" not in page.links()
    assert pages.get("/join/village", follow=True).heading == "有地方要改"
    page = pages.get("/join/who")
    assert "名字和执照对不上" in page.main
    page = fill(pages, {"name": "杨家院子", "person": "杨秀英"}, "下一步")
    assert page.heading == "看一遍再送"
    assert fill(pages, {}, "送到中心").heading == "中心在看"


def test_a_seller_tells_another_standing_and_nothing_twice(at: Hall, pages: Pages) -> None:
    at.approve(at.sent())
    pages.sign_in(at.person.phone, PASSWORD)
    pages.get("/join")
    page = fill(pages, {}, "换资格，或加一类货")
    assert "第 1 步，共 2 步" in page.main
    fill(pages, {"standing": "cooperative"}, "下一步")
    fill(pages, {"goods": ["poultry-eggs"]}, "下一步")
    pages.get("/join/papers/1")
    fill(pages, {"photo": photo(), "number": LICENCE}, "记下")
    page = fill(pages, {}, "下一步")
    assert page.heading == "看一遍再送"
    assert fill(pages, {}, "送到中心").heading == "中心在看"
    assert pages.get("/join/pay", follow=True).heading == "中心在看"


def test_there_is_no_way_past_the_steps(at: Hall, pages: Pages) -> None:
    pages.sign_in(at.person.phone, PASSWORD)
    for path in (
        "/join/village",
        "/join/standing",
        "/join/goods",
        "/join/papers",
        "/join/papers/1",
        "/join/pay",
        "/join/check",
    ):
        assert pages.get(path, follow=True).heading == "来这里卖货"
    pages.get("/join/photos/own_work", 404)
