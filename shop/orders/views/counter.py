"""The counter: an order is paid in cash and taken away, refunds are handed back, the driver's cash comes in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.flows import cash, closing, delivery, spot
from shop.fulfilment.queries import ORDERS_TO_COLLECT
from shop.fulfilment.rules import is_ready_to_collect
from shop.kernel.audit import versions_of
from shop.kernel.clock import town_day
from shop.kernel.codes import clean_code, new_token
from shop.kernel.errors import Invalid, NotFound, Stale, WrongState
from shop.kernel.money import fen_from_text, yuan
from shop.kernel.queues import count_queues
from shop.ledger.queries import balance
from shop.ledger.rules import CASH_CENTRE, COURIER_TOWN
from shop.orders.models import Handing, OrderState
from shop.orders.queries.at_once import AT_ONCE, AtOnce, paid_at_once
from shop.orders.queries.orders import LineFacts, OrderFacts, order_by_code
from shop.orders.views.words import REFUND_REASONS
from shop.payments.forms import HandInForm, TakenForm
from shop.payments.gateways.protocol import InvalidState
from shop.payments.queries import payments_of
from shop.town.rules import opening
from shop.web.ages import Age, QueueRow, age
from shop.web.audience import Audience, blueprint
from shop.web.desk import acted, check_fresh, version_now
from shop.web.house import current_actor, current_town, edge, house, reading
from shop.web.i18n import _
from shop.web.paging import Leaf, leaf
from shop.web.roles import COUNTER_ROLES
from shop.web.shell import say
from shop.web.words import listed, masked_name, town_date

bp = blueprint("staff_counter", __name__, Audience.STAFF, prefix="/staff", roles=COUNTER_ROLES)

CASH = "driver-cash"
SHOWN = 10
"""So many who wait stand on the counter's page, the newest: who stands before it has paid just now."""
HIDDEN = 4
"""So many signs at the end of a collect code are not shown in a list that the next in the queue can read."""
SOON = timedelta(hours=1)


@dataclass(frozen=True)
class Goods:
    """What is taken away from one household."""

    vendor: str
    lines: tuple[LineFacts, ...]


@dataclass(frozen=True)
class Asked:
    """The order that somebody at the counter asks for.

    Attributes:
        why_not: why it is not handed over now; empty when it is.
        may_give_back: it lies there and its buyer does not want it after all.
        due_fen: what is to be paid in cash first; None when nothing is.
        refunded_fen: what has gone back of what was paid.
        pieces: how many are handed over.
    """

    code: str
    who: str
    phone_tail: str
    goods: tuple[Goods, ...]
    why_not: str
    may_give_back: bool
    due_fen: int | None
    refunded_fen: int
    pieces: int
    version: int


@dataclass(frozen=True)
class RefundRow:
    """Cash that waits for its buyer."""

    code: str
    order_code: str
    who: str
    phone_tail: str
    amount_fen: int
    why: str
    asked_at: datetime
    version: int


@dataclass(frozen=True)
class CounterPage:
    """The counter as it stands; cash in fen, by the books.

    Attributes:
        clash: somebody else was quicker, in words.
        version: of the driver's cash.
        waiting: what was paid to be taken along at once, newest first; `here` its page.
        packed: how many packed orders wait for their buyers beside these.
    """

    asked: Asked | None
    clash: str
    version: int
    waiting: tuple[QueueRow, ...]
    here: Leaf
    packed: int
    refunds: tuple[RefundRow, ...]
    till_fen: int
    driver_fen: int


@bp.get("/counter")
def counter() -> ResponseReturnValue:
    """Show the counter, and the order whose code was typed or scanned."""
    typed = clean_code(request.args.get("code", "").rpartition("/")[2])
    asked = None
    if typed:
        try:
            asked = _asked(order_by_code(reading(), typed))
        except NotFound:
            say("mind", _("没有 %(code)s 这个订单号。取货码在买家手机的订单页上，看清楚再输一遍。", code=typed[:20]))
            return redirect(url_for("staff_counter.counter"), 303)
    return _page(HandInForm(formdata=None, key=new_token()), asked)


