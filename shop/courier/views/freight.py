"""The manager's freight table."""

from dataclasses import dataclass

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.courier.forms import ZoneForm
from shop.courier.freight import reprice_zone
from shop.courier.queries import Rate, zones
from shop.kernel.errors import NotFound
from shop.kernel.money import fen_from_text
from shop.web.audience import Audience, blueprint
from shop.web.house import edge, reading
from shop.web.i18n import _
from shop.web.shell import say

bp = blueprint("staff_courier", __name__, Audience.STAFF, prefix="/staff", roles=("manager",))


@dataclass(frozen=True)
class RateRow:
    """One zone of the freight table with its form."""

    zone: Rate
    form: ZoneForm


@bp.get("/freight")
def freight() -> ResponseReturnValue:
    """Show the freight table."""
    return _table()


def _table(refused: ZoneForm | None = None, name: str = "") -> Response:
    rows = []
    for place, zone in enumerate(zones(reading())):
        fresh = ZoneForm(formdata=None, prefix=f"zone{place}", **ZoneForm.typed(zone))
        rows.append(RateRow(zone, refused if refused is not None and zone.name == name else fresh))
    return make_response(render_template("staff/freight.html", rows=rows), 200 if refused is None else 422)


@bp.post("/freight/<name>")
def reprice(name: str) -> ResponseReturnValue:
    """Change what a zone costs; orders already placed keep their freight."""
    found = next(((place, zone) for place, zone in enumerate(zones(reading())) if zone.name == name), None)
    if found is None:
        raise NotFound("zone")
    place, zone = found
    form = ZoneForm.from_request(prefix=f"zone{place}")
    if not form.is_sent_well():
        return _table(form, name)
    first_fen, step_fen, cold_fen = (fen_from_text(field.data or "") for field in (form.first, form.step, form.cold))
    edge().run(
        lambda session: reprice_zone(
            session,
            zone.id,
            first_fen=first_fen,
            step_fen=step_fen,
            days=form.days.data or 1,
            cold_fen=cold_fen,
            takes_cash=form.door.data == "cash",
        )
    )
    say("good", _("%(name)s改好了。已经下的单，运费不变。", name=name))
    return redirect(url_for("staff_courier.freight"), 303)
