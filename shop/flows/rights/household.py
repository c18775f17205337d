"""What the house keeps of a household, to be seen and taken along by its owner; nothing of who bought is in it."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.models import Listing
from shop.flows.rights.gathering import Table, Wanted, table_of
from shop.ledger.models import Account, Entry, Posting
from shop.ledger.payouts.models import Payout, PayoutRun, Statement
from shop.ledger.rules import seller
from shop.orders.models import OrderLine, VendorOrder
from shop.town.models import Village
from shop.vendors.acts.models import Act, Consent
from shop.vendors.joining.models import Licence, PayoutAccount
from shop.vendors.models import Paper, Vendor, VendorHistory
from shop.vendors.queries import VendorFacts


def of_household(session: Session, vendor: VendorFacts) -> Sequence[Table]:
    """Return what is kept of a household that sells here, or did."""
    return tuple(table_of(session, key, wanted) for key, wanted in (*_who(vendor).items(), *_did(vendor).items()))


def _who(vendor: VendorFacts) -> dict[str, Wanted]:
    return {
        "household": select(
            Vendor.name,
            Vendor.person,
            Vendor.phone,
            Village.name.label("village"),
            Vendor.standing,
            Vendor.story,
            Vendor.since_year,
            Vendor.state,
            Vendor.leaves_on,
            Vendor.created_at,
            Licence.number.label("licence"),
        )
        .join(Village, Village.id == Vendor.village_id)
        .outerjoin(Licence, Licence.vendor_id == Vendor.id)
        .where(Vendor.id == vendor.id),
        "standings": select(VendorHistory.at, VendorHistory.to_state.label("state"), VendorHistory.reason)
        .where(VendorHistory.vendor_id == vendor.id)
        .order_by(VendorHistory.id),
        "papers": select(Paper.kind, Paper.number, Paper.until, Paper.added_at)
        .where(Paper.vendor_id == vendor.id)
        .order_by(Paper.id),
        "payout": select(
            PayoutAccount.way, PayoutAccount.tail, PayoutAccount.consent_at, PayoutAccount.changed_at
        ).where(PayoutAccount.vendor_id == vendor.id),
        "consents": select(Consent.given_by, Consent.given_on, Consent.until_on, Consent.revoked_at)
        .where(Consent.vendor_id == vendor.id)
        .order_by(Consent.id),
    }


def _did(vendor: VendorFacts) -> dict[str, Wanted]:
    return {
        "goods": select(Listing.code, Listing.title, Listing.state, Listing.created_at)
        .where(Listing.vendor_id == vendor.id)
        .order_by(Listing.id),
        "sold": select(
            VendorOrder.code,
            VendorOrder.due_on,
            VendorOrder.state,
            OrderLine.title,
            OrderLine.quantity,
            OrderLine.unit,
            OrderLine.price_fen,
            OrderLine.rejected,
            OrderLine.weighed_g,
        )
        .join(OrderLine, OrderLine.vendor_order_id == VendorOrder.id)
        .where(VendorOrder.vendor_id == vendor.id)
        .order_by(OrderLine.id),
        "money": select(Entry.at, Entry.kind.label("entry"), (-func.sum(Posting.amount_fen)).label("amount_fen"))
        .join(Posting, Posting.entry_id == Entry.id)
        .join(Account, Account.id == Posting.account_id)
        .where(Account.code == seller(vendor.code))
        .group_by(Entry.id, Entry.at, Entry.kind)
        .order_by(Entry.id),
        "statements": select(
            PayoutRun.pay_on,
            Statement.code,
            Statement.before_fen,
            Statement.asked_fen,
            Statement.missing_fen,
            Statement.light_fen,
            Statement.fee_fen,
            Statement.over_fen,
            Statement.claims_fen,
            Statement.refunds_fen,
            Statement.returned_fen,
            Statement.paid_fen,
            Statement.to_pay_fen,
            Statement.carried_fen,
        )
        .join(PayoutRun, PayoutRun.id == Statement.run_id)
        .where(Statement.vendor == vendor.code, Statement.is_frozen)
        .order_by(Statement.id),
        "payouts": select(
            Payout.code,
            Payout.amount_fen,
            Payout.way,
            Payout.tail,
            Payout.state,
            Payout.paid_on,
            Payout.reference,
            Payout.reason,
        )
        .where(Payout.vendor == vendor.code)
        .order_by(Payout.id),
        "acts": select(Act.at, Act.words, Act.by_staff, Act.undone_at)
        .where(Act.vendor_id == vendor.id)
        .order_by(Act.id),
    }
