"""How a vendor is paid: sealed, changed by its owner alone, with a trace of when."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import Forbidden
from shop.kernel.vault import Vault
from shop.vendors.joining.models import Application, PayoutAccount, PayoutChange, PayWay
from shop.vendors.joining.rules import Account, check_account, tail_of
from shop.vendors.models import Member, MemberRole


@dataclass(frozen=True)
class Sealed:
    """An account as it is kept: what is shown of it, and the rest sealed."""

    way: PayWay
    secret: str
    tail: str


def seal(vault: Vault, account: Account) -> Sealed:
    """Check an account and return it sealed.

    Raises:
        Invalid: see `check_account`.
    """
    check_account(account)
    if account.way is PayWay.CASH:
        return Sealed(PayWay.CASH, "", "")
    told = {"holder": account.holder, "bank": account.bank, "number": account.number}
    return Sealed(account.way, vault.seal(json.dumps(told, ensure_ascii=False)), tail_of(account))


def check_owner(session: Session, vendor_id: int, *, actor: Actor) -> None:
    """Refuse everybody but an owner of the vendor who is signed in themselves: neither the centre nor the family.

    Raises:
        Forbidden: the actor is somebody else.
    """
    role = session.scalar(select(Member.role).where(Member.vendor_id == vendor_id, Member.user_id == actor.user_id))
    if role is not MemberRole.OWNER or actor.for_vendor:
        raise Forbidden("payout")


def change_payout(session: Session, vendor_id: int, sealed: Sealed, *, actor: Actor, clock: Clock) -> None:
    """Change how a vendor is paid; its owner has just proven who they are and agreed that it is kept.

    Raises:
        Forbidden: see `check_owner`.
    """
    check_owner(session, vendor_id, actor=actor)
    write_payout(session, vendor_id, sealed, clock(), actor=actor, clock=clock)


def write_payout(
    session: Session, vendor_id: int, sealed: Sealed, consent_at: datetime | None, *, actor: Actor, clock: Clock
) -> None:
    """Write how a vendor is paid, and that it was changed; who may, the caller knows."""
    row = session.get(PayoutAccount, vendor_id, with_for_update=True)
    if row is None:
        row = PayoutAccount(vendor_id=vendor_id)
        session.add(row)
    row.way, row.secret, row.tail = sealed.way, sealed.secret, sealed.tail
    row.consent_at, row.changed_at = consent_at, clock()
    session.add(PayoutChange(vendor_id=vendor_id, way=sealed.way, at=clock(), actor=actor.label))
    session.flush()


def unreadable(session: Session, vault: Vault) -> tuple[int, int]:
    """Return how many accounts are kept sealed, and how many of them none of the keys opens."""
    sealed = [
        *session.scalars(select(PayoutAccount.secret).where(PayoutAccount.secret != "")),
        *session.scalars(select(Application.pay_secret).where(Application.pay_secret != "")),
    ]
    return len(sealed), sum(not vault.opens(each) for each in sealed)


def turn_keys(session: Session, vault: Vault) -> int:
    """Seal every account anew under the first key, and return how many there were; older keys can go then."""
    accounts = session.scalars(select(PayoutAccount).where(PayoutAccount.secret != "").with_for_update()).all()
    for account in accounts:
        account.secret = vault.turned(account.secret)
    waiting = session.scalars(select(Application).where(Application.pay_secret != "").with_for_update()).all()
    for application in waiting:
        application.pay_secret = vault.turned(application.pay_secret)
    session.flush()
    return len(accounts) + len(waiting)
