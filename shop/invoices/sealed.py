"""The bank accounts of special invoices under the vault's keys."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.invoices.models import InvoiceRequest, InvoiceWish
from shop.kernel.vault import Vault


def sealed_accounts(session: Session) -> list[str]:
    """Return every account that is kept, sealed."""
    kept = (select(table.account_secret).where(table.account_secret != "") for table in (InvoiceWish, InvoiceRequest))
    return [secret for wanted in kept for secret in session.scalars(wanted)]


def turn_accounts(session: Session, vault: Vault) -> int:
    """Seal every account anew under the first key, and return how many there were.

    Raises:
        cryptography.fernet.InvalidToken: one was sealed under a key that the vault does not hold.
    """
    wishes = select(InvoiceWish).where(InvoiceWish.account_secret != "").with_for_update()
    requests = select(InvoiceRequest).where(InvoiceRequest.account_secret != "").with_for_update(of=InvoiceRequest)
    rows = (*session.scalars(wishes), *session.scalars(requests))
    for row in rows:
        row.account_secret = vault.turned(row.account_secret)
    session.flush()
    return len(rows)
