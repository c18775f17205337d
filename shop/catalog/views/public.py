"""The market as buyers walk through it: front, shelves, the year's calendar, a thing, a household, who may sell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from shop.catalog import queries
from shop.catalog.queries import Card, CategoryFacts, ListingFacts
from shop.catalog.stalls import faces
from shop.catalog.views.words import MONTHS, STANDING_GROUNDS, STANDING_WORDS
from shop.courier.queries import Zone, zones
from shop.kernel.clock import town_day
from shop.kernel.errors import NotFound
from shop.media.queries import Picture
from shop.town.queries import TownFacts, the_town
from shop.vendors.queries import PaperFacts, VendorFacts, approved_vendors, papers_of, vendor_by_code
from shop.web.audience import Audience, blueprint
from shop.web.goods import GoodsCard, Leaves, first_sentence, goods_card, leaves, page_number, plain_name
from shop.web.house import house, reading
from shop.web.i18n import _
from shop.web.words import months

bp = blueprint("catalog", __name__, Audience.PUBLIC)

HEADLINE_LENGTH = 5
"""A longer name breaks on the red paper; the month's then stands there."""
STALLS = 3
FACES = 3
FACES_READ = 6
"""More than are shown, for a household may have one picture for two things."""
FEW = 5
"""So few left are counted out; more are not."""
SOON_MONTHS = 2
CALENDAR_ROWS = 100


@dataclass(frozen=True)
class Shelfmark:
    """A shelf's name on the sign board."""

    name: str
    href: str
    hint: str
    count: int
    is_current: bool


@dataclass(frozen=True)
class Headline:
    """The one large print."""

    title: str
    lead: str
    href: str
    seal: str
    picture: Picture


@dataclass(frozen=True)
class Household:
    """A household with the faces of its goods."""

    name: str
    href: str
    village: str
    line: str
    goods_text: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Stand:
    """Goods laid out with their heading and the way around them."""

    heading: str
    hint: str
    shelves: tuple[Shelfmark, ...]
    cards: tuple[GoodsCard, ...]
    total: int
    pager: Leaves


@dataclass(frozen=True)
class Front:
    """The first page of the market."""

    headline: Headline | None
    households: tuple[Household, ...]
    stand: Stand


@dataclass(frozen=True)
class Calendar:
    """The year's goods, and what there is this month."""

    month: int
    heading: str
    rows: tuple[tuple[str, str, tuple[int, ...], str], ...]
    cards: tuple[GoodsCard, ...]


@dataclass(frozen=True)
class Thing:
    """A listing's own page."""

    facts: ListingFacts
    card: GoodsCard
    month: int
    blocked: tuple[str, str] | None
    """The word on the button and a sentence, when it cannot be bought now."""
    seal: tuple[str, str] | None
    stock_words: str
    arrival: str
    zones: tuple[Zone, ...]
    maker: Household
    standing: str


@dataclass(frozen=True)
class Home:
    """A household's own page."""

    facts: VendorFacts
    standing: str
    grounds: str
    stand: Stand


@dataclass(frozen=True)
class Seller:
    """One line of the register of sellers."""

    name: str
    href: str
    village: str
    standing: str
    grounds: str


def _today() -> date:
    return town_day(house().clock())


def _card(card: Card) -> GoodsCard:
    return goods_card(card, url_for("catalog.listing", code=card.code))


def _shelfmarks(categories: list[CategoryFacts], current: str | None = None) -> tuple[Shelfmark, ...]:
    return tuple(
        Shelfmark(c.name, url_for("catalog.category", code=c.code), c.hint, c.count, c.code == current)
        for c in categories
    )


def _household(vendor: VendorFacts, cards: list[Card], total: int) -> Household:
    by_face: dict[str, Card] = {}
    for card in cards:
        by_face.setdefault(card.photo.src if card.photo is not None else card.code, card)
    shown = list(by_face.values())[:FACES]
    listed = "、".join(plain_name(card.title) for card in shown)
    return Household(
        name=vendor.name,
        href=url_for("catalog.household", code=vendor.code),
        village=vendor.village,
        line=first_sentence(vendor.story),
        goods_text=_("%(names)s 等 %(n)d 样", names=listed, n=total) if total > len(shown) else listed,
        pictures=tuple(card.photo for card in shown if card.photo is not None),
    )


