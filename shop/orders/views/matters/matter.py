"""What a matter of a buyer's is, on the page of all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shop.orders.queries.orders import LineFacts
from shop.orders.views.words import Word
from shop.web.carriage import Stage
from shop.web.i18n import _


class Turn(StrEnum):
    """Whose turn it is in a matter."""

    BUYER = "buyer"
    HOUSE = "house"
    NOBODY = "nobody"
    """It has ended."""


@dataclass(frozen=True)
class Matter:
    """Something that a buyer has going on with the centre, or had.

    Attributes:
        icon: the mark of its kind.
        kind: what it is, in a word or two.
        title: which goods it is about.
        bar: its steps; empty where it ended on the way.
        told: what is to be known of it, such as when it is expected; None when there is nothing to say.
        action: the one thing to do next: words and address.
        at: when it began, for the order on the page.
    """

    icon: str
    kind: str
    title: str
    word: Word
    bar: tuple[Stage, ...]
    told: str | None
    action: tuple[str, str]
    turn: Turn
    at: datetime


def goods_of(lines: Iterable[LineFacts]) -> str:
    """Return some lines of an order in a few words."""
    titles = [line.title for line in lines]
    return titles[0] if len(titles) == 1 else _("%(first)s 等 %(n)d 样", first=titles[0], n=len(titles))


def bar(labels: Iterable[str], reached: int, *, is_over: bool = False) -> tuple[Stage, ...]:
    """Return a bar of steps of which so many are behind, and the next is where it stands.

    Args:
        is_over: nothing of it is to come.
    """
    return tuple(
        Stage(label, None, "done" if place < reached or is_over else "now" if place == reached else "todo", None)
        for place, label in enumerate(labels)
    )
