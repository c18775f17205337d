"""How Chinese words sound, with the readings of whole phrases. For the process that writes the index only.

The library's tables take 55 MB, so they are loaded by the first question and never in a process that only searches:
a generation keeps the sounds it needs (see `lexicon`).
"""

from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType

TOWN_READINGS = {
    "重楼": [["chóng"], ["lóu"]],
    "薄荷": [["bò"], ["he"]],
    "粑粑柑": [["bā"], ["bā"], ["gān"]],
    "血粑": [["xuè"], ["bā"]],
    "血橙": [["xuè"], ["chéng"]],
}
"""Words of mountain trade that a general dictionary reads wrongly."""


@cache
def _library() -> ModuleType:
    library = import_module("pypinyin")
    library.load_phrases_dict(TOWN_READINGS)
    return library


@lru_cache(maxsize=50_000)
def syllables(word: str) -> tuple[str, ...]:
    """Return the sound of each character, without tones and with ü as v; what is not Chinese is left as it is."""
    return tuple(_library().lazy_pinyin(word, v_to_u=False))


@cache
def readings() -> dict[str, str]:
    """Return all common characters by the sound that each has most often: `{"la": "腊辣蜡…"}`."""
    found: dict[str, list[str]] = {}
    for number in range(0x4E00, 0x9FA6):
        character = chr(number)
        try:
            character.encode("gb2312")
        except UnicodeEncodeError:
            continue
        (sound,) = syllables(character)
        found.setdefault(sound, []).append(character)
    return {sound: "".join(characters) for sound, characters in found.items()}
