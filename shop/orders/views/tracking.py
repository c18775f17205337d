"""Where a parcel or letter of an order is, as its buyer reads it."""

from dataclasses import dataclass
from datetime import datetime

from shop.courier.models import ShipmentKind, ShipmentState
from shop.courier.queries import ShipmentFacts
from shop.orders.queries.orders import OrderFacts
from shop.web.carriage import (
    BUYER_WORDS,
    LETTER_WAITS,
    WAITING_TEXT,
    Stage,
    carrier_word,
    expected_words,
    heard,
    stages,
)
from shop.web.i18n import _
from shop.web.words import masked_name, masked_phone


@dataclass(frozen=True)
class TrackingPage:
    """One consignment of an order; name and phone are hidden (GB/T 41833-2022)."""

    order: str
    word: str
    what: str
    expected: str | None
    note: str | None
    stages: tuple[Stage, ...]
    cargo: str
    carrier: str
    waybill: str
    who: str
    phone: str
    heard: tuple[Stage, ...]


def tracking_page(order: OrderFacts, facts: ShipmentFacts, now: datetime) -> TrackingPage:
    """Return what the buyer of an order sees of a consignment that belongs to it."""
    is_letter = facts.kind is ShipmentKind.DOCUMENT
    told = LETTER_WAITS if is_letter and facts.state is ShipmentState.RETURNED else WAITING_TEXT.get(facts.state)
    return TrackingPage(
        order=order.code,
        word=str(BUYER_WORDS[facts.state]),
        what=_("这封信") if is_letter else _("这一包"),
        expected=expected_words(facts, now),
        note=None if told is None else str(told),
        stages=stages(facts),
        cargo=facts.cargo,
        carrier=carrier_word(facts.carrier_name),
        waybill=facts.waybill,
        who=masked_name(facts.recipient),
        phone=masked_phone(facts.phone),
        heard=tuple(Stage(one.word, one.at, "done", one.text or None) for one in heard(facts)),
    )
