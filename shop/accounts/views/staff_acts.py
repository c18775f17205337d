"""For managers: what staff did, the newest first, with who and why; each kind of act has its words here."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.kernel.audit import EntryFacts, entries
from shop.web.actors import actor_names
from shop.web.acts import ACT_WORDS
from shop.web.audience import Audience, blueprint
from shop.web.goods import page_number
from shop.web.house import reading

bp = blueprint("staff_acts", __name__, Audience.STAFF, prefix="/staff/acts", roles=("manager",))

PER_PAGE = 50


@dataclass(frozen=True)
class ActRow:
    """One act; the thing it was done to by its code."""

    at: datetime
    what: str
    code: str
    who: str
    actor: str
    why: str


@bp.get("")
def acts() -> ResponseReturnValue:
    """Show what was done, by everybody or by one person."""
    who, page = request.args.get("who", "").strip()[:40], page_number(request.args.get("page"))
    found = entries(reading(), actor=who, page=page, per_page=PER_PAGE)
    names = actor_names({one.actor for one in found})
    return render_template(
        "staff/acts.html",
        rows=[_row(one, names.get(one.actor, one.actor)) for one in found[:PER_PAGE]],
        who=names.get(who, who),
        newer=url_for("staff_acts.acts", who=who or None, page=page - 1) if page > 1 else None,
        older=url_for("staff_acts.acts", who=who or None, page=page + 1) if len(found) > PER_PAGE else None,
    )


def _row(one: EntryFacts, who: str) -> ActRow:
    _kind, _colon, code = one.thing.partition(":")
    return ActRow(one.at, str(ACT_WORDS[one.act]), code, who, one.actor, one.reason)
