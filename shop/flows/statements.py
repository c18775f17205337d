"""A vendor's statement with the goods behind each of its lines: the same reading for the centre and the vendor."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from shop.flows.money import MoneyLine, money_lines
from shop.kernel.errors import NotFound
from shop.ledger.payouts.queries import StatementFacts, lines_of, statement_by_code
from shop.vendors.queries import VendorFacts, vendor_in_any_state


@dataclass(frozen=True)
class Statement:
    """A statement with what it counts, oldest first, without the payout that it led to."""

    facts: StatementFacts
    vendor: VendorFacts
    lines: tuple[MoneyLine, ...]


def statement(session: Session, code: str) -> Statement:
    """Return a statement as it was reckoned.

    Raises:
        NotFound: there is none of this code.
    """
    facts = statement_by_code(session, code)
    vendor = vendor_in_any_state(session, facts.vendor)
    assert vendor is not None, "a statement is of a vendor"
    own = f"payout:{facts.payout}"
    moved = [leg.movement for leg in lines_of(session, code) if leg.movement.key != own]
    return Statement(facts, vendor, tuple(money_lines(session, vendor.id, moved)))


def own_statement(session: Session, vendor: VendorFacts, code: str) -> Statement:
    """Return a statement to its vendor.

    Raises:
        NotFound: it is another's, or nobody has agreed to it yet.
    """
    found = statement(session, code)
    if found.vendor.id != vendor.id or not found.facts.is_frozen:
        raise NotFound("statement")
    return found
