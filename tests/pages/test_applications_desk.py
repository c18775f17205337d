"""Applications at the centre's desk: the queue, one application, judging it, and what comes of that."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from shop.accounts.models import Role
from shop.accounts.queries import Person
from shop.flows import joining, selling
from shop.notifications.models import Delivery
from shop.vendors.joining import services
from shop.vendors.joining.models import ApplicationState, PaperLook, Part, Proof
from shop.vendors.models import Standing, Vendor
from tests.support.pages import Pages
from tests.world import World
from tests.world.joining import LICENCE, REVIEWER, Hall, hall
from tests.world.market import HOUSE, PASSWORD, listing, someone

Browser = Callable[[Person], Pages]


@pytest.fixture
def at(world: World) -> Hall:
    """A town with its hall, and somebody who wants to sell."""
    return hall(world)


@pytest.fixture
def browser(visitor: Callable[[], Pages]) -> Browser:
    """Open the browser of a person."""

    def open_for(person: Person) -> Pages:
        pages = visitor()
        pages.sign_in(person.phone, PASSWORD)
        return pages

    return open_for


@pytest.fixture
def desk(at: Hall, browser: Browser) -> Pages:
    """The browser of somebody at the centre."""
    return browser(someone(at.world, Role.STAFF))


def typed(form: str, **told: Any) -> dict[str, Any]:
    """Return what is typed into one of several forms of a page."""
    return {f"{form}-{name}": value for name, value in told.items()}


def told(at: Hall) -> list[str]:
    """Return what the applicant was told, in order."""
    at.world.deliver()
    wanted = select(Delivery.template).where(Delivery.phone == at.person.phone).order_by(Delivery.id)
    return at.world.read(lambda session: list(session.scalars(wanted)))


def test_the_longest_waiting_stands_first_and_grows_late(at: Hall, desk: Pages) -> None:
    assert "都看完了" in desk.get("/staff/applications").main
    at.sent()
    at.world.clock.advance(days=4)
    younger = sent_by_another(at)
    page = desk.get("/staff/applications")
    assert page.main.index("大湾杨秀英家") < page.main.index("四沟何家")
    assert page.main.count("超时") == 1
    assert "4 天" in page.main
    assert younger in "".join(page.links().values())


def sent_by_another(at: Hall) -> str:
    """Send somebody else's application, for another household, and return its code."""
    other = Hall(at.at, someone(at.world, Role.BUYER))
    code = other.tell()
    who = partial(services.save_who, code=code, name="四沟何家", person="何四")
    at.world.run(partial(who, actor=other.actor, clock=at.world.clock))
    other.show(code, Proof.OWN_WORK)
    other.send(code)
    return code


def applied_for_standing(at: Hall) -> str:
    """Let the household, already approved, apply to sell as a cooperative; return the application's code."""
    vendor_id = at.application().vendor_id
    assert vendor_id is not None
    run, me, clock = at.world.run, at.actor, at.world.clock
    code = run(partial(services.begin_standing, vendor_id=vendor_id, actor=me, clock=clock)).code
    run(partial(services.save_standing, code=code, standing=Standing.COOPERATIVE, actor=me, clock=clock))
    run(partial(services.save_goods, code=code, goods=("poultry-eggs",), actor=me, clock=clock))
    at.show(code, Proof.REGISTRATION, number=LICENCE)
    at.send(code)
    return code


