"""What the Chinese words of a question may match."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shop.search.analysis import BOXES, bigrams
from shop.search.asking import STOP
from shop.search.clauses import Clause, Vocabulary, begun, concept_clauses, is_sold, likeliest, ranked
from shop.search.language import Language

OF = "的"
LONGEST_NAME_OF_GOODS = 3
"""Characters up to which a name of goods is not taken for a household's."""

SHORTEST_BEGINNING = 2
"""Characters of a run that may break off within a name."""


@dataclass(frozen=True)
class Word:
    """A unit in the making."""

    clauses: tuple[Clause, ...]
    ids: tuple[str, ...] = ()
    place: str = ""
    text: str = ""
    is_head: bool = True
    kin: tuple[str, ...] = ()


def han_words(run: str, language: Language, vocabulary: Vocabulary, *, keep: bool) -> list[Word]:
    """Return the words of a Chinese run, the last name of goods its head.

    Args:
        keep: small words too: there is nothing else.
    """
    analyser = language.analyser
    if is_begun(run, language, vocabulary):
        return [han_word(run, language, vocabulary)]
    segments = analyser.segments(run)
    named = {name.place: name for name in analyser.named(segments)}
    last = max(named, default=-1)
    if named and not named[last].is_head and segments[last + 1] not in STOP:
        # With a strange character behind it (鸡笼) it is another thing, which nobody knows.
        segments[last] += segments.pop(last + 1)
        last = -1
    words = glued([word for word in segments if word not in STOP or (keep and len(word) > 1)], analyser.known)
    loose: list[str] = []
    if len(words) > 1 and any(len(word) > 1 or word in analyser.known for word in words):
        # A single character that is no word is an accident of cutting, unless it is all there is; it only ranks.
        loose = [word for word in words if len(word) == 1 and word not in analyser.known]
        words = [word for word in words if word not in loose]
    core = "".join(words)
    found = [han_word(word, language, vocabulary) for word in words]
    found = _described(found, segments)
    if loose:
        lifts = tuple(ranked(field, (word,), 4) for word in loose for field in ("tg", "og"))
        found[-1] = replace(found[-1], clauses=(*found[-1].clauses, *lifts))
    pairs = tuple(bigrams(core))
    if len(core) > LONGEST_NAME_OF_GOODS and core not in analyser.known and vocabulary.has_all("vg", pairs):
        # A household may be called after its goods (蜂蜜大叔): what it sells is meant as well.
        household = Clause("vg", pairs, 12, is_constant=True)
        found = [replace(word, clauses=(*word.clauses, household)) for word in found]
    things = [number for number, word in enumerate(found) if word.ids]
    if things:
        # A Chinese noun phrase ends in what it is; what stands before only describes it.
        head = things[-1] if last < 0 or named[last].is_head else -1
        return [replace(word, is_head=word.is_head and number == head) for number, word in enumerate(found)]
    if len(core) > 1 and not any(word.place for word in found):
        # Not a word of it is known: perhaps a name, or half of one.
        whole = tuple(Clause(field, pairs, 12, is_constant=True) for field in ("tg", "vg"))
        if vocabulary.has_all("vg", pairs):
            return [Word(whole, place=core, text=core)]
        return [replace(word, clauses=(*word.clauses, *whole)) for word in found]
    return found


def _described(found: list[Word], segments: Sequence[str]) -> list[Word]:
    """Let what stands before 的 only tell of what stands behind it (包粽子用的叶子)."""
    if OF not in segments:
        return found
    behind = set(segments[len(segments) - segments[::-1].index(OF) :])
    if behind.isdisjoint(word.text for word in found):
        return found
    return [replace(word, is_head=word.text in behind) for word in found]


def is_begun(run: str, language: Language, vocabulary: Vocabulary) -> bool:
    """Tell whether a run breaks off within a name of something that is sold (老坛酸, of 老坛酸菜)."""
    if run in language.analyser.known or len(run) < SHORTEST_BEGINNING:
        return False
    segments = language.analyser.segments(run)
    if len(segments) > 1 and len(segments[-1]) > 1:
        return False
    return is_sold(language.concepts.starting_with(run), vocabulary)


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


def han_word(word: str, language: Language, vocabulary: Vocabulary) -> Word:
    """Return what one Chinese word may match: as a name of goods, as a place, or as a word of a text."""
    ids = language.analyser.concepts_of_word(word)
    pairs = tuple(bigrams(word)) or (word,)
    if ids:
        # The dictionary knows where it is meant; in other titles its characters are an accident (茶 in 茶树菇).
        parts = [part for part in language.analyser.words(word) if part != word]
        clauses = [
            # A word for several things (糖) means one of them; what is a bit of each is no better for it.
            *(replace(clause, is_rival=len(ids) > 1) for clause in concept_clauses(ids)),
            Clause("tw", (word,), 4, is_enough=False),
            Clause("tw", (word,), 4, is_last=True),
            Clause("ow", (word,), 2, is_enough=False),
            *(Clause("tw", (part,), 5, is_enough=False) for part in parts),
            *(Clause("tg", (pair,), 3 / len(pairs), is_enough=False) for pair in pairs),
            *(Clause("og", (pair,), 1.5 / len(pairs), is_enough=False) for pair in pairs),
            Clause("dw", (word,), 0.6, is_enough=False),
        ]
        # Nobody sells that: perhaps the beginning of something else (荞麦, of 荞麦枕).
        more = begun(language.concepts.starting_with(word), len(word), 8)
        clauses += [replace(clause, is_last=True) for clause in more]
        return Word(tuple(clauses), ids, text=word)
    if word in BOXES:
        boxes = concept_clauses(language.analyser.boxes)
        return Word((*boxes, *(Clause("tg", tuple(bigrams(box)), 4, is_constant=True) for box in BOXES)), text=word)
    if word in language.places:
        place = Clause("vg", pairs, 12, is_constant=True)
        return Word((place, Clause("tw", (word,), 4), Clause("ow", (word,), 2.2)), place=word, text=word)
    longer = language.concepts.starting_with(word)
    clauses = [
        *begun(longer, len(word), 13),
        Clause("tw", (word,), 7),
        Clause("tg", pairs, 3.5),
        Clause("ow", (word,), 4),
        Clause("og", pairs, 1),
        Clause("vg", pairs, 7, is_constant=True),
        # A word that only a story holds (口红 in that of beeswax) is there by accident.
        Clause("dw", (word,), 0.6, is_enough=False),
    ]
    return Word(tuple(clauses), text=word, kin=likeliest(longer, vocabulary))
