"""Pure rules of payments and refunds: their passages, and what may still be given back."""

from collections.abc import Mapping

from shop.kernel.errors import WrongState
from shop.payments.models import PaymentState, RefundState

NEXT: Mapping[PaymentState, frozenset[PaymentState]] = {
    PaymentState.CREATED: frozenset({PaymentState.PENDING, PaymentState.VOIDED, PaymentState.CAPTURED}),
    PaymentState.PENDING: frozenset({PaymentState.CAPTURED, PaymentState.VOIDED}),
    # Only a provider's own word leads from voided to captured: the money came late.
    PaymentState.VOIDED: frozenset({PaymentState.CAPTURED}),
    PaymentState.CAPTURED: frozenset(),
}

REFUND_NEXT: Mapping[RefundState, frozenset[RefundState]] = {
    RefundState.CREATED: frozenset({RefundState.PENDING, RefundState.SUCCEEDED, RefundState.FAILED}),
    RefundState.PENDING: frozenset({RefundState.SUCCEEDED, RefundState.FAILED}),
    RefundState.SUCCEEDED: frozenset(),
    RefundState.FAILED: frozenset(),
}


def check_passage(state: PaymentState, to: PaymentState) -> None:
    """Refuse a passage that the table does not have.

    Raises:
        WrongState: there is no way from here to there.
    """
    if to not in NEXT[state]:
        raise WrongState("payment", state, to)


def check_refund_passage(state: RefundState, to: RefundState) -> None:
    """Refuse a refund's passage that the table does not have.

    Raises:
        WrongState: there is no way from here to there.
    """
    if to not in REFUND_NEXT[state]:
        raise WrongState("refund", state, to)
