"""The driver's run, and the manager's freight table."""

from dataclasses import dataclass

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.courier.forms import ReturnForm, ZoneForm
from shop.courier.models import ShipmentState
from shop.courier.queries import Rate, ShipmentFacts, shipments_in, zones
from shop.courier.services import reprice_zone
from shop.flows import delivery
from shop.kernel.errors import NotFound, WrongState
from shop.kernel.money import fen_from_text
from shop.web.audience import Audience, blueprint
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.places import region
from shop.web.shell import say

driver_bp = blueprint("driver", __name__, Audience.STAFF, prefix="/driver", roles=("driver", "manager"))
bp = blueprint("staff_courier", __name__, Audience.STAFF, prefix="/staff", roles=("manager",))


@dataclass(frozen=True)
class Stop:
    """One door of the run, with the form for when nobody takes the parcel."""

    shipment: ShipmentFacts
    region: str
    form: ReturnForm


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
    return [
        Stop(
            shipment=shipment,
            region=region(shipment.province, shipment.city, shipment.district),
            form=refused
            if refused is not None and shipment.waybill == waybill
            else ReturnForm(formdata=None, prefix=shipment.waybill),
        )
        for shipment in shipments_in(reading(), ShipmentState.PICKED_UP)
    ]


@driver_bp.post("/parcels/<waybill>/delivered")
def delivered(waybill: str) -> ResponseReturnValue:
    """Note that a parcel was handed to its recipient."""
    actor, clock = current_actor(), house().clock
    try:
        edge().run(lambda session: delivery.deliver(session, waybill, actor=actor, clock=clock))
    except WrongState:
        say("mind", _("这一包已经记成退回，或者还没交到您手里。"))
    else:
        say("good", _("记好了：送到了。"))
    return redirect(url_for("driver.run"), 303)


@driver_bp.post("/parcels/<waybill>/returned")
def returned(waybill: str) -> ResponseReturnValue:
    """Note that a parcel comes back to the centre, and why."""
    form, actor, clock = ReturnForm.from_request(prefix=waybill), current_actor(), house().clock
    if not form.is_sent_well():
        return make_response(render_template("driver/run.html", stops=_stops(form, waybill)), 422)
    reason = form.words()
    try:
        edge().run(lambda session: delivery.bring_back(session, waybill, reason=reason, actor=actor, clock=clock))
    except WrongState:
        say("mind", _("这一包已经记成送到，或者还没交到您手里。"))
    else:
        say("good", _("记好了：带回中心，货款退给买家。"))
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
