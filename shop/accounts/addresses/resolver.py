"""One pasted text split into who, what number and where."""

import re
import unicodedata
from dataclasses import dataclass, replace

from shop.accounts.addresses import gazetteer, names, phones, regions
from shop.accounts.addresses.gazetteer import MUNICIPALITIES, UNDIVIDED, Place
from shop.accounts.addresses.regions import Region

MAX_TEXT = 1000
"""Characters that are looked at; no address is longer, and a pasted book must not keep a worker busy."""

PARTS = ("name", "phone", "province", "city", "district", "street")
SURE = 3.0
"""What a word must come to before it is called a name."""

PHONE, NAME, PLACE, CODE, REGION = "\x00", "\x01", "\x03", "\x04", "\x06"
"""Marks in the text: a number stood here; a name, an address or a postcode follows; the region stood here."""

JOINED = "\x1f"
"""Stands for the blank within a name in Latin letters."""

LABELS = (
    (re.compile(r"(?:收货人|收件人|联系人)(?:姓名|名字|名称)?\s*[:：]?|(?:姓名|名字|收)\s*[:：]"), NAME),
    (
        re.compile(
            r"(?:(?:收货人|收件人|联系人)?(?:手机|联系|移动|固定)?(?:电话|手机)(?:号码|号)?|联系方式|(?i:tel|phone|mobile))\s*[:：]?\s*(?=\x00)"
        ),
        "",
    ),
    (re.compile(r"(?:手机|联系|移动|固定)?(?:电话|手机|号码)(?:号码|号)?\s*[:：]"), PLACE),
    (re.compile(r"(?:邮政编码|邮编)\s*[:：]?\s*(?:\d{6}(?!\d))?"), CODE),
    (re.compile(r"(?:收货|收件|详细|所在|家庭|邮寄)(?:地址|地区|区域)\s*[:：]?"), PLACE),
    (re.compile(r"(?:地址|地区|省市区|省份|城市|区县|街道|乡镇|门牌号?|备注|留言|省|市|县|区)\s*[:：]"), PLACE),
    (
        re.compile(
            r"(?:(?<=\W)|^)(?:(?:我的|我|请|麻烦)?(?:邮?寄|发|送)[到往给至]|(?:我的)?地址是?|我?住在|我叫|我是)\s*"
        ),
        PLACE,
    ),
    (re.compile(r"(?:(?<=\W)|^)中国\s?(?=[㐀-鿿]{2,8}[省市区])"), PLACE),
)
SIMPLE_LABELS = str.maketrans(
    {
        "貨": "货",
        "聯": "联",
        "繫": "系",
        "電": "电",
        "話": "话",
        "機": "机",
        "號": "号",
        "碼": "码",
        "詳": "详",
        "細": "细",
        "區": "区",
        "縣": "县",
        "郵": "邮",
        "編": "编",
    }
)

HAN_OR_WORD = r"[㐀-鿿]"
SEPARATORS = re.compile(
    rf"[\s,，;；。|｜]+|(?<!\d)、|、(?!\d)|(?<={HAN_OR_WORD})[/\\—-]+(?={HAN_OR_WORD})|(?<=[\x00-\x06])[/\\—、.:：-]+|[/\\—、.:：-]+(?=[\x00-\x06])"
)
EMPTY = re.compile(r"[\[【(（\"“]\s*[\x00\s]*[\]】)）\"”]")
POSTCODE = re.compile(r"[ \x06]\d{6}$|(?<!\d)000000$")
MARKS = re.compile(r"[\x00-\x06 ]")


@dataclass(frozen=True)
class Resolved:
    """What a text says; a part that it does not say is "", and stands in `missing`."""

    name: str
    phone: str
    province: str
    """Short, as people say it: 四川."""
    city: str
    district: str
    street: str
    missing: tuple[str, ...]
    raw: str
    """The text as it was given."""


@dataclass(frozen=True)
class _Word:
    start: int
    text: str
    before: str
    after: str
    is_first: bool
    is_last: bool


