"""To whom an order goes is put right: by its buyer until a box is closed, by the centre until a courier has it."""

from collections.abc import Callable, Iterator
from dataclasses import astuple, replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from shop.accounts.rules import PostalAddress
from shop.courier.freight import add_zone
from shop.courier.models import ShipmentState
from shop.courier.queries import NoFreight
from shop.flows import booking, closing, readdressing
from shop.invoices.models import Medium
from shop.invoices.queries import wish_of
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.errors import Forbidden, ShopError, Stale, WrongState
from shop.kernel.languages import Language
from shop.notifications.models import Delivery
from shop.orders.models import Handing
from shop.orders.queries.orders import history
from shop.orders.queries.quotes import CannotSend
from shop.orders.queries.terms import OtherTerms
from shop.orders.recipients import recipient_of, times_changed
from shop.orders.rules import Readdressed
from shop.orders.services import Recipient
from tests.support.kuaidi_server import Fault
from tests.world import World
from tests.world.books import assert_sound, footprint
from tests.world.cash import agreed_order
from tests.world.invoices import PERSON, want
from tests.world.kuaidi import Sending, sending
from tests.world.market import (
    STAFF,
    TO,
    Market,
    carry_for,
    fill_basket,
    listing,
    market,
    order,
    pack,
    paid_order,
    place,
    receive_all,
    send,
    variant_id,
)

NEW = PostalAddress("何晓雪", "13912345678", "四川", "成都市", "锦江区", "东大街 9 号 1 单元 2 号")
PACKER = Actor(user_id=None, label="PACKER", roles=frozenset({"packer"}))


@pytest.fixture
def at(world: World) -> Market:
    """A market."""
    return market(world)


def zone(at: Market, *provinces: str, **other: Any) -> None:
    """Let parcels go to more provinces, at what carriage costs at home but for what is said."""
    told: dict[str, Any] = {"first_g": 1000, "first_fen": 600, "step_g": 1000, "step_fen": 150, "days": 2}
    told |= {"cold_fen": 400, "takes_cash": True, **other}
    at.world.run(lambda session: add_zone(session, name=provinces[0], provinces=provinces, **told))


def version(at: Market, code: str) -> int:
    made = order(at, code)
    return at.world.read(lambda session: times_changed(session, made.id))


def readdress(at: Market, code: str, to: PostalAddress = NEW, *, seen: int | None = None) -> None:
    saw = version(at, code) if seen is None else seen
    clock = at.world.clock
    at.world.run(lambda session: readdressing.readdress(session, code, to, seen=saw, actor=VISITOR, clock=clock))


def readdress_for(at: Market, code: str, to: PostalAddress = NEW, actor: Actor = STAFF) -> None:
    saw, why, clock = version(at, code), Readdressed.ASKED, at.world.clock
    at.world.run(lambda session: readdressing.readdress_for(session, code, to, why, seen=saw, actor=actor, clock=clock))


def bought(at: Market, **told: Any) -> str:
    return paid_order(at, {variant_id(at, listing(at, **told)): 2}).code


def refused(at: Market, error: type[ShopError], act: Callable[[], None]) -> None:
    """Assert that an act is refused and leaves nothing behind."""
    before = footprint(at.world)
    with pytest.raises(error):
        act()
    assert footprint(at.world) == before


def goes_to(at: Market, code: str) -> PostalAddress:
    return recipient_of(order(at, code))


def told(at: Market) -> list[str]:
    """Return to which phones a change was told."""
    at.world.deliver()
    sent = select(Delivery.phone).where(Delivery.template == readdressing.TOLD).order_by(Delivery.id)
    return list(at.world.read(lambda session: session.scalars(sent).all()))


