"""For managers: who looked at whose full phone and address or private photos, by person and day."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.models import Viewed
from shop.accounts.sights import ViewFacts, moments_of_views, views_between
from shop.kernel.clock import TOWN_ZONE, town_day
from shop.web.actors import actor_names
from shop.web.audience import Audience, blueprint
from shop.web.house import house, reading
from shop.web.paging import leaf
from shop.web.sights import VIEW_WORDS, VIEWED_WORDS

bp = blueprint("staff_sights", __name__, Audience.STAFF, prefix="/staff/views", roles=("manager",))

DAYS_SHOWN = 30


@dataclass(frozen=True)
class DayRow:
    """How often one person looked on one day."""

    day: date
    who: str
    actor: str
    count: int


@dataclass(frozen=True)
class ViewRow:
    """One look; `href` leads to what was looked at, where that has a page."""

    at: datetime
    who: str
    what: str
    subject: str
    href: str | None
    why: str


@bp.get("")
def views() -> ResponseReturnValue:
    """Show the looks of the last month by day and person, or those of one day and person one by one."""
    today, who = town_day(house().clock()), request.args.get("who", "").strip()[:40]
    day = _day(request.args.get("day", ""))
    first, last = (today - timedelta(days=DAYS_SHOWN - 1), today) if day is None else (day, day)
    since, until = _midnight(first), _midnight(last + timedelta(days=1))
    looks = moments_of_views(reading(), since, until, actor=who)
    counts = list(Counter((town_day(at), actor) for at, actor in looks).items())
    on = None if day is None else day.isoformat()
    here = leaf(len(counts) if day is None else len(looks), "staff_sights.views", day=on, who=who or None)
    found = (
        [] if day is None else views_between(reading(), since, until, actor=who, offset=here.offset, limit=here.limit)
    )
    names = actor_names({actor for _at, actor in looks})
    days = counts[here.offset : here.offset + here.limit] if day is None else counts
    return render_template(
        "staff/views.html",
        here=here,
        day=day,
        days=[DayRow(on, names.get(actor, actor), actor, count) for (on, actor), count in days],
        rows=[_row(one, names.get(one.actor, one.actor)) for one in found],
        days_shown=DAYS_SHOWN,
    )


def _row(one: ViewFacts, who: str) -> ViewRow:
    return ViewRow(
        at=one.at,
        who=who,
        what=str(VIEWED_WORDS[one.what]),
        subject=one.subject,
        href=_href(one),
        why=str(VIEW_WORDS[one.why]),
    )


WHERE: Mapping[Viewed, str] = {
    Viewed.BOX_PHOTO: "staff_fulfilment.box_photos",
    Viewed.SIGNED_LIST: "staff_fulfilment.hand_over_done",
    Viewed.CLAIM: "staff_claims.claim",
    Viewed.CONSENT: "staff_acting.acting",
    Viewed.ACCOUNTS: "staff_payouts.run",
    Viewed.RECEIPT: "staff_payouts.payout",
    Viewed.INVOICE: "staff_invoices.one",
    Viewed.PROMISE: "staff_fulfilment.lot",
}
"""The page of what was looked at, by its code; whatever is not here is about an order."""


def _href(one: ViewFacts) -> str | None:
    if one.what is Viewed.HOUSEHOLDS:
        return None
    if one.what in (Viewed.LETTER, Viewed.DOOR):
        return url_for("staff_consignments.consignment", key=one.subject)
    return url_for(WHERE.get(one.what, "staff_audit.order_audit"), code=one.subject)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, TOWN_ZONE)
