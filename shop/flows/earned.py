"""Who has what of an order's money, and out of whose share something of it goes back."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.kernel.money import BP, portion, split
from shop.ledger import rules as accounts
from shop.ledger.models import Account, Entry, Posting
from shop.orders.models import Order
from shop.payments.services import OverRefund

FINE = 1_000_000
"""How finely a vendor's part in the commission is weighed."""


@dataclass(frozen=True)
class Share:
    """Whose goods some money goes back for: a vendor whose part reached its buyer.

    Attributes:
        vendor: the vendor's code.
        freight_fen: how much of the amount is the goods' freight.
        over_fen: what the centre paid on top for their weight, beside the amount.
    """

    vendor: str
    freight_fen: int
    over_fen: int = 0


@dataclass(frozen=True)
class Borne:
    """Who bears what goes back for a claim.

    Attributes:
        vendor: whose goods they were.
        account: who bears it; empty where the vendor does, with the centre's fee on it.
        freight_fen: how much of the amount is the goods' freight, which is the centre's unless another bears it.
        before_fen: what the vendor has borne of that part's goods by claims already, with the fee on it.
        fee_bp: the centre's fee agreed with the order.
        over_fen: what the centre had paid on top for the weight of these goods; their vendor gives it back.
        is_earned: the vendor has been credited with these goods; otherwise they will be, in full.
    """

    vendor: str
    account: str = ""
    freight_fen: int = 0
    before_fen: int = 0
    fee_bp: int = 0
    over_fen: int = 0
    is_earned: bool = True


@dataclass(frozen=True)
class Left:
    """What is left of an order's money, in fen: not earned yet, or earned by whom.

    Attributes:
        loss_fen: what the town has lost by it, positive, beside what it carries for weight.
        sellers: account of a vendor -> what it has of this order's money.
        fees_bp: account of a vendor -> the centre's fee agreed with the order.
        carried: account of a vendor -> what the town paid it on top, for goods above what their buyer may be asked for.
    """

    held_fen: int
    sellers: Mapping[str, int]
    fees_bp: Mapping[str, int]
    commission_fen: int
    freight_fen: int
    loss_fen: int = 0
    carried: Mapping[str, int] = field(default_factory=dict)

    def commissions(self) -> dict[str, int]:
        """Return how much of the commission left comes from which vendor's goods; they sum to it exactly."""
        if not self.sellers:
            return {}
        weights = [self._weight(seller, max(0, fen)) for seller, fen in self.sellers.items()]
        return dict(zip(self.sellers, split(max(0, self.commission_fen), weights), strict=True))

    def _weight(self, seller: str, fen: int) -> int:
        fee_bp = self.fees_bp.get(seller, 0)
        return fen * FINE * fee_bp // max(1, BP - fee_bp)


def left_of(session: Session, order: Order) -> Left:
    """Return where the money of a locked order stands by the books."""
    rows = session.execute(
        select(Account.code, func.sum(Posting.amount_fen))
        .join(Posting, Posting.account_id == Account.id)
        .join(Entry, Entry.id == Posting.entry_id)
        .where(Entry.reference == order.code)
        .group_by(Account.code)
    )
    have = {code: -int(fen) for code, fen in rows}
    sellers = {accounts.seller(part.vendor.code): part.fee_bp for part in order.vendor_orders}
    vendors = {accounts.seller(part.vendor.code): part.vendor.code for part in order.vendor_orders}
    carried = {seller: -have.get(accounts.carried(code), 0) for seller, code in vendors.items()}
    return Left(
        held_fen=have.get(accounts.held(order.code), 0),
        sellers={seller: have[seller] - carried[seller] for seller in sellers if seller in have},
        fees_bp=sellers,
        commission_fen=have.get(accounts.COMMISSION, 0),
        freight_fen=have.get(accounts.DELIVERY_INCOME, 0),
        loss_fen=-have.get(accounts.LOSS, 0),
        carried=carried,
    )


