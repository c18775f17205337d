"""A villager's first screen and their goods: take a photo, say what it is, count what is left."""

from dataclasses import dataclass

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.catalog import services
from shop.catalog.forms import MAX_PIECES, CountForm, OfferForm, PhotoForm
from shop.catalog.models import ListingState
from shop.catalog.queries import CategoryFacts, OwnListing, categories, own_listings
from shop.catalog.rules import MAX_STOCK
from shop.catalog.services import MAX_PHOTOS
from shop.kernel.clock import town_day
from shop.kernel.errors import NotFound, ShopError, Stale, WrongState
from shop.ledger.queries import balance
from shop.ledger.rules import seller
from shop.media.queries import PhotoFacts, Picture
from shop.media.queries import photo as photo_by_key
from shop.media.queries import picture as drawn
from shop.media.rules import FULL, KEY, BadPhoto
from shop.media.rules import url as photo_url
from shop.media.services import receive
from shop.media.words import flaw_words
from shop.orders.models import VendorOrderState
from shop.orders.queries.orders import wanted_of_vendor
from shop.vendors.queries import VendorFacts
from shop.web.audience import Audience, blueprint
from shop.web.house import current_actor, current_vendor, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say

bp = blueprint("vendor_catalog", __name__, Audience.VENDOR, prefix="/vendor")

STATE_WORDS = {
    ListingState.DRAFT: (_l("退回来了"), "problem"),
    ListingState.IN_REVIEW: (_l("中心在看"), "waiting"),
    ListingState.PUBLISHED: (_l("在卖"), "done"),
    ListingState.PAUSED: (_l("歇着"), "info"),
}
"""How a listing stands, in a villager's words, and the tone of its seal; archived ones are not shown."""

COUNTED = frozenset({ListingState.PUBLISHED, ListingState.PAUSED})


@dataclass(frozen=True)
class Home:
    """The four boards: each one number."""

    wanted: int
    shelf: int
    owed_fen: int


@dataclass(frozen=True)
class Mine:
    """One of the villager's goods with what can be done about it."""

    code: str
    title: str
    picture: Picture | None
    price_fen: int
    unit: str
    state: str
    tone: str
    reason: str
    free: int
    typed: int
    error: str | None
    is_counted: bool
    is_paused: bool
    is_given_back: bool


def _vendor() -> VendorFacts:
    vendor = current_vendor()
    assert vendor is not None, "the blueprint lets nobody else in"
    return vendor


def _month() -> int:
    return town_day(house().clock()).month


@bp.get("")
def home() -> ResponseReturnValue:
    """Show the four boards."""
    vendor = _vendor()
    asked = wanted_of_vendor(reading(), vendor.id, [VendorOrderState.ASKED, VendorOrderState.READY])
    shelf = own_listings(reading(), month=_month(), vendor_id=vendor.id, states=[ListingState.PUBLISHED])
    boards = Home(len(asked), len(shelf), -balance(reading(), seller(vendor.code)))
    return render_template("vendor/home.html", vendor=vendor, boards=boards)


@bp.get("/goods")
def listings() -> ResponseReturnValue:
    """Show the villager's goods."""
    return render_template("vendor/listings.html", goods=_goods())


def _goods(refused: CountForm | None = None, code: str = "") -> tuple[Mine, ...]:
    found = own_listings(reading(), month=_month(), vendor_id=_vendor().id, states=list(STATE_WORDS))
    return tuple(_mine(own, refused if own.facts.card.code == code else None) for own in found)


def _mine(own: OwnListing, refused: CountForm | None) -> Mine:
    card = own.facts.card
    words, tone = STATE_WORDS[own.state]
    is_sold_out = own.state is ListingState.PUBLISHED and card.free <= 0
    return Mine(
        code=card.code,
        title=card.title,
        picture=card.photo,
        price_fen=card.price_fen,
        unit=card.unit,
        state=_("卖完了") if is_sold_out else str(words),
        tone="sold-out" if is_sold_out else tone,
        reason=own.reason if own.state is ListingState.DRAFT else "",
        free=card.free,
        typed=card.free if refused is None or refused.free.data is None else refused.free.data,
        error=None if refused is None else str(refused.free.errors[0]),
        is_counted=own.state in COUNTED,
        is_paused=own.state is ListingState.PAUSED,
        is_given_back=own.state is ListingState.DRAFT,
    )


@bp.post("/goods/<code>/count")
def count(code: str) -> ResponseReturnValue:
    """Set how many are free now; a sale in between is told, not overwritten."""
    form, vendor, actor, clock = CountForm.from_request(), _vendor(), current_actor(), house().clock
    if not form.is_sent_well():
        if form.free.errors:
            return make_response(render_template("vendor/listings.html", goods=_goods(form, code)), 422)
        say("mind", _("这一页太旧了，请看看现在的数再改。"))
        return _back()
    free, saw_free = form.free.data or 0, form.saw_free.data or 0
    try:
        edge().run(
            lambda session: services.set_free(
                session, vendor.id, code, free, saw_free=saw_free, actor=actor, clock=clock
            )
        )
    except Stale:
        if _free_now(code) != free:
            say("mind", _("刚刚有人买了，数变了。请看看现在的数，再改一次。"))
            return _back()
    say("good", _("记好了：还有 %(n)d 份。", n=free))
    return _back()


def _free_now(code: str) -> int | None:
    found = own_listings(reading(), month=_month(), vendor_id=_vendor().id)
    return next((own.facts.card.free for own in found if own.facts.card.code == code), None)


@bp.post("/goods/<code>/pause")
def pause(code: str) -> ResponseReturnValue:
    """Take a thing off the shelf for a while."""
    return _set_paused(code, paused=True, done=_("先不卖了。想卖的时候再点“接着卖”。"))


