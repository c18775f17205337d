"""What lies at the counter for whoever takes some along at once: counted by hand, sold by the phone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalog import counter
from shop.catalog.offers import OfferFacts, offers
from shop.catalog.shown import shown_listing
from shop.kernel.audit import versions_of
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, NotFound, Stale
from shop.orders.forms import CountedForm
from shop.orders.views.counter import bp as bp
from shop.web.desk import acted
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say

MOST = 300
"""So many different things lie at a counter at most."""


@dataclass(frozen=True)
class Lying:
    """One way of selling and how many of it lie there.

    Attributes:
        free: how many can be bought at all; fewer than lie there, when its household sells them elsewhere.
        error: why what was typed is refused.
    """

    variant_id: int
    title: str
    vendor: str
    unit: str
    pieces: int
    typed: str
    free: int
    version: int
    error: str


@bp.get("/counter/stock")
def stock() -> ResponseReturnValue:
    """Show what lies there; with a code from a card or a page, the thing that is to be laid there."""
    typed = request.args.get("code", "").strip().rstrip("/").rpartition("/")[2]
    found = shown_listing(reading(), typed, today=_today()) if typed else None
    if typed and found is None:
        say("mind", _("没有货号是 %(code)s 的货在卖。扫它的扫码卡，或者抄货页上的货号。", code=typed[:20]))
        return redirect(url_for("staff_counter.stock"), 303)
    wanted = {offer.way.variant_id: offer for offer in found.offers} if found is not None else {}
    return _page(wanted, {})


def _today() -> date:
    return town_day(house().clock())


def _page(
    wanted: Mapping[int, OfferFacts], errors: Mapping[int, tuple[str, str]], status: int = 422
) -> ResponseReturnValue:
    with edge().reading() as session:  # anew: a sale may have come between
        there = counter.all_there(session)
        ids = [which for which in there if which not in wanted][:MOST]
        known = {**wanted, **offers(session, ids, today=_today())}
        versions = versions_of(session, [f"counter:{which}" for which in known])
    rows = {
        which: Lying(
            variant_id=which,
            title=offer.title,
            vendor=offer.vendor_name,
            unit=offer.way.unit,
            pieces=there.get(which, 0),
            typed=(errors[which][1] if which in errors else "") or str(there.get(which, 0)),
            free=offer.way.free,
            version=versions[f"counter:{which}"],
            error=errors[which][0] if which in errors else "",
        )
        for which, offer in known.items()
    }
    asked = [rows[which] for which in wanted]
    lying = [row for which, row in rows.items() if which not in wanted]
    page = render_template("staff/counter_stock.html", asked=asked, lying=lying)
    return make_response(page, status if errors else 200)


@bp.post("/counter/stock")
def count() -> ResponseReturnValue:
    """Write down how many of one way lie there."""
    form, actor, clock = CountedForm.from_request(), current_actor(), house().clock
    is_well, which, saw = form.is_sent_well(), form.variant.data or 0, form.saw.data or 0
    offer = offers(reading(), [which], today=_today()).get(which) if 0 < which < 2**63 else None
    if offer is None:
        raise NotFound("variant")
    if not is_well:
        return _page({which: offer}, {which: (form.pieces.errors[0], request.form.get("pieces", ""))})
    pieces = form.pieces.data or 0
    try:
        acted(
            f"counter:{which}",
            lambda session: counter.count_there(session, which, pieces, saw=saw, actor=actor, clock=clock),
        )
    except Stale:
        words = _("刚刚有人买走了，或者别人数过了。看看现在的数，再数一遍。")
        return _page({which: offer}, {which: (words, "")}, 409)
    except Invalid as refused:
        return _page({which: offer}, {which: (_why_not(refused), str(pieces))})
    words = _("记好了：%(title)s柜上有 %(n)d %(unit)s。", title=offer.title, n=pieces, unit=offer.way.unit)
    say("good", words)
    return redirect(url_for("staff_counter.stock"), 303)


def _why_not(refused: Invalid) -> str:
    if refused.reason == "intake":
        return _("这样货不能摆柜上现卖：要过秤、要检疫号、要冷着、要预订、活的、几家合供的，都先走收货台。")
    return _("请填 0 到 9999 的数。")
