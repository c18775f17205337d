"""Pure rules of the catalogue: a listing's passages, seasons, the words for a unit."""

from collections.abc import Iterable, Mapping

from shop.catalog.models import ListingState
from shop.kernel.errors import Invalid

NEXT: Mapping[ListingState, frozenset[ListingState]] = {
    ListingState.DRAFT: frozenset({ListingState.IN_REVIEW, ListingState.ARCHIVED}),
    ListingState.IN_REVIEW: frozenset({ListingState.PUBLISHED, ListingState.DRAFT, ListingState.ARCHIVED}),
    ListingState.PUBLISHED: frozenset({ListingState.PAUSED, ListingState.DRAFT, ListingState.ARCHIVED}),
    ListingState.PAUSED: frozenset({ListingState.PUBLISHED, ListingState.ARCHIVED}),
    ListingState.ARCHIVED: frozenset(),
}

UNITS = ("枚", "只", "双", "斤", "把", "盒", "瓶", "罐", "袋", "个", "件", "坛", "饼")
MAX_PRICE_FEN = 1_000_000
MAX_STOCK = 9_999
MAX_GROSS_G = 30_000


def season_bits(months: Iterable[int]) -> int:
    """Return months 1 to 12 as bits, January lowest.

    Raises:
        Invalid: there is no month, or one outside the year.
    """
    bits = 0
    for month in months:
        if not 1 <= month <= 12:
            raise Invalid("season", "month")
        bits |= 1 << (month - 1)
    if bits == 0:
        raise Invalid("season", "empty")
    return bits


def season_months(bits: int) -> tuple[int, ...]:
    """Return the months of season bits, in order."""
    return tuple(month for month in range(1, 13) if bits & 1 << (month - 1))


def is_in_season(bits: int, month: int) -> bool:
    """Tell whether a month belongs to the season."""
    return bool(bits & 1 << (month - 1))


def check_offer(*, unit: str, pieces: int, gross_g: int, price_fen: int) -> None:
    """Refuse an offer that no order could be made of.

    Raises:
        Invalid: naming the field.
    """
    if unit not in UNITS:
        raise Invalid("unit", "unknown")
    if not 1 <= pieces <= 999:
        raise Invalid("pieces", "range")
    if not 1 <= gross_g <= MAX_GROSS_G:
        raise Invalid("gross_g", "range")
    if not 1 <= price_fen <= MAX_PRICE_FEN:
        raise Invalid("price", "range")
