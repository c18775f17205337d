"""The town's own words on pages in another language: in 繁體, or marked as Chinese among English.

What people typed (names of goods, stories, questions) is kept as it was typed. So a finished page is gone over once,
instead of every place in a template that shows such words.
"""

import re
from functools import cache

from opencc import OpenCC

KEPT = re.compile(
    r"(<script\b.*?</script>|<textarea\b.*?</textarea>|\s(?:value|href|src|srcset|name|id)=\"[^\"]*\")", re.DOTALL
)
"""What goes back to the house, or to a machine: never written anew."""
AS_SAID = (
    ("臺", "台"),
    ("佈", "布"),
    ("巖", "岩"),
    ("迴音", "回音"),
    ("迴圈", "回圈"),
    ("迴鍋", "回鍋"),
    ("準了", "准了"),
    ("沒準", "沒准"),
    ("炒制", "炒製"),
    ("烤制", "烤製"),
)
"""Where the catalog keeps to what is usual in Taiwan rather than to the dictionary."""
DRY = re.compile(r"(?<=[殼尖壓])幹|(?<=子要)幹|幹(?=[茶筍竹菌菇豇香核辣燥貨果]|二荊)")
"""Dry, or dried, where the dictionary reads work."""
WITHIN = re.compile(r"(?<=蛋托|賬本|渠道)里|(?<=[月戶])里(?!程)|(?<=[錢的])里(?=扣)")
"""Inside of something, where the dictionary reads a mile; names of places keep theirs."""
AFTER = re.compile(r"(?:(?<=[0-9一二三四五六七八九十幾兩來]天)|(?<=[0-9] 天))后")
"""After so many days, where the dictionary reads a queen."""
JIN = re.compile(r"(?<=[0-9半一二兩三四五六七八九十百千萬幾多來每/])( ?)斤(?![八兩頂斤])")
"""An amount in 斤, of which readers of 繁體 know another: 600 g. So it says which; 斤兩 and 半斤八兩 are no amounts."""
SAID = re.compile(r"<(?P<tag>[a-z][a-z0-9]*)(?P<more>(?: [^<>]*)?)>(?P<said>[^<]*[\u4e00-\u9fff][^<]*)(?=</(?P=tag)>)")
LATIN = re.compile(r"[A-Za-z]{2}")
WITHOUT_LANGUAGE = frozenset({"title", "script", "style", "textarea"})


@cache
def _traditional() -> OpenCC:
    return OpenCC("s2tw")


def warm() -> None:
    """Load the dictionary, which takes up to a second, before the first reader of 繁體 waits for it."""
    in_hant("")


def in_hant(text: str) -> str:
    """Return a text in 繁體; what is in it already stays."""
    made: str = _traditional().convert(text)
    for other, said in AS_SAID:
        made = made.replace(other, said)
    for sense, meant in ((DRY, "乾"), (WITHIN, "裡"), (AFTER, "後")):
        made = sense.sub(meant, made)
    return JIN.sub(r"\1市斤", made)


def page_in_hant(html: str) -> str:
    """Return a page with every word in 繁體, but for what a form sends back."""
    parts = KEPT.split(html)
    parts[::2] = map(in_hant, parts[::2])
    return "".join(parts)


def _marked(found: re.Match[str]) -> str:
    tag, more, said = found["tag"], found["more"], found["said"]
    is_told = " lang=" in more or tag in WITHOUT_LANGUAGE or LATIN.search(said)
    return found[0] if is_told else f'<{tag}{more} lang="zh-Hans">{said}'


def page_with_han_marked(html: str) -> str:
    """Return an English page on which every element of Chinese words alone says so, for voices and fonts."""
    return SAID.sub(_marked, html)
