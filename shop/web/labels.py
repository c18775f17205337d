"""What labels of parcels and envelopes share: the paper in this browser's printer, and what is printed of whom."""

from collections.abc import Mapping

from flask import session as cookie

from shop.fulfilment.marks import SIZES
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


def label_name(name: str) -> str:
    """Return a name as anyone may read it (GB/T 41833-2022)."""
    return masked_name(name)[:LONGEST_NAME]


def sorting_marks(said: Mapping[str, str]) -> str:
    """Return a carrier's sorting marks in the order in which a parcel meets them: bag, sorting place, road."""
    place = said.get("destSortingName") or said.get("destCode")
    bag = said.get("pkgName") or said.get("pkgCode")
    return " · ".join(mark for mark in (bag, place, said.get("road")) if mark)
