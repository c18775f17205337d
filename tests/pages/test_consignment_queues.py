"""Queues of consignments: counted, by pages, the same as the rules say; and acts on pages that are no longer true."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy.orm import Session

from shop.catalog.models import Listing
from shop.courier.models import Shipment, ShipmentKind, ShipmentState
from shop.courier.queries import shipment_by_key
from shop.courier.queues import concerns
from shop.courier.rules import concern
from shop.flows import booking, consigning
from tests.support.pages import Pages
from tests.world.books import footprint
from tests.world.letters import returned_letter
from tests.world.market import STAFF, Market, pack, paid_order, receive_all, send, variant_id


@pytest.fixture
def by_counter(at: Market) -> Market:
    """A town whose parcels go by a carrier's counter first."""
    couriers = at.world.house.couriers
    at.world.house = replace(at.world.house, couriers={"manual": couriers["manual"], "town": couriers["town"]})
    return at


def _packed(at: Market, eggs: Listing) -> tuple[str, str]:
    made = paid_order(at, {variant_id(at, eggs): 1})
    receive_all(at, made.code)
    parcel = pack(at, made.code)
    at.world.deliver()
    return made.code, parcel


def _seen(at: Market, key: str) -> dict[str, str]:
    """Return the version that a consignment's page would show now, as its forms send it."""
    facts = at.world.read(lambda session: shipment_by_key(session, key))
    assert facts is not None
    return {"version": str(facts.version)}


ACTS = ("again", "counter", "said", "pasted", "look", "collected", "off")
SENT = {
    "carrier": "town",
    "counter-company": "ems",
    "counter-waybill": "9800000000000",
    "said-code": "delivered",
    "said-words": "邻居说的",
    "pasted-text": "2026-11-22 15:00 已签收",
    "look-note": "邻居说的",
    "look-until": "2026-11-30",
}
"""What each form would send."""


def _ready_for(at: Market, eggs: Listing, act: str) -> str:
    """Return the key of a consignment to which this may be done now."""
    now, couriers = at.world.clock(), at.world.house.couriers
    if act == "off":
        coming = consigning.Coming("I1", "税务局", "空白发票", "ems", "9812345678901", now)
        at.world.run(partial(consigning.expect, couriers=couriers, coming=coming, actor=STAFF, clock=at.world.clock))
        return coming.key
    if act == "collected":
        return returned_letter(at)
    _code, parcel = _packed(at, eggs)
    if act in ("again", "counter"):
        return parcel
    number = partial(booking.by_hand, couriers=couriers, key=parcel, company="ems", waybill="9812345678901")
    at.world.run(partial(number, version=int(_seen(at, parcel)["version"]), actor=STAFF, clock=at.world.clock))
    send(at, parcel)
    return parcel


@pytest.mark.parametrize("act", ACTS)
def test_whoever_acts_on_a_page_that_is_no_longer_true_is_told_and_nothing_moves(
    by_counter: Market, eggs: Listing, staff: Pages, act: str
) -> None:
    at = by_counter
    key = _ready_for(at, eggs, act)
    old = _seen(at, key)
    note = partial(consigning.look_after, key=key, until=at.world.clock() + timedelta(days=1), note="问过了")
    at.world.run(partial(note, version=int(old["version"]), actor=STAFF, clock=at.world.clock))
    before, now = footprint(at.world), _seen(at, key)
    for stale in (old, {}, {"version": "9" * 12}):
        page = staff.post(f"/staff/consignments/{key}/{act}", {**SENT, **stale}, status=409)
        assert "没有算" in page.main
    if act == "said":
        assert page.form("记下这一条").values["said-words"] == ["邻居说的"]  # what was typed is not lost
    assert footprint(at.world) == before
    assert _seen(at, key) == now
    staff.post(f"/staff/consignments/{key}/{act}", {**SENT, **now})
    assert _seen(at, key) != now


def test_each_queue_has_its_count_and_pages_and_no_more_statements_for_more_of_it(at: Market, staff: Pages) -> None:
    staff.get("/staff/consignments")
    town = at.world.house.couriers
    few = len(staff.get("/staff/consignments").statements)
    for number in range(31):
        at.world.clock.advance(minutes=1)
        key = f"I{number:04d}"
        coming = consigning.Coming(
            key, "税务局", f"发票 {number:02d}", "ems", f"98123456{number:05d}", at.world.clock()
        )
        at.world.run(partial(consigning.expect, couriers=town, coming=coming, actor=STAFF, clock=at.world.clock))
    at.world.clock.advance(days=2)
    page = staff.get("/staff/consignments", max_statements=15)
    assert page.main.count("31 件") >= 2  # late, and still to come
    assert "发票 00" in page.main
    assert "发票 05" not in page.main
    assert len(page.statements) <= few
    page = staff.click("晚了，31 件都看")
    assert "发票 24" in page.main
    assert "发票 25" not in page.main
    assert len(page.statements) <= 15
    page = staff.click("下一页")
    assert "发票 30" in page.main
    assert "发票 24" not in page.main
    assert staff.client.get("/staff/consignments?queue=late&page=3").location == "/staff/consignments"
    assert staff.client.get("/staff/consignments?queue=failed").location == "/staff/consignments"
    assert staff.get("/staff", max_statements=25).main.count("31") == 1


def test_the_queue_and_the_page_agree_why_a_person_must_look(at: Market) -> None:
    now = at.world.clock()
    states = [state for state in ShipmentState if state is not ShipmentState.TO_BOOK]
    rows = [
        (state, doubt, expected, promised)
        for state in states
        for doubt in ("", "unknown")
        for expected in (None, now - timedelta(hours=1), now + timedelta(hours=1))
        for promised in (None, now.date() - timedelta(days=2), now.date() + timedelta(days=2))
    ]

    def fill(session: Session) -> None:
        for number, (state, doubt, expected, promised) in enumerate(rows):
            session.add(
                Shipment(
                    key=f"K{number}", carrier="manual", company="ems", waybill=f"W{number:08d}", state=state,
                    kind=ShipmentKind.GOODS, recipient="陈先生", phone="1", province="四川", city="成都", district="",
                    street="", cargo="蛋", weight_g=1, asked_at=now, doubt=doubt, expected_at=expected,
                    promised_on=promised,
                )
            )  # fmt: skip

    at.world.run(fill)
    found = {
        row.key: queue.name
        for queue in at.world.read(lambda session: concerns(session, now, last=len(rows)))
        for row in queue.rows
    }
    for number, (state, doubt, expected, promised) in enumerate(rows):
        why = concern(state, doubt, expected, promised, now, is_goods=True)
        assert found.get(f"K{number}") == (None if why is None else why.value), rows[number]
