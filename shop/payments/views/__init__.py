"""The faces of payments: where a payment is and where providers knock, and the bench's look at what differs."""
