"""What waits at each desk of the centre: how much, since when, and where the next thing of it is done."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from shop.catalog.centre import REVIEWS
from shop.catalog.questions.queries import QUESTIONS
from shop.catalog.questions.rules import STAFF_AFTER
from shop.courier.queues import concerned
from shop.courier.rules import Concern
from shop.desk.returned.queries import RETURNED
from shop.desk.rules import DECIDE_SPAN, PAY_BACK_SPAN
from shop.desk.waiting import CLAIMS_OPEN, DISPUTED, GOODS_BACK
from shop.flows.cash import CASH_BACK
from shop.fulfilment.demand.queries import unanswered
from shop.fulfilment.demand.rules import closed_day
from shop.fulfilment.lots.queries import RECALLS
from shop.fulfilment.queries import AT_THE_DOOR, BOXES_TO_PACK, ORDERS_TO_COLLECT
from shop.fulfilment.views.face import bp
from shop.invoices.queues import Tab, red_due, requests_at
from shop.kernel.clock import town_day
from shop.kernel.queues import Queue, Waits, count_queues
from shop.ledger.payouts.queries import TO_APPROVE, TO_CONFIRM
from shop.notifications.queries import FAILED
from shop.orders.queries.at_once import AT_ONCE
from shop.orders.queries.waiting import PARTS_DUE, PARTS_TO_WEIGH, WISHES, Kind, orders_queue
from shop.payments.reconciling import CASES
from shop.vendors.joining.queries import APPLICATIONS
from shop.web.ages import LATE, QueueRow, age
from shop.web.house import current_actor, current_town, house, reading
from shop.web.i18n import _
from shop.web.roles import DESK_ROLES, may_open, needs
from shop.web.shell import NO_TOWN

DAYS = timedelta(days=3)
"""How long an application may wait: it is looked at in the quiet hours."""


INVOICES = "staff_invoices.requests"


@dataclass(frozen=True)
class Desk:
    """A desk: its queue, what is done there in a few words, and the page that shows exactly what waits.

    Attributes:
        late: from which age on its first thing waits too long.
        is_theirs: it waits for somebody who comes when they like; nobody here can begin with it.
    """

    queue: Queue
    label: str
    act: str
    unit: str
    endpoint: str
    values: Mapping[str, Any] | None = None
    late: timedelta = LATE
    is_theirs: bool = False


@bp.get("")
@needs(*DESK_ROLES)
def today() -> ResponseReturnValue:
    """Show each desk at which something waits that this person may see to, the longest waiting first."""
    now, roles = house().clock(), current_actor().roles
    desks = {name: desk for name, desk in _desks(now).items() if may_open(desk.endpoint, roles)}
    waits = count_queues(reading(), {name: desk.queue for name, desk in desks.items()})
    first = sorted(waits, key=lambda name: waits[name].since)
    rows = {name: _row(now, desks[name], waits[name]) for name in first}
    begin = next((row for name, row in rows.items() if not desks[name].is_theirs), None)
    return render_template("staff/today.html", rows=[*rows.values()], begin=begin)


def _row(now: datetime, desk: Desk, waits: Waits) -> QueueRow:
    waited = age(now, waits.since, late=desk.late)
    href = url_for(desk.endpoint, **(desk.values or {}))
    return QueueRow(href, desk.label, desk.act, waits.count, desk.unit, waited.text, waited.tone)


def _desks(now: datetime) -> dict[str, Desk]:
    return {**_coming(now), **_leaving(now), **_telling(), **_invoices()}


def _coming(now: datetime) -> dict[str, Desk]:
    """Return the desks through which households and their goods come in."""
    weighed, closed = {"by": "weight"}, closed_day(now, (current_town() or NO_TOWN).cutoff)
    return {
        "reviews": Desk(REVIEWS, _("审核上架"), _("看照片和字，上架或退回"), _("样"), "staff_catalog.reviews"),
        "applications": Desk(
            APPLICATIONS, _("开店申请"), _("看证件，批或退回"), _("家"), "staff_applications.applications", late=DAYS
        ),
        "calls": Desk(unanswered(closed), _("问农户有没有货"), _("打电话，记下来"), _("份"), "staff_fulfilment.demand"),
        "due": Desk(PARTS_DUE, _("收货"), _("点数，收下"), _("份"), "staff_fulfilment.intake"),
        "weigh": Desk(
            PARTS_TO_WEIGH, _("收货要过秤"), _("按斤卖的，称了再收"), _("份"), "staff_fulfilment.intake", weighed
        ),
        "recalls": Desk(RECALLS, _("召回没写信"), _("写给买到的人"), _("批"), "staff_fulfilment.lots", {"untold": 1}),
    }


def _leaving(now: datetime) -> dict[str, Desk]:
    """Return the desks through which goods leave, and what became of them on the way."""
    day, orders = town_day(now), "staff_orders.orders"
    return {
        "pack": Desk(BOXES_TO_PACK, _("打包"), _("货齐了，装箱"), _("箱"), "staff_fulfilment.packing"),
        "collect": Desk(
            ORDERS_TO_COLLECT, _("等人来取"), _("人来了，交货"), _("单"), "staff_fulfilment.collection", is_theirs=True
        ),
        "at_once": Desk(
            AT_ONCE, _("柜台现拿的"), _("付了钱，人来了就交"), _("单"), "staff_counter.counter", {"_anchor": "waiting"},
            is_theirs=True,
        ),
        "door": Desk(AT_THE_DOOR, _("交运"), _("扫码交给快递"), _("包"), "staff_fulfilment.handover"),
        "returned": Desk(RETURNED, _("退回来的货"), _("看货，说为什么"), _("包"), "staff_returned.returned"),
        "short": Desk(
            orders_queue(Kind.SHORT, day), _("少来了货"), _("看看还寄不寄"), _("单"), orders, {"only": Kind.SHORT.value}
        ),
        "late": Desk(
            orders_queue(Kind.LATE, day), _("过了说好的日子"), _("催货，告诉买家"), _("单"), orders,
            {"only": Kind.LATE.value},
        ),
        **{f"sent:{why.value}": Desk(
            concerned(now, why), words, act, _("件"), "staff_consignments.consignments", {"queue": why.value}
        ) for why, (words, act) in _concerns().items()},
    }  # fmt: skip


def _concerns() -> Mapping[Concern, tuple[str, str]]:
    """Return what each trouble of a consignment is called, and what is done about it."""
    return {
        Concern.FAILED: (_("没订上快递"), _("再订，或者换一家")),
        Concern.DOUBT: (_("快递的话看不懂"), _("读一读，记下现在怎样")),
        Concern.REFUSED: (_("没人肯收"), _("打电话问买家")),
        Concern.EXCEPTION: (_("路上不顺"), _("问快递")),
        Concern.LATE: (_("路上晚了"), _("问快递，告诉买家")),
        Concern.RETURNED: (_("退回来的信"), _("等人来拿")),
    }


def _telling() -> dict[str, Desk]:
    """Return the desks at which people, money and machines wait."""
    return {
        "questions": Desk(
            QUESTIONS, _("买家的问题"), _("等过一天，替农户回"), _("个"), "staff_catalog.questions", late=STAFF_AFTER
        ),
        "claims": Desk(
            CLAIMS_OPEN, _("售后等着定"), _("看照片，赔不赔"), _("件"), "staff_claims.claims", late=DECIDE_SPAN
        ),
        "claims_back": Desk(
            GOODS_BACK, _("退的货回来了"), _("看货，退钱"), _("件"), "staff_claims.claims", {"list": "received"},
            late=PAY_BACK_SPAN,
        ),
        "disputed": Desk(
            DISPUTED, _("农户说不是他的错"), _("再看一看，回他"), _("件"), "staff_claims.claims", {"list": "disputed"}
        ),
        "wishes": Desk(WISHES, _("想取消的"), _("回他行不行"), _("单"), "staff_wishes.waiting"),
        "cash_back": Desk(
            CASH_BACK, _("要退现金"), _("等人来拿"), _("笔"), "staff_counter.counter", {"_anchor": "refunds"},
            is_theirs=True,
        ),
        "money": Desk(CASES, _("钱对不上"), _("一笔一笔查"), _("笔"), "staff_payments.reconciliation"),
        "approve": Desk(
            TO_APPROVE, _("结账等核准"), _("另一个人看过，核准"), _("次"), "staff_payouts.runs", {"only": "drafted"}
        ),
        "confirm": Desk(
            TO_CONFIRM, _("付给农户的"), _("到没到，一笔一笔记"), _("笔"), "staff_payouts.unsure", late=DAYS
        ),
        "failed": Desk(FAILED, _("机器没办成"), _("看错在哪里"), _("件"), "staff_notifications.jobs"),
    }  # fmt: skip


def _invoices() -> dict[str, Desk]:
    """Return the desks at which invoices wait."""
    due = red_due(reading())
    desks = {
        Tab.ASKED: Desk(requests_at(Tab.ASKED, due), _("发票待受理"), _("看抬头，受理"), _("张"), INVOICES),
        Tab.ISSUING: Desk(requests_at(Tab.ISSUING, due), _("发票待开"), _("开好了记号码"), _("张"), INVOICES),
        Tab.POSTING: Desk(requests_at(Tab.POSTING, due), _("发票待寄"), _("装信封"), _("张"), INVOICES),
        Tab.COUNTER: Desk(
            requests_at(Tab.COUNTER, due), _("发票在柜台"), _("等人来拿"), _("张"), INVOICES, is_theirs=True
        ),
        Tab.RED: Desk(requests_at(Tab.RED, due), _("发票该冲红"), _("开红字发票"), _("张"), INVOICES),
    }
    return {f"invoices:{tab.value}": replace(desk, values={"tab": tab.value}) for tab, desk in desks.items()}
