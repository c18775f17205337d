"""What a process makes of a lexicon to understand questions; one for each generation of the index."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shop.search.analysis import Analyser, name_parts
from shop.search.concepts import Concepts, built, shortest, starting_with, unique
from shop.search.lexicon import Lexicon, Sounds, initials, joined

PLACES = frozenset({"town", "village", "household"})


@dataclass(frozen=True, slots=True)
class Name:
    """A name that may have been meant, with its sound."""

    text: str
    syllables: tuple[str, ...]


class Language:
    """Everything that is known about words. Safe between threads.

    Args:
        lexicon: of the generation that is searched.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.concepts: Concepts = built(lexicon.rows)
        self.sounds = Sounds(lexicon)
        places = [part for word in lexicon.own if word.kind in PLACES for part in name_parts(word.text)]
        others = [part for word in lexicon.own if word.kind not in PLACES for part in name_parts(word.text)]
        self.analyser = Analyser(self.concepts, others, places)
        self.places = self.analyser.places
        self.names: Sequence[Name] = [
            Name(word, self.sounds.syllables(word))
            for word in dict.fromkeys((*self.concepts.by_chinese, *places, *others))
        ]
        self.names_by_sound: Mapping[str, tuple[str, ...]] = _grouped(
            (joined(name.syllables), name.text) for name in self.names
        )
        self.by_sound: Mapping[str, tuple[str, ...]] = _grouped(
            (joined(name.syllables), i) for name in self.names for i in self.concepts.by_chinese.get(name.text, ())
        )
        self.by_initials: Mapping[str, tuple[str, ...]] = _grouped(
            (initials(name.syllables), i)
            for name in self.names
            if len(name.text) > 1
            for i in self.concepts.by_chinese.get(name.text, ())
        )

        self._by_word = _grouped((word, " ".join(words)) for words in self.concepts.by_english for word in words)
        self._ordered_sounds = sorted(self.by_sound)
        self._ordered_words = sorted(self._by_word)
        self.names_of_length: Mapping[int, Sequence[Name]] = {
            length: [name for name in self.names if len(name.text) == length]
            for length in {len(name.text) for name in self.names}
        }
        self.spellings: Mapping[str, str] = self._spellings()

    def _spellings(self) -> dict[str, str]:
        """Return what may be spelled in letters, and what is then meant: sounds of names, and English words."""
        found: dict[str, str] = {}
        for words in self.concepts.by_english:
            for word in words:
                found.setdefault(word, word)
            found.setdefault("".join(words), " ".join(words))
        for name in self.names:
            if len(name.text) > 1:
                found.setdefault(joined(name.syllables), name.text)
        return found

    def sounding(self, head: str) -> Mapping[str, int]:
        """Return concepts of which the pinyin begins with this, with the length of the shortest."""
        return shortest((sound, self.by_sound[sound]) for sound in starting_with(self._ordered_sounds, head))

    def latin_starting_with(self, head: str) -> Mapping[str, int]:
        """Return concepts of which the pinyin or an English word begins with this, with the length of the shortest.

        Other words of an English name count a little: who types soybea means the soybean before soybean paste.
        """
        sounds = starting_with(self._ordered_sounds, head)
        found = shortest((sound, self.by_sound[sound]) for sound in sounds)
        for word in starting_with(self._ordered_words, head):
            for name in self._by_word[word]:
                length = (3 * len(word) + len(name)) // 4
                for i in self.concepts.by_english[tuple(name.split(" "))]:
                    found[i] = min(length, found.get(i, length))
        return found

    def continuing(self, han: str, letters: str) -> Mapping[str, int]:
        """Return concepts of which a Chinese name begins with these characters and goes on as these letters sound.

        The letters may be the pinyin of what follows or its first letters (猪pai, 猪pg): with the length of the
        shortest such name's pinyin.
        """
        found = []
        for name in starting_with(self.concepts.names, han):
            syllables = self.sounds.syllables(name)
            rest = syllables[len(han) :]
            if joined(rest).startswith(letters) or initials(rest).startswith(letters):
                found.append((joined(syllables), self.concepts.by_chinese[name]))
        return shortest(found)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: unique(values) for key, values in found.items()}
