"""A claim is made: which goods, what is wrong, how much with a photo; photos that came stay until it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from flask import redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from shop.desk.forms import ClaimForm
from shop.desk.models import ClaimKind
from shop.desk.rules import MAX_PHOTOS
from shop.desk.services import Wanted
from shop.flows import claiming
from shop.flows.claiming import Claimable
from shop.kernel.actor import system
from shop.kernel.codes import new_token
from shop.kernel.errors import Invalid
from shop.media.private import receive_private
from shop.media.queries import Picture
from shop.media.rules import BadPhoto
from shop.media.words import flaw_words
from shop.orders.queries.orders import OrderFacts
from shop.orders.views.browser import own_order
from shop.orders.views.claims.base import bp, photo_answer, pictures
from shop.orders.views.claims.words import KIND_ICONS, KIND_WORDS, WRONG, piece_unit
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.limits import limiter
from shop.web.shell import say

PHOTOS = "claim_photos"
"""Cookie key: photos that came with a claim not sent yet, as [order, keys]; a form that comes back has them still."""
UPLOADER = system("page:claims")
"""Guests have no account; whose order it is was proved."""


@dataclass(frozen=True)
class Goods:
    """A line of which something may be claimed.

    Attributes:
        number: its place in the order.
        left: how many pieces are left to be claimed, in words.
        note: for whom it may be claimed: from which household it is.
    """

    number: int
    title: str
    left: str
    note: str
    href: str


@dataclass(frozen=True)
class Choice:
    """Something that may be wrong with a line."""

    words: str
    icon: str
    href: str


@dataclass(frozen=True)
class NewPage:
    """The page on which a claim is made, at one of its three questions: which goods, what is wrong, how much.

    Attributes:
        goods: which goods there are to choose from; empty once they are chosen.
        chosen: which goods it is about.
        choices: what may be wrong with them; empty once that is chosen.
        needs_photo: a photo must come with it.
        photos: what was sent already.
    """

    order: str
    goods: tuple[Goods, ...]
    chosen: str
    choices: tuple[Choice, ...]
    kind: str
    unit: str
    most: int
    action: str
    needs_photo: bool
    photos: tuple[Picture, ...]
    may_add: bool


@dataclass(frozen=True)
class Chosen:
    """What of a claim was chosen by now."""

    number: int
    of: Claimable
    kind: ClaimKind | None

    @property
    def most(self) -> int:
        """How much may be claimed, in the kind's own measure."""
        return (self.of.weight_g or 1) - 1 if self.kind is ClaimKind.SHORT_WEIGHT else self.of.pieces


def _places(order: OrderFacts) -> dict[int, int]:
    """Return the place of each line in its order, by its id."""
    return {line.id: place for place, line in enumerate((line for part in order.parts for line in part.lines), 1)}


def _chosen(order: OrderFacts, lines: Sequence[Claimable]) -> Chosen | None:
    """Return what the address says was chosen; of one line there is no choice."""
    places, wanted = _places(order), request.args.get("line", type=int)
    found = [one for one in lines if places[one.line.id] == wanted] or (lines if len(lines) == 1 else [])
    if not found:
        return None
    told = request.args.get("kind", "")
    kind = next((kind for kind in found[0].kinds if kind.value == told), None)
    return Chosen(places[found[0].line.id], found[0], kind)


def _left(one: Claimable) -> str:
    return _("还有 %(n)d %(unit)s可以说", n=one.pieces, unit=piece_unit(one.line.pieces, one.line.unit))


def _new_page(order: OrderFacts, lines: Sequence[Claimable], chosen: Chosen | None) -> NewPage:
    address, places = partial(url_for, "claims.new", code=order.code), _places(order)
    goods = tuple(
        Goods(places[one.line.id], one.line.title, _left(one), one.vendor_name, address(line=places[one.line.id]))
        for one in lines
    )
    kind = None if chosen is None else chosen.kind
    unit, choices = "", tuple[Choice, ...]()
    if chosen is not None:
        line = chosen.of.line
        unit = _("克") if kind is ClaimKind.SHORT_WEIGHT else piece_unit(line.pieces, line.unit)
        choices = tuple(
            Choice(str(KIND_WORDS[one]), KIND_ICONS[one], address(line=chosen.number, kind=one.value))
            for one in chosen.of.kinds
        )
    keys = _kept(order.code)
    return NewPage(
        order=order.code,
        goods=() if chosen is not None else goods,
        chosen="" if chosen is None else chosen.of.line.title,
        choices=() if kind is not None else choices,
        kind="" if kind is None else str(KIND_WORDS[kind]),
        unit=unit,
        most=1 if chosen is None else chosen.most,
        action="" if chosen is None or kind is None else address(line=chosen.number, kind=kind.value),
        needs_photo=kind is not ClaimKind.RETURN,
        photos=pictures(keys, partial(url_for, "claims.new_photo", code=order.code)),
        may_add=len(keys) < MAX_PHOTOS,
    )


