"""From what a person types to what is looked up. Knows the terms, not the index."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from shop.search.analysis import Run, bigrams, normalised, runs
from shop.search.asking import STOP, question_in
from shop.search.concepts import LATIN_WORD, STOP_ENGLISH, english_words
from shop.search.language import Language

LEAST_LETTERS = 2
"""A latin beginning shorter than this begins too much."""
LONGEST_SPELLED = 6
"""Latin words that may be the syllables of one name."""


class Vocabulary(Protocol):
    """What terms an index has."""

    def has(self, field_name: str, term: str) -> bool:
        """Tell whether any listing has a term."""

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
    """

    field: str
    terms: tuple[str, ...]
    weight: float
    is_constant: bool = False
    is_prefix: bool = False
    is_enough: bool = True


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
        near: looked up when nothing else is found: what the wanted things are kinds of.
        understood: names of the things and places that were understood.
        terms: to mark in what is shown.
        is_empty: nothing was typed.
    """

    units: tuple[Unit, ...]
    near: tuple[Clause, ...]
    understood: tuple[str, ...]
    terms: tuple[str, ...]
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
    text = question_in(typed)
    words = _words(runs(text), language, vocabulary) or _words(runs(normalised(typed)), language, vocabulary, keep=True)
    has_things = any(word.ids and word.is_head for word in words)
    units = [
        Unit(word.clauses, decides=(bool(word.ids) and word.is_head) or not has_things, is_thing=bool(word.ids))
        for word in words
    ]
    ids = list(dict.fromkeys(i for word in words for i in word.ids))
    concepts = language.concepts
    names = [name for i in ids for name in (*concepts.by_id[i].chinese, *concepts.by_id[i].english)]
    understood = [name for i in ids for name in concepts.by_id[i].chinese[:1]]
    places = [word.place for word in words if word.place]
    return Plan(
        units=tuple(units),
        near=tuple(_near([word for word in words if word.ids], language)),
        understood=tuple(dict.fromkeys((*understood, *places))),
        terms=tuple(dict.fromkeys((*(word.text for word in words if word.text), *places, *names))),
        is_empty=not typed.strip(),
    )


def _near(words: Sequence[_Word], language: Language) -> list[Clause]:
    """Return clauses for what things are kinds of, the nearer the heavier; what only describes counts itself."""
    found: list[Clause] = []
    for word in words:
        broader = language.concepts.broader(word.ids)
        # What is a kind of nothing (food) is everything; it is near only when there is nothing nearer.
        nearer = [i for i in broader if language.concepts.by_id[i].broader] or broader
        for steps, i in enumerate(nearer):
            found += [Clause(field, (i,), 2 / (1 + steps), is_constant=True) for field in ("c", "cu")]
        if not word.is_head:
            found += [Clause(field, (i,), 1, is_constant=True) for i in word.ids for field in ("c", "cu")]
    return found


def _words(found: Sequence[Run], language: Language, vocabulary: Vocabulary, *, keep: bool = False) -> list[_Word]:
    """Return the words of a question.

    Args:
        keep: small words too: there is nothing else.
    """
    words: list[_Word] = []
    before: list[_Word] = []
    sound = ""
    for run in found:
        own_sound = _sound(run, language)
        both = _mixed(sound + own_sound, language, vocabulary) if run.is_joined and own_sound else None
        if both is not None:
            words = [word for word in words if word not in before]
            before = [both]
        elif run.is_han:
            before = _han_words(run.text, language, keep=keep)
        else:
            before = _latin_words(run.text, language)
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
    prefix = Clause("py", (sound,), 5, is_constant=True, is_prefix=True)
    return _Word((*concept_clauses(longer, 0.8), prefix), longer)


def concept_clauses(ids: Iterable[str], scale: float = 1) -> list[Clause]:
    """Return the clauses of concepts: being the thing counts most, being of its kind less, being described least."""
    return [
        Clause(field, (i,), weight * scale, is_constant=True)
        for i in ids
        for field, weight in (("c", 14), ("cu", 9), ("cm", 3))
    ]


def _han_words(run: str, language: Language, *, keep: bool) -> list[_Word]:
    analyser = language.analyser
    segments = [word for word in analyser.segments(run) if word not in STOP or (keep and len(word) > 1)]
    words = glued(segments, analyser.known)
    if len(words) > 1:
        # A single character that is no word is an accident of cutting, unless it is all there is.
        words = [word for word in words if len(word) > 1 or word in analyser.known] or words
    found = [_han_word(word, language) for word in words]
    named = [number for number, word in enumerate(found) if word.ids]
    if named:
        # A Chinese noun phrase ends in what it is; what stands before only describes it.
        return [replace(word, is_head=number == named[-1]) for number, word in enumerate(found)]
    core = "".join(words)
    if len(core) > 1 and not any(word.place for word in found):
        # Not a word of it is known: perhaps a name, or half of one.
        pairs = tuple(bigrams(core))
        whole = tuple(Clause(field, pairs, 12, is_constant=True) for field in ("tg", "vg"))
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
        clauses = [
            *concept_clauses(ids),
            Clause("tw", (word,), 4),
            Clause("tg", pairs, 0.4 if len(word) == 1 else 2.5, is_enough=False),
            Clause("ow", (word,), 2.2),
            Clause("og", pairs, 0.4 if len(word) == 1 else 1, is_enough=False),
            Clause("vg", pairs, 0.2, is_enough=False),
            Clause("dw", (word,), 0.6, is_enough=False),
        ]
        return _Word(tuple(clauses), ids, text=word)
    if word in language.places:
        place = Clause("vg", pairs, 12, is_constant=True)
        return _Word((place, Clause("tw", (word,), 4), Clause("ow", (word,), 2.2)), place=word, text=word)
    longer = language.concepts.starting_with(word)
    clauses = [
        *(Clause(field, (i,), 9, is_constant=True) for i in longer for field in ("c", "cu")),
        Clause("tw", (word,), 4),
        Clause("tg", pairs, 2.5),
        Clause("ow", (word,), 2.2),
        Clause("og", pairs, 1),
        Clause("vg", pairs, 7, is_constant=True),
        Clause("dw", (word,), 0.6),
    ]
    return _Word(tuple(clauses), text=word)


def _latin_words(run: str, language: Language) -> list[_Word]:
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
                found += [*_loose_words(loose, language), *([named] if named is not None else [])]
                loose = []
                at += count
                break
        else:
            loose.append(tokens[at])
            at += 1
    return [*found, *_loose_words(loose, language)]


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
    clauses.append(Clause("py", (typed,), 5, is_constant=True))
    clauses += [Clause("vg", tuple(bigrams(name)), 12, is_constant=True) for name in places]
    return _Word(tuple(clauses), (*english, *spelled), places[0] if places else "", " ".join(tokens))


def _loose_words(tokens: Sequence[str], language: Language) -> list[_Word]:
    """Return the word of letters that name nothing: initials, the beginning of a name, or a word of a title."""
    typed = "".join(tokens)
    if not typed:
        return []
    firsts = language.by_initials.get(typed, ())
    clauses = [*concept_clauses(firsts, 0.5), Clause("py", (typed,), 5, is_constant=True)]
    clauses += [Clause("en", (word,), 4) for word in english_words(" ".join(tokens))]
    if len(typed) >= LEAST_LETTERS:
        clauses += [
            Clause("pi", (typed,), 4, is_constant=True),
            Clause("pi", (typed,), 1.5, is_constant=True, is_prefix=True),
            Clause("py", (typed,), 3, is_constant=True, is_prefix=True),
            Clause("en", (typed,), 2, is_prefix=True),
            *concept_clauses(language.latin_starting_with(typed), 0.6),
        ]
    return [_Word(tuple(clauses), firsts, text=" ".join(tokens))]