def resolve(text: str) -> Resolved:
    """Split one pasted text into name, phone and address.

    Any text is taken; nothing is refused and nothing raised. The parts of a municipality's address name its city
    again (北京, 北京市, 朝阳区); a county right under its province, and a city without counties whose town is not
    told, stand both as city and as district (仙桃市, 仙桃市), so that a full address always has every part.
    An extension and further numbers go to the end of the street, where courier and buyer see them.
    """
    taken = phones.take(_clean(text[:MAX_TEXT]), PHONE)
    line = _separate(_label(taken.rest))
    name, line = _labelled_name(line)
    region = regions.find(line, names.NAME_BEFORE)
    if region is not None and region.names == 1 and region.is_short and not name:
        region = _unless_a_name(line, region)
    line, place = _without_region(line, region)
    if not name:
        name, line = _likely_name(line)
    if place is None:
        town = regions.by_town_alone(line)
        place = town.place if town else Place("")
    return _resolved(text, name, taken, place, _street(line))


def full_region(province: str, city: str, district: str) -> str:
    """Return a region as it is written on a parcel: 四川省成都市彭州市; names that are one stand once: 北京市朝阳区.

    Args:
        province: short, or whatever else was typed for one.
    """
    return "".join(dict.fromkeys((gazetteer.provinces().get(province, province), city, district)))


def _clean(text: str) -> str:
    """Return a text with half-width figures and letters, and without what cannot be seen."""
    shown = []
    for char in text:
        if "！" <= char <= "～" and char not in "，：；（）！？":
            shown.append(unicodedata.normalize("NFKC", char))
        elif char.isspace() or unicodedata.category(char) == "So":
            shown.append(" ")
        elif unicodedata.category(char)[0] != "C":
            shown.append(char)
    return "".join(shown)


def _label(text: str) -> str:
    """Put marks where labels stand."""
    simple = text.translate(SIMPLE_LABELS)
    for pattern, mark in LABELS:
        parts, at = [], 0
        for found in pattern.finditer(simple):
            parts += [text[at : found.start()], mark or " "]
            at = found.end()
        text = "".join(parts) + text[at:]
        simple = text.translate(SIMPLE_LABELS)
    return text


def _separate(text: str) -> str:
    """Put one blank for whatever separates, and none beside marks."""
    text = SEPARATORS.sub(" ", EMPTY.sub(lambda found: PHONE if PHONE in found[0] else " ", text))
    text = re.sub(r" *([\x00-\x06]) *", r"\1", text).strip(" ")
    return POSTCODE.sub("", text)


def _labelled_name(line: str) -> tuple[str, str]:
    """Take the name behind its label."""
    found = re.search(r"\x01([A-Za-z.' -]+|[^\x00-\x06 ]+)", line)
    if found is None:
        return "", line
    word = found[1]
    inside = regions.find(word, names.NAME_BEFORE) if len(word) > 5 else None
    if inside is not None and 0 < inside.start <= 6:
        word = word[: inside.start]
    at = found.start(1) + len(word)
    return names.clean(word.strip()), line[: found.start()] + NAME + line[at:]


def _words(line: str) -> list[_Word]:
    spans = [(found.start(), found.end()) for found in re.finditer(r"[^\x00-\x06 ]+", line)]
    return [
        _Word(
            start,
            line[start:end],
            line[start - 1 : start],
            line[end : end + 1],
            start == spans[0][0],
            end == spans[-1][1],
        )
        for start, end in spans
    ]


def _unless_a_name(line: str, region: Region) -> Region | None:
    """Return the region, or None when it is rather the name of somebody called like a place: 黄山 138…"""
    if region.place.level == 1 or MARKS.sub("", line) == "" or not _stands_alone(line, region):
        return region
    rest = line[: region.start] + PLACE + line[region.end :]
    others = _words(rest)
    beside_phone = PHONE in (line[region.start - 1 : region.start], line[region.end : region.end + 1])
    return None if others and beside_phone and not any(_score(word) >= SURE for word in others) else region


