"""A villager's new thing, one question a page: kept at every step, resumed, thrown away, sent once."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from shop.catalog.drafts.models import OfferDraft, OfferDraftPhoto
from shop.catalog.drafts.queries import DraftFacts, own_drafts
from shop.catalog.drafts.rules import FORGET_DAYS, MAX_DRAFTS, Question
from shop.catalog.drafts.services import forget_old
from shop.catalog.models import ListingState
from shop.catalog.rules import Way
from shop.kernel.clock import town_day
from shop.vendors.models import PaperKind
from tests.pages.selling import begun, jpeg, mine
from tests.support.page import Page, words_of
from tests.support.pages import Pages
from tests.world.books import assert_sound
from tests.world.market import PASSWORD, Market, another_vendor, listing, on_shelf

EGGS = Way(unit="盒", pieces=30, price_fen=2800, gross_g=2300, stock=10)


def neighbour(at: Market, price_fen: int = 2800, **facts: Any) -> None:
    """Let another household sell eggs."""
    seller = another_vendor(at.world)
    way = Way(unit="盒", pieces=30, price_fen=price_fen, gross_g=2300, stock=10)
    told = {"title": "林下土鸡蛋", "tags": ("土鸡蛋",), "keep_note": "阴凉处放", "travel_days": 6, **facts}
    listing(at, vendor=seller, ways=(way,), **told)


def drafts(at: Market) -> tuple[DraftFacts, ...]:
    """Return what the household has begun."""
    return at.world.read(lambda session: own_drafts(session, at.vendor.id))


def count(at: Market, table: type) -> int:
    """Return how many rows a table has."""
    return at.world.read(lambda session: session.scalar(select(func.count()).select_from(table)) or 0)


def answer(villager: Pages, said: str, status: int = 200) -> Page:
    """Type an answer and go on."""
    return villager.submit_form("answer-form", status, press="下一步", answer=said)


def press(villager: Pages, words: str, form: str = "answer-form") -> Page:
    """Press a ready answer."""
    return villager.submit_form(form, press=words)


def offered(villager: Pages, address: str, typed: str) -> str:
    """Return the part of a page that offers names for what is being typed."""
    response = villager.client.get(f"{address}/ideas", query_string={"q": typed})
    assert response.status_code == 200
    return response.get_data(as_text=True).strip()


def unsuggested(villager: Pages, at: Market, **said: str) -> Page:
    """Answer every question up to the last page, without any suggestion."""
    begun(villager)
    answer(villager, said.get("title", "新核桃"))
    villager.submit_form("/shelf", press=at.category.name)
    press(villager, said.get("unit", "袋"))
    press(villager, "不论个数")
    answer(villager, said.get("weight", "1.5"))
    answer(villager, said.get("price", "28.5"))
    answer(villager, said.get("count", "7"))
    return press(villager, said.get("ready", "现在就有"))


def test_with_a_suggestion_only_price_and_count_are_left(at: Market, villager: Pages) -> None:
    neighbour(at, 2500)
    neighbour(at, 3200)
    page = villager.get(f"{begun(villager, 2)}/name")
    assert "别家卖 25–32 元" in page.main
    page = villager.submit_form("answer-form", press="土鸡蛋", answer="后山土鸡蛋")
    assert page.heading == "一盒多少钱"
    assert "别家卖 25–32 元" in page.main
    page = press(villager, "32 元")
    assert page.heading == "有多少盒"
    page = press(villager, "10 盒")
    assert page.heading == "买的人看到这样"
    assert "后山土鸡蛋" in page.main
    page = villager.submit_form("send-form")
    assert page.heading == "送审了"
    (made,) = mine(at)
    card = made.facts.card
    way = card.way
    assert made.state is ListingState.IN_REVIEW
    assert (card.title, way.unit, way.pieces, way.price_fen, way.gross_g, card.free) == (
        "后山土鸡蛋", "盒", 30, 3200, 2300, 10,
    )  # fmt: skip
    assert (made.facts.keep_note, made.facts.travel_days, len(made.facts.photos)) == ("阴凉处放", 6, 2)
    assert drafts(at) == ()
    assert_sound(at.world)


def test_without_a_suggestion_each_question_has_its_page(at: Market, villager: Pages) -> None:
    page = unsuggested(villager, at)
    assert page.heading == "买的人看到这样"
    assert "28.5 元一袋" in page.main or "28.50 元一袋" in page.main
    villager.submit_form("send-form")
    card = mine(at)[0].facts.card
    assert (card.title, card.way.unit, card.way.price_fen, card.way.gross_g, card.free, card.harvest) == (
        "新核桃", "袋", 2850, 750, 7, None,
    )  # fmt: skip


def test_own_goods_are_not_what_neighbours_sell(at: Market, villager: Pages) -> None:
    listing(at, title="自家土鸡蛋", ways=(EGGS,))
    page = villager.get(f"{begun(villager)}/name")
    assert "别家" not in page.main
    assert offered(villager, page.url.replace("/name", ""), "土鸡蛋") == ""


def test_names_are_offered_while_one_types_and_after(at: Market, villager: Pages) -> None:
    neighbour(at)
    address = begun(villager)
    assert 'value="土鸡蛋"' in offered(villager, address, "土鸡")
    assert offered(villager, address, "竹篮") == ""
    villager.get(f"{address}/name")
    page = answer(villager, "土鸡蛋")
    assert page.heading == "是这样的吗"
    page = villager.submit_form("/shelf", press="土鸡蛋")
    assert page.heading == "一盒多少钱"


def test_a_thing_of_another_season_is_asked_when_it_is_there(at: Market, villager: Pages) -> None:
    month = town_day(at.world.clock()).month
    other = month % 12 + 1
    neighbour(at, title="春笋", tags=("春笋",), months=(other,))
    address = begun(villager)
    villager.get(f"{address}/name")
    answer(villager, "春笋")
    villager.submit_form("/shelf", press="春笋")
    answer(villager, "30")
    page = answer(villager, "5")
    assert page.heading == "什么时候有"


def test_a_draft_is_kept_listed_resumed_and_thrown_away(at: Market, villager: Pages) -> None:
    address = begun(villager)
    answer(villager, "新核桃")
    assert villager.get("/vendor/goods/new").links()["还有 1 样没写完"] == "/vendor/drafts"
    page = villager.click("还有 1 样没写完")
    assert "新核桃" in page.main
    assert villager.click("接着写").url == f"{address}/shelf"
    assert villager.get(address, follow=True).url == f"{address}/shelf"
    villager.get("/vendor/drafts")
    page = villager.submit_form("真的扔掉")
    assert "扔掉了" in page.main
    villager.get(f"{address}/name", status=404)
    assert (count(at, OfferDraft), count(at, OfferDraftPhoto)) == (0, 0)


def test_a_draft_nobody_touches_is_forgotten(at: Market, villager: Pages) -> None:
    begun(villager)
    at.world.clock.advance(days=FORGET_DAYS)
    assert at.world.run(lambda session: forget_old(session, at.world.clock())) == 0
    at.world.clock.advance(seconds=1)
    assert at.world.run(lambda session: forget_old(session, at.world.clock())) == 1
    assert (count(at, OfferDraft), count(at, OfferDraftPhoto)) == (0, 0)


def test_another_households_draft_looks_as_if_it_were_not_there(at: Market, villager: Pages, app: Any) -> None:
    address = begun(villager)
    stranger = Pages(app)
    other = Market(at.world, another_vendor(at.world), at.category)
    stranger.sign_in(other.vendor_person().phone, PASSWORD)
    stranger.get("/vendor")
    for page in ("", "/photos", "/name", "/ideas", "/shelf", "/details", "/look", "/sent"):
        stranger.get(f"{address}{page}", status=404)
    for question in Question:
        stranger.get(f"{address}/{question.value}", status=404)
    stranger.get("/vendor/goods/new")
    for act in ("/photos", "/photos/change", "/name", "/price", "/look", "/details", "/drop"):
        sent = {"photo": (jpeg(seed=9), "p.jpg"), "answer": "偷", "next": "on", "coming": "1"}
        stranger.post(f"{address}{act}", sent, status=404)
    assert [(one.told.title, len(one.photos)) for one in drafts(at)] == [("", 1)]


def test_sent_twice_it_is_listed_once_and_its_pages_lead_to_the_end(at: Market, villager: Pages) -> None:
    page = unsuggested(villager, at)
    address = page.url.removesuffix("/look")
    for _press in range(3):
        assert villager.post(page.url).heading == "送审了"
    assert len(mine(at)) == 1
    for there in ("", "/look", "/details"):
        assert villager.get(f"{address}{there}", follow=True).heading == "送审了"
    villager.post(f"{address}/price", {"answer": "1"})
    assert mine(at)[0].facts.card.way.price_fen == 2850
    assert_sound(at.world)


def test_what_was_sent_can_be_taken_back_at_once(at: Market, villager: Pages) -> None:
    unsuggested(villager, at)
    page = villager.submit_form("send-form")
    assert "送去中心看了" in page.words
    villager.submit_form("/undo")
    assert mine(at)[0].state is not ListingState.IN_REVIEW
    assert_sound(at.world)


def test_two_windows_answer_different_questions(at: Market, villager: Pages) -> None:
    address = unsuggested(villager, at).url.removesuffix("/look")
    villager.get(f"{address}/price")
    answer(villager, "31")
    villager.get(f"{address}/count")
    answer(villager, "9")
    villager.post(f"{address}/price", {"answer": "32"})
    told = drafts(at)[0].told
    assert (told.price_fen, told.quantity) == (3200, 9)


def test_a_changed_unit_asks_again_what_it_weighs(at: Market, villager: Pages) -> None:
    address = unsuggested(villager, at).url.removesuffix("/look")
    villager.get(f"{address}/unit")
    assert press(villager, "盒").heading == "一盒里有几个"
    assert press(villager, "30 个").heading == "一盒多重"
    villager.get(f"{address}/unit")
    assert press(villager, "斤").heading == "怎么算钱"
    assert press(villager, "散的，要几斤称几斤").heading == "一斤多少钱"
    told = drafts(at)[0].told
    assert (told.unit, told.pieces, told.gross_g, told.net_g) == ("斤", 1, 550, 500)
    assert answer(villager, "6").heading == "有多少斤"
    assert answer(villager, "20").heading == "买的人看到这样"


@pytest.mark.parametrize(
    ("question", "typed", "words"),
    [
        ("name", " ", "请写货的名字"),
        ("name", "长" * 200, "最多 40 个字"),
        ("name", "祖传降血糖茶", "“降血糖”不能写"),
        ("shelf", "nothing", "请选一类"),
        ("unit", "吨", "请选按什么卖"),
        ("pieces", "1000", "请填 1 到 999"),
        ("weight", "很重", "重量写成 1.5 斤"),
        ("weight", "61", "一份最重 60 斤"),
        ("price", "", "请填价钱"),
        ("price", "二十", "价钱写成 28 或 28.5 这样"),
        ("price", "0", "价钱要在 0.01 元到"),
        ("price", "13912345678", "这像是电话号码"),
        ("price", "28000000000", "价钱要在 0.01 元到 10000 元之间"),
        ("count", "0", "请填 1 到 9999 份"),
        ("count", "十", "请填 1 到 9999 份"),
        ("ready", "someday", "请选什么时候有"),
        ("day", "1900-01-01", "请选明天以后"),
        ("day", "下周", "请选一天"),
        ("last-day", "2999-01-01", "要在开始那天之后"),
        ("day-cap", "-1", "请填 1 到 9999 份"),
        ("ingredients", "长" * 601, "最多 600 个字"),
        ("ingredients", "吃了治病", "“治病”不能写"),
        ("shelf-days", "99999", "请填 1 到 3650 天"),
        ("keeping", "长" * 201, "最多 200 个字"),
    ],
)
def test_each_question_refuses_in_its_own_words(
    at: Market, villager: Pages, question: str, typed: str, words: str
) -> None:
    address = unsuggested(villager, at).url.removesuffix("/look")
    before = drafts(at)
    page = villager.post(f"{address}/{question}", {"answer": typed}, status=422)
    assert words in page.main
    if question not in ("shelf", "unit", "ready", "day", "last-day") and typed.strip():
        assert page.form("answer-form").values["answer"] == [typed]
    assert drafts(at) == before


def test_a_price_far_from_the_neighbours_is_asked_about_once_more(at: Market, villager: Pages) -> None:
    neighbour(at, 2500)
    villager.get(f"{begun(villager)}/name")
    press(villager, "土鸡蛋")
    page = answer(villager, "280")
    assert "别家卖 25 元，您填的是 280 元" in page.main
    assert answer(villager, "281").heading == "一盒多少钱"
    assert answer(villager, "281").heading == "有多少盒"
    assert drafts(at)[0].told.price_fen == 28100


def test_when_it_is_ready_becomes_the_days_it_can_be_ordered_for(at: Market, villager: Pages) -> None:
    today = town_day(at.world.clock())
    soon = today + timedelta(days=5)

    def sent(*answers: tuple[str, dict[str, str]]) -> tuple[date, date, int] | None:
        address = unsuggested(villager, at, title=f"第 {len(mine(at))} 样").url.removesuffix("/look")
        for question, said in answers:
            page = villager.post(f"{address}/{question}", said)
        assert page.heading == "买的人看到这样"
        villager.submit_form("send-form")
        harvest = mine(at)[-1].facts.card.harvest
        return None if harvest is None else (harvest.first, harvest.last, harvest.cap)

    day = {"answer": soon.isoformat()}
    assert sent(("ready", {"pick": "tomorrow"})) == (today + timedelta(days=1), today + timedelta(days=1), 7)
    assert sent(("ready", {"pick": "from_day"}), ("day", day)) == (soon, soon, 7)
    last = soon + timedelta(days=9)
    ahead = (("ready", {"pick": "ahead"}), ("day", {"pick": soon.isoformat()}))
    rest = (("last-day", {"answer": last.isoformat()}), ("day-cap", {"answer": "3"}))
    assert sent(*ahead, *rest) == (soon, last, 3)


def test_packed_food_is_asked_for_its_label_and_its_paper(at: Market, villager: Pages) -> None:
    cured = on_shelf(at, "cured", needs_label=True, papers=(PaperKind.WORKSHOP_FILING,))
    page = unsuggested(villager, cured, title="老腊肉")
    assert page.heading == "放了些什么"
    assert answer(villager, "猪肉、盐").heading == "能放几天"
    assert press(villager, "180 天").heading == "怎么保存"
    page = press(villager, "冷藏")
    assert "要有小作坊备案证，中心还没见到" in page.main
    assert "要有小作坊备案证，中心还没见到" in villager.submit_form("send-form").main
    facts = mine(at)[0].facts
    assert (facts.ingredients, facts.shelf_days, facts.keep_note) == ("猪肉、盐", 180, "冷藏")


def test_more_drafts_than_anybody_finishes_are_refused_in_words(at: Market, villager: Pages) -> None:
    for _n in range(MAX_DRAFTS):
        villager.get("/vendor/goods/new")
        villager.submit_form("photo-form", press="下一步", coming=1)
    villager.get("/vendor/goods/new")
    page = villager.submit_form("photo-form", status=422, press="下一步", photo=(jpeg(), "p.jpg"))
    assert "没写完的有 20 样了" in page.main
    page = villager.submit_form("photo-form", status=422, press="下一步", coming=1)
    assert "没写完的有 20 样了" in page.main
    assert len(drafts(at)) == MAX_DRAFTS


def test_a_thing_without_photos_is_not_sent(at: Market, villager: Pages) -> None:
    address = unsuggested(villager, at).url.removesuffix("/look")
    (photo,) = drafts(at)[0].photos
    villager.post(f"{address}/photos/change", {"act": "drop", "key": photo.key})
    page = villager.post(f"{address}/look")
    assert "照片还没到" in page.main
    assert page.url == f"{address}/photos"
    assert mine(at) == []


def test_the_arrow_leads_back_through_the_questions_that_were_asked(at: Market, villager: Pages) -> None:
    neighbour(at)
    address = begun(villager)
    villager.get(f"{address}/name")
    page = press(villager, "土鸡蛋")
    backs = []
    while not page.url.endswith("/photos"):
        backs.append(page.url.rpartition("/")[2])
        page = villager.get(next(a.get("href", "") for a in page.all("a", "booth-back") if words_of(a)))
    assert backs == ["price", "name"]
