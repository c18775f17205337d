"""Questions about goods: asked by anybody, answered from the phone or by the centre, hidden only against the law."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from shop.accounts.models import Role
from shop.catalog.models import Listing, ReturnClass
from shop.catalog.questions.models import ListingQuestion
from shop.catalog.questions.queries import waiting_questions
from shop.catalog.questions.services import answer, ask, hide
from shop.catalog.services.passages import archive
from shop.kernel.actor import VISITOR
from shop.kernel.errors import Forbidden, TooMany
from shop.notifications.models import Delivery
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world.market import HOUSE, PASSWORD, STAFF, Market, another_vendor, listing, on_shelf, someone

PHONE = "13912345678"
WORDS = "一盒有多少枚？"


@pytest.fixture
def villager(at: Market, visitor: Callable[[], Pages]) -> Pages:
    """The browser of somebody of the household, signed in."""
    pages = visitor()
    pages.sign_in(at.vendor_person().phone, PASSWORD)
    return pages


@pytest.fixture
def desk(at: Market, visitor: Callable[[], Pages]) -> Pages:
    """The browser of somebody of the centre, signed in."""
    pages = visitor()
    pages.sign_in(someone(at.world, Role.STAFF).phone, PASSWORD)
    return pages


def asked(at: Market, made: Listing, text: str = WORDS, *, phone: str = PHONE) -> ListingQuestion:
    """Let a visitor ask."""
    key = f"key-{at.world.number()}"
    return at.world.run(
        lambda session: ask(session, made.code, text, key=key, phone=phone, actor=VISITOR, clock=at.world.clock)
    )


def answered(at: Market, made: Listing, text: str, words: str) -> ListingQuestion:
    """Let a visitor ask and the household answer."""
    row = asked(at, made, text, phone=at.world.phone())
    at.world.run(
        lambda session: answer(session, row.code, words, vendor_id=at.vendor.id, actor=HOUSE, clock=at.world.clock)
    )
    return row


def kept(at: Market) -> int:
    """Return how many questions are written down."""
    return at.world.read(lambda session: session.scalar(select(func.count(ListingQuestion.id)))) or 0


def texts(at: Market) -> list[tuple[str, str]]:
    """Return every short message that was sent: to whom and what."""
    at.world.deliver()
    return at.world.read(
        lambda session: [(one.phone, one.text) for one in session.scalars(select(Delivery).order_by(Delivery.id))]
    )


def ask_on(pages: Pages, made: Listing, text: str, status: int = 200, phone: str | None = None) -> Page:
    """Open a thing's page and ask, as a visitor with a phone number or signed in."""
    pages.get(f"/goods/{made.code}")
    more: dict[str, Any] = {} if phone is None else {"phone": phone}
    return pages.submit_form("问一问", status, text=text, **more)


def test_asked_answered_by_a_press_and_read_by_all(at: Market, eggs: Listing, pages: Pages, villager: Pages) -> None:
    page = ask_on(pages, eggs, WORDS, phone=PHONE)
    assert "主人家回了会发短信" in page.words
    assert WORDS not in page.main
    page = villager.get("/vendor/questions")
    assert WORDS in page.main
    assert PHONE not in page.text
    page = villager.click("回他一句")
    assert WORDS in page.main
    assert PHONE not in page.text
    assert "回好了" in villager.submit_form("有货，下单就给您备。").words
    assert at.world.read(lambda session: waiting_questions(session, at.vendor.id)) == 0
    page = pages.get(f"/goods/{eggs.code}")
    assert WORDS in page.main
    assert "有货，下单就给您备。" in page.main
    assert "中心答" not in page.main
    (to_vendor, to_asker) = texts(at)
    assert to_vendor[0] == at.vendor.phone
    assert WORDS in to_vendor[1]
    assert to_asker[0] == PHONE
    assert "有货，下单就给您备。" in to_asker[1]
    assert all(len(text) <= 70 for _phone, text in (to_vendor, to_asker))


def test_whoever_is_signed_in_is_not_asked_for_a_number(at: Market, eggs: Listing, pages: Pages) -> None:
    person = someone(at.world, Role.BUYER)
    pages.sign_in(person.phone, PASSWORD)
    page = pages.get(f"/goods/{eggs.code}")
    assert "phone" not in page.form("问一问").values
    ask_on(pages, eggs, WORDS)
    columns = select(ListingQuestion.phone, ListingQuestion.user_id)
    assert at.world.read(lambda session: tuple(session.execute(columns).one())) == (person.phone, person.id)


def test_the_same_page_sent_twice_asks_once_and_the_same_words_too(at: Market, eggs: Listing, pages: Pages) -> None:
    page = pages.get(f"/goods/{eggs.code}")
    sent = {"key": page.form("问一问").values["key"][0], "text": WORDS, "phone": PHONE}
    for _press in range(2):
        pages.post(f"/goods/{eggs.code}/questions", sent)
    ask_on(pages, eggs, f" {WORDS} ", phone=PHONE)
    assert kept(at) == 1
    assert len(texts(at)) == 1


