"""All the words a generation of the index was cut with, kept beside it: dictionary, the town's own words, sounds."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shop.catalog.search_feed import OwnWord
from shop.search.concepts import ConceptRow

Syllables = tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """Words as plain data; from it a process makes its `language.Language`.

    Attributes:
        rows: the dictionary, the staff's own words included.
        own: names, villages, shelves, households and tags of this town.
        sounds: how each Chinese name sounds, its syllables parted by blanks.
        readings: how each common character sounds alone: characters by sound.
    """

    rows: tuple[ConceptRow, ...]
    own: tuple[OwnWord, ...]
    sounds: Mapping[str, str]
    readings: Mapping[str, str]

    def dump(self) -> str:
        """Return it as text."""
        return json.dumps(
            {
                "rows": [vars(row) for row in self.rows],
                "own": [vars(word) for word in self.own],
                "sounds": dict(self.sounds),
                "readings": dict(self.readings),
            },
            ensure_ascii=False,
        )

    @classmethod
    def load(cls, text: str) -> "Lexicon":
        """Read what `dump` wrote.

        Raises:
            ValueError, KeyError, TypeError: it is something else.
        """
        kept = json.loads(text)
        return cls(
            rows=tuple(
                ConceptRow(row["code"], tuple(row["chinese"]), tuple(row["english"]), tuple(row["broader"]))
                for row in kept["rows"]
            ),
            own=tuple(OwnWord(**word) for word in kept["own"]),
            sounds=kept["sounds"],
            readings=kept["readings"],
        )


class Sounds:
    """How words sound, as far as a lexicon knows: whole names as they are read, anything else by its characters."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._names = lexicon.sounds
        self._by_character = {ch: sound for sound, characters in lexicon.readings.items() for ch in characters}

    def syllables(self, word: str) -> Syllables:
        """Return the sound of each character; a character that nobody knows stands for itself."""
        known = self._names.get(word)
        if known is not None:
            return tuple(known.split(" "))
        return tuple(self._by_character.get(character, character) for character in word)

    def joined(self, word: str) -> str:
        """Return a word's sound in one piece: 腊肉 is larou."""
        return joined(self.syllables(word))


def joined(syllables: Sequence[str]) -> str:
    """Return syllables in one piece."""
    return "".join(syllables)


def initials(syllables: Iterable[str]) -> str:
    """Return the first letters of syllables: la rou is lr."""
    return "".join(syllable[0] for syllable in syllables)
