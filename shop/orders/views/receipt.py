"""The receipt of a paid order.

Source: Consumer Protection Law, article 22: a seller gives a voucher of the purchase.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from shop.kernel.clock import TOWN_ZONE
from shop.kernel.money import yuan
from shop.orders.models import Handing, OrderState
from shop.orders.queries.orders import LineFacts, OrderFacts, PartFacts, Passage
from shop.orders.views.words import BOX_WORDS, REFUND_REASONS, REFUND_WORDS, boxes_of
from shop.payments.models import PaymentState, RefundState
from shop.payments.queries import PaymentFacts, RefundFacts
from shop.web.i18n import _, unit_word
from shop.web.paying import paying_words
from shop.web.prices import kilos, unit_label
from shop.web.words import listed, town_time


@dataclass(frozen=True)
class ReceiptRow:
    """One line: goods, who sold them, how much of them at which price, and what that came to."""

    goods: str
    seller: str
    count: str
    each: str
    together: str


@dataclass(frozen=True)
class Receipt:
    """What is printed.

    Attributes:
        notes: what did not come, was given back or weighed less, line by line.
        sums: what was agreed and taken off again, before what was paid.
        returned: each refund: when, why, how far it is and how much.
        kept_fen: what the seller keeps.
    """

    code: str
    name: str
    placed_at: str
    paid_at: str
    paid_by: str
    rows: tuple[ReceiptRow, ...]
    notes: tuple[str, ...]
    handing: str
    sums: tuple[tuple[str, int, str | None], ...]
    paid_fen: int
    returned: tuple[tuple[str, str, str, str], ...]
    kept_fen: int
    invoice: str | None


def receipt(
    order: OrderFacts, passages: Sequence[Passage], payments: Sequence[PaymentFacts], invoice: str | None
) -> Receipt | None:
    """Return an order's receipt, or None when nobody has paid for it.

    Args:
        invoice: in whose name an invoice is wanted; None when none is.
    """
    paid = [payment for payment in payments if payment.state is PaymentState.CAPTURED]
    at = next((one.at for one in passages if one.part is None and one.to_state == OrderState.PAID), None)
    if not paid or at is None:
        return None
    refunds = sorted((refund for payment in paid for refund in payment.refunds), key=lambda refund: refund.created_at)
    paid_fen = sum(payment.captured_fen for payment in paid)
    less = order.total_fen - paid_fen
    sums = [(_("货"), order.goods_fen, None), (_("运费"), order.freight_fen, None)]
    if less > 0:
        sums.append((_("后来少收的"), -less, None))
    gone = sum(refund.amount_fen for refund in refunds if refund.state is not RefundState.FAILED)
    is_collected = order.handing is Handing.COLLECTION
    return Receipt(
        code=order.code,
        name=order.name,
        placed_at=_moment(order.placed_at),
        paid_at=_moment(at),
        paid_by=listed(dict.fromkeys(paying_words(payment.gateway, is_collected=is_collected)[0] for payment in paid)),
        rows=tuple(_row(part, line) for part in order.parts for line in part.lines),
        notes=tuple(note for part in order.parts for line in part.lines for note in _notes(line)),
        handing=_("到中心来取") if is_collected else _("寄出，%(boxes)s", boxes=_boxes(order)),
        sums=tuple(sums),
        paid_fen=paid_fen,
        returned=tuple(map(_returned, refunds)),
        kept_fen=paid_fen - gone,
        invoice=invoice,
    )


def _boxes(order: OrderFacts) -> str:
    return listed(str(BOX_WORDS[box]) for box in boxes_of(order.parts))


def _moment(at: datetime) -> str:
    return _("%(year)d年%(when)s", year=at.astimezone(TOWN_ZONE).year, when=town_time(at))


def _row(part: PartFacts, line: LineFacts) -> ReceiptRow:
    count = f"{line.quantity} {unit_word(line.unit, line.quantity)}"
    if line.weighed_g is not None:
        count = _("%(count)s，%(kilos)s 公斤", count=count, kilos=kilos(line.weighed_g))
    return ReceiptRow(
        goods=line.title,
        seller=_("%(name)s（%(village)s）", name=part.vendor_name, village=part.village),
        count=count,
        each=_each(line),
        together=yuan(line.goods_fen),
    )


def _each(line: LineFacts) -> str:
    if line.per_500g_fen is not None:
        return _("%(price)s / 500克", price=yuan(line.per_500g_fen))
    return f"{yuan(line.price_fen)} {unit_label(line.unit, line.pieces)}"


def _notes(line: LineFacts) -> Iterator[str]:
    if line.rejected:
        yield _("%(title)s：%(n)d %(unit)s不算钱", title=line.title, n=line.rejected, unit=line.unit)
    if line.weight_back_fen:
        back = yuan(line.weight_back_fen)
        yield _("%(title)s：照最重的收，过秤轻了，退 %(back)s", title=line.title, back=back)


def _returned(refund: RefundFacts) -> tuple[str, str, str, str]:
    why, state = str(REFUND_REASONS.get(refund.reason, REFUND_REASONS["staff"])), str(REFUND_WORDS[refund.state].text)
    return town_time(refund.created_at), why, state, yuan(refund.amount_fen)
