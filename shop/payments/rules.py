"""Pure rules of payments and refunds: their passages, and what may still be given back."""

from collections.abc import Mapping

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
