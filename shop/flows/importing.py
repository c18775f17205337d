"""Goods from a file, row by row: each goes in whole or not at all, and the same file twice changes nothing."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from shop.catalog.imports.goods import Goods, read
from shop.catalog.imports.reasons import Reason
from shop.catalog.imports.sheets import Flaw, Row
from shop.catalog.models import HiddenFor, Listing, ListingState
from shop.catalog.obstacles import NotLawful
from shop.catalog.own import offer_now
from shop.catalog.rules import Offer
from shop.catalog.services.listings import offer, revise
from shop.catalog.services.passages import advance, confirm, review, watch
from shop.catalog.services.revisions import approve_revision
from shop.flows.import_directory import Directory, Options, Refused
from shop.flows.import_offers import changed, check_known, flaws_of, offered
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.edge import Edge
from shop.kernel.errors import Invalid, ShopError, Stale

BATCH = 30
"""Rows in one transaction: enough to spare commits, few enough that nobody waits for the database for long."""
PAUSE_NS = 120_000_000
SECOND_NS = 1_000_000_000


class Outcome(StrEnum):
    """What became of a row."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Taken:
    """One row and what became of it.

    Attributes:
        waits: it is in, and waits for review.
        flaws: why it was refused, what it waits for, or what it lacks.
    """

    number: int
    ref: str
    outcome: Outcome
    waits: bool = False
    flaws: tuple[Flaw, ...] = ()


Pictures = Callable[[str], tuple[tuple[str, ...] | None, list[Flaw]]]
"""Takes in the photos of a ref and returns their keys (None: leave those that are there) and what was not taken."""
Note = Callable[[Session, Sequence[Taken]], None]
"""Writes down what became of some rows, in their transaction."""


class _Rehearsed(Exception):
    """Ends the transaction of a rehearsal: everything was tried, nothing stays."""

    def __init__(self, taken: list[Taken]) -> None:
        super().__init__()
        self.taken = taken


@dataclass(frozen=True)
class _Readied:
    row: Row
    goods: Goods | None
    flaws: tuple[Flaw, ...]
    photo_keys: tuple[str, ...] | None = None


def no_pictures(_ref: str) -> tuple[None, list[Flaw]]:
    """Leave the photos that are there."""
    return None, []


def no_note(_session: Session, _taken: Sequence[Taken]) -> None:
    """Write nothing down."""


def bring_in(
    edge: Edge,
    rows: Iterable[Row],
    options: Options,
    *,
    actor: Actor,
    clock: Clock,
    pictures: Pictures = no_pictures,
    note: Note = no_note,
    skip: int = 0,
) -> Iterator[list[Taken]]:
    """Take in goods, some rows to a transaction, and yield what became of each batch once it is committed.

    A row stands for one listing, found again by its `ref`. What is new is offered and published; what is there is
    changed in what the row says, its stock counted, and shown at once, for an import by the centre is its review. What
    the law keeps off the shelf waits for review with the reason. A bad row is refused whole and keeps no other back.
    Stopped anywhere, whole batches are in, and beginning again goes on.

    Args:
        rows: from the beginning of the file.
        pictures: takes in a row's photos, outside any transaction.
        note: called in each batch's transaction; in a rehearsal in one of its own.
        skip: so many rows were taken in before.
    """
    seen: dict[str, int] = {}
    vouched: set[int] = set()
    place, turns = 0, _Turns(edge)
    coming = iter(rows)
    while batch := list(islice(coming, BATCH)):
        readied = []
        for row in batch:
            place += 1
            one = _readied(row, seen, pictures if place > skip else no_pictures)
            if place > skip:
                readied.append(one)
        if readied:
            with turns.ours():
                taken = _batch(edge, readied, options, vouched, note, actor=actor, clock=clock)
            yield taken


