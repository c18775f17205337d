"""From what a person types to what is looked up. Knows the terms, not the index."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

from shop.search.analysis import BOXES, Run, bigrams, normalised, runs, weights
from shop.search.asking import STOP, question_in
from shop.search.concepts import LATIN_WORD, STOP_ENGLISH, english_words
from shop.search.language import Language

LEAST_LETTERS = 2
"""A latin beginning shorter than this begins too much."""
WITHOUT = re.compile("([不无免少低])([辣甜盐糖油硫熏烟])")
"""What somebody does not want in it."""
CONCEPT_FIELDS = (("c", 14.0), ("cu", 11.5), ("ch", 6.0), ("ct", 4.0))
"""How much it counts to be the thing, to be of its kind, to have it beside, to be tagged so."""
SHORT_NAME = 4
"""Letters of a name that may as well be the beginning of a longer one."""
SOME_NAMES = 3
"""Names of a thing that are looked for in titles of other things."""
LONGEST_SPELLED = 6
"""Latin words that may be the syllables of one name."""


class Vocabulary(Protocol):
    """What terms an index has."""

    def has(self, field_name: str, term: str) -> bool:
        """Tell whether any listing has a term."""

    def count(self, field_name: str, term: str) -> int:
        """Return how many listings have a term."""

    def has_all(self, field_name: str, terms: Sequence[str]) -> bool:
        """Tell whether one listing has all of these terms."""

    def starting_with(self, field_name: str, head: str) -> Sequence[str]:
        """Return terms with a beginning."""


@dataclass(frozen=True)
class Clause:
    """One way to match: every term in one field.

    Attributes:
        weight: how much it counts.
        is_constant: counts the same for every listing, however rare the terms are.
        is_prefix: the one term is the beginning of the terms looked for.
        is_enough: a listing that matches this alone matches; otherwise it only ranks higher.
        is_last: counts only when nothing else matches.
    """

    field: str
    terms: tuple[str, ...]
    weight: float
    is_constant: bool = False
    is_prefix: bool = False
    is_enough: bool = True
    is_last: bool = False


@dataclass(frozen=True)
class Unit:
    """What one word of the question may match: any of its clauses.

    Attributes:
        decides: it names what is wanted; the others only narrow it down.
        is_thing: it names goods of the dictionary.
    """

    clauses: tuple[Clause, ...]
    decides: bool = True
    is_thing: bool = False


@dataclass(frozen=True)
class Plan:
    """What to look up for a question.

    Attributes:
        units: one for each word.
        ranking: makes what matches stand higher or lower.
        near: looked up when nothing else is found: what the wanted things are kinds of.
        understood: names of the things and places that were understood.
        terms: to mark in what is shown.
        has_near_kinds: `near` tells more than that it is something to eat, or to use.
        is_empty: nothing was typed.
    """

    units: tuple[Unit, ...]
    ranking: tuple[Clause, ...]
    near: tuple[Clause, ...]
    understood: tuple[str, ...]
    terms: tuple[str, ...]
    has_near_kinds: bool
    is_empty: bool


@dataclass(frozen=True)
class _Word:
    """A unit in the making."""

    clauses: tuple[Clause, ...]
    ids: tuple[str, ...] = ()
    place: str = ""
    text: str = ""
    is_head: bool = True


def plan(typed: str, language: Language, vocabulary: Vocabulary) -> Plan:
    """Return what to look up for a text as typed."""
    words = _words(runs(question_in(typed)), language, vocabulary)
    words = words or _words(runs(normalised(typed)), language, vocabulary, keep=True)
    has_things = any(word.ids and word.is_head for word in words)
    units = [
        Unit(word.clauses, decides=(bool(word.ids) and word.is_head) or not has_things, is_thing=bool(word.ids))
        for word in words
    ]
    ranking = tuple(_ranking(normalised(typed)))
    ids = list(dict.fromkeys(i for word in words for i in word.ids))
    concepts = language.concepts
    names = [name for i in ids for name in (*concepts.by_id[i].chinese, *concepts.by_id[i].english)]
    understood = [name for i in ids for name in concepts.by_id[i].chinese[:1]]
    places = [word.place for word in words if word.place]
    return Plan(
        units=tuple(units),
        ranking=ranking,
        near=tuple(_near([word for word in words if word.ids], language)),
        understood=tuple(dict.fromkeys((*understood, *places))),
        terms=tuple(dict.fromkeys((*(word.text for word in words if word.text), *places, *names))),
        has_near_kinds=any(concepts.by_id[b].broader for b in concepts.broader(ids)),
        is_empty=not typed.strip(),
    )


def _ranking(text: str) -> list[Clause]:
    """Return what only ranks: a weight that was typed, and what shall not be in it (不辣)."""
    found = [Clause("am", (weight,), 4, is_constant=True) for weight in weights(text)]
    for no, what in WITHOUT.findall(text):
        found.append(Clause("tg", (no + what,), 9, is_constant=True))
        found.append(Clause("og", (no + what,), 9, is_constant=True))
        found += [Clause(field, (what,), -6, is_constant=True) for field in ("tg", "og")]
    return found


def _near(words: Sequence[_Word], language: Language) -> list[Clause]:
    """Return clauses for what things are kinds of, nearer and rarer ones heavier, and for things made of them."""
    found: list[Clause] = []
    for word in words:
        broader = language.concepts.broader(word.ids)
        # What is a kind of nothing (food) is everything; it is near only when there is nothing nearer.
        nearer = [i for i in broader if language.concepts.by_id[i].broader] or broader
        for steps, i in enumerate(nearer):
            found += [Clause(field, (i,), weight / (1 + steps)) for field, weight in (("c", 2), ("cu", 4))]
        if not word.is_head:
            found += [Clause(field, (i,), 3) for i in word.ids for field in ("c", "cu")]
        found += [Clause("cm", (i,), 3) for i in word.ids]
        names = (name for i in word.ids for name in language.concepts.by_id[i].chinese if len(name) > 1)
        found += [Clause("tg", tuple(bigrams(name)), 2, is_constant=True) for name in islice(names, SOME_NAMES)]
    return found


def _words(found: Sequence[Run], language: Language, vocabulary: Vocabulary, *, keep: bool = False) -> list[_Word]:
    """Return the words of a question.

    Args:
        keep: small words too: there is nothing else.
    """
    words: list[_Word] = []
    before: list[_Word] = []
    sound = ""
    for number, run in enumerate(found):
        own_sound = _sound(run, language)
        both = _mixed(sound + own_sound, language, vocabulary) if run.is_joined and own_sound else None
        if both is not None:
            words = [word for word in words if word not in before]
            before = [both]
        elif run.is_han:
            before = _han_words(run.text, language, vocabulary, keep=keep)
        else:
            before = _latin_words(run.text, language, vocabulary)
        if number and run.is_han != found[number - 1].is_han and any(word.ids for word in before):
            # Half in characters, half in letters, it is one phrase all the same (土鸡 egg): its end is what it is.
            words = [replace(word, is_head=False) for word in words]
        words += before
        sound = own_sound
    return words


def _sound(run: Run, language: Language) -> str:
    return language.sounds.joined(run.text) if run.is_han else "".join(LATIN_WORD.findall(run.text))


def _mixed(sound: str, language: Language, vocabulary: Vocabulary) -> _Word | None:
    """Return the word of a text half in characters, half in letters (土鸡d, la肉), if it begins or is one."""
    ids = language.by_sound.get(sound, ())
    if ids:
        return _Word((*concept_clauses(ids), Clause("py", (sound,), 5, is_constant=True)), ids)
    longer = language.sounding(sound)
    if not longer and not vocabulary.starting_with("py", sound):
        return None
    prefix = Clause("py", (sound,), 3, is_constant=True, is_prefix=True)
    return _Word((*begun(longer, len(sound), 13), prefix), tuple(longer))


def begun(names: Mapping[str, int], typed: int, weight: float) -> list[Clause]:
    """Return the clauses of concepts of which only the beginning was typed, the more of it the heavier.

    Args:
        names: concepts with the length of their shortest name that begins so.
        typed: length of what was typed.
        weight: of a name typed to its end.
    """
    return [
        Clause(field, (i,), weight * share * typed / length, is_constant=True)
        for i, length in names.items()
        for field, share in (("c", 1.0), ("cu", 0.7), ("ch", 0.3))
    ]


def concept_clauses(ids: Iterable[str], scale: float = 1) -> list[Clause]:
    """Return the clauses of concepts."""
    return [
        *(Clause(field, (i,), weight * scale, is_constant=True) for i in ids for field, weight in CONCEPT_FIELDS),
        *(Clause("cm", (i,), 3 * scale, is_constant=True, is_last=True) for i in ids),
    ]


def _han_words(run: str, language: Language, vocabulary: Vocabulary, *, keep: bool) -> list[_Word]:
    analyser = language.analyser
    segments = analyser.segments(run)
    named = {name.place: name for name in analyser.named(segments)}
    last = max(named, default=-1)
    if named and not named[last].is_head and segments[last + 1] not in STOP:
        # With a strange character behind it (鸡笼) it is another thing, which nobody knows.
        segments[last] += segments.pop(last + 1)
        last = -1
    words = glued([word for word in segments if word not in STOP or (keep and len(word) > 1)], analyser.known)
    if len(words) > 1:
        # A single character that is no word is an accident of cutting, unless it is all there is.
        words = [word for word in words if len(word) > 1 or word in analyser.known] or words
    core = "".join(words)
    found = [_han_word(word, language) for word in words]
    things = [number for number, word in enumerate(found) if word.ids]
    if things:
        # A Chinese noun phrase ends in what it is; what stands before only describes it.
        head = things[-1] if last < 0 or named[last].is_head else -1
        return [replace(word, is_head=number == head) for number, word in enumerate(found)]
    if len(core) > 1 and not any(word.place for word in found):
        # Not a word of it is known: perhaps a name, or half of one.
        pairs = tuple(bigrams(core))
        whole = tuple(Clause(field, pairs, 12, is_constant=True) for field in ("tg", "vg"))
        if vocabulary.has_all("vg", pairs):
            return [_Word(whole, place=core, text=core)]
        return [replace(word, clauses=(*word.clauses, *whole)) for word in found]
    return found


def glued(words: Sequence[str], known: frozenset[str]) -> list[str]:
    """Join neighbouring single characters that mean nothing to the dictionary: they are pieces of an unknown word."""
    found: list[str] = []
    is_open = False
    for word in words:
        is_loose = len(word) == 1 and word not in known
        if is_loose and is_open:
            found[-1] += word
        else:
            found.append(word)
        is_open = is_loose
    return found


def _han_word(word: str, language: Language) -> _Word:
    ids = language.analyser.concepts_of_word(word)
    pairs = tuple(bigrams(word)) or (word,)
    if ids:
        # The dictionary knows where it is meant; in other titles its characters are an accident (茶 in 茶树菇).
        parts = [part for part in language.analyser.words(word) if part != word]
        clauses = [
            *concept_clauses(ids),
            Clause("tw", (word,), 4, is_enough=False),
            Clause("tw", (word,), 4, is_last=True),
            Clause("ow", (word,), 2, is_enough=False),
            *(Clause("tw", (part,), 5, is_enough=False) for part in parts),
            *(Clause("tg", (pair,), 3 / len(pairs), is_enough=False) for pair in pairs),
            *(Clause("og", (pair,), 1.5 / len(pairs), is_enough=False) for pair in pairs),
            Clause("dw", (word,), 0.6, is_enough=False),
        ]
        if len(word) == 1:
            longer = begun(language.concepts.starting_with(word), 1, 8)
            clauses += [replace(clause, is_last=True) for clause in longer]
        return _Word(tuple(clauses), ids, text=word)
    if word in BOXES:
        boxes = concept_clauses(language.analyser.boxes)
        return _Word((*boxes, *(Clause("tg", tuple(bigrams(box)), 4, is_constant=True) for box in BOXES)), text=word)
    if word in language.places:
        place = Clause("vg", pairs, 12, is_constant=True)
        return _Word((place, Clause("tw", (word,), 4), Clause("ow", (word,), 2.2)), place=word, text=word)
    clauses = [
        *begun(language.concepts.starting_with(word), len(word), 13),
        Clause("tw", (word,), 4),
        Clause("tg", pairs, 2.5),
        Clause("ow", (word,), 2.2),
        Clause("og", pairs, 1),
        Clause("vg", pairs, 7, is_constant=True),
        Clause("dw", (word,), 0.6),
    ]
    return _Word(tuple(clauses), text=word)


def _latin_words(run: str, language: Language, vocabulary: Vocabulary) -> list[_Word]:
    """Return the words of a latin run: English and spelled names, the longest first; what is left is a beginning."""
    tokens = LATIN_WORD.findall(run)
    found: list[_Word] = []
    loose: list[str] = []
    at = 0
    while at < len(tokens):
        for count in range(min(LONGEST_SPELLED, len(tokens) - at), 0, -1):
            some = tokens[at : at + count]
            is_small = count == 1 and some[0] in STOP_ENGLISH and len(tokens) > 1
            named = None if is_small else _latin_name(some, language)
            if named is not None or is_small:
                found += [*_loose_words(loose, language, vocabulary), *([named] if named is not None else [])]
                loose = []
                at += count
                break
        else:
            loose.append(tokens[at])
            at += 1
    return [*found, *_loose_words(loose, language, vocabulary)]


def _latin_name(tokens: Sequence[str], language: Language) -> _Word | None:
    words = tuple(english_words(" ".join(tokens)))
    typed = "".join(tokens)
    english = language.concepts.by_english.get(words, ()) if words else ()
    spelled = language.by_sound.get(typed, ())
    places = [name for name in language.names_by_sound.get(typed, ()) if name in language.places]
    if not (english or spelled or places):
        return None
    # A word may be English and pinyin at once (tea, mi): the sound counts too, but less.
    clauses = [*concept_clauses(english), *concept_clauses(spelled, 0.6 if english else 1)]
    clauses += [Clause("en", (word,), 4) for word in words]
    clauses.append(Clause("py", (typed,), 5, is_constant=True, is_enough=not (english or spelled)))
    clauses += [Clause("vg", tuple(bigrams(name)), 12, is_constant=True) for name in places]
    if len(typed) <= SHORT_NAME and not english:
        clauses += begun(language.latin_starting_with(typed), len(typed), 10)
    return _Word(tuple(clauses), (*english, *spelled), places[0] if places else "", " ".join(tokens))


def _loose_words(tokens: Sequence[str], language: Language, vocabulary: Vocabulary) -> list[_Word]:
    """Return the word of letters that name nothing: initials, the beginning of a name, or a word of a title."""
    typed = "".join(tokens)
    if not typed:
        return []
    firsts = language.by_initials.get(typed, ())
    # What is sold most is meant most: its first letters are worth more.
    often = {i: min(vocabulary.count("c", i) + vocabulary.count("cu", i), 10) for i in firsts}
    clauses = [clause for i in firsts for clause in concept_clauses([i], 0.5 + often[i] / 40)]
    clauses += [Clause("py", (typed,), 5, is_constant=True)]
    clauses += [Clause("en", (word,), 4) for word in english_words(" ".join(tokens))]
    if len(typed) >= LEAST_LETTERS:
        starting = [
            Clause("pi", (typed,), 1.5, is_constant=True, is_prefix=True),
            Clause("py", (typed,), 2, is_constant=True, is_prefix=True),
            Clause("en", (typed,), 2, is_prefix=True),
            *begun(language.latin_starting_with(typed), len(typed), 13),
        ]
        clauses.append(Clause("pi", (typed,), 4, is_constant=True))
        clauses += [replace(clause, is_last=bool(firsts)) for clause in starting]
    return [_Word(tuple(clauses), firsts, text=" ".join(tokens))]
