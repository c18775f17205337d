"""Who sells here, for the centre: the list, one vendor, and deciding whether they may go on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.flows import selling
from shop.kernel.audit import versions_of
from shop.kernel.clock import town_day
from shop.kernel.errors import NotFound, Stale, WrongState
from shop.vendors.joining.queries import applications_of, licence_of, payout_of
from shop.vendors.joining.rules import PROOF_OF
from shop.vendors.models import PaperKind, VendorState
from shop.vendors.queries import (
    PaperFacts,
    VendorFacts,
    VendorPassage,
    papers_of,
    vendor_in_any_state,
    vendor_page,
    vendor_passages,
)
from shop.vendors.rules import NOTICE_DAYS, REMIND_DAYS
from shop.vendors.views.joining.words import PAY_WORDS, PROOF_WORDS, STANDING_WORDS
from shop.vendors.views.staff.applications import kind_words
from shop.vendors.views.staff.forms import ReasonForm
from shop.web.actors import actor_names
from shop.web.audience import Audience, blueprint
from shop.web.desk import acted
from shop.web.forms import EmptyForm, clean
from shop.web.goods import leaves, page_number
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.roles import needs
from shop.web.shell import say
from shop.web.words import account_tail, full_date

bp = blueprint("staff_vendors", __name__, Audience.STAFF, prefix="/staff/vendors")

MOST_WORDS = 40

STATE_WORDS: Mapping[VendorState, tuple[str, str]] = {
    VendorState.APPROVED: (_l("在卖"), "done"),
    VendorState.SUSPENDED: (_l("先停卖"), "problem"),
    VendorState.LEFT: (_l("不卖了"), "info"),
}
"""How a vendor stands, and the tone of the seal."""
PASSAGE_WORDS: Mapping[VendorState, str] = {
    VendorState.APPROVED: _l("又卖了"),
    VendorState.SUSPENDED: _l("停卖"),
    VendorState.LEFT: _l("走了"),
}


@dataclass(frozen=True)
class Row:
    """One vendor in the list, papers at a glance."""

    code: str
    name: str
    village: str
    standing: str
    state: tuple[str, str]
    papers: str
    tone: str


@dataclass(frozen=True)
class PaperLine:
    """One paper of theirs: `until` is its last day, if it has one; `seen` is who of the centre saw it, and when."""

    kind: str
    number: str
    until: date | None
    is_valid: bool
    seen: str


@dataclass(frozen=True)
class Forms:
    """What may be sent from a vendor's page."""

    suspend: ReasonForm
    leave: ReasonForm


@dataclass(frozen=True)
class Page:
    """One vendor at the centre.

    Attributes:
        leaves_on: the announced day from which they no longer sell.
        payout: how they are paid, by the end of the number alone.
        history: rows of components/steps.html.
        applications: code, what for, and when sent, of those that made them what they are.
        clash: somebody else was quicker, in words.
    """

    code: str
    name: str
    state: tuple[str, str]
    is_selling: bool
    is_suspended: bool
    has_left: bool
    leaves_on: date | None
    rows: tuple[tuple[str, str | None], ...]
    papers: tuple[PaperLine, ...]
    history: tuple[tuple[str, datetime, str, str | None], ...]
    applications: tuple[tuple[str, str, datetime | None], ...]
    forms: Forms
    may_decide: bool
    notice_days: int
    version: int
    clash: str


@bp.get("")
def vendors() -> ResponseReturnValue:
    """Show everybody who sells or sold here, page by page: who does not, first."""
    today, words = town_day(house().clock()), (clean(request.args.get("q")) or "")[:MOST_WORDS]
    found = vendor_page(reading(), words, page=page_number(request.args.get("page")))
    papers = papers_of(reading(), [vendor.id for vendor in found.vendors])
    return render_template(
        "staff/vendors.html",
        rows=[_row(vendor, papers.get(vendor.id, ()), today) for vendor in found.vendors],
        words=words,
        total=found.total,
        leaves=leaves(found.page, found.pages, partial(_leaf, words)),
    )


def _leaf(words: str, page: int) -> str:
    return url_for("staff_vendors.vendors", q=words or None, page=page if page > 1 else None)


def _row(vendor: VendorFacts, papers: tuple[PaperFacts, ...], today: date) -> Row:
    words, tone = _papers(papers, today)
    return Row(
        code=vendor.code,
        name=vendor.name,
        village=vendor.village,
        standing=str(STANDING_WORDS[vendor.standing][0]),
        state=_state(vendor),
        papers=words,
        tone=tone,
    )


def _state(vendor: VendorFacts) -> tuple[str, str]:
    word, tone = STATE_WORDS[vendor.state]
    if vendor.leaves_on is not None:
        return _("要走了"), "waiting"
    return str(word), tone


def _papers(papers: tuple[PaperFacts, ...], today: date) -> tuple[str, str]:
    """Return how it stands with a vendor's papers, in a word with its tone."""
    if not papers:
        return _("没有证"), "info"
    ended = sum(not paper.is_valid(today) for paper in papers)
    if ended:
        return _("%(n)d 张到期了", n=ended), "problem"
    last = today + timedelta(days=max(REMIND_DAYS))
    soon = sum(paper.until is not None and paper.until <= last for paper in papers)
    return (_("%(n)d 张快到期", n=soon), "waiting") if soon else (_("%(n)d 张都管用", n=len(papers)), "done")