def _headline(month: int, on: date) -> Headline | None:
    """Choose the day's print: something that has a season, is in it, is there, and has its picture."""
    ripe = queries.shelf(reading(), month=month, in_season_only=True, seasonal_only=True).cards
    fit = [card for card in ripe if card.free > 0 and card.photo is not None]
    if not fit:
        return None
    card = fit[on.toordinal() % len(fit)]
    found = queries.listing_by_code(reading(), card.code, month=month)
    if found is None or card.photo is None:
        return None
    name, now = plain_name(card.title), _("%(month)s当季", month=MONTHS[month - 1])
    if len(name) > HEADLINE_LENGTH:
        name, now = now, name
    return Headline(
        title=name,
        lead=first_sentence(found.story),
        href=url_for("catalog.listing", code=card.code),
        seal=now,
        picture=card.photo,
    )


def _households(month: int, on: date) -> tuple[Household, ...]:
    """Choose the day's households: each comes to the front in its turn."""
    vendors = approved_vendors(reading())
    if not vendors:
        return ()
    start = on.toordinal() * STALLS % len(vendors)
    chosen = (vendors[start:] + vendors[:start])[:STALLS]
    shown = faces(reading(), [vendor.id for vendor in chosen], month=month, each=FACES_READ)
    return tuple(_household(vendor, *shown[vendor.code]) for vendor in chosen if vendor.code in shown)


@bp.get("/")
def home() -> ResponseReturnValue:
    """Show the front of the market; its further pages show the goods alone."""
    on, page = _today(), page_number(request.args.get("page"))
    shelf = queries.shelf(reading(), month=on.month, page=page)
    front = Front(
        headline=_headline(on.month, on) if page == 1 else None,
        households=_households(on.month, on) if page == 1 else (),
        stand=Stand(
            heading=_("摊上的货"),
            hint="",
            shelves=_shelfmarks(queries.categories(reading())),
            cards=tuple(map(_card, shelf.cards)),
            total=shelf.total,
            pager=leaves(page, shelf.pages, lambda n: url_for("catalog.home", page=n)),
        ),
    )
    return render_template("catalog/home.html", front=front)


@bp.get("/c/<code>")
def category(code: str) -> ResponseReturnValue:
    """Show one shelf."""
    on, page = _today(), page_number(request.args.get("page"))
    categories = queries.categories(reading())
    found = next((c for c in categories if c.code == code), None)
    if found is None:
        raise NotFound("category")
    shelf = queries.shelf(reading(), month=on.month, page=page, category_id=found.id)
    stand = Stand(
        heading=found.name,
        hint=found.hint,
        shelves=_shelfmarks(categories, code),
        cards=tuple(map(_card, shelf.cards)),
        total=shelf.total,
        pager=leaves(page, shelf.pages, lambda n: url_for("catalog.category", code=code, page=n)),
    )
    return render_template("catalog/category.html", it=stand)


def _months_until(card: Card, month: int) -> int:
    """Return how many months pass until a thing is there: none when it is."""
    return min((m - month) % 12 for m in card.months)


def _months_left(card: Card, month: int) -> int:
    """Return how many more months a thing that is there now stays."""
    return next(n for n in range(12) if (month + n) % 12 + 1 not in card.months)


def _row(card: Card, month: int) -> tuple[str, str, tuple[int, ...], str]:
    wait = _months_until(card, month)
    tone = "bamboo" if wait == 0 else ("persimmon" if wait <= SOON_MONTHS else "indigo")
    return plain_name(card.title), url_for("catalog.listing", code=card.code), card.months, tone


@bp.get("/season")
def season() -> ResponseReturnValue:
    """Show the year's calendar of what has a season, the soonest to go first, and what there is this month."""
    on = _today()
    seasonal = queries.shelf(reading(), month=on.month, per_page=CALENDAR_ROWS, seasonal_only=True).cards

    def by_nearness(card: Card) -> tuple[int, int, str]:
        wait = _months_until(card, on.month)
        return wait, _months_left(card, on.month) if wait == 0 else 0, card.title

    ordered = sorted(seasonal, key=by_nearness)
    calendar = Calendar(
        month=on.month,
        heading=_("%(month)s里有的", month=MONTHS[on.month - 1]),
        rows=tuple(_row(card, on.month) for card in ordered),
        cards=tuple(_card(card) for card in ordered if card.in_season),
    )
    return render_template("catalog/season.html", calendar=calendar)