class _Turns:
    """Leaves everybody else who writes their turn.

    Writers waiting for a SQLite file look every tenth of a second whether it is free, so an import without a pause
    would leave them none. Between two batches it waits as long as the last one took, at most a little over that tenth.
    """

    def __init__(self, edge: Edge) -> None:
        self._is_needed = edge.engine.dialect.name == "sqlite"
        self._took_ns = 0

    @contextmanager
    def ours(self) -> Iterator[None]:
        """Wait, then measure how long our turn takes."""
        if self._is_needed:
            time.sleep(min(self._took_ns, PAUSE_NS) / SECOND_NS)
        began = time.monotonic_ns()
        yield
        self._took_ns = time.monotonic_ns() - began


def _readied(row: Row, seen: dict[str, int], pictures: Pictures) -> _Readied:
    goods, flaws = read(row)
    if goods is None:
        return _Readied(row, None, tuple(flaws))
    first = seen.setdefault(goods.ref, row.number)
    if first != row.number:
        return _Readied(row, None, (Flaw("ref", Reason.REF_TWICE, str(first), goods.ref),))
    keys, lacking = pictures(goods.ref)
    return _Readied(row, goods, tuple(lacking), keys)


def _batch(
    edge: Edge,
    readied: Sequence[_Readied],
    options: Options,
    vouched: set[int],
    note: Note,
    *,
    actor: Actor,
    clock: Clock,
) -> list[Taken]:
    newly: set[int] = set()

    def act(session: Session) -> list[Taken]:
        newly.clear()
        desk = _Desk(session, options, vouched | newly, actor=actor, clock=clock)
        taken = desk.take_all(readied)
        newly.update(desk.directory.vouched)
        if options.is_rehearsal:
            raise _Rehearsed(taken)
        note(session, taken)
        return taken

    try:
        taken = edge.run(act)
    except _Rehearsed as rehearsed:
        taken = rehearsed.taken
        edge.run(lambda session: note(session, taken))
    else:
        vouched.update(newly)
    return taken


