"""From text to terms, the same way for what is kept and for what is asked. Knows nothing of the index."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from opencc import OpenCC
from rjieba import Jieba

from shop.search.concepts import Concepts

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
RUN = re.compile(rf"(?P<han>{HAN.pattern})|(?P<latin>[a-z]+(?:[ '’-]+[a-z]+)*)")
NET_CONTENT = re.compile(
    r"[一二两三四五六八九十半](?:篮|筐|箱|桶|袋|盒|罐|瓶|坛|枚|斤|把|对|双|束|盘)"
    r"|(?:净含量|约|重|每)?[0-9一二两三四五六七八九十半]*[0-9](?:\.[0-9]+)?\s*"
    r"(?:公斤|千克|毫升|升|厘米|块钱?|元|克|斤|两|枚|只|个|双|盒|袋|瓶|罐|坛|件|把|饼|码|米|寸|度|kg|ml|cm|mm|m|g|l)(?![a-z])"
    r"(?:\s*[x×*/]?\s*[0-9]*\s*(?:枚|只|个|双|盒|袋|瓶|罐|坛|件|把|饼|装))*(?:装|左右|以上|以内|包邮)?"
)
"""How much of it there is, or what it costs, says nothing of what it is."""

LONGEST = 4
"""Pieces that may belong together: words for a known name, neighbours for a sound."""
WITHOUT_HMM = False
"""rjieba's guessing of new words glues what does not belong together (配柏枝)."""
FREQUENT = 500_000
"""Weight of a known word when a run is cut: more than any combination of general words."""
SHORTEST_WORD, LONGEST_WORD = 2, 6
FORMS = frozenset(
    "干鲜片粉丁丝块段粒节尖仁碎末条串包盒袋瓶罐桶坛筐箱篮篓装款级版类种头根叶子儿大小新老特的货料生熟只个斤克两枚捆男女成"
)
"""Characters behind a name that leave it what it is: forms, packings, sizes."""
OTHER_THINGS = frozenset(
    word
    for line in (
        "工艺 种植 盆栽 盆景 种子 种苗 苗木 扦插 菌种 菌棒 模具 玩具",
        "熏制 卤制 腌制 炒制 烤制 酿制 玩偶 挂件 摆件 手串 图案 味道 口味 风味 香型 专用 面膜 香皂",
    )
    for word in line.split()
)
"""Words behind a name that make another thing of it."""
BOXES = frozenset({"礼包", "大礼包", "礼盒", "礼篮", "套装", "组合", "拼盘"})
"""What holds several things, and by which of its names the dictionary knows it."""
BOX = "礼品盒"

_simplified = OpenCC("t2s")


def normalised(text: str) -> str:
    """Return text as it is compared: one width, lower case, simplified characters, ü as v."""
    one_width = unicodedata.normalize("NFKC", text).lower().replace("ü", "v")
    converted: str = _simplified.convert(one_width)
    return converted


@dataclass(frozen=True)
class Named:
    """A name of the dictionary within a run.

    Attributes:
        ids: the concepts it names.
        place: which of the run's words it is.
        is_head: the run is about it.
    """

    word: str
    ids: tuple[str, ...]
    place: int
    is_head: bool = False


@dataclass(frozen=True)
class Run:
    """A stretch of text in one script, normalised.

    Attributes:
        is_joined: nothing stands between it and the run before it (土鸡d).
    """

    text: str
    is_han: bool
    is_joined: bool = False


def runs(text: str) -> list[Run]:
    """Return the Chinese and latin stretches of a normalised text, in order; figures and signs part them."""
    found: list[Run] = []
    end = -1
    for match in RUN.finditer(text):
        found.append(Run(match.group(), match.lastgroup == "han", is_joined=match.start() == end))
        end = match.end()
    return found


GRAMS = {"公斤": 1000, "千克": 1000, "kg": 1000, "斤": 500, "两": 50, "克": 1, "g": 1}
COUNTED = {
    "半": 0.5,
    "一": 1.0,
    "二": 2.0,
    "两": 2.0,
    "三": 3.0,
    "四": 4.0,
    "五": 5.0,
    "六": 6.0,
    "八": 8.0,
    "十": 10.0,
}
WEIGHT = re.compile(rf"([0-9]+(?:\.[0-9]+)?|[{''.join(COUNTED)}])\s*({'|'.join(GRAMS)})(?![a-z])")