def _blocked(card: Card) -> tuple[str, str] | None:
    """Return why a thing cannot be bought now: the word on its button and a sentence; None when it can."""
    if not card.in_season:
        return _("不在季节"), _("%(months)s才有，到时候再来看看。", months=months(card.months))
    if card.free <= 0:
        return _("卖完了"), _("这一批没有了，过些天再来看看。")
    return None


def _seal(card: GoodsCard) -> tuple[str, str] | None:
    if card.is_sold_out:
        return _("卖完了"), "sold-out"
    return (_("当季"), "season") if card.in_season else None


def _arrival(town: TownFacts) -> str:
    return _("%(hour)s 前付款，人家第二天送到镇上的中心，打好包就寄。", hour=town.cutoff)


@bp.get("/goods/<code>")
def listing(code: str) -> ResponseReturnValue:
    """Show one thing, with all that one asks before buying it."""
    on = _today()
    facts = queries.listing_by_code(reading(), code, month=on.month)
    if facts is None:
        raise NotFound("listing")
    vendor = vendor_by_code(reading(), facts.card.vendor_code)
    if vendor is None:
        raise NotFound("listing")
    shown = faces(reading(), [vendor.id], month=on.month, each=FACES_READ)
    card, left = _card(facts.card), facts.card.free
    thing = Thing(
        facts=facts,
        card=card,
        month=on.month,
        blocked=_blocked(facts.card),
        seal=_seal(card),
        stock_words=_("只剩 %(n)d %(unit)s", n=left, unit=facts.card.way.unit) if left <= FEW else _("有货"),
        arrival=_arrival(the_town(reading())),
        zones=tuple(zones(reading())),
        maker=_household(vendor, *shown[vendor.code]),
        standing=STANDING_WORDS[vendor.standing],
    )
    return render_template("catalog/listing.html", thing=thing)


@bp.get("/households/<code>")
def household(code: str) -> ResponseReturnValue:
    """Show one household and everything it sells."""
    on, page = _today(), page_number(request.args.get("page"))
    vendor = vendor_by_code(reading(), code)
    if vendor is None:
        raise NotFound("vendor")
    shelf = queries.shelf(reading(), month=on.month, page=page, vendor_id=vendor.id)
    home = Home(
        facts=vendor,
        standing=STANDING_WORDS[vendor.standing],
        grounds=_grounds(vendor, papers_of(reading(), [vendor.id])),
        stand=Stand(
            heading=_("他们家的货"),
            hint="",
            shelves=(),
            cards=tuple(map(_card, shelf.cards)),
            total=shelf.total,
            pager=leaves(page, shelf.pages, lambda n: url_for("catalog.household", code=code, page=n)),
        ),
    )
    return render_template("catalog/household.html", home=home)


def _grounds(vendor: VendorFacts, papers: Mapping[int, Sequence[PaperFacts]]) -> str:
    """Return on what a vendor sells: the numbers of the papers that count today, else what exempts them."""
    numbers = [paper.number for paper in papers.get(vendor.id, ()) if paper.is_valid(_today())]
    return "、".join(numbers) or str(STANDING_GROUNDS[vendor.standing])


@bp.get("/standings")
def standings() -> ResponseReturnValue:
    """Show on what legal standing each vendor sells (E-Commerce Law of the PRC, article 15)."""
    vendors = approved_vendors(reading())
    papers = papers_of(reading(), [vendor.id for vendor in vendors])
    sellers = tuple(
        Seller(
            name=vendor.name,
            href=url_for("catalog.household", code=vendor.code),
            village=vendor.village,
            standing=STANDING_WORDS[vendor.standing],
            grounds=_grounds(vendor, papers),
        )
        for vendor in vendors
    )
    return render_template("catalog/standings.html", sellers=sellers, town=the_town(reading()))
