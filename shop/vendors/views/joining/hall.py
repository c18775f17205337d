"""The hall's first page: what joining is, how far one is, what the centre said, and what to bring."""

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.flows import joining
from shop.vendors.joining import services
from shop.vendors.joining.models import ApplicationKind, ApplicationState
from shop.vendors.joining.queries import ApplicationFacts, passages_of
from shop.vendors.queries import VendorFacts
from shop.vendors.views.joining.common import PAGE_OF, household, mine
from shop.vendors.views.joining.parts import PART_PICTURES, PART_WORDS
from shop.vendors.views.joining.words import wanted, wanted_for
from shop.web.audience import Audience, blueprint
from shop.web.forms import EmptyForm
from shop.web.house import current_actor, current_person, current_town, current_vendor, edge, house, reading
from shop.web.i18n import _
from shop.web.own import is_own_page, owner_only

bp = blueprint("joining", __name__, Audience.PUBLIC)
own_bp = blueprint("vendor_joining", __name__, Audience.VENDOR, prefix="/vendor/standing")

Row = tuple[str, datetime | None, str, str | None]


@dataclass(frozen=True)
class Hall:
    """How things stand.

    Attributes:
        rows: of `components/steps.html`.
        fixing: names of the parts that were sent back.
        bring: (what, for which goods) to be brought to the centre.
        href: of the one next thing to do, with its words.
    """

    state: str
    is_standing: bool
    reason: str
    rows: tuple[Row, ...]
    fixing: tuple[str, ...]
    bring: tuple[tuple[str, str], ...]
    href: str | None
    action: str


def _begin_href() -> str:
    steps = url_for("my_joining.who")
    return steps if current_person() is not None else url_for("accounts.ask_code", next=steps)


@bp.get("/join")
def hall() -> ResponseReturnValue:
    """Show what joining is, or how far one's own application is."""
    application, own = mine(), household()
    has_left = own is None and current_vendor() is not None
    if application is None or (application.is_over and (own is not None or has_left)):
        return _intro(own, application)
    return render_template("joining/progress.html", hall=_hall(application), town=current_town())


def _intro(own: VendorFacts | None, last: ApplicationFacts | None) -> ResponseReturnValue:
    steps = [(PART_PICTURES[part], words) for part, words in PART_WORDS.items()]
    is_own = own is not None and is_own_page()
    refused = last.reason if last is not None and last.state is ApplicationState.REFUSED else ""
    return render_template(
        "joining/intro.html",
        steps=steps,
        begin_href=_begin_href(),
        vendor=own,
        may_change_standing=is_own,
        refused=refused,
    )


def _hall(application: ApplicationFacts) -> Hall:
    href, action = _next(application)
    needs = joining.to_bring(reading(), application) if not application.is_over else ()
    return Hall(
        state=application.state.value,
        is_standing=application.kind is ApplicationKind.STANDING,
        reason=application.reason,
        rows=_rows(application),
        fixing=tuple(str(PART_WORDS[part]) for part in application.fixing),
        bring=tuple((wanted(need), wanted_for(need)) for need in needs),
        href=href,
        action=action,
    )


def _next(application: ApplicationFacts) -> tuple[str | None, str]:
    state = application.state
    if state is ApplicationState.DRAFT:
        open_parts = joining.lacking(reading(), application)
        where = PAGE_OF[open_parts[0]] if open_parts else "my_joining.check"
        return url_for(where), _("接着填")
    if state is ApplicationState.NEEDS_FIXING:
        return url_for("my_joining.check"), _("去改")
    if state is ApplicationState.REFUSED:
        return _begin_href(), _("再申请一次")
    return None, ""


def _rows(application: ApplicationFacts) -> tuple[Row, ...]:
    done: list[Row] = []
    for step in passages_of(reading(), application.id):
        words = {
            ApplicationState.APPLIED: _("送到中心了"),
            ApplicationState.NEEDS_FIXING: _("中心说有地方要改"),
            ApplicationState.APPROVED: _("通过了"),
            ApplicationState.REFUSED: _("没通过"),
        }[step.to]
        tone = "failed" if step.to is ApplicationState.REFUSED else "done"
        done.append((words, step.at, tone, step.reason or None))
    ahead: list[Row] = []
    if application.state is ApplicationState.APPLIED:
        ahead = [(_("中心在看"), None, "now", _("看完发短信告诉您")), (_("通过，就能上架"), None, "todo", None)]
    elif application.state is ApplicationState.NEEDS_FIXING:
        ahead = [(_("等您改好"), None, "now", None), (_("中心再看"), None, "todo", None)]
    return (*done, *ahead)


@own_bp.post("")
@owner_only
def change_standing() -> ResponseReturnValue:
    """Begin an application for another standing, or go on with the one that is begun."""
    EmptyForm.from_request()
    own = current_vendor()
    assert own is not None, "the guard lets nobody else in"
    actor, clock = current_actor(), house().clock
    edge().run(lambda session: services.begin_standing(session, own.id, actor=actor, clock=clock))
    return redirect(url_for("my_joining.standing"), 303)
