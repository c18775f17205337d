"""Pure rules of orders: their passages, what a buyer reads of them, and what each end gives back."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from shop.catalog.models import Climate
from shop.kernel.clock import TOWN_ZONE
from shop.kernel.errors import Invalid
from shop.kernel.money import by_weight, stretch
from shop.orders.models import Box, Order, OrderLine, OrderState, VendorOrderState

O, V = OrderState, VendorOrderState  # noqa: E741 - the tables below read better short

NEXT: Mapping[OrderState, frozenset[OrderState]] = {
    O.PLACED: frozenset({O.PAID, O.AGREED, O.EXPIRED, O.CANCELLED}),
    O.AGREED: frozenset({O.PAID, O.CANCELLED}),
    O.PAID: frozenset({O.CANCELLED, O.DONE}),
    # Late money revives an expired order when every line can be held again.
    O.EXPIRED: frozenset({O.PAID}),
    O.CANCELLED: frozenset(),
    O.DONE: frozenset(),
}

VENDOR_NEXT: Mapping[VendorOrderState, frozenset[VendorOrderState]] = {
    V.WAITING: frozenset({V.ASKED, V.POOLED, V.CANCELLED}),
    V.POOLED: frozenset({V.PASSED_ON, V.CANCELLED}),
    V.SHARED: frozenset({V.ASKED, V.CANCELLED}),
    # Back to shared when more is given to its household; passed on when that has none of it.
    V.ASKED: frozenset({V.READY, V.RECEIVED, V.REJECTED, V.CANCELLED, V.SHARED, V.PASSED_ON}),
    # Back to asked only when its household takes "ready" back.
    V.READY: frozenset({V.ASKED, V.RECEIVED, V.REJECTED, V.CANCELLED, V.PASSED_ON}),
    # Cancelled here only by a person at the centre, whom the buyer asked.
    V.RECEIVED: frozenset({V.PACKED, V.CANCELLED}),
    V.REJECTED: frozenset(),
    # Straight to its buyer when it is collected at the centre; back to the shelf when nobody came for it; back to
    # received when its box is taken apart.
    V.PACKED: frozenset({V.RECEIVED, V.SHIPPED, V.DELIVERED, V.RETURNED, V.CANCELLED}),
    V.SHIPPED: frozenset({V.DELIVERED, V.RETURNED}),
    V.DELIVERED: frozenset(),
    V.RETURNED: frozenset(),
    # Only with its order: late money asks the vendor after all, or finds the goods at the counter.
    V.CANCELLED: frozenset({V.ASKED, V.POOLED, V.WAITING}),
    # A household said no, and its goods wait for another; or it is given some after all.
    V.PASSED_ON: frozenset({V.POOLED, V.SHARED}),
}

BOX_OF: Mapping[Climate, Box] = {
    Climate.DRY: Box.AMBIENT,
    Climate.COOL: Box.AMBIENT,
    Climate.CHILLED: Box.CHILLED,
    Climate.FROZEN: Box.FROZEN,
}
"""Which goods travel together."""

UNPAID = frozenset({O.PLACED, O.AGREED})
CARRIED_OUT = frozenset({O.PAID, O.AGREED})
"""Orders whose goods are asked for, taken in, packed and sent."""


class End(StrEnum):
    """How the sale of a piece may end without its buyer keeping it."""

    CANCELLED = "cancelled"
    DECLINED = "declined"
    REJECTED = "rejected"
    LIGHT = "light"
    RETURNED = "returned"
    UNCOLLECTED = "uncollected"
    HANDED_BACK = "handed_back"


GIVES_BACK: Mapping[End, bool] = {
    # Nobody touched the goods.
    End.CANCELLED: True,
    # The household has just said that there are none, or the centre that they are no good.
    End.DECLINED: False,
    End.REJECTED: False,
    # What the knife left over is counted in grams and still there.
    End.LIGHT: True,
    # Food that was on its way, or waited in a box, is not sold a second time; staff count it in again if they will.
    End.RETURNED: False,
    End.UNCOLLECTED: False,
    # Taken along and given back over the counter; whoever stands there has looked at it and says so.
    End.HANDED_BACK: True,
}
"""Whether the end of a sale gives its pieces back to the shelf."""

DECLINED = "none"
"""Why a part was cancelled, when its household said that there is none."""
HEARD = "heard"
"""Why a part's history says something though its state stays: its household said so by telephone."""
ENDED = frozenset({V.REJECTED, V.DELIVERED, V.RETURNED, V.CANCELLED, V.PASSED_ON})
BEFORE_INTAKE = frozenset({V.WAITING, V.POOLED, V.SHARED, V.ASKED, V.READY})
NOT_COMING = frozenset({V.REJECTED, V.CANCELLED, V.PASSED_ON})
"""Parts of an order of which nothing goes into a box."""
BOUGHT = CARRIED_OUT | {O.DONE}
"""Orders that count as sales; nothing is left of any other."""
UNSOLD = NOT_COMING | {V.RETURNED}
"""Parts of such orders of which their buyer keeps nothing."""


