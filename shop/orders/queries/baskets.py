"""Reads of baskets against the present offers, and what they would cost."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.offers import OfferFacts, offers
from shop.courier.queries import quote as freight_quote
from shop.kernel.errors import NotFound
from shop.kernel.money import split
from shop.orders.models import Basket

MAX_QUANTITY = 999


@dataclass(frozen=True)
class BasketLineFacts:
    """One line of a basket against the present offer."""

    offer: OfferFacts
    quantity: int

    @property
    def problem(self) -> str | None:
        """Why it cannot be ordered as it stands, see `OfferFacts.problem`; None when it can."""
        return self.offer.problem(self.quantity)

    @property
    def goods_fen(self) -> int:
        """Price times quantity."""
        return self.offer.way.price_fen * self.quantity


@dataclass(frozen=True)
class BasketFacts:
    """A basket as it stands now."""

    lines: tuple[BasketLineFacts, ...]

    @property
    def goods_fen(self) -> int:
        """What the lines that can be ordered cost together."""
        return sum(line.goods_fen for line in self.lines if line.problem is None)

    @property
    def is_orderable(self) -> bool:
        """Tell whether there is something and nothing stands in the way."""
        return bool(self.lines) and all(line.problem is None for line in self.lines)

    @property
    def count(self) -> int:
        """How many pieces there are."""
        return sum(line.quantity for line in self.lines)


def find_basket(session: Session, *, token: str | None, user_id: int | None) -> Basket | None:
    """Return the basket of a member or, for a visitor, of this browser."""
    if user_id is not None:
        return session.scalars(select(Basket).where(Basket.user_id == user_id)).one_or_none()
    if token is None:
        return None
    return session.scalars(select(Basket).where(Basket.token == token)).one_or_none()


def basket(session: Session, *, token: str | None, user_id: int | None, today: date) -> BasketFacts:
    """Return a basket with its lines read anew on a town day."""
    kept = find_basket(session, token=token, user_id=user_id)
    if kept is None:
        return BasketFacts(())
    found = offers(session, [line.variant_id for line in kept.lines], today=today)
    return BasketFacts(tuple(BasketLineFacts(found[line.variant_id], line.quantity) for line in kept.lines))


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
    freight_share_fen: int

    @property
    def goods_fen(self) -> int:
        """Price times quantity."""
        return self.price_fen * self.quantity


@dataclass(frozen=True)
class Quote:
    """All that a buyer agrees to: lines, weight, freight, total."""

    province: str
    lines: tuple[QuoteLine, ...]
    weight_g: int
    freight_fen: int
    days: int

    @property
    def goods_fen(self) -> int:
        """What the goods cost."""
        return sum(line.goods_fen for line in self.lines)

    @property
    def total_fen(self) -> int:
        """What the buyer pays."""
        return self.goods_fen + self.freight_fen

    @property
    def digest(self) -> str:
        """A mark of everything shown: an order is placed only on what its buyer saw."""
        facts = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(facts.encode()).hexdigest()[:32]


def quote(session: Session, wanted: BasketFacts, province: str) -> Quote:
    """Price a basket to a province; the freight is split over the lines by weight, to the fen.

    Raises:
        NoFreight: parcels do not go there.
        NotFound: the basket is empty.
    """
    if not wanted.lines:
        raise NotFound("basket")
    weights = [line.offer.way.gross_g * line.quantity for line in wanted.lines]
    freight = freight_quote(session, province, sum(weights))
    shares = split(freight.fen, weights)
    return Quote(
        province=province,
        lines=tuple(
            QuoteLine(
                variant_id=line.offer.way.variant_id,
                title=line.offer.title,
                unit=line.offer.way.unit,
                pieces=line.offer.way.pieces,
                price_fen=line.offer.way.price_fen,
                per_500g_fen=line.offer.way.per_500g_fen,
                quantity=line.quantity,
                gross_g=line.offer.way.gross_g,
                harvest_on=line.offer.harvest_day(line.quantity),
                listing_id=line.offer.listing_id,
                vendor_id=line.offer.vendor_id,
                vendor_name=line.offer.vendor_name,
                village=line.offer.village,
                freight_share_fen=share,
            )
            for line, share in zip(wanted.lines, shares, strict=True)
        ),
        weight_g=sum(weights),
        freight_fen=freight.fen,
        days=freight.days,
    )
