"""Invoices as matters of their buyer: each issuer's by itself, and what is wanted before the goods are in."""

from datetime import datetime

from flask import url_for

from shop.courier.queries import ShipmentFacts
from shop.invoices.models import Medium, RequestState
from shop.invoices.queries import InvoiceFacts, RequestFacts, TitleFacts, WishFacts
from shop.kernel.clock import town_day
from shop.kernel.money import yuan
from shop.orders.queries.orders import OrderFacts
from shop.orders.views.invoices.words import (
    LABELS,
    STOPPED,
    WORDS,
    is_fetched,
    issuer_words,
    path_of,
    reached,
    ready_words,
)
from shop.orders.views.matters.matter import Matter, Turn, bar
from shop.orders.views.words import Word
from shop.web.carriage import expected_words
from shop.web.i18n import _
from shop.web.words import town_date

S = RequestState
YOURS = frozenset({S.NEEDS_FIXING, S.RETURNED})
ENDED = frozenset({S.REJECTED, S.WITHDRAWN, S.AVAILABLE, S.SIGNED, S.HANDED_OVER})


def of_invoice(
    order: OrderFacts, request: RequestFacts, envelope: ShipmentFacts | None, *, red_due_fen: int, now: datetime
) -> Matter:
    """Return one issuer's invoice for an order as a matter of its buyer.

    Args:
        envelope: the letter in which it travels, if any.
        red_due_fen: how much of it is still to be red-lettered; as long as that is so it has not ended.
    """
    is_ended = request.state in ENDED
    is_open = bool(red_due_fen) or not is_ended
    labels = tuple(str(LABELS[state]) for state in path_of(request))
    is_yours = request.state in YOURS or is_fetched(request)
    return Matter(
        icon="paper",
        kind=_("发票 %(amount)s", amount=yuan(request.amount_fen)),
        title=issuer_words(request.issuer_kind, request.issuer_name),
        word=Word(_("要冲红"), "waiting") if is_ended and red_due_fen else WORDS[request.state],
        bar=() if request.state in STOPPED else bar(labels, reached(request), is_over=is_ended),
        told=_red(request.invoice, red_due_fen) or _expected(request, envelope, now) or _told(request),
        action=_action(order, request),
        turn=Turn.BUYER if is_yours else Turn.HOUSE if is_open else Turn.NOBODY,
        at=request.created_at,
    )


def of_wish(order: OrderFacts, wish: WishFacts, now: datetime) -> Matter:
    """Return the invoices that are wanted for an order, and wait for its goods, as a matter of its buyer."""
    labels = (_("说了要"), _("货收齐"), *(str(LABELS[state]) for state in _way(wish.title)))
    is_known = order.promised_on is not None and order.promised_on >= town_day(now)
    day = town_date(order.promised_on) if is_known and order.promised_on is not None else None
    return Matter(
        icon="paper",
        kind=_("订单 %(code)s的发票", code=order.code),
        title=wish.title.title,
        word=Word(_("等货收齐"), "waiting"),
        bar=bar(labels, 1),
        told=_("货收齐、付了款就交给中心开，最晚%(day)s。", day=day) if day else _("货收齐、付了款就交给中心开。"),
        action=(_("看怎么开、改一改"), url_for("order_invoices.invoices", code=order.code)),
        turn=Turn.HOUSE,
        at=wish.asked_at,
    )


def _way(title: TitleFacts) -> tuple[RequestState, ...]:
    if title.medium is Medium.ELECTRONIC:
        return S.ISSUED, S.AVAILABLE
    return (S.ISSUED, S.SENT, S.SIGNED) if title.street else (S.ISSUED, S.HANDED_OVER)


def _red(invoice: InvoiceFacts | None, due_fen: int) -> str | None:
    if invoice is None:
        return None
    if due_fen:
        return _("退给您的 %(amount)s 要冲红，中心会办，您不用管。", amount=yuan(due_fen))
    if not invoice.red_letters:
        return None
    return _("冲红以后还剩 %(left)s。", left=yuan(invoice.net_fen)) if invoice.net_fen else _("整张冲红了。")


def _expected(request: RequestFacts, envelope: ShipmentFacts | None, now: datetime) -> str | None:
    if request.state is S.SENT:
        return None if envelope is None else expected_words(envelope, now)
    return ready_words(request, now)


def _told(request: RequestFacts) -> str | None:
    if request.state in (S.NEEDS_FIXING, S.REJECTED):
        return request.reason
    if request.state is S.RETURNED:
        return _("没有送到，在中心柜台等您来拿，或者打电话说好再寄。")
    return _("开好了，到中心柜台来拿。") if is_fetched(request) else None


def _action(order: OrderFacts, request: RequestFacts) -> tuple[str, str]:
    page = url_for("order_invoices.invoices", code=order.code)
    if request.state is S.NEEDS_FIXING:
        return _("去改抬头"), page
    if request.state is S.AVAILABLE:
        return _("下载"), page
    if request.state is S.SENT and request.shipment_key is not None:
        return _("一路怎么走的"), url_for("orders.tracking", code=order.code, key=request.shipment_key)
    return _("看这张发票"), page
