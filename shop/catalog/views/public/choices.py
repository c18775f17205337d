"""What a thing's page says beside the ways in which it is sold: how much is left, or why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass

from shop.catalog.offers import OfferFacts
from shop.catalog.views.public.words import BLOCKED
from shop.web.i18n import _
from shop.web.prices import weight_range
from shop.web.words import months, town_date

FEW = 5
"""So few left are counted out; more are not."""


@dataclass(frozen=True)
class Blocked:
    """Why nothing of a thing can be bought now: the word on its button, and a sentence."""

    word: str
    sentence: str


def stock(offer: OfferFacts) -> str:
    """Say how much of a way is left, or why there is none."""
    stop = BLOCKED.get(offer.problem(1) or "")
    if stop is not None:
        return str(stop[0])
    if offer.way.free <= FEW:
        return _("只剩 %(n)d %(unit)s", n=offer.way.free, unit=offer.way.unit)
    return _("有货")


def blocked(offers: Sequence[OfferFacts]) -> Blocked | None:
    """Return why no way of a thing can be bought now, or None when one can."""
    problems = [offer.problem(1) for offer in offers]
    if None in problems:
        return None
    # What is full or sold out in one way may be out of season in none: the first way speaks for the thing.
    problem = problems[0] or ""
    if problem == "out_of_season":
        when = months(offers[0].months)
        return Blocked(_("不在季节"), _("%(months)s才有，到时候再来看看。", months=when))
    word, sentence = BLOCKED[problem]
    return Blocked(str(word), str(sentence))


def ahead(offer: OfferFacts) -> str | None:
    """Return when a thing ordered ahead is gathered, and the day for one ordered now; None when it is not."""
    harvest, day = offer.harvest, offer.harvest_day(1)
    if harvest is None:
        return None
    span = (
        _("%(first)s起采", first=town_date(harvest.first))
        if harvest.first >= offer.earliest
        else _("采到%(last)s", last=town_date(harvest.last))
    )
    cap = _("%(span)s，每天最多 %(n)d %(unit)s", span=span, n=harvest.cap, unit=offer.way.unit)
    if day is None:
        return _("%(cap)s，都订完了。", cap=cap)
    return _("%(cap)s。现在订，%(day)s采。", cap=cap, day=town_date(day))


def by_weight(offers: Sequence[OfferFacts]) -> str | None:
    """Return how a thing is paid for of which the scale decides the price, or None for a thing that has its price."""
    weighed = [offer.way for offer in offers if offer.way.per_500g_fen is not None]
    if not weighed:
        return None
    promise = _("先照最重的付，收货那天过秤，轻了多少当天退您多少，绝不多收。")
    way = weighed[0]
    if len(offers) > 1 or way.least_g is None or way.most_g is None:
        return promise
    span = weight_range(way.least_g, way.most_g)
    return _("一%(unit)s约 %(span)s。%(promise)s", unit=way.unit, span=span, promise=promise)
