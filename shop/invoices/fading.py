"""Who wanted an invoice, forgotten: addresses, phones, bank accounts and people's names; what was issued stays."""

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.invoices.models import InvoiceRequest, InvoiceWish, RequestState, TitleKind
from shop.orders.models import Order

PRIVATE = (
    *("seat", "seat_phone", "bank", "account_secret", "account_tail"),
    *("email", "recipient", "phone", "street"),
)
"""A company's name and tax id stand on what was issued, and name no person; province, city and district neither."""
OVER = frozenset(
    {
        RequestState.AVAILABLE,
        RequestState.SIGNED,
        RequestState.HANDED_OVER,
        RequestState.REJECTED,
        RequestState.WITHDRAWN,
    }
)


def under_way(session: Session, order_codes: Collection[str]) -> frozenset[str]:
    """Return for which of these orders an invoice is still wanted or on its way."""
    wanted = select(Order.code).join(InvoiceRequest, InvoiceRequest.order_id == Order.id)
    return frozenset(session.scalars(wanted.where(Order.code.in_(order_codes), InvoiceRequest.state.not_in(OVER))))


def fade_titles(session: Session, order_ids: Collection[int]) -> None:
    """Forget who wanted invoices for these orders."""
    for kind in (InvoiceWish, InvoiceRequest):
        mine = kind.order_id.in_(order_ids)
        session.execute(update(kind).where(mine).values(dict.fromkeys(PRIVATE, "")))
        session.execute(update(kind).where(mine, kind.title_kind == TitleKind.PERSON).values(title=""))
