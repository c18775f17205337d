"""Did you mean: a name that sounds or looks like what was typed, when what was typed is in no listing."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from shop.search.analysis import Run, bigrams, runs
from shop.search.asking import STOP, question_in
from shop.search.clauses import Vocabulary
from shop.search.concepts import LATIN_WORD, STOP_ENGLISH, english_words
from shop.search.han import glued, is_begun
from shop.search.language import Language, Name
from shop.search.lexicon import joined

FILE = Path(__file__).parent / "data" / "lookalikes.txt"
SHAPES = Path(__file__).parent / "data" / "shapes.txt"
SHORTEST, LONGEST = 2, 6
"""Characters of a name that may be meant."""
NEAR_SOUND = 2
"""Letters by which the sounds of two characters may differ that look or sound alike."""
SOUND_LETTERS = 4
"""A latin text shorter than this is too near to too many names."""
TWO_LETTERS = 7
"""From this length on two letters may be wrong."""
TELLING, FAR = 3, 10
"""From this length on the other characters of a name tell it alone; it then counts as so much further off."""
WHOLE = 3
"""Characters up to which a text is one name; in a longer one small words are no part of it."""
UNWRITTEN, UNSOLD = 2, 5
"""What nobody writes, or sells, counts as so much further off."""
GRAM_FIELDS = ("tg", "og", "vg")


def corrected(typed: str, language: Language, vocabulary: Vocabulary, *, finds: bool = True) -> str | None:
    """Return a text as it was probably meant, or None when nothing is better or nothing is wrong.

    What names goods is never changed, whether they are sold or not.

    Args:
        finds: it finds something as it stands. Otherwise even a good word of the general language (手头) may have been
            meant as a name that looks like it (芋头).
    """
    better: list[str] = []
    is_changed = False
    for run in runs(question_in(typed)):
        found = _han(run, language, vocabulary, finds=finds) if run.is_han else _latin(run, language, vocabulary)
        is_changed = is_changed or found is not None
        better.append(found or run.text)
    return " ".join(better) if is_changed else None


def _han(run: Run, language: Language, vocabulary: Vocabulary, *, finds: bool) -> str | None:
    if is_begun(run.text, language, vocabulary):
        return None
    known = language.analyser.known
    segments = language.analyser.segments(run.text)
    if len(run.text) > WHOLE:
        segments = [word for word in segments if word not in STOP]
    words = glued(segments, known)
    things = {name.word for name in language.analyser.named(segments) if name.is_head and len(name.word) > 1}
    for start, end in _windows(words):
        window = words[start:end]
        text = "".join(window)
        if things.intersection(window):
            continue
        if not SHORTEST <= len(text) <= LONGEST or not _is_loose(window, known):
            continue
        if all(_is_written(pair, vocabulary) for pair in bigrams(text)) or _is_phrase(window, language, vocabulary):
            continue
        is_word = len(window) == 1 and language.analyser.is_word(text)
        name = _meant(text, language, vocabulary, is_word=is_word)
        if name is None and not finds:
            name = _looking_like(text, language, vocabulary)
        if name is not None:
            return "".join((*words[:start], name, *words[end:]))
    return None


def _windows(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield stretches of neighbouring words, the longest first."""
    for count in range(len(words), 0, -1):
        for start in range(len(words) - count + 1):
            yield start, start + count


def _is_loose(window: Sequence[str], known: frozenset[str]) -> bool:
    """Tell whether something of a stretch is no word that anybody knows, or a word of one character."""
    return any(word not in known or len(word) == 1 for word in window)


def _is_phrase(window: Sequence[str], language: Language, vocabulary: Vocabulary) -> bool:
    """Tell whether a stretch is right as it stands: names of goods, and words that sellers write (即食笋)."""
    return max(map(len, window)) > 1 < len(window) and all(
        word in language.concepts.by_chinese or any(vocabulary.has(field, word) for field in ("tw", "ow"))
        for word in window
    )


def _is_written(pair: str, vocabulary: Vocabulary) -> bool:
    return any(vocabulary.has(field, pair) for field in GRAM_FIELDS)


