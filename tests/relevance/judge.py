"""Judge search answers by labels: grades, nDCG@10, first hit, look-alikes, and a report per kind of query.

Everything here is a pure function of the data files beside it and of the ranked refs it is given; RULES.md says why.
Nothing of the product is imported, so that the judge cannot lean on what it judges.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent
HALVES = ("tuning", "held_out")
NONSENSE = "nonsense"
ALL_KINDS = "all"
NDCG_DEPTH = 10
LOOK_ALIKE_DEPTH = 5
ACCEPTABLE = 2
EXACT = 3
GRADES = (3, 2, 1)


@dataclass(frozen=True)
class Labelled:
    """A listing as the judge sees it: where it comes from, and what it truly is."""

    ref: str
    title: str
    vendor: str
    village: str
    months: frozenset[int]
    kind: str
    also: tuple[str, ...]
    holds: tuple[str, ...]
    made_of: tuple[str, ...]
    flavoured_with: tuple[str, ...]
    attributes: frozenset[str]


@dataclass(frozen=True)
class Query:
    """What somebody typed, and the selectors of the listings that answer it, by grade."""

    id: str
    kind: str
    text: str
    grades: Mapping[int, tuple[str, ...]]
    must_not: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """One query judged: `first_right` is the strict measure of RULES.md, `first_acceptable` the mild one."""

    query_id: str
    kind: str
    ndcg: float
    first_right: bool
    first_acceptable: bool
    nothing: bool
    has_look_alikes: bool
    violations: tuple[str, ...]


@dataclass(frozen=True)
class KindReport:
    """Means over the queries of one kind; `violated` counts queries with a look-alike among the first five."""

    kind: str
    n: int
    ndcg: float
    first_right: float
    first_acceptable: float
    nothing: float
    with_look_alikes: int
    violated: int


def read_lines(name: str) -> list[dict[str, object]]:
    """Return the objects of one .jsonl file of this folder; raises ValueError for a line that is not JSON."""
    with (FOLDER / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def load_listings() -> tuple[Labelled, ...]:
    """Return every listing with its labels; raises KeyError for a listing that has none."""
    labels = {str(row["ref"]): row for row in read_lines("labels.jsonl")}
    return tuple(_labelled(row, labels[str(row["ref"])]) for row in read_lines("listings.jsonl"))


def load_queries(half: str) -> tuple[Query, ...]:
    """Return the queries of one half, `tuning` or `held_out`."""
    return tuple(
        Query(
            id=str(row["id"]),
            kind=str(row["kind"]),
            text=str(row["text"]),
            grades={int(grade): tuple(selectors) for grade, selectors in _mapping(row["grades"]).items()},
            must_not=_strings(row.get("must_not", [])),
        )
        for row in read_lines(f"{half}.jsonl")
    )


def half_of(ids: Iterable[str]) -> dict[str, str]:
    """Deal the ids of one kind into the two halves in turn, in the order of their SHA-256; the first is held out."""
    dealt = sorted(ids, key=lambda each: sha256(each.encode()).hexdigest())
    return {each: HALVES[(place + 1) % 2] for place, each in enumerate(dealt)}


def selected(selector: str, listings: Iterable[Labelled]) -> frozenset[str]:
    """Return the refs that match all ` & `-joined conditions; raises ValueError for a condition nobody defined."""
    conditions = [condition.strip() for condition in selector.split("&")]
    return frozenset(each.ref for each in listings if all(_meets(each, condition) for condition in conditions))


def must_not_of(query: Query, listings: Sequence[Labelled]) -> frozenset[str]:
    """Return the refs of the look-alikes that may not stand among the first five."""
    return frozenset().union(*(selected(selector, listings) for selector in query.must_not))


def grades_of(query: Query, listings: Sequence[Labelled]) -> dict[str, int]:
    """Return ref → grade 3, 2 or 1. The highest grade wins; a look-alike has none, whatever else selects it."""
    barred = must_not_of(query, listings)
    grades: dict[str, int] = {}
    for grade in GRADES:
        for selector in query.grades.get(grade, ()):
            for ref in selected(selector, listings) - barred:
                grades.setdefault(ref, grade)
    return grades


def ndcg_at_10(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return nDCG@10 with gain 2^grade − 1 and discount log2(rank + 1); 0 when nothing is graded or found.

    A ref that comes twice counts once, at its first place.
    """
    best = _gain(sorted(grades.values(), reverse=True))
    once = list(dict.fromkeys(ranked))
    return _gain([grades.get(ref, 0) for ref in once]) / best if best else 0.0


def first_right(ranked: Sequence[str], grades: Mapping[str, int]) -> bool:
    """Say whether the first hit is exact, or acceptable when the catalogue has nothing exact."""
    needed = EXACT if EXACT in grades.values() else ACCEPTABLE
    return bool(ranked) and grades.get(ranked[0], 0) >= needed


