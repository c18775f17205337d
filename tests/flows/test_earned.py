"""Out of whose share an amount goes back, to the fen; what was paid on top for weight is no part of it."""

from collections import Counter

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from shop.flows.earned import Left, Share, legs_back
from shop.ledger import rules as accounts
from shop.payments.services import OverRefund

FEN = st.integers(0, 500_000)
VENDORS = ("zhou", "luo", "chen")


@st.composite
def money(draw: st.DrawFn) -> Left:
    """An order's money, earned by up to three vendors, some of it perhaps not earned yet."""
    names = draw(st.lists(st.sampled_from(VENDORS), unique=True))
    sellers = {accounts.seller(name): draw(FEN) for name in names}
    fees = {seller: draw(st.integers(0, 10_000)) for seller in sellers}
    carried = {seller: draw(FEN) for seller in sellers}
    return Left(draw(FEN), sellers, fees, draw(FEN) if sellers else 0, draw(FEN), carried=carried)


def whole(left: Left) -> dict[str, int]:
    found = {
        **left.sellers,
        accounts.COMMISSION: left.commission_fen,
        accounts.DELIVERY_INCOME: left.freight_fen,
        accounts.held("A"): left.held_fen,
    }
    return {code: fen for code, fen in found.items() if fen}


def lost(seller: str) -> str:
    """Return the account of what the town carries for a vendor's goods."""
    return accounts.carried(seller.partition(":")[2])


@examples(money(), st.data())
def test_every_amount_is_split_to_the_fen_and_takes_from_nobody_what_they_have_not(
    left: Left, data: st.DataObject
) -> None:
    have = whole(left)
    total = sum(have.values())
    amount = data.draw(st.integers(0, total))
    share = None
    if data.draw(st.booleans()) and left.sellers:
        share = Share(
            data.draw(st.sampled_from(sorted(left.sellers))).partition(":")[2],
            data.draw(st.integers(0, amount)),
            data.draw(FEN),
        )
    legs = legs_back("A", left, amount, share)
    assert sum(legs.values()) == amount
    on_top = {seller: -legs.pop(lost(seller), 0) for seller in left.sellers}
    given = {code: legs[code] - on_top.get(code, 0) for code in legs if legs[code] != on_top.get(code, 0)}
    assert all(0 < fen <= have[code] for code, fen in given.items())
    for seller, fen in on_top.items():
        if given.get(seller, 0) == left.sellers[seller]:
            assert fen == left.carried[seller], "who sold nothing is paid nothing on top"
        else:
            is_theirs = share is not None and accounts.seller(share.vendor) == seller
            assert fen == (min(share.over_fen, left.carried[seller]) if share is not None and is_theirs else 0)
    everything = Counter(have)
    everything.update(left.carried)
    everything.update({lost(seller): -fen for seller, fen in left.carried.items()})
    assert legs_back("A", left, total, share) == {code: fen for code, fen in everything.items() if fen}
    with pytest.raises(OverRefund):
        legs_back("A", left, total + 1, share)
