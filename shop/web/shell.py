"""What every page's frame shows: the town's name, who is signed in, the basket's count, the way around."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, get_flashed_messages, request, url_for
from flask import flash as flask_flash
from flask import session as cookie

from shop.accounts.models import Device
from shop.kernel.clock import TOWN_ZONE
from shop.town.queries import TownFacts
from shop.web.canonical import canonical
from shop.web.house import current_person, current_presence, current_town, house
from shop.web.i18n import _
from shop.web.roles import may_open
from shop.web.ways import safe_path

TONES = ("good", "info", "mind", "stop")
NO_TOWN = TownFacts("山货", (), "", "", "", "", "", (), "20:00", 0, 15, 3, 5, 48, 3000, 2, 0)


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


@dataclass(frozen=True)
class Shell:
    """The frame of a page."""

    town_name: str
    slogan: str
    centre_name: str
    centre_phone: str
    is_demo: bool
    is_elder: bool
    is_shared_phone: bool
    """Somebody is signed in on a phone that is not theirs: every page shows the way out."""
    display_name: str
    roles: frozenset[str]
    path: str
    canonical: str | None
    """The one address of what is shown, where search engines may keep it."""
    query: str
    """What was searched for, so that the box on top still holds it."""
    year: int
    tabs: tuple[Tab, ...]
    staff_nav: tuple[TabGroup, ...]
    footer_links: tuple[tuple[str, str], ...]
    """(label, address)."""
    notices: tuple[tuple[str, str], ...]
    """(tone, sentence)."""


def say(tone: str, text: str) -> None:
    """Leave a sentence for the next page; tone is good, info, mind or stop."""
    if tone not in TONES:
        raise ValueError(f"unknown tone {tone}")
    flask_flash(text, tone)


def tabs() -> tuple[Tab, ...]:
    """Return the five ways around the storefront."""
    here = request.endpoint or ""
    count = int(cookie.get("basket_count", 0))
    ways = (
        (_("市集"), "catalog.home", "stall", None),
        (_("时令"), "catalog.season", "season", None),
        (_("搜索"), "search.results", "search", None),
        (_("篮子"), "orders.basket", "basket", count or None),
        (_("我的"), "accounts.me", "person", None),
    )
    return tuple(Tab(label, url_for(to), icon, here == to, badge) for label, to, icon, badge in ways)


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
                (_("规则"), "staff_site.rules", "scroll"),
                (_("谁管什么"), "staff_people.people", "person"),
                (_("谁看过"), "staff_sights.views", "eye"),
                (_("办过的事"), "staff_acts.acts", "pen"),
            ),
        ),
    )
    rooms = Counter(to.partition(".")[0] for _title, ways in groups for _label, to, _icon in ways)

    def tab(label: str, to: str, icon: str) -> Tab:
        # Where a room has several ways, its other pages do not say behind which of them they are.
        is_within = here != to and to.partition(".")[0] == room and rooms[room] == 1
        return Tab(label, url_for(to), icon, here == to, is_within=is_within)

    reached = (
        TabGroup(title, tuple(tab(*way) for way in ways if may_open(way[1], person.roles))) for title, ways in groups
    )
    return tuple(group for group in reached if group.tabs)


def shell() -> Shell:
    """Return the frame for this request."""
    wired, presence = house(), current_presence()
    person = None if presence is None else presence.person
    town = current_town() or NO_TOWN
    is_staff_page = request.path.startswith(("/staff", "/driver"))
    return Shell(
        town_name=town.name,
        slogan=town.slogan,
        centre_name=town.centre_name,
        centre_phone=town.centre_phone,
        is_demo=wired.settings.is_demo,
        is_elder=bool(cookie.get("elder")),
        is_shared_phone=presence is not None and presence.device is Device.SHARED,
        display_name=person.name if person else "",
        roles=person.roles if person else frozenset(),
        path=safe_path(request.path),
        canonical=canonical(),
        query=request.args.get("q", "").replace("\0", "")[:60],
        year=_year(wired.clock()),
        tabs=tabs(),
        staff_nav=staff_nav() if is_staff_page else (),
        footer_links=(
            (_("规则和隐私"), url_for("site.rules")),
            (_("资质公示"), url_for("catalog.standings")),
            (_("查订单"), url_for("orders.find")),
            (_("来这里卖货"), url_for("joining.hall")),
        ),
        notices=_notices(),
    )


def _notices() -> tuple[tuple[str, str], ...]:
    left: list[tuple[str, str]] = list(get_flashed_messages(with_categories=True))  # type: ignore[arg-type]
    return tuple(left)


def _year(now: datetime) -> int:
    return now.astimezone(TOWN_ZONE).year


def init_shell(app: Flask) -> None:
    """Give every template its `shell`, and `may_open(endpoint)` to ask before it links to a staff page."""

    @app.context_processor
    def frame() -> dict[str, object]:
        framed = shell()
        return {"shell": framed, "may_open": lambda endpoint: may_open(endpoint, framed.roles)}