def _kept(code: str) -> list[str]:
    """Return the keys of photos that came for a claim on this order, which is not sent yet."""
    order, keys = cookie.get(PHOTOS) or ("", [])
    return list(keys) if order == code else []


@bp.get("/orders/<code>/claims/new")
def new(code: str) -> ResponseReturnValue:
    """Ask which goods, then what is wrong with them, then how many and for a photo."""
    order = own_order(code)
    lines = claiming.claimable(reading(), order, house().clock())
    if not lines:
        say("mind", _("这一单现在没有能找售后的货。有事请打中心的电话。"))
        return redirect(url_for("orders.order", code=order.code), 303)
    return _show(order, lines, _chosen(order, lines), None)


def _show(
    order: OrderFacts, lines: Sequence[Claimable], chosen: Chosen | None, form: ClaimForm | None, status: int = 200
) -> ResponseReturnValue:
    page = _new_page(order, lines, chosen)
    shown = form or _form(chosen, key=new_token(), much=1)
    return render_template("desk/new.html", page=page, form=shown), status


def _form(chosen: Chosen | None, **defaults: str | int) -> ClaimForm:
    kind = None if chosen is None else chosen.kind
    label = _("少了几克") if kind is ClaimKind.SHORT_WEIGHT else _("有几个")
    if kind is ClaimKind.RETURN:
        label = _("退几个")
    return ClaimForm.about(label, **defaults)


@bp.post("/orders/<code>/claims/new")
@limiter.limit("20 per minute")
def make(code: str) -> ResponseReturnValue:
    """Take a claim in; whatever is wrong with it, the photos that came stay."""
    order, clock = own_order(code), house().clock
    lines = claiming.claimable(reading(), order, clock())
    chosen = _chosen(order, lines)
    if chosen is None or chosen.kind is None:
        return redirect(url_for("claims.new", code=order.code), 303)
    form = _form(chosen)
    is_well = form.is_sent_well()
    is_kept = _keep_photo(order.code, form)
    if not is_well or not is_kept:
        return _show(order, lines, chosen, form, 422)
    if request.form.get("press") == "more":
        return _show(order, lines, chosen, form)
    wanted = Wanted(chosen.of.line.id, chosen.kind, form.much.data or 0, form.words.data or "", _kept(order.code))
    act = partial(claiming.ask, order_code=order.code, wanted=wanted, key=(form.key.data or new_token())[:40])
    try:
        made = edge().run(partial(act, actor=current_actor(), clock=clock))
    except Invalid as refused:
        _mark(form, refused)
        return _show(order, lines, chosen, form, 422)
    cookie.pop(PHOTOS, None)
    return redirect(url_for("claims.claim", code=order.code, claim=made), 303)


def _mark(form: ClaimForm, refused: Invalid) -> None:
    words = str(WRONG[refused.field, refused.reason])
    if refused.field in form:
        form[refused.field].errors = [*form[refused.field].errors, words]
    else:
        form.form_errors.append(words)


def _keep_photo(code: str, form: ClaimForm) -> bool:
    """Keep a photo that came, and tell whether all is well with it."""
    sent, keys, wired = request.files.get(form.photo.name), _kept(code), house()
    if sent is None or not sent.filename:
        return True
    if len(keys) >= MAX_PHOTOS:
        form.photo.errors = [str(WRONG["photo", "many"])]
        return False
    try:
        key = receive_private(wired.edge.transaction, wired.store, sent.read(), actor=UPLOADER, clock=wired.clock)
    except BadPhoto as error:
        form.photo.errors = [flaw_words(error.reason)]
        return False
    cookie[PHOTOS] = [code, [*keys, key]]
    return True


@bp.get("/orders/<code>/claims/new/photos/<int:number>")
def new_photo(code: str, number: int) -> ResponseReturnValue:
    """Answer with a photo that came for a claim which is not sent yet, to the browser that sent it."""
    return photo_answer(_kept(own_order(code).code), number)
