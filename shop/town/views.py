"""The town's own facts: the manager's pages, and where villagers find the centre."""

from dataclasses import dataclass
from datetime import date

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.catalog.sequence import touch_village
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, NotFound, Stale
from shop.town import queries, services
from shop.town.forms import HolidayForm, TownForm, VillageForm
from shop.town.queries import HolidayFacts, TownFacts, VillageFacts
from shop.web.audience import Audience, blueprint
from shop.web.desk import acted, made, version_now
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say
from shop.web.words import WEEKDAY_WORDS

bp = blueprint("staff_town", __name__, Audience.STAFF, prefix="/staff/town", roles=("manager",))
vendor_bp = blueprint("vendor_town", __name__, Audience.VENDOR, prefix="/vendor")

COMING_DAYS = 5
CLOSING = "closing-days"
"""What is counted as one thing: the days on which the centre is closed."""


@dataclass(frozen=True)
class Difference:
    """One fact that two people saved differently."""

    label: str
    now: str
    typed: str


@dataclass(frozen=True)
class TownPage:
    """Beside the form: villages, closing days, and what someone else changed meanwhile."""

    villages: tuple[VillageFacts, ...]
    holidays: tuple[HolidayFacts, ...]
    differences: tuple[Difference, ...]
    days_version: int


@dataclass(frozen=True)
class Centre:
    """Where villagers find the centre."""

    name: str
    phone: str
    dial: str
    address: str
    opening: tuple[tuple[str, str], ...]
    closed_today: str | None
    """The occasion, when it is closed today."""
    closed: tuple[HolidayFacts, ...]


def _today() -> date:
    return town_day(house().clock())


def _page(
    form: TownForm, holiday: HolidayForm, status: int = 200, differences: tuple[Difference, ...] = ()
) -> Response:
    page = TownPage(
        villages=tuple(queries.villages(reading())),
        holidays=tuple(queries.holidays(reading(), _today())),
        differences=differences,
        days_version=version_now(CLOSING),
    )
    return make_response(render_template("town/edit.html", form=form, holiday=holiday, page=page), status)


def _shown() -> TownForm:
    """Return the form with the facts of now, empty before the town is set up."""
    if not queries.has_town(reading()):
        return TownForm(formdata=None)
    town = queries.the_town(reading())
    return TownForm(formdata=None, version=str(town.version), **TownForm.typed(town))


def _save(form: TownForm) -> None:
    actor, wanted, version = current_actor(), form.wanted(), form.version.data or ""
    if version.isdecimal():
        acted(
            "town",
            lambda session: services.update(session, wanted, version=int(version), actor=actor),
            is_counted=False,
        )
    else:
        made("town", lambda session: services.set_up(session, wanted, actor=actor))


def _compare(form: TownForm, town: TownFacts) -> tuple[Difference, ...]:
    now = TownForm.typed(town)
    typed = {name: str(form[name].data) for name in now}
    return tuple(
        Difference(str(form[name].label.text), _read(name, now[name]), _read(name, typed[name]))
        for name in now
        if now[name] != typed[name]
    )


def _read(name: str, typed: str) -> str:
    return str(WEEKDAY_WORDS[int(typed)]) if name == "pay_weekday" else typed


@bp.route("", methods=["GET", "POST"])
def edit() -> ResponseReturnValue:
    """Show the town's facts and save them; when someone else saved first, show both."""
    if request.method == "GET":
        return _page(_shown(), HolidayForm(formdata=None))
    form = TownForm()
    if not form.is_sent_well():
        return _page(form, HolidayForm(formdata=None), 422)
    try:
        _save(form)
    except Stale:
        with edge().reading() as session:  # the page's own read began before the other's save
            town = queries.the_town(session)
        form.version.data = str(town.version)
        return _page(form, HolidayForm(formdata=None), 409, _compare(form, town))
    say("good", _("记好了，马上生效。"))
    return redirect(url_for("staff_town.edit"), 303)


@bp.route("/villages/new", methods=["GET", "POST"])
def add_village() -> ResponseReturnValue:
    """Add a village."""
    form, actor = VillageForm(), current_actor()
    if form.is_sent_well():
        name, aliases = form.name.data or "", form.names()
        try:
            made(
                f"village:{name}",
                lambda session: services.add_village(session, name=name, aliases=aliases, actor=actor),
            )
        except Invalid:
            form.name.errors = [_("已经有这个村了。")]
        else:
            say("good", _("%(name)s添好了。", name=name))
            return redirect(url_for("staff_town.edit"), 303)
    return _village_page(form, None)


@bp.route("/villages/<code>", methods=["GET", "POST"])
def village(code: str) -> ResponseReturnValue:
    """Change a village's names."""
    found = next((one for one in queries.villages(reading()) if one.code == code), None)
    if found is None:
        raise NotFound("village")
    form, actor = VillageForm(name=found.name, aliases="、".join(found.aliases)), current_actor()
    if form.is_sent_well():
        name, aliases = form.name.data or "", form.names()

        def rename(session: Session) -> None:
            services.rename_village(session, code, name=name, aliases=aliases, actor=actor)
            touch_village(session, found.id)

        try:
            acted(f"village:{code}", rename)
        except Invalid:
            form.name.errors = [_("已经有这个村了。")]
        else:
            say("good", _("%(name)s改好了。", name=name))
            return redirect(url_for("staff_town.edit"), 303)
    return _village_page(form, found)


def _village_page(form: VillageForm, found: VillageFacts | None) -> ResponseReturnValue:
    status = 422 if request.method == "POST" else 200
    version = None if found is None else version_now(f"village:{found.code}")
    return render_template("town/village.html", form=form, village=found, version=version), status


@bp.post("/holidays")
def add_holiday() -> ResponseReturnValue:
    """Add a day on which the centre is closed."""
    form, actor = HolidayForm(), current_actor()
    if not form.is_sent_well():
        return _page(_shown(), form, 422)
    on, name = form.chosen(), form.occasion.data or ""
    acted(CLOSING, lambda session: services.add_holiday(session, on, name, actor=actor))
    say("good", _("%(name)s关门，记好了。", name=name))
    return redirect(url_for("staff_town.edit"), 303)


@bp.post("/holidays/<on>/remove")
def remove_holiday(on: str) -> ResponseReturnValue:
    """Strike out a closing day."""
    actor = current_actor()
    try:
        closed_on = date.fromisoformat(on)
    except ValueError:
        raise NotFound("holiday") from None
    acted(CLOSING, lambda session: services.remove_holiday(session, closed_on, actor=actor))
    say("good", _("那天照常开门。"))
    return redirect(url_for("staff_town.edit"), 303)


@vendor_bp.get("/centre")
def centre() -> ResponseReturnValue:
    """Show a villager where the centre is, when it opens and whom to call."""
    town, today = queries.the_town(reading()), _today()
    coming = queries.holidays(reading(), today)
    shown = Centre(
        name=town.centre_name,
        phone=town.centre_phone,
        dial="".join(ch for ch in town.centre_phone if ch in "+0123456789"),
        address=town.centre_address,
        opening=town.opening,
        closed_today=next((day.name for day in coming if day.on == today), None),
        closed=tuple(day for day in coming if day.on > today)[:COMING_DAYS],
    )
    return render_template("town/centre.html", centre=shown)