def test_a_buyer_changes_it_until_a_box_is_closed_and_no_money_moves(at: Market) -> None:
    unpaid = place(at, fill_basket(at, {variant_id(at, listing(at)): 1})).order_code
    readdress(at, unpaid)
    assert goes_to(at, unpaid) == NEW
    code = bought(at)
    was = order(at, code)
    readdress(at, code)
    readdress(at, code, seen=0)  # the second click
    receive_all(at, code)
    readdress(at, code, replace(NEW, street="东大街 9 号 3 单元 2 号"))
    now = order(at, code)
    assert (now.street, now.total_fen, now.promised_on) == ("东大街 9 号 3 单元 2 号", was.total_fen, was.promised_on)
    noted = [one for one in at.world.read(lambda session: history(session, now.id)) if one.is_note]
    assert [(one.reason, one.actor, one.to_state) for one in noted] == [("readdressed_buyer", "visitor", "paid")] * 2
    # Of each order the phone that stood there before; not of the second click, nor of another street.
    assert told(at) == [TO.phone, TO.phone]
    pack(at, code)
    refused(at, WrongState, lambda: readdress(at, code))
    waybill = send(at, pack(at, code))
    assert waybill
    refused(at, WrongState, lambda: readdress(at, code))
    assert_sound(at.world)


def test_each_phone_that_leaves_an_order_is_told_in_its_buyers_language(at: Market) -> None:
    basket = fill_basket(at, {variant_id(at, listing(at)): 1})
    code = place(at, basket, to=replace(TO, language=Language.EN)).order_code
    readdress(at, code, replace(goes_to(at, code), name="何晓雪"))
    assert told(at) == []
    for phone in ("13912345678", "13700000001"):
        readdress(at, code, replace(NEW, phone=phone))
    assert told(at) == [TO.phone, "13912345678"]
    said = at.world.read(lambda session: session.scalars(select(Delivery.text).order_by(Delivery.id.desc())).first())
    assert said is not None
    assert f"The recipient of order {code} was changed." in said


def test_an_old_page_is_told_and_an_order_that_is_over_stays(at: Market) -> None:
    code = bought(at)
    readdress(at, code)
    refused(at, Stale, lambda: readdress(at, code, replace(NEW, phone="13700000001"), seen=0))
    world = at.world
    closing.cancel(world.edge, world.house.gateways, code, public_url="", actor=VISITOR, clock=world.clock)
    refused(at, WrongState, lambda: readdress(at, code, replace(NEW, name="何小雪")))


def test_elsewhere_it_goes_only_for_what_was_agreed_on(at: Market) -> None:
    zone(at, "重庆", "贵州")
    zone(at, "湖北", days=1)
    zone(at, "云南", days=4, first_fen=900)
    code = bought(at)
    refused(at, NoFreight, lambda: readdress(at, code, replace(NEW, province="广东")))
    before = footprint(at.world)
    with pytest.raises(OtherTerms) as other:
        readdress(at, code, replace(NEW, province="云南"))
    assert footprint(at.world) == before
    agreed = order(at, code).freight_fen
    found = other.value
    assert (found.freight_fen, found.agreed_fen, found.days, found.is_cash) == (agreed + 300, agreed, 4, False)
    refused(at, OtherTerms, lambda: readdress(at, code, replace(NEW, province="湖北")))
    readdress(at, code, replace(NEW, province="重庆"))
    # Within its own zone an order keeps its freight, whatever that costs now.
    carry_for(at, "重庆", first_fen=2000)
    readdress(at, code, replace(NEW, province="贵州"))
    assert_sound(at.world)


def test_what_does_not_bear_the_way_there_stays(at: Market) -> None:
    code = bought(at, title="鲜笋", travel_days=2)
    zone(at, "贵州", days=3)
    refused(at, CannotSend, lambda: readdress(at, code, replace(NEW, province="贵州")))


def test_what_is_paid_at_the_door_goes_only_where_the_driver_takes_cash(at: Market) -> None:
    zone(at, "重庆", takes_cash=False)
    code = agreed_order(at, {variant_id(at, listing(at)): 1}, to=TO).code
    with pytest.raises(OtherTerms) as other:
        readdress(at, code, replace(NEW, province="重庆"))
    assert (other.value.is_cash, other.value.freight_fen, other.value.days) == (True, None, None)
    readdress(at, code)
    assert goes_to(at, code) == NEW


