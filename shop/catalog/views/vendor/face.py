"""What a villager's pages about their goods share."""

from collections.abc import Iterable

from flask import Response, redirect, url_for

from shop.catalog.models import ListingState
from shop.catalog.queries import OwnListing
from shop.vendors.queries import VendorFacts
from shop.web.audience import Audience, blueprint
from shop.web.house import current_vendor

bp = blueprint("vendor_catalog", __name__, Audience.VENDOR, prefix="/vendor")


def vendor() -> VendorFacts:
    """Return the household whose pages these are."""
    found = current_vendor()
    assert found is not None, "the blueprint lets nobody else in"
    return found


def on_sale(goods: Iterable[OwnListing]) -> int:
    """Return how many things buyers can buy now."""
    return sum(one.state is ListingState.PUBLISHED and one.facts.card.free > 0 for one in goods)


def to_listings() -> Response:
    """Lead back to the household's goods."""
    response = redirect(url_for("vendor_catalog.listings"), 303)
    assert isinstance(response, Response)
    return response
