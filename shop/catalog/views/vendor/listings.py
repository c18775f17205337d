"""A villager's goods: how each stands, how many are left, and what can be done."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.catalog.drafts.queries import own_drafts
from shop.catalog.forms.fields import grams_from_text, jin_as_typed
from shop.catalog.forms.keeping import CountForm, CutCountForm
from shop.catalog.models import HiddenFor, ListingState
from shop.catalog.obstacles import NotLawful
from shop.catalog.own import Sign, signs
from shop.catalog.queries import OwnListing, WayFacts, own_listings
from shop.catalog.restock import coming_back
from shop.catalog.rules import MAX_STOCK, MAX_STOCK_G
from shop.catalog.still import to_confirm
from shop.catalog.views.telling import obstacle_lines
from shop.catalog.views.vendor.face import bp, on_sale, vendor
from shop.catalog.views.words import HIDDEN_ADVICE, HIDDEN_WORDS, STATE_WORDS
from shop.flows import keeping
from shop.kernel.clock import town_day
from shop.kernel.errors import NotFound, Stale, WrongState
from shop.kernel.money import JIN_G
from shop.media.queries import Picture
from shop.vendors.acts.queries import last_act
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.prices import jin, price_tag, unit_label
from shop.web.shell import say
from shop.web.undo import say_undo
from shop.web.words import town_date

KEPT = tuple(state for state in ListingState if state is not ListingState.ARCHIVED)
COUNTED = frozenset({ListingState.PUBLISHED, ListingState.PAUSED})
TOLD_FOR = timedelta(days=14)
"""How long it is told that a change was declined."""


@dataclass(frozen=True)
class MyWay:
    """One way in which a thing is sold, and what is counted of it.

    Attributes:
        weight: in what range one weighs and what it costs at most, where the scale decides.
        saw: what is free, in the measure in which it is counted.
        typed: the same as one would type it, or what was typed.
        counts: the word for what is counted.
        most: how many there may be at most.
        back: what was said of it to come back by itself.
    """

    place: int
    name: str
    price_fen: int
    unit: str
    weight: tuple[str, ...]
    is_cut: bool
    saw: int
    typed: str
    counts: str
    most: int
    back: str | None
    error: str | None


@dataclass(frozen=True)
class Told:
    """Something a listing's household should know of it."""

    title: str
    text: str
    tone: str


@dataclass(frozen=True)
class Mine:
    """One of the villager's goods with what can be done about it."""

    code: str
    title: str
    picture: Picture | None
    ways: tuple[MyWay, ...]
    state: str
    tone: str
    told: tuple[Told, ...]
    is_counted: bool
    is_paused: bool
    may_pause: bool
    may_confirm: bool
    """It is worth asking whether it is still to be had."""
    may_sell_out: bool
    is_given_back: bool


def _month() -> int:
    return town_day(house().clock()).month


@bp.get("/goods")
def listings() -> ResponseReturnValue:
    """Show the villager's goods."""
    return _page()


def _page(refused: CountForm | CutCountForm | None = None, code: str = "") -> str:
    own, now = vendor(), house().clock()
    said = signs(reading(), own.id, since=now - TOLD_FOR)
    found = own_listings(reading(), month=_month(), vendor_id=own.id, states=KEPT)
    silent = to_confirm(reading(), own.id, now)
    backs = coming_back(reading(), own.id)
    goods = [
        _mine(one, said[one.facts.card.id], refused if one.facts.card.code == code else None, silent, backs)
        for one in found
    ]
    unfinished = len(own_drafts(reading(), own.id))
    at = request.args.get("at") if any(one.code == request.args.get("at") for one in goods) else None
    return render_template(
        "vendor/listings.html",
        goods=goods,
        selling=on_sale(found),
        silent=len(silent),
        unfinished=unfinished,
        at=at,
        stall=own.code,
    )


