"""Invoices on paper: several in one envelope, to their signature; come back, fetched, or not sent after all."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from shop.courier.gateways.protocol import TrackEvent
from shop.courier.models import EventCode, ShipmentState
from shop.courier.queries import shipment_by_key
from shop.flows import consigning, delivery, invoice_post
from shop.flows.invoice_post import Envelope
from shop.invoices import recording
from shop.invoices.models import RequestState
from shop.invoices.queues import Tab
from shop.invoices.recording import Issued
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, WrongState
from tests.world import World
from tests.world.invoice_desk import Desk, lists
from tests.world.invoices import SPECIAL, cooperative, want
from tests.world.market import DRIVER, STAFF, delivered_order, listing, market, variant_id

S = RequestState


@pytest.fixture
def on_paper(world: World) -> Desk:
    """The same on paper, by courier."""
    at = market(world)
    kiwi = listing(at, title="红心猕猴桃", vendor=cooperative(world))
    made = delivered_order(at, {variant_id(at, kiwi): 2})
    want(at, made.code, SPECIAL)
    return Desk(at, made.code)


def paper(desk: Desk) -> list[str]:
    """Record every paper invoice of an order and return the requests' codes."""
    world = desk.at.world
    codes = [one.code for one in desk.requests()]
    for number, one in enumerate(desk.requests()):
        desk.do(recording.accept, one.code)
        typed = Issued(f"2651200000001000000{number}", "", town_day(world.clock()), one.amount_fen)
        desk.do(recording.record_issued, one.code, typed)
    assert {one.state for one in desk.requests()} == {S.ISSUED}
    return codes


def posted(desk: Desk, codes: list[str], key: str = "V1") -> str:
    """Put invoices into one envelope, let its courier be booked, and return its number."""
    world = desk.at.world
    envelope = Envelope(key, tuple(codes), "town")
    desk.do(invoice_post.send, world.house.couriers, envelope)
    world.deliver()
    letter = world.read(lambda session: shipment_by_key(session, key))
    assert letter is not None
    assert (letter.cargo, letter.reference) == ("发票", desk.order)
    return letter.waybill


def handed_to_driver(desk: Desk, key: str = "V1") -> None:
    """Let the centre say that the driver has it."""
    world = desk.at.world
    letter = world.read(lambda session: shipment_by_key(session, key))
    assert letter is not None
    said = [TrackEvent(EventCode.PICKED_UP, world.clock(), "")]
    desk.do(consigning.say, key, said, version=letter.version, actor=STAFF)


def states(desk: Desk) -> set[RequestState]:
    """Return in which states the requests are."""
    return {one.state for one in desk.requests()}


def test_several_invoices_travel_in_one_envelope_to_their_signature(on_paper: Desk) -> None:
    codes = paper(on_paper)
    assert len(codes) == 2
    assert lists(on_paper.at.world)[Tab.POSTING] == 2
    waybill = posted(on_paper, codes)
    assert states(on_paper) == {S.SENT}
    handed_to_driver(on_paper)
    on_paper.do(delivery.deliver, waybill, actor=DRIVER)
    assert states(on_paper) == {S.SIGNED}
    assert on_paper.told() == ["invoice_accepted", "invoice_accepted", "invoice_sent"]
    with pytest.raises(WrongState):
        on_paper.do(invoice_post.send, on_paper.at.world.house.couriers, Envelope("V2", tuple(codes), "town"))


def test_what_comes_back_waits_at_the_counter_and_goes_again_or_is_fetched(on_paper: Desk) -> None:
    codes, world = paper(on_paper), on_paper.at.world
    waybill = posted(on_paper, codes)
    handed_to_driver(on_paper)
    on_paper.do(delivery.bring_back, waybill, reason="没人在家", actor=DRIVER)
    assert states(on_paper) == {S.RETURNED}
    assert lists(world)[Tab.COUNTER] == 2
    assert on_paper.told()[-2:] == ["invoice_sent", "invoice_returned"]
    posted(on_paper, codes[:1], "V2")
    on_paper.do(invoice_post.hand_over, codes[1])
    assert states(on_paper) == {S.SENT, S.HANDED_OVER}
    old = world.read(lambda session: shipment_by_key(session, "V1"))
    assert old is not None
    assert old.state is ShipmentState.COLLECTED


def test_an_envelope_that_is_called_off_leaves_its_invoices_to_be_posted(on_paper: Desk) -> None:
    codes, world = paper(on_paper), on_paper.at.world
    posted(on_paper, codes)
    letter = world.read(lambda session: shipment_by_key(session, "V1"))
    assert letter is not None
    on_paper.do(consigning.call_off, "V1", reason="不寄了", version=letter.version, actor=STAFF)
    assert states(on_paper) == {S.ISSUED}
    assert lists(world)[Tab.POSTING] == 2
    assert [one.shipment_key for one in on_paper.requests()] == [None, None]


def test_only_paper_for_one_address_goes_into_an_envelope(on_paper: Desk) -> None:
    codes, world = paper(on_paper), on_paper.at.world

    def moved(session: Session) -> None:
        session.execute(text("UPDATE invoice_request SET street = '别处' WHERE code = :code"), {"code": codes[0]})

    world.run(moved)
    couriers = world.house.couriers
    before = on_paper.stands()
    with pytest.raises(Invalid):
        on_paper.do(invoice_post.send, couriers, Envelope("V1", tuple(codes), "town"))
    with pytest.raises(Invalid):
        on_paper.do(invoice_post.send, couriers, Envelope("V1", (codes[0],), "nobody"))
    assert on_paper.stands() == before
    assert states(on_paper) == {S.ISSUED}
