"""Rows of a table that know their columns: on a phone they stand without the line of heads."""

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

CELL = re.compile(r"(<t[dh]\b)([^>]*>\s*)(</t[dh]>)?")
"""A cell: how it begins, its attributes, and its end when nothing stands in it."""


def headed(rows: str, heads: Iterable[str]) -> Markup:
    """Write the head of its column on each cell.

    Args:
        rows: rendered `<tr>…`, whatever people wrote in it escaped; no table within a table.
        heads: of the columns, from the left.

    Returns:
        The same rows, with `data-head` on each cell that says something and stands in one column.
    """
    first, *others = str(rows).split("<tr")
    words = [f' data-head="{escape(head)}"' for head in heads]
    return Markup(first + "".join("<tr" + _row(other, words) for other in others))  # noqa: S704 — it was markup before


def _row(row: str, words: list[str]) -> str:
    left = iter(words)

    def with_head(cell: re.Match[str]) -> str:
        head = next(left, "")
        is_bare = cell[3] or "colspan=" in cell[2]
        return cell[0] if is_bare else cell[1] + head + cell[2]

    return CELL.sub(with_head, row)
