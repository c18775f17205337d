"""Whether an order may go elsewhere at what was agreed on: the same freight, the same day, paid in the same way."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from shop.catalog.offers import offers
from shop.courier.queries import rate_to
from shop.kernel.errors import ShopError
from shop.orders.models import Box, Handing, OrderState
from shop.orders.queries.orders import OrderFacts
from shop.orders.queries.quotes import box_freight, check_sendable


@dataclass
class OtherTerms(ShopError):
    """There it would be another bargain: it would cost or take something else, or could not be paid in cash.

    Attributes:
        freight_fen: what carriage there costs; None where that is the same.
        agreed_fen: what was agreed on for it.
        days: of carriage there; None where they are the same. A quicker way is another bargain too, for from there
            nobody could come back.
        is_cash: no cash is taken at the doors there.
    """

    province: str
    freight_fen: int | None
    agreed_fen: int
    days: int | None
    is_cash: bool


def check_terms(session: Session, order: OrderFacts, province: str, *, today: date) -> None:
    """Refuse a province to which an order could not go at what was agreed on.

    Within its zone nothing changes, also where that was repriced since: an order keeps its freight.

    Raises:
        NoFreight: parcels do not go there.
        CannotSend: some of it cannot be carried there.
        OtherTerms: it would be another bargain.
    """
    if order.handing is Handing.COLLECTION or province == order.province:
        return
    there, agreed = rate_to(session, province), rate_to(session, order.province)
    if there.id == agreed.id:
        return
    lines = [(part.box, line) for part in order.parts for line in part.lines]
    check_sendable(offers(session, {line.variant_id for _box, line in lines}, today=today).values(), there)
    weights: dict[Box, int] = defaultdict(int)
    for box, line in lines:
        weights[box] += line.gross_g * line.quantity
    freight = sum(box_freight(box, weight, there) for box, weight in weights.items())
    other = None if freight == order.freight_fen else freight
    days = None if there.days == agreed.days else there.days
    is_cash = order.state is OrderState.AGREED and not there.takes_cash
    if other is not None or days is not None or is_cash:
        raise OtherTerms(province, other, order.freight_fen, days, is_cash)
