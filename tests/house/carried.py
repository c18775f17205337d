"""How the forms of couriers, drivers and the bench are come to; see `versioned.py`."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select

from shop.accounts.models import User, Viewed, ViewReason
from shop.accounts.sights import note_view
from shop.catalog.lots.models import Lot
from shop.catalog.lots.queries import lot_by_code
from shop.courier.gateways.protocol import TrackEvent
from shop.courier.models import EventCode
from shop.courier.queries import shipment_by_key
from shop.desk.models import Bearer, ClaimState
from shop.flows import booking, consigning, delivery, lots
from shop.fulfilment.pickups import services as pickups
from shop.fulfilment.pickups.rules import Call, Plan
from shop.kernel.codes import new_code
from shop.orders.rules import Readdressed
from tests.house.ways import Ground, Way
from tests.world import claims
from tests.world.cash import at_the_counter
from tests.world.letters import returned_letter
from tests.world.market import (
    DRIVER,
    STAFF,
    delivered_order,
    order,
    pack,
    paid_order,
    parcel_code,
    receive_all,
    send,
    sent_order,
    variant_id,
)

DAY = date(2026, 11, 24)


def _run(ground: Ground, form: str = "") -> Way:
    village, clock = ground.hall.village(), ground.world.clock
    wanted, code = Plan(DAY, (Call(village, "09:00", "村口"),)), new_code(8)
    ground.world.run(lambda session: pickups.plan(session, code, wanted, actor=STAFF, clock=clock))
    address = f"/staff/runs/{code}"
    return Way(address, address + form, lambda: {} if form else {"note": "带上秤"}, history="pickup_history")


def _lot(ground: Ground) -> tuple[str, str]:
    """Take an order in and return the code of the lot that was born, and of the order."""
    made = paid_order(ground.at, {variant_id(ground.at, ground.goods()): 1})
    receive_all(ground.at, made.code)
    newest = select(Lot.code).order_by(Lot.id.desc())
    return ground.world.read(lambda session: session.scalars(newest).first()) or "", made.code


def _recall(ground: Ground) -> Way:
    lot, _order = _lot(ground)
    return Way(f"/staff/lots/{lot}", f"/{lot}/recall", lambda: {"reason": "检出沙门氏菌"}, history="lot_history")


def _take_out(ground: Ground) -> Way:
    (lot, made), clock = _lot(ground), ground.world.clock
    version = ground.world.read(lambda session: lot_by_code(session, lot).version)
    act = partial(lots.recall, code=lot, reason="检出沙门氏菌", version=version, actor=STAFF, clock=clock)
    ground.world.run(act)
    return Way(f"/staff/lots/{lot}", f"/{made}/out", history="recall_removal", seen="saw", late="没有这一批的货")


def _reprice(_ground: Ground) -> Way:
    return Way("/staff/freight", "存下", lambda: {"zone0-days": "3"}, history="freight_change")


def _door(ground: Ground, form: str, history: str, fields: Callable[[str], Mapping[str, Any]] = lambda _: {}) -> Way:
    _made, waybill = sent_order(ground.at, {variant_id(ground.at, ground.goods()): 1})
    return Way("/driver", f"/{waybill}/{form}", partial(fields, waybill), history=history, before="/driver/start")


def _packed(ground: Ground) -> tuple[str, str]:
    """Return an order with a closed box that has its number, and the box's code."""
    made = paid_order(ground.at, {variant_id(ground.at, ground.goods()): 1}).code
    receive_all(ground.at, made)
    parcel = pack(ground.at, made)
    ground.world.deliver()
    return made, parcel


def _coming(ground: Ground) -> Way:
    world, clock = ground.world, ground.world.clock
    key, number = new_code(10), f"98{world.number():011d}"
    coming = consigning.Coming(key, "税务局", "空白发票", "ems", number, clock())
    expect = partial(consigning.expect, couriers=world.house.couriers, coming=coming, actor=STAFF, clock=clock)
    world.run(expect)
    return Way(f"/staff/consignments/{key}", f"/{key}/off")


