"""How the forms of couriers and the bench are come to; see `versioned.py`."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from sqlalchemy import select

from shop.catalog.lots.models import Lot
from shop.fulfilment.pickups import services as pickups
from shop.fulfilment.pickups.rules import Call, Plan
from shop.kernel.codes import new_code
from tests.house.ways import Ground, Way
from tests.world.market import STAFF, paid_order, receive_all, variant_id

DAY = date(2026, 11, 24)


def _run(ground: Ground, form: str = "") -> Way:
    village, clock = ground.hall.village(), ground.world.clock
    wanted, code = Plan(DAY, (Call(village, "09:00", "村口"),)), new_code(8)
    ground.world.run(lambda session: pickups.plan(session, code, wanted, actor=STAFF, clock=clock))
    address = f"/staff/runs/{code}"
    return Way(address, address + form, lambda: {} if form else {"note": "带上秤"}, history="pickup_history")


def _recall(ground: Ground) -> Way:
    receive_all(ground.at, paid_order(ground.at, {variant_id(ground.at, ground.goods()): 1}).code)
    lot = ground.world.read(lambda session: session.scalars(select(Lot.code).order_by(Lot.id.desc())).first())
    return Way(f"/staff/lots/{lot}", f"/{lot}/recall", lambda: {"reason": "检出沙门氏菌"}, history="lot_history")


def _reprice(_ground: Ground) -> Way:
    return Way("/staff/freight", "存下", lambda: {"zone0-days": "3"}, history="freight_change")


CARRIED: Mapping[str, Callable[[Ground], Way]] = {
    "staff_courier.reprice": _reprice,
    "staff_fulfilment.call_off_run": partial(_run, form="/off"),
    "staff_fulfilment.recall": _recall,
    "staff_fulfilment.run": _run,
}
"""Forms of couriers and the bench that carry the version their page showed."""
