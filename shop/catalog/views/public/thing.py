"""A thing's own page with all that one asks before buying it, and the page of what is no longer sold."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from shop.catalog.grid import laid
from shop.catalog.pools.queries import suppliers_of
from shop.catalog.queries import ListingFacts, WayFacts
from shop.catalog.shown import FormerListing, ShownListing, former_listing, shown_listing
from shop.catalog.stalls import stalls
from shop.catalog.views.public.arrival import Arrival, arrival
from shop.catalog.views.public.base import FACES_READ, Household, bp, card, household, today
from shop.catalog.views.public.choices import Blocked, ahead, blocked, by_weight, stock
from shop.catalog.views.public.jsonld import decimal, product
from shop.catalog.views.public.questions import Panel, question_panel
from shop.catalog.views.public.trace import Tracing, tracings
from shop.catalog.views.public.words import CLIMATE_WORDS, COLLECT_ONLY, PAPER_WORDS, RETURN_WORDS
from shop.catalog.views.words import STANDING_WORDS
from shop.kernel.errors import NotFound
from shop.media.queries import Picture
from shop.town.queries import TownFacts
from shop.vendors.models import PaperKind
from shop.web.about import About, described, shared, widest
from shop.web.articles import ArticleCard, stories_of
from shop.web.choosing import Choice, choices
from shop.web.goods import GoodsCard, named, shelf_name
from shop.web.house import current_town, reading
from shop.web.i18n import _
from shop.web.units import DAY
from shop.web.words import kilograms, listed, months, town_date, whole

NEAR = 4
"""So many things of the same shelf, and of the same household, are shown beside one that is gone."""

Rows = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Thing:
    """A listing's own page.

    Attributes:
        crumbs: the shelves above it, name and address.
        photos: each with the path of its largest file.
        chosen: the way that is shown first and bought unless another is chosen.
        most: of the way of which there is most.
        blocked: why it cannot be bought now.
        ahead: when it is gathered, where it is ordered ahead.
        by_weight: how it is paid for, where the scale decides.
        rows: what is known of it.
        collect: that it can only be collected, where that is so.
    """

    about: About
    data: Markup
    href: str
    title: str
    crumbs: tuple[tuple[str, str], ...]
    photos: tuple[tuple[Picture, str], ...]
    story: str
    months: tuple[int, ...]
    month: int
    choices: tuple[Choice, ...]
    chosen: Choice
    most: int
    blocked: Blocked | None
    ahead: str | None
    by_weight: str | None
    is_in_season: bool
    rows: Rows
    arrival: Arrival
    collect: str | None
    maker: Household
    stories: tuple[ArticleCard, ...]
    suppliers: tuple[tuple[str, str], ...]
    standing: str
    certificate: str
    town: TownFacts
    lots: tuple[Tracing, ...]
    questions: Panel


@dataclass(frozen=True)
class Gone:
    """What is shown at the address of a thing that is not sold now."""

    heading: str
    sentence: str
    shelf: tuple[str, str]
    near: tuple[GoodsCard, ...]
    home: tuple[str, str] | None
    certificate: str
    theirs: tuple[GoodsCard, ...]


@bp.get("/goods/<code>")
def listing(code: str) -> ResponseReturnValue:
    """Show one thing; the address of one that was sold once leads on to what is like it."""
    on = today()
    shown = shown_listing(reading(), code, today=on)
    if shown is None:
        former = former_listing(reading(), code)
        if former is None:
            raise NotFound("listing")
        return render_template("catalog/gone.html", gone=_gone(former)), 404
    return render_template("catalog/listing.html", thing=_thing(shown))


def _thing(shown: ShownListing) -> Thing:
    on, facts, town = today(), shown.facts, current_town()
    if town is None:
        raise NotFound("town")
    ways = choices(shown.offers, stock)
    stop = blocked(shown.offers)
    chosen = next((way for way in ways if way.is_chosen), ways[0])
    offer = next(one for one in shown.offers if one.way.variant_id == chosen.variant_id)
    stall = stalls(reading(), [shown.vendor.id], month=on.month, each=FACES_READ).get(shown.vendor.id)
    crumbs = (shown.parent, facts.category) if shown.parent is not None else (facts.category,)
    return Thing(
        about=_about(facts, offer.way),
        data=product(shown, on),
        href=url_for("catalog.listing", code=facts.card.code),
        title=facts.card.title,
        crumbs=tuple((shelf_name(one), url_for("catalog.category", code=one.code)) for one in crumbs),
        photos=tuple((photo, widest(photo)) for photo in facts.photos),
        story=facts.story,
        months=facts.card.months,
        month=on.month,
        choices=ways,
        chosen=chosen,
        most=max(way.free for way in ways),
        blocked=stop,
        ahead=ahead(offer),
        by_weight=by_weight(shown.offers),
        is_in_season=offer.in_season and len(offer.months) < 12,
        rows=_rows(shown, offer.way),
        arrival=arrival(offer, town, is_sold=stop is None),
        collect=str(COLLECT_ONLY) if offer.is_live else None,
        maker=household(shown.vendor, stall),
        stories=stories_of(shown.vendor.id, most=1),
        suppliers=tuple(
            (one.vendor, url_for("catalog.household", code=one.vendor_code))
            for one in suppliers_of(reading(), facts.card.code)
        ),
        standing=STANDING_WORDS[shown.vendor.standing],
        certificate=url_for("catalog.certificate", code=shown.vendor.code),
        town=town,
        lots=tracings(facts.card.code),
        questions=question_panel(facts.card.code),
    )


def _about(facts: ListingFacts, way: WayFacts) -> About:
    card = facts.card
    return About(
        title=card.title,
        description=described(_("%(village)s%(vendor)s。", village=card.village, vendor=card.vendor_name), facts.story),
        kind="product",
        image=shared(card.photo),
        price=decimal(way.price_fen),
    )


def _rows(shown: ShownListing, way: WayFacts) -> Rows:
    facts = shown.facts
    shelf_rules = facts.category
    return (
        (_("几月有"), months(facts.card.months) if len(facts.card.months) < 12 else _("全年都有")),
        (_("产地"), facts.card.village),
        (_("配料"), facts.ingredients or None),
        (_("怎么保存"), facts.keep_note or None),
        (_("能放多久"), _("%(n)d %(unit)s", n=facts.shelf_days, unit=DAY) if facts.shelf_days else None),
        (_("冷热"), CLIMATE_WORDS[shelf_rules.climate]),
        (_("路上"), _("%(n)d %(unit)s里不会坏", n=facts.travel_days, unit=DAY) if facts.travel_days else None),
        (_("退换"), None if shelf_rules.is_live else RETURN_WORDS[shelf_rules.return_class]),
        (_("凭证"), _paper(shown)),
        (_("连包装重"), None if shelf_rules.is_live else kilograms(way.gross_g)),
        (_("又叫"), listed(facts.tags) or None),
        (_("货号"), facts.card.code),
    )


def _paper(shown: ShownListing) -> str | None:
    """Return the paper that lets its vendor sell it, where its shelf needs one."""
    wanted = {*shown.facts.category.papers, PaperKind.VOUCHED.value}
    if not shown.facts.category.papers:
        return None
    fit = [paper for paper in shown.papers if paper.kind.value in wanted and paper.is_valid(today())]
    if not fit:
        return None
    words = str(PAPER_WORDS[fit[0].kind]) % {"number": fit[0].number}
    if fit[0].until is None:
        return words
    return whole(_("%(paper)s，有效到%(until)s", paper=words, until=town_date(fit[0].until)))


def _gone(former: FormerListing) -> Gone:
    month = today().month
    heading = _("这样货现在不卖")
    if former.title is None:
        sentence = _("它不在架上了。下面是同一个货架上的货。")
    elif former.is_ended:
        sentence = _("“%(title)s”不再卖了。下面这些和它相近。", title=former.title)
    else:
        sentence = _("“%(title)s”暂时收起来了，过些天可能再上。下面这些和它相近。", title=former.title)
    near = laid(reading(), month=month, most=NEAR, category_id=former.category_id)
    theirs: Sequence[GoodsCard] = ()
    if former.is_vendor_shown:
        known = {found.code for found in near}
        own = laid(reading(), month=month, most=2 * NEAR, vendor_id=former.vendor_id)
        theirs = [card(found) for found in own if found.code not in known][:NEAR]
    return Gone(
        heading=heading,
        sentence=sentence,
        shelf=(
            named(former.category_name, former.category_name_en),
            url_for("catalog.category", code=former.category_code),
        ),
        near=tuple(map(card, near)),
        home=(
            (former.vendor_name, url_for("catalog.household", code=former.vendor_code))
            if former.is_vendor_shown
            else None
        ),
        certificate=url_for("catalog.certificate", code=former.vendor_code),
        theirs=tuple(theirs),
    )
