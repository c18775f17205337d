"""A listing for machines: schema.org's Product with an Offer for each way of buying it, as JSON-LD.

The block of data is no script: browsers do not run it, so the content security policy has no say about it. What closes
a script element or opens a comment is written as an escape.
"""

import json
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from flask import url_for
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from shop.catalog.offers import OfferFacts
from shop.catalog.queries import WayFacts
from shop.catalog.rules import is_in_season, season_bits
from shop.catalog.shown import ShownListing
from shop.kernel.money import JIN_G, by_weight, unit_price
from shop.web.about import absolute, described, shared
from shop.web.prices import KILO_G, UNIT_G

Data = Mapping[str, Any]

SCHEMA = "https://schema.org/"
CURRENCY = "CNY"
AVAILABILITY: Mapping[str | None, str] = {
    None: "InStock",
    "gone": "Discontinued",
    "harvest_full": "SoldOut",
    "out_of_season": "OutOfStock",
    "sold_out": "OutOfStock",
    "being_paid": "OutOfStock",
}
"""By what stands in the way of buying one."""


def decimal(fen: int) -> str:
    """Return fen as yuan for machines: 48.00."""
    return f"{fen // 100}.{fen % 100:02d}"


def product(shown: ShownListing, today: date) -> Markup:
    """Return a listing as a JSON-LD document, safe inside a script element.

    Args:
        today: the town's day, from which the start of the next season is counted.
    """
    facts, card = shown.facts, shown.facts.card
    above = [] if shown.parent is None else [shown.parent.name]
    document: dict[str, Any] = {
        "@context": SCHEMA.rstrip("/"),
        "@type": "Product",
        "@id": absolute(url_for("catalog.listing", code=card.code)),
        "url": absolute(url_for("catalog.listing", code=card.code)),
        "name": card.title,
        "description": described(facts.story) or card.title,
        "sku": card.code,
        "category": " > ".join([*above, facts.category.name]),
        "brand": {"@type": "Brand", "name": card.vendor_name},
        "offers": _offers(shown, today),
    }
    images = [image.url for image in map(shared, facts.photos) if image is not None]
    if images:
        document["image"] = images
    return htmlsafe_json_dumps(document, dumps=partial(json.dumps, ensure_ascii=False))


def _offers(shown: ShownListing, today: date) -> Data:
    offers = [_offer(offer, shown, today) for offer in shown.offers]
    if len(offers) == 1:
        return offers[0]
    prices = [offer.way.price_fen for offer in shown.offers]
    return {
        "@type": "AggregateOffer",
        "priceCurrency": CURRENCY,
        "lowPrice": decimal(min(prices)),
        "highPrice": decimal(max(prices)),
        "offerCount": len(offers),
        "offers": offers,
    }


def _availability(offer: OfferFacts, problem: str | None, *, is_ahead: bool) -> str:
    if problem is None and offer.is_live:
        return "InStoreOnly"
    return "PreOrder" if is_ahead else AVAILABILITY[problem]


def _offer(offer: OfferFacts, shown: ShownListing, today: date) -> Data:
    problem, way = offer.problem(1), offer.way
    is_ahead = problem is None and offer.harvest is not None
    made: dict[str, Any] = {
        "@type": "Offer",
        "url": absolute(url_for("catalog.listing", code=offer.listing_code)),
        "sku": f"{offer.listing_code}-{way.variant_id}",
        "name": offer.title,
        "price": decimal(way.price_fen),
        "priceCurrency": CURRENCY,
        "priceSpecification": _specification(way),
        "itemCondition": SCHEMA + "NewCondition",
        "availability": SCHEMA + _availability(offer, problem, is_ahead=is_ahead),
        "seller": {
            "@type": "Organization",
            "name": shown.vendor.name,
            "url": absolute(url_for("catalog.household", code=shown.vendor.code)),
        },
    }
    starts = offer.harvest_day(1) if is_ahead else _season_start(offer, today) if problem == "out_of_season" else None
    if starts is not None:
        made["availabilityStarts"] = starts.isoformat()
    if offer.is_live:
        made["availableDeliveryMethod"] = SCHEMA + "OnSitePickup"
    return made


def _season_start(offer: OfferFacts, today: date) -> date:
    """Return the first day of the next month in which a thing is to be had."""
    bits = season_bits(offer.months)
    ahead = next(n for n in range(1, 13) if is_in_season(bits, (today.month + n - 1) % 12 + 1))
    years, month = divmod(today.month + ahead - 1, 12)
    return date(today.year + years, month + 1, 1)


def _specification(way: WayFacts) -> list[Data]:
    """Return the price of one unit, and what a piece, 500 g and a kilogram of it come to as far as that is known."""
    whole: dict[str, Any] = {
        "@type": "UnitPriceSpecification",
        "price": decimal(way.price_fen),
        "priceCurrency": CURRENCY,
        "unitText": way.unit,
    }
    if way.pieces > 1:
        whole["referenceQuantity"] = {"@type": "QuantitativeValue", "value": way.pieces, "unitCode": "C62"}
    found: list[Data] = [whole]
    if way.per_500g_fen is not None:
        # The scale decides between these two; the offer's price is the upper one, which is what is paid first.
        whole["minPrice"] = decimal(by_weight(way.per_500g_fen, way.least_g or 0))
        whole["maxPrice"] = decimal(way.price_fen)
        return [*found, _per_grams(way.per_500g_fen, JIN_G), _per_grams(2 * way.per_500g_fen, KILO_G)]
    grams = way.net_g or UNIT_G.get(way.unit)
    if grams is not None:
        found += [_per_grams(unit_price(way.price_fen, grams, want)[0], want) for want in (JIN_G, KILO_G)]
    return found


def _per_grams(fen: int, grams: int) -> Data:
    quantity = {"@type": "QuantitativeValue", "value": grams, "unitCode": "GRM"}
    return {
        "@type": "UnitPriceSpecification",
        "price": decimal(fen),
        "priceCurrency": CURRENCY,
        "referenceQuantity": quantity,
    }
