"""The judge of search answers: hand-computed examples, and whether the relevance set holds together."""

import math
from collections import Counter

import pytest

from tests.relevance import judge

LISTINGS = judge.load_listings()
QUERIES = {half: judge.load_queries(half) for half in judge.HALVES}
ALL_QUERIES = [query for queries in QUERIES.values() for query in queries]
IMPORT_COLUMNS = [
    "ref",
    "title",
    "vendor",
    "village",
    "category",
    "description",
    "price_fen",
    "unit",
    "season_months",
    "tags",
    "stock",
]


def listing(ref: str, kind: str, **labels: tuple[str, ...]) -> judge.Labelled:
    return judge.Labelled(
        ref=ref,
        title=ref,
        vendor="王秀兰",
        village="三沟村",
        months=frozenset({3, 4}),
        kind=kind,
        also=labels.get("also", ()),
        holds=labels.get("holds", ()),
        made_of=labels.get("made_of", ()),
        flavoured_with=labels.get("flavoured_with", ()),
        attributes=frozenset(labels.get("attributes", ())),
    )


SHELF = (
    listing("honey", "honey/locust", attributes=("500g",)),
    listing("comb", "honey/comb"),
    listing("box", "gift/elder", holds=("honey/locust",)),
    listing("cake", "pastry/cake", made_of=("eggs/chicken",), flavoured_with=("honey",)),
    listing("wax", "bee/wax", also=("craft/wax",)),
)
HONEY = judge.Query(
    id="near_miss-001",
    kind="near_miss",
    text="蜂蜜",
    grades={3: ("kind:honey/locust",), 2: ("kind:honey/*", "holds:honey/*"), 1: ("flavoured_with:honey/*",)},
    must_not=("kind:bee/*", "made_of:eggs/*"),
)


@pytest.mark.parametrize(
    ("selector", "refs"),
    [
        ("kind:honey", set()),
        ("kind:honey/*", {"honey", "comb"}),
        ("kind:hon/*", set()),
        ("kind:craft/wax", {"wax"}),
        ("holds:honey/*", {"box"}),
        ("made_of:eggs/chicken", {"cake"}),
        ("flavoured_with:honey/*", {"cake"}),
        ("kind:honey/* & attr:500g", {"honey"}),
        ("kind:honey/* & !attr:500g", {"comb"}),
        ("ref:wax", {"wax"}),
        ("vendor:王秀兰 & village:三沟村 & month:3 & season:limited & kind:bee/wax", {"wax"}),
        ("month:5", set()),
    ],
)
def test_selectors(selector: str, refs: set[str]) -> None:
    assert judge.selected(selector, SHELF) == refs


@pytest.mark.parametrize("selector", ["colour:red", "season:short", "honey"])
def test_a_selector_that_nobody_defined_is_refused(selector: str) -> None:
    with pytest.raises(ValueError, match="unknown condition"):
        judge.selected(selector, SHELF)


def test_the_highest_grade_counts_and_a_look_alike_has_none() -> None:
    assert judge.grades_of(HONEY, SHELF) == {"honey": 3, "comb": 2, "box": 2}
    assert judge.must_not_of(HONEY, SHELF) == {"wax", "cake"}


def test_ndcg_by_hand() -> None:
    grades = {"a": 3, "b": 2, "c": 1}
    best = 7 + 3 / math.log2(3) + 1 / 2
    assert judge.ndcg_at_10(["a", "b", "c"], grades) == pytest.approx(1)
    assert judge.ndcg_at_10(["c", "x", "a"], grades) == pytest.approx((1 + 7 / 2) / best)
    assert judge.ndcg_at_10(["b", "b", "b"], grades) == pytest.approx(3 / best)
    assert judge.ndcg_at_10([], grades) == 0
    assert judge.ndcg_at_10(["a"], {}) == 0


def test_ndcg_looks_at_ten_and_expects_no_more_than_ten() -> None:
    grades = {str(number): 3 for number in range(14)}
    assert judge.ndcg_at_10([str(number) for number in range(10)], grades) == pytest.approx(1)
    assert judge.ndcg_at_10(["x"] + [f"y{number}" for number in range(9)] + ["1"], grades) == 0


@pytest.mark.parametrize(
    ("ranked", "grades", "right", "acceptable"),
    [
        (["a", "b"], {"a": 3, "b": 2}, True, True),
        (["b", "a"], {"a": 3, "b": 2}, False, True),
        (["b"], {"b": 2, "c": 1}, True, True),
        (["c"], {"b": 2, "c": 1}, False, False),
        (["x"], {"a": 3}, False, False),
        ([], {"a": 3}, False, False),
    ],
)
def test_the_first_hit(ranked: list[str], grades: dict[str, int], right: bool, acceptable: bool) -> None:
    assert judge.first_right(ranked, grades) is right
    assert judge.first_acceptable(ranked, grades) is acceptable


