"""From a provider's word to a paid order: read the payment from the provider, then apply it, as often as one likes."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from shop.catalog import counter, stock
from shop.catalog.pools.queries import pooled_variants
from shop.flows import refunds
from shop.fulfilment.pickups.queries import cars_to
from shop.kernel.actor import Actor, system
from shop.kernel.clock import Clock, town_day
from shop.kernel.edge import Edge
from shop.kernel.errors import NotFound, ShopError
from shop.ledger import rules as accounts
from shop.ledger.queries import balance
from shop.ledger.services import post
from shop.notifications.services import tell_buyer, wanted
from shop.orders import services as orders
from shop.orders.models import Handing, Order, OrderState, VendorOrder, VendorOrderState
from shop.orders.queries.orders import orders_unpaid
from shop.orders.rules import due_on, goods_text, there
from shop.orders.sharing import set_pool_apart
from shop.payments import queries, services
from shop.payments.gateways.protocol import Intent, InvalidState, PaymentGateway, Snapshot, wired
from shop.payments.models import CURRENCY, Payment, PaymentState
from shop.town.queries import TownFacts, doors_of, holidays, the_town

log = logging.getLogger(__name__)

PROVIDER = system("provider")
RETURN_PAUSE = timedelta(seconds=3)
SWEEP_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class Asking:
    """What a provider is to be asked for; `description` is what its page tells the buyer."""

    payment_code: str
    amount_fen: int
    currency: str
    description: str


def asking(town: TownFacts, order_code: str, payment_code: str, amount_fen: int, currency: str = CURRENCY) -> Asking:
    """Return what a provider is to be asked for, so that its page names the town and the order."""
    return Asking(payment_code, amount_fen, currency, f"{town.name} {order_code}")


def start(edge: Edge, gateway: PaymentGateway, payment_code: str, *, public_url: str, clock: Clock) -> None:
    """Ask the provider to take a payment, and keep its answer; asked again, it is the same payment.

    Raises:
        GatewayUnavailable: nobody knows whether the provider took it; ask again.
        InvalidState: the provider takes no such payment; it is ended, and its order's time may run out.
    """
    with edge.reading() as session:
        payment = queries.payment_to_start(session, payment_code)
        if payment.state is not PaymentState.CREATED:
            return
        wanted_there = asking(the_town(session), payment.reference, payment_code, payment.amount_fen, payment.currency)
    ask(edge, gateway, wanted_there, public_url=public_url, clock=clock)


def ask(edge: Edge, gateway: PaymentGateway, of: Asking, *, public_url: str, clock: Clock) -> None:
    """Do what `start` does, for whoever has just written the payment and need not read it again.

    Raises:
        GatewayUnavailable, InvalidState: as `start`.
    """
    code = of.payment_code
    intent = Intent(code, of.amount_fen, of.currency, of.description, return_url=f"{public_url}/pay/{code}")
    try:
        said = gateway.start(intent, key=f"start:{code}")
    except InvalidState:
        edge.run(lambda session: services.refused(session, code, actor=PROVIDER, clock=clock))
        raise
    edge.run(lambda session: services.started(session, code, said, actor=PROVIDER, clock=clock))


def receive_event(
    edge: Edge,
    gateways: Mapping[str, PaymentGateway],
    gateway_code: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    clock: Clock,
) -> None:
    """Take in a provider's event: verify, keep, read the payment from the provider, apply.

    What fails for a passing reason leaves it unprocessed, for the provider's next try and for the sweep. What will
    never succeed, for instance about a payment that nobody knows, is parked for a person.

    Raises:
        NotFound: there is no such gateway.
        BadSignature: it is not the provider's.
        GatewayUnavailable: the provider could not be read just now.
    """
    gateway = gateways.get(gateway_code)
    if gateway is None:
        raise NotFound("gateway")
    event = gateway.parse_event(body, headers, now=clock())
    event_id = edge.run(lambda session: services.receive(session, gateway_code, event, body, clock=clock))
    if event_id is not None:
        process_event(edge, gateway, event_id, event.provider_ref, clock=clock)


def process_event(edge: Edge, gateway: PaymentGateway, event_id: int, provider_ref: str, *, clock: Clock) -> None:
    """Act on a kept event: read and apply, then mark or park it; one that is about no payment is only marked.

    Raises:
        GatewayUnavailable: the provider could not be read.
    """
    parked = ""
    if provider_ref:
        try:
            payment = read_and_apply(edge, gateway, provider_ref, clock=clock)
            parked = "amount" if payment.review in ("amount", "currency") else ""
        except NotFound:
            parked = "orphan"
    if parked:
        log.warning("event parked", extra={"event": event_id, "why": parked})
        edge.run(lambda session: services.park(session, event_id, parked))
    else:
        edge.run(lambda session: services.mark_processed(session, event_id, clock=clock))


def read_and_apply(edge: Edge, gateway: PaymentGateway, ref: str, *, clock: Clock) -> queries.PaymentFacts:
    """Read a payment from its provider, by any of the provider's names for it, and bring ours in line with it.

    Returns:
        The payment as it is then.

    Raises:
        NotFound: it is no payment of ours.
        GatewayUnavailable: the provider could not be read.
    """
    with edge.reading() as session:
        known = queries.payment_at_provider(session, gateway.code, ref)
    said = gateway.fetch(known.provider_ref if known is not None and known.provider_ref else ref)
    return take_in(edge, gateway.code, said, clock=clock)


def take_in(edge: Edge, gateway: str, said: Snapshot, *, clock: Clock) -> queries.PaymentFacts:
    """Apply what a gateway's provider states now, and return the payment as it is then.

    Raises:
        NotFound: it is no payment of ours, or not of this gateway.
    """

    def act(session: Session) -> queries.PaymentFacts:
        if queries.payment_by_code(session, said.payment_code).gateway != gateway:
            raise NotFound("payment")
        apply(session, said, clock=clock)
        return queries.payment_by_code(session, said.payment_code)

    return edge.run(act)


def look_again(edge: Edge, gateways: Mapping[str, PaymentGateway], payment_code: str, *, clock: Clock) -> None:
    """What a return page may do: read and apply, at most every few seconds, believing nothing in its URL."""
    with edge.reading() as session:
        payment = queries.payment_by_code(session, payment_code)
    if payment.provider_ref is None or payment.state is not PaymentState.PENDING:
        return
    if payment.fetched_at is not None and clock() - payment.fetched_at < RETURN_PAUSE:
        return
    read_and_apply(edge, wired(gateways, payment.gateway), payment.provider_ref, clock=clock)


def apply(session: Session, said: Snapshot, *, clock: Clock) -> None:
    """Apply what a provider states now to the payment and, when money arrived by it, to the order.

    Money is recorded before the order is judged: a payment that came too late is never swallowed.
    """
    found = queries.payment_by_code(session, said.payment_code)
    order = orders.lock(session, found.reference)
    payment = services.lock(session, said.payment_code)
    has_come = services.apply(session, payment, said, actor=PROVIDER, clock=clock)
    if has_come:
        purse = accounts.received_in(payment.gateway, at_door=order.handing is Handing.DELIVERY)
        legs = {purse: payment.captured_fen, accounts.held(order.code): -payment.captured_fen}
        _post(session, f"capture:{payment.code}", "captured", order, legs, clock=clock)
    if payment.state is PaymentState.CAPTURED and payment.provider_ref == said.provider_ref:
        _keep_fee(session, order, payment, said, clock=clock)
        _keep_external(session, order, payment, said, clock=clock)
    if has_come:
        _judge(session, order, payment, clock=clock)


def _post(session: Session, key: str, kind: str, order: Order, legs: Mapping[str, int], *, clock: Clock) -> None:
    post(session, key=key, kind=kind, reference=order.code, legs=legs, actor=PROVIDER, clock=clock)


def _keep_fee(session: Session, order: Order, payment: Payment, said: Snapshot, *, clock: Clock) -> None:
    if services.keep_fee(session, payment, said) and payment.fee_fen:
        legs = {accounts.PSP_FEE: payment.fee_fen, accounts.psp(payment.gateway): -payment.fee_fen}
        _post(session, f"fee:{payment.code}", "fee", order, legs, clock=clock)


def _keep_external(session: Session, order: Order, payment: Payment, said: Snapshot, *, clock: Clock) -> None:
    """Book what was given back at the provider, past the house; what it means for the order, a person decides."""
    for refund in services.keep_external(session, payment, said, actor=PROVIDER, clock=clock):
        # What the vendors have been credited with is theirs: beyond what is still held, the town bears it.
        of_held = min(refund.amount_fen, max(0, -balance(session, accounts.held(order.code))))
        legs = {
            accounts.held(order.code): of_held,
            accounts.LOSS: refund.amount_fen - of_held,
            accounts.refunded_from(payment.gateway): -refund.amount_fen,
        }
        _post(session, f"refunded:{refund.code}", "refunded_there", order, legs, clock=clock)
        services.review(session, payment, f"refund:{refund.code}")


def _judge(session: Session, order: Order, payment: Payment, *, clock: Clock) -> None:
    """Let money that has come pay its order, or go back."""
    if order.state is OrderState.PLACED:
        stock.take(session, order.code, actor=PROVIDER, clock=clock)
        _paid(session, order, clock=clock)
    elif order.state is OrderState.AGREED:
        orders.advance(session, order, OrderState.PAID, actor=PROVIDER, clock=clock)
    elif order.state is OrderState.EXPIRED and _revive(session, order, clock=clock):
        _paid(session, order, clock=clock)
    else:
        _give_back_late(session, order, payment, clock=clock)


def _revive(session: Session, order: Order, *, clock: Clock) -> bool:
    try:
        with session.begin_nested():
            stock.hold_again(session, order.code, clock=clock)
            counter.take_there(session, there(order))
    except (stock.OutOfStock, stock.HarvestFull, counter.NoneThere):
        return False
    stock.take(session, order.code, actor=PROVIDER, clock=clock)
    return True


def agree(session: Session, order: Order, *, actor: Actor, clock: Clock) -> None:
    """Let a placed order be carried out though its money comes only when it is handed over."""
    stock.take(session, order.code, actor=actor, clock=clock)
    orders.advance(session, order, OrderState.AGREED, actor=actor, clock=clock)
    _ask_vendors(session, order, clock=clock)
    values = {"code": order.code, "total_fen": order.total_fen}
    tell_buyer(session, order, "order_agreed", values, clock=clock)


def _paid(session: Session, order: Order, *, clock: Clock) -> None:
    orders.advance(session, order, OrderState.PAID, actor=PROVIDER, clock=clock)
    template, values = "order_paid", dict[str, Any](code=order.code, total_fen=order.total_fen)
    if order.at_once:
        doors = doors_of(session, the_town(session), clock())
        orders.lie_there(session, order, doors.on, actor=PROVIDER, clock=clock)
        template, values["when"] = "order_lies", "" if doors.is_open else (doors.on.isoformat(), doors.opens)
    else:
        _ask_vendors(session, order, clock=clock)
    tell_buyer(session, order, template, values, clock=clock)


def _ask_vendors(session: Session, order: Order, *, clock: Clock) -> None:
    """Ask each vendor for everything of theirs, however many boxes it travels in, by one message.

    Who brings what several households supply is decided after the cut-off; nobody is asked for it yet.
    """
    closed = {holiday.on for holiday in holidays(session, town_day(clock()))}
    cutoff = the_town(session).cutoff
    pooled = pooled_variants(session, {line.variant_id for part in order.vendor_orders for line in part.lines})
    pools = set_pool_apart(session, order, pooled, actor=PROVIDER, clock=clock)
    asked: dict[str, list[VendorOrder]] = {}
    for part in order.vendor_orders:
        # What is ordered ahead is wanted when it is gathered, and the rest of the part with it.
        part.due_on = due_on(clock(), cutoff, closed, (line.harvest_on for line in part.lines))
        if part not in pools:
            orders.advance_part(session, part, VendorOrderState.ASKED, actor=PROVIDER, clock=clock)
            asked.setdefault(part.vendor.phone, []).append(part)
    for parts in asked.values():
        tell_vendor(session, parts, "、".join(goods_text(part.lines) for part in parts), clock=clock)


def tell_vendor(session: Session, parts: Sequence[VendorOrder], goods: str, *, clock: Clock) -> None:
    """Ask a vendor by a short message for what some parts of theirs need.

    Args:
        goods: what that is, in few words.
    """
    days = sorted({part.due_on for part in parts if part.due_on is not None})
    values = {
        "goods": goods,
        "due": "、".join(f"{each.month}月{each.day}日" for each in days),
        "car": _car(session, parts[0], days),
    }
    phone, about = parts[0].vendor.phone, [part.code for part in parts]
    wanted(session, "vendor_asked", phone=phone, values=values, about=about, clock=clock)


def _car(session: Session, part: VendorOrder, days: Sequence[date]) -> str:
    """Return when and where the centre's car fetches what is asked for, in few words; "" when it is brought by hand."""
    cars = cars_to(session, part.vendor.village.code, days[0]) if len(days) == 1 else {}
    return f"{cars[days[0]].hour}{cars[days[0]].place}" if days[0] in cars else ""


