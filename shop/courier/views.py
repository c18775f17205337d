"""The driver's run, with the cash that is taken at doors, and the manager's freight table."""

from collections import Counter
from dataclasses import dataclass

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.courier.forms import ReturnForm, ZoneForm
from shop.courier.queries import Rate, ShipmentFacts, town_run, zones
from shop.courier.services import reprice_zone
from shop.flows import cash, delivery
from shop.flows.cash import Due
from shop.kernel.errors import NotFound, WrongState
from shop.kernel.money import fen_from_text
from shop.payments.forms import TakenForm
from shop.payments.gateways.protocol import InvalidState
from shop.web.audience import Audience, blueprint
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.places import region
from shop.web.shell import say

driver_bp = blueprint("driver", __name__, Audience.STAFF, prefix="/driver", roles=("driver", "manager"))
bp = blueprint("staff_courier", __name__, Audience.STAFF, prefix="/staff", roles=("manager",))


@dataclass(frozen=True)
class Stop:
    """One door of the run, with the form for when nobody takes the parcel.

    Attributes:
        due: cash to be taken there first, for all boxes of the order.
        boxes: how many parcels of the run that cash is for.
    """

    shipment: ShipmentFacts
    region: str
    form: ReturnForm
    due: Due | None
    boxes: int


@dataclass(frozen=True)
class RateRow:
    """One zone of the freight table with its form."""

    zone: Rate
    form: ZoneForm


@driver_bp.get("")
def run() -> ResponseReturnValue:
    """Show the parcels on the way, oldest first."""
    return render_template("driver/run.html", stops=_stops())


def _stops(refused: ReturnForm | None = None, waybill: str = "") -> list[Stop]:
    shipments = town_run(reading())
    due = cash.due_at_doors(reading(), [shipment.key for shipment in shipments])
    boxes = Counter(owed.order_code for owed in due.values())
    return [
        Stop(
            shipment=shipment,
            region=region(shipment.province, shipment.city, shipment.district),
            form=refused
            if refused is not None and shipment.waybill == waybill
            else ReturnForm(formdata=None, prefix=shipment.waybill),
            due=(owed := due.get(shipment.key)),
            boxes=boxes[owed.order_code] if owed is not None else 1,
        )
        for shipment in shipments
    ]


@driver_bp.post("/parcels/<waybill>/delivered")
def delivered(waybill: str) -> ResponseReturnValue:
    """Note that the cash was taken, if any was due, and the parcel handed to its recipient."""
    actor, clock = current_actor(), house().clock
    try:
        _take_cash(waybill)
        edge().run(lambda session: delivery.deliver(session, waybill, actor=actor, clock=clock))
    except InvalidState:
        say("mind", _("该收的钱变了，什么也没记。请看清楚现在该收多少，再点一次。"))
    except WrongState:
        say("mind", _("这一包已经记成退回，或者还没交到您手里。"))
    else:
        say("good", _("记好了：送到了。"))
    return redirect(url_for("driver.run"), 303)


def _due(waybill: str) -> Due | None:
    """Return the cash to be taken with a parcel that is on the way."""
    return next((stop.due for stop in _stops() if stop.shipment.waybill == waybill), None)


def _take_cash(waybill: str) -> None:
    owed, form, wired = _due(waybill), TakenForm.from_request(), house()
    if owed is None:
        return
    if not form.is_sent_well():
        raise InvalidState
    fen = form.fen.data or 0
    cash.take(wired.edge, wired.gateways, owed.payment_code, fen, actor=current_actor(), clock=wired.clock)


@driver_bp.post("/parcels/<waybill>/returned")
def returned(waybill: str) -> ResponseReturnValue:
    """Note that a parcel comes back to the centre, and why."""
    form, actor, clock = ReturnForm.from_request(prefix=waybill), current_actor(), house().clock
    if not form.is_sent_well():
        return make_response(render_template("driver/run.html", stops=_stops(form, waybill)), 422)
    reason, owed = form.words(), _due(waybill)
    try:
        edge().run(lambda session: delivery.bring_back(session, waybill, reason=reason, actor=actor, clock=clock))
    except WrongState:
        say("mind", _("这一包已经记成送到，或者还没交到您手里。"))
    else:
        unpaid, paid = _("记好了：带回中心，这一包的钱不收了。"), _("记好了：带回中心，货款退给买家。")
        say("good", paid if owed is None else unpaid)
    return redirect(url_for("driver.run"), 303)


@bp.get("/freight")
def freight() -> ResponseReturnValue:
    """Show the freight table."""
    return _table()


def _table(refused: ZoneForm | None = None, name: str = "") -> Response:
    rows = []
    for place, zone in enumerate(zones(reading())):
        fresh = ZoneForm(formdata=None, prefix=f"zone{place}", **ZoneForm.typed(zone))
        rows.append(RateRow(zone, refused if refused is not None and zone.name == name else fresh))
    return make_response(render_template("staff/freight.html", rows=rows), 200 if refused is None else 422)


@bp.post("/freight/<name>")
def reprice(name: str) -> ResponseReturnValue:
    """Change what a zone costs; orders already placed keep their freight."""
    found = next(((place, zone) for place, zone in enumerate(zones(reading())) if zone.name == name), None)
    if found is None:
        raise NotFound("zone")
    place, zone = found
    form = ZoneForm.from_request(prefix=f"zone{place}")
    if not form.is_sent_well():
        return _table(form, name)
    first_fen, step_fen, cold_fen = (fen_from_text(field.data or "") for field in (form.first, form.step, form.cold))
    edge().run(
        lambda session: reprice_zone(
            session,
            zone.id,
            first_fen=first_fen,
            step_fen=step_fen,
            days=form.days.data or 1,
            cold_fen=cold_fen,
            takes_cash=form.door.data == "cash",
        )
    )
    say("good", _("%(name)s改好了。已经下的单，运费不变。", name=name))
    return redirect(url_for("staff_courier.freight"), 303)
