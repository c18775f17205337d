"""The centre's list of invoices, and one request with what it may do about it now."""

from collections.abc import Callable, Sequence
from functools import partial

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from shop.accounts.models import Viewed, ViewReason
from shop.accounts.sights import note_view
from shop.invoices import recording
from shop.invoices.queues import Tab, Waiting, lengths, red_due, requests_at, waiting
from shop.invoices.views.staff_forms import ReasonForm
from shop.invoices.views.staff_page import Forms, desk
from shop.invoices.views.staff_words import STATE_WORDS, TAB_WORDS, WRONG
from shop.kernel.errors import Invalid, Stale, WrongState
from shop.kernel.money import yuan
from shop.kernel.queues import queue_length
from shop.web.ages import QueueRow, age
from shop.web.audience import Audience, blueprint
from shop.web.desk import acted
from shop.web.forms import EmptyForm
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.paging import leaf
from shop.web.roles import MONEY_ROLES
from shop.web.shell import say

bp = blueprint("staff_invoices", __name__, Audience.STAFF, prefix="/staff/invoices", roles=MONEY_ROLES)

EMPTY_WORDS = {
    Tab.ASKED: _l("没有等受理的"),
    Tab.ISSUING: _l("没有等开的"),
    Tab.POSTING: _l("没有等寄的"),
    Tab.COUNTER: _l("柜台没有等人拿的发票"),
    Tab.RED: _l("没有该冲红的"),
    Tab.MENDING: _l("没有等买家改的"),
    Tab.OVER: _l("还没有办完的"),
}
CLASH = _l("刚刚别人动过这一张，您这一下没有算。请看清现在的样子再点。")


@bp.get("")
def requests() -> ResponseReturnValue:
    """Show one list of requests, a page at a time, and how long each list is."""
    named = request.args.get("tab", "")
    due = red_due(reading())
    counts = lengths(reading(), due)
    here = Tab(named) if named in tuple(Tab) else next((tab for tab in counts if counts[tab]), Tab.ASKED)
    total = counts[here] if here in counts else queue_length(reading(), requests_at(here, due))
    place = leaf(total, "staff_invoices.requests", tab=here.value)
    rows = [_row(here, one) for one in waiting(reading(), here, due, offset=place.offset, limit=place.limit)]
    return render_template(
        "staff/invoices.html",
        tabs=[_tab(tab, here, counts.get(tab)) for tab in Tab],
        heading=str(TAB_WORDS[here]),
        rows=rows,
        here=place,
        empty_text=str(EMPTY_WORDS[here]),
    )


def _tab(tab: Tab, here: Tab, count: int | None) -> tuple[str, int | None, str, bool]:
    """Return a list among the lists: name, how long (None of what only grows), address, is it this one."""
    return str(TAB_WORDS[tab]), count, url_for("staff_invoices.requests", tab=tab.value), tab is here


def _row(tab: Tab, one: Waiting) -> QueueRow:
    waited = age(house().clock(), one.since)
    figures = _("冲红 %(amount)s", amount=yuan(one.red_fen)) if one.red_fen else yuan(one.amount_fen)
    told = [figures, one.issuer_name, one.order_code]
    return QueueRow(
        href=url_for("staff_invoices.one", code=one.code),
        title=one.title,
        meta=" · ".join([*told, str(STATE_WORDS[one.state][0])] if tab is Tab.OVER else told),
        count=None,
        unit="",
        age=waited.text,
        age_tone="fresh" if tab in (Tab.OVER, Tab.MENDING) else waited.tone,
    )


@bp.get("/<code>")
def one(code: str) -> ResponseReturnValue:
    """Show one request: what to issue, and what comes next."""
    return show(code, Forms())


def show(
    code: str, forms: Forms, status: int = 200, clash: str | None = None, *, keys: Sequence[str] | None = None
) -> Response:
    """Show a request as it stands now, with what is to be mended in one of its forms.

    Args:
        keys: of documents that were sent for it; what the address says when None.
    """
    sent = request.args.getlist("file") if keys is None else keys
    with edge().reading() as session:  # the page's own read may have begun before another's act
        page = desk(session, code, forms, keys=sent, clash=clash)
    return make_response(render_template("staff/invoice.html", page=page), status)


def do(
    code: str,
    act: Callable[[Session], object],
    done: str,
    forms: Forms,
    *,
    reason: str = "",
    keys: Sequence[str] | None = None,
) -> ResponseReturnValue:
    """Do an act on a request and go back to it; who comes second is shown how it stands, with what they typed."""
    try:
        acted(f"invoice:{code}", act, reason=reason)
    except (Stale, WrongState):
        return show(code, forms, 409, str(CLASH), keys=keys)
    say("good", done)
    return redirect(url_for("staff_invoices.one", code=code), 303)


@bp.post("/<code>/accept")
def accept(code: str) -> ResponseReturnValue:
    """Take a request on."""
    EmptyForm.from_request()
    act = partial(recording.accept, code=code, actor=current_actor(), clock=house().clock)
    try:
        return do(code, act, _("受理了。照下面的去电子税务局开，开好回来记号码。"), Forms())
    except Invalid as refusal:
        return show(code, Forms(), 422, str(WRONG[refusal.field, refusal.reason]))


@bp.post("/<code>/back")
def send_back(code: str) -> ResponseReturnValue:
    """Ask the buyer to mend something."""
    form = ReasonForm.from_request(prefix="back")
    return _answer(code, form, Forms(back=form), recording.send_back, _("告诉买家了，改好又回到待受理。"))


@bp.post("/<code>/reject")
def reject(code: str) -> ResponseReturnValue:
    """End a request of which no invoice comes."""
    form = ReasonForm.from_request(prefix="reject")
    return _answer(code, form, Forms(reject=form), recording.reject, _("告诉买家了，这一张不开。"))


def _answer(code: str, form: ReasonForm, forms: Forms, service: Callable[..., None], done: str) -> ResponseReturnValue:
    if not form.is_sent_well():
        return show(code, forms, 422)
    reason = form.reason.data or ""
    act = partial(service, code=code, reason=reason, actor=current_actor(), clock=house().clock)
    return do(code, act, done, forms, reason=reason)


@bp.post("/<code>/look")
def look(code: str) -> ResponseReturnValue:
    """Note who looks at what a special invoice needs: address, telephone, bank and account."""
    EmptyForm.from_request()
    actor, clock = current_actor(), house().clock

    def act(session: Session) -> None:
        recording.check_special(session, code)
        note_view(session, code, Viewed.INVOICE, ViewReason.WORK, actor=actor, clock=clock)

    edge().run(act)
    return redirect(url_for("staff_invoices.one", code=code), 303)
