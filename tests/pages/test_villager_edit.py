"""What the centre gave back is put right: all is filled in as it was, and nothing is overwritten unseen."""

import pytest

from shop.catalog.forms.fields import grams_from_text, weight_as_typed
from shop.catalog.models import ListingState
from shop.catalog.services.passages import archive
from tests.pages.selling import GOOD, give_back, mine, photographed, returned
from tests.support.page import words_of
from tests.support.pages import Pages
from tests.world.books import assert_sound, footprint
from tests.world.market import HOUSE, Market, another_vendor, listing


def given_back_through_pages(at: Market, villager: Pages) -> str:
    """Offer a thing with a photo through the pages, let staff give it back, and return its code."""
    photographed(villager)
    villager.submit_form(**{**GOOD, "weight": "620", "weight_unit": "gram"}, months=["9", "10"], story="坡上的老树。")
    at.world.deliver()
    made = mine(at)[0]
    give_back(at, made.facts.card.code, made.version, "照片太暗，请白天再拍一张")
    return made.facts.card.code


def test_it_is_put_right_on_a_page_that_holds_all_it_said(at: Market, villager: Pages) -> None:
    code = given_back_through_pages(at, villager)
    page = villager.get("/vendor/goods")
    assert "照片太暗，请白天再拍一张" in page.main
    assert "退回来了" in page.main
    page = villager.click("改一改")
    assert page.url == f"/vendor/goods/{code}/edit"
    assert "照片太暗，请白天再拍一张" in page.main
    sent = page.form(f"/vendor/goods/{code}/edit").values
    shown = {name: sent[name] for name in ("title", "category", "unit", "pieces", "price", "weight", "weight_unit")}
    assert shown == {
        "title": ["新核桃"],
        "category": ["poultry-eggs"],
        "unit": ["袋"],
        "pieces": ["1"],
        "price": ["28.50"],
        "weight": ["1.24"],
        "weight_unit": ["jin"],
    }
    assert (sent["quantity"], sent["months"], sent["story"]) == (["7"], ["9", "10"], ["坡上的老树。"])
    page = villager.submit_form(
        f"/vendor/goods/{code}/edit", title="薄壳核桃", price="26", quantity=5, months=["9", "10", "11"]
    )
    assert "改好了，又送去中心看了" in page.main
    own = mine(at)[0]
    card = own.facts.card
    assert (own.state, card.title, card.way.price_fen, card.free, card.months, card.way.gross_g) == (
        ListingState.IN_REVIEW, "薄壳核桃", 2600, 5, (9, 10, 11), 620,
    )  # fmt: skip
    assert len(own.facts.photos) == 1
    assert_sound(at.world)


def test_a_whole_year_shows_no_month_ticked_and_none_left_may_be_said(at: Market, villager: Pages) -> None:
    made = returned(at, stock=0)
    page = villager.get(f"/vendor/goods/{made.code}/edit")
    assert page.form().values["months"] == []
    assert "改好了" in villager.submit_form().main
    assert (mine(at)[0].facts.card.free, mine(at)[0].facts.card.months) == (0, tuple(range(1, 13)))


def test_wrong_values_are_named_and_stay_where_they_were_typed(at: Market, villager: Pages) -> None:
    made = returned(at)
    villager.get(f"/vendor/goods/{made.code}/edit")
    page = villager.submit_form(status=422, title="好鸡蛋", price="二十", quantity=-1)
    assert "价钱写成 28 或 28.5 这样" in page.main
    assert "请填 0 到 9999 份" in page.main
    sent = page.form().values
    assert (sent["title"], sent["price"], sent["quantity"]) == (["好鸡蛋"], ["二十"], ["-1"])
    assert mine(at)[0].state is ListingState.DRAFT
    assert "改好了" in villager.submit_form(price="20", quantity=1).main
    assert mine(at)[0].facts.card.title == "好鸡蛋"


def test_a_shelf_that_is_not_there_is_refused(at: Market, villager: Pages) -> None:
    made = returned(at)
    page = villager.get(f"/vendor/goods/{made.code}/edit")
    sent = {**page.form().values, "category": "nothing"}
    assert "请选一类" in villager.post(page.url, sent, status=422).main
    assert mine(at)[0].state is ListingState.DRAFT


def test_who_saves_later_sees_both_versions_and_saves_knowingly(at: Market, villager: Pages) -> None:
    made = returned(at)
    path = f"/vendor/goods/{made.code}/edit"
    stale = villager.get(path).form().values
    villager.submit_form(title="又改过的鸡蛋", story="新写的话")
    own = mine(at)[0]
    give_back(at, made.code, own.version, "还差一张照片")
    page = villager.post(path, {**stale, "title": "老一页的鸡蛋"}, status=409)
    assert "别人先改了" in page.main
    assert "还差一张照片" in page.main
    marked = [words_of(row) for row in page.all("div", "is-different")]
    assert marked == [
        "名字 不一样 现在的又改过的鸡蛋 您填的老一页的鸡蛋",
        "说的话 不一样 现在的新写的话 您填的（没写）",
    ]
    assert page.form("就照我的").values["title"] == ["老一页的鸡蛋"]
    assert mine(at)[0].state is ListingState.DRAFT
    assert "改好了" in villager.submit_form("就照我的").main
    assert mine(at)[0].facts.card.title == "老一页的鸡蛋"
    assert mine(at)[0].facts.story == ""


def test_a_page_without_its_version_is_refused(at: Market, villager: Pages) -> None:
    made = returned(at)
    page = villager.get(f"/vendor/goods/{made.code}/edit")
    sent = {**page.form().values, "version": ""}
    assert "这一页太旧了" in villager.post(page.url, sent, status=422).main
    assert mine(at)[0].state is ListingState.DRAFT


def test_sent_twice_it_is_sent_once_and_said(at: Market, villager: Pages) -> None:
    made = returned(at)
    page = villager.get(f"/vendor/goods/{made.code}/edit")
    sent = page.form().values
    villager.post(page.url, sent)
    after = footprint(at.world)
    assert "已经送去中心看了" in villager.post(page.url, sent).main
    assert footprint(at.world) == after


def test_what_was_ended_cannot_be_changed(at: Market, villager: Pages) -> None:
    made = listing(at)
    sent = villager.get(f"/vendor/goods/{made.code}/edit").form().values
    ended = at.world.run(lambda session: archive(session, at.vendor.id, made.code, actor=HOUSE, clock=at.world.clock))
    before = footprint(at.world)
    villager.post(f"/vendor/goods/{made.code}/edit", {**sent, "version": [str(ended.version)]}, status=409)
    assert footprint(at.world) == before


def test_anothers_looks_as_if_it_were_not_there(at: Market, villager: Pages) -> None:
    sent = villager.get(f"/vendor/goods/{returned(at).code}/edit").form().values
    other = returned(at, vendor=another_vendor(at.world))
    before = footprint(at.world)
    for step in ("edit", "photos"):
        villager.get(f"/vendor/goods/{other.code}/{step}", status=404)
        villager.post(f"/vendor/goods/{other.code}/{step}", sent, status=404)
    assert footprint(at.world) == before


@pytest.mark.parametrize(
    ("grams", "typed"),
    [(750, ("1.5", "jin")), (500, ("1", "jin")), (620, ("1.24", "jin")), (623, ("623", "gram")), (5, ("0.01", "jin"))],
)
def test_a_weight_is_shown_as_it_could_have_been_typed(grams: int, typed: tuple[str, str]) -> None:
    assert weight_as_typed(grams) == typed
    assert grams_from_text(*typed) == grams
