"""What the law or the house puts in the way of showing a listing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from shop.catalog.lawful import forbidden_in
from shop.catalog.models import Listing
from shop.catalog.rules import Offer
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
    return in_the_way(listing, category.papers, held, today, needs_label=category.needs_label)


def in_the_way(
    told: Listing | Offer, papers: Sequence[str], held: Collection[PaperFacts], today: date, *, needs_label: bool
) -> tuple[Obstacle, ...]:
    """Return what papers and words leave in the way of showing goods.

    While the centre vouches for a vendor it has seen the labels too, which stand on the packs: their items need not
    be written down yet. When that ends, goods that still lack them are as those whose paper has ended.

    Args:
        papers: any one of these the category wants.
        held: the vendor's papers, ended ones too.
        needs_label: the category wants the label's items.
    """
    vouched = [paper for paper in held if paper.kind is PaperKind.VOUCHED]
    is_vouched = any(paper.is_valid(today) for paper in vouched)
    lacking = paper_obstacles(papers, held, today)
    found = text_obstacles(told, needs_label=needs_label and not is_vouched)
    if vouched and not lacking and any(one.kind is ObstacleKind.LABEL_ITEM for one in found):
        lacking = (Obstacle(ObstacleKind.PAPER_EXPIRED, detail=PaperKind.VOUCHED.value),)
    return (*lacking, *found)


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


def text_obstacles(told: Listing | Offer, *, needs_label: bool) -> tuple[Obstacle, ...]:
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