@bp.post("/counter/orders/<code>")
def hand_over(code: str) -> ResponseReturnValue:
    """Note that the cash was taken, if any was due, and the goods handed over."""
    order, actor, clock = order_by_code(reading(), code), current_actor(), house().clock
    try:
        check_fresh(f"handing:{code}")
        _take_cash(order)
        hand = _from_counter() if order.at_once else delivery.collect
        acted(f"handing:{code}", lambda session: hand(session, code, actor=actor, clock=clock))
    except InvalidState:
        return _clash(code, _("这一单有变动，什么也没记。请看清楚现在该收多少，再点一次。"))
    except Stale:
        return _clash(code, _("这一单刚刚有人动过，您这一下没有算。下面是现在的样子。"))
    except WrongState:
        return _clash(code, _("这一单现在不能交货，请看下面写的原因。"))
    except Invalid:
        return _clash(code, _("这批货召回了，或者现在要先验过才能卖：不能交，什么也没记。请退钱给他。"))
    say("good", _("记好了：订单 %(code)s 的货交了。", code=code))
    return redirect(url_for("staff_counter.counter"), 303)


def _from_counter() -> Callable[..., None]:
    """Return the hand-over of as many pieces as the page showed; one that showed none is of an old page."""
    return partial(spot.hand_over, saw=TakenForm.from_request().pieces.data or 0)


def _clash(code: str, words: str) -> Response:
    with edge().reading() as session:  # the page's own read began before the other's act
        order = order_by_code(session, code)
    return _page(HandInForm(formdata=None, key=new_token()), _asked(order), clash=words)


def _take_cash(order: OrderFacts) -> None:
    owed, form, wired = cash.due_for(reading(), order.code), TakenForm.from_request(), house()
    if owed is None:
        return
    if not form.is_sent_well() or _why_not(order):
        raise InvalidState
    fen = form.fen.data or 0
    cash.take(wired.edge, wired.gateways, owed.payment_code, fen, actor=current_actor(), clock=wired.clock)


@bp.post("/counter/orders/<code>/unwanted")
def unwanted(code: str) -> ResponseReturnValue:
    """Let an order go that was to be taken along at once: its money goes back, its goods lie there for others."""
    order, wired, actor = order_by_code(reading(), code), house(), current_actor()
    if not order.at_once:
        raise NotFound("order")

    def act(session: Session) -> None:
        closing.unsell_at_counter(session, code, actor=actor, clock=wired.clock)

    try:
        acted(f"handing:{code}", act)
    except Stale:
        return _clash(code, _("这一单刚刚有人动过，您这一下没有算。下面是现在的样子。"))
    except WrongState:
        return _clash(code, _("这一单已经了了，什么也没动。"))
    say("good", _("记好了：订单 %(code)s 不要了，钱在退，货还摆在柜上。", code=code))
    return redirect(url_for("staff_counter.counter"), 303)


@bp.post("/counter/refunds/<code>")
def hand_back(code: str) -> ResponseReturnValue:
    """Note that a refund in cash was handed back."""
    wired = house()
    # Who hands it back is written down first: the cash book and the provider's word follow, also after a crash.
    acted(f"refund:{code}", lambda session: cash.check_waiting(session, code, actor=current_actor()))
    cash.hand_back(wired.edge, wired.gateways, code, actor=current_actor(), clock=wired.clock)
    say("good", _("记好了：钱退到买家手里了。"))
    return redirect(url_for("staff_counter.counter"), 303)


@bp.post("/counter/hand-in")
def hand_in() -> ResponseReturnValue:
    """Note that the driver's cash, or part of it, came into the till."""
    form, wired, actor = HandInForm.from_request(), house(), current_actor()
    if not form.is_sent_well():
        return _page(form, None)
    fen, key = fen_from_text(form.amount.data or ""), form.key.data or ""
    try:
        acted(CASH, lambda session: cash.hand_in(session, fen, key=key, actor=actor, clock=wired.clock))
    except Invalid:
        form.amount.errors = [_("送货人手里没有这么多，最多 %(most)s。", most=yuan(_driver_fen()))]
        return _page(form, None)
    say("good", _("记好了：送货人交来 %(amount)s。", amount=yuan(fen)))
    return redirect(url_for("staff_counter.counter"), 303)