def may_buyer_cancel(state: OrderState, parts: Iterable[VendorOrderState]) -> bool:
    """Tell whether the buyer may still cancel alone: until the centre has taken anything in."""
    gone = BEFORE_INTAKE | {V.CANCELLED, V.PASSED_ON}
    return state is O.PLACED or (state in CARRIED_OUT and all(part in gone for part in parts))


OPEN = BEFORE_INTAKE | {V.RECEIVED}
"""Parts that still come and are in no closed box."""


class Readdressed(StrEnum):
    """Why the recipient of an order was changed, as its history says it."""

    BUYER = "readdressed_buyer"
    ASKED = "readdressed_asked"
    """The buyer asked the centre to."""
    CARRIER = "readdressed_carrier"
    """No courier took the parcel as it was addressed, and the buyer was asked."""


def may_readdress(state: OrderState, parts: Iterable[VendorOrderState], *, at_once: bool) -> bool:
    """Tell whether the recipient of an order may still be changed: while something comes and no box of it is closed.

    Args:
        at_once: taken along from the counter, where nobody is sent anything.
    """
    left = set(parts) - NOT_COMING
    return not at_once and state in UNPAID | CARRIED_OUT and bool(left) and left <= OPEN


READY_TO_PACK = NOT_COMING | {V.RECEIVED}
"""In one of these is every part of a box that can be closed."""


def is_ready_to_pack(parts: Iterable[VendorOrderState]) -> bool:
    """Tell whether everything that will come has come, and something came."""
    states = list(parts)
    return V.RECEIVED in states and READY_TO_PACK.issuperset(states)


def goods_text(lines: Iterable[OrderLine]) -> str:
    """Return what a vendor is asked for, as short as a message must be: the first thing, and how many more."""
    return in_few_words((line.title, line.quantity, line.unit) for line in lines)


def in_few_words(goods: Iterable[tuple[str, int, str]]) -> str:
    """Return the first of some goods, each with how many and its unit, and how many more there are."""
    (title, pieces, unit), *rest = goods
    more = f"等{len(rest) + 1}样" if rest else ""
    return f"{title[:12]} {pieces}{unit}{more}"


def there(order: Order) -> dict[int, int]:
    """Return what of an order that is taken along at once still lies at the counter: variant id -> pieces."""
    left = {line.variant_id: line.quantity - line.rejected for part in order.vendor_orders for line in part.lines}
    return {variant_id: pieces for variant_id, pieces in left.items() if order.at_once and pieces}


def due_on(asked_at: datetime, cutoff: str, holidays: Collection[date], harvests: Iterable[date | None] = ()) -> date:
    """Return the town's day on which goods asked for now are wanted at the centre.

    That is tomorrow, or a day later when the cut-off hour has passed, and not before they are gathered; a day on which
    the centre is closed is skipped.

    Args:
        cutoff: town time "HH:MM".
        holidays: days on which the centre is closed.
        harvests: for each of the goods, the day on which it is gathered; None when it is there already.
    """
    local = asked_at.astimezone(TOWN_ZONE)
    first = local.date() + timedelta(days=1 if f"{local:%H:%M}" < cutoff else 2)
    day = max([first, *(on for on in harvests if on is not None)])
    while day in holidays:
        day += timedelta(days=1)
    return day


def rejected_share(*, price_fen: int, freight_share_fen: int, quantity: int, before: int, more: int) -> int:
    """Return what a buyer gets back when so many more of a line are turned down.

    The price of each piece and its part of the line's frozen freight go back; rounding is cumulative, so that the
    whole line turned down in any steps gives back exactly what the line cost.

    Args:
        before: pieces turned down earlier.
        more: pieces turned down now.
    """
    return price_fen * more + stretch(freight_share_fen, before, before + more, quantity)


def weight_back(price_fen: int, per_500g_fen: int, pieces: int, grams: int) -> int:
    """Return what goes back for pieces charged at the ceiling that together weigh so many grams: only ever back.

    Source: Rules on Clearly Marked Prices (2022), article 8: nothing above the shown total may be charged.

    Args:
        price_fen: the ceiling of a piece.
        pieces: how many came, > 0.

    Raises:
        Invalid: the scale or the typing must be wrong: under a quarter, or over double, of what the ceiling is for.
    """
    return max(0, -_above(price_fen, per_500g_fen, pieces, grams))


def weight_over(price_fen: int, per_500g_fen: int, pieces: int, grams: int) -> int:
    """Return what pieces charged at the ceiling cost above it: the buyer is not asked for it, the centre carries it.

    Args:
        price_fen: the ceiling of a piece.
        pieces: how many came, > 0.

    Raises:
        Invalid: as `weight_back`.
    """
    return max(0, _above(price_fen, per_500g_fen, pieces, grams))


def _above(price_fen: int, per_500g_fen: int, pieces: int, grams: int) -> int:
    charged = price_fen * pieces
    cost = by_weight(per_500g_fen, max(0, grams))
    if not charged < 4 * cost or not cost <= 2 * charged:
        raise Invalid("weighed", "range")
    return cost - charged
