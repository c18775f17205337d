"""Finding province, city and county in a text: the longest run of names that lie within one another."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from shop.accounts.addresses import gazetteer
from shop.accounts.addresses.gazetteer import MUNICIPALITIES, SHORT, Place

GAP = " "
LABEL = "\x03"
"""Between the names of one run there may be blanks and labels, nothing else."""

LONGEST = 18
AREA_WEIGHT = 2.0
TOWN_WEIGHT = 3.0
CONFIRMED = 2.0
"""What a short name gains when a town of that county follows it."""

FILLERS = re.compile(r"(?:市辖区|省直辖县级行政区划|自治区直辖县级行政区划|省直辖县|县(?=[ \x03]|[一-鿿]{1,12}[县]))")
AREA = re.compile(
    r"(?:(?![路街道号村镇乡区县市省社])[一-鿿]){0,5}?"
    r"(?:高新技术产业开发区|高新技术产业园区|高新技术开发区|高新[东南西北]?区|经济技术开发区|经济开发区|经开区|开发区|新区|工业园区|产业园区"
    r"|示范区|保税区|综保区|旅游度假区|度假区|管理区|风景名胜区|风景区)"
)
STREETS = re.compile(
    r"[东西南北中前后上下内外新老大小环一二三四五六七八九十]{0,2}"
    r"(?:路|街|大道|大街|道|巷|里|胡同|弄|村|镇|乡|街道|社区|苑|小区|花园|家园|公寓|广场|大厦|大楼|商场|商城|酒店|宾馆|饭店|饭馆|餐厅|菜|大学|学院"
    r"|医院|中学|小学|银行|火车站|站|机场|桥|门|山|湖|河|江|海|寺|公园|国际|人|话|味|腊|的|高速|公司|集团|菜馆)"
)
"""What makes a short name before it a part of a street's or a house's name: 北京路, 上海花园."""


@dataclass(frozen=True)
class Region:
    """A run of names: where it stands in the text, what it says, how sure it is and how many names it has."""

    start: int
    end: int
    place: Place
    weight: float
    names: int
    is_short: bool
    """Its last name is a short one."""


def find(text: str, names_before: re.Pattern[str]) -> Region | None:
    """Return the region a text tells best, the first of equals, or None.

    Args:
        text: cleaned, with GAP for what separates and control characters for phones and labels.
        names_before: what a person's name glued before a region looks like.
    """
    simple = gazetteer.plain(text)
    found = [region for start in range(len(text)) for region in _at(simple, start, names_before)]
    best = max(found, key=lambda region: (region.weight, -region.start, region.end), default=None)
    return None if best is None else _by_town(simple, _agreed(best, found))


def read(text: str, start: int) -> Region | None:
    """Return the region that begins right here, or None."""
    found = list(_runs(gazetteer.plain(text), start, None))
    best = max(found, key=lambda region: (region.weight, region.end), default=None)
    return None if best is None else _agreed(best, found)


def _at(text: str, start: int, names_before: re.Pattern[str]) -> Iterator[Region]:
    is_first = start == 0 or not text[start - 1].isalnum()
    for region in _runs(text, start, None):
        if not _is_likely(text, region):
            continue
        if is_first:
            yield region
        elif region.names > 1 or not region.is_short:
            yield replace(region, weight=region.weight - 0.5)
        elif _after_name(text, region, names_before):
            yield replace(region, weight=region.weight - 1)


def _is_likely(text: str, region: Region) -> bool:
    """Tell whether a lone name is one: an everyday word of two characters mostly is not."""
    if region.names > 1:
        return True
    written = text[region.start : region.end]
    if region.place.district and len(written) == 2 and written[-1] in "区":
        return False
    if region.is_short and region.place.level == 3:
        return region.place.district.endswith("市") or region.weight > SHORT
    return True


def _after_name(text: str, region: Region, names_before: re.Pattern[str]) -> bool:
    token = re.split(r"[^\w·]", text[: region.start])[-1]
    follows = re.match(r"\w*", text[region.end :])
    return bool(names_before.fullmatch(token)) and follows is not None and len(follows[0]) >= 3


def _runs(text: str, start: int, outer: Place | None) -> Iterator[Region]:
    """Give every run of names that begins here and lies within the outer place."""
    for end, place, weight in _names(text, start, outer):
        is_short = weight == SHORT
        town = CONFIRMED if is_short and place.level == 3 and _town_follows(text, end, place) else 0
        further = list(_runs(text, _skip(text, end), place)) if place.level < 3 or place.is_area else []
        if not is_short or town or not STREETS.match(text, end):
            lone = weight + town + (0.2 if place.level == 1 else 0)
            yield Region(start, end, place, lone, 1, is_short and not town)
        for more in further:
            yield Region(start, more.end, more.place, weight + more.weight, more.names + 1, more.is_short)


def _names(text: str, start: int, outer: Place | None) -> Iterator[tuple[int, Place, float]]:
    index = gazetteer.index()
    limit = min(LONGEST, len(text) - start)
    for length in range(limit, 1, -1):
        for written in index.get(text[start : start + length], ()):
            place = written.place
            if _is_inside(place, outer) and not (place.is_area and outer is not None and outer.city):
                yield start + length, place, written.weight
    if outer is not None and not outer.is_area:
        yield from _area(text, start, outer)


def _is_inside(place: Place, outer: Place | None) -> bool:
    if outer is not None and outer.is_area:  # 雄安新区容城县: the county it names is the better word
        return place.level == 3 and not place.is_area and place.city == outer.city
    if outer is not None and place.level == 2 and place.province == place.city == outer.province == outer.city:
        return False
    return place.is_within(outer)


def _area(text: str, start: int, outer: Place) -> Iterator[tuple[int, Place, float]]:
    """Give an area that people name instead of the county: 高新区."""
    if not outer.city and outer.province not in MUNICIPALITIES:
        return
    area = AREA.match(text, start)
    if area is None:
        return
    name = area[0]
    if name == "新区":  # 兰州新区: the city's own name belongs to it
        name = outer.city.removesuffix("市") + name
    yield area.end(), Place(outer.province, outer.city or outer.province, name, is_area=True), AREA_WEIGHT


def _skip(text: str, at: int) -> int:
    """Return where the next name of a run may begin."""
    while at < len(text):
        filler = FILLERS.match(text, at)
        if filler:
            at = filler.end()
        elif text[at] in GAP + LABEL:
            at += 1
        else:
            break
    return at


def _agreed(best: Region, found: list[Region]) -> Region:
    """Return the region with only what all its equals say: 鼓楼区 alone tells no city."""
    same = [
        region.place
        for region in found
        if (region.start, region.end, region.weight, region.names) == (best.start, best.end, best.weight, best.names)
    ]
    first = same[0]
    if all(place == first for place in same):
        return best
    parts = ("province", "city", "district")
    agreed = {part: getattr(first, part) for part in parts if len({getattr(place, part) for place in same}) == 1}
    return replace(best, place=Place(**{"province": "", **agreed}))


def _by_town(text: str, region: Region) -> Region:
    """Fill a county that is not written from the town that follows."""
    place = region.place
    if place.district or not place.province:
        return region
    where = {
        (town.city, town.district)
        for town in _towns_at(text, _skip(text, region.end))
        if place.province == "四川省" and place.city in ("", town.city)
    }
    if len(where) != 1:
        return region
    city, district = where.pop()
    return replace(region, place=Place(place.province, city, district))


def by_town_alone(text: str) -> Region | None:
    """Return the region of the first word of a text that is a town with no other of its name, or None."""
    simple = gazetteer.plain(text)
    for word in re.finditer(r"\w+", simple):
        towns = list(_towns_at(simple, word.start()))
        only = {(town.city, town.district) for town in towns if town.is_only}
        if len(only) == 1:
            return Region(word.start(), word.start(), Place("四川省", *only.pop()), TOWN_WEIGHT, 1, is_short=False)
    return None


def _town_follows(text: str, at: int, place: Place) -> bool:
    return any((town.city, town.district) == (place.city, place.district) for town in _towns_at(text, _skip(text, at)))


def _towns_at(text: str, at: int) -> Iterator[gazetteer.Town]:
    """Give the towns that the longest town's name beginning here may mean."""
    towns = gazetteer.towns()
    for length in range(min(14, len(text) - at), 1, -1):
        found = towns.get(text[at : at + length])
        if found:
            yield from found
            return
