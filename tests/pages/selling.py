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


def photographed(villager: Pages, count: int = 1) -> Page:
    """Send so many photos and go on to the questions."""
    villager.get("/vendor/goods/new")
    for seed in range(count):
        villager.submit_form(photo=(jpeg(seed=seed), "p.jpg"))
    return villager.submit_form("photo-form", press="下一步")


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