def legs_back(order: str, left: Left, amount_fen: int, share: Share | None = None) -> dict[str, int]:
    """Return what is taken from which account when an amount goes back: account -> fen, together the amount.

    Money that nobody has earned yet goes first; what is earned comes from the vendors and the commission by largest
    remainder, then from the freight. All of it taken back reverses what was posted, to the fen.

    What the town paid a vendor on top for weight was never the buyer's: no part of an amount comes out of it. It
    goes back to the town with the goods it was paid for, or when nothing of the buyer's money is left to their vendor,
    who then sold nothing. A sum given back otherwise leaves it: the goods weighed what they weighed.

    Args:
        order: the order's code.
        share: for goods that were delivered: their vendor and the centre's fee on them bear it before anybody else.

    Raises:
        OverRefund: there is not that much.
    """
    commissions = left.commissions()
    goods = Counter({seller: max(0, fen) for seller, fen in left.sellers.items()})
    goods[accounts.COMMISSION] = max(0, left.commission_fen)
    freight = {accounts.DELIVERY_INCOME: max(0, left.freight_fen)}
    held = {accounts.held(order): max(0, left.held_fen)}
    turns: list[tuple[Mapping[str, int], int]] = [(held, amount_fen), (goods, amount_fen), (freight, amount_fen)]
    if share is not None:
        seller = accounts.seller(share.vendor)
        own = {seller: goods[seller], accounts.COMMISSION: commissions.get(seller, 0)}
        turns = [(own, amount_fen - share.freight_fen), (freight, share.freight_fen), *turns[1:], turns[0]]
    rest = Counter({**goods, **freight, **held})
    legs: Counter[str] = Counter()
    due = amount_fen
    for caps, most in turns:
        pool = {account: min(cap, rest[account]) for account, cap in caps.items()}
        taken = min(due, most, sum(pool.values()))
        for account, part in zip(pool, split(taken, list(pool.values())), strict=True):
            legs[account] += part
            rest[account] -= part
        due -= taken
    if due:
        raise OverRefund
    legs.update(_uncarried(left, rest, share))
    return {account: fen for account, fen in legs.items() if fen}


def _uncarried(left: Left, rest: Mapping[str, int], share: Share | None) -> Counter[str]:
    """Return the legs by which vendors give back what was paid on top of the buyer's money, of which so much is left.

    They come to nothing: what a vendor gives back, the town has not lost.
    """
    legs: Counter[str] = Counter()
    for seller, fen in left.carried.items():
        vendor = seller.partition(":")[2]
        most = share.over_fen if share is not None and share.vendor == vendor else 0
        back = min(most, fen) if rest[seller] else fen
        legs[seller] += back
        legs[accounts.carried(vendor)] -= back
    return legs


def legs_borne(left: Left, amount_fen: int, by: Borne) -> dict[str, int]:
    """Return what is taken from which account for a claim: account -> fen, together the amount.

    What somebody else bears leaves the vendor what they have. A vendor gives back their part of the price and the
    centre its fee on it, rounded over all their claims together, so that all of the goods claimed in any steps give
    back what was posted. What they do not have of this order any more, because it was given back otherwise, the town
    bears: nobody gives back the same fen twice.
    """
    if by.account:
        return {by.account: amount_fen}
    seller = accounts.seller(by.vendor)
    freight = min(by.freight_fen, amount_fen)
    goods = amount_fen - freight
    fee = portion(by.before_fen + goods, by.fee_bp) - portion(by.before_fen, by.fee_bp)
    own, over = goods - fee, by.over_fen
    if by.is_earned:
        own = min(own, max(0, left.sellers.get(seller, 0)))
        fee = min(goods - own, max(0, left.commissions().get(seller, 0)))
        freight = min(freight, max(0, left.freight_fen))
        over = min(over, left.carried.get(seller, 0))
    legs = Counter(
        {
            seller: own + over,
            accounts.COMMISSION: fee,
            accounts.DELIVERY_INCOME: freight,
            accounts.carried(by.vendor): -over,
            accounts.claim_loss("town"): amount_fen - own - fee - freight,
        }
    )
    return {account: fen for account, fen in legs.items() if fen}
