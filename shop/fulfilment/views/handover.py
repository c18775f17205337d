"""Handing closed boxes over to the courier."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.flows import bench
from shop.fulfilment.queries import BoxFacts, boxes_at_the_door
from shop.fulfilment.views.face import box_text, bp
from shop.kernel.errors import Invalid, WrongState
from shop.web.ages import age
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.places import region
from shop.web.roles import PACKING_ROLES, needs
from shop.web.shell import say
from shop.web.words import masked_name


@dataclass(frozen=True)
class HandOverRow:
    """A closed box at the door."""

    code: str
    order: str
    box: str
    who: str
    where: str
    weight_g: int
    waybill: str | None
    age: str


@bp.route("/handover", methods=["GET", "POST"])
@needs(*PACKING_ROLES)
def handover() -> ResponseReturnValue:
    """Show the closed boxes; give the ticked ones to the courier, all together or none."""
    if request.method == "POST":
        _hand_over(request.form.getlist("parcel"))
        return redirect(url_for("staff_fulfilment.handover"), 303)
    now = house().clock()
    rows = [_hand_over_row(now, box) for box in boxes_at_the_door(reading())]
    return render_template("staff/handover.html", rows=rows, may_go=sum(row.waybill is not None for row in rows))


def _hand_over_row(now: datetime, box: BoxFacts) -> HandOverRow:
    return HandOverRow(
        code=box.code,
        order=box.order_code,
        box=box_text(box.box, box.coming),
        who=masked_name(box.name),
        where=region(box.province, box.city, box.district),
        weight_g=box.weight_g,
        waybill=box.waybill,
        age=age(now, box.packed_at).text,
    )


def _hand_over(codes: Sequence[str]) -> None:
    actor, clock = current_actor(), house().clock
    try:
        edge().run(lambda session: bench.hand_over(session, codes, actor=actor, clock=clock))
    except Invalid:
        say("mind", _("先勾上要交出去的包裹。"))
    except WrongState:
        say("mind", _("有的包裹还没有运单号，或者已经走了。什么也没动，请再看一遍。"))
    else:
        say("good", _("交出去 %(n)d 包，买家会收到短信。", n=len(set(codes))))