def test_two_who_were_shown_the_same_page_ask_two_questions(
    at: Market, eggs: Listing, pages: Pages, visitor: Callable[[], Pages]
) -> None:
    path, other = f"/goods/{eggs.code}", visitor()
    key = pages.get(path).form("问一问").values["key"][0]
    assert other.get(path).form("问一问").values["key"][0] == key, "made once for both"
    for browser, phone, words in ((pages, PHONE, WORDS), (other, "13912345679", WORDS), (pages, PHONE, "几天能到？")):
        browser.post(f"{path}/questions", {"key": key, "text": words, "phone": phone})
    assert kept(at) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "请写想问的话"),
        ("  \u200b ", "请写"),
        ("问" * 201, "最多 200 个字"),
        ("鸡" * 10_000, "最多 200 个字"),
        ("打我电话 138-1234-5678", "买卖都过中心"),
        ("一三九一二三四五六七八 加一下", "买卖都过中心"),
        ("加我微信 egg_2026", "买卖都过中心"),
        ("便宜货在 www.example.cn", "买卖都过中心"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_the_field_and_kept(
    at: Market, eggs: Listing, pages: Pages, text: str, words: str
) -> None:
    page = ask_on(pages, eggs, text, 422, phone=PHONE)
    assert words in page.main
    assert page.form("问一问").values["phone"] == [PHONE]
    assert text.strip() in page.text
    assert kept(at) == 0
    assert texts(at) == []


def test_a_guest_leaves_a_number_that_can_be_called(at: Market, eggs: Listing, pages: Pages) -> None:
    for phone in ("", "12345", "028-83771234"):
        assert "手机号码" in ask_on(pages, eggs, WORDS, 422, phone=phone).main
    assert kept(at) == 0


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "好吃吗👵🏻🥚", "A & B \"引号\" '单'", "%s 元/份；drop table"]
)
def test_odd_characters_are_only_characters(
    at: Market, eggs: Listing, pages: Pages, villager: Pages, text: str
) -> None:
    row = asked(at, eggs, text)
    villager.get(f"/vendor/questions/{row.code}")
    villager.submit_form("就这样回", answer=f"是的 {text}")
    page = pages.get(f"/goods/{eggs.code}")
    assert f"是的 {text}" in page.main
    assert "<script>alert" not in page.text


def test_a_household_does_not_ask_about_its_own_goods(at: Market, eggs: Listing, villager: Pages) -> None:
    assert "您自己家的货" in ask_on(villager, eggs, WORDS, 422).main
    assert kept(at) == 0


def test_one_phone_has_few_waiting_and_a_vendor_gets_few_messages(at: Market, eggs: Listing, pages: Pages) -> None:
    for number in range(3):
        asked(at, eggs, f"{WORDS}{number}")
    page = ask_on(pages, eggs, "还有一句", 429, phone=PHONE)
    assert "还有几句没回" in page.main
    with pytest.raises(TooMany):
        asked(at, eggs, "还有一句")
    asked(at, eggs, "别人问的", phone="13800000000")
    assert kept(at) == 4
    assert len(texts(at)) == 3
    at.world.clock.advance(hours=25)
    asked(at, eggs, "第二天问的", phone="13800000001")
    assert len(texts(at)) == 4


def test_an_answer_stands_under_the_law_of_offers_and_cannot_lead_away(
    at: Market, eggs: Listing, villager: Pages
) -> None:
    row = asked(at, eggs)
    villager.get(f"/vendor/questions/{row.code}")
    for said, words in (
        ("", "请写一句"),
        ("吃了能治咳嗽", "《食品安全法》"),
        ("打 13812345678 便宜", "买卖都过中心"),
        ("好" * 401, "最多 400 个字"),
    ):
        page = villager.submit_form("就这样回", 422, answer=said)
        assert words in page.main
        assert said in page.text
    assert texts(at)[1:] == []
    villager.submit_form("就这样回", answer="一盒 30 枚。")
    assert "回好了" in villager.post(f"/vendor/questions/{row.code}", {"answer": "一盒 30 枚。"}).words
    assert len(texts(at)) == 2
    villager.post(f"/vendor/questions/{row.code}", {"ready": "made_up"}, status=404)


def test_ready_answers_fit_the_thing(at: Market, villager: Pages) -> None:
    fresh = listing(on_shelf(at, "greens", return_class=ReturnClass.FRESH), title="豌豆尖")
    live = listing(on_shelf(at, "live", is_live=True), title="活鸡")
    none_left = listing(at, stock=0)
    wanted = {fresh: "今天早上才收的", live: "活的不寄", none_left: "眼下没有了"}
    for made, words in wanted.items():
        page = villager.get(f"/vendor/questions/{asked(at, made, phone=at.world.phone()).code}")
        assert words in page.main
        assert "打中心的电话" in page.main
        assert ("有货" in page.main) is (made is not none_left)


