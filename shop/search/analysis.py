"""From text to terms, the same way for what is kept and for what is asked. Knows nothing of the index."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from opencc import OpenCC
from rjieba import Jieba

from shop.search.concepts import Concepts
from shop.search.pinyin import initials, joined

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
RUN = re.compile(rf"(?P<han>{HAN.pattern})|(?P<latin>[a-z]+(?:[ '’-]+[a-z]+)*)")
NET_CONTENT = re.compile(
    r"[0-9一二两三四五六七八九十半]*[0-9]\s*(?:公斤|千克|毫升|升|厘米|克|斤|两|枚|只|个|双|盒|袋|瓶|罐|坛|件|把|饼|码|kg|ml|cm|g)"
)
"""How much of it there is says nothing of what it is."""

LONGEST = 4
"""Pieces that may belong together: words for a known name, neighbours for a sound."""
WITHOUT_HMM = False
"""rjieba's guessing of new words glues what does not belong together (配柏枝)."""
FREQUENT = 500_000
"""Weight of a known word when a run is cut: more than any combination of general words."""
SHORTEST_WORD, LONGEST_WORD = 2, 6

_simplified = OpenCC("t2s")


def normalised(text: str) -> str:
    """Return text as it is compared: one width, lower case, simplified characters."""
    converted: str = _simplified.convert(unicodedata.normalize("NFKC", text).lower())
    return converted


@dataclass(frozen=True)
class Run:
    """A stretch of text in one script, normalised."""

    text: str
    is_han: bool


def runs(text: str) -> list[Run]:
    """Return the Chinese and latin stretches of a normalised text, in order; figures and signs part them."""
    return [Run(found.group(), found.lastgroup == "han") for found in RUN.finditer(text)]


def grams(text: str) -> list[str]:
    """Return every single character and every pair of neighbours."""
    return [*text, *bigrams(text)]


def bigrams(text: str) -> list[str]:
    """Return every pair of neighbouring characters."""
    return [text[i : i + 2] for i in range(len(text) - 1)]


class Analyser:
    """Cuts Chinese into words, with the dictionary's names and the town's own words among them. Safe between threads.

    Args:
        concepts: the dictionary.
        own_words: names and tags of this town, in any script; only whole Chinese words of a few characters count.
    """

    def __init__(self, concepts: Concepts, own_words: Iterable[str]) -> None:
        self.concepts = concepts
        own = {part for word in own_words for part in _word_parts(normalised(word))}
        self.known = frozenset(own | concepts.by_chinese.keys())
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

    def sounds(self, run: str) -> tuple[list[str], list[str]]:
        """Return a run's joined pinyin and its initials, of every word and of up to four neighbouring words."""
        words = self.segments(run)
        joins, firsts = [], []
        for i in range(len(words)):
            for j in range(i + 1, min(i + LONGEST, len(words)) + 1):
                span = "".join(words[i:j])
                joins.append(joined(span))
                if len(span) > 1:
                    firsts.append(initials(span))
        return joins, firsts


def _word_parts(text: str) -> Sequence[str]:
    """Return the Chinese words of a name such as 大湾·周素珍家, and a village's name without its ending."""
    parts = [part for part in HAN.findall(text) if SHORTEST_WORD <= len(part) <= LONGEST_WORD]
    stems = (part.removesuffix("社区").removesuffix("村") for part in parts)
    return [*parts, *(part for part in stems if len(part) >= SHORTEST_WORD)]
