"""How Chinese words sound, as people type them: without tones, ü as v."""

from functools import lru_cache

from pypinyin import lazy_pinyin, load_phrases_dict

TOWN_READINGS = {"重楼": [["chóng"], ["lóu"]], "薄荷": [["bò"], ["he"]], "粑粑柑": [["bā"], ["bā"], ["gān"]]}
"""Words of mountain trade that a general dictionary reads wrongly."""

load_phrases_dict(TOWN_READINGS)


@lru_cache(maxsize=50_000)
def syllables(word: str) -> tuple[str, ...]:
    """Return the sound of each character; what is not Chinese is left as it is."""
    return tuple(lazy_pinyin(word, v_to_u=False))


def joined(word: str) -> str:
    """Return a word's sound in one piece: 腊肉 is larou."""
    return "".join(syllables(word))


def initials(word: str) -> str:
    """Return the first letters of a word's sounds: 腊肉 is lr."""
    return "".join(syllable[0] for syllable in syllables(word))
