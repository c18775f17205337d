"""What a basket costs when it goes there: boxes, freight, the day it is promised for, and what cannot go at all."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from shop.catalog.models import ReturnClass
from shop.catalog.offers import OfferFacts
from shop.courier.queries import Rate, rate_to
from shop.kernel.clock import town_day
from shop.kernel.errors import NotFound, ShopError
from shop.kernel.money import split
from shop.orders.models import Box, Handing
from shop.orders.queries.baskets import BasketFacts, BasketLineFacts
from shop.orders.rules import BOX_OF, due_on
from shop.town.queries import TownFacts, holidays, the_town
from shop.town.rules import doors


@dataclass(frozen=True)
class Destination:
    """How and where goods go; a province only when they are delivered, `at_once` when they are taken along now."""

    handing: Handing
    province: str = ""
    at_once: bool = False


@dataclass(frozen=True)
class Stuck:
    """A line that cannot go where it is wanted.

    Attributes:
        why: `live` (no courier carries it) or `too_far` (it would not arrive fresh).
        bears_days: how long it keeps without a cold store, when that is why.
        takes_days: how long carriage there takes.
    """

    variant_id: int
    title: str
    why: str
    bears_days: int | None = None
    takes_days: int | None = None


@dataclass
class CannotSend(ShopError):
    """Some lines cannot go there; they can be collected, or taken out."""

    lines: tuple[Stuck, ...]


@dataclass(frozen=True)
class QuoteLine:
    """One line of a quote, with its share of the freight; by weight, `price_fen` is the ceiling of a piece."""

    variant_id: int
    title: str
    unit: str
    pieces: int
    price_fen: int
    per_500g_fen: int | None
    quantity: int
    gross_g: int
    harvest_on: date | None
    listing_id: int
    vendor_id: int
    vendor_name: str
    village: str
    box: Box
    return_class: ReturnClass
    freight_share_fen: int

    @property
    def goods_fen(self) -> int:
        """Price times quantity."""
        return self.price_fen * self.quantity


@dataclass(frozen=True)
class QuoteBox:
    """One box of a quote."""

    box: Box
    weight_g: int
    freight_fen: int


@dataclass(frozen=True)
class Quote:
    """All that a buyer agrees to: lines, boxes, freight, total, and the day it is promised for.

    Attributes:
        days: of carriage; none when it is collected.
        takes_cash: it may be paid in cash when it is handed over.
    """

    to: Destination
    lines: tuple[QuoteLine, ...]
    boxes: tuple[QuoteBox, ...]
    days: int
    promised_on: date
    takes_cash: bool

    @property
    def goods_fen(self) -> int:
        """What the goods cost."""
        return sum(line.goods_fen for line in self.lines)

    @property
    def freight_fen(self) -> int:
        """What carriage of all boxes costs."""
        return sum(box.freight_fen for box in self.boxes)

    @property
    def total_fen(self) -> int:
        """What the buyer pays."""
        return self.goods_fen + self.freight_fen

    @property
    def exceptions(self) -> tuple[QuoteLine, ...]:
        """Lines that can be excepted from the seven days only with the buyer's tick for this purchase."""
        return tuple(line for line in self.lines if line.return_class is ReturnClass.CONFIRMED_EXCEPTION)

    @property
    def digest(self) -> str:
        """A mark of everything shown: an order is placed only on what its buyer saw."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:32]


def quote(
    session: Session, wanted: BasketFacts, to: Destination, *, now: datetime, town: TownFacts | None = None
) -> Quote:
    """Price a basket to where it goes; each box's freight is split over its lines by weight, to the fen.

    Args:
        town: when it was read already.

    Raises:
        NoFreight: parcels do not go there.
        CannotSend: some of it cannot be carried there.
        NotFound: the basket is empty.
    """
    if not wanted.lines:
        raise NotFound("basket")
    rate = rate_to(session, to.province) if to.handing is Handing.DELIVERY else None
    if rate is not None:
        check_sendable((line.offer for line in wanted.lines), rate)
    boxes, lines = _boxed(wanted.lines, rate)
    town = town or the_town(session)
    closed = {holiday.on for holiday in holidays(session, town_day(now))}
    gathered = (line.harvest_on for line in lines)
    ready = doors(town.opening, closed, now).on if to.at_once else due_on(now, town.cutoff, closed, gathered)
    days = 0 if rate is None else rate.days
    return Quote(
        to=to,
        lines=tuple(lines),
        boxes=tuple(boxes),
        days=days,
        promised_on=ready + timedelta(days=days),
        takes_cash=not to.at_once and (rate is None or rate.takes_cash),
    )


def check_sendable(wanted: Iterable[OfferFacts], rate: Rate) -> None:
    """Refuse goods that cannot be carried into a zone.

    Raises:
        CannotSend: no courier carries some of them, or they would not arrive fresh.
    """
    stuck = tuple(found for offer in wanted if (found := _stuck(offer, rate)))
    if stuck:
        raise CannotSend(stuck)


def box_freight(box: Box, weight_g: int, rate: Rate) -> int:
    """Return what carriage of one box of this weight costs, in fen."""
    return rate.freight(weight_g, is_cold=box is not Box.AMBIENT)


def _stuck(offer: OfferFacts, rate: Rate) -> Stuck | None:
    if offer.is_live:
        return Stuck(offer.way.variant_id, offer.title, "live")
    if offer.travel_days is not None and rate.days > offer.travel_days:
        return Stuck(offer.way.variant_id, offer.title, "too_far", offer.travel_days, rate.days)
    return None


def _boxed(wanted: Sequence[BasketLineFacts], rate: Rate | None) -> tuple[list[QuoteBox], list[QuoteLine]]:
    """Put lines into boxes by their temperature and price each box; lines keep the basket's order."""
    inside: dict[Box, list[BasketLineFacts]] = {}
    for line in wanted:
        inside.setdefault(BOX_OF[line.offer.climate], []).append(line)
    boxes: list[QuoteBox] = []
    shares: dict[int, int] = {}
    for box in Box:
        lines = inside.get(box, [])
        if not lines:
            continue
        weights = [line.offer.way.gross_g * line.quantity for line in lines]
        freight = 0 if rate is None else box_freight(box, sum(weights), rate)
        boxes.append(QuoteBox(box, sum(weights), freight))
        for line, share in zip(lines, split(freight, weights), strict=True):
            shares[line.offer.way.variant_id] = share
    return boxes, [_line(line, shares) for line in wanted]


def _line(line: BasketLineFacts, shares: Mapping[int, int]) -> QuoteLine:
    offer, way = line.offer, line.offer.way
    return QuoteLine(
        variant_id=way.variant_id,
        title=offer.title,
        unit=way.unit,
        pieces=way.pieces,
        price_fen=way.price_fen,
        per_500g_fen=way.per_500g_fen,
        quantity=line.quantity,
        gross_g=way.gross_g,
        harvest_on=offer.harvest_day(line.quantity),
        listing_id=offer.listing_id,
        vendor_id=offer.vendor_id,
        vendor_name=offer.vendor_name,
        village=offer.village,
        box=BOX_OF[offer.climate],
        return_class=offer.return_class,
        freight_share_fen=shares[way.variant_id],
    )
