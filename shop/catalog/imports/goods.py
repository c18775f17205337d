"""What a row says of a thing: read cell by cell, every flaw of the row found at once."""

import re
import unicodedata
from dataclasses import dataclass

from shop.catalog.imports.measures import Measure, measured
from shop.catalog.imports.reasons import Reason
from shop.catalog.imports.sheets import Flaw, Row
from shop.catalog.rules import (
    LONGEST_STORY,
    LONGEST_TITLE,
    MAX_PRICE_FEN,
    MAX_STOCK,
    MAX_TAGS,
)
from shop.kernel.errors import Invalid

ALL_YEAR = tuple(range(1, 13))
YEAR_WORDS = frozenset({"全年", "四季", "常年", "all", "all year"})
LONGEST = {
    "ref": 40,
    "title": LONGEST_TITLE,
    "vendor": 40,
    "village": 20,
    "category": 40,
    "description": LONGEST_STORY,
}
"""Characters; of the names, what the pages of a household, a village and a shelf hold."""
REQUIRED = ("ref", "title", "vendor", "category", "price_fen", "unit")
LONGEST_TAG = 20
SHOWN = 200
MONTHS = re.compile(r"(\d{1,2})月?(?:(?:-|~|—|–|至|到)(\d{1,2})月?)?")
WHOLE = re.compile(r"\d{1,9}|\d{1,3}(?:,\d{3}){1,2}")
YUAN = re.compile(r"\D{0,3}(\d{1,7})(?:\.(\d{1,2}))?\D{0,3}")


@dataclass(frozen=True)
class Goods:
    """A row in order.

    Attributes:
        vendor, village, category: as written; a village may be empty.
        months: 1 to 12.
    """

    number: int
    ref: str
    title: str
    vendor: str
    village: str
    category: str
    story: str
    price_fen: int
    measure: Measure
    months: tuple[int, ...]
    tags: tuple[str, ...]
    stock: int


def read(row: Row) -> tuple[Goods | None, list[Flaw]]:
    """Return what a row says, or everything that keeps it from being read."""
    flaws = list(row.flaws)
    if any(not flaw.column for flaw in flaws):
        return None, flaws
    flawed = {flaw.column for flaw in flaws}
    texts: dict[str, str] = {}
    for column in row.cells:
        if column not in flawed:
            texts[column] = _clean(column, row, flaws)
    goods = _Reading(row, texts, flaws)
    title, unit = texts.get("title", ""), texts.get("unit", "")
    price_fen, stock = goods.price(), goods.stock()
    months, tags, measure = goods.months(), goods.tags(), goods.measure(unit, title)
    if flaws or measure is None:
        return None, flaws
    return Goods(
        number=row.number,
        ref=texts["ref"],
        title=title,
        vendor=texts["vendor"],
        village=texts["village"],
        category=texts["category"],
        story=texts["description"],
        price_fen=price_fen,
        measure=measure,
        months=months,
        tags=tags,
        stock=stock,
    ), []


def _clean(column: str, row: Row, flaws: list[Flaw]) -> str:
    """Return a cell without blanks around it, noting what every text must be."""
    text = row.text(column).replace("\r\n", "\n").replace("\r", "\n").strip()
    if column != "description":
        text = " ".join(text.split())
    shown = text[:SHOWN]
    if any(
        unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") and character not in "\n\t" for character in text
    ):
        visible = "".join(character for character in shown if character.isprintable())
        flaws.append(Flaw(column, Reason.CHARACTERS, cell=visible))
        return ""
    if not text and column in REQUIRED:
        flaws.append(Flaw(column, Reason.MISSING))
    if len(text) > LONGEST.get(column, len(text)):
        flaws.append(Flaw(column, Reason.TOO_LONG, str(LONGEST[column]), shown))
    return text


@dataclass(frozen=True)
class _Reading:
    """One row on its way; what is wrong is noted in `flaws`, and a cell that is flawed already is left alone."""

    row: Row
    texts: dict[str, str]
    flaws: list[Flaw]

    def _flaw(self, column: str, reason: Reason, detail: str = "") -> None:
        self.flaws.append(Flaw(column, reason, detail, self.row.text(column)[:SHOWN]))

    def _plain(self, column: str) -> str:
        return unicodedata.normalize("NFKC", self.texts.get(column, ""))

    def price(self) -> int:
        """Return fen; yuan are refused with what they would be in fen."""
        text = self._plain("price_fen")
        if not text:
            return 0
        if not WHOLE.fullmatch(text):
            yuan = YUAN.fullmatch(text)
            meant = "" if yuan is None else f"{yuan[1]}{(yuan[2] or '').ljust(2, '0')}".lstrip("0")
            self._flaw("price_fen", Reason.NOT_FEN, meant or "2850")
            return 0
        fen = int(text.replace(",", ""))
        if not 1 <= fen <= MAX_PRICE_FEN:
            self._flaw("price_fen", Reason.PRICE_RANGE, str(MAX_PRICE_FEN))
        return fen

    def stock(self) -> int:
        """Return how many there are; an empty cell is none."""
        text = self._plain("stock").removesuffix(".0")
        if not text:
            return 0
        if not WHOLE.fullmatch(text):
            self._flaw("stock", Reason.NOT_WHOLE)
            return 0
        stock = int(text.replace(",", ""))
        if stock > MAX_STOCK:
            self._flaw("stock", Reason.STOCK_RANGE, str(MAX_STOCK))
        return stock

    def months(self) -> tuple[int, ...]:
        """Return the months of the season; an empty cell is the whole year, 11-2 goes over the new year."""
        cell = self.row.cells["season_months"] if "season_months" in self.texts else ()
        items = [unicodedata.normalize("NFKC", item).strip().lower() for item in cell] if cell else []
        if not items or (len(items) == 1 and items[0] in YEAR_WORDS):
            return ALL_YEAR
        found: set[int] = set()
        for item in (part for whole in items for part in whole.split()):
            match = MONTHS.fullmatch(item)
            first = 0 if match is None else int(match[1])
            last = first if match is None or match[2] is None else int(match[2])
            if not (1 <= first <= 12 and 1 <= last <= 12):
                self._flaw("season_months", Reason.MONTHS)
                return ALL_YEAR
            found.update(range(first, last + 1) if first <= last else [*range(first, 13), *range(1, last + 1)])
        return tuple(sorted(found))

    def tags(self) -> tuple[str, ...]:
        """Return the tags, each once."""
        cell = self.row.cells["tags"] if "tags" in self.texts else ()
        tags = tuple(dict.fromkeys(" ".join(item.split()) for item in cell)) if cell else ()
        if len(tags) > MAX_TAGS:
            self._flaw("tags", Reason.TOO_MANY_TAGS, str(MAX_TAGS))
        if any(len(tag) > LONGEST_TAG for tag in tags):
            self._flaw("tags", Reason.LONG_TAG, str(LONGEST_TAG))
        return tags

    def measure(self, unit: str, title: str) -> Measure | None:
        """Return how it is sold and what it weighs."""
        if not unit:
            return None
        try:
            return measured(unit, title)
        except Invalid:
            self._flaw("unit", Reason.UNIT)
            return None