def test_the_whole_way_from_the_queue_to_the_shelf(at: Hall, desk: Pages) -> None:
    at.sent()
    page = desk.get("/staff/applications")
    page = desk.click("大湾杨秀英家")
    for words in ("杨秀英", at.person.phone, "大湾村", "自家种的养的", "禽蛋", "打到银行卡"):
        assert words in page.main
    assert "尾号" in page.main
    page = desk.submit_form("退回", **typed("back", parts=["who", "papers"], reason="名字和身份证上的不一样"))
    assert "退回去了" in page.main
    assert "等他改" in page.main
    assert at.application().fixing == (Part.WHO, Part.PAPERS)
    at.send(at.application().code)
    page = desk.get(f"/staff/applications/{at.application().code}")
    assert "您是谁、给中心看的：名字和身份证上的不一样" in page.main
    page = desk.submit_form("对过了，通过")
    assert "通过了，短信告诉他了" in page.main
    facts = at.application()
    assert facts.state is ApplicationState.APPROVED
    page = desk.get(f"/staff/applications/{facts.code}")
    assert "怎么定" not in page.main
    assert "大湾杨秀英家" in desk.get("/standings").main
    assert told(at) == ["application_received", "application_fixing", "application_received", "application_approved"]


def test_a_refusal_needs_its_reason_and_says_it(at: Hall, desk: Pages) -> None:
    code = at.sent()
    desk.get(f"/staff/applications/{code}")
    page = desk.submit_form("refuse", 422, **typed("refuse", reason=" "))
    assert "写清楚为什么不行" in page.main
    page = desk.submit_form("refuse", 422, **typed("refuse", reason="长" * 121))
    assert "最多 120 个字" in page.main
    page = desk.submit_form("退回", 422, **typed("back", reason="哪里"))
    assert "至少选一处" in page.main
    assert at.application().state is ApplicationState.APPLIED
    desk.submit_form("refuse", **typed("refuse", reason="<script>不住在镇上</script>"))
    page = desk.get(f"/staff/applications/{code}")
    assert "<script>不住在镇上</script>" in page.main, "as text"
    assert at.application().state is ApplicationState.REFUSED


def test_who_was_a_moment_too_late_sees_what_the_other_decided(at: Hall, browser: Browser) -> None:
    code = at.sent()
    one, two = (browser(someone(at.world, role)) for role in (Role.STAFF, Role.MANAGER))
    for each in (one, two):
        each.get(f"/staff/applications/{code}")
    one.submit_form("refuse", **typed("refuse", reason="不住在镇上"))
    page = two.submit_form("对过了，通过", 409)
    assert "刚刚有人动过，您这一下没有算" in page.main
    assert "没通过" in page.main
    assert "不住在镇上" in page.main
    assert at.application().state is ApplicationState.REFUSED


def test_what_its_applicant_changed_meanwhile_is_not_judged(at: Hall, desk: Pages) -> None:
    code = at.sent()
    desk.get(f"/staff/applications/{code}")
    version = at.application().version
    send_back = partial(joining.send_back, code=code, parts=[Part.WHO], reason="改", version=version)
    at.world.run(partial(send_back, actor=REVIEWER, clock=at.world.clock))
    at.send(code)
    page = desk.submit_form("对过了，通过", 409)
    assert "没有算" in page.main
    assert at.application().state is ApplicationState.APPLIED


def test_a_paper_that_is_brought_is_read_at_the_desk(at: Hall, desk: Pages) -> None:
    code = at.tell(goods=("cured-meat",))
    at.show(code, Proof.OWN_WORK)
    at.bring(code, Proof.WORKSHOP_FILING)
    at.send(code)
    page = desk.get(f"/staff/applications/{code}")
    assert "现在不能通过" in page.main
    assert "还没看到：卖腊味要小作坊备案证或者食品生产许可证" in page.main
    assert "对过了，通过" not in page.main, "no act is offered that would be refused"
    field = Proof.WORKSHOP_FILING.value
    for number, until, words in (
        ("", "2027-05-31", "写一下证上的号"),
        ("川坊1", "", "写一下证上写的到哪天为止"),
        ("川坊1", "1900-01-01", "这一天已经过了"),
        ("川坊1", "9999-12-31", "这一天太远了"),
        ("川坊1", "明年", "日子写成 2027-05-31 这样"),
        ("长" * 61, "2027-05-31", "最多 60 个字"),
        ("", "1900-01-01", "写一下证上的号"),
        ("", "1900-01-01", "这一天已经过了"),
    ):
        page = desk.submit_form("记下", 422, **typed(field, number=number, until=until))
        assert words in page.main
    version = at.application().version
    page = desk.post(f"/staff/applications/{code}/approve", {"version": version}, status=422)
    assert "还有东西没看到" in page.main
    page = desk.submit_form("记下", **typed(field, number="川坊1", until="2027-05-31"))
    assert "记下了：看过了" in page.main
    assert "现在不能通过" not in page.main
    desk.submit_form("对过了，通过")
    assert at.application().state is ApplicationState.APPROVED
    desk.post(f"/staff/applications/{code}/seen/nonsense", status=404, follow=False)


