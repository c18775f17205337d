"""The manager's freight table."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.courier.forms import ZoneForm
from shop.courier.freight import Prices, last_changes, reprice_zone
from shop.courier.queries import Rate, zones
from shop.kernel.errors import NotFound, Stale
from shop.kernel.money import fen_from_text
from shop.web.actors import actor_names
from shop.web.audience import Audience, blueprint
from shop.web.desk import acted
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say

bp = blueprint("staff_courier", __name__, Audience.STAFF, prefix="/staff", roles=("manager",))


@dataclass(frozen=True)
class RateRow:
    """One zone of the freight table with its form.

    Attributes:
        changed: when and by whom it was last changed, or None.
        clash: what its manager typed on a page that was no longer true, in words, or None.
    """

    zone: Rate
    form: ZoneForm
    changed: tuple[datetime, str] | None
    clash: str | None


@bp.get("/freight")
def freight() -> ResponseReturnValue:
    """Show the freight table."""
    return _table(reading())


def _table(session: Session, refused: ZoneForm | None = None, name: str = "", *, is_stale: bool = False) -> Response:
    rows, changes = [], last_changes(session)
    names = actor_names({actor for _at, actor in changes.values()})
    for place, zone in enumerate(zones(session)):
        typed = ZoneForm.typed(zone)
        fresh = ZoneForm(formdata=None, prefix=f"zone{place}", version=str(zone.version), **typed)
        mine = refused if refused is not None and zone.name == name else None
        at, actor = changes.get(zone.id, (None, ""))
        rows.append(
            RateRow(
                zone=zone,
                form=fresh if mine is None or is_stale else mine,
                changed=None if at is None else (at, names.get(actor, actor)),
                clash=_typed(mine) if mine is not None and is_stale else None,
            )
        )
    page = render_template("staff/freight.html", rows=rows)
    return make_response(page, 409 if is_stale else 200 if refused is None else 422)


def _typed(form: ZoneForm) -> str:
    said = (f"{field.label.text} {field.data}" for field in (form.first, form.step, form.cold, form.days))
    return _("刚刚有人改过，您这一下没有算。下面是现在的样子，您填的是：%(typed)s。", typed="、".join(said))


@bp.post("/freight/<name>")
def reprice(name: str) -> ResponseReturnValue:
    """Change what a zone costs; orders already placed keep their freight."""
    found = next(((place, zone) for place, zone in enumerate(zones(reading())) if zone.name == name), None)
    if found is None:
        raise NotFound("zone")
    place, zone = found
    form = ZoneForm.from_request(prefix=f"zone{place}")
    if not form.is_sent_well():
        return _table(reading(), form, name)
    first_fen, step_fen, cold_fen = (fen_from_text(field.data or "") for field in (form.first, form.step, form.cold))
    wanted = Prices(first_fen, step_fen, cold_fen, form.days.data or 1, takes_cash=form.door.data == "cash")
    version, actor, clock = form.seen(), current_actor(), house().clock
    try:
        acted(
            f"freight:{name}",
            lambda session: reprice_zone(session, zone.id, wanted, version=version, actor=actor, clock=clock),
            is_counted=False,
        )
    except Stale:
        with edge().reading() as session:  # the page's own read began before the other's act
            return _table(session, form, name, is_stale=True)
    say("good", _("%(name)s改好了。已经下的单，运费不变。", name=name))
    return redirect(url_for("staff_courier.freight"), 303)
