"""What the law or the house puts in the way of showing a listing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from shop.catalog.lawful import forbidden_in
from shop.catalog.models import Category, Listing
from shop.kernel.errors import ShopError
from shop.vendors.models import PaperKind
from shop.vendors.queries import PaperFacts, papers_of


class ObstacleKind(StrEnum):
    """Why a listing may not be shown."""

    PAPER_MISSING = "paper_missing"
    PAPER_EXPIRED = "paper_expired"
    FORBIDDEN_WORD = "forbidden_word"
    LABEL_ITEM = "label_item"


@dataclass(frozen=True)
class Obstacle:
    """One thing in the way.

    Attributes:
        field: of the listing; empty for papers.
        detail: the word and its ground ("cure:降血糖"), or the kinds of paper of which one is needed, with commas.
    """

    kind: ObstacleKind
    field: str = ""
    detail: str = ""


@dataclass
class NotLawful(ShopError):
    """A listing may not be shown while these are in the way."""

    obstacles: tuple[Obstacle, ...]


def obstacles(session: Session, listing: Listing, today: date) -> tuple[Obstacle, ...]:
    """Return what is in the way of showing a listing today; nothing when it may be shown.

    Args:
        listing: with its category loaded.
        today: the town's day.
    """
    held = papers_of(session, [listing.vendor_id]).get(listing.vendor_id, ())
    return (*paper_obstacles(listing.category, held, today), *text_obstacles(listing))


def paper_obstacles(category: Category, held: Iterable[PaperFacts], today: date) -> tuple[Obstacle, ...]:
    """Return what a vendor's papers leave in the way of selling from a category: any one of its kinds is enough.

    Source: Food Safety Law, articles 35 and 36; Sichuan's regulation on small food workshops; Animal Epidemic
    Prevention Law, article 51.
    """
    if not category.papers:
        return ()
    wanted = {*category.papers, PaperKind.VOUCHED.value}
    fitting = [paper for paper in held if paper.kind.value in wanted]
    if any(paper.is_valid(today) for paper in fitting):
        return ()
    kind = ObstacleKind.PAPER_EXPIRED if fitting else ObstacleKind.PAPER_MISSING
    return (Obstacle(kind, detail=",".join(category.papers)),)


def text_obstacles(listing: Listing) -> tuple[Obstacle, ...]:
    """Return the forbidden words of a listing, and the label's items that its category wants and it lacks."""
    texts = {
        "title": listing.title,
        "story": listing.story,
        "ingredients": listing.ingredients,
        "keep_note": listing.keep_note,
        "tags": " ".join(listing.tags),
    }
    found = [
        Obstacle(ObstacleKind.FORBIDDEN_WORD, word.field, f"{word.ground}:{word.word}") for word in forbidden_in(texts)
    ]
    if listing.category.needs_label:
        items: dict[str, object] = {
            "ingredients": listing.ingredients.strip(),
            "keep_note": listing.keep_note.strip(),
            "shelf_days": listing.shelf_days,
        }
        found += [Obstacle(ObstacleKind.LABEL_ITEM, item) for item, said in items.items() if not said]
    return tuple(found)


def are_papers(found: Collection[Obstacle]) -> bool:
    """Tell whether nothing but papers is in the way."""
    return all(one.kind in (ObstacleKind.PAPER_MISSING, ObstacleKind.PAPER_EXPIRED) for one in found)
