"""The languages of messages: where their templates stand, and how names, amounts and words are said in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shop.kernel import money
from shop.kernel.languages import Language

FOLDER = Path(__file__).parents[2] / "templates" / "messages"
MOST_OF_A_NAME = 10
"""Characters of each thing's name, where several are told of."""

Goods = str | Sequence[tuple[str, int, str]]
"""One name, or of each thing its name, how many, and of what unit."""
Missing = str | tuple[int, str, int]
"""How many, of what unit, and of how many more things there is too little; in words in messages of an older version."""


def _as_typed(text: str) -> str:
    return text


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _counted(count: int, unit: str) -> str:
    return f"{count}{unit}"


@dataclass(frozen=True)
class Tongue:
    """A language, and how what the town says and types is said in it.

    Attributes:
        named: what goods are called, by their Chinese title.
        counted: so many of a unit of goods.
        day: a day of the town's calendar.
        said: what the centre or a household typed, or a carrier's name; "" where its reader could not read it.
        finished: what is done to a whole text at last.
    """

    language: Language
    named: Callable[[str], str] = _as_typed
    counted: Callable[[int, str], str] = _counted
    day: Callable[[date], str] = _day
    said: Callable[[str], str] = _as_typed
    finished: Callable[[str], str] = _as_typed

    def goods(self, goods: Goods) -> str:
        """Return goods in few words, each with how many of it where that is told."""
        if isinstance(goods, str):
            return self.named(goods)
        each = [(self.named(name), self.counted(count, unit)) for name, count, unit in goods]
        if self.language is Language.EN:
            return ", ".join(f"{much} of {name}" for name, much in each)
        return "、".join(f"{name[:MOST_OF_A_NAME]}{much}" for name, much in each)

    def amount(self, missing: Missing) -> str:
        """Return how much is missing in few words."""
        if isinstance(missing, str):
            return missing
        count, unit, others = missing
        more = f"等{others + 1}样" if others else ""
        if self.language is Language.EN:
            more = f" (and {others} more thing{'s' if others > 1 else ''})" if others else ""
        return self.counted(count, unit) + more

    def moment(self, when: str | tuple[str, str]) -> str:
        """Return a day and an hour of the town, given as ("2026-11-23", "08:00"), or in words by an older version."""
        if isinstance(when, str):
            return when
        day, hour = when
        return f"{self.day(date.fromisoformat(day))}{' ' if self.language is Language.EN else ''}{hour}"


HOME = Tongue(Language.HANS)
"""The town's own, in which everything was typed."""


def path_of(template: str, language: Language) -> str:
    """Return where a template stands, below `FOLDER`."""
    return f"{template}.txt" if language is Language.HANS else f"{language.value}/{template}.txt"


def yuan(fen: int) -> str:
    """Return fen as yuan without a sign, as a short message in Chinese writes it: 28 or 28.50."""
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def short(text: str, characters: int) -> str:
    """Return a text cut to at most so many characters, the last one then being an ellipsis."""
    return text if len(text) <= characters else text[: characters - 1] + "…"


@cache
def written(tongue: Tongue) -> Environment:
    """Return what fills in templates in a language."""
    # Plain text on a phone, not a page: escaping would show &amp; to the reader.
    found = Environment(loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, autoescape=False)  # noqa: S701
    found.filters.update(yuan=yuan, money=money.yuan, short=short)
    found.filters.update(goods=tongue.goods, amount=tongue.amount, moment=tongue.moment, said=tongue.said)
    return found