def _version(ground: Ground, key: str) -> int:
    facts = ground.world.read(lambda session: shipment_by_key(session, key))
    assert facts is not None
    return facts.version


def _unbooked(ground: Ground, form: str, **typed: str) -> Way:
    """Let a box wait for somebody to send it at a carrier's counter."""
    made = paid_order(ground.at, {variant_id(ground.at, ground.goods()): 1}).code
    receive_all(ground.at, made)
    key, wired = pack(ground.at, made), ground.world.house
    ground.world.house = replace(wired, couriers={code: wired.couriers[code] for code in ("manual", "town")})
    ground.world.deliver()
    ground.world.house = wired
    return Way(f"/staff/consignments/{key}", f"/{key}/{form}", lambda: _dashed(typed))


def _dashed(typed: Mapping[str, str]) -> Mapping[str, str]:
    return {name.replace("_", "-"): value for name, value in typed.items()}


def _heard(ground: Ground, form: str, **typed: str) -> Way:
    """Let a box be with a carrier whose news are typed in."""
    world, clock = ground.world, ground.world.clock
    way = _unbooked(ground, "counter")
    key, couriers = way.page.rpartition("/")[2], world.house.couriers
    number = partial(booking.by_hand, couriers=couriers, key=key, company="ems", waybill=f"98{world.number():011d}")
    world.run(partial(number, version=_version(ground, key), actor=STAFF, clock=clock))
    send(ground.at, key)
    if form == "look":
        news = partial(consigning.say, key=key, said=[TrackEvent(EventCode.EXCEPTION, clock(), "地址不详")])
        world.run(partial(news, version=_version(ground, key), actor=STAFF, clock=clock))
    return Way(way.page, f"/{key}/{form}", lambda: _dashed(typed))


def _collected(ground: Ground) -> Way:
    key = returned_letter(ground.at)
    return Way(f"/staff/consignments/{key}", f"/{key}/collected")


def _returned(ground: Ground) -> Way:
    made, waybill = sent_order(ground.at, {variant_id(ground.at, ground.goods()): 1})
    clock = ground.world.clock
    ground.world.run(partial(delivery.bring_back, waybill=waybill, reason="箱子湿了", actor=DRIVER, clock=clock))
    address = f"/staff/returned/{parcel_code(ground.at, made.code)}"
    return Way(address, address, lambda: {"cause": "damaged"})


def _claim(ground: Ground, form: str, **typed: str) -> Way:
    claims.by_hand(ground.at)
    made = delivered_order(ground.at, {variant_id(ground.at, ground.goods()): 1})
    asked = claims.ask(ground.at, made)
    if form == "received":
        claims.decide(ground.at, asked, ClaimState.AWAITING_GOODS)
    return Way(f"/staff/claims/{asked.code}", f"{asked.code}/{form}", lambda: _dashed(typed))


def _disputed(ground: Ground) -> Way:
    claims.by_hand(ground.at)
    asked = claims.ask(ground.at, delivered_order(ground.at, {variant_id(ground.at, ground.goods()): 1}))
    claims.accept(ground.at, asked, Bearer.HOUSEHOLD)
    ground.world.deliver()
    claims.object_to(ground.at, asked)
    fields = {"household-bearer": "packing", "household-reason": "箱里没有垫"}
    return Way(f"/staff/claims/{asked.code}", f"{asked.code}/household", lambda: fields)


def _readdress(ground: Ground) -> Way:
    """Let everybody have said why they look at to whom an order goes."""
    code, clock = ground.order(), ground.world.clock
    for label in ground.world.read(lambda session: session.scalars(select(User.code)).all()):
        who = replace(STAFF, label=label)
        look = partial(note_view, subject=code, what=Viewed.RECIPIENT, why=ViewReason.CORRECTION, actor=who)
        ground.world.run(partial(look, clock=clock))
    address = f"/staff/orders/{code}/recipient"
    return Way(address, address, lambda: {"street": "人民南路 8 号", "why": Readdressed.ASKED.value}, press="照这个改")


