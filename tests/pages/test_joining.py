"""Joining on the phone: five steps, told once, saved as it goes; what is typed wrong is told at its field."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import update

from shop.flows import joining
from shop.vendors.joining.models import ApplicationState, Part, PayWay, Proof
from shop.vendors.joining.queries import passages_of
from shop.vendors.models import Vendor, VendorState
from shop.vendors.queries import papers_of
from tests.pages.joining import fill, photo, start, to_papers
from tests.support.pages import Pages
from tests.world import World
from tests.world.joining import CARD, LICENCE, REVIEWER, Hall, hall
from tests.world.market import PASSWORD


@pytest.fixture
def at(world: World) -> Hall:
    return hall(world)


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
    assert "尾号\u00a00018" in page.text, "no line ends between them"
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
    ({"name": "杨" * 200, "person": ""}, "写一下您的名字"),
    ({"name": "杨" * 200, "person": ""}, "最多 20 个字"),
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


def test_all_that_is_wrong_with_an_account_is_told_at_once(at: Hall, pages: Pages) -> None:
    to_papers(at, pages)
    pages.get("/join/pay/bank")
    page = fill(pages, {"holder": "杨😀", "bank": "", "number": "6228480402564890019"}, "记下", status=422)
    for said in ("只写字就行", "写一下哪个银行", "卡号有一位写错了", "要您点了同意"):
        assert said in page.main, said
    pages.get("/join/pay/wechat")
    page = fill(pages, {"holder": "", "number": ""}, "记下", status=422)
    for said in ("写一下户名", "写一下账号", "要您点了同意"):
        assert said in page.main, said
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


def test_another_standing_asks_for_no_paper_that_the_centre_has_seen(at: Hall, pages: Pages) -> None:
    code = at.tell(goods=("cured-meat",))
    at.show(code, Proof.OWN_WORK)
    at.show(code, Proof.WORKSHOP_FILING, number="川坊1", until=at.today(400))
    at.send(code)
    at.approve(code)
    pages.sign_in(at.person.phone, PASSWORD)
    pages.get("/join")
    fill(pages, {}, "换资格，或加一类货")
    page = fill(pages, {"standing": "cooperative"}, "下一步")
    assert page.heading == "要卖哪些"
    assert page.form().values["goods"] == ["cured-meat"]
    page = fill(pages, {"goods": ["cured-meat", "poultry-eggs"]}, "下一步")
    assert "川坊1，到 2027年12月27日，中心看过" in page.main
    assert page.main.count("还没有，点这里") == 1
    pages.get("/join/papers/1")
    page = fill(pages, {"photo": photo(), "number": LICENCE}, "记下")
    assert "还没有" not in page.main
    fill(pages, {}, "下一步")
    assert fill(pages, {}, "送到中心").heading == "中心在看"
    at.approve(at.application().code)
    vendor_id = at.application().vendor_id
    assert vendor_id is not None
    (paper,) = at.world.read(lambda session: papers_of(session, [vendor_id]))[vendor_id]
    assert (paper.number, paper.until) == ("川坊1", at.today(400))


def test_a_paper_that_ended_is_asked_for_again(at: Hall, pages: Pages) -> None:
    code = at.tell(goods=("cured-meat",))
    at.show(code, Proof.OWN_WORK)
    at.show(code, Proof.WORKSHOP_FILING, number="川坊1", until=at.today(3))
    at.send(code)
    at.approve(code)
    at.world.clock.advance(days=4)
    pages.sign_in(at.person.phone, PASSWORD)
    pages.get("/join")
    fill(pages, {}, "换资格，或加一类货")
    fill(pages, {"standing": "cooperative"}, "下一步")
    page = fill(pages, {"goods": ["cured-meat"]}, "下一步")
    assert "川坊1" not in page.main
    assert page.main.count("还没有，点这里") == 2


def test_who_was_refused_tells_only_papers_and_account_again(at: Hall, pages: Pages) -> None:
    code = at.sent()
    refuse = partial(joining.refuse, code=code, reason="照片看不清", version=at.application().version)
    at.world.run(partial(refuse, actor=REVIEWER, clock=at.world.clock))
    pages.sign_in(at.person.phone, PASSWORD)
    page = pages.get("/join")
    assert page.heading == "这次没通过"
    assert "照片看不清" in page.main
    page = pages.get(page.links()["再申请一次"])
    assert page.form().values["name"] == ["大湾杨秀英家"]
    page = fill(pages, {}, "下一步")
    assert page.heading == "给中心看的", "village, standing and goods are told"
    pages.get("/join/papers/1")
    fill(pages, {"photo": photo()}, "记下")
    page = fill(pages, {}, "下一步")
    assert page.heading == "钱怎么给您", "the account of before was forgotten"
    fill(pages, {"way": "cash"}, "下一步")
    assert fill(pages, {}, "送到中心").heading == "中心在看"
    assert at.application().code != code


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


def test_a_household_that_is_stopped_does_not_come_in_by_another_door(at: Hall, pages: Pages) -> None:
    vendor_code = at.approve(at.sent())
    stop = update(Vendor).where(Vendor.code == vendor_code).values(state=VendorState.SUSPENDED)
    at.world.run(lambda session: session.execute(stop))
    pages.sign_in(at.person.phone, PASSWORD)
    pages.get("/join")
    page = pages.post("/join/who", {"name": "换个名字", "person": "杨秀英"})
    assert page.heading == "大湾杨秀英家在这里卖货"
    assert at.application().state is ApplicationState.APPROVED
