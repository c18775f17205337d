"""A person's rights: what is kept of them is told whole, goes when they close the account, and fades by itself."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import String, Text, cast, select
from sqlalchemy.orm import Session

from shop.accounts.models import Role, SignIn, User
from shop.accounts.news import choose_news, wants_news
from shop.accounts.queries import Person, kept_addresses, person_by_phone
from shop.accounts.rules import PostalAddress
from shop.accounts.services import keep_address
from shop.courier.fading import NUMBER
from shop.courier.models import Shipment
from shop.courier.queries import shipment_by_key
from shop.flows import delivery, selling
from shop.flows.proof import prove
from shop.flows.rights import fading, records
from shop.flows.rights.closing import close
from shop.flows.rights.fading import CLAIMS_FOR
from shop.flows.rights.gathering import of_person
from shop.flows.rights.household import of_household
from shop.flows.rights.obstacles import Kind, StillOpen
from shop.fulfilment.photos.services import add_box_photo
from shop.kernel.clock import TOWN_ZONE
from shop.kernel.db import Model
from shop.kernel.errors import Forbidden, NotFound
from shop.ledger.queries import balances
from shop.media.private import receive_private
from shop.notifications.queries import deliveries
from shop.orders.models import Box, Order
from shop.orders.queries.orders import history, order_of_member
from shop.vendors.models import Vendor
from shop.vendors.queries import vendor_of_member
from tests.pages.selling import jpeg
from tests.world import World
from tests.world.market import (
    DRIVER,
    HOUSE,
    MANAGER,
    STAFF,
    TO,
    Market,
    delivered_order,
    listing,
    market,
    order,
    pack,
    paid_order,
    parcel_code,
    receive_all,
    send,
    someone,
    variant_id,
)
from tests.world.members import a_buyer, as_actor, delivered_to, order_of

DAYS = 60
OWN = replace(
    TO, name="欧阳若兰", phone="13987654321", street="沙湾路 99 号 7 幢", email="ouyang@example.cn", note="放门卫"
)


@pytest.fixture
def at(world: World) -> Market:
    return market(world)


def eggs(at: Market) -> int:
    return variant_id(at, listing(at, stock=90))


def photo(at: Market) -> str:
    house, clock = at.world.house, at.world.clock
    return receive_private(at.world.edge.transaction, house.store, jpeg().read(), actor=HOUSE, clock=clock)


def told_by(session: Session, *words: str) -> set[str]:
    """Return each column of the whole database in which one of these words still stands."""
    found = set()
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, String) or str(column.type) == "JSON":
                for text in session.scalars(select(cast(column, Text)).where(column.is_not(None))):
                    # JSON is stored with its Chinese escaped.
                    said = text.encode().decode("unicode_escape") if "\\u" in text else text
                    found |= {f"{table.name}.{column.name}" for word in words if word in said}
    return found


def state_of(at: Market) -> Any:
    def read(session: Session) -> Any:
        users = [tuple(row) for row in session.execute(select(User.name, User.phone, User.is_active))]
        orders = [tuple(row) for row in session.execute(select(Order.name, Order.phone, Order.street, Order.state))]
        return users, orders, balances(session), deliveries(session, 1).total

    return at.world.read(read)


def shut(at: Market, person: Person, **other: Any) -> list[str]:
    actor = other.pop("actor", as_actor(person))
    return at.world.run(lambda session: close(session, person.id, actor=actor, clock=at.world.clock))


def test_closing_removes_who_it_was_and_keeps_what_was_bought(at: Market, world: World) -> None:
    goods = eggs(at)
    person = a_buyer(at)
    to = replace(OWN, phone=person.phone)
    made = delivered_to(at, person, {goods: 2}, to=to)
    world.run(lambda session: keep_address(session, person.id, _kept(to), clock=world.clock))
    world.run(partial(choose_news, user_id=person.id, is_wanted=True, actor=as_actor(person), clock=world.clock))
    world.deliver()
    before, money = order(at, made.code), world.read(balances)
    assert told_by_now(at, to.name, to.phone, to.street, to.email)
    shut(at, person)
    assert told_by_now(at, to.name, to.phone, to.street, to.email, to.note) == set()
    after = order(at, made.code)
    assert (after.name, after.phone, after.street, after.note) == ("", "", "", "")
    assert after == replace(before, name="", phone="", street="", note=""), "what was bought stays as it was"
    assert (after.province, after.city, after.district) == (to.province, to.city, to.district)
    assert world.read(balances) == money
    told = select(User.name, User.is_active, User.password_hash, User.closed_by).where(User.id == person.id)
    assert tuple(world.read(lambda session: session.execute(told).one())) == ("已注销", False, None, person.code)
    assert world.read(lambda session: kept_addresses(session, person.id)) == ()
    assert not world.read(lambda session: wants_news(session, person.id))
    assert world.read(lambda session: person_by_phone(session, person.phone)) is None
    assert not world.read(lambda session: session.scalars(select(SignIn.id).where(SignIn.ended_at.is_(None))).all())
    with pytest.raises(NotFound):
        shut(at, person)


def _kept(to: Any) -> Any:
    return PostalAddress(to.name, to.phone, to.province, to.city, to.district, to.street)


def told_by_now(at: Market, *words: str) -> set[str]:
    return at.world.read(lambda session: told_by(session, *words))


def test_what_has_not_ended_is_told_and_nothing_moves(at: Market) -> None:
    goods = eggs(at)
    person = a_buyer(at)
    made = order_of(at, person, {goods: 1})
    before = state_of(at)
    with pytest.raises(StillOpen) as refused:
        shut(at, person)
    assert [(one.kind, one.code) for one in refused.value.obstacles] == [(Kind.ORDER, made.code)]
    clerk = someone(at.world, Role.STAFF)
    with pytest.raises(StillOpen) as at_work:
        shut(at, clerk)
    assert [one.kind for one in at_work.value.obstacles] == [Kind.WORK]
    stranger = a_buyer(at)
    with pytest.raises(Forbidden):
        shut(at, person, actor=as_actor(stranger))
    assert state_of(at)[1:] == before[1:]
    assert state_of(at)[0][: len(before[0])] == before[0]


def test_a_household_leaves_first_and_keeps_its_open_orders(at: Market, world: World) -> None:
    goods = eggs(at)
    owner = at.vendor_person()
    made = paid_order(at, {goods: 1})
    kinds = _kinds(at, owner)
    assert kinds == [Kind.SELLING, Kind.GOODS]
    announce = partial(selling.announce_leaving, code=at.vendor.code, reason="搬走了", actor=MANAGER)
    world.run(partial(announce, clock=world.clock))
    assert _kinds(at, owner) == [Kind.SELLING, Kind.GOODS], "thirty days of notice"
    world.clock.advance(days=31)
    selling.leave_due(world.edge, actor=HOUSE, clock=world.clock)
    assert _kinds(at, owner) == [Kind.GOODS], "what was ordered is still brought"
    receive_all(at, made.code)
    waybill = send(at, pack(at, made.code))
    world.run(lambda session: delivery.deliver(session, waybill, actor=DRIVER, clock=world.clock))
    assert _kinds(at, owner) == [Kind.EARNED], "their money is still theirs"


def test_a_household_that_left_years_ago_is_forgotten(at: Market, world: World) -> None:
    announce = partial(selling.announce_leaving, code=at.vendor.code, reason="搬走了", actor=MANAGER)
    world.run(partial(announce, clock=world.clock))
    world.clock.advance(days=31)
    selling.leave_due(world.edge, actor=HOUSE, clock=world.clock)
    told = select(Vendor.name, Vendor.person, Vendor.phone).where(Vendor.code == at.vendor.code)
    whole = tuple(world.read(lambda session: session.execute(told).one()))
    for days, left in ((1000, whole), (200, (at.vendor.name, "", ""))):
        world.clock.advance(days=days)
        records.drop_due(world.edge, months=36, clock=world.clock)
        assert tuple(world.read(lambda session: session.execute(told).one())) == left


def _kinds(at: Market, person: Person) -> list[Kind]:
    with pytest.raises(StillOpen) as refused:
        shut(at, person)
    return [one.kind for one in refused.value.obstacles]


def test_the_counter_closes_an_account_on_request(at: Market) -> None:
    person = a_buyer(at)
    shut(at, person, actor=STAFF)
    by = select(User.closed_by).where(User.id == person.id)
    assert at.world.read(lambda session: session.scalar(by)) == STAFF.label


def test_the_file_holds_ones_own_data_and_nobody_elses(at: Market, world: World) -> None:
    goods = eggs(at)
    person, other = a_buyer(at), a_buyer(at)
    mine = delivered_to(at, person, {goods: 1}, to=replace(OWN, phone=person.phone))
    theirs = delivered_to(at, other, {goods: 2}, to=replace(TO, phone=other.phone))
    world.deliver()
    tables = world.read(lambda session: of_person(session, person))
    text = repr(tables)
    for told in (mine.code, OWN.name, OWN.street, person.phone, OWN.email):
        assert told in text
    for hidden in (theirs.code, TO.name, TO.street, other.phone):
        assert hidden not in text
    filled = {table.key for table in tables if table.rows}
    assert {"account", "orders", "lines", "payments", "consignments", "messages"} <= filled


def test_a_households_file_says_nothing_of_who_bought(at: Market, world: World) -> None:
    goods = eggs(at)
    owner = at.vendor_person()
    made = delivered_order(at, {goods: 1})
    vendor = world.read(lambda session: vendor_of_member(session, owner.id))
    assert vendor is not None
    tables = world.read(lambda session: of_household(session, vendor))
    text = repr(tables)
    assert at.vendor.name in text
    assert made.parts[0].code in text
    for hidden in (TO.name, TO.phone, TO.street, made.code):
        assert hidden not in text
    assert {table.key: len(table.rows) for table in tables}["money"] == 1


def _faded(at: Market, days: int) -> fading.Faded:
    at.world.clock.advance(days=days)
    return fading.fade_due(at.world.edge, days=DAYS, clock=at.world.clock)


def test_who_bought_fades_so_many_days_after_the_claims(at: Market, world: World) -> None:
    goods = eggs(at)
    made = paid_order(at, {goods: 1})
    receive_all(at, made.code)
    key = photo(at)
    keep = partial(add_box_photo, order_id=made.id, box=Box.AMBIENT, number=1, key=key, actor=STAFF)
    world.run(partial(keep, clock=world.clock))
    waybill = send(at, pack(at, made.code))
    door = photo(at)
    hand = partial(delivery.deliver, waybill=waybill, photo_key=door, actor=DRIVER, clock=world.clock)
    world.run(hand)
    world.deliver()
    whole, money = order(at, made.code), world.read(balances)
    listing_phone = at.vendor.phone
    assert _faded(at, DAYS + CLAIMS_FOR.days - 1) == fading.Faded()
    assert order(at, made.code) == whole
    done = _faded(at, 2)
    assert (done.orders, done.consignments, done.photos) == (1, 1, 2)
    assert done.messages > 0
    assert told_by_now(at, TO.name, TO.phone, TO.street) == set()
    assert told_by_now(at, listing_phone) == {"vendor.phone"}, "a message to a household fades as well"
    assert order(at, made.code) == replace(whole, name="", phone="", street="", note="")
    assert world.read(balances) == money
    sent = world.read(lambda session: shipment_by_key(session, parcel_code(at, made.code)))
    assert sent is not None
    assert sent.waybill == waybill
    assert fading.fade_due(world.edge, days=DAYS, clock=world.clock) == fading.Faded(), "once is enough"


def test_an_order_that_has_not_ended_keeps_its_buyer(at: Market) -> None:
    goods = eggs(at)
    made = paid_order(at, {goods: 1})
    assert _faded(at, 500).orders == 0
    assert order(at, made.code).phone == TO.phone


def test_news_are_off_until_somebody_asks_for_them(at: Market, world: World) -> None:
    person = a_buyer(at)
    assert not world.read(lambda session: wants_news(session, person.id))
    for wanted in (True, True, False):
        say = partial(choose_news, user_id=person.id, is_wanted=wanted, actor=as_actor(person), clock=world.clock)
        world.run(say)
        assert world.read(lambda session: wants_news(session, person.id)) is wanted


def test_a_number_in_a_couriers_words_goes_and_the_words_stay() -> None:
    assert NUMBER.sub("…", "派件员王师傅 138-1234 5678，3 号柜") == "派件员王师傅 …，3 号柜"
    assert re.search(r"\d{7}", NUMBER.sub("…", "电话02885551234")) is None


def test_every_table_that_speaks_of_an_order_is_dropped_or_kept_on_purpose() -> None:
    placed, found, grown = set(records.DROPPED) | records.KEPT, {"order"}, True
    while grown:
        near = {
            table.name
            for table in Model.metadata.sorted_tables
            if any(fk.column.table.name in found for fk in table.foreign_keys)
        }
        grown, found = not near <= found, found | near
    assert found - {"order"} == placed, "say in DROPPED or KEPT what becomes of it"
    assert not set(records.DROPPED) & records.KEPT


def test_a_record_is_kept_thirty_five_months_and_dropped_at_thirty_seven(at: Market, world: World) -> None:
    goods = eggs(at)
    person = a_buyer(at)
    made = delivered_to(at, person, {goods: 1})
    world.deliver()
    money, figures = world.read(balances), order(at, made.code)

    def kept(months: int) -> tuple[int, int]:
        world.clock.advance(days=months * 30 + months // 2)
        fading.fade_due(world.edge, days=DAYS, clock=world.clock)
        gone = records.drop_due(world.edge, months=36, clock=world.clock)
        return gone, len(world.read(lambda session: history(session, made.id)))

    gone, rows = kept(35)
    assert (gone, rows > 0) == (0, True)
    assert world.read(lambda session: order_of_member(session, made.code, person.id)).code == made.code
    assert kept(2) == (1, 0)
    after = order(at, made.code)
    assert after.user_id is None
    assert [line.kept_fen for part in after.parts for line in part.lines] == [
        line.kept_fen for part in figures.parts for line in part.lines
    ]
    assert world.read(balances) == money
    assert world.read(prove) == [], "the books still follow"
    assert world.read(lambda session: session.scalars(select(Shipment.id)).all()) == []
    assert records.drop_due(world.edge, months=36, clock=world.clock) == 0


def test_a_month_without_the_day_ends_on_its_last() -> None:
    at = datetime(2029, 3, 31, 4, tzinfo=UTC)
    assert records.months_before(at, 37).astimezone(TOWN_ZONE).date() == date(2026, 2, 28)
    assert records.months_before(at, 36).astimezone(TOWN_ZONE).date() == date(2026, 3, 31)
