"""What labels of parcels and envelopes share: the paper in this browser's printer, and what is printed of whom."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import session as cookie
from markupsafe import Markup

from shop.courier.queries import ShipmentFacts
from shop.fulfilment.marks import SIZES, bars, hidden_door, hidden_phone, square
from shop.web.house import house
from shop.web.places import region
from shop.web.words import masked_name

SIZE = "label_size"
"""Cookie key: which paper lies in the printer of this browser's desk."""
LONGEST_NAME = 4
"""Of a name's hidden part no more is printed: how long somebody's name is says something too."""


def label_size() -> str:
    """Return which paper lies in the printer of this browser's desk, by its width in millimetres."""
    kept = str(cookie.get(SIZE))
    return kept if kept in SIZES else "100"


def keep_label_size(wanted: str) -> None:
    """Keep with this browser which paper lies in its printer; a size that there is not changes nothing."""
    if wanted in SIZES:
        cookie[SIZE] = wanted
        cookie.permanent = True


@dataclass(frozen=True)
class Label:
    """A waybill as anyone may read it: name, phone and door are hidden (GB/T 41833-2022), and no amount.

    Attributes:
        sort: what the sorter reads from afar: the carrier's big mark, else the town it goes to.
        marks: the carrier's other sorting marks.
        bars: the waybill's number.
        square: where staff read the whole of it.
    """

    waybill: str
    carrier: str
    sort: str
    marks: str
    name: str
    phone: str
    region: str
    street: str
    bars: Markup
    square: Markup


def label_of(shipment: ShipmentFacts, address: str) -> Label:
    """Return what is printed of a booked consignment on the paper in this browser's printer.

    Args:
        address: of the page, in this shop, that the square leads to.
    """
    paper = SIZES[label_size()]
    return Label(
        waybill=shipment.waybill,
        carrier=shipment.carrier_name,
        sort=shipment.marks.get("bulkpen") or shipment.city,
        marks=_sorting_marks(shipment.marks),
        name=masked_name(shipment.recipient)[:LONGEST_NAME],
        phone=hidden_phone(shipment.phone),
        region=region(shipment.province, shipment.city, shipment.district),
        street=hidden_door(shipment.street),
        bars=bars(shipment.waybill, paper.inside_um),
        square=square(house().settings.public_url + address, paper.square_dots),
    )


def _sorting_marks(said: Mapping[str, str]) -> str:
    """Return a carrier's sorting marks in the order in which a parcel meets them: bag, sorting place, road."""
    place = said.get("destSortingName") or said.get("destCode")
    bag = said.get("pkgName") or said.get("pkgCode")
    return " · ".join(mark for mark in (bag, place, said.get("road")) if mark)
