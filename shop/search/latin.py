"""What the words of a question in letters may match: English, pinyin, initials, beginnings."""

from collections.abc import Sequence
from dataclasses import replace

from shop.search.analysis import bigrams
from shop.search.clauses import Clause, Vocabulary, begun, concept_clauses, is_sold, likeliest, ranked
from shop.search.concepts import LATIN_WORD, STOP_ENGLISH, english_words
from shop.search.han import Word
from shop.search.language import Language
from shop.search.lexicon import initials

LEAST_LETTERS = 2
"""A latin beginning shorter than this begins too much."""
SHORT_NAME = 4
"""Letters of a name that may as well be the beginning of a longer one."""
LONGEST_SPELLED = 6
"""Latin words that may be the syllables of one name."""
FOOD, EATEN = "food", 0.12
"""What is eaten is looked for oftener than what is used; first letters mean it so much more likely."""
FIRST_NAMES = 3
"""Things of which the first Chinese name is looked for in titles, when they were named in letters."""


def latin_words(run: str, language: Language, vocabulary: Vocabulary) -> list[Word]:
    """Return the words of a latin run: English and spelled names, the longest first; what is left is a beginning."""
    tokens = LATIN_WORD.findall(run)
    found: list[Word] = []
    loose: list[str] = []
    at = 0
    while at < len(tokens):
        for count in range(min(LONGEST_SPELLED, len(tokens) - at), 0, -1):
            some = tokens[at : at + count]
            is_small = count == 1 and some[0] in STOP_ENGLISH and len(tokens) > 1
            named = None if is_small else _latin_name(some, language, vocabulary)
            if named is not None or is_small:
                found += [*_loose_words(loose, language, vocabulary), *([named] if named is not None else [])]
                loose = []
                at += count
                break
        else:
            loose.append(tokens[at])
            at += 1
    return [*found, *_loose_words(loose, language, vocabulary)]


def _latin_name(tokens: Sequence[str], language: Language, vocabulary: Vocabulary) -> Word | None:
    words = tuple(english_words(" ".join(tokens)))
    typed = "".join(tokens)
    english = language.concepts.by_english.get(words, ()) if words else ()
    spelled = language.by_sound.get(typed, ())
    places = [name for name in language.names_by_sound.get(typed, ()) if name in language.places]
    if not (english or spelled or places):
        return None
    if not (english or places) and len(typed) <= SHORT_NAME and not is_sold(spelled, vocabulary):
        # Nobody sells that (nang, a flatbread): it is the beginning of something else.
        return None
    # A word may be English and pinyin at once (tea, mi): the sound counts too, but less.
    clauses = [*concept_clauses(english), *concept_clauses(spelled, 0.6 if english else 1)]
    clauses += [Clause("en", (word,), 4) for word in words]
    clauses.append(Clause("py", (typed,), 5, is_constant=True, is_enough=not (english or spelled)))
    for i in (*english, *spelled)[:FIRST_NAMES]:
        # Among equals, titles that hold the thing's first name.
        clauses += [
            ranked("tg", tuple(bigrams(name)), 2) for name in language.concepts.by_id[i].chinese[:1] if len(name) > 1
        ]
    clauses += [Clause("vg", tuple(bigrams(name)), 12, is_constant=True) for name in places]
    longer = begun(language.latin_starting_with(typed), len(typed), 10)
    if len(typed) <= SHORT_NAME and not english:
        clauses += longer
    else:
        # Nobody sells that: perhaps the beginning of something else (comb, of comb honey).
        clauses += [replace(clause, is_last=True) for clause in longer]
    return Word(tuple(clauses), (*english, *spelled), places[0] if places else "", " ".join(tokens))


def _likelihood(concept: str, typed: str, language: Language, vocabulary: Vocabulary) -> float:
    """Return how likely first letters mean a thing: its first name more than another, and what is sold most."""
    first = initials(language.sounds.syllables(language.concepts.by_id[concept].chinese[0]))
    often = min(vocabulary.count("c", concept) + vocabulary.count("cu", concept), 10)
    eaten = EATEN if FOOD in language.concepts.by_id[concept].broader else 0
    return (0.5 if first == typed else 0.3) + often / 30 + eaten


def _is_meant(concept: str, typed: str, language: Language, vocabulary: Vocabulary) -> bool:
    """Tell whether a name with these first letters is the usual one of a thing, or is written here."""
    chinese = language.concepts.by_id[concept].chinese
    named = [name for name in chinese if initials(language.sounds.syllables(name)) == typed]
    return chinese[0] in named or any(vocabulary.has(field, name) for name in named for field in ("tw", "ow"))


def _loose_words(tokens: Sequence[str], language: Language, vocabulary: Vocabulary) -> list[Word]:
    """Return the word of letters that name nothing: initials, the beginning of a name, or a word of a title."""
    typed = "".join(tokens)
    if not typed:
        return []
    firsts = tuple(i for i in language.by_initials.get(typed, ()) if _is_meant(i, typed, language, vocabulary))
    # What is sold most is meant most: its first letters are worth more.
    clauses = [
        replace(clause, is_rival=True)
        for i in firsts
        for clause in concept_clauses([i], _likelihood(i, typed, language, vocabulary))
    ]
    clauses += [Clause("py", (typed,), 5, is_constant=True)]
    clauses += [Clause("en", (word,), 4) for word in english_words(" ".join(tokens))]
    longer = language.latin_starting_with(typed) if len(typed) >= LEAST_LETTERS else {}
    if len(typed) >= LEAST_LETTERS:
        starting = [
            Clause("pi", (typed,), 1.5, is_constant=True, is_prefix=True),
            Clause("py", (typed,), 2, is_constant=True, is_prefix=True),
            Clause("en", (typed,), 2, is_prefix=True),
            *begun(longer, len(typed), 13),
        ]
        clauses.append(Clause("pi", (typed,), 4, is_constant=True))
        clauses += [replace(clause, is_last=bool(firsts)) for clause in starting]
    return [Word(tuple(clauses), firsts, text=" ".join(tokens), kin=likeliest(longer, vocabulary))]
