"""Who, which village, on what ground and with what; then the look over all of it, and sending."""

from functools import partial

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.flows import joining
from shop.kernel.errors import Invalid, Stale
from shop.media.private import drop_private
from shop.media.queries import picture
from shop.town.queries import villages
from shop.vendors.joining import services
from shop.vendors.joining.models import ApplicationKind, Part
from shop.vendors.joining.queries import ApplicationFacts
from shop.vendors.joining.rules import is_old_licence
from shop.vendors.views.joining.common import (
    PAGE_OF,
    Step,
    changeable,
    hall,
    household,
    mine,
    my_bp,
    onwards,
    page,
    posts_limited,
    step_of,
    told_at,
)
from shop.vendors.views.joining.forms import GoodsForm, SendForm, StandingForm, VillageForm, WhoForm
from shop.vendors.views.joining.parts import PART_PICTURES, PART_WORDS
from shop.vendors.views.joining.summary import summary
from shop.vendors.views.joining.words import STANDING_ICONS, STANDING_WORDS
from shop.web.house import current_actor, current_person, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say


@my_bp.route("/who", methods=["GET", "POST"])
@posts_limited
def who() -> ResponseReturnValue:
    """Ask what household and person are called; the answer begins the application."""
    application, person = mine(), current_person()
    assert person is not None, "the blueprint lets nobody else in"
    is_new = application is None or application.is_over
    if application is not None and not is_new and not application.may_change(Part.WHO):
        return hall()
    if is_new and household() is not None:
        return hall()
    if application is None or is_new:
        is_again = application is not None and application.kind is ApplicationKind.JOIN
        said = (application.name, application.person) if application is not None and is_again else ("", person.name)
        form = WhoForm.from_request(name=said[0], person=said[1])
        step = Step(1, len(Part), PART_PICTURES[Part.WHO], str(PART_WORDS[Part.WHO]), url_for("joining.hall"))
    else:
        form = WhoForm.from_request(name=application.name, person=application.person)
        step = step_of(application, Part.WHO)
    if form.is_sent_well():
        actor, clock = current_actor(), house().clock

        def act(session: Session) -> None:
            code = services.begin(session, actor=actor, clock=clock).code
            name, called = form.name.data or "", form.person.data or ""
            services.save_who(session, code, name=name, person=called, actor=actor, clock=clock)

        edge().run(act)
        return onwards(Part.WHO)
    return page("joining/who.html", form, step=step, phone=person.phone)


@my_bp.route("/village", methods=["GET", "POST"])
@posts_limited
def village() -> ResponseReturnValue:
    """Ask where they live."""
    application = changeable(Part.VILLAGE)
    if application is None:
        return hall()
    form = VillageForm.from_request(village=application.village_code)
    form.village.choices = [(each.code, each.name) for each in villages(reading())]
    if form.is_sent_well():
        save = partial(services.save_village, code=application.code, village_code=form.village.data)
        edge().run(partial(save, actor=current_actor(), clock=house().clock))
        return onwards(Part.VILLAGE)
    return page(
        "joining/choose.html",
        form,
        step=step_of(application, Part.VILLAGE),
        action=url_for("my_joining.village"),
        field=form.village,
        heading=_("住哪个村"),
    )


@my_bp.route("/standing", methods=["GET", "POST"])
@posts_limited
def standing() -> ResponseReturnValue:
    """Ask on what ground they sell, then what."""
    application = changeable(Part.STANDING)
    if application is None:
        return hall()
    form = StandingForm.from_request(standing=application.standing.value if application.standing else None)
    if form.is_sent_well():
        save = partial(services.save_standing, code=application.code, standing=form.chosen())
        edge().run(partial(save, actor=current_actor(), clock=house().clock))
        is_told = bool(application.goods) and application.kind is ApplicationKind.JOIN
        return onwards(Part.STANDING) if is_told else redirect(url_for("my_joining.goods"), 303)
    return page(
        "joining/choose.html",
        form,
        step=step_of(application, Part.STANDING),
        action=url_for("my_joining.standing"),
        field=form.standing,
        heading=_("您属于哪种"),
        notes={standing.value: words[1] for standing, words in STANDING_WORDS.items()},
        icons={standing.value: icon for standing, icon in STANDING_ICONS.items()},
    )


@my_bp.route("/goods", methods=["GET", "POST"])
@posts_limited
def goods() -> ResponseReturnValue:
    """Ask what they will sell: the shelves of the market as pictures."""
    application = changeable(Part.STANDING)
    if application is None:
        return hall()
    groups = joining.goods_to_choose(reading())
    form = GoodsForm.from_request(goods=list(application.goods))
    offered = {choice.code for group in groups for choice in group.choices}
    if form.is_sent_well():
        chosen = [code for code in form.goods.data or () if code in offered]
        save = partial(services.save_goods, code=application.code, goods=chosen)
        try:
            edge().run(partial(save, actor=current_actor(), clock=house().clock))
        except Invalid as error:
            told_at(form, error)
        else:
            return onwards(Part.STANDING)
    shown = [
        (group.name, [(each.code, each.name, picture(each.photo, "")) for each in group.choices]) for group in groups
    ]
    back = url_for("my_joining.standing")
    return page("joining/goods.html", form, step=step_of(application, Part.STANDING, back=back), groups=shown)


@my_bp.route("/check", methods=["GET", "POST"])
@posts_limited
def check() -> ResponseReturnValue:
    """Show all that was told, and send it once its applicant says yes."""
    application = mine()
    if application is None or not any(application.may_change(part) for part in application.parts):
        return hall()
    form, status = SendForm.from_request(version=str(application.version)), 200
    if form.is_sent_well():
        try:
            return _sent(application, form.seen())
        except Stale:
            say("mind", _("您在别处又改过。再看一遍，对了再送。"))
            return redirect(url_for("my_joining.check"), 303)
        except Invalid as error:
            say("mind", _("还有没填完的，填好再送。"))
            return redirect(url_for(PAGE_OF[Part(error.field)]), 303)
    return page("joining/check.html", form, status=status, **_overview(application))


def _sent(application: ApplicationFacts, seen: int) -> ResponseReturnValue:
    send = partial(joining.send, code=application.code, version=seen)
    for key in edge().run(partial(send, actor=current_actor(), clock=house().clock)):
        drop_private(house().store, key)
    return hall()


def _overview(application: ApplicationFacts) -> dict[str, object]:
    licences = [paper.number for paper in application.papers if is_old_licence(paper.number)]
    return {
        "application": application,
        "parts": summary(application),
        "lacking": tuple(str(PART_WORDS[part]) for part in joining.lacking(reading(), application)),
        "is_old": bool(licences),
        "back": url_for("joining.hall"),
    }
