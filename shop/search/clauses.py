"""What is looked up: clauses that match terms, and units of them, one for each word of a question."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

CONCEPT_FIELDS = (("c", 14.0), ("cu", 11.5), ("ch", 6.0), ("ct", 4.0))
"""How much it counts to be the thing, to be of its kind, to have it beside, to be tagged so."""


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
        is_rival: of all rivals only the heaviest counts: they are different things that may be meant.
    """

    field: str
    terms: tuple[str, ...]
    weight: float
    is_constant: bool = False
    is_prefix: bool = False
    is_enough: bool = True
    is_last: bool = False
    is_rival: bool = False


@dataclass(frozen=True)
class Unit:
    """What one word of the question may match: any of its clauses.

    Attributes:
        decides: it names what is wanted; the others only narrow it down.
        is_thing: it names goods of the dictionary.
        is_firm: it names goods, a place or a packing. A listing without it stands behind those that have it; a word
            that is not known only weighs.
    """

    clauses: tuple[Clause, ...]
    decides: bool = True
    is_thing: bool = False
    is_firm: bool = False


def concept_clauses(ids: Iterable[str], scale: float = 1) -> list[Clause]:
    """Return the clauses of concepts."""
    return [
        *(Clause(field, (i,), weight * scale, is_constant=True) for i in ids for field, weight in CONCEPT_FIELDS),
        *(Clause("cm", (i,), 3 * scale, is_constant=True, is_last=True) for i in ids),
    ]


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


def likeliest(names: Mapping[str, int], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the concept that a beginning most likely means: of the shortest names the one that is sold most."""
    sold = {i: vocabulary.count("c", i) + vocabulary.count("cu", i) for i in names}
    return tuple(sorted((i for i in names if sold[i]), key=lambda i: (names[i] - min(sold[i], 10) / 4, i))[:1])


def is_sold(ids: Iterable[str], vocabulary: Vocabulary) -> bool:
    """Tell whether any listing is one of these concepts, or of their kind."""
    return any(vocabulary.has(field, i) for i in ids for field in ("c", "cu"))


def ranked(field: str, terms: tuple[str, ...], weight: float) -> Clause:
    """Return a clause that makes nothing match, but stand higher."""
    return Clause(field, terms, weight, is_constant=True, is_enough=False)