def first_acceptable(ranked: Sequence[str], grades: Mapping[str, int]) -> bool:
    """Say whether the buyer would gladly take the first hit."""
    return bool(ranked) and grades.get(ranked[0], 0) >= ACCEPTABLE


def violations(ranked: Sequence[str], barred: frozenset[str]) -> tuple[str, ...]:
    """Return the look-alikes among the first five, in their order."""
    return tuple(ref for ref in ranked[:LOOK_ALIKE_DEPTH] if ref in barred)


def judged(query: Query, ranked: Sequence[str], listings: Sequence[Labelled]) -> Outcome:
    """Judge one answer. For nonsense the right answer is none, and then its nDCG is 1, else 0."""
    if query.kind == NONSENSE:
        right = not ranked
        return Outcome(query.id, query.kind, float(right), right, right, right, has_look_alikes=False, violations=())
    grades = grades_of(query, listings)
    barred = must_not_of(query, listings)
    return Outcome(
        query_id=query.id,
        kind=query.kind,
        ndcg=ndcg_at_10(ranked, grades),
        first_right=first_right(ranked, grades),
        first_acceptable=first_acceptable(ranked, grades),
        nothing=not ranked,
        has_look_alikes=bool(barred),
        violations=violations(ranked, barred),
    )


def report(outcomes: Iterable[Outcome]) -> tuple[KindReport, ...]:
    """Return one row per kind, by name, and a last row `all` over everything but nonsense."""
    kinds: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        kinds.setdefault(outcome.kind, []).append(outcome)
    rows = [_row(kind, kinds[kind]) for kind in sorted(kinds)]
    sense = [outcome for kind, each in kinds.items() if kind != NONSENSE for outcome in each]
    return (*rows, _row(ALL_KINDS, sense)) if sense else tuple(rows)


def _row(kind: str, outcomes: Sequence[Outcome]) -> KindReport:
    n = len(outcomes)
    return KindReport(
        kind=kind,
        n=n,
        ndcg=sum(each.ndcg for each in outcomes) / n,
        first_right=sum(each.first_right for each in outcomes) / n,
        first_acceptable=sum(each.first_acceptable for each in outcomes) / n,
        nothing=sum(each.nothing for each in outcomes) / n,
        with_look_alikes=sum(each.has_look_alikes for each in outcomes),
        violated=sum(bool(each.violations) for each in outcomes),
    )


def _gain(grades: Sequence[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:NDCG_DEPTH]))


def _meets(listing: Labelled, condition: str) -> bool:
    if condition.startswith("!"):
        return not _meets(listing, condition[1:])
    name, _, wanted = condition.partition(":")
    match name:
        case "kind":
            return _within((listing.kind, *listing.also), wanted)
        case "holds":
            return _within(listing.holds, wanted)
        case "made_of":
            return _within(listing.made_of, wanted)
        case "flavoured_with":
            return _within(listing.flavoured_with, wanted)
        case _:
            return _told(listing, name, wanted)


def _told(listing: Labelled, name: str, wanted: str) -> bool:
    match name:
        case "ref":
            return listing.ref == wanted
        case "attr":
            return wanted in listing.attributes
        case "vendor":
            return listing.vendor == wanted
        case "village":
            return listing.village == wanted
        case "month":
            return int(wanted) in listing.months
        case "season" if wanted == "limited":
            return len(listing.months) < 12
        case _:
            raise ValueError(f"unknown condition {name}:{wanted}")


def _within(kinds: Iterable[str], wanted: str) -> bool:
    """`a/b` is that kind alone; `a/b/*` is it and everything below it."""
    if wanted.endswith("/*"):
        above = wanted[:-2]
        return any(kind == above or kind.startswith(f"{above}/") for kind in kinds)
    return wanted in kinds


def _labelled(row: Mapping[str, object], label: Mapping[str, object]) -> Labelled:
    months = row["season_months"]
    assert isinstance(months, list)
    return Labelled(
        ref=str(row["ref"]),
        title=str(row["title"]),
        vendor=str(row["vendor"]),
        village=str(row["village"]),
        months=frozenset(months),
        kind=str(label["kind"]),
        also=_strings(label.get("also", [])),
        holds=_strings(label.get("holds", [])),
        made_of=_strings(label.get("made_of", [])),
        flavoured_with=_strings(label.get("flavoured_with", [])),
        attributes=frozenset(_strings(label.get("attributes", []))),
    )


def _strings(value: object) -> tuple[str, ...]:
    assert isinstance(value, list)
    return tuple(str(each) for each in value)


def _mapping(value: object) -> dict[str, list[str]]:
    assert isinstance(value, dict)
    return value
