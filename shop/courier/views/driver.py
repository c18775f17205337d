"""The driver's run, with the cash that is taken at doors."""

from collections import Counter
from dataclasses import dataclass

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from shop.courier.forms import DoorForm, ReturnForm
from shop.courier.queries import ShipmentFacts, town_run
from shop.flows import cash, delivery
from shop.flows.cash import Due
from shop.kernel.errors import WrongState
from shop.media.private import receive_private
from shop.media.rules import BadPhoto
from shop.payments.forms import TakenForm
from shop.payments.gateways.protocol import InvalidState
from shop.web.audience import Audience, blueprint
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.places import region
from shop.web.shell import say

bp = blueprint("driver", __name__, Audience.STAFF, prefix="/driver", roles=("driver", "manager"))


@dataclass(frozen=True)
class Stop:
    """One door of the run, with the forms for a photo and for when nobody takes the parcel.

    Attributes:
        due: cash to be taken there first, for all boxes of the order.
        boxes: how many parcels of the run that cash is for.
    """

    shipment: ShipmentFacts
    region: str
    form: ReturnForm
    door: DoorForm
    due: Due | None
    boxes: int


@bp.get("")
def run() -> ResponseReturnValue:
    """Show the parcels on the way, oldest first; after a scan only that one."""
    stops, scanned = _stops(), request.args.get("scan", "").strip().upper()
    found = [stop for stop in stops if stop.shipment.waybill == scanned]
    if scanned and not found:
        say("mind", _("手上没有这一包，请看看是不是已经送了，或者还没交给您。"))
        return redirect(url_for("driver.run"), 303)
    return render_template("driver/run.html", stops=found or stops, all_count=len(stops))


def _refused(form: ReturnForm, waybill: str) -> str:
    stops = _stops(form, waybill)
    return render_template("driver/run.html", stops=stops, all_count=len(stops))


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
            door=DoorForm(formdata=None, prefix=shipment.waybill),
            due=(owed := due.get(shipment.key)),
            boxes=boxes[owed.order_code] if owed is not None else 1,
        )
        for shipment in shipments
    ]


@bp.post("/parcels/<waybill>/delivered")
def delivered(waybill: str) -> ResponseReturnValue:
    """Note that the cash was taken, if any was due, and the parcel handed to its recipient, with a photo if one came.

    A photo that cannot be read keeps nothing else from being noted: the parcel is with its recipient.
    """
    actor, clock = current_actor(), house().clock
    try:
        _take_cash(waybill)
        photo_key = _photo(waybill)
        edge().run(lambda session: delivery.deliver(session, waybill, photo_key=photo_key, actor=actor, clock=clock))
    except InvalidState:
        say("mind", _("该收的钱变了，什么也没记。请看清楚现在该收多少，再点一次。"))
    except WrongState:
        say("mind", _("这一包已经记成退回，或者还没交到您手里。"))
    else:
        say("good", _("记好了：送到了。"))
    return redirect(url_for("driver.run"), 303)


def _photo(waybill: str) -> str | None:
    """Return the key of the photo that was sent with a delivery, or None."""
    sent = DoorForm.from_request(prefix=waybill).photo.data
    raw = sent.read() if isinstance(sent, FileStorage) else b""
    if not raw or all(stop.shipment.waybill != waybill for stop in _stops()):
        return None
    wired = house()
    try:
        return receive_private(wired.edge.transaction, wired.store, raw, actor=current_actor(), clock=wired.clock)
    except BadPhoto:
        say("mind", _("照片没有存上，其余都记好了。"))
        return None


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


@bp.post("/parcels/<waybill>/returned")
def returned(waybill: str) -> ResponseReturnValue:
    """Note that a parcel comes back to the centre, and why."""
    form, actor, clock = ReturnForm.from_request(prefix=waybill), current_actor(), house().clock
    if not form.is_sent_well():
        return make_response(_refused(form, waybill), 422)
    reason, owed = form.words(), _due(waybill)
    try:
        edge().run(lambda session: delivery.bring_back(session, waybill, reason=reason, actor=actor, clock=clock))
    except WrongState:
        say("mind", _("这一包已经记成送到，或者还没交到您手里。"))
    else:
        unpaid, paid = _("记好了：带回中心，这一包的钱不收了。"), _("记好了：带回中心，货款退给买家。")
        say("good", paid if owed is None else unpaid)
    return redirect(url_for("driver.run"), 303)
