"""When goods come to whoever reads their page: to the place they name, else to every zone of the freight table."""

from dataclasses import dataclass

from flask import request

from shop.accounts.queries import kept_addresses
from shop.catalog.offers import OfferFacts
from shop.courier.queries import NoFreight, Rate, zones
from shop.courier.rules import PROVINCES
from shop.kernel.money import yuan
from shop.orders.models import Handing
from shop.orders.queries.baskets import BasketFacts, BasketLineFacts
from shop.orders.queries.quotes import CannotSend, Destination, quote
from shop.town.queries import TownFacts
from shop.web.house import current_person, house, reading
from shop.web.i18n import _
from shop.web.places import PROVINCE_WORDS, province_word
from shop.web.somebody import somebody
from shop.web.words import WEEKDAY_WORDS, town_date


@dataclass(frozen=True)
class Carriage:
    """How long and for how much a parcel goes to one zone."""

    zone: Rate
    is_too_far: bool
    """It takes longer than the goods bear in a parcel."""


@dataclass(frozen=True)
class Arrival:
    """When and for how much goods come.

    Attributes:
        rule: by when one pays for them to go tomorrow; empty of what cannot be bought now, for which no day is told.
        places: provinces, each with what its reader calls it.
        place: the province asked about; empty while nobody has named one.
        day: the last day on which they are there; empty without a place, and where they cannot go.
        cost: what carriage of one costs.
        trouble: why they cannot go there.
        carriage: to each zone; empty for what is only collected.
    """

    rule: str
    places: tuple[tuple[str, str], ...]
    place: str
    day: str
    cost: str
    trouble: str
    carriage: tuple[Carriage, ...]


def arrival(offer: OfferFacts, town: TownFacts, *, is_sold: bool) -> Arrival:
    """Return when one piece comes, priced as the checkout will price it.

    Args:
        is_sold: it can be bought now.
    """
    place = _place() if is_sold and not offer.is_live else ""
    day = cost = trouble = ""
    if place:
        try:
            day, cost = _sent(offer, town, place)
        except CannotSend as stuck:
            line = stuck.lines[0]
            trouble = _(
                "寄到%(place)s要 %(takes)d 天，它在路上只经得起 %(bears)d 天，寄不了。",
                place=province_word(place),
                takes=line.takes_days or 0,
                bears=line.bears_days or 0,
            )
        except NoFreight:
            trouble = _("%(province)s现在还寄不到。", province=province_word(place))
    return Arrival(
        rule=_rule(town, is_ahead=offer.harvest is not None) if is_sold else "",
        places=tuple(PROVINCE_WORDS.items()),
        place=place,
        day=day,
        cost=cost,
        trouble=trouble,
        carriage=() if offer.is_live else _carriage(offer.travel_days),
    )


def _place() -> str:
    """Return the province the address names, else that of the address its reader used last."""
    named = request.args.get("to", "")
    if named in PROVINCES:
        return named
    known = somebody()
    if known is not None:
        return known.province if known.province in PROVINCES else ""
    person = current_person()
    kept = kept_addresses(reading(), person.id) if person is not None else ()
    return kept[0].province if kept and kept[0].province in PROVINCES else ""


def _sent(offer: OfferFacts, town: TownFacts, place: str) -> tuple[str, str]:
    one = BasketFacts((BasketLineFacts(offer, 1),))
    priced = quote(reading(), one, Destination(Handing.DELIVERY, place), now=house().clock(), town=town)
    on = priced.promised_on
    day = _("最晚%(day)s（%(weekday)s）送到", day=town_date(on), weekday=WEEKDAY_WORDS[on.isoweekday()])
    return day, _("单寄一份运费 %(price)s", price=yuan(priced.freight_fen))


def _rule(town: TownFacts, *, is_ahead: bool) -> str:
    if is_ahead:
        return _("采下来当天送到镇上的中心，打好包就寄。")
    return _("%(hour)s 前付款，人家第二天送到镇上的中心，打好包就寄。", hour=town.cutoff)


def _carriage(travel_days: int | None) -> tuple[Carriage, ...]:
    return tuple(Carriage(zone, travel_days is not None and zone.days > travel_days) for zone in zones(reading()))
