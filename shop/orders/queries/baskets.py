"""Reads of baskets against the present offers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from shop.catalog.offers import OfferFacts, offers
from shop.kernel.db import direct
from shop.orders.models import Basket, BasketLine

MAX_QUANTITY = 999
LINES = (
    select(BasketLine.variant_id, BasketLine.quantity, BasketLine.seen_fen)
    .join(Basket, Basket.id == BasketLine.basket_id)
    .order_by(BasketLine.id)
)
OF_MEMBER = LINES.where(Basket.user_id == bindparam("whose"))
OF_VISITOR = LINES.where(Basket.token == bindparam("whose"))


@dataclass(frozen=True)
class BasketLineFacts:
    """One line of a basket against the present offer.

    Attributes:
        seen_fen: the price of one when its buyer last looked, if that is known.
    """

    offer: OfferFacts
    quantity: int
    seen_fen: int | None = None

    @property
    def problem(self) -> str | None:
        """Why it cannot be ordered as it stands, see `OfferFacts.problem`; None when it can."""
        return self.offer.problem(self.quantity)

    @property
    def was_fen(self) -> int | None:
        """The price that its buyer saw, when it has changed since."""
        return self.seen_fen if self.seen_fen not in (None, self.offer.way.price_fen) else None

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


def basket_of(session: Session, wanted: Mapping[int, int], *, today: date) -> BasketFacts:
    """Return so many of these variants as if they lay in a basket of their own; one that does not exist is left out."""
    found = offers(session, wanted, today=today)
    return BasketFacts(tuple(BasketLineFacts(found[which], count) for which, count in wanted.items() if which in found))


def basket(session: Session, *, token: str | None, user_id: int | None, today: date) -> BasketFacts:
    """Return a basket with its lines read anew on a town day."""
    if user_id is None and token is None:
        return BasketFacts(())
    wanted, whose = (OF_VISITOR, token) if user_id is None else (OF_MEMBER, user_id)
    lines = direct(session, wanted, {"whose": whose}).all()
    if not lines:
        return BasketFacts(())
    found = offers(session, [line.variant_id for line in lines], today=today)
    return BasketFacts(tuple(BasketLineFacts(found[line.variant_id], line.quantity, line.seen_fen) for line in lines))
