"""What payments ask to be done."""

REFUND_ASKED = "refund.asked"
START_WANTED = "payment.wanted"