class _Desk:
    """One batch in its transaction."""

    def __init__(self, session: Session, options: Options, vouched: set[int], *, actor: Actor, clock: Clock) -> None:
        self.session, self.actor, self.clock = session, actor, clock
        self.directory = Directory(session, options, vouched, actor=actor, clock=clock)

    def take_all(self, readied: Sequence[_Readied]) -> list[Taken]:
        """Take in every row of the batch."""
        refs = [one.goods.ref for one in readied if one.goods is not None]
        wanted = (
            select(Listing)
            .where(Listing.ref.in_(refs))
            .options(
                joinedload(Listing.origin),
                joinedload(Listing.vendor, innerjoin=True),
                selectinload(Listing.variants),
                selectinload(Listing.photos),
            )
        )
        known = {listing.ref: listing for listing in self.session.scalars(wanted)}
        return [self._take(one, None if one.goods is None else known.get(one.goods.ref)) for one in readied]

    def _take(self, one: _Readied, listing: Listing | None) -> Taken:
        number, goods = one.row.number, one.goods
        ref = one.row.text("ref").strip()[:200]
        if goods is None:
            return Taken(number, ref, Outcome.REFUSED, flaws=one.flaws)
        try:
            with self.session.begin_nested():
                outcome, waits = self._bring(goods, one.photo_keys, listing)
        except Refused as refusal:
            flaws = refusal.flaws
        except NotLawful as refusal:
            why = "; ".join(f"{flaw.reason.value} {flaw.detail}" for flaw in flaws_of(refusal.obstacles))
            flaws = (Flaw("", Reason.NOT_LAWFUL, why[:200]),)
        except Stale:
            flaws = (Flaw("ref", Reason.MEANWHILE, cell=goods.ref),)
        except Invalid as refusal:
            flaws = (Flaw(refusal.field, Reason.CANNOT_BE, refusal.reason),)
        except ShopError as refusal:
            flaws = (Flaw("", Reason.CANNOT_BE, str(refusal)[:200]),)
        else:
            self.directory.keep()
            return Taken(number, ref, outcome, bool(waits), (*one.flaws, *waits))
        self.directory.forget()
        return Taken(number, ref, Outcome.REFUSED, flaws=(*flaws, *one.flaws))

    def _bring(
        self, goods: Goods, photo_keys: tuple[str, ...] | None, listing: Listing | None
    ) -> tuple[Outcome, list[Flaw]]:
        vendor = self.directory.vendor(goods)
        category_id = self.directory.category_id(goods)
        origin_code = self.directory.origin_code(goods, vendor)
        self.directory.vouch(vendor)
        if listing is None:
            wanted = offered(goods, category_id, origin_code, photo_keys)
            made = offer(self.session, vendor.id, wanted, actor=self.actor, clock=self.clock)
            return Outcome.ADDED, self._publish_new(made)
        check_known(goods, listing, vendor.id)
        now = offer_now(listing)
        wanted = changed(now, goods, category_id, origin_code, photo_keys)
        if wanted == now:
            return self._leave(listing)
        return Outcome.CHANGED, self._change(listing, wanted)

    def _publish_new(self, listing: Listing) -> list[Flaw]:
        """Show what this batch has just offered, which nobody else can have touched; return what is in the way."""
        try:
            advance(self.session, listing, ListingState.PUBLISHED, actor=self.actor, clock=self.clock)
        except NotLawful as refusal:  # found before anything was written
            return flaws_of(refusal.obstacles)
        return []

    def _publish(self, listing: Listing) -> list[Flaw]:
        """Show what waits for review; return what is in the way."""
        try:
            review(
                self.session,
                listing.code,
                approve=True,
                version=listing.version,
                actor=self.actor,
                clock=self.clock,
            )
        except NotLawful as refusal:  # found before anything was written
            return flaws_of(refusal.obstacles)
        return []

    def _change(self, listing: Listing, wanted: Offer) -> list[Flaw]:
        actor, clock = self.actor, self.clock
        revised = revise(
            self.session, listing.vendor_id, listing.code, wanted, version=listing.version, actor=actor, clock=clock
        )
        if listing.state is ListingState.IN_REVIEW:
            return self._publish(listing)
        if revised.waits_for:
            try:
                with self.session.begin_nested():
                    approve_revision(self.session, listing.code, version=listing.version, actor=actor, clock=clock)
            except NotLawful as refusal:  # the change waits, the shelf shows what it showed
                return flaws_of(refusal.obstacles)
        return []

    def _leave(self, listing: Listing) -> tuple[Outcome, list[Flaw]]:
        """Return what a row that says nothing new comes to: goods that could not be shown before may be now."""
        actor, clock = self.actor, self.clock
        if listing.state is ListingState.DRAFT:
            return Outcome.UNCHANGED, [Flaw("", Reason.GIVEN_BACK)]
        if listing.state is ListingState.IN_REVIEW:
            found = self._publish(listing)
            return Outcome.UNCHANGED if found else Outcome.CHANGED, found
        if listing.hidden_for is HiddenFor.PAPER_EXPIRED:
            watch(self.session, listing.code, actor=actor, clock=clock)
            is_back = listing.hidden_for is None
            return (Outcome.CHANGED, []) if is_back else (Outcome.UNCHANGED, [Flaw("vendor", Reason.PAPER_EXPIRED)])
        if listing.hidden_for is HiddenFor.NOT_CONFIRMED:
            try:
                confirm(self.session, listing.vendor_id, listing.code, actor=actor, clock=clock)
            except NotLawful as refusal:
                return Outcome.UNCHANGED, flaws_of(refusal.obstacles)
            return Outcome.CHANGED, []
        if listing.state is ListingState.PUBLISHED and self._is_old(listing):
            # That it still stands in the centre's list is a sign of life.
            confirm(self.session, listing.vendor_id, listing.code, actor=actor, clock=clock)
        return Outcome.UNCHANGED, []

    def _is_old(self, listing: Listing) -> bool:
        return listing.confirmed_at is None or town_day(listing.confirmed_at) < town_day(self.clock())
