"""A household's word about its stock: sold out, more tomorrow, and whether each thing is still there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.catalog.forms.fields import grams_from_text, jin_as_typed
from shop.catalog.queries import WayFacts, own_listings
from shop.catalog.rules import MAX_STOCK, MAX_STOCK_G
from shop.catalog.still import to_confirm
from shop.catalog.views.vendor.face import bp, to_listings, vendor
from shop.catalog.views.vendor.listings import about, acted, counted, to_goods, ways_now
from shop.flows import keeping, stocking
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, NotFound, Stale
from shop.kernel.money import JIN_G
from shop.media.queries import Picture
from shop.web.house import current_actor, house, reading
from shop.web.i18n import _
from shop.web.shell import say


@dataclass(frozen=True)
class Counted:
    """One way of a thing with the number that is asked for.

    Attributes:
        saw: what is free, in the measure in which it is counted.
    """

    place: int
    name: str
    unit: str
    is_cut: bool
    typed: str
    saw: int
    most: int
    error: str = ""


@dataclass(frozen=True)
class Asked:
    """A thing of which it is asked whether it is still there, and how many in every way it is sold."""

    code: str
    title: str
    picture: Picture | None
    ways: tuple[Counted, ...]
    left: int
    """How many things are asked about after it."""


def _counted(place: int, way: WayFacts, typed: str, error: str = "") -> Counted:
    unit, most = (_("斤"), MAX_STOCK_G // JIN_G) if way.is_cut else (way.unit, MAX_STOCK)
    return Counted(place, way.name, unit, way.is_cut, typed, way.spare, most, error)


def _typed(way: WayFacts) -> str:
    return jin_as_typed(way.spare) if way.is_cut else str(way.free)


def _number(way: WayFacts, typed: str) -> int | None:
    """Return what was typed in a way's own measure, or None when it is no number that can be."""
    try:
        number = grams_from_text(typed) if way.is_cut else int(typed) if typed.isdecimal() else None
    except ValueError:
        return None
    most = MAX_STOCK_G if way.is_cut else MAX_STOCK
    return number if number is not None and 0 <= number <= most else None


@bp.post("/goods/<code>/sold-out")
def sold_out(code: str) -> ResponseReturnValue:
    """Set what is free of a thing to none."""
    return _sell_out(code, {}, _("记好了，卖完了。"))


def _sell_out(code: str, back: dict[int, int], done: str) -> ResponseReturnValue:
    own, actor, clock = vendor(), current_actor(), house().clock
    goes_on = request.form.get("from") == "still"

    def act(session: Session) -> str:
        return stocking.sell_out(session, own.id, code, back=back, words=about(done), actor=actor, clock=clock)

    try:
        back_to = acted(code, act, _of(code, done) if goes_on else done)
    except Stale:
        say("mind", _("刚刚有人买了，数变了。请再点一次。"))
        back_to = to_goods(code)
    return redirect(url_for("vendor_catalog.still"), 303) if goes_on else back_to


def _of(code: str, done: str) -> str:
    """Return what was done with the thing it was done to: the next page asks about another."""
    found = own_listings(reading(), month=town_day(house().clock()).month, vendor_id=vendor().id)
    return next((f"{one.facts.card.title}：{done}" for one in found if one.facts.card.code == code), done)


@bp.route("/goods/<code>/tomorrow", methods=["GET", "POST"])
def tomorrow(code: str) -> ResponseReturnValue:
    """Ask how many there are tomorrow; with the answer, none are left today and so many come back in the morning."""
    ways = ways_now(code)
    if not ways:
        raise NotFound("listing")
    typed = [request.form.get(f"count-{place}", "") for place in range(len(ways))]
    error = None
    if request.method == "POST":
        numbers = [_number(way, text.strip() or "0") for way, text in zip(ways, typed, strict=True)]
        back = {place: number for place, number in enumerate(numbers) if number}
        if back and None not in numbers:
            much = "、".join(counted(ways[place], number) for place, number in back.items())
            return _sell_out(code, back, _("记好了，今天卖完了，明天早上有 %(much)s。", much=much))
        error = _("请填明天有多少。")
    else:
        typed = [_typed(way) if way.spare else "" for way in ways]
    rows = [_counted(place, way, text) for place, (way, text) in enumerate(zip(ways, typed, strict=True))]
    page = render_template("vendor/tomorrow.html", code=code, rows=rows, error=error)
    return make_response(page, 422 if error else 200)


def _asked(wanted: str | None = None, wrong: Mapping[int, tuple[str, str]] | None = None) -> Asked | None:
    """Return the thing that is asked about, or the next one.

    Args:
        wanted: its code; None for the first of those that are due.
        wrong: place of a way -> what was typed, and what is wrong with it.
    """
    own, now = vendor(), house().clock()
    codes = to_confirm(reading(), own.id, now)
    code = wanted or next(iter(codes), None)
    found = own_listings(reading(), month=town_day(now).month, vendor_id=own.id) if code else []
    facts = next((one.facts for one in found if one.facts.card.code == code), None)
    if facts is None:
        return None
    ways = (_counted(n, way, *(wrong or {}).get(n, (_typed(way),))) for n, way in enumerate(facts.ways))
    left = sum(one != code for one in codes)
    return Asked(facts.card.code, facts.card.title, facts.card.photo, tuple(ways), left)


@bp.get("/goods/still")
def still() -> ResponseReturnValue:
    """Ask of one thing whether it is still there."""
    asked = _asked()
    if asked is None:
        return to_listings()
    return render_template("vendor/still.html", asked=asked)


@bp.post("/goods/<code>/still")
def say_still(code: str) -> ResponseReturnValue:
    """Note that a thing is still there, with how many; what was hidden for silence is shown again."""
    own, actor, clock = vendor(), current_actor(), house().clock
    ways = ways_now(code)
    if not ways:
        raise NotFound("listing")
    counts, wrong = _numbers(ways)
    if wrong:
        return make_response(render_template("vendor/still.html", asked=_asked(code, wrong)), 422)
    done = _("记好了，接着卖。")

    def act(session: Session) -> str:
        said = keeping.confirm(session, own.id, code, words=about(done), actor=actor, clock=clock)
        if counts:
            much = "、".join(counted(ways[place], free) for place, (_saw, free) in counts.items())
            told = about(_("记好了：还有 %(much)s。", much=much))
            said = stocking.recount(session, own.id, code, counts, words=told, actor=actor, clock=clock)
        return said

    try:
        acted(code, act, _of(code, done))
    except (Stale, Invalid):
        say("mind", _("刚刚有人买了，数变了。请看看现在的数，再改一次。"))
        return to_goods(code)
    return redirect(url_for("vendor_catalog.still"), 303)


def _numbers(ways: Sequence[WayFacts]) -> tuple[dict[int, tuple[int, int]], dict[int, tuple[str, str]]]:
    """Return what was changed, seen and said, by the place of its way; and what was typed that cannot be, with why."""
    counts, wrong, there = {}, {}, False
    for place, way in enumerate(ways):
        typed, saw = request.form.get(f"free-{place}"), request.form.get(f"saw-{place}", type=int)
        number = way.spare if typed is None else _number(way, typed.strip())
        if number is None:
            wrong[place] = (typed or "", _("请填还有多少，没有了填 0。"))
        elif typed is not None and saw is not None and number != saw:
            counts[place] = (saw, number)
        there = there or bool(number)
    if not there and not wrong:
        wrong[0] = ("0", _("填的是 0。真的没有了，就点“没有了”。"))
    return counts, wrong
