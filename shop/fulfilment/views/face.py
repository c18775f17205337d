"""What the pages of the bench share."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from shop.courier.rules import COMPANY_NAMES, TOWN
from shop.fulfilment.handovers.rules import Hindrance
from shop.fulfilment.queries import ParcelFacts
from shop.kernel.errors import NotFound
from shop.orders.models import Box, VendorOrderState
from shop.orders.queries.orders import OrderFacts, PartFacts
from shop.orders.rules import NOT_COMING
from shop.web.audience import Audience, blueprint
from shop.web.i18n import _

bp = blueprint("staff_fulfilment", __name__, Audience.STAFF, prefix="/staff")


@dataclass(frozen=True)
class Piece:
    """So many of one line."""

    id: int
    title: str
    unit: str
    count: int
    gross_g: int


@dataclass(frozen=True)
class Pick:
    """What goes into the box from one household."""

    vendor: str
    village: str
    lines: tuple[Piece, ...]


BOX_WORDS: Mapping[Box, str] = {Box.AMBIENT: _l("常温"), Box.CHILLED: _l("冷藏"), Box.FROZEN: _l("冷冻")}


HINDRANCE_WORDS: Mapping[Hindrance, str] = {
    Hindrance.UNKNOWN: _l("%(number)s 不是我们的包裹，不要给出去。"),
    Hindrance.OPENED: _l("%(number)s 已经拆开了，这张面单作废，不要给出去。"),
    Hindrance.CANCELLED: _l("%(number)s 这一单取消了，不要给出去。"),
    Hindrance.BACK: _l("%(number)s 退回中心了，不要再给出去。"),
    Hindrance.GONE: _l("%(number)s 已经交出去过了。"),
    Hindrance.COLLECTED: _l("%(number)s 是买家自己来取的，不要给出去。"),
    Hindrance.RECALLED: _l("%(number)s 里面有召回的货，不要给出去。"),
    Hindrance.NO_NUMBER: _l("%(number)s 还没有运单号，先留着。"),
    Hindrance.OTHER_NUMBER: _l("%(number)s 换过运单号了，先重印面单贴上。"),
    Hindrance.WITHOUT_OTHERS: _l("%(number)s 这一箱分了几包，还少一包，凑齐了一起交。"),
    Hindrance.OTHER_COURIER: _l("拿错了，%(number)s 是%(carrier)s的。"),
}
"""Why a parcel is not given to a courier; `number` is what was scanned, `carrier` who takes it."""


UNSEEN = "-"
"""What a form without a version has seen: nothing."""


def courier_name(key: str) -> str:
    """Return what a courier is called, by its company's code or the town's own."""
    return COMPANY_NAMES.get("" if key == TOWN else key, key)


def box_of(value: str) -> Box:
    """Return the box of an address.

    Raises:
        NotFound: there is no such box.
    """
    if value not in set(Box):
        raise NotFound("box")
    return Box(value)


def coming(order: OrderFacts) -> frozenset[Box]:
    """Return in which boxes of an order something comes."""
    return frozenset(part.box for part in order.parts if part.state not in NOT_COMING)


def box_text(box: Box, among: Collection[Box]) -> str:
    """Return which box this is, and which of how many when its order has several: 冷藏 2/3 箱."""
    if len(among) < 2:
        return str(BOX_WORDS[box])
    number = [one for one in Box if one in among].index(box) + 1
    return _("%(box)s %(n)d/%(all)d 箱", box=BOX_WORDS[box], n=number, all=len(among))


def parcel_text(box: Box, carries: Collection[Box], number: int, among: int, coming: Collection[Box]) -> str:
    """Return which box a parcel is, what else lies in it, and which of how many parcels: 冷藏 1/2 箱（含常温）。

    Args:
        carries: the boxes of its order of which goods lie in it.
        coming: every box of its order in which something comes.
    """
    words = box_text(box, frozenset(coming) - (frozenset(carries) - {box}))
    guests = "、".join(str(BOX_WORDS[one]) for one in Box if one in carries and one is not box)
    if guests:
        words = _("%(box)s（含%(guests)s）", box=words, guests=guests)
    return _("%(box)s 分包%(n)d/%(all)d", box=words, n=number, all=among) if among > 1 else words


def which_box(parcel: ParcelFacts) -> str:
    """Return which box of its order a parcel is, in words."""
    return parcel_text(parcel.box, parcel.boxes, parcel.number, parcel.among, coming(parcel.order))


def picks_in(parcel: ParcelFacts) -> tuple[Pick, ...]:
    """Return what lies in a parcel, household by household; what was given back since is left out."""
    return _picked(parcel.order.parts, parcel.pieces)


def picks(order: OrderFacts, boxes: Collection[Box]) -> tuple[Pick, ...]:
    """Return what goes into boxes of an order, household by household; what did not come is left out."""
    came = [part for part in order.parts if part.box in boxes and part.state is VendorOrderState.RECEIVED]
    return _picked(came, {line.id: line.accepted for part in came for line in part.lines})


def _picked(parts: Iterable[PartFacts], pieces: Mapping[int, int]) -> tuple[Pick, ...]:
    found = (
        Pick(
            part.vendor_name,
            part.village,
            tuple(
                Piece(line.id, line.title, line.unit, count, line.gross_g)
                for line in part.lines
                if (count := min(pieces.get(line.id, 0), line.accepted))
            ),
        )
        for part in parts
    )
    return tuple(pick for pick in found if pick.lines)