@bp.post("/goods/<code>/resume")
def resume(code: str) -> ResponseReturnValue:
    """Put a thing back on the shelf."""
    return _set_paused(code, paused=False, done=_("又在卖了。"))


def _set_paused(code: str, *, paused: bool, done: str) -> Response:
    vendor, actor, clock = _vendor(), current_actor(), house().clock
    try:
        edge().run(lambda session: services.pause(session, vendor.id, code, paused=paused, actor=actor, clock=clock))
    except WrongState as error:
        wanted = ListingState.PAUSED if paused else ListingState.PUBLISHED
        if error.state != wanted:
            say("mind", _("这样货现在动不了，请看看它的情况。"))
            return _back()
    say("good", done)
    return _back()


@bp.post("/goods/<code>/resubmit")
def resubmit(code: str) -> ResponseReturnValue:
    """Send a thing that was given back for review again."""
    vendor, actor, clock = _vendor(), current_actor(), house().clock
    try:
        edge().run(lambda session: services.resubmit(session, vendor.id, code, actor=actor, clock=clock))
    except WrongState as error:
        if error.state != ListingState.IN_REVIEW:
            say("mind", _("这样货不用再送，请看看它的情况。"))
            return _back()
    say("good", _("又送去中心看了。"))
    return _back()


def _back() -> Response:
    response = redirect(url_for("vendor_catalog.listings"), 303)
    assert isinstance(response, Response)
    return response


def _kept_photos() -> list[PhotoFacts]:
    keys = dict.fromkeys(key for key in request.args.getlist("photo") if KEY.fullmatch(key))
    found = (photo_by_key(reading(), key) for key in list(keys)[:MAX_PHOTOS])
    return [facts for facts in found if facts is not None]


def _preview(photo: PhotoFacts) -> Picture:
    """Return what draws a photo at once: the file as received, while its smaller sizes are still being made."""
    alt = _("刚拍的照片")
    src = photo_url(photo.key, FULL, "jpg")
    return drawn(photo, alt) or Picture(
        alt=alt,
        width=photo.width,
        height=photo.height,
        colour=photo.colour,
        colour_class=None,
        src=src,
        srcset=f"{src} {photo.width}w",
        sources="",
    )


@bp.route("/goods/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Take in the photos of a new thing, one at a time; those taken so far travel in the address."""
    form, photos = PhotoForm.from_request(), _kept_photos()
    if form.is_sent_well():
        taken = _received(form)
        if taken is not None:
            keys = list(dict.fromkeys([*(photo.key for photo in photos), taken.key]))
            return redirect(url_for("vendor_catalog.new", photo=keys), 303)
    page = render_template(
        "vendor/new_photos.html",
        form=form,
        keys=[photo.key for photo in photos],
        pictures=[_preview(photo) for photo in photos],
        may_add=len(photos) < MAX_PHOTOS,
        left=MAX_PHOTOS - len(photos),
    )
    return make_response(page, 422 if form.errors else 200)


def _received(form: PhotoForm) -> PhotoFacts | None:
    sent = request.files.get("photo")
    if sent is None or not sent.filename:
        form.photo.errors = [_("还没有照片。先点上面的框拍一张。")]
        return None
    try:
        return receive(edge().transaction, house().store, sent.read(), actor=current_actor(), clock=house().clock)
    except BadPhoto as error:
        form.photo.errors = [flaw_words(error.reason)]
        return None


@bp.route("/goods/new/details", methods=["GET", "POST"])
def details() -> ResponseReturnValue:
    """Ask what the thing is, then send it for review."""
    photos, shelves = _kept_photos(), categories(reading())
    keys = [photo.key for photo in photos]
    if not keys:
        say("info", _("先给货拍张照片。"))
        return redirect(url_for("vendor_catalog.new"), 303)
    form = _offer_form(shelves)
    if form.is_sent_well():
        chosen = next((shelf.id for shelf in shelves if shelf.code == form.category.data), None)
        if chosen is None:
            form.category.errors = [_("请选一类。")]
        elif _offered(form, chosen, keys):
            return redirect(url_for("vendor_catalog.sent"), 303)
    page = render_template(
        "vendor/new_details.html",
        form=form,
        keys=keys,
        pictures=[_preview(photo) for photo in photos],
        hints={shelf.code: shelf.hint for shelf in shelves},
        max_pieces=MAX_PIECES,
        max_stock=MAX_STOCK,
    )
    return make_response(page, 422 if form.errors else 200)


def _offer_form(shelves: list[CategoryFacts]) -> OfferForm:
    form = OfferForm.from_request()
    form.category.choices = [(shelf.code, shelf.name) for shelf in shelves]
    return form


def _offered(form: OfferForm, category_id: int, keys: list[str]) -> bool:
    """Send the offer, once for each page that was opened; tell whether it stands."""
    vendor, actor, clock = _vendor(), current_actor(), house().clock
    wanted = form.offer(category_id=category_id, photo_keys=keys)
    try:
        edge().run(lambda session: services.offer(session, vendor.id, wanted, actor=actor, clock=clock))
    except ShopError:
        form.form_errors = [_("没送成，请看看每一项再送一次。")]
        return False
    return True


@bp.get("/goods/sent")
def sent() -> ResponseReturnValue:
    """Say that the thing is with the centre now, and what comes next."""
    waiting = own_listings(reading(), month=_month(), vendor_id=_vendor().id, states=[ListingState.IN_REVIEW])
    if not waiting:
        raise NotFound("listing")
    return render_template("vendor/sent.html", title=waiting[-1].facts.card.title)
