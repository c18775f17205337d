"""The label of a lot: what the law wants on packed food, and the way to where it comes from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import url_for
from markupsafe import Markup

from shop.catalog.lots.models import Grade
from shop.catalog.lots.queries import LotFacts
from shop.fulfilment.marks import square
from shop.kernel.clock import town_day
from shop.vendors.models import PaperKind
from shop.vendors.queries import PaperFacts, papers_of
from shop.web.goods import GRADE_WORDS
from shop.web.house import house, reading
from shop.web.i18n import _
from shop.web.words import kilograms

QR_DOTS = 6
"""0.75 mm a module: an old phone reads it on a shelf."""
PERMITS = (PaperKind.WORKSHOP_FILING, PaperKind.FOOD_LICENCE, PaperKind.LIQUOR_LICENCE)
"""Whose number stands on the label of packed food."""


@dataclass(frozen=True)
class LotLabel:
    """What a lot's label says (GB 7718), or what is still wanting for it.

    Attributes:
        permit: number of the licence or filing under which it was made; empty where none is needed.
        gaps: what the law wants on it and nobody has told; while there are any it is not printed.
    """

    lot: LotFacts
    spec: str
    net: str
    grade: str
    permit: str
    received_on: date
    best_before: date | None
    square: Markup
    gaps: tuple[str, ...]


def labels_of(lots: Iterable[LotFacts]) -> list[LotLabel]:
    """Return the labels of lots, in their order."""
    wanted, today = list(lots), town_day(house().clock())
    papers = papers_of(reading(), {lot.vendor_id for lot in wanted})
    return [_label(lot, [paper for paper in papers.get(lot.vendor_id, ()) if paper.is_valid(today)]) for lot in wanted]


def _label(lot: LotFacts, papers: list[PaperFacts]) -> LotLabel:
    permit = next((paper.number for paper in papers if paper.kind in PERMITS), "") if lot.needs_label else ""
    return LotLabel(
        lot=lot,
        spec=_spec(lot),
        net=_net(lot),
        grade="" if lot.grade is Grade.UNGRADED else str(GRADE_WORDS[lot.grade]),
        permit=permit,
        received_on=lot.received_on,
        best_before=lot.best_before,
        square=square(house().settings.public_url + url_for("catalog.trace", code=lot.code), QR_DOTS),
        gaps=_gaps(lot, papers),
    )


def _spec(lot: LotFacts) -> str:
    if lot.way or lot.pieces == 1:
        return lot.way or lot.unit
    return _("%(unit)s（%(n)d 个）", unit=lot.unit, n=lot.pieces)


def _net(lot: LotFacts) -> str:
    if lot.range_g is not None:
        return _("%(least)d–%(most)d 克，按实称", least=lot.range_g[0], most=lot.range_g[1])
    return kilograms(lot.net_g) if lot.net_g is not None else ""


def _gaps(lot: LotFacts, papers: list[PaperFacts]) -> tuple[str, ...]:
    if not lot.needs_label:
        return ()
    wanted = (
        (lot.ingredients, _("配料")),
        (lot.keep_note, _("怎么保存")),
        (lot.shelf_days, _("能放几天")),
        (_net(lot), _("净含量")),
        (papers, _("有效的证")),
    )
    return tuple(words for value, words in wanted if not value)