def test_of_what_is_collected_it_is_changed_who_comes(at: Market) -> None:
    to = Recipient(name=TO.name, phone=TO.phone, handing=Handing.COLLECTION)
    code = agreed_order(at, {variant_id(at, listing(at)): 1}, to=to).code
    comes = PostalAddress("罗成富", "13700000001", "", "", "", "")
    readdress(at, code, comes)
    assert goes_to(at, code) == comes


def test_a_paper_invoice_that_was_to_go_along_goes_along(at: Market) -> None:
    code = bought(at)
    was = goes_to(at, code)
    along = replace(PERSON, medium=Medium.PAPER, recipient=was.name, phone=was.phone, province=was.province)
    want(at, code, replace(along, city=was.city, district=was.district, street=was.street))
    readdress(at, code)
    wish = at.world.read(lambda session: wish_of(session, order(at, code).id))
    assert wish is not None
    assert (wish.title.recipient, wish.title.street) == (NEW.name, NEW.street)


def test_the_centre_does_it_for_a_buyer_who_is_told_at_both_numbers(at: Market) -> None:
    code = bought(at)
    refused(at, Forbidden, lambda: readdress_for(at, code, actor=PACKER))
    readdress_for(at, code)
    assert goes_to(at, code) == NEW
    assert told(at) == [TO.phone, NEW.phone]
    readdress_for(at, code, replace(NEW, street="东大街 10 号"))
    assert told(at) == [TO.phone, NEW.phone, NEW.phone]
    receive_all(at, code)
    pack(at, code)
    refused(at, WrongState, lambda: readdress_for(at, code, replace(NEW, name="何小雪")))
    at.world.deliver()  # booked
    refused(at, WrongState, lambda: readdress_for(at, code, replace(NEW, name="何小雪")))


@pytest.fixture
def parcel(at: Market) -> Iterator[Sending]:
    """A packed parcel in a town that sends by Kuaidi100."""
    with sending(at) as made:
        yield made


def again(parcel: Sending, seen: int) -> None:
    world = parcel.at.world
    act = partial(booking.again, couriers=world.house.couriers, key=parcel.parcel, carrier="kuaidi100")
    world.run(partial(act, version=seen, actor=STAFF, clock=world.clock))


def test_a_parcel_that_its_courier_refused_goes_to_the_new_address_under_a_key_of_its_own(parcel: Sending) -> None:
    at, parcel.server.has_balance = parcel.at, False
    parcel.work()
    assert parcel.shipment.state is ShipmentState.FAILED
    saw = parcel.shipment.version
    refused(at, WrongState, lambda: readdress(at, parcel.order))
    readdress_for(at, parcel.order)
    assert astuple(parcel.shipment.party) == astuple(NEW)
    with pytest.raises(Stale):  # a page that still showed the old address
        again(parcel, saw)
    parcel.server.has_balance = True
    again(parcel, parcel.shipment.version)
    parcel.work()
    sent = parcel.server.orders[parcel.shipment.waybill].param
    assert sent["orderId"] == f"{parcel.parcel}-1"
    assert sent["recMan"]["printAddr"] == "四川成都市锦江区东大街 9 号 1 单元 2 号"
    refused(at, WrongState, lambda: readdress_for(at, parcel.order, replace(NEW, name="何小雪")))
    assert_sound(at.world)


def test_after_silence_nobody_knows_so_the_address_stays(parcel: Sending) -> None:
    parcel.server.faults = [Fault.LOSE] * booking.MAX_CALLS
    for _ in range(booking.MAX_CALLS):
        parcel.work()
        parcel.at.world.clock.advance(hours=1)
    assert parcel.shipment.state is ShipmentState.FAILED
    refused(parcel.at, WrongState, lambda: readdress_for(parcel.at, parcel.order))
