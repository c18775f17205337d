"""Where the goods in one's hand come from: the page behind the square code of a lot's label."""

from dataclasses import dataclass
from datetime import date

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from shop.catalog.lots.models import Grade, LotState
from shop.catalog.lots.queries import LotFacts, lot_by_code, lot_passages, lot_pictures, lots_of
from shop.catalog.views.public.base import bp, today
from shop.catalog.views.words import PAPER_WORDS
from shop.kernel.clock import town_day
from shop.media.queries import Picture
from shop.vendors.queries import papers_of
from shop.web.about import About, described, shared
from shop.web.goods import GRADE_WORDS
from shop.web.house import current_town, reading
from shop.web.i18n import _
from shop.web.words import full_date, kilograms, listed, masked_name, town_date

LATEST = 2
"""So many lots of a thing are led to from its page."""


@dataclass(frozen=True)
class Tracing:
    """The way from a thing's page to a lot of it."""

    href: str
    label: str
    told: str


@dataclass(frozen=True)
class Trace:
    """A lot as everybody may see it.

    Attributes:
        household: its name, with the person's own hidden but for the first character.
        person: whose it is, hidden likewise; empty where the household is called by that name.
        amount: how much came of it.
        papers: kinds of the household's papers that count today.
        recalled: why it was called back, and when; None while it was not.
    """

    code: str
    title: str
    way: str
    household: str
    person: str
    village: str
    received_on: date
    best_before: date | None
    amount: str
    grade: str
    inspection: str
    has_promise: bool
    papers: tuple[str, ...]
    pictures: tuple[Picture, ...]
    certificate: str
    recalled: tuple[str, date] | None


@bp.get("/trace/<code>")
def trace(code: str) -> ResponseReturnValue:
    """Show where a lot comes from; of a recalled one first of all that it is."""
    lot = lot_by_code(reading(), code.upper())
    one = _trace(lot)
    summary = described(_("%(village)s，%(day)s收的。", village=one.village, day=full_date(one.received_on)))
    about = About(_("%(title)s从哪里来", title=one.title), summary, image=shared(next(iter(one.pictures), None)))
    return render_template("catalog/trace.html", one=one, page_about=about, town=current_town())


def tracings(listing_code: str) -> tuple[Tracing, ...]:
    """Return the ways to the newest lots of a thing that are still good; none where none came in yet."""
    lots = lots_of(reading(), listing_code, most=LATEST)
    return tuple(_tracing(lot) for lot in lots if lot.best_before is None or lot.best_before >= today())


def _tracing(lot: LotFacts) -> Tracing:
    label = _("%(day)s从%(village)s收来的", day=town_date(lot.received_on), village=lot.village)
    return Tracing(url_for("catalog.trace", code=lot.code), label, listed([_amount(lot), *_grade(lot)]))


def _grade(lot: LotFacts) -> tuple[str, ...]:
    return () if lot.grade is Grade.UNGRADED else (str(GRADE_WORDS[lot.grade]),)


def _trace(lot: LotFacts) -> Trace:
    papers = papers_of(reading(), [lot.vendor_id]).get(lot.vendor_id, ())
    recalled = None
    if lot.state is LotState.RECALLED:
        last = lot_passages(reading(), lot.id)[-1]
        recalled = last.reason, town_day(last.at)
    return Trace(
        code=lot.code,
        title=lot.title,
        way=lot.way,
        household=lot.vendor.replace(lot.person, masked_name(lot.person)),
        person="" if lot.person in lot.vendor else masked_name(lot.person),
        village=lot.village,
        received_on=lot.received_on,
        best_before=lot.best_before,
        amount=_amount(lot),
        grade=listed(_grade(lot)),
        inspection=lot.inspection,
        has_promise=lot.promise_key is not None,
        papers=tuple(str(PAPER_WORDS[paper.kind]) for paper in papers if paper.is_valid(today())),
        pictures=tuple(lot_pictures(reading(), lot.id, _("%(title)s，收货时拍的", title=lot.title))),
        certificate=url_for("catalog.certificate", code=lot.vendor_code),
        recalled=recalled,
    )


def _amount(lot: LotFacts) -> str:
    count = _("%(n)d %(unit)s", n=lot.units, unit=lot.unit)
    if lot.weight_g is None:
        return count
    return _("%(count)s，净重 %(weight)s", count=count, weight=kilograms(lot.weight_g))
