"""What left the centre with whom: the hand-overs, each list as it was signed, and its photos."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.models import Viewed, ViewReason
from shop.accounts.sights import is_shown, note_view, views_of
from shop.fulfilment.forms import PhotoForm
from shop.fulfilment.handovers.queries import (
    HandOverFacts,
    OnList,
    hand_over_count,
    hand_overs,
    on_list,
    photo_keys,
    the_hand_over,
)
from shop.fulfilment.handovers.services import add_photo
from shop.fulfilment.views.face import bp, courier_name, parcel_text
from shop.fulfilment.views.shots import photo_key, show_photo
from shop.kernel.errors import Invalid, NotFound
from shop.town.queries import the_town
from shop.web.actors import actor_names
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.places import region
from shop.web.roles import PACKING_ROLES, needs
from shop.web.shell import say

PER_PAGE = 50


@dataclass(frozen=True)
class DoneRow:
    """One hand-over in the list."""

    code: str
    carrier: str
    at: datetime
    who: str
    taken_by: str
    went: int
    stayed: int
    photos: int


@dataclass(frozen=True)
class ListRow:
    """One parcel of a hand-over's list."""

    waybill: str
    code: str
    order: str
    box: str
    where: str
    weight_g: int


@dataclass(frozen=True)
class Leaves:
    """Where one is in the list."""

    number: int
    pages: int
    prev_href: str | None
    next_href: str | None


@bp.get("/handovers")
@needs(*PACKING_ROLES)
def hand_overs_done() -> ResponseReturnValue:
    """Show what left with whom, the latest first."""
    number = max(1, request.args.get("page", 1, type=int))
    found = hand_overs(reading(), page=number, per_page=PER_PAGE)
    names = actor_names({each.actor for each in found})
    pages = max(1, -(-hand_over_count(reading()) // PER_PAGE))
    leaves = Leaves(number, pages, _leaf(number - 1, pages), _leaf(number + 1, pages))
    rows = [_done(each, names.get(each.actor, _("自动"))) for each in found]
    return render_template("staff/handovers.html", rows=rows, leaves=leaves)


def _leaf(number: int, pages: int) -> str | None:
    return url_for("staff_fulfilment.hand_overs_done", page=number) if 1 <= number <= pages else None


def _done(each: HandOverFacts, who: str) -> DoneRow:
    return DoneRow(
        each.code, courier_name(each.courier), each.at, who, each.taken_by, each.went, each.stayed, each.photos
    )


@bp.get("/handovers/<code>")
@needs(*PACKING_ROLES)
def hand_over_done(code: str) -> ResponseReturnValue:
    """Show one hand-over: what went, what stayed behind, who took it; the signed list's photos after a logged look."""
    return _page(code, PhotoForm(formdata=None))


def _page(code: str, form: PhotoForm) -> Response:
    found, actor = the_hand_over(reading(), code), current_actor()
    looks = views_of(reading(), code, Viewed.SIGNED_LIST)
    names = actor_names({found.actor, *(look.actor for look in looks)})
    is_looked_at = is_shown(reading(), code, Viewed.SIGNED_LIST, actor=actor, now=house().clock())
    went, stayed = _rows(found.id)
    page = render_template(
        "staff/handover_done.html",
        done=_done(found, names.get(found.actor, _("自动"))),
        went=went,
        stayed=stayed,
        photos=range(found.photos) if is_looked_at else None,
        looks=[(look.at, names.get(look.actor, look.actor)) for look in looks],
        form=form,
    )
    return make_response(page, 422 if form.errors else 200)


def _rows(hand_over_id: int) -> tuple[list[ListRow], list[ListRow]]:
    listed = on_list(reading(), hand_over_id)
    return [_row(one) for one in listed if one.went], [_row(one) for one in listed if not one.went]


def _row(one: OnList) -> ListRow:
    where = region(one.province, one.city, one.district)
    box = parcel_text(one.box, [one.box], one.number, one.among, [one.box])
    return ListRow(one.waybill, one.code, one.order_code, box, where, one.weight_g)


@bp.get("/handovers/<code>/sheet")
@needs(*PACKING_ROLES)
def hand_over_sheet(code: str) -> ResponseReturnValue:
    """Show a hand-over's list for the printer, to be signed; nothing of a buyer is on it."""
    found = the_hand_over(reading(), code)
    went, stayed = _rows(found.id)
    return render_template(
        "staff/handover_signed.html", done=_done(found, ""), went=went, stayed=stayed, town=the_town(reading())
    )


@bp.post("/handovers/<code>/photos")
@needs(*PACKING_ROLES)
def keep_hand_over_photo(code: str) -> ResponseReturnValue:
    """Keep a photo of the signed list."""
    form, actor, clock = PhotoForm.from_request(), current_actor(), house().clock
    the_hand_over(reading(), code)
    key = photo_key(form.photo, is_private=True) if form.is_sent_well() else None
    if key is None:
        form.photo.errors = form.photo.errors or [_("请先拍一张。")]
        return _page(code, form)
    try:
        edge().run(lambda session: add_photo(session, code, key, actor=actor, clock=clock))
    except Invalid:
        form.photo.errors = [_("这张单的照片够多了。")]
        return _page(code, form)
    say("good", _("照片存好了。"))
    return redirect(url_for("staff_fulfilment.hand_over_done", code=code), 303)


@bp.post("/handovers/<code>/look")
@needs(*PACKING_ROLES)
def look_at_hand_over(code: str) -> ResponseReturnValue:
    """Note who looks at the photos of a signed list, then show them for a while."""
    actor, clock = current_actor(), house().clock
    the_hand_over(reading(), code)
    work = ViewReason.WORK
    edge().run(lambda session: note_view(session, code, Viewed.SIGNED_LIST, work, actor=actor, clock=clock))
    return redirect(url_for("staff_fulfilment.hand_over_done", code=code, _anchor="photos"), 303)


@bp.get("/handovers/<code>/photos/<int:number>")
@needs(*PACKING_ROLES)
def hand_over_photo(code: str, number: int) -> ResponseReturnValue:
    """Answer with a photo of a signed list, to whoever's look was written down a short while ago."""
    keys = photo_keys(reading(), the_hand_over(reading(), code).id)
    is_open = is_shown(reading(), code, Viewed.SIGNED_LIST, actor=current_actor(), now=house().clock())
    if number >= len(keys) or not is_open:
        raise NotFound("photo")
    return show_photo(keys[number])
