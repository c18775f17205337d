"""A vendor's money by the books: what they earned with which goods, what was taken off, what they were paid.

Every figure is a leg of the vendor's account or the written reckoning behind one; nothing of a buyer is told.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.questions.rules import leads_away
from shop.fulfilment.models import Intake
from shop.invoices.models import InvoiceWish
from shop.kernel.clock import TOWN_ZONE, town_day
from shop.kernel.errors import NotFound
from shop.ledger.payouts.queries import payment_days
from shop.ledger.queries import Movement, Totals, movements, owed_before, totals
from shop.ledger.rules import PAYOUT, seller
from shop.orders.models import Order, OrderLine, OrderState, VendorOrder, VendorOrderState
from shop.payments.models import Payment, Refund
from shop.town.queries import holidays, the_town
from shop.town.rules import pay_day
from shop.vendors.queries import VendorFacts

WEEKS = 8
"""So many are drawn, the present one the last."""
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Goods:
    """Goods of a part: what, and how much of it was ordered."""

    title: str
    quantity: int
    unit: str


@dataclass(frozen=True)
class MoneyLine:
    """One movement with the part of an order it is about.

    Attributes:
        on: the town day on which it was booked; of a payment the one on which it was paid or is to be, as its
            statement says it. It stands in the month in which it was booked: there it left what is owed.
        is_to_come: a payment that was agreed on, and did not come yet.
        part: the code of the vendor's part; None of a payment.
        goods: what was in it.
        note: of what went back to a buyer why, in the centre's words; empty where they say who the buyer is.
    """

    movement: Movement
    on: date
    is_to_come: bool
    part: str | None
    goods: tuple[Goods, ...]
    note: str


@dataclass(frozen=True)
class OwnMoney:
    """A vendor's money now.

    Attributes:
        pay_on: the town's day on which the centre pays next.
        weeks: the Monday of each of the last weeks and what was earned in it, less what was taken back, in fen.
        lines: what moved in these weeks, newest first.
    """

    totals: Totals
    pay_on: date
    weeks: tuple[tuple[date, int], ...]
    lines: tuple[MoneyLine, ...]


@dataclass(frozen=True)
class MonthMoney:
    """A vendor's money in one month of the town, in fen; `before` and `after` are what was owed at its two ends."""

    before_fen: int
    lines: tuple[MoneyLine, ...]

    @property
    def sold_fen(self) -> int:
        """What the goods that came were sold for."""
        return sum(_sold(line.movement) for line in self.lines)

    @property
    def fees_fen(self) -> int:
        """What the centre kept of it."""
        return sum(line.movement.how.fee_fen for line in self.lines if line.movement.how is not None)

    @property
    def over_fen(self) -> int:
        """What the centre put on top, for goods that weighed more than their buyers may be asked for."""
        return sum(line.movement.how.over_fen for line in self.lines if line.movement.how is not None)

    @property
    def corrected_fen(self) -> int:
        """What was taken back later, less what came again; positive when it was taken."""
        return -sum(
            line.movement.fen for line in self.lines if not line.movement.is_earning and not line.movement.is_payment
        )

    @property
    def earned_fen(self) -> int:
        """What became the vendor's."""
        return self.sold_fen - self.fees_fen + self.over_fen - self.corrected_fen

    @property
    def paid_fen(self) -> int:
        """What the vendor was paid."""
        return -sum(line.movement.fen for line in self.lines if line.movement.is_payment)

    @property
    def after_fen(self) -> int:
        """What was owed at its end."""
        return self.before_fen + self.earned_fen - self.paid_fen


@dataclass(frozen=True)
class PartLine:
    """One line of a part, as its vendor brought it.

    Attributes:
        missing: how many there were none of.
        turned_down: how many the centre did not take in.
        why: why it did not, in its words; empty when it took in all.
        given_back: how many were taken in, and went back to the buyer later.
        weighed_g: what the good pieces weighed together, where the scale decides.
        over_fen: what they cost above what the buyer may be asked for; the centre pays it, unless they came back.
    """

    goods: Goods
    price_fen: int
    per_500g_fen: int | None
    missing: int
    turned_down: int
    why: str
    given_back: int
    weighed_g: int | None
    over_fen: int


@dataclass(frozen=True)
class PartMoney:
    """One part of an order: its goods as they stand now, and what moved about it, oldest first.

    What is booked on the order as a whole belongs to the first of a vendor's parts in it.

    Attributes:
        lies: it lies paid for at the centre's counter until its buyer comes.
    """

    code: str
    state: VendorOrderState
    lies: bool
    lines: tuple[PartLine, ...]
    moved: tuple[MoneyLine, ...]


def _sold(movement: Movement) -> int:
    if not movement.is_earning:
        return 0
    return movement.fen if movement.how is None else movement.how.sold_fen


def town_midnight(day: date) -> datetime:
    """Return the moment at which a day begins in the town."""
    return datetime.combine(day, time(), TOWN_ZONE)


def own_money(session: Session, vendor: VendorFacts, *, now: datetime) -> OwnMoney:
    """Return a vendor's money as it stands, with what moved in the last weeks."""
    today = town_day(now)
    monday = today - timedelta(days=today.weekday())
    first = monday - (WEEKS - 1) * WEEK
    closed = {one.on for one in holidays(session, today - 5 * WEEK)}
    # No further than this week: another machine's clock may be ahead of ours when it posts at Sunday's midnight.
    moved = movements(session, seller(vendor.code), since=town_midnight(first), until=town_midnight(monday + WEEK))
    weeks = {first + n * WEEK: 0 for n in range(WEEKS)}
    for one in moved:
        if not one.is_payment:
            day = town_day(one.at)
            weeks[day - timedelta(days=day.weekday())] += one.fen
    return OwnMoney(
        totals=totals(session, seller(vendor.code), since=town_midnight(monday)),
        pay_on=pay_day(today, the_town(session).pay_weekday, closed),
        weeks=tuple(weeks.items()),
        lines=tuple(reversed(money_lines(session, vendor.id, moved))),
    )