def _take_apart(ground: Ground) -> Way:
    _made, parcel = _packed(ground)
    address = f"/staff/parcels/{parcel}/open"
    return Way(address, address, lambda: {"why": "short"}, history="parcel_history", late="拆开了")


def _hand_over(ground: Ground) -> Way:
    _packed(ground)
    return Way("/staff/handover", "/staff/handover", history="hand_over", seen="seen-")


def _pack(ground: Ground) -> Way:
    made = paid_order(ground.at, {variant_id(ground.at, ground.goods()): 1}).code
    receive_all(ground.at, made)
    address = f"/staff/packing/{made}/ambient"
    fields = {"weight_g": "2500", "by_eye": "y"}
    return Way(address, address, lambda: fields, history="parcel_history", late="已经打好了")


def _receive(ground: Ground) -> Way:
    made = paid_order(ground.at, {variant_id(ground.at, ground.goods()): 1}).code
    part = order(ground.at, made).parts[0].code
    address = f"/staff/intake/{part}"
    return Way(address, address, history="order_history", seen="saw-", late="已经收过")


def _uncollected(ground: Ground) -> Way:
    made = at_the_counter(ground.at, {variant_id(ground.at, ground.goods()): 1}).code
    fields = {"reason": "打了三次电话没人来"}
    return Way(f"/staff/collection/{made}", "/uncollected", lambda: fields, history="parcel_history", late="没人来取")


def _hear(ground: Ground) -> Way:
    paid_order(ground.at, {variant_id(ground.at, ground.goods()): 1})
    form = f"/staff/demand/{ground.at.vendor.code}/hear"
    return Way("/staff/demand?day=2026-11-23", form, press="说都有", seen="saw-")


def _suppliers(ground: Ground) -> Way:
    made = ground.goods().code
    address = f"/staff/goods/{made}/suppliers"
    return Way(address, address, lambda: {"new": ground.at.vendor.code, "new-share": "2", "new-most": "60"})


CARRIED: Mapping[str, Callable[[Ground], Way]] = {
    "driver.delivered": partial(_door, form="delivered", history="shipment_history"),
    "driver.returned": partial(
        _door, form="returned", history="shipment_history", fields=lambda waybill: {f"{waybill}-reason": "nobody"}
    ),
    "staff_catalog.suppliers": _suppliers,
    "staff_claims.accept": partial(_claim, form="accept"),
    "staff_claims.back": partial(_claim, form="back", back_reason="拿回来看看"),
    "staff_claims.decline": partial(_claim, form="decline", decline_reason="照片里看不出来"),
    "staff_claims.household": _disputed,
    "staff_claims.received": partial(_claim, form="received"),
    "staff_consignments.again": partial(_unbooked, form="again"),
    "staff_consignments.collected": _collected,
    "staff_consignments.counter": partial(
        _unbooked, form="counter", counter_company="ems", counter_waybill="9812345678901"
    ),
    "staff_consignments.look": partial(_heard, form="look", look_note="邻居说的", look_until="2026-11-30"),
    "staff_consignments.off": _coming,
    "staff_consignments.pasted": partial(_heard, form="pasted", pasted_text="2026-11-22 09:30 到了成都"),
    "staff_consignments.said": partial(_heard, form="said", said_code="in_transit", said_words="到了成都"),
    "staff_courier.reprice": _reprice,
    "staff_fulfilment.call_off_run": partial(_run, form="/off"),
    "staff_fulfilment.handover": _hand_over,
    "staff_fulfilment.hear_demand": _hear,
    "staff_fulfilment.pack": _pack,
    "staff_fulfilment.recall": _recall,
    "staff_fulfilment.receive": _receive,
    "staff_fulfilment.run": _run,
    "staff_fulfilment.take_apart": _take_apart,
    "staff_fulfilment.take_out": _take_out,
    "staff_fulfilment.uncollected": _uncollected,
    "staff_recipients.readdress": _readdress,
    "staff_returned.decide": _returned,
}
"""Forms of couriers, drivers and the bench that carry what their page showed."""
