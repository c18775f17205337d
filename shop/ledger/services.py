"""Posting to the books. Nothing here changes or deletes what was posted; a correction is another entry."""

from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import event, select
from sqlalchemy.orm import Session, UOWTransaction

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.ledger.models import Account, AccountKind, Earning, Entry, Posting
from shop.ledger.rules import Earned, carried, kind_of

NOTHING: Mapping[str, Earned] = {}


class Unbalanced(Exception):
    """An entry that does not add up: a mistake in the house, never a user's."""


def post(
    session: Session,
    *,
    key: str,
    kind: str,
    reference: str,
    legs: Mapping[str, int],
    actor: Actor,
    clock: Clock,
    earned: Mapping[str, Earned] = NOTHING,
) -> bool:
    """Post one event of money, once.

    Args:
        key: makes the event unique, such as `capture:<payment>`; the same key posts nothing more.
        kind: what happened.
        reference: the order's code.
        legs: account code -> fen, debit positive; zero legs are left out.
        earned: account code of a vendor -> how its leg came about; what was paid on top has its own leg as a loss.

    Returns:
        Whether this call posted it.

    Raises:
        Unbalanced: the legs do not sum to zero, or there are none, or a leg is not what was earned by it.
    """
    wanted = {code: amount for code, amount in legs.items() if amount}
    if sum(wanted.values()) != 0 or len(wanted) < 2:
        raise Unbalanced(key)
    for code, how in earned.items():
        on_top = legs.get(carried(code.partition(":")[2]), 0)
        if legs.get(code, 0) != -how.net_fen or on_top != how.over_fen:
            raise Unbalanced(key)
    if session.scalar(select(Entry.id).where(Entry.key == key)) is not None:
        return False
    entry = Entry(key=key, kind=kind, reference=reference, at=clock(), actor=actor.label)
    session.add(entry)
    session.flush()
    for code, amount in sorted(wanted.items()):
        posting = Posting(entry_id=entry.id, account_id=_account(session, code).id, amount_fen=amount)
        session.add(posting)
        if code in earned:
            session.flush()
            session.add(Earning(posting_id=posting.id, **asdict(earned[code])))
    session.flush()
    return True


def _account(session: Session, code: str) -> Account:
    account = session.scalars(select(Account).where(Account.code == code)).one_or_none()
    if account is None:
        account = Account(code=code, kind=AccountKind(kind_of(code)))
        session.add(account)
        session.flush()
    return account


class Unalterable(Exception):
    """Something tried to change or delete what was posted."""


@event.listens_for(Session, "before_flush")
def _append_only(session: Session, _context: UOWTransaction, _objects: object) -> None:
    for thing in (*session.dirty, *session.deleted):
        if isinstance(thing, Entry | Posting | Earning) and session.is_modified(thing) | (thing in session.deleted):
            raise Unalterable(type(thing).__name__)
