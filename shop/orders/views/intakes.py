"""What became of an order's goods on the centre's table, as their buyer reads it: weighed, turned down, called back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shop.accounts.queries import names_of
from shop.fulfilment.lots.queries import IntakeFacts, intakes_of
from shop.fulfilment.scales import read_grams
from shop.kernel.money import by_weight, yuan
from shop.orders.queries.orders import LineFacts
from shop.web.house import reading
from shop.web.i18n import _
from shop.web.prices import jin, kilos
from shop.web.words import masked_name, town_time


@dataclass(frozen=True)
class Intake:
    """What was taken in of a line, and by whom: the person's name with all but its first character hidden."""

    facts: IntakeFacts
    who: str


def intakes_by_line(order_id: int) -> dict[int, Intake]:
    """Return what was taken in of an order, by the line's id."""
    found = intakes_of(reading(), order_id)
    names: Mapping[str, str] = names_of(reading(), {one.actor for one in found.values()}) if found else {}
    return {
        line: Intake(one, masked_name(names[one.actor]) if one.actor in names else _("中心"))
        for line, one in found.items()
    }


def weighing_words(line: LineFacts, intake: Intake | None) -> Iterator[str]:
    """Yield what the scale said of a line sold by weight, when and to whom, and what that did to its price."""
    if line.per_500g_fen is None or not line.accepted:
        return
    if line.weighed_g is None:
        yield _("先照最重的付，收货过秤，轻了的当天退您。")
        return
    weight = _("称下来 %(jin)s 斤（%(kilos)s 公斤）", jin=jin(line.weighed_g), kilos=kilos(line.weighed_g))
    yield weight if intake is None else _("%(weight)s，%(told)s", weight=weight, told=_told(line, intake))
    yield _paid(line, line.per_500g_fen)


def _told(line: LineFacts, intake: Intake) -> str:
    by = _("%(at)s %(who)s称的", at=town_time(intake.facts.at), who=intake.who)
    read = intake.facts.reading
    if not read:
        return by
    # Weighed again, or fewer pieces of it left: the reading is that of the day it came.
    shown = (
        _("秤上是 %(read)s", read=read) if read_grams(read) == line.weighed_g else _("那时秤上是 %(read)s", read=read)
    )
    return _("%(weight)s，%(told)s", weight=by, told=shown)


def _paid(line: LineFacts, per_500g_fen: int) -> str:
    most = yuan(line.price_fen * line.accepted)
    if line.weight_back_fen:
        return _("最多 %(most)s，按重 %(now)s，退您 %(back)s。", most=most, now=yuan(line.kept_fen),
                 back=yuan(line.weight_back_fen))  # fmt: skip
    if by_weight(per_500g_fen, line.weighed_g or 0) > line.price_fen * line.accepted:
        return _("比最重的还重，还是最多 %(most)s，不用补。", most=most)
    return _("正好 %(most)s，不用退补。", most=most)


def missing_words(line: LineFacts, intake: Intake | None, *, is_called_off: bool) -> Iterator[str]:
    """Yield what of a line does not come, each with why where the centre knows it.

    Args:
        is_called_off: none of its part comes, and the order's steps say why.
    """
    told = intake.facts if intake is not None else None
    left = line.rejected
    if told is not None and told.rejected:
        left -= told.rejected
        yield _("%(goods)s没收下，%(why)s", goods=_goods(line, told.rejected), why=told.reason)
    if told is not None and told.recalled:
        left -= told.recalled
        yield _("%(goods)s召回了，%(why)s", goods=_goods(line, told.recalled), why=told.recall_reason)
    if left > 0 and not is_called_off:
        yield _goods(line, left)


def _goods(line: LineFacts, pieces: int) -> str:
    return _("%(title)s %(n)d %(unit)s", title=line.title, n=pieces, unit=line.unit)
