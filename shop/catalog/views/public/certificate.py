"""A seller's certificate: who sells, on what ground, with which papers, and whether that counts today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from shop.catalog.views.public.base import bp, today
from shop.catalog.views.words import PAPER_WORDS, STANDING_GROUNDS, STANDING_WORDS
from shop.fulfilment.marks import square
from shop.kernel.clock import town_day
from shop.kernel.errors import NotFound
from shop.vendors.certificate import Checked, Said, checked, sealed
from shop.vendors.joining.queries import licence_of
from shop.vendors.models import VendorState
from shop.vendors.queries import PaperFacts, VendorFacts, papers_of, vendor_in_any_state
from shop.web.about import About, absolute, described
from shop.web.house import current_town, house, reading
from shop.web.i18n import _
from shop.web.words import full_date, listed

QR_DOTS = {"screen": 5, "a4": 10, "card": 7}
"""Dots of 1/8 mm a module: a wall is read from further away than a card."""
CHANGED: Mapping[Said, str] = {
    Said.STATE: _l("能不能卖变了"),
    Said.NAME: _l("名字变了"),
    Said.VILLAGE: _l("村变了"),
    Said.STANDING: _l("资格变了"),
    Said.LICENCE: _l("执照号变了"),
    Said.PAPERS: _l("证变了"),
}
SIZES = {"a4": "catalog/certificate_a4.html", "card": "catalog/certificate_card.html"}


@dataclass(frozen=True)
class PaperLine:
    """One paper of theirs: `until` is its last day, if it has one."""

    kind: str
    number: str
    until: date | None
    is_valid: bool
    seen_on: date


@dataclass(frozen=True)
class Verdict:
    """What checking a printed copy found."""

    tone: str
    title: str
    sentence: str


@dataclass(frozen=True)
class Certificate:
    """What a certificate says.

    Attributes:
        word: whether it counts today.
        is_valid: the vendor may sell today.
        note: what else is to be known of that.
        licence: number of the registration; the exempt have a notice instead.
        square: the code of its sealed address.
        verdict: of the printed copy whose address was opened, if one was.
    """

    code: str
    name: str
    href: str | None
    village: str
    word: str
    is_valid: bool
    note: str
    standing: str
    grounds: str
    licence: str
    papers: tuple[PaperLine, ...]
    since: date
    checked_on: date
    today: date
    address: str
    square: Markup
    verdict: Verdict | None


@bp.get("/households/<code>/certificate")
def certificate(code: str) -> ResponseReturnValue:
    """Show a seller's certificate; with the seal of a printed copy, whether that still agrees."""
    found = _certificate(code, "screen", request.args.get("s"))
    about = About(_("%(name)s的卖家证", name=found.name), described(found.village, found.standing, found.word))
    return render_template("catalog/certificate.html", page_about=about, one=found, town=current_town())


@bp.get("/households/<code>/certificate/<size>")
def certificate_print(code: str, size: str) -> ResponseReturnValue:
    """Show it for the printer: a sheet for the wall, or a small card for the stall."""
    if size not in SIZES:
        abort(404)
    return render_template(SIZES[size], one=_certificate(code, size), town=current_town())


def _certificate(code: str, size: str, seal: str | None = None) -> Certificate:
    vendor = vendor_in_any_state(reading(), code)
    if vendor is None:
        raise NotFound("vendor")
    papers, licence = papers_of(reading(), [vendor.id]).get(vendor.id, ()), licence_of(reading(), vendor.id)
    says, secret = _says(vendor, papers, licence), house().settings.secret_key
    address = absolute(url_for("catalog.certificate", code=code, s=sealed(secret, code, says, today())))
    is_valid, note = _validity(vendor)
    return Certificate(
        code=vendor.code,
        name=vendor.name,
        href=url_for("catalog.household", code=code) if vendor.is_selling else None,
        village=vendor.village,
        word=_("今天有效") if is_valid else _("今天无效"),
        is_valid=is_valid,
        note=note,
        standing=str(STANDING_WORDS[vendor.standing]),
        grounds=str(STANDING_GROUNDS[vendor.standing]),
        licence=licence,
        papers=tuple(map(_line, papers)),
        since=town_day(vendor.since),
        checked_on=max([town_day(vendor.since), *(town_day(paper.seen_at) for paper in papers)]),
        today=today(),
        address=address,
        square=square(address, QR_DOTS[size]),
        verdict=None if seal is None else _verdict(checked(secret, code, says, seal), papers, is_valid=is_valid),
    )


def _line(paper: PaperFacts) -> PaperLine:
    return PaperLine(
        kind=str(PAPER_WORDS[paper.kind]),
        number=paper.number,
        until=paper.until,
        is_valid=paper.is_valid(today()),
        seen_on=town_day(paper.seen_at),
    )


def _says(vendor: VendorFacts, papers: Sequence[PaperFacts], licence: str) -> Mapping[Said, str]:
    """Return what a certificate says, each part as one text that changes when it does."""
    shown = sorted(f"{paper.kind.value} {paper.number} {paper.until}" for paper in papers)
    return {
        Said.STATE: f"{vendor.state.value} {vendor.leaves_on}",
        Said.NAME: vendor.name,
        Said.VILLAGE: vendor.village,
        Said.STANDING: vendor.standing.value,
        Said.LICENCE: licence,
        Said.PAPERS: "\n".join(shown),
    }


def _validity(vendor: VendorFacts) -> tuple[bool, str]:
    """Tell whether a vendor may sell today, and what else is to be known of that."""
    if vendor.state is VendorState.SUSPENDED:
        return False, _("中心让这家先停卖。")
    if vendor.state is VendorState.LEFT or (vendor.leaves_on is not None and vendor.leaves_on <= today()):
        return False, _("这家不在这里卖了。")
    return True, leaving(vendor.leaves_on) if vendor.leaves_on is not None else ""


def leaving(on: date) -> str:
    """Return the notice that a vendor stops selling, for its public pages (E-Commerce Law of the PRC, article 16)."""
    return _("公告：这家%(day)s起不在这里卖了，那之前照常，下了的单照样送到。", day=full_date(on))


def _verdict(found: Checked | None, papers: Sequence[PaperFacts], *, is_valid: bool) -> Verdict:
    if found is None:
        return Verdict("stop", _("这不是中心发的"), _("纸上的码对不上。下面是中心今天的登记，照这里的为准。"))
    on = full_date(found.on)
    changes = [str(CHANGED[part]) for part in found.changed]
    changes += [
        _("%(kind)s到期了", kind=PAPER_WORDS[paper.kind])
        for paper in papers
        if paper.until is not None and found.on <= paper.until < today()
    ]
    if changes:
        told = _("%(on)s印的。%(what)s。照下面的为准。", on=on, what=listed(changes))
        return Verdict("mind" if is_valid else "stop", _("印出后有变动"), told)
    return Verdict("good", _("与中心的登记一致"), _("%(on)s印的，到今天没有变。", on=on))
