"""Money is an integer of fen. Every rounding and every split of money in the house happens here."""

import re
import unicodedata
from collections.abc import Sequence

BP = 10_000
"""Basis points in a whole."""

TYPED = re.compile(r"(\d{1,7})(?:\.(\d{1,2}))?", re.ASCII)


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Split a total over integer weights so that the parts sum to it exactly (largest remainder).

    Args:
        total: the amount to split, in fen; may be negative.
        weights: one weight >= 0 a part; when all are zero the parts are made as equal as can be.

    Returns:
        One part a weight. Equal remainders favour the earlier part, so the same input always gives the same split.

    Raises:
        ValueError: there is nothing to split over, or a weight is negative.
    """
    if not weights:
        raise ValueError("a total needs at least one part")
    if min(weights) < 0:
        raise ValueError("weights may not be negative")
    if total < 0:
        return [-part for part in split(-total, weights)]
    shares = list(weights) if any(weights) else [1] * len(weights)
    whole = sum(shares)
    parts = [total * share // whole for share in shares]
    left = total - sum(parts)
    by_remainder = sorted(range(len(shares)), key=lambda i: (-(total * shares[i] % whole), i))
    for i in by_remainder[:left]:
        parts[i] += 1
    return parts


def portion(amount: int, bp: int) -> int:
    """Return a share of an amount given in basis points, rounded half up to whole fen.

    Args:
        amount: fen, >= 0.
        bp: basis points, 0 to 10,000.

    Raises:
        ValueError: the amount is negative or the rate is out of range.
    """
    if amount < 0 or not 0 <= bp <= BP:
        raise ValueError("a portion is taken of an amount >= 0 at 0 to 10000 basis points")
    return (amount * bp + BP // 2) // BP


def stretch(total: int, start: int, stop: int, length: int) -> int:
    """Return the part of a total that falls on a stretch of it, in whole fen.

    Stretches that cover the whole sum to the total exactly, in however many steps they are taken.

    Args:
        total: fen, >= 0.
        start: where the stretch begins, 0 to stop.
        stop: where it ends, at most length.
        length: of the whole, > 0.
    """
    return total * stop // length - total * start // length


JIN_G = 500
"""Grams of a 斤, in which the market prices what it weighs."""


def by_weight(per_500g_fen: int, grams: int) -> int:
    """Return what so many grams cost at a price for 500 g; a broken fen is the buyer's.

    Raises:
        ValueError: the price or the weight is negative.
    """
    if per_500g_fen < 0 or grams < 0:
        raise ValueError("neither a price nor a weight is negative")
    return per_500g_fen * grams // JIN_G


def unit_price(fen: int, have: int, want: int) -> tuple[int, bool]:
    """Return what so many cost when others of them cost `fen`, rounded half up, and whether that is exact.

    Args:
        fen: the price of `have` pieces or grams.
        have: how many the price is for, > 0.
        want: how many are asked after.
    """
    return (2 * fen * want + have) // (2 * have), fen * want % have == 0


def yuan(fen: int) -> str:
    """Return fen as people read it: ¥28 when whole, otherwise ¥28.50."""
    sign = "−" if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    return f"{sign}¥{whole:,}" + (f".{rest:02d}" if rest else "")


def fen_from_text(typed: str) -> int:
    """Return the fen of an amount of yuan as people type it: 28, 28.5, ¥28.50, 28元; full-width figures will do.

    Raises:
        ValueError: it is not an amount of yuan with at most two decimals.
    """
    plain = unicodedata.normalize("NFKC", typed).strip().removeprefix("¥").rstrip("元块").strip()
    found = TYPED.fullmatch(plain)
    if found is None:
        raise ValueError("not an amount of yuan")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
