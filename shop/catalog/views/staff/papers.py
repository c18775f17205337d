"""Vendors' papers, for the centre: what ends soon, what hangs on it, and noting a new one."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalog.papers import Standing, paper_standings
from shop.catalog.views.words import PAPER_GROUNDS, PAPER_WORDS
from shop.flows.shelf import Watched, renew_paper
from shop.kernel.clock import town_day
from shop.kernel.errors import NotFound
from shop.vendors.forms import PaperForm
from shop.vendors.models import PaperKind
from shop.vendors.queries import PaperFacts, VendorFacts, vendor_in_any_state
from shop.web.audience import Audience, blueprint
from shop.web.desk import acted, version_now
from shop.web.goods import leaves, page_number
from shop.web.house import current_actor, house, reading
from shop.web.i18n import _
from shop.web.shell import say

bp = blueprint("staff_papers", __name__, Audience.STAFF, prefix="/staff/papers")

SOON_DAYS = 30
PAGE = 30
"""So many households stand on one page."""
MANY = 3
"""So many titles are named; of more it is said how many there are."""


@dataclass(frozen=True)
class PaperRow:
    """One paper: what it is, till when, and its tone."""

    kind: str
    number: str
    until: date | None
    word: str
    tone: str


@dataclass(frozen=True)
class Row:
    """A vendor's papers, and what follows from them in sentences."""

    code: str
    name: str
    village: str
    papers: tuple[PaperRow, ...]
    troubles: tuple[str, ...]
    coming: str


@bp.get("")
def papers() -> ResponseReturnValue:
    """Show every vendor's papers: what is lacking or ends soon stands first."""
    today = town_day(house().clock())
    found = paper_standings(reading(), today)
    pages = max(1, -(-len(found) // PAGE))
    page = min(page_number(request.args.get("page")), pages)
    rows = [_row(one, today) for one in found[(page - 1) * PAGE : page * PAGE]]
    pager = leaves(page, pages, _leaf)
    return render_template("staff/papers.html", rows=rows, leaves=pager, may_add=current_actor().has("manager"))


def _leaf(number: int) -> str:
    return url_for("staff_papers.papers", page=number if number > 1 else None)


def _row(one: Standing, today: date) -> Row:
    kinds = [_("或").join(str(PAPER_WORDS[PaperKind(kind)]) for kind in wanted) for wanted in one.lacking]
    troubles = [_("缺%(papers)s。", papers=papers) for papers in kinds]
    if one.hidden:
        troubles.append(_("因为证，下了架：%(goods)s。", goods=_titles(one.hidden)))
    coming = ""
    if one.ends is not None and one.ends <= today + timedelta(days=SOON_DAYS):
        coming = _("%(n)d 天后到期，到时要下架：%(goods)s。", n=(one.ends - today).days, goods=_titles(one.hanging))
    return Row(
        code=one.code,
        name=one.name,
        village=one.village,
        papers=tuple(_paper(paper, today) for paper in one.papers),
        troubles=tuple(troubles),
        coming=coming,
    )


def _titles(titles: tuple[str, ...]) -> str:
    named = "、".join(titles[:MANY])
    return named if len(titles) <= MANY else _("%(named)s等 %(n)d 样", named=named, n=len(titles))


def _paper(paper: PaperFacts, today: date) -> PaperRow:
    if paper.until is None:
        word, tone = _("没有期限"), "info"
    elif not paper.is_valid(today):
        word, tone = _("到期了"), "problem"
    elif paper.until <= today + timedelta(days=SOON_DAYS):
        word, tone = _("还有 %(n)d 天", n=(paper.until - today).days), "waiting"
    else:
        word, tone = _("管用"), "done"
    return PaperRow(str(PAPER_WORDS[paper.kind]), paper.number, paper.until, word, tone)


@bp.route("/<code>", methods=["GET", "POST"])
def paper(code: str) -> ResponseReturnValue:
    """Note a paper of a vendor that the centre has seen; a known number only gets its new end. A manager does."""
    vendor = vendor_in_any_state(reading(), code)
    if vendor is None:
        raise NotFound("vendor")
    form, actor, clock = PaperForm.from_request(), current_actor(), house().clock
    form.kind.choices = [(kind.value, str(words)) for kind, words in PAPER_WORDS.items()]
    if form.is_sent_well():
        kind, number, until = PaperKind(form.kind.data), form.number.data or "", form.until.data
        done: list[Watched] = []
        acted(
            f"papers:{code}",
            lambda session: done.append(renew_paper(session, vendor.id, kind, number, until, actor=actor, clock=clock)),
        )
        say("good", _told(done[-1]) if done else _("记好了。"))
        return redirect(url_for("staff_papers.papers"), 303)
    return _page(vendor, form)


def _told(done: Watched) -> str:
    words = [_("记好了。")]
    if done.shown:
        words.append(_("又上架了：%(goods)s。", goods=_titles(done.shown)))
    if done.hidden:
        words.append(_("这张证不管用了，下了架：%(goods)s。", goods=_titles(done.hidden)))
    return "".join(words)


def _page(vendor: VendorFacts, form: PaperForm) -> Response:
    today = town_day(house().clock())
    row = next((_row(one, today) for one in paper_standings(reading(), today) if one.code == vendor.code), None)
    page = render_template(
        "staff/paper.html",
        vendor=vendor,
        row=row,
        form=form,
        notes={kind.value: str(words) for kind, words in PAPER_GROUNDS.items()},
        may_add=current_actor().has("manager"),
        version=version_now(f"papers:{vendor.code}"),
    )
    return make_response(page, 422 if form.errors else 200)
