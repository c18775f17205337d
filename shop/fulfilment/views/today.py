"""What waits at each place of the bench."""

from datetime import datetime

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from shop.catalog.centre import changes_waiting_since
from shop.catalog.queries import reviews_waiting_since
from shop.courier.queues import concerns
from shop.fulfilment.demand.queries import unanswered
from shop.fulfilment.demand.rules import closed_day
from shop.fulfilment.queries import boxes_at_the_door, boxes_to_pack, orders_to_collect
from shop.fulfilment.views.face import DUE_IN, bp
from shop.orders.queries.orders import orders_with_parts_in
from shop.town.queries import the_town
from shop.web.ages import QueueRow, age
from shop.web.house import current_actor, house, reading
from shop.web.i18n import _
from shop.web.roles import DESK_ROLES, may_open, needs


@bp.get("")
@needs(*DESK_ROLES)
def today() -> ResponseReturnValue:
    """Show what waits at each place of the bench, the oldest first."""
    rows = [row for _since, row in sorted(_places(house().clock()), key=lambda place: place[0])]
    return render_template("staff/today.html", rows=rows)


def _places(now: datetime) -> list[tuple[datetime, QueueRow]]:
    """Return each place of the bench where something waits, with since when the first thing does."""
    due_in = [
        order.placed_at
        for order in orders_with_parts_in(reading(), DUE_IN)
        for part in order.parts
        if part.state in DUE_IN
    ]
    to_pack = [each.order.placed_at for each in boxes_to_pack(reading())]
    to_review = sorted([*reviews_waiting_since(reading()), *changes_waiting_since(reading())])
    to_collect = [order.placed_at for order in orders_to_collect(reading())]
    at_the_door = [box.packed_at for box in boxes_at_the_door(reading())]
    parcels = [queue.rows[0].since for queue in concerns(reading(), now) for _each in range(queue.count)]
    calls, oldest = unanswered(reading(), closed_day(now, the_town(reading()).cutoff))
    roles = current_actor().roles
    places = (
        (to_review, _("审核上架"), _("样"), "staff_catalog.reviews"),
        ([oldest] * calls if oldest else [], _("问农户有没有货"), _("份"), "staff_fulfilment.demand"),
        (due_in, _("收货"), _("份"), "staff_fulfilment.intake"),
        (to_pack, _("打包"), _("箱"), "staff_fulfilment.packing"),
        (to_collect, _("等人来取"), _("单"), "staff_fulfilment.collection"),
        (at_the_door, _("交运"), _("包"), "staff_fulfilment.handover"),
        (parcels, _("寄件要人看的"), _("件"), "staff_consignments.consignments"),
    )
    return [
        (min(since), _place(now, min(since), len(since), label, unit, endpoint))
        for since, label, unit, endpoint in places
        if since and may_open(endpoint, roles)
    ]


def _place(now: datetime, since: datetime, count: int, label: str, unit: str, endpoint: str) -> QueueRow:
    waited = age(now, since)
    return QueueRow(url_for(endpoint), label, None, count, unit, waited.text, waited.tone)
