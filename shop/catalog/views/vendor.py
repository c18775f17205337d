"""A villager's first screen and their goods: take a photo, say what it is, count what is left."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.catalog.forms import MAX_PIECES, CountForm, EditForm, GoodsForm, OfferForm, PhotoForm
from shop.catalog.models import ListingState
from shop.catalog.own import Present, present
from shop.catalog.queries import CategoryFacts, OwnListing, categories, own_listings
from shop.catalog.rules import MAX_PHOTOS, MAX_STOCK
from shop.catalog.services import listings as goods
from shop.catalog.services import passages
from shop.catalog.views.shots import kept_photos, photos_of, preview, received
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, NotFound, ShopError, Stale, WrongState
from shop.ledger.queries import balance
from shop.ledger.rules import seller
from shop.media.queries import Picture
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
    ListingState.HIDDEN: (_l("下了架"), "problem"),
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


@dataclass(frozen=True)
class Shot:
    """One photo taken so far, and the address without it."""

    picture: Picture
    drop_href: str


@dataclass(frozen=True)
class WayOn:
    """Where the photo step leads: back, and on with these photos."""

    back: str
    href: str
    label: str


@dataclass(frozen=True)
class Sheet:
    """What frames the questions about a thing: new, or given back with a reason."""

    heading: str
    action: str
    back: str
    pictures: list[Picture]
    reason: str = ""
    photos_href: str | None = None
    least: int = 1


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
        price_fen=card.way.price_fen,
        unit=card.way.unit,
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
            lambda session: goods.set_free(session, vendor.id, code, free, saw_free=saw_free, actor=actor, clock=clock)
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
        edge().run(lambda session: passages.pause(session, vendor.id, code, paused=paused, actor=actor, clock=clock))
    except WrongState as error:
        wanted = ListingState.PAUSED if paused else ListingState.PUBLISHED
        if error.state != wanted:
            say("mind", _("这样货现在动不了，请看看它的情况。"))
            return _back()
    say("good", done)
    return _back()


def _back() -> Response:
    response = redirect(url_for("vendor_catalog.listings"), 303)
    assert isinstance(response, Response)
    return response


@bp.route("/goods/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Take in the photos of a new thing, one at a time; those taken so far travel in the address."""
    return _photo_step(lambda keys: url_for("vendor_catalog.new", photo=keys), _new_way_on)


def _new_way_on(keys: list[str]) -> WayOn:
    back = url_for("vendor_catalog.listings")
    return WayOn(back, url_for("vendor_catalog.details", photo=keys), _("下一步：说说它"))


@bp.route("/goods/<code>/photos", methods=["GET", "POST"])
def photos(code: str) -> ResponseReturnValue:
    """Take in other photos of a thing that was given back; they count once it is sent again."""
    present(reading(), code, vendor_id=_vendor().id)

    def way_on(keys: list[str]) -> WayOn:
        back = url_for("vendor_catalog.edit", code=code)
        return WayOn(back, url_for("vendor_catalog.edit", code=code, photo=keys), _("就用这些照片"))

    return _photo_step(lambda keys: url_for("vendor_catalog.photos", code=code, photo=keys), way_on)


