"""The centre's own money beside a settlement, in words: what came, what is owed, earned and lost of it."""

from dataclasses import dataclass

from shop.flows.payouts.centre import CARRIED, CentreMoney
from shop.web.books import ACCOUNT_WORDS, whose
from shop.web.i18n import _

APART = ("psp", "claims_on", "claim_loss")
"""Accounts of which it is said whose they are, or why."""


@dataclass(frozen=True)
class CentreRow:
    """One account of the centre over the period, in fen."""

    words: str
    fen: int


@dataclass(frozen=True)
class CentrePage:
    """The centre's own money over the period, with the two sums that must agree."""

    groups: tuple[tuple[str, tuple[CentreRow, ...], int], ...]
    difference_fen: int
    statements_fen: int
    books_fen: int


def centre_page(money: CentreMoney) -> CentrePage:
    """Return the centre's own money in words."""
    groups = (
        (_("手里的、该收的多了"), money.purses),
        (_("欠别人的多了"), money.owed),
        (_("中心挣的"), money.earned),
        (_("中心亏的、付的"), money.spent),
    )
    return CentrePage(
        groups=tuple(
            (
                words,
                tuple(CentreRow(_account_words(code), fen) for code, fen in sorted(part.items()) if fen),
                sum(part.values()),
            )
            for words, part in groups
        ),
        difference_fen=money.difference_fen,
        statements_fen=money.statements_fen,
        books_fen=money.books_fen,
    )


def _account_words(code: str) -> str:
    if code == CARRIED:
        return _("补给农户的重量")
    prefix, _colon, owner = code.partition(":")
    words = str(ACCOUNT_WORDS[prefix])
    return _("%(what)s（%(whose)s）", what=words, whose=whose(code, {})) if owner and prefix in APART else words
