"""Lots at the centre: finding one, its label, where its goods went, and calling it back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.accounts.queries import names_of
from shop.catalog.lots.models import LotState
from shop.catalog.lots.queries import MOST, LotFacts, lot_by_code, lot_passages, lot_pictures, lots_found
from shop.flows import lots as flow
from shop.flows import recalls
from shop.fulfilment.forms import RecallForm
from shop.fulfilment.lots.queries import RECALLS, Carried, carried, untold_lots
from shop.fulfilment.views.face import bp
from shop.fulfilment.views.labels import labels_of
from shop.kernel.codes import clean_code
from shop.kernel.errors import Stale, WrongState
from shop.kernel.money import yuan
from shop.kernel.queues import queue_length
from shop.orders.models import VendorOrderState
from shop.town.queries import the_town
from shop.web.desk import acted
from shop.web.forms import EmptyForm
from shop.web.goods import GRADE_WORDS
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.paging import leaf
from shop.web.roles import PACKING_ROLES, may_open, needs
from shop.web.shell import say
from shop.web.words import masked_name

MOST_LABELS = 99
STATE_WORDS: Mapping[LotState, tuple[str, str]] = {
    LotState.KEPT: (_l("正常"), "done"),
    LotState.RECALLED: (_l("已召回"), "problem"),
}
"""How a lot stands, and the tone of its seal."""
PASSAGES: Mapping[LotState, str] = {LotState.KEPT: _l("收进来"), LotState.RECALLED: _l("召回")}
"""What happened to a lot, by the state it came to."""
PLACES: Mapping[VendorOrderState, str] = {
    VendorOrderState.RECEIVED: _l("还没打包"),
    VendorOrderState.PACKED: _l("打好了，在中心"),
    VendorOrderState.SHIPPED: _l("在路上"),
    VendorOrderState.DELIVERED: _l("到了买家手里"),
    VendorOrderState.RETURNED: _l("退回来了"),
    VendorOrderState.CANCELLED: _l("不送了，在中心"),
}
"""Where goods that came in are, by the state of their part of the order."""
PARCELLED = frozenset({VendorOrderState.PACKED, VendorOrderState.SHIPPED, VendorOrderState.DELIVERED})
"""Where they lie in a parcel."""


@dataclass(frozen=True)
class CarriedRow:
    """Goods of a lot in one order: whose, how many, where, and whether the buyer was written to.

    Attributes:
        todo: what is to be done about them once the lot is recalled; href where.
        take_out: what the button says by which they are taken out of the order; None when they have left, or are out,
            or another row of the order has it.
        saw: the parcels at the centre in which the order's goods of the lot lie.
    """

    order: str
    name: str
    units: int
    parcel: str
    place: str
    told_at: datetime | None
    todo: str
    href: str | None
    take_out: str | None
    saw: str


@bp.get("/lots")
@needs(*PACKING_ROLES)
def lots() -> ResponseReturnValue:
    """Show lots, the latest first, all or those a word finds; or the recalled ones whose buyers wait to be told."""
    words = request.args.get("q", "").strip()[:40]
    here = leaf(queue_length(reading(), RECALLS), "staff_fulfilment.lots", untold=1)
    is_untold = "untold" in request.args
    found = untold_lots(reading(), offset=here.offset, limit=here.limit) if is_untold else lots_found(reading(), words)
    return render_template(
        "staff/lots.html",
        lots=found,
        words=words,
        here=here,
        is_untold=is_untold,
        is_cut=not is_untold and len(found) == MOST,
        states=STATE_WORDS,
        grades=GRADE_WORDS,
    )


@bp.get("/lots/<code>")
@needs(*PACKING_ROLES)
def lot(code: str) -> ResponseReturnValue:
    """Show one lot: what it is, every order and parcel with goods of it, and what became of it."""
    found = lot_by_code(reading(), clean_code(code))
    return _lot_page(found, RecallForm(formdata=None, version=str(found.version)))


def _lot_page(found: LotFacts, form: RecallForm, status: int = 200) -> Response:
    rows = carried(reading(), found.code)
    passages = lot_passages(reading(), found.id)
    who = {one.actor for one in passages} | {row.told_by for row in rows if row.told_by is not None}
    names = names_of(reading(), who)
    told = {(row.told_at, row.order_code, names.get(row.told_by or "", "")) for row in rows if row.told_at is not None}
    page = render_template(
        "staff/lot.html",
        lot=found,
        label=labels_of([found])[0],
        state=STATE_WORDS[found.state],
        is_recalled=found.state is LotState.RECALLED,
        rows=_rows(rows),
        lying=len({row.order_id for row in rows if row.may_take_out}),
        waiting=len({row.order_id for row in rows if row.told_at is None and not row.is_out}),
        passages=[(one.at, PASSAGES[one.to], one.reason, names.get(one.actor) or _("自动")) for one in passages],
        told=sorted(told),
        pictures=lot_pictures(reading(), found.id, found.title),
        may_recall=current_actor().has("staff", "manager"),
        form=form,
    )  # fmt: skip
    return make_response(page, 422 if form.errors else status)


def _rows(rows: Sequence[Carried]) -> list[CarriedRow]:
    """Return the rows of a lot's page; goods of one order are taken out by one press, wherever they lie."""
    saw: dict[str, set[str]] = {}
    for row in rows:
        if row.may_take_out:
            packed = saw.setdefault(row.order_code, set())
            if row.part_state is VendorOrderState.PACKED and row.parcel_code is not None:
                packed.add(row.parcel_code)
    return [_row(row, saw.pop(row.order_code, None) if row.may_take_out else None) for row in rows]