def _give_back_late(session: Session, order: Order, payment: Payment, *, clock: Clock) -> None:
    left = payment.captured_fen - queries.payment_by_code(session, payment.code).refunded_fen
    if left == 0:  # somebody has given it back at the provider already
        return
    key = f"late:{payment.code}"
    refunds.ask(session, order, payment, left, key=key, reason=refunds.LATE, actor=PROVIDER, clock=clock)
    values = {"code": order.code, "refund_fen": left}
    tell_buyer(session, order, "late_payment_refunded", values, clock=clock)


def sweep(edge: Edge, gateways: Mapping[str, PaymentGateway], *, public_url: str, clock: Clock) -> None:
    """Find what was lost: events not acted on, payments never started, payments whose event never came.

    A payment that is still open though its order is over is ended: its gateway was switched off when that came.
    """
    with edge.reading() as session:
        events = queries.unprocessed_events(session, gateways)
        waiting = queries.open_payments(session, clock() - SWEEP_AFTER, gateways)
        unpaid = orders_unpaid(session, {payment.reference for payment in waiting})
    for event_id, gateway_code, provider_ref in events:
        with _each("event", str(event_id)):
            process_event(edge, gateways[gateway_code], event_id, provider_ref, clock=clock)
    for payment in waiting:
        with _each("payment", payment.code):
            gateway = gateways[payment.gateway]
            if payment.reference not in unpaid and not payment.captured_fen:
                void(edge, gateways, payment.code, public_url=public_url, clock=clock)
            elif payment.provider_ref is None:
                start(edge, gateway, payment.code, public_url=public_url, clock=clock)
            else:
                read_and_apply(edge, gateway, payment.provider_ref, clock=clock)


