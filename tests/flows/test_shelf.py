"""The shelf by the calendar: papers that end, vendors that fall silent, reminders, and what a new paper brings back."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, func, select

from shop.catalog.models import HiddenFor, Listing, ListingHistory, ListingState
from shop.catalog.own import present
from shop.catalog.rules import ANSWER_DAYS, ASK_DAYS, CONFIRM_DAYS
from shop.catalog.services.passages import confirm, pause
from shop.catalog.services.shelves import ShelfRules, change_category
from shop.flows.shelf import Watched, renew_paper, take_down, watch_due
from shop.kernel.actor import VISITOR, system
from shop.kernel.clock import TOWN_ZONE, town_day
from shop.kernel.errors import Forbidden, Invalid
from shop.notifications.models import Delivery
from shop.vendors.models import PaperKind
from tests.world import World, market
from tests.world.market import HOUSE, STAFF, Market, another_vendor, asked_about, listing

JOB = system("job:shelf")
FILING = PaperKind.WORKSHOP_FILING


def renew(at: Market, until: date | None, *, number: str = "备1", kind: PaperKind = FILING) -> Watched:
    """Let a manager note a paper of the household."""
    return at.world.run(
        lambda session: renew_paper(session, at.vendor.id, kind, number, until, actor=HOUSE, clock=at.world.clock)
    )


def today(at: Market) -> date:
    """Return the town's day."""
    return town_day(at.world.clock())


def watch(at: Market) -> None:
    """Let the job look at the shelf, and deliver what it says."""
    watch_due(at.world.edge, actor=JOB, clock=at.world.clock)
    at.world.deliver()


def stands(at: Market, code: str) -> tuple[ListingState, HiddenFor | None]:
    """Return how a listing stands."""
    found = at.world.read(lambda session: present(session, code))
    return found.state, found.hidden_for


def texts(at: Market) -> list[str]:
    """Return every short message about the shelf, in order."""
    wanted = select(Delivery.text).where(Delivery.template.in_(("listing_hidden", "paper_ends")))
    return at.world.read(lambda session: list(session.scalars(wanted.order_by(Delivery.id))))


@pytest.fixture
def at(world: World) -> Market:
    """A town whose only shelf wants a filing, and a household that has one for thirty days."""
    made = market.market(world)
    rules = ShelfRules(name="腊味", name_en="Cured", papers=(FILING, PaperKind.FOOD_LICENCE))
    world.run(lambda session: change_category(session, made.category.code, rules, actor=HOUSE))
    renew(made, today(made) + timedelta(days=30))
    return made


SHOWN = (ListingState.PUBLISHED, None)
NO_PAPER = (ListingState.HIDDEN, HiddenFor.PAPER_EXPIRED)
SILENT = (ListingState.HIDDEN, HiddenFor.NOT_CONFIRMED)


def test_goods_are_hidden_the_day_after_their_paper_ended_and_the_house_is_told_once(at: Market) -> None:
    codes = [listing(at, title=title).code for title in ("老腊肉", "香肠", "腊排骨")]
    at.world.clock.advance(days=30)
    watch(at)
    assert [stands(at, code) for code in codes] == [SHOWN] * 3
    at.world.clock.advance(days=1)
    for _turn in range(3):
        watch(at)
    assert [stands(at, code) for code in codes] == [NO_PAPER] * 3
    hidden = [text for text in texts(at) if "下架" in text and "到期了" in text]
    assert len(hidden) == 1
    assert "等3样下架了" in hidden[0]
    rows = select(func.count()).select_from(ListingHistory).where(ListingHistory.to_state == "hidden")
    assert at.world.read(lambda session: session.scalar(rows)) == 3


def test_a_new_paper_brings_them_back_at_once(at: Market) -> None:
    code = listing(at, title="老腊肉").code
    paused = listing(at, title="香肠").code
    at.world.run(lambda session: pause(session, at.vendor.id, paused, paused=True, actor=HOUSE, clock=at.world.clock))
    at.world.clock.advance(days=31)
    watch(at)
    assert renew(at, today(at) - timedelta(days=1)) == Watched((), ())
    assert renew(at, today(at) + timedelta(days=365)) == Watched(("老腊肉",), ())
    assert (stands(at, code), stands(at, paused)) == (SHOWN, (ListingState.PAUSED, None))
    assert renew(at, today(at) - timedelta(days=1)) == Watched((), ("老腊肉",))


def test_any_of_the_kinds_or_the_centres_word_is_enough(at: Market) -> None:
    code = listing(at).code
    at.world.clock.advance(days=31)
    watch(at)
    assert renew(at, None, kind=PaperKind.QUARANTINE) == Watched((), ())
    assert renew(at, today(at), kind=PaperKind.VOUCHED, number="看过") == Watched(("林下土鸡蛋",), ())
    at.world.clock.advance(days=1)
    watch(at)
    assert stands(at, code) == NO_PAPER
    renew(at, None, kind=PaperKind.FOOD_LICENCE, number="SC1")
    assert stands(at, code) == SHOWN


def test_a_shelf_without_its_rule_lets_goods_come_back(at: Market) -> None:
    code = listing(at).code
    at.world.clock.advance(days=31)
    watch(at)
    rules = ShelfRules(name="腊味", name_en="Cured")
    at.world.run(lambda session: change_category(session, at.category.code, rules, actor=HOUSE))
    watch(at)
    assert stands(at, code) == SHOWN


