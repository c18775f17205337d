"""Photos of a box before it was closed, shown once the look at them is written down."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.models import Viewed, ViewReason
from shop.accounts.sights import is_shown, note_view, views_of
from shop.fulfilment.photos.queries import photos_of
from shop.fulfilment.queries import parcel_by_code
from shop.fulfilment.views.face import bp, which_box
from shop.fulfilment.views.shots import show_photo
from shop.kernel.errors import NotFound
from shop.web.actors import actor_names
from shop.web.house import current_actor, edge, house, reading
from shop.web.roles import COUNTER_ROLES, PACKING_ROLES, needs

SEEING_ROLES = tuple(dict.fromkeys((*PACKING_ROLES, *COUNTER_ROLES)))


@bp.get("/parcels/<code>/photos")
@needs(*SEEING_ROLES)
def box_photos(code: str) -> ResponseReturnValue:
    """Show the photos of a parcel before it was closed, to whoever's look was written down a short while ago."""
    parcel, keys = parcel_by_code(reading(), code), photos_of(reading(), code)
    looks = views_of(reading(), code, Viewed.BOX_PHOTO)
    names = actor_names({look.actor for look in looks})
    is_open = is_shown(reading(), code, Viewed.BOX_PHOTO, actor=current_actor(), now=house().clock())
    return render_template(
        "staff/box_photos.html",
        parcel=parcel,
        box=which_box(parcel),
        count=len(keys),
        photos=range(len(keys)) if is_open else None,
        looks=[(look.at, names.get(look.actor, look.actor)) for look in looks],
    )


@bp.post("/parcels/<code>/look")
@needs(*SEEING_ROLES)
def look_at_box(code: str) -> ResponseReturnValue:
    """Note who looks at the photos of a parcel, then show them for a while."""
    actor, clock = current_actor(), house().clock
    parcel_by_code(reading(), code)
    work = ViewReason.WORK
    edge().run(lambda session: note_view(session, code, Viewed.BOX_PHOTO, work, actor=actor, clock=clock))
    return redirect(url_for("staff_fulfilment.box_photos", code=code), 303)


@bp.get("/parcels/<code>/photos/<int:number>")
@needs(*SEEING_ROLES)
def box_photo(code: str, number: int) -> ResponseReturnValue:
    """Answer with one photo of a parcel, to whoever's look was written down a short while ago."""
    keys = photos_of(reading(), code)
    is_open = is_shown(reading(), code, Viewed.BOX_PHOTO, actor=current_actor(), now=house().clock())
    if number >= len(keys) or not is_open:
        raise NotFound("photo")
    return show_photo(keys[number])