def test_look_alikes_count_among_the_first_five_only() -> None:
    assert judge.violations(["a", "w", "b", "c", "v", "u"], frozenset("uvw")) == ("w", "v")


def test_nonsense_is_right_when_nothing_is_found() -> None:
    nonsense = judge.Query(id="nonsense-001", kind=judge.NONSENSE, text="手机壳", grades={}, must_not=())
    silent, chatty = (judge.judged(nonsense, ranked, SHELF) for ranked in ([], ["honey"]))
    assert (silent.ndcg, silent.first_right) == (1, True)
    assert (chatty.ndcg, chatty.first_right) == (0, False)


def test_the_report_means_by_kind_and_leaves_nonsense_out_of_all() -> None:
    nonsense = judge.Query(id="nonsense-001", kind=judge.NONSENSE, text="手机壳", grades={}, must_not=())
    rows = judge.report(
        [
            judge.judged(HONEY, ["honey", "comb", "box"], SHELF),
            judge.judged(HONEY, ["wax", "honey"], SHELF),
            judge.judged(HONEY, [], SHELF),
            judge.judged(nonsense, ["honey"], SHELF),
        ]
    )
    assert [row.kind for row in rows] == ["near_miss", "nonsense", "all"]
    near, odd, everything = rows
    wax_first = 7 / math.log2(3) / (7 + 3 / math.log2(3) + 3 / 2)
    assert (near.n, near.with_look_alikes, near.violated) == (3, 3, 1)
    assert near.ndcg == pytest.approx((1 + wax_first) / 3)
    assert near.first_right == pytest.approx(1 / 3)
    assert near.nothing == pytest.approx(1 / 3)
    assert odd.ndcg == 0
    assert everything == judge.KindReport(
        kind="all",
        n=3,
        ndcg=near.ndcg,
        first_right=near.first_right,
        first_acceptable=near.first_acceptable,
        nothing=near.nothing,
        with_look_alikes=3,
        violated=1,
    )


def test_the_set_is_large_enough() -> None:
    assert len(LISTINGS) >= 300
    assert len(ALL_QUERIES) >= 250
    kinds = Counter(query.kind for query in ALL_QUERIES)
    assert len(kinds) >= 15
    assert min(kinds.values()) >= 16


def test_every_listing_has_the_columns_of_an_import_and_one_label() -> None:
    rows = judge.read_lines("listings.jsonl")
    refs = [str(row["ref"]) for row in rows]
    assert all(list(row) == IMPORT_COLUMNS for row in rows)
    assert len(set(refs)) == len(refs)
    assert len({row["title"] for row in rows}) == len(rows)
    assert [row["ref"] for row in judge.read_lines("labels.jsonl")] == refs
    assert all(isinstance(row["price_fen"], int) and isinstance(row["stock"], int) for row in rows)


def test_some_listings_are_sold_out_and_most_are_not() -> None:
    sold_out = sum(row["stock"] == 0 for row in judge.read_lines("listings.jsonl"))
    assert 0.05 <= sold_out / len(LISTINGS) <= 0.12


def test_queries_are_unique_and_dealt_by_the_hash_of_their_id() -> None:
    assert len({query.id for query in ALL_QUERIES}) == len(ALL_QUERIES)
    assert len({query.text for query in ALL_QUERIES}) == len(ALL_QUERIES)
    kinds = {half: Counter(query.kind for query in queries) for half, queries in QUERIES.items()}
    assert kinds["tuning"].keys() == kinds["held_out"].keys()
    assert all(abs(count - kinds["tuning"][kind]) <= 1 for kind, count in kinds["held_out"].items())
    for kind in kinds["tuning"]:
        halves = {query.id: half for half, queries in QUERIES.items() for query in queries if query.kind == kind}
        assert judge.half_of(halves) == halves


@pytest.mark.parametrize("query", ALL_QUERIES, ids=lambda query: query.id)
def test_every_selector_hits_and_every_query_has_an_answer(query: judge.Query) -> None:
    selectors = [selector for level in query.grades.values() for selector in level] + list(query.must_not)
    assert not [selector for selector in selectors if not judge.selected(selector, LISTINGS)]
    assert set(query.grades) <= set(judge.GRADES)
    best = max(judge.grades_of(query, LISTINGS).values(), default=0)
    assert (best == 0) if query.kind == judge.NONSENSE else (best >= judge.ACCEPTABLE)


@pytest.mark.parametrize("query", ALL_QUERIES, ids=lambda query: query.id)
def test_no_look_alike_is_called_a_right_answer(query: judge.Query) -> None:
    """A must_not family that swallows a 3 or 2 would hide a mistake in the judgement."""
    barred = judge.must_not_of(query, LISTINGS)
    praised = [selector for grade in (3, 2) for selector in query.grades.get(grade, ())]
    assert not [selector for selector in praised if judge.selected(selector, LISTINGS) & barred]
