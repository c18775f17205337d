"""The photo of a consent: for the centre and the household, each at an address of its own."""

from flask import Response

from shop.kernel.errors import NotFound
from shop.media.private import private_photo
from shop.media.rules import TYPES
from shop.vendors.acts.queries import consents_of
from shop.vendors.queries import VendorFacts
from shop.web.house import house, reading


def consent_photo(vendor: VendorFacts, consent: str) -> Response:
    """Answer with the photo of one of a vendor's consents, kept by no browser; the caller has judged who asks.

    Raises:
        NotFound: the vendor has no such consent, or its file is gone.
    """
    found = next((one for one in consents_of(reading(), vendor.id) if one.code == consent), None)
    content = None if found is None else private_photo(house().store, found.photo)
    if content is None:
        raise NotFound("photo")
    response = Response(content, content_type=TYPES["jpg"])
    response.headers["Cache-Control"] = "private, no-store"
    return response