def test_only_a_paper_that_is_lacking_hides_and_other_houses_are_left_alone(at: Market) -> None:
    other = another_vendor(at.world)
    at.world.run(lambda session: renew_paper(session, other.id, FILING, "备2", None, actor=HOUSE, clock=at.world.clock))
    theirs, ours = listing(at, vendor=other).code, listing(at).code
    at.world.clock.advance(days=31)
    watch(at)
    assert (stands(at, theirs), stands(at, ours)) == (SHOWN, NO_PAPER)


def test_silence_hides_and_a_word_brings_back(at: Market) -> None:
    renew(at, None)
    code = listing(at).code
    at.world.clock.advance(days=ASK_DAYS)
    asked_about(at)
    at.world.clock.advance(seconds=timedelta(days=ANSWER_DAYS).total_seconds() - 1)
    watch(at)
    assert stands(at, code) == SHOWN
    at.world.clock.advance(seconds=1)
    watch(at)
    assert stands(at, code) == SILENT
    assert "有就点“还有货”" in texts(at)[-1]
    at.world.run(lambda session: confirm(session, at.vendor.id, code, actor=HOUSE, clock=at.world.clock))
    watch(at)
    assert stands(at, code) == SHOWN
    at.world.clock.advance(days=CONFIRM_DAYS - 1)
    asked_about(at)
    at.world.run(lambda session: confirm(session, at.vendor.id, code, actor=HOUSE, clock=at.world.clock))
    at.world.clock.advance(days=ANSWER_DAYS)
    watch(at)
    assert stands(at, code) == SHOWN


def test_of_each_end_of_a_paper_its_house_is_reminded_three_times_once_each(at: Market) -> None:
    renew(at, today(at) + timedelta(days=31))
    told = []
    for _day in range(33):
        for _turn in range(2):
            watch(at)
        told.append(len(texts(at)))
        at.world.clock.advance(days=1)
    assert told == [0] + [1] * 23 + [2] * 6 + [3] * 3, "thirty, seven and one day before, and never after the end"
    assert all("小作坊备案证12月23日到期" in text for text in texts(at))
    renew(at, today(at) + timedelta(days=5))
    watch(at)
    assert len(texts(at)) == 4, "another end is told anew, with the one reminder that fits"


def test_nobody_is_woken_for_a_paper_that_ends_in_a_month(at: Market) -> None:
    renew(at, today(at) + timedelta(days=30))
    for hour, told in ((3, 0), (8, 0), (9, 1), (23, 1)):
        at.world.clock.set(at.world.clock().astimezone(TOWN_ZONE).replace(hour=hour, minute=30))
        watch(at)
        assert len(texts(at)) == told, hour


def test_after_days_of_standstill_only_the_reminder_that_fits_is_sent(at: Market) -> None:
    at.world.clock.advance(days=24)
    watch(at)
    assert len(texts(at)) == 1
    at.world.clock.advance(days=6)
    for _turn in range(2):
        watch(at)
    assert len(texts(at)) == 2


@pytest.mark.parametrize("until", [None, timedelta(days=365)])
def test_a_paper_that_is_replaced_already_reminds_nobody(at: Market, until: timedelta | None) -> None:
    renew(at, None if until is None else today(at) + until, number="备9")
    at.world.clock.advance(days=20)
    watch(at)
    assert texts(at) == []


def test_taken_down_by_the_centre_its_house_is_told_why(at: Market) -> None:
    code = listing(at, title="老腊肉").code
    with pytest.raises(Forbidden):
        at.world.run(lambda session: take_down(session, code, "不好", actor=VISITOR, clock=at.world.clock))
    at.world.run(lambda session: take_down(session, code, "买家说有味", actor=STAFF, clock=at.world.clock))
    at.world.deliver()
    assert "老腊肉下架了：买家说有味" in texts(at)[0]
    watch(at)
    assert stands(at, code) == (ListingState.HIDDEN, HiddenFor.TAKEN_DOWN)


def test_only_a_manager_notes_papers_and_they_have_a_number(at: Market) -> None:
    for actor, number, refusal in ((STAFF, "备3", Forbidden), (HOUSE, " ", Invalid)):
        with pytest.raises(refusal):
            note = partial(renew_paper, vendor_id=at.vendor.id, kind=FILING, number=number, until=None)
            at.world.run(partial(note, actor=actor, clock=at.world.clock))


def test_the_worker_watches_every_ten_minutes(at: Market) -> None:
    code = listing(at).code
    at.world.tick()
    at.world.clock.advance(days=31)
    at.world.tick()
    assert stands(at, code) == NO_PAPER


def test_looking_needs_as_many_statements_for_many_goods_as_for_few(at: Market) -> None:
    def needed() -> int:
        seen: list[Any] = []
        engine = at.world.edge.engine
        event.listen(engine, "before_cursor_execute", lambda *facts: seen.append(facts[2]))
        watch_due(at.world.edge, actor=JOB, clock=at.world.clock)
        return sum("SELECT" in statement for statement in seen)

    watch(at)
    for _n in range(2):
        listing(at)
    few = needed()
    for _n in range(20):
        listing(at)
    assert needed() == few
    assert at.world.read(lambda session: session.scalar(select(func.count()).select_from(Listing))) == 22
