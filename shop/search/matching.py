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


@dataclass(frozen=True)
class Ground:
    """The positions that are weighed for a question; each has a slot in its arrays.

    Attributes:
        places: the positions, in order.
        slots: by position its slot; -1 for those that are not weighed.
    """

    places: Places
    slots: Places

    @classmethod
    def of(cls, places: Places, size: int) -> "Ground":
        """Number the positions that are weighed among so many."""
        slots: Places = np.full(size, -1, dtype=np.int32)
        slots[places] = np.arange(len(places), dtype=np.int32)
        return cls(places, slots)

    def within(self, places: Places) -> Places:
        """Return the slots of those of some positions that are weighed."""
        found: Places = self.slots[places]
        return found[found >= 0]


def matches(view: View, plan: Plan) -> Matches:
    """Return the listings that match a plan, and when they are few, some of the same kinds after them."""
    if not plan.units:
        return NO_MATCHES
    # Most listings have nothing of the question: only those that may match are weighed.
    ground = Ground.of(_reached(view, plan.units), view.size)
    tiers, weights = _judged(view, plan, ground)
    count = int(np.count_nonzero(tiers < LAST))
    if 0 < count < FILLED and plan.has_things:
        ground = Ground.of(view.everything, view.size)
        tiers, weights = _judged(view, plan, ground)
        _fill(view, plan, ground, tiers, weights, FILLED - count)
    matching = np.flatnonzero(tiers < LAST)
    places, weights = ground.places[matching], weights[matching]
    weights = np.where(view.columns.numbers["in_stock"][places] != 0, weights, weights * SOLD_OUT)
    return Matches(places, tiers[matching].astype(np.int64), (-weights * FINE).astype(np.int64))


def _reached(view: View, units: Sequence[Unit]) -> Places:
    """Return the positions of listings that match any clause which is enough, in order; see `_of_unit` for the last."""
    reached: Flags = np.zeros(view.size, dtype=np.bool_)
    for unit in units:
        own = _flagged(view, [clause for clause in unit.clauses if not clause.is_last])
        last = [clause for clause in unit.clauses if clause.is_last]
        reached |= own if not last or np.any(own) else _flagged(view, last)
    found: Places = np.flatnonzero(reached).astype(np.int32)
    return found


def _flagged(view: View, clauses: Sequence[Clause]) -> Flags:
    """Tell which listings match any of these clauses that is enough."""
    flags: Flags = np.zeros(view.size, dtype=np.bool_)
    for clause in clauses:
        if clause.is_prefix:
            for places in _prefixed(view, clause):
                flags[places] = True
        elif clause.is_enough:
            flags[view.places_of_all(clause.field, clause.terms)] = True
    flags &= view.live
    return flags


def _judged(view: View, plan: Plan, ground: Ground) -> tuple[NDArray[np.int8], Weights]:
    """Return how well each position that is weighed matches, and its weight."""
    weighed = [(unit, *_of_unit(view, ground, unit)) for unit in plan.units]
    weights = reduce(np.add, (weight for _, weight, _ in weighed)) + _weighed(view, ground, plan.ranking)[0]
    return _tiers(len(ground.places), weighed), weights


def _fill(view: View, plan: Plan, ground: Ground, tiers: NDArray[np.int8], weights: Weights, count: int) -> None:
    """Let things of the same kinds, or from the shelf of the best match, follow what matches."""
    matching = np.flatnonzero(tiers < LAST)
    shelves = view.columns.coded["shelf"].numbers[ground.places]
    same_shelf = shelves == shelves[matching[np.argmax(weights[matching])]]
    close, hits = _weighed(view, ground, [clause for clause in plan.near if clause.weight > FAR])
    close += weights * SHARED + same_shelf * SAME_SHELF
    others = np.flatnonzero((hits | same_shelf) & (tiers == LAST))
    chosen = ground.slots[view.columns.first(ground.places[others], (-close[others] * FINE).astype(np.int64), count)]
    tiers[chosen] = RELATED
    weights[chosen] = close[chosen]


def near(view: View, plan: Plan, count: int) -> Places:
    """Return listings of the kinds that were asked for."""
    if not plan.near:
        return NOWHERE
    ground = Ground.of(view.everything, view.size)
    weights, hits = _weighed(view, ground, plan.near)
    return view.columns.first(ground.places[hits], (-weights[hits] * FINE).astype(np.int64), count)


def _tiers(size: int, weighed: list[tuple[Unit, Weights, Flags]]) -> NDArray[np.int8]:
    """Return the tier of each: all words; all deciding ones; some of them; only what describes. Else `LAST`."""
    deciding = [hits for unit, _, hits in weighed if unit.decides]
    describing = [hits for unit, _, hits in weighed if unit.is_thing and not unit.decides]
    steps: list[Flags] = [reduce(np.logical_and, (hits for _, _, hits in weighed))]
    steps.append(reduce(np.logical_and, deciding))
    steps.append(reduce(np.logical_or, deciding))
    if describing and np.any(steps[-1]):
        steps.append(reduce(np.logical_or, describing))
    tiers = np.full(size, LAST, dtype=np.int8)
    taken: Flags = np.zeros(size, dtype=np.bool_)
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


def _of_unit(view: View, ground: Ground, unit: Unit) -> tuple[Weights, Flags]:
    """Return what `_weighed` does for a unit; its last clauses only when nothing matches the others."""
    weights, hits = _weighed(view, ground, [clause for clause in unit.clauses if not clause.is_last])
    last = [clause for clause in unit.clauses if clause.is_last]
    if not last or np.any(hits):
        return weights, hits
    more, others = _weighed(view, ground, last)
    return weights + more, others


def _prefixed(view: View, clause: Clause) -> list[Places]:
    """Return the positions of each term that a beginning stands for."""
    return [view.places(clause.field, term) for term in view.starting_with(clause.field, clause.terms[0])]


def _weighed(view: View, ground: Ground, clauses: Sequence[Clause]) -> tuple[Weights, Flags]:
    """Return the weight by these clauses of each position that is weighed, and which of them match."""
    size = len(ground.places)
    weights = np.zeros(size, dtype=np.float32)
    rivals = np.zeros(size, dtype=np.float32)
    hits = np.zeros(size, dtype=np.bool_)
    for clause in clauses:
        if clause.is_prefix:
            found = np.zeros(size, dtype=np.bool_)
            for places in _prefixed(view, clause):
                found[ground.within(places)] = True
            weights[found] += clause.weight
            hits |= found
            continue
        places = view.places_of_all(clause.field, clause.terms)
        if len(places):
            weight = clause.weight if clause.is_constant else clause.weight * _rarity(len(places), view.size)
            slots = ground.within(places)
            if clause.is_rival:
                rivals[slots] = np.maximum(rivals[slots], weight)
            else:
                weights[slots] += weight
            if clause.is_enough:
                hits[slots] = True
    return weights + rivals, hits


def _rarity(found: int, size: int) -> float:
    """Return how telling a match is: 1 for a single listing among all, little for a match of nearly all."""
    return (1 + log((size + 1) / (found + 1))) / (1 + log(size + 1))
