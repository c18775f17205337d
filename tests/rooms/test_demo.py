"""The demo town: everything a catalogue can hold, lawful, and right on whatever day it is loaded."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.passwords import Hasher
from shop.app import wiring
from shop.catalog.checks import stock_differences
from shop.catalog.counter import all_there
from shop.catalog.models import (
    Category,
    Climate,
    HiddenFor,
    Listing,
    ListingHistory,
    ListingRevision,
    ListingState,
    Pricing,
    ReturnClass,
    RevisionState,
    Variant,
)
from shop.catalog.obstacles import obstacles
from shop.catalog.offers import offers
from shop.catalog.questions.models import ListingQuestion
from shop.catalog.questions.queries import waiting_questions
from shop.catalog.services.passages import watch
from shop.catalog.shown import shown_listing as on_the_shelf
from shop.catalog.versions import shown_listing
from shop.courier.models import Shipment, ShipmentState
from shop.demo import load
from shop.flows.joining import to_bring
from shop.fulfilment.pickups.queries import cars_to
from shop.fulfilment.queries import boxes_to_pack
from shop.kernel.actor import system
from shop.kernel.clock import town_day
from shop.kernel.edge import Edge
from shop.ledger.queries import balance
from shop.ledger.rules import seller
from shop.media.private import private_photo
from shop.orders.answers import answered_parts
from shop.orders.models import VendorOrderState
from shop.orders.queries.orders import wanted_of_vendor
from shop.settings import Settings
from shop.vendors.joining.models import ApplicationState, Proof
from shop.vendors.joining.queries import applications_in
from shop.vendors.models import VendorState
from shop.vendors.queries import approved_vendors, vendor_by_code, vendor_page
from tests.support.clock import SettableClock
from tests.support.databases import Databases, engine_for
from tests.world import START, World
from tests.world.books import assert_sound

DATA = files("shop.demo") / "data"
PICTURES = files("shop.demo") / "pictures"
JOB = system("job")
SECRET = "a secret of the demo town's tests, long enough"


def _rows(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))[name]
    return rows


@pytest.fixture(scope="module")
def small_pictures() -> Iterator[None]:
    """Let the press print quickly."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "PICTURE_WIDTH", 320)
        yield


@contextmanager
def _opened(url: str, data_dir: Path) -> Iterator[World]:
    told = {"SHOP_SECRET_KEY": SECRET, "SHOP_DATABASE_URL": url, "SHOP_DATA_DIR": str(data_dir)}
    engine, clock = engine_for(url), SettableClock(START)
    house = wiring.wire(Settings.from_env(told), engine, clock)
    house = replace(house, edge=Edge(engine, lambda _ids: None))
    yield World(house, house.edge, clock)
    house.queue.huey.storage.close()
    engine.dispose()


