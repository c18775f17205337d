"""Which households bring a listing's goods together: quotas, and how much each brings a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.catalog.obstacles import NotLawful
from shop.catalog.own import present
from shop.catalog.pools.queries import SupplierFacts, agreed, pool_version, suppliers_of
from shop.catalog.pools.services import MOST_PIECES, MOST_SHARE, Agreement, agree
from shop.catalog.views.staff.face import bp
from shop.kernel.errors import Invalid, NotFound, Stale
from shop.vendors.queries import approved_vendors
from shop.web.actors import actor_names
from shop.web.desk import acted
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say


@dataclass(frozen=True)
class Row:
    """One household of the form: its quota and the most a day, as they were typed or as they stand."""

    code: str
    name: str
    share: str
    most: str
    error: str | None


@dataclass(frozen=True)
class Change:
    """What was agreed with a household, by whom."""

    at: datetime
    vendor: str
    what: str
    who: str


@dataclass(frozen=True)
class Page:
    """The households of a listing."""

    code: str
    title: str
    seller: str
    unit: str
    rows: tuple[Row, ...]
    others: tuple[tuple[str, str], ...]
    version: int
    changes: tuple[Change, ...]
    is_stale: bool


@bp.route("/goods/<code>/suppliers", methods=["GET", "POST"])
def suppliers(code: str) -> ResponseReturnValue:
    """Show which households bring a thing's goods, and agree with them anew; an older page shows both."""
    if request.method == "GET":
        return _page(reading(), code)
    actor, clock = current_actor(), house().clock
    wanted = _typed()
    version = request.form.get("version", -1, type=int)
    try:
        acted(
            f"pool:{code}",
            lambda session: agree(session, code, wanted, version=version, actor=actor, clock=clock),
            is_counted=False,
        )
    except Stale:
        with edge().reading() as session:  # the page's own read began before the other's save
            return _page(session, code, status=409)
    except Invalid as error:
        words = {
            "share": _("份额写 1 到 %(n)d 的整数；这家不供了就写 0。", n=MOST_SHARE),
            "most": _("一天最多写 1 到 %(n)d 的整数。", n=MOST_PIECES),
        }
        return _page(reading(), code, wrong={error.reason: words[error.field]}, status=422)
    except NotLawful as error:
        wrong = {one.field: _("这家没有这类货要的证，或者证到期了。") for one in error.obstacles}
        return _page(reading(), code, wrong=wrong, status=422)
    say("good", _("记好了。") if wanted else _("记好了，这样货又只由卖家自己供。"))
    return redirect(url_for("staff_catalog.suppliers", code=code), 303)


def _typed() -> dict[str, Agreement]:
    """Return what was typed of each household; a quota of 0, or an empty one, is a household that brings nothing."""
    sent = request.form
    named = {key.removeprefix("share-"): key.removeprefix("share-") for key in sent if key.startswith("share-")}
    if sent.get("add"):
        named[sent["add"]] = "new"
    found = {}
    for code, name in named.items():
        share = sent.get(f"{name}-share" if name == "new" else f"share-{name}", "").strip()
        if share not in ("", "0"):
            most = sent.get(f"{name}-most" if name == "new" else f"most-{name}", "")
            found[code] = Agreement(_number(share), _number(most))
    return found


def _number(typed: str) -> int:
    """Return a typed whole number; what is none is out of every range."""
    typed = typed.strip()
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else -1


def _page(session: Session, code: str, *, wrong: Mapping[str, str] | None = None, status: int = 200) -> Response:
    own = present(session, code)
    if own is None:
        raise NotFound("listing")
    standing = suppliers_of(session, code)
    known = {one.vendor_code for one in standing}
    vendors = {vendor.code: vendor.name for vendor in approved_vendors(session)}
    typed = status == 422
    added = [one for one in (request.form.get("add", "") if typed else "",) if one in vendors and one not in known]
    changes = agreed(session, code)
    names = actor_names({one.actor for one in changes})
    page = Page(
        code=own.code,
        title=own.offer.title,
        seller=own.vendor_name,
        unit=_unit([(way.unit, way.pieces) for way in own.offer.ways]),
        rows=(
            *(_row(one, wrong or {}, is_typed=typed) for one in standing),
            *(_added(one, vendors[one], wrong or {}) for one in added),
        ),
        others=tuple((each, name) for each, name in vendors.items() if each not in known and each not in added),
        version=pool_version(session, code),
        changes=tuple(
            Change(one.at, one.vendor, _what(one.share, one.most), names.get(one.actor) or _("自动")) for one in changes
        ),
        is_stale=status == 409,
    )
    return make_response(render_template("staff/suppliers.html", page=page), status)


def _row(one: SupplierFacts, wrong: Mapping[str, str], *, is_typed: bool) -> Row:
    share, most = str(one.share), str(one.most)
    if is_typed:
        share = request.form.get(f"share-{one.vendor_code}", share)[:9]
        most = request.form.get(f"most-{one.vendor_code}", most)[:9]
    return Row(one.vendor_code, one.vendor, share, most, wrong.get(one.vendor_code))


def _added(code: str, name: str, wrong: Mapping[str, str]) -> Row:
    share, most = request.form.get("new-share", "")[:9], request.form.get("new-most", "")[:9]
    return Row(code, name, share, most, wrong.get(code))


def _unit(ways: list[tuple[str, int]]) -> str:
    """Return in what the most of a day is counted: the unit sold, or single pieces where a unit holds several."""
    (unit, pieces), *others = ways
    return unit if pieces == 1 and all(other == (unit, 1) for other in others) else _("枚（只、个）")


def _what(share: int, most: int) -> str:
    return _("份额 %(share)d，一天最多 %(most)d", share=share, most=most) if share else _("不供了")
