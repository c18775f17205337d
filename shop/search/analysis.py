"""From text to terms, the same way for what is kept and for what is asked. Knows nothing of the index."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from opencc import OpenCC
from rjieba import Jieba

from shop.search.concepts import Concepts

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
RUN = re.compile(rf"(?P<han>{HAN.pattern})|(?P<latin>[a-z]+(?:[ '’-]+[a-z]+)*)")
NET_CONTENT = re.compile(
    r"(?:净含量|约|重|每)?[0-9一二两三四五六七八九十半]*[0-9](?:\.[0-9]+)?\s*"
    r"(?:公斤|千克|毫升|升|厘米|块钱?|元|克|斤|两|枚|只|个|双|盒|袋|瓶|罐|坛|件|把|饼|码|kg|ml|cm|g|l)(?![a-z])"
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

_simplified = OpenCC("t2s")


def normalised(text: str) -> str:
    """Return text as it is compared: one width, lower case, simplified characters, ü as v."""
    one_width = unicodedata.normalize("NFKC", text).lower().replace("ü", "v")
    converted: str = _simplified.convert(one_width)
    return converted


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
        own_words: names and tags of this town, normalised Chinese words of a few characters (see `name_parts`).
    """

    def __init__(self, concepts: Concepts, own_words: Iterable[str]) -> None:
        self.concepts = concepts
        self.known = frozenset({*own_words, *concepts.by_chinese})
        self._jieba = Jieba()
        for word in sorted(self.known):
            self._jieba.add_word(word, FREQUENT, None)

    def segments(self, run: str) -> list[str]:
        """Cut a Chinese run into words, each character once; the longest known names win."""
        pieces: list[str] = list(self._jieba.cut(run, WITHOUT_HMM))
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

    def words(self, run: str) -> list[str]:
        """Return every word by which a run should be found: its segments and the shorter words within them."""
        shorter: list[str] = self._jieba.cut_for_search(run, WITHOUT_HMM)
        return list(dict.fromkeys([*self.segments(run), *(word for word in shorter if len(word) > 1)]))

    def concepts_of(self, run: str) -> list[tuple[str, ...]]:
        """Return the concepts named in a Chinese run, in order: one group of ids for each name."""
        return [ids for word in self.segments(run) if (ids := self.concepts_of_word(word))]

    def concepts_of_word(self, word: str) -> tuple[str, ...]:
        """Return the concepts of a word: its own, or for a word of the town (老豆瓣) those of the name it ends in."""
        by_name = self.concepts.by_chinese
        if word in by_name or word not in self.known:
            return by_name.get(word, ())
        endings = (word[i:] for i in range(1, len(word) - 1))
        return next((by_name[ending] for ending in endings if ending in by_name), ())
