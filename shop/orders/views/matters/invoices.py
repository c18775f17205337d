"""Invoices as matters of their buyer: each issuer's by itself, and what is wanted before the goods are in."""

from datetime import datetime

from flask import url_for

from shop.courier.queries import ShipmentFacts
from shop.invoices.models import Medium, RequestState
from shop.invoices.queries import RequestFacts
from shop.kernel.money import yuan
from shop.orders.queries.orders import OrderFacts
from shop.orders.views.invoices.words import LABELS, STOPPED, WORDS, issuer_words, path_of, reached
from shop.orders.views.matters.matter import Matter, Turn, bar
from shop.web.carriage import expected_words
from shop.web.i18n import _

S = RequestState
YOURS = frozenset({S.NEEDS_FIXING, S.RETURNED})
ENDED = frozenset({S.REJECTED, S.WITHDRAWN, S.AVAILABLE, S.SIGNED, S.HANDED_OVER})


def of_invoice(order: OrderFacts, request: RequestFacts, envelope: ShipmentFacts | None, now: datetime) -> Matter:
    """Return one issuer's invoice for an order as a matter of its buyer.

    Args:
        envelope: the letter in which it travels, if any.
    """
    is_ended = request.state in ENDED
    path = path_of(request)
    labels = tuple(str(LABELS[state]) for state in path)
    is_fetched = request.state is S.ISSUED and request.title.medium is Medium.PAPER and not request.title.street
    return Matter(
        icon="paper",
        kind=_("发票 %(amount)s", amount=yuan(request.amount_fen)),
        title=issuer_words(request.issuer_kind, request.issuer_name),
        word=WORDS[request.state],
        bar=() if request.state in STOPPED else bar(labels, reached(request), is_over=is_ended),
        told=_expected(request, envelope, now) or _told(request, is_fetched=is_fetched),
        action=_action(order, request),
        turn=Turn.BUYER if request.state in YOURS or is_fetched else Turn.NOBODY if is_ended else Turn.HOUSE,
        at=request.created_at,
    )


def _expected(request: RequestFacts, envelope: ShipmentFacts | None, now: datetime) -> str | None:
    return expected_words(envelope, now) if envelope is not None and request.state is S.SENT else None


def _told(request: RequestFacts, *, is_fetched: bool) -> str | None:
    if request.state in (S.NEEDS_FIXING, S.REJECTED):
        return request.reason
    if request.state is S.RETURNED:
        return _("没有送到，在中心柜台等您来拿，或者打电话说好再寄。")
    return _("开好了，到中心柜台来拿。") if is_fetched else None


def _action(order: OrderFacts, request: RequestFacts) -> tuple[str, str]:
    page = url_for("order_invoices.invoices", code=order.code)
    if request.state is S.NEEDS_FIXING:
        return _("去改抬头"), page
    if request.state is S.AVAILABLE:
        return _("下载"), page
    if request.state is S.SENT and request.shipment_key is not None:
        return _("一路怎么走的"), url_for("orders.tracking", code=order.code, key=request.shipment_key)
    return _("看这张发票"), page
