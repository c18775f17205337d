"""A villager changes a thing of theirs: what it says now is filled in, and nothing is overwritten unseen."""

from collections.abc import Callable

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.catalog.forms.goods import EditForm
from shop.catalog.models import ListingState
from shop.catalog.own import Present, present
from shop.catalog.queries import CategoryFacts, categories
from shop.catalog.services.listings import Revised
from shop.catalog.views.saying import (
    Sheet,
    both,
    chosen,
    folds,
    further_ways,
    groups,
    labelled,
    save,
    set_choices,
)
from shop.catalog.views.shots import photos_of, preview
from shop.catalog.views.vendor.face import bp, to_listings, vendor
from shop.catalog.views.words import PART_WORDS
from shop.flows import keeping
from shop.kernel.errors import Stale
from shop.web.compared import Compared
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say
from shop.web.undo import say_undo


@bp.route("/goods/<code>/edit", methods=["GET", "POST"])
def edit(code: str) -> ResponseReturnValue:
    """Show a thing as it is told, and save what is changed; when someone else saved first, show both."""
    own, shelves = present(reading(), code, vendor_id=vendor().id), categories(reading())
    form = (
        EditForm.from_request()
        if request.method == "POST"
        else EditForm.showing(own.told, category=_shelf_code(own, shelves), version=own.version)
    )
    set_choices(form, shelves)
    differences: tuple[Compared, ...] = ()
    noting = _Noting(code)
    if form.is_sent_well():
        shelf = chosen(form, shelves)
        if shelf is not None:
            try:
                revised = save(form, own, shelf, noting)
            except Stale:
                differences = both(form, own, shelf, shelves)
                if not any(row.differs for row in differences):
                    is_sent = own.state is ListingState.IN_REVIEW or own.waiting is not None
                    say("info", _("这样货已经送去中心看了，不用再送。") if is_sent else _("已经是这样了，不用再改。"))
                    return to_listings()
            else:
                if revised is not None:
                    _say(revised, noting.act)
                    return to_listings()
    sheet = Sheet(
        heading=_("改一改"),
        action=url_for("vendor_catalog.edit", code=code),
        back=url_for("vendor_catalog.listings"),
        pictures=[preview(photo) for photo in photos_of(own.told.photo_keys)],
        folds=folds(form, shelves),
        further=further_ways(form),
        groups=groups(form, shelves),
        labelled=labelled(shelves),
        reason=own.reason if own.state is ListingState.DRAFT else own.declined,
        waits=own.waiting is not None,
        photos_href=url_for("vendor_catalog.photos", code=code),
        least=0,
        differences=differences,
    )
    page = render_template("vendor/details.html", form=form, sheet=sheet)
    return make_response(page, 409 if differences else 422 if form.errors else 200)


class _Noting:
    """Runs a change and notes it, so that it can be taken back.

    Attributes:
        act: code of the act, once it was run and can be taken back.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        self.act: str | None = None

    def __call__(self, change: Callable[[Session], Revised]) -> Revised:
        own, actor, clock = vendor(), current_actor(), house().clock

        def act(session: Session) -> tuple[Revised, str | None]:
            words = _("%(title)s：改了说法、价钱")
            return keeping.tell(
                session,
                own.id,
                self.code,
                change,
                words=lambda title: words % {"title": title},
                actor=actor,
                clock=clock,
            )

        revised, self.act = edge().run(act)
        return revised


def _say(revised: Revised, act: str | None) -> None:
    tone, words = told_of(revised)
    if act is None:
        say(tone, words)
    else:
        say_undo(act, words)


def _shelf_code(own: Present, shelves: list[CategoryFacts]) -> str:
    return next((shelf.code for shelf in shelves if shelf.id == own.told.category_id), own.category_code)


def told_of(revised: Revised) -> tuple[str, str]:
    """Return what is said of a change that was saved, and its tone."""
    if revised.waits_for:
        parts = "、".join(str(words) for part, words in PART_WORDS.items() if part in revised.waits_for)
        return "info", _("送中心看了（改了%(parts)s）。看过才换上，店里还是原来的样子；数量已经改了。", parts=parts)
    if revised.listing.state is ListingState.IN_REVIEW:
        return "good", _("改好了，又送去中心看了。")
    if revised.listing.state is ListingState.PAUSED:
        return "good", _("改好了。点“接着卖”，店里就是新的样子。")
    return "good", _("改好了，店里现在就是新的样子。")
