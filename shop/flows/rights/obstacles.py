"""What must end before an account can be closed: nothing else keeps anybody here."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from shop.accounts.queries import Person
from shop.accounts.rules import BENCH_ROLES
from shop.flows.rights.fading import unsettled
from shop.kernel.errors import ShopError
from shop.ledger.payouts.models import Payout, PayoutState
from shop.ledger.queries import balance
from shop.ledger.rules import seller
from shop.orders.fading import said_of, still_open
from shop.orders.models import VendorOrder
from shop.orders.rules import ENDED
from shop.vendors.models import Member, MemberRole, Vendor, VendorState


class Kind(StrEnum):
    """Why an account cannot be closed yet."""

    WORK = "work"
    """They work for the centre."""
    ORDER = "order"
    """An order has not ended."""
    UNSETTLED = "unsettled"
    """Of an order money is on its way back, something is carried or claimed, or an invoice is wanted."""
    SELLING = "selling"
    """Their household sells here."""
    GOODS = "goods"
    """Goods are still wanted of their household."""
    EARNED = "earned"
    """The centre owes their household money, or it is on its way."""


@dataclass(frozen=True)
class Obstacle:
    """One thing that must end first.

    Attributes:
        code: of the order or the household; empty where there is none.
    """

    kind: Kind
    code: str = ""


class StillOpen(ShopError):
    """An account cannot be closed yet."""

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        super().__init__("still open")
        self.obstacles = tuple(obstacles)


def obstacles(session: Session, person: Person) -> Sequence[Obstacle]:
    """Return what must end before a person's account can be closed."""
    found = [Obstacle(Kind.WORK)] if person.roles & BENCH_ROLES else []
    open_ones = still_open(session, person.id)
    found += [Obstacle(Kind.ORDER, code) for code in open_ones]
    waiting = unsettled(session, [code for _id, code in said_of(session, person.id)])
    found += [Obstacle(Kind.UNSETTLED, code) for code in sorted(waiting - set(open_ones))]
    for vendor in session.scalars(_households(person.id)):
        found += _of_household(session, vendor)
    return found


def _households(user_id: int) -> Select[Vendor]:
    """Return those of which a person is the only owner: where there is another, the household goes on."""
    owners = (
        select(func.count())
        .where(Member.vendor_id == Vendor.id, Member.role == MemberRole.OWNER)
        .correlate(Vendor)
        .scalar_subquery()
    )
    mine = select(Member.vendor_id).where(Member.user_id == user_id, Member.role == MemberRole.OWNER)
    return select(Vendor).where(Vendor.id.in_(mine), owners == 1).order_by(Vendor.id)


def _of_household(session: Session, vendor: Vendor) -> Sequence[Obstacle]:
    found = []
    if vendor.state is not VendorState.LEFT:
        found.append(Obstacle(Kind.SELLING, vendor.code))
    wanted = select(VendorOrder.id).where(VendorOrder.vendor_id == vendor.id, VendorOrder.state.not_in(ENDED))
    if session.scalar(wanted.limit(1)) is not None:
        found.append(Obstacle(Kind.GOODS, vendor.code))
    # What a household owes is never collected by itself, and keeps nobody here.
    on_its_way = select(Payout.id).where(
        Payout.vendor == vendor.code, Payout.state.in_([PayoutState.DUE, PayoutState.EXPORTED])
    )
    if balance(session, seller(vendor.code)) < 0 or session.scalar(on_its_way.limit(1)) is not None:
        found.append(Obstacle(Kind.EARNED, vendor.code))
    return found
