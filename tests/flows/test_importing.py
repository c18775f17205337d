"""Goods from a file: whole rows or none, the same twice changing nothing, what the law allows on the shelf."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from shop.catalog.checks import stock_differences
from shop.catalog.imports.models import CatalogueImport, CatalogueImportFault
from shop.catalog.imports.queries import faults_of, import_by_code
from shop.catalog.imports.reasons import Reason
from shop.catalog.imports.services import ImportInHand, TakenOver, claim, note_batch
from shop.catalog.imports.sheets import COLUMNS, Row
from shop.catalog.models import (
    Category,
    HiddenFor,
    Listing,
    ListingHistory,
    ListingState,
    ListingVersion,
    StockMovement,
    Variant,
)
from shop.catalog.own import present
from shop.catalog.services.listings import revise
from shop.catalog.services.passages import archive, pause, take_down, watch
from shop.catalog.services.revisions import approve_revision
from shop.catalog.services.shelves import ShelfRules, add_category
from shop.flows import import_jobs
from shop.flows.import_directory import Options
from shop.flows.import_photos import PhotoFolder
from shop.flows.importing import BATCH, Outcome, Taken, bring_in
from shop.kernel.actor import system
from shop.kernel.clock import town_day
from shop.kernel.errors import Forbidden
from shop.town.models import Village
from shop.vendors.models import Paper, PaperKind, Standing, Vendor
from shop.vendors.services import add_paper
from tests.world import World, market
from tests.world.market import HOUSE, STAFF, Market, another_vendor, fill_basket, listing, place
from tests.world.pictures import photo_file

IMPORT = system("import")
GOOD: dict[str, Any] = {
    "ref": "A-1",
    "title": "林下土鸡蛋",
    "vendor": "周素珍家",
    "village": "大湾村",
    "category": "禽蛋",
    "description": "当天捡。",
    "price_fen": "4800",
    "unit": "盒(30枚)",
    "season_months": ("3-5",),
    "tags": ("土鸡蛋",),
    "stock": "12",
}
ALL = Options(creates=True, vouches=True)
Cells = dict[str, Any]
EMPTY: Cells = dict.fromkeys(COLUMNS, "")


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


def rows(*changes: Cells) -> list[Row]:
    return [Row(number, {**EMPTY, **GOOD, **each}) for number, each in enumerate(changes, 2)]


def take(at: Market, *changes: Cells, options: Options | None = None, **told: Any) -> list[Taken]:
    batches = bring_in(at.world.edge, rows(*changes), options or Options(), actor=IMPORT, clock=at.world.clock, **told)
    return [taken for batch in batches for taken in batch]


def outcomes(taken: Sequence[Taken]) -> list[str]:
    return [one.outcome.value for one in taken]


def why(taken: Sequence[Taken]) -> list[tuple[str, Reason, str]]:
    return [(flaw.column, flaw.reason, flaw.detail) for one in taken for flaw in one.flaws]


def one(at: Market, ref: str = "A-1") -> Any:
    code = at.world.read(lambda session: session.scalars(select(Listing.code).where(Listing.ref == ref)).one())
    return at.world.read(lambda session: present(session, code))


def counts(at: Market) -> Counter[str]:
    tables = (Listing, ListingHistory, ListingVersion, StockMovement, Variant, Paper, Vendor, Village, Category)
    return at.world.read(
        lambda session: Counter(
            {table.__tablename__: session.scalar(select(func.count()).select_from(table)) for table in tables}
        )
    )


def sequence(at: Market, ref: str = "A-1") -> int | None:
    return at.world.read(lambda session: session.scalars(select(Listing.search_seq).where(Listing.ref == ref)).one())


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


def cured(at: Market) -> None:
    """Add a shelf of packed food, which wants papers and a label."""
    rules = ShelfRules(
        name="腊味", name_en="Cured", papers=[PaperKind.WORKSHOP_FILING, PaperKind.FOOD_LICENCE], needs_label=True
    )
    at.world.run(lambda session: add_category(session, "cured", rules, actor=HOUSE))


HAM = {"ref": "H-1", "title": "老腊肉 500g", "category": "腊味", "unit": "块"}


def test_without_papers_goods_wait_with_the_reason_and_vouching_shows_them(at: Market) -> None:
    cured(at)
    taken = take(at, HAM, {})
    assert [(one.outcome.value, one.waits) for one in taken] == [("added", True), ("added", False)]
    assert why(taken) == [
        ("vendor", Reason.PAPER_MISSING, "workshop_filing,food_licence"),
        ("category", Reason.LABEL_ITEM, "ingredients,keep_note,shelf_days"),
    ]
    assert one(at, "H-1").state is ListingState.IN_REVIEW
    again = take(at, HAM)
    assert [(one.outcome.value, one.waits) for one in again] == [("unchanged", True)]

    assert outcomes(take(at, HAM, options=Options(vouches=True))) == ["changed"]
    assert one(at, "H-1").state is ListingState.PUBLISHED
    paper = at.world.read(lambda session: session.execute(select(Paper.kind, Paper.number, Paper.until)).one())
    today = town_day(at.world.clock())
    assert tuple(paper) == (
        PaperKind.VOUCHED,
        f"中心担保 {today}",
        today + timedelta(days=30),
    )


def test_when_the_vouching_ends_what_still_lacks_its_label_or_papers_is_hidden(at: Market) -> None:
    cured(at)
    take(at, HAM, {}, options=Options(vouches=True))
    codes = [one(at, "H-1").code, one(at).code]
    clock = at.world.clock

    def watched() -> list[HiddenFor | None]:
        return [at.world.run(partial(watch, code=code, actor=HOUSE, clock=clock)) for code in codes]

    clock.advance(days=30)
    assert watched() == [None, None]
    clock.advance(days=1)
    assert watched() == [HiddenFor.PAPER_EXPIRED, None]

    filing = (PaperKind.WORKSHOP_FILING, "川坊 1", date(2030, 1, 1))
    at.world.run(lambda session: add_paper(session, at.vendor.id, *filing, actor=HOUSE, clock=clock))
    assert watched() == [None, None]
    assert one(at, "H-1").state is ListingState.HIDDEN, "the paper is there, the label is not"

    assert outcomes(take(at, HAM, options=Options(vouches=True))) == ["changed"]
    assert one(at, "H-1").state is ListingState.PUBLISHED


def test_forbidden_words_are_named_and_wait_whoever_vouches(at: Market) -> None:
    taken = take(at, {"title": "降血糖土鸡蛋"}, options=ALL)
    assert taken[0].waits
    assert why(taken) == [("title", Reason.FORBIDDEN_WORD, "降血糖")]
    assert outcomes(take(at, {}, options=ALL)) == ["changed"]
    assert one(at).state is ListingState.PUBLISHED


def test_a_change_that_may_not_be_shown_waits_and_the_shelf_stays(at: Market) -> None:
    take(at, {})
    taken = take(at, {"title": "降血糖土鸡蛋", "stock": "3"})
    assert [(one.outcome.value, one.waits) for one in taken] == [("changed", True)]
    found = one(at)
    assert (found.state, found.offer.title) == (ListingState.PUBLISHED, "林下土鸡蛋")
    assert found.waiting is not None
    assert found.waiting.title == "降血糖土鸡蛋"
    assert found.offer.ways[0].stock == 3, "stock counts at once"


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
        assert outcomes(take(at, {})) == ["unchanged"]
        assert at.world.run(lambda session: watch(session, code, actor=HOUSE, clock=at.world.clock)) is None
    at.world.clock.advance(days=61)
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


def test_photos_are_found_by_ref_and_bad_ones_named(at: Market, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    (folder / "A-3").mkdir(parents=True)
    plain = photo_file(tmp_path, (640, 480)).read_bytes()
    other = photo_file(tmp_path, (800, 600)).read_bytes()
    for name, content in (
        ("A-1.jpg", plain),
        ("a-1-2.JPG", other),
        ("A-2_1.jpg", other),
        ("A-2.png", b"<svg/>"),
        ("A-3/front.jpg", plain),
        ("nobody.jpg", plain),
        (".hidden.jpg", plain),
    ):
        (folder / name).write_bytes(content)
    goods: list[Cells] = [{"ref": f"A-{number}"} for number in (1, 2, 3, 4)]

    def once(*, rehearse: bool = False) -> list[Taken]:
        photos = PhotoFolder(
            folder,
            {"A-1", "A-2", "A-3", "A-4"},
            at.world.edge,
            at.world.house.store,
            is_rehearsal=rehearse,
            actor=IMPORT,
            clock=at.world.clock,
        )
        assert photos.unmatched == ["nobody.jpg"]
        return take(at, *goods, options=Options(is_rehearsal=rehearse), pictures=photos.take)

    bad = [("", Reason.PHOTO, "A-2.png: drawing")]
    assert why(once(rehearse=True)) == bad
    assert counts(at)["listing"] == 0
    taken = once()
    assert (outcomes(taken), why(taken)) == (["added"] * 4, bad)
    keys = {ref: one(at, ref).offer.photo_keys for ref in ("A-1", "A-2", "A-3", "A-4")}
    assert [len(keys[ref]) for ref in keys] == [2, 1, 1, 0]
    assert keys["A-1"][0] == keys["A-3"][0], "the same photo is kept once"
    assert keys["A-1"][1] == keys["A-2"][0]
    assert outcomes(once()) == ["unchanged"] * 4
    Image.new("RGB", (700, 500), (90, 120, 60)).save(folder / "A-1.jpg")
    assert outcomes(once()) == ["changed", "unchanged", "unchanged", "unchanged"]
    assert one(at).offer.photo_keys[0] != keys["A-1"][0]
    assert outcomes(take(at, {})) == ["unchanged"], "without a folder the photos stay"


HEAD = ",".join(COLUMNS)


def csv_file(count: int, *more: str) -> bytes:
    lines = [f"A-{n},林下土鸡蛋 {n},周素珍家,,禽蛋,,4800,盒,,,3" for n in range(count)]
    return "\n".join((HEAD, *lines, *more)).encode()


def hand_in(at: Market, raw: bytes, options: Options | None = None, **told: Any) -> str:
    actor = told.get("actor", HOUSE)
    return import_jobs.hand_in(
        at.world.edge,
        at.world.house.store,
        raw,
        "货单.csv",
        options or Options(),
        actor=actor,
        clock=at.world.clock,
    )


def stored(at: Market, code: str) -> bool:
    return at.world.house.store.exists(f"imports/{code}.csv")


def test_an_uploaded_file_is_taken_in_by_the_worker_and_removed(at: Market) -> None:
    code = hand_in(at, csv_file(BATCH + 5, "A-x,少了价钱,周素珍家,,禽蛋,,,盒,,,3"))
    assert stored(at, code)
    with pytest.raises(ImportInHand):
        hand_in(at, csv_file(1))
    at.world.deliver()
    facts = at.world.read(lambda session: import_by_code(session, code))
    assert (facts.total, facts.done, facts.added, facts.refused, facts.has_ended) == (56, 56, 55, 1, True)
    (fault,) = at.world.read(lambda session: faults_of(session, code))
    assert (fault.row, fault.ref, fault.is_refused, fault.flaw.column) == (57, "A-x", True, "price_fen")
    assert not stored(at, code)
    assert not stored(at, hand_in(at, csv_file(1))[:-1])


def test_a_killed_worker_is_gone_on_with_where_it_stood(at: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    code, store, clock = hand_in(at, csv_file(3 * BATCH)), at.world.house.store, at.world.clock

    def killed(*args: Any, **told: Any) -> None:
        note_batch(*args, **told)
        if told["done_before"] == BATCH:
            raise SystemExit

    monkeypatch.setattr("shop.flows.import_jobs.note_batch", killed)
    with pytest.raises(SystemExit):
        import_jobs.work_off(at.world.edge, store, code, clock=clock)
    monkeypatch.undo()
    facts = at.world.read(lambda session: import_by_code(session, code))
    assert (facts.done, facts.added, counts(at)["listing"]) == (BATCH, BATCH, BATCH), "counted with the rows, or not"

    import_jobs.work_off(at.world.edge, store, code, clock=clock)
    assert counts(at)["listing"] == BATCH, "somebody seems to be at it"
    at.world.clock.advance(minutes=3)
    at.world.tick()
    at.world.deliver()
    facts = at.world.read(lambda session: import_by_code(session, code))
    assert (facts.done, facts.added, facts.unchanged, facts.has_ended) == (3 * BATCH, 3 * BATCH, 0, True)
    assert not stored(at, code)


def test_an_import_that_kills_every_worker_is_given_up(at: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    code, store, clock = hand_in(at, csv_file(3)), at.world.house.store, at.world.clock

    def killed(*_args: Any, **_told: Any) -> None:
        raise SystemExit

    monkeypatch.setattr("shop.flows.import_jobs.note_batch", killed)
    for _try in range(5):
        with pytest.raises(SystemExit):
            import_jobs.work_off(at.world.edge, store, code, clock=clock)
        clock.advance(minutes=3)
    import_jobs.work_off(at.world.edge, store, code, clock=clock)
    facts = at.world.read(lambda session: import_by_code(session, code))
    assert facts.failure == (Reason.BROKEN, "")
    assert hand_in(at, csv_file(1)), "the way is free again"


def test_two_workers_at_one_file_count_every_row_once(at: Market) -> None:
    code, store, clock = hand_in(at, csv_file(2 * BATCH)), at.world.house.store, at.world.clock
    first = at.world.run(lambda session: claim(session, code, clock=clock))
    assert first is not None
    clock.advance(minutes=3)
    import_jobs.work_off(at.world.edge, store, code, clock=clock)
    taken = [Taken(2, "A-0", Outcome.ADDED)]
    with pytest.raises(TakenOver):
        at.world.run(lambda session: import_jobs._note(session, code, taken, done_before=0, clock=clock))
    facts = at.world.read(lambda session: import_by_code(session, code))
    assert (facts.done, facts.added) == (2 * BATCH, 2 * BATCH)


def test_an_unreadable_upload_ends_with_its_reason(at: Market) -> None:
    code = hand_in(at, b"a,b\n1,2\n")
    at.world.deliver()
    assert at.world.read(lambda session: import_by_code(session, code)).failure == (Reason.NO_HEADER, "")
    lost = hand_in(at, csv_file(1))
    at.world.house.store.delete(f"imports/{lost}.csv")
    at.world.deliver()
    assert at.world.read(lambda session: import_by_code(session, lost)).failure == (Reason.FILE_GONE, "")


@pytest.mark.parametrize("options", [Options(creates=True), Options(vouches=True)])
def test_only_a_manager_adds_names_and_vouches(at: Market, options: Options) -> None:
    with pytest.raises(Forbidden):
        hand_in(at, csv_file(1), options, actor=STAFF)
    assert at.world.read(lambda session: session.scalars(select(CatalogueImport.id)).all()) == []
    assert hand_in(at, csv_file(1), actor=STAFF)


def test_old_imports_are_forgotten(at: Market) -> None:
    for _time in range(23):
        hand_in(at, csv_file(0, "A-x,没有价钱,周素珍家,,禽蛋,,,盒,,,3"))
        at.world.deliver()
    kept = at.world.read(
        lambda session: (
            session.scalar(select(func.count()).select_from(CatalogueImport)),
            session.scalar(select(func.count()).select_from(CatalogueImportFault)),
        )
    )
    assert kept == (20, 20)


def test_listings_made_by_hand_are_left_alone(at: Market) -> None:
    made = listing(at)
    take(at, {})
    assert (
        at.world.read(lambda session: session.scalars(select(Listing.ref).where(Listing.id == made.id)).one()) is None
    )
