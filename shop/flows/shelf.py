"""What keeps the shelf lawful and true by the calendar: papers that end, vendors that fall silent, reminders."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from shop.catalog.models import Category, HiddenFor, Listing, ListingState
from shop.catalog.obstacles import paper_obstacles
from shop.catalog.services import passages
from shop.catalog.still import silent
from shop.flows.stocking import WAKING
from shop.kernel.actor import Actor
from shop.kernel.clock import TOWN_ZONE, Clock, town_day
from shop.kernel.edge import Edge
from shop.notifications.services import wanted
from shop.vendors.models import Paper, PaperKind, Vendor, VendorState
from shop.vendors.queries import PaperFacts, papers_of
from shop.vendors.rules import REMIND_DAYS, reminder_due
from shop.vendors.services import add_paper

BATCH = 50


def watch_due(edge: Edge, *, actor: Actor, clock: Clock) -> None:
    """Bring every listing in line with the calendar that is not, and by day remind vendors of papers that will end.

    A transaction takes at most BATCH listings of one vendor, who is told of them in one short message; each reminder
    is a transaction of its own. What is done already is not done again.
    """
    with edge.reading() as session:
        overtaken = _to_watch(session, clock=clock)
        papers = _to_remind(session, town_day(clock()))
    for codes in overtaken.values():
        for start in range(0, len(codes), BATCH):
            edge.run(partial(_watch, codes=codes[start : start + BATCH], actor=actor, clock=clock))
    if clock().astimezone(TOWN_ZONE).hour not in WAKING:
        return
    for paper_id in papers:
        edge.run(partial(_remind, paper_id=paper_id, clock=clock))


def take_down(session: Session, code: str, reason: str, *, actor: Actor, clock: Clock) -> None:
    """Take a listing off the shelf for the centre and tell its vendor.

    Raises:
        Forbidden: only staff do.
        Invalid: the reason is missing.
        NotFound: there is no such listing.
        WrongState: it is not on the shelf.
    """
    listing = passages.take_down(session, code, reason, actor=actor, clock=clock)
    _tell_hidden(session, [listing], reason.strip(), clock=clock)


@dataclass(frozen=True)
class Watched:
    """What the calendar did: titles of the listings that are shown again, and of those that no longer are."""

    shown: tuple[str, ...]
    hidden: tuple[str, ...]


def renew_paper(
    session: Session,
    vendor_id: int,
    kind: PaperKind,
    number: str,
    until: date | None,
    *,
    actor: Actor,
    clock: Clock,
) -> Watched:
    """Note a paper of a vendor that the centre has seen, and bring their goods in line with it at once.

    Raises:
        Forbidden: only managers see papers.
        Invalid: it has no number.
        NotFound: there is no such vendor.
    """
    add_paper(session, vendor_id, kind, number, until, actor=actor, clock=clock)
    codes = _to_watch(session, vendor_ids=[vendor_id], clock=clock).get(vendor_id, [])
    return _watch(session, codes, actor=actor, clock=clock)


def _to_watch(session: Session, *, vendor_ids: Collection[int] = (), clock: Clock) -> dict[int, list[str]]:
    """Return by vendor the codes of listings that the calendar has overtaken; of some vendors, or of all."""
    now = clock()
    quiet = select(Listing.code, Listing.vendor_id).where(silent(now))
    bare = select(Listing.code, Listing.vendor_id).where(Listing.state == ListingState.PUBLISHED, _unvouched(clock))
    if vendor_ids:
        quiet, bare = (rows.where(Listing.vendor_id.in_(vendor_ids)) for rows in (quiet, bare))
    found = {row.code: row.vendor_id for rows in (quiet, bare) for row in session.execute(rows.order_by(Listing.id))}
    papers = {shelf.id: tuple(shelf.papers) for shelf in session.scalars(select(Category))}
    asking = [shelf_id for shelf_id, kinds in papers.items() if kinds]
    for state, hidden_for in ((ListingState.PUBLISHED, None), (ListingState.HIDDEN, HiddenFor.PAPER_EXPIRED)):
        # A shelf may have lost its rule, so what is hidden for a paper is looked at wherever it lies.
        conditions = [Listing.state == state]
        conditions.append(Listing.category_id.in_(asking) if hidden_for is None else Listing.hidden_for == hidden_for)
        if vendor_ids:
            conditions.append(Listing.vendor_id.in_(vendor_ids))
        pairs = session.execute(select(Listing.vendor_id, Listing.category_id).where(*conditions).distinct()).all()
        held = papers_of(session, {pair.vendor_id for pair in pairs})
        overtaken = {
            (pair.vendor_id, pair.category_id)
            for pair in pairs
            if bool(paper_obstacles(papers[pair.category_id], held.get(pair.vendor_id, ()), town_day(now)))
            is (hidden_for is None)
        }
        if overtaken:
            rows = session.execute(
                select(Listing.code, Listing.vendor_id, Listing.category_id)
                .where(*conditions, Listing.vendor_id.in_({vendor_id for vendor_id, _ in overtaken}))
                .where(or_(Listing.state == ListingState.PUBLISHED, ~_unvouched(clock)))
                .order_by(Listing.id)
            )
            found |= {row.code: row.vendor_id for row in rows if (row.vendor_id, row.category_id) in overtaken}
    by_vendor: dict[int, list[str]] = {}
    for code, vendor_id in found.items():
        by_vendor.setdefault(vendor_id, []).append(code)
    return by_vendor


def _unvouched(clock: Clock) -> ColumnElement[bool]:
    """Return what is true of goods that were shown while the centre vouched for their labels, and still lack them."""
    vouched = select(Paper.id).where(Paper.vendor_id == Listing.vendor_id, Paper.kind == PaperKind.VOUCHED)
    still = vouched.where(or_(Paper.until.is_(None), Paper.until >= town_day(clock())))
    return and_(
        Listing.category_id.in_(select(Category.id).where(Category.needs_label)),
        or_(Listing.ingredients == "", Listing.keep_note == "", Listing.shelf_days.is_(None)),
        vouched.exists(),
        ~still.exists(),
    )


def _watch(session: Session, codes: Sequence[str], *, actor: Actor, clock: Clock) -> Watched:
    """Watch listings of one vendor, and tell them once for each reason what was hidden."""
    shown: list[str] = []
    hidden: dict[HiddenFor, list[Listing]] = {}
    for code in sorted(codes):
        before = passages.by_code(session, code).state
        why = passages.watch(session, code, actor=actor, clock=clock)
        listing = passages.by_code(session, code)
        if why is not None:
            hidden.setdefault(why, []).append(listing)
        elif listing.state is not before:
            shown.append(listing.title)
    for why, listings in hidden.items():
        _tell_hidden(session, listings, why.value, clock=clock)
    return Watched(tuple(shown), tuple(one.title for listings in hidden.values() for one in listings))


def _tell_hidden(session: Session, listings: Sequence[Listing], why: str, *, clock: Clock) -> None:
    first, *more = listings
    values = {"goods": first.title, "others": len(more), "why": why}
    wanted(session, "listing_hidden", phone=first.vendor.phone, values=values, clock=clock)


def _to_remind(session: Session, today: date) -> list[int]:
    """Return the ids of papers of whose end their vendor is to be told today, while none of theirs lasts longer."""
    last = today + timedelta(days=max(REMIND_DAYS))
    ending = session.scalars(
        select(Paper)
        .join(Vendor, Vendor.id == Paper.vendor_id)
        .where(Vendor.state == VendorState.APPROVED, Paper.until.between(today, last))
        .order_by(Paper.id)
    ).all()
    held = papers_of(session, {paper.vendor_id for paper in ending})
    due = [paper for paper in ending if _due(paper, today) is not None]
    return [paper.id for paper in due if not _is_replaced(paper, held[paper.vendor_id])]


def _due(paper: Paper, today: date) -> int | None:
    """Return which reminder of a paper's end is to be sent now, or None when it was, or none fits."""
    assert paper.until is not None, "only papers that end are asked about"
    fitting = reminder_due(paper.until, today)
    if fitting is None or paper.reminded_for != paper.until or paper.reminded_days is None:
        return fitting
    return fitting if fitting < paper.reminded_days else None


def _is_replaced(paper: Paper, held: Iterable[PaperFacts]) -> bool:
    """Tell whether another paper of the kind lasts longer: its own end is told in its time."""
    assert paper.until is not None, "only papers that end are asked about"
    return any(other.kind is paper.kind and (other.until is None or other.until > paper.until) for other in held)


def _remind(session: Session, paper_id: int, *, clock: Clock) -> None:
    paper = session.get_one(Paper, paper_id, with_for_update=True, populate_existing=True)
    fitting = None if paper.until is None else _due(paper, town_day(clock()))
    if paper.until is None or fitting is None:
        return
    paper.reminded_for, paper.reminded_days = paper.until, fitting
    phone = session.scalars(select(Vendor.phone).where(Vendor.id == paper.vendor_id)).one()
    values = {"kind": paper.kind.value, "until": f"{paper.until.month}月{paper.until.day}日"}
    wanted(session, "paper_ends", phone=phone, values=values, clock=clock)