def _stands_alone(line: str, region: Region) -> bool:
    around = line[max(0, region.start - 1) : region.start] + line[region.end : region.end + 1]
    return not any(char.isalnum() for char in around)


def _without_region(line: str, region: Region | None) -> tuple[str, Place | None]:
    """Take the region out, and every further time that it is told."""
    if region is None:
        return line, None
    before, after = line[: region.start], line[region.end :]
    before = _strip_again(before, region.place)
    after = _strip_again(after, region.place)
    return before + REGION + after, region.place


def _strip_again(line: str, place: Place) -> str:
    """Take out every region at a word's beginning that says what is known already."""
    starts = [found.start() for found in re.finditer(r"(?<![^\x00-\x06 ])[^\x00-\x06 ]", line)]
    for start in reversed(starts):
        again = regions.read(line, start)
        if again is not None and _says_no_more(again, place):
            line = line[:start] + line[again.end :]
    return line


def _says_no_more(again: Region, place: Place) -> bool:
    pairs = (
        (again.place.province, place.province),
        (again.place.city, place.city),
        (again.place.district, place.district),
    )
    return (again.names > 1 or not again.is_short) and all(told in ("", known) for told, known in pairs)


def _score(word: _Word) -> float:
    likeness = names.likeness(word.text.replace(JOINED, " "))
    if likeness <= 0:
        return 0
    beside_phone = PHONE in (word.before, word.after)
    glued = word.after == REGION and word.before != PLACE
    return (
        likeness
        + 2 * beside_phone
        + word.is_first
        + word.is_last
        + glued
        - (word.before in (PLACE, REGION) and not beside_phone)
    )


def _likely_name(line: str) -> tuple[str, str]:
    """Take the word that looks most like a name, the first of equals, or a name glued to the end of a street."""
    joined = re.sub(r"(?<=[A-Za-z]) (?=[A-Za-z])", JOINED, line)
    best = max(_words(joined), key=_score, default=None)
    if best is not None and _score(best) >= SURE:
        return _taken(line, best.start, best.start + len(best.text))
    for word in _words(line):
        glued = names.NAME_BEHIND.search(word.text) if word.after in (PHONE, "") else None
        if glued:
            return _taken(line, word.start + glued.start("name"), word.start + glued.end("name"))
    return "", line


def _taken(line: str, start: int, end: int) -> tuple[str, str]:
    return names.clean(line[start:end]), line[:start] + line[end:]


def _street(line: str) -> str:
    """Join what is left, with a blank only where figures or Latin words would run together."""
    words: list[str] = []
    for word in (word.strip("-_:：、/") for word in MARKS.split(line)):
        if words and len(words[-1]) > 1 and not words[-1].isascii() and word.startswith(words[-1]):
            words.pop()  # 龙门山镇 龙门山镇宝山村: the town was told with the region, and once more
        if word and not names.THANKS.fullmatch(word):
            words.append(word)
    return re.sub(r"(?<![A-Za-z\d]) | (?![A-Za-z\d])", "", " ".join(words))


def _resolved(raw: str, name: str, taken: phones.Phones, place: Place, street: str) -> Resolved:
    province, city, district = place.province, place.city, place.district
    if province in MUNICIPALITIES:
        city = province
    if city and not district and place.city in UNDIVIDED:
        district = city
    parts = {
        "name": name,
        "phone": taken.first,
        "province": gazetteer.short_province(province) if province else "",
        "city": city,
        "district": district,
        "street": street,
    }
    missing = tuple(part for part in PARTS if not parts[part])
    behind = ([f"（转{taken.extension}）"] if taken.extension else []) + [f"（另{other}）" for other in taken.others]
    found = Resolved(**parts, missing=missing, raw=raw)
    return replace(found, street=street + "".join(behind)) if behind else found
