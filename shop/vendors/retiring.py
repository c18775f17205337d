"""Households that left long ago, forgotten: their name and village stay with what they sold, who they were does not."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from shop.vendors.acts.models import Act, Consent
from shop.vendors.joining.models import Application, ApplicationPaper, Licence, PayoutAccount
from shop.vendors.models import Member, Paper, Vendor, VendorHistory, VendorState


def forget_households(session: Session, before: datetime) -> int:
    """Forget person, phone, papers, account and acts of households that left before a moment, and return how many.

    Whether something of theirs is still sold or paid is no question: they left, and their last order ended, years ago.
    """
    last = select(func.max(VendorHistory.at)).where(VendorHistory.vendor_id == Vendor.id).correlate(Vendor)
    gone = session.scalars(
        select(Vendor.id).where(Vendor.state == VendorState.LEFT, Vendor.phone != "", last.scalar_subquery() < before)
    ).all()
    of_theirs = select(Application.id).where(Application.vendor_id.in_(gone))
    session.execute(delete(ApplicationPaper).where(ApplicationPaper.application_id.in_(of_theirs)))
    told = update(Application).where(Application.vendor_id.in_(gone))
    session.execute(told.values(person="", phone="", pay_tail="").execution_options(synchronize_session=False))
    for kind in (PayoutAccount, Licence, Paper, Consent, Act, Member):
        session.execute(delete(kind).where(kind.vendor_id.in_(gone)))
    session.execute(update(Vendor).where(Vendor.id.in_(gone)).values(person="", phone="", story=""))
    return len(gone)
