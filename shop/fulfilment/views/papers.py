"""What is printed of a parcel: its waybill, and the slip that lies in it."""

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from shop.courier.models import ShipmentState
from shop.fulfilment.marks import bars, hidden_door, square
from shop.fulfilment.queries import parcel_by_code
from shop.fulfilment.views.face import box_text, bp, coming, picks
from shop.orders.models import Handing
from shop.town.queries import the_town
from shop.web.house import house, reading
from shop.web.places import region
from shop.web.words import masked_name, masked_phone


@dataclass(frozen=True)
class Label:
    """A waybill as anyone may read it: name, phone and door are hidden (GB/T 41833-2022)."""

    waybill: str
    name: str
    phone: str
    region: str
    town: str
    street: str
    cargo: str
    weight_g: int
    order: str
    box: str
    packed_at: datetime
    bars: Markup
    square: Markup


@bp.get("/parcels/<code>/label")
def label(code: str) -> ResponseReturnValue:
    """Show a parcel's waybill for the printer, or wait for its number; what is collected has only its slip."""
    parcel = parcel_by_code(reading(), code)
    if parcel.order.handing is Handing.COLLECTION:
        return redirect(url_for("staff_fulfilment.slip", code=code), 303)
    if parcel.shipment is not None and parcel.shipment.state is ShipmentState.FAILED:
        return redirect(url_for("staff_consignments.consignment", key=code), 303)
    box = box_text(parcel.box, coming(parcel.order))
    if parcel.shipment is None or not parcel.shipment.waybill:
        return render_template("staff/label_waiting.html", parcel=parcel, box=box)
    order, shipment = parcel.order, parcel.shipment
    drawn = Label(
        waybill=shipment.waybill,
        name=masked_name(shipment.recipient),
        phone=masked_phone(shipment.phone),
        region=region(shipment.province, shipment.city, shipment.district),
        town=shipment.marks.get("bulkpen") or shipment.city,
        street=hidden_door(shipment.street),
        cargo=shipment.cargo,
        weight_g=shipment.weight_g,
        order=order.code,
        box=box,
        packed_at=parcel.packed_at,
        bars=bars(shipment.waybill),
        square=square(house().settings.public_url + url_for("staff_orders.order", code=order.code)),
    )
    return render_template("staff/label.html", label=drawn, parcel_code=code, town=the_town(reading()))


@bp.get("/parcels/<code>/slip")
def slip(code: str) -> ResponseReturnValue:
    """Show the paper that lies in the box: what is in it and from whom."""
    parcel = parcel_by_code(reading(), code)
    order = parcel.order
    inside = [part for part in order.parts if part.box is parcel.box]
    return render_template(
        "staff/slip.html",
        parcel=parcel,
        box=box_text(parcel.box, coming(order)),
        is_collected=order.handing is Handing.COLLECTION,
        name=masked_name(order.name),
        picks=picks(order, parcel.box),
        missing=sum(line.rejected for part in inside for line in part.lines),
        town=the_town(reading()),
    )