def _mine(
    own: OwnListing,
    sign: Sign,
    refused: CountForm | CutCountForm | None,
    silent: Collection[str],
    backs: Mapping[int, tuple[date, int]],
) -> Mine:
    card, state = own.facts.card, own.state
    words, tone = STATE_WORDS[state]
    is_sold_out = state is ListingState.PUBLISHED and card.free <= 0
    return Mine(
        code=card.code,
        title=card.title,
        picture=card.photo,
        ways=tuple(_way(place, way, refused, backs.get(way.variant_id)) for place, way in enumerate(own.facts.ways)),
        state=_("卖完了") if is_sold_out else str(words),
        tone="sold-out" if is_sold_out else tone,
        told=_told(own, sign),
        is_counted=state in COUNTED,
        is_paused=state is ListingState.PAUSED,
        may_pause=state is ListingState.PUBLISHED,
        may_confirm=own.hidden_for is HiddenFor.NOT_CONFIRMED or card.code in silent,
        may_sell_out=state in COUNTED and any(way.spare for way in own.facts.ways),
        is_given_back=state is ListingState.DRAFT,
    )


def _way(place: int, way: WayFacts, refused: CountForm | CutCountForm | None, back: tuple[date, int] | None) -> MyWay:
    wrong = refused if refused is not None and refused.place.data == place else None
    now = jin_as_typed(way.spare) if way.is_cut else str(way.free)
    tag = price_tag(way)
    return MyWay(
        place=place,
        name=way.name,
        price_fen=tag.fen,
        unit=_("/ 斤") if tag.weight else unit_label(way.unit, way.pieces),
        weight=tag.weight,
        is_cut=way.is_cut,
        saw=way.spare,
        typed=now if wrong is None else str(wrong.free.raw_data[0] if wrong.free.raw_data else ""),
        counts=_("斤") if way.is_cut else way.unit,
        most=MAX_STOCK_G // JIN_G if way.is_cut else MAX_STOCK,
        back=None if back is None else _back_words(way, *back),
        error=None if wrong is None else str(wrong.free.errors[0]),
    )


def counted(way: WayFacts, number: int) -> str:
    """Return so much of a way as its household says it: 8 盒, 3.5 斤."""
    if way.is_cut:
        return _("%(n)s 斤", n=jin(number))
    return _("%(n)d %(unit)s", n=number, unit=way.unit)


def _back_words(way: WayFacts, on: date, number: int) -> str:
    return _("%(day)s早上自己上架 %(much)s", day=town_date(on), much=counted(way, number))


def _told(own: OwnListing, sign: Sign) -> tuple[Told, ...]:
    found = []
    if own.state is ListingState.DRAFT:
        found.append(Told(_("中心说"), own.reason, "mind"))
    if own.hidden_for is not None:
        taken_down = own.hidden_for is HiddenFor.TAKEN_DOWN
        reason = _("中心说：%(reason)s。", reason=own.reason.rstrip("。")) if taken_down else ""
        found.append(Told(str(HIDDEN_WORDS[own.hidden_for]), f"{reason}{HIDDEN_ADVICE[own.hidden_for]}", "mind"))
    if own.has_revision:
        found.append(Told(_("改动中心在看"), _("店里还是原来的样子。"), "info"))
    elif sign.declined:
        found.append(Told(_("改动没有准"), _("中心说：%(reason)s。", reason=sign.declined.rstrip("。")), "mind"))
    return tuple(found)


@bp.post("/goods/<code>/count")
def count(code: str) -> ResponseReturnValue:
    """Set how much of one way is free now; a sale in between is told, not overwritten."""
    own, actor, clock = vendor(), current_actor(), house().clock
    place = request.form.get("place", 0, type=int)
    ways = ways_now(code)
    way = ways[place] if 0 <= place < len(ways) else None
    if way is None:
        raise NotFound("variant")
    form: CountForm | CutCountForm = CutCountForm.from_request() if way.is_cut else CountForm.from_request()
    if not form.is_sent_well():
        if form.free.errors:
            return make_response(_page(form, code), 422)
        say("mind", _("这一页太旧了，请看看现在的数再改。"))
        return to_goods(code)
    free = grams_from_text(form.free.data or "") if isinstance(form, CutCountForm) else form.free.data or 0
    saw_free = form.saw_free.data or 0
    done = _("记好了：还有 %(much)s。", much=counted(way, free))

    def act(session: Session) -> str:
        words = about(done.partition("：")[2])
        return keeping.count(
            session, own.id, code, free, saw_free=saw_free, place=place, words=words, actor=actor, clock=clock
        )

    try:
        say_undo(edge().run(act), done)
    except Stale:
        now = ways_now(code)[place].spare
        if now != free:
            say("mind", _("刚刚有人买了，数变了。请看看现在的数，再改一次。"))
        else:
            _say_again(code, done)
    return to_goods(code)


