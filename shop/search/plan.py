"""From what a person types to what is looked up. Knows the terms, not the index."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from shop.search.analysis import BOXES, Run, bigrams, normalised, runs, weights
from shop.search.asking import question_in
from shop.search.clauses import Clause, Unit, Vocabulary, begun, concept_clauses, is_sold, likeliest
from shop.search.concepts import LATIN_WORD, english_words
from shop.search.han import Word, han_word, han_words
from shop.search.language import Language
from shop.search.latin import latin_words
from shop.search.wishes import beside, wish_clauses, wishes_in

WITHOUT = re.compile("([不无免少低])([辣甜盐糖油硫熏烟])")
"""What somebody does not want in it."""
FAR = 0.1
"""Weight of what is near only because it is to be eaten, or used, as well."""
KEPT = (("snack", -1.5), ("pickle", -1.5), ("ready-food", -1.5), ("farm-supply", -13.0), ("cake", -1.5))
"""What is made of a thing, or grows into it, stands a little behind the thing itself, unless it was asked for."""
BOXED = -5.0
"""So does a box with it and other things in it."""
VERBS, USED_AS = (("喝", "drink"), ("吃", "food")), 2.5
"""What is done with a thing tells its kind when nothing else is named (夏天喝什么), and how much that counts."""
SOME_NAMES = 3
"""Names of a thing that are looked for in titles of other things."""


@dataclass(frozen=True)
class Plan:
    """What to look up for a question.

    Attributes:
        units: one for each word.
        ranking: makes what matches stand higher or lower.
        near: looked up when nothing else is found: what the wanted things are kinds of.
        understood: names of the things and places that were understood.
        terms: to mark in what is shown.
        has_things: it names goods of the dictionary, or begins to.
        is_empty: nothing was typed.
    """

    units: tuple[Unit, ...]
    ranking: tuple[Clause, ...]
    near: tuple[Clause, ...]
    understood: tuple[str, ...]
    terms: tuple[str, ...]
    has_things: bool
    is_empty: bool


def plan(typed: str, language: Language, vocabulary: Vocabulary) -> Plan:
    """Return what to look up for a text as typed."""
    rest, wishes = wishes_in(normalised(typed), language.analyser)
    wanted = wish_clauses(wishes, language.concepts.by_id)
    words = _words(runs(question_in(rest)), language, vocabulary)
    has_purpose = any(wish.things for wish in wishes)
    if not words and not has_purpose:
        words = _words(runs(normalised(typed)), language, vocabulary, keep=True)
    if not any(word.is_head for word in words):
        words = [replace(word, is_head=True) for word in words]
    has_things = any(word.ids and word.is_head for word in words)
    units = [
        Unit(
            word.clauses,
            decides=word.is_head and (bool(word.ids) or not has_things),
            is_thing=bool(word.ids),
            is_firm=bool(word.ids or word.place) or word.text in BOXES,
        )
        for word in words
    ]
    ranking = _ranking(normalised(typed))
    if has_things:
        ranking += beside(wanted)
    elif has_purpose:
        # Nothing is named but what it is for; what else was said only narrows that down.
        units = [Unit(tuple(wanted), is_thing=True), *(replace(unit, decides=False) for unit in units)]
        ranking += [Clause("cu", (i,), USED_AS, is_constant=True) for verb, i in VERBS if verb in rest]
    elif wanted and units:
        units[-1] = replace(units[-1], clauses=(*units[-1].clauses, *wanted))
    ids = list(dict.fromkeys(i for word in words for i in word.ids))
    ranking += _lowered([i for word in words for i in (word.ids or word.kin)], words, language)
    concepts = language.concepts
    names = [name for i in ids for name in (*concepts.by_id[i].chinese, *concepts.by_id[i].english)]
    understood = [name for i in ids for name in concepts.by_id[i].chinese[:1]]
    places = [word.place for word in words if word.place]
    return Plan(
        units=tuple(units),
        ranking=tuple(ranking),
        near=tuple(_near([word for word in words if word.ids or word.kin], language)),
        understood=tuple(dict.fromkeys((*understood, *places))),
        terms=tuple(dict.fromkeys((*(word.text for word in words if word.text), *places, *names))),
        has_things=has_things or any(word.kin for word in words),
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


def _lowered(ids: Sequence[str], words: Sequence[Word], language: Language) -> list[Clause]:
    """Return clauses that put what is made of the wanted things, and boxes, a little lower."""
    if not ids:
        return []
    asked = {*ids, *language.concepts.broader(ids)}
    found = [
        Clause(field, (i,), weight, is_constant=True) for i, weight in KEPT if i not in asked for field in ("c", "cu")
    ]
    boxes = language.analyser.boxes
    if not any(word.text in BOXES for word in words) and asked.isdisjoint((*boxes, *language.concepts.broader(boxes))):
        found += [Clause(field, (i,), BOXED, is_constant=True) for i in boxes for field in ("c", "ch")]
    return found


def _near(words: Sequence[Word], language: Language) -> list[Clause]:
    """Return clauses for what things are kinds of, nearer and rarer ones heavier, and for things made of them."""
    found: list[Clause] = []
    for word in words:
        broader = language.concepts.broader(word.kin or word.ids)
        # What is a kind of nothing (food) is everything; it is near only when there is nothing nearer.
        nearer = [i for i in broader if language.concepts.by_id[i].broader]
        for steps, i in enumerate(nearer):
            found += [Clause(field, (i,), weight / (1 + steps)) for field, weight in (("c", 2), ("cu", 4))]
        if not nearer:
            found += [Clause(field, (i,), FAR) for i in broader for field in ("c", "cu")]
        if not word.is_head:
            found += [Clause(field, (i,), 3) for i in word.ids for field in ("c", "cu")]
        found += [Clause("cm", (i,), 3) for i in word.ids]
        names = (name for i in word.ids for name in language.concepts.by_id[i].chinese if len(name) > 1)
        found += [Clause("tg", tuple(bigrams(name)), 2, is_constant=True) for name in islice(names, SOME_NAMES)]
    return found


def _words(found: Sequence[Run], language: Language, vocabulary: Vocabulary, *, keep: bool = False) -> list[Word]:
    """Return the words of a question.

    Args:
        keep: small words too: there is nothing else.
    """
    words: list[Word] = []
    before: list[Word] = []
    sound = ""
    for number, run in enumerate(found):
        own_sound = _sound(run, language)
        both = None
        if run.is_joined and own_sound and number:
            both = _mixed(found[number - 1], run, sound + own_sound, language, vocabulary)
        if both is None and number and run.is_han != found[number - 1].is_han:
            both = _translated(found[number - 1], run, language, vocabulary)
        if both is not None:
            words = [word for word in words if word not in before]
            before = [both]
        elif run.is_han:
            before = han_words(run.text, language, vocabulary, keep=keep)
        else:
            before = latin_words(run.text, language, vocabulary)
        if number and run.is_han != found[number - 1].is_han and any(word.ids for word in before):
            # Half in characters, half in letters, it is one phrase all the same (土鸡 egg): its end is what it is.
            words = [replace(word, is_head=False) for word in words]
        words += before
        sound = own_sound
    return words


def _sound(run: Run, language: Language) -> str:
    return language.sounds.joined(run.text) if run.is_han else "".join(LATIN_WORD.findall(run.text))


def _mixed(one: Run, other: Run, sound: str, language: Language, vocabulary: Vocabulary) -> Word | None:
    """Return the word of a text half in characters, half in letters (土鸡d, la肉, 猪pg), if it begins or is one."""
    ids = language.by_sound.get(sound, ())
    if ids:
        return Word((*concept_clauses(ids), Clause("py", (sound,), 5, is_constant=True)), ids)
    longer = language.sounding(sound)
    prefix = Clause("py", (sound,), 3, is_constant=True, is_prefix=True)
    if one.is_han and not other.is_han:
        # Characters are never a slip for others that sound like them: 猪p begins no 竹屏.
        written = language.continuing(one.text, "".join(LATIN_WORD.findall(other.text)))
        if is_sold(written, vocabulary):
            longer = written
    if not longer and not vocabulary.starting_with("py", sound):
        return None
    return Word((*begun(longer, len(sound), 13), prefix), tuple(longer), kin=likeliest(longer, vocabulary))


def _translated(one: Run, other: Run, language: Language, vocabulary: Vocabulary) -> Word | None:
    """Return the word of a name that is half in English (土鸡 egg, 竹 basket)."""
    latin, han = (other, one) if one.is_han else (one, other)
    ids = language.concepts.by_english.get(tuple(english_words(latin.text)), ())
    for name in (name for i in ids for name in language.concepts.by_id[i].chinese):
        whole = han.text + name if one.is_han else name + han.text
        if whole in language.concepts.by_chinese:
            return han_word(whole, language, vocabulary)
    return None
