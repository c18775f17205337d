"""Claims against a household's goods, as it may read them: what, why, what it cost, and nothing of who bought."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.orm import Session

from shop.catalog.questions.rules import leads_away
from shop.desk.models import Bearer, Claim, ClaimKind, ClaimState, HouseholdWord
from shop.desk.queries import CLAIMS
from shop.flows.refunds import CLAIM, claim_key
from shop.kernel.errors import NotFound
from shop.ledger import rules as accounts
from shop.ledger.models import Account, Entry, Posting
from shop.orders.models import Order, VendorOrder
from shop.payments.models import Refund
from shop.vendors.queries import VendorFacts

SAME = (
    "code", "kind", "asked", "granted", "state", "bearer", "asked_at", "household_word", "household_answer",
)  # fmt: skip


@dataclass(frozen=True)
class HouseholdClaim:
    """A claim against a household's goods.

    Attributes:
        much: how much of it counts: what was agreed to, or what is asked.
        words: the buyer's, and `reason` the centre's; empty where they would say who bought.
        cost_fen: what the household gave for it.
        photos: keys of private photos.
    """

    code: str
    part: str
    title: str
    unit: str
    line_pieces: int
    kind: ClaimKind
    asked: int
    granted: int | None
    state: ClaimState
    bearer: Bearer | None
    words: str
    reason: str
    cost_fen: int
    asked_at: datetime
    household_word: HouseholdWord | None
    household_answer: str | None
    photos: tuple[str, ...]

    @property
    def much(self) -> int:
        """How much of it counts: what was agreed to, or what is asked."""
        return self.asked if self.granted is None else self.granted


def of_household(session: Session, vendor: VendorFacts, *, offset: int = 0, limit: int) -> list[HouseholdClaim]:
    """Return a page of the claims against a household's goods, the latest first; not what their buyer took back."""
    return _read(session, vendor, Claim.state != ClaimState.WITHDRAWN, offset=offset, limit=limit)


def count_of_household(session: Session, vendor_id: int, *, only_unsaid: bool = False) -> int:
    """Return how many claims there are against a household's goods.

    Args:
        only_unsaid: those that wait for a person, and to which the household has said nothing.
    """
    of = CLAIMS.with_only_columns(func.count()).where(VendorOrder.vendor_id == vendor_id)
    if only_unsaid:
        return session.scalar(of.where(Claim.state == ClaimState.OPEN, Claim.household_word.is_(None))) or 0
    return session.scalar(of.where(Claim.state != ClaimState.WITHDRAWN)) or 0


def one_of_household(session: Session, vendor: VendorFacts, code: str) -> HouseholdClaim:
    """Return one claim against a household's goods.

    Raises:
        NotFound: it has none of this code.
    """
    found = _read(session, vendor, Claim.code == code, offset=0, limit=1)
    if not found:
        raise NotFound("claim")
    return found[0]


def _read(
    session: Session, vendor: VendorFacts, which: ColumnElement[bool], *, offset: int, limit: int
) -> list[HouseholdClaim]:
    wanted = CLAIMS.where(VendorOrder.vendor_id == vendor.id, which).order_by(Claim.id.desc())
    rows = session.execute(wanted.offset(offset).limit(limit)).all()
    costs = _costs(session, vendor.code, {claim.code: line.id for claim, line, *_rest in rows})
    return [
        HouseholdClaim(
            **{name: getattr(claim, name) for name in SAME},
            part=part.code,
            title=line.title,
            unit=line.unit,
            line_pieces=line.pieces,
            words=unnamed(claim.words, order),
            reason=unnamed(claim.reason, order),
            cost_fen=costs.get(claim.code, 0),
            photos=tuple(photo.key for photo in claim.photos),
        )
        for claim, line, part, _vendor, order in rows
    ]


def cost_of(session: Session, vendor: str, line_id: int, code: str) -> int:
    """Return what a claim about a line took from a vendor's account, in fen."""
    return _costs(session, vendor, {code: line_id}).get(code, 0)


def _costs(session: Session, vendor: str, claims: Mapping[str, int]) -> Mapping[str, int]:
    """Return by code what claims took from a vendor's account, in fen.

    Args:
        claims: code -> id of the line that it is about.
    """
    keys = {claim_key(line_id, code): code for code, line_id in claims.items()}
    rows = session.execute(
        select(Refund.key, func.sum(Posting.amount_fen))
        .join(Entry, Entry.key.in_((_said("refund"), _said("refunded"), _MOVED)))
        .join(Posting, Posting.entry_id == Entry.id)
        .join(Account, Account.id == Posting.account_id)
        .where(Refund.key.in_(keys), Account.code == accounts.seller(vendor))
        .group_by(Refund.key)
    )
    return {keys[key]: int(fen) for key, fen in rows}


def _said(what: str) -> ColumnElement[str]:
    """Return the key of what the books say of a refund."""
    return literal(f"{what}:") + Refund.code


MOVED = "claim_moved"
_MOVED = func.replace(Refund.key, f"{CLAIM}:", f"{MOVED}:")


def moved_key(line_id: int, code: str) -> str:
    """Return the key of the entry by which another bears what a household had paid for a claim."""
    return f"{MOVED}:{line_id}:{code}"


def unnamed(words: str, order: Order) -> str:
    """Return words that do not lead to the buyer; others are left out whole."""
    private = (order.name, order.phone, order.district, order.street, order.email)
    return "" if leads_away(words) or any(one and one in words for one in private) else words