@bp.get("/<code>")
def vendor(code: str) -> ResponseReturnValue:
    """Show one vendor: standing, papers, how they stand and what became of them."""
    return _page(code)


def _page(code: str, forms: Forms | None = None, *, clash: str = "", status: int = 200) -> Response:
    with edge().reading() as session:  # somebody may have decided since the request began
        found = vendor_in_any_state(session, code)
        if found is None:
            raise NotFound("vendor")
        papers, licence = papers_of(session, [found.id]).get(found.id, ()), licence_of(session, found.id)
        payout, passages = payout_of(session, found.id), vendor_passages(session, found.id)
        applied, thing = applications_of(session, found.id), f"vendor:{code}"
        versions = versions_of(session, [thing])
    today = town_day(house().clock())
    names = actor_names({step.actor for step in passages} | {paper.seen_by for paper in papers})
    way = None
    if payout is not None:
        way = str(PAY_WORDS[payout.way][0]) + (_("，%(tail)s", tail=account_tail(payout.tail)) if payout.tail else "")
    page = Page(
        code=found.code,
        name=found.name,
        state=_state(found),
        is_selling=found.is_selling,
        is_suspended=found.state is VendorState.SUSPENDED,
        has_left=found.state is VendorState.LEFT,
        leaves_on=found.leaves_on,
        rows=(
            (_("村"), found.village),
            (_("凭什么卖"), str(STANDING_WORDS[found.standing][0])),
            (_("执照号"), licence or None),
            (_("哪天起"), full_date(town_day(found.since))),
            (_("怎么领钱"), way or _("还没说")),
        ),
        papers=tuple(_line(paper, names, today) for paper in papers),
        history=tuple(
            (f"{_happened(step)} · {names.get(step.actor) or _('自动')}", step.at, "done", step.reason or None)
            for step in passages
        ),
        applications=tuple((one.code, kind_words(one.kind), one.sent_at) for one in applied),
        forms=forms or _forms(),
        may_decide=current_actor().has("manager"),
        notice_days=NOTICE_DAYS,
        version=versions[thing],
        clash=clash,
    )
    return make_response(render_template("staff/vendor.html", page=page), status)


def _happened(step: VendorPassage) -> str:
    if step.is_notice:
        return _("公告要走") if step.reason else _("收回公告")
    return str(PASSAGE_WORDS[step.to])


def _line(paper: PaperFacts, names: Mapping[str, str], today: date) -> PaperLine:
    seen = f"{names.get(paper.seen_by) or _('中心')} {full_date(town_day(paper.seen_at))}"
    return PaperLine(_kind(paper.kind), paper.number, paper.until, paper.is_valid(today), seen)


def _kind(kind: PaperKind) -> str:
    return _("中心担保") if kind is PaperKind.VOUCHED else str(PROOF_WORDS[PROOF_OF[kind]])


def _forms() -> Forms:
    return Forms(ReasonForm(formdata=None, prefix="suspend"), ReasonForm(formdata=None, prefix="leave"))


@bp.post("/<code>/suspend")
@needs("manager")
def suspend(code: str) -> ResponseReturnValue:
    """Take all their goods off the shelf until further notice."""
    form = ReasonForm(prefix="suspend")
    if not form.is_sent_well():
        return _page(code, Forms(form, _forms().leave), status=422)
    reason = form.reason.data or ""
    act = partial(selling.suspend, reason=reason)
    return _decide(code, act, _("停了，货都下了架，短信告诉他了。"), reason)


@bp.post("/<code>/leave")
@needs("manager")
def leave(code: str) -> ResponseReturnValue:
    """Announce that they stop selling; one that is suspended leaves at once."""
    form = ReasonForm(prefix="leave")
    if not form.is_sent_well():
        return _page(code, Forms(_forms().suspend, form), status=422)
    reason = form.reason.data or ""
    return _decide(code, partial(selling.announce_leaving, reason=reason), _("记好了，短信告诉他了。"), reason)


@bp.post("/<code>/restore")
@needs("manager")
def restore(code: str) -> ResponseReturnValue:
    """Let them sell again."""
    EmptyForm.from_request()
    return _decide(code, selling.restore, _("又能卖了，货都回到架上，短信告诉他了。"))


@bp.post("/<code>/stay")
@needs("manager")
def stay(code: str) -> ResponseReturnValue:
    """Take the announcement back."""
    EmptyForm.from_request()
    return _decide(code, selling.stay, _("收回了，他家接着卖。"))


def _decide(code: str, act: Callable[..., Any], done: str, reason: str = "") -> ResponseReturnValue:
    try:
        acted(f"vendor:{code}", partial(act, code=code, actor=current_actor(), clock=house().clock), reason=reason)
    except (Stale, WrongState):
        return _page(code, clash=_("刚刚有人动过，您这一下没有算。下面是现在的样子。"), status=409)
    say("good", done)
    return redirect(url_for("staff_vendors.vendor", code=code), 303)