def _photo_step(here: Callable[[list[str]], str], way_on: Callable[[list[str]], WayOn]) -> ResponseReturnValue:
    form, kept = PhotoForm.from_request(), kept_photos()
    keys = [photo.key for photo in kept]
    if form.is_sent_well():
        taken = received(form)
        if taken is not None:
            return redirect(here(list(dict.fromkeys([*keys, taken.key]))), 303)
    page = render_template(
        "vendor/photos.html",
        form=form,
        shots=[Shot(preview(photo), here([key for key in keys if key != photo.key])) for photo in kept],
        action=here(keys),
        way=way_on(keys),
        may_add=len(kept) < MAX_PHOTOS,
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
    sheet = Sheet(
        heading=_("说说它"),
        action=url_for("vendor_catalog.details", photo=keys),
        back=url_for("vendor_catalog.new", photo=keys),
        pictures=[preview(kept[0])],
    )
    _set_shelves(form, shelves)
    if form.is_sent_well():
        chosen = _chosen(form, shelves)
        if chosen is not None and _offered(form, chosen, keys):
            return redirect(url_for("vendor_catalog.sent"), 303)
    return _questions(form, shelves, sheet)


@bp.route("/goods/<code>/edit", methods=["GET", "POST"])
def edit(code: str) -> ResponseReturnValue:
    """Put right a thing that was given back, then send it for review again."""
    try:
        return _edited(code)
    except Stale:
        if present(reading(), code, vendor_id=_vendor().id).state is ListingState.IN_REVIEW:
            say("info", _("这样货已经送去中心看了，不用再送。"))
            return _back()
        say("mind", _("这样货刚刚改过了。下面是现在的样子，请再看一遍。"))
        return redirect(url_for("vendor_catalog.edit", code=code), 303)


def _edited(code: str) -> ResponseReturnValue:
    own, shelves = present(reading(), code, vendor_id=_vendor().id), categories(reading())
    kept = kept_photos() or photos_of(own.offer.photo_keys)
    keys = [photo.key for photo in kept]
    form = EditForm.from_request() if request.method == "POST" else EditForm.showing(own)
    sheet = Sheet(
        heading=_("改一改"),
        action=url_for("vendor_catalog.edit", code=code, photo=keys),
        back=url_for("vendor_catalog.listings"),
        pictures=[preview(photo) for photo in kept],
        reason=own.reason,
        photos_href=url_for("vendor_catalog.photos", code=code, photo=keys),
        least=0,
    )
    _set_shelves(form, shelves)
    if form.is_sent_well():
        chosen = _chosen(form, shelves)
        if chosen is not None and _revised(form, own, chosen, keys):
            say("good", _("改好了，又送去中心看了。"))
            return _back()
    return _questions(form, shelves, sheet)


def _questions(form: GoodsForm, shelves: list[CategoryFacts], sheet: Sheet) -> Response:
    page = render_template(
        "vendor/details.html",
        form=form,
        sheet=sheet,
        hints={shelf.code: shelf.hint for shelf in shelves},
        max_pieces=MAX_PIECES,
        max_stock=MAX_STOCK,
    )
    return make_response(page, 422 if form.errors else 200)


def _set_shelves(form: GoodsForm, shelves: list[CategoryFacts]) -> None:
    form.category.choices = [(shelf.code, shelf.name) for shelf in shelves]


def _chosen(form: GoodsForm, shelves: list[CategoryFacts]) -> int | None:
    """Return the id of the shelf that was ticked; a shelf that is not there is told at its field."""
    chosen = next((shelf.id for shelf in shelves if shelf.code == form.category.data), None)
    if chosen is None:
        form.category.errors = [_("请选一类。")]
    return chosen


def _offered(form: OfferForm, category_id: int, keys: list[str]) -> bool:
    """Send the offer, once for each page that was opened; tell whether it stands."""
    vendor, actor, clock = _vendor(), current_actor(), house().clock
    wanted = form.offer(category_id=category_id, photo_keys=keys)
    try:
        made = edge().run(lambda session: goods.offer(session, vendor.id, wanted, actor=actor, clock=clock))
    except ShopError:
        form.form_errors = [_("没送成，请看看每一项再送一次。")]
        return False
    if made.title != wanted.title:
        # The back arrow leads to the same page: what it says now would be lost without a word.
        form.form_errors = [_("这一页已经送过一样货了。要再上一样，请从“上架新货”重新开始。")]
        return False
    return True


def _revised(form: EditForm, own: Present, category_id: int, keys: list[str]) -> bool:
    """Send what was put right; tell whether it stands.

    Raises:
        Stale: it was changed meanwhile.
        WrongState: it is not given back any more.
    """
    vendor, actor, clock = _vendor(), current_actor(), house().clock
    said, version = form.offer(category_id=category_id, photo_keys=keys), form.version.data or 0
    first = replace(said.ways[0], variant_id=own.offer.ways[0].variant_id)
    wanted = replace(
        own.offer,
        category_id=said.category_id,
        title=said.title,
        story=said.story,
        months=said.months,
        photo_keys=said.photo_keys,
        ways=(first, *own.offer.ways[1:]),
    )
    try:
        edge().run(
            lambda session: goods.revise(
                session, vendor.id, own.code, wanted, version=version, actor=actor, clock=clock
            )
        )
    except (Invalid, NotFound):
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
