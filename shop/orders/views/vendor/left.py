"""After a household said that goods are short: how much of the thing is left to sell, asked once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.catalog.forms.fields import grams_from_text
from shop.catalog.models import ListingState
from shop.catalog.queries import WayFacts, own_listings
from shop.catalog.rules import MAX_STOCK, MAX_STOCK_G
from shop.flows import keeping
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, Stale
from shop.kernel.money import JIN_G
from shop.orders.answers import short_variants
from shop.orders.views.vendor.face import bp, own_vendor, to_wanted
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.prices import jin
from shop.web.shell import say
from shop.web.undo import say_undo


@dataclass(frozen=True)
class Left:
    """A way of a thing that is short, with the number that is asked for.

    Attributes:
        shown: how much of it buyers are shown now, in words.
        saw: the same, in the measure in which it is counted.
    """

    code: str
    place: int
    title: str
    way: WayFacts
    unit: str
    shown: str
    typed: str
    most: int
    error: str | None

    @property
    def name(self) -> str:
        """The end of its fields' names."""
        return str(self.way.variant_id)

    @property
    def saw(self) -> int:
        """What is free of it."""
        return self.way.spare


def after_short(code: str) -> ResponseReturnValue:
    """Lead to the question of what is left to sell; it leads on when nothing of it is for sale any more."""
    return redirect(url_for("vendor_orders.left", code=code), 303)  # this page's own read began before the answer


def _much(way: WayFacts, number: int) -> str:
    return _("%(n)s 斤", n=jin(number)) if way.is_cut else _("%(n)d %(unit)s", n=number, unit=way.unit)


def _rows(code: str, typed: Mapping[str, str]) -> list[Left]:
    """Return what a part lacks and buyers can still buy; nothing for a household that does not sell now.

    Raises:
        NotFound: the household has no such part.
    """
    own = own_vendor()
    short = short_variants(reading(), own.id, code)
    if not short or not own.is_selling:
        return []
    month = town_day(house().clock()).month
    goods = own_listings(reading(), month=month, vendor_id=own.id, states=[ListingState.PUBLISHED])
    return [
        _left(one.facts.card.code, place, one.facts.card.title, way, typed)
        for one in goods
        for place, way in enumerate(one.facts.ways)
        if way.variant_id in short and way.spare
    ]


def _left(code: str, place: int, title: str, way: WayFacts, typed: Mapping[str, str]) -> Left:
    text = typed.get(f"left-{way.variant_id}", "0").strip()
    return Left(
        code=code,
        place=place,
        title=f"{title} {way.name}".strip(),
        way=way,
        unit=_("斤") if way.is_cut else way.unit,
        shown=_much(way, way.spare),
        typed=text,
        most=MAX_STOCK_G // JIN_G if way.is_cut else MAX_STOCK,
        error=None if _number(way, text) is not None else _("请填还剩多少，没有就填 0。"),
    )


def _number(way: WayFacts, typed: str) -> int | None:
    """Return what was typed in a way's own measure, or None when it is no number that can be."""
    try:
        number = grams_from_text(typed) if way.is_cut else int(typed) if typed.isascii() and typed.isdigit() else None
    except ValueError:
        return None
    return number if number is not None and 0 <= number <= (MAX_STOCK_G if way.is_cut else MAX_STOCK) else None


@bp.route("/wanted/<code>/left", methods=["GET", "POST"])
def left(code: str) -> ResponseReturnValue:
    """Ask how much is left to sell of what a part lacks, and set it."""
    rows = _rows(code, request.form)
    if not rows:
        return to_wanted()
    if request.method == "GET":
        return _page(code, rows)
    if any(row.error for row in rows):
        return _page(code, rows, 422)
    try:
        acts = edge().run(lambda session: _count(session, rows))
    except Stale:
        say("mind", _("刚刚有人买了，数变了。请再看一遍。"))
        return redirect(url_for("vendor_orders.left", code=code), 303)
    except Invalid:
        say("mind", _("这个数记不下，请再看一遍。"))
        return redirect(url_for("vendor_orders.left", code=code), 303)
    done = _("记好了，网上也改了：%(much)s。", much="、".join(map(_said, rows)))
    if len(acts) == 1:
        say_undo(acts[0], done)
    else:
        say("good", done)
    return to_wanted()


def _page(code: str, rows: list[Left], status: int = 200) -> Response:
    return make_response(render_template("vendor/wanted_left.html", code=code, rows=rows), status)


def _said(row: Left) -> str:
    number = _number(row.way, row.typed)
    if not number:
        return _("%(title)s卖完了", title=row.title)
    return _("%(title)s还剩 %(much)s", title=row.title, much=_much(row.way, number))


def _count(session: Session, rows: list[Left]) -> list[str]:
    own, actor, clock = own_vendor(), current_actor(), house().clock
    acts = []
    for row in rows:
        saw = request.form.get(f"saw-{row.name}", type=int)
        if saw != row.saw:
            raise Stale("stock")
        act = keeping.count(
            session,
            own.id,
            row.code,
            _number(row.way, row.typed) or 0,
            saw_free=saw,
            place=row.place,
            words=partial(_words, row),
            actor=actor,
            clock=clock,
        )
        acts.append(act)
    return acts


def _words(row: Left, _title: str) -> str:
    return _said(row)
