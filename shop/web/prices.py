"""Prices as buyers read them: what one gets for it, and beside it what a piece, 500 g and a kilogram come to.

Source: Rules on Clearly Marked Prices (2022), articles 7 and 8; 斤 is no legal unit of measure, so it stands in words
about weight only and never in a price.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from shop.kernel.languages import Language
from shop.kernel.money import JIN_G, unit_price, yuan
from shop.web.i18n import _, reader, unit_word
from shop.web.units import PIECE

PACKS = frozenset("盒袋瓶罐坛件斤")
"""Units that are a wrapping: what is inside is counted in pieces of its own."""
UNIT_G: Mapping[str, int] = {"斤": 500, "公斤": 1000, "千克": 1000, "kg": 1000, "两": 50, "克": 1, "g": 1}
"""Units that say themselves what they weigh, in grams."""
KILO_G = 1000


class Priced(Protocol):
    """One way of selling, now or as it was kept: of one unit its price, or its price for 500 g and its range."""

    @property
    def unit(self) -> str:
        """What is counted."""

    @property
    def pieces(self) -> int:
        """How many are in one unit."""

    @property
    def net_g(self) -> int | None:
        """What one unit weighs without its packing."""

    @property
    def price_fen(self) -> int:
        """Of one unit; by weight, at most."""

    @property
    def per_500g_fen(self) -> int | None:
        """Where the scale decides."""

    @property
    def least_g(self) -> int | None:
        """What the lightest weighs."""

    @property
    def most_g(self) -> int | None:
        """What the heaviest weighs."""


@dataclass(frozen=True)
class PriceTag:
    """The price of one way of selling.

    Attributes:
        fen: the figure: of one unit, or of 500 g where the scale decides.
        unit: what one gets for it.
        each: unit prices beside it, the nearest to the goods first.
        weight: where the scale decides, what a piece is expected to weigh, and what it costs at most; else nothing.
    """

    fen: int
    unit: str
    each: tuple[str, ...]
    weight: tuple[str, ...]


def unit_label(unit: str, pieces: int) -> str:
    """Return what one gets for the price: `/ 盒`, `/ 30枚`, `/ 盒（30个）`."""
    if pieces == 1:
        return f"/ {unit_word(unit)}"
    if unit in PACKS:
        return _("/ %(unit)s（%(n)d个）", unit=unit_word(unit), n=pieces)
    return _("/ %(n)d%(unit)s", n=pieces, unit=unit)


def unit_price_text(price_fen: int, unit: str, pieces: int) -> str | None:
    """Return what one piece comes to when several are sold together, rounded half up to whole fen; None for one."""
    if pieces == 1:
        return None
    each_fen, is_exact = unit_price(price_fen, pieces, 1)
    words = _("合 %(price)s 一%(piece)s") if is_exact else _("约 %(price)s 一%(piece)s")
    return words % {"price": yuan(each_fen), "piece": unit_word(PIECE if unit in PACKS else unit)}


def gram_price_text(price_fen: int, grams: int) -> str:
    """Return what 500 g and a kilogram come to of something that weighs so much."""
    half, is_exact = unit_price(price_fen, grams, JIN_G)
    kilo, is_kilo_exact = unit_price(price_fen, grams, KILO_G)
    words = (
        _("合 %(half)s/500克（%(kilo)s/公斤）")
        if is_exact and is_kilo_exact
        else _("约 %(half)s/500克（%(kilo)s/公斤）")
    )
    return words % {"half": yuan(half), "kilo": yuan(kilo)}


def kilo_price_text(per_500g_fen: int) -> str:
    """Return what a kilogram costs at a price for 500 g."""
    return _("合 %(price)s/公斤", price=yuan(2 * per_500g_fen))


def _decimal(whole: int, thousandths: int) -> str:
    return f"{whole}" + (f".{thousandths:03d}".rstrip("0") if thousandths else "")


def jin(grams: int) -> str:
    """Return grams in 斤 as the market speaks of them: 2.5."""
    whole, rest = divmod(grams, JIN_G)
    return _decimal(whole, rest * KILO_G // JIN_G)


def kilos(grams: int) -> str:
    """Return grams in kilograms, to the gram: 1.25."""
    return _decimal(*divmod(grams, KILO_G))


def weight_range(least_g: int, most_g: int) -> str:
    """Return in which range a piece weighs: `2–3 斤（1–1.5 公斤）`."""
    if least_g == most_g:
        return _("%(jin)s 斤（%(kilos)s 公斤）", jin=jin(most_g), kilos=kilos(most_g))
    return _(
        "%(least)s–%(most)s 斤（%(from)s–%(to)s 公斤）",
        least=jin(least_g),
        most=jin(most_g),
        **{"from": kilos(least_g), "to": kilos(most_g)},
    )


def _piece_weight(way: Priced) -> str:
    """Return what a piece weighs as the market speaks of it; in English, where nobody knows a 斤, in kilograms."""
    if reader() is Language.EN:
        return _("%(n)s 公斤", n=_span(way, kilos))
    return _("%(n)s 斤", n=_span(way, jin))


def _span(way: Priced, said: Callable[[int], str]) -> str:
    least_g, most_g = way.least_g or 0, way.most_g or 0
    return said(most_g) if least_g == most_g else f"{said(least_g)}–{said(most_g)}"


def price_tag(way: Priced) -> PriceTag:
    """Return the price of one way of selling with everything that must stand beside it."""
    if way.per_500g_fen is not None and way.least_g is not None and way.most_g is not None:
        weight = (
            _("一%(unit)s约 %(much)s", unit=way.unit, much=_piece_weight(way)),
            _("最多 %(price)s", price=yuan(way.price_fen)),
        )
        return PriceTag(way.per_500g_fen, _("/ 500克"), (kilo_price_text(way.per_500g_fen),), weight)
    piece = unit_price_text(way.price_fen, way.unit, way.pieces)
    grams = way.net_g or UNIT_G.get(way.unit)
    weighed = None if grams is None else gram_price_text(way.price_fen, grams)
    each = tuple(text for text in (piece, weighed) if text is not None)
    return PriceTag(way.price_fen, unit_label(way.unit, way.pieces), each, ())