def test_the_check_digit_is_told(at: Hall, desk: Pages) -> None:
    code = at.tell(standing=Standing.REGISTERED)
    at.show(code, Proof.REGISTRATION, number=LICENCE)
    at.send(code)
    page = desk.get(f"/staff/applications/{code}")
    assert LICENCE in page.main
    assert "校验位对得上" in page.main


def test_a_code_of_another_kind_asks_for_a_second_look(at: Hall, desk: Pages) -> None:
    code = at.tell(standing=Standing.COOPERATIVE)
    at.show(code, Proof.REGISTRATION, number=LICENCE)
    at.send(code)
    page = desk.get(f"/staff/applications/{code}")
    assert "91 开头的是“有营业执照”" in page.main
    desk.submit_form("对过了，通过")
    assert at.application().state is ApplicationState.APPROVED, "somebody looked at it"


def test_an_old_number_asks_for_a_second_look(at: Hall, desk: Pages) -> None:
    code = at.tell(standing=Standing.REGISTERED)
    at.show(code, Proof.REGISTRATION, number="510182600123456")
    at.send(code)
    assert "老号码，没有校验位" in desk.get(f"/staff/applications/{code}").main


def test_a_paper_that_ended_while_it_waited_is_not_approved(at: Hall, desk: Pages) -> None:
    code = at.tell(goods=("cured-meat",))
    at.show(code, Proof.OWN_WORK)
    at.show(code, Proof.WORKSHOP_FILING, number="川坊1", until=at.today(1))
    at.send(code)
    at.world.clock.advance(days=2)
    page = desk.get(f"/staff/applications/{code}")
    assert "小作坊备案证：已经到期" in page.main
    assert "对过了，通过" not in page.main
    page = desk.post(f"/staff/applications/{code}/approve", {"version": at.application().version}, status=422)
    assert "有一张证不对或者到期了" in page.main


def test_each_look_at_a_photo_is_kept(at: Hall, desk: Pages) -> None:
    code = at.sent()
    page = desk.get(f"/staff/applications/{code}")
    address = next(href for words, href in page.links().items() if words.startswith("看照片"))
    answer = desk.client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert "no-store" in answer.headers["Cache-Control"]
    looks = at.world.read(lambda session: session.scalars(select(PaperLook.reason)).all())
    assert looks == ["review"]


def test_a_change_of_standing_is_judged_in_the_same_queue(at: Hall, desk: Pages) -> None:
    code = at.sent()
    at.approve(code)
    code = applied_for_standing(at)
    page = desk.get("/staff/applications")
    assert "换资格" in page.main
    page = desk.get(f"/staff/applications/{code}")
    assert "怎么领钱" not in page.main
    desk.submit_form("对过了，通过")
    assert "农民专业合作社" in desk.get("/standings").main


@pytest.mark.parametrize("role", [Role.BUYER, Role.DRIVER])
def test_nobody_else_sees_or_judges(at: Hall, browser: Browser, role: Role) -> None:
    code, version = at.sent(), at.application().version
    pages = browser(someone(at.world, role))
    pages.get(f"/staff/applications/{code}", status=403)
    for act in ("approve", "send-back", "refuse", "seen/own_work"):
        pages.post(f"/staff/applications/{code}/{act}", {"version": version}, status=403, follow=False)
    assert at.application().state is ApplicationState.APPLIED


