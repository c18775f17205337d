"""The ways around the centre's bench."""

from collections import Counter
from dataclasses import dataclass

from flask import request, url_for

from shop.web.house import current_person
from shop.web.i18n import _
from shop.web.roles import may_open


@dataclass(frozen=True)
class Tab:
    """One way around: a label, where it leads, its icon, whether one is there now, and a count.

    Attributes:
        is_within: one is on a page behind it.
    """

    label: str
    href: str
    icon: str
    is_current: bool
    count: int | None = None
    is_within: bool = False


@dataclass(frozen=True)
class TabGroup:
    """Ways around that belong together; the first group of the bench has no label."""

    label: str
    tabs: tuple[Tab, ...]


# Pages of rooms with several ways, or with none of their own: behind which way each is, as its breadcrumbs say.
_BEHIND = {
    "staff_fulfilment.new_run": "staff_fulfilment.runs",
    "staff_fulfilment.run": "staff_fulfilment.runs",
    "staff_fulfilment.household": "staff_fulfilment.intake",
    "staff_fulfilment.part": "staff_fulfilment.intake",
    "staff_fulfilment.taken": "staff_fulfilment.intake",
    "staff_fulfilment.lots": "staff_fulfilment.intake",
    "staff_fulfilment.lot": "staff_fulfilment.intake",
    "staff_fulfilment.packing_order": "staff_fulfilment.packing",
    "staff_fulfilment.label": "staff_fulfilment.packing",
    "staff_fulfilment.open_parcel": "staff_fulfilment.packing",
    "staff_fulfilment.hand_overs_done": "staff_fulfilment.handover",
    "staff_fulfilment.hand_over_done": "staff_fulfilment.handover",
    "staff_fulfilment.collection_order": "staff_fulfilment.collection",
    "staff_fulfilment.box_photos": "staff_orders.orders",
    "staff_refunds.refund": "staff_orders.orders",
    "staff_audit.order_audit": "staff_orders.orders",
    "staff_wishes.waiting": "staff_orders.orders",
    "staff_catalog.question": "staff_catalog.questions",
    "staff_catalog.thing": "staff_catalog.goods",
    "staff_catalog.version": "staff_catalog.goods",
    "staff_catalog.edit": "staff_catalog.goods",
    "staff_catalog.photos": "staff_catalog.goods",
    "staff_catalog.suppliers": "staff_catalog.goods",
}


def staff_nav() -> tuple[TabGroup, ...]:
    """Return the bench's ways around, as far as this person's roles reach: what is done every hour comes first."""
    person = current_person()
    if person is None:
        return ()
    here = request.endpoint or ""
    room = here.partition(".")[0]
    groups = (
        ("", ((_("今天"), "staff_fulfilment.today", "house"), (_("送货"), "driver.run", "truck"))),
        (
            _("来货"),
            (
                (_("要货单"), "staff_fulfilment.demand", "phone"),
                (_("收货车"), "staff_fulfilment.runs", "truck"),
                (_("收货"), "staff_fulfilment.intake", "scale"),
            ),
        ),
        (
            _("出货"),
            (
                (_("打包"), "staff_fulfilment.packing", "box"),
                (_("交运"), "staff_fulfilment.handover", "out"),
                (_("寄件"), "staff_consignments.consignments", "envelope"),
                (_("等人来取"), "staff_fulfilment.collection", "clock"),
                (_("退回来的"), "staff_returned.returned", "turn"),
                (_("柜台"), "staff_counter.counter", "stall"),
            ),
        ),
        (
            _("买家"),
            (
                (_("订单"), "staff_orders.orders", "basket"),
                (_("买家的问题"), "staff_catalog.questions", "talk"),
                (_("售后"), "staff_claims.claims", "mend"),
                (_("发票"), "staff_invoices.requests", "fapiao"),
                (_("资料和注销"), "staff_rights.start", "folder"),
            ),
        ),
        (
            _("货"),
            (
                (_("审核上架"), "staff_catalog.reviews", "check"),
                (_("所有的货"), "staff_catalog.goods", "stock"),
                (_("导入货单"), "staff_imports.form", "plus"),
                (_("货架"), "staff_shelves.shelves", "album"),
                (_("找货的词"), "staff_search.words", "search"),
            ),
        ),
        (
            _("农户"),
            (
                (_("人家"), "staff_vendors.vendors", "wanted"),
                (_("开店申请"), "staff_applications.applications", "pen"),
                (_("证件"), "staff_papers.papers", "paper"),
                (_("代操作"), "staff_acting.choose", "person"),
                (_("登录卡"), "staff_cards.holders", "badge"),
            ),
        ),
        (
            _("钱"),
            (
                (_("钱账"), "staff_ledger.books", "money"),
                (_("给农户结账"), "staff_payouts.runs", "palm"),
                (_("对账"), "staff_payments.reconciliation", "even"),
                (_("运费"), "staff_courier.freight", "pin"),
                (_("卖家季报"), "staff_income.income", "calendar"),
                (_("验证器"), "staff_factor.factor", "lock"),
            ),
        ),
        (
            _("管事"),
            (
                (_("报表"), "staff_reports.sales_report", "tally"),
                (_("短信"), "staff_notifications.deliveries", "talk"),
                (_("后台任务"), "staff_notifications.jobs", "clock"),
                (_("镇上设置"), "staff_town.edit", "season"),
                (_("消息和故事"), "staff_articles.articles", "album"),
                (_("规则"), "staff_site.rules", "scroll"),
                (_("谁管什么"), "staff_people.people", "person"),
                (_("谁看过"), "staff_sights.views", "eye"),
                (_("办过的事"), "staff_acts.acts", "pen"),
            ),
        ),
    )
    rooms = Counter(to.partition(".")[0] for _title, ways in groups for _label, to, _icon in ways)

    def tab(label: str, to: str, icon: str) -> Tab:
        behind = _BEHIND.get(here)
        is_within = behind == to or (here != to and to.partition(".")[0] == room and rooms[room] == 1)
        return Tab(label, url_for(to), icon, here == to, is_within=is_within)

    reached = (
        TabGroup(title, tuple(tab(*way) for way in ways if may_open(way[1], person.roles))) for title, ways in groups
    )
    return tuple(group for group in reached if group.tabs)