def test_anothers_question_looks_as_if_it_were_not_there(at: Market, villager: Pages) -> None:
    other = asked(at, listing(at, vendor=another_vendor(at.world)))
    villager.get("/vendor/questions")
    assert WORDS not in villager.get("/vendor/questions").main
    villager.get(f"/vendor/questions/{other.code}", 404)
    villager.post(f"/vendor/questions/{other.code}", {"answer": "我来答"}, status=404)
    assert at.world.read(lambda session: session.get_one(ListingQuestion, other.id).answer) == ""


def test_a_thing_off_the_shelf_is_not_asked_about_but_who_asked_still_hears(
    at: Market, eggs: Listing, pages: Pages, villager: Pages
) -> None:
    row = asked(at, eggs)
    at.world.run(lambda session: archive(session, at.vendor.id, eggs.code, actor=HOUSE, clock=at.world.clock))
    pages.get(f"/goods/{eggs.code}/questions", 404)
    pages.post(f"/goods/{eggs.code}/questions", {"text": "还卖吗", "phone": PHONE}, status=404)
    villager.get(f"/vendor/questions/{row.code}")
    villager.submit_form("眼下没有了，有了会再上架。")
    assert len(texts(at)) == 2
    assert WORDS not in pages.get(f"/goods/{eggs.code}", 404).main


def test_three_are_read_on_the_things_page_and_the_rest_behind_it(at: Market, eggs: Listing, pages: Pages) -> None:
    for number in range(23):
        answered(at, eggs, f"第{number}问", f"第{number}答。")
        at.world.clock.advance(minutes=1)
    page = pages.get(f"/goods/{eggs.code}")
    assert [f"第{number}问" in page.main for number in (22, 21, 20, 19)] == [True, True, True, False]
    page = pages.click("看所有的问答")
    assert "第3问" in page.main
    assert "第2问" not in page.main
    assert "第0问" in pages.click("下一页").main


def test_the_centre_answers_what_waits_too_long_and_says_so(
    at: Market, eggs: Listing, pages: Pages, villager: Pages, desk: Pages
) -> None:
    asked(at, eggs)
    at.world.clock.advance(hours=25)
    asked(at, eggs, "新问的", phone="13800000000")
    page = desk.get("/staff/questions")
    assert page.main.index(WORDS) < page.main.index("新问的")
    assert "超时" in page.main
    desk.click(WORDS)
    assert "请写一句" in desk.submit_form("替他回", 422, answer="").main
    desk.submit_form("替他回", answer="一盒 30 枚。")
    assert "中心答" in pages.get(f"/goods/{eggs.code}").main
    assert "中心答：" in villager.get("/vendor/questions").main


def test_only_what_is_unlawful_is_hidden_and_a_sentence_stays(
    at: Market, eggs: Listing, pages: Pages, villager: Pages, desk: Pages
) -> None:
    row = answered(at, eggs, "骂人的话", "不好听。")
    desk.get(f"/staff/questions/{row.code}")
    assert "请写违反了哪条法律" in desk.submit_form("隐去", 422, why=" ").main
    desk.submit_form("隐去", why="《治安管理处罚法》第四十二条")
    page = pages.get(f"/goods/{eggs.code}")
    assert "中心隐去了" in page.main
    assert "骂人的话" not in page.text
    assert "不好听" not in page.text
    assert "骂人的话" not in villager.get("/vendor/questions").main
    villager.get(f"/vendor/questions/{row.code}", 404)
    page = desk.get(f"/staff/questions/{row.code}")
    assert "《治安管理处罚法》第四十二条" in page.main
    waiting = asked(at, eggs, "等着的", phone="13800000009")
    at.world.run(lambda session: hide(session, waiting.code, "第一条", actor=STAFF, clock=at.world.clock))
    assert at.world.read(lambda session: waiting_questions(session, at.vendor.id)) == 0
    villager.post(f"/vendor/questions/{waiting.code}", {"answer": "好"}, status=404)
    assert "等着的" not in pages.get(f"/goods/{eggs.code}").text


def test_only_the_centre_answers_for_others_or_hides(at: Market, eggs: Listing) -> None:
    row = asked(at, eggs)
    for act in (
        lambda session: answer(session, row.code, "好", vendor_id=None, actor=VISITOR, clock=at.world.clock),
        lambda session: hide(session, row.code, "第一条", actor=VISITOR, clock=at.world.clock),
    ):
        with pytest.raises(Forbidden):
            at.world.run(act)


