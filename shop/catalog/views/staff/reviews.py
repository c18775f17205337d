"""The centre's look at new goods and at changes: show them, or give them back with a reason."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.catalog.centre import REVIEWS, Waiting, waiting_goods
from shop.catalog.forms.keeping import ReviewForm
from shop.catalog.obstacles import NotLawful
from shop.catalog.queries import shelf_tree
from shop.catalog.services import passages, revisions
from shop.catalog.views.staff.face import bp
from shop.catalog.views.telling import compared, obstacle_lines, told
from shop.catalog.views.words import PART_WORDS
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, NotFound, Stale
from shop.kernel.queues import queue_length
from shop.media.queries import Picture
from shop.web.compared import Compared
from shop.web.desk import acted
from shop.web.house import current_actor, house, reading
from shop.web.i18n import _
from shop.web.paging import Leaf, leaf
from shop.web.prices import jin, kilos
from shop.web.shell import say

PER_PAGE = 20
"""Things on a page: each is looked at with its photos."""


@dataclass(frozen=True)
class Look:
    """Something that waits, with the form that decides on it.

    Attributes:
        facts: label and words of what is told of a new thing.
        changes: what is shown now beside what shall be, when it is a change.
        obstacles: why it may not be shown; a sentence each.
    """

    code: str
    title: str
    vendor: str
    village: str
    pictures: tuple[Picture, ...]
    facts: tuple[tuple[str, str], ...]
    changes: tuple[Compared, ...]
    obstacles: tuple[str, ...]
    form: ReviewForm


@dataclass(frozen=True)
class Reviews:
    """A page of what waits: new goods, and changes of goods on the shelf."""

    new: tuple[Look, ...]
    changed: tuple[Look, ...]
    here: Leaf


@bp.get("/reviews")
def reviews() -> ResponseReturnValue:
    """Show everything that waits, oldest first."""
    return render_template("staff/reviews.html", reviews=_reviews())


def _reviews(refused: ReviewForm | None = None, code: str = "") -> Reviews:
    today = town_day(house().clock())
    shelves = {shelf.code: shelf.name for shelf in shelf_tree(reading())}

    def look(one: Waiting) -> Look:
        return _look(one, shelves, refused if one.code == code else None)

    here = leaf(queue_length(reading(), REVIEWS), "staff_catalog.reviews", per_page=PER_PAGE)
    waiting = waiting_goods(reading(), today, offset=here.offset, limit=here.limit)
    new, changed = ([one for one in waiting if (one.shown is None) is is_new] for is_new in (True, False))
    return Reviews(tuple(map(look, new)), tuple(map(look, changed)), here)


def _look(one: Waiting, shelves: dict[str, str], refused: ReviewForm | None) -> Look:
    words = told(one.wanted, shelves)
    facts = [(str(PART_WORDS[part]), said) for part, said in words.items() if said and part not in ("title", "photos")]
    stock = "；".join(
        _("%(n)s 斤", n=jin(way.stock)) if way.is_cut else _("%(n)d 份", n=way.stock) for way in one.told.ways
    )
    gross = "；".join(_("%(kilos)s 公斤", kilos=kilos(way.gross_g)) for way in one.told.ways)
    return Look(
        code=one.code,
        title=one.told.title,
        vendor=one.vendor_name,
        village=one.village,
        pictures=one.pictures,
        facts=(*facts, (_("连包装"), gross), (_("现在有"), stock)),
        changes=() if one.shown is None else compared(one.shown, one.wanted, shelves),
        obstacles=obstacle_lines(one.obstacles),
        form=refused or ReviewForm(formdata=None, prefix=one.code, version=one.version),
    )


@bp.post("/reviews/<code>/publish")
def publish(code: str) -> ResponseReturnValue:
    """Put a listing on the shelf, as the reviewer saw it."""
    form, actor, clock = ReviewForm.from_request(prefix=code), current_actor(), house().clock

    def act(session: Session) -> None:
        passages.review(session, code, approve=True, version=form.version.data or 0, actor=actor, clock=clock)

    return _decided(form, code, act, _("上架了。"))


@bp.post("/reviews/<code>/give-back")
def give_back(code: str) -> ResponseReturnValue:
    """Give a listing back to its household with a reason."""
    form, actor, clock = ReviewForm.from_request(prefix=code), current_actor(), house().clock

    def act(session: Session) -> None:
        version, reason = form.version.data or 0, form.reason.data or ""
        passages.review(session, code, approve=False, version=version, reason=reason, actor=actor, clock=clock)

    return _decided(form, code, act, _("退回去了，农户能看到原因。"))


@bp.post("/reviews/<code>/approve")
def approve(code: str) -> ResponseReturnValue:
    """Show a change that waited, as the reviewer saw it."""
    form, actor, clock = ReviewForm.from_request(prefix=code), current_actor(), house().clock

    def act(session: Session) -> None:
        revisions.approve_revision(session, code, version=form.version.data or 0, actor=actor, clock=clock)

    return _decided(form, code, act, _("换上新的了。"))


@bp.post("/reviews/<code>/decline")
def decline(code: str) -> ResponseReturnValue:
    """Go on showing the old version, with a reason for its household."""
    form, actor, clock = ReviewForm.from_request(prefix=code), current_actor(), house().clock

    def act(session: Session) -> None:
        version, reason = form.version.data or 0, form.reason.data or ""
        revisions.decline_revision(session, code, reason, version=version, actor=actor, clock=clock)

    return _decided(form, code, act, _("没换，农户能看到原因。"))


def _decided(form: ReviewForm, code: str, act: Callable[[Session], None], done: str) -> ResponseReturnValue:
    if not form.is_sent_well():
        return _again(form, code)
    try:
        acted(f"listing:{code}", act, reason=form.reason.data or "", is_counted=False)
    except Invalid:
        form.reason.errors = [_("请写为什么退回，农户才知道怎么改。")]
        return _again(form, code)
    except NotLawful as error:
        say("stop", _("还不能上架：%(why)s", why="".join(obstacle_lines(error.obstacles))))
    except NotFound as error:
        if error.what != "revision":
            raise
        raise Stale("listing") from error
    else:
        say("good", done)
    return redirect(url_for("staff_catalog.reviews"), 303)


def _again(form: ReviewForm, code: str) -> Response:
    return make_response(render_template("staff/reviews.html", reviews=_reviews(form, code)), 422)
