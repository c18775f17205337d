"""The questions about a thing to sell, on whoever's page: what is asked, what cannot be, what two people say of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session
from wtforms import Field

from shop.catalog.centre import facts_now
from shop.catalog.forms.fields import JIN
from shop.catalog.forms.goods import MONTHS, EditForm, GoodsForm
from shop.catalog.forms.ways import MAX_PIECES, WayForm
from shop.catalog.lawful import Ground
from shop.catalog.models import Pricing
from shop.catalog.obstacles import NotLawful, ObstacleKind, text_obstacles
from shop.catalog.own import Present, present
from shop.catalog.queries import CategoryFacts
from shop.catalog.rules import MAX_STOCK, Offer, Way
from shop.catalog.services.listings import Revised, revise
from shop.catalog.views.telling import compared, obstacle_lines
from shop.catalog.views.words import GROUND_WORDS
from shop.kernel.errors import Invalid, NotFound
from shop.media.queries import Picture
from shop.town.queries import villages
from shop.web.compared import Compared
from shop.web.house import current_actor, edge, house, reading
from shop.web.i18n import _
from shop.web.prices import jin, unit_label
from shop.web.words import months, town_date

LINE = 14
"""Characters that one line of a phone holds."""
Run = Callable[[Callable[[Session], Revised]], Revised | None]
"""Runs a change of a thing in a transaction of its own."""


@dataclass(frozen=True)
class Fold:
    """A question that was answered and lies folded: what was said is its second line."""

    is_open: bool
    note: str


@dataclass(frozen=True)
class Folds:
    """Which of the questions that may stay folded lie open; those that everybody answers tell what was said."""

    shelf: Fold
    measure: Fold
    season: Fold
    story: Fold
    weighed: bool
    further: bool
    label: Fold
    harvest: Fold


@dataclass(frozen=True)
class Pick:
    """One shelf that is offered; `place` among all of them makes its id on the page."""

    place: int
    code: str
    name: str
    hint: str
    is_chosen: bool


@dataclass(frozen=True)
class Group:
    """A large shelf with its parts, folded until one of them is chosen; or one without parts."""

    name: str
    hint: str
    picks: tuple[Pick, ...]
    is_open: bool


@dataclass(frozen=True)
class Sheet:
    """What frames the questions about a thing.

    Attributes:
        reason: why it was given back, or what the centre said of the last change.
        waits: a change of it waits for the centre; it is what the form shows.
        differences: what someone else saved meanwhile, beside what was typed.
        further: the forms of further ways that are drawn.
        groups: the shelves that are offered.
        labelled: names of the shelves whose goods need a label.
    """

    heading: str
    action: str
    back: str
    pictures: Sequence[Picture]
    folds: Folds
    further: tuple[WayForm, ...]
    groups: tuple[Group, ...]
    labelled: str
    reason: str = ""
    waits: bool = False
    photos_href: str | None = None
    least: int = 1
    max_pieces: int = MAX_PIECES
    max_stock: int = MAX_STOCK
    differences: tuple[Compared, ...] = ()


def set_choices(form: GoodsForm, shelves: Sequence[CategoryFacts]) -> None:
    """Offer the shelves that have no parts, and the villages; a thing that lies elsewhere may stay there."""
    parents = {shelf.parent_code for shelf in shelves}
    kept = form.category.data if isinstance(form, EditForm) else None
    offered = [shelf for shelf in shelves if shelf.code not in parents or shelf.code == kept]
    form.category.choices = [(shelf.code, shelf.name) for shelf in offered]
    form.origin.choices = [("", _("自己村")), *((one.code, one.name) for one in villages(reading()))]


def groups(form: GoodsForm, shelves: Sequence[CategoryFacts]) -> tuple[Group, ...]:
    """Return the shelves that are offered as one picks among them: first the large ones, then their parts."""
    places = {choice[0]: place for place, choice in enumerate(form.category.iter_choices())}
    found = []
    for top in (shelf for shelf in shelves if shelf.parent_code is None):
        parts = [shelf for shelf in shelves if top.code in (shelf.code, shelf.parent_code) and shelf.code in places]
        picks = tuple(
            Pick(places[one.code], one.code, one.name, one.hint, one.code == form.category.data) for one in parts
        )
        if picks:
            found.append(Group(top.name, top.hint, picks, any(pick.is_chosen for pick in picks)))
    return tuple(found)


def folds(form: GoodsForm, shelves: Sequence[CategoryFacts]) -> Folds:
    """Return what lies open: where something is wrong, or must still be said; and, among the rest, where it was."""
    priced = (form.pricing, form.counting, form.stock_jin, form.net)
    label = (form.ingredients, form.keep_note, form.tags, form.shelf_days, form.travel_days, form.origin)
    harvest = (form.harvest_first_on, form.harvest_last_on, form.harvest_cap)
    return Folds(
        shelf=_shelf(form, shelves),
        measure=_measure(form),
        season=Fold(_are_wrong((form.months,)), _months_words(form)),
        story=Fold(_are_wrong((form.story,)), _shortened(form.story.data or "") or str(form.story.description)),
        weighed=bool(form.net.data) or _are_wrong(priced),
        further=bool(form.name.data or form.name.errors) or any(not way.is_blank for way in form.further),
        label=Fold(_are_wrong(label), _said(label)),
        harvest=Fold(_are_wrong(harvest), _harvest_words(form)),
    )


def _shelf(form: GoodsForm, shelves: Sequence[CategoryFacts]) -> Fold:
    name = next((one.name for one in shelves if one.code == form.category.data), "")
    return Fold(not name or _are_wrong((form.category,)), name)


def _measure(form: GoodsForm) -> Fold:
    fields = (form.unit, form.pieces, form.weight, form.weight_unit)
    if _are_wrong(fields) or not all(field.data for field in fields):
        return Fold(is_open=True, note="")
    sold = unit_label(form.unit.data, form.pieces.data or 1).removeprefix("/ ")
    weight_unit = _("斤") if form.weight_unit.data == JIN else _("克")
    note = _("%(unit)s，连包装 %(n)s %(each)s", unit=sold, n=form.weight.data, each=weight_unit)
    return Fold(is_open=False, note=note)


def _said(fields: Sequence[Field]) -> str:
    return _shortened("；".join(field.data for field in fields if isinstance(field.data, str) and field.data))


def _harvest_words(form: GoodsForm) -> str:
    first, last = form.harvest_first_on.data, form.harvest_last_on.data
    if first is None or last is None:
        return ""
    return _("%(first)s到%(last)s", first=town_date(first), last=town_date(last))


def _months_words(form: GoodsForm) -> str:
    known = [int(month) for month in form.months.data or () if month in MONTHS]
    return months(known or range(1, 13))


def _shortened(text: str) -> str:
    return text if len(text) <= LINE else text[:LINE] + "…"


def _are_wrong(fields: Sequence[Field]) -> bool:
    return any(field.errors for field in fields)


def further_ways(form: GoodsForm) -> tuple[WayForm, ...]:
    """Return the forms of further ways to draw: those filled in and a blank one, at least two."""
    filled = [n for n, way in enumerate(form.further, 1) if not way.is_blank or way.variant.data]
    return tuple(form.further[: max(filled[-1] + 1 if filled else 0, 2)])


def labelled(shelves: Sequence[CategoryFacts]) -> str:
    """Return the names of the large shelves on which, or on a part of which, goods need a label."""
    codes = {shelf.parent_code or shelf.code for shelf in shelves if shelf.needs_label}
    return "、".join(shelf.name for shelf in shelves if shelf.code in codes)


def chosen(form: GoodsForm, shelves: Sequence[CategoryFacts]) -> CategoryFacts | None:
    """Return the shelf that was ticked; one that is not offered is told at its field."""
    offered = {choice[0] for choice in form.category.iter_choices()}
    found = next((one for one in shelves if one.code == form.category.data and one.code in offered), None)
    if found is None:
        form.category.errors = [_("请选一类。")]
    return found


def is_lawful(form: GoodsForm, wanted: Offer, shelf: CategoryFacts) -> bool:
    """Tell whether the law lets these words be shown; each that it does not is told at its field, with its ground."""
    found = text_obstacles(wanted, needs_label=shelf.needs_label)
    for one in found:
        field = form[one.field]
        if one.kind is ObstacleKind.LABEL_ITEM:
            words = _("“%(shelf)s”这一类要写这一项", shelf=shelf.name)
        else:
            ground, _colon, word = one.detail.partition(":")
            why = str(GROUND_WORDS[Ground(ground)]).rstrip("。")
            words = _("“%(word)s”不能写：%(why)s", word=word, why=why)
        field.errors = [*field.errors, words]
    return not found


def tell_invalid(form: GoodsForm, error: Invalid) -> None:
    """Tell at its field what the shop does not take, or above the form where that is not known."""
    is_weighed = form.pricing.data == Pricing.WEIGHT.value
    told: Mapping[str, tuple[Field, str]] = {
        "price": (form.per_jin if is_weighed else form.price, _("一份最贵 1 万元。")),
        "gross_g": (form.weight, _("这个重量收不了。")),
        "weight": (form.most, _("最轻最重的和连包装的重量对不上。")),
        "stock": (form.quantity, _("这个数收不了。")),
        "name": (form.name, _("有好几种卖法，每种要有自己的名字。")),
    }
    field, words = told.get(error.field, (None, ""))
    if field is None:
        form.form_errors = [_("没送成，请看看每一项再送一次。")]
    else:
        field.errors = [words]


def save(form: EditForm, own: Present, shelf: CategoryFacts, run: Run | None = None) -> Revised | None:
    """Save what a form in order says of a thing; what cannot be is told in the form, and None returned.

    Args:
        run: runs the change in a transaction, with what else belongs to it; without it the change stands alone.

    Raises:
        Stale: it was changed, or some were sold, since the page was opened.
        WrongState: it was ended.
    """
    actor, clock, version = current_actor(), house().clock, form.version.data or 0
    wanted = wanted_of(form, own, shelf)
    if not is_lawful(form, wanted, shelf):
        return None
    try:
        return (run or edge().run)(
            lambda session: revise(session, own.vendor_id, own.code, wanted, version=version, actor=actor, clock=clock)
        )
    except NotLawful as error:
        form.form_errors = list(obstacle_lines(error.obstacles))
    except Invalid as error:
        tell_invalid(form, error)
    except NotFound:
        form.form_errors = [_("没送成，请看看每一项再送一次。")]
    return None


def wanted_of(form: EditForm, own: Present, shelf: CategoryFacts) -> Offer:
    """Return what a form in order says of a thing that is there; its photos have a page of their own."""
    return form.offer(category_id=shelf.id, photo_keys=own.told.photo_keys, ref=own.offer.ref)


def both(form: EditForm, own: Present, shelf: CategoryFacts, shelves: Sequence[CategoryFacts]) -> tuple[Compared, ...]:
    """Return what is saved now beside what was typed, and let the next press save what was typed, knowingly."""
    names = {one.code: one.name for one in shelves}
    wanted = wanted_of(form, own, shelf)
    with edge().reading() as session:  # the page's own read began before the other's save
        now = present(session, own.code)
        rows = compared(facts_now(session, now.told, own.vendor_id), facts_now(session, wanted, own.vendor_id), names)
    form.version.data = now.version
    free = {way.variant_id: way.stock for way in now.told.ways}
    for way in (form, *form.further):
        way.saw_stock.data = free.get(way.variant.data)
    return (*rows, Compared(_("现在有"), _stock_words(now.told.ways), _stock_words(wanted.ways)))


def _stock_words(ways: Sequence[Way]) -> str:
    return "；".join(
        _("%(name)s %(n)s 斤", name=way.name, n=jin(way.stock)).strip()
        if way.is_cut
        else _("%(name)s %(n)d 份", name=way.name, n=way.stock).strip()
        for way in ways
    )