def test_age_is_told_to_the_household(at: Market, eggs: Listing, villager: Pages) -> None:
    row = asked(at, eggs, "问" * 200)
    for path in ("/vendor/questions", f"/vendor/questions/{row.code}"):
        assert "刚刚问的" in villager.get(path).main
    assert "问" * 41 not in villager.get("/vendor/questions").main, "all of it stands on its own page"
    at.world.clock.advance(seconds=timedelta(hours=30).total_seconds())
    assert "等了 30 小时，快回他一句" in villager.get("/vendor/questions").main


def test_for_ten_minutes_a_household_may_say_it_otherwise(
    at: Market, eggs: Listing, pages: Pages, villager: Pages, desk: Pages
) -> None:
    row = asked(at, eggs)
    villager.get(f"/vendor/questions/{row.code}")
    villager.submit_form("有货，下单就给您备。")
    at.world.clock.advance(minutes=9)
    villager.get("/vendor/questions")
    page = villager.click("看这一句")
    assert "说错了，改一句" in page.main
    assert page.main.count("有货，下单就给您备。") == 1, "what was said is not offered again"
    villager.submit_form("就这样回", answer="一盒 30 枚。")
    page = pages.get(f"/goods/{eggs.code}")
    assert "一盒 30 枚。" in page.main
    assert "下单就给您备" not in page.main
    assert [text.endswith("一盒 30 枚。") for _phone, text in texts(at)] == [False, False, True]
    desk.get("/staff/questions")
    late = {"answer": "中心来说", "version": "0"}
    assert "有人先动过" in desk.post(f"/staff/questions/{row.code}/answer", late, 409).words
    at.world.clock.advance(minutes=10)
    assert "怎么回" not in villager.get(f"/vendor/questions/{row.code}").main
    assert "有人回过了" in villager.post(f"/vendor/questions/{row.code}", {"answer": "再改一句"}).words
    assert len(texts(at)) == 3


def phones(at: Market) -> list[str]:
    """Return the numbers that are kept with the questions, in the order in which they were asked."""
    return at.world.read(
        lambda session: list(session.scalars(select(ListingQuestion.phone).order_by(ListingQuestion.id)))
    )


def test_who_asked_is_forgotten_when_the_answer_was_long_told(at: Market, eggs: Listing, pages: Pages) -> None:
    said = answered(at, eggs, WORDS, "一盒 30 枚。")
    row = asked(at, eggs, "骂人的话", phone="13700000001")
    at.world.run(lambda session: hide(session, row.code, "第一条", actor=STAFF, clock=at.world.clock))
    asked(at, eggs, "还没人回的", phone="13700000002")
    kept_phones = phones(at)
    at.world.clock.advance(days=30)
    at.world.tick()
    assert phones(at) == kept_phones
    at.world.clock.advance(days=2)
    at.world.tick()
    assert phones(at) == ["", "", "13700000002"]
    assert at.world.read(lambda session: session.get_one(ListingQuestion, said.id).user_id) is None
    assert "一盒 30 枚。" in pages.get(f"/goods/{eggs.code}/questions").main


def test_an_answer_after_half_a_year_is_only_written_down(
    at: Market, eggs: Listing, visitor: Callable[[], Pages]
) -> None:
    row, villager = asked(at, eggs), visitor()
    at.world.clock.advance(days=181)
    at.world.tick()
    villager.sign_in(at.vendor_person().phone, PASSWORD)
    assert phones(at) == [""]
    sent = [one for one in texts(at) if one[0] == PHONE]
    villager.get(f"/vendor/questions/{row.code}")
    assert "不再发短信" in villager.submit_form("就这样回", answer="一盒 30 枚。").words
    assert [one for one in texts(at) if one[0] in (PHONE, "")] == sent


def test_no_page_of_a_vendor_shows_who_asked(at: Market, eggs: Listing, villager: Pages) -> None:
    person = someone(at.world, Role.BUYER)
    row = asked(at, eggs, phone=person.phone)
    answered(at, eggs, "几天到？", "三天。")
    for path in ("", "/questions", f"/questions/{row.code}", "/goods", "/acts", "/wanted", "/money"):
        text = villager.get(f"/vendor{path}").text
        assert [one for one in phones(at) if one in text or one[-4:] in text] == [], path


def test_a_paused_thing_is_not_asked_about(at: Market, eggs: Listing, pages: Pages, villager: Pages) -> None:
    page = pages.get(f"/goods/{eggs.code}")
    sent = {"key": page.form("问一问").values["key"][0], "text": WORDS, "phone": PHONE}
    villager.get("/vendor/goods")
    villager.post(f"/vendor/goods/{eggs.code}/pause")
    assert "问不了" in pages.post(f"/goods/{eggs.code}/questions", sent, status=404).words
    assert kept(at) == 0
