"""Rules of settlement: what each leg of a vendor's account is on their statement, what is paid of it, and when not."""

from collections.abc import Iterable
from dataclasses import dataclass

from shop.kernel.states import PassageFacts, Passages
from shop.ledger.payouts.models import PayoutState, PayoutWay, RunState, Wait
from shop.ledger.queries import Movement
from shop.ledger.rules import CLAIM_KINDS, PAYOUT_FAILED

RUN_NEXT: Passages[RunState] = {
    RunState.DRAFTED: frozenset({RunState.APPROVED}),
    RunState.APPROVED: frozenset({RunState.EXPORTED, RunState.ENDED}),
    RunState.EXPORTED: frozenset({RunState.ENDED}),
    RunState.ENDED: frozenset(),
}
NEXT: Passages[PayoutState] = {
    PayoutState.DUE: frozenset({PayoutState.EXPORTED, PayoutState.FAILED}),
    PayoutState.EXPORTED: frozenset({PayoutState.PAID, PayoutState.FAILED}),
    PayoutState.PAID: frozenset({PayoutState.FAILED}),  # the bank sent it back days later
    PayoutState.FAILED: frozenset(),
}


@dataclass(frozen=True)
class Figures:
    """A vendor's account over a period, in fen; what is taken off stands positive.

    Attributes:
        before_fen: carried from the statement before; negative when they owed.
        asked_fen: what buyers ordered of the parts that reached them.
        missing_fen: of that, what did not come or was turned down.
        light_fen: what weighed less than was charged for.
        fee_fen: the centre's fee as agreed with each order.
        over_fen: what the centre paid on top for weight.
        claims_fen: what went back to buyers for claims.
        refunds_fen: what went back to buyers otherwise.
        returned_fen: payouts that did not go.
        paid_fen: what was paid outside of any run.
    """

    before_fen: int = 0
    asked_fen: int = 0
    missing_fen: int = 0
    light_fen: int = 0
    fee_fen: int = 0
    over_fen: int = 0
    claims_fen: int = 0
    refunds_fen: int = 0
    returned_fen: int = 0
    paid_fen: int = 0

    @property
    def sold_fen(self) -> int:
        """What the goods that came were sold for."""
        return self.asked_fen - self.missing_fen - self.light_fen

    @property
    def earned_fen(self) -> int:
        """What became the vendor's in the period."""
        return self.sold_fen - self.fee_fen + self.over_fen - self.claims_fen - self.refunds_fen

    @property
    def closing_fen(self) -> int:
        """What they are owed at its end; negative when they owe."""
        return self.before_fen + self.earned_fen + self.returned_fen - self.paid_fen


def figures(before_fen: int, moved: Iterable[Movement]) -> Figures:
    """Return what the legs of a vendor's account come to on their statement; each leg is in exactly one figure."""
    sums = dict.fromkeys(("asked", "missing", "light", "fee", "over", "claims", "refunds", "returned", "paid"), 0)
    for one in moved:
        if one.is_earning and one.how is not None:
            for name in ("asked", "missing", "light", "fee", "over"):
                sums[name] += getattr(one.how, f"{name}_fen")
        elif one.is_earning:  # posted before the reckoning was written beside it
            sums["asked"] += one.fen
        elif one.kind == PAYOUT_FAILED:
            sums["returned"] += one.fen
        elif one.kind in CLAIM_KINDS:
            sums["claims"] -= one.fen
        else:
            sums["refunds" if one.is_correction else "paid"] -= one.fen
    return Figures(before_fen, **{f"{name}_fen": fen for name, fen in sums.items()})


@dataclass(frozen=True)
class HowPaid:
    """How a vendor wants to be paid, as far as a run must know.

    Attributes:
        tail: the end of the account's number.
        change: which change of the account this is.
        is_new: it was changed so lately that somebody else may have done it.
    """

    way: PayoutWay
    tail: str = ""
    change: int | None = None
    is_new: bool = False


AGAIN = "again"
"""The reason in the history of a draft that was reckoned anew."""


def drafters(passages: Iterable[PassageFacts]) -> frozenset[str]:
    """Return who must not approve a run: whoever reckoned it last as a whole, and whoever changed it since.

    Who reckons it anew takes everything that stands in it upon themselves; so a centre with two people who pay is
    never stuck with a draft in which both had a hand.
    """
    hands: set[str] = set()
    for one in passages:
        if one["to_state"] == RunState.DRAFTED:
            hands = {one["actor"]} if one["reason"] == AGAIN else {*hands, one["actor"]}
    return frozenset(hands)


IN_CASH = HowPaid(PayoutWay.CASH)
"""Somebody at the centre decided that money is handed over, because it cannot be sent."""


def why_not(closing_fen: int, least_fen: int, how: HowPaid | None) -> Wait | None:
    """Return why nothing is paid of what a vendor is owed, or None when all of it is."""
    if closing_fen <= 0:
        return Wait.OWING if closing_fen < 0 else Wait.NOTHING
    if closing_fen < least_fen:
        return Wait.LITTLE
    if how is None:
        return Wait.NO_ACCOUNT
    return Wait.NEW_ACCOUNT if how.is_new else None
