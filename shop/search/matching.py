"""From a plan and a view to listings with their weight: whole arrays at once, no listing is looked at alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import log

import numpy as np
from numpy.typing import NDArray

from shop.search.clauses import Clause, Unit
from shop.search.columns import Flags, Numbers, Places
from shop.search.index import NOWHERE
from shop.search.plan import FAR, Plan
from shop.search.view import View

RELATED, LAST = 8, 9
"""Tiers of what is only of the same kind, and of what is not shown."""
FILLED = 10
"""Matches below which things of the same kinds are shown after them."""
SHARED = 0.3
"""How much of what a thing of the same kind has of the question counts beside its kind."""
SAME_SHELF = 1.5
"""What lying on the shelf of the best match counts beside being of its kind."""
ENOUGH = 5
"""With fewer that match every word, those that match the deciding ones are shown after them, and so on."""
SOLD_OUT = 0.85
"""What is sold out is shown, a little lower."""
FINE = 1000
"""Weights are compared to three places."""

Weights = NDArray[np.float32]


@dataclass(frozen=True)
class Matches:
    """What matches.

    Attributes:
        places: positions of the listings.
        tiers: how well each matches: 0 every word, then less.
        relevance: of each within its tier, the smaller the better.
    """

    places: Places
    tiers: Numbers
    relevance: Numbers


NO_MATCHES = Matches(NOWHERE, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def everything(view: View) -> Matches:
    """Return all listings, equally good."""
    nothing: Numbers = np.zeros(len(view.everything), dtype=np.int64)
    return Matches(view.everything, nothing, nothing)


def matches(view: View, plan: Plan) -> Matches:
    """Return the listings that match a plan, and when they are few, some of the same kinds after them."""
    if not plan.units:
        return NO_MATCHES
    weighed = [(unit, *_of_unit(view, unit)) for unit in plan.units]
    tiers = _tiers(view, weighed)
    weights = reduce(np.add, (weight for _, weight, _ in weighed)) + _weighed(view, plan.ranking)[0]
    count = int(np.count_nonzero(tiers < LAST))
    if 0 < count < FILLED and plan.has_things:
        _fill(view, plan, tiers, weights, FILLED - count)
    places = np.flatnonzero(tiers < LAST).astype(np.int32)
    weights = weights[places]
    weights = np.where(view.columns.numbers["in_stock"][places] != 0, weights, weights * SOLD_OUT)
    return Matches(places, tiers[places].astype(np.int64), (-weights * FINE).astype(np.int64))


def _fill(view: View, plan: Plan, tiers: NDArray[np.int8], weights: Weights, count: int) -> None:
    """Let things of the same kinds, or from the shelf of the best match, follow what matches."""
    matching = np.flatnonzero(tiers < LAST)
    shelves = view.columns.coded["shelf"].numbers
    same_shelf = shelves == shelves[matching[np.argmax(weights[matching])]]
    close, hits = _weighed(view, [clause for clause in plan.near if clause.weight > FAR])
    close += weights * SHARED + same_shelf * SAME_SHELF
    places: Places = np.flatnonzero((hits | same_shelf) & view.live & (tiers == LAST)).astype(np.int32)
    chosen = view.columns.first(places, (-close[places] * FINE).astype(np.int64), count)
    tiers[chosen] = RELATED
    weights[chosen] = close[chosen]


def near(view: View, plan: Plan, count: int) -> Places:
    """Return listings of the kinds that were asked for."""
    if not plan.near:
        return NOWHERE
    weights, hits = _weighed(view, plan.near)
    places: Places = np.flatnonzero(hits & view.live).astype(np.int32)
    return view.columns.first(places, (-weights[places] * FINE).astype(np.int64), count)


def _tiers(view: View, weighed: list[tuple[Unit, Weights, Flags]]) -> NDArray[np.int8]:
    """Return each position's tier: all words; all deciding ones; some of them; only what describes. Else `LAST`."""
    deciding = [hits for unit, _, hits in weighed if unit.decides]
    describing = [hits for unit, _, hits in weighed if unit.is_thing and not unit.decides]
    steps: list[Flags] = [reduce(np.logical_and, (hits for _, _, hits in weighed))]
    steps.append(reduce(np.logical_and, deciding))
    steps.append(reduce(np.logical_or, deciding))
    if describing and np.any(steps[-1] & view.live):
        steps.append(reduce(np.logical_or, describing))
    tiers = np.full(view.size, LAST, dtype=np.int8)
    taken: Flags = ~view.live
    count = 0
    is_loose = any(unit.is_thing for unit, _, _ in weighed) and all(
        unit.decides or not unit.is_firm for unit, _, _ in weighed
    )
    for tier, step in enumerate(steps):
        fresh = step & ~taken
        # Words that nobody knows are weighed, not set above the goods that are named: 鸡蛋面 for 坐月子 is no egg.
        tiers[fresh] = 0 if tier == 1 and is_loose else tier
        taken |= fresh
        count += int(np.count_nonzero(fresh))
        if count >= ENOUGH:
            break
    return tiers


def _of_unit(view: View, unit: Unit) -> tuple[Weights, Flags]:
    """Return what `_weighed` does for a unit; its last clauses only when nothing matches the others."""
    weights, hits = _weighed(view, [clause for clause in unit.clauses if not clause.is_last])
    last = [clause for clause in unit.clauses if clause.is_last]
    if not last or np.any(hits & view.live):
        return weights, hits
    more, others = _weighed(view, last)
    return weights + more, others


def _weighed(view: View, clauses: Sequence[Clause]) -> tuple[Weights, Flags]:
    """Return the weight of each position by these clauses, and which positions match."""
    weights = np.zeros(view.size, dtype=np.float32)
    rivals = np.zeros(view.size, dtype=np.float32)
    hits = np.zeros(view.size, dtype=np.bool_)
    for clause in clauses:
        if clause.is_prefix:
            found = np.zeros(view.size, dtype=np.bool_)
            for term in view.starting_with(clause.field, clause.terms[0]):
                found[view.places(clause.field, term)] = True
            weights[found] += clause.weight
            hits |= found
            continue
        places = view.places_of_all(clause.field, clause.terms)
        if len(places):
            weight = clause.weight if clause.is_constant else clause.weight * _rarity(len(places), view.size)
            if clause.is_rival:
                rivals[places] = np.maximum(rivals[places], weight)
            else:
                weights[places] += weight
            if clause.is_enough:
                hits[places] = True
    return weights + rivals, hits


def _rarity(found: int, size: int) -> float:
    """Return how telling a match is: 1 for a single listing among all, little for a match of nearly all."""
    return (1 + log((size + 1) / (found + 1))) / (1 + log(size + 1))