def test_staff_do_not_judge_their_own(at: Hall, browser: Browser) -> None:
    me = someone(at.world, Role.STAFF)
    mine = Hall(at.at, me)
    code = mine.sent()
    pages = browser(me)
    page = pages.get(f"/staff/applications/{code}")
    assert "这是您自己的申请" in page.main
    assert "对过了" not in page.main
    version = mine.application().version
    pages.post(f"/staff/applications/{code}/approve", {"version": version}, status=403, follow=False)


def test_staff_do_not_read_their_own_papers(at: Hall, browser: Browser) -> None:
    me = someone(at.world, Role.STAFF)
    mine = Hall(at.at, me)
    code = mine.tell()
    mine.bring(code, Proof.OWN_WORK)
    mine.send(code)
    pages = browser(me)
    assert "带来了，看过了" not in pages.get(f"/staff/applications/{code}").main
    pages.post(f"/staff/applications/{code}/seen/own_work", {}, status=403, follow=False)
    assert not mine.application().papers[0].is_shown


def test_what_has_no_number_is_seen_without_one(at: Hall, desk: Pages) -> None:
    code = at.tell(standing=Standing.REGISTERED)
    at.bring(code, Proof.REGISTRATION)
    at.send(code)
    page = desk.get(f"/staff/applications/{code}")
    assert "到哪天为止" not in page.main, "a registration does not end"
    page = desk.submit_form("记下", 422, **typed("registration", number=LICENCE[:-1] + "1"))
    assert "有一位写错了" in page.main
    desk.submit_form("记下", **typed("registration", number=LICENCE.lower()))
    (seen,) = at.application().papers
    assert (seen.number, seen.until, seen.is_shown) == (LICENCE, None, True)
    other = Hall(at.at, someone(at.world, Role.BUYER))
    own = other.tell()
    other.bring(own, Proof.OWN_WORK)
    other.send(own)
    page = desk.get(f"/staff/applications/{own}")
    assert "证上的号" not in page.main
    desk.submit_form("记下")
    desk.submit_form("对过了，通过")
    assert other.application().state is ApplicationState.APPROVED


def test_drafts_and_nonsense_are_not_found(at: Hall, desk: Pages) -> None:
    desk.get(f"/staff/applications/{at.begin()}", status=404)
    desk.get("/staff/applications/NONSENSE", status=404)
    code = at.application().code
    desk.post(f"/staff/applications/{code}/approve", {"version": "1"}, status=404, follow=False)
    other = sent_by_another(at)
    for version in ("", "x", "-1", str(2**70)):
        desk.post(f"/staff/applications/{other}/approve", {"version": version}, status=422)


def test_a_household_that_left_and_applies_again_is_the_same_one(at: Hall, desk: Pages, browser: Browser) -> None:
    at.sent()
    code = at.approve(at.application().code)
    made = replace(at.at, vendor=vendor_row(at, code))
    thing = listing(made, title="土鸡蛋").code
    for act in (partial(selling.suspend, reason="要搬走"), partial(selling.announce_leaving, reason="搬走了")):
        at.world.run(partial(act, code=code, actor=HOUSE, clock=at.world.clock))
    desk.get(f"/goods/{thing}", status=404)
    person = browser(at.person)
    assert "来这里卖货" in person.get("/join").main
    person.get("/join/who")
    again = at.sent()
    desk.get(f"/staff/applications/{again}")
    desk.submit_form("对过了，通过")
    assert at.application().vendor_id == made.vendor.id
    desk.get(f"/goods/{thing}")
    assert "在卖" in desk.get(f"/staff/vendors/{code}").main
    assert "又卖了" in desk.get(f"/staff/vendors/{code}").main


def vendor_row(at: Hall, code: str) -> Vendor:
    """Return a vendor as the market's builders take one."""
    return at.world.run(lambda session: session.scalars(select(Vendor).where(Vendor.code == code)).one())