def _page(form: HandInForm, asked: Asked | None, *, clash: str = "") -> Response:
    waiting = cash.waiting_refunds(reading())
    versions = versions_of(reading(), [CASH, *(f"refund:{refund.code}" for refund in waiting)])
    queues = count_queues(reading(), {"now": AT_ONCE, "packed": ORDERS_TO_COLLECT})
    count = {name: waits.count for name, waits in queues.items()}
    here = leaf(count.get("now", 0), "staff_counter.counter", per_page=SHOWN)
    page = CounterPage(
        asked=asked,
        clash=clash,
        version=versions[CASH],
        waiting=tuple(map(_row, paid_at_once(reading(), offset=here.offset, limit=here.limit))),
        here=here,
        packed=count.get("packed", 0),
        refunds=tuple(
            RefundRow(
                code=refund.code,
                order_code=refund.order_code,
                who=masked_name(refund.name),
                phone_tail=refund.phone[-4:],
                amount_fen=refund.amount_fen,
                why=str(REFUND_REASONS.get(refund.reason, _("退款"))),
                asked_at=refund.asked_at,
                version=versions[f"refund:{refund.code}"],
            )
            for refund in waiting
        ),
        till_fen=balance(reading(), CASH_CENTRE),
        driver_fen=_driver_fen(),
    )
    answer = render_template("staff/counter.html", page=page, form=form)
    return make_response(answer, 409 if clash else 422 if form.errors else 200)


def _row(one: AtOnce) -> QueueRow:
    now, town, on = house().clock(), current_town(), one.promised_on
    begins = one.since if on is None or town is None else max(one.since, opening(town.opening, on))
    waited = age(now, begins, warm=SOON)
    if on is not None and begins > now:
        waited = Age(_("%(day)s来拿", day=town_date(on)), "fresh")
    elif on is not None and on < town_day(now):
        waited = replace(waited, tone="late")
    goods = (_("%(title)s %(n)d %(unit)s", title=title, n=pieces, unit=unit) for title, pieces, unit in one.goods)
    return QueueRow(
        href=url_for("staff_counter.counter", code=one.code),
        title=_("%(code)s · %(who)s", code=one.code[:-HIDDEN] + "*" * HIDDEN, who=masked_name(one.name)),
        meta=listed(goods),
        count=None,
        unit="",
        age=waited.text,
        age_tone=waited.tone,
    )


def _driver_fen() -> int:
    return balance(reading(), COURIER_TOWN)


def _asked(order: OrderFacts) -> Asked:
    owed = cash.due_for(reading(), order.code)
    lines = ((part.vendor_name, tuple(line for line in part.lines if line.accepted)) for part in order.parts)
    payments = payments_of(reading(), order.code)
    return Asked(
        code=order.code,
        who=masked_name(order.name),
        phone_tail=order.phone[-4:],
        goods=tuple(Goods(vendor, kept) for vendor, kept in lines if kept),
        why_not=_why_not(order),
        may_give_back=order.at_once and order.state is OrderState.PAID,
        due_fen=None if owed is None else owed.amount_fen,
        refunded_fen=sum(payment.refunded_fen for payment in payments),
        pieces=sum(line.accepted for part in order.parts for line in part.lines),
        version=version_now(f"handing:{order.code}"),
    )


def _why_not(order: OrderFacts) -> str:
    if order.handing is Handing.DELIVERY:
        return _("这一单送货上门，不在柜台取，钱也不在这里收。")
    if order.state is OrderState.PLACED:
        return _("这一单要在网上付款，还没付。")
    if order.state is OrderState.DONE:
        return _("这一单已经办完了，不用再交货。")
    if order.state in (OrderState.CANCELLED, OrderState.EXPIRED):
        return _("这一单取消了，不收钱，也不交货。")
    if order.at_once:
        return ""
    if not is_ready_to_collect(order.states):
        return _("货还没到齐、没打好包，先不要收钱。")
    return ""
