"""The centre's look at new goods: publish, or give back with a reason."""

from dataclasses import dataclass

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shop.catalog.forms import ReviewForm
from shop.catalog.models import ListingState
from shop.catalog.queries import OwnListing, own_listings
from shop.catalog.services import passages
from shop.kernel.clock import town_day
from shop.kernel.errors import Invalid, Stale, WrongState
from shop.media.queries import Picture
from shop.web.audience import Audience, blueprint
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.shell import say

bp = blueprint("staff_catalog", __name__, Audience.STAFF, prefix="/staff")


@dataclass(frozen=True)
class Waiting:
    """A listing that waits for its review, with the form that decides on it."""

    code: str
    title: str
    pictures: tuple[Picture, ...]
    category: str
    vendor: str
    village: str
    price_fen: int
    unit: str
    pieces: int
    gross_g: int
    free: int
    months: tuple[int, ...]
    story: str
    form: ReviewForm


@bp.get("/reviews")
def reviews() -> ResponseReturnValue:
    """Show every listing that waits, oldest first."""
    return render_template("staff/reviews.html", waiting=_waiting())


def _waiting(refused: ReviewForm | None = None, code: str = "") -> tuple[Waiting, ...]:
    month = town_day(house().clock()).month
    found = own_listings(reading(), month=month, states=[ListingState.IN_REVIEW])
    return tuple(_one(own, refused if own.facts.card.code == code else None) for own in found)


def _one(own: OwnListing, refused: ReviewForm | None) -> Waiting:
    facts, card = own.facts, own.facts.card
    return Waiting(
        code=card.code,
        title=card.title,
        pictures=facts.photos,
        category=facts.category.name,
        vendor=card.vendor_name,
        village=card.village,
        price_fen=card.way.price_fen,
        unit=card.way.unit,
        pieces=card.way.pieces,
        gross_g=card.way.gross_g,
        free=card.free,
        months=card.months,
        story=facts.story,
        form=refused or ReviewForm(formdata=None, prefix=card.code, version=own.version),
    )


@bp.post("/reviews/<code>/publish")
def publish(code: str) -> ResponseReturnValue:
    """Put a listing on the shelf, as the reviewer saw it."""
    return _decided(code, approve=True, done=_("上架了。"))


@bp.post("/reviews/<code>/give-back")
def give_back(code: str) -> ResponseReturnValue:
    """Give a listing back to its household with a reason."""
    return _decided(code, approve=False, done=_("退回去了，农户能看到原因。"))


def _decided(code: str, *, approve: bool, done: str) -> ResponseReturnValue:
    form, actor, clock = ReviewForm.from_request(prefix=code), current_actor(), house().clock
    if not form.is_sent_well():
        return _again(form, code)
    version, reason = form.version.data or 0, form.reason.data or ""
    try:
        edge().run(
            lambda session: passages.review(
                session,
                code,
                approve=approve,
                version=version,
                actor=actor,
                clock=clock,
                reason="" if approve else reason,
            )
        )
    except Invalid:
        form.reason.errors = [_("请写为什么退回，农户才知道怎么改。")]
        return _again(form, code)
    except (Stale, WrongState):
        say("mind", _("这样货刚才已经有人处理过，或者改过了。下面是现在等着的。"))
    else:
        say("good", done)
    return redirect(url_for("staff_catalog.reviews"), 303)


def _again(form: ReviewForm, code: str) -> Response:
    return make_response(render_template("staff/reviews.html", waiting=_waiting(form, code)), 422)
