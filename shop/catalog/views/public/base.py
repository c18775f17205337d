"""What the pages of the market share: goods laid out, the sign board of the shelves, a household's faces."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from shop.catalog.grid import Shelf
from shop.catalog.queries import Card, CategoryFacts
from shop.catalog.stalls import Face, Stall
from shop.kernel.clock import town_day
from shop.media.queries import Picture
from shop.vendors.queries import VendorFacts
from shop.web.audience import Audience, blueprint
from shop.web.goods import GoodsCard, Leaves, first_sentence, goods_card, leaves, plain_name, shelf_hint, shelf_name
from shop.web.house import house
from shop.web.i18n import _
from shop.web.words import listed

bp = blueprint("catalog", __name__, Audience.PUBLIC)

FACES = 3
FACES_READ = 6
"""More than are shown, for a household may have one picture for two things."""


@dataclass(frozen=True)
class Shelfmark:
    """A shelf's name on the sign board, or a part's on the shelf."""

    name: str
    href: str
    hint: str
    count: int
    is_current: bool


@dataclass(frozen=True)
class Household:
    """A household with the faces of its goods."""

    name: str
    href: str
    village: str
    line: str
    goods_text: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Stand:
    """Goods laid out, and the way to the next page of them."""

    cards: tuple[GoodsCard, ...]
    total: int
    pager: Leaves


def today() -> date:
    """Return the town's present day."""
    return town_day(house().clock())


def card(found: Card) -> GoodsCard:
    """Return a listing as a card that leads to its page."""
    return goods_card(found, url_for("catalog.listing", code=found.code))


def stand(found: Shelf, endpoint: str, code: str | None = None) -> Stand:
    """Lay a page of goods out; the pages around it are at the same endpoint."""
    pager = leaves(found.page, found.pages, lambda n: url_for(endpoint, code=code, page=n if n > 1 else None))
    return Stand(tuple(map(card, found.cards)), found.total, pager)


def shelfmarks(shelves: Iterable[CategoryFacts], current: str | None = None) -> tuple[Shelfmark, ...]:
    """Return shelves as the sign board shows them; the current one is marked."""
    return tuple(
        Shelfmark(shelf_name(c), url_for("catalog.category", code=c.code), shelf_hint(c), c.count, c.code == current)
        for c in shelves
    )


def household(vendor: VendorFacts, stall: Stall | None) -> Household:
    """Return a household with up to three faces of its goods, no picture twice."""
    by_picture: dict[str, Face] = {}
    faces: Sequence[Face] = () if stall is None else stall.faces
    for face in faces:
        by_picture.setdefault(face.picture.src if face.picture is not None else face.title, face)
    shown = list(by_picture.values())[:FACES]
    names = listed(plain_name(face.title) for face in shown)
    total = 0 if stall is None else stall.total
    return Household(
        name=vendor.name,
        href=url_for("catalog.household", code=vendor.code),
        village=vendor.village,
        line=first_sentence(vendor.story),
        goods_text=_("%(names)s 等 %(n)d 样", names=names, n=total) if total > len(shown) else names,
        pictures=tuple(face.picture for face in shown if face.picture is not None),
    )
