"""What is printed of a parcel: its waybill, and the slip that lies in it."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.courier.models import ShipmentState
from shop.fulfilment.marks import SIZES
from shop.fulfilment.models import ParcelState
from shop.fulfilment.queries import ParcelFacts, parcel_by_code, parcels_of_order
from shop.fulfilment.views.face import bp, picks_in, which_box
from shop.orders.models import Handing
from shop.town.queries import the_town
from shop.web.forms import EmptyForm
from shop.web.house import reading
from shop.web.labels import keep_label_size, label_of, label_size
from shop.web.roles import PACKING_ROLES, needs
from shop.web.words import masked_name


@bp.get("/parcels/<code>/label")
@needs(*PACKING_ROLES)
def label(code: str) -> ResponseReturnValue:
    """Show a parcel's waybill for the printer, or wait for its number; what is collected has only its slip."""
    parcel = parcel_by_code(reading(), code)
    if parcel.state is ParcelState.OPENED:
        return redirect(url_for("staff_fulfilment.packing_order", code=parcel.order.code, box=parcel.box.value), 303)
    if parcel.order.handing is Handing.COLLECTION:
        return redirect(url_for("staff_fulfilment.slip", code=code), 303)
    if parcel.shipment is not None and parcel.shipment.state is ShipmentState.FAILED:
        return redirect(url_for("staff_consignments.consignment", key=code), 303)
    box = which_box(parcel)
    if parcel.shipment is None or not parcel.shipment.waybill:
        return render_template("staff/label_waiting.html", parcel=parcel, box=box)
    shipment, order = parcel.shipment, parcel.order.code
    return render_template(
        "staff/label.html",
        label=label_of(shipment, url_for("staff_orders.order", code=order)),
        cargo=shipment.cargo,
        weight_g=shipment.weight_g,
        box=box,
        order=order,
        packed_at=parcel.packed_at,
        parcel_code=code,
        carriers_own=shipment.label_url,
        others=_others(parcel),
        may_open=parcel.state is ParcelState.PACKED,
        town=the_town(reading()),
        size=label_size(),
        sizes=SIZES,
    )


def _others(parcel: ParcelFacts) -> list[tuple[int, str]]:
    """Return the other parcels that a box was packed into, by their numbers."""
    if parcel.among == 1 or parcel.state is ParcelState.OPENED:
        return []
    found = parcels_of_order(reading(), parcel.order.id, parcel.order)
    return [(one.number, one.code) for one in found if one.box is parcel.box and one.code != parcel.code]


@bp.post("/parcels/<code>/label")
@needs(*PACKING_ROLES)
def choose_label_size(code: str) -> ResponseReturnValue:
    """Keep with this browser which paper lies in its printer."""
    if EmptyForm.from_request().is_sent_well():
        keep_label_size(request.form.get("size", ""))
    return redirect(url_for("staff_fulfilment.label", code=code), 303)


@bp.get("/parcels/<code>/slip")
@needs(*PACKING_ROLES)
def slip(code: str) -> ResponseReturnValue:
    """Show the paper that lies in the box: what is in it and from whom."""
    parcel = parcel_by_code(reading(), code)
    order = parcel.order
    inside = [part for part in order.parts if part.box in parcel.boxes]
    return render_template(
        "staff/slip.html",
        parcel=parcel,
        box=which_box(parcel),
        is_collected=order.handing is Handing.COLLECTION,
        name=masked_name(order.name),
        picks=picks_in(parcel),
        missing=sum(line.rejected for part in inside for line in part.lines) if parcel.number == parcel.among else 0,
        others=_others(parcel),
        town=the_town(reading()),
        size=label_size(),
    )