def _meant(text: str, language: Language, vocabulary: Vocabulary, *, is_word: bool) -> str | None:
    """Return the name that was meant by a Chinese text.

    Args:
        is_word: it is a word of the general language, so only a name of the very same sound that is written here may
            be meant.
    """
    syllables = language.sounds.syllables(text)
    same = [name for name in language.names_by_sound.get(joined(syllables), ()) if len(name) == len(text)]
    near = [(0.0, name) for name in same if name != text and not (is_word and _doubt(name, language, vocabulary))]
    if not is_word:
        candidates = language.names_of_length.get(len(text), ())
        distances = ((_distance(text, syllables, candidate), candidate.text) for candidate in candidates)
        near += [(distance, name) for distance, name in distances if distance is not None]
    weighed = ((distance + _doubt(name, language, vocabulary), name) for distance, name in near)
    return min(weighed, key=lambda found: found[0], default=(0, None))[1]


def _looking_like(text: str, language: Language, vocabulary: Vocabulary) -> str | None:
    """Return the name of something sold here that looks like a word."""
    syllables = language.sounds.syllables(text)
    for candidate in language.names_of_length.get(len(text), ()):
        distance = _distance(text, syllables, candidate)
        if distance is not None and distance <= 1 and not _doubt(candidate.text, language, vocabulary):
            return candidate.text
    return None


def _doubt(name: str, language: Language, vocabulary: Vocabulary) -> int:
    """Return how unlikely a name is here: nobody writes it, or nobody even sells what it names."""
    if vocabulary.has("tw", name) or vocabulary.has("ow", name) or name in language.places:
        return 0
    ids = language.concepts.by_chinese.get(name, ())
    return UNWRITTEN if any(vocabulary.has(field, i) for i in ids for field in ("c", "cu")) else UNSOLD


def _distance(text: str, syllables: Sequence[str], candidate: Name) -> float | None:
    """Return how far a name is from a text as long that differs in one character; None when it is too far.

    What looks alike is nearest; a longer name is believed even when the wrong character is like nothing.
    """
    name = candidate.text
    wrong = [i for i in range(len(text)) if name[i] != text[i]]
    if len(wrong) != 1:
        return None
    (place,) = wrong
    if text[place] in look_alikes().get(name[place], ""):
        return 0.5
    if text[place] in printed_alike().get(name[place], ""):
        return 1
    distance: int = OSA.distance(candidate.syllables[place], syllables[place])
    if distance <= NEAR_SOUND:
        return distance
    return distance + FAR if len(name) >= TELLING else None


@cache
def look_alikes() -> Mapping[str, str]:
    """Return for each character those that are taken for it by the eye."""
    found: dict[str, str] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            for character in line:
                found[character] = found.get(character, "") + line
    return found


@cache
def printed_alike() -> Mapping[str, str]:
    """Return for each character of a name of goods those whose printed form is much like it."""
    lines = SHAPES.read_text(encoding="utf-8").splitlines()
    return {line[0]: line[1:] for line in lines if not line.startswith("#")}


def _latin(run: Run, language: Language, vocabulary: Vocabulary) -> str | None:
    tokens = LATIN_WORD.findall(run.text)
    whole = "".join(tokens)
    if _is_spelled(whole, language, vocabulary):
        return None
    better = [_latin_word(token, language, vocabulary) for token in tokens]
    if any(word is not None for word in better):
        return " ".join(word or token for word, token in zip(better, tokens, strict=True))
    return _nearest(whole, language) if len(tokens) > 1 else None


def _latin_word(token: str, language: Language, vocabulary: Vocabulary) -> str | None:
    if token in STOP_ENGLISH or _is_spelled(token, language, vocabulary):
        return None
    return _nearest(token, language)


def _is_spelled(token: str, language: Language, vocabulary: Vocabulary) -> bool:
    """Tell whether letters are, or begin, something."""
    stems = english_words(token)
    return (
        token in language.names_by_sound
        or token in language.by_initials
        or bool(language.latin_starting_with(token))
        or any(vocabulary.has("en", stem) for stem in stems)
        or any(vocabulary.starting_with(field, token) for field in ("py", "pi", "en"))
    )


def _nearest(typed: str, language: Language) -> str | None:
    if len(typed) < SOUND_LETTERS:
        return None
    limit = 2 if len(typed) >= TWO_LETTERS else 1
    # Hands slip within a word; its first letter is what people are sure of.
    spelled = [word for word in language.spellings if word[0] == typed[0]]
    found = process.extractOne(typed, spelled, scorer=OSA.distance, score_cutoff=limit)
    return language.spellings[found[0]] if found is not None else None
