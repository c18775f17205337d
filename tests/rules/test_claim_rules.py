"""Claims by their rules alone: who may return what, who bears it, when nobody need decide, and pieces to the fen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.catalog.models import ReturnClass
from shop.desk.models import Bearer, ClaimKind
from shop.desk.rules import Standing, bearer_of, is_automatic, may_return, pieces_of, worth_of
from shop.kernel.errors import Invalid
from shop.orders.models import OrderLine

K, B = ClaimKind, Bearer


@pytest.mark.parametrize(
    ("returns", "confirmed", "may"),
    [
        (ReturnClass.FRESH, True, False),
        (ReturnClass.FRESH, False, False),
        (ReturnClass.MADE_TO_ORDER, False, False),
        (ReturnClass.CONFIRMED_EXCEPTION, True, False),
        (ReturnClass.CONFIRMED_EXCEPTION, False, True),  # nothing was confirmed for this purchase
        (ReturnClass.STANDARD, False, True),
        (None, False, True),
    ],
)
def test_who_may_send_goods_back_without_a_reason(returns: ReturnClass | None, confirmed: bool, may: bool) -> None:
    assert may_return(returns, exception_confirmed=confirmed) is may


@pytest.mark.parametrize(
    ("kind", "travelled", "weighed_here", "bearer"),
    [
        (K.BROKEN, True, False, B.COURIER),
        (K.BROKEN, False, False, B.PACKING),
        (K.WRONG, True, False, B.PACKING),
        (K.MISSING, True, False, B.PACKING),
        (K.SPOILED, True, False, B.HOUSEHOLD),
        (K.SHORT_WEIGHT, True, False, B.HOUSEHOLD),
        (K.SHORT_WEIGHT, True, True, B.PACKING),
        (K.RETURN, True, False, B.HOUSEHOLD),
    ],
)
def test_the_written_table_says_who_bears_a_claim(
    kind: ClaimKind, travelled: bool, weighed_here: bool, bearer: Bearer
) -> None:
    assert bearer_of(kind, has_travelled=travelled, was_weighed_here=weighed_here) is bearer


@pytest.mark.parametrize(
    ("kind", "photos", "fen", "earlier", "automatic"),
    [
        (K.BROKEN, 1, 3000, 0, True),
        (K.BROKEN, 1, 3001, 0, False),
        (K.BROKEN, 1, 0, 0, False),
        (K.BROKEN, 0, 3000, 0, False),
        (K.BROKEN, 1, 3000, 1, True),
        (K.BROKEN, 1, 3000, 2, False),
        (K.RETURN, 1, 3000, 0, False),
    ],
)
def test_small_claims_with_a_photo_of_who_seldom_claims_need_nobody(
    kind: ClaimKind, photos: int, fen: int, earlier: int, automatic: bool
) -> None:
    told = is_automatic(kind, photos=photos, order_fen=fen, limit_fen=3000, earlier_orders=earlier, most_orders=2)
    assert told is automatic


def line(price_fen: int, quantity: int, rejected: int, pieces: int, light_fen: int) -> OrderLine:
    """Return a line as its order keeps it."""
    return OrderLine(
        price_fen=price_fen,
        quantity=quantity,
        rejected=rejected,
        pieces=pieces,
        weight_back_fen=light_fen,
        freight_share_fen=700,
    )


@given(st.data())
def test_pieces_claimed_in_any_steps_give_back_exactly_what_was_paid(data: st.DataObject) -> None:
    quantity = data.draw(st.integers(1, 6))
    rejected = data.draw(st.integers(0, quantity - 1))
    price = data.draw(st.integers(1, 99_999))
    light = data.draw(st.integers(0, price * (quantity - rejected)))
    bought = line(price, quantity, rejected, data.draw(st.integers(1, 30)), light)
    pieces = fen = freight = 0
    while pieces < pieces_of(bought):
        much = data.draw(st.integers(1, pieces_of(bought) - pieces))
        worth = worth_of(bought, K.SPOILED, much, Standing(pieces, 0, fen, freight), None)
        pieces, fen, freight = pieces + much, fen + worth.goods_fen, freight + worth.freight_fen
    gone = 700 * rejected // quantity
    assert (fen, freight) == (bought.kept_fen, 700 - gone)
    with pytest.raises(Invalid, match="again"):
        worth_of(bought, K.BROKEN, 1, Standing(pieces, 0, fen, freight), None)


def test_a_weight_that_nobody_knows_cannot_be_short() -> None:
    with pytest.raises(Invalid, match="weight"):
        worth_of(line(4800, 1, 0, 30, 0), K.SHORT_WEIGHT, 100, Standing(), None)
    assert worth_of(line(4800, 2, 0, 1, 0), K.SHORT_WEIGHT, 250, Standing(), 500).goods_fen == 2400
