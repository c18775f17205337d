"""A new thing as its buyers will see it, told at more length if need be, and on its way to the centre."""

from dataclasses import dataclass, replace

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shop.catalog.drafts import services as drafts
from shop.catalog.drafts.rules import WEIGHABLE, Answers, Question, ReadyWhen, as_offer, in_parcel, open_question
from shop.catalog.forms.fields import jin_as_typed, price_as_typed, weight_as_typed
from shop.catalog.forms.goods import OfferForm
from shop.catalog.models import ListingState, Pricing
from shop.catalog.obstacles import paper_obstacles, text_obstacles
from shop.catalog.queries import CategoryFacts, own_listings
from shop.catalog.rules import Offer
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
from shop.catalog.views.shots import preview
from shop.catalog.views.telling import obstacle_lines, obstacle_words
from shop.catalog.views.vendor.face import bp, vendor
from shop.catalog.views.vendor.offering_frame import Begun, begun, leading_to, on_from, question_href, today, way_to
from shop.catalog.views.vendor.offering_questions import WHEN_WORDS
from shop.flows.keeping import note_offered
from shop.kernel.errors import Invalid, ShopError
from shop.media.queries import Picture
from shop.vendors.queries import papers_of
from shop.web.goods import GoodsCard
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.prices import price_tag, unit_label
from shop.web.shell import say
from shop.web.undo import say_undo
from shop.web.words import town_date


@dataclass(frozen=True)
class Row:
    """One answer, and where it is changed."""

    label: str
    text: str
    href: str


@dataclass(frozen=True)
class Look:
    """The last page: the thing as a buyer sees it, and everything that was said.

    Attributes:
        missing: sentences about papers to bring along.
        wrong: sentences about what cannot be sent so.
    """

    card: GoodsCard
    photos: tuple[Picture, ...]
    rows: tuple[Row, ...]
    missing: tuple[str, ...]
    wrong: tuple[str, ...]


@bp.route("/drafts/<code>/look", methods=["GET", "POST"])
def draft_look(code: str) -> ResponseReturnValue:
    """Show the thing as its buyers will see it, and send it to the centre: once, however often it is pressed."""
    draft = begun(code)
    if draft.facts.listing_code is not None:
        return leading_to(url_for("vendor_catalog.draft_sent", code=code))
    shelf = draft.shelf
    if shelf is None or open_question(draft.facts.told, today(), needs_label=draft.needs_label) is not None:
        return on_from(code)
    wrong: tuple[str, ...] = ()
    if request.method == "POST":
        if not draft.facts.photos:
            say("mind", _("照片还没到。请拍一张再送。"))
            return leading_to(url_for("vendor_catalog.draft_photos", code=code))
        wanted = _offer(draft, shelf)
        found = text_obstacles(wanted, needs_label=shelf.needs_label)
        wrong = tuple(map(obstacle_words, found)) or _sent(code, wanted)
        if not wrong:
            return leading_to(url_for("vendor_catalog.draft_sent", code=code))
    page = render_template("vendor/new_look.html", way=way_to(draft, None), look=_look(draft, shelf, wrong))
    return make_response(page, 422 if wrong else 200)


def _offer(draft: Begun, shelf: CategoryFacts) -> Offer:
    keys = [photo.key for photo in draft.facts.photos]
    return as_offer(draft.facts.told, category_id=shelf.id, photo_keys=keys, today=today(), key=draft.facts.code)


def _sent(code: str, wanted: Offer) -> tuple[str, ...]:
    """Send it; return what is wrong with it, which the pages before should have said."""
    try:
        _send(code, wanted)
    except Invalid:
        return (_("没送成，请看看每一项再送一次。"),)
    return ()


def _send(code: str, wanted: Offer) -> None:
    """Send it to the centre, once, and offer to take that back.

    Raises:
        As `shop.catalog.drafts.services.send`.
    """
    own, actor, clock = vendor(), current_actor(), house().clock
    words = _("%(title)s：送去中心看了")

    def act(session: Session) -> str:
        listing = drafts.send(session, own.id, code, wanted, actor=actor, clock=clock)
        return note_offered(session, listing, words=lambda title: words % {"title": title}, actor=actor, clock=clock)

    say_undo(edge().run(act), _("送去中心看了。"))