def _row(row: Carried, saw: Collection[str] | None) -> CarriedRow:
    is_in_box = row.part_state in PARCELLED
    todo, href = _todo(row)
    take_out = None
    if saw is not None:
        take_out = _("拆箱拿出来，退钱") if saw else _("拿出来，退钱")
    return CarriedRow(
        order=row.order_code,
        name=masked_name(row.name),
        units=row.units,
        parcel=row.parcel_code or "" if is_in_box else "",
        place=_place(row),
        told_at=row.told_at,
        todo=todo,
        href=href,
        take_out=take_out,
        saw=" ".join(sorted(saw or ())),
    )


def _place(row: Carried) -> str:
    if row.removed_at is not None:
        return _("拿出来了，钱退了")
    if row.is_out:
        return _("不送了，在中心")
    return str(PLACES[row.part_state])


def _todo(row: Carried) -> tuple[str, str | None]:
    """Return what is to be done about goods of a recalled lot that cannot be taken out any more, and where."""
    roles, code = current_actor().roles, row.parcel_code or ""
    if row.is_out or row.part_state is VendorOrderState.RETURNED:
        return _("单独放，不再卖"), None
    if row.part_state is VendorOrderState.SHIPPED:
        to = "staff_consignments.consignment"
        return _("请快递退回"), url_for(to, key=code) if may_open(to, roles) else None
    if row.part_state is VendorOrderState.DELIVERED:
        to = "staff_refunds.refund"
        return _("打电话请买家别用，退钱"), url_for(to, code=row.order_code) if may_open(to, roles) else None
    return "", None


@bp.post("/lots/<code>/recall")
def recall(code: str) -> ResponseReturnValue:
    """Call a lot back: no more of it leaves the centre."""
    found, form, actor, clock = lot_by_code(reading(), code), RecallForm.from_request(), current_actor(), house().clock
    if not form.is_sent_well():
        return _lot_page(found, form)
    reason, seen = form.reason.data or "", form.version.data or ""
    version = int(seen) if seen.isdecimal() else 0
    acted(
        f"lot:{code}",
        lambda session: flow.recall(session, code, reason, version=version, actor=actor, clock=clock),
        reason=reason,
        is_counted=False,
    )
    say("good", _("召回了，中心里的不会再打包、交运。先拿出来，再写给买家。"))
    return redirect(url_for("staff_fulfilment.lot", code=code), 303)


def _lot_anew(code: str) -> Response:
    """Show a lot as it is now to whoever acted on a page that is no longer true."""
    with edge().reading() as session:  # the page's own read began before the other's act
        found = lot_by_code(session, code)
    return _lot_page(found, RecallForm(formdata=None, version=str(found.version)), 409)


@bp.post("/lots/<code>/orders/<order_code>/out")
@needs(*PACKING_ROLES)
def take_out(code: str, order_code: str) -> ResponseReturnValue:
    """Take goods of a recalled lot out of an order that has not left; their money goes back in the same act."""
    EmptyForm.from_request()
    actor, clock, saw = current_actor(), house().clock, request.form.get("saw", "")
    try:
        back = edge().run(
            lambda session: recalls.take_out(session, code, order_code, saw=saw, actor=actor, clock=clock)
        )
    except Stale:
        say("mind", _("刚才这一单打了包，或者拆开了，什么都没动。看过再点。"))
        return _lot_anew(code)
    except WrongState as refused:
        words = _("正在给这一箱叫快递，过一分钟再拿。") if refused.what == "shipment" else _("已经出门了，拿不出来。")
        say("mind", words)
    else:
        words = _("拿出来了，%(money)s 在退给买家。", money=yuan(back)) if back else _("这一单里已经没有这一批的货了。")
        say("good", words + (_("箱里剩下的重新打包。") if back and saw else ""))
    return redirect(url_for("staff_fulfilment.lot", code=code), 303)


@bp.post("/lots/<code>/tell")
def tell_buyers(code: str) -> ResponseReturnValue:
    """Write to the buyers of a recalled lot, once for each order."""
    EmptyForm.from_request()
    actor, clock = current_actor(), house().clock
    try:
        told = edge().run(lambda session: flow.tell(session, code, actor=actor, clock=clock))
    except WrongState:
        say("mind", _("先召回，再写给买家。"))
    else:
        say("good", _("写给了 %(n)d 单的买家。", n=told) if told else _("都写过了，没有再写。"))
    return redirect(url_for("staff_fulfilment.lot", code=code), 303)


@bp.get("/lots/<code>/label")
@needs(*PACKING_ROLES)
def lot_label(code: str) -> ResponseReturnValue:
    """Show a lot's label for the printer, as often as asked; one that lacks something leads back to the lot."""
    found = labels_of([lot_by_code(reading(), code)])[0]
    back = url_for("staff_fulfilment.lot", code=code)
    if found.gaps:
        return redirect(back, 303)
    copies = min(max(request.args.get("n", 1, type=int), 1), MOST_LABELS)
    return render_template("staff/lot_label.html", sheets=[(found, copies)], back=back, town=the_town(reading()))
