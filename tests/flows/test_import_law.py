"""What the law lets be sold of an import is on the shelf; the rest waits with the reason."""

from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from shop.catalog.imports.reasons import Reason
from shop.catalog.models import (
    HiddenFor,
    ListingState,
)
from shop.catalog.services.passages import watch
from shop.flows.import_directory import Options
from shop.kernel.clock import town_day
from shop.vendors.models import Paper, PaperKind
from shop.vendors.services import add_paper
from tests.world import World, market
from tests.world.imports import ALL, HAM, cured, one, outcomes, take, why
from tests.world.market import HOUSE, Market


@pytest.fixture
def at(world: World) -> Market:
    return market.market(world)


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


def test_the_calendar_finds_what_was_vouched_for(at: Market) -> None:
    cured(at)
    filing = (PaperKind.WORKSHOP_FILING, "川坊 1", date(2030, 1, 1))
    at.world.run(lambda session: add_paper(session, at.vendor.id, *filing, actor=HOUSE, clock=at.world.clock))
    take(at, HAM, {}, options=Options(vouches=True))

    def hidden() -> tuple[bool, bool]:
        at.world.tick()
        return one(at, "H-1").state is ListingState.HIDDEN, one(at).state is ListingState.HIDDEN

    at.world.clock.advance(days=30)
    assert hidden() == (False, False)
    at.world.clock.advance(days=1)
    assert hidden() == (True, False), "its vendor has the paper, but its label was vouched for and is not written down"
    at.world.clock.advance(hours=1)
    assert hidden() == (True, False)
    take(at, {"ref": "H-2"}, options=Options(vouches=True))
    at.world.clock.advance(hours=1)
    assert hidden() == (False, False)