@pytest.fixture(scope="module")
def loaded(
    databases: Databases, hasher: Hasher, small_pictures: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """Load the demo town once: the URL of its database, and the folder of its files."""
    url, data_dir = databases.fresh(), tmp_path_factory.mktemp("demo")
    with _opened(url, data_dir) as world:
        load.load(world.house)
    yield url, data_dir
    databases.drop(url)


@pytest.fixture
def town(databases: Databases, loaded: tuple[str, Path]) -> Iterator[World]:
    """Give the demo town: a copy of its database, which a test may change; its photos are shared."""
    url = databases.copy(loaded[0])
    with _opened(url, loaded[1]) as world:
        yield world
    databases.drop(url)


@pytest.fixture
def town_in_july(world: World, small_pictures: None) -> World:
    """Give the demo town as it is loaded on a summer's day."""
    world.clock.advance(weeks=35)
    load.load(world.house)
    return world


def test_every_drawing_is_shown_and_every_picture_is_drawn() -> None:
    drawn = {path.name.removesuffix(".svg") for path in PICTURES.iterdir()}
    goods = {slug for row in _rows("listings") for slug in row["pictures"]}
    assert goods | {row["picture"] for row in _rows("articles") if "picture" in row} == drawn


def test_goods_lie_on_the_innermost_shelves() -> None:
    shelves = _rows("categories")
    parents = {row["parent"] for row in shelves if "parent" in row}
    assert {row["category"] for row in _rows("listings")} == {row["code"] for row in shelves} - parents


@pytest.mark.parametrize("month", range(1, 13))
def test_in_every_month_something_waits_for_its_season_and_something_is_in_it(month: int) -> None:
    seasons = [row["season"] for row in _rows("listings") if len(row["season"]) < 12 and "fate" not in row]
    assert any(month in season for season in seasons)
    assert any(month not in season for season in seasons)


def _all(session: Session) -> list[Listing]:
    return [shown_listing(session, number) for number in session.scalars(select(Listing.id).order_by(Listing.id))]


def test_some_goods_lie_at_the_counter_to_be_taken_along(town: World) -> None:
    with town.edge.reading() as session:
        there = all_there(session)
        offered = offers(session, there, today=town_day(town.clock()))
    assert len({offer.listing_code for offer in offered.values()}) == 4
    assert all(0 < pieces <= offered[which].way.free for which, pieces in there.items())
    assert [offer.title for offer in offered.values() if offer.problem(1) is not None] == []


def test_the_town_holds_one_of_everything(town: World) -> None:
    today = town_day(town.clock())
    with town.edge.reading() as session:
        goods = _all(session)
        shown = [listing for listing in goods if listing.state is ListingState.PUBLISHED]
        assert len(shown) >= 60
        assert [listing.title for listing in shown if obstacles(session, listing, today)] == []
        assert stock_differences(session) == 0

        others = {(listing.state, listing.hidden_for) for listing in goods} - {(ListingState.PUBLISHED, None)}
        assert others == {
            (ListingState.DRAFT, None),
            (ListingState.IN_REVIEW, None),
            (ListingState.PAUSED, None),
            (ListingState.HIDDEN, HiddenFor.NOT_CONFIRMED),
            (ListingState.HIDDEN, HiddenFor.TAKEN_DOWN),
        }
        reasons = select(ListingHistory.to_state).where(ListingHistory.reason != "")
        assert sorted(session.scalars(reasons)) == [ListingState.DRAFT, ListingState.HIDDEN]
        assert session.scalars(select(ListingRevision.state)).all() == [RevisionState.WAITING]

        assert {category.return_class for category in session.scalars(select(Category))} == set(ReturnClass)
        assert {Climate.DRY, Climate.COOL, Climate.CHILLED} == set(session.scalars(select(Category.climate)))
        weighed = session.scalars(select(Variant).where(Variant.pricing == Pricing.WEIGHT)).all()
        assert {variant.draw > 1 for variant in weighed} == {True, False}
        assert all(variant.free > 1 for variant in weighed)
        assert max(len(listing.variants) for listing in shown) >= 3


def test_on_whatever_day_it_is_loaded_a_hen_is_collected_and_the_harvest_lies_ahead(town_in_july: World) -> None:
    today = town_day(town_in_july.clock())
    with town_in_july.edge.reading() as session:
        hen, ahead = (
            session.scalars(select(Variant.id).join(Variant.listing).where(found)).one()
            for found in (Listing.title == "散养活母鸡", Listing.harvest_cap.is_not(None))
        )
        facts = offers(session, [hen, ahead], today=today)
    assert (facts[hen].problem(1), facts[hen].is_live) == (None, True)
    assert facts[ahead].problem(1) is None
    assert facts[ahead].harvest_day(1) == today + timedelta(days=10)


def test_one_household_sells_until_its_filing_ends_in_twelve_days(town: World) -> None:
    with town.edge.reading() as session:
        goods = [listing for listing in _all(session) if listing.vendor.code == "wu-defang"]
        codes = {listing.category.code: listing.code for listing in goods}
    assert set(codes) == {"pastes-pickles", "spices"}

    def watched(code: str) -> HiddenFor | None:
        return town.run(lambda session: watch(session, code, actor=JOB, clock=town.clock))

    town.clock.advance(days=12)
    assert [watched(code) for code in codes.values()] == [None, None]
    town.clock.advance(days=1)
    assert watched(codes["pastes-pickles"]) is HiddenFor.PAPER_EXPIRED
    assert watched(codes["spices"]) is None


def test_one_household_waits_for_the_centre_and_will_bring_a_paper(town: World) -> None:
    with town.edge.reading() as session:
        (waiting,) = applications_in(session, ApplicationState.APPLIED)
        assert [need.proofs[0] for need in to_bring(session, waiting)] == [Proof.WORKSHOP_FILING]
        shown = waiting.paper(Proof.OWN_WORK)
    assert shown is not None
    assert shown.photo_key is not None
    assert private_photo(town.house.store, shown.photo_key)


def test_one_household_is_suspended_and_its_goods_are_nowhere(town: World) -> None:
    with town.edge.reading() as session:
        (stopped,) = vendor_page(session, "he-guoqing").vendors
        goods = [listing for listing in _all(session) if listing.vendor.code == stopped.code]
        assert stopped.state is VendorState.SUSPENDED
        assert [on_the_shelf(session, listing.code, today=town_day(town.clock())) for listing in goods] == [None]
        assert stopped.code not in {vendor.code for vendor in approved_vendors(session)}


def test_two_questions_are_answered_and_one_waits(town: World) -> None:
    with town.edge.reading() as session:
        at = session.scalars(select(ListingQuestion.answered_at).order_by(ListingQuestion.id)).all()
        vendor_ids = set(session.scalars(select(Listing.vendor_id).where(Listing.ref.in_(["XYD-001", "XYD-002"]))))
        assert [one is None for one in at] == [False, False, True]
        assert [waiting_questions(session, vendor_id) for vendor_id in vendor_ids] == [1]


def test_something_is_wanted_something_waits_for_the_car_and_something_was_earned(town: World) -> None:
    today = town_day(town.clock())
    with town.edge.reading() as session:
        household = vendor_by_code(session, "zhou-suzhen")
        assert household is not None
        asked = wanted_of_vendor(session, household.id, [VendorOrderState.ASKED])
        assert [one.due_on for one in asked] == [today, today, today + timedelta(days=1)]
        assert len(answered_parts(session, household.id)) == 1
        assert list(cars_to(session, household.village_code, today)) == [today + timedelta(days=1)]
        assert -balance(session, seller(household.code)) > 0
        assert len(boxes_to_pack(session)) == 1
        shipments = session.scalars(select(Shipment).order_by(Shipment.id)).all()
        assert [one.state for one in shipments] == [ShipmentState.PICKED_UP, ShipmentState.LABEL_CREATED]
        for one in shipments:
            assert one.expected_at is not None
            assert one.promised_on is not None
            assert town_day(one.expected_at) <= one.promised_on
    assert town.deliver() > 0
    assert_sound(town)
