"""The packing table as its page carries it: which boxes, what was counted, which parcels are full already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from shop.fulfilment.checking import Wanted, missing
from shop.fulfilment.forms import CARTON_WORDS, PackForm
from shop.fulfilment.models import Carton
from shop.fulfilment.photos.queries import waiting_photos
from shop.fulfilment.queries import box_version, codes_in_boxes
from shop.fulfilment.rules import JOINS, MAX_ICE_PACKS, MAX_PARCELS, MAX_WEIGHT_G, shares
from shop.fulfilment.services import Load, Packing
from shop.fulfilment.views.face import BOX_WORDS, Pick, Piece, box_text, coming, picks
from shop.kernel.errors import Invalid
from shop.orders.models import Box, Handing
from shop.orders.queries.orders import OrderFacts
from shop.orders.rules import is_ready_to_pack
from shop.web.house import reading
from shop.web.i18n import _
from shop.web.places import region
from shop.web.words import kilograms


@dataclass(frozen=True)
class Told:
    """What a scan came to, in words; `is_wrong` is said loudly."""

    words: str
    is_wrong: bool


@dataclass(frozen=True)
class Sight:
    """A box at the table.

    Attributes:
        joined: warmer boxes whose goods go into this one.
        wanted: what is to go into the parcel at hand: all that is in none before it.
        counted: pieces by the line's id.
        before: the parcels that are full already.
        photos: how many were taken of it, open.
    """

    order: OrderFacts
    box: Box
    joined: tuple[Box, ...]
    version: str
    wanted: tuple[Wanted, ...]
    counted: Mapping[int, int] = field(default_factory=dict)
    before: tuple[Load, ...] = ()
    photos: int = 0

    def with_counts(self, counted: Mapping[int, int]) -> "Sight":
        """Return it with other counts; more than belong into the parcel never are."""
        most = {line.line_id: line.pieces for line in self.wanted}
        kept = {line_id: min(max(count, 0), most[line_id]) for line_id, count in counted.items() if line_id in most}
        return replace(self, counted=kept)

    def anew(self) -> "Sight":
        """Return it as it is before anything is counted."""
        return at_table(self.order, self.box, [one.value for one in self.joined])


def may_join(order: OrderFacts, box: Box) -> tuple[Box, ...]:
    """Return the warmer boxes of an order that are ready too and may go into this one."""
    return tuple(
        one
        for one in Box
        if one in JOINS.get(box, frozenset())
        and is_ready_to_pack(part.state for part in order.parts if part.box is one)
    )


def at_table(order: OrderFacts, box: Box, joined: Iterable[str], before: Sequence[Load] = ()) -> Sight:
    """Return a box as it comes to the table.

    Args:
        joined: values of warmer boxes; what may not be joined is left out.

    Raises:
        Invalid: what is said to be full already holds what is not there.
    """
    asked = set(joined)
    with_it = tuple(one for one in may_join(order, box) if one.value in asked)
    boxes = (box, *with_it)
    lines = [line for pick in picks(order, boxes) for line in pick.lines]
    *_full, rest = shares({line.id: line.count for line in lines}, [load.pieces for load in before])
    codes = codes_in_boxes(reading(), order.id, boxes)
    wanted = tuple(
        Wanted(line.id, line.title, line.unit, rest[line.id], codes.get(line.id, frozenset()))
        for line in lines
        if line.id in rest
    )
    photos = waiting_photos(reading(), order.id, box)
    return Sight(order, box, with_it, box_version(order, boxes), wanted, before=tuple(before), photos=photos)


def as_sent(order: OrderFacts, box: Box) -> Sight:
    """Return a box as the form says it stands at the table.

    Raises:
        Invalid: as `at_table`, or what is said of a full parcel cannot be read.
    """
    before = [_read(text) for text in request.form.getlist("load")[:MAX_PARCELS]]
    try:
        sight = at_table(order, box, request.form.getlist("join"), before)
    except Invalid:
        if request.form.get("version") == box_version(order, (box, *may_join(order, box))):
            raise
        sight = replace(at_table(order, box, request.form.getlist("join")), version="")  # the order changed meanwhile
    typed = {line.line_id: request.form.get(f"count-{line.line_id}", 0, type=int) or 0 for line in sight.wanted}
    return sight.with_counts(typed)


def filled_so_far(sight: Sight, load: Load) -> Sight:
    """Return the table after one more parcel was filled."""
    joined = [one.value for one in sight.joined]
    return at_table(sight.order, sight.box, joined, (*sight.before, load))


def _read(text: str) -> Load:
    """Return a full parcel from its hidden field: weight|carton|ice packs|line:pieces,line:pieces."""
    try:
        weight, carton, ice_packs, held = text.split("|")
        pairs = [each.split(":") for each in held.split(",")]
        pieces = {int(line_id): int(count) for line_id, count in pairs}
        load = Load(int(weight), Packing(Carton(carton), int(ice_packs)), pieces)
    except ValueError:
        raise Invalid("load", "shape") from None
    if not 1 <= load.weight_g <= MAX_WEIGHT_G or not 0 <= load.how.ice_packs <= MAX_ICE_PACKS:
        raise Invalid("load", "range")
    return load


def _written(load: Load) -> str:
    held = ",".join(f"{line_id}:{count}" for line_id, count in load.pieces.items())
    return f"{load.weight_g}|{load.how.carton}|{load.how.ice_packs}|{held}"


def page(sight: Sight, form: PackForm, told: Told | None = None, status: int = 200) -> ResponseReturnValue:
    """Return the page of a box at the table."""
    order = sight.order
    left = {line.line_id: line.pieces for line in sight.wanted}
    shown = _left(picks(order, (sight.box, *sight.joined)), left)
    lines = [line for pick in shown for line in pick.lines]
    is_wrong = told is not None and told.is_wrong
    is_whole = not missing(sight.wanted, sight.counted)
    html = render_template(
        "staff/packing_order.html",
        order=order,
        sight=sight,
        box_text=box_text(sight.box, coming(order) - frozenset(sight.joined)),
        joins=[(one.value, BOX_WORDS[one], one in sight.joined) for one in may_join(order, sight.box)],
        loads=[_written(load) for load in sight.before],
        full=_told(sight),
        may_split=not is_whole and len(sight.before) + 1 < MAX_PARCELS and sum(left.values()) > 1,
        is_collected=order.handing is Handing.COLLECTION,
        region=region(order.province, order.city, order.district),
        picks=shown,
        is_whole=is_whole,
        told=told,
        expected_g=sum(line.gross_g * line.count for line in lines),
        form=form,
    )
    return make_response(html, status if status != 200 or not (form.errors or is_wrong) else 422)


def _left(found: Iterable[Pick], left: Mapping[int, int]) -> list[Pick]:
    """Return what is to go into the parcel at hand, household by household."""
    picked = [
        replace(pick, lines=tuple(replace(line, count=left[line.id]) for line in pick.lines if line.id in left))
        for pick in found
    ]
    return [pick for pick in picked if pick.lines]


def _told(sight: Sight) -> list[str]:
    """Return in words what the full parcels hold."""
    lines: dict[int, Piece] = {
        line.id: line for pick in picks(sight.order, (sight.box, *sight.joined)) for line in pick.lines
    }
    told = []
    for number, load in enumerate(sight.before, 1):
        goods = "、".join(f"{lines[each].title} {count}{lines[each].unit}" for each, count in load.pieces.items())
        how = f"{kilograms(load.weight_g)} · {CARTON_WORDS[load.how.carton]}"
        told.append(_("第 %(n)d 包：%(goods)s · %(how)s", n=number, goods=goods, how=how))
    return told