def _look(draft: Begun, shelf: CategoryFacts, wrong: tuple[str, ...]) -> Look:
    own, told = vendor(), draft.facts.told
    wanted = _offer(draft, shelf)
    photos = tuple(map(preview, draft.facts.photos))
    way = wanted.ways[0]
    tag = price_tag(replace(way, price_fen=way.ceiling_fen))
    ready = WHEN_WORDS[told.ready or ReadyWhen.NOW]
    card = GoodsCard(
        title=told.title,
        href="",
        price_fen=tag.fen,
        unit_label=tag.unit,
        unit_price_text=tag.each[0] if tag.each else None,
        is_lowest=False,
        weight=tag.weight,
        village=own.village,
        vendor_name=own.name,
        seal=None,
        note=None if wanted.harvest_first_on is None else _ready_words(wanted, str(ready[0])),
        is_sold_out=False,
        picture=photos[0] if photos else None,
    )
    held = papers_of(reading(), [own.id]).get(own.id, ())
    missing = obstacle_lines(paper_obstacles(shelf.papers, held, today()))
    return Look(card, photos, _rows(draft, shelf, wanted), missing, wrong)


def _ready_words(wanted: Offer, otherwise: str) -> str:
    first, last = wanted.harvest_first_on, wanted.harvest_last_on
    if first is None or last is None:
        return otherwise
    if first == last:
        return _("%(day)s起有", day=town_date(first))
    return _("%(first)s到%(last)s，现订现收", first=town_date(first), last=town_date(last))


def _rows(draft: Begun, shelf: CategoryFacts, wanted: Offer) -> tuple[Row, ...]:
    told, code = draft.facts.told, draft.facts.code
    unit = _("斤") if told.weighed else unit_label(told.unit, told.pieces or 1).removeprefix("/ ")
    said = {
        Question.NAME: (_("名字"), told.title),
        Question.SHELF: (_("哪一类"), shelf.name),
        Question.UNIT: (_("按什么卖"), told.unit),
        Question.PIECES: (_("里面几个"), str(told.pieces or 1) if (told.pieces or 1) > 1 else ""),
        Question.WEIGHED: (_("怎么算钱"), _weighed_words(told)),
        Question.LEAST: (_("最轻"), _("%(n)s 斤", n=jin_as_typed(told.least_g or 0)) if told.weighed else ""),
        Question.MOST: (_("最重"), _("%(n)s 斤", n=jin_as_typed(told.most_g or 0)) if told.weighed else ""),
        Question.WEIGHT: (_("一份多重"), "" if told.weighed else _("%(n)s 斤", n=jin_as_typed(told.gross_g or 0))),
        Question.PRICE: (_("价钱"), _("%(n)s 元一%(unit)s", n=price_as_typed(told.price_fen or 0), unit=unit)),
        Question.COUNT: (_("有多少"), f"{told.quantity} {told.unit}"),
        Question.READY: (_("什么时候"), _ready_words(wanted, str(WHEN_WORDS[told.ready or ReadyWhen.NOW][0]))),
        Question.DAY_CAP: (_("一天最多"), f"{told.day_cap} {told.unit}" if told.ready is ReadyWhen.AHEAD else ""),
        Question.INGREDIENTS: (_("配料"), told.ingredients),
        Question.SHELF_DAYS: (_("能放"), "" if told.shelf_days is None else _("%(n)d 天", n=told.shelf_days)),
        Question.KEEPING: (_("怎么保存"), told.keep_note),
    }
    return tuple(Row(label, text, question_href(code, question)) for question, (label, text) in said.items() if text)


def _weighed_words(told: Answers) -> str:
    if told.unit not in WEIGHABLE:
        return ""
    return _("称了算钱") if told.weighed else _("一%(unit)s一个价", unit=told.unit)


