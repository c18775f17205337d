"""All that a buyer agrees to before an order is placed, and what changed about it since they looked."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shop.kernel.money import yuan
from shop.orders.models import Box, Handing
from shop.orders.queries.baskets import BasketFacts
from shop.orders.queries.quotes import CannotSend, Quote, QuoteLine, Stuck
from shop.orders.views.lines import problem_words, promise_words, together_after
from shop.orders.views.words import BOX_WORDS
from shop.web.i18n import _
from shop.web.words import kilograms, town_date

Change = tuple[str, str, str]


@dataclass(frozen=True)
class Review:
    """What is shown of a quote.

    Attributes:
        sums: rows above the total: goods, then each box with what its carriage costs.
        promise: the day by which it arrives, or can be collected.
        waits: for which harvest the whole order waits, or None.
        was: what is shown here, to be compared when it changes before the order is placed.
        has_ceiling: something in it is weighed, and what it weighs less comes back.
        exceptions: names of what can be kept from the seven days only by the buyer's tick.
    """

    quote: Quote
    sums: tuple[tuple[str, int, str | None], ...]
    promise: str
    waits: str | None
    was: str
    has_ceiling: bool
    exceptions: tuple[str, ...]


@dataclass(frozen=True)
class Hitch:
    """A line that keeps the order from being placed; it can be taken out, or perhaps be collected."""

    variant_id: int
    title: str
    why: str
    may_collect: bool


def review(quote: Quote) -> Review:
    """Return what is shown of a quote."""
    return Review(
        quote=quote,
        sums=((_("货"), quote.goods_fen, None), *_carriage(quote)),
        promise=promise(quote.to.handing, quote.promised_on),
        waits=together_after(line.harvest_on for line in quote.lines),
        was=_shown(quote),
        has_ceiling=any(line.per_500g_fen is not None for line in quote.lines),
        exceptions=tuple(line.title for line in quote.exceptions),
    )


def promise(handing: Handing, day: date) -> str:
    """Return by which day goods arrive, or can be collected."""
    if handing is Handing.COLLECTION:
        return _("最晚%(day)s可以来取", day=town_date(day))
    return _("最晚%(day)s送到", day=town_date(day))


def _carriage(quote: Quote) -> Iterable[tuple[str, int, str | None]]:
    if quote.to.handing is Handing.COLLECTION:
        yield _("运费"), 0, _("自己来取")
        return
    for box in quote.boxes:
        weight = _("连包装 %(weight)s", weight=kilograms(box.weight_g))
        yield _("%(box)s运费", box=BOX_WORDS[box.box]), box.freight_fen, weight


def hitches(basket: BasketFacts) -> tuple[Hitch, ...]:
    """Return the lines of a basket that cannot be ordered as they stand."""
    return tuple(
        Hitch(line.offer.way.variant_id, line.offer.title, why, may_collect=False)
        for line in basket.lines
        if (why := problem_words(line)) is not None
    )


def stuck(refused: CannotSend) -> tuple[Hitch, ...]:
    """Return the lines that cannot be carried where they are wanted."""
    return tuple(Hitch(line.variant_id, line.title, _why(line), may_collect=True) for line in refused.lines)


def _why(line: Stuck) -> str:
    if line.bears_days is None or line.takes_days is None:
        return _("活的不寄，只能到中心来取。")
    return _(
        "路上要 %(takes)d 天，它只经得起 %(bears)d 天，寄到就不新鲜了。", takes=line.takes_days, bears=line.bears_days
    )


def _shown(quote: Quote) -> str:
    """Return what a page shows of a quote, small enough to travel in its form."""
    lines = [[line.variant_id, line.title, *_told(line)] for line in quote.lines]
    boxes = [[box.box.value, box.freight_fen] for box in quote.boxes]
    facts = [lines, boxes, quote.to.handing.value, quote.promised_on.isoformat(), quote.total_fen]
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def _told(line: QuoteLine) -> tuple[int, int, str]:
    return line.price_fen, line.quantity, "" if line.harvest_on is None else line.harvest_on.isoformat()


def _line_text(fen: object, quantity: object, harvest_on: object) -> str:
    """Return a line's price, number and promised day; `ValueError` or `TypeError` for what is none of them."""
    told = f"{yuan(int(str(fen)))} × {int(str(quantity))}"
    gathered = promise_words(date.fromisoformat(str(harvest_on))) if harvest_on else None
    return told if gathered is None else _("%(told)s，%(promise)s", told=told, promise=gathered)


def _facts(shown: str) -> dict[str, tuple[str, str]]:
    """Return what a page showed, each under a key of its own: what it is called, and how it read."""
    lines, boxes, handing, promised_on, total_fen = json.loads(shown)
    facts = {f"line {int(key)}": (str(title), _line_text(fen, n, on)) for key, title, fen, n, on in lines}
    for box, fen in boxes:
        facts[f"box {Box(box)}"] = (_("%(box)s运费", box=BOX_WORDS[Box(box)]), yuan(int(fen)))
    facts["promise"] = (_("几时"), promise(Handing(handing), date.fromisoformat(promised_on)))
    facts["total"] = (_("一共"), yuan(int(total_fen)))
    return facts


def changes(was: str, now: Quote) -> tuple[Change, ...]:
    """Return (what, as it was shown before, as it is now) for everything that differs.

    The form's word is only shown back to whoever sent it, so anything unreadable is nothing.
    """
    try:
        old = _facts(was)
    except (ValueError, TypeError):
        return ()
    new = _facts(_shown(now))
    nothing = ("", _("没有"))
    return tuple(
        (new.get(key, old.get(key, nothing))[0], old.get(key, nothing)[1], new.get(key, nothing)[1])
        for key in {**old, **new}
        if old.get(key, nothing)[1] != new.get(key, nothing)[1]
    )
