"""What the law or the house puts in the way of showing a listing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session

from shop.catalog.lawful import forbidden_in
from shop.catalog.models import Listing
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
    category = listing.category
    found = text_obstacles(listing, needs_label=category.needs_label)
    return (*paper_obstacles(category.papers, held, today), *found)


def paper_obstacles(papers: Sequence[str], held: Iterable[PaperFacts], today: date) -> tuple[Obstacle, ...]:
    """Return what a vendor's papers leave in the way of selling: any one of the category's kinds is enough.

    Source: Food Safety Law, articles 35 and 36; Sichuan's regulation on small food workshops; Animal Epidemic
    Prevention Law, article 51.
    """
    if not papers:
        return ()
    wanted = {*papers, PaperKind.VOUCHED.value}
    fitting = [paper for paper in held if paper.kind.value in wanted]
    if any(paper.is_valid(today) for paper in fitting):
        return ()
    kind = ObstacleKind.PAPER_EXPIRED if fitting else ObstacleKind.PAPER_MISSING
    return (Obstacle(kind, detail=",".join(papers)),)


class Told(Protocol):
    """What is said of goods: a listing, an offer, or what a page knows of one."""

    @property
    def title(self) -> str: ...
    @property
    def story(self) -> str: ...
    @property
    def ingredients(self) -> str: ...
    @property
    def keep_note(self) -> str: ...
    @property
    def shelf_days(self) -> int | None: ...
    @property
    def tags(self) -> Sequence[str]: ...


def text_obstacles(told: Told, *, needs_label: bool) -> tuple[Obstacle, ...]:
    """Return the forbidden words of what is said of goods, and the label's items that it lacks.

    Args:
        needs_label: the category wants the label's items.
    """
    texts = {
        "title": told.title,
        "story": told.story,
        "ingredients": told.ingredients,
        "keep_note": told.keep_note,
        "tags": " ".join(told.tags),
    }
    found = [
        Obstacle(ObstacleKind.FORBIDDEN_WORD, word.field, f"{word.ground}:{word.word}") for word in forbidden_in(texts)
    ]
    if needs_label:
        items: dict[str, object] = {
            "ingredients": told.ingredients.strip(),
            "keep_note": told.keep_note.strip(),
            "shelf_days": told.shelf_days,
        }
        found += [Obstacle(ObstacleKind.LABEL_ITEM, item) for item, said in items.items() if not said]
    return tuple(found)


def lack_papers(found: Iterable[Obstacle]) -> bool:
    """Tell whether a paper is among what is in the way."""
    return any(one.kind in (ObstacleKind.PAPER_MISSING, ObstacleKind.PAPER_EXPIRED) for one in found)
