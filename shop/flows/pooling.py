"""Sharing goods that several households bring: after the cut-off by quota and turn, and again what one has not got."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

from sqlalchemy.orm import Session

from shop.catalog.pools.models import Pool, Supplier
from shop.catalog.pools.services import lock_pool
from shop.flows.settle import tell_vendor
from shop.fulfilment.demand.queries import (
    brought_on,
    pieces_of,
    pooled_until,
    refusers_of,
    shares_to_ask,
)
from shop.fulfilment.demand.rules import House, closed_day, deal, share_out
from shop.fulfilment.demand.services import refuse
from shop.kernel.actor import Actor, system
from shop.kernel.clock import Clock
from shop.kernel.edge import Edge
from shop.orders import services as orders
from shop.orders.models import OrderLine, VendorOrder, VendorOrderState
from shop.orders.rules import CARRIED_OUT
from shop.orders.sharing import alive, give_back_to_pool, give_share, may_share
from shop.town.queries import the_town
from shop.vendors.models import VendorState

SHARER = system("job:demand")
AT_ONCE = 50
"""So many orders are shared out in one transaction: buyers who wait behind it do not wait long."""

Waiting = tuple[OrderLine, VendorOrder]
"""A line of a pool's part, with that part."""


def share_out_due(edge: Edge, *, clock: Clock) -> None:
    """Share out what waits for days whose cut-off has passed; run twice, or by two at once, everything goes once."""
    with edge.reading() as session:
        until = closed_day(clock(), the_town(session).cutoff)
    share_all(edge, until, actor=SHARER, clock=clock)


def share_all(edge: Edge, until: date, *, actor: Actor, clock: Clock) -> None:
    """Share out everything pooled that is wanted until a day, and ask every household that was given something.

    Each step is a transaction of its own; whatever is left over when it breaks off, the next call does.
    """
    with edge.reading() as session:
        waiting = pooled_until(session, until)
    for (listing_id, day), parts in waiting.items():
        for start in range(0, len(parts), AT_ONCE):
            share = partial(_share, listing_id=listing_id, day=day, codes=parts[start : start + AT_ONCE])
            edge.run(partial(share, actor=actor, clock=clock))
    with edge.reading() as session:
        to_ask = shares_to_ask(session)
    for codes in to_ask:
        edge.run(partial(_ask, codes=codes, actor=actor, clock=clock))


def _share(session: Session, listing_id: int, day: date, codes: Sequence[str], *, actor: Actor, clock: Clock) -> None:
    """Share out one listing's goods of some parts that are wanted on a day.

    The pool is locked before the orders, by everybody who shares out, so that what each household has been given is
    not changed by another meanwhile; who answers or cancels locks its order alone.
    """
    pool = lock_pool(session, listing_id)
    if pool is None:
        return
    variants = pieces_of(session, listing_id)
    lines: list[Waiting] = []
    for code in codes:
        part = orders.lock_part(session, code)
        if part.state is VendorOrderState.POOLED and part.order.state in CARRIED_OUT and part.due_on == day:
            wanted = [line for line in part.lines if line.variant_id in variants and line.quantity > line.rejected]
            lines += [(alive(session, part, line), part) for line in wanted]
    room = _room(session, pool, day)
    groups: dict[tuple[int, tuple[int, ...]], list[Waiting]] = {}
    for line, part in lines:
        able = tuple(i for i, one in enumerate(pool.suppliers) if may_share(part, one.vendor_id))
        groups.setdefault((line.variant_id, able), []).append((line, part))
    for (variant_id, able), group in groups.items():
        suppliers = [pool.suppliers[i] for i in able]
        for supplier, units in _give(session, suppliers, room, variants[variant_id], group, actor=actor, clock=clock):
            room[supplier.id] -= units * variants[variant_id]
    session.flush()


def _room(session: Session, pool: Pool, day: date) -> dict[int, int]:
    """Return how many pieces more each household brings on a day, by the supplier's id."""
    brought, refusers = brought_on(session, pool.listing_id, day), refusers_of(session, pool.id, day)
    return {
        one.id: max(0, one.most - brought.get(one.vendor_id, 0))
        if one.vendor.state is VendorState.APPROVED and one.id not in refusers
        else 0
        for one in pool.suppliers
    }


def _give(
    session: Session,
    suppliers: Sequence[Supplier],
    room: Mapping[int, int],
    pieces: int,
    group: Sequence[Waiting],
    *,
    actor: Actor,
    clock: Clock,
) -> list[tuple[Supplier, int]]:
    """Give lines of one thing to households that may have them, and return how many units each was given."""
    units_of = [line.quantity for line, _part in group]
    houses = [House(one.share, room[one.id] // pieces, one.owed) for one in suppliers]
    targets, owed = share_out(sum(units_of), houses)
    for supplier, now in zip(suppliers, owed, strict=True):
        supplier.owed = now
    shares: dict[tuple[str, int], list[tuple[OrderLine, int]]] = {}
    pools = {part.code: part for _line, part in group}
    for (line, part), dealt in zip(group, deal(units_of, targets), strict=True):
        for i, units in dealt:
            shares.setdefault((part.code, i), []).append((line, units))
    for (code, i), taken in shares.items():
        give_share(session, pools[code], suppliers[i].vendor_id, taken, actor=actor, clock=clock)
    return list(zip(suppliers, targets, strict=True))


def _ask(session: Session, codes: Sequence[str], *, actor: Actor, clock: Clock) -> None:
    """Ask a household, by one message, for everything that it was given of a day."""
    parts = [orders.lock_part(session, code) for code in codes]
    parts = [part for part in parts if part.state is VendorOrderState.SHARED and part.order.state in CARRIED_OUT]
    for part in parts:
        orders.advance_part(session, part, VendorOrderState.ASKED, actor=actor, clock=clock)
    if parts:
        tell_vendor(session, parts, _goods(parts), clock=clock)


def _goods(parts: Sequence[VendorOrder]) -> str:
    """Return what parts need together, as short as a message must be."""
    units: dict[str, int] = {}
    first: dict[str, OrderLine] = {}
    for line in (line for part in parts for line in part.lines if line.quantity > line.rejected):
        first.setdefault(line.title, line)
        units[line.title] = units.get(line.title, 0) + line.quantity - line.rejected
    return "、".join(f"{title[:12]} {count}{first[title].unit}" for title, count in units.items())


def hand_back(session: Session, share: VendorOrder, missing: Mapping[int, int], *, actor: Actor, clock: Clock) -> bool:
    """A household has not got some of its share: it waits for another household; False when its pool is over.

    The household is given no more for that day, until somebody asks again.

    Args:
        missing: line id -> how many, > 0.
    """
    units = [(line, missing[line.id]) for line in share.lines if line.id in missing]
    variants = {line.variant_id for line, _count in units}
    if not give_back_to_pool(session, share, units, actor=actor, clock=clock):
        return False
    if share.due_on is not None:
        refuse(session, share.vendor_id, variants, share.due_on, clock=clock)
    return True
