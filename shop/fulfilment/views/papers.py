"""What is printed of a parcel: its waybill, and the slip that lies in it."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from shop.fulfilment.marks import bars, hidden_door, square
from shop.fulfilment.queries import parcel_by_code
from shop.fulfilment.views.face import bp, picks
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
    packed_at: datetime
    bars: Markup
    square: Markup


@bp.get("/parcels/<code>/label")
def label(code: str) -> ResponseReturnValue:
    """Show a parcel's waybill for the printer, or wait for its number."""
    parcel = parcel_by_code(reading(), code)
    if parcel.shipment is None:
        return render_template("staff/label_waiting.html", parcel=parcel)
    order, shipment = parcel.order, parcel.shipment
    drawn = Label(
        waybill=shipment.waybill,
        name=masked_name(shipment.recipient),
        phone=masked_phone(shipment.phone),
        region=region(shipment.province, shipment.city, shipment.district),
        town=shipment.city,
        street=hidden_door(shipment.street),
        cargo=shipment.cargo,
        weight_g=shipment.weight_g,
        order=order.code,
        packed_at=parcel.packed_at,
        bars=bars(shipment.waybill),
        square=square(house().settings.public_url + url_for("staff_orders.order", code=order.code)),
    )
    return render_template("staff/label.html", label=drawn, parcel_code=code, town=the_town(reading()))


@bp.get("/parcels/<code>/slip")
def slip(code: str) -> ResponseReturnValue:
    """Show the paper that lies in the box: what is in it and from whom."""
    parcel = parcel_by_code(reading(), code)
    missing = sum(line.rejected for part in parcel.order.parts for line in part.lines)
    return render_template(
        "staff/slip.html", parcel=parcel, picks=picks(parcel.order), missing=missing, town=the_town(reading())
    )
