"""Goods from a file: whole rows or none, the same twice changing nothing."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from shop.catalog.checks import stock_differences
from shop.catalog.imports.reasons import Reason
from shop.catalog.models import (
    Category,
    HiddenFor,
    Listing,
    ListingState,
    ListingVersion,
    Variant,
)
from shop.catalog.rules import ANSWER_DAYS, CONFIRM_DAYS
from shop.catalog.services.listings import revise
from shop.catalog.services.passages import archive, pause, take_down, watch
from shop.catalog.services.revisions import approve_revision
from shop.flows.import_directory import Options
from shop.flows.importing import BATCH, Outcome, bring_in
from shop.town.models import Village
from shop.vendors.models import PaperKind, Standing, Vendor
from tests.world import World, market
from tests.world.imports import ALL, HAM, IMPORT, Cells, counts, cured, one, outcomes, rows, sequence, take, why
from tests.world.market import HOUSE, STAFF, Market, another_vendor, asked_about, fill_basket, listing, place


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


def test_a_row_becomes_a_listing_on_the_shelf(at: Market) -> None:
    assert outcomes(take(at, {})) == ["added"]
    found = one(at)
    assert found.state is ListingState.PUBLISHED
    assert (found.vendor_name, found.offer.title, found.offer.story) == ("周素珍家", "林下土鸡蛋", "当天捡。")
    (way,) = found.offer.ways
    assert (way.unit, way.pieces, way.price_fen, way.stock, way.gross_g) == ("盒", 30, 4800, 12, 2400)
    assert (found.offer.months, found.offer.tags, found.offer.origin_code) == ((3, 4, 5), ("土鸡蛋",), None)
    assert sequence(at) is not None, "the search hears of it"
    assert at.world.read(stock_differences) == 0


def test_the_same_file_twice_changes_nothing(at: Market) -> None:
    goods: list[Cells] = [{}, {"ref": "A-2", "vendor": "新来的", "village": "新村", "category": "山珍"}]
    assert outcomes(take(at, *goods, options=ALL)) == ["added", "added"]
    before, place_before = counts(at), sequence(at)
    at.world.clock.advance(minutes=5)
    assert outcomes(take(at, *goods, options=ALL)) == ["unchanged", "unchanged"]
    assert counts(at) == before
    assert sequence(at) == place_before


def test_a_changed_cell_changes_the_listing_at_once_for_the_import_is_its_review(at: Market) -> None:
    take(at, {})
    version, seen = one(at).version, sequence(at)
    changed = {"title": "高山土鸡蛋", "price_fen": "9900", "stock": "7", "tags": ("高山",), "season_months": ()}
    assert outcomes(take(at, changed)) == ["changed"]
    found = one(at)
    assert (found.offer.title, found.offer.ways[0].price_fen, found.offer.ways[0].stock) == ("高山土鸡蛋", 9900, 7)
    assert (found.offer.tags, found.offer.months) == (("高山",), tuple(range(1, 13)))
    assert (found.state, found.waiting) == (ListingState.PUBLISHED, None)
    assert found.version > version
    assert (sequence(at) or 0) > (seen or 0)
    versions = at.world.read(lambda session: session.scalars(select(ListingVersion.facts)).all())
    assert [facts["title"] for facts in versions] == ["林下土鸡蛋", "高山土鸡蛋"]
    assert at.world.read(stock_differences) == 0


def test_only_the_stock_is_counted_and_what_is_held_stays_held(at: Market) -> None:
    take(at, {"season_months": ()})
    variant = at.world.read(lambda session: session.scalars(select(Variant.id)).one())
    place(at, fill_basket(at, {variant: 2}))
    assert one(at).offer.ways[0].stock == 10
    assert outcomes(take(at, {"stock": "5", "season_months": ()})) == ["changed"]
    held, on_hand = at.world.read(lambda session: session.execute(select(Variant.held, Variant.on_hand)).one())
    assert (held, on_hand) == (2, 7)
    assert at.world.read(stock_differences) == 0


def test_a_weight_set_right_by_hand_stays_until_the_file_says_another(at: Market) -> None:
    take(at, {})
    found = one(at)
    right = replace(found.offer, ways=(replace(found.offer.ways[0], gross_g=1900),))
    actor, clock = IMPORT, at.world.clock
    at.world.run(
        lambda session: revise(
            session, found.vendor_id, found.code, right, version=found.version, actor=actor, clock=clock
        )
    )
    assert outcomes(take(at, {})) == ["unchanged"]
    assert one(at).offer.ways[0].gross_g == 1900
    take(at, {"unit": "盒(15枚)"})
    assert (one(at).offer.ways[0].pieces, one(at).offer.ways[0].gross_g) == (15, 1200)


def test_one_bad_row_keeps_no_other_back(at: Market) -> None:
    before = counts(at)
    taken = take(
        at,
        {"price_fen": "28.50"},
        {"ref": "A-2", "vendor": "没有的人"},
        {"ref": "A-3", "vendor": "另一家", "category": "没有的类"},
        {"ref": "A-4"},
        {"ref": "A-4", "title": "又一样"},
        {"ref": "A-5", "village": "没有的村"},
    )
    assert outcomes(taken) == ["refused", "refused", "refused", "added", "refused", "refused"]
    assert why(taken) == [
        ("price_fen", Reason.NOT_FEN, "2850"),
        ("vendor", Reason.UNKNOWN, ""),
        ("vendor", Reason.UNKNOWN, ""),
        ("ref", Reason.REF_TWICE, "5"),
        ("village", Reason.UNKNOWN, ""),
    ]
    after = counts(at)
    assert (after["listing"] - before["listing"], after["vendor"] - before["vendor"]) == (1, 0)


def test_what_a_refused_row_would_have_added_is_not_there_for_the_next(at: Market) -> None:
    unknown_category = {"vendor": "新来的", "category": "山珍", "title": "x", "ref": "A-2", "village": "甲" * 20}
    market_before = counts(at)
    take(at, {})
    archived = one(at)
    at.world.run(lambda session: archive(session, archived.vendor_id, archived.code, actor=HOUSE, clock=at.world.clock))
    taken = take(at, {"vendor": "新来的", "category": "山珍"}, unknown_category, options=ALL)
    assert outcomes(taken) == ["refused", "added"], "the first belongs to another vendor; its new names are rolled back"
    after = counts(at)
    assert (after["vendor"] - market_before["vendor"], after["category"] - market_before["category"]) == (1, 1)
    assert after["vendor_paper"] == 1


def test_unknown_names_are_added_when_that_is_wanted(at: Market) -> None:
    new = {"vendor": "周德明腊味坊", "village": "思文村", "category": "腊味"}
    assert outcomes(take(at, new, options=ALL)) == ["added"]
    told = select(Vendor.standing, Village.name, Vendor.phone).join(Village).where(Vendor.name == "周德明腊味坊")
    vendor = at.world.read(lambda session: session.execute(told).one())
    assert tuple(vendor) == (Standing.SELF_PRODUCED, "思文村", "028-00000000")
    shelf = select(Category.papers, Category.is_live).where(Category.name == "腊味")
    papers, is_live = at.world.read(lambda session: session.execute(shelf).one())
    assert set(papers) == {kind.value for kind in PaperKind} - {"vouched"}
    assert not is_live


def test_a_new_shelf_of_live_animals_is_for_collecting_only(at: Market) -> None:
    take(at, {"category": "活禽"}, options=ALL)
    assert at.world.read(lambda session: session.scalars(select(Category.is_live).where(Category.name == "活禽")).one())


@pytest.mark.parametrize("name", ["周素珍家", " 周素珍家　", "週素珍家", "周素珍\u200a家"])
def test_a_vendor_is_known_by_name_in_any_width_and_script(at: Market, name: str) -> None:
    assert outcomes(take(at, {"vendor": name})) == ["added"]


def test_a_vendor_a_village_and_a_shelf_are_known_by_code_alias_and_english(at: Market) -> None:
    told = {"vendor": at.vendor.code, "village": "大湾", "category": "eggs"}
    assert outcomes(take(at, told, told | {"ref": "A-2", "category": "poultry-eggs"})) == ["added", "added"]


def test_two_of_one_name_are_told_apart_by_village_or_code(at: Market) -> None:
    twin = another_vendor(at.world, "周素珍家")
    taken = take(at, {}, {"ref": "A-2", "vendor": twin.code})
    assert why(taken) == [("vendor", Reason.SEVERAL, f"{at.vendor.code}, {twin.code}")]
    assert outcomes(taken) == ["refused", "added"]


def test_goods_from_elsewhere_keep_their_village(at: Market) -> None:
    take(at, {"village": "思文村"}, options=ALL)
    village = at.world.read(lambda session: session.scalars(select(Village.code).where(Village.name == "思文村")).one())
    assert one(at).offer.origin_code == village
    assert outcomes(take(at, {"village": ""})) == ["changed"]
    assert one(at).offer.origin_code is None


def test_what_an_import_may_not_touch_is_refused(at: Market) -> None:
    other = another_vendor(at.world, "罗成富家")
    refs = ("gone", "down", "theirs", "heavy")
    take(at, *({"ref": ref, "vendor": "罗成富家" if ref == "theirs" else "周素珍家"} for ref in refs))
    gone, down = one(at, "gone"), one(at, "down")
    clock = at.world.clock
    at.world.run(lambda session: archive(session, gone.vendor_id, gone.code, actor=HOUSE, clock=clock))
    at.world.run(lambda session: take_down(session, down.code, "有人投诉", actor=STAFF, clock=clock))
    heavy = one(at, "heavy")
    by_weight = replace(heavy.offer.ways[0], price_fen=0, per_500g_fen=3000, least_g=900, most_g=1500, gross_g=2400)
    wanted = replace(heavy.offer, ways=(by_weight,))
    at.world.run(
        lambda session: revise(
            session, heavy.vendor_id, heavy.code, wanted, version=heavy.version, actor=HOUSE, clock=clock
        )
    )
    version = one(at, "heavy").version
    at.world.run(lambda session: approve_revision(session, heavy.code, version=version, actor=HOUSE, clock=clock))
    taken = take(at, *({"ref": ref, "stock": "1"} for ref in refs))
    assert outcomes(taken) == ["refused"] * 4
    assert why(taken) == [
        ("ref", Reason.ARCHIVED, ""),
        ("ref", Reason.TAKEN_DOWN, ""),
        ("ref", Reason.REF_TAKEN, other.name),
        ("price_fen", Reason.BY_WEIGHT, ""),
    ]


def test_a_paused_listing_is_changed_and_stays_paused(at: Market) -> None:
    take(at, {})
    found = one(at)
    at.world.run(
        lambda session: pause(session, found.vendor_id, found.code, paused=True, actor=HOUSE, clock=at.world.clock)
    )
    assert outcomes(take(at, {"title": "高山土鸡蛋"})) == ["changed"]
    assert (one(at).state, one(at).offer.title) == (ListingState.PAUSED, "高山土鸡蛋")


def test_standing_in_the_centres_list_is_a_sign_of_life(at: Market) -> None:
    take(at, {})
    code = one(at).code
    for _month in range(4):
        at.world.clock.advance(days=30)
        asked_about(at)
        assert outcomes(take(at, {})) == ["unchanged"]
        at.world.clock.advance(days=ANSWER_DAYS)
        assert at.world.run(lambda session: watch(session, code, actor=HOUSE, clock=at.world.clock)) is None
    at.world.clock.advance(days=CONFIRM_DAYS)
    asked_about(at)
    at.world.clock.advance(days=ANSWER_DAYS)
    at.world.run(lambda session: watch(session, code, actor=HOUSE, clock=at.world.clock))
    assert one(at).hidden_for is HiddenFor.NOT_CONFIRMED
    assert outcomes(take(at, {})) == ["changed"]
    assert one(at).state is ListingState.PUBLISHED


def test_a_rehearsal_says_the_same_and_keeps_nothing(at: Market) -> None:
    cured(at)
    goods: list[Cells] = [{}, HAM, {"ref": "B", "vendor": "新来的"}, {"ref": "C", "unit": "光年"}]
    goods += [{"ref": f"D-{number}", "vendor": "新来的"} for number in range(2 * BATCH)]
    before = counts(at)
    rehearsed = take(at, *goods, options=replace(ALL, is_rehearsal=True))
    assert counts(at) == before
    assert rehearsed == take(at, *goods, options=ALL)


def test_stopped_in_the_middle_whole_batches_are_in_and_again_goes_on(at: Market) -> None:
    goods = rows(*({"ref": f"A-{number}"} for number in range(3 * BATCH)))

    def broken_off() -> Any:
        yield from goods[: BATCH + 7]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(bring_in(at.world.edge, broken_off(), Options(), actor=IMPORT, clock=at.world.clock))
    assert counts(at)["listing"] == BATCH
    batches = bring_in(at.world.edge, iter(goods), Options(), actor=IMPORT, clock=at.world.clock)
    found = Counter(one.outcome for batch in batches for one in batch)
    assert found == {Outcome.UNCHANGED: BATCH, Outcome.ADDED: 2 * BATCH}


def test_listings_made_by_hand_are_left_alone(at: Market) -> None:
    made = listing(at)
    take(at, {})
    assert (
        at.world.read(lambda session: session.scalars(select(Listing.ref).where(Listing.id == made.id)).one()) is None
    )
