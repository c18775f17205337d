"""The house's own purses: a provider pays out to the bank, cash goes to the bank or is drawn there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.errors import Invalid, ShopError
from shop.ledger import rules as accounts
from shop.ledger.models import Account
from shop.ledger.payouts import services
from shop.ledger.payouts.models import Transfer
from shop.ledger.queries import balance, balances
from shop.ledger.services import post

LONGEST = 50


@dataclass
class NotedOtherwise(ShopError):
    """Under this number another sum was noted, in fen: one of the two was mistyped."""

    fen: int


def ways_of(gateways: Collection[str], carriers: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return each way money can come to a purse of the house, by its name: from which account to which.

    Args:
        gateways: codes of the providers that are wired; cash is none that pays out.
        carriers: those that owe for goods which broke in their hands.
    """
    online = sorted({*gateways} - {accounts.CASH})
    owing = {account: (account, accounts.BANK) for account in map(accounts.claims_on, sorted(carriers))}
    return {
        **{f"psp:{gateway}": (accounts.psp(gateway), accounts.BANK) for gateway in online},
        "deposit": (accounts.CASH_CENTRE, accounts.BANK),
        "draw": (accounts.BANK, accounts.CASH_CENTRE),
        **owing,
    }


def carriers_owing(session: Session) -> list[str]:
    """Return the carriers that owe for broken goods."""
    prefix = accounts.claims_on("")
    return [one.code.removeprefix(prefix) for one in balances(session) if one.code.startswith(prefix) and one.fen > 0]


def move(
    session: Session,
    way: tuple[str, str],
    amount_fen: int,
    *,
    moved_on: date,
    reference: str,
    actor: Actor,
    clock: Clock,
) -> bool:
    """Note that money came to a purse of the house from another, or from a carrier, once for its number.

    Args:
        way: from which account to which, of `ways_of`.
        reference: the provider's or the bank's number of it.

    Returns:
        Whether this call noted it; not when it stands in the books already.

    Raises:
        Forbidden: the actor does not settle.
        Invalid: there is no number ("reference"), the day is to come ("moved_on"), or the purse has not that much
            ("amount").
        NotedOtherwise: another sum stands under this number.
    """
    services.check_settling(actor)
    source, to = way
    if not 1 <= len(reference) <= LONGEST:
        raise Invalid("reference", "length")
    if moved_on > town_day(clock()):
        raise Invalid("moved_on", "range")
    session.scalars(select(Account).where(Account.code == source).with_for_update()).first()
    key = f"{source}>{to}:{reference}"
    noted = services.moved_before(session, key)
    if noted == amount_fen:
        return False
    if noted is not None:
        raise NotedOtherwise(noted)
    if not 0 < amount_fen <= balance(session, source):
        raise Invalid("amount", "range")
    session.add(
        Transfer(
            key=key,
            from_account=source,
            to_account=to,
            amount_fen=amount_fen,
            reference=reference,
            moved_on=moved_on,
            noted_at=clock(),
            noted_by=actor.label,
        )
    )
    legs = {to: amount_fen, source: -amount_fen}
    return post(session, key=f"moved:{key}", kind="moved", reference="", legs=legs, actor=actor, clock=clock)
