"""Filters, counts and orders over columns of facts, against the same done one listing at a time."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.catalog.search_feed import SearchDocument
from shop.search.columns import Columns, Row, row_of
from shop.search.question import PRICE_BANDS, Question, Sort

MONTH = 11
SHELVES = (("meat",), ("meat", "cured"), ("meat", "fresh"), ("tea",))
ONE = SearchDocument(
    id=1, seq=1, is_shown=True, title="", story="", tags=(), shelves=("meat",), shelf_names=(), shelf_names_en=(),
    vendor_code="v1", vendor_name="", village_code="a", village_name="", village_aliases=(), months=4095,
    price_fen=100, in_stock=True, sold=0, published_at=0,
)  # fmt: skip

documents = st.lists(
    st.builds(
        replace,
        st.just(ONE),
        shelves=st.sampled_from(SHELVES),
        vendor_code=st.sampled_from(("v1", "v2", "v3")),
        village_code=st.sampled_from(("a", "b")),
        months=st.integers(1, 4095),
        price_fen=st.sampled_from((1, 1999, 2000, 2001, 5000, 5001, 10000, 20000, 20001, 9_000_000)),
        in_stock=st.booleans(),
        sold=st.integers(0, 3),
        published_at=st.integers(0, 3),
    ),
    max_size=30,
).map(lambda found: [replace(document, id=number) for number, document in enumerate(found, 1)])
questions = st.builds(
    Question,
    text=st.just(""),
    month=st.just(MONTH),
    category=st.sampled_from((None, "meat", "cured", "tea", "nowhere")),
    village=st.sampled_from((None, "a", "b")),
    vendor=st.sampled_from((None, "v1", "v9")),
    in_season=st.booleans(),
    in_stock=st.booleans(),
    price_min_fen=st.sampled_from((None, 2000, 2001)),
    price_max_fen=st.sampled_from((None, 2000, 20000)),
)


def passes(document: SearchDocument, asked: Question, but: str = "") -> bool:
    """Say of one listing what the columns say of all."""
    least = asked.price_min_fen if asked.price_min_fen is not None else 0
    checks = {
        "shelf": asked.category is None or asked.category in document.shelves,
        "village": asked.village in (None, document.village_code),
        "vendor": asked.vendor in (None, document.vendor_code),
        "in_season": not asked.in_season or bool(document.months & 1 << MONTH - 1),
        "in_stock": not asked.in_stock or document.in_stock,
        "price": document.price_fen >= least
        and (asked.price_max_fen is None or document.price_fen <= asked.price_max_fen),
    }
    return all(is_so for name, is_so in checks.items() if name != but)


@given(documents, questions)
@settings(max_examples=150)
def test_what_is_left_and_every_count_is_what_one_by_one_gives(goods: list[SearchDocument], asked: Question) -> None:
    columns = Columns.of_rows([row_of(document) for document in goods])
    places, facets = columns.filtered(np.arange(len(goods), dtype=np.int32), asked)
    assert [goods[place].id for place in places] == [document.id for document in goods if passes(document, asked)]

    def left(but: str) -> list[SearchDocument]:
        return [document for document in goods if passes(document, asked, but)]

    shelves = [code for document in left("shelf") for code in document.shelves]
    assert {count.code: count.count for count in facets.categories} == {code: shelves.count(code) for code in shelves}
    villages = [document.village_code for document in left("village")]
    assert {count.code: count.count for count in facets.villages} == {code: villages.count(code) for code in villages}
    assert sum(count.count for count in facets.vendors) == len(left("vendor"))
    assert facets.in_stock == sum(document.in_stock for document in left("in_stock"))
    assert facets.in_season == sum(bool(document.months & 1 << MONTH - 1) for document in left("in_season"))
    for (least, most), count in zip(PRICE_BANDS, facets.prices, strict=True):
        band = replace(asked, price_min_fen=least, price_max_fen=most)
        assert count == sum(passes(document, band) for document in goods)


@given(documents, st.sampled_from([Sort.PRICE_UP, Sort.PRICE_DOWN, Sort.SALES, Sort.NEWEST]), st.integers(1, 7))
@settings(max_examples=150)
def test_leafing_through_any_order_meets_every_listing_once(
    goods: list[SearchDocument], sort: Sort, per_page: int
) -> None:
    columns = Columns.of_rows([row_of(document) for document in goods])
    places = np.arange(len(goods), dtype=np.int32)
    by = columns.order(places, sort, places.astype(np.int64))
    leafed: list[int] = []
    for start in range(0, len(goods), per_page):
        page = columns.first(places, by, start + per_page)[start:]
        leafed += [int(place) for place in page]
    assert sorted(leafed) == list(range(len(goods)))
    keys = {
        Sort.PRICE_UP: lambda one: one.price_fen,
        Sort.PRICE_DOWN: lambda one: -one.price_fen,
        Sort.SALES: lambda one: -one.sold,
        Sort.NEWEST: lambda one: -one.published_at,
    }
    shown = [goods[place] for place in leafed]
    assert [keys[sort](one) for one in shown] == sorted(keys[sort](one) for one in goods)


def test_parts_put_one_after_the_other_are_the_whole() -> None:
    rows: list[Row] = [row_of(replace(ONE, id=i, vendor_code=f"v{i % 3}", price_fen=i)) for i in range(1, 12)]
    whole = Columns.of_rows(rows)
    joined = Columns.joined([Columns.of_rows(rows[:4]), Columns.of_rows(rows[4:5]), Columns.of_rows(rows[5:])])
    assert all((whole.numbers[name] == joined.numbers[name]).all() for name in whole.numbers)
    places = np.arange(11, dtype=np.int32)
    assert whole.coded["vendor"].counted(places) == joined.coded["vendor"].counted(places)
    assert len(Columns.joined([])) == 0
