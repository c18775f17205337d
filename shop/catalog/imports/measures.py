"""What a unit as people write it means: 盒(30枚), 30枚/盒, 500g, 2斤, box; and what a thing weighs in a parcel."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from shop.catalog.rules import MAX_GROSS_G, MORE_UNITS, UNITS
from shop.kernel.errors import Invalid

SHARE = "份"
"""The unit of what is sold by an amount that is no unit of its own: 750 g of something are one share."""

ENGLISH: Mapping[str, str] = {
    **dict.fromkeys(("piece", "pieces", "pc", "pcs", "each", "ea", "item", "unit"), "个"),
    **dict.fromkeys(("egg", "eggs"), "枚"),
    **dict.fromkeys(("head", "whole", "bird"), "只"),
    **dict.fromkeys(("pair", "pairs"), "双"),
    **dict.fromkeys(("dozen",), "打"),
    **dict.fromkeys(("jin", "catty"), "斤"),
    **dict.fromkeys(("liang",), "两"),
    **dict.fromkeys(("kg", "kgs", "kilo", "kilogram", "kilograms"), "公斤"),
    **dict.fromkeys(("g", "gram", "grams"), "克"),
    **dict.fromkeys(("l", "liter", "litre"), "升"),
    **dict.fromkeys(("ml",), "毫升"),
    **dict.fromkeys(("bundle", "bunch"), "把"),
    **dict.fromkeys(("box", "boxes"), "盒"),
    **dict.fromkeys(("carton", "case", "crate"), "箱"),
    **dict.fromkeys(("bottle", "bottles"), "瓶"),
    **dict.fromkeys(("jar", "jars", "can", "tin"), "罐"),
    **dict.fromkeys(("bag", "bags", "sack", "pouch"), "袋"),
    **dict.fromkeys(("pack", "packet", "package"), "包"),
    **dict.fromkeys(("basket",), "篮"),
    **dict.fromkeys(("tray",), "板"),
    **dict.fromkeys(("barrel", "bucket", "tub"), "桶"),
    **dict.fromkeys(("crock", "urn"), "坛"),
    **dict.fromkeys(("pot",), "盆"),
    **dict.fromkeys(("set",), "套"),
    **dict.fromkeys(("roll",), "卷"),
    **dict.fromkeys(("sheet",), "张"),
    **dict.fromkeys(("slice",), "片"),
    **dict.fromkeys(("string",), "串"),
    **dict.fromkeys(("stick",), "根"),
    **dict.fromkeys(("plant", "seedling"), "株"),
    **dict.fromkeys(("cake",), "饼"),
    **dict.fromkeys(("portion", "serving", "share"), SHARE),
}
OTHER: Mapping[str, str] = {"半只": SHARE, "半边": SHARE, "市斤": "斤", "公升": "升"}
KNOWN = frozenset(UNITS + MORE_UNITS)
GRAMS: Mapping[str, int] = {"公斤": 1000, "千克": 1000, "斤": 500, "两": 50, "克": 1}
MILLILITRES: Mapping[str, int] = {"升": 1000, "毫升": 1}
MEASURES: Mapping[str, int] = {**GRAMS, **MILLILITRES}
KINDS = "大小中礼纸木竹陶布麻铁散整单每一个只精鲜干"
"""What may stand before a unit without changing it: 礼盒, 小袋, 整只."""

SPELT = sorted({*ENGLISH, *OTHER, *KNOWN, *GRAMS, *MILLILITRES}, key=len, reverse=True)
UNIT = "|".join(map(re.escape, SPELT))
NUMBER = r"(?:\d{1,5}(?:\.\d{1,3})?|[一二两三四五六七八九十百半]{1,4})"
AMOUNT = re.compile(rf"(?:约|净重|净含量|净)?({NUMBER})({UNIT})(?:[x×*]({NUMBER})(?:{UNIT})?)?(?:装|左右)?")
PACK_FIRST = re.compile(rf"(?:每|一)?[{KINDS}]?({UNIT})装?[(/:]?(.+?)\)?")
PACK_LAST = re.compile(rf"(.+?)(?:/|每|一|装)?[{KINDS}]?({UNIT})装?")
WEIGHT = "公斤|千克|市斤|斤|kg|克|g|毫升|ml|公升|升|l"
IN_TITLE = re.compile(
    rf"(约|近|[\d半一二两三四五六七八九十](?:-|~|—|到|至))?({NUMBER})({WEIGHT})(半)?(?![a-z])"
    rf"(?:[x×*](\d{{1,3}}))?(左右|上下|以上)?"
)
DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九")} | {"两": 2}

USUAL_G: Mapping[str, int] = {
    "枚": 80, "颗": 60, "粒": 30, "个": 600, "只": 2500, "头": 1500, "尾": 1500, "条": 1200, "根": 500, "支": 400,
    "双": 700, "对": 1000, "副": 800, "套": 1500, "把": 500, "捆": 1500, "束": 500, "串": 500, "块": 700, "片": 400,
    "张": 500, "卷": 1000, "份": 1000, "盒": 1000, "箱": 6000, "件": 1200, "瓶": 1000, "罐": 1000, "壶": 1500,
    "坛": 3500, "桶": 6000, "袋": 800, "包": 700, "封": 600, "饼": 450, "板": 2200, "篮": 3500, "筐": 6000,
    "盆": 3500, "株": 1500, "棵": 1500, "顶": 400, "床": 4000, "腿": 6000,
}  # fmt: skip
"""What one of a unit weighs in a parcel, in grams, when neither the unit nor the title says it; reckoned high."""
OTHERWISE_G = 1000
PIECE_G: Mapping[str, int] = {"个": 120, "块": 150, "包": 150, "袋": 250, "只": 200, "条": 150, "瓶": 600}
"""The same of one of several that are sold together; other units as above."""
LEAST_G = 50


@dataclass(frozen=True)
class Measure:
    """How a thing is sold: the unit with what it holds, its net weight as far as it is said, its weight in a parcel."""

    unit: str
    pieces: int
    net_g: int | None
    gross_g: int


@dataclass(frozen=True)
class _Amount:
    """30枚, 500g, 250g×4: so many of a unit, which weigh or fill so much where the unit is a measure."""

    count: int
    unit: str
    net_g: int | None = None
    fill_ml: int | None = None
    is_one: bool = False


@lru_cache(maxsize=4096)
def measured(unit: str, title: str) -> Measure:
    """Return how a thing is sold, from its unit as written and, for the weight, from its title.

    An amount that is no unit of its own (750g, 2斤) is sold as one share (份) of that weight. In a parcel a thing
    weighs a fifth more than its net weight, for the packing; where nothing says the weight, what such a unit usually
    weighs. Nothing is reckoned heavier than a parcel may be.

    Raises:
        Invalid: nobody knows such a unit.
    """
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", unit)).lower().strip("/")
    sold, pieces, inside = _read(text)
    net_g, fill_ml = (None, None) if inside is None else (inside.net_g, inside.fill_ml)
    is_exact = True
    if net_g is None and fill_ml is None:
        net_g, fill_ml, is_exact = _said_in(title)
    gross_g = net_g or fill_ml
    if gross_g is None:
        gross_g = USUAL_G.get(sold, OTHERWISE_G)
        if inside is not None and pieces > 1:
            gross_g = PIECE_G.get(inside.unit, USUAL_G.get(inside.unit, OTHERWISE_G)) * pieces
    else:
        gross_g = (gross_g * 6 + 4) // 5
    known_g = net_g if is_exact and net_g is not None and net_g <= MAX_GROSS_G else None
    return Measure(sold, pieces, known_g, min(max(gross_g, LEAST_G), MAX_GROSS_G))


def _read(text: str) -> tuple[str, int, _Amount | None]:
    """Return the unit sold, how many pieces are in it, and what it holds."""
    plain = _plain_unit(text)
    if plain is not None:
        own = GRAMS.get(plain)
        return plain, 1, None if own is None or own < GRAMS["斤"] else _Amount(1, plain, own)
    for pattern, pack_at, inside_at in ((PACK_FIRST, 1, 2), (PACK_LAST, 2, 1)):
        found = pattern.fullmatch(text)
        inside = None if found is None else _amount(found[inside_at])
        if found is not None and inside is not None:
            return _unit(found[pack_at]), inside.count if _is_counted(inside) else 1, inside
    amount = _amount(text)
    if amount is None:
        raise Invalid("unit", "unknown")
    if _is_counted(amount):
        return amount.unit, amount.count, amount
    return (amount.unit if amount.is_one else SHARE), 1, amount


def _is_counted(amount: _Amount) -> bool:
    return amount.net_g is None and amount.fill_ml is None


def _unit(spelt: str) -> str:
    return ENGLISH.get(spelt) or OTHER.get(spelt) or spelt


def _plain_unit(text: str) -> str | None:
    """Return the unit when a text is nothing else: 盒, 礼盒, 元/斤, box."""
    bare = re.sub(r"^(?:元/|/|每|一)", "", text)
    if bare in ENGLISH or bare in OTHER or bare in KNOWN:
        return _unit(bare)
    adorned = re.fullmatch(rf"(?:[{KINDS}]{{1,2}}|玻璃|真空|塑料)({UNIT})装?|({UNIT})装", bare)
    return None if adorned is None else _unit(adorned[1] or adorned[2])


def _amount(text: str) -> _Amount | None:
    found = AMOUNT.fullmatch(text)
    if found is None:
        return None
    thousandths, times = _thousandths(found[1]), _whole(found[3]) if found[3] else 1
    unit = _unit(found[2])
    if thousandths is None or times is None:
        return None
    if unit in GRAMS or unit in MILLILITRES:
        much = thousandths * MEASURES[unit] * times // 1000
        is_one = thousandths == 1000 and times == 1
        if much < 1:
            return None
        return _Amount(1, unit, much if unit in GRAMS else None, much if unit in MILLILITRES else None, is_one)
    count, rest = divmod(thousandths * times, 1000)
    return _Amount(count, unit) if not rest and 1 <= count <= 999 else None


def _said_in(title: str) -> tuple[int | None, int | None, bool]:
    """Return grams, millilitres and whether they are exact, as the title's last weight says; Nones where none does."""
    text = unicodedata.normalize("NFKC", title).lower()
    text = re.sub(r"(?<=[\d.一二两三四五六七八九十半])\s+(?=[a-z克斤公千毫升])", "", text)
    said: tuple[int | None, int | None, bool] = (None, None, True)
    for roughly, number, spelt, half, times, about in IN_TITLE.findall(text):
        thousandths, unit = _thousandths(number), _unit(spelt)
        if thousandths is None:
            continue
        much = (thousandths + (500 if half else 0)) * MEASURES[unit] * int(times or 1) // 1000
        if 1 <= much <= MAX_GROSS_G:  # 80斤土猪 is of the pig, not of the piece
            said = (much, None, not roughly and not about)
            if unit in MILLILITRES:
                said = (None, much, True)
    return said


def _whole(text: str) -> int | None:
    thousandths = _thousandths(text)
    return None if thousandths is None or thousandths % 1000 else thousandths // 1000


def _thousandths(text: str) -> int | None:
    """Return a number written in figures or in Chinese, times a thousand; None when it is none."""
    if text[0].isdigit():
        whole, _dot, rest = text.partition(".")
        return int(whole) * 1000 + int(rest.ljust(3, "0") or 0)
    if text == "半":
        return 500
    tens, ten, ones = text.rpartition("十")
    hundreds, hundred, below = tens.rpartition("百") if ten else text.rpartition("百")
    if not ten:
        ones = below
    parts = [(hundreds, hundred, 100), (below if ten else "", ten, 10)]
    number = 0
    for digit, sign, worth in parts:
        if sign:
            if digit and digit not in DIGITS:
                return None
            number += DIGITS.get(digit, 1) * worth
    if ones and ones not in DIGITS:
        return None
    return (number + DIGITS.get(ones, 0)) * 1000 or None
