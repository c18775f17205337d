"""From what a person types to what is looked up. Knows the terms, not the index."""

from collections.abc import Iterable
from dataclasses import dataclass

from shop.search.analysis import Analyser, Run, bigrams, normalised, runs
from shop.search.concepts import english_words
from shop.search.pinyin import joined

STOP = frozenset(
    word
    for line in (
        "的 了 吗 呢 啊 我 你 要 想 买 卖 找 有 没 没有 有没有 想买",
        "哪里 哪儿 什么 怎么 多少 一点 一些 点 些 给 和 与 跟 请问 可以 好吃 好吃的 吃",
    )
    for word in line.split()
)
LEAST_LETTERS = 3
"""A latin beginning shorter than this begins too much."""


@dataclass(frozen=True)
class Clause:
    """One way to match: every term in one field.

    Attributes:
        weight: how much it counts.
        is_constant: counts the same for every listing, however rare the terms are.
        is_prefix: the one term is the beginning of the terms looked for.
    """

    field: str
    terms: tuple[str, ...]
    weight: float
    is_constant: bool = False
    is_prefix: bool = False


Unit = tuple[Clause, ...]
"""What one word of the question may match: any of its clauses."""


@dataclass(frozen=True)
class Plan:
    """What to look up for a question.

    Attributes:
        units: one for each word; a listing should match all of them, or else some.
        broader: looked up when nothing else is found: what the wanted things are kinds of.
        corrected_to: the question as it was probably meant, when a dictionary name sounds the same.
    """

    units: tuple[Unit, ...]
    broader: Unit
    corrected_to: str | None


def plan(text: str, analyser: Analyser) -> Plan:
    """Return what to look up for a text as typed."""
    units: list[Unit] = []
    named: list[str] = []
    found = runs(normalised(text))
    for run in found:
        some_units, some_named = _han_units(run.text, analyser) if run.is_han else _latin_unit(run.text, analyser)
        units.extend(some_units)
        named.extend(some_named)
    broader = analyser.concepts.broader(dict.fromkeys(named))
    # What is a kind of nothing (food) is everything; it is near only when there is nothing nearer.
    nearer = [i for i in broader if analyser.concepts.by_id[i].broader] or broader
    near = [Clause(field, (i,), 2, is_constant=True) for i in nearer for field in ("c", "cu")]
    return Plan(tuple(units), tuple(near), _corrected(found, analyser))


def _concept_clauses(ids: Iterable[str], scale: float = 1) -> list[Clause]:
    return [
        Clause(field, (i,), weight * scale, is_constant=True)
        for i in ids
        for field, weight in (("c", 14), ("cu", 9), ("cm", 3))
    ]


def _han_units(run: str, analyser: Analyser) -> tuple[list[Unit], list[str]]:
    words = _glued([word for word in analyser.segments(run) if word not in STOP], analyser)
    named = [i for word in words for i in analyser.concepts_of_word(word)]
    units = [tuple(_word_clauses(word, analyser)) for word in words]
    if units and not named and len(run) > 1:
        # Not a word of it is known: perhaps a name, or half of one.
        pairs = tuple(bigrams(run))
        whole = (Clause("tg", pairs, 12, is_constant=True), Clause("vg", pairs, 12, is_constant=True))
        units = [(*unit, *whole) for unit in units]
    return units, named


def _glued(words: list[str], analyser: Analyser) -> list[str]:
    """Join neighbouring single characters that mean nothing to the dictionary: they are pieces of an unknown word."""
    found: list[str] = []
    is_open = False
    for word in words:
        is_loose = len(word) == 1 and word not in analyser.known
        if is_loose and is_open:
            found[-1] += word
        else:
            found.append(word)
        is_open = is_loose
    return found


def _word_clauses(word: str, analyser: Analyser) -> list[Clause]:
    ids = analyser.concepts_of_word(word)
    pairs = tuple(bigrams(word)) or (word,)
    is_known_character = bool(ids) and len(word) == 1
    clauses = _concept_clauses(ids)
    if not ids:
        beginnings = analyser.concepts.starting_with(word)
        clauses += [Clause(field, (i,), 9, is_constant=True) for i in beginnings for field in ("c", "cu")]
    clauses += [
        Clause("tw", (word,), 4),
        Clause("tg", pairs, 0.4 if is_known_character else 2.5),
        Clause("ow", (word,), 2.2),
        Clause("og", pairs, 0.4 if is_known_character else 1),
        Clause("vg", pairs, 0.2) if ids else Clause("vg", pairs, 7, is_constant=True),
        Clause("dw", (word,), 0.6),
    ]
    return clauses


def _latin_unit(run: str, analyser: Analyser) -> tuple[list[Unit], list[str]]:
    concepts = analyser.concepts
    words = english_words(run)
    typed = "".join(ch for ch in run if "a" <= ch <= "z")
    groups = _english(words, analyser)
    if groups:
        # A word may be English and pinyin at once (tea, mi): the sound counts too, but less.
        sound = Clause("py", (typed,), 5, is_constant=True)
        return [(*_concept_clauses(ids), sound) for ids in groups], [i for ids in groups for i in ids]
    by_sound = concepts.by_pinyin.get(typed, ())
    by_initials = concepts.by_initials.get(typed, ())
    clauses = _concept_clauses(by_sound) + _concept_clauses(by_initials, 0.5)
    clauses.append(Clause("py", (typed,), 5, is_constant=True))
    clauses += [Clause("en", (word,), 4) for word in words]
    if len(typed) > 1:
        clauses.append(Clause("pi", (typed,), 4, is_constant=True))
        clauses.append(Clause("pi", (typed,), 1.5, is_constant=True, is_prefix=True))
    if len(typed) >= LEAST_LETTERS:
        clauses.append(Clause("py", (typed,), 3, is_constant=True, is_prefix=True))
        clauses += _concept_clauses(concepts.latin_starting_with(typed), 0.6) if not by_sound else []
    return [tuple(clauses)], list(by_sound)


def _english(words: list[str], analyser: Analyser) -> list[tuple[str, ...]]:
    """Return the concepts of an English text, longest names first; empty when it names none."""
    found: list[tuple[str, ...]] = []
    at = 0
    while at < len(words):
        for count in range(min(analyser.concepts.longest_english, len(words) - at), 0, -1):
            ids = analyser.concepts.by_english.get(tuple(words[at : at + count]))
            if ids:
                found.append(ids)
                at += count
                break
        else:
            at += 1
    return found


def _corrected(found: list[Run], analyser: Analyser) -> str | None:
    """Return the text with wrong characters put right, where a dictionary name sounds the same; None if nothing is."""
    better = [_same_sound(run.text, analyser) if run.is_han else run.text for run in found]
    return None if better == [run.text for run in found] else " ".join(better)


def _same_sound(run: str, analyser: Analyser) -> str:
    if all(word in analyser.known or word in STOP for word in analyser.segments(run)):
        return run
    names = analyser.concepts.names_by_pinyin.get(joined(run), ())
    return next((name for name in names if len(name) == len(run)), run)
