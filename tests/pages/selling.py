"""How a villager sells through the pages, for the tests of those pages."""

from io import BytesIO
from typing import Any

from PIL import Image

from shop.catalog.models import Listing, ListingState
from shop.catalog.queries import OwnListing, own_listings
from shop.catalog.services.passages import review
from tests.support.page import Page
from tests.support.pages import Pages
from tests.world.market import MONTH, STAFF, Market, listing


def jpeg(size: tuple[int, int] = (800, 600), seed: int = 0) -> BytesIO:
    """Return a photo of nothing in particular."""
    out = BytesIO()
    Image.effect_noise(size, 60 + seed).convert("RGB").save(out, "JPEG")
    out.seek(0)
    return out


def mine(at: Market) -> list[OwnListing]:
    """Return the household's listings as they stand."""
    return at.world.read(lambda session: own_listings(session, month=MONTH, vendor_id=at.vendor.id))


def begun(villager: Pages, count: int = 1) -> str:
    """Send so many photos of a new thing, go on to its name, and return the address of its draft."""
    villager.get("/vendor/goods/new")
    for seed in range(count):
        villager.submit_form("photo-form", press="收下照片", photo=(jpeg(seed=seed), "p.jpg"))
    return villager.submit_form("photo-form", press="下一步").url.removesuffix("/name")


def photographed(villager: Pages, count: int = 1) -> Page:
    """Send so many photos of a new thing and open the one long page about it."""
    return villager.get(f"{begun(villager, count)}/details")


GOOD: dict[str, Any] = {
    "title": "新核桃",
    "category": "poultry-eggs",
    "unit": "袋",
    "pieces": 1,
    "price": "28.5",
    "weight": "1.5",
    "quantity": 7,
}


def give_back(at: Market, code: str, version: int, reason: str) -> None:
    """Let staff give a listing back that waits for review."""
    at.world.run(
        lambda session: review(
            session, code, approve=False, version=version, reason=reason, actor=STAFF, clock=at.world.clock
        )
    )


def returned(at: Market, reason: str = "照片太暗", **facts: Any) -> Listing:
    """Offer a thing and let staff give it back."""
    made = listing(at, state=ListingState.IN_REVIEW, **facts)
    give_back(at, made.code, made.version, reason)
    return made
