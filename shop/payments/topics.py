"""What payments ask to be done."""

REFUND_ASKED = "refund.asked"
START_WANTED = "payment.wanted"
VOID_WANTED = "payment.void"
"""{payment}: end it at its provider; it is paid in another way, or nothing is due any more."""
