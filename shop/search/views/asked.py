"""From the parameters of an address to a question, and back: the same names on the page and for programs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import quote_plus

from flask import url_for

from shop.search.question import LONGEST, Question, Sort
from shop.web.forms import clean
from shop.web.goods import LAST_PAGE

MOST_FEN = 100_000_000
"""A million yuan; no price is higher."""
LONGEST_CODE = 40
SAFE = "!$'()*,/:;?@"
"""What stands in an address as it is, beside letters and digits."""
HOLE = "0"
FLAGS = {"1": True, "true": True, "0": False, "false": False, "": False}

T = TypeVar("T")


@dataclass(frozen=True)
class Fault:
    """Why a parameter cannot be used.

    Attributes:
        code: for programs: not_a_number, out_of_range, not_a_flag, not_a_sort, too_long, unknown or upside_down.
    """

    field: str
    code: str


class _Refused(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Reader:
    """Reads parameters one by one and keeps what is wrong with them; a wrong one counts as not given."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self.faults: list[Fault] = []

    def read(self, name: str, parse: Callable[[str], T], otherwise: T) -> T:
        typed = (clean(self._given.get(name)) or "").strip()
        if not typed:
            return otherwise
        try:
            return parse(typed)
        except _Refused as refused:
            self.faults.append(Fault(name, refused.code))
            return otherwise


def _within(least: int, most: int) -> Callable[[str], int | None]:
    def parse(typed: str) -> int:
        if not (typed.isascii() and typed.isdigit()):
            raise _Refused("not_a_number")
        if len(typed) > len(str(most)) or not least <= int(typed) <= most:
            raise _Refused("out_of_range")
        return int(typed)

    return parse


def _flag(typed: str) -> bool:
    if typed.lower() not in FLAGS:
        raise _Refused("not_a_flag")
    return FLAGS[typed.lower()]


def _sort(typed: str) -> Sort:
    try:
        return Sort(typed)
    except ValueError:
        raise _Refused("not_a_sort") from None


def _code(typed: str) -> str | None:
    if len(typed) > LONGEST_CODE:
        raise _Refused("too_long")
    return typed


def text_of(given: Mapping[str, str]) -> str:
    """Return the words of a question on one line, as many of them as are read."""
    return " ".join((clean(given.get("q")) or "").split())[:LONGEST]


def question_of(given: Mapping[str, str], month: int) -> tuple[Question, tuple[Fault, ...]]:
    """Return the question that an address asks, and what could not be understood of it.

    Args:
        given: the parameters; a faulty one counts as not given.
        month: the town's present month.
    """
    reader = _Reader(given)
    amount = _within(0, MOST_FEN)
    question = Question(
        text_of(given),
        month,
        page=reader.read("page", _within(1, LAST_PAGE), None) or 1,
        category=reader.read("category", _code, None),
        village=reader.read("village", _code, None),
        vendor=reader.read("vendor", _code, None),
        in_season=reader.read("in_season", _flag, False),  # noqa: FBT003 - what counts without the parameter
        in_stock=reader.read("in_stock", _flag, False),  # noqa: FBT003
        price_min_fen=reader.read("price_min", amount, None),
        price_max_fen=reader.read("price_max", amount, None),
        sort=reader.read("sort", _sort, Sort.RELEVANCE),
    )
    least, most = question.price_min_fen, question.price_max_fen
    if least is not None and most is not None and least > most:
        reader.faults.append(Fault("price_max", "upside_down"))
        question = replace(question, price_max_fen=None)
    return question, tuple(reader.faults)


def limit_of(given: Mapping[str, str], otherwise: int, most: int) -> tuple[int, tuple[Fault, ...]]:
    """Return how many answers are wanted, and what is wrong with the number."""
    reader = _Reader(given)
    return reader.read("limit", _within(1, most), None) or otherwise, tuple(reader.faults)


def href(question: Question) -> str:
    """Return the address of the page that asks a question, without parameters that say nothing."""
    told: dict[str, Any] = {
        "q": question.text or None,
        "category": question.category,
        "village": question.village,
        "vendor": question.vendor,
        "in_season": 1 if question.in_season else None,
        "in_stock": 1 if question.in_stock else None,
        "price_min": question.price_min_fen,
        "price_max": question.price_max_fen,
        "sort": question.sort.value if question.sort is not Sort.RELEVANCE else None,
        "page": question.page if question.page > 1 else None,
    }
    return url_for("search.results", **told)


@lru_cache(4096)
def _written(code: str) -> str:
    """Return a code as it stands in an address."""
    return quote_plus(code, SAFE)


def hrefs(question: Question, name: str, codes: Iterable[str]) -> list[str]:
    """Return the address of a question with each of these codes of one kind, from its first page; one is made for all.

    Args:
        name: category, village or vendor.
    """
    told: dict[str, Any] = {"page": 1, name: HOLE}
    address = href(replace(question, **told))
    before, _hole, after = address.partition(f"{name}={HOLE}")  # no text holds this: its own = would be written %3D
    return [f"{before}{name}={_written(code)}{after}" for code in codes]


def is_narrowed(question: Question) -> bool:
    """Tell whether a question has any filter."""
    return any(
        (
            question.category,
            question.village,
            question.vendor,
            question.in_season,
            question.in_stock,
            question.price_min_fen is not None,
            question.price_max_fen is not None,
        )
    )
