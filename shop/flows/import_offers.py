"""What a row of an import says of a listing, as an offer, and what stands in the way of showing it, as its flaws."""

from collections.abc import Sequence
from dataclasses import replace

from shop.catalog.imports.goods import Goods
from shop.catalog.imports.reasons import Reason
from shop.catalog.imports.sheets import Flaw
from shop.catalog.models import HiddenFor, Listing, ListingState
from shop.catalog.obstacles import Obstacle, ObstacleKind
from shop.catalog.rules import Offer, Way
from shop.flows.import_directory import Refused

FIELDS = {"story": "description", "title": "title", "tags": "tags"}
KINDS = {
    ObstacleKind.PAPER_MISSING: Reason.PAPER_MISSING,
    ObstacleKind.PAPER_EXPIRED: Reason.PAPER_EXPIRED,
    ObstacleKind.FORBIDDEN_WORD: Reason.FORBIDDEN_WORD,
}


def check_known(goods: Goods, listing: Listing, vendor_id: int) -> None:
    """Refuse a row for a listing that no import may change.

    Raises:
        Refused: it is another's, ended, taken down, or sold by actual weight.
    """
    if listing.vendor_id != vendor_id:
        raise Refused(Flaw("ref", Reason.REF_TAKEN, listing.vendor.name, goods.ref))
    if listing.state is ListingState.ARCHIVED:
        raise Refused(Flaw("ref", Reason.ARCHIVED, cell=goods.ref))
    if listing.hidden_for is HiddenFor.TAKEN_DOWN:
        raise Refused(Flaw("ref", Reason.TAKEN_DOWN, cell=goods.ref))
    if listing.variants and listing.variants[0].per_500g_fen is not None:
        raise Refused(Flaw("price_fen", Reason.BY_WEIGHT, cell=str(goods.price_fen)))


def offered(goods: Goods, category_id: int, origin_code: str | None, photo_keys: tuple[str, ...] | None) -> Offer:
    """Return a new listing as a row tells it."""
    measure = goods.measure
    return Offer(
        category_id=category_id,
        title=goods.title,
        ways=(
            Way(
                unit=measure.unit,
                gross_g=measure.gross_g,
                price_fen=goods.price_fen,
                pieces=measure.pieces,
                stock=goods.stock,
                net_g=measure.net_g,
            ),
        ),
        story=goods.story,
        origin_code=origin_code,
        months=goods.months,
        tags=goods.tags,
        photo_keys=photo_keys or (),
        ref=goods.ref,
    )


def changed(
    now: Offer, goods: Goods, category_id: int, origin_code: str | None, photo_keys: tuple[str, ...] | None
) -> Offer:
    """Return what a listing shall say: what the row says, and for the rest what it says now.

    The row is of the first way it is sold. What that weighs was reckoned once and may have been set right since, so it
    stays until the unit or the net weight becomes another.
    """
    told, first = offered(goods, category_id, origin_code, photo_keys), now.ways[0]
    wanted = told.ways[0]
    is_as_measured = (wanted.unit, wanted.pieces) == (first.unit, first.pieces) and wanted.net_g in (None, first.net_g)
    way = replace(first, price_fen=wanted.price_fen, stock=wanted.stock)
    if not is_as_measured:
        way = replace(way, unit=wanted.unit, pieces=wanted.pieces, net_g=wanted.net_g, gross_g=wanted.gross_g)
    return replace(
        now,
        category_id=category_id,
        title=told.title,
        story=told.story,
        origin_code=origin_code,
        months=told.months,
        tags=told.tags,
        ways=(way, *now.ways[1:]),
        photo_keys=now.photo_keys if photo_keys is None else photo_keys,
    )


def flaws_of(found: Sequence[Obstacle]) -> list[Flaw]:
    """Return what the law puts in the way, by the row's columns; the label's items together."""
    flaws = []
    for one in found:
        if one.kind is ObstacleKind.FORBIDDEN_WORD:
            word = one.detail.partition(":")[2]
            flaws.append(Flaw(FIELDS.get(one.field, ""), Reason.FORBIDDEN_WORD, word))
        elif one.kind is not ObstacleKind.LABEL_ITEM:
            flaws.append(Flaw("vendor", KINDS[one.kind], one.detail))
    items = [one.field for one in found if one.kind is ObstacleKind.LABEL_ITEM]
    if items:
        flaws.append(Flaw("category", Reason.LABEL_ITEM, ",".join(items)))
    return flaws