def weights(text: str) -> list[str]:
    """Return the weights that a normalised text names, in grams: 半斤 and 250g are the same."""
    found = ((COUNTED.get(number) or float(number), unit) for number, unit in WEIGHT.findall(text))
    return list(dict.fromkeys(str(round(number * GRAMS[unit])) for number, unit in found))


def grams(text: str) -> list[str]:
    """Return every single character and every pair of neighbours."""
    return [*text, *bigrams(text)]


def bigrams(text: str) -> list[str]:
    """Return every pair of neighbouring characters."""
    return [text[i : i + 2] for i in range(len(text) - 1)]


def name_parts(text: str) -> Sequence[str]:
    """Return the Chinese words of a name such as 大湾·周素珍家, and a village's name without its ending."""
    parts = [part for part in HAN.findall(normalised(text)) if SHORTEST_WORD <= len(part) <= LONGEST_WORD]
    stems = (part.removesuffix("社区").removesuffix("村") for part in parts)
    return [*parts, *(part for part in stems if len(part) >= SHORTEST_WORD and part not in parts)]


class Analyser:
    """Cuts Chinese into words, with the dictionary's names and the town's own words among them. Safe between threads.

    Args:
        concepts: the dictionary.
        own_words: tags and shelves of this town, normalised Chinese words of a few characters (see `name_parts`).
        places: its villages and households, likewise. They name no goods, whatever they end in.
    """

    def __init__(self, concepts: Concepts, own_words: Iterable[str], places: Iterable[str]) -> None:
        self.concepts = concepts
        self.places = frozenset(places) - concepts.by_chinese.keys()
        self.known = frozenset({*own_words, *places, *concepts.by_chinese})
        self.boxes = concepts.by_chinese.get(BOX, ())
        self._jieba = Jieba()
        for word in sorted(self.known):
            self._jieba.add_word(word, FREQUENT, None)

    def segments(self, run: str) -> list[str]:
        """Cut a Chinese run into words, each character once; the longest known names win."""
        pieces = [part for piece in self._jieba.cut(run, WITHOUT_HMM) for part in self._split(piece)]
        found: list[str] = []
        at = 0
        while at < len(pieces):
            for count in range(min(LONGEST, len(pieces) - at), 0, -1):
                word = "".join(pieces[at : at + count])
                if count == 1 or word in self.known:
                    found.append(word)
                    at += count
                    break
        return found

    def _split(self, piece: str) -> tuple[str, ...]:
        """Split a general word that ends in a name of the dictionary (散装白酒)."""
        if len(piece) > SHORTEST_WORD and piece not in self.known:
            for start in range(1, len(piece) - 1):
                if piece[start:] in self.concepts.by_chinese:
                    return piece[:start], piece[start:]
        return (piece,)

    def words(self, run: str) -> list[str]:
        """Return every word by which a run should be found: its segments and the shorter words within them."""
        shorter: list[str] = self._jieba.cut_for_search(run, WITHOUT_HMM)
        return list(dict.fromkeys([*self.segments(run), *(word for word in shorter if len(word) > 1)]))

    def is_word(self, text: str) -> bool:
        """Tell whether a text is one word of the general language, or a name."""
        return len(self._jieba.cut(text, WITHOUT_HMM)) == 1

    def named(self, words: Sequence[str]) -> list[Named]:
        """Return the names of things among the words of a Chinese run, in order.

        A Chinese noun phrase ends in what it is; what stands before only describes it. A strange character behind a
        name makes another word of it (茶叶枕, 鸡笼): then the name only describes something that is not known.
        """
        found = [Named(word, ids, number) for number, word in enumerate(words) if (ids := self.concepts_of_word(word))]
        if found and not self._is_strange(words, found[-1].place + 1):
            found[-1] = replace(found[-1], is_head=True)
        return found

    def _is_strange(self, words: Sequence[str], place: int) -> bool:
        if place == len(words):
            return False
        after = words[place]
        return after in OTHER_THINGS or (len(after) == 1 and after not in self.known and after not in FORMS)

    def concepts_of_word(self, word: str) -> tuple[str, ...]:
        """Return the concepts of a word: its own, or for a word of the town (老豆瓣) those of the name it ends in."""
        by_name = self.concepts.by_chinese
        if word in by_name or word not in self.known or word in self.places:
            return by_name.get(word, ())
        endings = (word[i:] for i in range(1, len(word) - 1))
        return next((by_name[ending] for ending in endings if ending in by_name), ())