@contextmanager
def _each(what: str, code: str) -> Iterator[None]:
    """Let one thing's refusal, such as a silent provider, not keep the sweep from all the others."""
    try:
        yield
    except ShopError as refusal:
        log.warning("left for the next sweep", extra={what: code, "error": type(refusal).__name__})


def void_payments(
    edge: Edge, gateways: Mapping[str, PaymentGateway], order_code: str, *, public_url: str, clock: Clock
) -> None:
    """End every open payment of an order at its provider; one that was captured meanwhile pays the order instead.

    A payment that was never heard of may have been started all the same (its answer was lost), so it is started again
    under the same key, which finds it, and then ended.
    """
    with edge.reading() as session:
        payments = queries.payments_of(session, order_code)
    for payment in payments:
        void(edge, gateways, payment.code, public_url=public_url, clock=clock)


def void(
    edge: Edge, gateways: Mapping[str, PaymentGateway], payment_code: str, *, public_url: str, clock: Clock
) -> None:
    """End one payment at its provider if it is open, as `void_payments` does; one that is over stays as it is.

    One whose gateway is switched off is left as it is: the sweep ends it when the gateway is back.
    """
    with edge.reading() as session:
        payment = queries.payment_by_code(session, payment_code)
    if payment.state not in queries.OPEN or payment.gateway not in gateways:
        return
    gateway = gateways[payment.gateway]
    try:
        start(edge, gateway, payment.code, public_url=public_url, clock=clock)
    except InvalidState:  # refused, hence never to be captured
        return
    with edge.reading() as session:
        provider_ref = queries.payment_by_code(session, payment.code).provider_ref
    assert provider_ref is not None, "a started payment has its provider's reference"
    said = gateway.void(provider_ref, key=f"void:{payment.code}")
    edge.run(lambda session: apply(session, said, clock=clock))


def is_open(session: Session, order_code: str, gateways: Collection[str]) -> bool:
    """Tell whether a payment of this order could still be captured by its buyer, as far as anybody can be asked.

    One that brought other money than was asked for could not: it pays for nothing, and waits for a person. One whose
    gateway is switched off must not keep goods from others for ever; money that comes by it is late money.
    """
    return any(
        payment.state in queries.OPEN and payment.gateway in gateways and not payment.captured_fen
        for payment in queries.payments_of(session, order_code)
    )
