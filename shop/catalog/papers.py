"""Which goods hang on which papers, for the centre that looks after them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.models import Category, HiddenFor, Listing, ListingState
from shop.catalog.obstacles import paper_obstacles
from shop.vendors.models import Vendor, VendorState
from shop.vendors.queries import PaperFacts, papers_of

HANGING = (ListingState.PUBLISHED, ListingState.PAUSED, ListingState.IN_REVIEW)


@dataclass(frozen=True)
class Standing:
    """A vendor's papers and what hangs on them.

    Attributes:
        papers: the longest-lasting first.
        ends: the first day on which goods of theirs would be hidden as things are, or None.
        hidden: titles of goods hidden for want of a paper.
        hanging: titles of goods that need one of their papers.
        lacking: kinds of paper of which one is wanted for goods that wait or are hidden, for each shelf.
    """

    code: str
    name: str
    village: str
    papers: tuple[PaperFacts, ...]
    ends: date | None
    hidden: tuple[str, ...]
    hanging: tuple[str, ...]
    lacking: tuple[tuple[str, ...], ...]


def paper_standings(session: Session, today: date) -> list[Standing]:
    """Return every approved vendor that has a paper or goods that need one: what ends first stands first."""
    shelves = {shelf.id: tuple(shelf.papers) for shelf in session.scalars(select(Category)) if shelf.papers}
    vendors = session.scalars(select(Vendor).where(Vendor.state == VendorState.APPROVED).order_by(Vendor.id)).all()
    held = papers_of(session, [vendor.id for vendor in vendors])
    goods = _goods(session, list(shelves))
    found = [
        _standing(vendor, held.get(vendor.id, ()), goods.get(vendor.id, ()), shelves, today)
        for vendor in vendors
        if vendor.id in held or vendor.id in goods
    ]
    return sorted(found, key=lambda one: (not one.hidden and not one.lacking, one.ends or date.max))


_Goods = tuple[int, str, ListingState]


def _goods(session: Session, shelf_ids: Sequence[int]) -> Mapping[int, list[_Goods]]:
    hidden = (Listing.state == ListingState.HIDDEN) & (Listing.hidden_for == HiddenFor.PAPER_EXPIRED)
    wanted = (
        select(Listing.vendor_id, Listing.category_id, Listing.title, Listing.state)
        .where(Listing.category_id.in_(shelf_ids), Listing.state.in_(HANGING) | hidden)
        .order_by(Listing.id)
    )
    found: dict[int, list[_Goods]] = {}
    for row in session.execute(wanted):
        found.setdefault(row.vendor_id, []).append((row.category_id, row.title, row.state))
    return found


def _standing(
    vendor: Vendor,
    held: Sequence[PaperFacts],
    goods: Sequence[_Goods],
    shelves: Mapping[int, tuple[str, ...]],
    today: date,
) -> Standing:
    shelf_ids = dict.fromkeys(shelf_id for shelf_id, _title, _state in goods)
    lacking = {shelves[shelf_id] for shelf_id in shelf_ids if paper_obstacles(shelves[shelf_id], held, today)}
    ends = (_end(shelves[shelf_id], held, today) for shelf_id in shelf_ids)
    return Standing(
        code=vendor.code,
        name=vendor.name,
        village=vendor.village.name,
        papers=tuple(held),
        ends=min((day for day in ends if day is not None), default=None),
        hidden=tuple(title for _shelf, title, state in goods if state is ListingState.HIDDEN),
        hanging=tuple(title for _shelf, title, state in goods if state is not ListingState.HIDDEN),
        lacking=tuple(sorted(lacking)),
    )


def _end(kinds: Sequence[str], held: Sequence[PaperFacts], today: date) -> date | None:
    """Return the last day on which one of these papers still counts; None when none counts, or one does not end."""
    fitting = [paper for paper in held if paper.is_valid(today) and not paper_obstacles(kinds, [paper], today)]
    days = [paper.until for paper in fitting if paper.until is not None]
    return max(days) if days and len(days) == len(fitting) else None
