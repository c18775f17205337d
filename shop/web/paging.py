"""Long lists, a page at a time, with how long they are."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import request, url_for

from shop.web.goods import Leaves, leaves, page_number

PER_PAGE = 50
"""Rows on a page of the bench: what a tired person reads through, and one screenful a thumb can pass."""


@dataclass(frozen=True)
class Leaf:
    """One page of a list.

    Attributes:
        total: how many rows the whole list has.
        leaves: what the pager draws.
    """

    offset: int
    limit: int
    total: int
    leaves: Leaves


def leaf(total: int, endpoint: str, *, per_page: int | None = None, **values: Any) -> Leaf:
    """Return the page of a list that the address asks for; one that is not there is the nearest.

    Args:
        total: rows of the whole list.
        endpoint: of the page, with its values: its other pages are linked from it.
    """
    rows = per_page or PER_PAGE
    pages = max(1, -(-total // rows))
    page = min(page_number(request.args.get("page")), pages)
    return Leaf((page - 1) * rows, rows, total, leaves(page, pages, partial(_address, endpoint, values)))


def _address(endpoint: str, values: dict[str, Any], page: int) -> str:
    return url_for(endpoint, page=page if page > 1 else None, **values)
