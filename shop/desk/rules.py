"""Rules of claims: their passages, how long one may ask, what some pieces are worth, who bears it, when nobody decides.

The periods are those of the Consumer Protection Law (articles 24 and 25) and of the rules on seven-day returns; what a
town may choose stands among its facts. The table of who bears what is decision 0038.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from shop.catalog.models import ReturnClass
from shop.desk.models import Bearer, ClaimKind, ClaimState
from shop.kernel.clock import TOWN_ZONE
from shop.kernel.errors import Invalid
from shop.kernel.money import stretch
from shop.orders.models import OrderLine
from shop.orders.queries.orders import LineFacts
from shop.orders.rules import weight_back

K, S = ClaimKind, ClaimState

NEXT: Mapping[ClaimState, frozenset[ClaimState]] = {
    S.OPEN: frozenset({S.ACCEPTED, S.DECLINED, S.AWAITING_GOODS, S.WITHDRAWN}),
    # Declined when the goods never came.
    S.AWAITING_GOODS: frozenset({S.RECEIVED, S.DECLINED, S.WITHDRAWN}),
    S.RECEIVED: frozenset({S.ACCEPTED, S.DECLINED}),
    S.ACCEPTED: frozenset({S.PAID}),
    # Once, by the buyer's answer.
    S.DECLINED: frozenset({S.OPEN}),
    S.PAID: frozenset(),
    S.WITHDRAWN: frozenset(),
}

LIVING = frozenset({S.OPEN, S.AWAITING_GOODS, S.RECEIVED, S.ACCEPTED, S.PAID})
"""Claims that stand: what they ask for cannot be asked for again."""
UNDECIDED = frozenset({S.OPEN, S.AWAITING_GOODS, S.RECEIVED})
"""Claims of which nobody has said yes or no."""
FAULTS = frozenset({K.BROKEN, K.SPOILED, K.WRONG, K.MISSING})
"""Pieces that were no good, or not there: their freight was for nothing."""

FAULT_SPAN = timedelta(days=7)
"""For so long after the signature something may be claimed of goods that are not fresh (article 24)."""
RETURN_DAYS = 7
"""Days from the day after the signature in which goods may come back without a reason (article 25)."""
DECIDE_SPAN = timedelta(hours=24)
SEND_SPAN = timedelta(days=14)
"""For so long the centre waits for goods that are to come back."""
PAY_BACK_SPAN = timedelta(days=7)
"""From the day the goods are back, the money must be on its way (article 25)."""
REPEAT_SPAN = timedelta(days=90)
MAX_WORDS, MAX_PHOTOS, MAX_REASON = 300, 4, 100

DUE: Mapping[ClaimState, timedelta] = {S.OPEN: DECIDE_SPAN, S.AWAITING_GOODS: SEND_SPAN, S.RECEIVED: PAY_BACK_SPAN}


@dataclass(frozen=True)
class Standing:
    """What claims on a line stand for already.

    Attributes:
        pieces: that are claimed, or were.
        grams: of short weight.
        fen: of the line's price; its freight is not in it.
        freight_fen: of its freight.
    """

    pieces: int = 0
    grams: int = 0
    fen: int = 0
    freight_fen: int = 0


@dataclass(frozen=True)
class Worth:
    """What goes back for some of a line, in fen."""

    goods_fen: int
    freight_fen: int = 0

    @property
    def fen(self) -> int:
        """All of it."""
        return self.goods_fen + self.freight_fen


def standing(living: Iterable[tuple[ClaimKind, int, int, int]]) -> Standing:
    """Return what living claims on a line stand for; each is (kind, how much, amount in fen, of it freight)."""
    pieces = grams = fen = freight = 0
    for kind, much, amount_fen, freight_fen in living:
        if kind is K.SHORT_WEIGHT:
            grams += much
        else:
            pieces += much
        fen, freight = fen + amount_fen - freight_fen, freight + freight_fen
    return Standing(pieces, grams, fen, freight)


def may_return(return_class: ReturnClass | None, *, exception_confirmed: bool) -> bool:
    """Tell whether goods may come back without a reason: not what is fresh or made to order (article 25).

    Other goods are excepted only where their buyer confirmed it for this purchase; what nothing was confirmed of may
    come back.
    """
    if return_class is ReturnClass.CONFIRMED_EXCEPTION:
        return not exception_confirmed
    return return_class not in (ReturnClass.FRESH, ReturnClass.MADE_TO_ORDER)


def ends_at(kind: ClaimKind, return_class: ReturnClass | None, signed_at: datetime, fresh_hours: int) -> datetime:
    """Return until when a claim may be made of goods signed for at a moment.

    A return without a reason ends with the town's seventh day after the day of the signature.

    Args:
        fresh_hours: for so long something may be claimed of fresh goods, as the town has it.
    """
    if kind is K.RETURN:
        day = signed_at.astimezone(TOWN_ZONE).date() + timedelta(days=RETURN_DAYS + 1)
        return datetime.combine(day, time(), TOWN_ZONE)
    if return_class is ReturnClass.FRESH:
        return signed_at + timedelta(hours=fresh_hours)
    return signed_at + FAULT_SPAN


def pieces_of(line: OrderLine | LineFacts) -> int:
    """Return how many pieces of a line came, each egg of a board by itself."""
    return (line.quantity - line.rejected) * line.pieces


def worth_of(line: OrderLine | LineFacts, kind: ClaimKind, much: int, before: Standing, net_g: int | None) -> Worth:
    """Return what goes back when so much more of a line is claimed; never more than is left of what was paid for it.

    Pieces are priced by stretches of what was paid for all of them: all of them claimed in any steps are exactly that.
    When by this claim all of a line turns out to have been no good, what its freight cost goes back too.

    Args:
        much: pieces, or grams of short weight.
        net_g: what one unit weighs, where it is counted and known.

    Raises:
        Invalid: field "much"; reason "range" when there is not so much of it, "again" when it was claimed already,
            "weight" when nobody knows what it should weigh.
    """
    left = max(0, line.kept_fen - before.fen)
    if kind is K.SHORT_WEIGHT:
        if before.grams:
            raise Invalid("much", "again")
        return Worth(min(left, _short(line, much, net_g)))
    whole = pieces_of(line)
    if not 0 < much <= whole:
        raise Invalid("much", "range")
    if before.pieces + much > whole:
        raise Invalid("much", "again")
    goods = min(left, stretch(line.kept_fen, before.pieces, before.pieces + much, whole))
    freight = 0
    if kind in FAULTS and before.pieces + much == whole:
        gone = stretch(line.freight_share_fen, 0, line.rejected, line.quantity)
        freight = max(0, line.freight_share_fen - gone - before.freight_fen)
    return Worth(goods, freight)


def _short(line: OrderLine | LineFacts, grams: int, net_g: int | None) -> int:
    if grams <= 0:
        raise Invalid("much", "range")
    good = line.quantity - line.rejected
    if line.per_500g_fen is not None and line.weighed_g is not None:
        if grams >= line.weighed_g:
            raise Invalid("much", "range")
        try:
            now = weight_back(line.price_fen, line.per_500g_fen, good, line.weighed_g - grams)
        except Invalid:
            raise Invalid("much", "range") from None
        return max(0, now - line.weight_back_fen)
    if not net_g or not good:
        raise Invalid("much", "weight")
    if grams >= net_g * good:
        raise Invalid("much", "range")
    return stretch(line.kept_fen, 0, grams, net_g * good)


def bearer_of(kind: ClaimKind, *, has_travelled: bool, was_weighed_here: bool) -> Bearer:
    """Return who bears a claim by the written table, where no person says otherwise.

    Args:
        has_travelled: a carrier brought it; nobody carries what is collected at the counter.
        was_weighed_here: the weight that its buyer paid is the centre's own.
    """
    if kind is K.BROKEN:
        return Bearer.COURIER if has_travelled else Bearer.PACKING
    if kind in (K.WRONG, K.MISSING):
        return Bearer.PACKING
    if kind is K.SHORT_WEIGHT:
        return Bearer.PACKING if was_weighed_here else Bearer.HOUSEHOLD
    return Bearer.HOUSEHOLD


def is_automatic(
    kind: ClaimKind, *, photos: int, order_fen: int, limit_fen: int, earlier_orders: int, most_orders: int
) -> bool:
    """Tell whether a claim is agreed to at once, without a person.

    Args:
        order_fen: what this claim and the others on its order come to.
        limit_fen: up to so much, as the town has it; 0 never.
        earlier_orders: how many other orders of this buyer had claims lately.
        most_orders: from so many on a person decides.
    """
    if kind is K.RETURN or not photos:
        return False
    return 0 < order_fen <= limit_fen and earlier_orders < most_orders


def check_reason(typed: str) -> str:
    """Return a decision's reason as it is kept.

    Raises:
        Invalid: field "reason"; "empty" or "length".
    """
    return check_words("reason", typed, MAX_REASON, needed=True)


def check_words(field: str, typed: str, most: int, *, needed: bool = False) -> str:
    """Return somebody's words in one line.

    Raises:
        Invalid: this field; "empty" or "length".
    """
    text = " ".join(typed.split())
    if needed and not text:
        raise Invalid(field, "empty")
    if len(text) > most:
        raise Invalid(field, "length")
    return text


def check_photos(kind: ClaimKind, keys: Sequence[str]) -> None:
    """Refuse a claim without the photos it needs: a return without a reason needs none.

    Raises:
        Invalid: field "photo"; "empty" or "many".
    """
    if len(keys) > MAX_PHOTOS:
        raise Invalid("photo", "many")
    if not keys and kind is not K.RETURN:
        raise Invalid("photo", "empty")
