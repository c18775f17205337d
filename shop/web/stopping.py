"""A vendor that does not sell now: which of its pages stay open, and what stands on top of them."""

from dataclasses import dataclass
from datetime import date

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue

from shop.vendors.models import VendorState
from shop.vendors.queries import vendor_passages
from shop.web.house import current_vendor, reading

STILL_OPEN = frozenset(
    {
        "vendor_acts",
        "vendor_ledger",
        "vendor_orders",
        "vendor_payout",
        "vendor_people",
        "vendor_town",
    }
)
"""Blueprints for who no longer sells: what was ordered is still brought, and money is still theirs."""
HOME = "vendor_catalog.home"
"""In its place they see what is still open."""


@dataclass(frozen=True)
class Stopped:
    """How it stands with a vendor that does not sell, or soon will not.

    Attributes:
        reason: what the centre said.
        leaves_on: the day from which they will not, while they still do.
    """

    state: VendorState
    reason: str
    leaves_on: date | None


def stopped() -> Stopped | None:
    """Return how it stands with the vendor of this page, or None when they simply sell."""
    own = current_vendor()
    if own is None or (own.is_selling and own.leaves_on is None):
        return None
    told = vendor_passages(reading(), own.id) if not own.is_selling else ()
    return Stopped(own.state, told[-1].reason if told else "", own.leaves_on)


def check_selling() -> ResponseReturnValue | None:
    """Judge a request on a vendor's page: who does not sell opens only what is still open; None lets it through."""
    own, is_home = current_vendor(), request.endpoint == HOME
    if own is None or own.is_selling or request.blueprint in STILL_OPEN:
        return None
    return render_template("vendor/stopped.html", is_home=is_home), 200 if is_home else 403


def init_stopping(app: Flask) -> None:
    """Give the frame of a vendor's pages its `stopped()`."""
    app.jinja_env.globals["stopped"] = stopped
