"""What of a household's goods lies at the centre's counter, for whoever takes some along at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import CursorResult, Update, select, update
from sqlalchemy.orm import Session

from shop.catalog.lots.rules import needs_inspection
from shop.catalog.models import Category, Climate, CounterStock, Listing, Variant
from shop.catalog.pools.queries import pooled_variants
from shop.catalog.rules import MAX_STOCK
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Forbidden, Invalid, NotFound, ShopError, Stale

KEPT_COOL = frozenset({Climate.DRY, Climate.COOL})


@dataclass
class NoneThere(ShopError):
    """Fewer lie at the counter than are wanted."""

    variant_id: int


def at_counter(session: Session, variant_ids: Collection[int]) -> dict[int, int]:
    """Return how many pieces of each way can be sold from the counter; nothing of what does not lie there.

    What was laid there and has become another kind of goods since, weighed or inspected, is not sold there any more.
    """
    wanted = select(CounterStock.variant_id, CounterStock.pieces).where(
        CounterStock.variant_id.in_(variant_ids), CounterStock.pieces > 0
    )
    lies = {row.variant_id: row.pieces for row in session.execute(wanted)}
    fit = may_lie_there(session, lies) if lies else frozenset()
    return {variant_id: pieces for variant_id, pieces in lies.items() if variant_id in fit}


def all_there(session: Session) -> dict[int, int]:
    """Return how many pieces of every way lie at the counter and are nobody's yet."""
    wanted = select(CounterStock.variant_id, CounterStock.pieces).where(CounterStock.pieces > 0)
    return {row.variant_id: row.pieces for row in session.execute(wanted.order_by(CounterStock.variant_id))}


def may_lie_there(session: Session, variant_ids: Collection[int]) -> frozenset[int]:
    """Return which of these may be sold over the counter at once: whose price needs no scale and whose lot no paper.

    Not what is weighed, ordered ahead, alive, cold, brought by several households, or inspected batch by batch: all
    that passes the intake table first.
    """
    rows = session.execute(
        select(Variant.id, Category.papers)
        .join(Listing, Listing.id == Variant.listing_id)
        .join(Category, Category.id == Listing.category_id)
        .where(
            Variant.id.in_(variant_ids),
            Variant.per_500g_fen.is_(None),
            Listing.harvest_first_on.is_(None),
            Category.is_live.is_(False),
            Category.climate.in_(KEPT_COOL),
        )
    ).all()
    fit = {row.id for row in rows if not needs_inspection(row.papers)}
    return frozenset(fit - pooled_variants(session, fit))


def count_there(session: Session, variant_id: int, pieces: int, *, saw: int, actor: Actor, clock: Clock) -> None:
    """Set how many lie at the counter and are nobody's yet, as somebody has counted them.

    Args:
        saw: the number the page showed; a sale in between is not overwritten.

    Raises:
        Forbidden: the actor does not work at the counter.
        NotFound: there is no such way of selling.
        Invalid: it is not sold over the counter at once, or there cannot be so many.
        Stale: some were taken since the page was shown.
    """
    if not actor.has("staff", "counter", "manager"):
        raise Forbidden("counter")
    if session.get(Variant, variant_id) is None:
        raise NotFound("variant")
    if not 0 <= pieces <= MAX_STOCK:
        raise Invalid("pieces", "range")
    if pieces and variant_id not in may_lie_there(session, [variant_id]):
        raise Invalid("pieces", "intake")
    kept = session.get(CounterStock, variant_id, with_for_update=True, populate_existing=True)
    if (kept.pieces if kept is not None else 0) != saw:
        raise Stale("counter_stock")
    if kept is None:
        kept = CounterStock(variant_id=variant_id)
        session.add(kept)
    kept.pieces, kept.counted_at, kept.counted_by = pieces, clock(), actor.label
    session.flush()


def take_there(session: Session, wanted: Mapping[int, int]) -> None:
    """Keep pieces at the counter for an order, in variant order so that two buyers cannot deadlock.

    Raises:
        NoneThere: there are not so many, or they are not sold there any more; the caller rolls back.
    """
    for variant_id in sorted(wanted.keys() - may_lie_there(session, wanted)):
        raise NoneThere(variant_id)
    for variant_id, pieces in sorted(wanted.items()):
        guarded = (
            update(CounterStock)
            .where(CounterStock.variant_id == variant_id, CounterStock.pieces >= pieces)
            .values(pieces=CounterStock.pieces - pieces)
        )
        if not _hit(session, guarded):
            raise NoneThere(variant_id)


def leave_there(session: Session, left: Mapping[int, int]) -> None:
    """Let pieces that lie at the counter be anybody's again: their order has ended."""
    for variant_id, pieces in sorted(left.items()):
        again = update(CounterStock).where(CounterStock.variant_id == variant_id)
        _hit(session, again.values(pieces=CounterStock.pieces + pieces))


def _hit(session: Session, statement: Update) -> bool:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    return result.rowcount == 1
