"""A villager's new thing: photos first, then what it is, then the centre has it."""

from dataclasses import dataclass

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalog.forms.goods import OfferForm, PhotoForm
from shop.catalog.models import ListingState
from shop.catalog.obstacles import paper_obstacles
from shop.catalog.queries import CategoryFacts, categories, own_listings
from shop.catalog.rules import MAX_PHOTOS
from shop.catalog.services import listings as goods
from shop.catalog.views.saying import (
    Sheet,
    chosen,
    folds,
    further_ways,
    groups,
    is_lawful,
    labelled,
    set_choices,
    tell_invalid,
)
from shop.catalog.views.shots import kept_photos, photos_of, preview, received
from shop.catalog.views.telling import obstacle_lines
from shop.catalog.views.vendor.face import bp, vendor
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, NotFound, ShopError
from shop.media.queries import Picture
from shop.vendors.queries import papers_of
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say


@dataclass(frozen=True)
class Shot:
    """One photo taken so far, and the addresses without it, and with it one place further to the front."""

    picture: Picture
    drop_href: str
    front_href: str | None


def _here(keys: list[str], dropped: str = "") -> str:
    return url_for("vendor_catalog.new", photo=keys, dropped=dropped or None)


def _on(keys: list[str]) -> str:
    return url_for("vendor_catalog.details", photo=keys)


@bp.route("/goods/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Take in the photos of a new thing, one at a time; those taken so far travel in the address."""
    form, kept = PhotoForm.from_request(), kept_photos()
    keys = [photo.key for photo in kept]
    if form.is_sent_well():
        goes_on = "next" in request.form
        file = request.files.get("photo")
        if goes_on and keys and not (file is not None and file.filename):
            return redirect(_on(keys), 303)
        taken = received(form) if len(keys) < MAX_PHOTOS else None
        if taken is not None:
            keys = list(dict.fromkeys([*keys, taken.key]))
            return redirect(_on(keys) if goes_on else _here(keys), 303)
    dropped = photos_of([request.args.get("dropped", "")])
    page = render_template(
        "vendor/photos.html",
        form=form,
        shots=[
            Shot(
                preview(photo),
                drop_href=_here([key for key in keys if key != photo.key], dropped=photo.key),
                front_href=_here([*keys[: n - 1], photo.key, keys[n - 1], *keys[n + 1 :]]) if n else None,
            )
            for n, photo in enumerate(kept)
        ],
        action=_here(keys),
        back_href=_here([*keys, dropped[0].key]) if dropped and dropped[0].key not in keys else None,
        left=MAX_PHOTOS - len(kept),
    )
    return make_response(page, 422 if form.errors else 200)


@bp.route("/goods/new/details", methods=["GET", "POST"])
def details() -> ResponseReturnValue:
    """Ask what the thing is, then send it for review."""
    kept, shelves = kept_photos(), categories(reading())
    keys = [photo.key for photo in kept]
    if not keys:
        say("info", _("先给货拍张照片。"))
        return redirect(url_for("vendor_catalog.new"), 303)
    form = OfferForm.from_request()
    set_choices(form, shelves)
    if form.is_sent_well():
        shelf = chosen(form, shelves)
        if shelf is not None and _offered(form, shelf, keys):
            return redirect(url_for("vendor_catalog.sent"), 303)
    sheet = Sheet(
        heading=_("说说它"),
        action=_on(keys),
        back=_here(keys),
        pictures=[preview(kept[0])],
        folds=folds(form),
        further=further_ways(form),
        groups=groups(form, shelves),
        labelled=labelled(shelves),
    )
    return _page(form, sheet)


def _page(form: OfferForm, sheet: Sheet) -> Response:
    page = render_template("vendor/details.html", form=form, sheet=sheet)
    return make_response(page, 422 if form.errors else 200)


def _offered(form: OfferForm, shelf: CategoryFacts, keys: list[str]) -> bool:
    """Send the offer, once for each page that was opened; tell whether it stands."""
    own, actor, clock = vendor(), current_actor(), house().clock
    wanted = form.offer(category_id=shelf.id, photo_keys=keys)
    if not is_lawful(form, wanted, shelf):
        return False
    try:
        made = edge().run(lambda session: goods.offer(session, own.id, wanted, actor=actor, clock=clock))
    except Invalid as error:
        tell_invalid(form, error)
        return False
    except ShopError:
        form.form_errors = [_("没送成，请看看每一项再送一次。")]
        return False
    if made.title != wanted.title:
        # The back arrow leads to the same page: what it says now would be lost without a word.
        form.form_errors = [_("这一页已经送过一样货了。要再上一样，请从“上架新货”重新开始。")]
        return False
    return True


@bp.get("/goods/sent")
def sent() -> ResponseReturnValue:
    """Say that the thing is with the centre now, what comes next, and which papers to bring along."""
    own, clock = vendor(), house().clock
    today = town_day(clock())
    waiting = own_listings(reading(), month=today.month, vendor_id=own.id, states=[ListingState.IN_REVIEW])
    if not waiting:
        raise NotFound("listing")
    facts = waiting[-1].facts
    held = papers_of(reading(), [own.id]).get(own.id, ())
    missing = obstacle_lines(paper_obstacles(facts.category.papers, held, today))
    return render_template("vendor/sent.html", title=facts.card.title, missing=missing)
