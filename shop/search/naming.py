"""Names of the codes that a search counts: villages and households."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, literal, select, union_all
from sqlalchemy.orm import Session

from shop.kernel.db import direct
from shop.town.models import Village
from shop.vendors.models import Vendor, VendorState

NAMED = union_all(
    select(literal("village").label("kind"), Village.code, Village.name).where(
        Village.code.in_(bindparam("villages", expanding=True))
    ),
    select(literal("vendor"), Vendor.code, Vendor.name).where(
        Vendor.code.in_(bindparam("vendors", expanding=True)), Vendor.state == VendorState.APPROVED
    ),
)


@dataclass(frozen=True)
class Names:
    """Names by code; what is not there is unknown, or not shown to anybody."""

    villages: Mapping[str, str]
    vendors: Mapping[str, str]


def names_of(session: Session, *, villages: Collection[str], vendors: Collection[str]) -> Names:
    """Return the names of villages and of approved vendors, in one statement.

    Args:
        villages: codes; those that do not exist are left out.
        vendors: codes likewise.
    """
    found: dict[str, dict[str, str]] = {"village": {}, "vendor": {}}
    for row in direct(session, NAMED, {"villages": sorted(villages), "vendors": sorted(vendors)}):
        found[row.kind][row.code] = row.name
    return Names(found["village"], found["vendor"])