def month_money(session: Session, vendor: VendorFacts, first: date) -> MonthMoney:
    """Return a vendor's money in the month that begins on a day."""
    account = seller(vendor.code)
    since, until = town_midnight(first), town_midnight((first + timedelta(days=31)).replace(day=1))
    moved = movements(session, account, since=since, until=until)
    return MonthMoney(owed_before(session, account, since), tuple(money_lines(session, vendor.id, moved)))


def money_lines(session: Session, vendor_id: int, moved: Sequence[Movement]) -> list[MoneyLine]:
    """Return movements of a vendor's account with the goods they are about, by their days."""
    parts = _parts(session, vendor_id, {one.reference for one in moved if not one.is_payment})
    notes = _notes(session, {one.reference for one in moved if one.is_correction})
    days = payment_days(session, {one.reference for one in moved if one.kind == PAYOUT})
    lines = []
    for one in moved:
        of_order = {} if one.is_payment else parts.get(one.reference, {})
        # A correction is booked on the order: where it has two boxes of this vendor's, it belongs to the first.
        part = one.how.part if one.how is not None else next(iter(of_order), None)
        goods = of_order.get(part, ()) if part is not None else ()
        booked = (town_day(one.at), True)
        on, is_paid = days.get(one.reference, booked) if one.kind == PAYOUT else booked
        lines.append(MoneyLine(one, on, not is_paid, part, goods, notes.get(one.key, "")))
    return sorted(lines, key=lambda line: line.on)


def _notes(session: Session, orders: Collection[str]) -> Mapping[str, str]:
    """Return by entry why a person at the centre let money go back, where that does not say who bought."""
    if not orders:
        return {}
    rows = session.execute(
        select(Refund.code, Refund.note, Order.name, Order.district, Order.street, InvoiceWish.title)
        .join(Payment, Payment.id == Refund.payment_id)
        .join(Order, Order.code == Payment.reference)
        .outerjoin(InvoiceWish, InvoiceWish.order_id == Order.id)
        .where(Order.code.in_(sorted(orders)), Refund.note != "")
    )
    return {
        f"refund:{code}": note
        for code, note, *private in rows
        if not leads_away(note) and not any(one and one in note for one in private)
    }


def _parts(session: Session, vendor_id: int, orders: Collection[str]) -> Mapping[str, Mapping[str, tuple[Goods, ...]]]:
    """Return by order what is in each of a vendor's parts."""
    found: defaultdict[str, dict[str, tuple[Goods, ...]]] = defaultdict(dict)
    rows = session.execute(
        select(Order.code, VendorOrder.code, OrderLine.title, OrderLine.quantity, OrderLine.unit)
        .join(VendorOrder, VendorOrder.order_id == Order.id)
        .join(OrderLine, OrderLine.vendor_order_id == VendorOrder.id)
        .where(VendorOrder.vendor_id == vendor_id, Order.code.in_(sorted(orders)))
        .order_by(VendorOrder.id, OrderLine.id)
    )
    for order, part, title, quantity, unit in rows:
        found[order][part] = (*found[order].get(part, ()), Goods(title, quantity, unit))
    return found


def part_money(session: Session, vendor: VendorFacts, code: str) -> PartMoney:
    """Return the money of one part of an order, with nothing of who bought it.

    Raises:
        NotFound: this vendor has no such part.
    """
    rows = session.execute(
        select(OrderLine, Intake, VendorOrder.state, Order.code, Order.state)
        .join(VendorOrder, VendorOrder.id == OrderLine.vendor_order_id)
        .join(Order, Order.id == VendorOrder.order_id)
        .outerjoin(Intake, Intake.order_line_id == OrderLine.id)
        .where(VendorOrder.vendor_id == vendor.id, VendorOrder.code == code)
        .order_by(OrderLine.id)
    ).all()
    if not rows:
        raise NotFound("vendor_order")
    _line, _taken_in, state, order, order_state = rows[0]
    moved = money_lines(session, vendor.id, movements(session, seller(vendor.code), reference=order))
    return PartMoney(
        code=code,
        state=state,
        lies=state is VendorOrderState.WAITING and order_state is OrderState.PAID,
        lines=tuple(_part_line(row[0], row[1], state) for row in rows),
        moved=tuple(one for one in moved if one.part == code),
    )


def _part_line(line: OrderLine, taken_in: Intake | None, state: VendorOrderState) -> PartLine:
    turned_down = 0 if taken_in is None else taken_in.rejected
    missing = line.rejected if taken_in is None else line.quantity - taken_in.accepted - turned_down
    return PartLine(
        goods=Goods(line.title, line.quantity, line.unit),
        price_fen=line.price_fen,
        per_500g_fen=line.per_500g_fen,
        missing=missing,
        turned_down=turned_down,
        why=taken_in.reason if taken_in is not None and turned_down else "",
        given_back=line.rejected - missing - turned_down,
        weighed_g=line.weighed_g,
        over_fen=0 if state is VendorOrderState.RETURNED else line.weight_over_fen,
    )
