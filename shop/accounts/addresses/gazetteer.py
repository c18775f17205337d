"""The country's divisions, and every way their names are written."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from opencc import OpenCC

DATA = Path(__file__).parents[1] / "data"

FULL, VARIANT, SHORT = 3.0, 2.5, 2.0
"""How much a way of writing says: 彭州市, then 彭州县 and 彭县, then 彭州."""

MUNICIPALITIES = frozenset({"北京市", "上海市", "天津市", "重庆市"})
UNDIVIDED = frozenset({"东莞市", "中山市", "儋州市", "嘉峪关市"})
"""Cities without counties: their towns stand in the district's place."""

PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔"
    "|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|俄罗斯|鄂温克|德昂|保安|裕固|京|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各"
)
AUTONOMOUS = re.compile(
    rf"(?P<stem>.{{2,}}?)(?:(?:{PEOPLES})族|蒙古|哈萨克|柯尔克孜|塔吉克|锡伯|维吾尔)*自治(?P<kind>[州县旗区])"
)
KIND = re.compile(r"(?:特别行政区|地区|林区|新区|街道|[省市区县旗盟镇乡])$")
PEOPLE_LAST = re.compile(rf"(?<=..)(?:(?:{PEOPLES})族)+$|(?<=^鄂温克)族$|(?<=^东乡)族$")
EXCHANGED = "市县区"


@dataclass(frozen=True)
class Place:
    """A division by its full names, "" for a level below it; with the area that stands in its place, if any."""

    province: str
    city: str = ""
    district: str = ""
    is_area: bool = False

    @property
    def level(self) -> int:
        """1 for a province, 2 for a city, 3 for a county, or for an area people name instead of one."""
        return 3 if self.district else 2 if self.city else 1

    def is_within(self, outer: "Place | None") -> bool:
        """Tell whether it is a part of the other one; everything is a part of None."""
        if outer is None:
            return True
        if outer.district or self.level <= outer.level or self.province != outer.province:
            return False
        return not outer.city or self.city == outer.city


@dataclass(frozen=True)
class Written:
    """One way of writing a place, and how much it says."""

    place: Place
    weight: float


@dataclass(frozen=True)
class Town:
    """A town of the town's own province: where it lies, and whether the whole country has no other of its name."""

    city: str
    district: str
    is_only: bool


@lru_cache(maxsize=8192)
def _plain_char(char: str) -> str:
    return str(_converter().convert(char))[:1] or char


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def plain(text: str) -> str:
    """Return a text of the same length in simplified characters, each taken alone; both sides of a match go here."""
    return text if text.isascii() else "".join(char if char.isascii() else _plain_char(char) for char in text)


def short_province(name: str) -> str:
    """Return what people call a province: 四川 for 四川省, 广西 for 广西壮族自治区."""
    return _stem(name)


@cache
def provinces() -> dict[str, str]:
    """Return the full names of the provinces by their short ones."""
    return {short_province(name): name for name in _divisions()}


@cache
def index() -> dict[str, tuple[Written, ...]]:
    """Return every way of writing a division -> the places it may mean; made once, when first asked for."""
    found: dict[str, dict[Place, float]] = defaultdict(dict)
    every = list(_places())
    names = {(place, _own_name(place)) for place in every}
    taken = {name for _, name in names}
    for place, name in names:
        for form, weight in _forms(name, taken):
            found[plain(form)].setdefault(place, weight)
    for form, place in _also():
        found[plain(form)].setdefault(place, VARIANT)
    return {form: tuple(Written(*pair) for pair in places.items()) for form, places in found.items()}


@cache
def towns() -> dict[str, tuple[Town, ...]]:
    """Return the towns of Sichuan by name, and by the name with the other kind of town at its end."""
    found: dict[str, set[Town]] = defaultdict(set)
    for where, row in json.loads(_read("towns.json")).items():
        city, district = where.split("/")
        for name in row.split():
            town = name.removesuffix("!")
            found[plain(town)].add(Town(city, district, name.endswith("!")))
            if town.endswith("街道"):
                found[plain(town.removesuffix("街道").removesuffix("镇") + "镇")].add(
                    Town(city, district, is_only=False)
                )
    for name, where in _lines("towns_also.txt"):
        city, district = where.split("/")
        # Ours are meant even where another county has one of the name, unless the text names that county.
        found[plain(name)].add(Town(city, district, is_only=name.startswith("小鱼洞")))
    return {name: tuple(places) for name, places in found.items()}


def _read(name: str) -> str:
    return (DATA / name).read_text(encoding="utf-8")


@cache
def _divisions() -> dict[str, dict[str, list[str]]]:
    tree: dict[str, dict[str, list[str]]] = json.loads(_read("divisions.json"))
    return tree


def _lines(name: str) -> Iterator[tuple[str, str]]:
    for line in _read(name).splitlines():
        if line and not line.startswith("#"):
            form, _, where = line.partition("\t")
            yield form, where


def _places() -> Iterator[Place]:
    for province, cities in _divisions().items():
        yield Place(province)
        for city, districts in cities.items():
            if city:
                yield Place(province, city)
            for district in districts:
                # A county right under its province is its own city.
                yield Place(province, city or district, district)


def _also() -> Iterator[tuple[str, Place]]:
    for form, where in _lines("also.txt"):
        province, city, district = (*where.split("/"), "", "")[:3]
        if form.endswith("*"):
            yield form[:-1], Place(province, city, form[:-1], is_area=True)
        else:
            yield form, Place(province, city, district)


def _own_name(place: Place) -> str:
    return place.district or place.city or place.province


def _stem(name: str) -> str:
    """Return a name without its kind: 彭州 for 彭州市, 阿坝 for 阿坝藏族羌族自治州."""
    autonomous = AUTONOMOUS.fullmatch(name)
    return PEOPLE_LAST.sub("", autonomous["stem"] if autonomous else KIND.sub("", name))


def _forms(name: str, taken: set[str]) -> Iterator[tuple[str, float]]:
    """Give every way of writing one name; a way that is another's full name is only that one's."""
    yield name, FULL
    stem = _stem(name)
    if len(stem) < 2:
        return
    yield stem, SHORT
    autonomous = AUTONOMOUS.fullmatch(name)
    if autonomous:
        yield stem + autonomous["kind"], FULL
        if autonomous["kind"] == "区":
            yield stem + "省", VARIANT
            yield stem + "自治区", FULL
    elif name[-1] in EXCHANGED:
        yield from ((stem + kind, VARIANT) for kind in EXCHANGED if stem + kind not in taken)
