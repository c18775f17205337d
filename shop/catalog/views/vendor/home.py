"""A villager's first screen: what needs an answer now, and the four boards."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from shop.catalog.drafts.queries import own_drafts
from shop.catalog.models import HiddenFor, ListingState
from shop.catalog.queries import OwnListing, own_listings
from shop.catalog.questions.queries import waiting_questions
from shop.catalog.still import to_confirm
from shop.catalog.views.vendor.face import bp, on_sale, vendor
from shop.flows.household_claims import count_of_household
from shop.kernel.clock import town_day
from shop.ledger.queries import balance
from shop.ledger.rules import seller
from shop.orders.models import VendorOrderState
from shop.orders.queries.orders import wanted_of_vendor
from shop.town.queries import holidays, the_town
from shop.town.rules import closing_hour
from shop.vendors.acts.queries import acts_of
from shop.vendors.queries import papers_of
from shop.vendors.rules import REMIND_DAYS
from shop.web.house import house, reading
from shop.web.i18n import _
from shop.web.words import town_date

LATELY = timedelta(hours=24)
"""What the centre did for a household can be taken back for so long, and is told for so long."""
SHOWN = (ListingState.PUBLISHED, ListingState.HIDDEN, ListingState.DRAFT)


@dataclass(frozen=True)
class Home:
    """The four boards: each one number, the last one the hour at which the centre closes today."""

    wanted: int
    shelf: int
    owed_fen: int
    centre: str | None


@dataclass(frozen=True)
class Matter:
    """Something that waits for the household: one line that leads to where it is answered."""

    words: str
    href: str
    icon: str


@bp.get("")
def home() -> ResponseReturnValue:
    """Show what needs an answer now, the most urgent first, and the four boards."""
    own, now = vendor(), house().clock()
    asked = wanted_of_vendor(reading(), own.id, [VendorOrderState.ASKED, VendorOrderState.READY])
    goods = own_listings(reading(), month=town_day(now).month, vendor_id=own.id, states=SHOWN)
    boards = Home(len(asked), on_sale(goods), -balance(reading(), seller(own.code)), _closes(town_day(now)))
    return render_template("vendor/home.html", vendor=own, boards=boards, matters=list(_matters(goods)))


def _closes(today: date) -> str | None:
    """Return when the centre closes today: an hour, 今天 when it does not open at all, None when nobody can tell."""
    town = the_town(reading())
    is_closed = any(day.on == today for day in holidays(reading(), today))
    return _("今天") if is_closed else closing_hour(town.opening, today.isoweekday())


def _matters(goods: list[OwnListing]) -> Iterator[Matter]:
    """Yield what waits, the most urgent first: buyers, the law, the shelf, the centre, what was begun."""
    own, now = vendor(), house().clock()
    listings = url_for("vendor_catalog.listings")
    if questions := waiting_questions(reading(), own.id):
        words = _("%(n)d 个人等您回话", n=questions)
        yield Matter(words, url_for("vendor_catalog.questions"), "info")
    if claims := count_of_household(reading(), own.id, only_unsaid=True):
        words = _("%(n)d 个买家说货有问题，看一看", n=claims)
        yield Matter(words, url_for("vendor_claims.claims"), "mend")
    if paper := _paper_words(own.id, town_day(now)):
        yield Matter(paper, url_for("vendor_town.centre"), "warning")
    hidden = sum(one.hidden_for is HiddenFor.NOT_CONFIRMED for one in goods)
    silent = len(to_confirm(reading(), own.id, now))
    if hidden or silent:
        words = _("%(n)d 样没人看得到了，还有吗？", n=hidden) if hidden else _("%(n)d 样还有吗？说一声", n=silent)
        yield Matter(words, url_for("vendor_catalog.still") if silent else listings, "clock")
    if given_back := sum(one.state is ListingState.DRAFT for one in goods):
        yield Matter(_("%(n)d 样中心退回来了，要改一改", n=given_back), listings, "pen")
    acts = acts_of(reading(), own.id, since=now - LATELY, now=now, limit=20)
    if by_centre := sum(act.by_staff and act.undone_at is None for act in acts):
        yield Matter(_("中心替您做了 %(n)d 件事，看一看", n=by_centre), url_for("vendor_acts.acts"), "person")
    if drafts := len(own_drafts(reading(), own.id)):
        yield Matter(_("%(n)d 样货还没写完", n=drafts), url_for("vendor_catalog.drafts_list"), "camera")


def _paper_words(vendor_id: int, today: date) -> str | None:
    """Return which of a household's papers ends first, while none of its kind lasts longer."""
    last: dict[str, date] = {}
    endless = set()
    for paper in papers_of(reading(), [vendor_id]).get(vendor_id, ()):
        if paper.until is None:
            endless.add(paper.kind.value)
        else:
            last[paper.kind.value] = max(paper.until, last.get(paper.kind.value, date.min))
    soon = min((until for kind, until in last.items() if kind not in endless), default=None)
    if soon is None or (soon - today).days > max(REMIND_DAYS):
        return None
    if soon < today:
        return _("有一张证过期了，办好新的带到中心")
    return _("有一张证 %(day)s到期，办好新的带到中心", day=town_date(soon))
