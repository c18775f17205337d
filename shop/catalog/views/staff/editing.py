"""The centre changes a thing for its household: the same questions, and the centre's name in the history."""

from collections.abc import Callable

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.catalog.forms.goods import EditForm
from shop.catalog.models import ListingState
from shop.catalog.own import present
from shop.catalog.queries import categories
from shop.catalog.services.listings import Revised
from shop.catalog.views import album
from shop.catalog.views.saying import Sheet, both, chosen, folds, further_ways, groups, labelled, save, set_choices
from shop.catalog.views.shots import photos_of, preview
from shop.catalog.views.staff.face import bp
from shop.kernel.errors import Stale
from shop.web.compared import Compared
from shop.web.desk import acted
from shop.web.house import reading
from shop.web.i18n import _
from shop.web.shell import say

FACE = "staff_catalog"


@bp.route("/goods/<code>/edit", methods=["GET", "POST"])
def edit(code: str) -> ResponseReturnValue:
    """Show a thing as it is told, and save what is changed; when someone else saved first, show both."""
    own, shelves = present(reading(), code), categories(reading())
    shelf_code = next((one.code for one in shelves if one.id == own.told.category_id), own.category_code)
    form = (
        EditForm.from_request()
        if request.method == "POST"
        else EditForm.showing(own.told, category=shelf_code, version=own.version)
    )
    set_choices(form, shelves)
    differences: tuple[Compared, ...] = ()
    if form.is_sent_well():
        shelf = chosen(form, shelves)
        if shelf is not None:
            try:
                revised = save(form, own, shelf, run=_run(code))
            except Stale:
                differences = both(form, own, shelf, shelves)
            else:
                if not form.errors:
                    waits = revised is not None and (
                        bool(revised.waits_for) or revised.listing.state is ListingState.IN_REVIEW
                    )
                    say("good", _("改好了，要审核一下才换上。") if waits else _("改好了。"))
                    return redirect(url_for("staff_catalog.thing", code=code), 303)
    sheet = Sheet(
        heading=_("替%(vendor)s改：%(title)s", vendor=own.vendor_name, title=own.offer.title),
        action=url_for("staff_catalog.edit", code=code),
        back=url_for("staff_catalog.thing", code=code),
        pictures=[preview(photo) for photo in photos_of(own.told.photo_keys)],
        folds=folds(form, shelves),
        further=further_ways(form),
        groups=groups(form, shelves),
        labelled=labelled(shelves),
        waits=own.waiting is not None,
        photos_href=url_for("staff_catalog.photos", code=code),
        least=0,
        differences=differences,
    )
    page = render_template("staff/thing_edit.html", form=form, sheet=sheet)
    return make_response(page, 409 if differences else 422 if form.errors else 200)


def _run(code: str) -> Callable[[Callable[[Session], Revised]], Revised | None]:
    """Return what saves a change once, with who did it; None for the same form sent again."""

    def run(change: Callable[[Session], Revised]) -> Revised | None:
        done: list[Revised] = []
        acted(f"listing:{code}", lambda session: done.append(change(session)), is_counted=False)
        return done[-1] if done else None

    return run


@bp.route("/goods/<code>/photos", methods=["GET", "POST"])
def photos(code: str) -> ResponseReturnValue:
    """Show the photos of a thing, and take in one more."""
    back = url_for("staff_catalog.thing", code=code)
    return album.page(FACE, "staff/album.html", code, vendor_id=None, back=back)


@bp.post("/goods/<code>/photos/move")
def move_photo(code: str) -> ResponseReturnValue:
    """Move a photo one place."""
    return album.move(FACE, code, vendor_id=None)


@bp.post("/goods/<code>/photos/remove")
def remove_photo(code: str) -> ResponseReturnValue:
    """Take a photo away."""
    return album.remove(FACE, code, vendor_id=None)


@bp.post("/goods/<code>/photos/restore")
def restore_photo(code: str) -> ResponseReturnValue:
    """Bring a photo back that was taken away in the last ten minutes."""
    return album.restore(FACE, code, vendor_id=None)
