"""Goods told in words: what is shown of them, field by field, and what is in the way of showing it."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from shop.catalog.lawful import Ground
from shop.catalog.obstacles import Obstacle, ObstacleKind
from shop.catalog.versions import Facts
from shop.catalog.views.words import GROUND_WORDS, PAPER_WORDS, PART_WORDS
from shop.kernel.money import yuan
from shop.vendors.models import PaperKind
from shop.web.compared import Compared
from shop.web.i18n import _
from shop.web.prices import jin, unit_label
from shop.web.words import months, town_date

PARTS = tuple(part for part in PART_WORDS if part != "price")


def told(facts: Facts, shelves: Mapping[str, str]) -> dict[str, str]:
    """Return what is shown of goods in words, by part; nothing said is "".

    Args:
        facts: in the format of `shop.catalog.versions.as_shown`.
        shelves: code of a shelf -> its name.
    """
    harvest = facts["harvest"]
    return {
        "title": facts["title"],
        "category": shelves.get(facts["category"], facts["category"]),
        "village": facts["village"],
        "ways": "；".join(map(way_words, facts["ways"])),
        "months": months(facts["months"]),
        "harvest": "" if harvest is None else _harvest(harvest),
        "story": facts["story"],
        "ingredients": facts["ingredients"],
        "keep_note": facts["keep_note"],
        "shelf_days": _days(facts["shelf_days"]),
        "travel_days": _days(facts["travel_days"]),
        "tags": "、".join(facts["tags"]),
        "photos": _("%(n)d 张", n=len(facts["photos"])),
    }


def compared(now: Facts, then: Facts, shelves: Mapping[str, str]) -> tuple[Compared, ...]:
    """Return two versions of goods side by side, part by part."""
    left, right = told(now, shelves), told(then, shelves)
    if now["photos"] != then["photos"] and left["photos"] == right["photos"]:
        right["photos"] = _("%(n)d 张，换过或者换了前后", n=len(then["photos"]))
    return tuple(Compared(str(PART_WORDS[part]), left[part], right[part]) for part in PARTS)


def _days(days: int | None) -> str:
    return "" if days is None else _("%(n)d 天", n=days)


def _harvest(harvest: Mapping[str, Any]) -> str:
    first, last = (town_date(date.fromisoformat(harvest[name])) for name in ("first", "last"))
    return _("%(first)s到%(last)s，一天最多 %(n)d 份", first=first, last=last, n=harvest["cap"])


def way_words(way: Mapping[str, Any]) -> str:
    """Return one way of selling in a line: a villager's 斤 where it is weighed."""
    name = f"{way['name']} " if way["name"] else ""
    if way["per_500g_fen"] is None:
        words = f"{name}{yuan(way['price_fen'])} {unit_label(way['unit'], way['pieces'])}"
        return words if way["net_g"] is None else words + _("，净重 %(jin)s 斤", jin=jin(way["net_g"]))
    return name + _(
        "%(price)s 一斤，一%(unit)s %(least)s–%(most)s 斤，最多 %(ceiling)s",
        price=yuan(way["per_500g_fen"]),
        unit=way["unit"],
        least=jin(way["least_g"]),
        most=jin(way["most_g"]),
        ceiling=yuan(way["price_fen"]),
    )


def paper_names(kinds: str) -> str:
    """Return kinds of paper, joined by commas, in words."""
    return _("或者").join(str(PAPER_WORDS[PaperKind(kind)]) for kind in kinds.split(","))


def obstacle_words(one: Obstacle) -> str:
    """Return the sentence for one thing that is in the way of showing goods."""
    if one.kind is ObstacleKind.PAPER_MISSING:
        return _("卖这一类要有%(papers)s，中心还没见到。", papers=paper_names(one.detail))
    if one.kind is ObstacleKind.PAPER_EXPIRED:
        return _("%(papers)s到期了，要办新的。", papers=paper_names(one.detail))
    if one.kind is ObstacleKind.LABEL_ITEM:
        return _("这一类要写“%(item)s”。", item=PART_WORDS[one.field])
    ground, _colon, word = one.detail.partition(":")
    where = PART_WORDS[one.field]
    return _("%(where)s里的“%(word)s”不能写：%(why)s", where=where, word=word, why=GROUND_WORDS[Ground(ground)])


def obstacle_lines(found: Iterable[Obstacle]) -> tuple[str, ...]:
    """Return a sentence for each thing in the way, each once."""
    return tuple(dict.fromkeys(map(obstacle_words, found)))