@bp.route("/drafts/<code>/details", methods=["GET", "POST"])
def draft_details(code: str) -> ResponseReturnValue:
    """Ask everything on one long page, for who has more to say: several ways of selling, by weight, a harvest."""
    draft = begun(code)
    if draft.facts.listing_code is not None:
        return leading_to(url_for("vendor_catalog.draft_sent", code=code))
    keys = [photo.key for photo in draft.facts.photos]
    if not keys:
        say("info", _("先给货拍张照片。"))
        return leading_to(url_for("vendor_catalog.draft_photos", code=code))
    form = OfferForm.from_request() if request.method == "POST" else OfferForm(data=_as_typed(draft))
    set_choices(form, draft.shelves)
    if form.is_sent_well():
        shelf = chosen(form, draft.shelves)
        if shelf is not None and _offered(form, shelf, code, keys):
            return leading_to(url_for("vendor_catalog.draft_sent", code=code))
    sheet = Sheet(
        heading=_("说说它"),
        action=url_for("vendor_catalog.draft_details", code=code),
        back=url_for("vendor_catalog.draft_resume", code=code),
        pictures=[preview(draft.facts.photos[0])],
        folds=folds(form, draft.shelves),
        further=further_ways(form),
        groups=groups(form, draft.shelves),
        labelled=labelled(draft.shelves),
    )
    page = render_template("vendor/details.html", form=form, sheet=sheet)
    return make_response(page, 422 if form.errors else 200)


def _as_typed(draft: Begun) -> dict[str, object]:
    told = draft.facts.told
    gross_g = in_parcel(told.most_g) if told.weighed and told.most_g else told.gross_g
    weight, weight_unit = weight_as_typed(gross_g) if gross_g else ("", "jin")
    found: dict[str, object] = {
        "title": told.title,
        "category": told.category,
        "unit": told.unit,
        "pieces": told.pieces or 1,
        "price": price_as_typed(told.price_fen) if told.price_fen else "",
        "weight": weight,
        "weight_unit": weight_unit,
        "quantity": told.quantity or 1,
        "months": [str(month) for month in told.months] if len(told.months) < 12 else [],
        "ingredients": told.ingredients,
        "keep_note": told.keep_note,
        "shelf_days": told.shelf_days,
        "travel_days": told.travel_days,
    }
    if told.weighed and told.least_g and told.most_g:
        found |= {
            "pricing": Pricing.WEIGHT.value,
            "per_jin": found.pop("price"),
            "least": jin_as_typed(told.least_g),
            "most": jin_as_typed(told.most_g),
        }
    if draft.shelf is not None and told.price_fen:
        wanted = _offer(draft, draft.shelf)
        found |= {
            "harvest_first_on": wanted.harvest_first_on,
            "harvest_last_on": wanted.harvest_last_on,
            "harvest_cap": wanted.harvest_cap,
        }
    return found


def _offered(form: OfferForm, shelf: CategoryFacts, code: str, keys: list[str]) -> bool:
    """Send what the long page says; tell whether it stands."""
    wanted = replace(form.offer(category_id=shelf.id, photo_keys=keys), key=code)
    if not is_lawful(form, wanted, shelf):
        return False
    try:
        _send(code, wanted)
    except Invalid as error:
        tell_invalid(form, error)
        return False
    except ShopError:
        form.form_errors = [_("没送成，请看看每一项再送一次。")]
        return False
    return True


@bp.get("/drafts/<code>/sent")
def draft_sent(code: str) -> ResponseReturnValue:
    """Say that the thing is with the centre now, what comes next, and which papers to bring along."""
    draft = begun(code)
    if draft.facts.listing_code is None:
        return on_from(code)
    own = vendor()
    found = own_listings(reading(), month=today().month, vendor_id=own.id, states=tuple(ListingState))
    facts = next(one.facts for one in found if one.facts.card.code == draft.facts.listing_code)
    held = papers_of(reading(), [own.id]).get(own.id, ())
    missing = obstacle_lines(paper_obstacles(facts.category.papers, held, today()))
    return render_template("vendor/sent.html", code=code, title=facts.card.title, missing=missing)