def ways_now(code: str) -> tuple[WayFacts, ...]:
    """Return the ways in which the household's thing is sold as they stand at this moment; none where it has none."""
    with edge().reading() as session:  # the page's own read may have begun before another's sale
        found = own_listings(session, month=_month(), vendor_id=vendor().id)
    return next((own.facts.ways for own in found if own.facts.card.code == code), ())


def to_goods(code: str) -> Response:
    """Lead back to a thing among the household's goods."""
    response = redirect(url_for("vendor_catalog.listings", at=code, _anchor=f"goods-{code}"), 303)
    assert isinstance(response, Response)
    return response


@bp.post("/goods/<code>/pause")
def pause(code: str) -> ResponseReturnValue:
    """Take a thing off the shelf for a while."""
    return _set_paused(code, paused=True, done=_("先不卖了。想卖的时候再点“接着卖”。"))


@bp.post("/goods/<code>/resume")
def resume(code: str) -> ResponseReturnValue:
    """Put a thing back on the shelf."""
    return _set_paused(code, paused=False, done=_("又在卖了。"))


def _set_paused(code: str, *, paused: bool, done: str) -> Response:
    own, actor, clock = vendor(), current_actor(), house().clock

    def act(session: Session) -> str:
        return keeping.pause(session, own.id, code, paused=paused, words=about(done), actor=actor, clock=clock)

    return acted(code, act, done, already=ListingState.PAUSED if paused else ListingState.PUBLISHED)


@bp.post("/goods/<code>/confirm")
def confirm(code: str) -> ResponseReturnValue:
    """Note that a thing is still to be had."""
    own, actor, clock = vendor(), current_actor(), house().clock
    done = _("记好了，接着卖。")

    def act(session: Session) -> str:
        return keeping.confirm(session, own.id, code, words=about(done), actor=actor, clock=clock)

    return acted(code, act, done)


@bp.post("/goods/<code>/archive")
def archive(code: str) -> ResponseReturnValue:
    """Put a thing away for good."""
    own, actor, clock = vendor(), current_actor(), house().clock
    done = _("收起来了。要再卖，就重新上架。")

    def act(session: Session) -> str:
        return keeping.archive(session, own.id, code, words=about(done), actor=actor, clock=clock)

    return acted(code, act, done, already=ListingState.ARCHIVED)


def about(done: str) -> Callable[[str], str]:
    """Return how an act is told later on, when its page no longer says which thing it was about."""
    first = done.partition("。")[0]
    return lambda title: _("%(title)s：%(done)s", title=title, done=first)


def acted(code: str, act: Callable[[Session], str], done: str, already: ListingState | None = None) -> Response:
    """Do something about a thing; what cannot be done now is told, and so is what was done already."""
    try:
        say_undo(edge().run(act), done)
    except NotLawful as error:
        say("mind", _("现在还不能上架：%(why)s", why="".join(obstacle_lines(error.obstacles))))
    except WrongState as error:
        if error.state == already:
            _say_again(code, done)
        else:
            say("mind", _("这样货现在动不了，请看看它的情况。"))
    return to_goods(code)


def _say_again(code: str, done: str) -> None:
    """Answer a second press as the first one was answered."""
    first = last_act(reading(), vendor().id, code)
    if first is None:
        say("good", done)
    else:
        say_undo(first, done)
