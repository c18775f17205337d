"""Pure rules of lots: their passages, when the law asks for an inspection, and what a label must say."""

from collections.abc import Collection, Mapping

from shop.catalog.lots.models import LotState
from shop.vendors.models import PaperKind

NEXT: Mapping[LotState, frozenset[LotState]] = {
    LotState.KEPT: frozenset({LotState.RECALLED}),
    LotState.RECALLED: frozenset(),
}

MAX_INSPECTION = 60
MAX_RECALL_REASON = 14
"""Characters of a recall's reason: it stands in a short message of at most 70."""


def needs_inspection(papers: Collection[str]) -> bool:
    """Tell whether every lot of a category needs the number of its own inspection.

    Animals and what is slaughtered come with a certificate for each batch (Animal Epidemic Prevention Law, 49 to 51;
    Food Safety Law, 34); a category says so by asking its vendors for that kind of paper.

    Args:
        papers: kinds of paper the category asks for.
    """
    return PaperKind.QUARANTINE in papers
