"""What is asked about a new thing, one question after the other, and what becomes of the answers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from shop.catalog.rules import MAX_GROSS_G, Offer, Way
from shop.kernel.money import JIN_G

FORGET_DAYS = 30
"""A draft that nobody touched for so long is thrown away."""
MAX_DRAFTS = 20
"""Things that one vendor may have begun at the same time."""
PACKED = frozenset("盒袋")
"""Units of which one asks how many are inside."""
WEIGHABLE = frozenset("斤只条块")
"""Units of which one asks whether each piece is put on the scale: no two of them weigh the same."""
WHOLES = ("只", "块", "条")
"""What is weighed one by one, where one said 斤."""
PACKING_G = 50
"""What the bag around a 斤 of anything adds in a parcel."""
EVERY_MONTH = tuple(range(1, 13))


class Question(StrEnum):
    """One question about a new thing, on a page of its own; the photos come before all of them."""

    NAME = "name"
    SHELF = "shelf"
    UNIT = "unit"
    PIECES = "pieces"
    WEIGHED = "weighed"
    LEAST = "least"
    MOST = "most"
    WEIGHT = "weight"
    PRICE = "price"
    COUNT = "count"
    READY = "ready"
    DAY = "day"
    LAST_DAY = "last-day"
    DAY_CAP = "day-cap"
    INGREDIENTS = "ingredients"
    SHELF_DAYS = "shelf-days"
    KEEPING = "keeping"


class ReadyWhen(StrEnum):
    """When a new thing is to be had."""

    NOW = "now"
    TOMORROW = "tomorrow"
    FROM_DAY = "from_day"
    AHEAD = "ahead"


@dataclass(frozen=True)
class Answers:
    """What was said so far of a thing; empty or None where nothing was.

    Attributes:
        taken: name of the suggestion that filled in what neighbours' goods of this name have in common.
        category: code of its shelf.
        weighed: each piece is put on the scale, and the price is that of a 斤.
        least_g: what the lightest of those weighs, in grams.
        most_g: what the heaviest weighs, in grams.
        first_on: when it is to be had from, or the first day on which it is gathered.
        last_on: with `day_cap`, ordered ahead: gathered until this day, so many a day.
    """

    title: str = ""
    taken: str = ""
    category: str = ""
    unit: str = ""
    pieces: int | None = None
    weighed: bool | None = None
    least_g: int | None = None
    most_g: int | None = None
    gross_g: int | None = None
    net_g: int | None = None
    price_fen: int | None = None
    quantity: int | None = None
    ready: ReadyWhen | None = None
    first_on: date | None = None
    last_on: date | None = None
    day_cap: int | None = None
    ingredients: str = ""
    shelf_days: int | None = None
    keep_note: str = ""
    travel_days: int | None = None
    months: tuple[int, ...] = EVERY_MONTH


FIELDS: Mapping[Question, str] = {
    Question.NAME: "title",
    Question.SHELF: "category",
    Question.UNIT: "unit",
    Question.PIECES: "pieces",
    Question.WEIGHED: "weighed",
    Question.LEAST: "least_g",
    Question.MOST: "most_g",
    Question.WEIGHT: "gross_g",
    Question.PRICE: "price_fen",
    Question.COUNT: "quantity",
    Question.READY: "ready",
    Question.DAY: "first_on",
    Question.LAST_DAY: "last_on",
    Question.DAY_CAP: "day_cap",
    Question.INGREDIENTS: "ingredients",
    Question.SHELF_DAYS: "shelf_days",
    Question.KEEPING: "keep_note",
}
"""What each question fills in."""


def as_kept(told: Answers) -> dict[str, Any]:
    """Return answers as they are kept: plain values, days as 2026-11-28."""
    days = {name: day.isoformat() for name in ("first_on", "last_on") if (day := getattr(told, name)) is not None}
    return {**asdict(told), "months": list(told.months), **days}


def as_told(kept: Mapping[str, Any]) -> Answers:
    """Return answers from what `as_kept` made of them."""
    days = {name: date.fromisoformat(kept[name]) for name in ("first_on", "last_on") if kept[name] is not None}
    ready = None if kept["ready"] is None else ReadyWhen(kept["ready"])
    return Answers(**{**kept, "months": tuple(kept["months"]), "ready": ready, **days})


def of_unit(told: Answers, unit: str) -> Answers:
    """Return the answers with another unit: what was said of the old one, its price and count too, no longer holds.

    A 斤 says itself what it weighs.
    """
    if unit == told.unit and not told.weighed:
        return told
    pieces = None if unit in PACKED else 1
    gross_g, net_g = (JIN_G + PACKING_G, JIN_G) if unit == "斤" else (None, None)
    fresh = replace(told, weighed=None, least_g=None, most_g=None, price_fen=None, quantity=None)
    return replace(fresh, unit=unit, pieces=pieces, gross_g=gross_g, net_g=net_g)


def of_scale(told: Answers, whole: str) -> Answers:
    """Return the answers for a thing of which each piece is weighed, or none is.

    Args:
        whole: the unit of one piece that is put on the scale, of `WHOLES` or the unit that stands; empty for none.
    """
    if not whole:
        return replace(of_unit(told, told.unit), weighed=False)
    if told.weighed and told.unit == whole:
        return told
    return replace(of_unit(told, whole), weighed=True, pieces=1, gross_g=None, net_g=None, price_fen=None)


def path(told: Answers, *, needs_label: bool) -> tuple[Question, ...]:
    """Return the questions that are asked about a thing, in their order; a suggestion that was taken answers some.

    Args:
        needs_label: its shelf is one of packed food, whose label's items the law wants to be shown.
    """
    asked = [Question.NAME]
    if not told.taken:
        asked += [Question.SHELF, Question.UNIT]
        asked += [Question.PIECES] * (told.unit in PACKED)
        asked += [Question.WEIGHED] * (told.unit in WEIGHABLE)
        asked += [Question.WEIGHT] * (told.unit != "斤" and not told.weighed)
    asked += [Question.LEAST, Question.MOST] * bool(told.weighed)
    asked += [Question.PRICE, Question.COUNT]
    asked += [Question.READY] * (not told.taken or told.ready is not ReadyWhen.NOW)
    asked += [Question.DAY] * (told.ready in (ReadyWhen.FROM_DAY, ReadyWhen.AHEAD))
    asked += [Question.LAST_DAY, Question.DAY_CAP] * (told.ready is ReadyWhen.AHEAD)
    asked += [Question.INGREDIENTS, Question.SHELF_DAYS, Question.KEEPING] * needs_label
    return tuple(asked)


def open_question(told: Answers, today: date, *, needs_label: bool) -> Question | None:
    """Return the first question without an answer that still holds, or None when everything was said."""
    return next((one for one in path(told, needs_label=needs_label) if not _is_answered(one, told, today)), None)


def _is_answered(question: Question, told: Answers, today: date) -> bool:
    if question is Question.LAST_DAY and told.last_on is not None:
        return told.first_on is not None and told.last_on >= told.first_on and told.last_on > today
    if question is Question.MOST and told.most_g is not None:
        return told.least_g is not None and told.least_g <= told.most_g
    return getattr(told, FIELDS[question]) not in (None, "")


def as_offer(told: Answers, *, category_id: int, photo_keys: Sequence[str], today: date, key: str) -> Offer:
    """Return what the answers offer.

    What is to be had from a day on is ordered ahead of that one day; once it has come, the thing is simply there.

    Args:
        told: with every question answered.
        today: the town's day.
        key: of the draft, so that it is offered once.
    """
    first, last, cap = told.first_on, told.last_on, told.day_cap
    if told.ready is ReadyWhen.TOMORROW:
        first = today + timedelta(days=1)
    if told.ready in (ReadyWhen.TOMORROW, ReadyWhen.FROM_DAY):
        last, cap = first, told.quantity
    if told.ready is ReadyWhen.NOW or last is None or last <= today:
        first = last = cap = None
    return Offer(
        category_id=category_id,
        title=told.title,
        ways=(_way(told),),
        ingredients=told.ingredients,
        keep_note=told.keep_note,
        shelf_days=told.shelf_days,
        travel_days=told.travel_days,
        months=told.months,
        harvest_first_on=first,
        harvest_last_on=last,
        harvest_cap=cap,
        photo_keys=tuple(photo_keys),
        key=key,
    )


def _way(told: Answers) -> Way:
    price_fen, stock = told.price_fen or 0, told.quantity or 0
    if not told.weighed:
        return Way(
            unit=told.unit,
            pieces=told.pieces or 1,
            gross_g=told.gross_g or 0,
            net_g=told.net_g,
            price_fen=price_fen,
            stock=stock,
        )
    return Way(
        unit=told.unit,
        gross_g=in_parcel(told.most_g or 0),
        per_500g_fen=price_fen,
        least_g=told.least_g,
        most_g=told.most_g,
        stock=stock,
    )


def in_parcel(grams: int) -> int:
    """Return what a piece of so many grams weighs in a parcel: a tenth more, as much as a 斤 of anything."""
    return min(MAX_GROSS_G, grams + max(PACKING_G, grams // 10))
